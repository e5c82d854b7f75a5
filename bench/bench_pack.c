/* SPDX-License-Identifier: BSD-3-Clause */
/* Packing and unpacking of the pieces of a halo, one thread: bench_pack [n],
 * default 256 cells a side, halos of width 4. Best of several runs; bytes read
 * and written, beside memcpy of as many FP64 numbers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/context.h"
#include "solvers/fields/box.h"

enum { WIDTH = 4, RUNS = 40 };

typedef struct pack_case {
    const char *name;
    sunzi_box box;
    bool contiguous; /* rows are, so that it can be unpacked */
} pack_case;

static double least(double a, double b)
{
    return a < b ? a : b;
}

static void run(const sunzi_context *ctx, const pack_case *c, sunzi_wire wire,
                double *array, double *message)
{
    static const char *const wires[] = {"fp64", "fp32", "fp16", "bf16"};
    const sunzi_field field = {SUNZI_ELEMENT_FP64, wire, 1};
    const int64_t rows = sunzi_box_rows(&c->box);
    const double cells = (double)sunzi_box_cells(&c->box);
    sunzi_lane lane;
    double pack = 1e9, unpack = 1e9, copy = 1e9;
    sunzi_field_lanes(ctx->engine, &field, &lane);
    for (int r = 0; r < RUNS; r++) {
        double t = sunzi_seconds();
        memcpy(message, array, (size_t)cells * sizeof(double));
        copy = least(copy, sunzi_seconds() - t);
        t = sunzi_seconds();
        sunzi_box_pack(&lane, &c->box, 0, rows, array, message);
        pack = least(pack, sunzi_seconds() - t);
        t = sunzi_seconds();
        if (c->contiguous)
            sunzi_box_unpack(&lane, &c->box, 0, rows, message, array);
        unpack = least(unpack, sunzi_seconds() - t);
    }
    const double bytes =
        cells * (double)(sizeof(double) + sunzi_lane_bytes(&lane));
    printf("pack piece=%s cells=%.0f wire=%s engine=%s pack_gb_s=%.1f", c->name,
           cells, wires[wire], sunzi_context_engine(NULL), 1e-9 * bytes / pack);
    if (c->contiguous)
        printf(" unpack_gb_s=%.1f", 1e-9 * bytes / unpack);
    printf(" memcpy_gb_s=%.1f\n", 1e-9 * 2 * sizeof(double) * cells / copy);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    const int64_t n = argc > 1 ? atoi(argv[1]) : 256, e = n + 2 * WIDTH;
    const int64_t plane = e * e, first = WIDTH * (plane + e + 1);
    const pack_case cases[] = {
        {"brick", {first, {n, n, n}, {plane, e, 1}}, true},
        {"face0", {first, {WIDTH, n, n}, {plane, e, 1}}, true},
        {"face1", {first, {n, WIDTH, n}, {plane, e, 1}}, true},
        {"face2", {first, {n, n, WIDTH}, {plane, e, 1}}, true},
        {"transposed", {first, {n, n, n}, {plane, 1, e}}, false},
    };
    static const sunzi_wire wires[] = {SUNZI_WIRE_STORED, SUNZI_WIRE_FP32,
                                       SUNZI_WIRE_BF16};
    const size_t cells = n > 0 ? (size_t)(plane * e) : 0;
    sunzi_context *ctx = NULL;
    double *array = malloc(2 * cells * sizeof(double));
    if (!array || !cells || sunzi_context_use(NULL, &ctx) != SUNZI_OK) {
        fprintf(stderr, "bench_pack: n = %lld cannot be had\n", (long long)n);
        free(array);
        return 1;
    }
    for (size_t i = 0; i < 2 * cells; i++)
        array[i] = 1.0 / (double)(i + 1);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        for (size_t w = 0; w < sizeof wires / sizeof *wires; w++)
            run(ctx, &cases[c], wires[w], array, array + cells);
    free(array);
    return 0;
}
