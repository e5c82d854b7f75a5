/* SPDX-License-Identifier: BSD-3-Clause */
/* The bits of a product depend on no engine, thread count or workspace limit; a
 * second call allocates nothing; a failed allocation leaves C untouched. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/context.h"
#include "tests/precision/product_case.h"

enum { M = 130, N = 70, K = 90 };

typedef struct data {
    double *a, *b, *first, *c;
    sunzi_product_method method;
} data;

static void open_data(data *d)
{
    d->a = random_numbers(M * K, 5);
    d->b = random_numbers(K * N, 6);
    d->c = block_of(M * N * sizeof *d->c);
    d->first = block_of(M * N * sizeof *d->c);
    uint64_t state = 9;
    for (int i = 0; i < M * K; i++)
        d->a[i] = ldexp(d->a[i], (int)(next_bits(&state) % 12));
    d->a[7 * K + 3] = INFINITY;
    d->b[11 * N + 2] = NAN;
}

static void close_data(data *d)
{
    free(d->a);
    free(d->b);
    free(d->c);
    free(d->first);
}

static sunzi_status multiply(sunzi_context *ctx, const data *d)
{
    const sunzi_product_options options = {.method = d->method};
    return sunzi_dgemm_expert(ctx, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS,
                              SUNZI_NO_TRANS, M, N, K, 0.3, d->a, K, d->b, N,
                              -0.7, d->c, N, &options, NULL);
}

static void set_old(double *c)
{
    for (int e = 0; e < M * N; e++)
        c[e] = 1.0 / (e + 1);
}

/* NaN have no bits of their own: sign and payload are the processor's. */
static void expect_same(const double *x, const double *y, const char *engine,
                        int threads, size_t limit)
{
    for (int e = 0; e < M * N; e++)
        if (memcmp(&x[e], &y[e], sizeof *x) != 0 &&
            !(isnan(x[e]) && isnan(y[e])))
            fail_msg("engine %s, %d threads, limit %zu: entry %d is %a, with "
                     "the first engine %a",
                     engine, threads, limit, e, x[e], y[e]);
}

static void check_bits(sunzi_product_method method)
{
    static const size_t limits[] = {0, 700000, 440000};
    data d = {.method = method};
    bool any = false;
    open_data(&d);
    for (int e = sunzi_engine_count() - 1; e >= 0; e--)
        for (int threads = 1; threads <= 3; threads++)
            for (int l = 0; l < 3; l++) {
                const char *engine = sunzi_engine_name(e);
                sunzi_context *ctx = context_for(engine, threads, limits[l]);
                if (!ctx) {
                    threads = 3;
                    break;
                }
                double *c = d.c;
                set_old(c);
                expect_status(multiply(ctx, &d), SUNZI_OK);
                if (any)
                    expect_same(c, d.first, engine, threads, limits[l]);
                else
                    memcpy(d.first, c, M * N * sizeof *c);
                any = true;
                sunzi_context_destroy(&ctx);
            }
    assert_true(any);
    close_data(&d);
}

static void test_emulated_bits(void **state)
{
    (void)state;
    check_bits(SUNZI_PRODUCT_EMULATED);
}

static void test_ordered_bits(void **state)
{
    (void)state;
    check_bits(SUNZI_PRODUCT_ORDERED);
}

/* Transposes and layouts are read in other orders, with the same bits. */
static void test_transposed_bits(void **state)
{
    (void)state;
    data d = {.method = SUNZI_PRODUCT_EMULATED};
    sunzi_context *ctx = context_for(NULL, 2, 0);
    double *at = block_of(M * K * sizeof *at),
           *ct = block_of(M * N * sizeof *ct);
    const sunzi_product_options options = {.method = SUNZI_PRODUCT_EMULATED};
    open_data(&d);
    set_old(d.c);
    expect_status(multiply(ctx, &d), SUNZI_OK);
    for (int i = 0; i < M; i++)
        for (int h = 0; h < K; h++)
            at[h * M + i] = d.a[i * K + h];
    set_old(d.first);
    for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++)
            ct[j * M + i] = d.first[i * N + j];
    expect_status(sunzi_dgemm_expert(ctx, SUNZI_COL_MAJOR, SUNZI_NO_TRANS,
                                     SUNZI_TRANS, M, N, K, 0.3, at, M, d.b, N,
                                     -0.7, ct, M, &options, NULL),
                  SUNZI_OK);
    for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++)
            d.first[i * N + j] = ct[j * M + i];
    expect_same(d.first, d.c, "transposed", 2, 0);
    free(at);
    free(ct);
    close_data(&d);
    sunzi_context_destroy(&ctx);
}

