/* SPDX-License-Identifier: BSD-3-Clause */
/* Products of a device's own: which there are and why not, emulated products
 * and LU factors made with them. On the engine SUNZI_TEST_ENGINE, which
 * tests/engines/gpu.sh runs on doubles, or on any that has them. */
#define _DEFAULT_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/sunzi.h>

#include "engines/device.h"
#include "engines/engine.h"
#include "engines/launch.h"
#include "engines/units.h"
#include "precision/low_format.h"
#include "solvers/dense/lu_low.k.h"
#include "tests/precision/product_case.h"

static const char *engine; /* that is tested */

static sunzi_context *open_context(const char *name, int reproducible)
{
    const sunzi_context_options options = {
        .engine = name, .threads = 2, .reproducible = reproducible};
    sunzi_context *ctx = NULL;
    expect_status(sunzi_context_create(&options, &ctx), SUNZI_OK);
    return ctx;
}

static int64_t products_of(const sunzi_context *ctx)
{
    return ctx->device->counts.products;
}

/* ---- which there are ---- */

static void has_all(void **unused)
{
    (void)unused;
    sunzi_context *ctx = open_context(engine, 0);
    char text[300];
    double rate;
    for (int u = 0; u < SUNZI_UNIT_COUNT; u++) {
        const int has =
            sunzi_context_unit(ctx, (sunzi_unit)u, text, sizeof text, &rate);
        print_message("%s: %s, %.3g\n", sunzi_unit_name((sunzi_unit)u), text,
                      rate);
        assert_true(has == (rate > 0));
        assert_true(strlen(text) > 0);
        if (strcmp(engine, "hip") == 0 && u == SUNZI_UNIT_TF32)
            assert_non_null(strstr(text, "rocBLAS has no"));
        else
            assert_true(has);
    }
    assert_int_equal(sunzi_context_unit(ctx, (sunzi_unit)SUNZI_UNIT_COUNT, text,
                                        sizeof text, &rate),
                     0);
    assert_non_null(strstr(text, "no such unit"));
    assert_int_equal(ctx->device->counts.bytes, 0);
    sunzi_context_destroy(&ctx);
}

static void absent(const char *variable, sunzi_unit unit, const char *expected)
{
    char text[300];
    double rate = 1;
    if (variable)
        setenv(variable, "0", 1);
    sunzi_context *ctx = open_context(engine, 0);
    if (variable)
        unsetenv(variable);
    assert_int_equal(sunzi_context_unit(ctx, unit, text, sizeof text, &rate),
                     0);
    if (!strstr(text, expected))
        fail_msg("'%s' lacks '%s'", text, expected);
    assert_true(rate == 0);
    sunzi_context_destroy(&ctx);
}

static void are_forbidden(void **unused)
{
    (void)unused;
    absent("SUNZI_DEVICE_BLAS", SUNZI_UNIT_INT8, "SUNZI_DEVICE_BLAS=0");
    absent("SUNZI_DEVICE_FP64", SUNZI_UNIT_FP64, "no FP64");
    setenv("SUNZI_DEVICE_BLAS", "2", 1);
    const sunzi_context_options options = {.engine = engine};
    sunzi_context *ctx = NULL;
    expect_status(sunzi_context_create(&options, &ctx), SUNZI_ERR_ARG);
    unsetenv("SUNZI_DEVICE_BLAS");
    assert_null(ctx);
    ctx = open_context("portable", 0);
    char text[300];
    assert_int_equal(
        sunzi_context_unit(ctx, SUNZI_UNIT_INT8, text, sizeof text, NULL), 0);
    assert_non_null(strstr(text, "has no device"));
    sunzi_context_destroy(&ctx);
}

