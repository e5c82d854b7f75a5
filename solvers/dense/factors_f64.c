/* SPDX-License-Identifier: BSD-3-Clause */
/* Recursive factorizations stored in FP64: the rung emulated, and fp64 where
 * the same bits are promised. */
#include <float.h>
#include <math.h>
#include <string.h>

#include <cblas.h>

#include "core/blas.h"
#include "solvers/dense/tiles_device.h"

/* Stripes of C, so that bits do not depend on threads. */
static void ordered_stripes(sunzi_lu_job *job, int m, int n, int k,
                            const double *a, int64_t lda, const double *b,
                            int64_t ldb, double *c, int64_t ldc,
                            bool lower_only)
{
    enum { ROWS = 120, COLS = 256 };
    const bool parallel = (double)m * n * k > 1 << 17;
    const bool by_rows = m >= n || lower_only;
    const int count = by_rows ? m : n, chunk = by_rows ? ROWS : COLS;
#pragma omp parallel for if (parallel) schedule(dynamic)                       \
    num_threads(job->threads)
    for (int s = 0; s < count; s += chunk) {
        const int size = count - s < chunk ? count - s : chunk;
        const int cols = lower_only ? (s + size < n ? s + size : n) : n;
        if (by_rows)
            job->ctx->engine->ordered_f64(size, cols, k, true, a + s * lda, lda,
                                          1, b, ldb, c + s * ldc, ldc);
        else
            job->ctx->engine->ordered_f64(m, size, k, true, a, lda, 1, b + s,
                                          ldb, c + s, ldc);
    }
}

/* FP64 of a fixed order; b that lies by columns is transposed in parts. */
static void ordered_update(sunzi_lu_job *job, int m, int n, int k,
                           const double *a, int64_t lda, const double *b,
                           int64_t b_row, int64_t b_col, double *c, int64_t ldc,
                           bool lower_only)
{
    double *transposed = job->scratch;
    if (b_col == 1) {
        ordered_stripes(job, m, n, k, a, lda, b, b_row, c, ldc, lower_only);
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
        ordered_stripes(job, m, n, depth, a + h0, lda, transposed, n, c, ldc,
                        lower_only);
    }
}

static void emulated_update(sunzi_lu_job *job, int m, int n, int k,
                            const double *a, int64_t lda, const double *b,
                            int64_t ldb, bool b_by_columns, double *c,
                            int64_t ldc, const sunzi_product_options *options)
{
    const sunzi_status status = sunzi_dgemm_expert(
        job->ctx, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS,
        b_by_columns ? SUNZI_TRANS : SUNZI_NO_TRANS, m, n, k, -1.0, a, (int)lda,
        b, (int)ldb, 1.0, c, (int)ldc, options, NULL);
    if (status < 0)
        job->status = status;
}

static void update_f64(sunzi_lu_job *job, int m, int n, int k, const double *a,
                       int64_t lda, const double *b, int64_t b_row,
                       int64_t b_col, double *c, int64_t ldc, bool lower_only)
{
    sunzi_product_options options;
    if (job->factor == SUNZI_FACTOR_FP64 || k < SUNZI_LU_EMULATED_DEPTH) {
        ordered_update(job, m, n, k, a, lda, b, b_row, b_col, c, ldc,
                       lower_only);
        return;
    }
    sunzi_product_options_init(&options);
    options.method = SUNZI_PRODUCT_EMULATED;
    if (!lower_only) {
        emulated_update(job, m, n, k, a, lda, b, b_col == 1 ? b_row : b_col,
                        b_col != 1, c, ldc, &options);
        return;
    }
    const sunzi_status status = sunzi_dsyrk_expert(
        job->ctx, SUNZI_ROW_MAJOR, SUNZI_LOWER, SUNZI_NO_TRANS, n, k, -1.0, a,
        (int)lda, 1.0, c, (int)ldc, &options, NULL);
    if (status < 0)
        job->status = status;
}

/* The updates of distributed factors. The emulated ones may not look at more
 * than a row and a column to form an entry: others may be on other processes.
 */
static void tile_update_f64(sunzi_lu_job *job, int m, int n, int k,
                            const double *a, int64_t lda, const double *b,
                            int64_t b_row, int64_t b_col, double *c,
                            int64_t ldc)
{
    sunzi_product_options options;
    if (m == 0 || n == 0)
        return;
    if (job->factor == SUNZI_FACTOR_EMULATED) {
        sunzi_product_options_init(&options);
        options.method = SUNZI_PRODUCT_EMULATED;
        options.moduli = SUNZI_TILE_MODULI;
        options.unbalanced = 1;
        emulated_update(job, m, n, k, a, lda, b, b_col == 1 ? b_row : b_col,
                        b_col != 1, c, ldc, &options);
    } else if (job->ctx->reproducible) {
        ordered_update(job, m, n, k, a, lda, b, b_row, b_col, c, ldc, false);
    } else {
        const int callers = sunzi_blas_threads_use(job->ctx);
        cblas_dgemm(CblasRowMajor, CblasNoTrans,
                    b_col == 1 ? CblasNoTrans : CblasTrans, m, n, k, -1, a,
                    (int)lda, b, (int)(b_col == 1 ? b_row : b_col), 1, c,
                    (int)ldc);
        sunzi_blas_threads_restore(callers);
    }
}

#define LU_REAL       double
#define LU_NAME(name) name##_f64
#define LU_OP(name)   name##_f64
#define LU_FMA        fma
#define LU_SQRT       sqrt
#define LU_ABS        fabs
#define LU_MAX        DBL_MAX
#include "solvers/dense/lu_template.h"
#include "solvers/dense/tiles_template.h"

int sunzi_lu_f64(sunzi_lu_job *job, int n, double *a, int *pivots)
{
    return factorize_f64(job, n, n, a, pivots);
}

int sunzi_cholesky_f64(sunzi_lu_job *job, int n, double *a)
{
    return cholesky_f64(job, n, a, job->ld);
}

int sunzi_tiles_f64(sunzi_tile_job *job, double *a)
{
    return tiles_factorize_f64(job, a);
}
