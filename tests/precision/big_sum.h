/* SPDX-License-Identifier: BSD-3-Clause */
/* Sums of doubles and of products in fixed point of 4800 bits, carried at once:
 * the slow reference of the reductions. */
#ifndef SUNZI_TESTS_BIG_SUM_H
#define SUNZI_TESTS_BIG_SUM_H

#include <stdbool.h>
#include <stdint.h>

enum { BIG_WORDS = 300 };

/* value = w 2^-2200, w in two's complement, words of 16 bits, lowest first */
typedef struct big_sum {
    uint16_t word[BIG_WORDS];
} big_sum;

void big_clear(big_sum *a);
void big_add(big_sum *a, double x);                   /* x finite */
void big_add_product(big_sum *a, double x, double y); /* x, y finite */
void big_twice(big_sum *a);                           /* a *= 2 */
int big_sign(const big_sum *a);                       /* -1, 0, 1 */
double big_round(const big_sum *a);                   /* nearest even */
/* r is the nearest number to the root of a >= 0; a tie goes to the even one. */
bool big_root_is(const big_sum *a, double r);

#endif
