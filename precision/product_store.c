/* SPDX-License-Identifier: BSD-3-Clause */
/* alpha and beta: C = alpha v, or fma(beta, C, alpha v), entry by entry. */
#include <math.h>
#include <string.h>

#include "precision/product.h"

typedef struct complex_pair {
    double re, im;
} complex_pair;

/* x y with one rounding less than by the schoolbook; a real factor scales both
 * parts, so that its absent imaginary part makes no NaN of an infinity. */
static complex_pair times(const double *x, complex_pair y)
{
    if (x[1] == 0)
        return (complex_pair){x[0] * y.re, x[0] * y.im};
    return (complex_pair){fma(x[0], y.re, -(x[1] * y.im)),
                          fma(x[0], y.im, x[1] * y.re)};
}

/* v is overwritten. fma(beta, C, alpha v) is a chain of length 1, for which the
 * engine has a vector kernel. */
static void store_f64(const sunzi_engine_ops *engine, double *c, double *v,
                      int from, int to, const uint8_t *skip, double alpha,
                      double beta)
{
    for (int j = from; j < to && alpha != 1; j++)
        v[j] *= alpha;
    if (beta != 0 && to > from)
        engine->ordered_f64(1, to - from, 1, false, &beta, 1, 1, c + from,
                            to - from, v + from, to - from);
    if (!skip && to > from)
        memcpy(c + from, v + from, (size_t)(to - from) * sizeof *c);
    for (int j = from; j < to && skip; j++)
        if (!skip[j])
            c[j] = v[j];
}

/* beta C is exact in FP64, so the sum below has one rounding before that to
 * FP32. */
static void store_f32(float *c, const double *v, int from, int to,
                      const uint8_t *skip, double alpha, double beta)
{
    if (!skip && beta == 0) {
        for (int j = from; j < to; j++)
            c[j] = (float)(alpha * v[j]);
        return;
    }
    for (int j = from; j < to; j++) {
        if (skip && skip[j])
            continue;
        c[j] = (float)(beta == 0 ? alpha * v[j]
                                 : beta * (double)c[j] + alpha * v[j]);
    }
}

static void store_c64(complex_pair *c, const double *v, const double *vi,
                      int from, int to, const uint8_t *skip,
                      const double *alpha, const double *beta)
{
    for (int j = from; j < to; j++) {
        if (skip && skip[j])
            continue;
        const complex_pair t = times(alpha, (complex_pair){v[j], vi[j]});
        if (beta[0] == 0 && beta[1] == 0) {
            c[j] = t;
        } else if (beta[1] == 0) {
            c[j].re = fma(beta[0], c[j].re, t.re);
            c[j].im = fma(beta[0], c[j].im, t.im);
        } else {
            const complex_pair old = c[j];
            c[j].re = fma(beta[0], old.re, fma(-beta[1], old.im, t.re));
            c[j].im = fma(beta[0], old.im, fma(beta[1], old.re, t.im));
        }
    }
}

void sunzi_product_store(const sunzi_problem *p, int64_t i0, int64_t j0,
                         int rows, int cols, double *v, double *vi,
                         int64_t v_stride, const uint8_t *skip_row,
                         const uint8_t *skip_col)
{
    for (int i = 0; i < rows; i++) {
        int64_t from = 0, to = cols;
        if (skip_row && skip_row[i])
            continue;
        if (p->triangle == SUNZI_LOWER)
            to = sunzi_min64(to, i0 + i + 1 - j0);
        if (p->triangle == SUNZI_UPPER)
            from = sunzi_max64(0, i0 + i - j0);
        const int64_t at = (i0 + i) * p->ldc + j0;
        double *vr = v + i * v_stride;
        if (p->scalar == SUNZI_SCALAR_F64)
            store_f64(p->ctx->engine, (double *)p->c + at, vr, (int)from,
                      (int)to, skip_col, p->alpha[0], p->beta[0]);
        else if (p->scalar == SUNZI_SCALAR_F32)
            store_f32((float *)p->c + at, vr, (int)from, (int)to, skip_col,
                      p->alpha[0], p->beta[0]);
        else
            store_c64((complex_pair *)p->c + at, vr, vi + i * v_stride,
                      (int)from, (int)to, skip_col, p->alpha, p->beta);
    }
}

static void scale_row(const sunzi_problem *p, int64_t at, int64_t count)
{
    const bool zero = p->beta[0] == 0 && p->beta[1] == 0;
    double *d = (double *)p->c + at;
    float *f = (float *)p->c + at;
    complex_pair *z = (complex_pair *)p->c + at;
    for (int64_t j = 0; j < count; j++) {
        if (p->scalar == SUNZI_SCALAR_F64)
            d[j] = zero ? 0 : p->beta[0] * d[j];
        else if (p->scalar == SUNZI_SCALAR_F32)
            f[j] = zero ? 0 : (float)p->beta[0] * f[j];
        else
            z[j] = zero ? (complex_pair){0, 0} : times(p->beta, z[j]);
    }
}

void sunzi_product_scale(const sunzi_problem *p)
{
    if (p->beta[0] == 1 && p->beta[1] == 0)
        return;
    for (int64_t i = 0; i < p->m; i++) {
        const int64_t from = p->triangle == SUNZI_UPPER ? i : 0;
        const int64_t to = p->triangle == SUNZI_LOWER ? i + 1 : p->n;
        scale_row(p, i * p->ldc + from, to - from);
    }
}
