/* SPDX-License-Identifier: BSD-3-Clause */
/* Residuals of dense systems. The matrix is read as contiguous vectors (its
 * rows or its columns); depending on op(A) each vector gives one dot product,
 * or is added to all sums. Work is shared out by components of the result, so
 * that the order of each sum does not depend on threads. */
#include "solvers/dense/residual.h"

#include <string.h>

#include "engines/engine.h"
#include "precision/eft.h"

enum {
    CHUNK = 1024,          /* components of an axpy task: 8 KiB a vector */
    DOTS = 16,             /* vectors of a dot task */
    SERIAL_BELOW = 1 << 18 /* entries; fewer are not worth a parallel region */
};

/* The contiguous vectors V_v, v < count, of `length` elements. */
typedef struct vectors {
    int64_t count, length, ld;
    const double *data;
    bool lower; /* triangle: V_v holds h <= v */
    bool upper; /* triangle: V_v holds h >= v */
} vectors;

/* What is computed: sums (twice FP64 if low) and magnitudes, by component. */
typedef struct sums {
    double *sum, *low, *magnitude;
} sums;

static vectors read_as_vectors(const sunzi_operator *a, bool *rows)
{
    *rows = a->col_stride == 1;
    return (vectors){.count = *rows ? a->m : a->n,
                     .length = *rows ? a->n : a->m,
                     .ld = *rows ? a->row_stride : a->col_stride,
                     .data = a->data,
                     .lower = a->symmetric_lower && *rows,
                     .upper = a->symmetric_lower && !*rows};
}

static sums at(sums s, int64_t i)
{
    return (sums){s.sum + i, s.low ? s.low + i : NULL,
                  s.magnitude ? s.magnitude + i : NULL};
}

static const double *offset(const double *x, int64_t i)
{
    return x ? x + i : NULL;
}

/* Dot products of vectors v0 .. v1-1; of a triangle with the diagonal. */
static void dot_task(const sunzi_engine_ops *e, const vectors *v, int64_t v0,
                     int64_t v1, const double *x, const double *x_low, sums out)
{
    if (!v->lower && !v->upper) {
        const sums s = at(out, v0);
        e->residual_dot(v1 - v0, v->length, v->data + v0 * v->ld, v->ld, x,
                        x_low, s.sum, s.low, s.magnitude);
        return;
    }
    for (int64_t i = v0; i < v1; i++) {
        const int64_t h0 = v->lower ? 0 : i, h1 = v->lower ? i + 1 : v->length;
        const sums s = at(out, i);
        e->residual_dot(1, h1 - h0, v->data + i * v->ld + h0, v->ld, x + h0,
                        offset(x_low, h0), s.sum, s.low, s.magnitude);
    }
}

static void add_vectors(const sunzi_engine_ops *e, const vectors *v, int64_t v0,
                        int64_t v1, int64_t h0, int64_t h1, const double *x,
                        const double *x_low, sums out)
{
    const sums s = at(out, h0);
    if (v1 > v0 && h1 > h0)
        e->residual_axpy(v1 - v0, h1 - h0, v->data + v0 * v->ld + h0, v->ld,
                         x + v0, offset(x_low, v0), s.sum, s.low, s.magnitude);
}

/* Sums h0 .. h1-1 over all vectors, in their order; of a triangle without the
 * diagonal. */
static void axpy_task(const sunzi_engine_ops *e, const vectors *v, int64_t h0,
                      int64_t h1, const double *x, const double *x_low,
                      sums out)
{
    const size_t bytes = (size_t)(h1 - h0) * sizeof(double);
    memset(out.sum + h0, 0, bytes);
    if (out.low)
        memset(out.low + h0, 0, bytes);
    if (out.magnitude)
        memset(out.magnitude + h0, 0, bytes);
    if (v->lower) {
        for (int64_t i = h0 + 1; i < h1; i++)
            add_vectors(e, v, i, i + 1, h0, i, x, x_low, out);
        add_vectors(e, v, h1, v->count, h0, h1, x, x_low, out);
    } else if (v->upper) {
        add_vectors(e, v, 0, h0, h0, h1, x, x_low, out);
        for (int64_t i = h0; i < h1; i++)
            add_vectors(e, v, i, i + 1, i + 1, h1, x, x_low, out);
    } else {
        add_vectors(e, v, 0, v->count, h0, h1, x, x_low, out);
    }
}

static void all_dots(sunzi_context *ctx, const vectors *v, const double *x,
                     const double *x_low, sums out)
{
    const int64_t tasks = (v->count + DOTS - 1) / DOTS;
#pragma omp parallel for schedule(dynamic, 4)                                  \
    num_threads(sunzi_threads(ctx)) if (v->count * v->length > SERIAL_BELOW)
    for (int64_t t = 0; t < tasks; t++) {
        const int64_t end = (t + 1) * DOTS;
        dot_task(ctx->engine, v, t * DOTS, end < v->count ? end : v->count, x,
                 x_low, out);
    }
}

