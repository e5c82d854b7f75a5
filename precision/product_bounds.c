/* SPDX-License-Identifier: BSD-3-Clause */
/* Magnitudes, largest elements and exactness of vectors: tiles of 16 vectors by
 * 16 elements, in loops of fixed length without branches.
 *
 * A number x != 0 becomes z = |x| 2^(inner - e), at most 1; what is below
 * 2^-1000 is set to that. So z is a normal number and 0 only for zeros, and
 *  - rounding to FP32 after the factor 1 - 2^-22 is rounding down, as
 *    (1 - 2^-22)(1 + 2^-24) < 1;
 *  - its lowest bit is an integer multiple of 2^-s with s <= q + 7 if and only
 *    if the integer of scale q is exact. For what was set to 2^-1000 both fail
 *    at all q there are. */
#include <math.h>
#include <string.h>

#include "precision/product_bounds.h"

enum { LINE = SUNZI_BOUND_GROUP, TILE = LINE * LINE };

static const double least = 0x1p-1000;

typedef struct tile {
    bool along; /* a line is: elements of one vector; one element of 16 */
    double re[TILE], im[TILE];
    double power[2][TILE]; /* whose product is 2^(inner - e) */
    double low[TILE];      /* smallest of the lowest bits so far */
    float y[TILE];
} tile;

/* The line of the next tile: short pieces far apart are not foreseen. */
static void prefetch_next(const sunzi_problem *p, const sunzi_operand *o,
                          int64_t at, int64_t next)
{
    const int64_t bytes = p->scalar == SUNZI_SCALAR_F32   ? 4
                          : p->scalar == SUNZI_SCALAR_F64 ? 8
                                                          : 16;
    const char *line = (const char *)o->data + (at + next) * bytes;
    for (int64_t b = 0; b < LINE * bytes; b += 64)
        __builtin_prefetch(line + b);
}

/* |re|, |im| of vectors v .. v + vectors - 1 and elements h .. h + elements -
 * 1; the rest of the tile is zero. */
static void load(const sunzi_problem *p, const sunzi_operand *o, int64_t v,
                 int64_t vectors, int64_t h, int64_t elements, tile *t)
{
    const int64_t at = v * o->vector_stride + h * o->element_stride;
    const int64_t step = t->along ? o->vector_stride : o->element_stride;
    const int64_t lines = t->along ? vectors : elements;
    const int64_t length = t->along ? elements : vectors;
    const int64_t next = h + elements < p->k ? elements * o->element_stride : 0;
    if (lines < LINE || length < LINE) {
        memset(t->re, 0, sizeof t->re);
        memset(t->im, 0, sizeof t->im);
    }
    for (int64_t l = 0; l < lines; l++) {
        const double *x = (const double *)o->data + at + l * step;
        const float *f = (const float *)o->data + at + l * step;
        const double *z = (const double *)o->data + 2 * (at + l * step);
        double *re = t->re + l * LINE, *im = t->im + l * LINE;
        prefetch_next(p, o, at + l * step, next);
        if (p->scalar == SUNZI_SCALAR_F64) {
#pragma omp simd
            for (int64_t e = 0; e < length; e++)
                re[e] = fabs(x[e]);
        } else if (p->scalar == SUNZI_SCALAR_F32) {
#pragma omp simd
            for (int64_t e = 0; e < length; e++)
                re[e] = fabs((double)f[e]);
        } else {
#pragma omp simd
            for (int64_t e = 0; e < length; e++) {
                re[e] = fabs(z[2 * e]);
                im[e] = fabs(z[2 * e + 1]);
            }
        }
    }
}

/* 2^(exponents + more). Beyond 2000 are only numbers below 2^-900, which become
 * `least` or SUNZI_TINY anyway; upwards there is nothing beyond 1074. */
static void set_line(const int32_t *exponents, int32_t more, int line, tile *t)
{
    double *first = t->power[0] + line * LINE;
    double *second = t->power[1] + line * LINE;
#pragma omp simd
    for (int i = 0; i < LINE; i++) {
        int32_t s = exponents[i] + more;
        s = s > 2000 ? 2000 : s < -2000 ? -2000 : s;
        const uint32_t biased = (uint32_t)(s + 2046), half = biased / 2;
        const uint64_t bits[2] = {(uint64_t)half << 52,
                                  (uint64_t)(biased - half) << 52};
        memcpy(&first[i], &bits[0], sizeof bits[0]);
        memcpy(&second[i], &bits[1], sizeof bits[1]);
    }
}

