/* SPDX-License-Identifier: BSD-3-Clause */
/** \file
 * Reproducible sums, dot products and norms of FP64 vectors that one process
 * holds, or many.
 *
 * The sum of all terms is exact, and it is rounded once to the nearest FP64
 * number (ties to even). The bits of a result are therefore a function of the
 * terms alone: not of their order, the number of processes, what each of them
 * holds, the number of threads, or the engine. They are also the most accurate
 * ones: half a unit in the last place, whatever cancels.
 *
 * Range: no partial sum or product overflows or underflows; the result is an
 * infinity, a subnormal number or zero only where its one rounding says so.
 * Special values: NaN if a term is NaN (an infinity times zero, too) or if
 * infinities of both signs are among the terms; else the infinity. A sum that
 * is exactly zero is +0, but -0 if there are terms and all of them are -0. A
 * nonzero dot product that is rounded to zero keeps its sign. No sign or
 * payload of a NaN is promised.
 *
 * Vectors are those of the BLAS: element i, 0 <= i < n, of x is x[i * incx],
 * with a negative incx x[(i - n + 1) * incx]. They may overlap. n, x and y are
 * the calling process's own part and may differ between processes; n = 0 is
 * allowed anywhere.
 *
 * All functions are collective over comm (NULL: the process alone). All
 * processes get the same *result, and the same status also when only one of
 * them failed; *result is untouched then. Contexts may differ between
 * processes.
 *
 * Cost: one pass over the vectors and one reduction of 140 integers. With the
 * vector engines, where the terms of a block of 512 span less than about 2^27
 * (zeros apart): about the time of the BLAS for vectors in memory, twice that
 * in cache; up to 2^150: 1.5 times and 4 times; else 3 (sums) to 9 ns a term,
 * as with the portable engine always. Each call costs up to a microsecond.
 * Threads share vectors of 65536 elements and more. No workspace but the
 * stack's: 20 KiB a thread.
 *
 * Source: U. Kulisch, "Computer Arithmetic and Validity", de Gruyter 2008 (long
 * accumulator); J. Demmel, H. D. Nguyen, IEEE Trans. Comput. 64 (2015) 2060
 * (cuts at fixed places); doc/numerics.md, section 5.
 */
#ifndef SUNZI_REDUCE_H
#define SUNZI_REDUCE_H

#include <stdint.h>
#include <sunzi/comm.h>
#include <sunzi/context.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Collective. *result = sum of x_i, correctly rounded.
 *
 * n >= 0; incx may be anything but 0; x is not read (and may be NULL) for n ==
 * 0.
 * \return SUNZI_OK; SUNZI_ERR_ARG, SUNZI_ERR_ENGINE, SUNZI_ERR_NOMEM (both of a
 * NULL context that is used for the first time), SUNZI_ERR_MPI. */
SUNZI_API sunzi_status sunzi_dsum(sunzi_context *ctx, sunzi_comm *comm,
                                  int64_t n, const double *x, int64_t incx,
                                  double *result);

/** Collective. *result = sum of |x_i|, correctly rounded. Arguments and
 * statuses as for sunzi_dsum. */
SUNZI_API sunzi_status sunzi_dasum(sunzi_context *ctx, sunzi_comm *comm,
                                   int64_t n, const double *x, int64_t incx,
                                   double *result);

/** Collective. *result = sum of x_i y_i, correctly rounded. Arguments and
 * statuses as for sunzi_dsum. */
SUNZI_API sunzi_status sunzi_ddot(sunzi_context *ctx, sunzi_comm *comm,
                                  int64_t n, const double *x, int64_t incx,
                                  const double *y, int64_t incy,
                                  double *result);

/** Collective. *result = square root of the sum of x_i^2, correctly rounded:
 * the root is that of the exact sum, which neither overflows nor underflows.
 * Arguments and statuses as for sunzi_dsum. */
SUNZI_API sunzi_status sunzi_dnrm2(sunzi_context *ctx, sunzi_comm *comm,
                                   int64_t n, const double *x, int64_t incx,
                                   double *result);

#ifdef __cplusplus
}
#endif
#endif
