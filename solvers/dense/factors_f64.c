/* SPDX-License-Identifier: BSD-3-Clause */
/* Recursive factorizations stored in FP64: the rung emulated, and fp64 where
 * the same bits are promised. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "solvers/dense/factors_job.h"

/* Stripes of C, so that bits do not depend on threads. */
static void ordered_stripes(sunzi_lu_job *job, int m, int n, int k,
                            const double *a, const double *b, int64_t ldb,
                            double *c, bool lower_only)
{
    enum { ROWS = 120, COLS = 256 };
    const bool parallel = (double)m * n * k > 1 << 17;
    const int64_t ld = job->ld;
    const bool by_rows = m >= n || lower_only;
    const int count = by_rows ? m : n, chunk = by_rows ? ROWS : COLS;
#pragma omp parallel for if (parallel) schedule(dynamic)                       \
    num_threads(job->threads)
    for (int s = 0; s < count; s += chunk) {
        const int size = count - s < chunk ? count - s : chunk;
        const int cols = lower_only ? (s + size < n ? s + size : n) : n;
        if (by_rows)
            job->ctx->engine->ordered_f64(size, cols, k, true, a + s * ld, ld,
                                          1, b, ldb, c + s * ld, ld);
        else
            job->ctx->engine->ordered_f64(m, size, k, true, a, ld, 1, b + s,
                                          ldb, c + s, ld);
    }
}

/* FP64 of a fixed order; b that lies by columns is transposed in parts. */
static void ordered_update(sunzi_lu_job *job, int m, int n, int k,
                           const double *a, const double *b, int64_t b_row,
                           int64_t b_col, double *c, bool lower_only)
{
    double *transposed = job->scratch;
    if (b_col == 1) {
        ordered_stripes(job, m, n, k, a, b, b_row, c, lower_only);
        return;
    }
    for (int h0 = 0; h0 < k; h0 += SUNZI_LU_EMULATED_DEPTH) {
        const int left = k - h0;
        const int depth =
            left < SUNZI_LU_EMULATED_DEPTH ? left : SUNZI_LU_EMULATED_DEPTH;
        for (int j = 0; j < n; j++)
            for (int h = 0; h < depth; h++)
                transposed[(int64_t)h * n + j] =
                    b[(h0 + h) * b_row + j * b_col];
        ordered_stripes(job, m, n, depth, a + h0, transposed, n, c, lower_only);
    }
}

static void update_f64(sunzi_lu_job *job, int m, int n, int k, const double *a,
                       const double *b, int64_t b_row, int64_t b_col, double *c,
                       bool lower_only)
{
    const int ld = (int)job->ld;
    sunzi_product_options options;
    if (job->factor == SUNZI_FACTOR_FP64 || k < SUNZI_LU_EMULATED_DEPTH) {
        ordered_update(job, m, n, k, a, b, b_row, b_col, c, lower_only);
        return;
    }
    sunzi_product_options_init(&options);
    options.method = SUNZI_PRODUCT_EMULATED;
    const sunzi_status status =
        lower_only
            ? sunzi_dsyrk_expert(job->ctx, SUNZI_ROW_MAJOR, SUNZI_LOWER,
                                 SUNZI_NO_TRANS, n, k, -1.0, a, ld, 1.0, c, ld,
                                 &options, NULL)
            : sunzi_dgemm_expert(job->ctx, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS,
                                 b_col == 1 ? SUNZI_NO_TRANS : SUNZI_TRANS, m,
                                 n, k, -1.0, a, ld, b, ld, 1.0, c, ld, &options,
                                 NULL);
    if (status < 0)
        job->status = status;
}

#define LU_REAL       double
#define LU_NAME(name) name##_f64
#define LU_OP(name)   name##_f64
#define LU_FMA        fma
#define LU_SQRT       sqrt
#define LU_MAX        DBL_MAX
#include "solvers/dense/lu_template.h"

int sunzi_lu_f64(sunzi_lu_job *job, int n, double *a, int *pivots)
{
    return factorize_f64(job, n, n, a, pivots);
}

int sunzi_cholesky_f64(sunzi_lu_job *job, int n, double *a)
{
    return cholesky_f64(job, n, a);
}
