/* SPDX-License-Identifier: BSD-3-Clause */
/* Products and solves on a device with too little memory for their operands:
 * the bits of the portable engine, never more bytes than there are, and the
 * sentence where nothing fits. */
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

/* What the log said last of a way that was taken. */
static char pieces[300], here[600];

static void note(void *user, sunzi_log_level level, const char *line)
{
    (void)user;
    (void)level;
    if (strstr(line, "by pieces to the device"))
        snprintf(pieces, sizeof pieces, "%s", line);
    if (strstr(line, "here: "))
        snprintf(here, sizeof here, "%s", line);
}

/* copies: bytes from which on they are made beside the work */
static sunzi_context *open_noting(const char *engine, const char *copies)
{
    const sunzi_context_options o = {
        .engine = engine, .threads = 1, .reproducible = 1, .log = note};
    sunzi_context *ctx = NULL;
    setenv("SUNZI_DEVICE_COPIES", copies, 1);
    expect_status(sunzi_context_create(&o, &ctx), SUNZI_OK);
    unsetenv("SUNZI_DEVICE_COPIES");
    return ctx;
}

/* ---- products ---- */

enum { REAL, COMPLEX, SINGLE, SYRK };

typedef struct room_case {
    int kind, layout, transa, transb, m, n, k;
    int gap;               /* numbers between lines of A and B */
    size_t memory;         /* of the device */
    const char *by_pieces; /* in row-major order */
    size_t limit;          /* of workspace */
} room_case;

static const room_case cases[] = {
    {REAL, 101, 111, 112, 1000, 30, 64, 0, 360000, "A comes", 0},
    {REAL, 101, 112, 111, 1000, 30, 64, 3, 400000, "A comes", 0},
    {REAL, 101, 111, 111, 30, 1000, 65, 40, 500000, "A and B come", 0},
    {REAL, 102, 112, 111, 40, 1000, 64, 40, 420000, "A comes", 0},
    {REAL, 102, 111, 112, 400, 330, 64, 0, 360000, "A and B come", 0},
    {REAL, 101, 112, 112, 300, 20, 1000, 0, 3000000, "A comes", 0},
    {REAL, 101, 111, 112, 200, 100, 64, 0, 40000000, "", 360000},
    {COMPLEX, 101, 113, 112, 600, 20, 64, 0, 900000, "A comes", 0},
    {COMPLEX, 102, 111, 113, 20, 600, 64, 9, 900000, "A comes", 0},
    {SINGLE, 101, 112, 112, 2000, 20, 64, 0, 300000, "A comes", 0},
    {SINGLE, 101, 111, 111, 20, 2000, 64, 0, 300000, "A and B come", 0},
    {SYRK, 102, 111, 0, 300, 300, 64, 0, 360000, "A and B come", 0},
    {SYRK, 101, 111, 0, 300, 300, 64, 9, 360000, "A and B come", 0}};

typedef struct operands {
    double *a, *b, *c;
    int lda, ldb, ldc;
    size_t bytes_c;
} operands;

static int lines(int layout, int trans, int rows, int cols)
{
    return (layout == 101) == (trans == 111) ? rows : cols;
}

/* Numbers of a wide range, some not finite. */
static operands make(const room_case *c)
{
    const int transb = c->kind == SYRK ? 112 : c->transb;
    const int64_t a = lines(c->layout, c->transa, c->m, c->k);
    const int64_t b = lines(c->layout, transb, c->k, c->n);
    const int width = c->kind == COMPLEX ? 2 : 1;
    operands x = {.lda = (int)((int64_t)c->m * c->k / a) + c->gap,
                  .ldb = (int)((int64_t)c->k * c->n / b) + c->gap,
                  .ldc = c->layout == 101 ? c->n : c->m,
                  .bytes_c = (size_t)(c->m * c->n * width) * 8};
    const int64_t na = a * x.lda * width, nb = b * x.ldb * width;
    x.a = random_numbers(na, 1);
    x.b = random_numbers(nb, 2);
    x.c = random_numbers((int64_t)c->m * c->n * width, 3);
    if (c->kind == SINGLE) {
        for (int64_t i = 0; i < na; i++)
            ((float *)x.a)[i] = (float)x.a[i];
        for (int64_t i = 0; i < nb; i++)
            ((float *)x.b)[i] = (float)x.b[i];
        for (int i = 0; i < c->m * c->n; i++)
            ((float *)x.c)[i] = (float)x.c[i];
        return x;
    }
    for (int64_t i = 0; i < na; i++)
        x.a[i] = ldexp(x.a[i], (int)(i % 23));
    x.a[na / 3] = INFINITY;
    return x;
}

