// 128-bit vectors: part of the baseline of x86-64 (SSE2) and AArch64 (NEON), and correct anywhere.
#define BLAKE3_LANES 4
#define BLAKE3_KERNEL csimd_blake3_kernel_4
#include "blake3_lanes.h"
