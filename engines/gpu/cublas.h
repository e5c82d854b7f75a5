/* SPDX-License-Identifier: BSD-3-Clause */
/* The few declarations of cuBLAS that are used. */
#ifndef SUNZI_ENGINES_GPU_CUBLAS_H
#define SUNZI_ENGINES_GPU_CUBLAS_H

#include <sunzi/context.h>

enum { /* cudaDataType_t CUDA_R_... */
       CUBLAS_R_32F = 0,
       CUBLAS_R_64F = 1,
       CUBLAS_R_16F = 2,
       CUBLAS_R_8I = 3,
       CUBLAS_R_32I = 10,
       CUBLAS_R_16BF = 14
};
enum { /* cublasComputeType_t CUBLAS_COMPUTE_... */
       CUBLAS_32F = 68,
       CUBLAS_64F = 70,
       CUBLAS_32I = 72,
       CUBLAS_32F_TF32 = 77 /* 32F_FAST_TF32 */
};
enum {
    CUBLAS_N = 0, /* cublasOperation_t CUBLAS_OP_... */
    CUBLAS_T = 1,
    CUBLAS_DEFAULT = -1,      /* CUBLAS_GEMM_DEFAULT */
    CUBLAS_NOT_SUPPORTED = 15 /* CUBLAS_STATUS_NOT_SUPPORTED */
};

typedef struct sunzi_cublas_format {
    int operands, sums, compute;
} sunzi_cublas_format;
extern const sunzi_cublas_format sunzi_cublas_formats[SUNZI_UNIT_COUNT];

/* cublasGemmStridedBatchedEx */
typedef int sunzi_cublas_gemm(void *handle, int transa, int transb, int m,
                              int n, int k, const void *alpha, const void *a,
                              int a_type, int lda, long long stride_a,
                              const void *b, int b_type, int ldb,
                              long long stride_b, const void *beta, void *c,
                              int c_type, int ldc, long long stride_c,
                              int count, int compute, int algorithm);

#endif
