/* SPDX-License-Identifier: BSD-3-Clause */
/* Functions of pairs of floats, for the policy df64. Largest relative errors
 * measured against long double at 3 10^6 arguments (2026-11-21), in u^2 =
 * 2^-48; the results from 2^-70 on, so that the low half is a normal number:
 *
 *     exp    -48 .. 80          1.3
 *     expm1  -80 .. 80          3.0
 *     log    2^-60 .. 2^120     2.2
 *     tanh   all                7.0
 *     pow    exp(y log x): 1.3 + 6.2 |y log x|
 *
 * Overflow gives Inf in hi, underflow 0; the log of 0 is -Inf, of less NaN.
 * Made as those of engines/kernel/math_float.h, of sums and products of pairs.
 */
#ifndef SUNZI_ENGINES_KERNEL_MATH_PAIR_H
#define SUNZI_ENGINES_KERNEL_MATH_PAIR_H

#include "engines/kernel/math_float.h"

/* x = n ln 2 + r; magic: K_MAGICF_ + n */
typedef struct k_reduced_pair_ {
    k_pair r;
    float n, magic;
} k_reduced_pair_;

K_FN k_reduced_pair_ k_reduce_pair_(k_pair x, float least)
{
    const float hi = k_minf(k_maxf(x.hi, least), 89.0f);
    const float lo = hi == x.hi ? x.lo : 0.0f;
    k_reduced_pair_ a;
    a.magic = k_fmaf(hi, K_LOG2EF_, K_MAGICF_);
    a.n = a.magic - K_MAGICF_;
    const float exact = k_fmaf(-a.n, K_LN2F_HI_, hi);
    const k_pair second = k_two_prodf(-a.n, K_LN2F_LO_);
    a.r = k_pair_add1(k_pair_add(k_two_sumf(exact, lo), second),
                      a.n * 0x1.950d88p-54f);
    return a;
}

/* expm1(r), |r| <= ln 2 / 2: the terms to r^7 in pairs, from r^8 on a minimax
 * of degree 4, error 2^-53.6 */
K_FN k_pair k_expm1_reduced_pair_(k_pair r)
{
    float q = 0x1.1f656cp-29f;
    q = k_fmaf(q, r.hi, 0x1.aef7e2p-26f);
    q = k_fmaf(q, r.hi, 0x1.27e4e4p-22f);
    q = k_fmaf(q, r.hi, 0x1.71de2cp-19f);
    q = k_fmaf(q, r.hi, 0x1.a01a02p-16f);
    k_pair p = k_quick_two_sumf(0x1.a01a02p-13f, q * r.hi);
    p = k_pair_add1(p, -0x1.7f97fap-39f);
    p = k_pair_add(k_pair_mul(p, r),
                   k_pair_of(0x1.6c16c2p-10f, -0x1.27d27ep-35f));
    p = k_pair_add(k_pair_mul(p, r),
                   k_pair_of(0x1.111112p-7f, -0x1.dddddep-32f));
    p = k_pair_add(k_pair_mul(p, r),
                   k_pair_of(0x1.555556p-5f, -0x1.555556p-30f));
    p = k_pair_add(k_pair_mul(p, r),
                   k_pair_of(0x1.555556p-3f, -0x1.555556p-28f));
    p = k_pair_add1(k_pair_mul(p, r), 0.5f);
    return k_pair_add(k_pair_mul(k_pair_mul(p, r), r), r);
}

K_FN k_pair k_pair_exp(k_pair x)
{
    const k_reduced_pair_ a = k_reduce_pair_(x, -104.0f);
    const k_pair y = k_pair_add1(k_expm1_reduced_pair_(a.r), 1.0f);
    return k_pair_of(k_scalef_(y.hi, a.magic, a.n),
                     k_scalef_(y.lo, a.magic, a.n));
}

K_FN k_pair k_pair_expm1(k_pair x)
{
    const k_reduced_pair_ a = k_reduce_pair_(x, -40.0f);
    const k_pair y = k_expm1_reduced_pair_(a.r);
    const float s = k_float_of((k_float_bits(a.magic) << 23) + 0x3f000000u);
    const k_pair sum =
        k_pair_add(k_two_sumf(s, -0.5f), k_pair_of(s * y.hi, s * y.lo));
    return k_pair_of(2.0f * sum.hi, 2.0f * sum.lo);
}

/* x = 2^k m. log m by one step of Newton's method from its float y: y + d with
 * d = (m - exp(y)) / exp(y), and the term of d^2 */
K_FN k_pair k_pair_log(k_pair x)
{
    const int small = x.hi < 0x1p-100f;
    const float up = small ? 0x1p+50f : 1.0f;
    const k_split_f_ split = k_splitf_(x.hi * up);
    const float k = small ? split.k - 50.0f : split.k;
    /* 2^-k in two factors, of which the second is 1 unless x is huge */
    const float down = k_exp2i_f_(-(int)k_minf(split.k, 126.0f));
    const float more = split.k > 126.0f ? 0.5f : 1.0f;
    const float y = k_logf(split.m);
    const k_pair e = k_pair_expm1(k_pair_of(y, 0.0f));
    const k_pair m = k_pair_of(split.m, x.lo * up * down * more);
    const k_pair rest = k_pair_sub(k_pair_add1(m, -1.0f), e);
    const k_pair d = k_pair_div(rest, k_pair_add1(e, 1.0f));
    const k_pair step = k_pair_add1(d, -0.5f * d.hi * d.hi);
    const k_pair k_ln2 =
        k_pair_add1(k_two_prodf(k, K_LN2F_HI_), k * K_LN2F_LO_);
    const k_pair sum = k_pair_add(k_ln2, k_pair_add1(step, y));
    const float hi = k_log_edgesf_(x.hi, sum.hi);
    return k_pair_of(hi, hi == sum.hi ? sum.lo : 0.0f);
}

/* x > 0 */
K_FN k_pair k_pair_pow(k_pair x, k_pair y)
{
    return k_pair_exp(k_pair_mul(y, k_pair_log(x)));
}

K_FN k_pair k_pair_tanh(k_pair x)
{
    const float sign = x.hi < 0 ? -1.0f : 1.0f;
    const float hi = k_minf(sign * x.hi, 20.0f);
    const float lo = hi == sign * x.hi ? sign * x.lo : 0.0f;
    const k_pair e = k_pair_expm1(k_pair_of(2.0f * hi, 2.0f * lo));
    const k_pair y = k_pair_div(e, k_pair_add1(e, 2.0f));
    return k_pair_of(sign * y.hi, sign * y.lo);
}

#endif
