/* SPDX-License-Identifier: BSD-3-Clause */
/* Distributed solves: arguments, the way of the data into tiles and back. */
#include <math.h>
#include <string.h>
#include <sunzi/psolve.h>

#include "core/grid.h"
#include "engines/engine.h"
#include "solvers/dense/solve_call.h"

/* A submatrix that begins with a block, as a matrix of its own. */
typedef struct part {
    sunzi_distribution d;
    int64_t first_row, first_col; /* local, in the whole matrix */
    bool empty;                   /* nothing of it is here */
} part;

typedef struct arguments {
    const char *function;
    sunzi_context *ctx;
    const sunzi_grid *grid;
    int n, nrhs;
    const double *A, *B;
    double *X;
    int ia, ja, ib, jb, ix, jx;
    const int *desca, *descb, *descx;
    bool upper; /* the triangle of a positive definite A */
    int *ipiv;
    sunzi_solve_options o;
    part a, b, x;
} arguments;

static sunzi_status bad(const arguments *g, const char *what, long got,
                        const char *allowed, long limit)
{
    return sunzi_fail(SUNZI_ERR_ARG, "%s: %s = %ld, allowed: %s %ld",
                      g->function, what, got, allowed, limit);
}

/* One dimension of a submatrix: index `first` (from 1), `count` of them. */
static sunzi_status check_range(const arguments *g, const char *what, int first,
                                int count, const sunzi_cyclic *c)
{
    if (first < 1)
        return bad(g, what, first, "at least", 1);
    if (first - 1 + (int64_t)count > c->n)
        return bad(g, what, first,
                   "so that the submatrix lies in the matrix, at most",
                   (long)(c->n - count + 1));
    if ((first - 1) % c->nb != 0)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: %s = %d, allowed: the first index of a block "
                          "(1 + a multiple of %d); redistribute the matrix",
                          g->function, what, first, (int)c->nb);
    return SUNZI_OK;
}

static void shift(sunzi_cyclic *c, int first, int count)
{
    c->source = (int)((c->source + (first - 1) / c->nb) % c->count);
    c->n = count;
}

static sunzi_status make_part(const arguments *g, const char *what,
                              const char *row_name, const char *col_name,
                              const int *desc, int i, int j, int rows, int cols,
                              const void *data, part *p)
{
    const sunzi_grid *grid = g->grid;
    sunzi_status status;
    SUNZI_TRY(sunzi_distribution_from(g->function, what, grid, desc, &p->d));
    SUNZI_TRY(check_range(g, row_name, i, rows, &p->d.row));
    SUNZI_TRY(check_range(g, col_name, j, cols, &p->d.col));
    p->empty = true;
    if (grid->my_row >= 0) {
        p->first_row = sunzi_cyclic_before(&p->d.row, grid->my_row, i - 1);
        p->first_col = sunzi_cyclic_before(&p->d.col, grid->my_col, j - 1);
    }
    shift(&p->d.row, i, rows);
    shift(&p->d.col, j, cols);
    p->empty = sunzi_local_rows(&p->d) * sunzi_local_cols(&p->d) == 0;
    if (!p->empty && !data)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: the matrix of %s is NULL, allowed: the local "
                          "matrix of this process",
                          g->function, what);
done:
    return status;
}

static sunzi_status check(arguments *g)
{
    sunzi_status status;
    if (g->n < 0)
        return bad(g, "n", g->n, "at least", 0);
    if (g->nrhs < 0)
        return bad(g, "nrhs", g->nrhs, "at least", 0);
    SUNZI_TRY(sunzi_solve_options_check(g->function, &g->o));
    SUNZI_TRY(make_part(g, "desca", "ia", "ja", g->desca, g->ia, g->ja, g->n,
                        g->n, g->A, &g->a));
    SUNZI_TRY(make_part(g, "descb", "ib", "jb", g->descb, g->ib, g->jb, g->n,
                        g->nrhs, g->B, &g->b));
    SUNZI_TRY(make_part(g, "descx", "ix", "jx", g->descx, g->ix, g->jx, g->n,
                        g->nrhs, g->X, &g->x));
done:
    return status;
}

