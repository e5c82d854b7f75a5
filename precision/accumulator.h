/* SPDX-License-Identifier: BSD-3-Clause */
/* What is done with an exact sum (precision/accumulator_digits.h): it is begun,
 * merged, and rounded once. The bits of the results depend on the terms alone,
 * not on their order or on how they were spread over accumulators. */
#ifndef SUNZI_PRECISION_ACCUMULATOR_H
#define SUNZI_PRECISION_ACCUMULATOR_H

#include "precision/accumulator_digits.h"

/* The empty sum. */
void sunzi_accumulator_clear(sunzi_accumulator *a);

/* a += b; carries are made where the weights ask for it. */
void sunzi_accumulator_merge(sunzi_accumulator *a, const sunzi_accumulator *b);

/* The nearest double, ties to even; subnormals and overflow to infinity as in
 * IEEE 754. NaN if a term was NaN or if infinities of both signs were. An exact
 * zero is +0 (that of -0 terms, too). */
double sunzi_accumulator_round(const sunzi_accumulator *a);

/* The square root of the exact value, correctly rounded (nearest even): the one
 * rounding of the result. NaN below zero. */
double sunzi_accumulator_sqrt(const sunzi_accumulator *a);

#endif
