/* SPDX-License-Identifier: BSD-3-Clause */
/* What the recursive factorizations share (factors.c and its templates). */
#ifndef SUNZI_SOLVERS_DENSE_FACTORS_JOB_H
#define SUNZI_SOLVERS_DENSE_FACTORS_JOB_H

#include "core/context.h"
#include "engines/engine.h"
#include "solvers/dense/factors.h"

enum {
    SUNZI_LU_BASE = 16,          /* columns of the unblocked panel: one cache
                                    line of FP32 a row */
    SUNZI_LU_CHUNK = 256,        /* columns a task of solves and exchanges */
    SUNZI_LU_PARALLEL = 1 << 16, /* entries touched: fewer stay on one thread */
    SUNZI_LU_LOW_DEPTH = 64,     /* shallower updates stay in FP32 */
    SUNZI_LU_EMULATED_DEPTH = 128 /* shallower updates stay in ordered FP64 */
};

typedef struct sunzi_lu_job {
    sunzi_context *ctx;
    sunzi_factor factor; /* arithmetic of the large updates */
    int64_t ld;          /* of the matrix, rows are contiguous */
    int threads;
    void *work;          /* panel or diagonal-block room */
    void *scratch;       /* of sunzi_update */
    sunzi_status status; /* < 0: an emulated product failed */
} sunzi_lu_job;

/* Size of the first part of n > SUNZI_LU_BASE columns: about half, a multiple
 * of the base. */
static inline int sunzi_lu_split(int n)
{
    return (n / 2 + SUNZI_LU_BASE - 1) / SUNZI_LU_BASE * SUNZI_LU_BASE;
}

/* Recursive LU: 0, or the 1-based column without a usable pivot. pivots:
 * 0-based. */
int sunzi_lu_f32(sunzi_lu_job *job, int n, float *a, int *pivots);
int sunzi_lu_f64(sunzi_lu_job *job, int n, double *a, int *pivots);
/* Recursive Cholesky of the lower triangle: 0, or the 1-based order of the
 * leading block that is not positive definite. */
int sunzi_cholesky_f32(sunzi_lu_job *job, int n, float *a);
int sunzi_cholesky_f64(sunzi_lu_job *job, int n, double *a);

#endif
