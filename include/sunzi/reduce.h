/* SPDX-License-Identifier: BSD-3-Clause */
/** \file
 * Reproducible sum, dot product and 2-norm of FP64 vectors.
 *
 * The sum of the n terms is exact, and it is rounded once to the nearest FP64
 * number (ties to even). The bits of a result are therefore a function of the
 * terms alone: not of their order, the number of threads, or the engine. They
 * are also the most accurate ones: half a unit in the last place, whatever
 * cancels.
 *
 * Range: no partial sum or product overflows or underflows; the result is an
 * infinity, a subnormal number or zero only where its one rounding says so.
 * Special values: NaN if a term is NaN (an infinity times zero, too) or if
 * infinities of both signs are among the terms; else the infinity. A sum that
 * is exactly zero is +0, also that of -0 terms and that of no terms; a nonzero
 * dot product that is rounded to zero keeps its sign. No sign or payload of a
 * NaN is promised.
 *
 * Vectors are those of the BLAS: element i, 0 <= i < n, of x is x[i * incx],
 * with a negative incx x[(i - n + 1) * incx]. They may overlap.
 *
 * Cost: one pass over the vectors. Where the terms of a block of 1024 span
 * fewer than about 2^70 (2^35 below the largest term all have their full
 * mantissa), about that of the BLAS for vectors in memory; else about 5 ns a
 * term. Threads share vectors of 65536 elements and more. No workspace but the
 * stack's: 20 KiB a thread.
 *
 * Source: U. Kulisch, "Computer Arithmetic and Validity", de Gruyter 2008
 * (long accumulator); doc/numerics.md, section 5.
 */
#ifndef SUNZI_REDUCE_H
#define SUNZI_REDUCE_H

#include <stdint.h>
#include <sunzi/context.h>

#ifdef __cplusplus
extern "C" {
#endif

/** *result = sum of x_i, correctly rounded.
 *
 * n >= 0; incx may be anything but 0; x is not read (and may be NULL) for n ==
 * 0.
 * \return SUNZI_OK; SUNZI_ERR_ARG, SUNZI_ERR_ENGINE (*result untouched). */
SUNZI_API sunzi_status sunzi_dsum(sunzi_context *ctx, int64_t n,
                                  const double *x, int64_t incx,
                                  double *result);

/** *result = sum of x_i y_i, correctly rounded. Arguments and statuses as for
 * sunzi_dsum. */
SUNZI_API sunzi_status sunzi_ddot(sunzi_context *ctx, int64_t n,
                                  const double *x, int64_t incx,
                                  const double *y, int64_t incy,
                                  double *result);

/** *result = square root of the sum of x_i^2, correctly rounded: the root is
 * that of the exact sum, which neither overflows nor underflows. Arguments and
 * statuses as for sunzi_dsum. */
SUNZI_API sunzi_status sunzi_dnrm2(sunzi_context *ctx, int64_t n,
                                   const double *x, int64_t incx,
                                   double *result);

#ifdef __cplusplus
}
#endif
#endif
