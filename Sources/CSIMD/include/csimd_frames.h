// Kernels over 8-bit picture planes, compiled for the instruction sets that C can choose at run time.
#ifndef CSIMD_FRAMES_H
#define CSIMD_FRAMES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Averages blocks of block_width x block_height samples into one sample of the output, rounded. At most 256 rows of a
// block are read.
// Only every row_step-th row of a block counts (row_step at least 1). The source must hold out_width * block_width
// columns and out_height * block_height rows. scratch holds out_width * block_width values.
void csimd_block_average(
    const uint8_t *source, ptrdiff_t source_stride, uint8_t *out, ptrdiff_t out_stride, size_t out_width,
    size_t out_height, unsigned block_width, unsigned block_height, unsigned row_step, uint16_t *scratch);

// The same with plain C only: the reference that tests compare the fast kernels with.
void csimd_block_average_portable(
    const uint8_t *source, ptrdiff_t source_stride, uint8_t *out, ptrdiff_t out_stride, size_t out_width,
    size_t out_height, unsigned block_width, unsigned block_height, unsigned row_step, uint16_t *scratch);

// Maps video-range luma 16...235 to 0...255, within half a step of 255/219 (y - 16).
void csimd_expand_luma(const uint8_t *source, uint8_t *out, size_t count);

// Maps video-range chroma 16...240 to 0...255 around 128, within half a step of 255/224 (c - 128) + 128.
void csimd_expand_chroma(const uint8_t *source, uint8_t *out, size_t count);

// Changes the colour matrix of two rows of full-range luma and the row of chroma that they share, in place.
//
// matrix holds, in units of 1/16384: what Cb and Cr add to Y, what they give to the new Cb, what they give to the new Cr.
// The rows of luma hold 2 * chroma_count samples, and so does scratch.
void csimd_change_matrix(
    uint8_t *upper, uint8_t *lower, uint8_t *cb, uint8_t *cr, size_t chroma_count, const int32_t *matrix,
    int16_t *scratch);

// Blends two rows: out[i] is upper[i] + (lower[i] - upper[i]) * weight / 32768, in units of 1/128 and rounded to them.
// weight is 0...32767.
void csimd_blend_rows(const uint8_t *upper, const uint8_t *lower, int16_t weight, int16_t *out, size_t count);

// The same with plain C only, for comparison.
void csimd_blend_rows_portable(const uint8_t *upper, const uint8_t *lower, int16_t weight, int16_t *out, size_t count);

// Where each output sample of a row comes from: two neighbours and their weights.
typedef struct {
    // Index of the left neighbour.
    const int32_t *positions;
    // Pairs of weights of the left and the right neighbour, in units of 1/16384.
    const int16_t *weights;
    // For each whole block of eight outputs: 1 or 2 where the positions go up by that, 0 otherwise.
    const uint8_t *steps;
} csimd_taps;

// One blended row of each plane. Each must be readable for 16 samples beyond the last position.
typedef struct {
    const int16_t *luma;
    const int16_t *cb;
    const int16_t *cr;
} csimd_row;

// Turns luma and chroma into three channels: for each of them the factors of Y, Cb, Cr and a constant, and the range that
// the result is clamped to. The samples are in units of 1/128 * 1/16384.
typedef struct {
    float factors[12];
    float low[3];
    float high[3];
} csimd_colour;

// Interpolates a row and changes its colour; channel c goes to out + c * channel_stride, count floats.
void csimd_convert_row(
    const csimd_row *row, const csimd_taps *luma_taps, const csimd_taps *chroma_taps, const csimd_colour *colour,
    float *out, size_t channel_stride, size_t count);

// The same with plain C only, for comparison.
void csimd_convert_row_portable(
    const csimd_row *row, const csimd_taps *luma_taps, const csimd_taps *chroma_taps, const csimd_colour *colour,
    float *out, size_t channel_stride, size_t count);

// Bytes that row_copies of csimd_resample_rgb_across holds after each of its rows.
#define CSIMD_RESAMPLE_ROW_PADDING 64

