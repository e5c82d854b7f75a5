/* SPDX-License-Identifier: BSD-3-Clause */
/* Error bounds from the data themselves, for products whose statistics prove
 * too little: wide spreads, sparse vectors, integers.
 *
 * With the magnitudes y of product_certificate.c (here scaled to at most 1),
 *  - a vector whose integers x' are its numbers exactly makes no error: then
 *    its term of E is dropped. This is so when q is at least the distance from
 *    e - 7 to the lowest bit that is set in the vector;
 *  - (|A||B|)_ij is at least its terms at the TOPS largest elements of row i of
 *    A, and at least those of column j of B. Random data of wide spread are
 *    dominated by such terms;
 *  - for few other pairs all terms are summed, and E as well is taken over the
 *    indices h where both numbers are nonzero.
 * The magnitudes are FP32 numbers rounded down, sums are reduced by 2^-16:
 * above their rounding errors. Cost: O(TOPS m n), against m n k of the product.
 * Memory: 2 KiB k, whatever the workspace limit: the decision may not depend on
 * that. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "precision/product.h"

enum {
    TOPS = 8,
    COLUMNS = 512,       /* columns whose magnitudes are kept at a time */
    ROWS = 16,           /* rows a task */
    FULL_SUM_SHARE = 256 /* one full sum allowed for so many entries */
};

/* a magnitude that is not zero but below 2^-60 of the largest */
static const float tiny = FLT_MIN;

typedef struct vector_bounds {
    int32_t exact_scale; /* the integers are exact for q >= this */
    int32_t log2_squares;
    int32_t tops, covered; /* covered: all nonzero elements are tops */
    int32_t top[TOPS];
    double sum; /* of y, from above, scaled to at most 1 */
} vector_bounds;

typedef struct scan {
    const sunzi_problem *p;
    const sunzi_product_plan *plan;
    vector_bounds *a, *b;
    float *columns; /* [k][COLUMNS] magnitudes of B */
    float *rows;    /* [threads][k] of A */
    double limit;   /* accepted E / D; INFINITY: report only */
    double worst;   /* largest E / D found */
    bool failed;
} scan;

/* ---- one number, one vector ---- */

static double number(const sunzi_problem *p, const sunzi_operand *o,
                     int64_t vector, int64_t h, int part)
{
    const int64_t at = vector * o->vector_stride + h * o->element_stride;
    if (p->scalar == SUNZI_SCALAR_F64)
        return ((const double *)o->data)[at];
    if (p->scalar == SUNZI_SCALAR_F32)
        return (double)((const float *)o->data)[at];
    return ((const double *)o->data)[2 * at + part];
}

/* x 2^scale, not above 2; a result below 2^-60 may be rounded. */
static double scaled(double x, int scale)
{
    uint64_t bits[2];
    double power[2];
    scale = scale > 2000 ? 2000 : scale < -2000 ? -2000 : scale;
    bits[0] = (uint64_t)(1023 + scale / 2) << 52;
    bits[1] = (uint64_t)(1023 + (scale - scale / 2)) << 52;
    memcpy(power, bits, sizeof power);
    return x * power[0] * power[1];
}

/* 2^scale |re| + 2^scale |im|, rounded down; 0 only for zeros. */
static float magnitude(const sunzi_problem *p, const sunzi_operand *o,
                       int64_t vector, int64_t h, int width, int scale)
{
    double sum = fabs(number(p, o, vector, h, 0));
    const double other = width == 2 ? fabs(number(p, o, vector, h, 1)) : 0;
    if (sum == 0 && other == 0)
        return 0;
    sum = scaled(sum, scale) + (width == 2 ? scaled(other, scale) : 0);
    return sum < 0x1p-60 ? tiny : (float)(sum * (1 - 0x1p-22));
}

/* exponent of the lowest bit that is set, x != 0 */
static int32_t lowest_bit(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    const int exponent = (int)(bits >> 52 & 2047);
    bits &= (UINT64_C(1) << 52) - 1;
    if (exponent == 0)
        return -1074 + __builtin_ctzll(bits);
    return exponent - 1075 + __builtin_ctzll(bits | UINT64_C(1) << 52);
}

static void insert_top(vector_bounds *v, float *values, float y, int64_t h)
{
    int at = v->tops;
    if (v->tops == TOPS) {
        if (y <= values[TOPS - 1])
            return;
        at = TOPS - 1;
    } else {
        v->tops++;
    }
    for (; at > 0 && values[at - 1] < y; at--) {
        values[at] = values[at - 1];
        v->top[at] = v->top[at - 1];
    }
    values[at] = y;
    v->top[at] = (int32_t)h;
}

