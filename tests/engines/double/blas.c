/* SPDX-License-Identifier: BSD-3-Clause */
/* A double of cuBLAS and rocBLAS in the functions that engines/gpu uses, from
 * their documented contracts: column-major strided batches, plain loops on the
 * addresses of the double of a GPU. What the libraries refuse is refused: INT8
 * products need the first operand transposed and the second not, pointers and
 * leading dimensions that are multiples of 4, m and k multiples of 4. What they
 * may not check is a misuse here: bytes outside of an allocation, sums beyond
 * int32.
 *
 * Points of faults: blas_create, blas_gemm (does not do it), blas_wrong (does
 * it wrongly). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engines/gpu/cublas.h"
#include "engines/gpu/rocblas.h"
#include "tests/engines/double/faults.h"

__extension__ typedef _Float16 sixteen;

/* CUBLAS_STATUS_... that rocBLAS has by other numbers */
typedef struct codes {
    int invalid_value, not_supported, failed;
} codes;

typedef enum format { I8, I32, F16, BF16, TF32, F32, F64, UNKNOWN } format;

typedef struct matrix {
    const void *data;
    format f;
    int ld;
    int64_t stride;
    bool transposed;
} matrix;

typedef struct product {
    int m, n, k, count;
    const void *alpha, *beta;
    matrix a, b, c;
} product;

static size_t size_of(format f)
{
    return f == I8 ? 1 : f == F16 || f == BF16 ? 2 : f == F64 ? 8 : 4;
}

static float tf32(float x) /* 10 bits of fraction, nearest, ties away */
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits = (bits + 0x1000) & 0xFFFFE000;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static double number(const matrix *a, int64_t at)
{
    switch (a->f) {
    case I8:
        return ((const int8_t *)a->data)[at];
    case I32:
        return ((const int32_t *)a->data)[at];
    case F16:
        return (double)((const sixteen *)a->data)[at];
    case BF16: {
        const uint32_t bits = (uint32_t)((const uint16_t *)a->data)[at] << 16;
        float x;
        memcpy(&x, &bits, sizeof x);
        return (double)x;
    }
    case TF32:
        return (double)tf32(((const float *)a->data)[at]);
    case F32:
        return (double)((const float *)a->data)[at];
    default:
        return ((const double *)a->data)[at];
    }
}

/* [rows][ld] numbers of op(matrix) of batch b, zeros behind `cols` of a row. */
static double *gather(const matrix *a, int b, int rows, int cols, int ld)
{
    double *x = calloc((size_t)rows * (size_t)ld, sizeof *x);
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < cols; j++)
            x[(size_t)i * (size_t)ld + (size_t)j] = number(
                a, b * a->stride + (a->transposed ? i * (int64_t)a->ld + j
                                                  : j * (int64_t)a->ld + i));
    return x;
}

static void store(const product *p, int64_t at, double sum)
{
    void *c = (void *)(uintptr_t)p->c.data;
    if (p->c.f == I32) {
        const int32_t alpha = *(const int32_t *)p->alpha;
        const int32_t beta = *(const int32_t *)p->beta;
        int32_t *to = (int32_t *)c + at;
        const double all = alpha * sum + (beta ? (double)beta * *to : 0);
        if (!(all >= INT_MIN && all <= INT_MAX))
            misuse("a sum of %g in an INT8 product", all);
        else
            *to = (int32_t)all;
    } else if (p->c.f == F64) {
        const double beta = *(const double *)p->beta;
        double *to = (double *)c + at;
        *to = *(const double *)p->alpha * sum + (beta != 0 ? beta * *to : 0);
    } else {
        const float beta = *(const float *)p->beta;
        float *to = (float *)c + at;
        *to = *(const float *)p->alpha * (float)sum +
              (beta != 0 ? beta * *to : 0);
    }
}

enum { WIDE = 16, DEEP = 256 }; /* columns, and terms of sums at a time */

/* Each sum in the order of its index. y: rows of `ld` numbers. */
static void add_terms(const double *x, const double *y, size_t ld, int k,
                      double *sum)
{
    double all[WIDE];
    memcpy(all, sum, sizeof all);
    for (int h = 0; h < k; h++)
        for (int j = 0; j < WIDE; j++)
            all[j] += x[h] * y[(size_t)h * ld + (size_t)j];
    memcpy(sum, all, sizeof all);
}