static void all_axpys(sunzi_context *ctx, const vectors *v, const double *x,
                      const double *x_low, sums out)
{
    const int64_t tasks = (v->length + CHUNK - 1) / CHUNK;
#pragma omp parallel for schedule(dynamic, 1)                                  \
    num_threads(sunzi_threads(ctx)) if (v->count * v->length > SERIAL_BELOW)
    for (int64_t t = 0; t < tasks; t++) {
        const int64_t end = (t + 1) * CHUNK;
        axpy_task(ctx->engine, v, t * CHUNK, end < v->length ? end : v->length,
                  x, x_low, out);
    }
}

static void multiply_tiles(const sunzi_operator *a, bool transposed,
                           const double *x, const double *x_low, sums out)
{
    const sunzi_tile_product p = {.data = a->data,
                                  .ld = a->col_stride,
                                  .transposed = transposed,
                                  .lower = a->symmetric_lower,
                                  .x = x,
                                  .x_low = x_low,
                                  .sum = out.sum,
                                  .low = out.low,
                                  .magnitude = out.magnitude};
    sunzi_tiles_multiply(a->tiles, &p);
}

/* The halves of a symmetric product. */
static void add_half(int64_t count, sums out, sums other)
{
    for (int64_t i = 0; i < count; i++) {
        double error;
        out.sum[i] = sunzi_two_sum(out.sum[i], other.sum[i], &error);
        if (out.low)
            out.low[i] += other.low[i] + error;
        if (out.magnitude)
            out.magnitude[i] += other.magnitude[i];
    }
}

/* out = op(A) (x + x_low); other: room for the second half of a triangle. */
static void multiply(sunzi_context *ctx, const sunzi_operator *a,
                     bool transposed, const double *x, const double *x_low,
                     sums out, sums other)
{
    bool rows;
    const vectors v = read_as_vectors(a, &rows);
    if (a->tiles) {
        multiply_tiles(a, transposed && !a->symmetric_lower, x, x_low, out);
        if (a->symmetric_lower) {
            multiply_tiles(a, true, x, x_low, other);
            add_half(a->n, out, other);
        }
    } else if (a->symmetric_lower) {
        all_dots(ctx, &v, x, x_low, out);
        all_axpys(ctx, &v, x, x_low, other);
        add_half(a->n, out, other);
    } else if (rows != transposed) {
        all_dots(ctx, &v, x, x_low, out);
    } else {
        all_axpys(ctx, &v, x, x_low, out);
    }
}

/* Two sets of sums in the scratch. */
static sums place(void *scratch, int64_t n, int set, bool twice,
                  bool with_magnitude)
{
    double *base = (double *)scratch + 3 * n * set;
    return (sums){base, twice ? base + n : NULL,
                  with_magnitude ? base + 2 * n : NULL};
}

void sunzi_residual_exact(sunzi_context *ctx, const sunzi_operator *a,
                          bool transposed, const double *x, const double *x_low,
                          const double *b, double *r, double *r_low,
                          double *magnitude, void *scratch)
{
    const int64_t count = transposed ? a->n : a->m;
    const sums s = place(scratch, count, 0, true, magnitude != NULL);
    multiply(ctx, a, transposed, x, x_low, s,
             place(scratch, count, 1, true, magnitude != NULL));
    for (int64_t i = 0; i < count; i++) {
        double error;
        const double high = sunzi_two_sum(b[i], -s.sum[i], &error);
        const double low = error - s.low[i];
        const double rounded = high + low;
        if (magnitude)
            magnitude[i] = s.magnitude[i] + fabs(b[i]);
        if (r_low)
            r_low[i] = low - (rounded - high);
        r[i] = rounded;
    }
}

void sunzi_residual_fp64(sunzi_context *ctx, const sunzi_operator *a,
                         bool transposed, const double *x, const double *b,
                         double *r, double *magnitude, void *scratch)
{
    const int64_t count = transposed ? a->n : a->m;
    const sums s = place(scratch, count, 0, false, magnitude != NULL);
    multiply(ctx, a, transposed, x, NULL, s,
             place(scratch, count, 1, false, magnitude != NULL));
    for (int64_t i = 0; i < count; i++) {
        if (magnitude)
            magnitude[i] = s.magnitude[i] + fabs(b[i]);
        r[i] = b[i] - s.sum[i];
    }
}

size_t sunzi_residual_scratch_bytes(const sunzi_context *ctx,
                                    const sunzi_operator *a)
{
    const size_t larger = (size_t)(a->m > a->n ? a->m : a->n);
    (void)ctx;
    return sunzi_size_product(6, larger, sizeof(double));
}
