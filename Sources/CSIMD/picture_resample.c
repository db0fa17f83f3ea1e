// Resampling of packed 8-bit R, G, B with the arithmetic of Pillow's Resample.c: 22-bit fixed-point coefficients, each
// direction rounded to 8 bits. The results are equal bit by bit on every path.
#include "csimd_frames.h"

#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define PRECISION 22
#define HALF (1 << (PRECISION - 1))

static inline uint8_t rounded(int32_t sum) {
    const int32_t value = sum >> PRECISION;
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

void csimd_resample_rgb_across_portable(
    const uint8_t *source, ptrdiff_t source_stride, size_t rows, uint8_t *out, size_t columns, const int32_t *bounds,
    const int32_t *coefficients, size_t taps) {
    for (size_t y = 0; y < rows; y++) {
        const uint8_t *row = source + (ptrdiff_t)y * source_stride;
        for (size_t x = 0; x < columns; x++) {
            const uint8_t *pixel = row + 3 * (ptrdiff_t)bounds[2 * x];
            const int32_t *factor = coefficients + x * taps;
            int32_t red = HALF, green = HALF, blue = HALF;
            for (int32_t i = 0; i < bounds[2 * x + 1]; i++, pixel += 3) {
                red += pixel[0] * factor[i];
                green += pixel[1] * factor[i];
                blue += pixel[2] * factor[i];
            }
            *out++ = rounded(red);
            *out++ = rounded(green);
            *out++ = rounded(blue);
        }
    }
}

#if defined(__x86_64__)

// A coefficient is 2048 * upper + lower, both of which fit 16 bits, so that one multiply-add of 16-bit pairs does two taps
// of three channels; 4 taps are one vector. Four rows share each load of coefficients.
#define LOWER_BITS 11

__attribute__((target("avx2"))) static void store_pixel(__m256i upper, __m256i lower, uint8_t *out) {
    const __m128i high = _mm_add_epi32(_mm256_castsi256_si128(upper), _mm256_extracti128_si256(upper, 1));
    const __m128i low = _mm_add_epi32(_mm256_castsi256_si128(lower), _mm256_extracti128_si256(lower, 1));
    __m128i sum = _mm_add_epi32(_mm_slli_epi32(high, LOWER_BITS), low);
    sum = _mm_srai_epi32(_mm_add_epi32(sum, _mm_set1_epi32(HALF)), PRECISION);
    sum = _mm_packus_epi16(_mm_packs_epi32(sum, sum), sum);
    const uint32_t pixel = (uint32_t)_mm_cvtsi128_si32(sum);
    out[0] = (uint8_t)pixel;
    out[1] = (uint8_t)(pixel >> 8);
    out[2] = (uint8_t)(pixel >> 16);
}

__attribute__((target("avx2"))) static void four_rows_avx2(
    const uint8_t *const row[4], uint8_t *const out[4], size_t columns, const int32_t *bounds, const int16_t *packed,
    size_t groups) {
    // Lane 0 takes pixels 0 and 1, lane 1 pixels 2 and 3: r r g g b b - -, each widened to 16 bits.
    const __m256i spread = _mm256_setr_epi8(
        0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1, //
        6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1);
    for (size_t x = 0; x < columns; x++) {
        const ptrdiff_t first = 3 * (ptrdiff_t)bounds[2 * x];
        const size_t used = ((size_t)bounds[2 * x + 1] + 3) / 4;
        const __m256i *factor = (const __m256i *)(packed + x * groups * 32);
        __m256i upper0 = _mm256_setzero_si256(), upper1 = upper0, upper2 = upper0, upper3 = upper0;
        __m256i lower0 = upper0, lower1 = upper0, lower2 = upper0, lower3 = upper0;
        for (size_t g = 0; g < used; g++) {
            const __m256i high = _mm256_loadu_si256(factor + 2 * g);
            const __m256i low = _mm256_loadu_si256(factor + 2 * g + 1);
#define ADD_ROW(r)                                                                                                    \
    {                                                                                                                 \
        const __m128i bytes = _mm_loadu_si128((const __m128i *)(row[r] + first + 12 * (ptrdiff_t)g));                 \
        const __m256i values = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(bytes), spread);                       \
        upper##r = _mm256_add_epi32(upper##r, _mm256_madd_epi16(values, high));                                       \
        lower##r = _mm256_add_epi32(lower##r, _mm256_madd_epi16(values, low));                                        \
    }
            ADD_ROW(0)
            ADD_ROW(1)
            ADD_ROW(2)
            ADD_ROW(3)
        }
        store_pixel(upper0, lower0, out[0] + 3 * x);
        store_pixel(upper1, lower1, out[1] + 3 * x);
        store_pixel(upper2, lower2, out[2] + 3 * x);
        store_pixel(upper3, lower3, out[3] + 3 * x);
    }
}