/* The bits of a triangular solve do not depend on them either. */
static void test_triangle_bits(void **state)
{
    enum { ORDER = 140, COLS = 70 };
    (void)state;
    double *a = random_numbers(ORDER * ORDER, 8), *first = NULL;
    for (int i = 0; i < ORDER; i++)
        for (int h = 0; h < ORDER; h++) /* nothing above the diagonal is read */
            a[i * ORDER + h] = h > i    ? NAN
                               : h == i ? 2 + a[i * ORDER + h]
                                        : a[i * ORDER + h] / ORDER;
    for (int e = sunzi_engine_count() - 1; e >= 0; e--)
        for (int threads = 1; threads <= 3; threads++) {
            const sunzi_product_options options = {.method =
                                                       SUNZI_PRODUCT_EMULATED};
            sunzi_context *ctx = context_for(sunzi_engine_name(e), threads, 0);
            if (!ctx)
                break;
            double *x = random_numbers(ORDER * COLS, 3);
            expect_status(sunzi_dtrsm_expert(ctx, SUNZI_ROW_MAJOR, SUNZI_LEFT,
                                             SUNZI_LOWER, SUNZI_NO_TRANS,
                                             SUNZI_NON_UNIT, ORDER, COLS, 1, a,
                                             ORDER, x, COLS, &options, NULL),
                          SUNZI_OK);
            if (first)
                assert_memory_equal(x, first, ORDER * COLS * sizeof *x);
            else
                memcpy(first = block_of(ORDER * COLS * sizeof *x), x,
                       ORDER * COLS * sizeof *x);
            free(x);
            sunzi_context_destroy(&ctx);
        }
    assert_non_null(first);
    free(first);
    free(a);
}

/* A reproducible context never leaves the choice to the speed of a machine. */
static void test_reproducible(void **state)
{
    (void)state;
    sunzi_context_options o;
    sunzi_context *ctx = NULL;
    sunzi_product_info info;
    const double x[1] = {3};
    double c[1];
    sunzi_context_options_init(&o);
    o.reproducible = 1;
    expect_status(sunzi_context_create(&o, &ctx), SUNZI_OK);
    expect_status(sunzi_dgemm_expert(ctx, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS,
                                     SUNZI_NO_TRANS, 1, 1, 1, 1, x, 1, x, 1, 0,
                                     c, 1, NULL, &info),
                  SUNZI_OK);
    assert_int_equal(info.method, SUNZI_PRODUCT_EMULATED);
    assert_true(c[0] == 9);
    sunzi_context_destroy(&ctx);
}

static void test_second_call(void **state)
{
    (void)state;
    for (int method = SUNZI_PRODUCT_EMULATED; method <= SUNZI_PRODUCT_ORDERED;
         method++) {
        data d = {.method = (sunzi_product_method)method};
        sunzi_context *ctx = context_for(NULL, 2, 0);
        open_data(&d);
        set_old(d.c);
        expect_status(multiply(ctx, &d), SUNZI_OK);
        const size_t before = sunzi_pool_allocations(ctx->pool);
        expect_status(multiply(ctx, &d), SUNZI_OK);
        assert_int_equal(sunzi_pool_allocations(ctx->pool), before);
        close_data(&d);
        sunzi_context_destroy(&ctx);
    }
}

static void test_allocation_failure(void **state)
{
    (void)state;
    for (int method = SUNZI_PRODUCT_EMULATED; method <= SUNZI_PRODUCT_ORDERED;
         method++) {
        data d = {.method = (sunzi_product_method)method};
        sunzi_context *ctx = context_for(NULL, 2, 0);
        sunzi_status status = SUNZI_ERR_NOMEM;
        int failures = 0;
        open_data(&d);
        set_old(d.first);
        for (long request = 1; status != SUNZI_OK; request++) {
            set_old(d.c);
            sunzi_memory_fail_after(request);
            status = multiply(ctx, &d);
            sunzi_memory_fail_after(-1);
            if (status == SUNZI_OK)
                break;
            expect_status(status, SUNZI_ERR_NOMEM);
            assert_memory_equal(d.c, d.first, M * N * sizeof *d.c);
            failures++;
        }
        assert_true(failures > 0 || method == SUNZI_PRODUCT_NATIVE);
        close_data(&d);
        sunzi_context_destroy(&ctx);
    }
}

/* A limit below the smallest blocks is an error, not a larger workspace. */
static void test_limit(void **state)
{
    (void)state;
    data d = {.method = SUNZI_PRODUCT_EMULATED};
    sunzi_context *ctx = context_for(NULL, 1, 100);
    open_data(&d);
    set_old(d.c);
    set_old(d.first);
    expect_status(multiply(ctx, &d), SUNZI_ERR_NOMEM);
    assert_memory_equal(d.c, d.first, M * N * sizeof *d.c);
    assert_non_null(strstr(sunzi_last_message(), "limit"));
    close_data(&d);
    sunzi_context_destroy(&ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_emulated_bits),
        cmocka_unit_test(test_ordered_bits),
        cmocka_unit_test(test_transposed_bits),
        cmocka_unit_test(test_triangle_bits),
        cmocka_unit_test(test_reproducible),
        cmocka_unit_test(test_second_call),
        cmocka_unit_test(test_allocation_failure),
        cmocka_unit_test(test_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
