/* SPDX-License-Identifier: BSD-3-Clause */
/* Residuals of dense systems. The matrix is read as contiguous vectors (its
 * rows or its columns); depending on op(A) each vector gives one dot product,
 * or is added to all sums. Work is shared out by components of the result, so
 * that the order of each sum does not depend on threads. */
#include "solvers/dense/residual.h"

#include "precision/eft.h"
#include "solvers/dense/pieces.h"
#include "solvers/dense/resident.h"

enum {
    CHUNK = 1024, /* components of an axpy task: 8 KiB a vector */
    MANY = 8,     /* operands: smaller tasks are long enough */
    CHUNK_OF_MANY = 256,
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

/* op(A) times several vectors, result by result, and the result of the second
 * half of a triangle. */
typedef struct product {
    sunzi_context *ctx;
    const sunzi_operator *a;
    bool transposed;
    sunzi_pieces out, other;
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

static void dots(const sunzi_pieces *p, const vectors *v, int64_t v0,
                 int64_t v1, int64_t h0, int64_t h1)
{
    sunzi_pieces_dot(p, v1 - v0, h1 - h0, v->data + v0 * v->ld + h0, v->ld, h0,
                     v0);
}

/* Dot products of vectors v0 .. v1 - 1; of a triangle with the diagonal. */
static void dot_task(const sunzi_pieces *p, const vectors *v, int64_t v0,
                     int64_t v1)
{
    if (!v->lower && !v->upper) {
        dots(p, v, v0, v1, 0, v->length);
        return;
    }
    for (int64_t i = v0; i < v1; i++)
        dots(p, v, i, i + 1, v->lower ? 0 : i, v->lower ? i + 1 : v->length);
}

static void add_vectors(const sunzi_pieces *p, const vectors *v, int64_t v0,
                        int64_t v1, int64_t h0, int64_t h1)
{
    sunzi_pieces_add(p, v1 - v0, h1 - h0, v->data + v0 * v->ld + h0, v->ld, v0,
                     h0);
}

/* Sums h0 .. h1-1 over all vectors, in their order; of a triangle without the
 * diagonal. */
static void axpy_task(const sunzi_pieces *p, const vectors *v, int64_t h0,
                      int64_t h1)
{
    sunzi_pieces_clear(p, h0, h1 - h0);
    if (v->lower) {
        for (int64_t i = h0 + 1; i < h1; i++)
            add_vectors(p, v, i, i + 1, h0, i);
        add_vectors(p, v, h1, v->count, h0, h1);
    } else if (v->upper) {
        add_vectors(p, v, 0, h0, h0, h1);
        for (int64_t i = h0; i < h1; i++)
            add_vectors(p, v, i, i + 1, i + 1, h1);
    } else {
        add_vectors(p, v, 0, v->count, h0, h1);
    }
}

static int threads_for(const product *p, const vectors *v)
{
    const bool large = v->count * v->length * p->out.operands > SERIAL_BELOW;
    return large ? sunzi_threads(p->ctx) : 1;
}

static void all_dots(const product *p, const sunzi_pieces *out,
                     const vectors *v)
{
    const int64_t fit = PIECE / (v->length > 0 ? v->length : 1);
    const int64_t size = fit < 1 ? 1 : fit < DOTS ? fit : DOTS;
    const int64_t tasks = (v->count + size - 1) / size;
#pragma omp parallel for schedule(dynamic, 4) num_threads(threads_for(p, v))
    for (int64_t t = 0; t < tasks; t++) {
        const int64_t end = (t + 1) * size;
        dot_task(out, v, t * size, end < v->count ? end : v->count);
    }
}

static void all_axpys(const product *p, const sunzi_pieces *out,
                      const vectors *v)
{
    const int64_t size = out->operands < MANY ? CHUNK : CHUNK_OF_MANY;
    const int64_t tasks = (v->length + size - 1) / size;
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads_for(p, v))
    for (int64_t t = 0; t < tasks; t++) {
        const int64_t end = (t + 1) * size;
        axpy_task(out, v, t * size, end < v->length ? end : v->length);
    }
}

static void multiply_tiles(const product *p, const sunzi_pieces *out,
                           bool transposed)
{
    const sunzi_operator *a = p->a;
    const sunzi_tile_product q = {.data = a->data,
                                  .ld = a->col_stride,
                                  .transposed = transposed,
                                  .lower = a->symmetric_lower,
                                  .vectors = *out};
    sunzi_tiles_multiply(a->tiles, &q);
}

/* The halves of a symmetric product. */
static void add_half(int64_t count, const sunzi_pieces *out,
                     const sunzi_pieces *other)
{
    for (int64_t i = 0; i < count; i++) {
        double error;
        out->sum[i] = sunzi_two_sum(out->sum[i], other->sum[i], &error);
        if (out->low)
            out->low[i] += other->low[i] + error;
        if (out->magnitude)
            out->magnitude[i] += other->magnitude[i];
    }
}

/* p->out = op(A) (x + x_low) */
static void multiply(const product *p)
{
    const sunzi_operator *a = p->a;
    bool rows;
    const vectors v = read_as_vectors(a, &rows);
    if (a->tiles) {
        multiply_tiles(p, &p->out, p->transposed && !a->symmetric_lower);
        if (a->symmetric_lower)
            multiply_tiles(p, &p->other, true);
    } else if (a->symmetric_lower) {
        all_dots(p, &p->out, &v);
        all_axpys(p, &p->other, &v);
    } else if (rows != p->transposed) {
        all_dots(p, &p->out, &v);
    } else {
        all_axpys(p, &p->out, &v);
    }
    if (a->symmetric_lower)
        add_half(p->out.operands * p->out.ld, &p->out, &p->other);
}

/* The results lie in the scratch: sums, in twice FP64 low parts, magnitudes. */
static product product_of(sunzi_context *ctx, const sunzi_operator *a,
                          bool transposed, int count, const double *x,
                          const double *x_low, bool twice, bool with_magnitude,
                          double *scratch)
{
    product p = {.ctx = ctx, .a = a, .transposed = transposed};
    const int64_t ld = transposed ? a->n : a->m, part = count * ld;
    p.out =
        (sunzi_pieces){.engine = ctx->engine,
                       .minus = !twice && !with_magnitude,
                       .operands = count,
                       .x = x,
                       .x_low = x_low,
                       .ldx = transposed ? a->m : a->n,
                       .sum = scratch,
                       .low = twice ? scratch + part : NULL,
                       .magnitude = with_magnitude ? scratch + 2 * part : NULL,
                       .ld = ld};
    p.other = p.out;
    p.other.sum += 3 * part;
    p.other.low = twice ? p.out.low + 3 * part : NULL;
    p.other.magnitude = with_magnitude ? p.out.magnitude + 3 * part : NULL;
    return p;
}

void sunzi_residual_exact(sunzi_context *ctx, const sunzi_operator *a,
                          bool transposed, int count, const double *x,
                          const double *x_low, const double *b, double *r,
                          double *r_low, double *magnitude, void *scratch)
{
    if (a->resident && !r_low) {
        sunzi_resident_residual(a->resident, transposed, count, true, x, x_low,
                                b, r, magnitude);
        return;
    }
    const product p = product_of(ctx, a, transposed, count, x, x_low, true,
                                 magnitude != NULL, scratch);
    const sunzi_pieces *s = &p.out;
    multiply(&p);
    for (int64_t i = 0; i < count * s->ld; i++) {
        double error;
        const double high = sunzi_two_sum(b[i], -s->sum[i], &error);
        const double low = error - s->low[i];
        const double rounded = high + low;
        if (magnitude)
            magnitude[i] = s->magnitude[i] + fabs(b[i]);
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
    if (a->resident) {
        sunzi_resident_residual(a->resident, transposed, count, false, x, NULL,
                                b, r, magnitude);
        return;
    }
    const product p = product_of(ctx, a, transposed, count, x, NULL, false,
                                 magnitude != NULL, scratch);
    const sunzi_pieces *s = &p.out;
    multiply(&p);
    for (int64_t i = 0; i < count * s->ld; i++) {
        if (magnitude)
            magnitude[i] = s->magnitude[i] + fabs(b[i]);
        r[i] = s->minus ? b[i] + s->sum[i] : b[i] - s->sum[i];
    }
}

size_t sunzi_residual_scratch_bytes(const sunzi_operator *a, int count)
{
    const size_t larger = (size_t)(a->m > a->n ? a->m : a->n);
    return sunzi_size_product(a->symmetric_lower ? 6 : 3,
                              larger * (size_t)count, sizeof(double));
}
