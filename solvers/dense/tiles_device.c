/* SPDX-License-Identifier: BSD-3-Clause */
/* What tiles_device.h says. */
#include "solvers/dense/tiles_device.h"

#include <string.h>

#include "core/integer.h"
#include "engines/kernel/basic.k.h"
#include "engines/launch.h"
#include "solvers/dense/factors_device.h"
#include "solvers/dense/lu.k.h"

enum { MEMORIES = 8, MOVES = 2 * SUNZI_TILE };

struct sunzi_tile_device {
    sunzi_context *ctx;
    int rows, cols;
    int64_t ld;
    sunzi_memory *a;     /* [rows][ld] */
    sunzi_memory *panel; /* [rows][SUNZI_TILE] */
    sunzi_memory *other; /* [SUNZI_TILE][cols] or its transpose */
    sunzi_memory *out;   /* what leaves `a`, side by side */
    sunzi_memory *in;    /* rows that arrive */
    sunzi_memory *count; /* 0 1 2 ... */
    sunzi_memory *plan;  /* rows that are taken, rows where they are placed */
    sunzi_memory *never; /* the flag of a failure that the update looks at: 0 */
    bool by_unit;
    sunzi_lu_operands low;
    size_t bytes;
    sunzi_status failed;
};

static void keep(sunzi_tile_device *d, sunzi_status status)
{
    if (d->failed == SUNZI_OK && status < 0)
        d->failed = status;
}

/* ---- memory ---- */

static sunzi_status fill_words(sunzi_tile_device *d)
{
    void *words = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_fill(d->count, &words));
    for (size_t i = 0; i < sunzi_memory_bytes(d->count) / sizeof(int); i++)
        ((int *)words)[i] = (int)i;
    SUNZI_TRY(sunzi_memory_room(d->count));
    SUNZI_TRY(sunzi_memory_clear(d->never));
done:
    return status;
}

static sunzi_status take_room(sunzi_tile_device *d, const sunzi_factors *f)
{
    const size_t rows = (size_t)d->rows, cols = (size_t)d->cols;
    const size_t tall = sunzi_max_size(rows, SUNZI_TILE);
    const size_t wide = sunzi_max_size(cols, SUNZI_TILE);
    const size_t strip = SUNZI_TILE * sizeof(float);
    const size_t moved =
        f->cholesky ? 0 : MOVES * SUNZI_SWAP_COLUMNS * sizeof(float);
    const struct {
        sunzi_memory **memory;
        size_t bytes;
    } all[MEMORIES] = {
        {&d->a, f->bytes},
        {&d->panel, tall * strip},
        {&d->other, wide * strip},
        {&d->out, sunzi_max_size(sunzi_max_size(tall, wide) * strip, moved)},
        {&d->in, f->tiles->row.count > 1 ? moved : 0},
        {&d->count, tall * sizeof(int)},
        {&d->plan, 2 * MOVES * sizeof(int)},
        {&d->never, sizeof(int32_t)}};
    sunzi_status status;
    for (int i = 0; i < MEMORIES; i++)
        d->bytes += all[i].bytes;
    if (d->bytes > sunzi_memory_left(d->ctx))
        return SUNZI_ERR_NOMEM;
    for (int i = 0; i < MEMORIES; i++) {
        SUNZI_TRY(sunzi_memory_create(d->ctx, all[i].bytes,
                                      "distributed factors", all[i].memory));
        SUNZI_TRY(sunzi_memory_take(*all[i].memory));
    }
    if (d->by_unit) {
        const sunzi_unit unit = d->low.unit;
        SUNZI_TRY(sunzi_lu_operands_take(d->ctx, unit, d->rows, d->cols,
                                         SUNZI_TILE, &d->low));
    }
    status = fill_words(d);
done:
    return status;
}

