/* SPDX-License-Identifier: BSD-3-Clause */
/* Scaled integers of an operand and their residues, packed. A tile is rounded
 * to integers of one or two 64-bit words in the order of its bytes; every
 * modulus is then one linear pass over them. */
#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "engines/avx512/kernels.h"
#include "engines/avx512/operand.h"
#include "engines/avx512/pack.h"

enum {
    NUMBERS = SUNZI_TILE_BYTES, /* of a tile */
    WORDS = 4                   /* 32-bit words of an integer, at most */
};

/* x' = high 2^60 + low, |low| <= 2^59, or low alone; high and low plus 2^63 as
 * two words each, lower half of low first, in the order of the tile's bytes. */
typedef struct tile_words {
    _Alignas(64) uint32_t of[WORDS][NUMBERS];
} tile_words;

typedef struct source {
    sunzi_vectors v;
    const int32_t *inner, *shift;
    const uint8_t *skip;
    sunzi_side side;
    bool wide; /* integers with a high part */
} source;

/* ---- integers ---- */

static inline __m512i nearest(__m512d y)
{
    return _mm512_xor_si512(
        _mm512_cvt_roundpd_epi64(y,
                                 _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC),
        _mm512_set1_epi64(INT64_MIN));
}

/* Low and high part of the integers nearest to x 2^scale. What underflows in
 * scalef is far below 1/2 and becomes 0 either way; a high part is even, so
 * that ties of the low part are those of the number. */
static inline __attribute__((always_inline)) void
integers(__m512d x, __m512d scale, bool wide, __m512i *low, __m512i *high)
{
    const __m512d y = _mm512_scalef_pd(x, scale);
    if (!wide) {
        *low = nearest(y);
        return;
    }
    const __m512d h =
        _mm512_roundscale_pd(_mm512_mul_pd(y, _mm512_set1_pd(0x1p-60)),
                             _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    *high = nearest(h);
    *low = nearest(_mm512_fnmadd_pd(h, _mm512_set1_pd(0x1p60), y));
}

/* The dwords picked from two registers of 64-bit words: lower halves by the
 * even numbers of `order`, upper halves by the odd ones. */
static inline void pick(__m512i x, __m512i y, __m512i order, __m512i *lower,
                        __m512i *upper)
{
    *lower = _mm512_permutex2var_epi32(x, order, y);
    *upper = _mm512_permutex2var_epi32(
        x, _mm512_or_si512(order, _mm512_set1_epi32(1)), y);
}

/* ---- vectors whose elements lie side by side: 16 of depth at a time ---- */

static inline void put_along(const source *s, uint32_t *to, int i, int d,
                             __m512i dwords)
{
    if (s->side == SUNZI_SIDE_A) {
        _mm512_store_si512(to + 64 * i + d, dwords);
        return;
    }
    to += 16 * d + 4 * i;
    _mm_store_si128((void *)to, _mm512_extracti32x4_epi32(dwords, 0));
    _mm_store_si128((void *)(to + 64), _mm512_extracti32x4_epi32(dwords, 1));
    _mm_store_si128((void *)(to + 128), _mm512_extracti32x4_epi32(dwords, 2));
    _mm_store_si128((void *)(to + 192), _mm512_extracti32x4_epi32(dwords, 3));
}

static inline __attribute__((always_inline)) void
round_along(const source *s, bool single, bool wide, int64_t vec, int64_t h,
            tile_words *words)
{
    const sunzi_vectors *v = &s->v;
    const __m512i order = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18,
                                            20, 22, 24, 26, 28, 30);
    for (int i = 0; i < 16; i++) {
        const bool there = vec + i < v->count && !(s->skip && s->skip[vec + i]);
        const int64_t at = (vec + i) * v->vector_stride;
        const __m512d shift = _mm512_set1_pd(there ? s->shift[vec + i] : 0);
        for (int d = 0; d < 64; d += 16) {
            __m512i low[2], high[2], lower, upper;
#pragma GCC unroll 2
            for (int j = 0; j < 2; j++) {
                const int64_t g = h + d + 8 * j;
                const __mmask8 lanes = there ? sunzi_lanes8(g, v->depth) : 0;
                __m512d scale = shift;
                if (s->inner)
                    scale = _mm512_add_pd(
                        shift, _mm512_cvtepi32_pd(_mm256_maskz_loadu_epi32(
                                   lanes, s->inner + g)));
                integers(sunzi_load8(v->data, single, at + g, lanes), scale,
                         wide, &low[j], &high[j]);
            }
            pick(low[0], low[1], order, &lower, &upper);
            put_along(s, words->of[0], i, d, lower);
            put_along(s, words->of[1], i, d, upper);
            if (!wide)
                continue;
            pick(high[0], high[1], order, &lower, &upper);
            put_along(s, words->of[2], i, d, lower);
            put_along(s, words->of[3], i, d, upper);
        }
    }
}

