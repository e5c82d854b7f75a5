/* SPDX-License-Identifier: BSD-3-Clause */
/* Devices: launches, memory that knows where it is valid, products with the
 * bits of the portable engine (also where the device may not use FP64), faults.
 * Every engine with a device that can be used here is tested, or the one that
 * SUNZI_TEST_ENGINE names (tests/engines/gpu.sh). */
#define _DEFAULT_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engines/device.h"
#include "engines/engine.h"
#include "engines/kernel/all.h"
#include "engines/launch.h"
#include "tests/engines/device_case.h"
#include "precision/product.h"
#include "tests/precision/product_case.h"

/* ---- launches and memory, on CPU engines too ---- */

enum { LENGTH = 70001, AT = 17 };

static void triad_on(sunzi_context *ctx)
{
    static float x[LENGTH], y[LENGTH];
    sunzi_memory *mx = NULL, *my = NULL, *mz = NULL;
    const void *z = NULL;
    for (int i = 0; i < LENGTH; i++) {
        x[i] = 1.0f / (float)(i + 1);
        y[i] = (float)(i % 97) / 3;
    }
    expect_status(sunzi_memory_wrap(ctx, x, sizeof x, "x", &mx), SUNZI_OK);
    expect_status(sunzi_memory_wrap(ctx, y, sizeof y, "y", &my), SUNZI_OK);
    expect_status(sunzi_memory_create(ctx, sizeof x, "z", &mz), SUNZI_OK);
    const int count = LENGTH - AT;
    for (int launch = 0; launch < 2; launch++)
        expect_status(SUNZI_LAUNCH(ctx, k_triad, sunzi_range(count),
                                   .x = {mx, AT}, .y = {my}, .z = {mz, 3},
                                   .a = 0.7f),
                      SUNZI_OK);
    expect_status(sunzi_memory_read(mz, &z), SUNZI_OK);
    for (int i = 0; i < count; i++) {
        const float expected = fmaf(0.7f, y[i], x[i + AT]);
        if (((const float *)z)[i + 3] != expected)
            fail_msg("%s: z[%d] = %a, expected %a", sunzi_context_engine(ctx),
                     i, (double)((const float *)z)[i + 3], (double)expected);
    }
    if (ctx->device) { /* no copy is made twice */
        assert_int_equal(ctx->device->counts.uploads, 2);
        assert_int_equal(ctx->device->counts.downloads, 1);
        assert_int_equal(ctx->device->counts.launches, 2);
        assert_int_equal(ctx->device->counts.bytes, 3 * sizeof x);
    }
    sunzi_memory_destroy(&mx);
    sunzi_memory_destroy(&my);
    sunzi_memory_destroy(&mz);
    assert_null(mz);
    if (ctx->device)
        assert_int_equal(ctx->device->counts.bytes, 0);
}

static void launches(void **unused)
{
    (void)unused;
    for (int i = 0; sunzi_engine_name(i); i++) {
        sunzi_context *ctx = context_for(sunzi_engine_name(i), 2, 0);
        if (ctx)
            triad_on(ctx);
        sunzi_context_destroy(&ctx);
    }
}

/* What was written on one side is seen on the other. */
static void both_sides_on(sunzi_context *ctx)
{
    sunzi_memory *memory = NULL;
    void *write = NULL;
    const void *read = NULL;
    expect_status(sunzi_memory_create(ctx, 100 * 4, "test", &memory), SUNZI_OK);
    expect_status(sunzi_memory_fill(memory, &write), SUNZI_OK);
    for (uint32_t i = 0; i < 100; i++)
        ((uint32_t *)write)[i] = i;
    expect_status(SUNZI_LAUNCH(ctx, k_fill_u32, sunzi_range(20),
                               .x = {memory, 40}, .value = 7),
                  SUNZI_OK);
    expect_status(sunzi_memory_write(memory, &write), SUNZI_OK);
    ((uint32_t *)write)[41] = 8;
    expect_status(SUNZI_LAUNCH(ctx, k_fill_u32, sunzi_range(1),
                               .x = {memory, 99}, .value = 9),
                  SUNZI_OK);
    expect_status(sunzi_memory_read(memory, &read), SUNZI_OK);
    for (uint32_t i = 0; i < 100; i++)
        assert_int_equal(((const uint32_t *)read)[i], i == 99             ? 9
                                                      : i == 41           ? 8
                                                      : i >= 40 && i < 60 ? 7
                                                                          : i);
    sunzi_memory_destroy(&memory);
}

