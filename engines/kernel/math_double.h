/* SPDX-License-Identifier: BSD-3-Clause */
/* Functions of doubles; engines/kernel/math.h is their manual. The comments of
 * engines/kernel/math_float.h hold here too. */
#ifndef SUNZI_ENGINES_KERNEL_MATH_DOUBLE_H
#define SUNZI_ENGINES_KERNEL_MATH_DOUBLE_H

#include "engines/kernel/pair.h"

#ifdef K_FP64

#define K_INF_       k_double_of(0x7ff0000000000000u)
#define K_NAN_       k_double_of(0x7ff8000000000000u)
#define K_MAGIC_     0x1.8p+52
#define K_LOG2E_     0x1.71547652b82fep+0
#define K_LN2_HI_    0x1.62e42fefa39efp-1 /* ln 2 = hi + lo + 2^-111 */
#define K_LN2_LO_    0x1.abc9e3b39803fp-56
#define K_LN2_SHORT_ 0x1.62e42fefa3800p-1 /* 42 bits, and what is missing */
#define K_LN2_REST_  0x1.ef35793c76730p-45

K_FN double k_min(double a, double b)
{
    return b < a ? b : a;
}

K_FN double k_max(double a, double b)
{
    return a < b ? b : a;
}

K_FN double k_copysign(double size, double x)
{
    return k_double_of((k_double_bits(size) & 0x7fffffffffffffffu) |
                       (k_double_bits(x) & 0x8000000000000000u));
}

K_FN double k_rint(double x)
{
    const double size = k_fabs(x), rounded = (size + 0x1p+52) - 0x1p+52;
    return size < 0x1p+52 ? k_copysign(rounded, x) : x;
}

K_FN double k_floor(double x)
{
    const double rounded = k_rint(x);
    return x < rounded ? rounded - 1.0 : rounded;
}

/* 2^e, -1022 <= e <= 1023 */
K_FN double k_exp2i_(int e)
{
    return k_double_of((k_u64)(e + 1023) << 52);
}

K_FN double k_ldexp(double x, int e)
{
    const int all = e < -2200 ? -2200 : e > 2200 ? 2200 : e;
    const int last = all < -1022 ? -1022 : all > 1023 ? 1023 : all;
    const int rest = all - last;
    const int middle = rest < -1022 ? -1022 : rest > 1023 ? 1023 : rest;
    return x * k_exp2i_(rest - middle) * k_exp2i_(middle) * k_exp2i_(last);
}

K_FN double k_scale_(double p, double z, double n)
{
    const double z_half = k_fma(n, 0.5, K_MAGIC_);
    const k_u64 first = k_double_bits(z_half), rest = k_double_bits(z) - first;
    return p * k_double_of((first << 52) + 0x3ff0000000000000u) *
           k_double_of((rest << 52) + 0x3ff0000000000000u);
}

/* (exp(r) - 1 - r) / r^2, |r| <= ln 2 / 2: minimax of degree 9, error in exp(r)
 * 2^-56.6 */
K_FN double k_exp_tail_(double r)
{
    double q = 0x1.af632ad6abee8p-26;
    q = k_fma(q, r, 0x1.28b410d73d492p-22);
    q = k_fma(q, r, 0x1.71ddf6b3f10d1p-19);
    q = k_fma(q, r, 0x1.a01993b37a9cap-16);
    q = k_fma(q, r, 0x1.a01a01b00c2c6p-13);
    q = k_fma(q, r, 0x1.6c16c18601e8cp-10);
    q = k_fma(q, r, 0x1.111111110f803p-7);
    q = k_fma(q, r, 0x1.55555555503e3p-5);
    q = k_fma(q, r, 0x1.5555555555558p-3);
    return k_fma(q, r, 0x1.0000000000009p-1);
}

/* exp(x + low), |low| <= 2^-49 |x| */
K_FN double k_exp_pair_(double x, double low)
{
    const double bounded = k_min(k_max(x, -746.0), 710.0);
    const double z = k_fma(bounded, K_LOG2E_, K_MAGIC_), n = z - K_MAGIC_;
    const double exact = k_fma(-n, K_LN2_HI_, bounded);
    const double shift = k_fma(-n, K_LN2_LO_, low);
    const double r = exact + shift, r_low = (exact - r) + shift;
    const double tail = k_fma(r * r, k_exp_tail_(r), r_low);
    return k_scale_(1.0 + (r + tail), z, n);
}

