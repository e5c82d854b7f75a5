/* SPDX-License-Identifier: BSD-3-Clause */
/* Weights of the Chinese remainder theorem in two FP64 parts (section 4 of
 * Ozaki, Uchino and Imamura, arXiv 2504.08009): c' = sum r_t w_t - q P with
 * w_t = P / p_t * inverse_t. */
#ifndef SUNZI_ENGINES_AVX2_CRT_WEIGHTS_H
#define SUNZI_ENGINES_AVX2_CRT_WEIGHTS_H

#include <math.h>

#include "engines/engine.h"

/* P < 2^L. High parts are multiples of 2^g, g = L - 40: with residues below 2^8
 * and 32 moduli their sums are below 2^(g + 53), hence exact. The sum of the
 * low parts, below 2^(g + 13), has an error below 2^(g - 33); `error` is twice
 * that. q is right where |c'| < limit. */
typedef struct crt_weights {
    double high[SUNZI_MODULI_LIST_LENGTH], low[SUNZI_MODULI_LIST_LENGTH];
    double p_high, p_low, inverse, error, limit;
} crt_weights;

/* Parts of a number of SUNZI_MODULI_WORDS words: multiples of 2^g, and the
 * rest. */
static inline void crt_split(const uint64_t *words, int g, double *high,
                             double *low)
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

static inline void crt_make_weights(const sunzi_moduli *m, crt_weights *w)
{
    const int length = (m->log2_product_16 >> 16) + 1;
    const int g = length > 40 ? length - 40 : 0;
    crt_split(m->product, g, &w->p_high, &w->p_low);
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
        crt_split(product, g, &w->high[t], &w->low[t]);
    }
}

#endif