static void both_sides(void **unused)
{
    (void)unused;
    for (int i = 0; sunzi_engine_name(i); i++) {
        sunzi_context *ctx = context_for(sunzi_engine_name(i), 2, 0);
        if (ctx)
            both_sides_on(ctx);
        sunzi_context_destroy(&ctx);
    }
}

static void wrong_launches(void **unused)
{
    (void)unused;
    sunzi_context *ctx = context_for("portable", 1, 0);
    sunzi_memory *m = NULL;
    expect_status(sunzi_memory_create(ctx, 40, "test", &m), SUNZI_OK);
    expect_status(SUNZI_LAUNCH(ctx, k_fill_u32, sunzi_range(1), .x = {NULL}),
                  SUNZI_ERR_ARG);
    expect_message("array x");
    expect_status(SUNZI_LAUNCH(ctx, k_fill_u32, sunzi_range(1), .x = {m, 11}),
                  SUNZI_ERR_ARG);
    expect_message("element 11 of 10");
    expect_status(SUNZI_LAUNCH(ctx, k_fill_u32, sunzi_range(1), .x = {m, -1}),
                  SUNZI_ERR_ARG);
    expect_status(
        SUNZI_LAUNCH(ctx, k_fill_u32, sunzi_range((1 << 30) + 1), .x = {m}),
        SUNZI_ERR_ARG);
    expect_message("range");
    expect_status(SUNZI_LAUNCH(ctx, k_fill_u32, sunzi_range(0), .x = {m}),
                  SUNZI_OK);
    expect_status(sunzi_launch(ctx, &sunzi_kernel_product_residues,
                               sunzi_range3(1, 1, 1),
                               &(product_residues_args){
                                   .a = {m}, .b = {m}, .table = {m}, .r = {m}}),
                  SUNZI_ERR_UNSUPPORTED);
    expect_message("devices only");
    expect_status(sunzi_launch(ctx, &sunzi_kernel_product_residues,
                               sunzi_range3(1, 1 << 16, 1),
                               &(product_residues_args){
                                   .a = {m}, .b = {m}, .table = {m}, .r = {m}}),
                  SUNZI_ERR_ARG);
    expect_message("0 to 65535"); /* groups of a GPU */
    sunzi_memory_destroy(&m);
    sunzi_context_destroy(&ctx);
}

/* ---- products ---- */

typedef struct shape {
    int m, n, k;
} shape;

typedef struct product {
    shape s;
    int transa, transb, spread;
    double alpha, beta;
    double *a, *b, *old;
} product;

typedef enum numbers { PLAIN, WIDE, TINY } numbers;

static void make_operands(product *p, numbers what)
{
    const int64_t na = (int64_t)p->s.m * p->s.k * 2;
    const int64_t nb = (int64_t)p->s.n * p->s.k * 2;
    uint64_t state = (uint64_t)p->spread + 11;
    p->a = random_numbers(na, 1);
    p->b = random_numbers(nb, 2);
    p->old = random_numbers((int64_t)p->s.m * p->s.n * 2, 3);
    for (int64_t i = 0; i < na && p->spread; i++)
        p->a[i] =
            ldexp(p->a[i], (int)(next_bits(&state) % (uint64_t)p->spread));
    for (int64_t i = 0; i < na && what == TINY; i++)
        p->a[i] *= 0x1p-535;
    for (int64_t i = 0; i < nb && what == TINY; i++)
        p->b[i] *= 0x1p-535; /* products become subnormal, or zero */
    if (what != WIDE)
        return;
    p->a[na / 3] = INFINITY;
    p->b[nb / 2] = NAN;
    p->a[0] = 0x1p-1060; /* subnormal */
    p->b[nb - 1] = 0x1p1010;
}

