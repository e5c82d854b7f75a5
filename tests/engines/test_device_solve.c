/* SPDX-License-Identifier: BSD-3-Clause */
/* Dense solves that stay on a device: the bits and the reports of the portable
 * engine, with FP64 and without; what crosses; too little memory; a device that
 * fails. */
#define _DEFAULT_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/context.h"
#include "engines/device.h"
#include "tests/engines/device_case.h"
#include "tests/precision/product_case.h"
#include "tests/solvers/problem.h"

/* ---- whole solves ---- */

typedef struct solve_case {
    int n, nrhs, definite;
    double digits; /* of the condition */
    sunzi_grade grade;
    int spread; /* exponents of the rows */
    const char *fp64;
} solve_case;

static const solve_case cases[] = {
    {1, 1, 0, 0, SUNZI_GRADE_ACCURATE, 0, "0"},
    {7, 3, 1, 2, SUNZI_GRADE_BACKWARD, 0, "0"},
    {64, 1, 0, 3, SUNZI_GRADE_ACCURATE, 0, "0"},
    {65, 1, 0, 8.5, SUNZI_GRADE_ACCURATE, 0, "0"}, /* GMRES */
    {64, 2, 1, 3, SUNZI_GRADE_ACCURATE, 200, "0"},
    {1, 1, 1, 0, SUNZI_GRADE_BACKWARD, 0, "1"},
    {7, 35, 0, 1, SUNZI_GRADE_ACCURATE, 0, "1"},
    {130, 1, 0, 3, SUNZI_GRADE_BACKWARD, 90, "1"},
    {130, 2, 1, 4, SUNZI_GRADE_ACCURATE, 0, "1"},
    {130, 1, 0, 9, SUNZI_GRADE_ACCURATE, 0, "1"},  /* GMRES */
    {130, 5, 1, 9, SUNZI_GRADE_ACCURATE, 0, "1"},  /* another rung */
    {130, 1, 0, 13, SUNZI_GRADE_ACCURATE, 0, "1"}, /* another rung */
    {64, 2, 0, 3, SUNZI_GRADE_CERTIFIED, 0, "1"},
    {64, 1, 0, 2, SUNZI_GRADE_ACCURATE, 900, "1"}, /* a copy of S */
    {300, 1, 1, 2, SUNZI_GRADE_BACKWARD, 0, "1"},
    {300, 4, 0, 3, SUNZI_GRADE_ACCURATE, 0, "1"}};

static void spread_rows(const test_problem *p, const solve_case *c)
{
    for (int i = 0; i < p->n && c->spread; i++) {
        const int e = (i * 37) % c->spread - c->spread / 2;
        for (int j = 0; j < p->n; j++) {
            double *at = &p->a[i + j * p->n];
            const int other = (j * 37) % c->spread - c->spread / 2;
            *at = ldexp(*at, c->definite ? e / 2 + other / 2 : e);
        }
    }
}

typedef struct answer {
    double *x;
    sunzi_solve_report report;
    sunzi_column_report *columns;
    sunzi_status status;
} answer;

static answer solve_case_on(sunzi_context *ctx, const test_problem *p,
                            const solve_case *c, int layout)
{
    const size_t nrhs = (size_t)c->nrhs, n = (size_t)c->n;
    const int ldx = layout == SUNZI_ROW_MAJOR ? c->nrhs : c->n;
    answer a = {.x = block_of(n * nrhs * sizeof(double)),
                .columns = block_of(nrhs * sizeof *a.columns)};
    sunzi_solve_options o;
    sunzi_solve_options_init(&o);
    o.structure = c->definite ? SUNZI_POSITIVE_DEFINITE : SUNZI_GENERAL;
    o.factor = SUNZI_FACTOR_FP32;
    o.grade = c->grade;
    a.status = sunzi_dsolve(ctx, layout, c->n, c->nrhs, p->a, c->n, p->b, ldx,
                            a.x, ldx, &o, &a.report, a.columns);
    return a;
}

static void drop(answer *a)
{
    free(a->x);
    free(a->columns);
}

