/* SPDX-License-Identifier: BSD-3-Clause */
/* Exact sums by vectors of doubles. The includer defines
 *     vec             vector of VEC_LANES doubles (4 or 8)
 *     VEC_LANES       vec_load(p), vec_store(p, v), vec_all(x), vec_or(a, b),
 *     vec_msub(a, b, c) = a b - c, rounded once,
 *     vec_most(a, v), vec_least(a, v): the larger and the smaller one of a >= 0
 *                     and |v|; a if v is NaN
 *     VEC_NAME(name)  decorated name
 * and gets the functions exact_sum and exact_dot of engine.h.
 *
 * Method. A block of 512 terms is cut at fixed binary places b_0 > b_1 > ..
 * (the anchors) into parts that doubles can sum without error (S. M. Rump, T.
 * Ogita, S. Oishi, SIAM J. Sci. Comput. 31 (2008) 189; J. Demmel, H. D. Nguyen,
 * IEEE Trans. Comput. 64 (2015) 2060). A sum s_j starts from M = 1.5 2^(52 +
 * b_j) and takes a number v by
 *
 *     t = s_j + v,  q = t - s_j,  v := v - q,  s_j := t.
 *
 * As long as s_j stays in [2^52, 2^53) 2^b_j, t is s_j + v rounded to the
 * nearest multiple of 2^b_j, hence
 *  - q is a multiple of 2^b_j below 2^53 of it: exact, |v - q| <= 2^(b_j - 1);
 *  - v - q is exact: if |v| < 2^(b_j - 1), q = 0; else |v - q| <= |v| and it is
 *    a multiple of the last place of v (or of 2^b_j, if that is smaller).
 * So nothing is lost: the terms are the sums plus what is left of each v. That
 * must be 0, else the block does not count and is done in another way. In the
 * end s_j - M is an integer times 2^b_j, the difference of the bits of s_j and
 * M; these integers wait in counts until the anchors move or 128 blocks have
 * been added.
 *
 * s_j stays there: let 2^above exceed all |v| and b_j = above - 44 (j + 1). One
 * of the 2 VEC_LANES partial sums takes at most 512 / 8 = 2^6 terms, of at most
 * 2^44 units 2^b_j for j = 0, at most 2^43 what anchor j - 1 left: with the
 * error terms e (below) less than 2^51 units. 128 blocks, 2 VEC_LANES of them,
 * are below 2^62: a count. Places below 2^-1074 are replaced by it, of which
 * all v are multiples: there and above the same bounds hold.
 *
 * `above` is that of the blocks before; the largest |v| is looked at after the
 * block is done.
 *
 * A product is x y = p + e, p = fl(x y), e = fma(x, y, -p), without error if no
 * nonzero |x y| is below 2^-960: it is a multiple of 2^-1065 then. p passes the
 * anchors from 0 on and e, |e| <= 2^(above - 54), those from 1 on.
 *
 * Levels, fastest first. NEAR: all |p| >= 2^(above - 27), so that x y is a
 * multiple of 2^(above - 132) = 2^b_2 and p one of 2^b_1: s_1 of p and s_2 of e
 * leave nothing, and it need not be looked at; sums have 2 anchors.
 * NEAR_OR_ZERO: so are those |p| that are not 0. FEW and MANY have 4 and 6, one
 * less for p and for e. SINGLE: term by term.
 *
 * All of it needs the rounding of the C standard's default environment, to
 * nearest. */
#ifndef VEC_LANES
#error "exact_template.h is included by an engine that defines vec"
#endif

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "engines/cpu/exact.h"

enum {
    BLOCK = 512,
    CHAINS = 2,
    STEP = CHAINS * VEC_LANES,
    WIDTH = 44,
    ANCHORS_MAX = 6,
    BLOCKS_MAX = 128,
    LARGEST = 1013, /* of `above`: anchor 0 does not overflow */
    SMALLEST = -960,
    SPAN = 27 /* of NEAR */
};

