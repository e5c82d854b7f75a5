/* SPDX-License-Identifier: BSD-3-Clause */
/* Functions of floats; engines/kernel/math.h is their manual. */
#ifndef SUNZI_ENGINES_KERNEL_MATH_FLOAT_H
#define SUNZI_ENGINES_KERNEL_MATH_FLOAT_H

#include "engines/kernel/pair.h"

#define K_INFF_    k_float_of(0x7f800000u)
#define K_NANF_    k_float_of(0x7fc00000u)
#define K_MAGICF_  0x1.8p+23f /* x + this: rint(x) in the low bits */
#define K_LOG2EF_  0x1.715476p+0f
#define K_LN2F_HI_ 0x1.62e430p-1f /* ln 2 = hi + lo + 2^-54 */
#define K_LN2F_LO_ -0x1.05c610p-29f

/* a where a or b is a NaN, or both are equal */
K_FN float k_minf(float a, float b)
{
    return b < a ? b : a;
}

K_FN float k_maxf(float a, float b)
{
    return a < b ? b : a;
}

/* |size| with the sign of x */
K_FN float k_copysignf(float size, float x)
{
    return k_float_of((k_float_bits(size) & 0x7fffffffu) |
                      (k_float_bits(x) & 0x80000000u));
}

/* to the nearest integer, ties to even */
K_FN float k_rintf(float x)
{
    const float size = k_fabsf(x), rounded = (size + 0x1p+23f) - 0x1p+23f;
    return size < 0x1p+23f ? k_copysignf(rounded, x) : x;
}

K_FN float k_floorf(float x)
{
    const float rounded = k_rintf(x);
    return x < rounded ? rounded - 1.0f : rounded;
}

/* 2^e, -126 <= e <= 127 */
K_FN float k_exp2i_f_(int e)
{
    return k_float_of((k_u32)(e + 127) << 23);
}

/* x 2^e, rounded once. Three factors reach every exponent; the middle value is
 * not below the normal numbers unless the result is 0. */
K_FN float k_ldexpf(float x, int e)
{
    const int all = e < -300 ? -300 : e > 300 ? 300 : e;
    const int last = all < -126 ? -126 : all > 127 ? 127 : all;
    const int rest = all - last;
    const int middle = rest < -126 ? -126 : rest > 127 ? 127 : rest;
    return x * k_exp2i_f_(rest - middle) * k_exp2i_f_(middle) *
           k_exp2i_f_(last);
}

/* p 2^n for the integer n that z = n + K_MAGICF_ holds, |n| <= 252: by two
 * factors, as 2^n may be no normal number. */
K_FN float k_scalef_(float p, float z, float n)
{
    const float z_half = k_fmaf(n, 0.5f, K_MAGICF_);
    const k_u32 first = k_float_bits(z_half), rest = k_float_bits(z) - first;
    return p * k_float_of((first << 23) + 0x3f800000u) *
           k_float_of((rest << 23) + 0x3f800000u);
}

/* (exp(r) - 1 - r) / r^2, |r| <= ln 2 / 2: minimax of degree 4, error in exp(r)
 * 2^-28.2 */
K_FN float k_exp_tailf_(float r)
{
    float q = 0x1.6ac778p-10f;
    q = k_fmaf(q, r, 0x1.123de2p-7f);
    q = k_fmaf(q, r, 0x1.555858p-5f);
    q = k_fmaf(q, r, 0x1.55548cp-3f);
    return k_fmaf(q, r, 0x1.fffffcp-2f);
}

/* exp(x + low), |low| <= 2^-20 |x| */
K_FN float k_exp_pairf_(float x, float low)
{
    const float bounded = k_minf(k_maxf(x, -104.0f), 89.0f);
    const float z = k_fmaf(bounded, K_LOG2EF_, K_MAGICF_), n = z - K_MAGICF_;
    const float exact = k_fmaf(-n, K_LN2F_HI_, bounded);
    const float shift = k_fmaf(-n, K_LN2F_LO_, low);
    const float r = exact + shift, r_low = (exact - r) + shift;
    const float tail = k_fmaf(r * r, k_exp_tailf_(r), r_low);
    return k_scalef_(1.0f + (r + tail), z, n);
}

