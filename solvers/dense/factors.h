/* SPDX-License-Identifier: BSD-3-Clause */
/* LU and Cholesky factors of a scaled matrix at a rung of the precision ladder.
 */
#ifndef SUNZI_SOLVERS_DENSE_FACTORS_H
#define SUNZI_SOLVERS_DENSE_FACTORS_H

#include <stdbool.h>
#include <stdint.h>
#include <sunzi/solve.h>

#include "core/context.h"
#include "solvers/dense/tiles.h"

struct sunzi_resident;

/* The matrix where the caller has it: element (i, j) at
 * data[i row_stride + j col_stride], one of the strides is 1. Scaled by powers
 * of two, S_ij = 2^row_exponent[i] A_ij 2^col_exponent[j] (both arrays or
 * neither NULL). POSITIVE_DEFINITE: only i >= j is read; row_exponent ==
 * col_exponent. tiles: NULL, or how A is dealt to processes (then data is the
 * local part, the exponents are whole, and all functions are collective).
 * resident: NULL, or the same matrix on the context's device. */
typedef struct sunzi_dense {
    int n;
    const double *data;
    int64_t row_stride, col_stride;
    const int32_t *row_exponent, *col_exponent;
    sunzi_tiles *tiles;
    struct sunzi_resident *resident;
} sunzi_dense;

typedef struct sunzi_factors sunzi_factors;

/* Factors of S: LU with partial pivoting (of S, or of S^T where that is how the
 * factors are stored: the solve hides it), or Cholesky. SUNZI_ERR_SINGULAR
 * (zero or non-finite pivot), SUNZI_ERR_NOT_POSITIVE_DEFINITE,
 * SUNZI_ERR_OVERFLOW (S or the factors leave the range of the rung),
 * SUNZI_ERR_NOMEM; then *factors is NULL. Cholesky below fp32 first adds c u_f
 * to the unit diagonal (Higham and Pranesh, SIAM J. Sci. Comput. 43 (2021)
 * A258); doubled a few times on breakdown. Bits do not depend on the number of
 * threads, except at FP64 (LAPACK). */
sunzi_status sunzi_factorize(sunzi_context *ctx, sunzi_structure structure,
                             sunzi_factor factor, const sunzi_dense *a,
                             sunzi_factors **factors);
void sunzi_factors_destroy(sunzi_context *ctx, sunzi_factors **factors);

/* Are factors of this rung made on the context's device, if there is room? Of a
 * matrix in tiles, of more than one, their updates. */
bool sunzi_factors_on_device(sunzi_context *ctx, sunzi_factor factor);
/* Bytes there of factors of order n and the vectors of their solves. */
size_t sunzi_factors_device_bytes(int n);
/* These were: they stay there, and so do the solves. */
bool sunzi_factors_resident(const sunzi_factors *factors);
/* Who made them, where that is not who solves with them: a library of the
 * device's products, or in tiles the device; else NULL. */
const char *sunzi_factors_maker(const sunzi_context *ctx,
                                const sunzi_factors *factors);
/* The first failure of a solve there; SUNZI_OK here. */
sunzi_status sunzi_factors_status(const sunzi_factors *factors);

/* Solve S Y = Z (or S^T Y = Z) with the factors in FP64 arithmetic (factors
 * stored in FP32 are widened as they are read), in place: z[i + j ldz], nrhs
 * columns (in tiles ldz is n). The factors are read from memory once for all of
 * them. A column's bits do not depend on nrhs or threads. On a device that
 * fails: NaN, and sunzi_factors_status. */
void sunzi_factors_solve(sunzi_context *ctx, const sunzi_factors *factors,
                         bool transposed, int nrhs, double *z, int64_t ldz);

/* max |U| / max |S| (LU), 1 for Cholesky; not of factors in tiles. */
double sunzi_factors_growth(const sunzi_factors *factors);
/* Row interchanges, 1-based as LAPACK's ipiv, NULL for Cholesky. They are those
 * of S if the factors are of S and those of S^T (column interchanges)
 * otherwise. */
const int *sunzi_factors_pivots(const sunzi_factors *factors,
                                bool *of_transpose);
size_t sunzi_factors_bytes(const sunzi_factors *factors);

#endif
