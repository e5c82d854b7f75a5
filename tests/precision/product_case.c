/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/precision/product_case.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double pattern = -7.25e77; /* of the padding */

double uniform(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (double)(int64_t)*state * 0x1p-63;
}

double gauss(uint64_t *state)
{
    double sum = 0;
    for (int i = 0; i < 12; i++)
        sum += uniform(state);
    return sum / 2;
}

matrix new_matrix(int layout, int rows, int cols, int width, int padding)
{
    const bool row_major = layout == SUNZI_ROW_MAJOR;
    const int inner = row_major ? cols : rows;
    matrix a = {rows,  cols, layout, (inner > 1 ? inner : 1) + padding,
                width, NULL};
    a.x = malloc((doubles_of(&a) + 1) * sizeof *a.x);
    if (!a.x)
        abort();
    for (size_t i = 0; i < doubles_of(&a); i++)
        a.x[i] = pattern;
    return a;
}

void free_matrix(matrix *a)
{
    free(a->x);
    a->x = NULL;
}

size_t doubles_of(const matrix *a)
{
    const int outer = a->layout == SUNZI_ROW_MAJOR ? a->rows : a->cols;
    return (size_t)outer * (size_t)a->ld * (size_t)a->width;
}

double *at(const matrix *a, int i, int j)
{
    const size_t place = a->layout == SUNZI_ROW_MAJOR
                             ? (size_t)i * (size_t)a->ld + (size_t)j
                             : (size_t)j * (size_t)a->ld + (size_t)i;
    return a->x + place * (size_t)a->width;
}

double op_at(const matrix *a, int trans, int i, int j, int part)
{
    if (trans == SUNZI_NO_TRANS)
        return at(a, i, j)[part];
    const double x = at(a, j, i)[part];
    return part == 1 && trans == SUNZI_CONJ_TRANS ? -x : x;
}

void fill_uniform(matrix *a, uint64_t *state)
{
    for (int i = 0; i < a->rows; i++)
        for (int j = 0; j < a->cols; j++)
            for (int part = 0; part < a->width; part++)
                at(a, i, j)[part] = uniform(state);
}

void copy_matrix(const matrix *from, const matrix *to)
{
    memcpy(to->x, from->x, doubles_of(from) * sizeof *from->x);
}

bool same_bits(const matrix *a, const matrix *b)
{
    return memcmp(a->x, b->x, doubles_of(a) * sizeof *a->x) == 0;
}

bool padding_untouched(const matrix *a)
{
    const bool row_major = a->layout == SUNZI_ROW_MAJOR;
    const int outer = row_major ? a->rows : a->cols;
    const int inner = (row_major ? a->cols : a->rows) * a->width;
    for (int i = 0; i < outer; i++)
        for (int j = inner; j < a->ld * a->width; j++)
            if (a->x[(size_t)i * (size_t)(a->ld * a->width) + (size_t)j] !=
                pattern)
                return false;
    return true;
}

void reference(const matrix *a, int transa, const matrix *b, int transb, int k,
               int i, int j, quad *sum, quad *magnitude)
{
    *sum = *magnitude = 0;
    for (int h = 0; h < k; h++) {
        const quad term =
            (quad)op_at(a, transa, i, h, 0) * (quad)op_at(b, transb, h, j, 0);
        *sum += term;
        *magnitude += term < 0 ? -term : term;
    }
}

double relative_error(const matrix *a, const matrix *b, const matrix *c,
                      int samples)
{
    const int64_t entries = (int64_t)c->rows * c->cols;
    const int64_t step = entries <= samples ? 1 : entries / samples;
    double worst = 0;
    for (int64_t e = 0; e < entries; e += step) {
        const int i = (int)(e / c->cols), j = (int)(e % c->cols);
        quad sum, magnitude;
        reference(a, SUNZI_NO_TRANS, b, SUNZI_NO_TRANS, a->cols, i, j, &sum,
                  &magnitude);
        quad error = *at(c, i, j) - sum;
        error = error < 0 ? -error : error;
        if (error == 0)
            continue;
        const double relative = (double)(error / magnitude) * 0x1p53;
        if (!(relative <= worst))
            worst = relative;
    }
    return worst;
}

sunzi_context *new_context(const char *engine, int threads, size_t limit)
{
    sunzi_context *ctx = NULL;
    sunzi_context_options options;
    sunzi_context_options_init(&options);
    options.engine = engine;
    options.threads = threads;
    options.workspace_limit_bytes = limit;
    return sunzi_context_create(&options, &ctx) < 0 ? NULL : ctx;
}
