/* SPDX-License-Identifier: BSD-3-Clause */
/* Solves with stored factors, in FP64 arithmetic.
 *
 * A triangle T with contiguous rows is solved in blocks of rows: T x = z takes
 * dot products of a block's rows with what is known, T^T x = z subtracts a
 * block's rows from what is not. Right-hand sides pass a piece of a block
 * together while it is in the cache. Threads share the right-hand sides where
 * there are many, else the rows or the columns of a block. Neither changes the
 * order in which a number is formed. */
#include "engines/engine.h"
#include "solvers/dense/tiles_factors.h"
#include "solvers/dense/triangle.k.h"

enum {
    BLOCK = 64,
    ROWS = 16,         /* of a block, a task of dots */
    COLS = 1024,       /* a task of axpys */
    GROUP = 32,        /* right-hand sides of a task */
    PARALLEL = 1 << 16 /* products: fewer stay on one thread */
};

_Static_assert(BLOCK == TRIANGLE_BLOCK, "the blocks of a device");

typedef sunzi_triangle triangle;

/* Right-hand sides. */
typedef struct sides {
    int count;
    double *z;
    int64_t ld;
} sides;

/* y -= T[i .., j ..] x for each of them, x and y: components from `x`, `y` */
static void dot(const triangle *t, int i, int rows, int j, int cols,
                const sides *s, int x, int y)
{
    const int64_t at = i * t->ld + j;
    if (t->single)
        t->ctx->engine->dot_rows_f32(rows, cols, (const float *)t->data + at,
                                     t->ld, s->count, s->z + x, s->ld, s->z + y,
                                     s->ld);
    else
        t->ctx->engine->dot_rows_f64(rows, cols, (const double *)t->data + at,
                                     t->ld, s->count, s->z + x, s->ld, s->z + y,
                                     s->ld);
}

/* y -= T[i .., j ..]^T x */
static void axpy(const triangle *t, int i, int rows, int j, int cols,
                 const sides *s, int x, int y)
{
    const int64_t at = i * t->ld + j;
    if (t->single)
        t->ctx->engine->axpy_rows_f32(rows, cols, (const float *)t->data + at,
                                      t->ld, s->count, s->z + x, s->ld,
                                      s->z + y, s->ld);
    else
        t->ctx->engine->axpy_rows_f64(rows, cols, (const double *)t->data + at,
                                      t->ld, s->count, s->z + x, s->ld,
                                      s->z + y, s->ld);
}

static double diagonal(const triangle *t, int i)
{
    const int64_t at = i * t->ld + i;
    return t->single ? (double)((const float *)t->data)[at]
                     : ((const double *)t->data)[at];
}

static int groups(const sides *s)
{
    return (s->count + GROUP - 1) / GROUP;
}

static sides group(const sides *s, int g)
{
    const int left = s->count - g * GROUP;
    return (sides){left < GROUP ? left : GROUP, s->z + g * GROUP * s->ld,
                   s->ld};
}

static bool is_large(const sides *s, int rows, int cols)
{
    return (int64_t)rows * cols * s->count > PARALLEL;
}

/* z[i ..] -= T[i .., j ..] z[j ..], rows x cols */
static void dots(const triangle *t, int i, int rows, int j, int cols,
                 const sides *s)
{
#pragma omp parallel for collapse(2) num_threads(t->threads)                   \
    schedule(static) if (is_large(s, rows, cols))
    for (int g = 0; g < groups(s); g++)
        for (int r = 0; r < rows; r += ROWS) {
            const sides some = group(s, g);
            dot(t, i + r, rows - r < ROWS ? rows - r : ROWS, j, cols, &some, j,
                i + r);
        }
}

/* z[j ..] -= T[i .., j ..]^T z[i ..] */
static void axpys(const triangle *t, int i, int rows, int j, int cols,
                  const sides *s)
{
#pragma omp parallel for collapse(2) num_threads(t->threads)                   \
    schedule(static) if (is_large(s, rows, cols))
    for (int g = 0; g < groups(s); g++)
        for (int c = 0; c < cols; c += COLS) {
            const sides some = group(s, g);
            axpy(t, i, rows, j + c, cols - c < COLS ? cols - c : COLS, &some, i,
                 j + c);
        }
}

