/* SPDX-License-Identifier: BSD-3-Clause */
/* A square matrix on the device of its context: copied there once, then
 * measured, scaled into factors and multiplied for residuals there. A launch or
 * copy that fails is kept: from then on residuals are NaN, and
 * sunzi_resident_status tells. */
#ifndef SUNZI_SOLVERS_DENSE_RESIDENT_H
#define SUNZI_SOLVERS_DENSE_RESIDENT_H

#include <stdbool.h>
#include <stdint.h>

#include "engines/memory.h"
#include "solvers/dense/residual.h"

typedef struct sunzi_resident sunzi_resident;

/* Copy A, of order n and not in tiles, with room for residuals of `columns`
 * vectors. reserve: bytes that must stay free there besides. SUNZI_ERR_NOMEM:
 * no room there (nothing was copied) or here; SUNZI_ERR_DEVICE. */
sunzi_status sunzi_resident_create(sunzi_context *ctx, const sunzi_operator *a,
                                   int columns, size_t reserve,
                                   sunzi_resident **resident);
void sunzi_resident_destroy(sunzi_resident **resident);
size_t sunzi_resident_bytes(const sunzi_resident *resident);
/* The first failure. */
sunzi_status sunzi_resident_status(const sunzi_resident *resident);

/* The sums and maxima of run_sweep (equilibrate.c), not of a symmetric matrix:
 * with v counting the rows, or the columns where they are contiguous, |V_vh|,
 * |V_vh| weight_h and its largest over h, then |V_vh|, |V_vh| weight_v and its
 * largest over v; n numbers each. */
sunzi_status sunzi_resident_sweep(sunzi_resident *resident,
                                  const double *weight_v,
                                  const double *weight_h, double *along,
                                  double *across);

/* out[i * ld + j] = A_ij 2^(row[i] + col[j]) rounded to FP32, of a symmetric
 * matrix j <= i; row, col NULL: zeros. *largest: of the magnitudes before the
 * rounding, NaN or infinity if one was not finite. */
sunzi_status sunzi_resident_load(sunzi_resident *resident, const int32_t *row,
                                 const int32_t *col, sunzi_memory *out,
                                 int64_t ld, double *largest);

/* sunzi_residual_exact (twice) or sunzi_residual_fp64 of this matrix, with the
 * same bits. */
void sunzi_resident_residual(sunzi_resident *resident, bool transposed,
                             int count, bool twice, const double *x,
                             const double *x_low, const double *b, double *r,
                             double *magnitude);

#endif
