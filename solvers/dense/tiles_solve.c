/* SPDX-License-Identifier: BSD-3-Clause */
/* Solves with factors in tiles, in FP64 arithmetic.
 *
 * T x = z, tile by tile along the diagonal: when x_k is known, each tile of its
 * column makes its contribution to the right-hand sides of the tiles that are
 * not; the process of the next diagonal tile collects the contributions to its
 * own and adds them in the order in which they were made. T^T x = z is the same
 * with rows and columns exchanged. Two small messages a tile, which hold all
 * right-hand sides, and a reduction of n numbers for each of them in the end.
 */
#include <string.h>

#include "engines/engine.h"
#include "solvers/dense/tiles_factors.h"

enum { ROWS = 64, COLS = 512 /* of a task */ };

/* One triangle; `down` is the dimension of the result: rows, of T^T columns. */
typedef struct solver {
    sunzi_context *ctx;
    const sunzi_factors *f;
    sunzi_tiles *t;
    bool lower, transposed, unit;
    const sunzi_cyclic *down, *across;
    sunzi_comm *down_comm, *across_comm; /* ranked by these */
    int my_down, my_across;
    int64_t len;   /* local indices of `down` */
    double *table; /* contributions: [local tiles of across][count][len] */
    int count;     /* right-hand sides */
    double *z;     /* [count][n] */
} solver;

static solver make_solver(sunzi_context *ctx, const sunzi_factors *f,
                          bool lower, bool transposed, int count, double *z)
{
    sunzi_tiles *t = f->tiles;
    const sunzi_grid *g = t->grid;
    return (solver){.ctx = ctx,
                    .f = f,
                    .t = t,
                    .lower = lower,
                    .transposed = transposed,
                    .unit = lower && !f->cholesky,
                    .down = transposed ? &t->col : &t->row,
                    .across = transposed ? &t->row : &t->col,
                    .down_comm = transposed ? g->row : g->col,
                    .across_comm = transposed ? g->col : g->row,
                    .my_down = transposed ? g->my_col : g->my_row,
                    .my_across = transposed ? g->my_row : g->my_col,
                    .len = transposed ? t->cols : t->rows,
                    .table = t->table,
                    .count = count,
                    .z = z};
}

static bool ascending(const solver *s)
{
    return s->lower != s->transposed;
}

static int owner_down(const solver *s, int k)
{
    return k % s->down->count;
}

static int owner_across(const solver *s, int k)
{
    return k % s->across->count;
}

static const void *entry(const solver *s, int64_t i, int64_t j)
{
    const int64_t at = i * s->f->ld + j;
    return s->f->single ? (const void *)((const float *)s->f->data + at)
                        : (const void *)((const double *)s->f->data + at);
}

/* Those of tile j to right-hand side c, from local index `at` on. */
static double *contributions(const solver *s, int j, int c, int64_t at)
{
    return s->table +
           ((int64_t)(j / s->across->count) * s->count + c) * s->len + at;
}

/* Tiles solved before k that process p of `across` has contributions of. */
static int solved_tiles(const solver *s, int k, int p)
{
    const int count = s->across->count, all = s->t->count;
    const int below = k > p ? (k - p + count - 1) / count : 0;
    if (ascending(s))
        return below;
    const int to = (k + 1) > p ? (k + 1 - p + count - 1) / count : 0;
    return (all - p + count - 1) / count - to;
}

/* The j-th of them, in the order in which they were solved. */
static int solved_tile(const solver *s, int p, int j)
{
    const int count = s->across->count, all = s->t->count;
    const int last = p + (all - 1 - p) / count * count;
    return ascending(s) ? p + j * count : last - j * count;
}

/* Contributions to tile k of the others come behind each other, tile by tile
 * [count][size]; in: where those of process p begin. */
static double *coming(const solver *s, int k, int p)
{
    double *in = (double *)(void *)s->t->in;
    for (int q = 0; q < p; q++)
        if (q != s->my_across)
            in += (int64_t)solved_tiles(s, k, q) * s->count *
                  sunzi_tile_size(s->t, k);
    return in;
}

