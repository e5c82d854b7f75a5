/* SPDX-License-Identifier: BSD-3-Clause */
/* Exact sums by vectors of doubles. The includer defines
 *     vec            vector of VEC_LANES doubles (4 or 8)
 *     VEC_LANES      vec_load(p), vec_store(p, v), vec_all(x),
 *     vec_msub(a, b, c) = a b - c, rounded once, vec_abs(v), vec_or(a, b),
 *     vec_min(a, b), vec_max(a, b): b if one of them is NaN,
 *     vec_down(v)    v with 1 subtracted from its bits
 *     VEC_NAME(name) decorated name
 * and gets the functions exact_sum and exact_dot of engine.h.
 *
 * A block of 1024 terms is cut at fixed binary places b_0 > b_1 > .. (anchors)
 * into parts that doubles can sum without error (S. M. Rump, T. Ogita, S.
 * Oishi, SIAM J. Sci. Comput. 31 (2008) 189; J. Demmel, H. D. Nguyen, IEEE
 * Trans. Comput. 64 (2015) 2060). A sum s_j starts from M = 1.5 2^(52 + b_j)
 * and takes a number v by
 *     t = s_j + v,  q = t - s_j,  v := v - q,  s_j := t.
 * As long as s_j stays in [2^52, 2^53) 2^b_j, t is s_j + v rounded to the
 * nearest multiple of 2^b_j, hence
 *  - q is a multiple of 2^b_j below 2^53 of it: exact, |v - q| <= 2^(b_j - 1);
 *  - v - q is exact: if |v| < 2^(b_j - 1), q = 0; else |v - q| <= |v| and it is
 *    a multiple of the last place of v (or of 2^b_j, if that is smaller).
 * So nothing is lost: the terms are the sums plus what is left of each v, and
 * that must be 0, else the block is done term by term. Also if something was
 * not finite: then a v - q is NaN.
 *
 * s_j stays there: let 2^e exceed all |v| and b_j = e - 43 (j + 1). One of the
 * 2 VEC_LANES partial sums takes at most 1024 / 8 = 2^7 terms, of at most 2^43
 * units 2^b_j for j = 0, at most 2^42 what anchor j - 1 left: below 2^50 + 2^7
 * < 2^51 units with the error terms e (below). The sum of the partial sums is
 * at most 2^10 2^43 = 2^53 units: exact. Places below 2^-1074 are replaced by
 * it, of which all v are multiples: there and above the same bounds hold.
 *
 * A product is x y = p + e, p = fl(x y), e = fma(x, y, -p), without error if no
 * nonzero |x y| is below 2^-960: it is a multiple of 2^-1066 then. p passes the
 * anchors 0, 1, 2 and e, |e| <= 2^(e - 53) = 2^33 units of anchor 1, passes 1,
 * 2, 3. */
#ifndef VEC_LANES
#error "exact_template.h is included by an engine that defines vec"
#endif

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "engines/cpu/exact.h"

enum {
    BLOCK = 1024,
    CHAINS = 2,
    STEP = CHAINS * VEC_LANES,
    WIDTH = 43,
    ANCHORS_MAX = 6,
    LARGEST = 1013, /* 2^LARGEST > all |v|: anchor 0 does not overflow */
    SMALLEST = -960
};

/* how a block is done: few anchors, many, term by term */
enum { FEW, MANY, SINGLE };

#define INLINE static inline __attribute__((always_inline))

/* ---- scalars ---- */

static int exponent_field(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (int)(bits >> 52 & 0x7FF);
}

/* e with x < 2^e, x >= 0 */
static int exponent_above(double x)
{
    return exponent_field(x) - 1022;
}

/* e with x >= 2^e, or x below 2^-1022 */
static int exponent_below(double x)
{
    const int field = exponent_field(x);
    return field ? field - 1023 : -1075;
}

/* M of an anchor */
static double anchor(int above, int j)
{
    const int e = above - WIDTH * (j + 1);
    const uint64_t bits = (uint64_t)(52 + (e > -1074 ? e : -1074) + 1023) << 52;
    double power;
    memcpy(&power, &bits, sizeof power);
    return 1.5 * power;
}

