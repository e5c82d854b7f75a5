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
 * above their rounding errors.
 *
 * More moduli make no scale q smaller, hence no E larger: a pair that is proved
 * stays so. So the number is raised where a row needs it, and only what was
 * looked at before is looked at again, for the largest E / D.
 *
 * Cost: O(TOPS m n), against m n k of the product. Memory: at most
 * 4 k min(n, 512) bytes, and 64 k a thread that has 16 rows, whatever the
 * workspace limit: the decision may not depend on that. */
#include <math.h>
#include <string.h>

#include "engines/memory.h"
#include "precision/product_bounds.h"

enum {
    TOPS = SUNZI_TOPS,
    COLUMNS = 512,            /* columns whose magnitudes are kept at a time */
    ROWS = SUNZI_BOUND_GROUP, /* rows a task */
    LANES = 16,
    CHUNK = 256,         /* elements a task, of columns */
    FULL_SUM_SHARE = 256 /* one full sum allowed for so many entries */
};

typedef struct scan {
    const sunzi_problem *p;
    const sunzi_product_plan *plan;
    sunzi_vector_bounds *a, *b;
    int64_t stride, depth; /* of columns: min(n, COLUMNS); of rows: k; padded */
    float *columns;        /* [k][stride] magnitudes of B */
    float *rows;           /* [threads][ROWS][depth] of A, or of any vectors */
    uint8_t *done;         /* [blocks of columns][tasks]: seen with so many */
    int64_t tasks;
    int threads;
    double limit; /* accepted E / D; INFINITY: report only */
    int moduli, most;
    double worst[SUNZI_MODULI_MAX + 2]; /* E / D by the number of moduli */
} scan;

/* What a thread knows of the columns j0 .. j0 + count - 1. */
typedef struct block {
    const scan *s;
    int64_t j0, count, padded;
    int moduli;
    double worst; /* with so many */
    double sum[COLUMNS], error[COLUMNS];
    float *rows;
    int64_t first_row; /* of those whose magnitudes are there; -1: none */
} block;

typedef struct pair_bounds {
    double e[COLUMNS], d[COLUMNS], ratio[COLUMNS];
} pair_bounds;

static float *thread_rows(const scan *s, int slot)
{
    return s->rows + (int64_t)slot * ROWS * s->depth;
}

static void look_at_all(scan *s, const sunzi_operand *o,
                        const sunzi_operand_plan *q, sunzi_vector_bounds *v)
{
    int next_slot = 0;
#pragma omp parallel num_threads(s->threads)
    {
        int slot;
#pragma omp atomic capture
        slot = next_slot++;
#pragma omp for schedule(dynamic)
        for (int64_t i = 0; i < o->count; i += ROWS)
            sunzi_look_at(s->p, o, q, i, sunzi_min64(ROWS, o->count - i),
                          thread_rows(s, slot), v + i);
    }
}

/* ---- pairs ---- */

/* half the rounding error of an element, scaled as the magnitudes are */
static double half_ulp(const sunzi_moduli *m, const sunzi_vector_bounds *v)
{
    const int32_t q = sunzi_scale_of(m, v->log2_squares);
    return v->tops == 0 || q >= v->exact_scale ? 0 : ldexp(0.5, -q - 7);
}

static inline double error_above(double ga, double gb, double sum_a,
                                 double sum_b, double terms)
{
    return (ga * sum_b + gb * sum_a + ga * gb * terms) * (1 + 0x1p-40);
}

/* From a sum of TOPS terms; a term with SUNZI_TINY may be 2^-125 too large. */
static inline double below(double sum)
{
    return sum * (1 - 0x1p-16) - (double)TOPS * 0x1p-124;
}

