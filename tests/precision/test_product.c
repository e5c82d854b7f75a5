/* SPDX-License-Identifier: BSD-3-Clause */
/* sunzi_dgemm against 113-bit arithmetic: shapes, layouts, alpha and beta, the
 * proved bound on difficult data, and what IEEE 754 says of special values. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tests/precision/product_case.h"

static const sunzi_product_options emulated = {.method =
                                                   SUNZI_PRODUCT_EMULATED};

typedef struct shape {
    int layout, transa, transb, m, n, k;
    double alpha, beta;
    sunzi_product_method method;
} shape;

enum { PADDING = 3 };

/* Element by element, the padding of C included. */
static void check_shape(sunzi_context *ctx, const shape *s)
{
    const bool rows = s->layout == SUNZI_ROW_MAJOR;
    const bool a_plain = (s->transa == SUNZI_NO_TRANS) == rows;
    const bool b_plain = (s->transb == SUNZI_NO_TRANS) == rows;
    const int lda = (a_plain ? s->k : s->m) + PADDING;
    const int ldb = (b_plain ? s->n : s->k) + PADDING;
    const int ldc = (rows ? s->n : s->m) + PADDING;
    const int64_t sizes[3] = {(int64_t)lda * (a_plain ? s->m : s->k),
                              (int64_t)ldb * (b_plain ? s->k : s->n),
                              (int64_t)ldc * (rows ? s->m : s->n)};
    double *a = random_numbers(sizes[0], 1), *b = random_numbers(sizes[1], 2);
    double *c = random_numbers(sizes[2], 3), *old = random_numbers(sizes[2], 3);
    const sunzi_product_options options = {.method = s->method};
    for (int64_t e = 0; s->beta == 0 && e < sizes[2]; e++)
        c[e] = old[e] = NAN;
    expect_status(sunzi_dgemm_expert(ctx, s->layout, s->transa, s->transb, s->m,
                                     s->n, s->k, s->alpha, a, lda, b, ldb,
                                     s->beta, c, ldc, &options, NULL),
                  SUNZI_OK);
    const int64_t a_step = a_plain ? 1 : lda, b_step = b_plain ? ldb : 1;
    for (int i = 0; i < s->m; i++)
        for (int j = 0; j < s->n; j++) {
            const int64_t at = place(s->layout, SUNZI_NO_TRANS, i, j, ldc);
            quad size;
            const quad v =
                dot(a + place(s->layout, s->transa, i, 0, lda), a_step,
                    b + place(s->layout, s->transb, 0, j, ldb), b_step, s->k,
                    &size);
            const quad was = s->beta == 0 ? 0 : (quad)s->beta * (quad)old[at];
            const quad exact = (quad)s->alpha * v + was;
            const quad allowed =
                (quad)0x1p-53 *
                (11 * quad_abs((quad)s->alpha) * size + 2 * quad_abs(was));
            if (!(quad_abs((quad)c[at] - exact) <= allowed))
                fail_msg("layout %d, %d %d, m n k %d %d %d, alpha %g, beta %g: "
                         "C(%d, %d) = %.17g, expected %.17g",
                         s->layout, s->transa, s->transb, s->m, s->n, s->k,
                         s->alpha, s->beta, i, j, c[at], (double)exact);
            old[at] = c[at];
        }
    assert_memory_equal(c, old, (size_t)sizes[2] * sizeof *c);
    free(a);
    free(b);
    free(c);
    free(old);
}

static void every_layout(sunzi_context *ctx, shape s)
{
    for (s.layout = SUNZI_ROW_MAJOR; s.layout <= SUNZI_COL_MAJOR; s.layout++)
        for (s.transa = SUNZI_NO_TRANS; s.transa <= SUNZI_CONJ_TRANS;
             s.transa++)
            for (s.transb = SUNZI_NO_TRANS; s.transb <= SUNZI_TRANS; s.transb++)
                check_shape(ctx, &s);
}