K_FN float k_expf(float x)
{
    const float bounded = k_minf(k_maxf(x, -104.0f), 89.0f);
    const float z = k_fmaf(bounded, K_LOG2EF_, K_MAGICF_), n = z - K_MAGICF_;
    const float exact = k_fmaf(-n, K_LN2F_HI_, bounded);
    const float r = k_fmaf(-n, K_LN2F_LO_, exact);
    const float p = k_fmaf(k_fmaf(k_exp_tailf_(r), r, 1.0f), r, 1.0f);
    return k_scalef_(p, z, n);
}

/* |x| <= 87: 2^n joins the exponent, as all that happens stays normal */
K_FN float k_exp_boundedf(float x)
{
    const float z = k_fmaf(x, K_LOG2EF_, K_MAGICF_), n = z - K_MAGICF_;
    const float r = k_fmaf(-n, K_LN2F_LO_, k_fmaf(-n, K_LN2F_HI_, x));
    const float p = k_fmaf(k_fmaf(k_exp_tailf_(r), r, 1.0f), r, 1.0f);
    return k_float_of(k_float_bits(p) + (k_float_bits(z) << 23));
}

/* |x| <= 87: s - 1 + s expm1(r), s = 2^n */
K_FN float k_expm1_boundedf(float x)
{
    const float z = k_fmaf(x, K_LOG2EF_, K_MAGICF_), n = z - K_MAGICF_;
    const float r = k_fmaf(-n, K_LN2F_LO_, k_fmaf(-n, K_LN2F_HI_, x));
    const float p = k_fmaf(r * r, k_exp_tailf_(r), r);
    const float s = k_float_of((k_float_bits(z) << 23) + 0x3f800000u);
    return k_fmaf(s, p, s - 1.0f);
}

/* expm1(x) / 2 as a pair; x >= 89 gives that of 89. With
 * s = 2^(n - 1): s - 1/2 + s r exactly, and beside it s (exp(r) - 1 - r). */
K_FN k_pair k_expm1_halff_(float x)
{
    const float bounded = k_minf(k_maxf(x, -20.0f), 89.0f);
    const float z = k_fmaf(bounded, K_LOG2EF_, K_MAGICF_), n = z - K_MAGICF_;
    const float exact = k_fmaf(-n, K_LN2F_HI_, bounded);
    const float r = k_fmaf(-n, K_LN2F_LO_, exact);
    const float r_low = k_fmaf(-n, K_LN2F_LO_, exact - r);
    const float s = k_float_of((k_float_bits(z) << 23) + 0x3f000000u);
    const float base = s - 0.5f, base_low = (s - base) - 0.5f;
    const float y = k_fmaf(s, r, base);
    const float y_low = k_fmaf(s, r, base - y);
    float q = 0x1.a032c0p-13f; /* degree 5, error in expm1(r) 2^-28.8 */
    q = k_fmaf(q, r, 0x1.6d71f8p-10f);
    q = k_fmaf(q, r, 0x1.11118ap-7f);
    q = k_fmaf(q, r, 0x1.5554b2p-5f);
    q = k_fmaf(q, r, 0x1.555554p-3f);
    const float rest = k_fmaf(0.5f * r, r, k_fmaf(r * r, r * q, r_low));
    return k_quick_two_sumf(y, k_fmaf(s, rest, y_low) + base_low);
}

K_FN float k_expm1f(float x)
{
    const k_pair h = k_expm1_halff_(x);
    return k_fabsf(x) < 0x1p-25f ? x : 2.0f * h.hi;
}

/* e / (e + 1) of e = expm1(2 |x|) / 2, in pairs */
K_FN float k_tanhf(float x)
{
    const float size = k_fabsf(x);
    const k_pair e = k_expm1_halff_(2.0f * k_minf(size, 10.0f));
    const k_pair below = k_two_sumf(e.hi, 1.0f);
    const float t = e.hi / below.hi;
    const float rest =
        k_fmaf(-t, below.hi, e.hi) + k_fmaf(-t, below.lo + e.lo, e.lo);
    const float y = t + rest / below.hi;
    return size < 0x1p-13f ? x : k_copysignf(y, x);
}