static void same_answers(const solve_case *c, const answer *got,
                         const answer *expected)
{
    expect_status(got->status, expected->status);
    if (got->status < 0)
        fail_msg("n %d, digits %g: %s", c->n, c->digits, sunzi_last_message());
    same_doubles("a solution", (size_t)c->n * (size_t)c->nrhs, got->x,
                 expected->x);
    same_double("condition", got->report.condition, expected->report.condition);
    assert_int_equal(got->report.attempts, expected->report.attempts);
    assert_int_equal(got->report.factor, expected->report.factor);
    for (int j = 0; j < c->nrhs; j++) {
        const sunzi_column_report *g = &got->columns[j];
        const sunzi_column_report *e = &expected->columns[j];
        assert_int_equal(g->grade, e->grade);
        assert_int_equal(g->refinements, e->refinements);
        assert_int_equal(g->gmres_iterations, e->gmres_iterations);
        same_double("an error", g->normwise_error, e->normwise_error);
        same_double("an error", g->componentwise_error, e->componentwise_error);
        same_double("a bound", g->forward_bound, e->forward_bound);
    }
}

/* Every part of the FP32 rung is the device's. */
static void expect_all_there(const answer *a, const char *engine)
{
    const sunzi_attempt *first = &a->report.attempt[0];
    assert_string_equal(a->report.engine, engine);
    assert_string_equal(first->engine_factor, engine);
    assert_string_equal(first->engine_residual, engine);
    assert_string_equal(first->engine_solve, engine);
}

static void solves_on(const char *engine, int *with_gmres, int *climbed)
{
    sunzi_context *portable = open_context("portable", "1");
    sunzi_context *with[2] = {open_context(engine, "0"),
                              open_context(engine, "1")};
    assert_false(with[0]->device->limits.fp64);
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        const solve_case *c = &cases[k];
        const int layout = k % 2 ? SUNZI_ROW_MAJOR : SUNZI_COL_MAJOR;
        test_problem p =
            test_problem_make(c->n, c->nrhs, c->digits, c->definite, 12);
        spread_rows(&p, c);
        answer expected = solve_case_on(portable, &p, c, layout);
        answer got = solve_case_on(with[c->fp64[0] - '0'], &p, c, layout);
        same_answers(c, &got, &expected);
        expect_all_there(&got, engine);
        *with_gmres += got.columns[0].gmres_iterations > 0;
        *climbed += got.report.attempts > 1;
        drop(&got);
        drop(&expected);
        free(p.a);
    }
    for (int i = 0; i < 2; i++) {
        assert_int_equal(with[i]->device->counts.bytes, 0);
        sunzi_context_destroy(&with[i]);
    }
    sunzi_context_destroy(&portable);
}

static void solves(void **unused)
{
    (void)unused;
    int index = 0;
    for (const char *engine; (engine = next_device_engine(&index));) {
        int with_gmres = 0, climbed = 0;
        solves_on(engine, &with_gmres, &climbed);
        assert_true(with_gmres > 1);
        assert_true(climbed > 1);
    }
}

/* A matrix without an answer has the sentence of the portable engine. */
static void no_answer(void **unused)
{
    (void)unused;
    static const int orders[] = {3, 65, 131};
    int index = 0;
    for (const char *engine; (engine = next_device_engine(&index));)
        for (int k = 0; k < 6; k++) {
            const int n = orders[k / 2], definite = k % 2, bad = n / 2 + 1;
            sunzi_context *ctx = open_context(engine, "1");
            sunzi_context *portable = open_context("portable", "1");
            double *a = block_of((size_t)n * (size_t)n * sizeof *a);
            double *b = random_numbers(n, 8), *x = random_numbers(n, 9);
            char expected[300];
            sunzi_solve_options o;
            /* the identity, but row `bad` is row 0; definite: it is not */
            for (int i = 0; i < n; i++)
                for (int j = 0; j < n; j++)
                    a[i * n + j] =
                        (i == bad ? 0 : i) == (j == bad ? 0 : j) ? 1 : 0;
            if (definite)
                a[bad * n] = a[bad] = 1.5;
            sunzi_solve_options_init(&o);
            o.factor = SUNZI_FACTOR_FP32;
            o.structure = definite ? SUNZI_POSITIVE_DEFINITE : SUNZI_GENERAL;
            o.climb = 0;
            const sunzi_status status =
                definite ? SUNZI_ERR_NOT_POSITIVE_DEFINITE : SUNZI_ERR_SINGULAR;
            expect_status(sunzi_dsolve(portable, SUNZI_ROW_MAJOR, n, 1, a, n, b,
                                       1, x, 1, &o, NULL, NULL),
                          status);
            snprintf(expected, sizeof expected, "%s", sunzi_last_message());
            expect_status(sunzi_dsolve(ctx, SUNZI_ROW_MAJOR, n, 1, a, n, b, 1,
                                       x, 1, &o, NULL, NULL),
                          status);
            assert_string_equal(sunzi_last_message(), expected);
            assert_true(ctx->device->counts.launches > 0);
            assert_int_equal(ctx->device->counts.bytes, 0);
            free(a);
            free(b);
            free(x);
            sunzi_context_destroy(&ctx);
            sunzi_context_destroy(&portable);
        }
}

