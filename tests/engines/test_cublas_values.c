/* SPDX-License-Identifier: BSD-3-Clause */
/* The hand-written numbers of cuBLAS and of the driver's attributes are those
 * of NVIDIA's headers, where these are. What is compared is compared by the
 * compiler. */
#include <stdio.h>

#if __has_include(<cublas_v2.h>) && __has_include(<cuda.h>)
#include <cublas_v2.h>
#include <cuda.h>

#include "engines/gpu/blas.h"
#include "engines/gpu/cublas.h"

#define SAME(ours, theirs)                                                     \
    _Static_assert((int)(ours) == (int)(theirs), #ours " is not " #theirs)
SAME(CUBLAS_R_8I, CUDA_R_8I);
SAME(CUBLAS_R_32I, CUDA_R_32I);
SAME(CUBLAS_R_16F, CUDA_R_16F);
SAME(CUBLAS_R_16BF, CUDA_R_16BF);
SAME(CUBLAS_R_32F, CUDA_R_32F);
SAME(CUBLAS_R_64F, CUDA_R_64F);
SAME(CUBLAS_32I, CUBLAS_COMPUTE_32I);
SAME(CUBLAS_32F, CUBLAS_COMPUTE_32F);
SAME(CUBLAS_32F_TF32, CUBLAS_COMPUTE_32F_FAST_TF32);
SAME(CUBLAS_64F, CUBLAS_COMPUTE_64F);
SAME(CUBLAS_N, CUBLAS_OP_N);
SAME(CUBLAS_T, CUBLAS_OP_T);
SAME(CUBLAS_DEFAULT, CUBLAS_GEMM_DEFAULT);
SAME(CUBLAS_NOT_SUPPORTED, CUBLAS_STATUS_NOT_SUPPORTED);

/* The function has these types, but for enumerations, which are integers. */
typedef cublasStatus_t theirs(cublasHandle_t, cublasOperation_t,
                              cublasOperation_t, int, int, int, const void *,
                              const void *, cudaDataType, int, long long int,
                              const void *, cudaDataType, int, long long int,
                              const void *, void *, cudaDataType, int,
                              long long int, int, cublasComputeType_t,
                              cublasGemmAlgo_t);
_Static_assert(__builtin_types_compatible_p(
                   __typeof__(cublasGemmStridedBatchedEx), theirs),
               "the types of the product");
_Static_assert(sizeof(cudaDataType) == sizeof(int) &&
                   sizeof(cublasComputeType_t) == sizeof(int) &&
                   sizeof(cublasOperation_t) == sizeof(int) &&
                   sizeof(cublasGemmAlgo_t) == sizeof(int),
               "enumerations are integers");

static int wrong(const char *what, int ours, int real)
{
    if (ours != real)
        printf("%s: %d, cuda.h has %d\n", what, ours, real);
    return ours != real;
}

int main(void)
{
    const sunzi_gpu_vendor *v = &sunzi_gpu_cuda;
    return wrong("units", v->units, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT) |
           wrong("major", v->major,
                 CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR) |
           wrong("minor", v->minor,
                 CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR) |
           wrong("clock", v->clock, CU_DEVICE_ATTRIBUTE_CLOCK_RATE) |
           wrong("memory clock", v->memory_clock,
                 CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE) |
           wrong("bus", v->bus, CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH);
}
#else
int main(void)
{
    puts("skipped: no headers of cuBLAS (configure with "
         "CPPFLAGS=-I/usr/local/cuda/include)");
    return 77;
}
#endif
