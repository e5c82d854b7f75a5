/* SPDX-License-Identifier: BSD-3-Clause */
/* Residuals of dense systems: in FP64, and nearly exact. */
#ifndef SUNZI_SOLVERS_DENSE_RESIDUAL_H
#define SUNZI_SOLVERS_DENSE_RESIDUAL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/context.h"
#include "solvers/dense/tiles.h"

struct sunzi_resident;

/* An m x n matrix read by element: (i, j) at data[i row_stride + j col_stride],
 * one of the strides is 1. symmetric_lower: m == n and only i >= j is stored.
 * tiles: NULL, or how a square matrix is dealt to processes; then data is the
 * local part, row_stride is 1, and the functions below are collective.
 * resident: NULL, or a copy on the context's device, where residuals are formed
 * (square ones, without r_low; failures: see resident.h). */
typedef struct sunzi_operator {
    int m, n;
    const double *data;
    int64_t row_stride, col_stride;
    bool symmetric_lower;
    sunzi_tiles *tiles;
    struct sunzi_resident *resident;
} sunzi_operator;

/* For each of count vectors: r = fl(b - op(A) (x + x_low)), op(A) = A or A^T,
 * each component of r accumulated in twice FP64 (error about 2^-104 (|A||x| +
 * |b|)_i) and rounded once to r + r_low. The vectors of an argument follow each
 * other: x, x_low: [count][n], the others [count][m] (with A^T the other way
 * round). x_low, r_low may be NULL (zero; not wanted), b may be r. magnitude,
 * if not NULL: (|op(A)||x| + |b|)_i in FP64. Same bits for any number of
 * threads and vectors; A is read from memory once for all of them. Overflow
 * shows as non-finite r. scratch: sunzi_residual_scratch_bytes. */
void sunzi_residual_exact(sunzi_context *ctx, const sunzi_operator *a,
                          bool transposed, int count, const double *x,
                          const double *x_low, const double *b, double *r,
                          double *r_low, double *magnitude, void *scratch);
/* The same in FP64 with a fixed order of operations (error about n u). */
void sunzi_residual_fp64(sunzi_context *ctx, const sunzi_operator *a,
                         bool transposed, int count, const double *x,
                         const double *b, double *r, double *magnitude,
                         void *scratch);
size_t sunzi_residual_scratch_bytes(const sunzi_operator *a, int count);

#endif
