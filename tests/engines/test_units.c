/* SPDX-License-Identifier: BSD-3-Clause */
/* Products of a device's own: which there are and why not, products emulated
 * and FP64 by them, failures. tests/engines/gpu.sh runs it on doubles. */
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

#include "engines/engine.h"
#include "engines/launch.h"
#include "tests/engines/unit_case.h"

static const char *engine; /* that is tested */

/* ---- which there are ---- */

static void has_all(void **unused)
{
    (void)unused;
    sunzi_context *ctx = open_unit_context(engine, 0);
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

/* What the driver's numbers promise: of the double 1.5 GHz, 4 units, 64 bits at
 * 2 GHz, two transfers a clock. */
static void limits(void **unused)
{
    (void)unused;
    sunzi_context *ctx = open_unit_context(engine, 0);
    const int lanes = strcmp(engine, "cuda") == 0 ? 128 : 64;
    double memory = -1, fp32 = -1;
    assert_int_equal(sunzi_context_device_limits(ctx, &memory, &fp32), 1);
    if (strcmp(ctx->device->limits.name, "double of a GPU") == 0) {
        assert_true(memory == 32e9);
        assert_true(fp32 == 1.5e9 * 4 * lanes * 2);
    } else {
        assert_true(memory >= 0 && fp32 >= 0);
    }
    sunzi_context_destroy(&ctx);
    ctx = open_unit_context("portable", 0);
    assert_int_equal(sunzi_context_device_limits(ctx, &memory, &fp32), 0);
    sunzi_context_destroy(&ctx);
}

static void absent(const char *variable, sunzi_unit unit, const char *expected)
{
    char text[300];
    double rate = 1;
    if (variable)
        setenv(variable, "0", 1);
    sunzi_context *ctx = open_unit_context(engine, 0);
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
    ctx = open_unit_context("portable", 0);
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
    sunzi_context *ctx = open_unit_context(engine, 0);
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
                       int n, int k, int moduli, const char *worker)
{
    const sunzi_product_options o = {.method = SUNZI_PRODUCT_EMULATED,
                                     .moduli = moduli};
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

/* With few moduli and all of them, deeper than int32 sums allow at once, and on
 * less memory. */
static void products(void **unused)
{
    (void)unused;
    sunzi_context *portable = open_unit_context("portable", 0);
    sunzi_context *device = open_unit_context(engine, 0);
    for (int moduli = 0; moduli <= SUNZI_MODULI_MAX; moduli += 8)
        product_on(portable, device, 70, 90, 100, moduli, unit_worker(engine));
    assert_true(products_of(device) > 0);
    int64_t before = products_of(device);
    product_on(portable, device, 3, 5, 70000, 0, unit_worker(engine));
    assert_int_equal(products_of(device) - before, 2);
    device->device->limits.largest_bytes = 300000;
    before = products_of(device);
    product_on(portable, device, 150, 200, 100, 0, unit_worker(engine));
    assert_true(products_of(device) - before > 4);
    assert_int_equal(device->device->counts.bytes, 0);
    sunzi_context_destroy(&device);
    sunzi_context_destroy(&portable);
}

/* Launches of a product: two that measure each operand, its conversion (three
 * if complex), and, where all sums are there at once, one that makes C of them;
 * else residues of each part and step of the depth, complex ones combined, and
 * C of them, part by part. */
static void fused_on(sunzi_context *device, int kind, int k, int expected)
{
    enum { N = 3 };                  /* less than a panel of copies */
    const sunzi_product_options o = {/* nothing is measured twice */
                                     .method = SUNZI_PRODUCT_EMULATED,
                                     .moduli = 4,
                                     .unbalanced = 1};
    const double one[2] = {1, 0}, zero[2] = {0, 0};
    double *a = random_numbers(2 * (int64_t)N * k, 1), c[2 * N * N];
    const int64_t before = sunzi_launches(device);
    sunzi_status status;
    if (kind == 1)
        status = sunzi_zgemm_expert(device, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS,
                                    SUNZI_TRANS, N, N, k, one, a, k, a, k, zero,
                                    c, N, &o, NULL);
    else
        status = sunzi_dgemm_expert(device, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS,
                                    SUNZI_TRANS, N, N, k, 1, a, k, a, k, 0, c,
                                    N, &o, NULL);
    expect_status(status, SUNZI_OK);
    assert_int_equal(sunzi_launches(device) - before, expected);
    free(a);
}

static void fused(void **unused)
{
    (void)unused;
    sunzi_context *device = open_unit_context(engine, 1);
    assert_true(sunzi_unit_works(device, SUNZI_UNIT_INT8, NULL, 0));
    fused_on(device, 0, 100, 4 + 2 + 1);
    fused_on(device, 1, 100, 4 + 6 + 1);
    fused_on(device, 0, 1 << 16, 4 + 2 + 1);
    fused_on(device, 0, (1 << 16) + 1, 4 + 2 + 2 + 1);
    fused_on(device, 1, (1 << 16) + 1, 4 + 6 + 3 * 2 + 1 + 2);
    sunzi_context_destroy(&device);
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
    assert_string_equal(info.engine, unit_worker(engine));
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
    sunzi_context *device = open_unit_context(engine, 0);
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
    assert_string_equal(info.engine, unit_worker(engine));
    free(a);
    free(c);
}

static void choices(void **unused)
{
    (void)unused;
    sunzi_context *device = open_unit_context(engine, 0);
    device->device->limits.memory_rate = 0;
    chosen(device, 1e9, 10e9, SUNZI_PRODUCT_NATIVE);
    chosen(device, 1e9, 30e9, SUNZI_PRODUCT_EMULATED);
    device->device->limits.memory_rate = 1e8; /* passes cost, too */
    chosen(device, 1e9, 30e9, SUNZI_PRODUCT_NATIVE);
    sunzi_context_destroy(&device);
    device = open_unit_context(engine, 1);
    chosen(device, 1e9, 1e9, SUNZI_PRODUCT_EMULATED);
    sunzi_context_destroy(&device);
}

/* Less and less room: whole, blocks of C, none for the smallest block. */
static void little_room(void **unused)
{
    (void)unused;
    enum { M = 512, N = 400, K = 256 };
    static const size_t rooms[] = {8 << 20, 1500000, 600000, 100000};
    sunzi_context *device = open_unit_context(engine, 0);
    double *a = random_numbers(M * K, 1), *b = random_numbers(N * K, 2);
    double *c = block_of(M * N * 8), *full = block_of(M * N * 8);
    sunzi_product_info info;
    assert_true(sunzi_unit_works(device, SUNZI_UNIT_FP64, NULL, 0));
    assert_true(sunzi_unit_works(device, SUNZI_UNIT_INT8, NULL, 0));
    for (int variant = 0; variant < 12; variant++) {
        const sunzi_product_options o = {.method = SUNZI_PRODUCT_NATIVE};
        const size_t room = rooms[variant / 3];
        const int ta = variant % 3 == 1 ? SUNZI_TRANS : SUNZI_NO_TRANS;
        const int tb = variant % 3 == 2 ? SUNZI_NO_TRANS : SUNZI_TRANS;
        const int64_t before = products_of(device);
        device->device->limits.memory_bytes = 1 << 30;
        double *to = c;
        for (int way = 0; way < 2; way++, to = full) {
            const int64_t start = products_of(device);
            memset(to, 0, M * N * sizeof *to);
            device->device->counts.most_bytes = 0;
            if (!way)
                device->device->limits.memory_bytes = room;
            expect_status(sunzi_dgemm_expert(
                              device, SUNZI_ROW_MAJOR, ta, tb, M, N, K, 1, a,
                              ta == SUNZI_TRANS ? M : K, b,
                              tb == SUNZI_TRANS ? K : N, 0.5, to, N, &o, &info),
                          SUNZI_OK);
            assert_string_equal(info.engine, !way && variant >= 9
                                                 ? "BLAS"
                                                 : unit_worker(engine));
            if (!way)
                assert_true(device->device->counts.most_bytes <= room);
            if (way)
                assert_int_equal(products_of(device) - start, 1);
            device->device->limits.memory_bytes = 1 << 30;
        }
        assert_int_equal(products_of(device) - before > 2,
                         variant >= 3 && variant < 9);
        for (int i = 0; i < M * N; i++)
            assert_true(fabs(c[i] - full[i]) <= 4 * K * K * 0x1p-53);
        assert_int_equal(device->device->counts.bytes, 0);
    }
    free(a);
    free(b);
    free(c);
    free(full);
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
    sunzi_context *portable = open_unit_context("portable", 0);
    sunzi_context *device = open_unit_context(engine, 0);
    char text[300];
    fault(at);
    assert_false(sunzi_unit_works(device, SUNZI_UNIT_INT8, text, sizeof text));
    if (!strstr(text, expected))
        fail_msg("'%s' lacks '%s'", text, expected);
    /* the kernel does it then, and the report says so */
    product_on(portable, device, 70, 90, 100, 0, engine);
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
    sunzi_context *device = open_unit_context(engine, 0);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_all),       cmocka_unit_test(limits),
        cmocka_unit_test(are_forbidden), cmocka_unit_test(stay_inside),
        cmocka_unit_test(products),      cmocka_unit_test(fused),
        cmocka_unit_test(native),        cmocka_unit_test(choices),
        cmocka_unit_test(little_room),   cmocka_unit_test(faults),
    };
    int code = 0;
    engine = find_unit_engine(&code);
    return engine ? cmocka_run_group_tests(tests, NULL, NULL) : code;
}