/* ---- vectors that lie side by side: 16 of them by four of depth ---- */

/* rows[e]: depth e of the vectors 0 4 8 12, 1 5 9 13, 2 .., 3 .., by lanes.
 * Transposed in the lanes, register m holds the vectors 4 m .. 4 m + 3. */
static inline void put_across(const source *s, uint32_t *to, int quad,
                              const __m512i *rows)
{
    const __m512i a = _mm512_unpacklo_epi32(rows[0], rows[1]);
    const __m512i b = _mm512_unpackhi_epi32(rows[0], rows[1]);
    const __m512i c = _mm512_unpacklo_epi32(rows[2], rows[3]);
    const __m512i d = _mm512_unpackhi_epi32(rows[2], rows[3]);
    const __m512i of[4] = {
        _mm512_unpacklo_epi64(a, c), _mm512_unpackhi_epi64(a, c),
        _mm512_unpacklo_epi64(b, d), _mm512_unpackhi_epi64(b, d)};
#pragma GCC unroll 4
    for (int m = 0; m < 4; m++) {
        if (s->side == SUNZI_SIDE_B) {
            _mm512_store_si512(to + 64 * quad + 16 * m, of[m]);
            continue;
        }
        uint32_t *at = to + 256 * m + 4 * quad;
        _mm_store_si128((void *)at, _mm512_extracti32x4_epi32(of[m], 0));
        _mm_store_si128((void *)(at + 64), _mm512_extracti32x4_epi32(of[m], 1));
        _mm_store_si128((void *)(at + 128),
                        _mm512_extracti32x4_epi32(of[m], 2));
        _mm_store_si128((void *)(at + 192),
                        _mm512_extracti32x4_epi32(of[m], 3));
    }
}

static inline __attribute__((always_inline)) void
round_across(const source *s, bool single, bool wide, int64_t vec, int64_t h,
             tile_words *words)
{
    const sunzi_vectors *v = &s->v;
    const __m512i order = _mm512_setr_epi32(0, 8, 16, 24, 2, 10, 18, 26, 4, 12,
                                            20, 28, 6, 14, 22, 30);
    __mmask8 lanes[2];
    __m512d shift[2];
    for (int j = 0; j < 2; j++) {
        const int64_t w = vec + 8 * j;
        lanes[j] = sunzi_lanes8(w, v->count);
        shift[j] = _mm512_cvtepi32_pd(
            _mm256_maskz_loadu_epi32(lanes[j], s->shift + w));
        for (int i = 0; s->skip && i < 8 && w + i < v->count; i++)
            if (s->skip[w + i])
                lanes[j] &= (__mmask8) ~(1 << i);
    }
    for (int quad = 0; quad < 16; quad++) {
        __m512i of[WORDS][4];
#pragma GCC unroll 4
        for (int e = 0; e < 4; e++) {
            const int64_t g = h + 4 * quad + e;
            const bool there = g < v->depth;
            const __m512d inner =
                _mm512_set1_pd(there && s->inner ? s->inner[g] : 0);
            __m512i low[2], high[2];
#pragma GCC unroll 2
            for (int j = 0; j < 2; j++)
                integers(sunzi_load8(v->data, single,
                                     g * v->element_stride + vec + 8 * j,
                                     there ? lanes[j] : 0),
                         _mm512_add_pd(shift[j], inner), wide, &low[j],
                         &high[j]);
            pick(low[0], low[1], order, &of[0][e], &of[1][e]);
            if (wide)
                pick(high[0], high[1], order, &of[2][e], &of[3][e]);
        }
        for (int w = 0; w < (wide ? 4 : 2); w++)
            put_across(s, words->of[w], quad, of[w]);
    }
}

