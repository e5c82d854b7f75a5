/* SPDX-License-Identifier: BSD-3-Clause */
/* What is done with an exact sum (precision/accumulator_digits.h): it is begun,
 * merged, and rounded once. The bits of the results depend on the terms alone,
 * not on their order or on how they were spread over accumulators.
 *
 *     sunzi_accumulator sum;
 *     sunzi_accumulator_clear(&sum);
 *     sunzi_accumulator_add(&sum, x);             x, a single number
 *     sunzi_accumulator_add_product(&sum, x, y);  x y
 *     engine->exact_dot(n, x, y, &sum);           many
 *     sunzi_accumulator_join(comm, 1, &sum);      of all processes
 *     sunzi_accumulator_round2(&sum, &high, &low);
 */
#ifndef SUNZI_PRECISION_ACCUMULATOR_H
#define SUNZI_PRECISION_ACCUMULATOR_H

#include "core/communicator.h"
#include "precision/accumulator_digits.h"

/* The empty sum. */
void sunzi_accumulator_clear(sunzi_accumulator *a);

/* a += b; carries are made where the weights ask for it. */
void sunzi_accumulator_merge(sunzi_accumulator *a, const sunzi_accumulator *b);

/* Collective. a[i] becomes the sum of all processes' a[i], i < count: one
 * reduction of integers, exact. A process that has no sum to give sets
 * `failures` of an empty one to 1: afterwards all of them see how many did. */
sunzi_status sunzi_accumulator_join(sunzi_comm *comm, int count,
                                    sunzi_accumulator *a);

/* The nearest double, ties to even; subnormals and overflow to infinity as in
 * IEEE 754. NaN if a term was NaN or if infinities of both signs were. An exact
 * zero is +0 (that of -0 terms, too). */
double sunzi_accumulator_round(const sunzi_accumulator *a);

/* The same in two doubles: *high is the nearest one, *low the nearest one of
 * what is left, so |*low| <= half a unit in the last place of *high. Where
 * *high is not finite, *low is 0. */
void sunzi_accumulator_round2(const sunzi_accumulator *a, double *high,
                              double *low);

/* The square root of the exact value, correctly rounded (nearest even): the one
 * rounding of the result. NaN below zero. */
double sunzi_accumulator_sqrt(const sunzi_accumulator *a);

#endif
