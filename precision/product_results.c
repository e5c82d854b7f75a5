/* SPDX-License-Identifier: BSD-3-Clause */
/* Blocks of C from a device to the caller: see product_results.h. */
#include "precision/product_results.h"

static int64_t row_bytes(const sunzi_problem *p, int64_t ld)
{
    return (p->scalar == SUNZI_SCALAR_C64 ? 2 : 1) * ld * 8;
}

bool sunzi_results_beside(const sunzi_problem *p, int64_t ld, int64_t bytes)
{
    const size_t panel = sunzi_copies_panel_of(p->ctx);
    return (size_t)row_bytes(p, ld) <= panel && (size_t)bytes > panel;
}

sunzi_status sunzi_results_open(sunzi_results *r, const sunzi_problem *p,
                                const sunzi_product_plan *plan,
                                sunzi_product_info *info, int64_t ld,
                                int64_t bytes)
{
    *r = (sunzi_results){.p = p, .plan = plan, .info = info};
    if (!sunzi_results_beside(p, ld, bytes))
        return SUNZI_OK;
    return sunzi_copies_open(p->ctx, (size_t)bytes, &r->copies);
}

void sunzi_results_close(sunzi_results *r)
{
    sunzi_copies_close(&r->copies);
}

/* `count` rows of the block from `first` on, which are overwritten. */
static void store(const sunzi_results *r, int64_t first, int64_t count, void *v,
                  void *vi)
{
    const sunzi_result_block *b = &r->block;
    const sunzi_operand_plan *x = &r->plan->a, *y = &r->plan->b;
    const double start = sunzi_seconds();
    sunzi_product_store(r->p, b->i0 + first, b->j0, (int)count, (int)b->cols, v,
                        vi, b->ld, x->specials ? x->skip + b->i0 + first : NULL,
                        y->specials ? y->skip + b->j0 : NULL);
    r->info->seconds_reconstruct += sunzi_seconds() - start;
    sunzi_progress(r->p->ctx, "product",
                   (double)(b->i0 + first + count) * (double)(b->j0 + b->cols),
                   (double)r->p->m * (double)r->p->n);
}

static sunzi_status store_in_order(sunzi_results *r)
{
    void *v = NULL, *vi = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_write(r->block.v, &v));
    if (r->block.vi)
        SUNZI_TRY(sunzi_memory_write(r->block.vi, &vi));
    store(r, 0, r->block.rows, v, vi);
done:
    return status;
}

/* Begin to copy some rows to buffer k. */
static sunzi_status begin(sunzi_results *r, int k, int64_t first, int64_t count)
{
    const sunzi_result_block *b = &r->block;
    const size_t row = (size_t)b->ld * 8, at = (size_t)first * row;
    void *v = NULL, *vi = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_for_kernel(b->v, true, false, &v));
    SUNZI_TRY(sunzi_copies_down(&r->copies, k, 0, v, at, (size_t)count * row,
                                !b->vi));
    if (b->vi) {
        SUNZI_TRY(sunzi_memory_for_kernel(b->vi, true, false, &vi));
        SUNZI_TRY(sunzi_copies_down(&r->copies, k, (size_t)count * row, vi, at,
                                    (size_t)count * row, true));
    }
done:
    return status;
}

/* The block that waits: rows travel to one buffer while those in the other are
 * stored. */
static sunzi_status store_beside(sunzi_results *r)
{
    const sunzi_result_block *b = &r->block;
    const int64_t most =
        (int64_t)sunzi_copies_panel(&r->copies) / row_bytes(r->p, b->ld);
    int64_t count[2] = {sunzi_min64(most, b->rows), 0}, begun = count[0];
    sunzi_status status;
    SUNZI_TRY(begin(r, 0, 0, count[0]));
    for (int64_t got = 0, k = 0; got < b->rows; k = !k) {
        char *rows = NULL;
        void *host = NULL;
        count[!k] = sunzi_min64(most, b->rows - begun);
        if (count[!k] > 0)
            SUNZI_TRY(begin(r, (int)!k, begun, count[!k]));
        begun += count[!k];
        SUNZI_TRY(sunzi_copies_wait(&r->copies, (int)k, &host));
        rows = host;
        store(r, got, count[k], rows,
              b->vi ? rows + (size_t)count[k] * (size_t)b->ld * 8 : NULL);
        got += count[k];
    }
    r->waits = false;
done:
    return status;
}

sunzi_status sunzi_results_give(sunzi_results *r,
                                const sunzi_result_block *block)
{
    sunzi_status status = SUNZI_OK;
    if (r->waits)
        SUNZI_TRY(store_beside(r));
    r->block = *block;
    if (!r->copies.device)
        return store_in_order(r);
    SUNZI_TRY(sunzi_copies_after_work(&r->copies));
    r->waits = true;
done:
    return status;
}

sunzi_status sunzi_results_end(sunzi_results *r)
{
    return r->waits ? store_beside(r) : SUNZI_OK;
}
