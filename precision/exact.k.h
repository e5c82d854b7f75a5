/* SPDX-License-Identifier: BSD-3-Clause */
/* Exact sums of products on a device, in integers: each item adds to digits of
 * its own (precision/accumulator_digits.h), which are added elementwise at the
 * end. The sum is then rounded on the host, once. */
#ifndef SUNZI_PRECISION_EXACT_K_H
#define SUNZI_PRECISION_EXACT_K_H

#include "engines/kernel/language.h"

#define EXACT_ITEMS    64
#define EXACT_LOWEST   (-2176) /* SUNZI_ACCUMULATOR_LOWEST */
#define EXACT_NAN      136 /* places in the struct, after digits and weight */
#define EXACT_INFINITY 137
#define EXACT_MINUS    138
#define EXACT_LENGTH   140

/* (-1)^negative mantissa 2^exponent; special: 1 an infinity, 2 a NaN */
typedef struct exact_parts {
    k_u64 mantissa;
    int exponent, negative, special;
} exact_parts;

/* Number `at` of an array of FP64 (words 2) or FP32 (words 1). */
K_FN exact_parts exact_split(K_GLOBAL const k_u32 *x, k_i64 at, int words)
{
    const int single = words == 1;
    const k_u64 bits = single ? x[at] : x[2 * at] | (k_u64)x[2 * at + 1] << 32;
    const int width = single ? 23 : 52, most = single ? 255 : 2047;
    const int field = (int)(bits >> width) & most;
    const k_u64 fraction = bits & (((k_u64)1 << width) - 1);
    exact_parts p;
    p.mantissa = fraction | (k_u64)(field != 0) << width;
    p.exponent = field + (field == 0) - (single ? 150 : 1075);
    p.negative = (int)(bits >> (single ? 31 : 63)) & 1;
    p.special = field != most ? 0 : fraction ? 2 : 1;
    return p;
}

/* Digit d of item t is sums[d * items + t]: those of high 2^64 + low, shifted
 * to the place of 2^exponent. */
K_FN void exact_add(K_GLOBAL k_i64 *sums, int items, k_u64 low, k_u64 high,
                    int exponent, int negative)
{
    const int place = exponent - EXACT_LOWEST, shift = place & 31;
    K_GLOBAL k_i64 *digit = sums + (k_i64)(place >> 5) * items;
    k_u64 carry = 0;
    for (int w = 0; w < 5; w++) {
        const k_u64 of = w < 2 ? low : w < 4 ? high : 0;
        const k_u64 word = (w & 1 ? of >> 32 : of & 0xffffffffu) << shift;
        const k_i64 d = (k_i64)((word & 0xffffffffu) | carry);
        carry = word >> 32;
        if (d)
            digit[(k_i64)w * items] += negative ? -d : d;
    }
}

/* The sum of a b over the brick of count0 x count1 x count2 numbers in arrays
 * with one more around it (dimension 0 the fastest), by `items` items. Groups
 * [items / EXACT_ITEMS]. */
#define K_ARGS_exact_dot(IN, OUT, VALUE)                                       \
    IN(k_u32, a)                                                               \
    IN(k_u32, b)                                                               \
    OUT(k_i64, sums)                                                           \
    VALUE(int, count0)                                                         \
    VALUE(int, count1)                                                         \
    VALUE(int, count2)                                                         \
    VALUE(int, row) VALUE(int, slab) VALUE(int, words) VALUE(int, items)
K_GROUP_KERNEL(exact_dot, EXACT_ITEMS)
{
    K_BEGIN(exact_dot)
    const int me = K_GROUP(2) * EXACT_ITEMS + K_ITEM(2);
    const int all = count0 * count1 * count2;
    K_GLOBAL k_i64 *mine = sums + me;
    for (int d = 0; d < EXACT_LENGTH; d++)
        mine[(k_i64)d * items] = 0;
    for (int e = me; e < all; e += items) {
        const int i = e % count0, j = e / count0 % count1;
        const k_i64 at = (k_i64)(e / count0 / count1 + 1) * slab +
                         (k_i64)(j + 1) * row + i + 1;
        const exact_parts x = exact_split(a, at, words);
        const exact_parts y = exact_split(b, at, words);
        const int negative = x.negative ^ y.negative;
        if (x.special || y.special) {
            const int no_number = x.special == 2 || y.special == 2 ||
                                  (!x.special && !x.mantissa) ||
                                  (!y.special && !y.mantissa);
            const int where = no_number  ? EXACT_NAN
                              : negative ? EXACT_MINUS
                                         : EXACT_INFINITY;
            mine[(k_i64)where * items] += 1;
        } else if (x.mantissa && y.mantissa) {
            exact_add(mine, items, x.mantissa * y.mantissa,
                      k_mul_hi_u64(x.mantissa, y.mantissa),
                      x.exponent + y.exponent, negative);
        }
    }
}

/* sum[d] = sum over the items of sums[d * items + t]. Groups [EXACT_LENGTH]. */
#define K_ARGS_exact_sum(IN, OUT, VALUE)                                       \
    IN(k_i64, sums) OUT(k_i64, sum) VALUE(int, items)
K_GROUP_KERNEL(exact_sum, EXACT_ITEMS)
{
    K_BEGIN(exact_sum)
    K_LOCAL k_i64 part[EXACT_ITEMS];
    const int item = K_ITEM(2), digit = K_GROUP(2);
    k_i64 s = 0;
    for (int t = item; t < items; t += EXACT_ITEMS)
        s += sums[(k_i64)digit * items + t];
    part[item] = s;
    K_BARRIER();
    if (item == 0) {
        for (int t = 1; t < EXACT_ITEMS; t++)
            s += part[t];
        sum[digit] = s;
    }
}

#endif
