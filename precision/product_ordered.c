/* SPDX-License-Identifier: BSD-3-Clause */
/* Products in FP64 with a fixed order of operations: chains of fma over chunks
 * of CHUNK elements, whose sums are added pairwise (a tree that depends on k
 * only). |error| <= (CHUNK + log2(k / CHUNK) + 1) u |A||B|, as for a BLAS that
 * blocks k.
 *
 * Entries are given by lists of rows and columns, so that the rows and columns
 * with infinities or NaN can be done alone. A complex product is two real ones
 * of length 2 k: (re, -im)(re, im) and (re, im)(im, re). */
#include <string.h>

#include "precision/product.h"

enum { CHUNK = 256, ROWS = 32, COLS = 64, TILE = ROWS * COLS };

typedef struct tile {
    const sunzi_problem *p;
    int32_t row[ROWS], col[COLS];
    int rows, cols;
    int width;
    double *a, *b; /* packed chunk: [ROWS][CHUNK], [CHUNK][COLS] */
    double *sums;  /* stack of partial sums, TILE each */
    double *imaginary;
} tile;

/* Levels of the tree: chunks as a binary counter, and one being computed. */
static int levels(const sunzi_problem *p)
{
    int count = 2;
    for (int64_t left = 2 * p->k / CHUNK; left > 0; left /= 2)
        count++;
    return count;
}

size_t sunzi_ordered_bytes(const sunzi_problem *p)
{
    return sizeof(double) *
           (size_t)(ROWS * CHUNK + CHUNK * COLS + (levels(p) + 1) * TILE);
}

/* Element h (0 .. width k - 1) as the real product sees it. */
static double element(const sunzi_problem *p, const sunzi_operand *o,
                      int64_t vector, int64_t h, bool is_b, bool imaginary)
{
    if (p->scalar != SUNZI_SCALAR_C64) {
        const int64_t at = vector * o->vector_stride + h * o->element_stride;
        return p->scalar == SUNZI_SCALAR_F64
                   ? ((const double *)o->data)[at]
                   : (double)((const float *)o->data)[at];
    }
    const int64_t at = vector * o->vector_stride + h / 2 * o->element_stride;
    const int part = (int)(h % 2) ^ (is_b && imaginary);
    const double x = ((const double *)o->data)[2 * at + part];
    const bool negative =
        (part == 1 && o->conjugate) != (part == 1 && !is_b && !imaginary);
    return negative ? -x : x;
}

static void pack(const tile *t, int64_t h0, int depth, bool imaginary)
{
    for (int i = 0; i < t->rows; i++)
        for (int h = 0; h < depth; h++)
            t->a[i * CHUNK + h] =
                element(t->p, &t->p->a, t->row[i], h0 + h, false, imaginary);
    for (int j = 0; j < t->cols; j++)
        for (int h = 0; h < depth; h++)
            t->b[h * COLS + j] =
                element(t->p, &t->p->b, t->col[j], h0 + h, true, imaginary);
}

/* The two topmost partial sums become one. */
static void add_top(double *sums, int *top)
{
    double *to = sums + (size_t)(*top - 2) * TILE;
    for (int e = 0; e < TILE; e++)
        to[e] += to[TILE + e];
    --*top;
}

/* The tile's product in sums[0 .. TILE). */
static void multiply(const tile *t, bool imaginary)
{
    const int64_t depth = t->width * t->p->k;
    int top = 0;
    for (int64_t h = 0, chunk = 1; h < depth; h += CHUNK, chunk++) {
        const int size = (int)sunzi_min64(CHUNK, depth - h);
        double *sum = t->sums + (size_t)top++ * TILE;
        memset(sum, 0, TILE * sizeof *sum);
        pack(t, h, size, imaginary);
        t->p->ctx->engine->ordered_f64(t->rows, t->cols, size, false, t->a,
                                       CHUNK, 1, t->b, COLS, sum, COLS);
        for (int64_t c = chunk; c % 2 == 0; c /= 2)
            add_top(t->sums, &top);
    }
    while (top > 1)
        add_top(t->sums, &top);
}

/* One row of the tile: its columns lie next to each other or not. */
static void store(const tile *t, const uint8_t *skip_row,
                  const uint8_t *skip_col)
{
    for (int i = 0; i < t->rows; i++) {
        if (skip_row && skip_row[t->row[i]])
            continue;
        for (int j = 0; j < t->cols; j++) {
            if (skip_col && skip_col[t->col[j]])
                continue;
            sunzi_product_store(t->p, t->row[i], t->col[j], 1, 1,
                                t->sums + i * COLS + j,
                                t->imaginary + i * COLS + j, COLS, NULL, NULL);
        }
    }
}

static void do_tile(tile *t, const uint8_t *skip_row, const uint8_t *skip_col)
{
    if (t->width == 2) {
        multiply(t, true);
        memcpy(t->imaginary, t->sums, TILE * sizeof *t->sums);
    }
    multiply(t, false);
    store(t, skip_row, skip_col);
}

static bool outside(const tile *t)
{
    const int32_t first_row = t->row[0], last_row = t->row[t->rows - 1];
    const int32_t first_col = t->col[0], last_col = t->col[t->cols - 1];
    return (t->p->triangle == SUNZI_LOWER && first_col > last_row) ||
           (t->p->triangle == SUNZI_UPPER && last_col < first_row);
}

void sunzi_ordered_run(const sunzi_problem *p, const int32_t *rows,
                       int64_t row_count, const int32_t *cols,
                       int64_t col_count, const uint8_t *skip_row,
                       const uint8_t *skip_col, int threads,
                       size_t thread_bytes, char *scratch)
{
    const int64_t tiles_down = (row_count + ROWS - 1) / ROWS;
    const int64_t tiles_across = (col_count + COLS - 1) / COLS;
    int next_slot = 0;
#pragma omp parallel num_threads(threads)
    {
        tile t = {.p = p, .width = p->scalar == SUNZI_SCALAR_C64 ? 2 : 1};
        int slot;
#pragma omp atomic capture
        slot = next_slot++;
        t.a = (double *)(void *)(scratch + (size_t)slot * thread_bytes);
        t.b = t.a + ROWS * CHUNK;
        t.imaginary = t.b + CHUNK * COLS;
        t.sums = t.imaginary + TILE;
#pragma omp for schedule(dynamic)
        for (int64_t task = 0; task < tiles_down * tiles_across; task++) {
            const int64_t i0 = task % tiles_down * ROWS;
            const int64_t j0 = task / tiles_down * COLS;
            t.rows = (int)sunzi_min64(ROWS, row_count - i0);
            t.cols = (int)sunzi_min64(COLS, col_count - j0);
            for (int i = 0; i < t.rows; i++)
                t.row[i] = rows ? rows[i0 + i] : (int32_t)(i0 + i);
            for (int j = 0; j < t.cols; j++)
                t.col[j] = cols ? cols[j0 + j] : (int32_t)(j0 + j);
            if (!outside(&t))
                do_tile(&t, skip_row, skip_col);
        }
    }
}
