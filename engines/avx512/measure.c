/* SPDX-License-Identifier: BSD-3-Clause */
/* Statistics of vectors. Each is read twice: for its largest exponent, then for
 * its sums; these are taken of 64 numbers at a time, whose floors and ceilings
 * are bytes. All integers, so any order gives the same. */
#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "engines/avx512/kernels.h"
#include "engines/avx512/operand.h"
#include "engines/portable/kernels.h"

enum {
    /* vectors side by side in memory that are read together, eight a register:
     * whole cache lines */
    ABREAST = 4,
    /* additions of 64 numbers into 32-bit sums: each raises a lane by at most
     * 4 * 128^2 = 2^16 */
    FLUSH = 1024
};

static const __mmask8 all = 0xFF;

/* ---- exponents ---- */

/* floor(log2 |x|) + inner: -infinity for 0, infinity for what is not finite */
static inline __m512d exponents(__m512d x, __m512d inner)
{
    const __m512d e = _mm512_getexp_pd(x);
    const __mmask8 finite =
        _mm512_cmp_pd_mask(e, _mm512_set1_pd(2000), _CMP_LT_OQ);
    return _mm512_mask_add_pd(_mm512_set1_pd(INFINITY), finite, e, inner);
}

/* The larger one. Not balanced: of magnitudes, by their bits, where what is not
 * finite is largest. Balanced: of exponents. */
static inline __m512d larger(__m512d most, __m512d x, bool balanced,
                             __m512d inner)
{
    if (balanced)
        return _mm512_max_pd(most, exponents(x, inner));
    return _mm512_castsi512_pd(_mm512_max_epu64(
        _mm512_castpd_si512(most), _mm512_castpd_si512(_mm512_abs_pd(x))));
}

static inline __m512d none(bool balanced)
{
    return _mm512_set1_pd(balanced ? -INFINITY : 0);
}

static inline __m512d as_exponents(__m512d most, bool balanced)
{
    return balanced ? most : exponents(most, _mm512_setzero_pd());
}

static sunzi_vector_stats stats_of(double exponent)
{
    sunzi_vector_stats s = {.exponent = SUNZI_EXPONENT_ZERO};
    if (exponent == INFINITY)
        s.special = 1;
    else if (exponent > -INFINITY)
        s.exponent = (int32_t)exponent + 1;
    return s;
}

static inline bool has_sums(const sunzi_vector_stats *s)
{
    return !s->special && s->exponent != SUNZI_EXPONENT_ZERO;
}

/* ---- sums ---- */

/* 32-bit sums of bytes, in order: ceilings, their squares, the four clips */
typedef struct sums {
    __m512i of[6];
} sums;

/* Adds 64 numbers x[8], y = |x| 2^scale < 128. Rounding upwards keeps the y of
 * a nonzero number above 0, as its ceiling asks, and changes no floor. */
static inline __attribute__((always_inline)) void
tally(const __m512d *x, const __m512d *scale, sums *s)
{
    static const int8_t limits[4] = SUNZI_CLIP_LIMITS;
    const __m512d magic = _mm512_set1_pd(0x1p52);
    const __m512i ones = _mm512_set1_epi8(1);
    /* what the exponents of 2^52 + n leave in the bytes of all eight */
    const uint64_t exponent = UINT64_C(0x4330) << 48;
    __m512i down = _mm512_set1_epi64((int64_t)(exponent ^ exponent << 8));
    __m512i up = down;
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++) {
        const __m512d y =
            _mm512_scalef_round_pd(_mm512_abs_pd(x[i]), scale[i],
                                   _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC);
        const __m512i n = _mm512_castpd_si512(_mm512_add_round_pd(
            y, magic, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC));
        const __m512i m = _mm512_castpd_si512(_mm512_add_round_pd(
            y, magic, _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC));
        down = _mm512_xor_si512(down, _mm512_slli_epi64(n, 8 * i));
        up = _mm512_xor_si512(up, _mm512_slli_epi64(m, 8 * i));
    }
    s->of[0] = _mm512_dpbusd_epi32(s->of[0], up, ones);
    const __m512i even = _mm512_and_si512(up, _mm512_set1_epi16(0xFF));
    const __m512i odd = _mm512_srli_epi16(up, 8);
    s->of[1] = _mm512_dpwssd_epi32(s->of[1], even, even);
    s->of[1] = _mm512_dpwssd_epi32(s->of[1], odd, odd);
#pragma GCC unroll 4
    for (int l = 0; l < 4; l++)
        s->of[2 + l] = _mm512_dpbusd_epi32(
            s->of[2 + l], _mm512_min_epu8(down, _mm512_set1_epi8(limits[l])),
            ones);
}