static void add_terms_fp32(const double *x, const double *y, size_t ld, int k,
                           double *sum)
{
    float all[WIDE];
    for (int j = 0; j < WIDE; j++)
        all[j] = (float)sum[j];
    for (int h = 0; h < k; h++)
        for (int j = 0; j < WIDE; j++)
            all[j] += (float)(x[h] * y[(size_t)h * ld + (size_t)j]);
    for (int j = 0; j < WIDE; j++)
        sum[j] = (double)all[j];
}

static void multiply(const product *p, int b)
{
    const size_t k = (size_t)p->k, m = (size_t)p->m;
    const size_t wide = ((size_t)p->n + WIDE - 1) / WIDE * WIDE;
    double *x = gather(&p->a, b, p->m, p->k, p->k);
    double *y = gather(&p->b, b, p->k, p->n, (int)wide);
    double *sum = calloc(m * wide, sizeof *sum);
    for (size_t h = 0; h < k; h += DEEP)
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < wide; j += WIDE)
                (p->c.f == F32 ? add_terms_fp32 : add_terms)(
                    x + i * k + h, y + h * wide + j, wide,
                    (int)(k - h < DEEP ? k - h : DEEP), sum + i * wide + j);
    for (int i = 0; i < p->m; i++)
        for (int j = 0; j < p->n; j++)
            store(p, b * p->c.stride + (int64_t)j * p->c.ld + i,
                  sum[(size_t)i * wide + (size_t)j]);
    free(sum);
    free(x);
    free(y);
}

/* Does the double of a GPU hold these bytes? */
static void check_bytes(const char *what, const matrix *a, int rows, int cols,
                        int count)
{
    static bool (*holds)(uint64_t, size_t);
    const int64_t numbers =
        (count - 1) * a->stride + (int64_t)(cols - 1) * a->ld + rows;
    if (!holds) {
        void *gpu = dlopen("libcuda.so.1", RTLD_NOW | RTLD_NOLOAD);
        if (!gpu)
            gpu = dlopen("libamdhip64.so.5", RTLD_NOW | RTLD_NOLOAD);
        void *symbol = gpu ? dlsym(gpu, "double_gpu_holds") : NULL;
        memcpy(&holds, &symbol, sizeof symbol);
    }
    if (!holds ||
        !holds((uint64_t)(uintptr_t)a->data, (size_t)numbers * size_of(a->f)))
        misuse("a product's %s is not in memory of the device", what);
}

static int run(const product *p, const codes *c)
{
    const int rows_a = p->a.transposed ? p->k : p->m;
    const int rows_b = p->b.transposed ? p->n : p->k;
    if (p->m < 0 || p->n < 0 || p->k < 0 || p->count < 0 || p->a.ld < rows_a ||
        p->b.ld < rows_b || p->c.ld < p->m)
        return c->invalid_value;
    if (p->a.f == UNKNOWN || p->c.f == UNKNOWN)
        return c->not_supported;
    if (p->a.f == I8 &&
        (!p->a.transposed || p->b.transposed || p->m % 4 || p->k % 4 ||
         p->a.ld % 4 || p->b.ld % 4 || p->c.ld % 4 ||
         ((uintptr_t)p->a.data | (uintptr_t)p->b.data | (uintptr_t)p->c.data) %
             4 ||
         (p->a.stride | p->b.stride | p->c.stride) % 4))
        return c->not_supported;
    if (p->m == 0 || p->n == 0 || p->count == 0)
        return 0;
    check_bytes("first operand", &p->a, rows_a, p->a.transposed ? p->m : p->k,
                p->count);
    check_bytes("second operand", &p->b, rows_b, p->b.transposed ? p->k : p->n,
                p->count);
    check_bytes("result", &p->c, p->m, p->n, p->count);
    if (fault_at("blas_gemm"))
        return c->failed;
    for (int b = 0; b < p->count; b++)
        multiply(p, b);
    if (fault_at("blas_wrong"))
        ((char *)(uintptr_t)p->c.data)[1] ^= 1;
    return 0;
}

/* ---- handles ---- */

static int make(void **handle, int failed)
{
    if (fault_at("blas_create"))
        return failed;
    *handle = malloc(1);
    hold(QUEUES, 1);
    return 0;
}

static int forget(void *handle)
{
    free(handle);
    hold(QUEUES, -1);
    return 0;
}