/* Outside of a memory: refused, not done. */
static void stay_inside(void **unused)
{
    (void)unused;
    sunzi_context *ctx = open_context(engine, 0);
    sunzi_memory *m = NULL;
    expect_status(sunzi_memory_create(ctx, 64 * 64 * 4, "test", &m), SUNZI_OK);
    sunzi_unit_product p = {.unit = SUNZI_UNIT_FP32,
                            .m = 16,
                            .n = 16,
                            .k = 16,
                            .count = 2,
                            .alpha = 1,
                            .a = {m, 0, 64, 16},
                            .b = {m, 16 * 64, 64, 16},
                            .c = {m, 32 * 64, 64, 16}};
    assert_true(sunzi_unit_works(ctx, p.unit, NULL, 0));
    expect_status(sunzi_unit_multiply(ctx, &p), SUNZI_OK);
    p.b.first = 64 * 64 - 15 * 64 - 31; /* one number too many */
    expect_status(sunzi_unit_multiply(ctx, &p), SUNZI_ERR_ARG);
    p.b.first = 0;
    p.b.ld = 15;
    expect_status(sunzi_unit_multiply(ctx, &p), SUNZI_ERR_ARG);
    sunzi_memory_destroy(&m);
    sunzi_context_destroy(&ctx);
}

/* ---- products ---- */

static void product_on(sunzi_context *portable, sunzi_context *device, int m,
                       int n, int k, const char *worker)
{
    const sunzi_product_options o = {.method = SUNZI_PRODUCT_EMULATED};
    double *a = random_numbers((int64_t)m * k, 1);
    double *b = random_numbers((int64_t)k * n, 2);
    double *x = block_of((size_t)m * (size_t)n * 8);
    double *y = block_of((size_t)m * (size_t)n * 8);
    sunzi_product_info info;
    expect_status(sunzi_dgemm_expert(portable, SUNZI_COL_MAJOR, SUNZI_NO_TRANS,
                                     SUNZI_NO_TRANS, m, n, k, 1, a, m, b, k, 0,
                                     x, m, &o, &info),
                  SUNZI_OK);
    expect_status(sunzi_dgemm_expert(device, SUNZI_COL_MAJOR, SUNZI_NO_TRANS,
                                     SUNZI_NO_TRANS, m, n, k, 1, a, m, b, k, 0,
                                     y, m, &o, &info),
                  SUNZI_OK);
    assert_string_equal(info.engine, worker);
    assert_memory_equal(x, y, (size_t)m * (size_t)n * 8);
    free(a);
    free(b);
    free(x);
    free(y);
}

static const char *worker_name(void)
{
    return strcmp(engine, "cuda") == 0 ? "cuda (cuBLAS)" : "hip (rocBLAS)";
}

/* Deeper than int32 sums allow at once, and on less memory. */
static void products(void **unused)
{
    (void)unused;
    sunzi_context *portable = open_context("portable", 0);
    sunzi_context *device = open_context(engine, 0);
    product_on(portable, device, 70, 90, 100, worker_name());
    assert_true(products_of(device) > 0);
    int64_t before = products_of(device);
    product_on(portable, device, 3, 5, 70000, worker_name());
    assert_int_equal(products_of(device) - before, 2);
    device->device->limits.largest_bytes = 300000;
    before = products_of(device);
    product_on(portable, device, 150, 200, 100, worker_name());
    assert_true(products_of(device) - before > 4);
    assert_int_equal(device->device->counts.bytes, 0);
    sunzi_context_destroy(&device);
    sunzi_context_destroy(&portable);
}

/* The device's own FP64 product: rows with gaps, transposes, alpha and beta. */
static void native_on(sunzi_context *device, bool ta, bool tb, double beta)
{
    enum { M = 260, N = 270, K = 280, LD = 300 };
    const sunzi_product_options o = {.method = SUNZI_PRODUCT_NATIVE};
    double *a = random_numbers(LD * LD, 1), *b = random_numbers(LD * LD, 2);
    double *c = random_numbers(M * LD, 3), *old = random_numbers(M * LD, 3);
    sunzi_product_info info;
    if (beta == 0)
        c[5] = NAN; /* is not read */
    const int64_t before = products_of(device);
    expect_status(sunzi_dgemm_expert(device, SUNZI_ROW_MAJOR,
                                     ta ? SUNZI_TRANS : SUNZI_NO_TRANS,
                                     tb ? SUNZI_TRANS : SUNZI_NO_TRANS, M, N, K,
                                     -0.5, a, LD, b, LD, beta, c, LD, &o,
                                     &info),
                  SUNZI_OK);
    assert_true(products_of(device) > before);
    assert_int_equal(info.method, SUNZI_PRODUCT_NATIVE);
    assert_string_equal(info.engine, worker_name());
    for (int i = 0; i < M; i++)
        for (int j = 0; j < LD; j++) {
            double sum = 0, size = 0;
            for (int h = 0; h < K && j < N; h++) {
                const double x = a[ta ? h * LD + i : i * LD + h];
                const double y = b[tb ? j * LD + h : h * LD + j];
                sum += x * y;
                size += fabs(x * y);
            }
            const double was = old[i * LD + j];
            const double expected = j < N ? beta * was - sum / 2 : was;
            const double bound =
                j < N ? (2 * K + 4) * 0x1p-53 * (size + fabs(was)) : 0;
            if (!(fabs(c[i * LD + j] - expected) <= bound))
                fail_msg("%d %d: C[%d][%d] is %a, expected %a", ta, tb, i, j,
                         c[i * LD + j], expected);
        }
    assert_int_equal(device->device->counts.bytes, 0);
    free(a);
    free(b);
    free(c);
    free(old);
}