/* The sums of lanes 2 first .. 2 first + 2 lanes - 1 (32-bit) join a vector's.
 */
static void add_lanes(const sums *s, int first, int lanes,
                      sunzi_vector_stats *to)
{
    int32_t of[6][16];
    int64_t total[6] = {0};
    memcpy(of, s->of, sizeof of);
    for (int q = 0; q < 6; q++)
        for (int l = first; l < first + lanes; l++)
            total[q] += of[q][l];
    to->ceil_sum += total[0];
    to->ceil_squares += total[1];
    for (int l = 0; l < 4; l++)
        to->clip[l] += total[2 + l];
}

/* ---- vectors whose elements lie side by side ---- */

static inline __m512d inner8(const int32_t *inner, int64_t h, __mmask8 lanes)
{
    return _mm512_cvtepi32_pd(_mm256_maskz_loadu_epi32(lanes, inner + h));
}

static inline __attribute__((always_inline)) double
exponent_along(const sunzi_vectors *v, bool single, int64_t at,
               const int32_t *inner)
{
    const bool balanced = inner != NULL;
    __m512d most = none(balanced);
    for (int64_t h = 0; h < v->depth; h += 8) {
        const __mmask8 lanes =
            h + 8 <= v->depth ? all : sunzi_lanes8(h, v->depth);
        most =
            larger(most, sunzi_load8(v->data, single, at + h, lanes), balanced,
                   balanced ? inner8(inner, h, lanes) : _mm512_setzero_pd());
    }
    return _mm512_reduce_max_pd(as_exponents(most, balanced));
}

static inline __attribute__((always_inline)) void
sums_along(const sunzi_vectors *v, bool single, int64_t at,
           const int32_t *inner, sunzi_vector_stats *stats)
{
    const __m512d base = _mm512_set1_pd(7 - stats->exponent);
    sums s = {0};
    for (int64_t h = 0, block = 1; h < v->depth; h += 64, block++) {
        const bool whole = h + 64 <= v->depth;
        __m512d x[8], scale[8];
#pragma GCC unroll 8
        for (int i = 0; i < 8; i++) {
            const int64_t g = h + 8 * i;
            const __mmask8 lanes = whole ? all : sunzi_lanes8(g, v->depth);
            x[i] = sunzi_load8(v->data, single, at + g, lanes);
            scale[i] =
                inner ? _mm512_add_pd(base, inner8(inner, g, lanes)) : base;
        }
        tally(x, scale, &s);
        if (block % FLUSH == 0 || h + 64 >= v->depth) {
            add_lanes(&s, 0, 16, stats);
            s = (sums){0};
        }
    }
}

static inline __attribute__((always_inline)) void
measure_along(const sunzi_vectors *v, bool single, const int32_t *inner,
              sunzi_vector_stats *stats)
{
    for (int64_t vec = 0; vec < v->count; vec++) {
        const int64_t at = vec * v->vector_stride;
        stats[vec] = stats_of(exponent_along(v, single, at, inner));
        if (has_sums(&stats[vec]))
            sums_along(v, single, at, inner, &stats[vec]);
    }
}

/* ---- vectors that lie side by side ---- */

static inline __attribute__((always_inline)) void
exponents_across(const sunzi_vectors *v, bool single, int64_t vec,
                 const int32_t *inner, sunzi_vector_stats *stats)
{
    const bool balanced = inner != NULL;
    __m512d most[ABREAST];
    __mmask8 lanes[ABREAST];
    double exponent[8 * ABREAST];
    for (int b = 0; b < ABREAST; b++) {
        lanes[b] = sunzi_lanes8(vec + 8 * b, v->count);
        most[b] = none(balanced);
    }
    for (int64_t h = 0; h < v->depth; h++) {
        const __m512d e = _mm512_set1_pd(balanced ? inner[h] : 0);
#pragma GCC unroll 4
        for (int b = 0; b < ABREAST; b++)
            most[b] = larger(most[b],
                             sunzi_load8(v->data, single,
                                         h * v->element_stride + vec + 8 * b,
                                         lanes[b]),
                             balanced, e);
    }
    for (int b = 0; b < ABREAST; b++)
        _mm512_storeu_pd(exponent + 8 * b, as_exponents(most[b], balanced));
    for (int i = 0; i < 8 * ABREAST && vec + i < v->count; i++)
        stats[vec + i] = stats_of(exponent[i]);
}

