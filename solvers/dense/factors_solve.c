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
#include "solvers/dense/factors_store.h"

enum {
    BLOCK = 64,
    ROWS = 16,          /* of a block, a task of dots */
    COLS = 1024,        /* a task of axpys */
    PARALLEL = 1 << 16, /* entries of a block: fewer stay on one thread */
    MANY = 8            /* right-hand sides that threads share */
};

/* A triangle in the storage. */
typedef struct triangle {
    const sunzi_factors *f;
    const sunzi_engine_ops *engine;
    int threads;
    bool lower, unit;
} triangle;

static void dot(const triangle *t, int i, int rows, int j, int cols,
                const double *x, double *y)
{
    const int64_t at = i * t->f->ld + j;
    if (t->f->single)
        t->engine->dot_rows_f32(rows, cols, (const float *)t->f->data + at,
                                t->f->ld, x, y);
    else
        t->engine->dot_rows_f64(rows, cols, (const double *)t->f->data + at,
                                t->f->ld, x, y);
}

static void axpy(const triangle *t, int i, int rows, int j, int cols,
                 const double *x, double *y)
{
    const int64_t at = i * t->f->ld + j;
    if (t->f->single)
        t->engine->axpy_rows_f32(rows, cols, (const float *)t->f->data + at,
                                 t->f->ld, x, y);
    else
        t->engine->axpy_rows_f64(rows, cols, (const double *)t->f->data + at,
                                 t->f->ld, x, y);
}

static double diagonal(const triangle *t, int i)
{
    const int64_t at = i * t->f->ld + i;
    return t->f->single ? (double)((const float *)t->f->data)[at]
                        : ((const double *)t->f->data)[at];
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
    const int n = t->f->n;
    const int j = t->lower ? 0 : i1, cols = t->lower ? i0 : n - i1;
    if (transposed) {
        block_axpys(t, i0, i1, z);
        axpys(t, i0, i1 - i0, j, cols, z);
    } else {
        dots(t, i0, i1 - i0, j, cols, z);
        block_dots(t, i0, i1, z);
    }
}

static void solve_triangle(const triangle *t, bool transposed, int nrhs,
                           double *z, int64_t ldz)
{
    const int n = t->f->n, blocks = (n + BLOCK - 1) / BLOCK;
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

void sunzi_factors_solve(sunzi_context *ctx, const sunzi_factors *f,
                         bool transposed, int nrhs, double *z, int64_t ldz,
                         double *scratch)
{
    const triangle lower = {f, ctx->engine, sunzi_threads(ctx), true,
                            !f->cholesky && !f->by_columns};
    const triangle upper = {f, ctx->engine, sunzi_threads(ctx), false,
                            f->by_columns};
    /* stored by columns: the upper triangle of the storage is L^T, the lower
     * one U^T */
    const bool flip = f->by_columns;
    const triangle *l = flip ? &upper : &lower, *u = flip ? &lower : &upper;
    (void)scratch; /* the solve is in place */
    if (f->cholesky) {
        solve_triangle(&lower, false, nrhs, z, ldz);
        solve_triangle(&lower, true, nrhs, z, ldz);
        return;
    }
    for (int c = 0; c < nrhs && !transposed; c++)
        permute(f, false, z + c * ldz);
    solve_triangle(transposed ? u : l, transposed != flip, nrhs, z, ldz);
    solve_triangle(transposed ? l : u, transposed != flip, nrhs, z, ldz);
    for (int c = 0; c < nrhs && transposed; c++)
        permute(f, true, z + c * ldz);
}
