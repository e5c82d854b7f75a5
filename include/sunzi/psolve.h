/* SPDX-License-Identifier: BSD-3-Clause */
/** \file
 * Dense linear solves of FP64 quality with matrices that are distributed over
 * processes, block-cyclically as in ScaLAPACK (<sunzi/grid.h>).
 *
 * What <sunzi/solve.h> says of scaling, rungs, grades and statuses holds here.
 * All functions are collective over the communicator of the grid, including
 * processes outside of the grid, and return the same status on all of them.
 * Argument lists are ScaLAPACK's with context and grid in front: ia, ja count
 * from 1; sub(A) = A(ia : ia+n-1, ja : ja+n-1) has to begin with a block (ia -
 * 1 a multiple of mb, ja - 1 of nb); blocks may have any shape and sub(B) any
 * alignment of its own.
 *
 * Same bits: every number is formed in an order that depends on n only, so X,
 * the report's condition and the columns' figures do not depend on the number
 * of processes, on the shape of the grid, on the distribution of the arguments
 * or on threads: at every rung in a reproducible context, and in others at the
 * rungs int8, bf16, fp16 and emulated (at fp32 and fp64 updates are then those
 * of the BLAS, whose bits depend on the shape of what a process holds). The
 * engine must be the same on all processes.
 *
 * In a context with a device (each process has one, or shares it: SUNZI_DEVICE)
 * the updates of factors at the rung fp32, the O(n^3) part, are made there,
 * with the same bits in a reproducible context; in others, and then also at the
 * lower rungs of a general A, by the products of the device's own library where
 * it has one, whose bits nobody promises. Panels of 256 columns, rows of U,
 * triangles and residuals stay on the host, and so do factors at the rungs
 * emulated (but not their products) and fp64; engine_factor of the report's
 * attempts says who made them. What crosses: doc/distributed.md. Memory on the
 * device: 4 n^2 / P bytes and, for p = q, about 3100 n / p, at most 4 MiB more,
 * besides the operands of its own products. Where one process has no room for
 * it all return SUNZI_ERR_NOMEM, where one device fails SUNZI_ERR_DEVICE.
 *
 * Method: right-looking factors in tiles of 256 with look-ahead, vectors whole
 * on every process, sums over processes by tiles in their order. Cost a
 * process, of P in a grid of p x q: 2/3 n^3 / P operations at the rung; n^2 /
 * 2p
 * + n^2 / 2q numbers received for the factors in about 3 n / 256 messages (p >
 * 1: two small reductions a column more); a refinement step 4 n^2 / P
 * operations for each right-hand side, and for each 16 of them (with A above
 * grade backward: 8) two messages a tile of 256 rows of each triangle, one to
 * each other process of a grid row, and three reductions, of a number for each
 * unknown (with A above grade backward: two). Memory a process: the factors (4
 * n^2 / P bytes up to fp32, 8 above); sub(A) once more unless it is already in
 * tiles (mb = nb = 256 and its first block on the first process); what
 * <sunzi/solve.h> says of vectors; the right-hand sides and solutions (24 n
 * nrhs bytes); partial sums of 0.4 n^2 / P bytes for one right-hand side, 1.5
 * n^2 / P for six or more. workspace_bytes of the report is of this process and
 * counts all of it.
 */
#ifndef SUNZI_PSOLVE_H
#define SUNZI_PSOLVE_H

#include <sunzi/grid.h>
#include <sunzi/solve.h>

#ifdef __cplusplus
extern "C" {
#endif

/** As pdgesv: sub(A) sub(X) = sub(B), B is overwritten by X. Grade backward,
 * rung auto. A is NOT overwritten by factors. ipiv: NULL, or local rows of A,
 * the row of A (from 1) that each local row of sub(A) was exchanged with. NULL
 * is allowed for the data of a process that holds nothing.
 * SUNZI_OK; SUNZI_REACHED_*; SUNZI_ERR_SINGULAR, SUNZI_ERR_NONFINITE,
 * SUNZI_ERR_OVERFLOW, SUNZI_ERR_ARG (also arguments that differ between
 * processes), SUNZI_ERR_NOMEM, SUNZI_ERR_DEVICE, SUNZI_ERR_MPI: B untouched. */
SUNZI_API sunzi_status sunzi_pdgesv(sunzi_context *ctx, const sunzi_grid *grid,
                                    int n, int nrhs, const double *A, int ia,
                                    int ja, const int *desca, int *ipiv,
                                    double *B, int ib, int jb,
                                    const int *descb);

/** As pdposv: A is symmetric positive definite, only the triangle uplo ('U',
 * 'L') is read. */
SUNZI_API sunzi_status sunzi_pdposv(sunzi_context *ctx, const sunzi_grid *grid,
                                    char uplo, int n, int nrhs, const double *A,
                                    int ia, int ja, const int *desca, double *B,
                                    int ib, int jb, const int *descb);

/** Expert form: X apart from B (it may be B with the same descriptor), options
 * (NULL: defaults; a positive definite A has its lower triangle read), a report
 * and one for each column of X (NULL: not wanted), the same on all processes
 * but for times. Example: examples/40_distributed_solve_mpi.c */
SUNZI_API sunzi_status sunzi_pdsolve(
    sunzi_context *ctx, const sunzi_grid *grid, int n, int nrhs,
    const double *A, int ia, int ja, const int *desca, const double *B, int ib,
    int jb, const int *descb, double *X, int ix, int jx, const int *descx,
    const sunzi_solve_options *options, sunzi_solve_report *report,
    sunzi_column_report *columns);

#ifdef __cplusplus
}
#endif
#endif