sunzi_status sunzi_tile_device_create(sunzi_context *ctx,
                                      const sunzi_factors *f,
                                      sunzi_tile_device **device)
{
    void *block = NULL;
    sunzi_status status;
    *device = NULL;
    SUNZI_TRY(sunzi_allocate(sizeof **device, "distributed factors", &block));
    sunzi_tile_device *d = *device = block;
    *d = (sunzi_tile_device){.ctx = ctx,
                             .rows = f->tiles->rows,
                             .cols = f->tiles->cols,
                             .ld = f->ld,
                             .failed = SUNZI_OK};
    d->by_unit = sunzi_lu_unit(ctx, f->factor, &d->low.unit);
    status = take_room(d, f);
    if (status == SUNZI_ERR_NOMEM)
        status = sunzi_fail(
            SUNZI_ERR_NOMEM,
            "distributed factors: %zu bytes on the device of a process could "
            "not be allocated, %zu are left; use more processes, or an engine "
            "of the CPU",
            d->bytes, sunzi_memory_left(ctx));
done:
    return status;
}

void sunzi_tile_device_destroy(sunzi_tile_device **device)
{
    sunzi_tile_device *d = *device;
    if (!d)
        return;
    sunzi_memory **all[MEMORIES] = {&d->a,  &d->panel, &d->other, &d->out,
                                    &d->in, &d->count, &d->plan,  &d->never};
    for (int i = 0; i < MEMORIES; i++)
        sunzi_memory_destroy(all[i]);
    sunzi_lu_operands_drop(&d->low);
    sunzi_release(d);
    *device = NULL;
}

size_t sunzi_tile_device_bytes(const sunzi_tile_device *d)
{
    return d->bytes;
}

bool sunzi_tile_device_by_unit(const sunzi_tile_device *d)
{
    return d->by_unit;
}

sunzi_status sunzi_tile_device_status(const sunzi_tile_device *d)
{
    return d->failed;
}

/* ---- what crosses ---- */

void sunzi_tile_device_bring(sunzi_tile_device *d, const float *a)
{
    if (d->failed == SUNZI_OK)
        keep(d, sunzi_memory_put(d->a, a, sunzi_memory_bytes(d->a)));
}

/* `rows` rows of `a` side by side: those of a list from its element `first` on.
 */
static sunzi_status gather(const sunzi_tile_device *d, sunzi_memory *list,
                           int64_t place, int rows, int cols)
{
    return SUNZI_LAUNCH(d->ctx, k_gather, sunzi_range2(rows, cols),
                        .from = {d->a, place}, .place = {list}, .to = {d->out},
                        .words = cols, .stride = d->ld);
}

static sunzi_status fetch(const sunzi_tile_device *d, int64_t place, int rows,
                          int cols, void *to, size_t bytes)
{
    sunzi_status status;
    SUNZI_TRY(gather(d, d->count, place, rows, cols));
    SUNZI_TRY(sunzi_memory_peek(d->out, 0, to, bytes));
done:
    return status;
}

/* All bits set are a NaN. */
static void spoil(void *numbers, size_t bytes)
{
    if (bytes > 0)
        memset(numbers, 0xFF, bytes);
}

void sunzi_tile_device_fetch(sunzi_tile_device *d, int row, int rows, int col,
                             int cols, void *to)
{
    const size_t bytes = (size_t)rows * (size_t)cols * sizeof(float);
    if (rows <= 0 || cols <= 0)
        return;
    if (d->failed == SUNZI_OK)
        keep(d, fetch(d, row * d->ld + col, rows, cols, to, bytes));
    if (d->failed < 0)
        spoil(to, bytes);
}

void sunzi_tile_device_operands(sunzi_tile_device *d, const void *panel,
                                int rows, const void *other, int64_t count)
{
    if (d->failed < 0 || rows <= 0 || count <= 0)
        return;
    keep(d, sunzi_memory_put(d->panel, panel,
                             (size_t)rows * SUNZI_TILE * sizeof(float)));
    if (d->failed == SUNZI_OK)
        keep(d,
             sunzi_memory_put(d->other, other, (size_t)count * sizeof(float)));
}

/* ---- updates ---- */