static void test_shapes(void **state)
{
    static const int sizes[] = {0, 1, 2, 3, 17, 64, 65};
    static const double factors[] = {0, 1, -1, 0.3};
    static const sunzi_product_method methods[] = {
        SUNZI_PRODUCT_EMULATED, SUNZI_PRODUCT_ORDERED, SUNZI_PRODUCT_NATIVE};
    (void)state;
    sunzi_context *ctx = context_for(NULL, 2, 0);
    int which = 0;
    for (int i = 0; i < 7; i++)
        for (int j = 0; j < 7; j++)
            for (int h = 0; h < 7; h++, which++) {
                const shape s = {
                    .m = sizes[i],
                    .n = sizes[j],
                    .k = sizes[h],
                    .alpha = factors[which % 4],
                    .beta = factors[which / 4 % 4],
                    .method = methods[which % 8 < 6 ? 0 : which % 8 - 5]};
                every_layout(ctx, s);
            }
    every_layout(ctx, (shape){.m = 130,
                              .n = 65,
                              .k = 130,
                              .alpha = 1,
                              .method = SUNZI_PRODUCT_EMULATED});
    sunzi_context_destroy(&ctx);
}

static void test_factors(void **state)
{
    static const double factors[] = {0, 1, -1, 0.3};
    (void)state;
    sunzi_context *ctx = context_for(NULL, 1, 0);
    for (int method = SUNZI_PRODUCT_AUTO; method <= SUNZI_PRODUCT_ORDERED;
         method++)
        for (int i = 0; i < 16; i++)
            every_layout(ctx, (shape){.m = 17,
                                      .n = 3,
                                      .k = 20,
                                      .alpha = factors[i / 4],
                                      .beta = factors[i % 4],
                                      .method = (sunzi_product_method)method});
    sunzi_context_destroy(&ctx);
}

static void test_long(void **state)
{
    const shape s = {
        SUNZI_ROW_MAJOR,       SUNZI_NO_TRANS, SUNZI_TRANS, 3, 3, 140000, 1, 0,
        SUNZI_PRODUCT_EMULATED};
    (void)state;
    sunzi_context *ctx = context_for(NULL, 2, 0);
    check_shape(ctx, &s);
    sunzi_context_destroy(&ctx);
}

/* ---- the certificate ---- */

enum { M = 40, N = 33, K = 96 };

typedef enum kind {
    UNIFORM,
    POSITIVE,
    LOGNORMAL_HALF,
    LOGNORMAL_1,
    LOGNORMAL_2,
    LOGNORMAL_4,
    ROWS_100,
    INNER_20,
    INNER_300,
    CONSTANT,
    ONE_HUGE,
    SUBNORMAL,
    CANCELLATION,
    INTEGERS,
    SPARSE,
    KINDS
} kind;

static const char *const kind_names[KINDS] = {
    "uniform",       "positive",     "log-normal 0.5", "log-normal 1",
    "log-normal 2",  "log-normal 4", "rows 2^+-100",   "inner 2^+-20",
    "inner 2^+-300", "constant",     "one huge entry", "subnormal",
    "cancellation",  "integers",     "sparse"};

static double number(kind what, uint64_t *state)
{
    static const double phi[] = {0.5, 1, 2, 4};
    switch (what) {
    case POSITIVE:
        return fabs(uniform(state)) + 0x1p-30;
    case LOGNORMAL_HALF:
    case LOGNORMAL_1:
    case LOGNORMAL_2:
    case LOGNORMAL_4:
        return uniform(state) * exp(phi[what - LOGNORMAL_HALF] * normal(state));
    case CONSTANT:
        return 1.0 / 3;
    case SUBNORMAL:
        return uniform(state) * 0x1p-1030;
    case INTEGERS:
        return (double)(next_bits(state) % 3) - 1;
    case SPARSE:
        return next_bits(state) % 16 ? 0 : uniform(state);
    default:
        return uniform(state);
    }
}

static int power(uint64_t *state, int largest)
{
    return (int)(next_bits(state) % (uint64_t)(2 * largest + 1)) - largest;
}

