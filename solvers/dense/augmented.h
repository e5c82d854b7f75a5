/* SPDX-License-Identifier: BSD-3-Clause */
/* Refinement of the augmented system of a tall matrix M, shape [rows, cols],
 *     [ I   M ] [p]   [f]
 *     [ M^T 0 ] [q] = [g]
 * f = b, g = 0: q minimizes ||b - M q||_2 and p is its residual; f = 0, g = b:
 * p is the solution of M^T p = b of least 2-norm. */
#ifndef SUNZI_SOLVERS_DENSE_AUGMENTED_H
#define SUNZI_SOLVERS_DENSE_AUGMENTED_H

#include <stdbool.h>
#include <stdint.h>
#include <sunzi/solve.h>

#include "core/context.h"

/* M has columns scaled by powers of two to maxima in [1/2, 1). */
typedef struct sunzi_tall {
    sunzi_context *ctx;
    int rows, cols;
    double *m;         /* column-major, leading dimension rows */
    int32_t *exponent; /* column j was multiplied by 2^exponent[j] */
    double *weight;    /* 2^(exponent[j] - max exponent): units of q */
    double norm_rows, norm_cols; /* ||M||_inf, ||M||_1 */
    bool single;                 /* factors in FP32, else FP64 */
    double rcond;                /* of R, 1-norm; 0: not factorized */
    void *qr, *tau, *work;
    double *rhs;     /* room for one right-hand side, [rows] */
    double *vectors; /* room for SUNZI_TALL_VECTORS vectors of f and q size */
    void *scratch;   /* of sunzi_residual_exact */
} sunzi_tall;

enum { SUNZI_TALL_VECTORS = 6 };

/* Factors of M in FP32 (single) or FP64; SUNZI_ERR_SINGULAR when R is singular
 * to that precision, SUNZI_ERR_NOMEM. */
sunzi_status sunzi_tall_factorize(sunzi_tall *t, bool single);

/* Refine one system to the grade. f: [rows] (NULL: zero), g: [cols] (NULL:
 * zero), entries at most 1 in magnitude. The result is x: [cols], q rounded,
 * where g is NULL, else x: [rows], p rounded. Bjorck, BIT 7 (1967) 257, with
 * residuals in twice FP64 and both unknowns kept to twice FP64. `column` tells
 * what was reached; its forward bound is in the units of the unscaled unknowns.
 */
void sunzi_tall_refine(const sunzi_tall *t, const double *f, const double *g,
                       sunzi_grade wanted, int max_steps, double *x,
                       sunzi_column_report *column);

#endif
