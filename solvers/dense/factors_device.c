/* SPDX-License-Identifier: BSD-3-Clause */
/* LU and Cholesky factors, stored in FP32, on the device of the context; see
 * lu.k.h, cholesky.k.h, and factors_units.c for its own products. */
#include <string.h>

#include "core/integer.h"
#include "engines/device.h"
#include "engines/launch.h"
#include "solvers/dense/cholesky.k.h"
#include "solvers/dense/factors_device.h"
#include "solvers/dense/factors_job.h"
#include "solvers/dense/factors_store.h"
#include "solvers/dense/lu.k.h"

_Static_assert(LU_BASE == SUNZI_LU_BASE && CHOLESKY_BASE == LU_BASE,
               "the rows of U whose triangle is inverted as one");
_Static_assert(LU_BLOCK == CHOLESKY_BLOCK, "the update of both");

typedef sunzi_device_lu device_lu;

static k_range columns(int from, int end)
{
    return (k_range){{0, 0, from}, {1, 1, end > from ? end : from}};
}

/* The columns first .. first + width - 1 leave the columns from .. end - 1 of
 * the rows below, up to `last`; cholesky: by their own transpose. */
static sunzi_status subtract(const device_lu *s, bool cholesky, int first,
                             int width, int last, int from, int end)
{
    const int rows = last - first - width, cols = end - from;
    const int64_t below = (first + width) * s->ld;
    if (rows <= 0 || cols <= 0)
        return SUNZI_OK;
    return SUNZI_LAUNCH(
        s->ctx, lu_update,
        sunzi_range2((rows + LU_TILE - 1) / LU_TILE,
                     (cols + LU_TILE - 1) / LU_TILE),
        .c = {s->a, below + from}, .l = {s->a, below + first},
        .u = {s->a, cholesky ? from * s->ld + first : first * s->ld + from},
        .failed = {s->failed}, .ld = s->ld, .ldl = s->ld,
        .u_row = cholesky ? 1 : s->ld, .u_col = cholesky ? s->ld : 1,
        .rows = rows, .cols = cols, .depth = width, .symmetric = cholesky);
}

/* Columns from .. end - 1 of the rows up to `last` after the columns first ..
 * first + width - 1 of L are known; slot: where the inverses of their triangles
 * begin. */
static sunzi_status update(const device_lu *s, int first, int width,
                           int64_t slot, int last, int from, int end)
{
    sunzi_status status;
    SUNZI_TRY(SUNZI_LAUNCH(s->ctx, lu_top, columns(from, end), .a = {s->a},
                           .inverse = {s->inverse, slot}, .failed = {s->failed},
                           .ld = s->ld, .first = first, .width = width));
    SUNZI_TRY(subtract(s, false, first, width, last, from, end));
done:
    return status;
}

/* Where the inverse of the triangle at `first` is kept. */
static int64_t inverse_of(int outer, int first)
{
    return (int64_t)(first - outer) * LU_BASE;
}

/* LU_NARROW columns of a panel of the block at `first`, from column `at` of the
 * block on, from a buffer to the other. */
static sunzi_status narrow(const device_lu *s, int first, int panel, int width,
                           int at, int from)
{
    const bool large = s->ctx->device->limits.group_items >= 1024;
    const lu_narrow_1024_args args = {
        .from = {s->work[from]},
        .to = {s->work[1 - from]},
        .pivots = {s->pivots},
        .failed = {s->failed},
        .ldw = s->ldw,
        .n = s->n,
        .first = first,
        .panel = panel,
        .width = width,
        .at = at,
        .count = sunzi_min32(LU_NARROW, panel + width - at)};
    return sunzi_launch(
        s->ctx,
        large ? &sunzi_kernel_lu_narrow_1024 : &sunzi_kernel_lu_narrow_256,
        sunzi_range((s->n - first + LU_SHARE - 1) / LU_SHARE), &args);
}

/* The columns first .. end - 1, at most LU_BLOCK, with all rows below; and
 * their exchanges in the others. */
