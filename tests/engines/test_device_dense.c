/* SPDX-License-Identifier: BSD-3-Clause */
/* The parts of dense solves on a device, with FP64 and without: residuals,
 * scaling, factors and solves with them have the bits of the portable engine.
 */
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

#include "engines/device.h"
#include "engines/launch.h"
#include "solvers/dense/factors_store.h"
#include "solvers/dense/resident.h"
#include "solvers/dense/system.h"
#include "tests/engines/device_case.h"
#include "tests/precision/product_case.h"
#include "tests/solvers/problem.h"

/* ---- residuals ---- */

typedef struct residual_case {
    int n, pad, count;
    bool by_rows, lower, transposed;
} residual_case;

/* Numbers of very different size, the least of them so small that products
 * underflow, and zeros of both signs. */
static double *wide_numbers(size_t count, uint64_t seed)
{
    double *v = random_numbers((int64_t)count, seed);
    for (size_t i = 0; i < count; i++)
        v[i] = i % 11 == 3   ? -0.0
               : i % 13 == 5 ? 0.0
               : i % 7 == 6  ? v[i] * 0x1p-600
                             : v[i] * exp2((double)(i % 40));
    return v;
}

static void compare_residuals(sunzi_context *ctx, sunzi_context *portable,
                              const residual_case *c)
{
    const int n = c->n, ld = n + c->pad;
    const size_t count = (size_t)n * (size_t)c->count;
    double *data = wide_numbers((size_t)n * (size_t)ld, 3);
    double *x = wide_numbers(3 * count, 4), *x_low = x + count;
    double *b = x_low + count, *r = block_of(4 * count * sizeof *r);
    double *expected = r + count, *size = expected + count;
    double *expected_size = size + count;
    sunzi_operator a = {.m = n,
                        .n = n,
                        .data = data,
                        .row_stride = c->by_rows ? ld : 1,
                        .col_stride = c->by_rows ? 1 : ld,
                        .symmetric_lower = c->lower};
    for (int i = 0; i < n && c->lower; i++)
        for (int j = i + 1; j < n; j++)
            data[i * a.row_stride + j * a.col_stride] = NAN;
    void *scratch = block_of(sunzi_residual_scratch_bytes(&a, c->count));
    sunzi_operator there = a;
    expect_status(sunzi_resident_create(ctx, &a, c->count, 0, &there.resident),
                  SUNZI_OK);
    for (int form = 0; form < 6; form++) {
        double *wanted = form % 2 ? size : NULL;
        double *wanted_too = form % 2 ? expected_size : NULL;
        const double *low = form < 4 ? NULL : x_low;
        if (form < 2) {
            sunzi_residual_fp64(ctx, &there, c->transposed, c->count, x, b, r,
                                wanted, NULL);
            sunzi_residual_fp64(portable, &a, c->transposed, c->count, x, b,
                                expected, wanted_too, scratch);
        } else {
            sunzi_residual_exact(ctx, &there, c->transposed, c->count, x, low,
                                 b, r, NULL, wanted, NULL);
            sunzi_residual_exact(portable, &a, c->transposed, c->count, x, low,
                                 b, expected, NULL, wanted_too, scratch);
        }
        expect_status(sunzi_resident_status(there.resident), SUNZI_OK);
        same_doubles("a residual", count, r, expected);
        if (wanted)
            same_doubles("a magnitude", count, size, expected_size);
    }
    sunzi_resident_destroy(&there.resident);
    free(scratch);
    free(r);
    free(x);
    free(data);
}

static void residuals(void **unused)
{
    (void)unused;
    static const int orders[] = {1, 7, 16, 65, 130};
    int index = 0;
    for (const char *engine; (engine = next_device_engine(&index));)
        for (int fp64 = 0; fp64 < 2; fp64++) {
            sunzi_context *ctx = open_context(engine, fp64 ? "1" : "0");
            sunzi_context *portable = open_context("portable", "1");
            for (int k = 0; k < 5 * 6; k++) {
                const residual_case c = {.n = orders[k / 6],
                                         .pad = k % 4 == 3 ? 50 : k % 4,
                                         .count = k % 5 ? 1 : 6,
                                         .by_rows = k % 2,
                                         .lower = k % 6 > 3,
                                         .transposed =
                                             k % 6 == 2 || k % 6 == 3};
                compare_residuals(ctx, portable, &c);
            }
            assert_int_equal(ctx->device->counts.bytes, 0);
            sunzi_context_destroy(&portable);
            sunzi_context_destroy(&ctx);
        }
}

