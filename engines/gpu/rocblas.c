/* SPDX-License-Identifier: BSD-3-Clause */
/* AMD: rocBLAS, whose gemm_strided_batched_ex has all formats but TF32.
 * Numbers: rocblas-types.h of ROCm 5. */
#include "engines/gpu/rocblas.h"

#include "engines/gpu/blas.h"

/* those made for version 5 of the runtime (engines/gpu/hip.c) */
static const char *const files[] = {"librocblas.so.3", "librocblas.so.0",
                                    "librocblas.so", NULL};
static const char *const names[SUNZI_GPU_BLAS_FUNCTIONS] = {
    "rocblas_create_handle", "rocblas_destroy_handle",
    "rocblas_gemm_strided_batched_ex"};

typedef struct format {
    int operands, sums;
} format;

static const format formats[SUNZI_UNIT_COUNT] = {
    [SUNZI_UNIT_INT8] = {ROCBLAS_I8, ROCBLAS_I32},
    [SUNZI_UNIT_FP16] = {ROCBLAS_F16, ROCBLAS_F32},
    [SUNZI_UNIT_BF16] = {ROCBLAS_BF16, ROCBLAS_F32},
    [SUNZI_UNIT_FP32] = {ROCBLAS_F32, ROCBLAS_F32},
    [SUNZI_UNIT_FP64] = {ROCBLAS_F64, ROCBLAS_F64},
};

static const char *lacks(sunzi_unit unit, int major, int minor)
{
    (void)major;
    (void)minor;
    return unit == SUNZI_UNIT_TF32 ? "rocBLAS has no such products" : NULL;
}

static gpu_status multiply(const sunzi_gpu_blas *blas, const sunzi_gpu_gemm *g)
{
    const format *f = &formats[g->unit];
    sunzi_rocblas_gemm *gemm = (sunzi_rocblas_gemm *)blas->call.gemm;
    return gemm(blas->handle, g->a_transposed ? ROCBLAS_T : ROCBLAS_N,
                g->b_transposed ? ROCBLAS_T : ROCBLAS_N, g->m, g->n, g->k,
                g->alpha, g->a, f->operands, g->lda, g->stride_a, g->b,
                f->operands, g->ldb, g->stride_b, g->beta, g->c, f->sums,
                g->ldc, g->stride_c, g->c, f->sums, g->ldc, g->stride_c,
                g->count, f->sums, ROCBLAS_STANDARD, 0, 0);
}

const sunzi_gpu_blas_vendor sunzi_gpu_rocblas = {
    .name = "rocBLAS",
    .install = "install rocBLAS of ROCm 5",
    .files = files,
    .names = names,
    .not_supported = ROCBLAS_NOT_IMPLEMENTED,
    .lacks = lacks,
    .multiply = multiply,
};
