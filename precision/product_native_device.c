/* SPDX-License-Identifier: BSD-3-Clause */
/* Products in FP64 (or FP32) by the device's own units: for devices on which
 * those beat the passes of an emulated product. C is computed there without
 * gaps, in blocks where not all has room, and copied into its rows here. */
#include <string.h>

#include "engines/device.h"
#include "engines/engine.h"
#include "engines/units.h"
#include "precision/product_operands.h"

enum { LEAST = 64 /* rows and columns of a block of C */ };

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
 * read, sums of 4 bytes written and read. */
static double emulated_seconds(const sunzi_problem *p, int moduli, double rate)
{
    const double m = (double)p->m, n = (double)p->n, k = (double)p->k;
    const double memory = p->ctx->device->limits.memory_rate;
    const double bytes =
        (8 + 2 * moduli) * (m + n) * k + (8 * moduli + 8) * m * n;
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
    sunzi_unit unit;
    size_t size;
    int64_t rows, cols; /* of a block of C, of the full depth */
    sunzi_piece a, b;
    sunzi_memory *c; /* a block, its rows together */
} run;

/* Is C held, and all of it computed? Then it is not stored here. */
static bool is_in_place(const sunzi_problem *p)
{
    return !p->triangle && sunzi_memory_is_held(p->ctx, p->c);
}

/* Where a block lies in C. */
typedef struct block {
    int64_t i0, rows, j0, cols;
} block;

/* ---- memory ---- */

static size_t result_bytes(const run *s)
{
    if (is_in_place(s->p))
        return 0;
    return sunzi_size_product((size_t)s->rows, (size_t)s->cols, s->size);
}

static bool fits(const run *s)
{
    const sunzi_problem *p = s->p;
    const size_t a = sunzi_piece_bytes(p, &p->a, s->rows);
    const size_t b = sunzi_piece_bytes(p, &p->b, s->cols), c = result_bytes(s);
    const size_t largest = p->ctx->device->limits.largest_bytes;
    return a <= largest && b <= largest && c <= largest &&
           a + b + c <= sunzi_memory_left_there(p->ctx);
}

static bool shrink(run *s)
{
    int64_t *larger = s->rows > s->cols ? &s->rows : &s->cols;
    if (*larger <= LEAST)
        return false;
    *larger = sunzi_round_up(*larger / 2, LEAST);
    return true;
}

static void drop(run *s)
{
    sunzi_piece_drop(s->p, &s->a);
    sunzi_piece_drop(s->p, &s->b);
    sunzi_memory_destroy(&s->c);
}

static sunzi_status take_operand(const run *s, const sunzi_operand *o,
                                 int64_t count, sunzi_piece *piece)
{
    return sunzi_piece_take(s->p, sunzi_piece_bytes(s->p, o, count),
                            sunzi_piece_is_direct(s->p, o, count), piece);
}

static sunzi_status take(run *s)
{
    sunzi_status status;
    SUNZI_TRY(take_operand(s, &s->p->a, s->rows, &s->a));
    SUNZI_TRY(take_operand(s, &s->p->b, s->cols, &s->b));
    if (is_in_place(s->p))
        return sunzi_memory_use(s->p->ctx, s->p->c, sunzi_product_c_bytes(s->p),
                                "C", &s->c);
    SUNZI_TRY(
        sunzi_memory_create(s->p->ctx, result_bytes(s), "a product", &s->c));
    SUNZI_TRY(sunzi_memory_take(s->c));
done:
    return status;
}

/* The largest blocks that have room. */
static sunzi_status choose_block(run *s)
{
    const sunzi_problem *p = s->p;
    sunzi_status status = SUNZI_ERR_NOMEM;
    s->rows = p->m;
    s->cols = p->n;
    do {
        drop(s);
        if (fits(s))
            status = take(s);
    } while (status == SUNZI_ERR_NOMEM && shrink(s));
    if (status == SUNZI_ERR_NOMEM)
        return sunzi_fail(
            SUNZI_ERR_NOMEM,
            "%s: %zu bytes on the device could not be allocated for a block "
            "of %lld x %lld entries with its depth, %zu are left; use the "
            "engine auto",
            p->function,
            sunzi_piece_bytes(p, &p->a, s->rows) +
                sunzi_piece_bytes(p, &p->b, s->cols) + result_bytes(s),
            (long long)s->rows, (long long)s->cols,
            sunzi_memory_left_there(p->ctx));
    return status;
}

