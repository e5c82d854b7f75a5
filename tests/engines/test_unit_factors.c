/* SPDX-License-Identifier: BSD-3-Clause */
/* LU factors updated by a device's own products: the formats of the operands,
 * the rungs, singular matrices. tests/engines/gpu.sh runs it on doubles. */
#define _DEFAULT_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/sunzi.h>

#include "engines/launch.h"
#include "precision/formats.h"
#include "precision/low_format.h"
#include "solvers/dense/ladder.h"
#include "solvers/dense/lu_low.k.h"
#include "tests/engines/unit_case.h"

static const char *engine; /* that is tested */

/* ---- the formats of updates ---- */

static uint16_t bf16_of(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    if (isnan(x))
        return (uint16_t)(bits >> 16 | 0x40);
    if (fabsf(x) < 0x1p-126f)
        return (uint16_t)(bits >> 16 & 0x8000);
    const uint32_t low = bits & 0xFFFF;
    bits >>= 16;
    return (uint16_t)(bits + (low > 0x8000 || (low == 0x8000 && bits & 1)));
}

/* All high halves of FP32 bits with low ones about the middle, here and there.
 */
static void roundings_on(const char *name)
{
    enum { LOWS = 6, COUNT = LOWS << 16 };
    static const uint32_t lows[LOWS] = {0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF};
    sunzi_context *ctx = open_unit_context(name, 0);
    sunzi_memory *x = NULL, *y = NULL;
    void *bytes;
    const void *rounded;
    expect_status(sunzi_memory_create(ctx, COUNT * 4, "test", &x), SUNZI_OK);
    expect_status(sunzi_memory_create(ctx, COUNT * 2, "test", &y), SUNZI_OK);
    expect_status(sunzi_memory_fill(x, &bytes), SUNZI_OK);
    float *in = bytes;
    for (uint32_t i = 0; i < COUNT; i++) {
        const uint32_t bits = i / LOWS << 16 | lows[i % LOWS];
        memcpy(&in[i], &bits, sizeof bits);
    }
    sunzi_memory *z = NULL;
    expect_status(sunzi_memory_create(ctx, COUNT * 4, "test", &z), SUNZI_OK);
    expect_status(SUNZI_LAUNCH(ctx, lu_round_tf32, sunzi_range2(LOWS, 1 << 16),
                               .a = {x}, .low = {z}, .ld = 1 << 16,
                               .ldl = 1 << 16),
                  SUNZI_OK);
    expect_status(sunzi_memory_read(z, &rounded), SUNZI_OK);
    expect_status(sunzi_memory_read(x, (const void **)&in), SUNZI_OK);
    for (int i = 0; i < COUNT; i++) {
        const float got = ((const float *)rounded)[i];
        const float expected = (float)sunzi_round(
            &sunzi_format_tf32, SUNZI_ROUND_NEAREST_EVEN, 0, (double)in[i]);
        if (memcmp(&got, &expected, sizeof got) != 0 && !isnan(in[i]))
            fail_msg("%s: %a became %a in TF32, expected %a", name,
                     (double)in[i], (double)got, (double)expected);
    }
    sunzi_memory_destroy(&z);
    for (int bf16 = 0; bf16 < 2; bf16++) {
        expect_status(SUNZI_LAUNCH(ctx, lu_round, sunzi_range2(LOWS, 1 << 16),
                                   .a = {x}, .low = {y}, .ld = 1 << 16,
                                   .ldl = 1 << 16, .bf16 = bf16),
                      SUNZI_OK);
        expect_status(sunzi_memory_read(y, &rounded), SUNZI_OK);
        expect_status(sunzi_memory_read(x, (const void **)&in), SUNZI_OK);
        for (int i = 0; i < COUNT; i++) {
            const sunzi_half half = (sunzi_half)in[i];
            uint16_t expected, got = ((const uint16_t *)rounded)[i];
            memcpy(&expected, &half, sizeof expected);
            if (bf16)
                expected = bf16_of(in[i]);
            else if (isnan(in[i])) /* one NaN is as good as another */
                expected = (uint16_t)((expected & 0x8000) | 0x7E00);
            if (got != expected)
                fail_msg("%s: %a became %04x, expected %04x", name,
                         (double)in[i], got, expected);
        }
    }
    sunzi_memory_destroy(&x);
    sunzi_memory_destroy(&y);
    sunzi_context_destroy(&ctx);
}