static void look_at(const sunzi_problem *p, const sunzi_product_plan *plan,
                    const sunzi_operand *o, const sunzi_operand_plan *q,
                    int64_t vector, vector_bounds *v)
{
    const sunzi_vector_stats *s = &q->stats[vector];
    float values[TOPS];
    int64_t nonzeros = 0;
    *v = (vector_bounds){.exact_scale = INT32_MIN};
    if (q->skip[vector] || s->exponent == SUNZI_EXPONENT_ZERO)
        return;
    for (int64_t h = 0; h < p->k; h++) {
        const int32_t d = q->inner ? q->inner[plan->width * h] : 0;
        const float y =
            magnitude(p, o, vector, h, plan->width, d - s->exponent);
        if (y == 0)
            continue;
        nonzeros++;
        insert_top(v, values, y, h);
        for (int part = 0; part < plan->width; part++) {
            const double x = number(p, o, vector, h, part);
            if (x == 0)
                continue;
            const int32_t scale = s->exponent - 7 - d - lowest_bit(x);
            v->exact_scale = scale > v->exact_scale ? scale : v->exact_scale;
        }
    }
    v->covered = nonzeros <= TOPS;
    v->sum = (double)s->ceil_sum / 128;
    v->log2_squares = q->log2_squares[vector];
}

static void look_at_all(const sunzi_problem *p, const sunzi_product_plan *plan,
                        const sunzi_operand *o, const sunzi_operand_plan *q,
                        vector_bounds *v)
{
#pragma omp parallel for schedule(dynamic, 16) num_threads(plan->threads)
    for (int64_t i = 0; i < o->count; i++)
        look_at(p, plan, o, q, i, &v[i]);
}

/* ---- pairs ---- */

/* half the rounding error of an element, scaled as the magnitudes are */
static double half_ulp(const sunzi_moduli *m, const vector_bounds *v)
{
    const int32_t q = sunzi_scale_of(m, v->log2_squares);
    return v->tops == 0 || q >= v->exact_scale ? 0 : ldexp(0.5, -q - 7);
}

static double error_above(double ga, double gb, double sum_a, double sum_b,
                          double terms)
{
    return (ga * sum_b + gb * sum_a + ga * gb * terms) * (1 + 0x1p-40);
}

/* E / D over the elements list[0 .. count), or all; 0: no common support. */
static double full_ratio(const float *row, const float *column,
                         const int32_t *list, int64_t count, int width,
                         double ga, double gb)
{
    double d = 0, sum_a = 0, sum_b = 0, terms = 0;
    for (int64_t l = 0; l < count; l++) {
        const int64_t h = list ? list[l] : l;
        const double x = (double)row[h], y = (double)column[h * COLUMNS];
        if (x == 0 || y == 0)
            continue;
        terms += width; /* real products in one part of the result */
        d += x > 0x1p-60 && y > 0x1p-60 ? x * y : 0;
        sum_a += x * (1 + 0x1p-20) + 0x1p-60;
        sum_b += y * (1 + 0x1p-20) + 0x1p-60;
    }
    if (terms == 0)
        return 0;
    return error_above(ga, gb, sum_a, sum_b, terms) / (d * (1 - 0x1p-16));
}

/* max(.., terms at the tops of column j); the row is short of proof. */
static double column_tops(const float *row, const float *column,
                          const vector_bounds *v)
{
    double d = 0;
    for (int l = 0; l < v->tops; l++)
        d += (double)row[v->top[l]] * (double)column[v->top[l] * COLUMNS];
    return d;
}

/* An upper bound of E / D for one pair, cheapest proof first. */
static double pair_ratio(const scan *s, int64_t i, int64_t j, const float *row,
                         const float *column, double from_row, double ga,
                         double gb, int *full_sums)
{
    const vector_bounds *a = &s->a[i], *b = &s->b[j];
    const double slack = (double)TOPS * 0x1p-124;
    const int width = s->plan->width;
    const double e =
        error_above(ga, gb, a->sum, b->sum, (double)(width * s->p->k));
    double d = from_row * (1 - 0x1p-16) - slack;
    if (e == 0)
        return 0;
    if (d > 0 && e <= s->limit * d && s->limit < INFINITY)
        return e / d;
    d = fmax(d, column_tops(row, column, b) * (1 - 0x1p-16) - slack);
    if (d > 0 && e <= s->limit * d)
        return e / d;
    if (a->covered)
        return full_ratio(row, column, a->top, a->tops, width, ga, gb);
    if (b->covered)
        return full_ratio(row, column, b->top, b->tops, width, ga, gb);
    if (--*full_sums < 0)
        return INFINITY;
    return full_ratio(row, column, NULL, s->p->k, width, ga, gb);
}