/* Without inner: the same for all h. */
static void set_powers(const sunzi_operand_plan *q, int width, int64_t v,
                       int64_t vectors, int64_t h, int64_t elements, tile *t)
{
    int32_t d[LINE] = {0}, e[LINE] = {0}; /* inner, -e */
    for (int64_t i = 0; i < vectors; i++)
        if (!q->skip[v + i] && q->stats[v + i].exponent != SUNZI_EXPONENT_ZERO)
            e[i] = -q->stats[v + i].exponent;
    for (int64_t i = 0; i < elements && q->inner; i++)
        d[i] = q->inner[width * (h + i)];
    for (int l = 0; l < LINE; l++)
        set_line(t->along ? d : e, t->along ? e[l] : d[l], l, t);
}

/* |x| -> z */
static void scale(const tile *t, double *x)
{
#pragma omp simd
    for (int i = 0; i < TILE; i++) {
        const double z = x[i] * t->power[0][i] * t->power[1][i];
        const double bounded = z > least ? z : least;
        x[i] = x[i] == 0 ? 0 : bounded;
    }
}

/* The value of the lowest bit of z. Without the lowest one of its
 * representation a number loses that bit, at most a third of it; a power of two
 * loses half of itself or more. */
static void lower(const double *z, double *low)
{
#pragma omp simd
    for (int i = 0; i < TILE; i++) {
        uint64_t bits;
        double rest;
        memcpy(&bits, &z[i], sizeof bits);
        bits &= bits - 1;
        memcpy(&rest, &bits, sizeof rest);
        const double lost = z[i] - rest;
        const double bit = lost + lost >= z[i] ? z[i] : lost;
        const double found = z[i] == 0 ? INFINITY : bit;
        low[i] = found < low[i] ? found : low[i];
    }
}

/* re -> y. What is chosen between are numbers at hand: compilers make branches
 * of a choice between results. */
static void round_down(tile *t)
{
    const double factor = 1 - 0x1p-22, tiny = (double)SUNZI_TINY / factor;
#pragma omp simd
    for (int i = 0; i < TILE; i++) {
        const double z = t->re[i];
        const double bounded = z < 0x1p-60 ? tiny : z;
        t->y[i] = (float)((z == 0 ? z : bounded) * factor);
    }
}

static void store(const tile *t, const sunzi_magnitudes_out *out, float *to)
{
    const int64_t line = t->along ? out->vector_step : out->element_step;
    const int64_t step = t->along ? out->element_step : out->vector_step;
    if (step == 1) {
        for (int l = 0; l < LINE; l++)
            memcpy(to + l * line, t->y + l * LINE, LINE * sizeof *to);
        return;
    }
    for (int i = 0; i < LINE; i++) /* then line == 1 */
        for (int l = 0; l < LINE; l++)
            to[i * step + l] = t->y[l * LINE + i];
}

static void tiles(const sunzi_problem *p, const sunzi_operand *o,
                  const sunzi_operand_plan *q, int64_t first, int64_t count,
                  int64_t element, int64_t elements,
                  const sunzi_magnitudes_out *out, bool want_low, tile *t)
{
    const int width = p->scalar == SUNZI_SCALAR_C64 ? 2 : 1;
    t->along = o->element_stride == 1;
    for (int64_t h = 0; h < elements; h += LINE) {
        const int64_t some = sunzi_min64(LINE, elements - h);
        if (h == 0 || q->inner)
            set_powers(q, width, first, count, element + h, some, t);
        load(p, o, first, count, element + h, some, t);
        scale(t, t->re);
        if (want_low)
            lower(t->re, t->low);
        if (width == 2) {
            scale(t, t->im);
            if (want_low)
                lower(t->im, t->low);
#pragma omp simd
            for (int i = 0; i < TILE; i++)
                t->re[i] += t->im[i];
        }
        round_down(t);
        store(t, out, out->to + h * out->element_step);
    }
}

