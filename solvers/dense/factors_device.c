/* SPDX-License-Identifier: BSD-3-Clause */
/* FP32 LU and Cholesky factors on the device of the context; see lu.k.h and
 * cholesky.k.h. */
#include <string.h>

#include "engines/launch.h"
#include "solvers/dense/cholesky.k.h"
#include "solvers/dense/factors_job.h"
#include "solvers/dense/factors_store.h"
#include "solvers/dense/lu.k.h"

_Static_assert(LU_BASE == SUNZI_LU_BASE && CHOLESKY_BASE == LU_BASE,
               "the rows of U whose triangle is inverted as one");

typedef struct device_lu {
    sunzi_context *ctx;
    int n;
    int64_t ld;
    sunzi_memory *a, *pivots, *failed, *inverse;
} device_lu;

static int least(int a, int b)
{
    return a < b ? a : b;
}

static k_range columns(int from, int end)
{
    return (k_range){{0, 0, from}, {1, 1, end > from ? end : from}};
}

/* The columns first .. first + width - 1 leave the columns from .. end - 1 of
 * the rows below; cholesky: by their own transpose. */
static sunzi_status subtract(const device_lu *s, bool cholesky, int first,
                             int width, int from, int end)
{
    const int rows = s->n - first - width, cols = end - from;
    return SUNZI_LAUNCH(s->ctx, lu_update,
                        sunzi_range2((rows + LU_TILE - 1) / LU_TILE,
                                     (cols + LU_TILE - 1) / LU_TILE),
                        .a = {s->a}, .failed = {s->failed}, .ld = s->ld,
                        .n = s->n, .first = first, .width = width, .from = from,
                        .end = end, .symmetric = cholesky);
}

/* Columns from .. end - 1 after the columns first .. first + width - 1 of L are
 * known; slot: where the inverses of their triangles begin. */
static sunzi_status update(const device_lu *s, int first, int width,
                           int64_t slot, int from, int end)
{
    sunzi_status status;
    SUNZI_TRY(SUNZI_LAUNCH(s->ctx, lu_top, columns(from, end), .a = {s->a},
                           .inverse = {s->inverse, slot}, .failed = {s->failed},
                           .ld = s->ld, .first = first, .width = width));
    SUNZI_TRY(subtract(s, false, first, width, from, end));
done:
    return status;
}

/* LU_BASE columns, and their part in the rest of the block that ends at end. */
static sunzi_status panel(const device_lu *s, int block, int first, int end)
{
    const int width = least(LU_BASE, end - first);
    const int64_t slot = (int64_t)(first - block) * LU_BASE;
    sunzi_status status;
    SUNZI_TRY(SUNZI_LAUNCH(s->ctx, lu_panel, sunzi_range(1), .a = {s->a},
                           .pivots = {s->pivots}, .failed = {s->failed},
                           .ld = s->ld, .n = s->n, .first = first,
                           .width = width));
    SUNZI_TRY(SUNZI_LAUNCH(s->ctx, lu_swap, sunzi_range(s->n), .a = {s->a},
                           .pivots = {s->pivots}, .failed = {s->failed},
                           .ld = s->ld, .first = first, .width = width));
    SUNZI_TRY(SUNZI_LAUNCH(s->ctx, lu_invert, sunzi_range(width), .a = {s->a},
                           .inverse = {s->inverse, slot}, .ld = s->ld,
                           .first = first, .width = width, .unit = 1));
    SUNZI_TRY(update(s, first, width, slot, first + width, end));
done:
    return status;
}

static sunzi_status factorize(const device_lu *s)
{
    sunzi_status status = SUNZI_OK;
    for (int block = 0; block < s->n; block += LU_BLOCK) {
        const int end = least(block + LU_BLOCK, s->n);
        for (int first = block; first < end; first += LU_BASE)
            SUNZI_TRY(panel(s, block, first, end));
        SUNZI_TRY(update(s, block, end - block, 0, end, s->n));
        sunzi_progress(s->ctx, "factorization", end, s->n);
    }
done:
    return status;
}

/* ---- Cholesky ---- */

/* LU_BASE columns, and their part in the rest of the block that ends at end. */
static sunzi_status cholesky_panel(const device_lu *s, int first, int end)
{
    const int width = least(LU_BASE, end - first);
    sunzi_status status;
    SUNZI_TRY(SUNZI_LAUNCH(s->ctx, cholesky_base, sunzi_range(1), .a = {s->a},
                           .failed = {s->failed}, .ld = s->ld, .first = first,
                           .width = width));
    SUNZI_TRY(SUNZI_LAUNCH(s->ctx, lu_invert, sunzi_range(width), .a = {s->a},
                           .inverse = {s->inverse}, .ld = s->ld, .first = first,
                           .width = width, .unit = 0));
    SUNZI_TRY(SUNZI_LAUNCH(s->ctx, cholesky_rows, columns(first + width, s->n),
                           .a = {s->a}, .inverse = {s->inverse},
                           .failed = {s->failed}, .ld = s->ld, .first = first,
                           .width = width));
    SUNZI_TRY(subtract(s, true, first, width, first + width, end));
done:
    return status;
}

static sunzi_status cholesky(const device_lu *s)
{
    sunzi_status status = SUNZI_OK;
    for (int block = 0; block < s->n; block += LU_BLOCK) {
        const int end = least(block + LU_BLOCK, s->n);
        for (int first = block; first < end; first += LU_BASE)
            SUNZI_TRY(cholesky_panel(s, first, end));
        SUNZI_TRY(subtract(s, true, block, end - block, end, s->n));
        sunzi_progress(s->ctx, "factorization", end, s->n);
    }
done:
    return status;
}

/* ---- memory ---- */

static sunzi_status bring(device_lu *s, const sunzi_factors *f)
{
    void *zero = NULL;
    sunzi_status status;
    s->a = f->device->data;
    if (f->pivots)
        SUNZI_TRY(sunzi_memory_wrap(s->ctx, f->pivots,
                                    (size_t)s->n * sizeof(int32_t), "pivots",
                                    &s->pivots));
    SUNZI_TRY(sunzi_memory_create(s->ctx, LU_BLOCK * LU_BASE * sizeof(float),
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

static sunzi_status run(sunzi_context *ctx, sunzi_factors *f, int *bad)
{
    device_lu s = {.ctx = ctx, .n = f->n, .ld = f->ld};
    sunzi_status status;
    *bad = 0;
    SUNZI_TRY(bring(&s, f));
    SUNZI_TRY(f->cholesky ? cholesky(&s) : factorize(&s));
    SUNZI_TRY(fetch(&s, bad));
done:
    sunzi_memory_destroy(&s.pivots);
    sunzi_memory_destroy(&s.inverse);
    sunzi_memory_destroy(&s.failed);
    return status;
}

sunzi_status sunzi_lu_on_device(sunzi_context *ctx, sunzi_factors *f, int *bad)
{
    memset(f->pivots, 0, (size_t)f->n * sizeof *f->pivots);
    return run(ctx, f, bad);
}

sunzi_status sunzi_cholesky_on_device(sunzi_context *ctx, sunzi_factors *f,
                                      int *bad)
{
    return run(ctx, f, bad);
}