enum { NEAR, NEAR_OR_ZERO, FEW, MANY, SINGLE };

#define INLINE static inline __attribute__((always_inline))

/* the bits of a vec, or integers */
typedef int64_t integers __attribute__((vector_size(8 * VEC_LANES)));

typedef struct cascade {
    sunzi_accumulator *sum;
    int above, level;
    int ahead;                   /* BLOCK, 0 for the last one */
    int blocks;                  /* in counts */
    int64_t done;                /* blocks in all */
    double anchor[ANCHORS_MAX];  /* M of b_j */
    double limit, near_floor;    /* 2^above; least |p| of NEAR */
    integers count[ANCHORS_MAX]; /* of units 2^b_j */
} cascade;

/* ---- places ---- */

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

/* b_j */
static int place(int above, int j)
{
    const int e = above - WIDTH * (j + 1);
    return e > -1074 ? e : -1074;
}

/* 2^e, a normal number */
static double power(int e)
{
    const uint64_t bits = (uint64_t)(e + 1023) << 52;
    double p;
    memcpy(&p, &bits, sizeof p);
    return p;
}

/* The counts join the accumulator. */
static void flush(cascade *c)
{
    for (int j = 0; c->blocks > 0 && j < ANCHORS_MAX; j++) {
        int64_t total = 0;
        for (int i = 0; i < VEC_LANES; i++)
            total += c->count[j][i];
        if (total)
            sunzi_accumulator_add_integer(c->sum, total, place(c->above, j));
        c->count[j] = (integers){0};
    }
    c->blocks = 0;
}

static void move(cascade *c, int above)
{
    flush(c);
    c->above = above < LARGEST ? above : LARGEST;
    c->limit = power(c->above > -1022 ? c->above : -1022);
    c->near_floor =
        power(c->above - SPAN > SMALLEST ? c->above - SPAN : SMALLEST);
    for (int j = 0; j < ANCHORS_MAX; j++)
        c->anchor[j] = 1.5 * power(52 + place(c->above, j));
}

/* ---- vectors ---- */

INLINE double most_of(vec v)
{
    double of[VEC_LANES], most = 0;
    vec_store(of, v);
    for (int i = 0; i < VEC_LANES; i++)
        most = of[i] > most ? of[i] : most;
    return most;
}

INLINE double least_of(vec v)
{
    double of[VEC_LANES], least = INFINITY;
    vec_store(of, v);
    for (int i = 0; i < VEC_LANES; i++)
        least = of[i] < least ? of[i] : least;
    return least;
}

INLINE bool all_zero(integers v)
{
    int64_t any = 0;
    for (int i = 0; i < VEC_LANES; i++)
        any |= v[i];
    return any == 0;
}

/* Adds to s what of v lies above its place; returns the rest. */
INLINE vec deposit(vec *s, vec v)
{
    const vec t = *s + v;
    const vec q = t - *s;
    *s = t;
    return vec_msub(v, vec_all(1.0), q); /* v - q, where pipes are free */
}

/* The block counts if nothing is left of it, if all terms are below the limit
 * and if `bad` is zero. */
INLINE bool finish(cascade *c, const int anchors, vec s[][CHAINS], vec most,
                   vec left, integers bad, int *above)
{
    bad |= (integers)left << 1 | (integers)(most >= vec_all(c->limit));
    if (!all_zero(bad)) {
        *above = exponent_above(most_of(most));
        return false;
    }
    for (int j = 0; j < anchors; j++) {
        const integers m = (integers)vec_all(c->anchor[j]);
        c->count[j] += ((integers)s[j][0] - m) + ((integers)s[j][1] - m);
    }
    if (++c->blocks == BLOCKS_MAX)
        flush(c);
    return true;
}

/* The same place of the next block: it comes while this one is worked on, page
 * boundaries or not. */