static double *pack_contributions(const solver *s, int k, double *out)
{
    const int size = sunzi_tile_size(s->t, k);
    const int64_t at = sunzi_tile_start(s->down, s->my_down, k);
    for (int j = 0; j < solved_tiles(s, k, s->my_across); j++)
        for (int c = 0; c < s->count; c++, out += size)
            memcpy(out,
                   contributions(s, solved_tile(s, s->my_across, j), c, at),
                   (size_t)size * sizeof *out);
    return out;
}

/* The processes of tile k's row (column) send; its diagonal process receives.
 */
static void collect(const solver *s, int k)
{
    sunzi_tiles *t = s->t;
    const int root = owner_across(s, k);
    const size_t bytes =
        (size_t)s->count * (size_t)sunzi_tile_size(t, k) * sizeof(double);
    double *out = (double *)(void *)t->out;
    int count = 0;
    if (s->my_across != root) {
        const double *end = pack_contributions(s, k, out);
        t->messages[count++] = (sunzi_message){
            root, 4, true, out, (size_t)(end - out) * sizeof *out};
    }
    for (int p = 0; p < s->across->count && s->my_across == root; p++)
        if (p != root)
            t->messages[count++] =
                (sunzi_message){p, 4, false, coming(s, k, p),
                                (size_t)solved_tiles(s, k, p) * bytes};
    sunzi_tiles_keep(t,
                     sunzi_comm_exchange(s->across_comm, count, t->messages));
}

/* z_k += the contributions of all tiles solved before, in their order. */
static void add_contributions(const solver *s, int k)
{
    const int size = sunzi_tile_size(s->t, k), all = s->t->count;
    const int64_t at = sunzi_tile_start(s->down, s->my_down, k);
    for (int step = 0; step < (ascending(s) ? k : all - 1 - k); step++) {
        const int j = ascending(s) ? step : all - 1 - step;
        const int p = owner_across(s, j);
        const int turn =
            ascending(s) ? j / s->across->count : solved_tiles(s, j, p);
        for (int c = 0; c < s->count; c++) {
            const double *y =
                p == s->my_across
                    ? contributions(s, j, c, at)
                    : coming(s, k, p) + ((int64_t)turn * s->count + c) * size;
            double *z = s->z + (int64_t)c * s->t->n + k * SUNZI_TILE;
            for (int i = 0; i < size; i++)
                z[i] += y[i];
        }
    }
}

static void solve_diagonal(const solver *s, int k)
{
    const sunzi_tiles *t = s->t;
    const int i = sunzi_tile_start(&t->row, t->grid->my_row, k);
    const int j = sunzi_tile_start(&t->col, t->grid->my_col, k);
    const sunzi_triangle triangle = {.ctx = s->ctx,
                                     .threads = sunzi_threads(s->ctx),
                                     .n = sunzi_tile_size(t, k),
                                     .single = s->f->single,
                                     .lower = s->lower,
                                     .unit = s->unit,
                                     .data = entry(s, i, j),
                                     .ld = s->f->ld};
    sunzi_triangle_solve(&triangle, s->transposed, s->count,
                         s->z + k * SUNZI_TILE, t->n);
}

/* Contributions of x_k, [count][size], to rows from .. from + rows - 1 (T),
 * columns (T^T). */
static void contribute_task(const solver *s, int k, int from, int rows,
                            const double *x)
{
    const sunzi_engine_ops *e = s->ctx->engine;
    const sunzi_tiles *t = s->t;
    const int size = sunzi_tile_size(t, k);
    double *y = contributions(s, k, 0, from);
    for (int c = 0; c < s->count; c++)
        memset(y + c * s->len, 0, (size_t)rows * sizeof *y);
    if (!s->transposed) {
        const int j = sunzi_tile_start(&t->col, t->grid->my_col, k);
        if (s->f->single)
            e->dot_rows_f32(rows, size, entry(s, from, j), s->f->ld, s->count,
                            x, size, y, s->len);
        else
            e->dot_rows_f64(rows, size, entry(s, from, j), s->f->ld, s->count,
                            x, size, y, s->len);
    } else {
        const int i = sunzi_tile_start(&t->row, t->grid->my_row, k);
        if (s->f->single)
            e->axpy_rows_f32(size, rows, entry(s, i, from), s->f->ld, s->count,
                             x, size, y, s->len);
        else
            e->axpy_rows_f64(size, rows, entry(s, i, from), s->f->ld, s->count,
                             x, size, y, s->len);
    }
}