static void flush_across(sums *s, int64_t count, sunzi_vector_stats *stats)
{
    for (int i = 0; i < 8 && i < count; i++)
        if (has_sums(&stats[i]))
            add_lanes(s, 2 * i, 2, &stats[i]);
    *s = (sums){0};
}

static inline __attribute__((always_inline)) void
sums_across(const sunzi_vectors *v, bool single, int64_t vec,
            const int32_t *inner, sunzi_vector_stats *stats)
{
    sums s[ABREAST] = {0};
    __m512d base[ABREAST];
    for (int b = 0; b < ABREAST; b++) {
        double scale[8] = {0};
        for (int i = 0; i < 8 && vec + 8 * b + i < v->count; i++)
            if (has_sums(&stats[vec + 8 * b + i]))
                scale[i] = 7 - stats[vec + 8 * b + i].exponent;
        base[b] = _mm512_loadu_pd(scale);
    }
    for (int64_t h = 0, block = 1; h < v->depth; h += 8, block++) {
        const int rows = (int)(v->depth - h < 8 ? v->depth - h : 8);
        const bool flush = block % FLUSH == 0 || h + 8 >= v->depth;
        for (int b = 0; b < ABREAST && vec + 8 * b < v->count; b++) {
            const __mmask8 lanes = sunzi_lanes8(vec + 8 * b, v->count);
            __m512d x[8], scale[8];
#pragma GCC unroll 8
            for (int i = 0; i < 8; i++) {
                x[i] = sunzi_load8(v->data, single,
                                   (h + i) * v->element_stride + vec + 8 * b,
                                   i < rows ? lanes : 0);
                scale[i] = base[b];
                if (inner && i < rows)
                    scale[i] =
                        _mm512_add_pd(base[b], _mm512_set1_pd(inner[h + i]));
            }
            tally(x, scale, &s[b]);
            if (flush)
                flush_across(&s[b], v->count - vec - 8 * b,
                             stats + vec + 8 * b);
        }
    }
}

static inline __attribute__((always_inline)) void
measure_across(const sunzi_vectors *v, bool single, const int32_t *inner,
               sunzi_vector_stats *stats)
{
    for (int64_t vec = 0; vec < v->count; vec += 8 * ABREAST) {
        exponents_across(v, single, vec, inner, stats);
        sums_across(v, single, vec, inner, stats);
    }
}

/* ---- the largest exponent of each element over the vectors ---- */

static void raise(int32_t *most, double exponent)
{
    /* the inner exponents are 0 here: only special values reach infinity */
    if (exponent > -INFINITY && exponent < INFINITY && exponent + 1 > *most)
        *most = (int32_t)exponent + 1;
}

static void raise_inner_max(const sunzi_vectors *v, int32_t *inner_max)
{
    const bool along = v->element_stride == 1;
    const int64_t outer = along ? v->depth : v->count;
    const int64_t within = along ? v->count : v->depth;
    const int64_t stride = along ? v->vector_stride : v->element_stride;
    for (int64_t o = 0; o < outer; o += 8) {
        const __mmask8 lanes = sunzi_lanes8(o, outer);
        __m512d most = none(true);
        double exponent[8];
        for (int64_t w = 0; w < within; w++) {
            const __m512d x = sunzi_load8(v->data, v->single_precision,
                                          w * stride + o, lanes);
            const __m512d e = exponents(x, _mm512_setzero_pd());
            const __m512d finite = _mm512_mask_blend_pd(
                _mm512_cmp_pd_mask(e, _mm512_set1_pd(INFINITY), _CMP_LT_OQ),
                none(true), e);
            if (along)
                most = _mm512_max_pd(most, finite);
            else
                raise(&inner_max[w], _mm512_reduce_max_pd(finite));
        }
        _mm512_storeu_pd(exponent, most);
        for (int i = 0; along && i < 8 && o + i < outer; i++)
            raise(&inner_max[o + i], exponent[i]);
    }
}

void sunzi_avx512_measure(const sunzi_vectors *v, const int32_t *inner,
                          sunzi_vector_stats *stats, int32_t *inner_max)
{
    const bool single = v->single_precision;
    if (v->element_stride != 1 && v->vector_stride != 1) {
        sunzi_portable_measure(v, inner, stats, inner_max);
        return;
    }
    if (inner_max)
        raise_inner_max(v, inner_max);
    if (v->element_stride == 1)
        single ? measure_along(v, true, inner, stats)
               : measure_along(v, false, inner, stats);
    else
        single ? measure_across(v, true, inner, stats)
               : measure_across(v, false, inner, stats);
}