/* E / D over the elements list[0 .. count), or all; 0: no common support. */
static double full_ratio(const scan *s, const float *row, const float *column,
                         const int32_t *list, int64_t count, double ga,
                         double gb)
{
    double d = 0, sum_a = 0, sum_b = 0, terms = 0;
    for (int64_t l = 0; l < count; l++) {
        const int64_t h = list ? list[l] : l;
        const double x = (double)row[h], y = (double)column[h * s->stride];
        if (x == 0 || y == 0)
            continue;
        terms += s->plan->width; /* real products in one part of the result */
        d += x > 0x1p-60 && y > 0x1p-60 ? x * y : 0;
        sum_a += x * (1 + 0x1p-20) + 0x1p-60;
        sum_b += y * (1 + 0x1p-20) + 0x1p-60;
    }
    if (terms == 0)
        return 0;
    return error_above(ga, gb, sum_a, sum_b, terms) / (d * (1 - 0x1p-16));
}

/* The magnitudes of row i; its task's rows are computed when one is needed. */
static const float *row_of(block *c, int64_t i)
{
    const scan *s = c->s;
    const int64_t first = i / ROWS * ROWS;
    const sunzi_magnitudes_out out = {c->rows, s->depth, 1};
    if (c->first_row != first)
        sunzi_magnitudes(s->p, &s->p->a, &s->plan->a, first,
                         sunzi_min64(ROWS, s->p->m - first), 0, s->p->k, &out);
    c->first_row = first;
    return c->rows + (i - first) * s->depth;
}

/* An upper bound of E / D for one pair, cheapest proof first; from_row: what
 * the tops of row i give for D, not enough. */
static double open_ratio(block *c, int64_t i, int64_t j, double e,
                         double from_row, double ga, int *full_sums)
{
    const scan *s = c->s;
    const sunzi_vector_bounds *a = &s->a[i], *b = &s->b[c->j0 + j];
    const float *row = row_of(c, i), *column = s->columns + j;
    const double gb = c->error[j];
    double d = 0;
    for (int l = 0; l < b->tops; l++)
        d += (double)row[b->top[l]] * (double)b->value[l];
    d = fmax(from_row, below(d));
    if (d > 0 && e <= s->limit * d)
        return e / d;
    if (a->covered)
        return full_ratio(s, row, column, a->top, a->tops, ga, gb);
    if (b->covered)
        return full_ratio(s, row, column, b->top, b->tops, ga, gb);
    if (--*full_sums < 0)
        return INFINITY;
    return full_ratio(s, row, column, NULL, s->p->k, ga, gb);
}

/* The terms at the tops of row i; behind its tops are zeros. */
static void row_terms(const block *c, int64_t i, float *terms)
{
    const float *x = c->s->a[i].value;
    const float *y[TOPS];
    for (int l = 0; l < TOPS; l++)
        y[l] = c->s->columns + c->s->a[i].top[l] * c->s->stride;
    const float *y0 = y[0], *y1 = y[1], *y2 = y[2], *y3 = y[3];
    const float *y4 = y[4], *y5 = y[5], *y6 = y[6], *y7 = y[7];
#pragma omp simd
    for (int64_t j = 0; j < c->padded; j++)
        terms[j] = x[0] * y0[j] + x[1] * y1[j] + x[2] * y2[j] + x[3] * y3[j] +
                   x[4] * y4[j] + x[5] * y5[j] + x[6] * y6[j] + x[7] * y7[j];
}

/* E, D from the terms of the row, and E / D; INFINITY where that proves
 * nothing (0 if E is 0). Returns the largest. */
static double row_proofs(const block *c, const sunzi_vector_bounds *a,
                         const float *terms, double ga, pair_bounds *r)
{
    const scan *s = c->s;
    const double sum = a->sum, count = (double)(s->plan->width * s->p->k);
    /* a report asks for the better D of row and column */
    const double limit = s->limit < INFINITY ? s->limit : 0;
    double worst[LANES] = {0}, all = 0;
#pragma omp simd
    for (int64_t j = 0; j < c->padded; j++) {
        const double e = error_above(ga, c->error[j], sum, c->sum[j], count);
        const double terms_below = below((double)terms[j]);
        const double d = terms_below > 0 ? terms_below : 0;
        const double over = e <= limit * d ? e : INFINITY;
        r->e[j] = e;
        r->d[j] = d;
        r->ratio[j] = over / (d > 0 ? d : 1);
    }
    for (int64_t j = 0; j < c->padded; j += LANES)
#pragma omp simd
        for (int l = 0; l < LANES; l++) {
            const double ratio = r->ratio[j + l];
            worst[l] = ratio > worst[l] ? ratio : worst[l];
        }
    for (int l = 0; l < LANES; l++)
        all = fmax(all, worst[l]);
    return all;
}