INLINE void fetch(const double *x, int ahead)
{
    for (int k = 0; ahead && k < STEP; k += 8)
        __builtin_prefetch(x + k + ahead);
}

/* ---- blocks: length is a multiple of STEP, level a constant ---- */

/* |v| less its last bit; NaN for 0 */
INLINE vec below(vec v)
{
    return (vec)(((integers)v & INT64_MAX) - 1);
}

/* An exponent below all that are not 0. */
INLINE int smallest(int length, const double *x)
{
    vec least[CHAINS] = {vec_all(INFINITY), vec_all(INFINITY)};
    for (int h = 0; h < length; h += STEP)
#pragma GCC unroll 2
        for (int k = 0; k < CHAINS; k++)
            least[k] =
                vec_least(least[k], below(vec_load(x + h + k * VEC_LANES)));
    return exponent_below(least_of(vec_least(least[0], least[1])));
}

/* No product of x and y that is not 0 is below 2^SMALLEST. */
static bool exact_errors(int length, const double *x, const double *y)
{
    return smallest(length, x) + smallest(length, y) >= SMALLEST;
}

INLINE int anchors_of(const int level, const int near)
{
    return level <= NEAR_OR_ZERO ? near : level == FEW ? 4 : ANCHORS_MAX;
}

/* False: nothing was added. *above: of the block. */
INLINE bool sum_block(cascade *c, const int level, int length, const double *x,
                      int *above)
{
    const int anchors = anchors_of(level, 2);
    vec s[ANCHORS_MAX][CHAINS], left[CHAINS], most[CHAINS];
    for (int k = 0; k < CHAINS; k++) {
        for (int j = 0; j < anchors; j++)
            s[j][k] = vec_all(c->anchor[j]);
        left[k] = most[k] = vec_all(0.0);
    }
    for (int h = 0; h < length; h += STEP) {
        fetch(x + h, c->ahead);
#pragma GCC unroll 2
        for (int k = 0; k < CHAINS; k++) {
            vec v = vec_load(x + h + k * VEC_LANES);
            most[k] = vec_most(most[k], v);
#pragma GCC unroll 6
            for (int j = 0; j < anchors; j++)
                v = deposit(&s[j][k], v);
            left[k] = vec_or(left[k], v);
        }
    }
    return finish(c, anchors, s, vec_most(most[0], most[1]),
                  vec_or(left[0], left[1]), (integers){0}, above);
}

/* One vector of products. left is not touched by the near levels. */
INLINE void add_products(const int level, const int anchors, vec s[][CHAINS],
                         const int k, vec p, vec e, vec *left)
{
    if (level <= NEAR_OR_ZERO) {
        s[1][k] += deposit(&s[0][k], p);
        s[2][k] += deposit(&s[1][k], e);
        return;
    }
#pragma GCC unroll 5
    for (int j = 0; j < anchors - 1; j++) {
        p = deposit(&s[j][k], p);
        e = deposit(&s[j + 1][k], e);
    }
    *left = vec_or(*left, vec_or(p, e));
}