K_FN double k_exp(double x)
{
    const double bounded = k_min(k_max(x, -746.0), 710.0);
    const double z = k_fma(bounded, K_LOG2E_, K_MAGIC_), n = z - K_MAGIC_;
    const double exact = k_fma(-n, K_LN2_HI_, bounded);
    const double r = k_fma(-n, K_LN2_LO_, exact);
    const double p = k_fma(k_fma(k_exp_tail_(r), r, 1.0), r, 1.0);
    return k_scale_(p, z, n);
}

K_FN double k_exp_bounded(double x)
{
    const double z = k_fma(x, K_LOG2E_, K_MAGIC_), n = z - K_MAGIC_;
    const double r = k_fma(-n, K_LN2_LO_, k_fma(-n, K_LN2_HI_, x));
    const double p = k_fma(k_fma(k_exp_tail_(r), r, 1.0), r, 1.0);
    return k_double_of(k_double_bits(p) + (k_double_bits(z) << 52));
}

K_FN double k_expm1_bounded(double x)
{
    const double z = k_fma(x, K_LOG2E_, K_MAGIC_), n = z - K_MAGIC_;
    const double r = k_fma(-n, K_LN2_LO_, k_fma(-n, K_LN2_HI_, x));
    const double p = k_fma(r * r, k_exp_tail_(r), r);
    const double s =
        k_double_of((k_double_bits(z) << 52) + 0x3ff0000000000000u);
    return k_fma(s, p, s - 1.0);
}

K_FN k_pair64 k_expm1_half_(double x)
{
    const double bounded = k_min(k_max(x, -40.0), 710.0);
    const double z = k_fma(bounded, K_LOG2E_, K_MAGIC_), n = z - K_MAGIC_;
    const double exact = k_fma(-n, K_LN2_HI_, bounded);
    const double r = k_fma(-n, K_LN2_LO_, exact);
    const double r_low = k_fma(-n, K_LN2_LO_, exact - r);
    const double s =
        k_double_of((k_double_bits(z) << 52) + 0x3fe0000000000000u);
    const double base = s - 0.5, base_low = (s - base) - 0.5;
    const double y = k_fma(s, r, base);
    const double y_low = k_fma(s, r, base - y);
    double q = 0x1.1ee88524211c3p-29; /* degree 10, error in expm1(r) 2^-59.9 */
    q = k_fma(q, r, 0x1.af5e74ed0997dp-26);
    q = k_fma(q, r, 0x1.27e5362e16076p-22);
    q = k_fma(q, r, 0x1.71ddf87ec9118p-19);
    q = k_fma(q, r, 0x1.a01a017bc576ap-16);
    q = k_fma(q, r, 0x1.a01a01afd3dafp-13);
    q = k_fma(q, r, 0x1.6c16c16c1f07cp-10);
    q = k_fma(q, r, 0x1.111111110f6dap-7);
    q = k_fma(q, r, 0x1.555555555553fp-5);
    q = k_fma(q, r, 0x1.5555555555559p-3);
    const double rest = k_fma(0.5 * r, r, k_fma(r * r, r * q, r_low));
    return k_quick_two_sum(y, k_fma(s, rest, y_low) + base_low);
}

K_FN double k_expm1(double x)
{
    const k_pair64 h = k_expm1_half_(x);
    return k_fabs(x) < 0x1p-54 ? x : 2.0 * h.hi;
}

K_FN double k_tanh(double x)
{
    const double size = k_fabs(x);
    const k_pair64 e = k_expm1_half_(2.0 * k_min(size, 20.0));
    const k_pair64 below = k_two_sum(e.hi, 1.0);
    const double t = e.hi / below.hi;
    const double rest =
        k_fma(-t, below.hi, e.hi) + k_fma(-t, below.lo + e.lo, e.lo);
    const double y = t + rest / below.hi;
    return size < 0x1p-28 ? x : k_copysign(y, x);
}

typedef struct k_split_ {
    double k, m;
} k_split_;

