#include "blake3_kernels.h"
#include "csimd_blake3.h"

uint32_t csimd_blake3_widest_lanes(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")) return 16;
    if (__builtin_cpu_supports("avx2")) return 8;
#endif
    return 4;
}

// Runs groups as wide as allowed; a remainder takes the narrowest kernel that holds it in one go.
static void hash_all(uint32_t lanes, const struct blake3_inputs *inputs, size_t count, uint32_t *out) {
    for (size_t start = 0; start < count;) {
        size_t left = count - start;
        size_t width = lanes;
        if (width == 16 && left <= 8) width = 8;
        if (width == 8 && left <= 4) width = 4;
        if (width == 4 && left == 1) width = 1;
        size_t taken = left < width ? left : width;
        switch (width) {
#if defined(__x86_64__)
        case 16: csimd_blake3_kernel_16(inputs, start, taken, out); break;
        case 8: csimd_blake3_kernel_8(inputs, start, taken, out); break;
#endif
        case 4: csimd_blake3_kernel_4(inputs, start, taken, out); break;
        default:
            taken = 1;
            csimd_blake3_kernel_1(inputs, start, taken, out);
            break;
        }
        start += taken;
    }
}

void csimd_blake3_hash_chunks(
    uint32_t lanes, const void *input, size_t count, const uint32_t *key, uint64_t first_chunk, uint32_t flags,
    uint32_t *out) {
    const struct blake3_inputs inputs = {
        .first = input,
        .stride = 1024,
        .blocks = 16,
        .key = key,
        .counter = first_chunk,
        .counter_step = 1,
        .flags = flags,
        .first_block_flags = BLAKE3_CHUNK_START,
        .last_block_flags = BLAKE3_CHUNK_END,
    };
    hash_all(lanes, &inputs, count, out);
}

void csimd_blake3_hash_parents(
    uint32_t lanes, const uint32_t *children, size_t count, const uint32_t *key, uint32_t flags, uint32_t *out) {
    const struct blake3_inputs inputs = {
        .first = (const uint8_t *)children,
        .stride = 64,
        .blocks = 1,
        .key = key,
        .flags = flags | BLAKE3_PARENT,
    };
    hash_all(lanes, &inputs, count, out);
}