/* x = 2^k m, m in [sqrt(1/2), sqrt(2)), for normal x > 0 */
typedef struct k_split_f_ {
    float k, m;
} k_split_f_;

K_FN k_split_f_ k_splitf_(float x)
{
    const k_u32 bits = k_float_bits(x), above = bits - 0x3f3504f3u;
    k_split_f_ s;
    s.k = k_float_of((above + 0x40000000u) >> 23 | 0x4b000000u) - 0x1.0001p+23f;
    s.m = k_float_of(bits - (above & 0xff800000u));
    return s;
}

/* k ln 2 + log(1 + f + low), 1 + f in [sqrt(1/2), sqrt(2)], |low| <= ulp(f)
 * / 2. log(1 + f) = f - f^2/2 + f^3 p(f): minimax of degree 7, error 2^-27.2 */
K_FN float k_log_sumf_(float k, float f, float low)
{
    const float hi = k * 0x1.62e4p-1f; /* exact: 8 and 16 bits */
    const float y = hi + f, y_low = (hi - y) + f;
    float p = -0x1.39070ap-4f;
    p = k_fmaf(p, f, 0x1.058006p-3f);
    p = k_fmaf(p, f, -0x1.0d8650p-3f);
    p = k_fmaf(p, f, 0x1.22d4a6p-3f);
    p = k_fmaf(p, f, -0x1.54718cp-3f);
    p = k_fmaf(p, f, 0x1.99a03cp-3f);
    p = k_fmaf(p, f, -0x1.00022ap-2f);
    p = k_fmaf(p, f, 0x1.555554p-2f);
    const float curved = k_fmaf(-0.5f * f, f, f * f * (f * p));
    const float rest = k_fmaf(k, 0x1.7f7d1cp-20f, k_fmaf(-low, f, low));
    return y + (y_low + (curved + rest));
}

/* the result for the x that has no logarithm, or an infinite one */
K_FN float k_log_edgesf_(float x, float result)
{
    const float y = x < K_INFF_ ? result : x;
    return x > 0 ? y : x == 0 ? -K_INFF_ : K_NANF_;
}

K_FN float k_logf(float x)
{
    const int small = x < 0x1p-126f;
    const k_split_f_ s = k_splitf_(small ? x * 0x1p+23f : x);
    const float k = small ? s.k - 23.0f : s.k;
    return k_log_edgesf_(x, k_log_sumf_(k, s.m - 1.0f, 0.0f));
}

/* u + u_low = 1 + x exactly; u_low joins f = m - 1 */
K_FN float k_log1pf(float x)
{
    const k_pair u = k_two_sumf(1.0f, x);
    const k_split_f_ s = k_splitf_(u.hi);
    const float scale = k_exp2i_f_(-(int)k_minf(s.k, 126.0f));
    const k_pair f = k_two_sumf(s.m - 1.0f, u.lo * scale);
    const float y = k_log_edgesf_(u.hi, k_log_sumf_(s.k, f.hi, f.lo));
    const float bounded = x < K_INFF_ ? y : x;
    return k_fabsf(x) < 0x1p-25f ? x : bounded;
}

/* log x, normal x > 0, relative error 2^-36: with s = f / (2 + f) as a pair, 2
 * s
 * + 2 s^3 (1/3 + s^2 (1/5 + ...)), in pairs as far as it matters */