static void roundings(void **unused)
{
    (void)unused;
    roundings_on("portable");
    roundings_on(engine);
}

/* Exponents and slices as precision/low_format.h defines them. */
static void check_slices(const float *x, int depth, int32_t e,
                         const int8_t *slices, bool reversed)
{
    float most = 0;
    int expected = 0;
    for (int h = 0; h < depth; h++)
        most = isfinite(x[h]) ? fmaxf(most, fabsf(x[h])) : INFINITY;
    if (most <= 0x1.fffffep127f)
        (void)frexpf(most, &expected);
    else
        expected = SUNZI_LOW_SPECIAL;
    assert_int_equal(e, expected);
    for (int h = 0; h < depth; h++) {
        const int s0 = slices[(reversed ? 2 : 0) * depth + h];
        const int s1 = slices[depth + h];
        const int s2 = slices[(reversed ? 0 : 2) * depth + h];
        const int q = e == SUNZI_LOW_SPECIAL
                          ? 0
                          : (int)lrint(ldexp((double)x[h], 20 - e));
        assert_int_equal((s0 * 128 + s1) * 128 + s2, q);
        assert_in_range(s0 + 64, 0, 128);
        assert_in_range(s1 + 64, 0, 128);
        assert_in_range(s2 + 64, 0, 127);
    }
}

static void slices_on(const char *name, bool reversed)
{
    enum { VECTORS = 40, PADDED = 48, DEPTH = 64 };
    sunzi_context *ctx = open_unit_context(name, 0);
    sunzi_memory *x = NULL, *e = NULL, *s = NULL;
    void *bytes;
    const void *scales, *slices;
    double *numbers = random_numbers(VECTORS * DEPTH, 5);
    expect_status(sunzi_memory_create(ctx, VECTORS * DEPTH * 4, "test", &x),
                  SUNZI_OK);
    expect_status(sunzi_memory_create(ctx, PADDED * 4, "test", &e), SUNZI_OK);
    expect_status(sunzi_memory_create(ctx, 3 * PADDED * DEPTH, "test", &s),
                  SUNZI_OK);
    expect_status(sunzi_memory_fill(x, &bytes), SUNZI_OK);
    float *in = bytes;
    for (int i = 0; i < VECTORS * DEPTH; i++)
        in[i] = ldexpf((float)numbers[i], i / DEPTH * 7 - 145 - i % 9);
    in[3 * DEPTH + 1] = INFINITY;
    in[4 * DEPTH + 1] = NAN;
    memset(in + 5 * DEPTH, 0, DEPTH * sizeof *in);
    in[6 * DEPTH] = 1; /* rounds up to 2^20 */
    in[6 * DEPTH + 1] = 0x1.fffffep-1f;
    expect_status(SUNZI_LAUNCH(ctx, lu_scale, sunzi_range(VECTORS), .a = {x},
                               .scale = {e}, .vector_stride = DEPTH,
                               .element_stride = 1, .depth = DEPTH),
                  SUNZI_OK);
    expect_status(SUNZI_LAUNCH(ctx, lu_slice, sunzi_range2(PADDED, DEPTH),
                               .a = {x}, .scale = {e}, .slices = {s},
                               .vector_stride = DEPTH, .element_stride = 1,
                               .vectors = VECTORS, .depth = DEPTH,
                               .reversed = reversed),
                  SUNZI_OK);
    expect_status(sunzi_memory_read(e, &scales), SUNZI_OK);
    expect_status(sunzi_memory_read(s, &slices), SUNZI_OK);
    expect_status(sunzi_memory_read(x, (const void **)&in), SUNZI_OK);
    for (int v = 0; v < VECTORS; v++)
        check_slices(in + v * DEPTH, DEPTH, ((const int32_t *)scales)[v],
                     (const int8_t *)slices + 3 * v * DEPTH, reversed);
    for (int i = 3 * VECTORS * DEPTH; i < 3 * PADDED * DEPTH; i++)
        assert_int_equal(((const int8_t *)slices)[i], 0);
    free(numbers);
    sunzi_memory_destroy(&x);
    sunzi_memory_destroy(&e);
    sunzi_memory_destroy(&s);
    sunzi_context_destroy(&ctx);
}

