/* SPDX-License-Identifier: BSD-3-Clause */
/* Products in FP64 (or FP32) by the device's own units: for devices on which
 * those beat the passes of an emulated product. C is computed there without
 * gaps and copied into its rows here. */
#include <string.h>

#include "engines/device.h"
#include "engines/engine.h"
#include "engines/units.h"
#include "precision/product.h"

static bool find_unit(const sunzi_problem *p, sunzi_unit *unit)
{
    if (!p->ctx->device || p->scalar == SUNZI_SCALAR_C64)
        return false;
    *unit = p->scalar == SUNZI_SCALAR_F64 ? SUNZI_UNIT_FP64 : SUNZI_UNIT_FP32;
    return sunzi_unit_works(p->ctx, *unit, NULL, 0);
}

bool sunzi_native_device_has(const sunzi_problem *p)
{
    sunzi_unit unit;
    const int64_t least = sunzi_min64(p->m, sunzi_min64(p->n, p->k));
    return least >= p->ctx->engine->emulation_pays_from && find_unit(p, &unit);
}

/* Passes over memory besides the integer products: residues are written and
 * read, sums of 4 bytes written, read and made residues, which are read. */
static double emulated_seconds(const sunzi_problem *p, int moduli, double rate)
{
    const double m = (double)p->m, n = (double)p->n, k = (double)p->k;
    const double memory = p->ctx->device->limits.memory_rate;
    const double bytes =
        (8 + 2 * moduli) * (m + n) * k + (10 * moduli + 8) * m * n;
    return 2 * m * n * k * moduli / rate + (memory > 0 ? bytes / memory : 0);
}

bool sunzi_native_device_is_faster(const sunzi_problem *p, int moduli)
{
    sunzi_unit unit;
    if (!sunzi_native_device_has(p) || !find_unit(p, &unit))
        return false;
    const double native = sunzi_unit_rate(p->ctx, unit);
    const double int8 = sunzi_unit_rate(p->ctx, SUNZI_UNIT_INT8);
    const double work = 2.0 * (double)p->m * (double)p->n * (double)p->k;
    if (!(native > 0) || !(int8 > 0))
        return native > 0;
    return work / native < emulated_seconds(p, moduli, int8);
}

typedef struct run {
    const sunzi_problem *p;
    size_t size;
    sunzi_memory *a, *b, *c;
} run;

static sunzi_status bring(const run *s, const sunzi_operand *o,
                          sunzi_memory **memory)
{
    return sunzi_memory_use(s->p->ctx, (void *)(uintptr_t)o->data,
                            sunzi_operand_bytes(s->p, o), "an operand", memory);
}

/* C itself if it is held and all of it is computed. */
static bool is_in_place(const sunzi_problem *p)
{
    return !p->triangle && sunzi_memory_is_held(p->ctx, p->c);
}

/* C there, its rows together unless it is in place; its numbers if they are
 * needed. */
static sunzi_status bring_result(run *s)
{
    const sunzi_problem *p = s->p;
    const size_t row = (size_t)p->n * s->size;
    void *to = NULL;
    sunzi_status status;
    if (is_in_place(p))
        return sunzi_memory_use(p->ctx, p->c, sunzi_product_c_bytes(p), "C",
                                &s->c);
    SUNZI_TRY(sunzi_memory_refresh(p->ctx, p->c, true));
    SUNZI_TRY(sunzi_memory_create(
        p->ctx, sunzi_size_product((size_t)p->m, row, 1), "a product", &s->c));
    if (p->beta[0] == 0)
        return SUNZI_OK;
    SUNZI_TRY(sunzi_memory_fill(s->c, &to));
    for (int64_t i = 0; i < p->m; i++)
        memcpy((char *)to + (size_t)i * row,
               (const char *)p->c + (size_t)(i * p->ldc) * s->size, row);
done:
    return status;
}

static bool is_outside(const sunzi_problem *p, int64_t i, int64_t *from,
                       int64_t *end)
{
    *from = p->triangle == SUNZI_UPPER ? i : 0;
    *end = p->triangle == SUNZI_LOWER ? i + 1 : p->n;
    return *from >= *end;
}

static void store(const run *s, const void *c)
{
    const sunzi_problem *p = s->p;
    for (int64_t i = 0; i < p->m; i++) {
        int64_t from, end;
        if (is_outside(p, i, &from, &end))
            continue;
        memcpy((char *)p->c + (size_t)(i * p->ldc + from) * s->size,
               (const char *)c + (size_t)(i * p->n + from) * s->size,
               (size_t)(end - from) * s->size);
    }
}

sunzi_status sunzi_native_device_run(const sunzi_problem *p,
                                     const char **worker)
{
    run s = {.p = p, .size = p->scalar == SUNZI_SCALAR_F64 ? 8 : 4};
    sunzi_unit unit = SUNZI_UNIT_FP64;
    const void *c = NULL;
    sunzi_status status = SUNZI_OK;
    find_unit(p, &unit);
    SUNZI_TRY(bring(&s, &p->a, &s.a));
    SUNZI_TRY(bring(&s, &p->b, &s.b));
    SUNZI_TRY(bring_result(&s));
    SUNZI_TRY(sunzi_unit_multiply(
        p->ctx, &(sunzi_unit_product){
                    .unit = unit,
                    .a_transposed = p->a.trans != SUNZI_NO_TRANS,
                    .b_transposed = p->b.trans != SUNZI_NO_TRANS,
                    .m = (int)p->m,
                    .n = (int)p->n,
                    .k = (int)p->k,
                    .count = 1,
                    .alpha = p->alpha[0],
                    .beta = p->beta[0],
                    .a = {s.a, 0, p->a.ld, 0},
                    .b = {s.b, 0, p->b.ld, 0},
                    .c = {s.c, 0, is_in_place(p) ? p->ldc : p->n, 0}}));
    if (!is_in_place(p)) {
        SUNZI_TRY(sunzi_memory_read(s.c, &c));
        store(&s, c);
    }
    *worker = sunzi_unit_worker(p->ctx);
done:
    sunzi_memory_destroy(&s.a);
    sunzi_memory_destroy(&s.b);
    sunzi_memory_destroy(&s.c);
    return status;
}
