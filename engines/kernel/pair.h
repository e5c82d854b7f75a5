/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers kept as the unevaluated sum of two: hi + lo with |lo| <= ulp(hi) / 2.
 * k_pair is a pair of floats (48 significand bits, u = 2^-24, the range of
 * float), k_pair64 one of doubles (106 bits, u = 2^-53, under K_FP64). The
 * functions are k_pair_NAME and k_pair64_NAME; the error-free transforms
 * k_NAMEf and k_NAME. The bounds are proved in the papers and hold while
 * nothing overflows or falls below the normal numbers (for products: |x y| >=
 * 2^-78 for floats). An operation on Inf gives NaN in lo and may in hi: test
 * for it.
 *
 * [1] Joldes, Muller, Popescu, Tight and rigorous error bounds for basic
 *     building blocks of double-word arithmetic, ACM TOMS 44 (2017) 15.
 * [2] Muller, Rideau, Formalization of double-word arithmetic, and comments on
 *     [1], ACM TOMS 48 (2022) 9.
 * [3] Lefevre, Louvet, Muller, Picot, Rideau, Accurate calculation of Euclidean
 *     norms using double-word arithmetic, ACM TOMS 49 (2023) 1. */
#ifndef SUNZI_ENGINES_KERNEL_PAIR_H
#define SUNZI_ENGINES_KERNEL_PAIR_H

#include "engines/kernel/language.h"

#include "engines/kernel/soft64.h"

#define K_REAL_    float
#define K_PAIR_    k_pair
#define K_R_(name) k_##name##f
#define K_P_(name) k_pair_##name
#define K_FMA_     k_fmaf
#define K_SQRT_    k_sqrtf
#include "engines/kernel/pair_template.h"
#undef K_REAL_
#undef K_PAIR_
#undef K_R_
#undef K_P_
#undef K_FMA_
#undef K_SQRT_

#ifdef K_FP64
#define K_REAL_    double
#define K_PAIR_    k_pair64
#define K_R_(name) k_##name
#define K_P_(name) k_pair64_##name
#define K_FMA_     k_fma
#define K_SQRT_    k_sqrt
#include "engines/kernel/pair_template.h"
#undef K_REAL_
#undef K_PAIR_
#undef K_R_
#undef K_P_
#undef K_FMA_
#undef K_SQRT_

/* The pair nearest a double: |x - pair| <= 2^-49 |x| in the range of float. */
K_FN k_pair k_pair_of_double(double x)
{
    const float hi = (float)x;
    return k_pair_of(hi, (float)(x - (double)hi));
}

/* hi + lo rounded once; exact for a pair that came from a double with at most
 * 48 significand bits */
K_FN double k_double_of_pair(k_pair x)
{
    return (double)x.hi + (double)x.lo;
}
#endif

/* The same two on the bits of the double, without FP64. */
K_FN k_pair k_pair_of_double_bits(k_u64 x)
{
    const float hi = k_soft_to_float(x);
    return k_pair_of(hi, k_soft_to_float(k_soft_sub(x, k_soft_of_float(hi))));
}

K_FN k_u64 k_double_bits_of_pair(k_pair x)
{
    return k_soft_add(k_soft_of_float(x.hi), k_soft_of_float(x.lo));
}

#endif