static void slices(void **unused)
{
    (void)unused;
    for (int reversed = 0; reversed < 2; reversed++) {
        slices_on("portable", reversed);
        slices_on(engine, reversed);
    }
}

/* ---- factors ---- */

static sunzi_status solve(sunzi_context *ctx, int n, sunzi_factor factor,
                          sunzi_grade grade, const double *a, const double *b,
                          double *x, sunzi_solve_report *report)
{
    sunzi_solve_options options;
    sunzi_solve_options_init(&options);
    options.factor = factor;
    options.climb = 0;
    options.grade = grade;
    return sunzi_dsolve(ctx, SUNZI_ROW_MAJOR, n, 1, a, n, b, 1, x, 1, &options,
                        report, NULL);
}

/* An order above the columns of one update: the factors of each rung are good
 * enough to refine with, and the device's own products made them. */
static void factors(void **unused)
{
    (void)unused;
    static const sunzi_factor rungs[] = {SUNZI_FACTOR_INT8, SUNZI_FACTOR_BF16,
                                         SUNZI_FACTOR_FP16, SUNZI_FACTOR_TF32,
                                         SUNZI_FACTOR_FP32};
    enum { N = 715 };
    sunzi_context *device = open_unit_context(engine, 0);
    sunzi_context *portable = open_unit_context("portable", 0);
    double *a = random_numbers(N * N, 4), *b = random_numbers(N, 8);
    double *x = block_of(N * sizeof *x), *truth = block_of(N * sizeof *x);
    sunzi_solve_report report;
    expect_status(solve(portable, N, SUNZI_FACTOR_FP64, SUNZI_GRADE_ACCURATE, a,
                        b, truth, &report),
                  SUNZI_OK);
    double largest = 0;
    for (int i = 0; i < N; i++)
        largest = fmax(largest, fabs(truth[i]));
    for (int r = 0; r < 5; r++) {
        char why[300];
        if (rungs[r] == SUNZI_FACTOR_TF32 &&
            !sunzi_factor_available(device, rungs[r], why, sizeof why)) {
            assert_string_equal(why, "rocBLAS has no such products");
            continue;
        }
        const int64_t before = products_of(device);
        expect_status(
            solve(device, N, rungs[r], SUNZI_GRADE_ACCURATE, a, b, x, &report),
            SUNZI_OK);
        assert_true(products_of(device) > before);
        assert_int_equal(report.grade, SUNZI_GRADE_ACCURATE);
        for (int i = 0; i < N; i++)
            if (!(fabs(x[i] - truth[i]) <= 8 * 0x1p-53 * largest))
                fail_msg("%s: x[%d] = %a, expected %a",
                         sunzi_factor_name(rungs[r]), i, x[i], truth[i]);
        assert_string_equal(report.attempt[0].engine_factor,
                            unit_worker(engine));
        assert_string_equal(report.attempt[0].engine_solve, engine);
        expect_status(
            solve(device, N, rungs[r], SUNZI_GRADE_BACKWARD, a, b, x, &report),
            SUNZI_OK);
    }
    assert_int_equal(device->device->counts.bytes, 0);
    free(a);
    free(b);
    free(x);
    free(truth);
    sunzi_context_destroy(&portable);
    sunzi_context_destroy(&device);
}

/* No room for the sums of slices: the device's kernels update, and the report
 * says so. */
static void little_room(void **unused)
{
    (void)unused;
    enum { N = 600 };
    sunzi_context *device = open_unit_context(engine, 0);
    double *a = random_numbers(N * N, 4), *b = random_numbers(N, 8);
    double *x = block_of(N * sizeof *x);
    sunzi_solve_report report;
    assert_true(sunzi_unit_works(device, SUNZI_UNIT_INT8, NULL, 0));
    const int64_t before = products_of(device);
    device->device->limits.largest_bytes = N * N * 9;
    expect_status(solve(device, N, SUNZI_FACTOR_INT8, SUNZI_GRADE_ACCURATE, a,
                        b, x, &report),
                  SUNZI_OK);
    assert_int_equal(report.grade, SUNZI_GRADE_ACCURATE);
    assert_string_equal(report.attempt[0].engine_factor, engine);
    assert_string_equal(report.attempt[0].engine_residual, engine);
    assert_int_equal(products_of(device), before);
    assert_int_equal(device->device->counts.bytes, 0);
    free(a);
    free(b);
    free(x);
    sunzi_context_destroy(&device);
}

