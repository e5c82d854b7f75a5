/* SPDX-License-Identifier: BSD-3-Clause */
/* Arithmetic of pairs of one type: engines/kernel/pair.h includes this once for
 * FP32 and once for FP64, with K_REAL_ (the type), K_PAIR_ (the pair of it),
 * K_R_(name) (the function of numbers), K_P_(name) (the function of pairs) and
 * K_FMA_, K_SQRT_. */

typedef struct K_PAIR_ {
    K_REAL_ hi, lo;
} K_PAIR_;

K_FN K_PAIR_ K_P_(of)(K_REAL_ hi, K_REAL_ lo)
{
    K_PAIR_ x;
    x.hi = hi;
    x.lo = lo;
    return x;
}

/* a + b exactly (Knuth, Moller) */
K_FN K_PAIR_ K_R_(two_sum)(K_REAL_ a, K_REAL_ b)
{
    const K_REAL_ s = a + b, a_part = s - b, b_part = s - a_part;
    return K_P_(of)(s, (a - a_part) + (b - b_part));
}

/* a + b exactly where |a| >= |b| or a = 0 (Dekker) */
K_FN K_PAIR_ K_R_(quick_two_sum)(K_REAL_ a, K_REAL_ b)
{
    const K_REAL_ s = a + b;
    return K_P_(of)(s, b - (s - a));
}

/* a b exactly, unless its low half underflows */
K_FN K_PAIR_ K_R_(two_prod)(K_REAL_ a, K_REAL_ b)
{
    const K_REAL_ p = a * b;
    return K_P_(of)(p, K_FMA_(a, b, -p));
}

K_FN K_PAIR_ K_P_(neg)(K_PAIR_ x)
{
    return K_P_(of)(-x.hi, -x.lo);
}

/* pair + number: algorithm 4 of [1], relative error <= 2 u^2 */
K_FN K_PAIR_ K_P_(add1)(K_PAIR_ x, K_REAL_ y)
{
    const K_PAIR_ s = K_R_(two_sum)(x.hi, y);
    return K_R_(quick_two_sum)(s.hi, x.lo + s.lo);
}

/* pair + pair: algorithm 6 of [1] ("accurate", for any signs), relative error
 * <= 3 u^2 + 13 u^3 */
K_FN K_PAIR_ K_P_(add)(K_PAIR_ x, K_PAIR_ y)
{
    const K_PAIR_ s = K_R_(two_sum)(x.hi, y.hi);
    const K_PAIR_ t = K_R_(two_sum)(x.lo, y.lo);
    const K_PAIR_ v = K_R_(quick_two_sum)(s.hi, s.lo + t.hi);
    return K_R_(quick_two_sum)(v.hi, t.lo + v.lo);
}

K_FN K_PAIR_ K_P_(sub)(K_PAIR_ x, K_PAIR_ y)
{
    return K_P_(add)(x, K_P_(neg)(y));
}

/* pair * number: algorithm 9 of [1], relative error <= 2 u^2 */
K_FN K_PAIR_ K_P_(mul1)(K_PAIR_ x, K_REAL_ y)
{
    const K_PAIR_ c = K_R_(two_prod)(x.hi, y);
    return K_R_(quick_two_sum)(c.hi, K_FMA_(x.lo, y, c.lo));
}

/* pair * pair: algorithm 12 of [1], relative error <= 4 u^2 ([2]) */
K_FN K_PAIR_ K_P_(mul)(K_PAIR_ x, K_PAIR_ y)
{
    const K_PAIR_ c = K_R_(two_prod)(x.hi, y.hi);
    const K_REAL_ t = K_FMA_(x.hi, y.lo, x.lo * y.lo);
    return K_R_(quick_two_sum)(c.hi, c.lo + K_FMA_(x.lo, y.hi, t));
}

/* x y + z, the product not rounded to a pair on its own: relative error <=
 * 7 u^2 (|x y| + |z|) / |x y + z| */
K_FN K_PAIR_ K_P_(fma)(K_PAIR_ x, K_PAIR_ y, K_PAIR_ z)
{
    return K_P_(add)(K_P_(mul)(x, y), z);
}

/* pair / number: algorithm 15 of [1], relative error <= 3 u^2 */
K_FN K_PAIR_ K_P_(div1)(K_PAIR_ x, K_REAL_ y)
{
    const K_REAL_ t = x.hi / y;
    const K_PAIR_ p = K_R_(two_prod)(t, y);
    const K_REAL_ rest = ((x.hi - p.hi) - p.lo) + x.lo;
    return K_R_(quick_two_sum)(t, rest / y);
}

/* pair / pair: algorithm 17 of [1], relative error <= 15 u^2 + 56 u^3 */
K_FN K_PAIR_ K_P_(div)(K_PAIR_ x, K_PAIR_ y)
{
    const K_REAL_ t = x.hi / y.hi;
    const K_PAIR_ r = K_P_(mul1)(y, t);
    const K_REAL_ rest = (x.hi - r.hi) + (x.lo - r.lo);
    return K_R_(quick_two_sum)(t, rest / y.hi);
}

/* sqrt of a pair >= 0: algorithm 8 of [3], relative error <= 25/8 u^2 */
K_FN K_PAIR_ K_P_(sqrt)(K_PAIR_ x)
{
    const K_REAL_ s = K_SQRT_(x.hi), rest = K_FMA_(-s, s, x.hi) + x.lo;
    return K_R_(quick_two_sum)(s, x.hi == 0 ? x.lo : rest / (s + s));
}

/* comparisons: 1 or 0, of normalized pairs (hi = hi + lo rounded) */
K_FN int K_P_(less)(K_PAIR_ x, K_PAIR_ y)
{
    return x.hi == y.hi ? x.lo < y.lo : x.hi < y.hi;
}

K_FN int K_P_(equal)(K_PAIR_ x, K_PAIR_ y)
{
    return x.hi == y.hi ? x.lo == y.lo : 0;
}
