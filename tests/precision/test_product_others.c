/* SPDX-License-Identifier: BSD-3-Clause */
/* sunzi_sgemm, sunzi_zgemm, sunzi_dsyrk and sunzi_dtrsm against 113-bit
 * arithmetic and, where the bits are promised, against sunzi_dgemm. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "core/context.h"
#include "tests/precision/product_case.h"

static const sunzi_product_options emulated = {.method =
                                                   SUNZI_PRODUCT_EMULATED};
static const double pattern = -7.25; /* of what may not be written */

/* ---- FP32 ---- */

static void check_single(sunzi_context *ctx, int layout, int transa, int m,
                         int n, int k)
{
    const bool rows = layout == SUNZI_ROW_MAJOR;
    const int lda = (transa == SUNZI_NO_TRANS) == rows ? k : m;
    const int ldb = rows ? n : k, ldc = rows ? n : m;
    float *a = block_of((size_t)(m * k) * sizeof *a);
    float *b = block_of((size_t)(k * n) * sizeof *b);
    float *c = block_of((size_t)(m * n) * sizeof *c);
    uint64_t state = 4;
    sunzi_product_info info;
    for (int e = 0; e < m * k; e++)
        a[e] = (float)uniform(&state);
    for (int e = 0; e < k * n; e++)
        b[e] = (float)uniform(&state);
    for (int e = 0; e < m * n; e++)
        c[e] = 2;
    expect_status(sunzi_sgemm_expert(ctx, layout, transa, SUNZI_NO_TRANS, m, n,
                                     k, 0.5f, a, lda, b, ldb, -3, c, ldc,
                                     &emulated, &info),
                  SUNZI_OK);
    assert_int_equal(info.method, SUNZI_PRODUCT_EMULATED);
    assert_true(info.moduli <= 9);
    for (int i = 0; i < m; i++)
        for (int j = 0; j < n; j++) {
            quad sum = 0, size = 0;
            for (int h = 0; h < k; h++) {
                const quad t =
                    (quad)a[place(layout, transa, i, h, lda)] *
                    (quad)b[place(layout, SUNZI_NO_TRANS, h, j, ldb)];
                sum += t;
                size += quad_abs(t);
            }
            const quad exact = sum / 2 - 6;
            const quad allowed =
                (quad)0x1p-24 * ((quad)info.certificate * size / 2 +
                                 quad_abs(exact) * (quad)1.0001) +
                (quad)0x1p-50 * (size + 6);
            const quad got = (quad)c[place(layout, SUNZI_NO_TRANS, i, j, ldc)];
            assert_true(quad_abs(got - exact) <= allowed);
        }
    free(a);
    free(b);
    free(c);
}

static void test_single(void **state)
{
    static const int sizes[][3] = {{1, 1, 1}, {17, 3, 65}, {65, 64, 40}};
    (void)state;
    sunzi_context *ctx = context_for(NULL, 2, 0);
    for (int s = 0; s < 3; s++)
        for (int layout = SUNZI_ROW_MAJOR; layout <= SUNZI_COL_MAJOR; layout++)
            for (int trans = SUNZI_NO_TRANS; trans <= SUNZI_TRANS; trans++)
                check_single(ctx, layout, trans, sizes[s][0], sizes[s][1],
                             sizes[s][2]);
    sunzi_context_destroy(&ctx);
}

/* ---- complex ---- */

typedef struct complex_case {
    int layout, transa, transb, m, n, k;
    sunzi_product_method method;
} complex_case;

/* one entry of op(A) op(B): parts, and the magnitude of the bound */
static void complex_dot(const complex_case *t, const double *a, int lda,
                        const double *b, int ldb, int i, int j, quad *sum,
                        quad *size)
{
    sum[0] = sum[1] = *size = 0;
    for (int h = 0; h < t->k; h++) {
        const double *x = a + 2 * place(t->layout, t->transa, i, h, lda);
        const double *y = b + 2 * place(t->layout, t->transb, h, j, ldb);
        const quad xi = (quad)(t->transa == SUNZI_CONJ_TRANS ? -x[1] : x[1]);
        const quad yi = (quad)(t->transb == SUNZI_CONJ_TRANS ? -y[1] : y[1]);
        sum[0] += (quad)x[0] * (quad)y[0] - xi * yi;
        sum[1] += (quad)x[0] * yi + xi * (quad)y[0];
        *size += (quad_abs((quad)x[0]) + quad_abs(xi)) *
                 (quad_abs((quad)y[0]) + quad_abs(yi));
    }
}

