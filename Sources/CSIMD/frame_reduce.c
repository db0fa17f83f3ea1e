#include "csimd_frames.h"

#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// (sum + half) * reciprocal >> 32 is the rounded quotient: sums stay below 64 * 64 * 255 < 2^20.
static inline uint8_t rounded_quotient(uint32_t sum, uint32_t half, uint64_t reciprocal) {
    return (uint8_t)(((uint64_t)(sum + half) * reciprocal) >> 32);
}

static inline uint64_t reciprocal_of(uint32_t count) { return ((1ull << 32) + count - 1) / count; }

#define GENERIC_BODY                                                                                                  \
    const size_t columns = out_width * block_width;                                                                   \
    const unsigned rows = (block_height + row_step - 1) / row_step;                                                   \
    const uint32_t count = rows * block_width;                                                                        \
    const uint64_t reciprocal = reciprocal_of(count);                                                                 \
    for (size_t y = 0; y < out_height; y++) {                                                                         \
        const uint8_t *row = source + (ptrdiff_t)(y * block_height) * source_stride;                                  \
        for (size_t x = 0; x < columns; x++) scratch[x] = row[x];                                                     \
        for (unsigned r = row_step; r < block_height; r += row_step) {                                                \
            const uint8_t *next = row + (ptrdiff_t)r * source_stride;                                                 \
            for (size_t x = 0; x < columns; x++) scratch[x] = (uint16_t)(scratch[x] + next[x]);                       \
        }                                                                                                             \
        uint8_t *target = out + (ptrdiff_t)y * out_stride;                                                            \
        const uint16_t *sums = scratch;                                                                               \
        for (size_t x = 0; x < out_width; x++, sums += block_width) {                                                 \
            uint32_t sum = 0;                                                                                         \
            for (unsigned i = 0; i < block_width; i++) sum += sums[i];                                                \
            target[x] = rounded_quotient(sum, count / 2, reciprocal);                                                 \
        }                                                                                                             \
    }

void csimd_block_average_portable(
    const uint8_t *source, ptrdiff_t source_stride, uint8_t *out, ptrdiff_t out_stride, size_t out_width,
    size_t out_height, unsigned block_width, unsigned block_height, unsigned row_step, uint16_t *scratch) {
    GENERIC_BODY
}

#if defined(__x86_64__)

__attribute__((target("avx2"))) static void average_generic_avx2(
    const uint8_t *source, ptrdiff_t source_stride, uint8_t *out, ptrdiff_t out_stride, size_t out_width,
    size_t out_height, unsigned block_width, unsigned block_height, unsigned row_step, uint16_t *scratch) {
    GENERIC_BODY
}

// Blocks 8 wide: vpsadbw adds eight bytes at once, so a row of four blocks is one instruction.
__attribute__((target("avx2"))) static void average_8_avx2(
    const uint8_t *source, ptrdiff_t source_stride, uint8_t *out, ptrdiff_t out_stride, size_t out_width,
    size_t out_height, unsigned block_height, unsigned row_step) {
    const unsigned rows = (block_height + row_step - 1) / row_step;
    const uint32_t count = rows * 8;
    const uint64_t reciprocal = reciprocal_of(count);
    const __m256i zero = _mm256_setzero_si256();
    const __m256i half = _mm256_set1_epi64x(count / 2);
    const __m256i factor = _mm256_set1_epi64x((long long)reciprocal);
    for (size_t y = 0; y < out_height; y++) {
        const uint8_t *row = source + (ptrdiff_t)(y * block_height) * source_stride;
        uint8_t *target = out + (ptrdiff_t)y * out_stride;
        size_t x = 0;
        for (; x + 4 <= out_width; x += 4) {
            __m256i sum = half;
            for (unsigned r = 0; r < block_height; r += row_step) {
                const __m256i bytes = _mm256_loadu_si256((const __m256i *)(row + (ptrdiff_t)r * source_stride + x * 8));
                sum = _mm256_add_epi64(sum, _mm256_sad_epu8(bytes, zero));
            }
            // The sums fit 32 bits, as does the reciprocal; the quotient is the upper half of each product.
            const __m256i quotient = _mm256_srli_epi64(_mm256_mul_epu32(sum, factor), 32);
            target[x] = (uint8_t)_mm256_extract_epi32(quotient, 0);
            target[x + 1] = (uint8_t)_mm256_extract_epi32(quotient, 2);
            target[x + 2] = (uint8_t)_mm256_extract_epi32(quotient, 4);
            target[x + 3] = (uint8_t)_mm256_extract_epi32(quotient, 6);
        }
        for (; x < out_width; x++) {
            uint32_t sum = 0;
            for (unsigned r = 0; r < block_height; r += row_step)
                for (unsigned i = 0; i < 8; i++) sum += row[(ptrdiff_t)r * source_stride + (ptrdiff_t)(x * 8 + i)];
            target[x] = rounded_quotient(sum, count / 2, reciprocal);
        }
    }
}