static sunzi_status block_columns(const device_lu *s, int outer, int first,
                                  int end)
{
    const int columns = end - first;
    const k_range tiles = sunzi_range((s->n - first + LU_BLOCK - 1) / LU_BLOCK);
    int side = 0;
    sunzi_status status;
    SUNZI_TRY(SUNZI_LAUNCH(s->ctx, lu_gather, tiles, .a = {s->a},
                           .to = {s->work[0]}, .ld = s->ld, .ldw = s->ldw,
                           .n = s->n, .first = first, .width = columns));
    for (int panel = 0; panel < columns; panel += LU_BASE) {
        const int width = sunzi_min32(LU_BASE, columns - panel);
        int now = side;
        for (int at = panel; at < panel + width; at += LU_NARROW, now = 1 - now)
            SUNZI_TRY(narrow(s, first, panel, width, at, now));
        if (panel + width < columns)
            SUNZI_TRY(
                SUNZI_LAUNCH(s->ctx, lu_rest, tiles, .from = {s->work[now]},
                             .to = {s->work[1 - now]}, .pivots = {s->pivots},
                             .failed = {s->failed}, .ldw = s->ldw, .n = s->n,
                             .first = first, .panel = panel, .width = columns));
        else
            SUNZI_TRY(SUNZI_LAUNCH(
                s->ctx, lu_finish, tiles, .last = {s->work[now]},
                .before = {s->work[side]}, .a = {s->a}, .pivots = {s->pivots},
                .failed = {s->failed}, .ld = s->ld, .ldw = s->ldw, .n = s->n,
                .first = first, .panel = panel, .width = width));
        side = 1 - side;
    }
    SUNZI_TRY(SUNZI_LAUNCH(
        s->ctx, lu_exchange, sunzi_range((s->n + LU_STRIP - 1) / LU_STRIP),
        .a = {s->a}, .inverse = {s->inverse, inverse_of(outer, first)},
        .pivots = {s->pivots}, .failed = {s->failed}, .ld = s->ld, .n = s->n,
        .first = first, .width = columns));
done:
    return status;
}

/* The columns outer .. outer_end - 1, LU_BLOCK at a time. */
static sunzi_status wide_panel(const device_lu *s, int outer, int outer_end)
{
    sunzi_status status = SUNZI_OK;
    for (int block = outer; block < outer_end; block += LU_BLOCK) {
        const int end = sunzi_min32(block + LU_BLOCK, outer_end);
        SUNZI_TRY(block_columns(s, outer, block, end));
        SUNZI_TRY(update(s, block, end - block, inverse_of(outer, block), s->n,
                         end, outer_end));
    }
done:
    return status;
}

/* Rows and columns from `end` on lose L21 U12, the columns and rows first ..
 * end - 1. */
static sunzi_status subtract_by_unit(const device_lu *s, int first, int end)
{
    return sunzi_lu_operands_update(
        &s->low, &(sunzi_lu_update){.rows = s->n - end,
                                    .cols = s->n - end,
                                    .depth = end - first,
                                    .l = {s->a, end * s->ld + first, s->ld, 0},
                                    .u = {s->a, first * s->ld + end, s->ld, 0},
                                    .c = {s->a, end * s->ld + end, s->ld, 0}});
}

/* The rest after that: the rows of U, then what they and L leave of it. */
static sunzi_status update_rest(const device_lu *s, int outer, int outer_end)
{
    sunzi_status status = SUNZI_OK;
    if (!s->by_unit)
        return update(s, outer, outer_end - outer, 0, s->n, outer_end, s->n);
    for (int block = outer; block < outer_end; block += LU_BLOCK)
        SUNZI_TRY(update(s, block, LU_BLOCK, inverse_of(outer, block),
                         outer_end, outer_end, s->n));
    SUNZI_TRY(subtract_by_unit(s, outer, outer_end));
done:
    return status;
}

static sunzi_status factorize(const device_lu *s)
{
    sunzi_status status = SUNZI_OK;
    for (int outer = 0; outer < s->n; outer += s->wide) {
        const int end = sunzi_min32(outer + s->wide, s->n);
        SUNZI_TRY(wide_panel(s, outer, end));
        if (end < s->n)
            SUNZI_TRY(update_rest(s, outer, end));
        sunzi_progress(s->ctx, "factorization", end, s->n);
    }
done:
    return status;
}

/* ---- Cholesky ---- */

