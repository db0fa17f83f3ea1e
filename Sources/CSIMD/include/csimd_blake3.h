// BLAKE3 compression of many chunks or parent nodes at once. Only instruction-set multiversioning lives
// here: the tree, the streaming and the output are Swift (MediaValues/Hashing).
// Reference: "BLAKE3: one function, fast everywhere" (O'Connor, Aumasson, Neves, Wilcox-O'Hearn, 2020).
#ifndef CSIMD_BLAKE3_H
#define CSIMD_BLAKE3_H

#include <stddef.h>
#include <stdint.h>

/// Lanes of the widest kernel this processor runs: 16 (AVX-512), 8 (AVX2) or 4 (128-bit vectors).
uint32_t csimd_blake3_widest_lanes(void);

/// Compresses one 64-byte block; `out` receives all 16 words of output (the first 8 are the chaining value).
void csimd_blake3_compress(
    const uint32_t *chaining_value, const void *block, uint32_t block_length, uint64_t counter, uint32_t flags,
    uint32_t *out);

/// Hashes `count` full chunks (1024 bytes each, consecutive at `input`), numbered from `first_chunk`;
/// writes 8 words for each. `lanes` is 1, 4, 8 or 16 and must not exceed `csimd_blake3_widest_lanes()`.
void csimd_blake3_hash_chunks(
    uint32_t lanes, const void *input, size_t count, const uint32_t *key, uint64_t first_chunk, uint32_t flags,
    uint32_t *out);

/// Hashes `count` pairs of chaining values (16 words each, consecutive) into `count` parent chaining values
/// (8 words each). `out` may be `children`.
void csimd_blake3_hash_parents(
    uint32_t lanes, const uint32_t *children, size_t count, const uint32_t *key, uint32_t flags, uint32_t *out);

#endif