/* ---- scaling ---- */

static void compare_scalings(sunzi_context *ctx, sunzi_context *portable,
                             const sunzi_operator *a)
{
    sunzi_system s, expected;
    expect_status(
        sunzi_system_create(ctx, SUNZI_GENERAL, a, 1, SUNZI_FACTOR_FP32, &s),
        SUNZI_OK);
    expect_status(sunzi_system_create(portable, SUNZI_GENERAL, a, 1,
                                      SUNZI_FACTOR_FP32, &expected),
                  SUNZI_OK);
    assert_non_null(s.a.resident);
    assert_null(expected.a.resident);
    assert_memory_equal(s.row, expected.row, (size_t)a->n * sizeof *s.row);
    assert_memory_equal(s.col, expected.col, (size_t)a->n * sizeof *s.col);
    same_double("a norm", s.norm_inf, expected.norm_inf);
    same_double("a norm", s.norm_one, expected.norm_one);
    same_double("a norm", s.norm_user, expected.norm_user);
    sunzi_system_destroy(&s);
    sunzi_system_destroy(&expected);
}

/* More elements than are summed at a time (1024), and fewer. */
static void scalings(void **unused)
{
    (void)unused;
    int index = 0;
    for (const char *engine; (engine = next_device_engine(&index));)
        for (int k = 0; k < 4; k++) {
            const int n = k < 2 ? 90 : 1100, by_rows = k % 2;
            sunzi_context *ctx = open_context(engine, k < 2 ? "0" : "1");
            sunzi_context *portable = open_context("portable", "1");
            double *data = random_numbers((int64_t)n * n, 7);
            for (int i = 0; i < n * n; i++)
                data[i] = ldexp(data[i], i / n % 50 - i % n % 70);
            const sunzi_operator a = {.m = n,
                                      .n = n,
                                      .data = data,
                                      .row_stride = by_rows ? n : 1,
                                      .col_stride = by_rows ? 1 : n};
            compare_scalings(ctx, portable, &a);
            free(data);
            assert_int_equal(ctx->device->counts.bytes, 0);
            sunzi_context_destroy(&ctx);
            sunzi_context_destroy(&portable);
        }
}

/* ---- factors ---- */

static void compare_factors(sunzi_context *ctx, sunzi_context *portable,
                            const sunzi_dense *a, bool definite, int nrhs)
{
    enum { PAD = 3 };
    const sunzi_structure structure =
        definite ? SUNZI_POSITIVE_DEFINITE : SUNZI_GENERAL;
    const int ld = nrhs % 2 ? a->n : a->n + PAD;
    const int64_t count = (int64_t)ld * nrhs;
    sunzi_factors *f, *expected;
    expect_status(sunzi_factorize(ctx, structure, SUNZI_FACTOR_FP32, a, &f),
                  SUNZI_OK);
    expect_status(
        sunzi_factorize(portable, structure, SUNZI_FACTOR_FP32, a, &expected),
        SUNZI_OK);
    assert_true(sunzi_factors_resident(f));
    assert_false(sunzi_factors_resident(expected));
    for (int transposed = 0; transposed < 2; transposed++) {
        double *y = random_numbers(count, 9), *z = random_numbers(count, 9);
        sunzi_factors_solve(ctx, f, transposed, nrhs, y, ld);
        sunzi_factors_solve(portable, expected, transposed, nrhs, z, ld);
        same_doubles("a solution", (size_t)count, y, z);
        free(y);
        free(z);
    }
    same_double("growth", sunzi_factors_growth(f),
                sunzi_factors_growth(expected));
    sunzi_factors_destroy(ctx, &f);
    sunzi_factors_destroy(portable, &expected);
}