/* Row n - 1 is row 0: no rung finds a pivot there, or rounding made a tiny one
 * and then no grade is claimed. */
static void singular(void **unused)
{
    (void)unused;
    enum { N = 600 };
    sunzi_context *device = open_unit_context(engine, 0);
    double *a = block_of(N * N * sizeof *a), *b = random_numbers(N, 8);
    double *x = block_of(N * sizeof *x);
    sunzi_solve_report report;
    memset(a, 0, N * N * sizeof *a);
    for (int i = 0; i < N - 1; i++)
        a[i * N + i] = 1;
    a[N - 1] = a[(N - 1) * N] = a[N * N - 1] = 1;
    for (int f = SUNZI_FACTOR_INT8; f <= SUNZI_FACTOR_FP32; f++)
        expect_status(solve(device, N, (sunzi_factor)f, SUNZI_GRADE_BACKWARD, a,
                            b, x, &report),
                      SUNZI_ERR_SINGULAR);
    assert_int_equal(device->device->counts.bytes, 0);
    free(a);
    free(b);
    free(x);
    sunzi_context_destroy(&device);
}

/* The first rung of a large order, by rates. */
static void first_rung(sunzi_context *device, double int8, double memory,
                       sunzi_factor expected)
{
    const char *reason = NULL;
    assert_true(sunzi_unit_works(device, SUNZI_UNIT_INT8, NULL, 0));
    assert_true(sunzi_unit_works(device, SUNZI_UNIT_FP32, NULL, 0));
    device->device->unit[SUNZI_UNIT_FP32].rate = 1e12;
    device->device->unit[SUNZI_UNIT_INT8].rate = int8;
    device->device->limits.memory_rate = memory;
    assert_int_equal(
        sunzi_ladder_first(device, 4000, SUNZI_GRADE_BACKWARD, &reason),
        expected);
    assert_int_equal(
        sunzi_ladder_first(device, 1000, SUNZI_GRADE_BACKWARD, &reason),
        SUNZI_FACTOR_FP64);
}

static void choices(void **unused)
{
    (void)unused;
    sunzi_context *device = open_unit_context(engine, 0);
    first_rung(device, 5e12, 0, SUNZI_FACTOR_FP32);
    first_rung(device, 7e12, 0, SUNZI_FACTOR_INT8);
    first_rung(device, 7e12, 1e10, SUNZI_FACTOR_FP32);
    first_rung(device, 30e12, 1e11, SUNZI_FACTOR_INT8);
    sunzi_context_destroy(&device);
    device = open_unit_context(engine, 1);
    first_rung(device, 30e12, 0, SUNZI_FACTOR_FP32);
    sunzi_context_destroy(&device);
}

/* With the same bits promised no library decides them. */
static void reproducible(void **unused)
{
    (void)unused;
    enum { N = 300 };
    sunzi_context *device = open_unit_context(engine, 1);
    sunzi_context *portable = open_unit_context("portable", 1);
    double *a = random_numbers(N * N, 4), *b = random_numbers(N, 8);
    double *x = block_of(N * sizeof *x), *y = block_of(N * sizeof *y);
    sunzi_solve_report report;
    for (int f = SUNZI_FACTOR_INT8; f <= SUNZI_FACTOR_FP32; f++) {
        const int64_t before = products_of(device);
        expect_status(solve(portable, N, (sunzi_factor)f, SUNZI_GRADE_ACCURATE,
                            a, b, x, &report),
                      SUNZI_OK);
        expect_status(solve(device, N, (sunzi_factor)f, SUNZI_GRADE_ACCURATE, a,
                            b, y, &report),
                      SUNZI_OK);
        assert_memory_equal(x, y, N * sizeof *x);
        assert_int_equal(products_of(device), before);
    }
    free(a);
    free(b);
    free(x);
    free(y);
    sunzi_context_destroy(&portable);
    sunzi_context_destroy(&device);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roundings),    cmocka_unit_test(slices),
        cmocka_unit_test(factors),      cmocka_unit_test(singular),
        cmocka_unit_test(reproducible), cmocka_unit_test(choices),
        cmocka_unit_test(little_room),
    };
    int code = 0;
    engine = find_unit_engine(&code);
    return engine ? cmocka_run_group_tests(tests, NULL, NULL) : code;
}
