/* SPDX-License-Identifier: BSD-3-Clause */
/* Exact sums: carries, merging and the one rounding. */
#include "precision/accumulator.h"

#include <math.h>
#include <stdbool.h>

enum { DIGITS = SUNZI_ACCUMULATOR_DIGITS, LOWEST = SUNZI_ACCUMULATOR_LOWEST };

void sunzi_accumulator_clear(sunzi_accumulator *a)
{
    *a = (sunzi_accumulator){.weight = 0};
}

/* By the invariant |digit| <= (2^31 - 1) 2^32, so a carry is at most 2^31 in
 * magnitude and digit + carry does not overflow. */
void sunzi_accumulator_normalise(sunzi_accumulator *a)
{
    int64_t carry = 0;
    for (int i = 0; i < DIGITS - 1; i++) {
        const int64_t d = a->digit[i] + carry;
        a->digit[i] = d & INT64_C(0xFFFFFFFF);
        carry = d >> 32; /* floor */
    }
    a->digit[DIGITS - 1] += carry;
    a->weight = 1;
}

void sunzi_accumulator_merge(sunzi_accumulator *a, const sunzi_accumulator *b)
{
    sunzi_accumulator other;
    if (a->weight + b->weight > SUNZI_ACCUMULATOR_WEIGHT_MAX) {
        other = *b;
        sunzi_accumulator_normalise(&other);
        sunzi_accumulator_normalise(a);
        b = &other;
    }
    for (int i = 0; i < DIGITS; i++)
        a->digit[i] += b->digit[i];
    a->weight += b->weight;
    a->nan += b->nan;
    a->positive_infinity += b->positive_infinity;
    a->negative_infinity += b->negative_infinity;
    a->failures += b->failures;
}

sunzi_status sunzi_accumulator_join(sunzi_comm *comm, int count,
                                    sunzi_accumulator *a)
{
    if (sunzi_comm_size(comm) == 1)
        return SUNZI_OK;
    for (int i = 0; i < count; i++)
        sunzi_accumulator_normalise(&a[i]);
    return sunzi_comm_reduce(comm, SUNZI_REDUCE_SUM, a,
                             count * SUNZI_ACCUMULATOR_LENGTH);
}

/* ---- the magnitude as a number of many bits ---- */

/* |value| = N 2^LOWEST with the digits of N in [0, 2^32) */
typedef struct magnitude {
    int64_t digit[DIGITS];
    bool negative;
    int top; /* position of the highest one of N, -1 for N = 0 */
} magnitude;

static void magnitude_of(const sunzi_accumulator *a, magnitude *n)
{
    sunzi_accumulator v = *a;
    sunzi_accumulator_normalise(&v);
    n->negative = v.digit[DIGITS - 1] < 0;
    if (n->negative) {
        for (int i = 0; i < DIGITS; i++)
            v.digit[i] = -v.digit[i];
        sunzi_accumulator_normalise(&v);
    }
    n->top = -1;
    for (int i = 0; i < DIGITS; i++) {
        n->digit[i] = v.digit[i];
        if (v.digit[i])
            n->top = 32 * i + 63 - __builtin_clzll((uint64_t)v.digit[i]);
    }
}

/* floor(N / 2^low) mod 2^64, low >= -128 */
static uint64_t bits_from(const magnitude *n, int low)
{
    const int first = (low + 128) / 32 - 4, shift = (low + 128) % 32;
    sunzi_u128 w = 0;
    for (int i = 2; i >= 0; i--) {
        const int at = first + i;
        w = w << 32 | (at >= 0 && at < DIGITS ? (uint64_t)n->digit[at] : 0);
    }
    return (uint64_t)(w >> shift);
}

/* N mod 2^low != 0 */
static bool ones_below(const magnitude *n, int low)
{
    for (int i = 0; 32 * i < low; i++) {
        const int64_t d = n->digit[i];
        if (low - 32 * i >= 32 ? d != 0 : (d & ((1LL << low % 32) - 1)) != 0)
            return true;
    }
    return false;
}

