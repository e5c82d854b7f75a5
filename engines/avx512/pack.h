/* SPDX-License-Identifier: BSD-3-Clause */
/* Rearrangement of 64-byte lines that the packing kernels share. */
#ifndef SUNZI_ENGINES_AVX512_PACK_H
#define SUNZI_ENGINES_AVX512_PACK_H

#include <immintrin.h>

/* The low bytes of 4 x 16 dwords, in order. */
static inline __m512i sunzi_low_bytes(const __m512i *x)
{
    const __m512i gather = _mm512_set1_epi32(0x0C080400);
    const __m512i order =
        _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    __m512i bytes = _mm512_shuffle_epi8(x[0], gather);
    bytes = _mm512_mask_shuffle_epi8(bytes, 0x00F000F000F000F0, x[1], gather);
    bytes = _mm512_mask_shuffle_epi8(bytes, 0x0F000F000F000F00, x[2], gather);
    bytes = _mm512_mask_shuffle_epi8(bytes, 0xF000F000F000F000, x[3], gather);
    return _mm512_permutexvar_epi32(order, bytes);
}

/* Transpose 16 lines of 16 dwords: a tile of side A becomes one of side B and
 * the other way. */
static inline void sunzi_transpose_dwords(__m512i *x)
{
    __m512i t[16];
#pragma GCC unroll 8
    for (int i = 0; i < 16; i += 2) {
        t[i] = _mm512_unpacklo_epi32(x[i], x[i + 1]);
        t[i + 1] = _mm512_unpackhi_epi32(x[i], x[i + 1]);
    }
    /* x[4 i + j], lane l: column 4 l + j of the rows 4 i .. 4 i + 3 */
#pragma GCC unroll 4
    for (int i = 0; i < 16; i += 4) {
        x[i] = _mm512_unpacklo_epi64(t[i], t[i + 2]);
        x[i + 1] = _mm512_unpackhi_epi64(t[i], t[i + 2]);
        x[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]);
        x[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
    }
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) { /* a 4 x 4 transpose of lanes */
        const __m512i a = _mm512_shuffle_i32x4(x[j], x[4 + j], 0x44);
        const __m512i b = _mm512_shuffle_i32x4(x[j], x[4 + j], 0xEE);
        const __m512i c = _mm512_shuffle_i32x4(x[8 + j], x[12 + j], 0x44);
        const __m512i d = _mm512_shuffle_i32x4(x[8 + j], x[12 + j], 0xEE);
        t[j] = _mm512_shuffle_i32x4(a, c, 0x88);
        t[4 + j] = _mm512_shuffle_i32x4(a, c, 0xDD);
        t[8 + j] = _mm512_shuffle_i32x4(b, d, 0x88);
        t[12 + j] = _mm512_shuffle_i32x4(b, d, 0xDD);
    }
#pragma GCC unroll 16
    for (int i = 0; i < 16; i++)
        x[i] = t[i];
}

#endif
