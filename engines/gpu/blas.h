/* SPDX-License-Identifier: BSD-3-Clause */
/* A vendor's library of matrix products, opened at run time when a product is
 * first asked for: a handle, and one function for all formats. Only the few
 * declarations below are needed. Sources: cublas_v2.h of CUDA 11 to 13,
 * rocblas.h of ROCm 5. */
#ifndef SUNZI_ENGINES_GPU_BLAS_H
#define SUNZI_ENGINES_GPU_BLAS_H

#include "engines/gpu/driver.h"

/* The functions, in the order of their names. */
typedef struct sunzi_gpu_blas_functions {
    gpu_status (*create)(void **handle);
    gpu_status (*destroy)(void *handle);
    void (*gemm)(void); /* of the vendor's own type */
} sunzi_gpu_blas_functions;

enum {
    SUNZI_GPU_BLAS_FUNCTIONS =
        sizeof(sunzi_gpu_blas_functions) / sizeof(gpu_status(*)(void))
};

/* In a device's state; zeros before the first use. */
typedef struct sunzi_gpu_blas {
    sunzi_gpu_blas_functions call;
    void *handle;
} sunzi_gpu_blas;

/* A strided batch as vendors have it, column-major: C := alpha op(A) op(B) +
 * beta C, op(A) of shape [m, k]; alpha and beta are numbers of the sums' type.
 */
typedef struct sunzi_gpu_gemm {
    sunzi_unit unit;
    bool a_transposed, b_transposed;
    int m, n, k, count;
    const void *alpha, *beta, *a, *b;
    void *c;
    int lda, ldb, ldc;
    int64_t stride_a, stride_b, stride_c;
} sunzi_gpu_gemm;

typedef struct sunzi_gpu_blas_vendor {
    const char *name, *install;
    const char *const *files, *const *names;
    int not_supported; /* the status for a product that it has not */
    /* Does the architecture have the unit? Static text says what it lacks. */
    const char *(*lacks)(sunzi_unit unit, int major, int minor);
    gpu_status (*multiply)(const sunzi_gpu_blas *blas, const sunzi_gpu_gemm *g);
} sunzi_gpu_blas_vendor;

extern const sunzi_gpu_blas_vendor sunzi_gpu_cublas, sunzi_gpu_rocblas;

int sunzi_gpu_blas_available(const sunzi_gpu_blas_vendor *vendor, char *why,
                             size_t why_bytes);
/* The rest needs the device's context; has opens the library. */
int sunzi_gpu_blas_has(const sunzi_gpu_blas_vendor *vendor,
                       sunzi_gpu_blas *blas, int major, int minor,
                       sunzi_unit unit, char *why, size_t why_bytes);
sunzi_status sunzi_gpu_blas_multiply(const sunzi_gpu_blas_vendor *vendor,
                                     const sunzi_gpu_blas *blas,
                                     const char *device,
                                     const sunzi_device_product *product);
void sunzi_gpu_blas_close(sunzi_gpu_blas *blas);

#endif