static void fill(kind what, double *a, double *b)
{
    uint64_t state = 11 + (uint64_t)what;
    for (int e = 0; e < M * K; e++)
        a[e] = number(what, &state);
    for (int e = 0; e < K * N; e++)
        b[e] = number(what == SUBNORMAL ? UNIFORM : what, &state);
    for (int i = 0; what == ROWS_100 && i < M; i++) {
        const int d = power(&state, 100);
        for (int h = 0; h < K; h++)
            a[i * K + h] = ldexp(a[i * K + h], d);
    }
    for (int j = 0; what == ROWS_100 && j < N; j++) {
        const int d = power(&state, 100);
        for (int h = 0; h < K; h++)
            b[h * N + j] = ldexp(b[h * N + j], d);
    }
    for (int h = 0; h < K && (what == INNER_20 || what == INNER_300); h++) {
        const int d = power(&state, what == INNER_20 ? 20 : 300);
        for (int i = 0; i < M; i++)
            a[i * K + h] = ldexp(a[i * K + h], d);
        for (int j = 0; j < N; j++)
            b[h * N + j] = ldexp(b[h * N + j], -d);
    }
    if (what == ONE_HUGE)
        a[5 * K + 7] = 0x1p80;
    for (int h = 0; what == CANCELLATION && h + 1 < K; h += 2) {
        for (int i = 0; i < M; i++)
            a[i * K + h + 1] = a[i * K + h];
        for (int j = 0; j < N; j++)
            b[(h + 1) * N + j] = -b[h * N + j] * (1 + 0x1p-50);
    }
}

static void test_certificate(void **state)
{
    (void)state;
    sunzi_context *ctx = context_for(NULL, 2, 0);
    double *a = block_of(M * K * sizeof *a), *b = block_of(K * N * sizeof *b);
    double *c = block_of(M * N * sizeof *c);
    for (int what = 0; what < KINDS; what++) {
        sunzi_product_info info;
        fill((kind)what, a, b);
        expect_status(sunzi_dgemm_expert(ctx, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS,
                                         SUNZI_NO_TRANS, M, N, K, 1, a, K, b, N,
                                         0, c, N, &emulated, &info),
                      SUNZI_OK);
        const double error = worst_error(M, N, K, a, b, c);
        print_message("%-15s method %d moduli %2d raised %2d balanced %d "
                      "certificate %6.3f error %6.3f (%s)\n",
                      kind_names[what], (int)info.method, info.moduli,
                      info.raised, info.balanced, info.certificate, error,
                      info.reason);
        assert_int_equal(info.method, SUNZI_PRODUCT_EMULATED);
        assert_true(info.certificate <= 8);
        assert_true(error <= info.certificate);
    }
    free(a);
    free(b);
    free(c);
    sunzi_context_destroy(&ctx);
}

/* Where the integers are exact the result is the exact one, rounded once. */
static void test_exact(void **state)
{
    (void)state;
    sunzi_context *ctx = context_for(NULL, 1, 0);
    double *a = block_of(M * K * sizeof *a), *b = block_of(K * N * sizeof *b);
    double *c = block_of(M * N * sizeof *c);
    fill(INTEGERS, a, b);
    for (int h = 0; h < K; h++) /* too sparse for the bounds of statistics */
        for (int i = 0; i < M; i++)
            a[i * K + h] = h % M == i ? 3 + h : 0;
    expect_status(sunzi_dgemm_expert(ctx, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS,
                                     SUNZI_NO_TRANS, M, N, K, 1, a, K, b, N, 0,
                                     c, N, &emulated, NULL),
                  SUNZI_OK);
    for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++) {
            quad size;
            const quad exact = dot(a + i * K, 1, b + j, N, K, &size);
            assert_true(c[i * N + j] == (double)exact);
        }
    free(a);
    free(b);
    free(c);
    sunzi_context_destroy(&ctx);
}

/* Entries of 2^-700 beside 1 in the same rows and columns, where only they
 * count: no fixed-point representation of 32 moduli holds both. */
static void test_fallback(void **state)
{
    (void)state;
    const double a[4] = {1 + 0x1p-40, 0x1.8p-700, 0x1.cp-700, 1 + 0x1p-30};
    const double b[4] = {0, 1 + 0x1p-52, 1.0 / 3, 0};
    double c[4];
    sunzi_product_info info;
    sunzi_context *ctx = context_for(NULL, 1, 0);
    expect_status(sunzi_dgemm_expert(ctx, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS,
                                     SUNZI_NO_TRANS, 2, 2, 2, 1, a, 2, b, 2, 0,
                                     c, 2, &emulated, &info),
                  SUNZI_OK);
    assert_int_equal(info.method, SUNZI_PRODUCT_ORDERED);
    assert_true(isnan(info.certificate));
    assert_non_null(strstr(info.reason, "certificate"));
    assert_true(c[0] == a[1] * b[2] && c[1] == a[0] * b[1]);
    assert_true(c[2] == a[3] * b[2] && c[3] == a[2] * b[1]);
    sunzi_context_destroy(&ctx);
}

