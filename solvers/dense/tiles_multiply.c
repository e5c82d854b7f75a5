/* SPDX-License-Identifier: BSD-3-Clause */
/* Products of a matrix in tiles with vectors, and its sums and maxima. Each
 * tile's part is formed by one thread in a fixed order. */
#include <string.h>

#include "engines/engine.h"
#include "solvers/dense/tiles.h"

enum {
    CHUNK = 1024, /* rows of a task by rows */
    VECTORS = 32  /* columns of a task by columns */
};

/* The three parts of a tile's partial result for local index i. */
typedef struct parts {
    double *sum, *low, *magnitude;
} parts;

static parts parts_at(const sunzi_tile_product *p, double *table, int64_t len,
                      int64_t tile, int64_t i)
{
    double *base = table + SUNZI_TILE_PARTS * tile * len + i;
    return (parts){base, p->low ? base + len : NULL,
                   p->magnitude ? base + 2 * len : NULL};
}

static const double *offset(const double *x, int64_t i)
{
    return x ? x + i : NULL;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Columns of tile J times x, rows h0 .. h1 - 1: their part of the result. */
static void columns_task(const sunzi_tiles *t, const sunzi_tile_product *p,
                         int J, int h0, int h1)
{
    const sunzi_engine_ops *e = t->ctx->engine;
    const int64_t local = J / t->col.count, g = (int64_t)J * SUNZI_TILE;
    const int cols = sunzi_tile_size(t, J), place = t->grid->my_row;
    const double *data =
        p->data + sunzi_tile_start(&t->col, t->grid->my_col, J) * p->ld;
    parts out = parts_at(p, t->of_rows, t->rows, local, 0);
    for (int part = 0; part < SUNZI_TILE_PARTS; part++)
        memset(out.sum + part * (int64_t)t->rows + h0, 0,
               (size_t)(h1 - h0) * sizeof(double));
    int from = h0; /* rows of whole columns */
    if (p->lower) {
        const int diagonal = sunzi_tile_start(&t->row, place, J);
        const int below = sunzi_tile_start(&t->row, place, J + 1);
        for (int v = 0; v < cols && below > diagonal; v++) {
            const int start = diagonal + v > h0 ? diagonal + v : h0;
            const int end = least(below, h1);
            if (start < end)
                e->residual_axpy(1, end - start, data + v * p->ld + start,
                                 p->ld, p->x + g + v, offset(p->x_low, g + v),
                                 out.sum + start,
                                 out.low ? out.low + start : NULL,
                                 out.magnitude ? out.magnitude + start : NULL);
        }
        from = below > h0 ? below : h0;
    }
    if (from < h1)
        e->residual_axpy(cols, h1 - from, data + from, p->ld, p->x + g,
                         offset(p->x_low, g), out.sum + from,
                         out.low ? out.low + from : NULL,
                         out.magnitude ? out.magnitude + from : NULL);
}

static void by_columns(const sunzi_tiles *t, const sunzi_tile_product *p)
{
    const int chunks = (t->rows + CHUNK - 1) / CHUNK;
    const int mine = t->cols > 0 ? (t->cols + SUNZI_TILE - 1) / SUNZI_TILE : 0;
#pragma omp parallel for collapse(2) schedule(dynamic)                         \
    num_threads(sunzi_threads(t->ctx)) if (mine * chunks > 1)
    for (int l = 0; l < mine; l++)
        for (int c = 0; c < chunks; c++)
            columns_task(t, p, t->grid->my_col + l * t->col.count, c * CHUNK,
                         least((c + 1) * CHUNK, t->rows));
}

/* Dots of rows of tile I with columns v0 .. v1 - 1. */
static void rows_task(const sunzi_tiles *t, const sunzi_tile_product *p, int I,
                      int v0, int v1)
{
    const sunzi_engine_ops *e = t->ctx->engine;
    const int64_t g = (int64_t)I * SUNZI_TILE;
    const int h0 = sunzi_tile_start(&t->row, t->grid->my_row, I);
    const int rows = sunzi_tile_size(t, I), place = t->grid->my_col;
    const parts out = parts_at(p, t->of_cols, t->cols, I / t->row.count, 0);
    for (int part = 0; part < SUNZI_TILE_PARTS; part++)
        memset(out.sum + part * (int64_t)t->cols + v0, 0,
               (size_t)(v1 - v0) * sizeof(double));
    /* lower: columns left of tile I whole, in tile I below the diagonal */
    const int left = p->lower ? sunzi_tile_start(&t->col, place, I) : v1;
    const int right = p->lower ? sunzi_tile_start(&t->col, place, I + 1) : v1;
    const int whole = least(v1, left) - v0;
    if (whole > 0)
        e->residual_dot(whole, rows, p->data + v0 * p->ld + h0, p->ld, p->x + g,
                        offset(p->x_low, g), out.sum + v0,
                        out.low ? out.low + v0 : NULL,
                        out.magnitude ? out.magnitude + v0 : NULL);
    for (int v = left > v0 ? left : v0; v < least(v1, right); v++) {
        const int skip = v - left + 1;
        if (skip < rows)
            e->residual_dot(1, rows - skip, p->data + v * p->ld + h0 + skip,
                            p->ld, p->x + g + skip, offset(p->x_low, g + skip),
                            out.sum + v, out.low ? out.low + v : NULL,
                            out.magnitude ? out.magnitude + v : NULL);
    }
}

static void by_rows(const sunzi_tiles *t, const sunzi_tile_product *p)
{
    const int chunks = (t->cols + VECTORS - 1) / VECTORS;
    const int mine = t->rows > 0 ? (t->rows + SUNZI_TILE - 1) / SUNZI_TILE : 0;
#pragma omp parallel for collapse(2) schedule(dynamic)                         \
    num_threads(sunzi_threads(t->ctx)) if (mine * chunks > 1)
    for (int c = 0; c < chunks; c++)
        for (int l = 0; l < mine; l++)
            rows_task(t, p, t->grid->my_row + l * t->row.count, c * VECTORS,
                      least((c + 1) * VECTORS, t->cols));
}

void sunzi_tiles_multiply(sunzi_tiles *t, const sunzi_tile_product *p)
{
    const size_t bytes = (size_t)t->n * sizeof(double);
    if (t->inside && t->failed == SUNZI_OK) {
        if (p->transposed)
            by_rows(t, p);
        else
            by_columns(t, p);
    }
    sunzi_tiles_combine(t, !p->transposed,
                        p->low ? SUNZI_TILE_TWICE : SUNZI_TILE_FP64);
    memcpy(p->sum, t->result, bytes);
    if (p->low)
        memcpy(p->low, t->result + t->n, bytes);
    if (p->magnitude)
        memcpy(p->magnitude, t->result + 2 * (size_t)t->n, bytes);
}

/* All rows of the columns of tile J. */
static void sweep_columns(const sunzi_tiles *t, const double *data, int64_t ld,
                          const double *row_weight, const double *col_weight,
                          int J)
{
    const int place = t->grid->my_row;
    const int v0 = sunzi_tile_start(&t->col, t->grid->my_col, J);
    double *across =
        t->of_rows + (int64_t)(J / t->col.count) * SUNZI_TILE_PARTS * t->rows;
    memset(across, 0, SUNZI_TILE_PARTS * (size_t)t->rows * sizeof *across);
    for (int v = 0; v < sunzi_tile_size(t, J); v++)
        for (int I = place; I < t->count; I += t->row.count) {
            const int h = sunzi_tile_start(&t->row, place, I);
            double out[3];
            t->ctx->engine->sweep(
                sunzi_tile_size(t, I), data + (v0 + v) * ld + h,
                col_weight[J * SUNZI_TILE + v], row_weight + I * SUNZI_TILE,
                across + h, across + t->rows + h, across + 2 * t->rows + h,
                out);
            double *along =
                t->of_cols +
                (int64_t)(I / t->row.count) * SUNZI_TILE_PARTS * t->cols + v0 +
                v;
            for (int part = 0; part < SUNZI_TILE_PARTS; part++)
                along[part * (int64_t)t->cols] = out[part];
        }
}

void sunzi_tiles_sweep(sunzi_tiles *t, const double *data, int64_t ld,
                       const double *row_weight, const double *col_weight,
                       double *of_rows, double *of_cols)
{
    const size_t bytes = SUNZI_TILE_PARTS * (size_t)t->n * sizeof(double);
    if (t->inside && t->failed == SUNZI_OK) {
#pragma omp parallel for schedule(dynamic) num_threads(sunzi_threads(t->ctx))
        for (int J = t->grid->my_col; J < t->count; J += t->col.count)
            sweep_columns(t, data, ld, row_weight, col_weight, J);
    }
    sunzi_tiles_combine(t, true, SUNZI_TILE_SWEEP);
    memcpy(of_rows, t->result, bytes);
    sunzi_tiles_combine(t, false, SUNZI_TILE_SWEEP);
    memcpy(of_cols, t->result, bytes);
}
