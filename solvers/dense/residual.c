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
    CHUNK = 1024,    /* components of an axpy task: 8 KiB a vector */
    VECTORS = 32,    /* of them that meet all operands, while in the cache */
    DOTS = 16,       /* vectors of a dot task, at most */
    PIECE = 1 << 16, /* entries of A in a dot task: half of a cache of 1 MiB */
    SERIAL_BELOW = 1 << 18 /* products; fewer are not worth a parallel region */
};

/* The contiguous vectors V_v, v < count, of `length` elements. */
typedef struct vectors {
    int64_t count, length, ld;
    const double *data;
    bool lower; /* triangle: V_v holds h <= v */
    bool upper; /* triangle: V_v holds h >= v */
} vectors;

/* What is computed: sums (twice FP64 if low) and magnitudes, by component;
 * those of operand c begin at c ld. */
typedef struct sums {
    double *sum, *low, *magnitude;
    int64_t ld;
} sums;

/* op(A) times `operands` vectors. */
typedef struct product {
    /* FP64 sums alone: of the opposite sign, by the kernels of triangles, which
     * take several vectors at once in the same order */
    bool minus;
    sunzi_context *ctx;
    const sunzi_operator *a;
    bool transposed;
    int operands;
    const double *x, *x_low; /* [operands][ldx] */
    int64_t ldx;
} product;

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

/* Component i of operand c. */
static sums at(sums s, int c, int64_t i)
{
    const int64_t place = c * s.ld + i;
    return (sums){s.sum + place, s.low ? s.low + place : NULL,
                  s.magnitude ? s.magnitude + place : NULL, s.ld};
}

static const double *low_at(const product *p, int c, int64_t i)
{
    return p->x_low ? p->x_low + c * p->ldx + i : NULL;
}

/* Dot products of `count` vectors from v with elements h0 .. h1 - 1. */
static void dots(const product *p, const vectors *v, int64_t first,
                 int64_t count, int64_t h0, int64_t h1, sums out)
{
    const sunzi_engine_ops *e = p->ctx->engine;
    const double *data = v->data + first * v->ld + h0;
    for (int c = 0; c < p->operands; c++) {
        const sums s = at(out, c, first);
        if (p->minus)
            memset(s.sum, 0, (size_t)count * sizeof *s.sum);
        else
            e->residual_dot(count, h1 - h0, data, v->ld, p->x + c * p->ldx + h0,
                            low_at(p, c, h0), s.sum, s.low, s.magnitude);
    }
    if (p->minus)
        e->dot_rows_f64((int)count, (int)(h1 - h0), data, v->ld, p->operands,
                        p->x + h0, p->ldx, out.sum + first, out.ld);
}

/* Of vectors v0 .. v1 - 1; of a triangle with the diagonal. */
static void dot_task(const product *p, const vectors *v, int64_t v0, int64_t v1,
                     sums out)
{
    if (!v->lower && !v->upper) {
        dots(p, v, v0, v1 - v0, 0, v->length, out);
        return;
    }
    for (int64_t i = v0; i < v1; i++)
        dots(p, v, i, 1, v->lower ? 0 : i, v->lower ? i + 1 : v->length, out);
}

/* Elements h0 .. h1 - 1 of `count` vectors from `first` on, to the sums. */
static void add_some(const product *p, const vectors *v, int64_t first,
                     int64_t count, int64_t h0, int64_t h1, sums out)
{
    const sunzi_engine_ops *e = p->ctx->engine;
    const double *data = v->data + first * v->ld + h0;
    if (p->minus) {
        e->axpy_rows_f64((int)count, (int)(h1 - h0), data, v->ld, p->operands,
                         p->x + first, p->ldx, out.sum + h0, out.ld);
        return;
    }
    for (int c = 0; c < p->operands; c++) {
        const sums s = at(out, c, h0);
        e->residual_axpy(count, h1 - h0, data, v->ld, p->x + c * p->ldx + first,
                         low_at(p, c, first), s.sum, s.low, s.magnitude);
    }
}

static void add_vectors(const product *p, const vectors *v, int64_t v0,
                        int64_t v1, int64_t h0, int64_t h1, sums out)
{
    for (int64_t i = v0; i < v1 && h0 < h1; i += VECTORS)
        add_some(p, v, i, v1 - i < VECTORS ? v1 - i : VECTORS, h0, h1, out);
}

/* Sums h0 .. h1-1 over all vectors, in their order; of a triangle without the
 * diagonal. */
static void axpy_task(const product *p, const vectors *v, int64_t h0,
                      int64_t h1, sums out)
{
    const size_t bytes = (size_t)(h1 - h0) * sizeof(double);
    for (int c = 0; c < p->operands; c++) {
        const sums s = at(out, c, h0);
        memset(s.sum, 0, bytes);
        if (s.low)
            memset(s.low, 0, bytes);
        if (s.magnitude)
            memset(s.magnitude, 0, bytes);
    }
    if (v->lower) {
        for (int64_t i = h0 + 1; i < h1; i++)
            add_vectors(p, v, i, i + 1, h0, i, out);
        add_vectors(p, v, h1, v->count, h0, h1, out);
    } else if (v->upper) {
        add_vectors(p, v, 0, h0, h0, h1, out);
        for (int64_t i = h0; i < h1; i++)
            add_vectors(p, v, i, i + 1, i + 1, h1, out);
    } else {
        add_vectors(p, v, 0, v->count, h0, h1, out);
    }
}

