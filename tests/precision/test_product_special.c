/* SPDX-License-Identifier: BSD-3-Clause */
/* Infinities, NaN, signed zeros, overflow and underflow: as the plain loop. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <math.h>

#include "tests/precision/product_case.h"

enum { M = 37, N = 45, K = 70 };

static void emulate(int m, int n, int k, double alpha, const matrix *a,
                    const matrix *b, double beta, matrix *c,
                    sunzi_product_info *info)
{
    sunzi_product_options options;
    sunzi_product_options_init(&options);
    options.method = SUNZI_PRODUCT_EMULATED;
    assert_int_equal(sunzi_dgemm_expert(NULL, SUNZI_ROW_MAJOR, 111, 111, m, n,
                                        k, alpha, a->x, a->ld, b->x, b->ld,
                                        beta, c->x, c->ld, &options, info),
                     SUNZI_OK);
}

static double loop(const matrix *a, const matrix *b, int i, int j)
{
    double sum = 0;
    for (int h = 0; h < a->cols; h++)
        sum += *at(a, i, h) * *at(b, h, j);
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
    uint64_t state = 1;
    matrix a = new_matrix(SUNZI_ROW_MAJOR, M, K, 1, 0);
    matrix b = new_matrix(SUNZI_ROW_MAJOR, K, N, 1, 0);
    matrix c = new_matrix(SUNZI_ROW_MAJOR, M, N, 1, 0);
    sunzi_product_info info;
    fill_uniform(&a, &state);
    fill_uniform(&b, &state);
    *at(&a, 2, 3) = INFINITY;
    *at(&a, 5, 1) = NAN;
    *at(&a, 20, 0) = INFINITY;
    *at(&a, 20, 69) = -INFINITY;
    *at(&b, 3, 7) = 0; /* meets the infinity: NaN */
    *at(&b, 60, 44) = -INFINITY;
    *at(&b, 61, 11) = NAN;
    emulate(M, N, K, 1, &a, &b, 0, &c, &info);
    assert_int_equal(info.method, SUNZI_PRODUCT_EMULATED);
    assert_int_equal(info.special_rows, 3);
    assert_int_equal(info.special_columns, 2);
    assert_true(isfinite(info.certificate));
    for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++)
            assert_like(*at(&c, i, j), loop(&a, &b, i, j));
    /* beta C is read exactly once, also where the entries are special */
    matrix d = new_matrix(SUNZI_ROW_MAJOR, M, N, 1, 0);
    for (int i = 0; i < M * N; i++)
        d.x[i] = i;
    emulate(M, N, K, 1, &a, &b, 2, &d, &info);
    for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++)
            assert_like(*at(&d, i, j), loop(&a, &b, i, j) + 2 * (i * N + j));
    free_matrix(&a);
    free_matrix(&b);
    free_matrix(&c);
    free_matrix(&d);
}

static void test_all_special(void **unused)
{
    (void)unused;
    matrix a = new_matrix(SUNZI_ROW_MAJOR, 2, 2, 1, 0);
    matrix b = new_matrix(SUNZI_ROW_MAJOR, 2, 2, 1, 0);
    matrix c = new_matrix(SUNZI_ROW_MAJOR, 2, 2, 1, 0);
    sunzi_product_info info;
    for (int i = 0; i < 4; i++) {
        a.x[i] = i == 3 ? NAN : INFINITY;
        b.x[i] = -1;
    }
    emulate(2, 2, 2, 1, &a, &b, 0, &c, &info);
    assert_int_equal(info.special_rows, 2);
    assert_true(c.x[0] == -INFINITY && c.x[1] == -INFINITY);
    assert_true(isnan(c.x[2]) && isnan(c.x[3]));
    free_matrix(&a);
    free_matrix(&b);
    free_matrix(&c);
}

static double one_product(double x, double y, double alpha, double beta,
                          double old)
{
    matrix a = {1, 1, SUNZI_ROW_MAJOR, 1, 1, &x};
    matrix b = {1, 1, SUNZI_ROW_MAJOR, 1, 1, &y};
    matrix c = {1, 1, SUNZI_ROW_MAJOR, 1, 1, &old};
    sunzi_product_info info;
    emulate(1, 1, 1, alpha, &a, &b, beta, &c, &info);
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
    matrix a = new_matrix(SUNZI_ROW_MAJOR, 1, 4, 1, 0);
    matrix b = new_matrix(SUNZI_ROW_MAJOR, 4, 1, 1, 0);
    matrix c = new_matrix(SUNZI_ROW_MAJOR, 1, 1, 1, 0);
    sunzi_product_info info;
    for (int h = 0; h < 4; h++) {
        a.x[h] = 1e200;
        b.x[h] = -1e200;
    }
    emulate(1, 1, 4, 1, &a, &b, 0, &c, &info);
    assert_true(c.x[0] == -INFINITY);
    /* the sum is what is rounded: intermediate overflow does no harm */
    b.x[0] = b.x[1] = 1e200;
    emulate(1, 1, 4, 1, &a, &b, 0, &c, &info);
    assert_true(c.x[0] == 0);
    a.x[0] = 0x1p-530;
    b.x[0] = 0x1.8p-530;
    for (int h = 1; h < 4; h++)
        a.x[h] = b.x[h] = 0;
    emulate(1, 1, 4, 1, &a, &b, 0, &c, &info);
    assert_true(c.x[0] == 0x1.8p-1060);
    free_matrix(&a);
    free_matrix(&b);
    free_matrix(&c);
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
