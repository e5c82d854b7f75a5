/* SPDX-License-Identifier: BSD-3-Clause */
/* A long accumulator: sums of doubles and of products of two doubles without
 * any rounding, in fixed point with digits of 32 bits. U. Kulisch, "Computer
 * Arithmetic and Validity", de Gruyter 2008, chapter 8. Engines add to it; what
 * is done with the sum is in precision/accumulator.h.
 *
 *     value = sum over i of digit[i] 2^(32 i + LOWEST)
 *
 * Products are multiples of 2^-2148 and below 2^2048, and 2^63 of them are
 * below 2^2111: digit[DIGITS - 1], of weight 2^2112, only ever holds a sign.
 * Digits are signed and carries wait, so that many sums have the same value but
 * other digits; sunzi_accumulator_normalise makes them unique.
 *
 * Invariant: |digit[i]| <= weight 2^32, 0 <= weight < 2^31. Each term raises
 * the weight by one, as it changes a digit by less than 2^32; a normalised
 * accumulator has the weight 1. Digits, weights and counts of two accumulators
 * add elementwise, as integers: the sum holds the sum of both and keeps the
 * invariant, as long as its weight is below 2^31. So 2^31 - 1 normalised ones
 * can be added elementwise, in any order, by a SUNZI_REDUCE_SUM of
 * SUNZI_ACCUMULATOR_LENGTH numbers. */
#ifndef SUNZI_PRECISION_ACCUMULATOR_DIGITS_H
#define SUNZI_PRECISION_ACCUMULATOR_DIGITS_H

#include <stdint.h>
#include <string.h>

#include "precision/moduli.h"

enum {
    SUNZI_ACCUMULATOR_LOWEST = -2176, /* exponent of digit[0] */
    SUNZI_ACCUMULATOR_DIGITS = 135,
    SUNZI_ACCUMULATOR_LENGTH = SUNZI_ACCUMULATOR_DIGITS + 5,
    SUNZI_ACCUMULATOR_WEIGHT_MAX = INT32_MAX
};

typedef struct sunzi_accumulator {
    int64_t digit[SUNZI_ACCUMULATOR_DIGITS];
    int64_t weight;
    /* terms that are not finite; they are not in the digits */
    int64_t nan, positive_infinity, negative_infinity;
    int64_t failures; /* parts that could not be added */
} sunzi_accumulator;

_Static_assert(sizeof(sunzi_accumulator) == SUNZI_ACCUMULATOR_LENGTH * 8,
               "an accumulator is an array of int64_t");

/* Carry: digit[i] in [0, 2^32) for all but the last, which takes the sign. The
 * digits then depend on the value alone. */
void sunzi_accumulator_normalise(sunzi_accumulator *a);

/* a double: (-1)^negative mantissa 2^exponent, exponent_field 2047: not finite
 */
typedef struct sunzi_double_parts {
    uint64_t mantissa; /* below 2^53; not finite: zero for an infinity */
    int exponent, exponent_field;
    uint64_t negative;
} sunzi_double_parts;

static inline sunzi_double_parts sunzi_double_split(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    const int field = (int)(bits >> 52 & 0x7FF);
    const uint64_t normal = field != 0 && field != 0x7FF;
    return (sunzi_double_parts){.mantissa = (bits & ((UINT64_C(1) << 52) - 1)) |
                                            normal << 52,
                                .exponent = field + (field == 0) - 1075,
                                .exponent_field = field,
                                .negative = bits >> 63};
}

static inline void sunzi_accumulator_count(sunzi_accumulator *a, int is_nan,
                                           uint64_t negative)
{
    if (is_nan)
        a->nan++;
    else if (negative)
        a->negative_infinity++;
    else
        a->positive_infinity++;
}

/* Room for one more term. */
static inline void sunzi_accumulator_reserve(sunzi_accumulator *a)
{
    if (__builtin_expect(a->weight == SUNZI_ACCUMULATOR_WEIGHT_MAX, 0))
        sunzi_accumulator_normalise(a);
    a->weight++;
}

/* digit += chunk, or -= if flip is all ones and not 0 */
static inline void sunzi_digit_add(int64_t *digit, uint32_t chunk, int64_t flip)
{
    *digit += ((int64_t)chunk ^ flip) - flip;
}

/* a += (-1)^negative mantissa 2^exponent, exponent >= LOWEST, and the term is
 * below 2^2048 */
static inline void sunzi_accumulator_add_scaled(sunzi_accumulator *a,
                                                uint64_t mantissa, int exponent,
                                                uint64_t negative)
{
    const int at = exponent - SUNZI_ACCUMULATOR_LOWEST;
    const sunzi_u128 m = (sunzi_u128)mantissa << at % 32;
    const int64_t flip = -(int64_t)negative;
    int64_t *digit = a->digit + at / 32;
    sunzi_accumulator_reserve(a);
    sunzi_digit_add(digit, (uint32_t)m, flip);
    sunzi_digit_add(digit + 1, (uint32_t)(m >> 32), flip);
    sunzi_digit_add(digit + 2, (uint32_t)(m >> 64), flip);
}

/* a += k 2^exponent, limits as above */
static inline void sunzi_accumulator_add_integer(sunzi_accumulator *a,
                                                 int64_t k, int exponent)
{
    const uint64_t magnitude = k < 0 ? -(uint64_t)k : (uint64_t)k;
    sunzi_accumulator_add_scaled(a, magnitude, exponent, k < 0);
}

/* a += x */
static inline void sunzi_accumulator_add(sunzi_accumulator *a, double x)
{
    const sunzi_double_parts p = sunzi_double_split(x);
    if (__builtin_expect(p.exponent_field == 0x7FF, 0))
        sunzi_accumulator_count(a, p.mantissa != 0, p.negative);
    else
        sunzi_accumulator_add_scaled(a, p.mantissa, p.exponent, p.negative);
}

/* a += x y */
static inline void sunzi_accumulator_add_product(sunzi_accumulator *a, double x,
                                                 double y)
{
    const sunzi_double_parts p = sunzi_double_split(x);
    const sunzi_double_parts q = sunzi_double_split(y);
    const uint64_t negative = p.negative ^ q.negative;
    if (__builtin_expect(p.exponent_field == 0x7FF || q.exponent_field == 0x7FF,
                         0)) {
        sunzi_accumulator_count(a, !(x * y == x * y), negative);
        return;
    }
    const int at = p.exponent + q.exponent - SUNZI_ACCUMULATOR_LOWEST;
    const sunzi_u128 m = (sunzi_u128)p.mantissa * q.mantissa; /* < 2^106 */
    /* m 2^(at mod 32) < 2^137: the lower 64 bits of m, then the upper ones */
    const sunzi_u128 lower = (sunzi_u128)(uint64_t)m << at % 32;
    const sunzi_u128 upper =
        (sunzi_u128)(uint64_t)(m >> 64) << at % 32 | lower >> 64;
    const int64_t flip = -(int64_t)negative;
    int64_t *digit = a->digit + at / 32;
    sunzi_accumulator_reserve(a);
    sunzi_digit_add(digit, (uint32_t)lower, flip);
    sunzi_digit_add(digit + 1, (uint32_t)(lower >> 32), flip);
    sunzi_digit_add(digit + 2, (uint32_t)upper, flip);
    sunzi_digit_add(digit + 3, (uint32_t)(upper >> 32), flip);
    sunzi_digit_add(digit + 4, (uint32_t)(upper >> 64), flip);
}

#endif