static void pack(const int32_t *bounds, const int32_t *coefficients, size_t columns, size_t taps, int16_t *packed) {
    const size_t groups = (taps + 3) / 4;
    memset(packed, 0, columns * groups * 32 * sizeof(int16_t));
    for (size_t x = 0; x < columns; x++) {
        for (size_t i = 0; i < (size_t)bounds[2 * x + 1]; i++) {
            const int32_t factor = coefficients[x * taps + i];
            int16_t *group = packed + (x * groups + i / 4) * 32;
            const size_t place = (i % 4 / 2) * 8 + i % 2;
            for (size_t channel = 0; channel < 3; channel++) {
                group[place + 2 * channel] = (int16_t)(factor >> LOWER_BITS);
                group[16 + place + 2 * channel] = (int16_t)(factor & ((1 << LOWER_BITS) - 1));
            }
        }
    }
}

#endif

void csimd_resample_rgb_across(
    const uint8_t *source, ptrdiff_t source_stride, size_t width, size_t rows, uint8_t *out, size_t columns,
    const int32_t *bounds, const int32_t *coefficients, size_t taps, int16_t *packed, uint8_t *row_copies) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && source_stride > 0) {
        pack(bounds, coefficients, columns, taps, packed);
        // Vectors read up to this many bytes of a row; rows that end too near to the end of the plane are copied first.
        size_t reach = 0;
        for (size_t x = 0; x < columns; x++) {
            const size_t end = 3 * (size_t)bounds[2 * x] + 12 * (((size_t)bounds[2 * x + 1] + 3) / 4) + 4;
            if (end > reach) reach = end;
        }
        const size_t length = (rows - 1) * (size_t)source_stride + 3 * width;
        const size_t copy_stride = 3 * width + CSIMD_RESAMPLE_ROW_PADDING;
        for (size_t y = 0; y < rows; y += 4) {
            const uint8_t *row[4];
            uint8_t *target[4];
            for (size_t r = 0; r < 4; r++) {
                // Rows beyond the last one repeat it.
                const size_t line = y + r < rows ? y + r : rows - 1;
                row[r] = source + line * (size_t)source_stride;
                target[r] = out + line * columns * 3;
                if (line * (size_t)source_stride + reach > length) {
                    memcpy(row_copies + r * copy_stride, row[r], 3 * width);
                    row[r] = row_copies + r * copy_stride;
                }
            }
            four_rows_avx2(row, target, columns, bounds, packed, (taps + 3) / 4);
        }
        return;
    }
#endif
    csimd_resample_rgb_across_portable(source, source_stride, rows, out, columns, bounds, coefficients, taps);
}

#define DOWN_BODY                                                                                                     \
    for (size_t y = 0; y < rows; y++) {                                                                               \
        for (size_t x = 0; x < row_bytes; x++) sums[x] = HALF;                                                        \
        for (int32_t i = 0; i < bounds[2 * y + 1]; i++) {                                                             \
            const uint8_t *row = source + (size_t)(bounds[2 * y] + i) * row_bytes;                                    \
            const int32_t factor = coefficients[y * taps + (size_t)i];                                                \
            for (size_t x = 0; x < row_bytes; x++) sums[x] += row[x] * factor;                                        \
        }                                                                                                             \
        uint8_t *target = out + y * row_bytes;                                                                        \
        for (size_t x = 0; x < row_bytes; x++) target[x] = rounded(sums[x]);                                          \
    }

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void down_avx2(
    const uint8_t *source, size_t row_bytes, uint8_t *out, size_t rows, const int32_t *bounds,
    const int32_t *coefficients, size_t taps, int32_t *sums) {
    DOWN_BODY
}
#endif

void csimd_resample_rgb_down(
    const uint8_t *source, size_t row_bytes, uint8_t *out, size_t rows, const int32_t *bounds,
    const int32_t *coefficients, size_t taps, int32_t *sums) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2")) {
        down_avx2(source, row_bytes, out, rows, bounds, coefficients, taps, sums);
        return;
    }
#endif
    DOWN_BODY
}