/* Row i against the columns j0 .. j0 + count - 1; the largest ratio. */
static double scan_row(const scan *s, const sunzi_moduli *m, int64_t i,
                       int64_t j0, int64_t count, float *row, const double *gb)
{
    const sunzi_operand_plan *q = &s->plan->a;
    float sums[COLUMNS] = {0};
    int full_sums = (int)(2 + count / FULL_SUM_SHARE);
    double worst = 0;
    if (s->a[i].tops == 0)
        return 0;
    for (int64_t h = 0; h < s->p->k; h++) {
        const int32_t d = q->inner ? q->inner[s->plan->width * h] : 0;
        row[h] = magnitude(s->p, &s->p->a, i, h, s->plan->width,
                           d - q->stats[i].exponent);
    }
    for (int l = 0; l < s->a[i].tops; l++) {
        const int64_t h = s->a[i].top[l];
        const float *y = s->columns + h * COLUMNS, x = row[h];
        for (int64_t j = 0; j < COLUMNS; j++)
            sums[j] += x * y[j];
    }
    const double ga = half_ulp(m, &s->a[i]);
    for (int64_t j = 0; j < count; j++) {
        if (s->b[j0 + j].tops == 0)
            continue;
        const double ratio = pair_ratio(s, i, j0 + j, row, s->columns + j,
                                        (double)sums[j], ga, gb[j], &full_sums);
        if (!(ratio <= s->limit))
            return INFINITY;
        worst = fmax(worst, ratio);
    }
    return worst;
}

static void fill_columns(scan *s, int64_t j0, int64_t count)
{
    const sunzi_operand_plan *q = &s->plan->b;
#pragma omp parallel for schedule(static) num_threads(s->plan->threads)
    for (int64_t h = 0; h < s->p->k; h++) {
        const int32_t d = q->inner ? q->inner[s->plan->width * h] : 0;
        for (int64_t j = 0; j < COLUMNS; j++)
            s->columns[h * COLUMNS + j] =
                j >= count || s->b[j0 + j].tops == 0
                    ? 0
                    : magnitude(s->p, &s->p->b, j0 + j, h, s->plan->width,
                                d - q->stats[j0 + j].exponent);
    }
}

/* E / D for all pairs with m; INFINITY once a pair is beyond the limit. */
static double scan_all(scan *s, const sunzi_moduli *m)
{
    double worst = 0;
    for (int64_t j0 = 0; j0 < s->p->n && worst < INFINITY; j0 += COLUMNS) {
        const int64_t count = sunzi_min64(COLUMNS, s->p->n - j0);
        double gb[COLUMNS];
        int next_slot = 0;
        fill_columns(s, j0, count);
        for (int64_t j = 0; j < count; j++)
            gb[j] = half_ulp(m, &s->b[j0 + j]);
#pragma omp parallel num_threads(s->plan->threads) reduction(max : worst)
        {
            int slot;
#pragma omp atomic capture
            slot = next_slot++;
#pragma omp for schedule(dynamic, ROWS)
            for (int64_t i = 0; i < s->p->m; i++)
                if (worst < INFINITY)
                    worst = fmax(worst, scan_row(s, m, i, j0, count,
                                                 s->rows + slot * s->p->k, gb));
        }
    }
    return worst;
}

/* ---- the number of moduli ---- */

static sunzi_status take_scan(scan *s, void **block)
{
    const size_t m = (size_t)s->p->m, n = (size_t)s->p->n;
    const size_t k = (size_t)s->p->k, threads = (size_t)s->plan->threads;
    const size_t bounds = sunzi_size_product(m + n, sizeof *s->a, 1);
    const size_t floats = sunzi_size_product(COLUMNS + threads, k, 4);
    const sunzi_status status = sunzi_pool_take(
        s->p->ctx->pool, bounds + floats, "error bounds of a product", block);
    if (status < 0)
        return status;
    s->a = *block;
    s->b = s->a + m;
    s->columns = (float *)(void *)(s->b + n);
    s->rows = s->columns + COLUMNS * k;
    return SUNZI_OK;
}

sunzi_status sunzi_certify_data(const sunzi_problem *p,
                                sunzi_product_plan *plan, int least)
{
    void *block = NULL;
    scan s = {.p = p, .plan = plan};
    const int given = p->options.moduli;
    /* the statistics gave a proof at this number; or all are tried */
    const int most =
        plan->certified ? plan->moduli.count - 1 : SUNZI_MODULI_MAX;
    sunzi_status status;

    SUNZI_TRY(take_scan(&s, &block));
    look_at_all(p, plan, &p->a, &plan->a, s.a);
    look_at_all(p, plan, &p->b, &plan->b, s.b);
    s.limit = given ? INFINITY : plan->tolerance / plan->unit;
    /* upwards: a number that is too small is mostly found out at once */
    for (int count = given ? given : least; count <= (given ? given : most);
         count++) {
        const double ratio = scan_all(&s, sunzi_moduli_for(count));
        if (ratio == INFINITY)
            continue;
        plan->certified = true;
        plan->moduli = *sunzi_moduli_for(count);
        plan->certificate = ratio * plan->unit;
        break;
    }
done:
    sunzi_pool_give(p->ctx->pool, &block);
    return status;
}