/* Numbers that are not finite, rows and columns of zeros: the same sentence. */
static void bad_matrices(void **unused)
{
    (void)unused;
    enum { N = 40 };
    int index = 0;
    for (const char *engine; (engine = next_device_engine(&index));)
        for (int k = 0; k < 8; k++) {
            sunzi_context *ctx = open_context(engine, "1");
            sunzi_context *portable = open_context("portable", "1");
            test_problem p = test_problem_make(N, 1, 2, k / 4, 5);
            const solve_case c = {N, 1, k / 4, 2, SUNZI_GRADE_BACKWARD, 0, "1"};
            char expected[300];
            for (int i = 0; i < N && k % 4 > 1; i++)
                p.a[k % 4 == 2 ? i * N + 9 : 9 * N + i] = 0;
            if (k % 4 < 2)
                p.a[3 * N + 17] = k % 4 ? INFINITY : NAN;
            answer a = solve_case_on(portable, &p, &c, SUNZI_COL_MAJOR);
            snprintf(expected, sizeof expected, "%s", sunzi_last_message());
            answer b = solve_case_on(ctx, &p, &c, SUNZI_COL_MAJOR);
            assert_true(a.status < 0);
            expect_status(b.status, a.status);
            assert_string_equal(sunzi_last_message(), expected);
            assert_int_equal(ctx->device->counts.bytes, 0);
            drop(&a);
            drop(&b);
            free(p.a);
            sunzi_context_destroy(&ctx);
            sunzi_context_destroy(&portable);
        }
}

/* ---- what crosses, what fits, what fails ---- */

/* A crosses once, the factors never: the rest is vectors. */
static void crossings(void **unused)
{
    (void)unused;
    enum { N = 260, VECTORS = 60 };
    int index = 0;
    for (const char *engine; (engine = next_device_engine(&index));)
        for (int definite = 0; definite < 2; definite++) {
            const solve_case c = {N, 1,  definite, 4, SUNZI_GRADE_ACCURATE,
                                  0, "1"};
            const int64_t matrix = 8 * N * N, vectors = VECTORS * 8 * N;
            sunzi_context *ctx = open_context(engine, "1");
            test_problem p = test_problem_make(N, 1, c.digits, definite, 3);
            sunzi_device_use use;
            answer a = solve_case_on(ctx, &p, &c, SUNZI_COL_MAJOR);
            expect_status(a.status, SUNZI_OK);
            assert_int_equal(a.report.attempts, 1);
            assert_int_equal(sunzi_context_device(ctx, &use), 1);
            assert_true(vectors < matrix / 2); /* of the factors */
            assert_true(use.bytes_to >= matrix);
            assert_in_range(use.bytes_to, matrix, matrix + vectors);
            assert_in_range(use.bytes_from, 8 * N, vectors);
            drop(&a);
            free(p.a);
            sunzi_context_destroy(&ctx);
        }
}

/* Less memory: residuals here, then all of it here; the same bits. */
static void little_memory(void **unused)
{
    (void)unused;
    enum { N = 100 };
    static const size_t bytes[] = {1 << 20, 150000, 20000};
    int index = 0;
    for (const char *engine; (engine = next_device_engine(&index));)
        for (int definite = 0; definite < 2; definite++) {
            const solve_case c = {N, 2,  definite, 3, SUNZI_GRADE_ACCURATE,
                                  0, "1"};
            sunzi_context *portable = open_context("portable", "1");
            test_problem p = test_problem_make(N, 2, 3, definite, 3);
            answer expected = solve_case_on(portable, &p, &c, SUNZI_COL_MAJOR);
            for (int k = 0; k < 3; k++) {
                sunzi_context *ctx = open_context(engine, "1");
                ctx->device->limits.memory_bytes = bytes[k];
                answer got = solve_case_on(ctx, &p, &c, SUNZI_COL_MAJOR);
                const sunzi_attempt *a = &got.report.attempt[0];
                same_answers(&c, &got, &expected);
                assert_int_equal(strcmp(a->engine_residual, engine) == 0,
                                 k == 0);
                assert_int_equal(strcmp(a->engine_factor, engine) == 0, k < 2);
                assert_int_equal(strcmp(a->engine_solve, engine) == 0, k < 2);
                assert_true(ctx->device->counts.most_bytes <= bytes[k]);
                assert_int_equal(ctx->device->counts.bytes, 0);
                drop(&got);
                sunzi_context_destroy(&ctx);
            }
            drop(&expected);
            free(p.a);
            sunzi_context_destroy(&portable);
        }
}