static void native(void **unused)
{
    (void)unused;
    sunzi_context *device = open_context(engine, 0);
    for (int variant = 0; variant < 4; variant++)
        native_on(device, variant & 1, variant & 2, variant % 3 ? 0.75 : 0);
    sunzi_context_destroy(&device);
}

/* What is faster by the rates that were measured is what AUTO takes; the bits
 * are promised in a reproducible context. */
static void chosen(sunzi_context *device, double fp64, double int8,
                   sunzi_product_method expected)
{
    enum { N = 256 };
    double *a = random_numbers(N * N, 1), *c = block_of(N * N * 8);
    sunzi_product_info info;
    assert_true(sunzi_unit_works(device, SUNZI_UNIT_FP64, NULL, 0));
    assert_true(sunzi_unit_works(device, SUNZI_UNIT_INT8, NULL, 0));
    device->device->unit[SUNZI_UNIT_FP64].rate = fp64;
    device->device->unit[SUNZI_UNIT_INT8].rate = int8;
    expect_status(sunzi_dgemm_expert(device, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS,
                                     SUNZI_NO_TRANS, N, N, N, 1, a, N, a, N, 0,
                                     c, N, NULL, &info),
                  SUNZI_OK);
    assert_int_equal(info.method, expected);
    assert_string_equal(info.engine, worker_name());
    free(a);
    free(c);
}

static void choices(void **unused)
{
    (void)unused;
    sunzi_context *device = open_context(engine, 0);
    device->device->limits.memory_rate = 0;
    chosen(device, 1e9, 10e9, SUNZI_PRODUCT_NATIVE);
    chosen(device, 1e9, 30e9, SUNZI_PRODUCT_EMULATED);
    device->device->limits.memory_rate = 1e8; /* passes cost, too */
    chosen(device, 1e9, 30e9, SUNZI_PRODUCT_NATIVE);
    sunzi_context_destroy(&device);
    device = open_context(engine, 1);
    chosen(device, 1e9, 1e9, SUNZI_PRODUCT_EMULATED);
    sunzi_context_destroy(&device);
}

/* ---- faults, which doubles can have ---- */

static void (*fault)(const char *);

static bool find_fault(void)
{
    const char *file =
        strcmp(engine, "cuda") == 0 ? "libcublas.so.13" : "librocblas.so.3";
    void *library = dlopen(file, RTLD_NOW | RTLD_NOLOAD);
    void *symbol = library ? dlsym(library, "double_fault") : NULL;
    memcpy(&fault, &symbol, sizeof symbol);
    return fault != NULL;
}

static void without_it(const char *at, const char *expected)
{
    sunzi_context *portable = open_context("portable", 0);
    sunzi_context *device = open_context(engine, 0);
    char text[300];
    fault(at);
    assert_false(sunzi_unit_works(device, SUNZI_UNIT_INT8, text, sizeof text));
    if (!strstr(text, expected))
        fail_msg("'%s' lacks '%s'", text, expected);
    /* the kernel does it then, and the report says so */
    product_on(portable, device, 70, 90, 100, engine);
    fault("");
    assert_false(sunzi_unit_works(device, SUNZI_UNIT_INT8, text, sizeof text));
    sunzi_context_destroy(&device);
    sunzi_context_destroy(&portable);
}

