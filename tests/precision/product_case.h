/* SPDX-License-Identifier: BSD-3-Clause */
/* What the product tests share: numbers from a seed, contexts, a reference in
 * 113-bit arithmetic, and the error against it. */
#ifndef SUNZI_TESTS_PRODUCT_CASE_H
#define SUNZI_TESTS_PRODUCT_CASE_H

#include <stddef.h>
#include <stdint.h>
#include <sunzi/sunzi.h>

#include "tests/random.h"

__extension__ typedef __float128 quad;

double uniform(uint64_t *state); /* in [-1, 1) */
double normal(uint64_t *state);  /* nearly, variance 1: a sum of 12 */

void *block_of(size_t bytes); /* never NULL */
double *random_numbers(int64_t count, uint64_t seed);

void expect_status(sunzi_status got, sunzi_status expected);

/* NULL, and the reason printed, where the engine cannot be used. */
sunzi_context *context_for(const char *engine, int threads, size_t limit);

/* Where element (i, j) of op(X) is. */
int64_t place(int layout, int trans, int64_t i, int64_t j, int ld);

/* sum of a_h b_h, and of the magnitudes */
quad dot(const double *a, int64_t a_step, const double *b, int64_t b_step,
         int64_t k, quad *magnitude);
quad quad_abs(quad x);

/* Error of C = A B, all row-major and dense, in u (|A||B|), with the final
 * rounding (u |result|, or half the smallest subnormal) taken off. Infinity for
 * a NaN, and where an entry without terms is not 0. The worst of all entries,
 * or of about 3000 of them. */
double worst_error(int m, int n, int k, const double *a, const double *b,
                   const double *c);

#endif
