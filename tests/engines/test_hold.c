/* SPDX-License-Identifier: BSD-3-Clause */
/* Arrays of callers that are held (sunzi/hold.h): dense calls give the bits
 * that they give otherwise, in all of the array; what a device can compute
 * there stays there, and nothing is copied for it. */
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
#include "engines/device.h"
#include "engines/engine.h"
#include "engines/launch.h"
#include "tests/engines/device_case.h"
#include "tests/precision/product_case.h"

enum { N = 72, LD = 80, GAP = 24, NUMBERS = 2 * LD * N + GAP, ARRAYS = 3 };

/* The caller's arrays; matrices begin GAP numbers behind their beginning. */
typedef struct arrays {
    double *of[ARRAYS];
} arrays;

typedef enum contents { PLAIN, SPECIAL, FLOATS } contents;

static arrays make(contents what)
{
    arrays s;
    for (int k = 0; k < ARRAYS; k++) {
        s.of[k] = random_numbers(NUMBERS, (uint64_t)k + 1);
        float *f = (float *)(void *)s.of[k];
        for (int i = 0; i < 2 * NUMBERS && what == FLOATS; i++)
            f[i] = (float)((i * 31 + k) % 97 - 48) / 7;
    }
    if (what == FLOATS)
        return s;
    for (int i = 0; i < N; i++) /* A is far from singular */
        s.of[0][GAP + i * LD + i] += 8;
    if (what == SPECIAL)
        s.of[0][GAP + 5 * LD + 3] = INFINITY;
    return s;
}

static void drop(arrays *s)
{
    for (int k = 0; k < ARRAYS; k++)
        free(s->of[k]);
}

/* ---- calls; each may use all that is there ---- */

typedef sunzi_status call(sunzi_context *ctx, arrays s);

#define A (s.of[0] + GAP)
#define B (s.of[1] + GAP)
#define C (s.of[2] + GAP)

static const sunzi_product_options emulated = {.method =
                                                   SUNZI_PRODUCT_EMULATED};

/* The second product takes what the first one made. */
static sunzi_status real_products(sunzi_context *ctx, arrays s)
{
    sunzi_status status = sunzi_dgemm_expert(
        ctx, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS, SUNZI_TRANS, 50, 60, 70, 1, A, LD,
        B, LD, 0, C, LD, &emulated, NULL);
    if (status == SUNZI_OK)
        status = sunzi_dgemm_expert(ctx, SUNZI_COL_MAJOR, SUNZI_TRANS,
                                    SUNZI_NO_TRANS, 40, 45, 50, -0.3, C, LD, A,
                                    LD, 1.7, B, LD, &emulated, NULL);
    return status;
}

static sunzi_status float_products(sunzi_context *ctx, arrays s)
{
    const float *a = (float *)(void *)A, *b = (float *)(void *)B;
    float *c = (float *)(void *)C;
    for (int k = 0; k < 2; k++) {
        const sunzi_status status = sunzi_sgemm_expert(
            ctx, SUNZI_COL_MAJOR, SUNZI_NO_TRANS, SUNZI_NO_TRANS, 30 + k, 40,
            60, 0.7f, a, LD, b + k, LD, k ? -2.5f : 0, c + k, LD, &emulated,
            NULL);
        if (status < 0)
            return status;
    }
    return SUNZI_OK;
}

/* alpha and beta real, then not. */
static sunzi_status complex_products(sunzi_context *ctx, arrays s)
{
    static const double alpha[3][2] = {{1, 0}, {0.5, 0}, {0.5, -0.25}};
    static const double beta[3][2] = {{0, 0}, {-2, 0}, {0.1, 0.3}};
    for (int k = 0; k < 3; k++) {
        const sunzi_status status = sunzi_zgemm_expert(
            ctx, SUNZI_ROW_MAJOR, SUNZI_CONJ_TRANS, SUNZI_NO_TRANS, 40, 30, 50,
            alpha[k], A, LD, B, LD, beta[k], C, LD, &emulated, NULL);
        if (status < 0)
            return status;
    }
    return SUNZI_OK;
}

static sunzi_status triangles(sunzi_context *ctx, arrays s)
{
    static const int uplo[2] = {SUNZI_UPPER, SUNZI_LOWER};
    for (int k = 0; k < 2; k++) {
        const sunzi_status status =
            sunzi_dsyrk_expert(ctx, SUNZI_ROW_MAJOR, uplo[k], SUNZI_NO_TRANS,
                               60, 40, -1, A, LD, k, C, LD, &emulated, NULL);
        if (status < 0)
            return status;
    }
    return SUNZI_OK;
}

