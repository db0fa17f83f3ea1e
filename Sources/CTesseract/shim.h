#include <tesseract/capi.h>

// Part of the OpenMP runtime, which Tesseract may have been built without.
extern void omp_set_max_active_levels(int levels) __attribute__((weak));

// Keeps Tesseract's own threads away on the calling thread: it asks for four whatever the machine has, and they spin.
static inline void tesseract_use_one_thread(void) {
    if (omp_set_max_active_levels) omp_set_max_active_levels(0);
}