static void drop_operands(operands *x)
{
    free(x->a);
    free(x->b);
    free(x->c);
}

static sunzi_status multiply(sunzi_context *ctx, const room_case *c,
                             const operands *x, double *to)
{
    const sunzi_product_options o = {.method = SUNZI_PRODUCT_EMULATED};
    const double alpha[2] = {-1.25, 0.5}, beta[2] = {0.5, 0};
    memcpy(to, x->c, x->bytes_c);
    switch (c->kind) {
    case SINGLE:
        return sunzi_sgemm_expert(ctx, c->layout, c->transa, c->transb, c->m,
                                  c->n, c->k, -1.25f, (float *)x->a, x->lda,
                                  (float *)x->b, x->ldb, 0.5f, (float *)to,
                                  x->ldc, &o, NULL);
    case COMPLEX:
        return sunzi_zgemm_expert(ctx, c->layout, c->transa, c->transb, c->m,
                                  c->n, c->k, alpha, x->a, x->lda, x->b, x->ldb,
                                  beta, to, x->ldc, &o, NULL);
    case SYRK:
        return sunzi_dsyrk_expert(ctx, c->layout, SUNZI_LOWER, c->transa, c->n,
                                  c->k, -1.25, x->a, x->lda, 0.5, to, x->ldc,
                                  &o, NULL);
    default:
        return sunzi_dgemm_expert(ctx, c->layout, c->transa, c->transb, c->m,
                                  c->n, c->k, -1.25, x->a, x->lda, x->b, x->ldb,
                                  0.5, to, x->ldc, &o, NULL);
    }
}

static void same(const room_case *c, const double *x, const double *y)
{
    const size_t bytes = (size_t)c->m * (size_t)c->n *
                         (c->kind == SINGLE    ? 4
                          : c->kind == COMPLEX ? 16
                                               : 8);
    for (size_t i = 0; i < bytes / 8; i++)
        if (memcmp(&x[i], &y[i], 8) != 0 && !(isnan(x[i]) && isnan(y[i])))
            fail_msg("kind %d, %d x %d x %d: number %zu is %a, the portable "
                     "engine has %a",
                     c->kind, c->m, c->n, c->k, i, y[i], x[i]);
}

static void limit_memory(sunzi_context *ctx, size_t memory)
{
    assert_int_equal(ctx->device->counts.bytes, 0);
    ctx->device->limits.memory_bytes = memory;
    ctx->device->counts.most_bytes = 0;
    pieces[0] = here[0] = '\0';
}

static void one_case(sunzi_context *portable, sunzi_context *device,
                     const room_case *c)
{
    operands x = make(c);
    double *expected = block_of(x.bytes_c), *got = block_of(x.bytes_c);
    expect_status(multiply(portable, c, &x, expected), SUNZI_OK);
    limit_memory(device, c->memory);
    device->workspace_limit_bytes = c->limit;
    expect_status(multiply(device, c, &x, got), SUNZI_OK);
    device->workspace_limit_bytes = 0;
    same(c, expected, got);
    assert_true(device->device->counts.most_bytes <= c->memory);
    if (!strstr(pieces, c->by_pieces) || (pieces[0] && !c->by_pieces[0]))
        fail_msg("kind %d, %d x %d x %d: '%s'", c->kind, c->m, c->n, c->k,
                 pieces);
    free(expected);
    free(got);
    drop_operands(&x);
}

static void operands_by_pieces(void **unused)
{
    (void)unused;
    int index = 0;
    for (const char *engine; (engine = next_device_engine(&index));) {
        sunzi_context *portable = open_noting("portable", "0");
        sunzi_context *device[2] = {open_noting(engine, "4000000"),
                                    open_noting(engine, "4096")};
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
            one_case(portable, device[i % 2], &cases[i]);
        assert_int_equal(device[0]->device->counts.upload_beside, 0);
        assert_true(device[1]->device->counts.upload_beside > 0);
        for (int k = 0; k < 2; k++) {
            assert_int_equal(device[k]->device->counts.bytes, 0);
            sunzi_context_destroy(&device[k]);
        }
        sunzi_context_destroy(&portable);
    }
}

