/* SPDX-License-Identifier: BSD-3-Clause */
/* Accuracy of sunzi_dgemm on hard data: no worse than the BLAS, within the
 * certificate, and what the guard has to notice. Errors count in u |A||B|. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <cblas.h>
#include <math.h>

#include "tests/precision/product_case.h"

enum { M = 130, N = 120, K = 250, SAMPLES = 3000 };

static double phi; /* spread of the next data */
static int spread; /* exponent range of the next data */

typedef void filler(matrix *a, matrix *b, uint64_t *state);

static void log_normal(matrix *a, matrix *b, uint64_t *state)
{
    for (int i = 0; i < M * K; i++)
        a->x[i] = uniform(state) * exp(phi * gauss(state));
    for (int i = 0; i < K * N; i++)
        b->x[i] = uniform(state) * exp(phi * gauss(state));
}

static void outer_scaled(matrix *a, matrix *b, uint64_t *state)
{
    phi = 0;
    log_normal(a, b, state);
    for (int i = 0; i < M; i++) {
        const int e = (int)(spread * uniform(state));
        for (int h = 0; h < K; h++)
            *at(a, i, h) = ldexp(*at(a, i, h), e);
    }
    for (int j = 0; j < N; j++) {
        const int e = (int)(spread * uniform(state));
        for (int h = 0; h < K; h++)
            *at(b, h, j) = ldexp(*at(b, h, j), e);
    }
}

static void inner_scaled(matrix *a, matrix *b, uint64_t *state)
{
    phi = 0;
    log_normal(a, b, state);
    for (int h = 0; h < K; h++) {
        const int e = (int)(spread * uniform(state));
        for (int i = 0; i < M; i++)
            *at(a, i, h) = ldexp(*at(a, i, h), e);
        for (int j = 0; j < N; j++)
            *at(b, h, j) = ldexp(*at(b, h, j), -e);
    }
}

static void positive(matrix *a, matrix *b, uint64_t *state)
{
    phi = 0;
    log_normal(a, b, state);
    for (int i = 0; i < M * K; i++)
        a->x[i] = fabs(a->x[i]);
    for (int i = 0; i < K * N; i++)
        b->x[i] = fabs(b->x[i]);
}

static void constant(matrix *a, matrix *b, uint64_t *state)
{
    (void)state;
    for (int i = 0; i < M * K; i++)
        a->x[i] = 1.0 / 3;
    for (int i = 0; i < K * N; i++)
        b->x[i] = 1.0 / 7;
}

static void one_huge(matrix *a, matrix *b, uint64_t *state)
{
    phi = 0;
    log_normal(a, b, state);
    a->x[5] = 1e200;
}

static void subnormal(matrix *a, matrix *b, uint64_t *state)
{
    phi = 0;
    log_normal(a, b, state);
    for (int i = 0; i < M * K; i++)
        a->x[i] *= 0x1p-1050;
    for (int i = 0; i < K * N; i++)
        b->x[i] *= 0x1p600;
}

static void cancelling(matrix *a, matrix *b, uint64_t *state)
{
    phi = 0;
    log_normal(a, b, state);
    for (int i = 0; i < M; i++)
        for (int h = 0; h < K / 2; h++)
            *at(a, i, h + K / 2) = *at(a, i, h);
    for (int j = 0; j < N; j++)
        for (int h = 0; h < K / 2; h++)
            *at(b, h + K / 2, j) = -*at(b, h, j) * (1 + 0x1p-40);
}

static void sparse(matrix *a, matrix *b, uint64_t *state)
{
    phi = 0;
    log_normal(a, b, state);
    for (int i = 0; i < M * K; i++)
        if (uniform(state) > -0.8)
            a->x[i] = 0;
    for (int i = 0; i < K * N; i++)
        if (uniform(state) > -0.8)
            b->x[i] = 0;
}

static void zero_vectors(matrix *a, matrix *b, uint64_t *state)
{
    phi = 0;
    log_normal(a, b, state);
    for (int h = 0; h < K; h++) {
        *at(a, 3, h) = *at(b, h, 7) = 0;
        *at(a, 4, h) = h == 10; /* a unit vector */
        if (h % 2)              /* disjoint from column 9 */
            *at(a, 6, h) = 0;
        else
            *at(b, h, 9) = 0;
    }
}

