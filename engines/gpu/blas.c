/* SPDX-License-Identifier: BSD-3-Clause */
/* Matrix products by a vendor's library. */
#include "engines/gpu/blas.h"

#include <limits.h>
#include <stdio.h>

#include "engines/device/library.h"

int sunzi_gpu_blas_available(const sunzi_gpu_blas_vendor *vendor, char *why,
                             size_t why_bytes)
{
    sunzi_gpu_blas_functions call;
    char missing[160];
    if (sunzi_library_open(vendor->files, vendor->names,
                           SUNZI_GPU_BLAS_FUNCTIONS, &call, missing,
                           sizeof missing))
        return 1;
    snprintf(why, why_bytes, "%s; %s", missing, vendor->install);
    return 0;
}

int sunzi_gpu_blas_has(const sunzi_gpu_blas_vendor *vendor,
                       sunzi_gpu_blas *blas, int major, int minor,
                       sunzi_unit unit, char *why, size_t why_bytes)
{
    char missing[160];
    const char *lacks = vendor->lacks(unit, major, minor);
    if (lacks) {
        snprintf(why, why_bytes, "%s", lacks);
        return 0;
    }
    if (blas->handle)
        return 1;
    if (!sunzi_library_open(vendor->files, vendor->names,
                            SUNZI_GPU_BLAS_FUNCTIONS, &blas->call, missing,
                            sizeof missing)) {
        snprintf(why, why_bytes, "%s; %s", missing, vendor->install);
        return 0;
    }
    const gpu_status code = blas->call.create(&blas->handle);
    if (code == 0)
        return 1;
    blas->handle = NULL;
    snprintf(why, why_bytes, "%s did not start (status %d)", vendor->name,
             code);
    return 0;
}

void sunzi_gpu_blas_close(sunzi_gpu_blas *blas)
{
    if (blas->handle)
        blas->call.destroy(blas->handle);
    blas->handle = NULL;
}

/* ---- products ---- */

static int64_t operand_bytes(sunzi_unit unit)
{
    switch (unit) {
    case SUNZI_UNIT_INT8:
        return 1;
    case SUNZI_UNIT_FP16:
    case SUNZI_UNIT_BF16:
        return 2;
    case SUNZI_UNIT_TF32:
    case SUNZI_UNIT_FP32:
        return 4;
    case SUNZI_UNIT_FP64:
        break;
    }
    return 8;
}

static void *address(const sunzi_device_matrix *m, int64_t bytes)
{
    return (char *)m->memory + m->first * bytes;
}

/* The two numbers in the sums' type. */
typedef union scalars {
    int32_t whole[2];
    float single[2];
    double twice[2];
} scalars;

static void set_scalars(const sunzi_device_product *p, scalars *s,
                        sunzi_gpu_gemm *g)
{
    if (p->unit == SUNZI_UNIT_INT8) {
        *s = (scalars){.whole = {(int32_t)p->alpha, (int32_t)p->beta}};
        g->alpha = &s->whole[0];
        g->beta = &s->whole[1];
    } else if (p->unit == SUNZI_UNIT_FP64) {
        *s = (scalars){.twice = {p->alpha, p->beta}};
        g->alpha = &s->twice[0];
        g->beta = &s->twice[1];
    } else {
        *s = (scalars){.single = {(float)p->alpha, (float)p->beta}};
        g->alpha = &s->single[0];
        g->beta = &s->single[1];
    }
}

sunzi_status sunzi_gpu_blas_multiply(const sunzi_gpu_blas_vendor *vendor,
                                     const sunzi_gpu_blas *blas,
                                     const char *device,
                                     const sunzi_device_product *p)
{
    const int64_t size = operand_bytes(p->unit);
    scalars s;
    if (p->a.ld > INT_MAX || p->b.ld > INT_MAX || p->c.ld > INT_MAX)
        return sunzi_fail(SUNZI_ERR_UNSUPPORTED,
                          "%s takes rows of up to %d numbers; use smaller "
                          "matrices",
                          vendor->name, INT_MAX);
    /* row-major C = A B is column-major C^T = B^T A^T */
    sunzi_gpu_gemm g = {
        .unit = p->unit,
        .a_transposed = p->b_transposed,
        .b_transposed = p->a_transposed,
        .m = p->n,
        .n = p->m,
        .k = p->k,
        .count = p->count,
        .a = address(&p->b, size),
        .b = address(&p->a, size),
        .c = address(&p->c, p->unit == SUNZI_UNIT_FP64 ? 8 : 4),
        .lda = (int)p->b.ld,
        .ldb = (int)p->a.ld,
        .ldc = (int)p->c.ld,
        .stride_a = p->b.stride,
        .stride_b = p->a.stride,
        .stride_c = p->c.stride,
    };
    set_scalars(p, &s, &g);
    const gpu_status code = vendor->multiply(blas, &g);
    if (code == 0)
        return SUNZI_OK;
    return sunzi_fail(
        code == vendor->not_supported ? SUNZI_ERR_UNSUPPORTED
                                      : SUNZI_ERR_DEVICE,
        "device '%s': the %s product %d x %d x %d of %s failed with status %d; "
        "SUNZI_DEVICE_BLAS=0 does without this library",
        device, sunzi_unit_name(p->unit), p->m, p->n, p->k, vendor->name, code);
}
