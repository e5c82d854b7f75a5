/* SPDX-License-Identifier: BSD-3-Clause */
/* Process grids and descriptors. */
#include "core/grid.h"

#include <limits.h>
#include <math.h>

#include "core/memory.h"
#include "core/status.h"

static sunzi_status check_shape(int rows, int cols, char order, int size)
{
    if (order != 'R' && order != 'C')
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_grid_create: order = %d, allowed: 'R' (82), "
                          "'C' (67)",
                          order);
    if (rows == 0 && cols == 0)
        return SUNZI_OK;
    if (rows < 1 || cols < 1 || (int64_t)rows * cols > size)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_grid_create: rows = %d, cols = %d, allowed: "
                          "positive numbers with a product of at most %d, the "
                          "number of processes, or 0 and 0",
                          rows, cols, size);
    return SUNZI_OK;
}

/* The largest divisor of size up to its root. */
static int most_square(int size)
{
    int rows = (int)sqrt((double)size);
    while (size % rows)
        rows--;
    return rows;
}

static void place(sunzi_grid *g, int rank)
{
    g->my_row = g->my_col = -1;
    if (rank >= g->rows * g->cols)
        return;
    g->my_row = g->by_rows ? rank / g->cols : rank % g->rows;
    g->my_col = g->by_rows ? rank % g->cols : rank / g->rows;
}

int sunzi_grid_rank(const sunzi_grid *grid, int row, int col)
{
    return grid->by_rows ? row * grid->cols + col : col * grid->rows + row;
}

/* Communicators of my row and my column; those outside share one of their own,
 * which nobody uses. */
static sunzi_status split(sunzi_grid *g)
{
    const bool in = g->my_row >= 0;
    const sunzi_status status =
        sunzi_comm_split(g->comm, in ? g->my_row : g->rows, g->my_col, &g->row);
    if (status < 0)
        return status;
    return sunzi_comm_split(g->comm, in ? g->my_col : g->cols, g->my_row,
                            &g->col);
}

sunzi_status sunzi_grid_create(sunzi_comm *comm, int rows, int cols, char order,
                               sunzi_grid **grid)
{
    const int size = sunzi_comm_size(comm);
    void *block = NULL;
    sunzi_grid *g = NULL;
    sunzi_status status = check_shape(rows, cols, order, size);
    if (!grid)
        status = sunzi_fail(SUNZI_ERR_ARG,
                            "sunzi_grid_create: grid = NULL, allowed: where "
                            "the handle is to be stored");
    SUNZI_TRY(sunzi_comm_agree(comm, status));
    const sunzi_named named[] = {
        {"rows", rows}, {"cols", cols}, {"order", order}};
    SUNZI_TRY(sunzi_comm_same_values(comm, "sunzi_grid_create", 3, named));
    SUNZI_TRY(sunzi_comm_agree(
        comm, sunzi_allocate(sizeof *g, "process grid", &block)));
    g = block;
    *g = (sunzi_grid){.comm = comm,
                      .rows = rows ? rows : most_square(size),
                      .by_rows = order == 'R'};
    g->cols = cols ? cols : size / g->rows;
    place(g, sunzi_comm_rank(comm));
    SUNZI_TRY(split(g));
    *grid = g;
    return SUNZI_OK;
done:
    if (g) {
        sunzi_comm_destroy(&g->row);
        sunzi_comm_destroy(&g->col);
    }
    sunzi_release(block);
    return status;
}

void sunzi_grid_destroy(sunzi_grid **grid)
{
    if (!grid || !*grid)
        return;
    sunzi_comm_destroy(&(*grid)->row);
    sunzi_comm_destroy(&(*grid)->col);
    sunzi_release(*grid);
    *grid = NULL;
}

void sunzi_grid_shape(const sunzi_grid *grid, int *rows, int *cols)
{
    *rows = grid->rows;
    *cols = grid->cols;
}

void sunzi_grid_place(const sunzi_grid *grid, int *row, int *col)
{
    *row = grid->my_row;
    *col = grid->my_col;
}

int64_t sunzi_local_count(int64_t n, int64_t nb, int mine, int source,
                          int count)
{
    const sunzi_cyclic c = {n, nb, source, count};
    if (n < 0 || nb < 1 || count < 1 || mine < 0 || mine >= count ||
        source < 0 || source >= count)
        return 0;
    return sunzi_cyclic_count(&c, mine);
}

/* ---- descriptors ---- */

static sunzi_status bad(const char *function, const char *what,
                        const char *entry, int64_t got, const char *allowed,
                        int64_t limit)
{
    return sunzi_fail(SUNZI_ERR_ARG, "%s: %s of %s = %lld, allowed: %s %lld",
                      function, entry, what, (long long)got, allowed,
                      (long long)limit);
}