/* ---- rounding ---- */

/* The nearest double of (m + f) 2^exponent, 2^63 <= m < 2^64, where f = 0 or
 * (more) 0 < f < 1. */
static double nearest(uint64_t m, int exponent, bool more)
{
    /* the last place is that of 53 bits, but at least 2^-1074 */
    const int drop = exponent < -1085 ? -1074 - exponent : 11;
    if (drop > 64)
        return 0; /* below half of 2^-1074 */
    const uint64_t kept = drop < 64 ? m >> drop : 0;
    const uint64_t half = UINT64_C(1) << (drop - 1);
    const uint64_t rest = m & (half | (half - 1));
    const bool up = rest > half || (rest == half && (more || kept % 2 == 1));
    /* at most 2^53: exact; the scaling is, too, or overflows */
    return ldexp((double)(kept + up), exponent + drop);
}

/* NaN, an infinity, or 0 for a sum of finite terms */
static double special(const sunzi_accumulator *a)
{
    if (a->nan || (a->positive_infinity && a->negative_infinity))
        return NAN;
    if (a->positive_infinity)
        return INFINITY;
    return a->negative_infinity ? -INFINITY : 0;
}

double sunzi_accumulator_round(const sunzi_accumulator *a)
{
    const double extreme = special(a);
    magnitude n;
    if (!(extreme == 0))
        return extreme;
    magnitude_of(a, &n);
    if (n.top < 0)
        return 0;
    const int low = n.top - 63;
    const double v =
        nearest(bits_from(&n, low), low + LOWEST, ones_below(&n, low));
    return n.negative ? -v : v;
}

void sunzi_accumulator_round2(const sunzi_accumulator *a, double *high,
                              double *low)
{
    sunzi_accumulator rest = *a;
    *high = sunzi_accumulator_round(a);
    *low = 0;
    if (isfinite(*high)) {
        sunzi_accumulator_add(&rest, -*high);
        *low = sunzi_accumulator_round(&rest);
    }
}

/* floor(sqrt(f)), one bit after the other: r stays the floor of the root of
 * the leading digits of f to base 4, `rest` what is left of them. */
static uint64_t root_of(sunzi_u128 f, sunzi_u128 *rest_of)
{
    sunzi_u128 rest = 0;
    uint64_t r = 0;
    for (int k = 126; k >= 0; k -= 2) {
        const sunzi_u128 trial = ((sunzi_u128)r << 2) + 1;
        rest = rest << 2 | (f >> k & 3);
        r <<= 1;
        if (rest >= trial) {
            rest -= trial;
            r++;
        }
    }
    *rest_of = rest;
    return r;
}

/* value = (F + f) 4^k with an integer F in [2^126, 2^128) and 0 <= f < 1. The
 * integer r = floor(sqrt(F)) is in [2^63, 2^64) and r <= sqrt(F + f) < r + 1,
 * as (r + 1)^2 >= F + 1. Hence sqrt(value) = (r + g) 2^k, 0 <= g < 1, where g =
 * 0 exactly if F = r^2 and f = 0; this is what `nearest` rounds, once. */
double sunzi_accumulator_sqrt(const sunzi_accumulator *a)
{
    const double extreme = special(a);
    magnitude n;
    if (!(extreme == 0))
        return extreme < 0 ? NAN : extreme;
    magnitude_of(a, &n);
    if (n.top < 0)
        return 0;
    if (n.negative)
        return NAN;
    const int low = n.top - 126 - n.top % 2; /* even, as is LOWEST */
    sunzi_u128 rest;
    const uint64_t r = root_of(
        (sunzi_u128)bits_from(&n, low + 64) << 64 | bits_from(&n, low), &rest);
    return nearest(r, (low + LOWEST) / 2, rest != 0 || ones_below(&n, low));
}
