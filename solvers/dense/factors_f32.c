/* SPDX-License-Identifier: BSD-3-Clause */
/* Recursive factorizations stored in FP32: the rungs int8, bf16, fp16 and fp32.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "precision/update.h"
#include "solvers/dense/factors_job.h"

static void update_f32(sunzi_lu_job *job, int m, int n, int k, const float *a,
                       const float *b, int64_t b_row, int64_t b_col, float *c,
                       bool lower_only)
{
    const bool low = k >= SUNZI_LU_LOW_DEPTH;
    sunzi_update(job->ctx, low ? job->factor : SUNZI_FACTOR_FP32, m, n, k, a,
                 job->ld, 1, b, b_row, b_col, c, job->ld, lower_only,
                 job->scratch);
}

#define LU_REAL       float
#define LU_NAME(name) name##_f32
#define LU_OP(name)   name##_f32
#define LU_FMA        fmaf
#define LU_SQRT       sqrtf
#define LU_MAX        FLT_MAX
#include "solvers/dense/lu_template.h"

int sunzi_lu_f32(sunzi_lu_job *job, int n, float *a, int *pivots)
{
    return factorize_f32(job, n, n, a, pivots);
}

int sunzi_cholesky_f32(sunzi_lu_job *job, int n, float *a)
{
    return cholesky_f32(job, n, a);
}