/* The largest ratio of row i; INFINITY: beyond the limit, or nothing proved. */
static double row_ratio(block *c, int64_t i, const float *terms)
{
    const sunzi_vector_bounds *a = &c->s->a[i];
    const double ga = half_ulp(sunzi_moduli_for(c->moduli), a);
    int full_sums = (int)(2 + c->count / FULL_SUM_SHARE);
    pair_bounds r;
    double worst = row_proofs(c, a, terms, ga, &r);
    if (worst < INFINITY)
        return worst <= c->s->limit ? worst : INFINITY;
    worst = 0;
    for (int64_t j = 0; j < c->count; j++) {
        double ratio = r.ratio[j];
        if (ratio == INFINITY)
            ratio = open_ratio(c, i, j, r.e[j], r.d[j], ga, &full_sums);
        if (!(ratio <= c->s->limit))
            return INFINITY;
        worst = fmax(worst, ratio);
    }
    return worst;
}

/* ---- rows and columns ---- */

static void set_moduli(block *c, int moduli)
{
    if (c->moduli == moduli)
        return;
    c->moduli = moduli;
    c->worst = 0;
    memset(c->error, 0, sizeof c->error);
    memset(c->sum, 0, sizeof c->sum);
    for (int64_t j = 0; j < c->count && moduli <= SUNZI_MODULI_MAX; j++) {
        const sunzi_vector_bounds *b = &c->s->b[c->j0 + j];
        c->error[j] = half_ulp(sunzi_moduli_for(moduli), b);
        c->sum[j] = b->sum;
    }
}

/* A task: rows from i on, with as many moduli as the last one needs. */
static void scan_rows(block *c, int64_t i)
{
    const int64_t end = sunzi_min64(i + ROWS, c->s->p->m);
    float terms[COLUMNS];
    for (; i < end; i++) {
        double ratio = 0;
        if (c->s->a[i].tops == 0)
            continue;
        row_terms(c, i, terms);
        while (c->moduli <= c->s->most &&
               (ratio = row_ratio(c, i, terms)) == INFINITY)
            set_moduli(c, c->moduli + 1);
        c->worst = fmax(c->worst, ratio);
    }
}

/* Others may have raised the number in between; the results of a thread with
 * fewer are not used then. */
static void report(scan *s, const block *c)
{
#pragma omp critical
    {
        s->moduli = c->moduli > s->moduli ? c->moduli : s->moduli;
        s->worst[c->moduli] = fmax(s->worst[c->moduli], c->worst);
    }
}

static void scan_block(scan *s, int64_t j0, int64_t count, uint8_t *done)
{
    int next_slot = 0;
#pragma omp parallel num_threads(s->threads)
    {
        int slot;
        block c = {.s = s, .j0 = j0, .count = count, .first_row = -1};
        c.padded = sunzi_round_up(count, SUNZI_BOUND_GROUP);
#pragma omp atomic capture
        slot = next_slot++;
        c.rows = thread_rows(s, slot);
#pragma omp for schedule(dynamic)
        for (int64_t task = 0; task < s->tasks; task++) {
            int moduli;
#pragma omp atomic read
            moduli = s->moduli;
            if (done[task] >= moduli || moduli > s->most)
                continue;
            set_moduli(&c, moduli);
            scan_rows(&c, task * ROWS);
            done[task] = (uint8_t)moduli; /* all its rows, so many at least */
            report(s, &c);
        }
    }
}