static void check_complex(sunzi_context *ctx, const complex_case *t)
{
    static const double alpha[2] = {0.5, -2}, beta[2] = {0.25, 1};
    const bool rows = t->layout == SUNZI_ROW_MAJOR;
    const int lda = ((t->transa == SUNZI_NO_TRANS) == rows ? t->k : t->m) + 1;
    const int ldb = ((t->transb == SUNZI_NO_TRANS) == rows ? t->n : t->k) + 2;
    const int ldc = (rows ? t->n : t->m) + 3;
    const int size_c = 2 * ldc * (t->m + t->n);
    double *a = random_numbers(2 * lda * (t->m + t->k), 1);
    double *b = random_numbers(2 * ldb * (t->n + t->k), 2);
    double *c = random_numbers(size_c, 3), *old = random_numbers(size_c, 3);
    const sunzi_product_options options = {.method = t->method};
    expect_status(sunzi_zgemm_expert(ctx, t->layout, t->transa, t->transb, t->m,
                                     t->n, t->k, alpha, a, lda, b, ldb, beta, c,
                                     ldc, &options, NULL),
                  SUNZI_OK);
    for (int i = 0; i < t->m; i++)
        for (int j = 0; j < t->n; j++) {
            const int64_t at = 2 * place(t->layout, SUNZI_NO_TRANS, i, j, ldc);
            quad s[2], size;
            complex_dot(t, a, lda, b, ldb, i, j, s, &size);
            const quad cr = (quad)old[at], ci = (quad)old[at + 1];
            const quad re = s[0] / 2 + 2 * s[1] + cr / 4 - ci;
            const quad im = s[1] / 2 - 2 * s[0] + ci / 4 + cr;
            const quad allowed = (quad)0x1p-53 * (30 * size + 10);
            assert_true(quad_abs((quad)c[at] - re) <= allowed);
            assert_true(quad_abs((quad)c[at + 1] - im) <= allowed);
            old[at] = c[at];
            old[at + 1] = c[at + 1];
        }
    assert_memory_equal(c, old, (size_t)size_c * sizeof *c);
    free(a);
    free(b);
    free(c);
    free(old);
}

static void test_complex(void **state)
{
    static const int sizes[][3] = {{1, 1, 1}, {3, 17, 2}, {33, 18, 65}};
    (void)state;
    sunzi_context *ctx = context_for(NULL, 2, 0);
    for (int method = SUNZI_PRODUCT_AUTO; method <= SUNZI_PRODUCT_ORDERED;
         method++)
        for (int e = 0; e < 54; e++) {
            const int *size = sizes[e % 3];
            const complex_case t = {SUNZI_ROW_MAJOR + e / 3 % 2,
                                    SUNZI_NO_TRANS + e / 6 % 3,
                                    SUNZI_NO_TRANS + e / 18,
                                    size[0],
                                    size[1],
                                    size[2],
                                    (sunzi_product_method)method};
            check_complex(ctx, &t);
        }
    sunzi_context_destroy(&ctx);
}

/* An infinite entry reaches its row of C and no other. */
static void test_complex_special(void **state)
{
    static const double one[2] = {1, 0}, zero[2] = {0, 0};
    enum { SIZE = 18 };
    (void)state;
    sunzi_context *ctx = context_for(NULL, 2, 0);
    double *a = random_numbers(2 * SIZE * SIZE, 1);
    double *b = random_numbers(2 * SIZE * SIZE, 2), c[2 * SIZE * SIZE];
    sunzi_product_info info;
    a[2 * (5 * SIZE + 2) + 1] = INFINITY;
    expect_status(sunzi_zgemm_expert(ctx, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS,
                                     SUNZI_NO_TRANS, SIZE, SIZE, SIZE, one, a,
                                     SIZE, b, SIZE, zero, c, SIZE, &emulated,
                                     &info),
                  SUNZI_OK);
    assert_int_equal(info.special_rows, 1);
    for (int e = 0; e < 2 * SIZE * SIZE; e++)
        assert_int_equal(isinf(c[e]) != 0, e / (2 * SIZE) == 5);
    free(a);
    free(b);
    sunzi_context_destroy(&ctx);
}

/* ---- symmetric ---- */

