/* SPDX-License-Identifier: BSD-3-Clause */
/* Statistics of an operand that is on the device of the context: see
 * measure.k.h. Only they come back. */
#include <string.h>

#include "engines/launch.h"
#include "precision/measure.k.h"
#include "precision/product.h"

_Static_assert(MEASURE_ZERO == SUNZI_EXPONENT_ZERO, "exponent of zeros");

typedef struct pass {
    sunzi_context *ctx;
    sunzi_memory *x, *inner, *found, *sums;
    int64_t row_stride, column_stride;
    int row_width, column_width, rows, columns, words;
    bool balanced;
} pass;

static k_range groups(const pass *s)
{
    return sunzi_range((s->rows + MEASURE_ROWS - 1) / MEASURE_ROWS);
}

/* The columns follow each other. */
static int adjacent(const pass *s)
{
    return s->column_stride == s->column_width;
}

static sunzi_status find_exponents(const pass *s)
{
    return SUNZI_LAUNCH(
        s->ctx, measure_exponents, groups(s), .x = {s->x}, .inner = {s->inner},
        .found = {s->found}, .row_stride = s->row_stride,
        .column_stride = s->column_stride, .row_width = s->row_width,
        .column_width = s->column_width, .rows = s->rows, .columns = s->columns,
        .words = s->words, .adjacent = adjacent(s), .balanced = s->balanced);
}

static sunzi_status find_sums(const pass *s)
{
    return SUNZI_LAUNCH(
        s->ctx, measure_sums, groups(s), .x = {s->x}, .inner = {s->inner},
        .found = {s->found}, .sums = {s->sums}, .row_stride = s->row_stride,
        .column_stride = s->column_stride, .row_width = s->row_width,
        .column_width = s->column_width, .rows = s->rows, .columns = s->columns,
        .words = s->words, .adjacent = adjacent(s), .balanced = s->balanced);
}

static sunzi_status read_stats(const pass *s, sunzi_vector_stats *stats)
{
    const void *found = NULL, *sums = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_read(s->found, &found));
    SUNZI_TRY(sunzi_memory_read(s->sums, &sums));
    const int32_t *e = found;
    const int64_t *of = sums;
    for (int i = 0; i < s->rows; i++, e += 2, of += MEASURE_SUMS) {
        stats[i] = (sunzi_vector_stats){.exponent = e[0],
                                        .special = e[1],
                                        .ceil_sum = of[0],
                                        .ceil_squares = of[1]};
        memcpy(stats[i].clip, of + 2, sizeof stats[i].clip);
    }
done:
    return status;
}

/* The same array with rows and columns exchanged. */
static pass transposed(const pass *s)
{
    pass t = *s;
    t.row_stride = s->column_stride;
    t.column_stride = s->row_stride;
    t.row_width = s->column_width;
    t.column_width = s->row_width;
    t.rows = s->columns;
    t.columns = s->rows;
    t.balanced = false;
    t.found = NULL;
    return t;
}

static sunzi_status find_maxima(const pass *s, int32_t *maxima)
{
    pass t = transposed(s);
    const void *found = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_create(s->ctx, (size_t)t.rows * 8, "statistics",
                                  &t.found));
    SUNZI_TRY(find_exponents(&t));
    SUNZI_TRY(sunzi_memory_read(t.found, &found));
    for (int h = 0; h < t.rows; h++)
        maxima[h] = ((const int32_t *)found)[2 * h];
done:
    sunzi_memory_destroy(&t.found);
    return status;
}

sunzi_status sunzi_measure_on_device(const sunzi_problem *p,
                                     const sunzi_operand *o,
                                     const int32_t *inner, sunzi_memory *data,
                                     sunzi_vector_stats *stats, int32_t *maxima)
{
    const int width = p->scalar == SUNZI_SCALAR_C64 ? 2 : 1;
    const size_t count = (size_t)o->count;
    const size_t depth = (size_t)width * (size_t)p->k;
    int32_t none = 0;
    pass s = {.ctx = p->ctx,
              .x = data,
              .row_stride = width * o->vector_stride,
              .column_stride = width * o->element_stride,
              .row_width = 1,
              .column_width = width,
              .rows = (int)o->count,
              .columns = (int)depth,
              .words = p->scalar == SUNZI_SCALAR_F32 ? 1 : 2,
              .balanced = inner != NULL};
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_wrap(
        p->ctx, inner ? (void *)(uintptr_t)inner : &none,
        inner ? depth * sizeof *inner : sizeof none, "exponents", &s.inner));
    SUNZI_TRY(sunzi_memory_create(p->ctx, count * 8, "statistics", &s.found));
    SUNZI_TRY(sunzi_memory_create(p->ctx, count * MEASURE_SUMS * 8,
                                  "statistics", &s.sums));
    SUNZI_TRY(find_exponents(&s));
    SUNZI_TRY(find_sums(&s));
    SUNZI_TRY(read_stats(&s, stats));
    if (maxima)
        SUNZI_TRY(find_maxima(&s, maxima));
done:
    sunzi_memory_destroy(&s.inner);
    sunzi_memory_destroy(&s.found);
    sunzi_memory_destroy(&s.sums);
    return status;
}