/* Real (0), complex (1) or FP32 (2) C in the bytes of c. */
static void multiply(sunzi_context *ctx, const product *p, int kind, double *c,
                     sunzi_product_info *info)
{
    const sunzi_product_options o = {.method = SUNZI_PRODUCT_EMULATED};
    const int m = p->s.m, n = p->s.n, k = p->s.k;
    const int lda = p->transa == SUNZI_NO_TRANS ? k : m;
    const int ldb = p->transb == SUNZI_NO_TRANS ? n : k;
    const double alpha[2] = {p->alpha, 0.25}, beta[2] = {p->beta, -1};
    const size_t count = (size_t)m * (size_t)n;
    sunzi_status status;
    if (kind == 2) {
        float *a = block_of((size_t)m * (size_t)k * 4);
        float *b = block_of((size_t)n * (size_t)k * 4);
        for (int64_t i = 0; i < (int64_t)m * k; i++)
            a[i] = (float)p->a[i];
        for (int64_t i = 0; i < (int64_t)n * k; i++)
            b[i] = (float)p->b[i];
        for (size_t i = 0; i < count; i++)
            ((float *)c)[i] = (float)p->old[i];
        status = sunzi_sgemm_expert(ctx, SUNZI_ROW_MAJOR, p->transa, p->transb,
                                    m, n, k, (float)p->alpha, a, lda, b, ldb,
                                    (float)p->beta, (float *)c, n, &o, info);
        free(a);
        free(b);
    } else {
        memcpy(c, p->old, count * (kind ? 16 : 8));
        status =
            kind ? sunzi_zgemm_expert(ctx, SUNZI_ROW_MAJOR, p->transa,
                                      p->transb, m, n, k, alpha, p->a, lda,
                                      p->b, ldb, beta, c, n, &o, info)
                 : sunzi_dgemm_expert(ctx, SUNZI_ROW_MAJOR, p->transa,
                                      p->transb, m, n, k, p->alpha, p->a, lda,
                                      p->b, ldb, p->beta, c, n, &o, info);
    }
    expect_status(status, SUNZI_OK);
}

/* NaN have no bits of their own: sign and payload are the processor's. */
static void same_bits(const product *p, int kind, const double *x,
                      const double *y)
{
    const size_t count = (size_t)p->s.m * (size_t)p->s.n * (kind == 1 ? 2 : 1);
    for (size_t i = 0; i < count; i++) {
        const double u = kind == 2 ? (double)((const float *)x)[i] : x[i];
        const double v = kind == 2 ? (double)((const float *)y)[i] : y[i];
        if (memcmp(&u, &v, sizeof u) != 0 && !(isnan(u) && isnan(v)))
            fail_msg("%d x %d x %d, kind %d, spread %d: entry %zu is %a, the "
                     "portable engine has %a",
                     p->s.m, p->s.n, p->s.k, kind, p->spread, i, v, u);
    }
}

static void compare(sunzi_context *portable, sunzi_context *device, product *p,
                    int kind)
{
    const size_t bytes = (size_t)p->s.m * (size_t)p->s.n * 16;
    double *x = block_of(bytes), *y = block_of(bytes);
    sunzi_product_info ix, iy;
    multiply(portable, p, kind, x, &ix);
    multiply(device, p, kind, y, &iy);
    assert_int_equal(iy.method, ix.method);
    assert_int_equal(iy.moduli, ix.moduli);
    same_bits(p, kind, x, y);
    free(x);
    free(y);
}

static const shape shapes[] = {{1, 1, 1},    {2, 3, 5},   {64, 64, 64},
                               {65, 63, 66}, {1, 130, 7}, {129, 2, 200},
                               {17, 40, 513}};

