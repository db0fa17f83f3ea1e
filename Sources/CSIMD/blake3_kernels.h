// What the dispatcher asks of each kernel.
#ifndef CSIMD_BLAKE3_KERNELS_H
#define CSIMD_BLAKE3_KERNELS_H

#include <stddef.h>
#include <stdint.h>

// Flags that the position of a block decides; the caller gives the others (BLAKE3 paper, table 3).
#define BLAKE3_CHUNK_START UINT32_C(1)
#define BLAKE3_CHUNK_END UINT32_C(2)
#define BLAKE3_PARENT UINT32_C(4)

// Inputs of equal size at a fixed distance: full chunks (16 blocks) or parent nodes (1 block).
struct blake3_inputs {
    const uint8_t *first;
    size_t stride;
    size_t blocks;
    const uint32_t *key;
    uint64_t counter;
    uint64_t counter_step;
    uint32_t flags;
    uint32_t first_block_flags;
    uint32_t last_block_flags;
};

// Hashes inputs [start, start + count), 1 <= count <= lanes of the kernel, writing 8 words each from
// out[8 * start]. Everything is read before anything is written.
typedef void blake3_kernel(const struct blake3_inputs *inputs, size_t start, size_t count, uint32_t *out);

blake3_kernel csimd_blake3_kernel_1, csimd_blake3_kernel_4;
#if defined(__x86_64__)
blake3_kernel csimd_blake3_kernel_8, csimd_blake3_kernel_16;
#endif

#endif