static void check_symmetric(sunzi_context *ctx, int layout, int uplo, int trans,
                            int n, int k, sunzi_product_method method)
{
    const bool plain = (layout == SUNZI_ROW_MAJOR) == (trans == SUNZI_NO_TRANS);
    const int lda = plain ? k : n;
    const int other = trans == SUNZI_NO_TRANS ? SUNZI_TRANS : SUNZI_NO_TRANS;
    const sunzi_product_options options = {.method = method};
    double *a = random_numbers((int64_t)n * k, 1);
    double *c = random_numbers((int64_t)n * n, 2);
    double *full = random_numbers((int64_t)n * n, 2);
    double *old = random_numbers((int64_t)n * n, 2);
    expect_status(sunzi_dsyrk_expert(ctx, layout, uplo, trans, n, k, -0.7, a,
                                     lda, 0.3, c, n, &options, NULL),
                  SUNZI_OK);
    expect_status(sunzi_dgemm_expert(ctx, layout, trans, other, n, n, k, -0.7,
                                     a, lda, a, lda, 0.3, full, n, &options,
                                     NULL),
                  SUNZI_OK);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            const int64_t at = place(layout, SUNZI_NO_TRANS, i, j, n);
            const bool inside = uplo == SUNZI_LOWER ? j <= i : j >= i;
            assert_memory_equal(&c[at], inside ? &full[at] : &old[at],
                                sizeof *c);
        }
    free(a);
    free(c);
    free(full);
    free(old);
}

static void test_symmetric(void **state)
{
    static const int sizes[][2] = {{1, 1}, {17, 5}, {150, 33}};
    (void)state;
    sunzi_context *ctx = context_for(NULL, 3, 0);
    for (int s = 0; s < 3; s++)
        for (int e = 0; e < 8; e++)
            for (int ordered = 0; ordered < 2; ordered++)
                check_symmetric(
                    ctx, SUNZI_ROW_MAJOR + e % 2, SUNZI_UPPER + e / 2 % 2,
                    SUNZI_NO_TRANS + e / 4, sizes[s][0], sizes[s][1],
                    ordered ? SUNZI_PRODUCT_ORDERED : SUNZI_PRODUCT_EMULATED);
    sunzi_context_destroy(&ctx);
}

/* ---- triangular ---- */

typedef struct triangle {
    int layout, side, uplo, trans, diag, m, n;
    double alpha;
} triangle;

/* element (i, h) of op(A) as the solve may see it */
static double triangle_at(const triangle *t, const double *a, int lda, int i,
                          int h)
{
    const int r = t->trans == SUNZI_NO_TRANS ? i : h;
    const int c = t->trans == SUNZI_NO_TRANS ? h : i;
    if (r == c && t->diag == SUNZI_UNIT)
        return 1;
    if (t->uplo == SUNZI_UPPER ? r > c : r < c)
        return 0;
    return a[place(t->layout, SUNZI_NO_TRANS, r, c, lda)];
}

/* NaN where a triangular solve may not look. */
static double *triangle_of(const triangle *t, int order, int lda)
{
    double *a = random_numbers((int64_t)lda * order, 8);
    for (int r = 0; r < order; r++)
        for (int c = 0; c < order; c++) {
            double *x = &a[place(t->layout, SUNZI_NO_TRANS, r, c, lda)];
            const bool outside = t->uplo == SUNZI_UPPER ? r > c : r < c;
            if (outside || (r == c && t->diag == SUNZI_UNIT))
                *x = NAN;
            else
                *x = r == c ? 2 + *x : *x / order;
        }
    return a;
}

/* Residual against (order + 16) u |op(A)||X|. */
static void check_residual(const triangle *t, const double *a, int lda,
                           const double *b, const double *x, int ldb)
{
    const bool left = t->side == SUNZI_LEFT;
    const int order = left ? t->m : t->n;
    for (int i = 0; i < t->m; i++)
        for (int j = 0; j < t->n; j++) {
            quad sum = 0, size = 0;
            for (int h = 0; h < order; h++) {
                const quad y = (quad)x[place(t->layout, SUNZI_NO_TRANS,
                                             left ? h : i, left ? j : h, ldb)];
                const quad term = (quad)(left ? triangle_at(t, a, lda, i, h)
                                              : triangle_at(t, a, lda, h, j)) *
                                  y;
                sum += term;
                size += quad_abs(term);
            }
            const quad right =
                (quad)t->alpha *
                (quad)b[place(t->layout, SUNZI_NO_TRANS, i, j, ldb)];
            assert_true(quad_abs(sum - right) <=
                        (quad)0x1p-53 * (order + 16) * size);
        }
}