K_FN k_split_ k_split_of_(double x)
{
    const k_u64 bits = k_double_bits(x), above = bits - 0x3fe6a09e667f3bcdu;
    const k_u64 k = (above + 0x4000000000000000u) >> 52 | 0x4330000000000000u;
    k_split_ s;
    s.k = k_double_of(k) - 0x1.00000000004p+52;
    s.m = k_double_of(bits - (above & 0xfff0000000000000u));
    return s;
}

/* log(1 + f) = f - f^2/2 + s (f^2/2 + s^2 p(s^2)) with s = f / (2 + f), as in
 * fdlibm (Sun, 1993): minimax of degree 6, error 2^-59.5 */
K_FN double k_log_sum_(double k, double f, double low)
{
    const double hi = k * K_LN2_SHORT_; /* exact: 11 and 42 bits */
    const double y = hi + f, y_low = (hi - y) + f;
    const double s = f / (2.0 + f), z = s * s, f_2 = 0.5 * f * f;
    double p = 0x1.2f04e42a5f387p-3;
    p = k_fma(p, z, 0x1.39a1ce16c3eaep-3);
    p = k_fma(p, z, 0x1.74663dd6740a1p-3);
    p = k_fma(p, z, 0x1.c71c5210942c5p-3);
    p = k_fma(p, z, 0x1.24924941e4e2fp-2);
    p = k_fma(p, z, 0x1.999999997fef2p-2);
    p = k_fma(p, z, 0x1.5555555555592p-1);
    const double curved = k_fma(s, k_fma(z, p, f_2), -f_2);
    const double rest = k_fma(k, K_LN2_REST_, k_fma(-low, f, low));
    return y + (y_low + (curved + rest));
}

K_FN double k_log_edges_(double x, double result)
{
    const double y = x < K_INF_ ? result : x;
    return x > 0 ? y : x == 0 ? -K_INF_ : K_NAN_;
}

K_FN double k_log(double x)
{
    const int small = x < 0x1p-1022;
    const k_split_ s = k_split_of_(small ? x * 0x1p+54 : x);
    const double k = small ? s.k - 54.0 : s.k;
    return k_log_edges_(x, k_log_sum_(k, s.m - 1.0, 0.0));
}

K_FN double k_log1p(double x)
{
    const k_pair64 u = k_two_sum(1.0, x);
    const k_split_ s = k_split_of_(u.hi);
    const double z = k_min(s.k, 1022.0) + K_MAGIC_; /* 2^-k by its bits */
    const double scale =
        k_double_of(0x3ff0000000000000u - (k_double_bits(z) << 52));
    const k_pair64 f = k_two_sum(s.m - 1.0, u.lo * scale);
    const double y = k_log_edges_(u.hi, k_log_sum_(s.k, f.hi, f.lo));
    const double bounded = x < K_INF_ ? y : x;
    return k_fabs(x) < 0x1p-54 ? x : bounded;
}

/* relative error 2^-68 */
K_FN k_pair64 k_log_pair_(double x, double k_more)
{
    const k_split_ split = k_split_of_(x);
    const double k = split.k + k_more, f = split.m - 1.0;
    const k_pair64 below = k_quick_two_sum(2.0, f);
    const k_pair64 s = k_pair64_div(k_pair64_of(f, 0.0), below);
    const k_pair64 z = k_pair64_mul(s, s);
    double p = 0x1.e7e08247e9836p-5; /* minimax, relative error 2^-72.8 */
    p = k_fma(p, z.hi, 0x1.de9e744aeab68p-5);
    p = k_fma(p, z.hi, 0x1.111dceb5e8d8dp-4);
    p = k_fma(p, z.hi, 0x1.3b137833064cep-4);
    p = k_fma(p, z.hi, 0x1.745d17d764456p-4);
    p = k_fma(p, z.hi, 0x1.c71c71c65a0e9p-4);
    p = k_fma(p, z.hi, 0x1.24924924927cdp-3) * z.hi;
    const k_pair64 fifth = k_two_sum(0x1.999999999999ap-3, p);
    const k_pair64 higher = k_pair64_mul(
        z, k_pair64_of(fifth.hi, fifth.lo - 0x1.999999999999ap-57));
    const k_pair64 third =
        k_pair64_of(0x1.5555555555555p-2, 0x1.5555555555555p-56);
    const k_pair64 factor = k_pair64_add(third, higher);
    const k_pair64 cubic = k_pair64_mul(k_pair64_mul(z, factor), s);
    const k_pair64 two_s = k_pair64_of(2.0 * s.hi, 2.0 * s.lo);
    const k_pair64 log_m =
        k_pair64_add(two_s, k_pair64_of(2.0 * cubic.hi, 2.0 * cubic.lo));
    const k_pair64 k_ln2 = k_quick_two_sum(k * K_LN2_SHORT_, k * K_LN2_REST_);
    return k_pair64_add(k_ln2, log_m);
}

