/* SPDX-License-Identifier: BSD-3-Clause */
/* Low-precision updates: INT8 by VNNI, and the choice of the BF16 kernel.
 *
 * INT8: vpdpbusd multiplies unsigned by signed bytes. B is biased by 128 as it
 * is loaded (its top bit is flipped); A is broadcast as it is. The bias adds
 * 128 sum_h a_ih to a sum, which is computed once a block of rows and taken
 * off. */
#include <immintrin.h>
#include <string.h>

#include "engines/avx512/kernels.h"
#include "engines/avx512/update_bf16.h"
#include "engines/portable/kernels.h"
#include "engines/x86/features.h"

enum { ROWS = 8 };

/* 128 times the sum over the depth of each of ROWS rows of packed A. */
static void row_sums(int64_t tiles, const int8_t *a, int32_t *sums)
{
    const __m512i bias = _mm512_set1_epi8((char)0x80); /* 128 as unsigned */
    for (int i = 0; i < ROWS; i++) {
        __m512i s = _mm512_setzero_si512();
        for (int64_t q = 0; q < tiles; q++)
            s = _mm512_dpbusd_epi32(
                s, bias, _mm512_loadu_si512(a + q * SUNZI_TILE_BYTES + i * 64));
        sums[i] = _mm512_reduce_add_epi32(s);
    }
}

/* The sums p0, p1, p2 of ROWS x 16 entries, biased. */
typedef struct sums8 {
    __m512i p[3][ROWS];
} sums8;

static inline __attribute__((always_inline)) void
multiply8(int64_t tiles, const int8_t *a, const int8_t *b, sums8 *sums)
{
    const __m512i flip = _mm512_set1_epi8((char)0x80);
    const int64_t slice = tiles * SUNZI_TILE_BYTES;
    __m512i p0[ROWS], p1[ROWS], p2[ROWS];
#pragma GCC unroll 8
    for (int i = 0; i < ROWS; i++)
        p0[i] = p1[i] = p2[i] = _mm512_setzero_si512();
    for (int64_t at = 0; at < slice; at += SUNZI_TILE_BYTES)
        for (int q = 0; q < 16; q++) {
            const int8_t *b_q = b + at + q * 64, *a_q = a + at + q * 4;
            const __m512i b0 = _mm512_xor_si512(_mm512_load_si512(b_q), flip);
            const __m512i b1 =
                _mm512_xor_si512(_mm512_load_si512(b_q + slice), flip);
            const __m512i b2 =
                _mm512_xor_si512(_mm512_load_si512(b_q + 2 * slice), flip);
#pragma GCC unroll 8
            for (int i = 0; i < ROWS; i++) {
                int32_t x[3];
                for (int s = 0; s < 3; s++)
                    memcpy(&x[s], a_q + i * 64 + s * slice, sizeof x[s]);
                const __m512i a0 = _mm512_set1_epi32(x[0]);
                const __m512i a1 = _mm512_set1_epi32(x[1]);
                p0[i] = _mm512_dpbusd_epi32(p0[i], b0, a0);
                p1[i] = _mm512_dpbusd_epi32(p1[i], b1, a0);
                p1[i] = _mm512_dpbusd_epi32(p1[i], b0, a1);
                p2[i] = _mm512_dpbusd_epi32(p2[i], b2, a0);
                p2[i] = _mm512_dpbusd_epi32(p2[i], b1, a1);
                p2[i] = _mm512_dpbusd_epi32(p2[i], b0, _mm512_set1_epi32(x[2]));
            }
        }
#pragma GCC unroll 8
    for (int i = 0; i < ROWS; i++) {
        sums->p[0][i] = p0[i];
        sums->p[1][i] = p1[i];
        sums->p[2][i] = p2[i];
    }
}

/* 2^(e + s_j) for 16 columns; exponents below those of FP32 give zero. */
static __m512 powers(int32_t e, __m512i s)
{
    return _mm512_scalef_ps(
        _mm512_set1_ps(1.0f),
        _mm512_cvtepi32_ps(_mm512_add_epi32(s, _mm512_set1_epi32(e))));
}

static __m512 unbiased(__m512i sum, int32_t bias)
{
    return _mm512_cvtepi32_ps(_mm512_sub_epi32(sum, _mm512_set1_epi32(bias)));
}

static void block8(int64_t tiles, int rows, int cols, const int8_t *a,
                   size_t a_stride, const int32_t *a_scale, const int8_t *b,
                   size_t b_stride, const int32_t *b_scale, float *c,
                   int64_t ldc)
{
    const __m512 base = _mm512_set1_ps(128.0f);
    for (int i0 = 0; i0 < rows; i0 += ROWS) {
        const int8_t *a_i = a + (size_t)(i0 / 16) * a_stride + i0 % 16 * 64;
        int32_t bias[3][ROWS]; /* of p0, p1, p2 */
        for (int s = 0; s < 3; s++) {
            row_sums(tiles, a_i + s * tiles * SUNZI_TILE_BYTES, bias[s]);
            for (int i = 0; i < ROWS && s > 0; i++)
                bias[s][i] += bias[s - 1][i];
        }
        for (int j = 0; j < cols; j += 16) {
            sums8 sums;
            multiply8(tiles, a_i, b + (size_t)(j / 16) * b_stride, &sums);
            const __mmask16 exist =
                cols - j >= 16 ? 0xFFFF : (__mmask16)((1 << (cols - j)) - 1);
            const __m512i s = _mm512_maskz_loadu_epi32(exist, b_scale + j);
            for (int i = 0; i < ROWS && i0 + i < rows; i++) {
                const __m512 high =
                    _mm512_fmadd_ps(base, unbiased(sums.p[0][i], bias[0][i]),
                                    unbiased(sums.p[1][i], bias[1][i]));
                const __m512 t = _mm512_fmadd_ps(
                    base, high, unbiased(sums.p[2][i], bias[2][i]));
                float *at = c + (i0 + i) * ldc + j;
                const __m512 old = _mm512_maskz_loadu_ps(exist, at);
                _mm512_mask_storeu_ps(
                    at, exist,
                    _mm512_fnmadd_ps(powers(a_scale[i0 + i] - 26, s), t, old));
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