/* A number that stands for the engine. */
static int64_t name_number(const char *name)
{
    int64_t number = 0;
    for (; *name; name++)
        number = (number * 31 + *name) % 1000003;
    return number;
}

/* All that decides anything is the same on all processes. */
static sunzi_status check_same(const arguments *g)
{
    const sunzi_named all[] = {
        {"n", g->n},
        {"nrhs", g->nrhs},
        {"ia", g->ia},
        {"ja", g->ja},
        {"ib", g->ib},
        {"jb", g->jb},
        {"ix", g->ix},
        {"jx", g->jx},
        {"uplo", g->upper},
        {"options.structure", g->o.structure},
        {"options.factor", g->o.factor},
        {"options.grade", g->o.grade},
        {"options.climb", g->o.climb},
        {"options.max_refinements", g->o.max_refinements},
        {"options.max_gmres", g->o.max_gmres},
        {"the reproducibility of the context", g->ctx->reproducible},
        {"the engine", name_number(g->ctx->engine->name)}};
    sunzi_comm *comm = g->grid->comm;
    sunzi_status status;
    SUNZI_TRY(sunzi_comm_same_values(comm, g->function,
                                     (int)(sizeof all / sizeof all[0]), all));
    SUNZI_TRY(sunzi_descriptor_same(comm, g->function, "an entry of desca",
                                    g->desca));
    SUNZI_TRY(sunzi_descriptor_same(comm, g->function, "an entry of descb",
                                    g->descb));
    SUNZI_TRY(sunzi_descriptor_same(comm, g->function, "an entry of descx",
                                    g->descx));
done:
    return status;
}

/* ---- data ---- */

static const double *first_of(const part *p, const double *data)
{
    return p->empty ? NULL : data + p->first_row + p->first_col * p->d.lld;
}

/* Local rows from `local` on whose global rows are consecutive. */
static int64_t row_run(const part *p, int64_t local, int64_t rows)
{
    const int64_t end = (local / p->d.row.nb + 1) * p->d.row.nb;
    return (end < rows ? end : rows) - local;
}

/* Copy between the local part of a matrix and a whole one, [cols][n]. */
static void copy_local(const part *p, int64_t n, double *local, double *whole,
                       bool to_whole)
{
    const sunzi_grid *g = p->d.grid;
    if (p->empty)
        return;
    const int64_t rows = sunzi_local_rows(&p->d),
                  cols = sunzi_local_cols(&p->d);
    double *first = local + p->first_row + p->first_col * p->d.lld;
    for (int64_t j = 0; j < cols; j++)
        for (int64_t i = 0, run; i < rows; i += run) {
            run = row_run(p, i, rows);
            double *x = first + i + j * p->d.lld;
            double *y = whole + sunzi_cyclic_global(&p->d.row, g->my_row, i) +
                        n * sunzi_cyclic_global(&p->d.col, g->my_col, j);
            memcpy(to_whole ? y : x, to_whole ? x : y, (size_t)run * sizeof *x);
        }
}

/* Whether the caller's matrix can be used where it is. */
static bool is_in_tiles(const arguments *g)
{
    const sunzi_distribution *d = &g->a.d;
    return !g->upper && d->row.nb == SUNZI_TILE && d->col.nb == SUNZI_TILE &&
           d->row.source == 0 && d->col.source == 0;
}

/* The operator: the caller's matrix, or a copy in tiles. */
static sunzi_status take_matrix(const arguments *g, sunzi_tiles *t,
                                sunzi_operator *a, void **copy, size_t *total)
{
    const sunzi_distribution to = {.grid = g->grid,
                                   .row = t->row,
                                   .col = t->col,
                                   .lld = t->rows > 1 ? t->rows : 1};
    sunzi_status status = SUNZI_OK;
    *a = (sunzi_operator){.m = g->n,
                          .n = g->n,
                          .data = first_of(&g->a, g->A),
                          .row_stride = 1,
                          .col_stride = g->a.d.lld,
                          .symmetric_lower =
                              g->o.structure == SUNZI_POSITIVE_DEFINITE,
                          .tiles = t};
    if (is_in_tiles(g))
        return SUNZI_OK;
    const size_t bytes =
        sunzi_size_product((size_t)to.lld, (size_t)t->cols, sizeof(double));
    SUNZI_TRY(sunzi_tiles_agree(
        t, sunzi_pool_take(g->ctx->pool, bytes,
                           "the matrix of a distributed solve", copy)));
    *total += bytes;
    a->data = *copy;
    a->col_stride = to.lld;
    SUNZI_TRY(sunzi_redistribute(&g->a.d, first_of(&g->a, g->A), g->upper, &to,
                                 *copy, sizeof(double)));
done:
    return status;
}