static void faults(void **unused)
{
    (void)unused;
    if (!find_fault()) {
        print_message("skipped: the library is no double\n");
        skip();
    }
    without_it("blas_create", "did not start");
    without_it("blas_gemm", "failed with status");
    without_it("blas_wrong", "wrongly in a trial");
    sunzi_context *device = open_context(engine, 0);
    double *a = random_numbers(64 * 64, 1), *c = block_of(64 * 64 * 8);
    const sunzi_product_options o = {.method = SUNZI_PRODUCT_EMULATED};
    assert_true(sunzi_unit_works(device, SUNZI_UNIT_INT8, NULL, 0));
    fault("blas_gemm=1");
    expect_status(sunzi_dgemm_expert(device, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS,
                                     SUNZI_NO_TRANS, 64, 64, 64, 1, a, 64, a,
                                     64, 0, c, 64, &o, NULL),
                  SUNZI_ERR_DEVICE);
    assert_non_null(strstr(sunzi_last_message(), "SUNZI_DEVICE_BLAS=0"));
    fault("");
    assert_int_equal(device->device->counts.bytes, 0);
    free(a);
    free(c);
    sunzi_context_destroy(&device);
}

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
    sunzi_context *ctx = open_context(name, 0);
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
    sunzi_context *ctx = open_context(name, 0);
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
                                         SUNZI_FACTOR_FP16, SUNZI_FACTOR_FP32};
    enum { N = 715 };
    sunzi_context *device = open_context(engine, 0);
    sunzi_context *portable = open_context("portable", 0);
    double *a = random_numbers(N * N, 4), *b = random_numbers(N, 8);
    double *x = block_of(N * sizeof *x), *truth = block_of(N * sizeof *x);
    sunzi_solve_report report;
    expect_status(solve(portable, N, SUNZI_FACTOR_FP64, SUNZI_GRADE_ACCURATE, a,
                        b, truth, &report),
                  SUNZI_OK);
    double largest = 0;
    for (int i = 0; i < N; i++)
        largest = fmax(largest, fabs(truth[i]));
    for (int r = 0; r < 4; r++) {
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
        assert_string_equal(report.attempt[0].engine_factor, worker_name());
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

/* Row n - 1 is row 0: no rung finds a pivot there, or rounding made a tiny one
 * and then no grade is claimed. */
static void singular(void **unused)
{
    (void)unused;
    enum { N = 600 };
    sunzi_context *device = open_context(engine, 0);
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

/* With the same bits promised no library decides them. */
static void reproducible(void **unused)
{
    (void)unused;
    enum { N = 300 };
    sunzi_context *device = open_context(engine, 1);
    sunzi_context *portable = open_context("portable", 1);
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

/* The first engine whose device has INT8 products. */
static const char *find_engine(void)
{
    const char *only = getenv("SUNZI_TEST_ENGINE");
    for (int i = 0; sunzi_engine_name(i); i++) {
        const char *name = sunzi_engine_name(i);
        sunzi_context *ctx = NULL;
        char why[300];
        if (!sunzi_engine_at(i)->device || (only && strcmp(only, name) != 0) ||
            !sunzi_engine_available(i, why, sizeof why))
            continue;
        ctx = open_context(name, 0);
        const bool works =
            sunzi_unit_works(ctx, SUNZI_UNIT_INT8, why, sizeof why);
        sunzi_context_destroy(&ctx);
        if (works)
            return name;
        print_message("%s: %s\n", name, why);
    }
    return NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_all),     cmocka_unit_test(are_forbidden),
        cmocka_unit_test(stay_inside), cmocka_unit_test(products),
        cmocka_unit_test(native),      cmocka_unit_test(choices),
        cmocka_unit_test(faults),      cmocka_unit_test(roundings),
        cmocka_unit_test(slices),      cmocka_unit_test(factors),
        cmocka_unit_test(singular),    cmocka_unit_test(reproducible),
    };
    engine = find_engine();
    if (!engine) {
        puts("skipped: no device has matrix products of its own");
        return getenv("SUNZI_TEST_ENGINE") ? 1 : 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
