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

/* The columns follow each other. */
static int adjacent(const pass *s)
{
    return s->column_stride == s->column_width;
}

/* Both of `count` rows from `first` on, a multiple of the widths of rows. */
#define PASS(s, first, count)                                                  \
    .x = {(s)->x, (first) / (s)->row_width * (s)->row_stride * (s)->words},    \
    .inner = {(s)->inner}, .found = {(s)->found, 2 * (first)},                 \
    .row_stride = (s)->row_stride, .column_stride = (s)->column_stride,        \
    .row_width = (s)->row_width, .column_width = (s)->column_width,            \
    .rows = (int)(count), .columns = (s)->columns, .words = (s)->words,        \
    .adjacent = adjacent(s), .balanced = (s)->balanced

static k_range groups(int64_t rows)
{
    return sunzi_range((int)((rows + MEASURE_ROWS - 1) / MEASURE_ROWS));
}

static sunzi_status find_exponents(const pass *s, int64_t first, int64_t count)
{
    return SUNZI_LAUNCH(s->ctx, measure_exponents, groups(count),
                        PASS(s, first, count));
}

static sunzi_status find_sums(const pass *s, int64_t first, int64_t count)
{
    return SUNZI_LAUNCH(s->ctx, measure_sums, groups(count),
                        .sums = {s->sums, MEASURE_SUMS * first},
                        PASS(s, first, count));
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
    SUNZI_TRY(find_exponents(&t, 0, t.rows));
    SUNZI_TRY(sunzi_memory_read(t.found, &found));
    for (int h = 0; h < t.rows; h++)
        maxima[h] = ((const int32_t *)found)[2 * h];
done:
    sunzi_memory_destroy(&t.found);
    return status;
}

struct sunzi_measuring {
    pass of;
    int32_t none;        /* stands for exponents that are not there */
    int64_t done;        /* rows */
    size_t row, between; /* bytes of a row; from one to the next */
};

size_t sunzi_measure_bytes(const sunzi_operand *o)
{
    return (size_t)o->count * 8 * (1 + MEASURE_SUMS) + sizeof(int32_t);
}

sunzi_status sunzi_measure_begin(const sunzi_problem *p, const sunzi_operand *o,
                                 const int32_t *inner, sunzi_memory *data,
                                 sunzi_measuring **measuring)
{
    const int width = p->scalar == SUNZI_SCALAR_C64 ? 2 : 1;
    const int words = p->scalar == SUNZI_SCALAR_F32 ? 1 : 2;
    const size_t count = (size_t)o->count;
    const size_t depth = (size_t)width * (size_t)p->k;
    void *block = NULL;
    sunzi_status status;
    *measuring = NULL;
    SUNZI_TRY(sunzi_allocate(sizeof(sunzi_measuring), "statistics", &block));
    sunzi_measuring *m = *measuring = block;
    *m = (sunzi_measuring){.of = {.ctx = p->ctx,
                                  .x = data,
                                  .row_stride = width * o->vector_stride,
                                  .column_stride = width * o->element_stride,
                                  .row_width = 1,
                                  .column_width = width,
                                  .rows = (int)o->count,
                                  .columns = (int)depth,
                                  .words = words,
                                  .balanced = inner != NULL},
                           .row = depth * 4 * (size_t)words,
                           .between =
                               (size_t)(width * o->vector_stride * 4 * words)};
    SUNZI_TRY(sunzi_memory_wrap(p->ctx,
                                inner ? (void *)(uintptr_t)inner : &m->none,
                                inner ? depth * sizeof *inner : sizeof m->none,
                                "exponents", &m->of.inner));
    SUNZI_TRY(
        sunzi_memory_create(p->ctx, count * 8, "statistics", &m->of.found));
    SUNZI_TRY(sunzi_memory_create(p->ctx, count * MEASURE_SUMS * 8,
                                  "statistics", &m->of.sums));
done:
    if (status < 0)
        (void)sunzi_measure_end(measuring, NULL, NULL);
    return status;
}

sunzi_status sunzi_measure_rows(void *measuring, size_t end)
{
    sunzi_measuring *m = measuring;
    const pass *s = &m->of;
    const bool all = end >= sunzi_memory_bytes(s->x);
    int64_t rows = all ? s->rows : 0;
    sunzi_status status = SUNZI_OK;
    if (!all && adjacent(s) && end >= m->row)
        rows = (int64_t)((end - m->row) / m->between) + 1;
    if (rows <= m->done)
        return SUNZI_OK;
    SUNZI_TRY(find_exponents(s, m->done, rows - m->done));
    SUNZI_TRY(find_sums(s, m->done, rows - m->done));
    m->done = rows;
done:
    return status;
}

sunzi_status sunzi_measure_end(sunzi_measuring **measuring,
                               sunzi_vector_stats *stats, int32_t *maxima)
{
    sunzi_measuring *m = *measuring;
    sunzi_status status = SUNZI_OK;
    if (!m)
        return SUNZI_OK;
    if (stats) {
        SUNZI_TRY(sunzi_measure_rows(m, sunzi_memory_bytes(m->of.x)));
        SUNZI_TRY(read_stats(&m->of, stats));
    }
    if (stats && maxima)
        SUNZI_TRY(find_maxima(&m->of, maxima));
done:
    sunzi_memory_destroy(&m->of.inner);
    sunzi_memory_destroy(&m->of.found);
    sunzi_memory_destroy(&m->of.sums);
    sunzi_release(m);
    *measuring = NULL;
    return status;
}
