// Resizes 4:2:0 planes and turns them into the floats that networks take, one output row at a time.

#include "csimd_frames.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static inline float clamped(float value, float low, float high) {
    return value < low ? low : value > high ? high : value;
}

// A sample in units of 1/128 and the same moved by a fraction of the difference to its neighbour below, rounded the way
// vpmulhrsw does.
static inline int16_t blended(uint8_t upper, uint8_t lower, int16_t weight) {
    const int32_t difference = (lower - upper) * 128;
    return (int16_t)(upper * 128 + ((difference * weight + 16384) >> 15));
}

static void blend_from(
    size_t first, const uint8_t *upper, const uint8_t *lower, int16_t weight, int16_t *out, size_t count) {
    for (size_t i = first; i < count; i++) out[i] = blended(upper[i], lower[i], weight);
}

static inline float tapped(const int16_t *row, const csimd_taps *taps, size_t i) {
    const int16_t *at = row + taps->positions[i];
    return (float)(at[0] * taps->weights[2 * i] + at[1] * taps->weights[2 * i + 1]);
}

static void convert_from(
    size_t first, const csimd_row *row, const csimd_taps *luma_taps, const csimd_taps *chroma_taps,
    const csimd_colour *colour, float *out, size_t channel_stride, size_t count) {
    for (size_t i = first; i < count; i++) {
        const float y = tapped(row->luma, luma_taps, i);
        const float u = tapped(row->cb, chroma_taps, i), v = tapped(row->cr, chroma_taps, i);
        for (size_t c = 0; c < 3; c++) {
            const float *k = colour->factors + 4 * c;
            out[c * channel_stride + i] = clamped(k[0] * y + k[1] * u + k[2] * v + k[3], colour->low[c], colour->high[c]);
        }
    }
}

void csimd_blend_rows_portable(
    const uint8_t *upper, const uint8_t *lower, int16_t weight, int16_t *out, size_t count) {
    blend_from(0, upper, lower, weight, out, count);
}

void csimd_convert_row_portable(
    const csimd_row *row, const csimd_taps *luma_taps, const csimd_taps *chroma_taps, const csimd_colour *colour,
    float *out, size_t channel_stride, size_t count) {
    convert_from(0, row, luma_taps, chroma_taps, colour, out, channel_stride, count);
}

#if defined(__x86_64__)

__attribute__((target("avx2"))) static void blend_rows_avx2(
    const uint8_t *upper, const uint8_t *lower, int16_t weight, int16_t *out, size_t count) {
    const __m256i factor = _mm256_set1_epi16(weight);
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const __m256i a = _mm256_slli_epi16(_mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(upper + i))), 7);
        const __m256i b = _mm256_slli_epi16(_mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(lower + i))), 7);
        const __m256i part = _mm256_mulhrs_epi16(_mm256_sub_epi16(b, a), factor);
        _mm256_storeu_si256((__m256i *)(out + i), _mm256_add_epi16(a, part));
    }
    blend_from(i, upper, lower, weight, out, count);
}

// Eight results of two taps each, in units of 1/128 * 1/16384.
__attribute__((target("avx2,fma"), always_inline)) static inline __m256 tapped_avx2(
    const int16_t *row, const csimd_taps *taps, size_t i) {
    const __m256i weights = _mm256_loadu_si256((const __m256i *)(taps->weights + 2 * i));
    const int16_t *at = row + taps->positions[i];
    __m256i pairs;
    switch (taps->steps[i / 8]) {
    case 1: {
        const __m128i left = _mm_loadu_si128((const __m128i *)at);
        const __m128i right = _mm_loadu_si128((const __m128i *)(at + 1));
        pairs = _mm256_set_m128i(_mm_unpackhi_epi16(left, right), _mm_unpacklo_epi16(left, right));
        break;
    }
    case 2: pairs = _mm256_loadu_si256((const __m256i *)at); break;
    default:
        // A sample and its right neighbour are 32 bits.
        pairs = _mm256_i32gather_epi32(
            (const int *)row, _mm256_loadu_si256((const __m256i *)(taps->positions + i)), sizeof(int16_t));
    }
    return _mm256_cvtepi32_ps(_mm256_madd_epi16(pairs, weights));
}

__attribute__((target("avx2,fma"))) static void convert_row_avx2(
    const csimd_row *row, const csimd_taps *luma_taps, const csimd_taps *chroma_taps, const csimd_colour *colour,
    float *out, size_t channel_stride, size_t count) {
    __m256 factors[12], low[3], high[3];
    for (int i = 0; i < 12; i++) factors[i] = _mm256_set1_ps(colour->factors[i]);
    for (int c = 0; c < 3; c++) {
        low[c] = _mm256_set1_ps(colour->low[c]);
        high[c] = _mm256_set1_ps(colour->high[c]);
    }
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        const __m256 y = tapped_avx2(row->luma, luma_taps, i);
        const __m256 u = tapped_avx2(row->cb, chroma_taps, i);
        const __m256 v = tapped_avx2(row->cr, chroma_taps, i);
        for (size_t c = 0; c < 3; c++) {
            const __m256 *k = factors + 4 * c;
            const __m256 sum = _mm256_fmadd_ps(k[0], y, _mm256_fmadd_ps(k[1], u, _mm256_fmadd_ps(k[2], v, k[3])));
            _mm256_storeu_ps(out + c * channel_stride + i, _mm256_min_ps(_mm256_max_ps(sum, low[c]), high[c]));
        }
    }
    convert_from(i, row, luma_taps, chroma_taps, colour, out, channel_stride, count);
}

#endif

void csimd_blend_rows(const uint8_t *upper, const uint8_t *lower, int16_t weight, int16_t *out, size_t count) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2")) {
        blend_rows_avx2(upper, lower, weight, out, count);
        return;
    }
#endif
    csimd_blend_rows_portable(upper, lower, weight, out, count);
}

void csimd_convert_row(
    const csimd_row *row, const csimd_taps *luma_taps, const csimd_taps *chroma_taps, const csimd_colour *colour,
    float *out, size_t channel_stride, size_t count) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        convert_row_avx2(row, luma_taps, chroma_taps, colour, out, channel_stride, count);
        return;
    }
#endif
    csimd_convert_row_portable(row, luma_taps, chroma_taps, colour, out, channel_stride, count);
}
