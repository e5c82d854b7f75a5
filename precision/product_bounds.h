/* SPDX-License-Identifier: BSD-3-Clause */
/* What product_exact.c knows of single vectors.
 *
 * Magnitudes: y_h = (|Re x_h| + |Im x_h|) 2^(inner_h - e) as FP32 numbers
 * rounded down, at most 2 (1 for real vectors); SUNZI_TINY where that is below
 * 2^-60, and 0 only for zeros. */
#ifndef SUNZI_PRECISION_PRODUCT_BOUNDS_H
#define SUNZI_PRECISION_PRODUCT_BOUNDS_H

#include <float.h>

#include "precision/product.h"

#define SUNZI_TINY FLT_MIN

enum {
    SUNZI_TOPS = 8,
    SUNZI_BOUND_GROUP = 16 /* vectors that are looked at together */
};

/* All 0 for a vector of zeros, or with infinities or NaN. */
typedef struct sunzi_vector_bounds {
    int32_t exact_scale; /* the integers are exact for q >= this */
    int32_t log2_squares;
    int32_t tops, covered; /* covered: all nonzero elements are tops */
    int32_t top[SUNZI_TOPS];
    float value[SUNZI_TOPS]; /* magnitudes of the tops, largest first */
    double sum;              /* of the y, from above */
} sunzi_vector_bounds;

/* Where magnitudes go: that of element h of vector first + v to
 * to[v * vector_step + (h - first element) * element_step]. One of the steps is
 * 1. Whole groups by whole 16 elements are written, zeros behind the ends. */
typedef struct sunzi_magnitudes_out {
    float *to;
    int64_t vector_step, element_step;
} sunzi_magnitudes_out;

/* Of up to SUNZI_BOUND_GROUP vectors; elements from a multiple of 16 on. What
 * is written for ignored vectors (see above) means nothing. */
void sunzi_magnitudes(const sunzi_problem *p, const sunzi_operand *o,
                      const sunzi_operand_plan *q, int64_t first, int64_t count,
                      int64_t element, int64_t elements,
                      const sunzi_magnitudes_out *out);

/* Bounds of up to SUNZI_BOUND_GROUP vectors. room: floats, SUNZI_BOUND_GROUP
 * times k rounded up to 16. */
void sunzi_look_at(const sunzi_problem *p, const sunzi_operand *o,
                   const sunzi_operand_plan *q, int64_t first, int64_t count,
                   float *room, sunzi_vector_bounds *bounds);

#endif
