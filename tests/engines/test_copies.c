/* SPDX-License-Identifier: BSD-3-Clause */
/* Copies beside the work of a device: what arrives, when work may use it, and
 * products and solves by panels, with the bits of those whose copies are made
 * in the order of the work. The double of a GPU makes them as late as it may.
 */
#define _DEFAULT_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/context.h"
#include "engines/device.h"
#include "engines/kernel/all.h"
#include "engines/launch.h"
#include "tests/engines/device_case.h"
#include "tests/precision/product_case.h"

static sunzi_context *open_with(const char *engine, const char *panel)
{
    setenv("SUNZI_DEVICE_COPIES", panel, 1);
    sunzi_context *ctx = open_context(engine, "1");
    unsetenv("SUNZI_DEVICE_COPIES");
    return ctx;
}

/* ---- memories ---- */

enum { LENGTH = 20011 };

typedef struct arrival {
    sunzi_context *ctx;
    sunzi_memory *x, *z;
    int done, calls;
} arrival;

/* z = 2 x of what is there by now */
static sunzi_status double_it(void *user, size_t end)
{
    arrival *a = user;
    const int from = a->done, count = (int)(end / sizeof(float)) - from;
    a->done += count;
    a->calls++;
    return SUNZI_LAUNCH(a->ctx, k_triad, sunzi_range(count), .x = {a->x, from},
                        .y = {a->x, from}, .z = {a->z, from}, .a = 1);
}

static void send_twice(sunzi_context *ctx, int panels)
{
    static float x[LENGTH], z[LENGTH];
    const int64_t before = ctx->device->counts.upload_beside;
    arrival a = {.ctx = ctx};
    expect_status(sunzi_memory_create(ctx, sizeof x, "x", &a.x), SUNZI_OK);
    expect_status(sunzi_memory_create(ctx, sizeof z, "z", &a.z), SUNZI_OK);
    for (int round = 0; round < 2; round++) { /* over what work still reads */
        a.done = a.calls = 0;
        for (int i = 0; i < LENGTH; i++)
            x[i] = (float)(i % 1013 + 7 * round);
        expect_status(sunzi_memory_send(a.x, x, sizeof x, double_it, &a),
                      SUNZI_OK);
        memset(x, 0xff, sizeof x); /* it was taken, or is lost */
        assert_int_equal(a.done, LENGTH);
        assert_int_equal(a.calls, panels);
    }
    expect_status(sunzi_memory_get(a.z, z, sizeof z), SUNZI_OK);
    for (int i = 0; i < LENGTH; i++)
        if (z[i] != 2 * (float)(i % 1013 + 7))
            fail_msg("z[%d] = %g", i, (double)z[i]);
    float part[3];
    expect_status(sunzi_memory_peek(a.z, 4 * 5000, part, sizeof part),
                  SUNZI_OK);
    assert_memory_equal(part, z + 5000, sizeof part);
    assert_int_equal(ctx->device->counts.upload_beside - before,
                     panels > 1 ? 2 * sizeof x : 0);
    assert_int_equal(ctx->device->counts.download_beside > 0, panels > 1);
    sunzi_memory_destroy(&a.x);
    sunzi_memory_destroy(&a.z);
    assert_int_equal(ctx->device->counts.bytes, 0);
}

static void memories(void **unused)
{
    (void)unused;
    int index = 0;
    for (const char *engine; (engine = next_device_engine(&index));) {
        static const struct {
            const char *panel;
            int panels;
        } cases[] = {{"4096", 20}, {"50000", 2}, {"80044", 1}, {"0", 1}};
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            sunzi_context *ctx = open_with(engine, cases[i].panel);
            send_twice(ctx, cases[i].panels);
            sunzi_context_trim(ctx);
            send_twice(ctx, cases[i].panels);
            sunzi_context_destroy(&ctx);
        }
    }
}

/* ---- products ---- */

enum { M = 600, N = 100, K = 40 }; /* rows in three blocks */

static double *numbers(int64_t count, uint64_t seed)
{
    return random_numbers(count, seed);
}

/* kind: 0 real, 1 complex, 2 the lower triangle of A A^T */
static void multiply(sunzi_context *ctx, int kind, int transa, double *c)
{
    const double one[2] = {1, 0.5}, two[2] = {0.5, 0};
    const int lda = transa == SUNZI_NO_TRANS ? K : M;
    const sunzi_product_options o = {.method = SUNZI_PRODUCT_EMULATED};
    double *a = numbers(2 * M * K, 1), *b = numbers(2 * N * K, 2);
    sunzi_status status = SUNZI_OK;
    for (int i = 0; i < 2 * M * N; i++)
        c[i] = i % 5 - 2;
    if (kind == 1)
        status =
            sunzi_zgemm_expert(ctx, SUNZI_ROW_MAJOR, transa, SUNZI_NO_TRANS, M,
                               N, K, one, a, lda, b, N, two, c, N, &o, NULL);
    else
        status =
            sunzi_dgemm_expert(ctx, SUNZI_ROW_MAJOR, transa, SUNZI_TRANS, M, N,
                               K, 1.5, a, lda, b, K, 0.5, c, N, &o, NULL);
    expect_status(status, SUNZI_OK);
    free(a);
    free(b);
}