// Blocks 4 wide (the chroma of 8): bytes to pairs to quads by two multiply-adds with ones.
__attribute__((target("avx2"))) static void average_4_avx2(
    const uint8_t *source, ptrdiff_t source_stride, uint8_t *out, ptrdiff_t out_stride, size_t out_width,
    size_t out_height, unsigned block_height, unsigned row_step) {
    const unsigned rows = (block_height + row_step - 1) / row_step;
    const uint32_t count = rows * 4;
    const uint64_t reciprocal = reciprocal_of(count);
    const __m256i ones8 = _mm256_set1_epi8(1);
    const __m256i ones16 = _mm256_set1_epi16(1);
    for (size_t y = 0; y < out_height; y++) {
        const uint8_t *row = source + (ptrdiff_t)(y * block_height) * source_stride;
        uint8_t *target = out + (ptrdiff_t)y * out_stride;
        size_t x = 0;
        for (; x + 8 <= out_width; x += 8) {
            __m256i sum = _mm256_setzero_si256();
            for (unsigned r = 0; r < block_height; r += row_step) {
                const __m256i bytes = _mm256_loadu_si256((const __m256i *)(row + (ptrdiff_t)r * source_stride + x * 4));
                sum = _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_maddubs_epi16(bytes, ones8), ones16));
            }
            uint32_t sums[8];
            _mm256_storeu_si256((__m256i *)sums, sum);
            for (unsigned i = 0; i < 8; i++) target[x + i] = rounded_quotient(sums[i], count / 2, reciprocal);
        }
        for (; x < out_width; x++) {
            uint32_t sum = 0;
            for (unsigned r = 0; r < block_height; r += row_step)
                for (unsigned i = 0; i < 4; i++) sum += row[(ptrdiff_t)r * source_stride + (ptrdiff_t)(x * 4 + i)];
            target[x] = rounded_quotient(sum, count / 2, reciprocal);
        }
    }
}

#endif

void csimd_block_average(
    const uint8_t *source, ptrdiff_t source_stride, uint8_t *out, ptrdiff_t out_stride, size_t out_width,
    size_t out_height, unsigned block_width, unsigned block_height, unsigned row_step, uint16_t *scratch) {
    if (block_width == 1 && block_height == 1) {
        for (size_t y = 0; y < out_height; y++)
            memcpy(out + (ptrdiff_t)y * out_stride, source + (ptrdiff_t)y * source_stride, out_width);
        return;
    }
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2")) {
        if (block_width == 8) {
            average_8_avx2(source, source_stride, out, out_stride, out_width, out_height, block_height, row_step);
        } else if (block_width == 4) {
            average_4_avx2(source, source_stride, out, out_stride, out_width, out_height, block_height, row_step);
        } else {
            average_generic_avx2(
                source, source_stride, out, out_stride, out_width, out_height, block_width, block_height, row_step,
                scratch);
        }
        return;
    }
#endif
    csimd_block_average_portable(
        source, source_stride, out, out_stride, out_width, out_height, block_width, block_height, row_step, scratch);
}

static inline uint8_t clamped(int value) { return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value); }

// 16-bit arithmetic, so that a vector holds as many lanes as possible: 1 + 84/512 is 1.16406, 255/219 is 1.16438.
#define LUMA_BODY                                                                                                     \
    for (size_t i = 0; i < count; i++) {                                                                              \
        const int16_t offset = (int16_t)(source[i] - 16);                                                             \
        out[i] = clamped((int16_t)(offset + (int16_t)((int16_t)(offset * 84 + 256) >> 9)));                           \
    }

// 1 + 71/512 is 1.13867, 255/224 is 1.13839.
#define CHROMA_BODY                                                                                                   \
    for (size_t i = 0; i < count; i++) {                                                                              \
        const int16_t offset = (int16_t)(source[i] - 128);                                                            \
        out[i] = clamped((int16_t)(128 + offset + (int16_t)((int16_t)(offset * 71 + 256) >> 9)));                     \
    }

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void expand_luma_avx2(const uint8_t *source, uint8_t *out, size_t count) {
    LUMA_BODY
}
__attribute__((target("avx2"))) static void expand_chroma_avx2(const uint8_t *source, uint8_t *out, size_t count) {
    CHROMA_BODY
}
#endif

void csimd_expand_luma(const uint8_t *source, uint8_t *out, size_t count) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2")) {
        expand_luma_avx2(source, out, count);
        return;
    }
#endif
    LUMA_BODY
}

void csimd_expand_chroma(const uint8_t *source, uint8_t *out, size_t count) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2")) {
        expand_chroma_avx2(source, out, count);
        return;
    }
#endif
    CHROMA_BODY
}