/* ---- residues ---- */

/* The residue of x', the bytes of its words u_b and weights w_b congruent to
 * what they stand for, of smallest magnitude:
 *     X = 2^23 + start + sum u_b w_b = x' (mod p), 2^23 <= X < 2^23 + 2^20,
 *     q = nearest(X / p),  r = X - q p.
 * The sum starts from the bits of 2^23 and so is X as FP32 number: no
 * conversion. X inverse + 3 2^22 is rounded once, to an integer. It is the
 * right one if X |inverse - 1/p| < 1 / (2 p): this holds up to X = 1.13 2^23
 * for every odd p of the list but 255, and there, where all weights are 1 or
 * 16, up to 1.0078 2^23, enough for their sum. Only the low byte of r is used,
 * so 16 bits of q do, and for p = 256 any q. Residues in [0, p) are those of
 * x' - (p - 1) / 2, with that added. */
typedef struct reducer {
    int32_t weights[WORDS];
    int32_t start, minus_p;
    float inverse;
    int8_t add;
} reducer;

static int32_t symmetric(int32_t residue, int32_t p)
{
    return residue > (p - 1) / 2 ? residue - p : residue;
}

static reducer make_reducer(int32_t p, sunzi_side side, bool wide)
{
    reducer r = {.minus_p = (uint16_t)-p, .inverse = 1.0f / (float)p};
    int32_t lowest = 0, constant = (1 << 23) % p; /* modulo p */
    int32_t power = 1, sixty = 1;
    for (int b = 0; b < 60; b++)
        sixty = 2 * sixty % p;
    for (int part = 0; part < (wide ? 2 : 1); part++) {
        power = part ? sixty : 1;
        for (int b = 0; b < 8; b++) {
            const int32_t w = symmetric(power, p);
            r.weights[2 * part + b / 4] |=
                (int32_t)((uint32_t)(uint8_t)w << 8 * (b % 4));
            lowest += w < 0 ? 255 * w : 0;
            if (b == 7)
                constant += power * 128 % p; /* the 2^63 */
            power = power * 256 % p;
        }
    }
    r.add = (int8_t)(side == SUNZI_SIDE_A && p % 2 ? (p - 1) / 2 : 0);
    constant += (p - 1) / 2 * (r.add != 0);
    /* start + lowest >= 0 and start = -constant (mod p) */
    r.start = -lowest + p - (constant - lowest) % p;
    r.start += 0x4B000000;
    return r;
}

