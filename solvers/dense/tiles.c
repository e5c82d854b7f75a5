/* SPDX-License-Identifier: BSD-3-Clause */
/* Layout of matrices in tiles, and sums over processes in a fixed order. */
#include "solvers/dense/tiles.h"

#include <math.h>
#include <string.h>

#include "core/integer.h"
#include "core/status.h"
#include "precision/eft.h"

int sunzi_tile_start(const sunzi_cyclic *c, int place, int k)
{
    const int64_t first = (int64_t)k * SUNZI_TILE;
    return (int)sunzi_cyclic_before(c, place, first < c->n ? first : c->n);
}

int sunzi_tile_size(const sunzi_tiles *t, int k)
{
    const int left = t->n - k * SUNZI_TILE;
    return left < SUNZI_TILE ? left : SUNZI_TILE;
}

int64_t sunzi_tiles_diagonal(const sunzi_tiles *t, int64_t row_stride,
                             int64_t col_stride, int i)
{
    if (!t->inside || sunzi_cyclic_owner(&t->row, i) != t->grid->my_row ||
        sunzi_cyclic_owner(&t->col, i) != t->grid->my_col)
        return -1;
    return sunzi_cyclic_local(&t->row, i) * row_stride +
           sunzi_cyclic_local(&t->col, i) * col_stride;
}

/* Tiles of a dimension that place p of it holds. */
static int tiles_of(const sunzi_tiles *t, const sunzi_cyclic *c, int p)
{
    return (t->count - p + c->count - 1) / c->count;
}

enum { SWEEP_PARTS = 3 };

/* Numbers of one vector in a table. */
static size_t table_size(const sunzi_tiles *t, bool by_rows)
{
    const int tiles = by_rows ? tiles_of(t, &t->col, t->grid->my_col)
                              : tiles_of(t, &t->row, t->grid->my_row);
    return t->inside
               ? sunzi_size_product((size_t)tiles,
                                    (size_t)(by_rows ? t->rows : t->cols), 1)
               : 0;
}

static sunzi_status take_room(sunzi_tiles *t)
{
    const size_t rows = table_size(t, true), cols = table_size(t, false);
    const size_t vectors = (size_t)t->vectors;
    const size_t out = vectors * sunzi_max_size(rows, cols);
    const size_t table = sunzi_max_size(out, SWEEP_PARTS * (rows + cols));
    /* what is received: of all tiles, a share of the indices (a combination) or
     * a tile of them (a solve) */
    const size_t share =
        sunzi_max_size(sunzi_max_size((size_t)(t->rows / t->grid->cols + 1),
                                      (size_t)(t->cols / t->grid->rows + 1)),
                       SUNZI_TILE);
    const size_t in = t->inside ? vectors * share * (size_t)t->count : 0;
    const size_t result = vectors * (size_t)t->n;
    const size_t messages =
        2 * (size_t)(t->grid->rows + t->grid->cols) * sizeof *t->messages;
    t->bytes = sizeof(double) * (table + out + in + result) + messages;
    const sunzi_status status =
        sunzi_pool_take(t->ctx->pool, t->bytes,
                        "partial sums of a distributed solve", &t->block);
    if (status < 0)
        return status;
    t->table = t->block;
    t->result = t->table + table;
    t->out = (char *)(t->result + result);
    t->in = (char *)(t->result + result + out);
    t->messages = (sunzi_message *)(void *)(t->result + result + out + in);
    return SUNZI_OK;
}