static void products_on(const char *engine, const char *fp64)
{
    sunzi_context *portable = context_for("portable", 2, 0);
    sunzi_context *device = open_context(engine, fp64);
    int variant = 0;
    if (strcmp(fp64, "0") == 0)
        assert_false(device->device->limits.fp64);
    for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++)
        for (int kind = 0; kind < 3; kind++, variant++) {
            product p = {.s = shapes[s],
                         .transa = variant & 1 ? SUNZI_TRANS : SUNZI_NO_TRANS,
                         .transb = variant & 2 ? SUNZI_TRANS : SUNZI_NO_TRANS,
                         .spread = variant % 3 * 15,
                         .alpha = variant % 4 ? -1.3 : 1,
                         .beta = variant % 4 ? 0.3 : 0};
            make_operands(&p, kind == 2 ? PLAIN : (numbers)(variant / 2 % 3));
            compare(portable, device, &p, kind);
            free(p.a);
            free(p.b);
            free(p.old);
        }
    assert_true(device->device->counts.launches > 0);
    assert_int_equal(device->device->counts.bytes, 0);
    sunzi_context_destroy(&device);
    sunzi_context_destroy(&portable);
}

static void products(void **unused)
{
    (void)unused;
    int index = 0;
    for (const char *engine; (engine = next_device_engine(&index));) {
        products_on(engine, "1");
        products_on(engine, "0");
    }
}

/* ---- statistics ---- */

static void make_plan(sunzi_context *ctx, const product *p, int kind,
                      const void *a, const void *b, sunzi_problem *problem,
                      sunzi_product_plan *plan)
{
    static const sunzi_scalar scalars[] = {SUNZI_SCALAR_F64, SUNZI_SCALAR_C64,
                                           SUNZI_SCALAR_F32};
    const sunzi_product_options options = {.method = SUNZI_PRODUCT_EMULATED};
    const sunzi_gemm_arguments g = {
        .function = "test",
        .scalar = scalars[kind],
        .layout = SUNZI_ROW_MAJOR,
        .transa = p->transa,
        .transb = p->transb,
        .m = p->s.m,
        .n = p->s.n,
        .k = p->s.k,
        .lda = p->transa == SUNZI_NO_TRANS ? p->s.k : p->s.m,
        .ldb = p->transb == SUNZI_NO_TRANS ? p->s.n : p->s.k,
        .ldc = p->s.n,
        .A = a,
        .B = b,
        .C = p->old,
        .options = &options};
    expect_status(sunzi_gemm_problem(&g, problem), SUNZI_OK);
    problem->ctx = ctx;
    expect_status(sunzi_product_plan_make(problem, plan), SUNZI_OK);
}

static void same_statistics(const sunzi_operand_plan *x,
                            const sunzi_operand_plan *y, int count,
                            int elements, bool balanced)
{
    for (int i = 0; i < count; i++) {
        const sunzi_vector_stats *s = &x->stats[i], *t = &y->stats[i];
        assert_int_equal(s->special, t->special);
        if (s->special)
            continue;
        assert_int_equal(s->exponent, t->exponent);
        assert_int_equal(s->ceil_sum, t->ceil_sum);
        assert_int_equal(s->ceil_squares, t->ceil_squares);
        assert_memory_equal(s->clip, t->clip, sizeof s->clip);
        assert_int_equal(x->shift[i], y->shift[i]);
    }
    if (balanced)
        assert_memory_equal(x->exponents, y->exponents,
                            (size_t)elements * sizeof *x->exponents);
}

static void compare_plans(sunzi_context *portable, sunzi_context *device,
                          const product *p, int kind, int *balanced)
{
    const size_t na = (size_t)p->s.m * (size_t)p->s.k * 2;
    const size_t nb = (size_t)p->s.n * (size_t)p->s.k * 2;
    float *a = block_of(na * sizeof *a), *b = block_of(nb * sizeof *b);
    sunzi_problem here, there;
    sunzi_product_plan x, y;
    for (size_t i = 0; i < na; i++)
        a[i] = (float)p->a[i];
    for (size_t i = 0; i < nb; i++)
        b[i] = (float)p->b[i];
    make_plan(portable, p, kind, kind == 2 ? (void *)a : p->a,
              kind == 2 ? (void *)b : p->b, &here, &x);
    make_plan(device, p, kind, kind == 2 ? (void *)a : p->a,
              kind == 2 ? (void *)b : p->b, &there, &y);
    assert_null(x.a.there);
    assert_non_null(y.a.there);
    assert_non_null(y.b.there);
    assert_int_equal(x.balanced, y.balanced);
    assert_int_equal(x.moduli.count, y.moduli.count);
    assert_true(x.certificate == y.certificate);
    same_statistics(&x.a, &y.a, p->s.m, x.width * p->s.k, x.balanced);
    same_statistics(&x.b, &y.b, p->s.n, x.width * p->s.k, x.balanced);
    *balanced += x.balanced;
    sunzi_memory_destroy(&y.a.there);
    sunzi_memory_destroy(&y.b.there);
    sunzi_pool_give(portable->pool, &x.block);
    sunzi_pool_give(device->pool, &y.block);
    free(a);
    free(b);
}

