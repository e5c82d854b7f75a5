/* SPDX-License-Identifier: BSD-3-Clause */
/* Two datasets of the same shape, entry by entry, in blocks.
 *
 * Sums of squares are exact, so that no figure depends on the blocks: a sum is
 * carried as FP64 numbers without overlap, found by taking the rounded sum off
 * and summing again (sunzi_ddot rounds once) until nothing is left. Numbers of
 * three ranges are scaled apart so that no square overflows or underflows. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/reduce.h>

#include "tools/compare.h"

enum {
    BLOCK = 1 << 16,
    RANGES = 3,
    TERMS = 48 /* 2^-750 .. 2^910 in pieces of 53 bits, and some */
};

static const int shift[RANGES] = {700, 0, -600}; /* small, middle, large */

typedef struct squares {
    double term[RANGES][TERMS];
    int terms[RANGES];
    bool overflow; /* a term was no finite number */
} squares;

typedef struct work {
    double x[BLOCK + 2 * TERMS], y[BLOCK + 2 * TERMS]; /* of one range */
    double a[BLOCK], d[BLOCK];
    union {
        double fp64[BLOCK];
        int64_t int64[BLOCK];
        uint64_t uint64[BLOCK];
    } in_a, in_b;
} work;

static int range_of(double magnitude)
{
    return magnitude >= 0x1p300 ? 2 : magnitude < 0x1p-300 ? 0 : 1;
}

/* The exact sum of x_i y_i as terms of falling size; x and y have room for
 * TERMS more. */
static sunzi_status reduce_exactly(work *w, int64_t n, double *term, int *terms)
{
    *terms = 0;
    for (;;) {
        double sum;
        const sunzi_status status =
            sunzi_ddot(NULL, NULL, n, w->x, 1, w->y, 1, &sum);
        if (status < 0 || sum == 0.0)
            return status;
        if (*terms == TERMS)
            return sunzi_fail(SUNZI_ERR_INTERNAL,
                              "an exact sum has more than %d terms", TERMS);
        term[(*terms)++] = sum;
        w->x[n] = -sum;
        w->y[n] = 1.0;
        n++;
    }
}

static sunzi_status add_range(work *w, squares *s, int range, const double *v,
                              int64_t count)
{
    const double scale = ldexp(1.0, shift[range]);
    int64_t n = 0;
    for (int64_t i = 0; i < count; i++)
        if (v[i] != 0.0 && isfinite(v[i]) && range_of(fabs(v[i])) == range)
            w->x[n++] = v[i] * scale;
    if (n == 0)
        return SUNZI_OK;
    memcpy(w->y, w->x, (size_t)n * sizeof *w->y);
    for (int i = 0; i < s->terms[range]; i++, n++) {
        w->x[n] = s->term[range][i];
        w->y[n] = 1.0;
    }
    return reduce_exactly(w, n, s->term[range], &s->terms[range]);
}

static sunzi_status add_squares(work *w, squares *s, const double *v,
                                int64_t count)
{
    bool present[RANGES] = {false};
    for (int64_t i = 0; i < count; i++) {
        if (!isfinite(v[i]))
            s->overflow = true;
        else if (v[i] != 0.0)
            present[range_of(fabs(v[i]))] = true;
    }
    for (int range = 0; range < RANGES; range++) {
        const sunzi_status status =
            present[range] ? add_range(w, s, range, v, count) : SUNZI_OK;
        if (status < 0)
            return status;
    }
    return SUNZI_OK;
}

/* ||v|| = result * 2^*exponent; the largest range decides. */
static double norm_of(const squares *s, int *exponent)
{
    double norm = 0.0;
    *exponent = 0;
    for (int range = RANGES - 1; range >= 0; range--) {
        if (s->terms[range] == 0)
            continue;
        const double part = sqrt(s->term[range][0]);
        if (norm == 0.0) {
            norm = part;
            *exponent = -shift[range];
        } else {
            norm = hypot(norm, ldexp(part, -shift[range] - *exponent));
        }
    }
    return norm;
}

