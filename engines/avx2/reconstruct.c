/* SPDX-License-Identifier: BSD-3-Clause */
/* Integers from their residues, rounded once to FP64, by the weights of
 * engines/avx2/crt_weights.h and a rounding test (Ziv, ACM TOMS 17, 1991). What
 * the test cannot decide goes to the portable kernel, so the bits are its
 * bits. */
#include <immintrin.h>
#include <string.h>

#include "engines/avx2/kernels.h"
#include "engines/avx2/scale.h"
#include "engines/avx2/crt_weights.h"
#include "engines/portable/kernels.h"

enum { LANES = 8 }; /* columns at a time: two vectors share the weights */

/* Four numbers from the sums of their residues times the weights, times 2^e;
 * returns the mask of those that are right. */
static inline int round_four(const crt_weights *w, __m256d high, __m256d low,
                             __m128i e, __m256d *result)
{
    /* all residues are 0: every weight has a positive high part */
    const __m256d zero = _mm256_cmp_pd(high, _mm256_setzero_pd(), _CMP_EQ_OQ);
    const __m256d q =
        _mm256_round_pd(_mm256_mul_pd(high, _mm256_set1_pd(w->inverse)),
                        _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    high = _mm256_fnmadd_pd(q, _mm256_set1_pd(w->p_high), high); /* exact */
    low = _mm256_fnmadd_pd(q, _mm256_set1_pd(w->p_low), low);
    /* high + low = sum + rest exactly (Knuth's TwoSum) */
    const __m256d sum = _mm256_add_pd(high, low);
    const __m256d part = _mm256_sub_pd(sum, high);
    const __m256d rest =
        _mm256_add_pd(_mm256_sub_pd(high, _mm256_sub_pd(sum, part)),
                      _mm256_sub_pd(low, part));
    const __m256d error = _mm256_set1_pd(w->error);
    const __m256d c = _mm256_add_pd(sum, _mm256_add_pd(rest, error));
    const __m256d d = _mm256_add_pd(sum, _mm256_sub_pd(rest, error));
    const __m256d value = _mm256_andnot_pd(zero, scaled(c, e));
    const __m256d sign = _mm256_set1_pd(-0.0);
    const __m256d size = _mm256_andnot_pd(sign, value);
    __m256d good = _mm256_cmp_pd(c, d, _CMP_EQ_OQ);
    good = _mm256_and_pd(good,
                         _mm256_cmp_pd(_mm256_andnot_pd(sign, c),
                                       _mm256_set1_pd(w->limit), _CMP_LT_OQ));
    good = _mm256_and_pd(
        good, _mm256_cmp_pd(size, _mm256_set1_pd(0x1p-1021), _CMP_GE_OQ));
    good = _mm256_and_pd(
        good, _mm256_cmp_pd(size, _mm256_set1_pd(0x1p1023), _CMP_LT_OQ));
    *result = value;
    return _mm256_movemask_pd(_mm256_or_pd(good, zero));
}

/* LANES numbers of a row */
static void round_eight(const sunzi_moduli *m, const crt_weights *w,
                        const uint8_t *r, size_t plane_stride,
                        int32_t row_shift, const int32_t *col_shift, double *v)
{
    __m256d high[2], low[2];
    high[0] = high[1] = low[0] = low[1] = _mm256_setzero_pd();
    for (int t = 0; t < m->count; t++) {
        const __m256i x = _mm256_cvtepu8_epi32(
            _mm_loadl_epi64((const void *)(r + (size_t)t * plane_stride)));
        const __m256d part[2] = {
            _mm256_cvtepi32_pd(_mm256_castsi256_si128(x)),
            _mm256_cvtepi32_pd(_mm256_extracti128_si256(x, 1))};
        const __m256d wh = _mm256_set1_pd(w->high[t]);
        const __m256d wl = _mm256_set1_pd(w->low[t]);
        for (int k = 0; k < 2; k++) {
            high[k] = _mm256_fmadd_pd(part[k], wh, high[k]);
            low[k] = _mm256_fmadd_pd(part[k], wl, low[k]);
        }
    }
    int good = 0;
#pragma GCC unroll 2
    for (int k = 0; k < 2; k++) {
        const __m128i shift =
            _mm_add_epi32(_mm_set1_epi32(row_shift),
                          _mm_loadu_si128((const void *)(col_shift + 4 * k)));
        __m256d result;
        good |= round_four(w, high[k], low[k],
                           _mm_sub_epi32(_mm_setzero_si128(), shift), &result)
                << 4 * k;
        _mm256_storeu_pd(v + 4 * k, result);
    }
    for (unsigned bad = ~(unsigned)good & 0xFF; bad; bad &= bad - 1) {
        const int l = __builtin_ctz(bad);
        v[l] = sunzi_portable_reconstruct_one(m, r + l, plane_stride,
                                              -(row_shift + col_shift[l]));
    }
}

/* The last columns of a row, fewer than LANES: the others are zeros */
static void round_last(const sunzi_moduli *m, const crt_weights *w, int columns,
                       const uint8_t *r, size_t plane_stride, int32_t row_shift,
                       const int32_t *col_shift, double *v)
{
    uint8_t residues[SUNZI_MODULI_LIST_LENGTH * LANES] = {0};
    int32_t shift[LANES] = {0};
    double values[LANES];
    for (int t = 0; t < m->count; t++)
        memcpy(residues + LANES * t, r + (size_t)t * plane_stride,
               (size_t)columns);
    memcpy(shift, col_shift, (size_t)columns * sizeof *shift);
    round_eight(m, w, residues, LANES, row_shift, shift, values);
    memcpy(v, values, (size_t)columns * sizeof *values);
}

void sunzi_avx2_reconstruct(const sunzi_moduli *m, int rows, int cols,
                            const uint8_t *r, size_t plane_stride,
                            size_t r_stride, const int32_t *row_shift,
                            const int32_t *col_shift, double *v,
                            int64_t v_stride)
{
    crt_weights w;
    crt_make_weights(m, &w);
    for (int i = 0; i < rows; i++) {
        const uint8_t *at = r + (size_t)i * r_stride;
        double *to = v + i * v_stride;
        int j = 0;
        for (; j + LANES <= cols; j += LANES)
            round_eight(m, &w, at + j, plane_stride, row_shift[i],
                        col_shift + j, to + j);
        if (j < cols)
            round_last(m, &w, cols - j, at + j, plane_stride, row_shift[i],
                       col_shift + j, to + j);
    }
}
