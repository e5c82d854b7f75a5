/* SPDX-License-Identifier: BSD-3-Clause */
/* The kernels of an engine, one thread: nanoseconds an element of the exact
 * O(n^2) kernels (for the usual 15 moduli and for 20), rates of the O(n^3)
 * ones. bench_kernels [engine ...], default: the best one and portable.
 * Operands are 1024 x 1024, or one block of the product. The best of several
 * runs counts. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/context.h"
#include "engines/engine.h"
#include "tests/random.h"

enum { N = 1024, TILE = 256, RUNS = 7, MODULI = 15, MORE_MODULI = 20 };

typedef struct bench {
    const sunzi_engine_ops *engine;
    sunzi_moduli moduli, more;
    double *x, *out;
    float *f;
    uint8_t *packed, *planes;
    int32_t shift[N];
    sunzi_vector_stats stats[N];
    int32_t inner_max[N];
} bench;

typedef void body(bench *b, int variant);

static double best(bench *b, body *run, int variant)
{
    double least = 1e30;
    for (int i = 0; i < RUNS; i++) {
        const double start = sunzi_seconds();
        run(b, variant);
        const double t = sunzi_seconds() - start;
        least = t < least ? t : least;
    }
    return least;
}

/* bit 0: element_stride is not 1; bit 1: FP32; bit 2: side B; bit 3: more
 * moduli */
static sunzi_vectors operand(const bench *b, int variant)
{
    const bool across = variant & 1, single = variant & 2;
    return (sunzi_vectors){.data = single ? (const void *)b->f : b->x,
                           .single_precision = single,
                           .count = N,
                           .depth = N,
                           .vector_stride = across ? 1 : N,
                           .element_stride = across ? N : 1};
}

static void measure(bench *b, int variant)
{
    const sunzi_vectors v = operand(b, variant);
    b->engine->measure(&v, NULL, b->stats, b->inner_max);
}

static void convert(bench *b, int variant)
{
    const sunzi_vectors v = operand(b, variant);
    b->engine->convert(&v, NULL, b->shift, NULL,
                       variant & 8 ? &b->more : &b->moduli,
                       variant & 4 ? SUNZI_SIDE_B : SUNZI_SIDE_A, b->packed,
                       (size_t)N * N + 1088);
}

static void residue_block(bench *b, int variant)
{
    (void)variant;
    b->engine->residue_block(&b->moduli, 1, N / 64, TILE / 16, TILE / 16,
                             b->packed, 16 * N, b->packed + (size_t)N * N,
                             16 * N, b->planes, TILE);
}

static void reconstruct(bench *b, int variant)
{
    const sunzi_moduli *m = variant ? &b->more : &b->moduli;
    b->engine->reconstruct(m, TILE, TILE, b->planes, TILE * TILE + 64, TILE,
                           b->shift, b->shift, b->out, TILE);
}

static void ordered_f64(bench *b, int variant)
{
    (void)variant;
    b->engine->ordered_f64(TILE, TILE, TILE, true, b->x, N, 1, b->x, N, b->out,
                           TILE);
}

static void ordered_f32(bench *b, int variant)
{
    (void)variant;
    b->engine->ordered_f32(TILE, TILE, TILE, true, b->f, N, 1, b->f, N,
                           (float *)b->out, TILE);
}

static void update_block(bench *b, int variant)
{
    const sunzi_low_format format = (sunzi_low_format)variant;
    const int tiles = format == SUNZI_LOW_INT8 ? TILE / 64 : TILE / 32;
    const size_t group = 16u * TILE * 4;
    b->engine->update_block(format, tiles, TILE, TILE, b->packed, group,
                            b->shift, b->packed + (size_t)N * N, group,
                            b->shift, (float *)b->out, TILE);
}

static void update_pack(bench *b, int variant)
{
    b->engine->update_pack((sunzi_low_format)variant, b->f, TILE, TILE, N, 1,
                           SUNZI_SIDE_A, b->packed, b->inner_max);
}

static void residual_dot(bench *b, int variant)
{
    b->engine->residual_dot(TILE, N, b->x, N, b->x, variant ? b->x + N : NULL,
                            b->out, variant ? b->out + TILE : NULL,
                            variant ? b->out + 2 * TILE : NULL);
}

static void line(const bench *b, const char *what, double value,
                 const char *unit)
{
    printf("kernel engine=%s %s %.3g %s\n", b->engine->name, what, value, unit);
}

