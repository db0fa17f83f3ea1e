// Changes the colour matrix of 4:2:0 planes in place.

#include "include/csimd_frames.h"

static inline uint8_t clamped(int value) { return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value); }

// One row of chroma first, which also gives what each of its samples adds to luma; then the two rows of luma.
#define MATRIX_BODY                                                                                                   \
    for (size_t i = 0; i < chroma_count; i++) {                                                                       \
        const int b = cb[i] - 128, r = cr[i] - 128;                                                                   \
        const int16_t added = (int16_t)((matrix[0] * b + matrix[1] * r + 8192) >> 14);                                \
        scratch[2 * i] = added;                                                                                       \
        scratch[2 * i + 1] = added;                                                                                   \
        cb[i] = clamped(128 + ((matrix[2] * b + matrix[3] * r + 8192) >> 14));                                        \
        cr[i] = clamped(128 + ((matrix[4] * b + matrix[5] * r + 8192) >> 14));                                        \
    }                                                                                                                 \
    for (size_t i = 0; i < 2 * chroma_count; i++) {                                                                   \
        upper[i] = clamped(upper[i] + scratch[i]);                                                                    \
        lower[i] = clamped(lower[i] + scratch[i]);                                                                    \
    }

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void change_matrix_avx2(
    uint8_t *restrict upper, uint8_t *restrict lower, uint8_t *restrict cb, uint8_t *restrict cr, size_t chroma_count,
    const int32_t *restrict matrix, int16_t *restrict scratch) {
    MATRIX_BODY
}
#endif

void csimd_change_matrix(
    uint8_t *restrict upper, uint8_t *restrict lower, uint8_t *restrict cb, uint8_t *restrict cr, size_t chroma_count,
    const int32_t *restrict matrix, int16_t *restrict scratch) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2")) {
        change_matrix_avx2(upper, lower, cb, cr, chroma_count, matrix, scratch);
        return;
    }
#endif
    MATRIX_BODY
}