sunzi_status sunzi_tiles_create(sunzi_context *ctx, const sunzi_grid *grid,
                                int n, int columns, sunzi_tiles *t)
{
    /* parts of a residual with magnitudes, as many as those of a sweep */
    const int wanted = SWEEP_PARTS * sunzi_min32(columns, SUNZI_TILES_TOGETHER);
    *t =
        (sunzi_tiles){.ctx = ctx,
                      .grid = grid,
                      .row = {n, SUNZI_TILE, 0, grid->rows},
                      .col = {n, SUNZI_TILE, 0, grid->cols},
                      .n = n,
                      .count = (n + SUNZI_TILE - 1) / SUNZI_TILE,
                      .inside = grid->my_row >= 0,
                      .vectors = sunzi_min32(columns > 0 ? wanted : SWEEP_PARTS,
                                             SUNZI_TILES_TOGETHER),
                      .failed = SUNZI_OK};
    if (t->inside) {
        t->rows = (int)sunzi_cyclic_count(&t->row, grid->my_row);
        t->cols = (int)sunzi_cyclic_count(&t->col, grid->my_col);
    }
    return sunzi_comm_agree(grid->comm, take_room(t));
}

void sunzi_tiles_destroy(sunzi_tiles *t)
{
    if (t->ctx)
        sunzi_pool_give(t->ctx->pool, &t->block);
}

sunzi_status sunzi_tiles_agree(const sunzi_tiles *t, sunzi_status status)
{
    return t ? sunzi_comm_agree(t->grid->comm, status) : status;
}

sunzi_status sunzi_tiles_status(sunzi_tiles *t)
{
    return sunzi_tiles_agree(t, t->failed);
}

bool sunzi_tiles_keep(sunzi_tiles *t, sunzi_status status)
{
    if (t->failed == SUNZI_OK && status < 0)
        t->failed = status;
    return t->failed == SUNZI_OK;
}

/* The sum of a number's bits and zeros is the number. */
void sunzi_tiles_assemble(sunzi_tiles *t, double *v, size_t count)
{
    if (t->failed == SUNZI_OK)
        sunzi_tiles_keep(t, sunzi_comm_reduce(t->grid->comm, SUNZI_REDUCE_SUM,
                                              v, (int)count));
    if (t->failed < 0)
        for (size_t i = 0; i < count; i++)
            v[i] = NAN; /* ends every iteration */
}

void sunzi_tiles_max(sunzi_tiles *t, double *v, int count)
{
    if (t->failed == SUNZI_OK)
        sunzi_tiles_keep(t, sunzi_comm_reduce(t->grid->comm,
                                              SUNZI_REDUCE_MAX_F64, v, count));
}

/* One combination: `len` indices, tiles dealt by `across` over `comm`. */
typedef struct combination {
    sunzi_tiles *t;
    sunzi_comm *comm;
    const sunzi_cyclic *along, *across;
    int me, my_place;    /* of across, of along */
    int64_t len;         /* local indices */
    const double *table; /* [local tiles][vectors][len] */
    sunzi_tile_sums sums;
    int vectors;
} combination;

/* Process s of the combination adds the indices share(s) .. share(s + 1) - 1.
 */
static int64_t share(const combination *c, int s)
{
    return c->len * s / c->across->count;
}

/* Vectors that process s sends: of all its tiles. */
static int64_t sent_by(const combination *c, int s)
{
    return (int64_t)tiles_of(c->t, c->across, s) * c->vectors;
}

/* Where process s's partial results are: its tiles of my share. */
static const double *received(const combination *c, int s)
{
    const int64_t mine = share(c, c->me + 1) - share(c, c->me);
    const double *at = (const double *)(void *)c->t->in;
    for (int p = 0; p < s; p++)
        if (p != c->me)
            at += sent_by(c, p) * mine;
    return at;
}

static double *pack_share(const combination *c, int s, double *out)
{
    const int64_t from = share(c, s), count = share(c, s + 1) - from;
    for (int64_t v = 0; v < sent_by(c, c->me); v++, out += count)
        memcpy(out, c->table + v * c->len + from, (size_t)count * sizeof *out);
    return out;
}

static sunzi_status exchange_shares(const combination *c)
{
    double *out = (double *)(void *)c->t->out;
    const int64_t mine = share(c, c->me + 1) - share(c, c->me);
    int count = 0;
    for (int s = 0; s < c->across->count; s++) {
        if (s == c->me)
            continue;
        double *end = pack_share(c, s, out);
        c->t->messages[count++] =
            (sunzi_message){s, 0, true, out, (size_t)(end - out) * sizeof *out};
        out = end;
        c->t->messages[count++] =
            (sunzi_message){s, 0, false, (void *)(uintptr_t)received(c, s),
                            (size_t)(sent_by(c, s) * mine) * sizeof *out};
    }
    return sunzi_comm_exchange(c->comm, count, c->t->messages);
}

