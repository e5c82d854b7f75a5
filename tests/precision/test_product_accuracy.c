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
#include <stdlib.h>

#include "tests/precision/product_case.h"

enum { M = 130, N = 120, K = 250 };

static double phi; /* spread of the next data */
static int spread; /* exponent range of the next data */

typedef void filler(double *a, double *b, uint64_t *state);

static void log_normal(double *a, double *b, uint64_t *state)
{
    for (int i = 0; i < M * K; i++)
        a[i] = uniform(state) * exp(phi * normal(state));
    for (int i = 0; i < K * N; i++)
        b[i] = uniform(state) * exp(phi * normal(state));
}

static void outer_scaled(double *a, double *b, uint64_t *state)
{
    phi = 0;
    log_normal(a, b, state);
    for (int i = 0; i < M; i++) {
        const int e = (int)(spread * uniform(state));
        for (int h = 0; h < K; h++)
            a[i * K + h] = ldexp(a[i * K + h], e);
    }
    for (int j = 0; j < N; j++) {
        const int e = (int)(spread * uniform(state));
        for (int h = 0; h < K; h++)
            b[h * N + j] = ldexp(b[h * N + j], e);
    }
}

static void inner_scaled(double *a, double *b, uint64_t *state)
{
    phi = 0;
    log_normal(a, b, state);
    for (int h = 0; h < K; h++) {
        const int e = (int)(spread * uniform(state));
        for (int i = 0; i < M; i++)
            a[i * K + h] = ldexp(a[i * K + h], e);
        for (int j = 0; j < N; j++)
            b[h * N + j] = ldexp(b[h * N + j], -e);
    }
}

static void positive(double *a, double *b, uint64_t *state)
{
    phi = 0;
    log_normal(a, b, state);
    for (int i = 0; i < M * K; i++)
        a[i] = fabs(a[i]);
    for (int i = 0; i < K * N; i++)
        b[i] = fabs(b[i]);
}

static void constant(double *a, double *b, uint64_t *state)
{
    (void)state;
    for (int i = 0; i < M * K; i++)
        a[i] = 1.0 / 3;
    for (int i = 0; i < K * N; i++)
        b[i] = 1.0 / 7;
}

static void one_huge(double *a, double *b, uint64_t *state)
{
    phi = 0;
    log_normal(a, b, state);
    a[5] = 1e200;
}

static void subnormal(double *a, double *b, uint64_t *state)
{
    phi = 0;
    log_normal(a, b, state);
    for (int i = 0; i < M * K; i++)
        a[i] *= 0x1p-1050;
    for (int i = 0; i < K * N; i++)
        b[i] *= 0x1p600;
}

static void cancelling(double *a, double *b, uint64_t *state)
{
    phi = 0;
    log_normal(a, b, state);
    for (int i = 0; i < M; i++)
        for (int h = 0; h < K / 2; h++)
            a[i * K + h + K / 2] = a[i * K + h];
    for (int j = 0; j < N; j++)
        for (int h = 0; h < K / 2; h++)
            b[(h + K / 2) * N + j] = -b[h * N + j] * (1 + 0x1p-40);
}

static void sparse(double *a, double *b, uint64_t *state)
{
    phi = 0;
    log_normal(a, b, state);
    for (int i = 0; i < M * K; i++)
        if (uniform(state) > -0.8)
            a[i] = 0;
    for (int i = 0; i < K * N; i++)
        if (uniform(state) > -0.8)
            b[i] = 0;
}

static void zero_vectors(double *a, double *b, uint64_t *state)
{
    phi = 0;
    log_normal(a, b, state);
    for (int h = 0; h < K; h++) {
        a[3 * K + h] = b[h * N + 7] = 0;
        a[4 * K + h] = h == 10; /* a unit vector */
        if (h % 2)              /* disjoint from column 9 */
            a[6 * K + h] = 0;
        else
            b[h * N + 9] = 0;
    }
}

/* Columns of zeros in A meet huge rows of B. */
static void useless_rows(double *a, double *b, uint64_t *state)
{
    phi = 0;
    log_normal(a, b, state);
    for (int h = 0; h < K; h += 3) {
        for (int i = 0; i < M; i++)
            a[i * K + h] = 0;
        for (int j = 0; j < N; j++)
            b[h * N + j] *= 1e90;
    }
}

/* Returns the error of the emulated product, *blas that of the BLAS. */
static double errors(filler *fill, double *blas, sunzi_product_info *info)
{
    uint64_t state = 11;
    double *a = block_of(M * K * sizeof *a), *b = block_of(K * N * sizeof *b);
    double *c = block_of(M * N * sizeof *c);
    const sunzi_product_options options = {.method = SUNZI_PRODUCT_EMULATED};
    fill(a, b, &state);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, M, N, K, 1, a, K, b,
                N, 0, c, N);
    *blas = worst_error(M, N, K, a, b, c);
    expect_status(sunzi_dgemm_expert(NULL, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS,
                                     SUNZI_NO_TRANS, M, N, K, 1, a, K, b, N, 0,
                                     c, N, &options, info),
                  SUNZI_OK);
    const double error = worst_error(M, N, K, a, b, c);
    print_message("error %.3g BLAS %.3g certificate %.3g moduli %d%s (%s)\n",
                  error, *blas, info->certificate, info->moduli,
                  info->balanced ? " balanced" : "", info->reason);
    free(a);
    free(b);
    free(c);
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
    assert_true(error <= blas);
    assert_true(info.certificate <= fmax(8, sqrt(K) / 2));
    assert_true(error <= info.certificate);
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
static void scattered(double *a, double *b, uint64_t *state)
{
    for (int i = 0; i < M * K; i++)
        a[i] = ldexp(uniform(state), (int)(200 * uniform(state)));
    for (int i = 0; i < K * N; i++)
        b[i] = ldexp(uniform(state), (int)(200 * uniform(state)));
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
