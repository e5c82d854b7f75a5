/* SPDX-License-Identifier: BSD-3-Clause */
/* The run of `sunzi bench hpl-mxp` on all processes. */
#include "tools/hpl.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mpi/launch.h"
#include "tools/command.h"

enum { TILE = SUNZI_TEAM_TILE };

/* The data of one process; x, r are whole on process 0, x is on all. */
typedef struct bench {
    const sunzi_team *team;
    sunzi_context *context;
    int n, row, col;
    int64_t rows, cols; /* local */
    int desc_a[SUNZI_DESC_LENGTH], desc_b[SUNZI_DESC_LENGTH];
    int desc_r[SUNZI_DESC_LENGTH]; /* residuals and sums of rows */
    int home_b[SUNZI_DESC_LENGTH], home_r[SUNZI_DESC_LENGTH];
    double *a, *b, *x, *r;               /* local parts */
    double *whole_b, *whole_x, *whole_r; /* [n], [n], [2][n] */
} bench;

/* splitmix64 (S. Vigna) of the indices */
double sunzi_random_entry(int64_t i, int64_t j)
{
    uint64_t z = (uint64_t)i * UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)j + 1;
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (double)((int64_t)(z ^ z >> 31) >> 33) * 0x1p-31;
}

static int64_t global_index(int64_t local, int place, int count)
{
    return (local / TILE * count + place) * TILE + local % TILE;
}

static double sum_of_others(int n, int64_t i)
{
    double sum = 0;
    for (int64_t j = 0; j < n; j++)
        sum += j == i ? 0 : fabs(sunzi_random_entry(i, j));
    return sum;
}

static void fill(const bench *k)
{
    const sunzi_team *t = k->team;
    for (int64_t j = 0; j < k->cols; j++)
        for (int64_t i = 0; i < k->rows; i++)
            k->a[i + j * k->rows] =
                sunzi_random_entry(global_index(i, k->row, t->rows),
                                   global_index(j, k->col, t->cols));
    for (int64_t j = 0; j < k->cols; j++) {
        const int64_t g = global_index(j, k->col, t->cols);
        if (g / TILE % t->rows == k->row)
            k->a[g / TILE / t->rows * TILE + g % TILE + j * k->rows] =
                sum_of_others(k->n, g);
    }
    for (int64_t i = 0; i < k->rows && k->col == 0; i++)
        k->b[i] = sunzi_random_entry(global_index(i, k->row, t->rows), k->n);
}

/* A collective way to say that something failed here. */
static sunzi_status agree(const bench *k, sunzi_status status)
{
    return sunzi_comm_agree(k->team->comm, status);
}

static sunzi_status describe(bench *k)
{
    const sunzi_grid *grid = k->team->grid, *home = k->team->home;
    const int n = k->n;
    sunzi_status status =
        sunzi_descriptor_init(k->desc_a, grid, n, n, TILE, TILE, 0, 0, 0);
    if (status == SUNZI_OK)
        status =
            sunzi_descriptor_init(k->desc_b, grid, n, 1, TILE, TILE, 0, 0, 0);
    if (status == SUNZI_OK)
        status =
            sunzi_descriptor_init(k->desc_r, grid, n, 2, TILE, TILE, 0, 0, 0);
    if (status == SUNZI_OK)
        status = sunzi_descriptor_init(k->home_b, home, n, 1, n, 1, 0, 0, 0);
    if (status == SUNZI_OK)
        status = sunzi_descriptor_init(k->home_r, home, n, 2, n, 2, 0, 0, 0);
    return status;
}

static double *numbers(size_t count)
{
    return malloc((count + 1) * sizeof(double));
}

static sunzi_status take_memory(bench *k)
{
    const size_t n = (size_t)k->n, rows = (size_t)k->rows;
    k->a = numbers(rows * (size_t)k->cols);
    k->b = numbers(rows);
    k->x = numbers(rows);
    k->r = numbers(2 * rows);
    k->whole_b = numbers(n);
    k->whole_x = numbers(n);
    k->whole_r = numbers(2 * n);
    return k->a && k->b && k->x && k->r && k->whole_b && k->whole_x &&
                   k->whole_r
               ? SUNZI_OK
               : SUNZI_ERR_NOMEM;
}

