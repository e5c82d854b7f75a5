/* SPDX-License-Identifier: BSD-3-Clause */
/* The few declarations of rocBLAS that are used. */
#ifndef SUNZI_ENGINES_GPU_ROCBLAS_H
#define SUNZI_ENGINES_GPU_ROCBLAS_H

#include <stdint.h>

enum { /* rocblas_datatype_..._r */
       ROCBLAS_F16 = 150,
       ROCBLAS_F32 = 151,
       ROCBLAS_F64 = 152,
       ROCBLAS_I8 = 160,
       ROCBLAS_I32 = 162,
       ROCBLAS_BF16 = 168
};
enum {
    ROCBLAS_N = 111, /* rocblas_operation_none, _transpose */
    ROCBLAS_T = 112,
    ROCBLAS_STANDARD = 0,       /* rocblas_gemm_algo_standard */
    ROCBLAS_NOT_IMPLEMENTED = 2 /* rocblas_status_not_implemented */
};

/* rocblas_gemm_strided_batched_ex: D = alpha op(A) op(B) + beta C */
typedef int sunzi_rocblas_gemm(void *handle, int transa, int transb, int m,
                               int n, int k, const void *alpha, const void *a,
                               int a_type, int lda, int64_t stride_a,
                               const void *b, int b_type, int ldb,
                               int64_t stride_b, const void *beta,
                               const void *c, int c_type, int ldc,
                               int64_t stride_c, void *d, int d_type, int ldd,
                               int64_t stride_d, int count, int compute,
                               int algorithm, int32_t solution, uint32_t flags);

#endif