static sunzi_status by_kernel(const sunzi_tile_device *d,
                              const sunzi_tile_update *u)
{
    return SUNZI_LAUNCH(d->ctx, lu_update,
                        sunzi_range2((u->rows + LU_TILE - 1) / LU_TILE,
                                     (u->cols + LU_TILE - 1) / LU_TILE),
                        .c = {d->a, u->row * d->ld + u->col},
                        .l = {d->panel, (int64_t)u->panel_row * SUNZI_TILE},
                        .u = {d->other, u->at}, .failed = {d->never},
                        .ld = d->ld, .ldl = SUNZI_TILE, .u_row = u->row_stride,
                        .u_col = u->col_stride, .rows = u->rows,
                        .cols = u->cols, .depth = u->depth, .symmetric = false);
}

static sunzi_status by_unit(const sunzi_tile_device *d,
                            const sunzi_tile_update *u)
{
    const bool transposed = u->col_stride != 1;
    return sunzi_lu_operands_update(
        &d->low,
        &(sunzi_lu_update){
            .rows = u->rows,
            .cols = u->cols,
            .depth = u->depth,
            .transposed = transposed,
            .l = {d->panel, (int64_t)u->panel_row * SUNZI_TILE, SUNZI_TILE, 0},
            .u = {d->other, u->at, transposed ? u->col_stride : u->row_stride,
                  0},
            .c = {d->a, u->row * d->ld + u->col, d->ld, 0}});
}

void sunzi_tile_device_update(sunzi_tile_device *d, const sunzi_tile_update *u)
{
    if (d->failed < 0 || u->rows <= 0 || u->cols <= 0)
        return;
    keep(d, d->by_unit ? by_unit(d, u) : by_kernel(d, u));
}

/* ---- exchanges of rows ---- */

void sunzi_tile_device_plan(sunzi_tile_device *d, const sunzi_row_plan *p)
{
    int rows[2 * MOVES];
    memcpy(rows, p->source, sizeof p->source);
    memcpy(rows + MOVES, p->target, sizeof p->target);
    if (d->failed == SUNZI_OK)
        keep(d, sunzi_memory_put(d->plan, rows, sizeof rows));
}

void sunzi_tile_device_take(sunzi_tile_device *d, const sunzi_row_plan *p,
                            int col, int cols, void *out)
{
    const size_t bytes = (size_t)p->leave * (size_t)cols * sizeof(float);
    const int rows = p->leave + p->stay;
    if (rows > 0 && d->failed == SUNZI_OK)
        keep(d, gather(d, d->plan, col, rows, cols));
    if (d->failed == SUNZI_OK)
        keep(d, sunzi_memory_peek(d->out, 0, out, bytes));
    if (d->failed < 0)
        spoil(out, bytes);
}

/* `rows` rows side by side, to those of the plan from `at` on. */
static sunzi_status scatter(const sunzi_tile_device *d, sunzi_memory *from,
                            int64_t first, int at, int rows, int col, int cols)
{
    return SUNZI_LAUNCH(d->ctx, k_scatter, sunzi_range2(rows, cols),
                        .from = {from, first}, .place = {d->plan, MOVES + at},
                        .to = {d->a, col}, .words = cols, .stride = d->ld);
}

void sunzi_tile_device_place(sunzi_tile_device *d, const sunzi_row_plan *p,
                             int col, int cols, const void *in)
{
    const size_t bytes = (size_t)p->arrive * (size_t)cols * sizeof(float);
    if (p->arrive > 0 && d->failed == SUNZI_OK)
        keep(d, sunzi_memory_put(d->in, in, bytes));
    if (p->arrive > 0 && d->failed == SUNZI_OK)
        keep(d, scatter(d, d->in, 0, 0, p->arrive, col, cols));
    if (p->stay > 0 && d->failed == SUNZI_OK)
        keep(d, scatter(d, d->out, (int64_t)p->leave * cols, p->arrive, p->stay,
                        col, cols));
}
