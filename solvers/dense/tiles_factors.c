/* SPDX-License-Identifier: BSD-3-Clause */
/* Factors of a matrix in tiles: loading, workspace, the choice of the type. */
#include "solvers/dense/tiles_factors.h"

#include <math.h>
#include <string.h>

#include "engines/engine.h"
#include "precision/update.h"
#include "solvers/dense/tiles_device.h"

/* Place of global row `row` among the rows that are exchanged, added if it is
 * not there yet. */
static int place_of(int first, int width, int row, sunzi_row_moves *all)
{
    if (row - first < width)
        return row - first;
    for (int i = width; i < all->count; i++)
        if (all->row[i] == row)
            return i;
    all->row[all->count] = all->source[all->count] = row;
    return all->count++;
}

void sunzi_row_moves_of(int first, int width, const int32_t *pivots,
                        sunzi_row_moves *moves)
{
    sunzi_row_moves all = {.count = width};
    for (int i = 0; i < width; i++)
        all.row[i] = all.source[i] = first + i;
    for (int i = 0; i < width; i++) {
        const int j = place_of(first, width, pivots[i], &all);
        const int kept = all.source[i];
        all.source[i] = all.source[j];
        all.source[j] = kept;
    }
    moves->count = 0;
    for (int i = 0; i < all.count; i++)
        if (all.row[i] != all.source[i]) {
            moves->row[moves->count] = all.row[i];
            moves->source[moves->count++] = all.source[i];
        }
}

void sunzi_row_plan_of(const sunzi_tiles *t, const sunzi_row_moves *moves,
                       sunzi_row_plan *p)
{
    const sunzi_cyclic *c = &t->row;
    const int me = t->grid->my_row;
    int out = 0, in = 0;
    *p = (sunzi_row_plan){.leave = 0};
    for (int step = 1; step <= c->count; step++) { /* this process comes last */
        const int place = (me + step) % c->count;
        if (place == me) {
            p->leave = out;
            p->arrive = in;
        }
        for (int i = 0; i < moves->count; i++) {
            const int from = sunzi_cyclic_owner(c, moves->source[i]);
            const int to = sunzi_cyclic_owner(c, moves->row[i]);
            if (from == me && to == place) {
                p->to[out] = place;
                p->source[out++] = (int)sunzi_cyclic_local(c, moves->source[i]);
            }
            if (to == me && from == place) {
                p->from[in] = place;
                p->target[in++] = (int)sunzi_cyclic_local(c, moves->row[i]);
            }
        }
    }
    p->stay = out - p->leave;
}

/* Rows of one place are one message. */
static int messages_with(const int *place, int rows, bool send, char *data,
                         size_t row_bytes, sunzi_message *messages)
{
    int count = 0;
    for (int i = 0, next; i < rows; i = next) {
        for (next = i + 1; next < rows && place[next] == place[i];)
            next++;
        messages[count++] =
            (sunzi_message){place[i], 2, send, data + (size_t)i * row_bytes,
                            (size_t)(next - i) * row_bytes};
    }
    return count;
}

int sunzi_row_messages(const sunzi_row_plan *p, char *out, char *in,
                       size_t row_bytes, sunzi_message *messages)
{
    const int sent =
        messages_with(p->to, p->leave, true, out, row_bytes, messages);
    return sent + messages_with(p->from, p->arrive, false, in, row_bytes,
                                messages + sent);
}

/* ---- loading ---- */

/* Local rows i0 .. and columns j0 .., whose global indices are consecutive. */
static double copy_piece(const sunzi_context *ctx, const sunzi_dense *a,
                         const sunzi_factors *f, int i0, int rows, int j0,
                         int cols)
{
    const sunzi_tiles *t = f->tiles;
    return sunzi_factors_copy(
        ctx, a, f,
        (sunzi_factors_piece){
            i0, j0, sunzi_cyclic_global(&t->row, t->grid->my_row, i0),
            sunzi_cyclic_global(&t->col, t->grid->my_col, j0), rows, cols});
}

/* Tile (I, J): all of it, or its lower triangle; nothing above the diagonal. */
static double copy_tile(const sunzi_context *ctx, const sunzi_dense *a,
                        const sunzi_factors *f, int I, int J)
{
    const sunzi_tiles *t = f->tiles;
    const int i0 = sunzi_tile_start(&t->row, t->grid->my_row, I);
    const int j0 = sunzi_tile_start(&t->col, t->grid->my_col, J);
    const int rows = sunzi_tile_size(t, I), cols = sunzi_tile_size(t, J);
    double most = 0;
    if (!f->cholesky || I > J)
        return copy_piece(ctx, a, f, i0, rows, j0, cols);
    for (int i = 0; i < rows && I == J; i++) {
        const double size = copy_piece(ctx, a, f, i0 + i, 1, j0, i + 1);
        most = isfinite(size) ? fmax(most, size) : INFINITY;
    }
    return most;
}

void sunzi_tiles_load(sunzi_context *ctx, const sunzi_dense *a,
                      sunzi_factors *f)
{
    sunzi_tiles *t = f->tiles;
    double most = 0;
    if (f->cholesky) /* what is above the diagonal is updated, never used */
        memset(f->data, 0, f->bytes);
    if (t->inside) {
#pragma omp parallel for schedule(dynamic) num_threads(sunzi_threads(ctx))     \
    reduction(max                                                              \
              : most)
        for (int I = t->grid->my_row; I < t->count; I += t->row.count)
            for (int J = t->grid->my_col; J < t->count; J += t->col.count) {
                const double size = copy_tile(ctx, a, f, I, J);
                most = isfinite(size) ? fmax(most, size) : INFINITY;
            }
    }
    sunzi_tiles_max(t, &most, 1);
    f->largest = most;
}

