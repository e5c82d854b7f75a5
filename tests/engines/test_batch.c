/* SPDX-License-Identifier: BSD-3-Clause */
/* Many small products and systems at once: the answers, the bits on every
 * engine (devices with FP64 and without), members that fail, bad arguments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "engines/device.h"
#include "engines/engine.h"
#include "engines/launch.h"
#include "tests/engines/device_case.h"
#include "tests/precision/product_case.h"

/* Contexts to compare: of each engine that is here, those of devices twice. */
enum { CONTEXTS_MAX = 12 };

static int open_all(sunzi_context **contexts)
{
    const char *only = getenv("SUNZI_TEST_ENGINE");
    int count = 0;
    contexts[count++] = open_context("portable", "1");
    for (int i = 0; sunzi_engine_name(i); i++) {
        const char *name = sunzi_engine_name(i);
        const bool device = sunzi_engine_at(i)->device != NULL;
        char why[300];
        if ((device && only && strcmp(only, name) != 0) ||
            !sunzi_engine_available(i, why, sizeof why))
            continue;
        contexts[count++] = open_context(name, "1");
        if (device && !only) /* once: its programs take long to compile */
            contexts[count++] = open_context(name, "0");
    }
    return count;
}

static void close_all(sunzi_context **contexts, int count)
{
    for (int i = 0; i < count; i++) {
        if (contexts[i]->device)
            assert_int_equal(contexts[i]->device->counts.bytes, 0);
        sunzi_context_destroy(&contexts[i]);
    }
}

/* ---- products ---- */

typedef struct product_case {
    int layout, transa, transb, m, n, k, count;
    double alpha, beta;
    bool one_a; /* for all */
} product_case;

static int rows_of(const product_case *c, bool a, bool stored_rows)
{
    const int trans = a ? c->transa : c->transb;
    const int rows = a ? c->m : c->k, cols = a ? c->k : c->n;
    return (trans == SUNZI_NO_TRANS) == stored_rows ? rows : cols;
}

static void compare_products(sunzi_context **contexts, int count,
                             const product_case *c)
{
    const bool by_rows = c->layout == SUNZI_ROW_MAJOR;
    const int lda = rows_of(c, true, !by_rows) + 1;
    const int ldb = rows_of(c, false, !by_rows) + (c->k == 0);
    const int ldc = (by_rows ? c->n : c->m) + 2;
    const int64_t a_size = (int64_t)lda * rows_of(c, true, by_rows) + 3;
    const int64_t b_size = (int64_t)ldb * rows_of(c, false, by_rows);
    const int64_t c_size = (int64_t)ldc * (by_rows ? c->m : c->n) + 1;
    const int64_t step = c->one_a ? 0 : a_size;
    double *a = random_numbers(a_size * c->count, 3);
    double *b = random_numbers(b_size * c->count, 4);
    double *expected = random_numbers(c_size * c->count, 5);
    sunzi_product_options options;
    sunzi_product_options_init(&options);
    options.method = SUNZI_PRODUCT_ORDERED;
    for (int i = 0; i < c->count; i++)
        expect_status(sunzi_dgemm_expert(contexts[0], c->layout, c->transa,
                                         c->transb, c->m, c->n, c->k, c->alpha,
                                         a + i * step, lda, b + i * b_size, ldb,
                                         c->beta, expected + i * c_size, ldc,
                                         &options, NULL),
                      SUNZI_OK);
    for (int e = 0; e < count; e++) {
        double *got = random_numbers(c_size * c->count, 5);
        const int64_t launches = sunzi_launches(contexts[e]);
        expect_status(sunzi_dgemm_batch_strided(
                          contexts[e], c->layout, c->transa, c->transb, c->m,
                          c->n, c->k, c->alpha, a, lda, step, b, ldb, b_size,
                          c->beta, got, ldc, c_size, c->count),
                      SUNZI_OK);
        assert_memory_equal(got, expected,
                            (size_t)(c_size * c->count) * sizeof *got);
        if (contexts[e]->device)
            assert_int_equal(sunzi_launches(contexts[e]) - launches,
                             c->k > 0 && c->k <= 256 && c->alpha != 0);
        free(got);
    }
    free(a);
    free(b);
    free(expected);
}