/* On the host: in a fixed order, by the BLAS, beta C alone. */
static sunzi_status other_methods(sunzi_context *ctx, arrays s)
{
    static const sunzi_product_method methods[2] = {SUNZI_PRODUCT_ORDERED,
                                                    SUNZI_PRODUCT_NATIVE};
    sunzi_status status = SUNZI_OK;
    for (int k = 0; k < 3 && status == SUNZI_OK; k++) {
        const sunzi_product_options o = {.method = methods[k % 2]};
        status = sunzi_dgemm_expert(ctx, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS,
                                    SUNZI_NO_TRANS, 30, 30, 30, k < 2, A, LD, B,
                                    LD, -1, C, LD, &o, NULL);
    }
    return status;
}

static sunzi_status triangular(sunzi_context *ctx, arrays s)
{
    sunzi_status status = real_products(ctx, s);
    if (status == SUNZI_OK)
        status = sunzi_dtrsm_expert(ctx, SUNZI_ROW_MAJOR, SUNZI_LEFT,
                                    SUNZI_LOWER, SUNZI_NO_TRANS, SUNZI_NON_UNIT,
                                    N, 30, 1, A, LD, C, LD, &emulated, NULL);
    return status;
}

/* B and X apart, then in one array; A as it is, and A as a product made it. */
static sunzi_status solves(sunzi_context *ctx, arrays s)
{
    sunzi_solve_options o;
    sunzi_solve_options_init(&o);
    o.factor = SUNZI_FACTOR_FP32;
    sunzi_status status = sunzi_dsolve(ctx, SUNZI_ROW_MAJOR, N, 3, A, LD, B, LD,
                                       C, LD, &o, NULL, NULL);
    if (status == SUNZI_OK)
        status = sunzi_dgesv(ctx, SUNZI_COL_MAJOR, N, 3, A, LD, NULL, B, LD);
    if (status == SUNZI_OK)
        status = sunzi_dgemm_expert(ctx, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS,
                                    SUNZI_TRANS, N, N, N, 1, A, LD, A, LD, 0, C,
                                    LD, &emulated, NULL);
    if (status == SUNZI_OK)
        status = sunzi_dposv(ctx, SUNZI_ROW_MAJOR, 'L', N, 2, C, LD, B, LD);
    if (status == SUNZI_OK)
        status =
            sunzi_dgels(ctx, SUNZI_ROW_MAJOR, 'N', N, N - 9, 2, A, LD, B, LD);
    return status;
}

static sunzi_status batches(sunzi_context *ctx, arrays s)
{
    enum { ORDER = 12, SIZE = ORDER * LD, COUNT = 5 };
    sunzi_status status = sunzi_dgemm_batch_strided(
        ctx, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS, SUNZI_NO_TRANS, ORDER, ORDER,
        ORDER, 1.5, A, LD, SIZE, B, LD, ORDER, 1, C, LD, SIZE, COUNT);
    if (status == SUNZI_OK) /* blocks on the diagonal of A */
        status = sunzi_dsolve_batch_strided(ctx, SUNZI_ROW_MAJOR, ORDER, 2, A,
                                            LD, SIZE + ORDER, B, LD, 2, C, LD,
                                            SIZE, COUNT, NULL, NULL);
    return status;
}

#undef A
#undef B
#undef C

/* ---- the same with and without ---- */

/* Calls of which the device does all: bytes that go there for other things than
 * the arrays, and that come back, at most. */
static const struct {
    const char *name;
    call *run;
    contents what;
    bool there;
    int64_t to, from;
} calls[] = {
    {"real products", real_products, PLAIN, true, 30000, 20000},
    {"FP32 products", float_products, FLOATS, true, 30000, 20000},
    {"complex products", complex_products, PLAIN, true, 40000, 30000},
    {"triangles", triangles, PLAIN, true, 30000, 20000},
    {"other methods", other_methods, PLAIN, false, 0, 0},
    {"a triangular solve", triangular, PLAIN, false, 0, 0},
    {"solves", solves, PLAIN, false, 0, 0},
    {"batches", batches, PLAIN, false, 0, 0},
};