/* Nanoseconds an element of the variants that a kernel has. */
static void operands(bench *b, const char *name, body *run, int variants)
{
    for (int v = 0; v < variants; v++) {
        char what[80];
        snprintf(what, sizeof what, "%s side=%c %s %s moduli=%d", name,
                 v & 4 ? 'B' : 'A', v & 2 ? "FP32" : "FP64",
                 v & 1 ? "across " : "along", v & 8 ? MORE_MODULI : MODULI);
        line(b, what, best(b, run, v) * 1e9 / ((double)N * N), "ns/element");
    }
}

static void report(bench *b)
{
    const double cube = 2.0 * TILE * TILE * TILE * 1e-9;
    const double square = 1e9 / ((double)TILE * TILE);
    operands(b, "measure", measure, 4);
    operands(b, "convert", convert, 16);
    line(b, "residue_block", N / TILE * cube / best(b, residue_block, 0),
         "GOPS");
    line(b, "reconstruct moduli=15", best(b, reconstruct, 0) * square,
         "ns/element");
    line(b, "reconstruct moduli=20", best(b, reconstruct, 1) * square,
         "ns/element");
    line(b, "ordered_f64", cube / best(b, ordered_f64, 0), "GFLOP/s");
    line(b, "ordered_f32", cube / best(b, ordered_f32, 0), "GFLOP/s");
    static const char *formats[SUNZI_LOW_COUNT] = {"bf16", "fp16", "int8"};
    for (int f = 0; f < SUNZI_LOW_COUNT; f++) {
        char what[40], why[160];
        if (!b->engine->low_format_fast((sunzi_low_format)f, why, sizeof why))
            continue;
        snprintf(what, sizeof what, "update_pack %s", formats[f]);
        line(b, what, best(b, update_pack, f) * square, "ns/element");
        snprintf(what, sizeof what, "update_block %s", formats[f]);
        line(b, what, cube / best(b, update_block, f), "GFLOP/s");
    }
    line(b, "residual_dot FP64", 8e-9 * TILE * N / best(b, residual_dot, 0),
         "GB/s");
    line(b, "residual_dot twice FP64",
         8e-9 * TILE * N / best(b, residual_dot, 1), "GB/s");
}

static bool prepare(bench *b)
{
    const size_t count = (size_t)N * N;
    uint64_t state = 1;
    b->x = aligned_alloc(64, count * sizeof *b->x);
    b->f = aligned_alloc(64, count * sizeof *b->f);
    b->out = aligned_alloc(64, (size_t)TILE * TILE * sizeof *b->out);
    b->packed = aligned_alloc(64, (count + 1088) * MORE_MODULI);
    b->planes = aligned_alloc(64, (TILE * TILE + 64) * MORE_MODULI);
    if (!b->x || !b->f || !b->out || !b->packed || !b->planes)
        return false;
    for (size_t i = 0; i < count; i++) {
        random_step(&state);
        b->x[i] = (double)(int64_t)state * 0x1p-63;
        b->f[i] = (float)b->x[i];
    }
    memset(b->packed, 3, (count + 1088) * MORE_MODULI);
    sunzi_moduli_init(&b->moduli, MODULI);
    sunzi_moduli_init(&b->more, MORE_MODULI);
    b->moduli.operand_bits = 54;
    b->more.operand_bits = 72;
    for (int i = 0; i < N; i++)
        b->shift[i] = 54;
    /* of integers that are spread over (-P/2, P/2) */
    for (int t = 0; t < MORE_MODULI; t++)
        for (size_t i = 0; i < (size_t)TILE * TILE; i++) {
            random_step(&state);
            b->planes[(size_t)t * (TILE * TILE + 64) + i] =
                (uint8_t)((state >> 33) % (uint64_t)b->more.p[t]);
        }
    return true;
}

static int run(bench *b, const char *name)
{
    char why[160];
    b->engine = name ? sunzi_engine_by_name(name) : sunzi_engine_at(0);
    for (int i = 1;
         !name && b->engine && !b->engine->available(why, sizeof why); i++)
        b->engine = sunzi_engine_at(i);
    if (!b->engine) {
        fprintf(stderr,
                "bench_kernels: no engine '%s'; `sunzi info` lists "
                "them\n",
                name ? name : "");
        return 2;
    }
    if (!b->engine->available(why, sizeof why)) {
        fprintf(stderr, "bench_kernels: %s: %s\n", b->engine->name, why);
        return 2;
    }
    report(b);
    return 0;
}

int main(int argc, char **argv)
{
    static bench b;
    int failed = 0;
    if (!prepare(&b)) {
        fprintf(stderr, "bench_kernels: no memory\n");
        return 1;
    }
    if (argc < 2)
        failed = run(&b, NULL) || run(&b, "portable");
    for (int i = 1; i < argc && !failed; i++)
        failed = run(&b, argv[i]);
    return failed;
}