/* ---- cuBLAS ---- */

static format cublas_format(int type, int compute)
{
    switch (type) {
    case CUBLAS_R_8I:
        return I8;
    case CUBLAS_R_32I:
        return I32;
    case CUBLAS_R_16F:
        return F16;
    case CUBLAS_R_16BF:
        return BF16;
    case CUBLAS_R_32F:
        return compute == CUBLAS_32F_TF32 ? TF32 : F32;
    case CUBLAS_R_64F:
        return F64;
    default:
        return UNKNOWN;
    }
}

EXPORT int cublasCreate_v2(void **handle);
EXPORT int cublasDestroy_v2(void *handle);
EXPORT sunzi_cublas_gemm cublasGemmStridedBatchedEx;

int cublasCreate_v2(void **handle)
{
    return make(handle, 1);
}

int cublasDestroy_v2(void *handle)
{
    return forget(handle);
}

int cublasGemmStridedBatchedEx(void *handle, int transa, int transb, int m,
                               int n, int k, const void *alpha, const void *a,
                               int a_type, int lda, long long stride_a,
                               const void *b, int b_type, int ldb,
                               long long stride_b, const void *beta, void *c,
                               int c_type, int ldc, long long stride_c,
                               int count, int compute, int algorithm)
{
    static const codes of_cublas = {7, CUBLAS_NOT_SUPPORTED, 13};
    const int expected = c_type == CUBLAS_R_32I   ? CUBLAS_32I
                         : c_type == CUBLAS_R_64F ? CUBLAS_64F
                                                  : CUBLAS_32F;
    const product p = {
        m,
        n,
        k,
        count,
        alpha,
        beta,
        {a, cublas_format(a_type, compute), lda, stride_a, transa == CUBLAS_T},
        {b, cublas_format(b_type, compute), ldb, stride_b, transb == CUBLAS_T},
        {c, cublas_format(c_type, 0), ldc, stride_c, false}};
    if (!handle)
        return 1;
    if (a_type != b_type || algorithm != CUBLAS_DEFAULT ||
        (compute != expected &&
         !(compute == CUBLAS_32F_TF32 && a_type == CUBLAS_R_32F)))
        return of_cublas.not_supported;
    return run(&p, &of_cublas);
}

/* ---- rocBLAS ---- */

static format rocblas_format(int type)
{
    switch (type) {
    case ROCBLAS_I8:
        return I8;
    case ROCBLAS_I32:
        return I32;
    case ROCBLAS_F16:
        return F16;
    case ROCBLAS_BF16:
        return BF16;
    case ROCBLAS_F32:
        return F32;
    case ROCBLAS_F64:
        return F64;
    default:
        return UNKNOWN;
    }
}

EXPORT int rocblas_create_handle(void **handle);
EXPORT int rocblas_destroy_handle(void *handle);
EXPORT sunzi_rocblas_gemm rocblas_gemm_strided_batched_ex;

int rocblas_create_handle(void **handle)
{
    return make(handle, 6);
}

int rocblas_destroy_handle(void *handle)
{
    return forget(handle);
}

int rocblas_gemm_strided_batched_ex(
    void *handle, int transa, int transb, int m, int n, int k,
    const void *alpha, const void *a, int a_type, int lda, int64_t stride_a,
    const void *b, int b_type, int ldb, int64_t stride_b, const void *beta,
    const void *c, int c_type, int ldc, int64_t stride_c, void *d, int d_type,
    int ldd, int64_t stride_d, int count, int compute, int algorithm,
    int32_t solution, uint32_t flags)
{
    static const codes of_rocblas = {11, ROCBLAS_NOT_IMPLEMENTED, 6};
    const product p = {
        m,
        n,
        k,
        count,
        alpha,
        beta,
        {a, rocblas_format(a_type), lda, stride_a, transa == ROCBLAS_T},
        {b, rocblas_format(b_type), ldb, stride_b, transb == ROCBLAS_T},
        {d, rocblas_format(d_type), ldd, stride_d, false}};
    if (!handle)
        return 1;
    if (a_type != b_type || algorithm != ROCBLAS_STANDARD || solution ||
        flags || c_type != d_type || compute != d_type || c != d ||
        ldc != ldd || stride_c != stride_d)
        return of_rocblas.not_supported;
    return run(&p, &of_rocblas);
}