/* ---- blocks ---- */

typedef struct range {
    double most, least; /* largest magnitude; a lower bound of those not 0 */
} range;

/* The extreme lane; lanes are combined by halves. */
INLINE double extreme(vec v, const int largest)
{
    double of[VEC_LANES];
    vec_store(of, v);
    for (int w = VEC_LANES / 2; w > 0; w /= 2)
        for (int i = 0; i < w; i++)
            if (largest ? of[i + w] > of[i] : of[i + w] < of[i])
                of[i] = of[i + w];
    return of[0];
}

/* NaN are passed over, and so are zeros by `least` (vec_down makes them NaN).
 */
INLINE range range_of(int length, const double *x)
{
    vec most[CHAINS], least[CHAINS];
    for (int c = 0; c < CHAINS; c++) {
        most[c] = vec_all(0.0);
        least[c] = vec_all(INFINITY);
    }
    for (int h = 0; h < length; h += STEP)
#pragma GCC unroll 2
        for (int c = 0; c < CHAINS; c++) {
            const vec v = vec_abs(vec_load(x + h + c * VEC_LANES));
            most[c] = vec_max(v, most[c]);
            least[c] = vec_min(vec_down(v), least[c]);
        }
    return (range){extreme(vec_max(most[0], most[1]), 1),
                   extreme(vec_min(least[0], least[1]), 0)};
}

/* the next block comes while this one is worked on */
INLINE void fetch(const double *next, int h)
{
    if (next)
        for (int k = 0; k < STEP; k += 8)
            __builtin_prefetch(next + h + k);
}

/* Adds to s what of v lies above its place; returns the rest. */
INLINE vec deposit(vec *s, vec v)
{
    const vec t = *s + v;
    const vec rest = v - (t - *s);
    *s = t;
    return rest;
}

INLINE bool all_zero(vec rest)
{
    uint64_t lane[VEC_LANES], any = 0;
    double of[VEC_LANES];
    vec_store(of, rest);
    memcpy(lane, of, sizeof lane);
    for (int i = 0; i < VEC_LANES; i++)
        any |= lane[i];
    return any << 1 == 0;
}

/* Partial sums of an anchor join the accumulator. */
INLINE void collect(const vec *s, double m, sunzi_accumulator *sum)
{
    double of[VEC_LANES];
    vec_store(of, (s[0] - vec_all(m)) + (s[1] - vec_all(m)));
    for (int w = VEC_LANES / 2; w > 0; w /= 2)
        for (int i = 0; i < w; i++)
            of[i] += of[i + w];
    sunzi_accumulator_add(sum, of[0]);
}

/* length: a multiple of STEP; anchors: a constant. False: nothing was added. */
INLINE bool sum_block(const int anchors, int length, const double *x,
                      const double *next, sunzi_accumulator *sum)
{
    vec s[ANCHORS_MAX][CHAINS], left = vec_all(0.0);
    const int above = exponent_above(range_of(length, x).most);
    if (above > LARGEST)
        return false;
    for (int j = 0; j < anchors; j++)
        s[j][0] = s[j][1] = vec_all(anchor(above, j));
    for (int h = 0; h < length; h += STEP) {
        fetch(next, h);
#pragma GCC unroll 2
        for (int c = 0; c < CHAINS; c++) {
            vec v = vec_load(x + h + c * VEC_LANES);
#pragma GCC unroll 6
            for (int j = 0; j < anchors; j++)
                v = deposit(&s[j][c], v);
            left = vec_or(left, v);
        }
    }
    if (!all_zero(left))
        return false;
    for (int j = 0; j < anchors; j++)
        collect(s[j], anchor(above, j), sum);
    return true;
}

