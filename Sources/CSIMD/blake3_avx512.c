#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl"))), apply_to = function)
#define BLAKE3_LANES 16
#define BLAKE3_KERNEL csimd_blake3_kernel_16
#include "blake3_lanes.h"
#pragma clang attribute pop
#endif