K_FN k_pair k_log_pairf_(float x, float k_more)
{
    const k_split_f_ split = k_splitf_(x);
    const float k = split.k + k_more, f = split.m - 1.0f;
    const k_pair below = k_quick_two_sumf(2.0f, f);
    const k_pair s = k_pair_div(k_pair_of(f, 0.0f), below);
    const k_pair z = k_pair_mul(s, s);
    float p = 0x1.dfa264p-4f; /* minimax, relative error 2^-36.8 */
    p = k_fmaf(p, z.hi, 0x1.24527cp-3f);
    p = k_fmaf(p, z.hi, 0x1.999a00p-3f) * z.hi;
    const k_pair third = k_two_sumf(0x1.555556p-2f, p);
    const k_pair factor = k_pair_of(third.hi, third.lo - 0x1.555556p-27f);
    const k_pair cubic = k_pair_mul(k_pair_mul(z, factor), s);
    const k_pair two_s = k_pair_of(2.0f * s.hi, 2.0f * s.lo);
    const k_pair log_m =
        k_pair_add(two_s, k_pair_of(2.0f * cubic.hi, 2.0f * cubic.lo));
    const k_pair k_ln2 =
        k_quick_two_sumf(k * 0x1.62e4p-1f, k * 0x1.7f7d1cp-20f);
    return k_pair_add(k_ln2, log_m);
}

/* x^y = exp(y log x), x >= 0 */
K_FN float k_powf(float x, float y)
{
    const int small = x < 0x1p-126f;
    const k_pair l =
        k_log_pairf_(small ? x * 0x1p+23f : x, small ? -23.0f : 0.0f);
    const float hi = y * l.hi;
    const float lo = k_fmaf(y, l.lo, k_fmaf(y, l.hi, -hi));
    const float power = k_exp_pairf_(hi, k_fabsf(hi) < 110.0f ? lo : 0.0f);
    const float at_zero = y > 0 ? 0.0f : K_INFF_;
    const float at_inf = y > 0 ? K_INFF_ : 0.0f;
    const float inside = x < K_INFF_ ? power : at_inf;
    const float real = x > 0 ? inside : x == 0 ? at_zero : K_NANF_;
    const float known = y == y ? real : y;
    return ((x == 1.0f) | (y == 0)) ? 1.0f : known;
}

/* x - n pi/2 as a pair, |.| <= pi/4 (1 + 2^-10), and n mod 4 */
typedef struct k_angle_f_ {
    k_pair r;
    k_u32 quarter;
} k_angle_f_;

K_FN k_angle_f_ k_anglef_(float x)
{
    const float z = k_fmaf(x, 0x1.45f306p-1f, K_MAGICF_), n = z - K_MAGICF_;
    const float exact = k_fmaf(-n, 0x1.921fb6p+0f, x);
    const k_pair second = k_two_prodf(n, 0x1.777a5cp-25f);
    const k_pair r = k_two_sumf(exact, second.hi);
    k_angle_f_ a;
    a.r = k_quick_two_sumf(r.hi, r.lo + k_fmaf(n, 0x1.ee59dap-50f, second.lo));
    a.quarter = k_float_bits(z);
    return a;
}

/* sin (odd = 0) or cos (odd = 1) of the quarter turns and the rest: minimax of
 * degrees 7 and 8, errors 2^-27.9 and 2^-32.3 */
K_FN float k_turnf_(k_angle_f_ a, k_u32 quarter)
{
    const float r = a.r.hi, z = r * r, z_2 = 0.5f * z;
    float s = -0x1.9951eap-13f, c = 0x1.9a666ap-16f;
    s = k_fmaf(s, z, 0x1.110774p-7f);
    s = k_fmaf(s, z, -0x1.555546p-3f);
    c = k_fmaf(c, z, -0x1.6c0e2cp-10f);
    c = k_fmaf(c, z, 0x1.55554ep-5f);
    const float sine = r + k_fmaf(z * r, s, k_fmaf(-z_2, a.r.lo, a.r.lo));
    const float w = 1.0f - z_2;
    const float low = ((1.0f - w) - z_2) + k_fmaf(z * z, c, -r * a.r.lo);
    const float y = quarter & 1u ? w + low : sine;
    return quarter & 2u ? -y : y;
}

K_FN float k_sinf(float x)
{
    const k_angle_f_ a = k_anglef_(x);
    const float y = k_fabsf(x) < 0x1p-12f ? x : k_turnf_(a, a.quarter);
    return k_fabsf(x) <= 1e5f ? y : K_NANF_;
}

K_FN float k_cosf(float x)
{
    const k_angle_f_ a = k_anglef_(x);
    return k_fabsf(x) <= 1e5f ? k_turnf_(a, a.quarter + 1u) : K_NANF_;
}

#endif