INLINE bool dot_block(const int anchors, int length, const double *x,
                      const double *y, const double *next_x,
                      const double *next_y, sunzi_accumulator *sum)
{
    vec s[ANCHORS_MAX][CHAINS], left = vec_all(0.0);
    const range rx = range_of(length, x),
                ry = y == x ? rx : range_of(length, y);
    const int above = exponent_above(rx.most) + exponent_above(ry.most);
    if (above > LARGEST ||
        exponent_below(rx.least) + exponent_below(ry.least) < SMALLEST)
        return false;
    for (int j = 0; j < anchors; j++)
        s[j][0] = s[j][1] = vec_all(anchor(above, j));
    for (int h = 0; h < length; h += STEP) {
        fetch(next_x, h);
        fetch(next_y, h);
#pragma GCC unroll 2
        for (int c = 0; c < CHAINS; c++) {
            const vec v = vec_load(x + h + c * VEC_LANES);
            const vec w = vec_load(y + h + c * VEC_LANES);
            vec p = v * w, e = vec_msub(v, w, p);
#pragma GCC unroll 5
            for (int j = 0; j < anchors - 1; j++) {
                p = deposit(&s[j][c], p);
                e = deposit(&s[j + 1][c], e);
            }
            left = vec_or(left, vec_or(p, e));
        }
    }
    if (!all_zero(left))
        return false;
    for (int j = 0; j < anchors; j++)
        collect(s[j], anchor(above, j), sum);
    return true;
}

/* ---- levels: few anchors, many, single terms ---- */

/* A block begins at the level that the one before it ended at, and now and then
 * at the fastest. */
static int first_level(int64_t block, int level)
{
    return block % 8 ? level : FEW;
}

static int add_sum(int level, int64_t n, int length, const double *x,
                   const double *next, sunzi_accumulator *sum)
{
    if (level == FEW && sum_block(2, length, x, next, sum))
        return FEW;
    if (level <= MANY && sum_block(ANCHORS_MAX, length, x, next, sum))
        return MANY;
    sunzi_portable_exact_sum(n, x, sum);
    return SINGLE;
}

static int add_dot(int level, int64_t n, int length, const double *x,
                   const double *y, const double *next_x, const double *next_y,
                   sunzi_accumulator *sum)
{
    if (level == FEW && dot_block(3, length, x, y, next_x, next_y, sum))
        return FEW;
    if (level <= MANY &&
        dot_block(ANCHORS_MAX, length, x, y, next_x, next_y, sum))
        return MANY;
    sunzi_portable_exact_dot(n, x, y, sum);
    return SINGLE;
}

/* ---- kernels ---- */

/* The last block, with zeros up to whole steps; they add nothing. */
static int padded(int64_t n, const double *x, double *copy)
{
    const int length = (int)((n + STEP - 1) / STEP * STEP);
    memcpy(copy, x, (size_t)n * sizeof *x);
    memset(copy + n, 0, (size_t)(length - n) * sizeof *x);
    return length;
}

void VEC_NAME(exact_sum)(int64_t n, const double *x, sunzi_accumulator *sum)
{
    double copy[BLOCK];
    int level = FEW;
    for (int64_t b = 0; n >= BLOCK; b++, n -= BLOCK, x += BLOCK)
        level = add_sum(first_level(b, level), BLOCK, BLOCK, x,
                        n >= 2 * BLOCK ? x + BLOCK : NULL, sum);
    if (n > 0)
        add_sum(level, n, padded(n, x, copy), copy, NULL, sum);
}

void VEC_NAME(exact_dot)(int64_t n, const double *x, const double *y,
                         sunzi_accumulator *sum)
{
    double copy_x[BLOCK], copy_y[BLOCK];
    int level = FEW;
    for (int64_t b = 0; n >= BLOCK; b++, n -= BLOCK, x += BLOCK, y += BLOCK) {
        const bool more = n >= 2 * BLOCK;
        level = add_dot(first_level(b, level), BLOCK, BLOCK, x, y,
                        more ? x + BLOCK : NULL, more ? y + BLOCK : NULL, sum);
    }
    if (n > 0) {
        padded(n, x, copy_x);
        add_dot(level, n, padded(n, y, copy_y), copy_x, copy_y, NULL, NULL,
                sum);
    }
}

#undef INLINE
