/* SPDX-License-Identifier: BSD-3-Clause */
/* Integers from their residues, rounded once to FP64: c' = sum r_t w_t - q P
 * with w_t = P / p_t * inverse_t in two FP64 parts (section 4 of Ozaki, Uchino
 * and Imamura, arXiv 2504.08009), and a rounding test (Ziv, ACM TOMS 17, 1991).
 * What the test cannot decide goes to the portable kernel, so the bits are its
 * bits. */
#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "engines/avx512/kernels.h"
#include "engines/portable/kernels.h"

/* P < 2^L. High parts are multiples of 2^g, g = L - 40: with residues below 2^8
 * and 32 moduli their sums are below 2^(g + 53), hence exact. The sum of the
 * low parts, below 2^(g + 13), has an error below 2^(g - 33). */
typedef struct weights {
    double high[SUNZI_MODULI_LIST_LENGTH], low[SUNZI_MODULI_LIST_LENGTH];
    double p_high, p_low, inverse, error, limit;
} weights;

/* Parts of a number of SUNZI_MODULI_WORDS words: multiples of 2^g, and the
 * rest. */
static void split(const uint64_t *words, int g, double *high, double *low)
{
    *high = *low = 0;
    for (int w = SUNZI_MODULI_WORDS - 1; w >= 0; w--) {
        const int below = g - 64 * w; /* bits of the word under the grid */
        const uint64_t mask = below <= 0    ? 0
                              : below >= 64 ? UINT64_MAX
                                            : (UINT64_C(1) << below) - 1;
        *high += ldexp((double)(words[w] & ~mask), 64 * w);
        *low += ldexp((double)(words[w] & mask), 64 * w);
    }
}

static void make_weights(const sunzi_moduli *m, weights *w)
{
    const int length = (m->log2_product_16 >> 16) + 1;
    const int g = length > 40 ? length - 40 : 0;
    split(m->product, g, &w->p_high, &w->p_low);
    w->inverse = 1 / (w->p_high + w->p_low);
    w->error = ldexp(1, g - 32);
    w->limit = 0.499 * w->p_high;
    for (int t = 0; t < m->count; t++) {
        uint64_t product[SUNZI_MODULI_WORDS];
        sunzi_u128 carry = 0;
        for (int i = 0; i < SUNZI_MODULI_WORDS; i++) {
            carry += (sunzi_u128)m->cofactor[t][i] * (uint32_t)m->inverse[t];
            product[i] = (uint64_t)carry;
            carry >>= 64;
        }
        split(product, g, &w->high[t], &w->low[t]);
    }
}

/* Eight numbers; returns the mask of those that are right. */
static inline __mmask8 eight(const weights *w, int count, const uint8_t *r,
                             size_t plane_stride, __mmask8 lanes, __m512d scale,
                             __m512d *result)
{
    __m512d high = _mm512_setzero_pd(), low = _mm512_setzero_pd();
    for (int t = 0; t < count; t++) {
        const __m128i bytes =
            _mm_maskz_loadu_epi8(lanes, r + (size_t)t * plane_stride);
        const __m512d x = _mm512_cvtepi32_pd(_mm256_cvtepu8_epi32(bytes));
        high = _mm512_fmadd_pd(x, _mm512_set1_pd(w->high[t]), high);
        low = _mm512_fmadd_pd(x, _mm512_set1_pd(w->low[t]), low);
    }
    const __m512d q =
        _mm512_roundscale_pd(_mm512_mul_pd(high, _mm512_set1_pd(w->inverse)),
                             _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    high = _mm512_fnmadd_pd(q, _mm512_set1_pd(w->p_high), high); /* exact */
    low = _mm512_fnmadd_pd(q, _mm512_set1_pd(w->p_low), low);
    /* high + low = sum + rest exactly (Knuth's TwoSum) */
    const __m512d sum = _mm512_add_pd(high, low);
    const __m512d part = _mm512_sub_pd(sum, high);
    const __m512d rest =
        _mm512_add_pd(_mm512_sub_pd(high, _mm512_sub_pd(sum, part)),
                      _mm512_sub_pd(low, part));
    const __m512d error = _mm512_set1_pd(w->error);
    const __m512d c = _mm512_add_pd(sum, _mm512_add_pd(rest, error));
    const __m512d d = _mm512_add_pd(sum, _mm512_sub_pd(rest, error));
    *result = _mm512_scalef_pd(c, scale);
    const __m512d size = _mm512_abs_pd(*result);
    __mmask8 good = _mm512_cmp_pd_mask(c, d, _CMP_EQ_OQ);
    good &= _mm512_cmp_pd_mask(_mm512_abs_pd(c), _mm512_set1_pd(w->limit),
                               _CMP_LT_OQ);
    good &= _mm512_cmp_pd_mask(size, _mm512_set1_pd(0x1p-1021), _CMP_GE_OQ);
    good &= _mm512_cmp_pd_mask(size, _mm512_set1_pd(0x1p1023), _CMP_LT_OQ);
    return good;
}

void sunzi_avx512_reconstruct(const sunzi_moduli *m, int rows, int cols,
                              const uint8_t *r, size_t plane_stride,
                              size_t r_stride, const int32_t *row_shift,
                              const int32_t *col_shift, double *v,
                              int64_t v_stride)
{
    weights w;
    make_weights(m, &w);
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < cols; j += 8) {
            const int left = cols - j;
            const __mmask8 lanes =
                (__mmask8)(left < 8 ? (1 << left) - 1 : 0xFF);
            const uint8_t *at = r + (size_t)i * r_stride + (size_t)j;
            double *to = v + i * v_stride + j;
            const __m512i shift =
                _mm512_add_epi64(_mm512_set1_epi64(row_shift[i]),
                                 _mm512_cvtepi32_epi64(_mm256_maskz_loadu_epi32(
                                     lanes, col_shift + j)));
            const __m512d scale = _mm512_cvtepi64_pd(
                _mm512_sub_epi64(_mm512_setzero_si512(), shift));
            __m512d result;
            const __mmask8 good =
                eight(&w, m->count, at, plane_stride, lanes, scale, &result);
            _mm512_mask_storeu_pd(to, lanes, result);
            for (unsigned bad = lanes & (unsigned)~good; bad; bad &= bad - 1) {
                const int l = __builtin_ctz(bad);
                to[l] = sunzi_portable_reconstruct_one(
                    m, at + l, plane_stride,
                    -(row_shift[i] + col_shift[j + l]));
            }
        }
}