static double ratio_of_norms(const squares *d, const squares *a)
{
    int exponent_d, exponent_a;
    const double norm_d = norm_of(d, &exponent_d);
    const double norm_a = norm_of(a, &exponent_a);
    if (d->overflow)
        return INFINITY;
    if (norm_d == 0.0)
        return 0.0;
    if (norm_a == 0.0)
        return INFINITY;
    return ldexp(norm_d / norm_a, exponent_d - exponent_a);
}

/* ---- entries ---- */

static bool same_bits(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

/* `equal`: as numbers, or NaN both. a[i] and d[i] become what is summed. */
static void note(sunzi_difference *one, int64_t entry, double a, double b,
                 double d, bool equal, double *sum_a, double *sum_d)
{
    const bool finite = isfinite(a) && isfinite(b);
    *sum_a = finite ? a : 0.0;
    *sum_d = finite && !equal ? d : 0.0;
    if (finite && fabs(a) > one->largest_a)
        one->largest_a = fabs(a);
    if (equal) {
        one->nan_equal += isnan(a) != 0;
        return;
    }
    if (one->first < 0) {
        one->first = entry;
        one->first_a = a;
        one->first_b = b;
    }
    one->differing++;
    if (!finite)
        one->special++;
    else if (fabs(d) > one->largest)
        one->largest = fabs(d);
}

static uint64_t magnitude(int64_t x)
{
    return x < 0 ? 0 - (uint64_t)x : (uint64_t)x;
}

/* Before `note` of the same entry. */
static void note_exactly(sunzi_difference *one, uint64_t x, uint64_t y,
                         uint64_t distance)
{
    sunzi_exact_difference *exact = &one->exact;
    const uint64_t size = exact->is_signed ? magnitude((int64_t)x) : x;
    if (size > exact->largest_a)
        exact->largest_a = size;
    if (distance > exact->largest)
        exact->largest = distance;
    if (one->first < 0 && distance) {
        exact->first_a = x;
        exact->first_b = y;
    }
}

/* Integers that were read as double, which holds them. */
static void take_exactly(sunzi_difference *one)
{
    one->exact.is_signed = true;
    one->exact.first_a = (uint64_t)(int64_t)one->first_a;
    one->exact.first_b = (uint64_t)(int64_t)one->first_b;
    one->exact.largest = (uint64_t)one->largest;
    one->exact.largest_a = (uint64_t)one->largest_a;
}

static void note_block(sunzi_difference *one, work *w, sunzi_number_kind kind,
                       int64_t first, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        double a, b, d;
        bool equal;
        if (kind == SUNZI_NUMBER_FP64) {
            a = w->in_a.fp64[i];
            b = w->in_b.fp64[i];
            d = a - b;
            equal = a == b || (isnan(a) && isnan(b));
            one->other_bits += equal && !same_bits(a, b);
        } else {
            /* the difference of the numbers themselves: those of FP64 near
             * them may be equal */
            const uint64_t x = w->in_a.uint64[i], y = w->in_b.uint64[i];
            const bool is_signed = kind == SUNZI_NUMBER_INT64;
            const bool more =
                is_signed ? w->in_a.int64[i] > w->in_b.int64[i] : x > y;
            a = is_signed ? (double)w->in_a.int64[i] : (double)x;
            b = is_signed ? (double)w->in_b.int64[i] : (double)y;
            d = more ? (double)(x - y) : -(double)(y - x);
            equal = x == y;
            note_exactly(one, x, y, more ? x - y : y - x);
        }
        note(one, first + i, a, b, d, equal, &w->a[i], &w->d[i]);
    }
}

static sunzi_status compare_numbers(const sunzi_comparing *asked,
                                    sunzi_number_kind kind,
                                    sunzi_difference *one)
{
    squares sum_a = {.overflow = false}, sum_d = {.overflow = false};
    sunzi_status status = SUNZI_OK;
    work *w = malloc(sizeof *w);
    if (!w)
        return sunzi_fail(SUNZI_ERR_NOMEM, "no memory for %zu bytes",
                          sizeof *w);
    int64_t count;
    one->exact.integers = one->a->kind == SUNZI_DATASET_INTEGER;
    one->exact.is_signed = kind == SUNZI_NUMBER_INT64;
    for (int64_t at = 0; at < one->a->entries; at += count) {
        status = sunzi_datasets_read_run(asked->a, one->a, kind, at, BLOCK,
                                         &w->in_a, &count);
        if (status == SUNZI_OK)
            status = sunzi_datasets_read_run(asked->b, one->b, kind, at, BLOCK,
                                             &w->in_b, &count);
        if (status < 0)
            break;
        note_block(one, w, kind, at, count);
        status = add_squares(w, &sum_a, w->a, count);
        if (status == SUNZI_OK)
            status = add_squares(w, &sum_d, w->d, count);
        if (status < 0)
            break;
    }
    free(w);
    if (one->exact.integers && kind == SUNZI_NUMBER_FP64)
        take_exactly(one);
    one->compared = true;
    one->relative = one->largest == 0.0     ? 0.0
                    : one->largest_a == 0.0 ? INFINITY
                                            : one->largest / one->largest_a;
    one->l2_relative = ratio_of_norms(&sum_d, &sum_a);
    return status;
}