/* Launches that are left; then each fails. */
static int launches_left;
static sunzi_status (*real_launch)(sunzi_device *, void *, const char *,
                                   const size_t[3], const size_t[3],
                                   const sunzi_device_argument *, int);

static sunzi_status failing_launch(sunzi_device *device, void *kernel,
                                   const char *name, const size_t groups[3],
                                   const size_t items[3],
                                   const sunzi_device_argument *arguments,
                                   int count)
{
    if (launches_left-- <= 0)
        return sunzi_fail(SUNZI_ERR_DEVICE, "kernel %s: the device is gone",
                          name);
    return real_launch(device, kernel, name, groups, items, arguments, count);
}

static void failures(void **unused)
{
    (void)unused;
    enum { N = 70 };
    int index = 0;
    for (const char *engine; (engine = next_device_engine(&index));) {
        const solve_case c = {N, 1, 0, 3, SUNZI_GRADE_ACCURATE, 0, "1"};
        sunzi_context *ctx = open_context(engine, "1");
        const sunzi_device_ops *real = ctx->device->ops;
        sunzi_device_ops failing = *real;
        test_problem p = test_problem_make(N, 1, 3, 0, 3);
        const int64_t before = ctx->device->counts.launches;
        answer whole = solve_case_on(ctx, &p, &c, SUNZI_COL_MAJOR);
        const int all = (int)(ctx->device->counts.launches - before);
        expect_status(whole.status, SUNZI_OK);
        real_launch = real->launch;
        failing.launch = failing_launch;
        ctx->device->ops = &failing;
        for (int left = 0; left < all; left += 1 + left / 3) {
            launches_left = left;
            double x[N];
            memset(x, 1, sizeof x);
            double kept[N];
            memcpy(kept, x, sizeof x);
            sunzi_solve_options o;
            sunzi_solve_options_init(&o);
            o.factor = SUNZI_FACTOR_FP32;
            o.grade = SUNZI_GRADE_ACCURATE;
            expect_status(sunzi_dsolve(ctx, SUNZI_COL_MAJOR, N, 1, p.a, N, p.b,
                                       N, x, N, &o, NULL, NULL),
                          SUNZI_ERR_DEVICE);
            expect_message("the device is gone");
            assert_memory_equal(x, kept, sizeof x);
            assert_int_equal(ctx->device->counts.bytes, 0);
        }
        ctx->device->ops = real;
        answer again = solve_case_on(ctx, &p, &c, SUNZI_COL_MAJOR);
        same_answers(&c, &again, &whole);
        drop(&again);
        drop(&whole);
        free(p.a);
        sunzi_context_destroy(&ctx);
    }
}

/* Memory of the host that fails: an answer or SUNZI_ERR_NOMEM, nothing lost. */
static void failed_allocations(void **unused)
{
    (void)unused;
    enum { N = 40 };
    int index = 0;
    for (const char *engine; (engine = next_device_engine(&index));) {
        const solve_case c = {N, 1, 0, 2, SUNZI_GRADE_BACKWARD, 0, "1"};
        sunzi_context *ctx = open_context(engine, "1");
        test_problem p = test_problem_make(N, 1, 2, 0, 3);
        answer whole = solve_case_on(ctx, &p, &c, SUNZI_COL_MAJOR);
        expect_status(whole.status, SUNZI_OK);
        int failed = 0;
        for (long k = 1; k < 60; k++) {
            sunzi_memory_fail_after(k);
            answer a = solve_case_on(ctx, &p, &c, SUNZI_COL_MAJOR);
            sunzi_memory_fail_after(-1);
            if (a.status < 0) {
                expect_status(a.status, SUNZI_ERR_NOMEM);
                failed++;
            } else {
                same_doubles("a solution", N, a.x, whole.x);
            }
            assert_int_equal(ctx->device->counts.bytes, 0);
            drop(&a);
        }
        assert_true(failed > 2);
        drop(&whole);
        free(p.a);
        sunzi_context_destroy(&ctx);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_matrices),

        cmocka_unit_test(solves),       cmocka_unit_test(no_answer),
        cmocka_unit_test(crossings),    cmocka_unit_test(little_memory),
        cmocka_unit_test(failures),     cmocka_unit_test(failed_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
