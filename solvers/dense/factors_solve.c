/* SPDX-License-Identifier: BSD-3-Clause */
/* Solves with stored factors, in FP64 arithmetic.
 *
 * A triangle T with contiguous rows is solved in blocks of rows: T x = z takes
 * dot products of a block's rows with what is known, T^T x = z subtracts a
 * block's rows from what is not, for every right-hand side while the block is
 * in the cache. Threads share the right-hand sides where there are many, else
 * the rows or the columns of a block; neither changes the order in which a
 * number is formed. */
#include <string.h>

#include "engines/engine.h"
#include "solvers/dense/tiles_factors.h"

enum {
    BLOCK = 64,
    ROWS = 16,          /* of a block, a task of dots */
    COLS = 1024,        /* a task of axpys */
    PARALLEL = 1 << 16, /* entries of a block: fewer stay on one thread */
    MANY = 8            /* right-hand sides that threads share */
};

typedef sunzi_triangle triangle;

static void dot(const triangle *t, int i, int rows, int j, int cols,
                const double *x, double *y)
{
    const int64_t at = i * t->ld + j;
    if (t->single)
        t->ctx->engine->dot_rows_f32(rows, cols, (const float *)t->data + at,
                                     t->ld, x, y);
    else
        t->ctx->engine->dot_rows_f64(rows, cols, (const double *)t->data + at,
                                     t->ld, x, y);
}

static void axpy(const triangle *t, int i, int rows, int j, int cols,
                 const double *x, double *y)
{
    const int64_t at = i * t->ld + j;
    if (t->single)
        t->ctx->engine->axpy_rows_f32(rows, cols, (const float *)t->data + at,
                                      t->ld, x, y);
    else
        t->ctx->engine->axpy_rows_f64(rows, cols, (const double *)t->data + at,
                                      t->ld, x, y);
}

static double diagonal(const triangle *t, int i)
{
    const int64_t at = i * t->ld + i;
    return t->single ? (double)((const float *)t->data)[at]
                     : ((const double *)t->data)[at];
}

/* z[i ..] -= T[i .., j ..] z[j ..], rows x cols */
static void dots(const triangle *t, int i, int rows, int j, int cols, double *z)
{
    const bool parallel = (int64_t)rows * cols > PARALLEL;
#pragma omp parallel for if (parallel) num_threads(t->threads)
    for (int r = 0; r < rows; r += ROWS)
        dot(t, i + r, rows - r < ROWS ? rows - r : ROWS, j, cols, z + j,
            z + i + r);
}

/* z[j ..] -= T[i .., j ..]^T z[i ..] */
static void axpys(const triangle *t, int i, int rows, int j, int cols,
                  double *z)
{
    const bool parallel = (int64_t)rows * cols > PARALLEL;
#pragma omp parallel for if (parallel) num_threads(t->threads)
    for (int c = 0; c < cols; c += COLS)
        axpy(t, i, rows, j + c, cols - c < COLS ? cols - c : COLS, z + i,
             z + j + c);
}

/* T x = z inside rows i0 .. i1 - 1 */
static void block_dots(const triangle *t, int i0, int i1, double *z)
{
    for (int s = 0; s < i1 - i0; s++) {
        const int i = t->lower ? i0 + s : i1 - 1 - s;
        if (t->lower)
            dot(t, i, 1, i0, i - i0, z + i0, z + i);
        else
            dot(t, i, 1, i + 1, i1 - i - 1, z + i + 1, z + i);
        if (!t->unit)
            z[i] /= diagonal(t, i);
    }
}

/* T^T x = z inside rows i0 .. i1 - 1 */
static void block_axpys(const triangle *t, int i0, int i1, double *z)
{
    for (int s = 0; s < i1 - i0; s++) {
        const int i = t->lower ? i1 - 1 - s : i0 + s;
        if (!t->unit)
            z[i] /= diagonal(t, i);
        if (t->lower)
            axpy(t, i, 1, i0, i - i0, z + i, z + i0);
        else
            axpy(t, i, 1, i + 1, i1 - i - 1, z + i, z + i + 1);
    }
}