/* The bytes that the sentence names are what it takes. */
static void too_little(void **unused)
{
    (void)unused;
    static const room_case c = {REAL, 101, 111, 112,  300, 200,
                                300,  0,   0,   NULL, 0};
    int index = 0;
    for (const char *engine; (engine = next_device_engine(&index));) {
        sunzi_context *portable = open_noting("portable", "0");
        sunzi_context *device = open_noting(engine, "0");
        operands x = make(&c);
        double *expected = block_of(x.bytes_c), *got = block_of(x.bytes_c);
        size_t needed = 0, least = 0;
        limit_memory(device, 100000);
        expect_status(multiply(device, &c, &x, got), SUNZI_ERR_NOMEM);
        print_message("%s\n", sunzi_last_message());
        assert_int_equal(
            sscanf(sunzi_last_message(), "sunzi_dgemm: %zu bytes", &needed), 1);
        expect_message("could not be allocated");
        expect_message("the engine auto");
        assert_memory_equal(got, x.c, x.bytes_c);
        expect_status(multiply(portable, &c, &x, expected), SUNZI_OK);
        for (size_t memory = needed; memory <= needed + needed / 4;
             memory += needed / 12) { /* nine tenths are used */
            limit_memory(device, memory);
            const sunzi_status status = multiply(device, &c, &x, got);
            assert_true(device->device->counts.most_bytes <= memory);
            if (memory / 10 * 9 < needed) {
                expect_status(status, SUNZI_ERR_NOMEM);
                assert_memory_equal(got, x.c, x.bytes_c);
                continue;
            }
            expect_status(status, SUNZI_OK);
            same(&c, expected, got);
            least = least ? least : memory;
        }
        assert_true(least > 0);
        limit_memory(device, needed * 2);
        device->device->limits.largest_bytes = 10000;
        expect_status(multiply(device, &c, &x, got), SUNZI_ERR_NOMEM);
        expect_message("10000 in one piece");
        assert_int_equal(device->device->counts.bytes, 0);
        free(expected);
        free(got);
        drop_operands(&x);
        sunzi_context_destroy(&device);
        sunzi_context_destroy(&portable);
    }
}

/* ---- solves ---- */

/* A in FP64 has no room, FP32 factors have: residuals are the host's. Nor
 * have factors: all is. The log names what was needed. */
static void solves(void **unused)
{
    (void)unused;
    enum { N = 100 };
    static const struct {
        size_t memory;
        const char *says;
    } rooms[] = {{150000, "residuals are formed here: dense solve: "},
                 {20000, "factors stay here: factorization: "}};
    int index = 0;
    for (const char *engine; (engine = next_device_engine(&index));) {
        sunzi_context *portable = open_noting("portable", "0");
        sunzi_context *device = open_noting(engine, "0");
        test_problem p = test_problem_make(N, 1, 3, 0, 3);
        sunzi_solve_options o;
        sunzi_solve_report report;
        double expected[N];
        sunzi_solve_options_init(&o);
        o.factor = SUNZI_FACTOR_FP32;
        for (int k = -1; k < 2; k++) {
            double x[N];
            if (k >= 0)
                limit_memory(device, rooms[k].memory);
            expect_status(sunzi_dsolve(k < 0 ? portable : device,
                                       SUNZI_COL_MAJOR, N, 1, p.a, N, p.b, N, x,
                                       N, &o, &report, NULL),
                          SUNZI_OK);
            if (k < 0) {
                memcpy(expected, x, sizeof x);
                continue;
            }
            same_doubles("a solution", N, x, expected);
            if (!strstr(here, rooms[k].says) ||
                !strstr(here, " bytes on the device could not be allocated, "))
                fail_msg("'%s' lacks '%s'", here, rooms[k].says);
            assert_true(device->device->counts.most_bytes <= rooms[k].memory);
            assert_int_equal(device->device->counts.bytes, 0);
        }
        free(p.a);
        sunzi_context_destroy(&device);
        sunzi_context_destroy(&portable);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operands_by_pieces),
        cmocka_unit_test(too_little),
        cmocka_unit_test(solves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
