#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define BLAKE3_LANES 8
#define BLAKE3_KERNEL csimd_blake3_kernel_8
#include "blake3_lanes.h"
#pragma clang attribute pop
#endif