static inline __attribute__((always_inline)) void
residues(const tile_words *words, const reducer *k, int count, uint8_t *out)
{
    const __m512 inverse = _mm512_set1_ps(k->inverse);
    const __m512 magic = _mm512_set1_ps(0x3p22f);
    const __m512i start = _mm512_set1_epi32(k->start);
    const __m512i minus_p = _mm512_set1_epi32(k->minus_p);
    __m512i weights[WORDS];
    for (int w = 0; w < count; w++)
        weights[w] = _mm512_set1_epi32(k->weights[w]);
    /* past the caches: the planes of an operand are larger than they are */
    for (int i = 0; i < NUMBERS; i += 64) {
        __m512i r[4];
#pragma GCC unroll 4
        for (int j = 0; j < 4; j++) {
            __m512i x = start;
#pragma GCC unroll 4
            for (int w = 0; w < count; w++)
                x = _mm512_dpbusd_epi32(
                    x, _mm512_load_si512(words->of[w] + i + 16 * j),
                    weights[w]);
            const __m512 q = _mm512_fmadd_round_ps(
                _mm512_castsi512_ps(x), inverse, magic,
                _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
            r[j] = _mm512_dpwssd_epi32(x, _mm512_castps_si512(q), minus_p);
        }
        _mm512_stream_si512(
            (void *)(out + i),
            _mm512_add_epi8(sunzi_low_bytes(r), _mm512_set1_epi8(k->add)));
    }
}

/* ---- the kernel ---- */

/* A copy of the tile's numbers whose elements lie side by side, for strides
 * that are not 1; the source of the copy, to be read at 0, 0. */
static source gather(const source *s, int64_t vec, int64_t h, double *x)
{
    const sunzi_vectors *v = &s->v;
    source copy = *s;
    copy.v = (sunzi_vectors){.data = x,
                             .count = v->count - vec < 16 ? v->count - vec : 16,
                             .depth = v->depth - h < 64 ? v->depth - h : 64,
                             .vector_stride = 64,
                             .element_stride = 1};
    copy.inner = s->inner ? s->inner + h : NULL;
    copy.shift = s->shift + vec;
    copy.skip = s->skip ? s->skip + vec : NULL;
    for (int64_t i = 0; i < copy.v.count; i++)
        for (int64_t d = 0; d < copy.v.depth; d++) {
            const int64_t at =
                (vec + i) * v->vector_stride + (h + d) * v->element_stride;
            x[64 * i + d] = v->single_precision
                                ? (double)((const float *)v->data)[at]
                                : ((const double *)v->data)[at];
        }
    return copy;
}

static inline __attribute__((always_inline)) void
round_tile(const source *s, bool wide, int64_t vec, int64_t h,
           tile_words *words)
{
    const bool single = s->v.single_precision;
    if (s->v.element_stride == 1) {
        single ? round_along(s, true, wide, vec, h, words)
               : round_along(s, false, wide, vec, h, words);
    } else if (s->v.vector_stride == 1) {
        single ? round_across(s, true, wide, vec, h, words)
               : round_across(s, false, wide, vec, h, words);
    } else {
        double x[NUMBERS];
        const source copy = gather(s, vec, h, x);
        round_along(&copy, false, wide, 0, 0, words);
    }
}

static inline __attribute__((always_inline)) void
convert(const source *s, bool wide, const sunzi_moduli *m, uint8_t *out,
        size_t modulus_stride)
{
    tile_words words;
    reducer reduce[SUNZI_MODULI_LIST_LENGTH];
    for (int t = 0; t < m->count; t++)
        reduce[t] = make_reducer(m->p[t], s->side, wide);
    for (int64_t vec = 0; vec < s->v.count; vec += 16)
        for (int64_t h = 0; h < s->v.depth; h += 64, out += NUMBERS) {
            round_tile(s, wide, vec, h, &words);
            for (int t = 0; t < m->count; t++)
                residues(&words, &reduce[t], wide ? 4 : 2,
                         out + (size_t)t * modulus_stride);
        }
}

void sunzi_avx512_convert(const sunzi_vectors *v, const int32_t *inner,
                          const int32_t *shift, const uint8_t *skip,
                          const sunzi_moduli *m, sunzi_side side, uint8_t *out,
                          size_t modulus_stride)
{
    const bool wide = m->operand_bits > 62;
    const source s = {*v, inner, shift, skip, side, wide};
    if (wide)
        convert(&s, true, m, out, modulus_stride);
    else
        convert(&s, false, m, out, modulus_stride);
    _mm_sfence(); /* before another thread is told that they are there */
}