INLINE bool dot_block(cascade *c, const int level, int length, const double *x,
                      const double *y, int *above)
{
    const int anchors = anchors_of(level, 3);
    vec s[ANCHORS_MAX][CHAINS], left[CHAINS], most[CHAINS], least[CHAINS];
    integers bad = {0};
    for (int k = 0; k < CHAINS; k++) {
        for (int j = 0; j < anchors; j++)
            s[j][k] = vec_all(c->anchor[j]);
        left[k] = most[k] = vec_all(0.0);
        least[k] = vec_all(INFINITY);
    }
    for (int h = 0; h < length; h += STEP) {
        fetch(x + h, c->ahead);
        fetch(y + h, c->ahead);
#pragma GCC unroll 2
        for (int k = 0; k < CHAINS; k++) {
            const vec v = vec_load(x + h + k * VEC_LANES);
            const vec w = vec_load(y + h + k * VEC_LANES);
            const vec p = v * w, e = vec_msub(v, w, p);
            most[k] = vec_most(most[k], p);
            least[k] =
                vec_least(least[k], level == NEAR_OR_ZERO ? below(p) : p);
            add_products(level, anchors, s, k, p, e, &left[k]);
        }
    }
    least[0] = vec_least(least[0], least[1]);
    if (level <= NEAR_OR_ZERO) {
        bad = (integers)(least[0] < vec_all(c->near_floor));
        for (int k = 0; k < CHAINS; k++) /* 0, or NaN after a NaN */
            left[k] = s[0][k] - s[0][k];
    }
    if (level == NEAR_OR_ZERO ||
        !all_zero((integers)(least[0] < vec_all(power(SMALLEST)))))
        bad |= (integers){level != NEAR && !exact_errors(length, x, y)};
    return finish(c, anchors, s, vec_most(most[0], most[1]),
                  vec_or(left[0], left[1]), bad, above);
}

/* ---- levels ---- */

static bool try_level(cascade *c, int level, int length, const double *x,
                      const double *y, int *above)
{
    switch (level) {
    case NEAR:
        return y ? dot_block(c, NEAR, length, x, y, above)
                 : sum_block(c, NEAR, length, x, above);
    case NEAR_OR_ZERO:
        return y && dot_block(c, NEAR_OR_ZERO, length, x, y, above);
    case FEW:
        return y ? dot_block(c, FEW, length, x, y, above)
                 : sum_block(c, FEW, length, x, above);
    default:
        return y ? dot_block(c, MANY, length, x, y, above)
                 : sum_block(c, MANY, length, x, above);
    }
}

/* The first level, from `level` on, that takes the block. */
static bool try_levels(cascade *c, int level, int length, const double *x,
                       const double *y, int *above)
{
    for (; level < SINGLE; level++) {
        if (try_level(c, level, length, x, y, above)) {
            c->level = level;
            return true;
        }
        if (*above > c->above)
            return false;
    }
    return false;
}

static void add_single(int64_t n, const double *x, const double *y,
                       sunzi_accumulator *sum)
{
    if (y)
        sunzi_portable_exact_dot(n, x, y, sum);
    else
        sunzi_portable_exact_sum(n, x, sum);
}

/* A block begins at the level that the one before it ended at, and now and then
 * at the fastest; one that no level takes may get its own anchors. */
static void add_block(cascade *c, int length, const double *x, const double *y)
{
    int above = c->above;
    if (try_levels(c, c->done++ % 8 ? c->level : NEAR, length, x, y, &above))
        return;
    if (above <= LARGEST && (above > c->above || above < c->above - 1)) {
        move(c, above + 1);
        if (try_levels(c, NEAR, length, x, y, &above))
            return;
    }
    c->level = SINGLE;
    add_single(length, x, y, c->sum);
}

/* ---- kernels ---- */

/* y: NULL for a sum */
static void add_terms(int64_t n, const double *x, const double *y,
                      sunzi_accumulator *sum)
{
    cascade c = {.sum = sum};
    move(&c, -1022);
    while (n >= STEP) {
        const int length = n < BLOCK ? (int)(n / STEP * STEP) : BLOCK;
        c.ahead = n >= 2 * BLOCK ? BLOCK : 0;
        add_block(&c, length, x, y);
        n -= length;
        x += length;
        y = y ? y + length : NULL;
    }
    add_single(n, x, y, sum);
    flush(&c);
}

void VEC_NAME(exact_sum)(int64_t n, const double *x, sunzi_accumulator *sum)
{
    add_terms(n, x, NULL, sum);
}

void VEC_NAME(exact_dot)(int64_t n, const double *x, const double *y,
                         sunzi_accumulator *sum)
{
    add_terms(n, x, y, sum);
}

#undef INLINE