static void factors(void **unused)
{
    (void)unused;
    static const int orders[] = {1, 7, 64, 130, 300};
    static const int sides[] = {37, 2, 1, 3, 1};
    int index = 0;
    for (const char *engine; (engine = next_device_engine(&index));)
        for (int fp64 = 0; fp64 < 2; fp64++) {
            sunzi_context *ctx = open_context(engine, fp64 ? "1" : "0");
            sunzi_context *portable = open_context("portable", "1");
            for (int k = 0; k < 5 * 2; k++) {
                const int n = orders[k / 2], definite = k % 2;
                test_problem p = test_problem_make(n, 1, 2, definite, 6);
                const bool by_rows = k % 4 < 2;
                const sunzi_dense a = {.n = n,
                                       .data = p.a,
                                       .row_stride = by_rows ? n : 1,
                                       .col_stride = by_rows ? 1 : n};
                if (fp64 || n < 300)
                    compare_factors(ctx, portable, &a, definite, sides[k / 2]);
                free(p.a);
            }
            assert_int_equal(ctx->device->counts.bytes, 0);
            sunzi_context_destroy(&portable);
            sunzi_context_destroy(&ctx);
        }
}

/* Ties decide pivots here: few values, so that columns hold their largest many
 * times. zero: a column of zeros. */
static double *few_values(int n, int zero)
{
    double *a = random_numbers((int64_t)n * n, 12);
    for (int i = 0; i < n * n; i++)
        a[i] = i % n == zero ? 0 : copysign(fabs(a[i]) > 0.4 ? 1 : 0.5, a[i]);
    return a;
}

/* Both fail with one sentence, or both have the same bits. */
static void same_factors(sunzi_context *ctx, sunzi_context *portable,
                         const sunzi_dense *a, bool definite)
{
    const sunzi_structure structure =
        definite ? SUNZI_POSITIVE_DEFINITE : SUNZI_GENERAL;
    sunzi_factors *f, *expected;
    const void *data;
    const sunzi_status status =
        sunzi_factorize(portable, structure, SUNZI_FACTOR_FP32, a, &expected);
    char sentence[400];
    snprintf(sentence, sizeof sentence, "%s", sunzi_last_message());
    expect_status(sunzi_factorize(ctx, structure, SUNZI_FACTOR_FP32, a, &f),
                  status);
    if (status < 0) {
        assert_string_equal(sunzi_last_message(), sentence);
        return;
    }
    expect_status(sunzi_memory_read(f->device->data, &data), SUNZI_OK);
    for (int i = 0; i < a->n; i++)
        assert_memory_equal((const float *)data + i * f->ld,
                            (const float *)expected->data + i * expected->ld,
                            (size_t)(definite ? i + 1 : a->n) * sizeof(float));
    if (!definite)
        assert_memory_equal(f->pivots, expected->pivots,
                            (size_t)a->n * sizeof *f->pivots);
    sunzi_factors_destroy(ctx, &f);
    sunzi_factors_destroy(portable, &expected);
}

/* More rows than a group of the pivots' search has, ties, columns without a
 * pivot, blocks that are not definite; large and small groups. */
static void pivots(void **unused)
{
    (void)unused;
    static const int orders[] = {6, 81, 600}, zeros[] = {-1, 3, 77, 70};
    int index = 0;
    for (const char *engine; (engine = next_device_engine(&index));)
        for (int large = 0; large < 2; large++) {
            sunzi_context *ctx = open_context(engine, "1");
            sunzi_context *portable = open_context("portable", "1");
            if (!large)
                ctx->device->limits.group_items = 256;
            for (int k = 0; k < 3 * 4; k++) {
                const int n = orders[k / 4];
                double *data = few_values(n, zeros[k % 4]);
                const sunzi_dense a = {
                    .n = n, .data = data, .row_stride = n, .col_stride = 1};
                same_factors(ctx, portable, &a, false);
                for (int i = 0; i < n; i++)
                    data[i * n + i] = i == zeros[k % 4] ? -1 : n;
                if (large)
                    same_factors(ctx, portable, &a, true);
                free(data);
            }
            assert_int_equal(ctx->device->counts.bytes, 0);
            sunzi_context_destroy(&portable);
            sunzi_context_destroy(&ctx);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(residuals),
        cmocka_unit_test(scalings),
        cmocka_unit_test(factors),
        cmocka_unit_test(pivots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