static bool is_large(const product *p, const vectors *v)
{
    return v->count * v->length * p->operands > SERIAL_BELOW;
}

static void all_dots(const product *p, const vectors *v, sums out)
{
    const int64_t fit = PIECE / (v->length > 0 ? v->length : 1);
    const int64_t size = fit < 1 ? 1 : fit < DOTS ? fit : DOTS;
    const int64_t tasks = (v->count + size - 1) / size;
#pragma omp parallel for schedule(dynamic, 4)                                  \
    num_threads(sunzi_threads(p->ctx)) if (is_large(p, v))
    for (int64_t t = 0; t < tasks; t++) {
        const int64_t end = (t + 1) * size;
        dot_task(p, v, t * size, end < v->count ? end : v->count, out);
    }
}

static void all_axpys(const product *p, const vectors *v, sums out)
{
    const int64_t tasks = (v->length + CHUNK - 1) / CHUNK;
#pragma omp parallel for schedule(dynamic, 1)                                  \
    num_threads(sunzi_threads(p->ctx)) if (is_large(p, v))
    for (int64_t t = 0; t < tasks; t++) {
        const int64_t end = (t + 1) * CHUNK;
        axpy_task(p, v, t * CHUNK, end < v->length ? end : v->length, out);
    }
}

static void multiply_tiles(const product *p, bool transposed, sums out)
{
    const sunzi_operator *a = p->a;
    for (int c = 0; c < p->operands; c++) {
        const sums s = at(out, c, 0);
        const sunzi_tile_product q = {.data = a->data,
                                      .ld = a->col_stride,
                                      .transposed = transposed,
                                      .lower = a->symmetric_lower,
                                      .x = p->x + c * p->ldx,
                                      .x_low = low_at(p, c, 0),
                                      .sum = s.sum,
                                      .low = s.low,
                                      .magnitude = s.magnitude};
        sunzi_tiles_multiply(a->tiles, &q);
    }
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
static void multiply(const product *p, sums out, sums other)
{
    const sunzi_operator *a = p->a;
    bool rows;
    const vectors v = read_as_vectors(a, &rows);
    if (a->tiles) {
        multiply_tiles(p, p->transposed && !a->symmetric_lower, out);
        if (a->symmetric_lower)
            multiply_tiles(p, true, other);
    } else if (a->symmetric_lower) {
        all_dots(p, &v, out);
        all_axpys(p, &v, other);
    } else if (rows != p->transposed) {
        all_dots(p, &v, out);
    } else {
        all_axpys(p, &v, out);
    }
    if (a->symmetric_lower)
        add_half(p->operands * out.ld, out, other);
}

/* A set of sums in the scratch; the second of a triangle. */
static sums place(const product *p, void *scratch, int set, bool twice,
                  bool with_magnitude)
{
    const int64_t ld = p->transposed ? p->a->n : p->a->m;
    const int64_t part = p->operands * ld;
    double *base = (double *)scratch + 3 * part * set;
    return (sums){base, twice ? base + part : NULL,
                  with_magnitude ? base + 2 * part : NULL, ld};
}

static product product_of(sunzi_context *ctx, const sunzi_operator *a,
                          bool transposed, int count, const double *x,
                          const double *x_low)
{
    return (product){.ctx = ctx,
                     .a = a,
                     .transposed = transposed,
                     .operands = count,
                     .x = x,
                     .x_low = x_low,
                     .ldx = transposed ? a->m : a->n};
}

void sunzi_residual_exact(sunzi_context *ctx, const sunzi_operator *a,
                          bool transposed, int count, const double *x,
                          const double *x_low, const double *b, double *r,
                          double *r_low, double *magnitude, void *scratch)
{
    const product p = product_of(ctx, a, transposed, count, x, x_low);
    const sums s = place(&p, scratch, 0, true, magnitude != NULL);
    multiply(&p, s, place(&p, scratch, 1, true, magnitude != NULL));
    for (int64_t i = 0; i < count * s.ld; i++) {
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
                         bool transposed, int count, const double *x,
                         const double *b, double *r, double *magnitude,
                         void *scratch)
{
    product p = product_of(ctx, a, transposed, count, x, NULL);
    const sums s = place(&p, scratch, 0, false, magnitude != NULL);
    p.minus = !magnitude && !a->tiles;
    multiply(&p, s, place(&p, scratch, 1, false, magnitude != NULL));
    for (int64_t i = 0; i < count * s.ld; i++) {
        if (magnitude)
            magnitude[i] = s.magnitude[i] + fabs(b[i]);
        r[i] = p.minus ? b[i] + s.sum[i] : b[i] - s.sum[i];
    }
}

size_t sunzi_residual_scratch_bytes(const sunzi_operator *a, int count)
{
    const size_t larger = (size_t)(a->m > a->n ? a->m : a->n);
    return sunzi_size_product(a->symmetric_lower ? 6 : 3,
                              larger * (size_t)count, sizeof(double));
}
