/* SPDX-License-Identifier: BSD-3-Clause */
/* Scaled integers of an operand and their residues, packed. A tile is gathered
 * as 64-bit integers in the order of its bytes; every modulus is then one
 * linear pass. Integers beyond 62 bits are left to the portable kernel. */
#include <immintrin.h>
#include <string.h>

#include "engines/avx512/kernels.h"
#include "engines/portable/kernels.h"

enum { SCALARS = SUNZI_TILE_BYTES }; /* numbers of a tile */

/* The integers of a tile plus 2^63, lower and upper halves. */
typedef struct tile_words {
    uint32_t low[SCALARS], high[SCALARS];
} tile_words;

typedef struct source {
    const sunzi_vectors *v;
    const int32_t *inner, *shift;
    const uint8_t *skip;
    sunzi_side side;
} source;

/* Numbers of the vectors vec .. vec + 15 and depth h .. h + 63 as doubles,
 * x[vector * 64 + depth], zeros outside; scale: their exponents. */
static void load_tile(const source *s, int64_t vec, int64_t h, double *x,
                      int32_t *scale)
{
    const sunzi_vectors *v = s->v;
    const int vectors = v->count - vec < 16 ? (int)(v->count - vec) : 16;
    const int depth = v->depth - h < 64 ? (int)(v->depth - h) : 64;
    memset(x, 0, SCALARS * sizeof *x);
    memset(scale, 0, SCALARS * sizeof *scale);
    for (int i = 0; i < vectors; i++) {
        if (s->skip && s->skip[vec + i])
            continue;
        for (int d = 0; d < depth; d++)
            scale[64 * i + d] =
                s->shift[vec + i] + (s->inner ? s->inner[h + d] : 0);
    }
    /* the loop over the contiguous direction is the inner one */
    const int64_t base = vec * v->vector_stride + h * v->element_stride;
    const bool across = v->vector_stride < v->element_stride;
    const int outer = across ? depth : vectors,
              within = across ? vectors : depth;
    for (int o = 0; o < outer; o++)
        for (int w = 0; w < within; w++) {
            const int i = across ? w : o, d = across ? o : w;
            const int64_t at =
                base + i * v->vector_stride + d * v->element_stride;
            if (s->skip && s->skip[vec + i])
                continue;
            x[64 * i + d] = v->single_precision
                                ? (double)((const float *)v->data)[at]
                                : ((const double *)v->data)[at];
        }
}

/* A number that underflows in scalef is far below 1/2: it becomes 0 either way.
 */
static void round_tile(const double *x, const int32_t *scale, sunzi_side side,
                       tile_words *words)
{
    uint64_t integer[SCALARS];
    const __m512i offset = _mm512_set1_epi64(INT64_MIN);
    for (int i = 0; i < SCALARS; i += 8) {
        const __m512d e =
            _mm512_cvtepi32_pd(_mm256_loadu_si256((const void *)(scale + i)));
        const __m512i n = _mm512_cvt_roundpd_epi64(
            _mm512_scalef_pd(_mm512_loadu_pd(x + i), e),
            _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
        _mm512_storeu_si512(integer + i, _mm512_xor_si512(n, offset));
    }
    for (int i = 0; i < 16; i++)
        for (int d = 0; d < 64; d++) {
            const uint64_t n = integer[64 * i + d];
            const int at =
                side == SUNZI_SIDE_A ? 64 * i + d : d / 4 * 64 + 4 * i + d % 4;
            words->low[at] = (uint32_t)n;
            words->high[at] = (uint32_t)(n >> 32);
        }
}

/* Symmetric residues of 2^(8b), b < 8, as signed bytes of two words; *bias
 * takes back the 2^63. */
static void weights_of(int32_t p, int32_t *low, int32_t *high, int32_t *bias)
{
    int8_t w[8];
    int32_t power = 1;
    for (int b = 0; b < 8; b++) {
        w[b] = (int8_t)(2 * power > p  ? power - p
                        : power == 128 ? -128
                                       : power);
        if (b == 7)
            *bias = -(power * 128 % p);
        power = power * 256 % p;
    }
    memcpy(low, w, sizeof *low);
    memcpy(high, w + 4, sizeof *high);
}

/* Residues of a tile: |sum| < 8 * 255 * 128 + 256 < 2^19, whose FP32 quotient
 * is off by less than 2^19 / 107 * 3 * 2^-24 < 0.001 < 1 / (2 p): the nearest
 * integer is the right one for odd p. For p = 256 only the low byte counts. */
static void residues(const tile_words *words, int32_t modulus, sunzi_side side,
                     uint8_t *out)
{
    int32_t low = 0, high = 0, bias = 0;
    weights_of(modulus, &low, &high, &bias);
    const __m512i wl = _mm512_set1_epi32(low), wh = _mm512_set1_epi32(high);
    const __m512i start = _mm512_set1_epi32(bias),
                  p = _mm512_set1_epi32(modulus);
    const __m512 inverse = _mm512_set1_ps(1.0f / (float)modulus);
    for (int i = 0; i < SCALARS; i += 16) {
        __m512i sum =
            _mm512_dpbusd_epi32(start, _mm512_loadu_si512(words->low + i), wl);
        sum = _mm512_dpbusd_epi32(sum, _mm512_loadu_si512(words->high + i), wh);
        const __m512i q = _mm512_cvt_roundps_epi32(
            _mm512_mul_ps(_mm512_cvtepi32_ps(sum), inverse),
            _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
        __m512i r = _mm512_sub_epi32(sum, _mm512_mullo_epi32(q, p));
        if (side == SUNZI_SIDE_A)
            r = _mm512_min_epu32(r, _mm512_add_epi32(r, p));
        _mm_storeu_si128((void *)(out + i), _mm512_cvtepi32_epi8(r));
    }
}

void sunzi_avx512_convert(const sunzi_vectors *v, const int32_t *inner,
                          const int32_t *shift, const uint8_t *skip,
                          const sunzi_moduli *m, sunzi_side side, uint8_t *out,
                          size_t modulus_stride)
{
    if (m->operand_bits > 62) {
        sunzi_portable_convert(v, inner, shift, skip, m, side, out,
                               modulus_stride);
        return;
    }
    const source s = {v, inner, shift, skip, side};
    double x[SCALARS];
    int32_t scale[SCALARS];
    tile_words words;
    uint8_t *at = out;
    for (int64_t vec = 0; vec < v->count; vec += 16)
        for (int64_t h = 0; h < v->depth; h += 64, at += SUNZI_TILE_BYTES) {
            load_tile(&s, vec, h, x, scale);
            round_tile(x, scale, side, &words);
            for (int t = 0; t < m->count; t++)
                residues(&words, m->p[t], side,
                         at + (size_t)t * modulus_stride);
        }
}