/* ---- steps ---- */

/* What C has there, where it is needed. */
static sunzi_status bring_result(run *s, const block *b)
{
    const sunzi_problem *p = s->p;
    const size_t row = (size_t)b->cols * s->size;
    void *to = NULL;
    sunzi_status status = SUNZI_OK;
    if (p->beta[0] == 0 || is_in_place(p))
        return SUNZI_OK;
    SUNZI_TRY(sunzi_memory_fill(s->c, &to));
    for (int64_t i = 0; i < b->rows; i++)
        memcpy((char *)to + (size_t)i * row,
               (const char *)p->c +
                   (size_t)((b->i0 + i) * p->ldc + b->j0) * s->size,
               row);
done:
    return status;
}

static void store(const run *s, const block *b, const void *c)
{
    const sunzi_problem *p = s->p;
    for (int64_t i = b->i0; i < b->i0 + b->rows; i++) {
        const int64_t from =
            p->triangle == SUNZI_UPPER ? sunzi_max64(i, b->j0) : b->j0;
        const int64_t end = p->triangle == SUNZI_LOWER
                                ? sunzi_min64(i + 1, b->j0 + b->cols)
                                : b->j0 + b->cols;
        if (from >= end)
            continue;
        memcpy((char *)p->c + (size_t)(i * p->ldc + from) * s->size,
               (const char *)c +
                   (size_t)((i - b->i0) * b->cols + from - b->j0) * s->size,
               (size_t)(end - from) * s->size);
    }
}

static sunzi_status multiply(run *s, const block *b)
{
    const sunzi_problem *p = s->p;
    const int64_t lda = s->a.rows ? s->a.vector_stride : s->a.element_stride;
    const int64_t ldb = s->b.rows ? s->b.vector_stride : s->b.element_stride;
    const sunzi_unit_matrix result =
        is_in_place(p)
            ? (sunzi_unit_matrix){s->c, b->i0 * p->ldc + b->j0, p->ldc, 0}
            : (sunzi_unit_matrix){s->c, 0, b->cols, 0};
    const void *c = NULL;
    sunzi_status status;
    SUNZI_TRY(bring_result(s, b));
    SUNZI_TRY(sunzi_unit_multiply(
        p->ctx, &(sunzi_unit_product){.unit = s->unit,
                                      .a_transposed = !s->a.rows,
                                      .b_transposed = s->b.rows,
                                      .m = (int)b->rows,
                                      .n = (int)b->cols,
                                      .k = (int)p->k,
                                      .count = 1,
                                      .alpha = p->alpha[0],
                                      .beta = p->beta[0],
                                      .a = {s->a.memory, 0, lda, 0},
                                      .b = {s->b.memory, 0, ldb, 0},
                                      .c = result}));
    if (is_in_place(p))
        return SUNZI_OK;
    SUNZI_TRY(sunzi_memory_read(s->c, &c));
    store(s, b, c);
done:
    return status;
}

/* Rows of A that are all there stay. */
static sunzi_status all_blocks(run *s)
{
    const sunzi_problem *p = s->p;
    sunzi_status status = SUNZI_OK;
    for (int64_t j0 = 0; j0 < p->n; j0 += s->cols) {
        const int64_t cols = sunzi_min64(s->cols, p->n - j0);
        SUNZI_TRY(sunzi_piece_send(p, &p->b, j0, cols, &s->b));
        for (int64_t i0 = 0; i0 < p->m; i0 += s->rows) {
            const block b = {i0, sunzi_min64(s->rows, p->m - i0), j0, cols};
            if (j0 == 0 || s->rows < p->m)
                SUNZI_TRY(sunzi_piece_send(p, &p->a, i0, b.rows, &s->a));
            SUNZI_TRY(multiply(s, &b));
        }
    }
done:
    return status;
}

sunzi_status sunzi_native_device_run(const sunzi_problem *p,
                                     const char **worker)
{
    run s = {.p = p, .size = p->scalar == SUNZI_SCALAR_F64 ? 8 : 4};
    sunzi_status status;
    find_unit(p, &s.unit);
    SUNZI_TRY(choose_block(&s));
    if (!is_in_place(p))
        SUNZI_TRY(sunzi_memory_refresh(p->ctx, p->c, true));
    SUNZI_TRY(all_blocks(&s));
    *worker = sunzi_unit_worker(p->ctx);
done:
    drop(&s);
    return status;
}