static void products(void **unused)
{
    (void)unused;
    static const product_case cases[] = {
        {101, 111, 111, 5, 7, 9, 40, 1, 0, false},
        {101, 112, 111, 16, 3, 33, 7, -2.5, 1, false},
        {102, 111, 112, 8, 8, 8, 70, 1, -0.5, true},
        {102, 112, 112, 13, 17, 256, 3, 3, 2, false},
        {101, 111, 111, 4, 4, 300, 3, 1, 1, false},
        {102, 111, 111, 6, 5, 0, 3, 1, 3, false},
        {101, 111, 111, 6, 5, 4, 3, 0, 0, false},
    };
    sunzi_context *contexts[CONTEXTS_MAX];
    const int count = open_all(contexts);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        compare_products(contexts, count, &cases[i]);
    close_all(contexts, count);
}

/* ---- systems ---- */

enum { SINGULAR = 3, NOT_A_NUMBER = 5, HARD = 6, TINY = 8 };

/* Random systems, some of them special; n >= 4. */
static double *systems(int n, int count, bool special)
{
    double *a = random_numbers((int64_t)n * n * count, 21);
    for (int p = 0; p < count; p++)
        for (int e = 0; e < n * n; e++) {
            double *v = &a[(int64_t)p * n * n + e];
            *v = ldexp(*v, e / n % 40 - e % n % 30); /* badly scaled */
            if (!special)
                continue;
            if (p == SINGULAR && e / n == 2)
                *v = 0;
            if (p == NOT_A_NUMBER && e == 1)
                *v = NAN;
            if (p == HARD) /* Hilbert: FP32 factors do not do */
                *v = 1.0 / (e / n + e % n + 1);
            if (p == TINY) /* residuals would underflow */
                *v = ldexp(*v, -950);
        }
    return a;
}

static double backward_error(int n, const double *a, int ra, int ca,
                             const double *b, const double *x, int step)
{
    double norm = 0, size = 0, right = 0, worst = 0;
    for (int i = 0; i < n; i++) {
        quad r = (quad)b[i * step];
        double sum = 0;
        for (int j = 0; j < n; j++) {
            r -= (quad)a[i * ra + j * ca] * (quad)x[j * step];
            sum += fabs(a[i * ra + j * ca]);
        }
        norm = fmax(norm, sum);
        size = fmax(size, fabs(x[i * step]));
        right = fmax(right, fabs(b[i * step]));
        worst = fmax(worst, (double)quad_abs(r));
    }
    return worst / (norm * size + right);
}

typedef struct answers {
    sunzi_status status;
    double *x;
    sunzi_batch_member *members;
} answers;

static answers solve_all(sunzi_context *ctx, int layout, int n, int nrhs,
                         int count, const double *a, const double *b,
                         sunzi_grade grade)
{
    const int64_t right = (int64_t)n * nrhs;
    const int ld = layout == SUNZI_ROW_MAJOR ? nrhs : n;
    sunzi_solve_options o;
    answers got = {.x = block_of((size_t)(right * count) * sizeof *got.x),
                   .members = block_of((size_t)count * sizeof *got.members)};
    sunzi_solve_options_init(&o);
    o.grade = grade;
    for (int64_t i = 0; i < right * count; i++)
        got.x[i] = -7;
    got.status = sunzi_dsolve_batch_strided(ctx, layout, n, nrhs, a, n,
                                            (int64_t)n * n, b, ld, right, got.x,
                                            ld, right, count, &o, got.members);
    return got;
}

static void drop(answers *a)
{
    free(a->x);
    free(a->members);
}

/* Each member has its grade by its own residual; those that can be solved
 * together are, with the same bits everywhere. */