/* Large in A where it is small in B, so that the inner index is balanced. */
static void tilt(const product *p)
{
    const int64_t na = (int64_t)p->s.m * p->s.k, nb = (int64_t)p->s.n * p->s.k;
    for (int64_t i = 0; i < 2 * na; i++) /* of row-major A */
        p->a[i] = ldexp(p->a[i], (int)(i % p->s.k * 7 % 40));
    for (int64_t i = 0; i < 2 * nb; i++)
        p->b[i] = ldexp(p->b[i], -(int)(i / p->s.n % p->s.k * 7 % 40));
}

static void statistics(void **unused)
{
    (void)unused;
    int index = 0;
    for (const char *engine; (engine = next_device_engine(&index));) {
        sunzi_context *portable = context_for("portable", 2, 0);
        sunzi_context *device = open_context(engine, "0");
        int variant = 0, balanced = 0;
        for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++)
            for (int kind = 0; kind < 3; kind++, variant++) {
                product p = {
                    .s = shapes[s],
                    .transa = variant & 1 ? SUNZI_TRANS : SUNZI_NO_TRANS,
                    .transb = variant & 2 ? SUNZI_TRANS : SUNZI_NO_TRANS,
                    .spread = variant % 3 * 15};
                make_operands(&p, variant % 5 == 1   ? WIDE
                                  : variant % 5 == 2 ? TINY
                                                     : PLAIN);
                if (variant % 4 == 3)
                    tilt(&p);
                compare_plans(portable, device, &p, kind, &balanced);
                free(p.a);
                free(p.b);
                free(p.old);
            }
        assert_true(balanced > 1);
        assert_int_equal(device->device->counts.bytes, 0);
        sunzi_context_destroy(&device);
        sunzi_context_destroy(&portable);
    }
}

/* A device with little memory works on blocks; with too little it says so. */
static void little_memory(void **unused)
{
    (void)unused;
    int index = 0;
    for (const char *engine; (engine = next_device_engine(&index));) {
        sunzi_context *portable = context_for("portable", 2, 0);
        sunzi_context *device = open_context(engine, "1");
        product p = {.s = {200, 150, 90},
                     .transa = SUNZI_NO_TRANS,
                     .transb = SUNZI_TRANS,
                     .alpha = 1};
        make_operands(&p, PLAIN);
        for (int kind = 0; kind < 2; kind++) {
            device->device->limits.largest_bytes = 600000;
            compare(portable, device, &p, kind);
        }
        const int64_t launches_before = device->device->counts.launches;
        compare(portable, device, &p, 0);
        assert_true(device->device->counts.launches - launches_before > 4);
        device->device->limits.largest_bytes = 1000;
        double *c = block_of(200 * 150 * 8);
        memcpy(c, p.old, 200 * 150 * 8);
        const sunzi_product_options o = {.method = SUNZI_PRODUCT_EMULATED};
        expect_status(sunzi_dgemm_expert(device, SUNZI_ROW_MAJOR,
                                         SUNZI_NO_TRANS, SUNZI_TRANS, 200, 150,
                                         90, 1, p.a, 90, p.b, 90, 0, c, 150, &o,
                                         NULL),
                      SUNZI_ERR_NOMEM);
        expect_message("could not be allocated");
        assert_memory_equal(c, p.old, 200 * 150 * 8);
        assert_int_equal(device->device->counts.bytes, 0);
        free(c);
        free(p.a);
        free(p.b);
        free(p.old);
        sunzi_context_destroy(&device);
        sunzi_context_destroy(&portable);
    }
}

