/* SPDX-License-Identifier: BSD-3-Clause */
/* NVIDIA: cuBLAS, whose GemmStridedBatchedEx has all formats. The numbers are
 * those of library_types.h and cublas_api.h; tests/engines/test_cublas_values
 * compares them with the headers where these are. */
#include "engines/gpu/cublas.h"

#include "engines/gpu/blas.h"

static const char *const files[] = {
    "libcublas.so.13", "libcublas.so.12", "libcublas.so.11", "libcublas.so",
    /* where the toolkit is not in the loader's path */
    "/usr/local/cuda/lib64/libcublas.so", NULL};
static const char *const names[SUNZI_GPU_BLAS_FUNCTIONS] = {
    "cublasCreate_v2", "cublasDestroy_v2", "cublasGemmStridedBatchedEx"};

const sunzi_cublas_format sunzi_cublas_formats[SUNZI_UNIT_COUNT] = {
    [SUNZI_UNIT_INT8] = {CUBLAS_R_8I, CUBLAS_R_32I, CUBLAS_32I},
    [SUNZI_UNIT_FP16] = {CUBLAS_R_16F, CUBLAS_R_32F, CUBLAS_32F},
    [SUNZI_UNIT_BF16] = {CUBLAS_R_16BF, CUBLAS_R_32F, CUBLAS_32F},
    [SUNZI_UNIT_TF32] = {CUBLAS_R_32F, CUBLAS_R_32F, CUBLAS_32F_TF32},
    [SUNZI_UNIT_FP32] = {CUBLAS_R_32F, CUBLAS_R_32F, CUBLAS_32F},
    [SUNZI_UNIT_FP64] = {CUBLAS_R_64F, CUBLAS_R_64F, CUBLAS_64F},
};

/* cuBLAS computes TF32 products in FP32 where there is no such unit. */
static const char *lacks(sunzi_unit unit, int major, int minor)
{
    (void)minor;
    if ((unit == SUNZI_UNIT_BF16 || unit == SUNZI_UNIT_TF32) && major < 8)
        return "needs compute capability 8.0";
    if (unit == SUNZI_UNIT_FP16 && major < 7)
        return "needs compute capability 7.0";
    return NULL;
}

static gpu_status multiply(const sunzi_gpu_blas *blas, const sunzi_gpu_gemm *g)
{
    const sunzi_cublas_format *f = &sunzi_cublas_formats[g->unit];
    sunzi_cublas_gemm *gemm = (sunzi_cublas_gemm *)blas->call.gemm;
    return gemm(blas->handle, g->a_transposed ? CUBLAS_T : CUBLAS_N,
                g->b_transposed ? CUBLAS_T : CUBLAS_N, g->m, g->n, g->k,
                g->alpha, g->a, f->operands, g->lda, g->stride_a, g->b,
                f->operands, g->ldb, g->stride_b, g->beta, g->c, f->sums,
                g->ldc, g->stride_c, g->count, f->compute, CUBLAS_DEFAULT);
}

const sunzi_gpu_blas_vendor sunzi_gpu_cublas = {
    .name = "cuBLAS",
    .install = "install the CUDA toolkit's cuBLAS, version 11 or later",
    .files = files,
    .names = names,
    .not_supported = CUBLAS_NOT_SUPPORTED,
    .lacks = lacks,
    .multiply = multiply,
};
