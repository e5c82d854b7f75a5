/* SPDX-License-Identifier: BSD-3-Clause */
/* IEEE binary64 arithmetic on the bits of doubles (k_u64), in integers: for
 * devices without FP64, in the few places where a double cannot be avoided.
 * Every operation rounds once, to nearest even, with subnormals, infinities and
 * signed zeros: the bits of the hardware of other devices. A NaN that comes out
 * is always K_SOFT_NAN. Cost: 30 to 100 integer instructions; divide and sqrt
 * 56 steps of 4.
 *
 * A finite number is taken apart as (-1)^sign sig 2^exp, sig with its top bit
 * at 63 (0 for zero); what a shift loses is kept as a 1 in the last bit
 * ("sticky"), which decides as well as the lost bits do, as long as two more
 * bits stand between it and the last one kept (Ercegovac, Lang, Digital
 * Arithmetic, 2004, chapter 8). */
#ifndef SUNZI_ENGINES_KERNEL_SOFT64_H
#define SUNZI_ENGINES_KERNEL_SOFT64_H

#include "engines/kernel/language.h"

#define K_SOFT_NAN   0x7ff8000000000000u
#define K_SOFT_INF   0x7ff0000000000000u
#define K_SOFT_SIGN  0x8000000000000000u
#define K_SOFT_TINY_ -100000 /* exp of zero: below that of every number */

typedef struct k_soft_parts {
    k_u64 sign, sig; /* sign: 0 or K_SOFT_SIGN */
    int exp;
} k_soft_parts;

K_FN int k_soft_is_nan(k_u64 a)
{
    return (a & ~K_SOFT_SIGN) > K_SOFT_INF;
}

K_FN int k_soft_is_inf_(k_u64 a)
{
    return (a & ~K_SOFT_SIGN) == K_SOFT_INF;
}

/* sig with its top bit at 63, unless 0 */
K_FN k_soft_parts k_soft_normal_(k_u64 sign, k_u64 sig, int exp)
{
    const int up = k_clz_u64(sig) & 63;
    k_soft_parts p;
    p.sign = sign;
    p.sig = sig << up;
    p.exp = sig ? exp - up : K_SOFT_TINY_;
    return p;
}

/* of a finite number */
K_FN k_soft_parts k_soft_take_apart_(k_u64 a)
{
    const int field = (int)(a >> 52) & 2047;
    const k_u64 fraction = a & 0xfffffffffffffu;
    const k_u64 sig = field ? fraction | 0x10000000000000u : fraction;
    return k_soft_normal_(a & K_SOFT_SIGN, sig, (field ? field : 1) - 1075);
}

/* sig >> by for by >= 0, sticky */
K_FN k_u64 k_soft_shift_(k_u64 sig, int by)
{
    const int n = by < 63 ? by : 63;
    const k_u64 kept = sig >> n;
    return kept | (k_u64)(kept << n != sig);
}

/* The number rounded to a format of `digits` bits, bias of its exponent: its
 * bits without the sign, Inf where it is too large. */
K_FN k_u64 k_soft_round_(k_soft_parts p, int digits, int bias)
{
    const int field = p.exp + 63 + bias; /* of the exponent, if it is > 0 */
    const int drop = 64 - digits;
    const int below = field > 0 ? 0 : 1 - field;
    const k_u64 sig = k_soft_shift_(p.sig, below < 64 ? below : 64);
    const k_u64 last = sig >> drop & 1u;
    const k_u64 up = ((k_u64)1 << (drop - 1)) - 1u + last;
    /* may carry: 1 into the exponent, or past the top of sig */
    const k_u64 low_bits = sig & (((k_u64)1 << drop) - 1u);
    const k_u64 kept = (sig >> drop) + ((low_bits + up) >> drop);
    const k_u64 base = (k_u64)(field > 0 ? field - 1 : 0) << (digits - 1);
    const k_u64 inf = (k_u64)(2 * bias + 1) << (digits - 1);
    return field > 2 * bias ? inf : base + kept;
}