/* One block of rows, one right-hand side; cols entries of its rows, from column
 * j, lie outside the block. */
static void solve_block(const triangle *t, bool transposed, int i0, int i1,
                        double *z)
{
    const int n = t->n;
    const int j = t->lower ? 0 : i1, cols = t->lower ? i0 : n - i1;
    if (transposed) {
        block_axpys(t, i0, i1, z);
        axpys(t, i0, i1 - i0, j, cols, z);
    } else {
        dots(t, i0, i1 - i0, j, cols, z);
        block_dots(t, i0, i1, z);
    }
}

void sunzi_triangle_solve(const triangle *t, bool transposed, int nrhs,
                          double *z, int64_t ldz)
{
    const int n = t->n, blocks = (n + BLOCK - 1) / BLOCK;
    const bool ascending = t->lower != transposed;
    triangle alone = *t;
    alone.threads = 1;
    for (int s = 0; s < blocks; s++) {
        const int i0 = (ascending ? s : blocks - 1 - s) * BLOCK;
        const int i1 = i0 + BLOCK < n ? i0 + BLOCK : n;
        if (nrhs < MANY) {
            for (int c = 0; c < nrhs; c++)
                solve_block(t, transposed, i0, i1, z + c * ldz);
            continue;
        }
#pragma omp parallel for schedule(dynamic, 4) num_threads(t->threads)
        for (int c = 0; c < nrhs; c++)
            solve_block(&alone, transposed, i0, i1, z + c * ldz);
    }
}

static void permute(const sunzi_factors *f, bool back, double *z)
{
    for (int s = 0; s < f->n; s++) {
        const int i = back ? f->n - 1 - s : s, p = f->pivots[i] - 1;
        const double kept = z[i];
        z[i] = z[p];
        z[p] = kept;
    }
}

static triangle part(sunzi_context *ctx, const sunzi_factors *f, bool lower)
{
    /* stored by columns: the upper triangle of the storage is L^T, the lower
     * one U^T */
    return (triangle){.ctx = ctx,
                      .threads = sunzi_threads(ctx),
                      .n = f->n,
                      .single = f->single,
                      .lower = lower,
                      .unit = lower ? !f->cholesky && !f->by_columns
                                    : f->by_columns,
                      .data = f->data,
                      .ld = f->ld};
}

static void solve_here(sunzi_context *ctx, const sunzi_factors *f,
                       bool transposed, int nrhs, double *z, int64_t ldz)
{
    const triangle lower = part(ctx, f, true), upper = part(ctx, f, false);
    const bool flip = f->by_columns;
    const triangle *l = flip ? &upper : &lower, *u = flip ? &lower : &upper;
    if (f->cholesky) {
        sunzi_triangle_solve(&lower, false, nrhs, z, ldz);
        sunzi_triangle_solve(&lower, true, nrhs, z, ldz);
        return;
    }
    sunzi_triangle_solve(transposed ? u : l, transposed != flip, nrhs, z, ldz);
    sunzi_triangle_solve(transposed ? l : u, transposed != flip, nrhs, z, ldz);
}

void sunzi_factors_solve(sunzi_context *ctx, const sunzi_factors *f,
                         bool transposed, int nrhs, double *z, int64_t ldz,
                         double *scratch)
{
    const bool pivots = !f->cholesky;
    (void)scratch; /* the solve is in place */
    for (int c = 0; c < nrhs && pivots && !transposed; c++)
        permute(f, false, z + c * ldz);
    for (int c = 0; c < nrhs && f->tiles; c++)
        sunzi_tiles_solve(ctx, f, transposed, z + c * ldz);
    if (!f->tiles)
        solve_here(ctx, f, transposed, nrhs, z, ldz);
    for (int c = 0; c < nrhs && pivots && transposed; c++)
        permute(f, true, z + c * ldz);
}