static void add(int64_t count, const double *restrict x, double *restrict sum)
{
    for (int64_t i = 0; i < count; i++)
        sum[i] += x[i];
}

static void add_twice(int64_t count, const double *restrict x,
                      const double *restrict x_low, double *restrict sum,
                      double *restrict low)
{
    for (int64_t i = 0; i < count; i++) {
        double error;
        sum[i] = sunzi_two_sum(sum[i], x[i], &error);
        low[i] += x_low[i] + error;
    }
}

static void take_larger(int64_t count, const double *restrict x,
                        double *restrict most)
{
    for (int64_t i = 0; i < count; i++)
        most[i] = x[i] > most[i] ? x[i] : most[i];
}

/* acc += tile, the parts of one result, `count` numbers each, at strides. */
static void add_tile(sunzi_tile_sums sums, int64_t count, const double *tile,
                     int64_t stride, double *acc, int64_t acc_stride)
{
    int part = 0;
    if (sums.kind == SUNZI_TILE_TWICE) {
        add_twice(count, tile, tile + stride, acc, acc + acc_stride);
        part = 2;
    }
    for (; part < sums.parts; part++) {
        const double *from = tile + part * stride;
        double *to = acc + part * acc_stride;
        if (sums.kind == SUNZI_TILE_SWEEP && part == sums.parts - 1)
            take_larger(count, from, to);
        else
            add(count, from, to);
    }
}

/* Local indices first .. first + count - 1, consecutive globally: all results
 * of one tile, which lie at a stride. */
static void add_results(const combination *c, int64_t first, int64_t count,
                        const double *tile, int64_t stride)
{
    const int64_t n = c->t->n;
    double *acc =
        c->t->result + sunzi_cyclic_global(c->along, c->my_place, first);
    for (int v = 0; v < c->vectors; v += c->sums.parts)
        add_tile(c->sums, count, tile + v * stride, stride, acc + v * n, n);
}

/* My share, in pieces that are consecutive globally, tile by tile. */
static void add_share(const combination *c)
{
    const int64_t first = share(c, c->me), end = share(c, c->me + 1);
    const int64_t mine = end - first;
    for (int64_t i = first; i < end;) {
        const int64_t stop_tile = (i / SUNZI_TILE + 1) * SUNZI_TILE;
        const int64_t stop = stop_tile < end ? stop_tile : end;
        for (int tile = 0; tile < c->t->count; tile++) {
            const int owner = tile % c->across->count;
            const int64_t at = (int64_t)(tile / c->across->count) * c->vectors;
            if (owner == c->me)
                add_results(c, i, stop - i, c->table + at * c->len + i, c->len);
            else
                add_results(c, i, stop - i,
                            received(c, owner) + at * mine + (i - first), mine);
        }
        i = stop;
    }
}

void sunzi_tiles_combine(sunzi_tiles *t, bool by_rows, const double *table,
                         sunzi_tile_sums sums)
{
    const sunzi_grid *g = t->grid;
    const combination c = {.t = t,
                           .comm = by_rows ? g->row : g->col,
                           .along = by_rows ? &t->row : &t->col,
                           .across = by_rows ? &t->col : &t->row,
                           .me = by_rows ? g->my_col : g->my_row,
                           .my_place = by_rows ? g->my_row : g->my_col,
                           .len = by_rows ? t->rows : t->cols,
                           .table = table,
                           .sums = sums,
                           .vectors = sums.parts * sums.count};
    const size_t all = (size_t)c.vectors * (size_t)t->n;
    memset(t->result, 0, all * sizeof *t->result);
    if (t->inside && t->failed == SUNZI_OK &&
        sunzi_tiles_keep(t, exchange_shares(&c)))
        add_share(&c);
    sunzi_tiles_assemble(t, t->result, all);
}
