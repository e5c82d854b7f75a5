/* SPDX-License-Identifier: BSD-3-Clause */
/* Products of pieces of matrices. */
#include "solvers/dense/pieces.h"

#include <string.h>

enum { VECTORS = 32 /* that meet all operands before the next */ };

static double *at(double *v, int64_t i)
{
    return v ? v + i : NULL;
}

static const double *low_at(const sunzi_pieces *p, int64_t i)
{
    return p->x_low ? p->x_low + i : NULL;
}

void sunzi_pieces_clear(const sunzi_pieces *p, int64_t to, int64_t count)
{
    double *const parts[] = {p->sum, p->low, p->magnitude};
    for (int c = 0; c < p->operands; c++)
        for (int part = 0; part < 3; part++)
            if (parts[part])
                memset(parts[part] + c * p->ld + to, 0,
                       (size_t)count * sizeof(double));
}

void sunzi_pieces_dot(const sunzi_pieces *p, int64_t vectors, int64_t length,
                      const double *a, int64_t lda, int64_t from, int64_t to)
{
    if (p->minus) {
        sunzi_pieces_clear(p, to, vectors);
        p->engine->dot_rows_f64((int)vectors, (int)length, a, lda, p->operands,
                                p->x + from, p->ldx, p->sum + to, p->ld);
        return;
    }
    for (int c = 0; c < p->operands; c++) {
        const int64_t x = c * p->ldx + from, y = c * p->ld + to;
        p->engine->residual_dot(vectors, length, a, lda, p->x + x, low_at(p, x),
                                p->sum + y, at(p->low, y), at(p->magnitude, y));
    }
}

static void add_some(const sunzi_pieces *p, int64_t vectors, int64_t length,
                     const double *a, int64_t lda, int64_t from, int64_t to)
{
    if (p->minus) {
        p->engine->axpy_rows_f64((int)vectors, (int)length, a, lda, p->operands,
                                 p->x + from, p->ldx, p->sum + to, p->ld);
        return;
    }
    for (int c = 0; c < p->operands; c++) {
        const int64_t x = c * p->ldx + from, y = c * p->ld + to;
        p->engine->residual_axpy(vectors, length, a, lda, p->x + x,
                                 low_at(p, x), p->sum + y, at(p->low, y),
                                 at(p->magnitude, y));
    }
}

void sunzi_pieces_add(const sunzi_pieces *p, int64_t vectors, int64_t length,
                      const double *a, int64_t lda, int64_t from, int64_t to)
{
    for (int64_t v = 0; v < vectors && length > 0; v += VECTORS)
        add_some(p, vectors - v < VECTORS ? vectors - v : VECTORS, length,
                 a + v * lda, lda, from + v, to);
}