static void give_back(bench *k)
{
    double *all[] = {k->a,       k->b,       k->x,      k->r,
                     k->whole_b, k->whole_x, k->whole_r};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        free(all[i]);
    sunzi_context_destroy(&k->context);
}

static sunzi_status begin(bench *k, const sunzi_hpl_settings *s)
{
    const sunzi_team *t = k->team;
    sunzi_context_options o;
    sunzi_context_options_init(&o);
    o.engine = s->engine[0] ? s->engine : NULL;
    o.threads = s->threads;
    sunzi_grid_place(t->grid, &k->row, &k->col);
    k->rows = sunzi_local_count(k->n, TILE, k->row, 0, t->rows);
    k->cols = sunzi_local_count(k->n, TILE, k->col, 0, t->cols);
    sunzi_status status = sunzi_context_create(&o, &k->context);
    if (status == SUNZI_OK)
        status = describe(k);
    if (status == SUNZI_OK)
        status = take_memory(k);
    return agree(k, status);
}

static sunzi_status solve(const bench *k, const sunzi_hpl_settings *s,
                          sunzi_hpl_result *result)
{
    sunzi_solve_options o;
    sunzi_solve_options_init(&o);
    o.factor = s->factor;
    o.climb = 0;
    result->seconds = INFINITY;
    for (int i = 0; i < s->repeats; i++) {
        sunzi_status status = agree(k, SUNZI_OK);
        const double start = sunzi_tool_seconds();
        if (status == SUNZI_OK)
            status =
                sunzi_pdsolve(k->context, k->team->grid, k->n, 1, k->a, 1, 1,
                              k->desc_a, k->b, 1, 1, k->desc_b, k->x, 1, 1,
                              k->desc_b, &o, &result->report, &result->column);
        if (status < 0)
            return status;
        result->seconds = fmin(result->seconds, sunzi_tool_seconds() - start);
    }
    return SUNZI_OK;
}

/* Rows of tiles are checked by the processes of the first grid column. */
static void residual_of_rows(const bench *k)
{
    for (int64_t i = 0; i < k->rows && k->col == 0; i++) {
        const int64_t g = global_index(i, k->row, k->team->rows);
        const double others = sum_of_others(k->n, g);
        double r = k->b[i] - others * k->whole_x[g];
        for (int64_t j = 0; j < k->n; j++)
            r -= j == g ? 0 : sunzi_random_entry(g, j) * k->whole_x[j];
        k->r[i] = r;
        k->r[i + k->rows] = 2 * others;
    }
}

static double largest(const double *v, int n)
{
    double most = 0;
    for (int i = 0; i < n; i++)
        most = fabs(v[i]) <= most ? most : fabs(v[i]); /* a NaN wins */
    return most;
}

static sunzi_status check(const bench *k, sunzi_hpl_result *result)
{
    const sunzi_team *t = k->team;
    sunzi_status status = sunzi_pdredistribute(t->grid, k->x, k->desc_b,
                                               t->home, k->whole_x, k->home_b);
    if (status == SUNZI_OK)
        status = sunzi_pdredistribute(t->grid, k->b, k->desc_b, t->home,
                                      k->whole_b, k->home_b);
    if (status < 0)
        return status;
    if (t->comm)
        sunzi_launch_await(k->whole_x, (size_t)k->n * sizeof(double));
    residual_of_rows(k);
    status = sunzi_pdredistribute(t->grid, k->r, k->desc_r, t->home, k->whole_r,
                                  k->home_r);
    if (status < 0 || sunzi_comm_rank(t->comm) > 0)
        return status;
    const double scale =
        largest(k->whole_r + k->n, k->n) * largest(k->whole_x, k->n) +
        largest(k->whole_b, k->n);
    result->residual = largest(k->whole_r, k->n) / scale / (k->n * 0x1p-53);
    return SUNZI_OK;
}

sunzi_status sunzi_hpl_run(const sunzi_team *team, const sunzi_hpl_settings *s,
                           sunzi_hpl_result *result)
{
    bench k = {.team = team, .n = s->n};
    sunzi_status status = begin(&k, s);
    if (status == SUNZI_OK) {
        fill(&k);
        status = solve(&k, s, result);
    }
    if (status == SUNZI_OK)
        status = check(&k, result);
    give_back(&k);
    return status;
}
