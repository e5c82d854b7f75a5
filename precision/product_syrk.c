/* SPDX-License-Identifier: BSD-3-Clause */
/* Symmetric rank-k update: the product A A^T, measured once, of which only
 * tiles that meet the triangle are computed. All decisions are those of
 * sunzi_dgemm for the same operands, so the bits are as well. */
#include "precision/product.h"

static sunzi_status check(int layout, int uplo, int trans)
{
    static const char name[] = "sunzi_dsyrk";
    static const int layouts[] = {SUNZI_ROW_MAJOR, SUNZI_COL_MAJOR};
    static const int triangles[] = {SUNZI_UPPER, SUNZI_LOWER};
    static const int transposes[] = {SUNZI_NO_TRANS, SUNZI_TRANS,
                                     SUNZI_CONJ_TRANS};
    sunzi_status status;
    SUNZI_TRY(sunzi_check_choice(name, "layout", layout, layouts, 2,
                                 "SUNZI_ROW_MAJOR and SUNZI_COL_MAJOR"));
    SUNZI_TRY(sunzi_check_choice(name, "uplo", uplo, triangles, 2,
                                 "SUNZI_UPPER and SUNZI_LOWER"));
    SUNZI_TRY(sunzi_check_choice(name, "trans", trans, transposes, 3,
                                 "SUNZI_NO_TRANS, SUNZI_TRANS and "
                                 "SUNZI_CONJ_TRANS"));
done:
    return status;
}

sunzi_status sunzi_dsyrk_expert(sunzi_context *ctx, int layout, int uplo,
                                int trans, int n, int k, double alpha,
                                const double *A, int lda, double beta,
                                double *C, int ldc,
                                const sunzi_product_options *options,
                                sunzi_product_info *info)
{
    const int other = trans == SUNZI_NO_TRANS ? SUNZI_TRANS : SUNZI_NO_TRANS;
    const sunzi_gemm_arguments g = {"sunzi_dsyrk",
                                    SUNZI_SCALAR_F64,
                                    layout,
                                    trans,
                                    other,
                                    n,
                                    n,
                                    k,
                                    lda,
                                    lda,
                                    ldc,
                                    A,
                                    A,
                                    C,
                                    options};
    sunzi_problem p;
    sunzi_status status;
    SUNZI_TRY(check(layout, uplo, trans));
    SUNZI_TRY(sunzi_gemm_problem(&g, &p));
    SUNZI_TRY(sunzi_context_use(ctx, &p.ctx));
    p.same_operands = true;
    p.triangle = uplo;
    if (layout == SUNZI_COL_MAJOR)
        p.triangle = uplo == SUNZI_UPPER ? SUNZI_LOWER : SUNZI_UPPER;
    p.alpha[0] = alpha;
    p.beta[0] = beta;
    status = sunzi_product(&p, info);
done:
    return status;
}

sunzi_status sunzi_dsyrk(sunzi_context *ctx, int layout, int uplo, int trans,
                         int n, int k, double alpha, const double *A, int lda,
                         double beta, double *C, int ldc)
{
    return sunzi_dsyrk_expert(ctx, layout, uplo, trans, n, k, alpha, A, lda,
                              beta, C, ldc, NULL, NULL);
}
