/* SPDX-License-Identifier: BSD-3-Clause */
/* Infinities, NaN, signed zeros, overflow and underflow: as the plain loop. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "tests/precision/product_case.h"

enum { M = 37, N = 45, K = 70 };

/* row-major and dense */
static void emulate(int m, int n, int k, double alpha, const double *a,
                    const double *b, double beta, double *c,
                    sunzi_product_info *info)
{
    const sunzi_product_options options = {.method = SUNZI_PRODUCT_EMULATED};
    expect_status(sunzi_dgemm_expert(NULL, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS,
                                     SUNZI_NO_TRANS, m, n, k, alpha, a, k, b, n,
                                     beta, c, n, &options, info),
                  SUNZI_OK);
}

static double loop(const double *a, const double *b, int i, int j)
{
    double sum = 0;
    for (int h = 0; h < K; h++)
        sum += a[i * K + h] * b[h * N + j];
    return sum;
}

/* Same kind of number: NaN, an infinity with its sign, or both finite and
 * close. */
static void assert_like(double got, double expected)
{
    if (isnan(expected))
        assert_true(isnan(got));
    else if (isinf(expected))
        assert_true(got == expected);
    else
        assert_true(fabs(got - expected) <= 1e-13 * K);
}

static void test_propagation(void **unused)
{
    (void)unused;
    double *a = random_numbers(M * K, 1), *b = random_numbers(K * N, 2);
    double c[M * N], d[M * N];
    sunzi_product_info info;
    a[2 * K + 3] = INFINITY;
    a[5 * K + 1] = NAN;
    a[20 * K] = INFINITY;
    a[20 * K + 69] = -INFINITY;
    b[3 * N + 7] = 0; /* meets the infinity: NaN */
    b[60 * N + 44] = -INFINITY;
    b[61 * N + 11] = NAN;
    emulate(M, N, K, 1, a, b, 0, c, &info);
    assert_int_equal(info.method, SUNZI_PRODUCT_EMULATED);
    assert_int_equal(info.special_rows, 3);
    assert_int_equal(info.special_columns, 2);
    assert_true(isfinite(info.certificate));
    for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++)
            assert_like(c[i * N + j], loop(a, b, i, j));
    /* beta C is read exactly once, also where the entries are special */
    for (int i = 0; i < M * N; i++)
        d[i] = i;
    emulate(M, N, K, 1, a, b, 2, d, &info);
    for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++)
            assert_like(d[i * N + j], loop(a, b, i, j) + 2 * (i * N + j));
    free(a);
    free(b);
}

static void test_all_special(void **unused)
{
    (void)unused;
    const double a[] = {INFINITY, INFINITY, INFINITY, NAN};
    const double b[] = {-1, -1, -1, -1};
    double c[4];
    sunzi_product_info info;
    emulate(2, 2, 2, 1, a, b, 0, c, &info);
    assert_int_equal(info.special_rows, 2);
    assert_true(c[0] == -INFINITY && c[1] == -INFINITY);
    assert_true(isnan(c[2]) && isnan(c[3]));
}

static double one_product(double x, double y, double alpha, double beta,
                          double old)
{
    sunzi_product_info info;
    emulate(1, 1, 1, alpha, &x, &y, beta, &old, &info);
    assert_int_equal(info.method, SUNZI_PRODUCT_EMULATED);
    return old;
}

/* A single product has the rounding of IEEE multiplication. */
static void test_one_product(void **unused)
{
    (void)unused;
    static const double values[] = {1,
                                    3,
                                    1.0 / 3,
                                    -0x1.fffffffffffffp0,
                                    DBL_MAX,
                                    -DBL_MAX,
                                    DBL_MIN,
                                    0x1p-1074,
                                    -0x1.8p-1073,
                                    0x1.23456789abcdep-1030,
                                    1e300,
                                    1e-300,
                                    1e-160,
                                    0x1.921fb54442d18p+1,
                                    -1e160};
    enum { COUNT = (int)(sizeof values / sizeof values[0]) };
    for (int i = 0; i < COUNT; i++)
        for (int j = 0; j < COUNT; j++) {
            const double expected = values[i] * values[j];
            const double got = one_product(values[i], values[j], 1, 0, 7);
            assert_memory_equal(&got, &expected, sizeof got);
        }
}

static void test_signed_zeros(void **unused)
{
    (void)unused;
    /* the sum starts from +0 */
    assert_true(!signbit(one_product(0.0, 5, 1, 0, 1)));
    assert_true(!signbit(one_product(-0.0, 5, 1, 0, 1)));
    assert_true(signbit(one_product(0.0, 5, -1, 0, 1)));    /* -1 * +0 */
    assert_true(!signbit(one_product(0.0, 5, 1, 1, -0.0))); /* +0 + -0 */
    assert_true(signbit(one_product(0.0, 5, -1, 1, -0.0)));
    assert_true(signbit(one_product(-0x1p-1000, 0x1p-1000, 1, 0, 1)));
}

static void test_overflow(void **unused)
{
    (void)unused;
    const double a[] = {1e200, 1e200, 1e200, 1e200};
    const double minus[] = {-1e200, -1e200, -1e200, -1e200};
    const double both[] = {1e200, 1e200, -1e200, -1e200};
    const double small[] = {0x1p-530, 0, 0, 0}, other[] = {0x1.8p-530, 0, 0, 0};
    double c;
    sunzi_product_info info;
    emulate(1, 1, 4, 1, a, minus, 0, &c, &info);
    assert_true(c == -INFINITY);
    /* the sum is what is rounded: intermediate overflow does no harm */
    emulate(1, 1, 4, 1, a, both, 0, &c, &info);
    assert_true(c == 0);
    emulate(1, 1, 4, 1, small, other, 0, &c, &info);
    assert_true(c == 0x1.8p-1060);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_propagation), cmocka_unit_test(test_all_special),
        cmocka_unit_test(test_one_product), cmocka_unit_test(test_signed_zeros),
        cmocka_unit_test(test_overflow),
    };
    return cmocka_run_group_tests_name("special values", tests, NULL, NULL);
}