/* Whole right-hand sides and solutions, row interchanges. */
static sunzi_status take_vectors(const arguments *g, void **block, double **b,
                                 double **x, int **pivots, size_t *total)
{
    const size_t n = (size_t)g->n, nrhs = (size_t)g->nrhs;
    const size_t vectors = sunzi_size_product(2 * n, nrhs, sizeof(double));
    const size_t interchanges = n * sizeof(int);
    const size_t bytes =
        vectors > SIZE_MAX - interchanges ? SIZE_MAX : vectors + interchanges;
    const sunzi_status status = sunzi_pool_take(
        g->ctx->pool, bytes, "vectors of a distributed solve", block);
    if (status < 0)
        return status;
    *total += bytes;
    *b = *block;
    *x = *b + n * nrhs;
    *pivots = (int *)(*x + n * nrhs);
    return SUNZI_OK;
}

static void assemble_columns(const arguments *g, sunzi_tiles *t, double *b)
{
    enum { AT_A_TIME = 1 << 24 }; /* numbers of a reduction */
    const int64_t n = g->n, step = AT_A_TIME / (n > 0 ? n : 1) + 1;
    for (int64_t j = 0; j < g->nrhs; j += step) {
        const int64_t left = g->nrhs - j;
        sunzi_tiles_assemble(t, b + j * n,
                             (size_t)(n * (left < step ? left : step)));
    }
}

/* The interchanges of local rows of A. */
static void deliver_pivots(const arguments *g, const int *pivots)
{
    const part *p = &g->a;
    const int64_t rows = sunzi_local_rows(&p->d);
    for (int64_t i = 0; i < rows && g->ipiv; i++)
        g->ipiv[p->first_row + i] =
            g->ia - 1 +
            pivots[sunzi_cyclic_global(&p->d.row, g->grid->my_row, i)];
}

static sunzi_status solve(arguments *g, sunzi_solve_report *report,
                          sunzi_column_report *columns)
{
    sunzi_tiles t = {0};
    sunzi_operator a;
    void *copy = NULL, *block = NULL;
    double *b = NULL, *x = NULL;
    int *pivots = NULL;
    size_t bytes = 0;
    sunzi_status status;
    /* a proof solves for many columns of the inverse at a time */
    const int together =
        g->o.grade == SUNZI_GRADE_CERTIFIED ? SUNZI_TILES_TOGETHER : g->nrhs;
    SUNZI_TRY(sunzi_tiles_create(g->ctx, g->grid, g->n, together, &t));
    SUNZI_TRY(sunzi_tiles_agree(
        &t, take_vectors(g, &block, &b, &x, &pivots, &bytes)));
    SUNZI_TRY(take_matrix(g, &t, &a, &copy, &bytes));
    memset(b, 0, (size_t)g->n * (size_t)g->nrhs * sizeof *b);
    copy_local(&g->b, g->n, (double *)(uintptr_t)g->B, b, true);
    assemble_columns(g, &t, b);
    const sunzi_solve_call call = {.ctx = g->ctx,
                                   .a = a,
                                   .nrhs = g->nrhs,
                                   .b = b,
                                   .x = x,
                                   .b_row = 1,
                                   .b_col = g->n,
                                   .x_row = 1,
                                   .x_col = g->n,
                                   .ipiv = pivots,
                                   .options = &g->o,
                                   .report = report,
                                   .columns = columns};
    status = sunzi_solve_system(&call);
    if (report && (status >= 0 || status == SUNZI_ERR_SINGULAR))
        report->workspace_bytes += bytes + t.bytes;
    if (status < 0)
        goto done;
    copy_local(&g->x, g->n, g->X, x, false);
    deliver_pivots(g, pivots);
done:
    sunzi_pool_give(g->ctx->pool, &block);
    sunzi_pool_give(g->ctx->pool, &copy);
    sunzi_tiles_destroy(&t);
    return status;
}