static void divide(const triangle *t, int i, const sides *s)
{
    const double d = diagonal(t, i);
    for (int c = 0; c < s->count && !t->unit; c++)
        s->z[c * s->ld + i] /= d;
}

/* T x = z inside rows i0 .. i1 - 1 */
static void block_dots(const triangle *t, int i0, int i1, const sides *s)
{
    for (int k = 0; k < i1 - i0; k++) {
        const int i = t->lower ? i0 + k : i1 - 1 - k;
        if (t->lower)
            dot(t, i, 1, i0, i - i0, s, i0, i);
        else
            dot(t, i, 1, i + 1, i1 - i - 1, s, i + 1, i);
        divide(t, i, s);
    }
}

/* T^T x = z inside rows i0 .. i1 - 1 */
static void block_axpys(const triangle *t, int i0, int i1, const sides *s)
{
    for (int k = 0; k < i1 - i0; k++) {
        const int i = t->lower ? i1 - 1 - k : i0 + k;
        divide(t, i, s);
        if (t->lower)
            axpy(t, i, 1, i0, i - i0, s, i, i0);
        else
            axpy(t, i, 1, i + 1, i1 - i - 1, s, i, i + 1);
    }
}

static void solve_sides(const triangle *t, bool transposed, const sides *s)
{
    const int n = t->n, blocks = (n + BLOCK - 1) / BLOCK;
    const bool ascending = t->lower != transposed;
    for (int k = 0; k < blocks; k++) {
        const int i0 = (ascending ? k : blocks - 1 - k) * BLOCK;
        const int i1 = i0 + BLOCK < n ? i0 + BLOCK : n;
        /* entries outside of the diagonal block */
        const int j = t->lower ? 0 : i1, cols = t->lower ? i0 : n - i1;
        if (transposed) {
            block_axpys(t, i0, i1, s);
            axpys(t, i0, i1 - i0, j, cols, s);
        } else {
            dots(t, i0, i1 - i0, j, cols, s);
            block_dots(t, i0, i1, s);
        }
    }
}

/* Right-hand sides a thread gets, if they are many and the triangle is not
 * small: then it needs no other thread. 0: threads share the blocks. */
static int share(const triangle *t, int nrhs)
{
    enum { UNIT = 4 /* vectors of the kernels */ };
    const int each = (nrhs + t->threads - 1) / t->threads;
    const int whole = (each + UNIT - 1) / UNIT * UNIT;
    const bool large = (int64_t)t->n * t->n * nrhs > 4 * PARALLEL;
    return large && t->threads > 1 && nrhs >= UNIT * t->threads ? whole : 0;
}

void sunzi_triangle_solve(const triangle *t, bool transposed, int nrhs,
                          double *z, int64_t ldz)
{
    const int each = share(t, nrhs);
    triangle alone = *t;
    alone.threads = 1;
    if (each == 0) {
        const sides all = {nrhs, z, ldz};
        solve_sides(t, transposed, &all);
        return;
    }
#pragma omp parallel for num_threads(t->threads) schedule(static)
    for (int c = 0; c < nrhs; c += each) {
        const sides some = {nrhs - c < each ? nrhs - c : each, z + c * ldz,
                            ldz};
        solve_sides(&alone, transposed, &some);
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
                         bool transposed, int nrhs, double *z, int64_t ldz)
{
    const bool pivots = !f->cholesky;
    for (int c = 0; c < nrhs && pivots && !transposed; c++)
        permute(f, false, z + c * ldz);
    if (f->tiles)
        sunzi_tiles_solve(ctx, f, transposed, nrhs, z);
    else if (f->device)
        sunzi_device_factors_solve(f, transposed, nrhs, z, ldz);
    else
        solve_here(ctx, f, transposed, nrhs, z, ldz);
    for (int c = 0; c < nrhs && pivots && transposed; c++)
        permute(f, true, z + c * ldz);
}
