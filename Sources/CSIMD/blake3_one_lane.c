#define BLAKE3_LANES 1
#define BLAKE3_KERNEL csimd_blake3_kernel_1
#include "blake3_lanes.h"

#include "csimd_blake3.h"

void csimd_blake3_compress(
    const uint32_t *chaining_value, const void *block, uint32_t block_length, uint64_t counter, uint32_t flags,
    uint32_t *out) {
    uint32_t m[16];
    memcpy(m, block, sizeof m);
    uint32_t v[16] = {
        chaining_value[0], chaining_value[1], chaining_value[2], chaining_value[3],
        chaining_value[4], chaining_value[5], chaining_value[6], chaining_value[7],
        BLAKE3_IV0, BLAKE3_IV1, BLAKE3_IV2, BLAKE3_IV3,
        (uint32_t)counter, (uint32_t)(counter >> 32), block_length, flags,
    };
    BLAKE3_SEVEN_ROUNDS()
    for (int i = 0; i < 8; i++) {
        uint32_t feed_forward = v[i + 8] ^ chaining_value[i];
        out[i] = v[i] ^ v[i + 8];
        out[i + 8] = feed_forward;
    }
}