static void fill_columns(scan *s, int64_t j0, int64_t count)
{
    const int64_t k = s->p->k;
#pragma omp parallel for collapse(2) schedule(static) num_threads(s->threads)
    for (int64_t h = 0; h < k; h += CHUNK)
        for (int64_t j = 0; j < count; j += SUNZI_BOUND_GROUP) {
            const sunzi_magnitudes_out out = {s->columns + h * s->stride + j, 1,
                                              s->stride};
            sunzi_magnitudes(s->p, &s->p->b, &s->plan->b, j0 + j,
                             sunzi_min64(SUNZI_BOUND_GROUP, count - j), h,
                             sunzi_min64(CHUNK, k - h), &out);
        }
}

static bool stale(const scan *s, const uint8_t *done)
{
    for (int64_t task = 0; task < s->tasks; task++)
        if (done[task] < s->moduli)
            return true;
    return false;
}

/* All pairs with s->moduli, raised until all are proved or it exceeds most. */
static void scan_all(scan *s)
{
    bool again = true;
    while (again && s->moduli <= s->most) {
        uint8_t *done = s->done;
        again = false;
        for (int64_t j0 = 0; j0 < s->p->n; j0 += COLUMNS, done += s->tasks) {
            const int64_t count = sunzi_min64(COLUMNS, s->p->n - j0);
            if (!stale(s, done) || s->moduli > s->most)
                continue;
            fill_columns(s, j0, count);
            scan_block(s, j0, count, done);
            again = true;
        }
    }
}

/* ---- the number of moduli ---- */

static sunzi_status take_scan(scan *s, void **memory)
{
    const size_t m = (size_t)s->p->m, n = (size_t)s->p->n;
    const size_t blocks = (n + COLUMNS - 1) / COLUMNS;
    const size_t larger = m > n ? m : n, rows = (larger + ROWS - 1) / ROWS;
    s->tasks = (s->p->m + ROWS - 1) / ROWS;
    s->stride = sunzi_round_up(sunzi_min64(COLUMNS, s->p->n), 16);
    s->depth = sunzi_round_up(s->p->k, 16);
    s->threads = (int)sunzi_min64(s->plan->threads, (int64_t)rows);
    const size_t bounds = sunzi_size_product(m + n, sizeof *s->a, 1);
    const size_t columns = (size_t)(s->stride * s->depth);
    const size_t row_floats = (size_t)(s->threads * ROWS * s->depth);
    const size_t done = blocks * (size_t)s->tasks;
    const sunzi_status status = sunzi_pool_take(
        s->p->ctx->pool, bounds + 4 * (columns + row_floats) + done,
        "error bounds of a product", memory);
    if (status < 0)
        return status;
    s->columns = *memory;
    s->rows = s->columns + columns;
    s->a = (sunzi_vector_bounds *)(void *)(s->rows + row_floats);
    s->b = s->a + m;
    s->done = (uint8_t *)(void *)(s->b + n);
    memset(s->done, 0, done);
    return SUNZI_OK;
}

sunzi_status sunzi_certify_data(const sunzi_problem *p,
                                sunzi_product_plan *plan, int least)
{
    void *memory = NULL;
    const int given = p->options.moduli;
    /* the statistics gave a proof at this number; or all are tried */
    const int most =
        plan->certified ? plan->moduli.count - 1 : SUNZI_MODULI_MAX;
    scan s = {.p = p,
              .plan = plan,
              .limit = given ? INFINITY : plan->tolerance / plan->unit,
              .moduli = given ? given : least,
              .most = given ? given : most};
    sunzi_status status;

    SUNZI_TRY(take_scan(&s, &memory));
    if (s.moduli <= s.most) {
        SUNZI_TRY(sunzi_product_bring_operands(p));
        look_at_all(&s, &p->a, &plan->a, s.a);
        look_at_all(&s, &p->b, &plan->b, s.b);
        scan_all(&s);
    }
    if (s.moduli <= s.most) {
        plan->certified = true;
        plan->moduli = *sunzi_moduli_for(s.moduli);
        plan->certificate = s.worst[s.moduli] * plan->unit;
    }
done:
    sunzi_pool_give(p->ctx->pool, &memory);
    return status;
}