enum { CALLS = (int)(sizeof calls / sizeof calls[0]) };

static void same_arrays(const char *what, const arrays *got,
                        const arrays *expected)
{
    for (int k = 0; k < ARRAYS; k++)
        same_doubles(what, NUMBERS, got->of[k], expected->of[k]);
}

static void hold_all(sunzi_context *ctx, const arrays *s)
{
    for (int k = 0; k < ARRAYS; k++)
        expect_status(sunzi_hold(ctx, s->of[k], NUMBERS * sizeof(double)),
                      SUNZI_OK);
}

static void end_all(sunzi_context *ctx, const arrays *s)
{
    for (int k = 0; k < ARRAYS; k++)
        expect_status(sunzi_hold_end(ctx, s->of[k]), SUNZI_OK);
}

/* The arrays are there before the call that is counted. */
static void count_copies(sunzi_context *ctx, const arrays *s, int c)
{
    arrays before = make(calls[c].what);
    expect_status(calls[c].run(ctx, *s), SUNZI_OK);
    const sunzi_device_counts old = ctx->device->counts;
    expect_status(calls[c].run(ctx, *s), SUNZI_OK);
    const sunzi_device_counts now = ctx->device->counts;
    if (now.upload_bytes - old.upload_bytes > calls[c].to ||
        now.download_bytes - old.download_bytes > calls[c].from)
        fail_msg("%s: %lld bytes there, %lld bytes back", calls[c].name,
                 (long long)(now.upload_bytes - old.upload_bytes),
                 (long long)(now.download_bytes - old.download_bytes));
    same_arrays("not fetched", s, &before); /* and not written here */
    drop(&before);
}

static void one_call(sunzi_context *ctx, int c, contents what)
{
    arrays s = make(what), expected = make(what);
    const bool counted = ctx->device && calls[c].there && what != SPECIAL;
    for (int i = 0; i < (counted ? 2 : 1); i++)
        expect_status(calls[c].run(ctx, expected), SUNZI_OK);
    hold_all(ctx, &s);
    if (counted)
        count_copies(ctx, &s, c);
    else
        expect_status(calls[c].run(ctx, s), SUNZI_OK);
    end_all(ctx, &s);
    same_arrays(calls[c].name, &s, &expected);
    if (ctx->device)
        assert_int_equal(ctx->device->counts.bytes, 0);
    drop(&s);
    drop(&expected);
}

static void on_cpu(void **unused)
{
    (void)unused;
    sunzi_context *ctx = context_for("portable", 2, 0);
    for (int c = 0; c < CALLS; c++)
        one_call(ctx, c, calls[c].what);
    sunzi_context_destroy(&ctx);
}

static void on_devices(void **unused)
{
    (void)unused;
    int index = 0;
    for (const char *engine; (engine = next_device_engine(&index));)
        for (int fp64 = 0; fp64 < 2; fp64++) {
            sunzi_context *ctx = open_context(engine, fp64 ? "1" : "0");
            for (int c = 0; c < CALLS; c++)
                one_call(ctx, c, calls[c].what);
            for (int c = 0; c < CALLS; c++) /* the host has its share */
                if (calls[c].there && calls[c].what == PLAIN)
                    one_call(ctx, c, SPECIAL);
            sunzi_context_destroy(&ctx);
        }
}

/* C = A A^T - C, of order 150, in a part of an array. */
static int64_t block_launches(sunzi_context *ctx, double *a, double *c)
{
    enum { ORDER = 150, DEPTH = 20, FIRST = 7, ROW = 160 };
    const int64_t before = sunzi_launches(ctx);
    expect_status(sunzi_dgemm_expert(ctx, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS,
                                     SUNZI_TRANS, ORDER, ORDER, DEPTH, 1, a,
                                     DEPTH, a, DEPTH, -1, c + FIRST, ROW,
                                     &emulated, NULL),
                  SUNZI_OK);
    return sunzi_launches(ctx) - before;
}