/* A given number of moduli is used as it is, and its bound holds. */
static void test_given_moduli(void **state)
{
    (void)state;
    sunzi_context *ctx = context_for(NULL, 1, 0);
    double *a = block_of(M * K * sizeof *a), *b = block_of(K * N * sizeof *b);
    double *c = block_of(M * N * sizeof *c);
    double last = INFINITY;
    fill(UNIFORM, a, b);
    for (int count = 4; count <= SUNZI_MODULI_MAX; count++) {
        sunzi_product_info info;
        const sunzi_product_options options = {SUNZI_PRODUCT_EMULATED, count, 0,
                                               0};
        expect_status(sunzi_dgemm_expert(ctx, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS,
                                         SUNZI_NO_TRANS, M, N, K, 1, a, K, b, N,
                                         0, c, N, &options, &info),
                      SUNZI_OK);
        assert_int_equal(info.moduli, count);
        assert_true(worst_error(M, N, K, a, b, c) <= info.certificate);
        assert_true(info.certificate <= last);
        last = info.certificate;
    }
    assert_true(last < 1e-6);
    free(a);
    free(b);
    free(c);
    sunzi_context_destroy(&ctx);
}

/* ---- IEEE 754 ---- */

static double one_sum(sunzi_context *ctx, int k, const double *a,
                      const double *b, double alpha, double beta, double c)
{
    expect_status(sunzi_dgemm_expert(ctx, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS,
                                     SUNZI_NO_TRANS, 1, 1, k, alpha, a, k, b, 1,
                                     beta, &c, 1, &emulated, NULL),
                  SUNZI_OK);
    return c;
}

static void test_range(void **state)
{
    (void)state;
    sunzi_context *ctx = context_for(NULL, 1, 0);
    const double large[] = {0x1p600, 0x1p600}, both[] = {0x1p600, -0x1p600};
    assert_true(one_sum(ctx, 2, large, large, 1, 0, 0) == INFINITY);
    assert_true(one_sum(ctx, 2, large, large, -1, 0, 0) == -INFINITY);
    /* one rounding of the sum: the terms are beyond FP64, the sum is not */
    assert_true(one_sum(ctx, 2, large, both, 1, 0, 0) == 0);
    assert_false(signbit(one_sum(ctx, 2, large, both, 1, 0, 0)));
    const double small[] = {0x1p-600}, other[] = {0x1p-470},
                 minus[] = {-0x1p-600};
    assert_true(one_sum(ctx, 1, small, other, 1, 0, 0) == 0x1p-1070);
    assert_true(one_sum(ctx, 1, small, small, 1, 0, 0) == 0);
    assert_true(signbit(one_sum(ctx, 1, small, minus, 1, 0, 0)));
    const double zero[] = {-0.0}, one[] = {1};
    assert_false(signbit(one_sum(ctx, 1, zero, one, 1, 0, 0)));
    assert_true(one_sum(ctx, 1, one, one, 1, 1, INFINITY) == INFINITY);
    assert_true(isnan(one_sum(ctx, 1, one, one, 1, 1, NAN)));
    assert_true(isnan(one_sum(ctx, 1, one, one, 0, 1, NAN)));
    assert_true(one_sum(ctx, 1, one, one, 0, 0, NAN) == 0);
    sunzi_context_destroy(&ctx);
}