K_FN k_u64 k_soft_put_together_(k_soft_parts p)
{
    return p.sign | k_soft_round_(p, 53, 1023);
}

/* ---- conversions ---- */

K_FN k_u64 k_soft_of_i64(k_i64 i)
{
    const k_u64 size = i < 0 ? 0u - (k_u64)i : (k_u64)i;
    return k_soft_put_together_(
        k_soft_normal_(i < 0 ? K_SOFT_SIGN : 0u, size, 0));
}

K_FN k_u64 k_soft_of_i32(k_i32 i)
{
    return k_soft_of_i64(i);
}

/* exact */
K_FN k_u64 k_soft_of_float(float x)
{
    const k_u32 bits = k_float_bits(x), size = bits & 0x7fffffffu;
    const k_u64 sign = (k_u64)(bits & 0x80000000u) << 32;
    const int field = (int)(size >> 23);
    const k_u32 fraction = size & 0x7fffffu;
    const k_u32 sig = field ? fraction | 0x800000u : fraction;
    const k_u64 finite = k_soft_put_together_(
        k_soft_normal_(sign, sig, (field ? field : 1) - 150));
    const k_u64 number = field == 255 ? sign | K_SOFT_INF : finite;
    return size > 0x7f800000u ? K_SOFT_NAN : number;
}

/* rounded once */
K_FN float k_soft_to_float(k_u64 a)
{
    const k_u32 sign = (k_u32)(a >> 32) & 0x80000000u;
    const k_u32 size = (k_u32)k_soft_round_(k_soft_take_apart_(a), 24, 127);
    const k_u32 number = k_soft_is_inf_(a) ? 0x7f800000u : size;
    return k_float_of(k_soft_is_nan(a) ? 0x7fc00000u : sign | number);
}

/* a 2^e */
K_FN k_u64 k_soft_ldexp(k_u64 a, int e)
{
    k_soft_parts p = k_soft_take_apart_(a);
    p.exp += e < -5000 ? -5000 : e > 5000 ? 5000 : e;
    const k_u64 number = k_soft_is_inf_(a) ? a : k_soft_put_together_(p);
    return k_soft_is_nan(a) ? K_SOFT_NAN : number;
}

/* ---- comparisons: 0 where one is a NaN ---- */

/* in the order of the numbers, -0 and +0 alike */
K_FN k_i64 k_soft_order_(k_u64 a)
{
    const k_i64 size = (k_i64)(a & ~K_SOFT_SIGN);
    return a & K_SOFT_SIGN ? -size : size;
}

K_FN int k_soft_less(k_u64 a, k_u64 b)
{
    return (k_soft_is_nan(a) | k_soft_is_nan(b))
               ? 0
               : k_soft_order_(a) < k_soft_order_(b);
}

K_FN int k_soft_less_equal(k_u64 a, k_u64 b)
{
    return (k_soft_is_nan(a) | k_soft_is_nan(b))
               ? 0
               : k_soft_order_(a) <= k_soft_order_(b);
}

K_FN int k_soft_equal(k_u64 a, k_u64 b)
{
    return (k_soft_is_nan(a) | k_soft_is_nan(b))
               ? 0
               : k_soft_order_(a) == k_soft_order_(b);
}

/* ---- arithmetic ---- */

/* A number of 128 bits, its sign, and the exponent of its last bit. */
typedef struct k_soft_wide {
    k_u64 sign, hi, lo;
    int exp;
} k_soft_wide;

/* >> by, sticky */
K_FN k_soft_wide k_soft_wide_shift_(k_soft_wide w, int by)
{
    const int n = by < 127 ? by : 127, m = n & 63;
    const k_u64 lo = m ? w.lo >> m | w.hi << (64 - m) : w.lo;
    const k_u64 near = (n < 64 ? lo : w.hi >> m);
    const k_u64 far = n < 64 ? w.hi >> m : 0u;
    const k_u64 lost_low = w.lo & (((k_u64)1 << m) - 1u);
    const k_u64 lost_high = w.lo | (w.hi & (((k_u64)1 << m) - 1u));
    w.lo = near | (k_u64)((n < 64 ? lost_low : lost_high) != 0u);
    w.hi = far;
    w.exp += by;
    return w;
}