/* largest: of an allocation of the device, so that C has more blocks; 0: as it
 * is */
static void compare(const char *engine, const char *panel, size_t largest)
{
    static double x[2 * M * N], y[2 * M * N];
    sunzi_context *portable = open_context("portable", "1");
    sunzi_context *ctx = open_with(engine, panel);
    if (largest)
        ctx->device->limits.largest_bytes = largest;
    for (int kind = 0; kind < 2; kind++)
        for (int t = 0; t < 2; t++) {
            const int transa = t ? SUNZI_TRANS : SUNZI_NO_TRANS;
            sunzi_device_use before, after;
            sunzi_context_device(ctx, &before);
            multiply(portable, kind, transa, x);
            multiply(ctx, kind, transa, y);
            assert_memory_equal(x, y, sizeof x);
            sunzi_context_device(ctx, &after);
            assert_int_equal(after.beside_to > before.beside_to, *panel != '0');
            assert_int_equal(after.beside_from > before.beside_from,
                             *panel != '0');
            assert_true(after.beside_from <= after.bytes_from);
            assert_int_equal(after.bytes_now, 0);
        }
    sunzi_context_destroy(&ctx);
    sunzi_context_destroy(&portable);
}

static void products(void **unused)
{
    (void)unused;
    int index = 0;
    for (const char *engine; (engine = next_device_engine(&index));) {
        compare(engine, "16384", 0);
        compare(engine, "16384", 500000);
        compare(engine, "0", 0);
    }
}

/* ---- solves ---- */

enum { ORDER = 150, GAP = 160 };

static void solve(sunzi_context *ctx, int layout, int ld, double *x)
{
    double *a = numbers(ORDER * GAP, 5), *b = numbers(ORDER, 6);
    const int ldb = layout == SUNZI_COL_MAJOR ? ORDER : 1;
    sunzi_solve_options o;
    sunzi_solve_options_init(&o);
    o.factor = SUNZI_FACTOR_FP32;
    for (int i = 0; i < ORDER; i++) {
        a[i * ld + i] += 4;
        a[i * ld + (i + 3) % ORDER] *= i % 7 ? 1 : 0x1p20; /* is scaled */
    }
    expect_status(sunzi_dsolve(ctx, layout, ORDER, 1, a, ld, b, ldb, x, ldb, &o,
                               NULL, NULL),
                  SUNZI_OK);
    free(a);
    free(b);
}

static void solves(void **unused)
{
    (void)unused;
    int index = 0;
    for (const char *engine; (engine = next_device_engine(&index));) {
        sunzi_context *portable = open_context("portable", "1");
        for (int variant = 0; variant < 3; variant++) {
            const int layout = variant == 1 ? SUNZI_COL_MAJOR : SUNZI_ROW_MAJOR;
            const int ld = variant == 2 ? GAP : ORDER;
            double x[ORDER], y[ORDER];
            sunzi_device_use use;
            sunzi_context *ctx = open_with(engine, "20000");
            solve(portable, layout, ld, x);
            solve(ctx, layout, ld, y);
            assert_memory_equal(x, y, sizeof x);
            sunzi_context_device(ctx, &use);
            assert_true(use.beside_to >= 8 * ORDER * ORDER);
            sunzi_context_destroy(&ctx);
        }
        sunzi_context_destroy(&portable);
    }
}

static void wrong_panels(void **unused)
{
    (void)unused;
    int index = 0;
    for (const char *engine; (engine = next_device_engine(&index));) {
        const sunzi_context_options o = {.engine = engine, .threads = 1};
        sunzi_context *ctx = NULL;
        setenv("SUNZI_DEVICE_COPIES", "many", 1);
        expect_status(sunzi_context_create(&o, &ctx), SUNZI_ERR_ARG);
        unsetenv("SUNZI_DEVICE_COPIES");
        expect_message("SUNZI_DEVICE_COPIES: got 'many'");
        assert_null(ctx);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memories),
        cmocka_unit_test(products),
        cmocka_unit_test(solves),
        cmocka_unit_test(wrong_panels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
