/* SPDX-License-Identifier: BSD-3-Clause */
/* Low-precision updates: packing, INT8 by VNNI, and the choice of the BF16 kernel.
 *
 * INT8: vpdpbusd multiplies unsigned by signed bytes. B is biased by 128 as it is
 * loaded (its top bit is flipped); A is broadcast as it is. The bias adds
 * 128 sum_h a_ih to a sum, which is computed once a block of rows and taken off. */
#include <immintrin.h>

#include "engines/avx512/kernels.h"
#include "engines/avx512/update_bf16.h"
#include "engines/portable/kernels.h"
#include "engines/x86/features.h"

#define UPDATE_PACK sunzi_avx512_update_pack
#include "engines/cpu/update_pack_template.h"

enum { ROWS = 8 };

/* 128 times the sum over the depth of each of ROWS rows of packed A. */
static void row_sums(int64_t tiles, const int8_t *a, int32_t *sums)
{
    const __m512i bias = _mm512_set1_epi8((char)0x80); /* 128 as unsigned */
    for (int i = 0; i < ROWS; i++) {
        __m512i s = _mm512_setzero_si512();
        for (int64_t q = 0; q < tiles; q++)
            s = _mm512_dpbusd_epi32(
                s, bias,
                _mm512_loadu_si512(a + q * SUNZI_TILE_BYTES + i * 64));
        sums[i] = _mm512_reduce_add_epi32(s);
    }
}

/* ROWS x 16 entries: hh and mid of precision/low_format.h, biased. */
static inline void multiply8(int64_t tiles, const int8_t *a, const int8_t *b,
                             __m512i *hh, __m512i *mid)
{
    const __m512i flip = _mm512_set1_epi8((char)0x80);
    const int64_t low = tiles * SUNZI_TILE_BYTES;
    __m512i high[ROWS], middle[ROWS];
    for (int i = 0; i < ROWS; i++)
        high[i] = middle[i] = _mm512_setzero_si512();
    for (int64_t at = 0; at < low; at += SUNZI_TILE_BYTES)
        for (int q = 0; q < 16; q++) {
            const int8_t *b_q = b + at + q * 64, *a_q = a + at + q * 4;
            const __m512i b_hi = _mm512_xor_si512(_mm512_load_si512(b_q), flip);
            const __m512i b_lo =
                _mm512_xor_si512(_mm512_load_si512(b_q + low), flip);
#pragma GCC unroll 8
            for (int i = 0; i < ROWS; i++) {
                int32_t hi, lo;
                memcpy(&hi, a_q + i * 64, sizeof hi);
                memcpy(&lo, a_q + i * 64 + low, sizeof lo);
                const __m512i a_hi = _mm512_set1_epi32(hi);
                high[i] = _mm512_dpbusd_epi32(high[i], b_hi, a_hi);
                middle[i] = _mm512_dpbusd_epi32(middle[i], b_lo, a_hi);
                middle[i] = _mm512_dpbusd_epi32(middle[i], b_hi,
                                                _mm512_set1_epi32(lo));
            }
        }
    for (int i = 0; i < ROWS; i++)
        hh[i] = high[i], mid[i] = middle[i];
}

/* 2^(e + s_j) for 16 columns; exponents below those of FP32 give zero. */
static __m512 powers(int32_t e, __m512i s)
{
    return _mm512_scalef_ps(
        _mm512_set1_ps(1.0f),
        _mm512_cvtepi32_ps(_mm512_add_epi32(s, _mm512_set1_epi32(e))));
}

static void block8(int64_t tiles, int rows, int cols, const int8_t *a,
                   size_t a_stride, const int32_t *a_scale, const int8_t *b,
                   size_t b_stride, const int32_t *b_scale, float *c,
                   int64_t ldc)
{
    for (int i0 = 0; i0 < rows; i0 += ROWS) {
        const int8_t *a_i =
            a + (size_t)(i0 / 16) * a_stride + i0 % 16 * 64;
        int32_t sum_hi[ROWS], sum_lo[ROWS];
        row_sums(tiles, a_i, sum_hi);
        row_sums(tiles, a_i + tiles * SUNZI_TILE_BYTES, sum_lo);
        for (int j = 0; j < cols; j += 16) {
            __m512i hh[ROWS], mid[ROWS];
            multiply8(tiles, a_i, b + (size_t)(j / 16) * b_stride, hh, mid);
            const __mmask16 exist =
                cols - j >= 16 ? 0xFFFF : (__mmask16)((1 << (cols - j)) - 1);
            const __m512i s = _mm512_maskz_loadu_epi32(exist, b_scale + j);
            for (int i = 0; i < ROWS && i0 + i < rows; i++) {
                const __m512i h = _mm512_sub_epi32(
                    hh[i], _mm512_set1_epi32(sum_hi[i]));
                const __m512i m = _mm512_sub_epi32(
                    mid[i], _mm512_set1_epi32(sum_hi[i] + sum_lo[i]));
                const __m512 t = _mm512_fmadd_ps(_mm512_set1_ps(128.0f),
                                                 _mm512_cvtepi32_ps(h),
                                                 _mm512_cvtepi32_ps(m));
                float *at = c + (i0 + i) * ldc + j;
                const __m512 old = _mm512_maskz_loadu_ps(exist, at);
                _mm512_mask_storeu_ps(
                    at, exist,
                    _mm512_fnmadd_ps(powers(a_scale[i0 + i] - 19, s), t, old));
            }
        }
    }
}

void sunzi_avx512_update_block(sunzi_low_format format, int64_t depth_tiles,
                               int rows, int cols, const void *a,
                               size_t a_stride, const int32_t *a_scale,
                               const void *b, size_t b_stride,
                               const int32_t *b_scale, float *c, int64_t ldc)
{
    if (format == SUNZI_LOW_INT8)
        block8(depth_tiles, rows, cols, a, a_stride, a_scale, b, b_stride,
               b_scale, c, ldc);
    else if (format == SUNZI_LOW_BF16 && sunzi_x86_has_avx512_bf16(NULL, 0))
        sunzi_avx512_update_bf16(depth_tiles, rows, cols, a, a_stride, b,
                                 b_stride, c, ldc);
    else
        sunzi_portable_update_block(format, depth_tiles, rows, cols, a,
                                    a_stride, a_scale, b, b_stride, b_scale, c,
                                    ldc);
}
