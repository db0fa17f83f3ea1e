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

#ifdef __cplusplus
}
#endif

#endif
