#include "cloned.h"
#include "csimd_frames.h"

static inline double limited(double value, double low, double high) {
    return value < low ? low : value > high ? high : value;
}

// Blends two rows; weight is that of the lower one in 1/128. The result is in 1/128.
CLONED
static void blend_rows(const uint8_t *upper, const uint8_t *lower, unsigned weight, uint16_t *out, size_t count) {
    const uint16_t below = (uint16_t)weight;
    const uint16_t above = (uint16_t)(128 - weight);
    for (size_t x = 0; x < count; x++) out[x] = (uint16_t)(upper[x] * above + lower[x] * below);
}

void csimd_resize_bilinear(
    const uint8_t *source, ptrdiff_t source_stride, size_t source_width, size_t source_height, uint8_t *out,
    size_t out_width, size_t out_height, double step_x, double step_y, int32_t *indices, uint16_t *weights,
    uint16_t *row) {
    const double last_x = (double)(source_width - 1);
    const double last_y = (double)(source_height - 1);
    for (size_t x = 0; x < out_width; x++) {
        const double position = limited(((double)x + 0.5) * step_x - 0.5, 0, last_x);
        // The last column has no right neighbour: it is reached from the one before with full weight.
        size_t index = (size_t)position;
        if (index + 1 >= source_width && index > 0) index--;
        indices[x] = (int32_t)index;
        weights[x] = (uint16_t)((position - (double)index) * 128 + 0.5);
    }
    for (size_t y = 0; y < out_height; y++) {
        const double position = limited(((double)y + 0.5) * step_y - 0.5, 0, last_y);
        const size_t upper = (size_t)position;
        const size_t lower = upper + 1 < source_height ? upper + 1 : upper;
        blend_rows(
            source + (ptrdiff_t)upper * source_stride, source + (ptrdiff_t)lower * source_stride,
            (unsigned)((position - (double)upper) * 128 + 0.5), row, source_width);
        uint8_t *target = out + y * out_width;
        if (source_width == 1) {
            for (size_t x = 0; x < out_width; x++) target[x] = (uint8_t)((row[0] + 64) >> 7);
            continue;
        }
        for (size_t x = 0; x < out_width; x++) {
            const uint16_t *pair = row + indices[x];
            const uint32_t sum = (uint32_t)pair[0] * (128u - weights[x]) + (uint32_t)pair[1] * weights[x];
            target[x] = (uint8_t)((sum + (1u << 13)) >> 14);
        }
    }
}

static inline float clamped(float value) { return value < -1.0f ? -1.0f : value > 1.0f ? 1.0f : value; }

CLONED
void csimd_ycc_to_tensor(
    const uint8_t *luma, const uint8_t *cb, const uint8_t *cr, size_t count, const float *colors, float *out) {
    for (size_t channel = 0; channel < 3; channel++) {
        const float y = colors[4 * channel];
        const float u = colors[4 * channel + 1];
        const float v = colors[4 * channel + 2];
        const float offset = colors[4 * channel + 3];
        float *target = out + channel * count;
        for (size_t i = 0; i < count; i++)
            target[i] = clamped((float)luma[i] * y + (float)cb[i] * u + (float)cr[i] * v + offset);
    }
}

// One bilinear sample; x and y count from the middle of the first sample.
static inline float sample(const uint8_t *plane, ptrdiff_t stride, size_t width, size_t height, float x, float y) {
    const float right = (float)(width - 1);
    const float bottom = (float)(height - 1);
    x = x < 0 ? 0 : x > right ? right : x;
    y = y < 0 ? 0 : y > bottom ? bottom : y;
    const size_t column = (size_t)x;
    const size_t line = (size_t)y;
    const size_t next = column + 1 < width ? 1 : 0;
    const uint8_t *upper = plane + (ptrdiff_t)line * stride + column;
    const uint8_t *lower = line + 1 < height ? upper + stride : upper;
    const float across = x - (float)column;
    const float down = y - (float)line;
    const float above = (float)upper[0] + ((float)upper[next] - (float)upper[0]) * across;
    const float below = (float)lower[0] + ((float)lower[next] - (float)lower[0]) * across;
    return above + (below - above) * down;
}

void csimd_warp_to_tensor(
    const csimd_ycc_picture *picture, const float *homography, size_t width, size_t height, unsigned samples,
    const float *colors, float *out, size_t out_row, size_t out_plane) {
    const float *h = homography;
    const float chroma_x = (float)picture->chroma_width / (float)picture->width;
    const float chroma_y = (float)picture->chroma_height / (float)picture->height;
    const float step_u = 1.0f / (float)(width * samples);
    const float step_v = 1.0f / (float)(height * samples);
    const float share = 1.0f / (float)(samples * samples);
    for (size_t row = 0; row < height; row++) {
        for (size_t column = 0; column < width; column++) {
            float sum_y = 0, sum_u = 0, sum_v = 0;
            for (unsigned j = 0; j < samples; j++) {
                const float v = ((float)(row * samples + j) + 0.5f) * step_v;
                for (unsigned i = 0; i < samples; i++) {
                    const float u = ((float)(column * samples + i) + 0.5f) * step_u;
                    const float scale = 1.0f / (h[6] * u + h[7] * v + h[8]);
                    const float x = (h[0] * u + h[1] * v + h[2]) * scale;
                    const float y = (h[3] * u + h[4] * v + h[5]) * scale;
                    sum_y += sample(
                        picture->luma, picture->luma_stride, picture->width, picture->height, x - 0.5f, y - 0.5f);
                    const float cx = x * chroma_x - 0.5f;
                    const float cy = y * chroma_y - 0.5f;
                    sum_u += sample(
                        picture->cb, picture->chroma_stride, picture->chroma_width, picture->chroma_height, cx, cy);
                    sum_v += sample(
                        picture->cr, picture->chroma_stride, picture->chroma_width, picture->chroma_height, cx, cy);
                }
            }
            float *target = out + row * out_row + column;
            for (size_t channel = 0; channel < 3; channel++) {
                const float *color = colors + 4 * channel;
                target[channel * out_plane] =
                    clamped((sum_y * color[0] + sum_u * color[1] + sum_v * color[2]) * share + color[3]);
            }
        }
    }
}