/* Little memory: C in blocks. */
static void in_blocks(void **unused)
{
    (void)unused;
    enum { SIZE = 7 + 160 * 150 };
    int index = 0;
    double *a = random_numbers(150 * 20, 1);
    for (const char *engine; (engine = next_device_engine(&index));) {
        double *c = random_numbers(SIZE, 2),
               *expected = random_numbers(SIZE, 2);
        sunzi_context *ctx = open_context(engine, "1");
        const int64_t whole = block_launches(ctx, a, expected);
        expect_status(sunzi_hold(ctx, c, SIZE * sizeof *c), SUNZI_OK);
        ctx->device->limits.memory_bytes = SIZE * sizeof *c + 500000;
        assert_true(block_launches(ctx, a, c) > whole + 4);
        expect_status(sunzi_hold_end(ctx, c), SUNZI_OK);
        same_doubles("blocks", SIZE, c, expected);
        sunzi_context_destroy(&ctx);
        free(c);
        free(expected);
    }
    free(a);
}

/* A solve whose matrix a product made there: it does not come back. */
static void solve_there(void **unused)
{
    (void)unused;
    enum { ORDER = 150, SIZE = ORDER * ORDER, BYTES = SIZE * 8 };
    sunzi_solve_options o;
    int index = 0;
    double *a = random_numbers(SIZE, 1), *b = random_numbers(ORDER, 2);
    sunzi_solve_options_init(&o);
    o.factor = SUNZI_FACTOR_FP32;
    for (const char *engine; (engine = next_device_engine(&index));) {
        double x[2][ORDER], *c = random_numbers(SIZE, 3);
        sunzi_context *ctx = open_context(engine, "1");
        for (int held = 0; held < 2; held++) {
            if (held)
                expect_status(sunzi_hold(ctx, c, BYTES), SUNZI_OK);
            expect_status(sunzi_dgemm_expert(
                              ctx, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS, SUNZI_TRANS,
                              ORDER, ORDER, ORDER, 1, a, ORDER, a, ORDER, 0, c,
                              ORDER, &emulated, NULL),
                          SUNZI_OK);
            const sunzi_device_counts old = ctx->device->counts;
            expect_status(sunzi_dsolve(ctx, SUNZI_ROW_MAJOR, ORDER, 1, c, ORDER,
                                       b, 1, x[held], 1, &o, NULL, NULL),
                          SUNZI_OK);
            const sunzi_device_counts now = ctx->device->counts;
            assert_true(now.download_bytes - old.download_bytes < BYTES / 2);
            assert_true((now.upload_bytes - old.upload_bytes < BYTES / 2) ==
                        held);
        }
        same_doubles("a solve", ORDER, x[1], x[0]);
        sunzi_context_destroy(&ctx);
        free(c);
    }
    free(a);
    free(b);
}

/* ---- what is refused ---- */

static void refused(sunzi_status got, const char *words)
{
    expect_status(got, SUNZI_ERR_ARG);
    expect_message(words);
}

static void wrong_parts(void **unused)
{
    (void)unused;
    int index = 0;
    arrays s = make(PLAIN);
    for (const char *engine; (engine = next_device_engine(&index));) {
        sunzi_context *ctx = open_context(engine, "1");
        double *c = s.of[2];
        expect_status(sunzi_hold(ctx, c + 10, 800), SUNZI_OK);
        refused(sunzi_hold(ctx, c, 88), "held already");
        refused(sunzi_hold(ctx, c + 109, 88), "held already");
        expect_status(sunzi_hold(ctx, c, 80), SUNZI_OK);
        expect_status(sunzi_hold(ctx, c + 110, 80), SUNZI_OK);
        refused(sunzi_hold_fetch(ctx, c + 11, 0, 8), "not held");
        refused(sunzi_hold_changed(ctx, c + 11), "not held");
        expect_status(sunzi_hold_end(ctx, c + 11), SUNZI_OK); /* nothing */
        refused(sunzi_dgemm_expert(ctx, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS,
                                   SUNZI_NO_TRANS, 10, 10, 10, 1, s.of[0], 10,
                                   s.of[1], 10, 0, c + 20, 10, &emulated, NULL),
                "hold all of it");
        refused(sunzi_dgemm_expert(ctx, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS,
                                   SUNZI_NO_TRANS, 10, 10, 10, 1, c + 20, 10,
                                   s.of[1], 10, 0, s.of[0], 10, &emulated,
                                   NULL),
                "hold all of it");
        sunzi_context_destroy(&ctx); /* what is held is dropped */
    }
    drop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(on_cpu),      cmocka_unit_test(on_devices),
        cmocka_unit_test(in_blocks),   cmocka_unit_test(solve_there),
        cmocka_unit_test(wrong_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
