/* SPDX-License-Identifier: BSD-3-Clause */
/* Blocks of C from a device to the caller: see product_results.h. */
#include "precision/product_results.h"

#include "precision/product_store.k.h"

static int64_t row_bytes(const sunzi_problem *p, int64_t ld)
{
    return (p->scalar == SUNZI_SCALAR_C64 ? 2 : 1) * ld * 8;
}

bool sunzi_results_beside(const sunzi_problem *p, int64_t ld, int64_t bytes)
{
    const size_t panel = sunzi_copies_panel_of(p->ctx);
    if (sunzi_memory_is_held(p->ctx, p->c))
        return false;
    return (size_t)row_bytes(p, ld) <= panel && (size_t)bytes > panel;
}

sunzi_status sunzi_results_open(sunzi_results *r, const sunzi_problem *p,
                                const sunzi_product_plan *plan,
                                sunzi_product_info *info, int64_t ld,
                                int64_t bytes)
{
    *r = (sunzi_results){.p = p, .plan = plan, .info = info};
    if (sunzi_memory_is_held(p->ctx, p->c))
        return sunzi_memory_use(p->ctx, p->c, sunzi_product_c_bytes(p), "C",
                                &r->c);
    if (!sunzi_results_beside(p, ld, bytes))
        return SUNZI_OK;
    return sunzi_copies_open(p->ctx, (size_t)bytes, &r->copies);
}

void sunzi_results_close(sunzi_results *r)
{
    sunzi_copies_close(&r->copies);
    sunzi_memory_destroy(&r->c);
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

/* Where C is. */
static sunzi_status store_there(sunzi_results *r)
{
    const sunzi_problem *p = r->p;
    const sunzi_result_block *b = &r->block;
    const k_range range = sunzi_range2((int)b->rows, (int)b->cols);
    const int64_t at = b->i0 * p->ldc + b->j0;
    const bool added = p->beta[0] != 0 || p->beta[1] != 0;
#define PLACE                                                                  \
    .v = {b->v}, .skip_row = b->skip_row, .skip_col = b->skip_col,             \
    .alpha = p->alpha[0], .beta = p->beta[0], .ldv = b->ld, .ldc = p->ldc,     \
    .below = p->triangle == SUNZI_LOWER, .above = p->triangle == SUNZI_UPPER,  \
    .shift = (int)(b->i0 - b->j0)
    if (p->scalar == SUNZI_SCALAR_F64)
        return SUNZI_LAUNCH(p->ctx, store_real, range, .c = {r->c, at},
                            .added = added, PLACE);
    if (p->scalar == SUNZI_SCALAR_F32)
        return SUNZI_LAUNCH(p->ctx, store_single, range, .c = {r->c, at},
                            .added = added, PLACE);
    return SUNZI_LAUNCH(p->ctx, store_complex, range, .vi = {b->vi},
                        .c = {r->c, 2 * at}, .alpha_i = p->alpha[1],
                        .beta_i = p->beta[1], .turned = p->alpha[1] != 0,
                        .added = p->beta[1] != 0 ? 2 : added, PLACE);
#undef PLACE
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
    if (r->c)
        return store_there(r);
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
