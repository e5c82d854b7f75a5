/* SPDX-License-Identifier: BSD-3-Clause */
/* Reductions: correctly rounded, with the same bits on every engine, for every
 * thread count, order and partition; special values; bad input. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/context.h"
#include "engines/engine.h"
#include "precision/accumulator.h"
#include "tests/precision/big_sum.h"
#include "tests/precision/product_case.h"

enum { LONGEST = 5000, KINDS = 14, ENGINES_MAX = 16 };

/* contexts of all engines that run here, one and three threads */
static sunzi_context *contexts[2 * ENGINES_MAX];
static int context_count;

static bool same_bits(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

/* ---- data ---- */

static double sign(uint64_t *state)
{
    return next_bits(state) & 1 ? 1 : -1;
}

static double scaled(uint64_t *state, int span)
{
    const int e = (int)(next_bits(state) % (uint64_t)(2 * span + 1)) - span;
    return ldexp(uniform(state), e);
}

static double any_finite(uint64_t *state)
{
    double x;
    do {
        const uint64_t bits = next_bits(state);
        memcpy(&x, &bits, sizeof x);
    } while (!isfinite(x));
    return x;
}

/* Element i of a vector of some kind. */
static double element(int kind, int64_t i, uint64_t *state)
{
    switch (kind) {
    case 0:
        return uniform(state);
    case 1: /* every partial sum as large as it can be */
        return 2 - DBL_EPSILON;
    case 2:
        return scaled(state, 10);
    case 3:
        return scaled(state, 40);
    case 4:
        return scaled(state, 500);
    case 5:
        return any_finite(state);
    case 6: /* small integers and zeros */
        return (double)(next_bits(state) % 5) - 2;
    case 7: /* subnormal */
        return sign(state) * (double)(next_bits(state) % 1000) * 0x1p-1074;
    case 8: /* partial sums overflow */
        return i % 3 == 0 ? DBL_MAX : i % 3 == 1 ? -DBL_MAX : uniform(state);
    case 9: /* blocks of their own size */
        return ldexp(uniform(state), (int)(i / 300 * 37 % 900) - 450);
    case 10: /* an outlier here and there */
        return next_bits(state) % 700 == 0 ? 0x1p200 : uniform(state);
    case 11: /* powers of two: the borders of all that looks at exponents */
        return sign(state) * ldexp(1, (int)(next_bits(state) % 80) - 40);
    case 12: /* products near the least normal number */
        return ldexp(uniform(state), -500 - (int)(next_bits(state) % 40));
    default: /* mostly far below a few */
        return next_bits(state) % 16 ? scaled(state, 3) * 0x1p-90
                                     : scaled(state, 3);
    }
}

static void fill(int kind, int64_t n, double *x, uint64_t *state)
{
    for (int64_t i = 0; i < n; i++)
        x[i] = element(kind, i, state);
}

static void shuffle(int64_t n, double *x, uint64_t *state)
{
    for (int64_t i = n - 1; i > 0; i--) {
        const int64_t j = (int64_t)(next_bits(state) % (uint64_t)(i + 1));
        const double old = x[i];
        x[i] = x[j];
        x[j] = old;
    }
}

/* ---- references ---- */

typedef struct expected {
    double sum, asum, dot;
    big_sum squares;
} expected;

static void reference(int64_t n, const double *x, const double *y, expected *e)
{
    static big_sum sum, asum, dot;
    big_clear(&sum);
    big_clear(&asum);
    big_clear(&dot);
    big_clear(&e->squares);
    for (int64_t i = 0; i < n; i++) {
        big_add(&sum, x[i]);
        big_add(&asum, fabs(x[i]));
        big_add_product(&dot, x[i], y[i]);
        big_add_product(&e->squares, x[i], x[i]);
    }
    e->sum = big_round(&sum);
    e->asum = big_round(&asum);
    e->dot = big_round(&dot);
}

/* ---- results ---- */

typedef struct results {
    double sum, asum, dot, norm;
} results;

static void reduce(sunzi_context *ctx, int64_t n, const double *x, int64_t incx,
                   const double *y, int64_t incy, results *r)
{
    expect_status(sunzi_dsum(ctx, NULL, n, x, incx, &r->sum), SUNZI_OK);
    expect_status(sunzi_dasum(ctx, NULL, n, x, incx, &r->asum), SUNZI_OK);
    expect_status(sunzi_ddot(ctx, NULL, n, x, incx, y, incy, &r->dot),
                  SUNZI_OK);
    expect_status(sunzi_dnrm2(ctx, NULL, n, x, incx, &r->norm), SUNZI_OK);
}

static void expect_results(const char *what, int64_t n, sunzi_context *ctx,
                           const results *r, const expected *e)
{
    if (!same_bits(r->sum, e->sum) || !same_bits(r->asum, e->asum) ||
        !same_bits(r->dot, e->dot) || !big_root_is(&e->squares, r->norm))
        fail_msg("%s, n = %lld, engine %s, %d threads: sum %a (expected %a), "
                 "asum %a (%a), dot %a (%a), norm %a",
                 what, (long long)n, sunzi_context_engine(ctx),
                 sunzi_threads(ctx), r->sum, e->sum, r->asum, e->asum, r->dot,
                 e->dot, r->norm);
}

/* All engines; some strides for short vectors. */
static void check(const char *what, int64_t n, const double *x, const double *y)
{
    static const int strides[][2] = {{1, 1}, {-1, 3}, {2, -2}, {1, -1}};
    const int last = n <= LONGEST ? 4 : 1;
    double *sx = block_of((size_t)(3 * n + 1) * sizeof *sx),
           *sy = block_of((size_t)(3 * n + 1) * sizeof *sy);
    expected e;
    reference(n, x, y, &e);
    for (int s = 0; s < last; s++) {
        const int ix = strides[s][0], iy = strides[s][1];
        for (int64_t i = 0; i < n; i++) {
            sx[(ix < 0 ? i - n + 1 : i) * ix] = x[i];
            sy[(iy < 0 ? i - n + 1 : i) * iy] = y[i];
        }
        for (int c = 0; c < context_count; c++) {
            results r;
            reduce(contexts[c], n, sx, ix, sy, iy, &r);
            expect_results(what, n, contexts[c], &r, &e);
        }
    }
    free(sx);
    free(sy);
}

/* ---- tests ---- */

static void test_rounding(void **unused)
{
    static const int64_t lengths[] = {1,   2,   7,   8,    15,   16,  17,
                                      511, 512, 513, 1024, 1040, 3001};
    static double x[LONGEST], y[LONGEST];
    uint64_t state = 1;
    char what[40];
    (void)unused;
    for (int k = 0; k < KINDS * KINDS; k++) {
        const int64_t n = lengths[(k + k / KINDS) % 13];
        fill(k / KINDS, n, x, &state);
        fill(k % KINDS, n, y, &state);
        snprintf(what, sizeof what, "kinds %d and %d", k / KINDS, k % KINDS);
        check(what, n, x, y);
    }
}

/* Ill-conditioned: almost all of it cancels. */
static void test_cancellation(void **unused)
{
    static double x[LONGEST], y[LONGEST];
    uint64_t state = 2;
    (void)unused;
    for (int kind = 0; kind < KINDS; kind++)
        for (int t = 0; t < 3; t++) {
            const int64_t half = t == 0 ? 8 : t == 1 ? 600 : 2000;
            fill(kind, half, x, &state);
            for (int64_t i = 0; i < half; i++) {
                x[half + i] = -x[i];
                y[i] = y[half + i] = 1;
            }
            if (t < 2)
                shuffle(2 * half, x, &state);
            check("exactly 0", 2 * half, x, y);
            x[2 * half] = 0x1.23456789p-700;
            y[2 * half] = -3;
            check("a small rest", 2 * half + 1, x, y);
            y[half] = nextafter(1, 2);
            check("an error of a product", 2 * half + 1, x, y);
        }
}

/* Long enough for threads and for the counts of the vector kernels. */
static void test_long(void **unused)
{
    const int64_t n = 150001;
    double *x = block_of((size_t)n * sizeof *x),
           *y = block_of((size_t)n * sizeof *y);
    uint64_t state = 3;
    (void)unused;
    for (int kind = 0; kind < 3; kind++) {
        fill(kind, n, x, &state);
        fill(kind, n, y, &state);
        check("long", n, x, y);
    }
    free(x);
    free(y);
}

/* As many of the largest terms as may wait in the counts, and more. */
static void test_counts(void **unused)
{
    const int64_t n = 1200001;
    const double largest = -(2 - DBL_EPSILON) * 0x1p500;
    static big_sum sum, dot;
    double *x = block_of((size_t)n * sizeof *x);
    (void)unused;
    for (int64_t i = 0; i < n; i++)
        x[i] = largest;
    big_clear(&sum);
    big_clear(&dot);
    for (int b = 0; b < 21; b++)
        if (n >> b & 1) {
            big_add(&sum, ldexp(largest, b));
            big_add_product(&dot, ldexp(largest, b), largest);
        }
    for (int c = 0; c < context_count; c++) {
        double r;
        expect_status(sunzi_dsum(contexts[c], NULL, n, x, 1, &r), SUNZI_OK);
        assert_true(same_bits(r, big_round(&sum)));
        expect_status(sunzi_ddot(contexts[c], NULL, n, x, 1, x, 1, &r),
                      SUNZI_OK);
        assert_true(same_bits(r, big_round(&dot)));
    }
    free(x);
}

/* One term far below the others: the borders of the levels of a kernel. */
static void test_spans(void **unused)
{
    static double x[LONGEST], y[LONGEST];
    uint64_t state = 8;
    (void)unused;
    for (int t = 0; t < 600; t++) {
        const int k = t < 300 ? t : 2 * (t - 300), m = t < 300 ? 0 : k;
        const int64_t n = t % 2 ? 64 : 600;
        const int64_t at = (int64_t)(next_bits(&state) % (uint64_t)(n / 2));
        for (int64_t i = 0; i < n; i++) {
            x[i] = 0.75 + uniform(&state) / 4;
            y[i] = 0.75 + uniform(&state) / 4;
        }
        x[at] = ldexp(2 - DBL_EPSILON, -k);
        y[at] = ldexp(nextafter(1, 2), -m);
        if (t % 3 == 0)
            x[(at + 9) % (n / 2)] = 0;
        check("a small term", n, x, y);
        for (int64_t i = 0; i < n / 2; i++) {
            x[n / 2 + i] = -x[i]; /* the small term stays, or both vanish */
            y[n / 2 + i] = i == at ? ldexp(1, -m) : y[i];
        }
        check("a small term, alone", n, x, y);
    }
}

static void test_order(void **unused)
{
    static double x[LONGEST], y[LONGEST];
    uint64_t state = 4;
    (void)unused;
    for (int kind = 0; kind < KINDS; kind++) {
        results first, r;
        fill(kind, LONGEST, x, &state);
        fill(0, LONGEST, y, &state);
        for (int t = 0; t < 8; t++) {
            uint64_t a = (uint64_t)t, b = (uint64_t)t;
            reduce(contexts[t % context_count], LONGEST, x, 1, y, 1, &r);
            if (t == 0)
                first = r;
            assert_true(same_bits(r.sum, first.sum));
            assert_true(same_bits(r.asum, first.asum));
            assert_true(same_bits(r.dot, first.dot));
            assert_true(same_bits(r.norm, first.norm));
            shuffle(LONGEST, x, &a);
            shuffle(LONGEST, y, &b);
        }
    }
}

/* Parts of any size by any engine, merged in any order, at any weight. */
static void test_parts(void **unused)
{
    static double x[LONGEST], y[LONGEST];
    uint64_t state = 5;
    (void)unused;
    for (int t = 0; t < 20 * KINDS; t++) {
        const int kind = t % KINDS;
        sunzi_accumulator sum, part;
        expected e;
        big_sum rest;
        double high, low;
        fill(kind, LONGEST, x, &state);
        fill(t % 3 ? kind : 0, LONGEST, y, &state);
        const int64_t n = 1 + (int64_t)(next_bits(&state) % 900);
        reference(n, x, y, &e);
        sunzi_accumulator_clear(&sum);
        for (int64_t at = 0, size; at < n; at += size) {
            size = 1 + (int64_t)(next_bits(&state) % 400);
            if (size > n - at)
                size = n - at;
            sunzi_accumulator_clear(&part);
            if (next_bits(&state) % 2)
                part.weight = SUNZI_ACCUMULATOR_WEIGHT_MAX - size / 2;
            contexts[t % context_count]->engine->exact_dot(size, x + at, y + at,
                                                           &part);
            assert_in_range(part.weight, 0, SUNZI_ACCUMULATOR_WEIGHT_MAX);
            sunzi_accumulator_merge(&part, &sum);
            assert_in_range(part.weight, 0, SUNZI_ACCUMULATOR_WEIGHT_MAX);
            sum = part;
        }
        assert_true(same_bits(sunzi_accumulator_round(&sum), e.dot));
        sunzi_accumulator_round2(&sum, &high, &low);
        assert_true(same_bits(high, e.dot));
        big_clear(&rest);
        for (int64_t i = 0; i < n; i++)
            big_add_product(&rest, x[i], y[i]);
        if (isfinite(high))
            big_add(&rest, -high);
        assert_true(same_bits(low, isfinite(high) ? big_round(&rest) : 0));
    }
}

/* Digits are unique after the carries, whatever they were. */
static void test_normal_form(void **unused)
{
    sunzi_accumulator a, b;
    uint64_t state = 6;
    (void)unused;
    for (int t = 0; t < 200; t++) {
        const double x = any_finite(&state), y = any_finite(&state);
        sunzi_accumulator_clear(&a);
        sunzi_accumulator_clear(&b);
        sunzi_accumulator_add(&a, x);
        sunzi_accumulator_add_product(&a, x, y);
        for (int i = 0; i < 3; i++)
            sunzi_accumulator_add_product(&b, y, x);
        sunzi_accumulator_add(&b, x);
        for (int i = 0; i < 2; i++)
            sunzi_accumulator_add_product(&b, y, -x);
        sunzi_accumulator_normalise(&a);
        sunzi_accumulator_normalise(&b);
        assert_memory_equal(&a, &b, sizeof a);
    }
}

static void expect_dot(int64_t n, const double *x, const double *y,
                       double expected)
{
    for (int c = 0; c < context_count; c++) {
        double r;
        expect_status(sunzi_ddot(contexts[c], NULL, n, x, 1, y, 1, &r),
                      SUNZI_OK);
        if (!same_bits(r, expected))
            fail_msg("n = %lld, x[0] = %a, y[0] = %a: %a, expected %a",
                     (long long)n, x[0], y[0], r, expected);
    }
}

static void expect_sum(int64_t n, const double *x, double sum, double asum,
                       double norm)
{
    for (int c = 0; c < context_count; c++) {
        results r;
        reduce(contexts[c], n, x, 1, x, 1, &r);
        if (!same_bits(r.sum, sum) || !same_bits(r.asum, asum) ||
            !same_bits(r.norm, norm))
            fail_msg("n = %lld: sum %a, expected %a; asum %a, expected %a; "
                     "norm %a, expected %a",
                     (long long)n, r.sum, sum, r.asum, asum, r.norm, norm);
    }
}

/* Non-finite terms at any place of long and short vectors. */
static void test_not_finite(void **unused)
{
    static double x[2000], y[2000];
    uint64_t state = 7;
    (void)unused;
    for (int t = 0; t < 60; t++) {
        const int64_t n = t % 2 ? 2000 : 5;
        const int64_t i = (int64_t)(next_bits(&state) % (uint64_t)n),
                      j = (i + n - 1) % n;
        const double inf = t % 4 < 2 ? INFINITY : -INFINITY;
        fill(t % 3, n, x, &state);
        fill(1, n, y, &state);
        x[i] = inf;
        expect_dot(n, x, y, inf);
        expect_sum(n, x, inf, INFINITY, INFINITY);
        x[j] = inf;
        expect_dot(n, x, y, inf);
        x[j] = -inf;
        expect_dot(n, x, y, NAN);
        expect_sum(n, x, NAN, INFINITY, INFINITY);
        x[j] = 1;
        y[i] = 0;
        expect_dot(n, x, y, NAN);
        y[i] = 1;
        x[j] = NAN;
        expect_dot(n, x, y, NAN);
        expect_sum(n, x, NAN, NAN, NAN);
    }
}

static void test_zeros(void **unused)
{
    static double x[1000], y[1000];
    (void)unused;
    expect_sum(0, x, 0.0, 0.0, 0.0);
    for (int i = 0; i < 1000; i++) {
        x[i] = -0.0;
        y[i] = 5;
    }
    expect_sum(1, x, -0.0, 0.0, 0.0);
    expect_sum(1000, x, -0.0, 0.0, 0.0);
    expect_dot(1000, x, y, -0.0);
    expect_dot(1000, x, x, 0.0);
    x[700] = 0.0;
    expect_sum(1000, x, 0.0, 0.0, 0.0);
    expect_dot(1000, x, y, 0.0);
    x[700] = 1;
    x[701] = -1;
    expect_sum(1000, x, 0.0, 2, sqrt(2));
    expect_dot(1000, x, y, 0.0);
    /* below half of the least number, of either sign, and a tie */
    x[0] = -0x1p-1074;
    y[0] = 0.25;
    expect_dot(1, x, y, -0.0);
    y[0] = -0.25;
    expect_dot(1, x, y, 0.0);
    y[0] = 0.5;
    expect_dot(1, x, y, -0.0);
    y[0] = 0.75;
    expect_dot(1, x, y, -0x1p-1074);
}

static void test_range(void **unused)
{
    const double m = DBL_MAX, half = 0x1p970;
    const double over[] = {m, m, -m}, tie[] = {m, half}, more[] = {m, half, 1},
                 less[] = {m, half, -0x1p-1074},
                 tiny[] = {0x1p-1074, 0x1p-1074};
    const double root_tie[] = {0x1p53, 0x1p27, 1}, even = 0x1p53;
    const double root_more[] = {0x1p53, 0x1p27, 1, 0x1p-1000};
    const double root_near[] = {0x1p53, 0x1p27, 1, 0x1p-5};
    const double big[] = {m, 0x1p-1074};
    uint64_t state = 9;
    (void)unused;
    for (int i = 0; i < 2000; i++) { /* around the least normal number */
        const double x = ldexp(uniform(&state), -500 - i % 70);
        const double y = ldexp(uniform(&state), -510);
        expect_dot(1, &x, &y, x * y);
    }
    expect_sum(3, over, m, INFINITY, INFINITY);
    expect_sum(2, tie, INFINITY, INFINITY, m);
    expect_sum(3, more, INFINITY, INFINITY, m);
    expect_sum(3, less, m, INFINITY, m);
    expect_sum(2, big, m, m, m);
    expect_sum(1, tiny, 0x1p-1074, 0x1p-1074, 0x1p-1074);
    expect_sum(2, tiny, 0x1p-1073, 0x1p-1073, 0x1p-1074);
    expect_sum(3, root_tie, 0x1p53 + 0x1p27, 0x1p53 + 0x1p27, even);
    expect_sum(4, root_more, 0x1p53 + 0x1p27 + 2, 0x1p53 + 0x1p27 + 2,
               even + 2);
    expect_sum(4, root_near, 0x1p53 + 0x1p27 + 2, 0x1p53 + 0x1p27 + 2,
               even + 2);
    expect_dot(2, over, tiny, 2 * (m * 0x1p-1074));
}

static void expect_argument(sunzi_status status, const char *part,
                            const double *result)
{
    expect_status(status, SUNZI_ERR_ARG);
    assert_non_null(strstr(sunzi_last_message(), part));
    assert_true(*result == 7);
}

static void test_arguments(void **unused)
{
    double x[4] = {1, 2, 3, 4}, r = 7;
    (void)unused;
    expect_argument(sunzi_dsum(NULL, NULL, -1, x, 1, &r), "n = -1", &r);
    expect_argument(sunzi_dsum(NULL, NULL, 4, x, 0, &r), "incx = 0", &r);
    expect_argument(sunzi_dasum(NULL, NULL, 4, NULL, 1, &r), "x is NULL", &r);
    expect_argument(sunzi_dnrm2(NULL, NULL, INT64_MAX, x, 1, &r), "memory", &r);
    expect_argument(sunzi_dnrm2(NULL, NULL, 2, x, INT64_MIN, &r), "memory", &r);
    expect_argument(sunzi_ddot(NULL, NULL, 4, x, 1, NULL, 1, &r), "y is NULL",
                    &r);
    expect_argument(sunzi_ddot(NULL, NULL, 4, x, 1, x, 0, &r), "incy = 0", &r);
    expect_argument(sunzi_dsum(NULL, NULL, 4, x, 1, NULL), "result is NULL",
                    &r);
    expect_status(sunzi_ddot(NULL, NULL, 0, NULL, 1, NULL, 1, &r), SUNZI_OK);
    assert_true(same_bits(r, 0.0));
}

static int open_contexts(void **unused)
{
    (void)unused;
    for (int e = sunzi_engine_count() - 1; e >= 0; e--)
        for (int threads = 1; threads <= 3; threads += 2) {
            assert_true(context_count < 2 * ENGINES_MAX);
            sunzi_context *ctx = context_for(sunzi_engine_name(e), threads, 0);
            if (!ctx)
                break;
            contexts[context_count++] = ctx;
        }
    return context_count == 0;
}

static int close_contexts(void **unused)
{
    (void)unused;
    while (context_count > 0)
        sunzi_context_destroy(&contexts[--context_count]);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rounding),   cmocka_unit_test(test_cancellation),
        cmocka_unit_test(test_long),       cmocka_unit_test(test_counts),
        cmocka_unit_test(test_spans),      cmocka_unit_test(test_order),
        cmocka_unit_test(test_parts),      cmocka_unit_test(test_normal_form),
        cmocka_unit_test(test_not_finite), cmocka_unit_test(test_zeros),
        cmocka_unit_test(test_range),      cmocka_unit_test(test_arguments),
    };
    return cmocka_run_group_tests(tests, open_contexts, close_contexts);
}