static sunzi_status run(arguments *g, sunzi_context *ctx,
                        sunzi_solve_report *report,
                        sunzi_column_report *columns)
{
    sunzi_status status;
    if (!g->grid)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: grid = NULL, allowed: a process grid; "
                          "sunzi_grid_create makes one",
                          g->function);
    status = sunzi_context_use(ctx, &g->ctx);
    if (status == SUNZI_OK)
        status = check(g);
    SUNZI_TRY(sunzi_comm_agree(g->grid->comm, status));
    SUNZI_TRY(check_same(g));
    status = solve(g, report, columns);
done:
    return status;
}

sunzi_status sunzi_pdsolve(sunzi_context *ctx, const sunzi_grid *grid, int n,
                           int nrhs, const double *A, int ia, int ja,
                           const int *desca, const double *B, int ib, int jb,
                           const int *descb, double *X, int ix, int jx,
                           const int *descx, const sunzi_solve_options *options,
                           sunzi_solve_report *report,
                           sunzi_column_report *columns)
{
    arguments g = {.function = "sunzi_pdsolve",
                   .grid = grid,
                   .n = n,
                   .nrhs = nrhs,
                   .A = A,
                   .B = B,
                   .X = X,
                   .ia = ia,
                   .ja = ja,
                   .ib = ib,
                   .jb = jb,
                   .ix = ix,
                   .jx = jx,
                   .desca = desca,
                   .descb = descb,
                   .descx = descx};
    sunzi_solve_options_init(&g.o);
    if (options)
        g.o = *options;
    return run(&g, ctx, report, columns);
}

/* B is overwritten. */
static arguments in_place(const char *function, const sunzi_grid *grid, int n,
                          int nrhs, const double *A, int ia, int ja,
                          const int *desca, double *B, int ib, int jb,
                          const int *descb)
{
    arguments g = {.function = function,
                   .grid = grid,
                   .n = n,
                   .nrhs = nrhs,
                   .A = A,
                   .B = B,
                   .X = B,
                   .ia = ia,
                   .ja = ja,
                   .ib = ib,
                   .jb = jb,
                   .ix = ib,
                   .jx = jb,
                   .desca = desca,
                   .descb = descb,
                   .descx = descb};
    sunzi_solve_options_init(&g.o);
    return g;
}

sunzi_status sunzi_pdgesv(sunzi_context *ctx, const sunzi_grid *grid, int n,
                          int nrhs, const double *A, int ia, int ja,
                          const int *desca, int *ipiv, double *B, int ib,
                          int jb, const int *descb)
{
    arguments g = in_place("sunzi_pdgesv", grid, n, nrhs, A, ia, ja, desca, B,
                           ib, jb, descb);
    g.ipiv = ipiv;
    return run(&g, ctx, NULL, NULL);
}

sunzi_status sunzi_pdposv(sunzi_context *ctx, const sunzi_grid *grid, char uplo,
                          int n, int nrhs, const double *A, int ia, int ja,
                          const int *desca, double *B, int ib, int jb,
                          const int *descb)
{
    arguments g = in_place("sunzi_pdposv", grid, n, nrhs, A, ia, ja, desca, B,
                           ib, jb, descb);
    sunzi_status status = SUNZI_OK;
    g.upper = uplo == 'U' || uplo == 'u';
    g.o.structure = SUNZI_POSITIVE_DEFINITE;
    if (grid && !g.upper && uplo != 'L' && uplo != 'l')
        status = sunzi_fail(SUNZI_ERR_ARG,
                            "sunzi_pdposv: uplo = %d, allowed are 'U' (%d) and "
                            "'L' (%d); pass the triangle that holds A",
                            uplo, 'U', 'L');
    if (grid && (status = sunzi_comm_agree(grid->comm, status)) < 0)
        return status;
    return run(&g, ctx, NULL, NULL);
}