/* ---- factorizing ---- */

static size_t lines(size_t bytes)
{
    return (bytes + 63) / 64 * 64;
}

/* Workspace of one factorization, placed in one block. */
static sunzi_status take_room(sunzi_context *ctx, const sunzi_factors *f,
                              sunzi_tile_job *job, void **block)
{
    const sunzi_tiles *t = f->tiles;
    const size_t size = f->single ? sizeof(float) : sizeof(double);
    const size_t rows = (size_t)t->rows, cols = (size_t)t->cols;
    const size_t wide = cols > SUNZI_TILE ? cols : SUNZI_TILE;
    const size_t panel = lines(SUNZI_PANEL_HEAD + rows * SUNZI_TILE * size);
    const size_t across = lines(wide * SUNZI_TILE * size);
    const size_t corner = SUNZI_PANEL_HEAD + SUNZI_TILE * SUNZI_TILE * size;
    const size_t swap = 2 * SUNZI_TILE * (size_t)SUNZI_SWAP_COLUMNS;
    const size_t exchanged =
        lines((f->cholesky ? wide * SUNZI_TILE : swap) * size);
    const size_t work = lines(rows * SUNZI_LU_BASE * size);
    const size_t scratch =
        lines(f->single ? sunzi_update_scratch_bytes(f->factor, t->rows,
                                                     (int)wide, SUNZI_TILE)
                        : wide * SUNZI_LU_EMULATED_DEPTH * size);
    const sunzi_status status = sunzi_pool_take(
        ctx->pool, 2 * panel + across + corner + 2 * exchanged + work + scratch,
        "distributed factors", block);
    if (status < 0)
        return status;
    char *next = *block;
    job->panels[0] = next;
    job->panels[1] = next += panel;
    job->across = next += panel;
    job->corner = next += across;
    job->out = next += corner;
    job->in = next += exchanged;
    job->lu.work = next += exchanged;
    job->lu.scratch = next + work;
    return SUNZI_OK;
}

/* From 1, as LAPACK's; also on processes outside of the grid. */
static sunzi_status deliver_pivots(const sunzi_factors *f)
{
    const sunzi_grid *g = f->tiles->grid;
    for (int i = 0; i < f->n && f->tiles->inside; i++)
        f->pivots[i]++;
    if (g->rows * g->cols == sunzi_comm_size(g->comm))
        return SUNZI_OK;
    return sunzi_comm_broadcast(g->comm, sunzi_grid_rank(g, 0, 0), f->pivots,
                                (size_t)f->n * sizeof *f->pivots);
}

/* Where the updates are made, what that takes, and what it had to give. */
static sunzi_status take_device(sunzi_context *ctx, sunzi_factors *f,
                                sunzi_tile_job *job)
{
    sunzi_status status = SUNZI_OK;
    if (!f->updated_there)
        return SUNZI_OK;
    /* panels are made here, in the precision in which they are stored */
    job->panel.factor = SUNZI_FACTOR_FP32;
    if (!f->tiles->inside)
        return SUNZI_OK;
    SUNZI_TRY(sunzi_tile_device_create(ctx, f, &job->device));
    f->device_bytes = sunzi_tile_device_bytes(job->device);
    f->by_unit = sunzi_tile_device_by_unit(job->device);
done:
    return status;
}

static int factorize(sunzi_tile_job *job, sunzi_factors *f)
{
    if (!f->single)
        return sunzi_tiles_f64(job, f->data);
    if (job->device)
        sunzi_tile_device_bring(job->device, f->data);
    return sunzi_tiles_f32(job, f->data);
}

sunzi_status sunzi_tiles_factorize(sunzi_context *ctx, sunzi_factors *f,
                                   int *bad)
{
    sunzi_tiles *t = f->tiles;
    sunzi_tile_job job = {.t = t, .pivots = f->pivots};
    void *block = NULL;
    double failed_at = 0;
    sunzi_status status;
    job.lu = (sunzi_lu_job){.ctx = ctx,
                            .factor = f->factor,
                            .ld = f->ld,
                            .threads = sunzi_threads(ctx)};
    status = take_room(ctx, f, &job, &block);
    job.panel = job.lu;
    if (!f->single)
        job.panel.factor = SUNZI_FACTOR_FP64;
    if (status == SUNZI_OK)
        status = take_device(ctx, f, &job);
    SUNZI_TRY(sunzi_tiles_agree(t, status));
    if (t->inside)
        failed_at = factorize(&job, f);
    sunzi_tiles_keep(t, job.lu.status);
    if (job.device)
        sunzi_tiles_keep(t, sunzi_tile_device_status(job.device));
    SUNZI_TRY(sunzi_tiles_status(t));
    sunzi_tiles_max(t, &failed_at, 1); /* for those outside of the grid */
    *bad = (int)failed_at;
    if (f->pivots && *bad == 0)
        SUNZI_TRY(deliver_pivots(f));
done:
    sunzi_tile_device_destroy(&job.device);
    sunzi_pool_give(ctx->pool, &block);
    return status;
}
