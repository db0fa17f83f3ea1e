// The body of one wide kernel, included once per width with BLAKE3_LANES and BLAKE3_KERNEL defined.
// Lane i of every vector belongs to input i. A short group repeats its last input in the unused lanes.
#include <string.h>

#include "blake3_kernels.h"
#include "blake3_rounds.h"

#if BLAKE3_LANES == 1
typedef uint32_t lanes_t;
#else
typedef uint32_t lanes_t __attribute__((vector_size(4 * BLAKE3_LANES)));
#endif

#define BLAKE3_INLINE static inline __attribute__((always_inline))

BLAKE3_INLINE lanes_t splat(uint32_t word) { return (lanes_t){0} + word; }

BLAKE3_INLINE lanes_t load(const void *source) {
    lanes_t vector;
    memcpy(&vector, source, sizeof vector);
    return vector;
}

#if BLAKE3_LANES > 1
#if BLAKE3_LANES == 4
#define LOW_32(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define HIGH_32(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#define LOW_64(a, b) __builtin_shufflevector(a, b, 0, 1, 4, 5)
#define HIGH_64(a, b) __builtin_shufflevector(a, b, 2, 3, 6, 7)
#elif BLAKE3_LANES == 8
#define LOW_32(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13)
#define HIGH_32(a, b) __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15)
#define LOW_64(a, b) __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define HIGH_64(a, b) __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15)
#define LOW_128(a, b) __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11)
#define HIGH_128(a, b) __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15)
#else
#define LOW_32(a, b) \
    __builtin_shufflevector(a, b, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29)
#define HIGH_32(a, b) \
    __builtin_shufflevector(a, b, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31)
#define LOW_64(a, b) \
    __builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
#define HIGH_64(a, b) \
    __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31)
#define LOW_256(a, b) \
    __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
#define HIGH_256(a, b) \
    __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31)
#define EVEN_128(a, b) \
    __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27)
#define ODD_128(a, b) \
    __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31)
#endif

// Transposes 4x4 words inside each 128-bit part of four rows.
BLAKE3_INLINE void transpose_quad(lanes_t *r) {
    lanes_t a = LOW_32(r[0], r[1]), b = HIGH_32(r[0], r[1]);
    lanes_t c = LOW_32(r[2], r[3]), d = HIGH_32(r[2], r[3]);
    r[0] = LOW_64(a, c);
    r[1] = HIGH_64(a, c);
    r[2] = LOW_64(b, d);
    r[3] = HIGH_64(b, d);
}

BLAKE3_INLINE void transpose(lanes_t r[BLAKE3_LANES]) {
    transpose_quad(r);
#if BLAKE3_LANES == 8
    transpose_quad(r + 4);
    for (int i = 0; i < 4; i++) {
        lanes_t low = r[i], high = r[i + 4];
        r[i] = LOW_128(low, high);
        r[i + 4] = HIGH_128(low, high);
    }
#elif BLAKE3_LANES == 16
    transpose_quad(r + 4);
    transpose_quad(r + 8);
    transpose_quad(r + 12);
    for (int i = 0; i < 4; i++) {
        lanes_t a = LOW_256(r[i], r[i + 4]), b = LOW_256(r[i + 8], r[i + 12]);
        lanes_t c = HIGH_256(r[i], r[i + 4]), d = HIGH_256(r[i + 8], r[i + 12]);
        r[i] = EVEN_128(a, b);
        r[i + 4] = ODD_128(a, b);
        r[i + 8] = EVEN_128(c, d);
        r[i + 12] = ODD_128(c, d);
    }
#endif
}
#endif

// Loads one 64-byte block of every input so that m[i] holds message word i of all of them.
BLAKE3_INLINE void load_block(const uint8_t *const rows[BLAKE3_LANES], size_t offset, lanes_t m[16]) {
    for (int group = 0; group < 16; group += BLAKE3_LANES) {
        for (int lane = 0; lane < BLAKE3_LANES; lane++) {
            m[group + lane] = load(rows[lane] + offset + 4 * (size_t)group);
        }
#if BLAKE3_LANES > 1
        transpose(m + group);
#endif
    }
}

#if BLAKE3_LANES == 16
// Without it the compiler may split 512-bit vectors in two.
__attribute__((min_vector_width(512)))
#endif
void BLAKE3_KERNEL(const struct blake3_inputs *inputs, size_t start, size_t count, uint32_t *out) {
    const uint8_t *rows[BLAKE3_LANES];
    uint32_t counter_low[BLAKE3_LANES], counter_high[BLAKE3_LANES];
    for (size_t lane = 0; lane < BLAKE3_LANES; lane++) {
        size_t index = start + (lane < count ? lane : count - 1);
        uint64_t counter = inputs->counter + inputs->counter_step * index;
        rows[lane] = inputs->first + inputs->stride * index;
        counter_low[lane] = (uint32_t)counter;
        counter_high[lane] = (uint32_t)(counter >> 32);
    }
    const lanes_t low = load(counter_low), high = load(counter_high);

    lanes_t h[8];
    for (int i = 0; i < 8; i++) h[i] = splat(inputs->key[i]);
    for (size_t block = 0; block < inputs->blocks; block++) {
        uint32_t flags = inputs->flags | (block == 0 ? inputs->first_block_flags : 0)
            | (block + 1 == inputs->blocks ? inputs->last_block_flags : 0);
        lanes_t m[16];
        load_block(rows, 64 * block, m);
#if BLAKE3_LANES > 1
        // Fetch the same block of the next group: processors do not foresee one stream per lane (1 GiB with 16
        // lanes on Zen 4: 3.4 GB/s without, 6.4 with). Fetching past the end of the input has no effect.
        for (int lane = 0; lane < BLAKE3_LANES; lane++) {
            __builtin_prefetch(rows[lane] + BLAKE3_LANES * inputs->stride + 64 * block, 0, 2);
        }
#endif
        lanes_t v[16] = {
            h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7],
            splat(BLAKE3_IV0), splat(BLAKE3_IV1), splat(BLAKE3_IV2), splat(BLAKE3_IV3),
            low, high, splat(64), splat(flags),
        };
        BLAKE3_SEVEN_ROUNDS()
        for (int i = 0; i < 8; i++) h[i] = v[i] ^ v[i + 8];
    }

    uint32_t words[8][BLAKE3_LANES];
    memcpy(words, h, sizeof words);
    for (size_t lane = 0; lane < count; lane++) {
        for (size_t i = 0; i < 8; i++) out[8 * (start + lane) + i] = words[i][lane];
    }
}
