/* SPDX-License-Identifier: BSD-3-Clause */
/* Products of a matrix in tiles with vectors, and its sums and maxima. Each
 * tile's part is formed by one thread in a fixed order. */
#include <string.h>

#include "core/integer.h"
#include "engines/engine.h"
#include "solvers/dense/tiles.h"

enum {
    CHUNK = 1024, /* rows of a task by rows */
    VECTORS = 32  /* columns of a task by columns */
};

static int parts_of(const sunzi_pieces *p)
{
    return 1 + (p->low != NULL) + (p->magnitude != NULL);
}

/* A product's operands with results in the table, `len` numbers each, those of
 * a tile's partial results from local index 0 on; `first`: the first operand
 * component of the tile. */
static sunzi_pieces into_table(const sunzi_pieces *p, double *table,
                               int64_t len, int64_t tile, int64_t first)
{
    const int parts = parts_of(p);
    sunzi_pieces q = *p;
    q.x += first;
    q.x_low = p->x_low ? p->x_low + first : NULL;
    q.sum = table + tile * p->operands * parts * len;
    q.low = p->low ? q.sum + len : NULL;
    q.magnitude = p->magnitude ? q.sum + (parts - 1) * len : NULL;
    q.ld = parts * len;
    return q;
}

/* Columns of tile J times x, rows h0 .. h1 - 1: their part of the result. */
static void columns_task(const sunzi_tiles *t, const sunzi_tile_product *p,
                         int J, int h0, int h1)
{
    const int cols = sunzi_tile_size(t, J), place = t->grid->my_row;
    const double *data =
        p->data + sunzi_tile_start(&t->col, t->grid->my_col, J) * p->ld;
    const sunzi_pieces out =
        into_table(&p->vectors, t->table, t->rows, J / t->col.count,
                   (int64_t)J * SUNZI_TILE);
    int from = h0; /* rows of whole columns */
    sunzi_pieces_clear(&out, h0, h1 - h0);
    if (p->lower) {
        const int diagonal = sunzi_tile_start(&t->row, place, J);
        const int below = sunzi_tile_start(&t->row, place, J + 1);
        for (int v = 0; v < cols && below > diagonal; v++) {
            const int start = sunzi_max32(diagonal + v, h0);
            const int end = sunzi_min32(below, h1);
            if (start < end)
                sunzi_pieces_add(&out, 1, end - start, data + v * p->ld + start,
                                 p->ld, v, start);
        }
        from = sunzi_max32(below, h0);
    }
    if (from < h1)
        sunzi_pieces_add(&out, cols, h1 - from, data + from, p->ld, 0, from);
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
                         sunzi_min32((c + 1) * CHUNK, t->rows));
}

/* Dots of rows of tile I with columns v0 .. v1 - 1. */
static void rows_task(const sunzi_tiles *t, const sunzi_tile_product *p, int I,
                      int v0, int v1)
{
    const int h0 = sunzi_tile_start(&t->row, t->grid->my_row, I);
    const int rows = sunzi_tile_size(t, I), place = t->grid->my_col;
    const sunzi_pieces out =
        into_table(&p->vectors, t->table, t->cols, I / t->row.count,
                   (int64_t)I * SUNZI_TILE);
    /* lower: columns left of tile I whole, in tile I below the diagonal */
    const int left = p->lower ? sunzi_tile_start(&t->col, place, I) : v1;
    const int right = p->lower ? sunzi_tile_start(&t->col, place, I + 1) : v1;
    const int whole = sunzi_min32(v1, left) - v0;
    sunzi_pieces_clear(&out, v0, v1 - v0);
    if (whole > 0)
        sunzi_pieces_dot(&out, whole, rows, p->data + v0 * p->ld + h0, p->ld, 0,
                         v0);
    for (int v = sunzi_max32(left, v0); v < sunzi_min32(v1, right); v++) {
        const int skip = v - left + 1;
        if (skip < rows)
            sunzi_pieces_dot(&out, 1, rows - skip,
                             p->data + v * p->ld + h0 + skip, p->ld, skip, v);
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
                      sunzi_min32((c + 1) * VECTORS, t->cols));
}