int64_t sunzi_local_rows(const sunzi_distribution *d)
{
    const int p = d->grid->my_row;
    return p < 0 ? 0 : sunzi_cyclic_count(&d->row, p);
}

int64_t sunzi_local_cols(const sunzi_distribution *d)
{
    const int p = d->grid->my_col;
    return p < 0 ? 0 : sunzi_cyclic_count(&d->col, p);
}

sunzi_status sunzi_distribution_from(const char *function, const char *what,
                                     const sunzi_grid *grid, const int *desc,
                                     sunzi_distribution *d)
{
    if (!desc)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: %s = NULL, allowed: a descriptor of %d "
                          "numbers; sunzi_descriptor_init fills it",
                          function, what, SUNZI_DESC_LENGTH);
    if (desc[SUNZI_DESC_TYPE] != 1)
        return bad(function, what, "type", desc[SUNZI_DESC_TYPE],
                   "a dense matrix's,", 1);
    if (desc[SUNZI_DESC_M] < 0)
        return bad(function, what, "m", desc[SUNZI_DESC_M], "at least", 0);
    if (desc[SUNZI_DESC_N] < 0)
        return bad(function, what, "n", desc[SUNZI_DESC_N], "at least", 0);
    if (desc[SUNZI_DESC_MB] < 1)
        return bad(function, what, "mb", desc[SUNZI_DESC_MB], "at least", 1);
    if (desc[SUNZI_DESC_NB] < 1)
        return bad(function, what, "nb", desc[SUNZI_DESC_NB], "at least", 1);
    if (desc[SUNZI_DESC_RSRC] < 0 || desc[SUNZI_DESC_RSRC] >= grid->rows)
        return bad(function, what, "rsrc", desc[SUNZI_DESC_RSRC], "0 to",
                   grid->rows - 1);
    if (desc[SUNZI_DESC_CSRC] < 0 || desc[SUNZI_DESC_CSRC] >= grid->cols)
        return bad(function, what, "csrc", desc[SUNZI_DESC_CSRC], "0 to",
                   grid->cols - 1);
    *d = (sunzi_distribution){.grid = grid,
                              .row = {desc[SUNZI_DESC_M], desc[SUNZI_DESC_MB],
                                      desc[SUNZI_DESC_RSRC], grid->rows},
                              .col = {desc[SUNZI_DESC_N], desc[SUNZI_DESC_NB],
                                      desc[SUNZI_DESC_CSRC], grid->cols},
                              .lld = desc[SUNZI_DESC_LLD]};
    const int64_t rows = sunzi_local_rows(d), least = rows > 1 ? rows : 1;
    if (grid->my_row >= 0 && d->lld < least)
        return bad(function, what, "lld", d->lld, "at least", least);
    return SUNZI_OK;
}

sunzi_status sunzi_descriptor_init(int *desc, const sunzi_grid *grid, int64_t m,
                                   int64_t n, int mb, int nb, int rsrc,
                                   int csrc, int64_t lld)
{
    static const char name[] = "sunzi_descriptor_init";
    sunzi_distribution d;
    int filled[SUNZI_DESC_LENGTH] = {1, -1};
    if (!desc || !grid)
        return sunzi_fail(SUNZI_ERR_ARG, "%s: %s = NULL, allowed: %s", name,
                          desc ? "grid" : "desc",
                          desc ? "a process grid"
                               : "room for SUNZI_DESC_LENGTH numbers");
    if (m > INT_MAX || n > INT_MAX || lld > INT_MAX)
        return bad(name, "desc", "m, n or lld",
                   m > INT_MAX   ? m
                   : n > INT_MAX ? n
                                 : lld,
                   "at most", INT_MAX);
    if (lld == 0) {
        lld = sunzi_local_count(m, mb, grid->my_row, rsrc, grid->rows);
        lld = lld < 1 ? 1 : lld;
    }
    filled[SUNZI_DESC_M] = (int)m;
    filled[SUNZI_DESC_N] = (int)n;
    filled[SUNZI_DESC_MB] = mb;
    filled[SUNZI_DESC_NB] = nb;
    filled[SUNZI_DESC_RSRC] = rsrc;
    filled[SUNZI_DESC_CSRC] = csrc;
    filled[SUNZI_DESC_LLD] = (int)lld;
    const sunzi_status status =
        sunzi_distribution_from(name, "desc", grid, filled, &d);
    for (int i = 0; i < SUNZI_DESC_LENGTH && status == SUNZI_OK; i++)
        desc[i] = filled[i];
    return status;
}
