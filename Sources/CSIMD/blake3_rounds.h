// The BLAKE3 permutation on sixteen state words `v` and sixteen message words `m`, which are either scalars or
// vectors with one independent input per lane. Macros, so that it stays in registers whatever the word type.
#ifndef CSIMD_BLAKE3_ROUNDS_H
#define CSIMD_BLAKE3_ROUNDS_H

#include <stdint.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "message words are loaded in host order");

// The first four words of the BLAKE3 initialisation vector (those of SHA-256).
#define BLAKE3_IV0 UINT32_C(0x6A09E667)
#define BLAKE3_IV1 UINT32_C(0xBB67AE85)
#define BLAKE3_IV2 UINT32_C(0x3C6EF372)
#define BLAKE3_IV3 UINT32_C(0xA54FF53A)

#define BLAKE3_ROTATE_RIGHT(x, n) (((x) >> (n)) | ((x) << (32 - (n))))

#define BLAKE3_MIX(a, b, c, d, x, y)              \
    v[a] += v[b] + m[x];                          \
    v[d] = BLAKE3_ROTATE_RIGHT(v[d] ^ v[a], 16);  \
    v[c] += v[d];                                 \
    v[b] = BLAKE3_ROTATE_RIGHT(v[b] ^ v[c], 12);  \
    v[a] += v[b] + m[y];                          \
    v[d] = BLAKE3_ROTATE_RIGHT(v[d] ^ v[a], 8);   \
    v[c] += v[d];                                 \
    v[b] = BLAKE3_ROTATE_RIGHT(v[b] ^ v[c], 7);

#define BLAKE3_ROUND(i0, i1, i2, i3, i4, i5, i6, i7, i8, i9, i10, i11, i12, i13, i14, i15) \
    BLAKE3_MIX(0, 4, 8, 12, i0, i1)                                                        \
    BLAKE3_MIX(1, 5, 9, 13, i2, i3)                                                        \
    BLAKE3_MIX(2, 6, 10, 14, i4, i5)                                                       \
    BLAKE3_MIX(3, 7, 11, 15, i6, i7)                                                       \
    BLAKE3_MIX(0, 5, 10, 15, i8, i9)                                                       \
    BLAKE3_MIX(1, 6, 11, 12, i10, i11)                                                     \
    BLAKE3_MIX(2, 7, 8, 13, i12, i13)                                                      \
    BLAKE3_MIX(3, 4, 9, 14, i14, i15)

// Each row is the message order of one round: the BLAKE3 permutation applied to the row before it.
#define BLAKE3_SEVEN_ROUNDS()                                           \
    BLAKE3_ROUND(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)  \
    BLAKE3_ROUND(2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)  \
    BLAKE3_ROUND(3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1)  \
    BLAKE3_ROUND(10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6)  \
    BLAKE3_ROUND(12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4)  \
    BLAKE3_ROUND(9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7)  \
    BLAKE3_ROUND(11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13)

#endif