K_FN double k_pow(double x, double y)
{
    const int small = x < 0x1p-1022;
    const k_pair64 l =
        k_log_pair_(small ? x * 0x1p+54 : x, small ? -54.0 : 0.0);
    const double hi = y * l.hi;
    const double lo = k_fma(y, l.lo, k_fma(y, l.hi, -hi));
    const double power = k_exp_pair_(hi, k_fabs(hi) < 750.0 ? lo : 0.0);
    const double at_zero = y > 0 ? 0.0 : K_INF_;
    const double at_inf = y > 0 ? K_INF_ : 0.0;
    const double inside = x < K_INF_ ? power : at_inf;
    const double real = x > 0 ? inside : x == 0 ? at_zero : K_NAN_;
    const double known = y == y ? real : y;
    return ((x == 1.0) | (y == 0)) ? 1.0 : known;
}

typedef struct k_angle_ {
    k_pair64 r;
    k_u64 quarter;
} k_angle_;

K_FN k_angle_ k_angle_of_(double x)
{
    const double z = k_fma(x, 0x1.45f306dc9c883p-1, K_MAGIC_);
    const double n = z - K_MAGIC_;
    const double exact = k_fma(-n, 0x1.921fb54442d18p+0, x);
    const k_pair64 second = k_two_prod(-n, 0x1.1a62633145c07p-54);
    const k_pair64 r = k_two_sum(exact, second.hi);
    k_angle_ a;
    a.r = k_quick_two_sum(r.hi,
                          r.lo + k_fma(n, 0x1.f1976b7ed8fbcp-110, second.lo));
    a.quarter = k_double_bits(z);
    return a;
}

/* minimax of degrees 13 and 14, errors 2^-57.9 and 2^-61.6 */
K_FN double k_turn_(k_angle_ a, k_u64 quarter)
{
    const double r = a.r.hi, z = r * r, z_2 = 0.5 * z;
    double s = 0x1.5d8b54da3504bp-33, c = -0x1.8f188e6dd4614p-37;
    s = k_fma(s, z, -0x1.ae5e4b81f4bb9p-26);
    s = k_fma(s, z, 0x1.71de355529a6cp-19);
    s = k_fma(s, z, -0x1.a01a019be9208p-13);
    s = k_fma(s, z, 0x1.111111110f730p-7);
    s = k_fma(s, z, -0x1.5555555555548p-3);
    c = k_fma(c, z, 0x1.1ee8ddf7ecf4cp-29);
    c = k_fma(c, z, -0x1.27e4f6a815317p-22);
    c = k_fma(c, z, 0x1.a01a019b21e15p-16);
    c = k_fma(c, z, -0x1.6c16c16c1470ep-10);
    c = k_fma(c, z, 0x1.555555555554bp-5);
    const double sine = r + k_fma(z * r, s, k_fma(-z_2, a.r.lo, a.r.lo));
    const double w = 1.0 - z_2;
    const double low = ((1.0 - w) - z_2) + k_fma(z * z, c, -r * a.r.lo);
    const double y = quarter & 1u ? w + low : sine;
    return quarter & 2u ? -y : y;
}

K_FN double k_sin(double x)
{
    const k_angle_ a = k_angle_of_(x);
    const double y = k_fabs(x) < 0x1p-27 ? x : k_turn_(a, a.quarter);
    return k_fabs(x) <= 1e5 ? y : K_NAN_;
}

K_FN double k_cos(double x)
{
    const k_angle_ a = k_angle_of_(x);
    return k_fabs(x) <= 1e5 ? k_turn_(a, a.quarter + 1u) : K_NAN_;
}

#endif

#endif