static void compare_systems(sunzi_context **contexts, int count, int layout,
                            int n, int nrhs, int systems_count)
{
    const int64_t right = (int64_t)n * nrhs;
    const bool by_rows = layout == SUNZI_ROW_MAJOR;
    double *a = systems(n, systems_count, false);
    double *b = random_numbers(right * systems_count, 5);
    answers first = solve_all(contexts[0], layout, n, nrhs, systems_count, a, b,
                              SUNZI_GRADE_BACKWARD);
    memset(b, 0, (size_t)n * (by_rows ? 0 : 1) * sizeof *b);
    drop(&first);
    first = solve_all(contexts[0], layout, n, nrhs, systems_count, a, b,
                      SUNZI_GRADE_BACKWARD);
    expect_status(first.status, SUNZI_OK);
    for (int p = 0; p < systems_count; p++) {
        const sunzi_batch_member *m = &first.members[p];
        assert_int_equal(m->status, SUNZI_OK);
        assert_int_equal(m->grade, SUNZI_GRADE_BACKWARD);
        assert_int_equal(m->factor, SUNZI_FACTOR_FP32);
        assert_true(m->normwise_error <= sqrt(n) * 0x1p-53);
        for (int c = 0; c < nrhs; c++) {
            const int64_t at = p * right + (by_rows ? c : (int64_t)c * n);
            const bool zero = !by_rows && p == 0 && c == 0;
            const double error = backward_error(
                n, a + (int64_t)p * n * n, by_rows ? n : 1, by_rows ? 1 : n,
                b + at, first.x + at, by_rows ? nrhs : 1);
            /* the library's residual has an error of its own, 2 u of |b| */
            if (!zero)
                assert_true(error <= 1.01 * sqrt(n) * 0x1p-53);
            for (int i = 0; i < n && zero; i++)
                assert_true(first.x[i] == 0);
        }
    }
    for (int e = 1; e < count; e++) {
        const int64_t launches = sunzi_launches(contexts[e]);
        answers got = solve_all(contexts[e], layout, n, nrhs, systems_count, a,
                                b, SUNZI_GRADE_BACKWARD);
        expect_status(got.status, SUNZI_OK);
        assert_memory_equal(got.x, first.x,
                            (size_t)(right * systems_count) * sizeof *got.x);
        assert_memory_equal(got.members, first.members,
                            (size_t)systems_count * sizeof *got.members);
        if (contexts[e]->device)
            assert_int_equal(sunzi_launches(contexts[e]) - launches, 1);
        drop(&got);
    }
    drop(&first);
    free(a);
    free(b);
}

static void solves(void **unused)
{
    (void)unused;
    sunzi_context *contexts[CONTEXTS_MAX];
    const int count = open_all(contexts);
    compare_systems(contexts, count, SUNZI_ROW_MAJOR, 1, 1, 5);
    compare_systems(contexts, count, SUNZI_ROW_MAJOR, 7, 2, 50);
    compare_systems(contexts, count, SUNZI_COL_MAJOR, 20, 3, 6);
    compare_systems(contexts, count, SUNZI_COL_MAJOR, 70, 1, 3);
    close_all(contexts, count);
}

/* Members that the kernel leaves, that no rung solves, and their neighbours. */
static void members(void **unused)
{
    (void)unused;
    enum { N = 12, COUNT = 10 };
    sunzi_context *contexts[CONTEXTS_MAX];
    const int count = open_all(contexts);
    double *a = systems(N, COUNT, true), *b = random_numbers(N * COUNT, 6);
    for (int e = 0; e < count; e++)
        for (int grade = SUNZI_GRADE_BACKWARD; grade <= SUNZI_GRADE_CERTIFIED;
             grade++) {
            answers got = solve_all(contexts[e], SUNZI_ROW_MAJOR, N, 1, COUNT,
                                    a, b, (sunzi_grade)grade);
            expect_status(got.status, SUNZI_ERR_SINGULAR);
            expect_message("system 3 (0-based) of 10");
            expect_message("the others are solved");
            for (int p = 0; p < COUNT; p++) {
                const sunzi_batch_member *m = &got.members[p];
                sunzi_solve_options o;
                double alone[N];
                if (p == SINGULAR || p == NOT_A_NUMBER) {
                    assert_int_equal(m->status, p == SINGULAR
                                                    ? SUNZI_ERR_SINGULAR
                                                    : SUNZI_ERR_NONFINITE);
                    for (int i = 0; i < N; i++)
                        assert_true(got.x[p * N + i] == -7);
                    continue;
                }
                if (m->status == SUNZI_OK)
                    assert_true((int)m->grade >= grade);
                else /* only the worst conditioned one */
                    assert_true(p == HARD && m->status > 0);
                if (p != HARD && p != TINY && grade == SUNZI_GRADE_BACKWARD)
                    continue;
                sunzi_solve_options_init(&o);
                o.grade = (sunzi_grade)grade;
                assert_true(sunzi_dsolve(contexts[e], SUNZI_ROW_MAJOR, N, 1,
                                         a + p * N * N, N, b + p * N, 1, alone,
                                         1, &o, NULL, NULL) == m->status);
                assert_memory_equal(alone, got.x + p * N, sizeof alone);
            }
            drop(&got);
        }
    free(a);
    free(b);
    close_all(contexts, count);
}

