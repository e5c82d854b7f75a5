/* SPDX-License-Identifier: BSD-3-Clause */
/* Arguments of the products: checks as in the CBLAS, and the row-major problem
 * that they mean. */
#include <math.h>
#include <string.h>

#include "precision/product.h"

sunzi_status sunzi_check_choice(const char *function, const char *name, int got,
                                const int *allowed, int count,
                                const char *names)
{
    for (int i = 0; i < count; i++)
        if (got == allowed[i])
            return SUNZI_OK;
    return sunzi_fail(SUNZI_ERR_ARG,
                      "%s: %s = %d, allowed are %s; pass one of these "
                      "constants",
                      function, name, got, names);
}

sunzi_status sunzi_check_matrix(const char *function, const char *name,
                                const void *data, bool empty, int ld, int least,
                                const char *least_name)
{
    if (ld < (least > 1 ? least : 1))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: ld%s = %d, allowed is at least max(1, %s) = %d; "
                          "pass the distance between stored rows (row-major) "
                          "or columns (column-major)",
                          function, name, ld, least_name,
                          least > 1 ? least : 1);
    if (!data && !empty)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: matrix %s is NULL but not empty; pass its "
                          "address",
                          function, name);
    return SUNZI_OK;
}

sunzi_status sunzi_check_options(const char *function,
                                 const sunzi_product_options *given,
                                 sunzi_product_options *options)
{
    sunzi_product_options_init(options);
    if (given)
        *options = *given;
    if ((int)options->method < SUNZI_PRODUCT_AUTO ||
        (int)options->method > SUNZI_PRODUCT_ORDERED)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: options.method = %d, allowed are the values of "
                          "sunzi_product_method; call "
                          "sunzi_product_options_init first",
                          function, (int)options->method);
    if (options->moduli != 0 &&
        (options->moduli < 2 || options->moduli > SUNZI_MODULI_MAX))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: options.moduli = %d, allowed are 0 (chosen) and "
                          "2 to %d; correct the option",
                          function, options->moduli, SUNZI_MODULI_MAX);
    if (!(options->tolerance >= 0) || isinf(options->tolerance))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: options.tolerance = %g, allowed are 0 (default) "
                          "and positive finite numbers; correct the option",
                          function, options->tolerance);
    if (options->unbalanced != 0 && options->unbalanced != 1)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: options.unbalanced = %d, allowed are 0 and 1; "
                          "correct the option",
                          function, options->unbalanced);
    return SUNZI_OK;
}

static sunzi_status check_enums(const sunzi_gemm_arguments *g)
{
    static const int layouts[] = {SUNZI_ROW_MAJOR, SUNZI_COL_MAJOR};
    static const int transposes[] = {SUNZI_NO_TRANS, SUNZI_TRANS,
                                     SUNZI_CONJ_TRANS};
    static const char names[] =
        "SUNZI_NO_TRANS, SUNZI_TRANS and SUNZI_CONJ_TRANS";
    sunzi_status status;
    SUNZI_TRY(sunzi_check_choice(g->function, "layout", g->layout, layouts, 2,
                                 "SUNZI_ROW_MAJOR and SUNZI_COL_MAJOR"));
    SUNZI_TRY(sunzi_check_choice(g->function, "transa", g->transa, transposes,
                                 3, names));
    SUNZI_TRY(sunzi_check_choice(g->function, "transb", g->transb, transposes,
                                 3, names));
done:
    return status;
}

static sunzi_status check_shapes(const sunzi_gemm_arguments *g)
{
    const bool rows = g->layout == SUNZI_ROW_MAJOR;
    const bool a_plain = (g->transa == SUNZI_NO_TRANS) == rows;
    const bool b_plain = (g->transb == SUNZI_NO_TRANS) == rows;
    const bool empty = g->m == 0 || g->n == 0, no_depth = g->k == 0;
    sunzi_status status;
    if (g->m < 0 || g->n < 0 || g->k < 0)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: m, n, k = %d, %d, %d, allowed are numbers >= 0; "
                          "correct the dimensions",
                          g->function, g->m, g->n, g->k);
    SUNZI_TRY(sunzi_check_matrix(g->function, "a", g->A, empty || no_depth,
                                 g->lda, a_plain ? g->k : g->m,
                                 a_plain ? "k" : "m"));
    SUNZI_TRY(sunzi_check_matrix(g->function, "b", g->B, empty || no_depth,
                                 g->ldb, b_plain ? g->n : g->k,
                                 b_plain ? "n" : "k"));
    SUNZI_TRY(sunzi_check_matrix(g->function, "c", g->C, empty, g->ldc,
                                 rows ? g->n : g->m, rows ? "n" : "m"));
done:
    return status;
}

static sunzi_operand operand(const void *data, int64_t count, int trans, int ld,
                             bool vectors_stored)
{
    return (sunzi_operand){
        .data = data,
        .count = count,
        .vector_stride = vectors_stored ? ld : 1,
        .element_stride = vectors_stored ? 1 : ld,
        .trans = trans,
        .ld = ld,
        .conjugate = trans == SUNZI_CONJ_TRANS,
    };
}

sunzi_status sunzi_gemm_problem(const sunzi_gemm_arguments *given,
                                sunzi_problem *problem)
{
    sunzi_gemm_arguments g = *given;
    sunzi_status status;
    SUNZI_TRY(check_enums(&g));
    SUNZI_TRY(check_shapes(&g));
    *problem = (sunzi_problem){.function = g.function, .scalar = g.scalar};
    SUNZI_TRY(sunzi_check_options(g.function, g.options, &problem->options));
    if (g.layout == SUNZI_COL_MAJOR) { /* C^T = op(B)^T op(A)^T, row-major */
        g.m = given->n;
        g.n = given->m;
        g.A = given->B;
        g.B = given->A;
        g.transa = given->transb;
        g.transb = given->transa;
        g.lda = given->ldb;
        g.ldb = given->lda;
    }
    problem->m = g.m;
    problem->n = g.n;
    problem->k = g.k;
    problem->a = operand(g.A, g.m, g.transa, g.lda, g.transa == SUNZI_NO_TRANS);
    problem->b = operand(g.B, g.n, g.transb, g.ldb, g.transb != SUNZI_NO_TRANS);
    problem->c = g.C;
    problem->ldc = g.ldc;
done:
    return status;
}