/* x + y of finite ones whose top bits are at 125 or below, rounded. The one
 * with the larger exponent of the last bit must have its top bit at 124 or 125,
 * or be 0 with exp = K_SOFT_TINY_. */
K_FN k_u64 k_soft_wide_sum_(k_soft_wide x, k_soft_wide y)
{
    const int x_up = x.exp < y.exp ? y.exp - x.exp : 0;
    const int y_up = y.exp < x.exp ? x.exp - y.exp : 0;
    const k_soft_wide a = k_soft_wide_shift_(x, x_up);
    const k_soft_wide b = k_soft_wide_shift_(y, y_up);
    const int swap = (a.hi < b.hi) | ((a.hi == b.hi) & (a.lo < b.lo));
    const k_u64 large_hi = swap ? b.hi : a.hi, large_lo = swap ? b.lo : a.lo;
    const k_u64 small_hi = swap ? a.hi : b.hi, small_lo = swap ? a.lo : b.lo;
    const int minus = a.sign != b.sign;
    const k_u64 lo = minus ? large_lo - small_lo : large_lo + small_lo;
    const k_u64 carry = minus ? large_lo < small_lo : lo < large_lo;
    const k_u64 hi =
        minus ? large_hi - small_hi - carry : large_hi + small_hi + carry;
    const k_u64 zero_sign = a.sign & b.sign; /* of x - x: +0 */
    const k_u64 sign = (hi | lo) ? (swap ? b.sign : a.sign) : zero_sign;
    /* the top 64 bits */
    const int up = k_clz_u64(hi ? hi : lo) & 63;
    const k_u64 top = hi ? hi : lo, next = hi ? lo : 0u;
    const k_u64 joined = up ? top << up | next >> (64 - up) : top;
    k_soft_parts p;
    p.sign = sign;
    p.sig = joined | (k_u64)(next << up != 0u);
    p.exp = (hi | lo) ? a.exp + (hi ? 64 : 0) - up : K_SOFT_TINY_;
    return k_soft_put_together_(p);
}

/* top bit at 125 */
K_FN k_soft_wide k_soft_widen_(k_soft_parts p)
{
    k_soft_wide w;
    w.sign = p.sign;
    w.hi = p.sig >> 2;
    w.lo = 0u;
    w.exp = p.exp == K_SOFT_TINY_ ? K_SOFT_TINY_ : p.exp - 62;
    return w;
}

K_FN k_u64 k_soft_add(k_u64 a, k_u64 b)
{
    const k_u64 finite = k_soft_wide_sum_(k_soft_widen_(k_soft_take_apart_(a)),
                                          k_soft_widen_(k_soft_take_apart_(b)));
    const int a_inf = k_soft_is_inf_(a), b_inf = k_soft_is_inf_(b);
    const k_u64 number = a_inf ? a : b_inf ? b : finite;
    const int none =
        k_soft_is_nan(a) | k_soft_is_nan(b) | (a_inf & b_inf & (a != b));
    return none ? K_SOFT_NAN : number;
}

K_FN k_u64 k_soft_sub(k_u64 a, k_u64 b)
{
    return k_soft_add(a, b ^ K_SOFT_SIGN);
}

/* the product of finite ones, top bit at 124 or 125; 0: exp = K_SOFT_TINY_ */
K_FN k_soft_wide k_soft_product_(k_u64 a, k_u64 b)
{
    const k_soft_parts x = k_soft_take_apart_(a), y = k_soft_take_apart_(b);
    const k_u64 hi = k_mul_hi_u64(x.sig, y.sig), lo = x.sig * y.sig;
    k_soft_wide w; /* the last 22 bits are 0: the shift is exact */
    w.sign = x.sign ^ y.sign;
    w.lo = lo >> 2 | hi << 62;
    w.hi = hi >> 2;
    w.exp = hi ? x.exp + y.exp + 2 : K_SOFT_TINY_;
    return w;
}