/* In place, with little memory (parts), none (one by one), and small
 * allocations only. */
static void parts(void **unused)
{
    (void)unused;
    enum { N = 16, COUNT = 40 };
    static const size_t bytes[] = {100000, 20000, 2000, 1 << 30};
    static const size_t largest[] = {100000, 20000, 2000, 30000};
    int index = 0;
    double *a = systems(N, COUNT, false), *b = random_numbers(N * COUNT, 6);
    sunzi_context *portable = open_context("portable", "1");
    answers first = solve_all(portable, SUNZI_ROW_MAJOR, N, 1, COUNT, a, b,
                              SUNZI_GRADE_BACKWARD);
    for (const char *engine; (engine = next_device_engine(&index));)
        for (int k = 0; k < 4; k++) {
            sunzi_context *ctx = open_context(engine, "1");
            double *x = block_of(N * COUNT * sizeof *x);
            memcpy(x, b, N * COUNT * sizeof *x);
            ctx->device->limits.memory_bytes = bytes[k];
            ctx->device->limits.largest_bytes = largest[k];
            expect_status(sunzi_dsolve_batch_strided(ctx, SUNZI_ROW_MAJOR, N, 1,
                                                     a, N, N * N, x, 1, N, x, 1,
                                                     N, COUNT, NULL, NULL),
                          SUNZI_OK);
            if (k != 2)
                assert_memory_equal(x, first.x, N * COUNT * sizeof *x);
            assert_int_equal(sunzi_launches(ctx) > 1, k != 2);
            assert_true(ctx->device->counts.most_bytes <= bytes[k]);
            assert_int_equal(ctx->device->counts.bytes, 0);
            free(x);
            sunzi_context_destroy(&ctx);
        }
    drop(&first);
    free(a);
    free(b);
    sunzi_context_destroy(&portable);
}

/* Products whose A is larger than an allocation of the device. */
static void product_parts(void **unused)
{
    (void)unused;
    enum { N = 8, SIZE = N * N, COUNT = 40 };
    int index = 0;
    double *a = random_numbers(SIZE * COUNT, 7);
    double expected[SIZE * COUNT], got[SIZE * COUNT];
    sunzi_context *portable = open_context("portable", "1");
#define MULTIPLY(ctx, c)                                                       \
    sunzi_dgemm_batch_strided(ctx, 101, 111, 111, N, N, N, 1, a, N, SIZE, a,   \
                              N, SIZE, 0, c, N, SIZE, COUNT)
    expect_status(MULTIPLY(portable, expected), SUNZI_OK);
    for (const char *engine; (engine = next_device_engine(&index));) {
        sunzi_context *ctx = open_context(engine, "1");
        ctx->device->limits.largest_bytes = 8 * SIZE * COUNT / 3;
        expect_status(MULTIPLY(ctx, got), SUNZI_OK);
        assert_memory_equal(got, expected, sizeof got);
        assert_int_equal(sunzi_launches(ctx), 4);
        sunzi_context_destroy(&ctx);
    }
    free(a);
    sunzi_context_destroy(&portable);
}

/* ---- bad arguments ---- */

