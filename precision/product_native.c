/* SPDX-License-Identifier: BSD-3-Clause */
/* The BLAS, with the threads of the context. */
#include <cblas.h>

#include "core/blas.h"
#include "precision/product.h"

static void call_gemm(const sunzi_problem *p)
{
    const CBLAS_TRANSPOSE ta = (CBLAS_TRANSPOSE)p->a.trans;
    const CBLAS_TRANSPOSE tb = (CBLAS_TRANSPOSE)p->b.trans;
    const int m = (int)p->m, n = (int)p->n, k = (int)p->k;
    const int ldc = (int)p->ldc;
    if (p->scalar == SUNZI_SCALAR_F64)
        cblas_dgemm(CblasRowMajor, ta, tb, m, n, k, p->alpha[0], p->a.data,
                    p->a.ld, p->b.data, p->b.ld, p->beta[0], p->c, ldc);
    else if (p->scalar == SUNZI_SCALAR_F32)
        cblas_sgemm(CblasRowMajor, ta, tb, m, n, k, (float)p->alpha[0],
                    p->a.data, p->a.ld, p->b.data, p->b.ld, (float)p->beta[0],
                    p->c, ldc);
    else
        cblas_zgemm(CblasRowMajor, ta, tb, m, n, k, p->alpha, p->a.data,
                    p->a.ld, p->b.data, p->b.ld, p->beta, p->c, ldc);
}

void sunzi_native_product(const sunzi_problem *p)
{
    const int callers = sunzi_blas_threads_use(p->ctx);
    if (p->triangle)
        cblas_dsyrk(CblasRowMajor, (CBLAS_UPLO)p->triangle,
                    p->a.trans == SUNZI_NO_TRANS ? CblasNoTrans : CblasTrans,
                    (int)p->n, (int)p->k, p->alpha[0], p->a.data, p->a.ld,
                    p->beta[0], p->c, (int)p->ldc);
    else
        call_gemm(p);
    sunzi_blas_threads_restore(callers);
}