void sunzi_magnitudes(const sunzi_problem *p, const sunzi_operand *o,
                      const sunzi_operand_plan *q, int64_t first, int64_t count,
                      int64_t element, int64_t elements,
                      const sunzi_magnitudes_out *out)
{
    tile t;
    tiles(p, o, q, first, count, element, elements, out, false, &t);
}

/* ---- the largest elements ---- */

static void insert_top(sunzi_vector_bounds *v, float y, int64_t h)
{
    int at = v->tops;
    if (v->tops == SUNZI_TOPS) {
        if (y <= v->value[SUNZI_TOPS - 1])
            return;
        at = SUNZI_TOPS - 1;
    } else {
        v->tops++;
    }
    for (; at > 0 && v->value[at - 1] < y; at--) {
        v->value[at] = v->value[at - 1];
        v->top[at] = v->top[at - 1];
    }
    v->value[at] = y;
    v->top[at] = (int32_t)h;
}

/* A number that at least SUNZI_TOPS elements reach, or SUNZI_TINY: that one of
 * the maxima of 16 interleaved parts. */
static float threshold(const float *y, int64_t k, int64_t *nonzeros)
{
    float max[LINE] = {0}, sorted[SUNZI_TOPS] = {0};
    int32_t count[LINE] = {0};
    for (int64_t h = 0; h < k; h += LINE)
#pragma omp simd
        for (int i = 0; i < LINE; i++) {
            max[i] = y[h + i] > max[i] ? y[h + i] : max[i];
            count[i] += y[h + i] > 0;
        }
    *nonzeros = 0;
    for (int i = 0; i < LINE; i++) {
        float carry = max[i];
        for (int l = 0; l < SUNZI_TOPS; l++) {
            const float other = sorted[l];
            sorted[l] = carry > other ? carry : other;
            carry = carry > other ? other : carry;
        }
        *nonzeros += count[i];
    }
    return sorted[SUNZI_TOPS - 1] > SUNZI_TINY ? sorted[SUNZI_TOPS - 1]
                                               : SUNZI_TINY;
}

/* The first ones of equal elements. y: a multiple of 16 numbers. */
static void find_tops(const float *y, int64_t k, sunzi_vector_bounds *v)
{
    int64_t nonzeros;
    const float from = threshold(y, k, &nonzeros);
    for (int64_t h = 0; h < k; h += LINE) {
        int some = 0;
#pragma omp simd reduction(+ : some)
        for (int i = 0; i < LINE; i++)
            some += y[h + i] >= from ? 1 : 0;
        for (int i = 0; some && i < LINE; i++)
            if (y[h + i] >= from)
                insert_top(v, y[h + i], h + i);
    }
    v->covered = nonzeros <= SUNZI_TOPS;
}

/* ---- all of a vector ---- */

/* The smallest q at which the lowest bit of a vector is an integer. */
static int32_t exact_scale(const tile *t, int vector)
{
    double low = INFINITY;
    for (int i = 0; i < LINE; i++)
        low =
            fmin(low, t->low[t->along ? vector * LINE + i : i * LINE + vector]);
    uint64_t bits;
    memcpy(&bits, &low, sizeof bits);
    return 1023 - 7 - (int32_t)(bits >> 52); /* at 2^-1000 and less: > 900 */
}

void sunzi_look_at(const sunzi_problem *p, const sunzi_operand *o,
                   const sunzi_operand_plan *q, int64_t first, int64_t count,
                   float *room, sunzi_vector_bounds *bounds)
{
    const int64_t depth = sunzi_round_up(p->k, LINE);
    const sunzi_magnitudes_out out = {room, depth, 1};
    tile t;
    for (int i = 0; i < TILE; i++)
        t.low[i] = INFINITY;
    tiles(p, o, q, first, count, 0, p->k, &out, true, &t);
    for (int v = 0; v < count; v++) {
        const sunzi_vector_stats *s = &q->stats[first + v];
        bounds[v] = (sunzi_vector_bounds){.tops = 0};
        if (q->skip[first + v] || s->exponent == SUNZI_EXPONENT_ZERO)
            continue;
        find_tops(room + v * depth, depth, &bounds[v]);
        bounds[v].exact_scale = exact_scale(&t, v);
        bounds[v].sum = (double)s->ceil_sum / 128;
        bounds[v].log2_squares = q->log2_squares[first + v];
    }
}