static void refused(sunzi_status got, const char *words)
{
    expect_status(got, SUNZI_ERR_ARG);
    expect_message(words);
}

static void bad_arguments(void **unused)
{
    (void)unused;
    double a[8] = {1, 0, 0, 1, 1, 0, 0, 1}, b[4] = {1, 2, 3, 4};
    double x[4] = {9, 9, 9, 9}, c[8] = {9};
    sunzi_solve_options wrong = {.climb = 5};
    sunzi_batch_member m[2];
#define PRODUCT(layout, m, A, sa, sb, C, sc, count)                            \
    sunzi_dgemm_batch_strided(NULL, layout, 111, 111, m, 2, 2, 1, A, 2, sa, a, \
                              2, sb, 0, C, 2, sc, count)
    refused(PRODUCT(7, 2, a, 4, 4, c, 4, 2), "layout");
    refused(PRODUCT(101, -1, a, 4, 4, c, 4, 2), "m, n, k = -1");
    refused(PRODUCT(101, 2, NULL, 4, 4, c, 4, 2), "matrix a is NULL");
    refused(PRODUCT(101, 2, a, 4, 4, NULL, 4, 2), "matrix c is NULL");
    refused(PRODUCT(101, 2, a, -4, 4, c, 4, 2), "stride_a, stride_b");
    refused(PRODUCT(101, 2, a, 4, 4, c, 3, 2), "may not overlap");
    refused(PRODUCT(101, 2, a, 4, 4, c, 4, -2), "count = -2");
    assert_true(c[0] == 9);
    expect_status(PRODUCT(101, 2, a, 0, 0, c, 0, 1), SUNZI_OK);
    expect_status(PRODUCT(101, 2, a, 4, 4, c, 4, 0), SUNZI_OK);
    expect_status(PRODUCT(101, 0, NULL, 4, 4, NULL, 4, 3), SUNZI_OK);
#define SOLVE(layout, n, A, sa, B, sb, X, sx, count, o)                        \
    sunzi_dsolve_batch_strided(NULL, layout, n, 1, A, 2, sa, B, 2, sb, X, 2,   \
                               sx, count, o, m)
    refused(SOLVE(7, 2, a, 4, b, 2, x, 2, 2, NULL), "layout");
    refused(SOLVE(102, -2, a, 4, b, 2, x, 2, 2, NULL), "n, nrhs, count = -2");
    refused(SOLVE(102, 2, a, 4, b, 2, x, 2, -1, NULL), "count = 2, 1, -1");
    refused(SOLVE(102, 2, NULL, 4, b, 2, x, 2, 2, NULL), "matrix a is NULL");
    refused(SOLVE(102, 2, a, 4, NULL, 2, x, 2, 2, NULL), "matrix b is NULL");
    refused(SOLVE(102, 2, a, 4, b, 2, NULL, 2, 2, NULL), "matrix x is NULL");
    refused(SOLVE(102, 3, a, 4, b, 3, x, 3, 1, NULL), "lda = 2");
    refused(SOLVE(102, 2, a, 4, b, -2, x, 2, 2, NULL), "stride_a, stride_b");
    refused(SOLVE(102, 2, a, 4, b, 2, x, 1, 2, NULL), "may not overlap");
    refused(SOLVE(102, 2, a, 4, b, 2, x, 2, 2, &wrong), "options.");
    assert_true(x[0] == 9);
    expect_status(SOLVE(102, 2, NULL, 4, NULL, 2, NULL, 2, 0, NULL), SUNZI_OK);
    expect_status(SOLVE(102, 0, NULL, 0, NULL, 0, NULL, 0, 2, NULL), SUNZI_OK);
    assert_int_equal(m[1].grade, SUNZI_GRADE_BACKWARD);
    expect_status(SOLVE(102, 2, a, 0, b, 2, x, 2, 2, NULL), SUNZI_OK);
    assert_memory_equal(x, b, sizeof x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products),      cmocka_unit_test(solves),
        cmocka_unit_test(members),       cmocka_unit_test(parts),
        cmocka_unit_test(product_parts), cmocka_unit_test(bad_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