/* ---- faults ---- */

/* in the words of OpenCL, or of CUDA */
#define ENTRY                                                                  \
    "#ifdef __OPENCL_VERSION__\n"                                              \
    "#define ENTRY __kernel\n"                                                 \
    "#else\n"                                                                  \
    "#define ENTRY extern \"C\" __global__\n"                                  \
    "#define __global\n"                                                       \
    "#endif\n"
static const char wrong_text[] =
    ENTRY "#line 1 \"wrong.k.h\"\n"
          "ENTRY void k(__global int *x)\n{\n    x[0] = y;\n}\n";
static const char fp64_text[] =
    ENTRY "#line 1 \"fp64.k.h\"\n#define double no_double_here\n"
          "ENTRY void k(__global float *x)\n{\n    x[0] = (double)1;\n}\n";

/* wrong.k.h:3 of clang, wrong.k.h(3) of NVIDIA's compilers */
static void expect_place(const char *file, int line)
{
    char clang[40], nvidia[40];
    snprintf(clang, sizeof clang, "%s:%d", file, line);
    snprintf(nvidia, sizeof nvidia, "%s(%d)", file, line);
    if (!strstr(sunzi_last_message(), nvidia))
        expect_message(clang);
}

static void compile_errors(void **unused)
{
    (void)unused;
    int index = 0;
    for (const char *engine; (engine = next_device_engine(&index));) {
        sunzi_context *ctx = open_context(engine, "1");
        sunzi_device *d = ctx->device;
        void *program = NULL;
        expect_status(d->ops->compile(d, "wrong.k.h", wrong_text, &program),
                      SUNZI_ERR_DEVICE);
        expect_place("wrong.k.h", 3);
        expect_message(d->limits.name);
        expect_status(d->ops->compile(d, "fp64.k.h", fp64_text, &program),
                      SUNZI_ERR_DEVICE);
        expect_place("fp64.k.h", 4);
        assert_null(program);
        triad_on(ctx); /* the context is as good as before */
        sunzi_context_destroy(&ctx);
    }
}

static void no_such_device(void **unused)
{
    (void)unused;
    static const char *const wrong[] = {"31", "-1", "x", "1e3"};
    int index = 0;
    for (const char *engine; (engine = next_device_engine(&index));)
        for (int i = 0; i < 4; i++) {
            const sunzi_context_options options = {.engine = engine};
            sunzi_context *ctx = NULL;
            setenv("SUNZI_DEVICE", wrong[i], 1);
            expect_status(sunzi_context_create(&options, &ctx), SUNZI_ERR_ARG);
            expect_message("SUNZI_DEVICE");
            unsetenv("SUNZI_DEVICE");
            assert_null(ctx);
        }
}

/* compiled, taken from the cache, compiled again where the file is damaged */
static void cache(void **unused)
{
    (void)unused;
    char folder[] = "/tmp/sunzi_test_XXXXXX", command[200];
    int index = 0;
    assert_non_null(mkdtemp(folder));
    setenv("SUNZI_CACHE", folder, 1);
    for (const char *engine; (engine = next_device_engine(&index));)
        for (int round = 0; round < 4; round++) {
            sunzi_context *ctx = open_context(engine, "1");
            triad_on(ctx);
            assert_int_equal(ctx->device->counts.compiled, round % 2 == 0);
            assert_int_equal(ctx->device->counts.from_cache, round % 2);
            sunzi_context_destroy(&ctx);
            if (round == 1) { /* a byte in the middle changes */
                snprintf(command, sizeof command,
                         "for f in %s/*.bin; do printf X | dd of=$f bs=1 "
                         "seek=500 conv=notrunc 2>/dev/null; done",
                         folder);
                assert_int_equal(system(command), 0);
            }
        }
    unsetenv("SUNZI_CACHE");
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(launches),       cmocka_unit_test(both_sides),
        cmocka_unit_test(wrong_launches), cmocka_unit_test(products),
        cmocka_unit_test(statistics),     cmocka_unit_test(little_memory),
        cmocka_unit_test(compile_errors), cmocka_unit_test(no_such_device),
        cmocka_unit_test(cache),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