/* a b + c, rounded once */
K_FN k_u64 k_soft_fma(k_u64 a, k_u64 b, k_u64 c)
{
    const k_u64 finite = k_soft_wide_sum_(k_soft_product_(a, b),
                                          k_soft_widen_(k_soft_take_apart_(c)));
    const k_u64 sign = (a ^ b) & K_SOFT_SIGN;
    const int a_inf = k_soft_is_inf_(a), b_inf = k_soft_is_inf_(b);
    const int c_inf = k_soft_is_inf_(c), product_inf = a_inf | b_inf;
    const int a_zero = (a & ~K_SOFT_SIGN) == 0u;
    const int b_zero = (b & ~K_SOFT_SIGN) == 0u;
    const int none = k_soft_is_nan(a) | k_soft_is_nan(b) | k_soft_is_nan(c) |
                     (a_inf & b_zero) | (b_inf & a_zero) |
                     (product_inf & c_inf & (sign != (c & K_SOFT_SIGN)));
    const k_u64 number = product_inf ? sign | K_SOFT_INF : c_inf ? c : finite;
    return none ? K_SOFT_NAN : number;
}

/* as a b + a zero of the sign of the product */
K_FN k_u64 k_soft_mul(k_u64 a, k_u64 b)
{
    return k_soft_fma(a, b, (a ^ b) & K_SOFT_SIGN);
}

K_FN k_u64 k_soft_div(k_u64 a, k_u64 b)
{
    const k_soft_parts x = k_soft_take_apart_(a), y = k_soft_take_apart_(b);
    const k_u64 by = y.sig >> 1 ? y.sig >> 1 : 1u;
    k_u64 rest = x.sig >> 1, quotient = 0u; /* rest < 2 by */
    for (int bit = 0; bit < 56; bit++) {
        const k_u64 fits = rest >= by;
        quotient = quotient << 1 | fits;
        rest = (rest - (fits ? by : 0u)) << 1;
    }
    const k_soft_parts p =
        k_soft_normal_(x.sign ^ y.sign, quotient << 1 | (k_u64)(rest != 0u),
                       x.exp - y.exp - 56);
    const int a_inf = k_soft_is_inf_(a), b_inf = k_soft_is_inf_(b);
    const int a_zero = !x.sig, b_zero = !y.sig;
    const k_u64 number = (a_inf | b_zero)   ? p.sign | K_SOFT_INF
                         : (b_inf | a_zero) ? p.sign
                                            : k_soft_put_together_(p);
    const int none = k_soft_is_nan(a) | k_soft_is_nan(b) | (a_inf & b_inf) |
                     (a_zero & b_zero);
    return none ? K_SOFT_NAN : number;
}

/* Bit by bit with 1 = 2^60: rest = 2^i (x - root^2) after bit i. */
K_FN k_u64 k_soft_sqrt(k_u64 a)
{
    const k_soft_parts x = k_soft_take_apart_(a);
    const int exp = x.exp + 63, odd = exp & 1; /* x in [1, 4) */
    k_u64 root = (k_u64)1 << 60, rest = (x.sig >> (odd ? 2 : 3)) - root;
    for (int i = 1; i < 56; i++) {
        const k_u64 bit = (k_u64)1 << (60 - i), step = 2u * root + bit;
        const int fits = 2u * rest >= step;
        rest = 2u * rest - (fits ? step : 0u);
        root += fits ? bit : 0u;
    }
    const k_soft_parts p =
        k_soft_normal_(0u, root | (k_u64)(rest != 0u), (exp - odd) / 2 - 60);
    const int zero = !x.sig, negative = (a & K_SOFT_SIGN) != 0u;
    const int none = k_soft_is_nan(a) | (negative & !zero);
    const k_u64 number =
        (zero | k_soft_is_inf_(a)) ? a : k_soft_put_together_(p);
    return none ? K_SOFT_NAN : number;
}

#endif