/* To all tiles that are not solved yet. */
static void contribute(const solver *s, int k, const double *x)
{
    const int from =
        ascending(s) ? sunzi_tile_start(s->down, s->my_down, k + 1) : 0;
    const int to =
        ascending(s) ? (int)s->len : sunzi_tile_start(s->down, s->my_down, k);
    const int chunk = s->transposed ? COLS : ROWS;
#pragma omp parallel for schedule(static)                                      \
    num_threads(sunzi_threads(s->ctx)) if (to - from > 2 * chunk)
    for (int i = from; i < to; i += chunk)
        contribute_task(s, k, i, to - i < chunk ? to - i : chunk, x);
}

/* x_k of all right-hand sides, [count][size]. */
static void pack_solution(const solver *s, int k, double *x)
{
    const size_t size = (size_t)sunzi_tile_size(s->t, k);
    for (int c = 0; c < s->count; c++)
        memcpy(x + (size_t)c * size,
               s->z + (int64_t)c * s->t->n + k * SUNZI_TILE, size * sizeof *x);
}

static void clear_solution(const solver *s, int k)
{
    const size_t size = (size_t)sunzi_tile_size(s->t, k);
    for (int c = 0; c < s->count; c++)
        memset(s->z + (int64_t)c * s->t->n + k * SUNZI_TILE, 0,
               size * sizeof *s->z);
}

/* z: whole on every process; on return x_k stands on the diagonal process of
 * tile k, zeros elsewhere. */
static void solve_triangle(const solver *s)
{
    sunzi_tiles *t = s->t;
    double *x = t->result; /* room */
    for (int step = 0; step < t->count; step++) {
        const int k = ascending(s) ? step : t->count - 1 - step;
        const bool down = s->my_down == owner_down(s, k);
        const bool across = s->my_across == owner_across(s, k);
        if (down && s->across->count > 1)
            collect(s, k);
        if (down && across) {
            add_contributions(s, k);
            solve_diagonal(s, k);
            pack_solution(s, k, x);
        } else {
            clear_solution(s, k);
        }
        if (!across)
            continue;
        sunzi_tiles_keep(t, sunzi_comm_broadcast(
                                s->down_comm, owner_down(s, k), x,
                                (size_t)s->count *
                                    (size_t)sunzi_tile_size(t, k) * sizeof *x));
        contribute(s, k, x);
    }
}

static void solve_and_assemble(const solver *s)
{
    sunzi_tiles *t = s->t;
    const size_t all = (size_t)s->count * (size_t)t->n;
    if (t->inside && t->failed == SUNZI_OK)
        solve_triangle(s);
    else
        memset(s->z, 0, all * sizeof *s->z);
    sunzi_tiles_assemble(t, s->z, all);
}

void sunzi_tiles_solve(sunzi_context *ctx, const sunzi_factors *f,
                       bool transposed, int nrhs, double *z)
{
    const bool first_lower = f->cholesky || !transposed;
    const int step = f->tiles->vectors;
    for (int c = 0; c < nrhs; c += step, z += (int64_t)step * f->n) {
        const int count = nrhs - c < step ? nrhs - c : step;
        const solver first = make_solver(ctx, f, first_lower,
                                         !f->cholesky && transposed, count, z);
        const solver second =
            make_solver(ctx, f, f->cholesky ? true : !first_lower,
                        f->cholesky || transposed, count, z);
        solve_and_assemble(&first);
        solve_and_assemble(&second);
    }
}