/* Columns of zeros in A meet huge rows of B. */
static void useless_rows(matrix *a, matrix *b, uint64_t *state)
{
    phi = 0;
    log_normal(a, b, state);
    for (int h = 0; h < K; h += 3) {
        for (int i = 0; i < M; i++)
            *at(a, i, h) = 0;
        for (int j = 0; j < N; j++)
            *at(b, h, j) *= 1e90;
    }
}

/* Returns the error of the emulated product, *blas that of the BLAS. */
static double errors(filler *fill, double *blas, sunzi_product_info *info)
{
    uint64_t state = 11;
    matrix a = new_matrix(SUNZI_ROW_MAJOR, M, K, 1, 0);
    matrix b = new_matrix(SUNZI_ROW_MAJOR, K, N, 1, 0);
    matrix c = new_matrix(SUNZI_ROW_MAJOR, M, N, 1, 0);
    sunzi_product_options options;
    fill(&a, &b, &state);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, M, N, K, 1, a.x, K,
                b.x, N, 0, c.x, N);
    *blas = relative_error(&a, &b, &c, SAMPLES);
    sunzi_product_options_init(&options);
    options.method = SUNZI_PRODUCT_EMULATED;
    assert_int_equal(sunzi_dgemm_expert(NULL, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS,
                                        SUNZI_NO_TRANS, M, N, K, 1, a.x, K, b.x,
                                        N, 0, c.x, N, &options, info),
                     SUNZI_OK);
    const double error = relative_error(&a, &b, &c, SAMPLES);
    print_message("error %.3g BLAS %.3g certificate %.3g moduli %d%s (%s)\n",
                  error, *blas, info->certificate, info->moduli,
                  info->balanced ? " balanced" : "", info->reason);
    free_matrix(&a);
    free_matrix(&b);
    free_matrix(&c);
    return error;
}

/* moduli: how many may be used at most; 0: the method must be ordered.
 * balanced: 0 or 1; -1: either is right */
static void check(filler *fill, int moduli, int balanced)
{
    sunzi_product_info info;
    double blas;
    const double error = errors(fill, &blas, &info);
    if (moduli == 0) {
        assert_int_equal(info.method, SUNZI_PRODUCT_ORDERED);
        assert_true(isnan(info.certificate));
        assert_true(error <= blas * 1.5);
        return;
    }
    assert_int_equal(info.method, SUNZI_PRODUCT_EMULATED);
    assert_true(info.moduli <= moduli);
    assert_true(balanced < 0 || info.balanced == balanced);
    assert_true(error <= fmax(blas, 1)); /* the final rounding is up to u |v| */
    assert_true(info.certificate <= fmax(8, sqrt(K) / 2));
    assert_true(error <= info.certificate + 1);
}

static void test_spread(void **unused)
{
    (void)unused;
    static const double spreads[] = {0, 0.5, 1, 2, 4};
    static const int moduli[] = {15, 16, 17, 18, 21};
    for (int s = 0; s < 5; s++) {
        phi = spreads[s];
        check(log_normal, moduli[s], -1);
    }
}

static void test_scaled(void **unused)
{
    (void)unused;
    spread = 100;
    check(outer_scaled, 15, 0);
    spread = 450; /* products up to 2^900 */
    check(outer_scaled, 15, 0);
    spread = 20;
    check(inner_scaled, 15, 1);
    spread = 300;
    check(inner_scaled, 15, 1);
}

static void test_structured(void **unused)
{
    (void)unused;
    check(positive, 15, 0);
    check(constant, 16, 0);
    check(one_huge, 19, 0);
    check(subnormal, 15, 0);
    check(cancelling, 15, 0);
    check(useless_rows, 16, 1);
    check(zero_vectors, 18, 0);
    check(sparse, 18, 0);
}

/* Entries of each operand spread over 2^+-200 each, no structure: nothing can
 * be proved with 32 moduli, and the fixed order is taken. */
static void scattered(matrix *a, matrix *b, uint64_t *state)
{
    for (int i = 0; i < M * K; i++)
        a->x[i] = ldexp(uniform(state), (int)(200 * uniform(state)));
    for (int i = 0; i < K * N; i++)
        b->x[i] = ldexp(uniform(state), (int)(200 * uniform(state)));
}

static void test_not_certified(void **unused)
{
    (void)unused;
    check(scattered, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spread),
        cmocka_unit_test(test_scaled),
        cmocka_unit_test(test_structured),
        cmocka_unit_test(test_not_certified),
    };
    return cmocka_run_group_tests_name("accuracy", tests, NULL, NULL);
}