static void test_special_values(void **state)
{
    (void)state;
    enum { SIZE = 20 };
    sunzi_context *ctx = context_for(NULL, 2, 0);
    double *a = random_numbers(SIZE * SIZE, 1),
           *b = random_numbers(SIZE * SIZE, 2);
    double clean[SIZE * SIZE], c[SIZE * SIZE];
    sunzi_product_info info;
    for (int pass = 0; pass < 2; pass++) {
        expect_status(sunzi_dgemm_expert(ctx, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS,
                                         SUNZI_NO_TRANS, SIZE, SIZE, SIZE, 1, a,
                                         SIZE, b, SIZE, 0, pass ? c : clean,
                                         SIZE, &emulated, &info),
                      SUNZI_OK);
        a[3 * SIZE + 4] = INFINITY;
        a[7 * SIZE + 1] = NAN;
        b[5 * SIZE + 9] = -INFINITY;
        b[4 * SIZE + 11] = 0; /* times infinity */
    }
    assert_int_equal(info.special_rows, 2);
    assert_int_equal(info.special_columns, 1);
    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j < SIZE; j++) {
            double plain = 0;
            for (int h = 0; h < SIZE; h++)
                plain += a[i * SIZE + h] * b[h * SIZE + j];
            const double got = c[i * SIZE + j];
            if (isfinite(plain) && j != 11)
                assert_true(fabs(got - clean[i * SIZE + j]) <= 0x1p-48);
            else
                assert_true(isnan(plain)   ? isnan(got)
                            : isinf(plain) ? got == plain
                                           : fabs(got - plain) < 0x1p-45);
        }
    free(a);
    free(b);
    sunzi_context_destroy(&ctx);
}

static void test_arguments(void **state)
{
    (void)state;
    double x[4] = {1, 2, 3, 4}, c[4] = {5, 6, 7, 8};
    const double before[4] = {5, 6, 7, 8};
#define REFUSED(layout, ta, tb, m, n, k, A, lda, B, ldb, C, ldc)               \
    expect_status(sunzi_dgemm(NULL, layout, ta, tb, m, n, k, 1, A, lda, B,     \
                              ldb, 0, C, ldc),                                 \
                  SUNZI_ERR_ARG)
    REFUSED(100, 111, 111, 2, 2, 2, x, 2, x, 2, c, 2);
    REFUSED(101, 110, 111, 2, 2, 2, x, 2, x, 2, c, 2);
    REFUSED(101, 111, 114, 2, 2, 2, x, 2, x, 2, c, 2);
    REFUSED(101, 111, 111, -1, 2, 2, x, 2, x, 2, c, 2);
    REFUSED(101, 111, 111, 2, -1, 2, x, 2, x, 2, c, 2);
    REFUSED(101, 111, 111, 2, 2, -1, x, 2, x, 2, c, 2);
    REFUSED(101, 111, 111, 2, 2, 2, x, 1, x, 2, c, 2);
    REFUSED(101, 111, 111, 2, 2, 2, x, 2, x, 1, c, 2);
    REFUSED(101, 111, 111, 2, 2, 2, x, 2, x, 2, c, 1);
    REFUSED(101, 111, 111, 2, 2, 2, NULL, 2, x, 2, c, 2);
    REFUSED(101, 111, 111, 2, 2, 2, x, 2, NULL, 2, c, 2);
    REFUSED(101, 111, 111, 2, 2, 2, x, 2, x, 2, NULL, 2);
    REFUSED(101, 111, 111, 0, 0, 0, NULL, 0, NULL, 1, NULL, 1);
#undef REFUSED
    const sunzi_product_options wrong[] = {
        {(sunzi_product_method)9, 0, 0, 0}, {SUNZI_PRODUCT_AUTO, 1, 0, 0},
        {SUNZI_PRODUCT_AUTO, 33, 0, 0},     {SUNZI_PRODUCT_AUTO, 0, -1, 0},
        {SUNZI_PRODUCT_AUTO, 0, NAN, 0},    {SUNZI_PRODUCT_AUTO, 0, 0, 2}};
    for (int i = 0; i < 5; i++)
        expect_status(sunzi_dgemm_expert(NULL, 101, 111, 111, 2, 2, 2, 1, x, 2,
                                         x, 2, 0, c, 2, &wrong[i], NULL),
                      SUNZI_ERR_ARG);
    assert_memory_equal(c, before, sizeof c);
    assert_true(strlen(sunzi_last_message()) > 20);
    /* nothing is read where there is nothing */
    expect_status(
        sunzi_dgemm(NULL, 101, 111, 111, 2, 2, 0, 1, NULL, 1, NULL, 2, 1, c, 2),
        SUNZI_OK);
    assert_memory_equal(c, before, sizeof c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_factors),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_certificate),
        cmocka_unit_test(test_exact),
        cmocka_unit_test(test_fallback),
        cmocka_unit_test(test_given_moduli),
        cmocka_unit_test(test_range),
        cmocka_unit_test(test_special_values),
        cmocka_unit_test(test_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
