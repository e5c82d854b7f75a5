/* SPDX-License-Identifier: BSD-3-Clause */
/* Statistics of vectors in blocks of 16 vectors by 64 elements, in loops that
 * an engine's flags vectorise; all integers, so any order gives the same. The
 * includer defines MEASURE, the name of the kernel. Balanced vectors, which are
 * rare, take the portable way. */
#ifndef MEASURE
#error "define MEASURE before including measure_template.h"
#endif

#include <math.h>
#include <string.h>

#include "engines/portable/kernels.h"

enum { VECTORS = 16, ELEMENTS = 64 };

static const int32_t clip_limits[4] = SUNZI_CLIP_LIMITS;
static const uint64_t infinity_bits = UINT64_C(0x7FF0000000000000);

/* x[v][h] := elements h0 .. of vectors v0 .., zeros where they end. */
static inline void load_block(const sunzi_vectors *v, int64_t v0, int vectors,
                              int64_t h0, int elements, double *restrict x)
{
    if (vectors < VECTORS || elements < ELEMENTS)
        memset(x, 0, VECTORS * ELEMENTS * sizeof *x);
    const int64_t vs = v->vector_stride, es = v->element_stride;
    const int64_t from = v0 * vs + h0 * es;
    if (v->single_precision) {
        const float *data = (const float *)v->data + from;
        for (int i = 0; i < vectors; i++)
            for (int h = 0; h < elements; h++)
                x[i * ELEMENTS + h] = (double)data[i * vs + h * es];
        return;
    }
    const double *data = (const double *)v->data + from;
    if (es == 1) {
        for (int i = 0; i < vectors; i++)
            memcpy(x + i * ELEMENTS, data + i * vs,
                   (size_t)elements * sizeof *x);
    } else {
        for (int h = 0; h < elements; h++)
            for (int i = 0; i < vectors; i++)
                x[i * ELEMENTS + h] = data[i * vs + h * es];
    }
}

static int32_t exponent_of_bits(uint64_t magnitude)
{
    double x;
    int e;
    memcpy(&x, &magnitude, sizeof x);
    (void)frexp(x, &e);
    return magnitude ? e : SUNZI_EXPONENT_ZERO;
}

/* Largest magnitudes, as bits: of each vector, and of each element over them.
 */
static void largest(const double *restrict x, uint64_t *restrict by_vector,
                    uint64_t *restrict by_element)
{
    uint64_t bits[VECTORS * ELEMENTS];
    memcpy(bits, x, sizeof bits);
    memset(by_element, 0, ELEMENTS * sizeof *by_element);
    for (int i = 0; i < VECTORS; i++) {
        uint64_t most = by_vector[i];
        for (int h = 0; h < ELEMENTS; h++) {
            const uint64_t b = bits[i * ELEMENTS + h] & (UINT64_MAX >> 1);
            const uint64_t finite = b < infinity_bits ? b : 0;
            most = b > most ? b : most;
            by_element[h] = finite > by_element[h] ? finite : by_element[h];
        }
        by_vector[i] = most;
    }
}

/* Adds a block's share of one vector to its sums; 2^(7-e) = first * second. */
static void add_sums(const double *restrict x, double first, double second,
                     sunzi_vector_stats *restrict s)
{
    int32_t sum = 0, squares = 0, c0 = 0, c1 = 0, c2 = 0, c3 = 0;
    for (int h = 0; h < ELEMENTS; h++) {
        const double y = fabs(x[h]) * first * second;
        const int32_t down = (int32_t)y;
        /* y of a nonzero number may underflow to 0; its ceiling is 1 */
        const int32_t up =
            down + ((double)down < y || (down == 0 && x[h] != 0));
        sum += up;
        squares += up * up;
        c0 += down < clip_limits[0] ? down : clip_limits[0];
        c1 += down < clip_limits[1] ? down : clip_limits[1];
        c2 += down < clip_limits[2] ? down : clip_limits[2];
        c3 += down < clip_limits[3] ? down : clip_limits[3];
    }
    s->ceil_sum += sum;
    s->ceil_squares += squares;
    s->clip[0] += c0;
    s->clip[1] += c1;
    s->clip[2] += c2;
    s->clip[3] += c3;
}

static void measure_group(const sunzi_vectors *v, int64_t v0, int vectors,
                          sunzi_vector_stats *stats, int32_t *inner_max)
{
    double x[VECTORS * ELEMENTS];
    uint64_t by_vector[VECTORS] = {0}, by_element[ELEMENTS];
    for (int64_t h0 = 0; h0 < v->depth; h0 += ELEMENTS) {
        const int elements =
            (int)(v->depth - h0 < ELEMENTS ? v->depth - h0 : ELEMENTS);
        load_block(v, v0, vectors, h0, elements, x);
        largest(x, by_vector, by_element);
        for (int h = 0; h < elements && inner_max; h++) {
            const int32_t e = exponent_of_bits(by_element[h]);
            inner_max[h0 + h] = e > inner_max[h0 + h] ? e : inner_max[h0 + h];
        }
    }
    double first[VECTORS] = {0}, second[VECTORS] = {0};
    for (int i = 0; i < vectors; i++) {
        stats[i] = (sunzi_vector_stats){.exponent = SUNZI_EXPONENT_ZERO};
        stats[i].special = by_vector[i] >= infinity_bits;
        if (stats[i].special || by_vector[i] == 0)
            continue;
        const int32_t e = exponent_of_bits(by_vector[i]);
        stats[i].exponent = e;
        first[i] = ldexp(1.0, (7 - e) / 2);
        second[i] = ldexp(1.0, (7 - e) - (7 - e) / 2);
    }
    for (int64_t h0 = 0; h0 < v->depth; h0 += ELEMENTS) {
        const int elements =
            (int)(v->depth - h0 < ELEMENTS ? v->depth - h0 : ELEMENTS);
        load_block(v, v0, vectors, h0, elements, x);
        for (int i = 0; i < vectors; i++)
            if (first[i] > 0)
                add_sums(x + i * ELEMENTS, first[i], second[i], &stats[i]);
    }
}

void MEASURE(const sunzi_vectors *v, const int32_t *inner,
             sunzi_vector_stats *stats, int32_t *inner_max)
{
    if (inner) {
        sunzi_portable_measure(v, inner, stats, inner_max);
        return;
    }
    for (int64_t v0 = 0; v0 < v->count; v0 += VECTORS) {
        const int64_t left = v->count - v0;
        measure_group(v, v0, (int)(left < VECTORS ? left : VECTORS), stats + v0,
                      inner_max);
    }
}
