#include "cloned.h"
#include "include/csimd_frames.h"

// Straight alpha over white: (c * a + 255 * (255 - a)) / 255, rounded; x / 255 is (x + 128 + (x + 128) / 256) / 256 for
// x up to 255 * 255.
CLONED void csimd_composite_on_white(
    const uint8_t *rgba, uint8_t *rgb, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const unsigned alpha = rgba[4 * i + 3];
        const unsigned white = 255 * (255 - alpha) + 128;
        for (size_t channel = 0; channel < 3; channel++) {
            const unsigned sum = rgba[4 * i + channel] * alpha + white;
            rgb[3 * i + channel] = (uint8_t)((sum + (sum >> 8)) >> 8);
        }
    }
}