static sunzi_status cholesky(const device_lu *s)
{
    sunzi_status status = SUNZI_OK;
    for (int block = 0; block < s->n; block += LU_BLOCK) {
        const int end = sunzi_min32(block + LU_BLOCK, s->n);
        const int groups = (s->n - end + CHOLESKY_ROWS - 1) / CHOLESKY_ROWS;
        SUNZI_TRY(SUNZI_LAUNCH(
            s->ctx, cholesky_block, sunzi_range(groups > 0 ? groups : 1),
            .a = {s->a}, .diagonal = {s->work[0]}, .failed = {s->failed},
            .ld = s->ld, .n = s->n, .first = block, .width = end - block));
        SUNZI_TRY(subtract(s, true, block, end - block, s->n, end, s->n));
        sunzi_progress(s->ctx, "factorization", end, s->n);
    }
    SUNZI_TRY(SUNZI_LAUNCH(s->ctx, cholesky_place,
                           sunzi_range2(s->n, CHOLESKY_BLOCK),
                           .diagonal = {s->work[0]}, .a = {s->a}, .ld = s->ld));
done:
    return status;
}

/* ---- memory ---- */

static int64_t buffer_rows(int n)
{
    return (int64_t)sunzi_round_up(n, 16);
}

size_t sunzi_device_lu_bytes(int n)
{
    return sunzi_size_product(2 * LU_BLOCK, (size_t)buffer_rows(n),
                              sizeof(float));
}

static sunzi_status bring(device_lu *s, const sunzi_factors *f)
{
    const size_t buffer = sunzi_device_lu_bytes(s->n) / 2;
    void *zero = NULL;
    sunzi_status status;
    s->a = f->device->data;
    s->ldw = buffer_rows(s->n);
    for (int k = 0; k < (f->cholesky ? 1 : 2); k++)
        SUNZI_TRY(sunzi_memory_create(s->ctx, buffer, "columns of factors",
                                      &s->work[k]));
    if (f->pivots) {
        const size_t bytes = (size_t)s->n * sizeof(int32_t);
        memset(f->pivots, 0, bytes);
        SUNZI_TRY(
            sunzi_memory_wrap(s->ctx, f->pivots, bytes, "pivots", &s->pivots));
    }
    SUNZI_TRY(sunzi_memory_create(s->ctx,
                                  (size_t)s->wide * LU_BASE * sizeof(float),
                                  "factors", &s->inverse));
    SUNZI_TRY(
        sunzi_memory_create(s->ctx, sizeof(int32_t), "factors", &s->failed));
    SUNZI_TRY(sunzi_memory_fill(s->failed, &zero));
    memset(zero, 0, sizeof(int32_t));
done:
    return status;
}

static sunzi_status fetch(const device_lu *s, int *bad)
{
    const void *failed = NULL, *unused;
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_read(s->failed, &failed));
    memcpy(bad, failed, sizeof *bad);
    if (*bad)
        return SUNZI_OK;
    if (s->pivots)
        SUNZI_TRY(sunzi_memory_read(s->pivots, &unused));
done:
    return status;
}

/* Without room for the operands of the device's own products its kernels update
 * in FP32. */
static sunzi_status take_operands(device_lu *s, sunzi_unit unit)
{
    const int wide = sunzi_lu_unit_width(unit);
    sunzi_status status;
    if (s->n > wide) {
        status =
            sunzi_lu_operands_take(s->ctx, unit, s->n, s->n, wide, &s->low);
        if (status == SUNZI_ERR_NOMEM) {
            sunzi_lu_operands_drop(&s->low);
            s->by_unit = false;
            sunzi_log(s->ctx, SUNZI_LOG_DECISION,
                      "factorization: not by the device's own products: %s",
                      sunzi_last_message());
            return SUNZI_OK;
        }
        if (status < 0)
            return status;
    }
    s->wide = wide;
    return SUNZI_OK;
}

sunzi_status sunzi_factorize_on_device(sunzi_context *ctx, sunzi_factors *f,
                                       int *bad)
{
    device_lu s = {.ctx = ctx, .n = f->n, .ld = f->ld, .wide = LU_BLOCK};
    sunzi_unit unit;
    sunzi_status status;
    *bad = 0;
    s.by_unit = !f->cholesky && sunzi_lu_unit(ctx, f->factor, &unit);
    if (s.by_unit)
        SUNZI_TRY(take_operands(&s, unit));
    SUNZI_TRY(bring(&s, f));
    SUNZI_TRY(f->cholesky ? cholesky(&s) : factorize(&s));
    f->device->by_unit = s.by_unit && s.n > s.wide;
    SUNZI_TRY(fetch(&s, bad));
done:
    sunzi_lu_operands_drop(&s.low);
    sunzi_memory_destroy(&s.pivots);
    sunzi_memory_destroy(&s.inverse);
    sunzi_memory_destroy(&s.failed);
    sunzi_memory_destroy(&s.work[0]);
    sunzi_memory_destroy(&s.work[1]);
    return status;
}
