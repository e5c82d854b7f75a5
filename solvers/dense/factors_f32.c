/* SPDX-License-Identifier: BSD-3-Clause */
/* Recursive factorizations stored in FP32: the rungs int8, bf16, fp16 and fp32.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include <cblas.h>

#include "core/blas.h"
#include "precision/update.h"
#include "solvers/dense/tiles_device.h"

static void update_f32(sunzi_lu_job *job, int m, int n, int k, const float *a,
                       int64_t lda, const float *b, int64_t b_row,
                       int64_t b_col, float *c, int64_t ldc, bool lower_only)
{
    const bool low = k >= SUNZI_LU_LOW_DEPTH;
    sunzi_update(job->ctx, low ? job->factor : SUNZI_FACTOR_FP32, m, n, k, a,
                 lda, 1, b, b_row, b_col, c, ldc, lower_only, job->scratch);
}

/* The updates of distributed factors: as above, or by the BLAS. */
static void tile_update_f32(sunzi_lu_job *job, int m, int n, int k,
                            const float *a, int64_t lda, const float *b,
                            int64_t b_row, int64_t b_col, float *c, int64_t ldc)
{
    if (job->factor != SUNZI_FACTOR_FP32 || job->ctx->reproducible) {
        update_f32(job, m, n, k, a, lda, b, b_row, b_col, c, ldc, false);
        return;
    }
    const int callers = sunzi_blas_threads_use(job->ctx);
    cblas_sgemm(CblasRowMajor, CblasNoTrans,
                b_col == 1 ? CblasNoTrans : CblasTrans, m, n, k, -1, a,
                (int)lda, b, (int)(b_col == 1 ? b_row : b_col), 1, c, (int)ldc);
    sunzi_blas_threads_restore(callers);
}

#define LU_REAL       float
#define LU_NAME(name) name##_f32
#define LU_OP(name)   name##_f32
#define LU_FMA        fmaf
#define LU_SQRT       sqrtf
#define LU_ABS        fabsf
#define LU_MAX        FLT_MAX
#include "solvers/dense/lu_template.h"
#include "solvers/dense/tiles_template.h"

int sunzi_lu_f32(sunzi_lu_job *job, int n, float *a, int *pivots)
{
    return factorize_f32(job, n, n, a, pivots);
}

int sunzi_cholesky_f32(sunzi_lu_job *job, int n, float *a)
{
    return cholesky_f32(job, n, a, job->ld);
}

int sunzi_tiles_f32(sunzi_tile_job *job, float *a)
{
    return tiles_factorize_f32(job, a);
}