/* ---- one dataset ---- */

static bool same_shape(const sunzi_dataset *a, const sunzi_dataset *b)
{
    return a->dims == b->dims &&
           memcmp(a->size, b->size, (size_t)a->dims * sizeof *a->size) == 0;
}

/* The kind that holds the numbers of both exactly; false: there is none. */
static bool common_kind(const sunzi_dataset *a, const sunzi_dataset *b,
                        sunzi_number_kind *kind)
{
    if (a->kind != b->kind)
        return false;
    const bool wide_a = a->exact == SUNZI_NUMBER_UINT64;
    const bool wide_b = b->exact == SUNZI_NUMBER_UINT64;
    *kind = a->exact != SUNZI_NUMBER_FP64 ? a->exact : b->exact;
    return !(wide_a || wide_b) || (a->type[0] == 'u' && b->type[0] == 'u');
}

static void compare_units(const sunzi_comparing *asked, sunzi_difference *one)
{
    const bool in_a = sunzi_datasets_text(asked->a, one->a->path, "units",
                                          one->units_a, sizeof one->units_a);
    const bool in_b = sunzi_datasets_text(asked->b, one->b->path, "units",
                                          one->units_b, sizeof one->units_b);
    one->units_differ = in_a != in_b || strcmp(one->units_a, one->units_b) != 0;
}

/* Integers are held against --atol as they are; with --rtol the bound is
 * rounded anyway. */
static bool is_within(const sunzi_comparing *asked, const sunzi_difference *one)
{
    if (one->exact.integers && asked->rtol == 0.0)
        return asked->atol >= 0x1p64 ||
               one->exact.largest <= (uint64_t)asked->atol;
    return one->largest <= asked->atol + asked->rtol * one->largest_a;
}

static sunzi_verdict judge(const sunzi_comparing *asked,
                           const sunzi_difference *one)
{
    const bool exactly = asked->rtol == 0.0 && asked->atol == 0.0;
    if (one->units_differ || one->special > 0)
        return SUNZI_DIFFERENT;
    if (exactly && strcmp(one->a->type, one->b->type) != 0)
        return SUNZI_DIFFERENT;
    if (one->differing == 0)
        return SUNZI_SAME;
    return is_within(asked, one) ? SUNZI_WITHIN : SUNZI_DIFFERENT;
}

sunzi_status sunzi_compare_dataset(const sunzi_comparing *asked,
                                   const sunzi_dataset *a,
                                   const sunzi_dataset *b,
                                   sunzi_difference *one)
{
    sunzi_number_kind kind;
    *one = (sunzi_difference){
        .a = a, .b = b, .first = -1, .verdict = SUNZI_DIFFERENT};
    if (!a || !b) {
        one->reason = a ? "only in the first file" : "only in the second file";
        return SUNZI_OK;
    }
    compare_units(asked, one);
    if (!same_shape(a, b)) {
        one->reason = "the shapes differ";
        return SUNZI_OK;
    }
    if (!common_kind(a, b, &kind)) {
        one->reason = "the types cannot be compared";
        return SUNZI_OK;
    }
    if (a->kind == SUNZI_DATASET_OTHER) {
        one->reason = "no numbers";
        one->verdict = SUNZI_NOT_COMPARED;
        return SUNZI_OK;
    }
    const sunzi_status status = compare_numbers(asked, kind, one);
    if (status == SUNZI_OK)
        one->verdict = judge(asked, one);
    return status;
}