/* The combined results to where they are wanted. */
static void deliver(const sunzi_tiles *t, const sunzi_pieces *p)
{
    const size_t n = (size_t)t->n, bytes = n * sizeof(double);
    const double *from = t->result;
    for (int c = 0; c < p->operands; c++) {
        const int64_t at = c * p->ld;
        memcpy(p->sum + at, from, bytes);
        from += n;
        if (p->low) {
            memcpy(p->low + at, from, bytes);
            from += n;
        }
        if (p->magnitude) {
            memcpy(p->magnitude + at, from, bytes);
            from += n;
        }
    }
}

/* As many vectors as there is room for. */
static void multiply_some(sunzi_tiles *t, const sunzi_tile_product *p)
{
    const sunzi_pieces *v = &p->vectors;
    const sunzi_tile_sums sums = {v->low ? SUNZI_TILE_TWICE : SUNZI_TILE_FP64,
                                  parts_of(v), v->operands};
    if (t->inside && t->failed == SUNZI_OK) {
        if (p->transposed)
            by_rows(t, p);
        else
            by_columns(t, p);
    }
    sunzi_tiles_combine(t, !p->transposed, t->table, sums);
    deliver(t, v);
}

void sunzi_tiles_multiply(sunzi_tiles *t, const sunzi_tile_product *p)
{
    const int step = t->vectors / parts_of(&p->vectors);
    for (int c = 0; c < p->vectors.operands; c += step) {
        sunzi_tile_product some = *p;
        sunzi_pieces *v = &some.vectors;
        const int64_t x = c * v->ldx, y = c * v->ld;
        v->operands = sunzi_min32(step, p->vectors.operands - c);
        v->x += x;
        v->x_low = v->x_low ? v->x_low + x : NULL;
        v->sum += y;
        v->low = v->low ? v->low + y : NULL;
        v->magnitude = v->magnitude ? v->magnitude + y : NULL;
        multiply_some(t, &some);
    }
}

/* ---- */

enum { SWEEP_PARTS = 3 };

/* All rows of the columns of tile J. */
static void sweep_columns(const sunzi_tiles *t, const double *data, int64_t ld,
                          const double *row_weight, const double *col_weight,
                          double *of_rows, double *of_cols, int J)
{
    const int place = t->grid->my_row;
    const int v0 = sunzi_tile_start(&t->col, t->grid->my_col, J);
    double *across =
        of_rows + (int64_t)(J / t->col.count) * SWEEP_PARTS * t->rows;
    memset(across, 0, SWEEP_PARTS * (size_t)t->rows * sizeof *across);
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
                of_cols + (int64_t)(I / t->row.count) * SWEEP_PARTS * t->cols +
                v0 + v;
            for (int part = 0; part < SWEEP_PARTS; part++)
                along[part * (int64_t)t->cols] = out[part];
        }
}

void sunzi_tiles_sweep(sunzi_tiles *t, const double *data, int64_t ld,
                       const double *row_weight, const double *col_weight,
                       double *of_rows, double *of_cols)
{
    const sunzi_tile_sums sums = {SUNZI_TILE_SWEEP, SWEEP_PARTS, 1};
    const size_t bytes = SWEEP_PARTS * (size_t)t->n * sizeof(double);
    const int64_t tiles = (t->cols + SUNZI_TILE - 1) / SUNZI_TILE;
    double *by_cols = t->table + SWEEP_PARTS * tiles * t->rows;
    if (t->inside && t->failed == SUNZI_OK) {
#pragma omp parallel for schedule(dynamic) num_threads(sunzi_threads(t->ctx))
        for (int J = t->grid->my_col; J < t->count; J += t->col.count)
            sweep_columns(t, data, ld, row_weight, col_weight, t->table,
                          by_cols, J);
    }
    sunzi_tiles_combine(t, true, t->table, sums);
    memcpy(of_rows, t->result, bytes);
    sunzi_tiles_combine(t, false, by_cols, sums);
    memcpy(of_cols, t->result, bytes);
}
