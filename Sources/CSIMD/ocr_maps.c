#include "cloned.h"
#include "csimd_frames.h"

#include <math.h>
#include <string.h>

CLONED
static void set_mask(const float *values, size_t count, float threshold, uint8_t *mask) {
    for (size_t x = 0; x < count; x++) mask[x] = values[x] > threshold ? 1 : 0;
}

size_t csimd_mask_runs(
    const float *map, size_t width, size_t height, float threshold, int32_t *runs, size_t capacity, uint8_t *mask) {
    uint8_t *current = mask;
    uint8_t *previous = mask + width;
    size_t found = 0;
    memset(mask, 0, 2 * width);
    for (size_t y = 0; y < height; y++) {
        set_mask(map + y * width, width, threshold, current);
        size_t x = 0;
        while (x < width) {
            // Most of a map is empty: eight columns at a time.
            uint64_t own = 0, above = 0;
            if (x + 8 <= width) {
                memcpy(&own, current + x, 8);
                memcpy(&above, previous + x, 8);
                if ((own | above) == 0) {
                    x += 8;
                    continue;
                }
            }
            if (!(current[x] | previous[x])) {
                x++;
                continue;
            }
            const size_t first = x;
            // A set pixel sets its right neighbour too, so a gap of one column does not end the run.
            while (x < width && ((current[x] | previous[x]) || (current[x - 1] | previous[x - 1]))) x++;
            if (found < capacity) {
                runs[3 * found] = (int32_t)y;
                runs[3 * found + 1] = (int32_t)first;
                runs[3 * found + 2] = (int32_t)(x - 1);
            }
            found++;
        }
        uint8_t *swapped = previous;
        previous = current;
        current = swapped;
    }
    return found;
}

float csimd_quadrilateral_mean(const float *map, size_t width, size_t height, const float *corners) {
    float top = corners[1], bottom = corners[1];
    for (int i = 1; i < 4; i++) {
        top = fminf(top, corners[2 * i + 1]);
        bottom = fmaxf(bottom, corners[2 * i + 1]);
    }
    const long first_row = (long)fmaxf(0, ceilf(top - 0.5f));
    const long last_row = (long)fminf((float)height - 1, floorf(bottom + 0.5f));
    double sum = 0;
    size_t count = 0;
    for (long row = first_row; row <= last_row; row++) {
        const float y = fminf(fmaxf((float)row, top), bottom);
        float left = INFINITY, right = -INFINITY;
        for (int i = 0; i < 4; i++) {
            const float *a = corners + 2 * i;
            const float *b = corners + 2 * ((i + 1) % 4);
            if ((a[1] < y && b[1] < y) || (a[1] > y && b[1] > y)) continue;
            if (a[1] == b[1]) {
                left = fminf(left, fminf(a[0], b[0]));
                right = fmaxf(right, fmaxf(a[0], b[0]));
                continue;
            }
            const float x = a[0] + (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]);
            left = fminf(left, x);
            right = fmaxf(right, x);
        }
        if (left > right) continue;
        const long first = (long)fmaxf(0, ceilf(left - 0.5f));
        const long last = (long)fminf((float)width - 1, floorf(right + 0.5f));
        for (long x = first; x <= last; x++) sum += map[(size_t)row * width + (size_t)x];
        if (last >= first) count += (size_t)(last - first + 1);
    }
    return count > 0 ? (float)(sum / (double)count) : 0;
}

CLONED
size_t csimd_greatest(const float *values, size_t count) {
    float lanes[16];
    size_t i = 0;
    float best = values[0];
    if (count >= 16) {
        for (size_t k = 0; k < 16; k++) lanes[k] = values[k];
        for (i = 16; i + 16 <= count; i += 16)
            for (size_t k = 0; k < 16; k++) lanes[k] = values[i + k] > lanes[k] ? values[i + k] : lanes[k];
        for (size_t k = 0; k < 16; k++) best = lanes[k] > best ? lanes[k] : best;
    }
    for (; i < count; i++) best = values[i] > best ? values[i] : best;
    for (i = 0; i < count; i++)
        if (values[i] == best) return i;
    return 0;
}