static void check_triangle(sunzi_context *ctx, const triangle *t,
                           const sunzi_product_options *options)
{
    const int order = t->side == SUNZI_LEFT ? t->m : t->n, lda = order + 1;
    const int width = t->layout == SUNZI_ROW_MAJOR ? t->n : t->m;
    const int lines = t->layout == SUNZI_ROW_MAJOR ? t->m : t->n;
    const int ldb = width + 2;
    double *a = triangle_of(t, order, lda);
    double *x = random_numbers((int64_t)ldb * lines, 9);
    double *b = random_numbers((int64_t)ldb * lines, 9);
    for (int l = 0; l < lines; l++)
        x[l * ldb + width] = x[l * ldb + width + 1] = pattern;
    expect_status(sunzi_dtrsm_expert(ctx, t->layout, t->side, t->uplo, t->trans,
                                     t->diag, t->m, t->n, t->alpha, a, lda, x,
                                     ldb, options, NULL),
                  SUNZI_OK);
    check_residual(t, a, lda, b, x, ldb);
    for (int l = 0; l < lines; l++)
        assert_true(x[l * ldb + width] == pattern &&
                    x[l * ldb + width + 1] == pattern);
    free(a);
    free(b);
    free(x);
}

static void test_triangles(void **state)
{
    static const int sizes[][2] = {{1, 1}, {3, 17}, {130, 9}, {5, 150}};
    (void)state;
    sunzi_context *ctx = context_for(NULL, 2, 0);
    for (int s = 0; s < 4; s++)
        for (int e = 0; e < 32; e++) {
            const triangle t = {SUNZI_ROW_MAJOR + e % 2,
                                SUNZI_LEFT + e / 2 % 2,
                                SUNZI_UPPER + e / 4 % 2,
                                SUNZI_NO_TRANS + e / 8 % 2,
                                SUNZI_NON_UNIT + e / 16,
                                sizes[s][0],
                                sizes[s][1],
                                e % 3 ? 1 : -0.5};
            check_triangle(ctx, &t, &emulated);
            check_triangle(ctx, &t, NULL);
        }
    sunzi_context_destroy(&ctx);
}

/* B is as it was when a request for memory fails, whichever it is. */
static void test_triangle_memory(void **state)
{
    enum { ORDER = 140, COLS = 20 };
    const triangle t = {
        .layout = SUNZI_ROW_MAJOR, .uplo = SUNZI_LOWER, .diag = SUNZI_NON_UNIT};
    (void)state;
    double *a = triangle_of(&t, ORDER, ORDER);
    double *x = random_numbers(ORDER * COLS, 3);
    double *old = random_numbers(ORDER * COLS, 3);
    sunzi_context *ctx = context_for(NULL, 2, 0);
    sunzi_status status = SUNZI_ERR_NOMEM;
    int failures = -1;
    for (long request = 1; status == SUNZI_ERR_NOMEM; request++, failures++) {
        assert_memory_equal(x, old, ORDER * COLS * sizeof *x);
        sunzi_memory_fail_after(request);
        status = sunzi_dtrsm_expert(ctx, t.layout, SUNZI_LEFT, t.uplo,
                                    SUNZI_NO_TRANS, t.diag, ORDER, COLS, 1, a,
                                    ORDER, x, COLS, &emulated, NULL);
        sunzi_memory_fail_after(-1);
    }
    expect_status(status, SUNZI_OK);
    assert_true(failures >= 2);
    free(a);
    free(x);
    free(old);
    sunzi_context_destroy(&ctx);
}

/* A zero on the diagonal divides, as in the BLAS. */
static void test_triangle_singular(void **state)
{
    const double a[4] = {2, 0, 1, 0};
    double x[2] = {4, 5};
    (void)state;
    expect_status(sunzi_dtrsm_expert(NULL, SUNZI_ROW_MAJOR, SUNZI_LEFT,
                                     SUNZI_LOWER, SUNZI_NO_TRANS,
                                     SUNZI_NON_UNIT, 2, 1, 1, a, 2, x, 1,
                                     &emulated, NULL),
                  SUNZI_OK);
    assert_true(x[0] == 2 && x[1] == INFINITY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_single),
        cmocka_unit_test(test_complex),
        cmocka_unit_test(test_complex_special),
        cmocka_unit_test(test_symmetric),
        cmocka_unit_test(test_triangles),
        cmocka_unit_test(test_triangle_memory),
        cmocka_unit_test(test_triangle_singular),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