// Resamples rows of packed R, G, B across: column x of the output is the sum of bounds[2x + 1] pixels from pixel
// bounds[2x] on, times coefficients[x * taps ...] in units of 2^-22, rounded and clamped to 8 bits.
//
// out holds rows * columns * 3 bytes; packed holds columns * ((taps + 3) / 4) * 32 values; row_copies holds
// 4 * (3 * width + CSIMD_RESAMPLE_ROW_PADDING) bytes. There is at least one row, and the sizes of the coefficients of one
// pixel add up to less than 2.
void csimd_resample_rgb_across(
    const uint8_t *source, ptrdiff_t source_stride, size_t width, size_t rows, uint8_t *out, size_t columns,
    const int32_t *bounds, const int32_t *coefficients, size_t taps, int16_t *packed, uint8_t *row_copies);

// The same with plain C only: the reference that tests compare the fast kernel with.
void csimd_resample_rgb_across_portable(
    const uint8_t *source, ptrdiff_t source_stride, size_t rows, uint8_t *out, size_t columns, const int32_t *bounds,
    const int32_t *coefficients, size_t taps);

// Resamples down: row y of the output is the sum of bounds[2y + 1] rows from bounds[2y] on, as above. Rows follow one
// another without gaps; sums holds row_bytes values.
void csimd_resample_rgb_down(
    const uint8_t *source, size_t row_bytes, uint8_t *out, size_t rows, const int32_t *bounds,
    const int32_t *coefficients, size_t taps, int32_t *sums);

// A picture in planes of luma and halved or equal-sized chroma.
typedef struct {
    const uint8_t *luma;
    const uint8_t *cb;
    const uint8_t *cr;
    ptrdiff_t luma_stride;
    ptrdiff_t chroma_stride;
    size_t width;
    size_t height;
    size_t chroma_width;
    size_t chroma_height;
} csimd_ycc_picture;

// Bilinear resize of a plane with pixel centres at halves. step_x and step_y are source samples per output sample;
// positions outside the source repeat its edge. indices and weights hold out_width values each, row holds source_width.
void csimd_resize_bilinear(
    const uint8_t *source, ptrdiff_t source_stride, size_t source_width, size_t source_height, uint8_t *out,
    size_t out_width, size_t out_height, double step_x, double step_y, int32_t *indices, uint16_t *weights,
    uint16_t *row);

// Turns count samples of each plane into three planes of floats, clamped to -1...1: the k-th is
// colors[4k] * luma + colors[4k + 1] * cb + colors[4k + 2] * cr + colors[4k + 3].
void csimd_ycc_to_tensor(
    const uint8_t *luma, const uint8_t *cb, const uint8_t *cr, size_t count, const float *colors, float *out);

// Samples a quadrilateral of a picture into width x height pixels of three planes of floats, as csimd_ycc_to_tensor.
//
// homography holds nine values, row-major: it maps the unit square to the picture, whose first pixel covers 0...1. Each
// output pixel is the mean of samples x samples bilinear samples. Rows of out are out_row floats apart, planes out_plane.
void csimd_warp_to_tensor(
    const csimd_ycc_picture *picture, const float *homography, size_t width, size_t height, unsigned samples,
    const float *colors, float *out, size_t out_row, size_t out_plane);

// Runs of set pixels of the mask "map > threshold" dilated by one pixel to the right and downwards: row, first column,
// last column of each, in order. Returns how many there are; at most capacity are written. mask holds 2 * width bytes.
size_t csimd_mask_runs(
    const float *map, size_t width, size_t height, float threshold, int32_t *runs, size_t capacity, uint8_t *mask);

// Mean of the samples of a map inside a convex quadrilateral given by its corners x0, y0, ... x3, y3 in sample positions;
// 0 where it covers none.
float csimd_quadrilateral_mean(const float *map, size_t width, size_t height, const float *corners);

// Position of the greatest value of a row, the first of equals; count is at least 1 and no value is NaN.
size_t csimd_greatest(const float *values, size_t count);

// Puts packed R, G, B, A pixels with straight alpha on white; out holds packed R, G, B.
void csimd_composite_on_white(const uint8_t *rgba, uint8_t *rgb, size_t count);

#ifdef __cplusplus
}
#endif

#endif
