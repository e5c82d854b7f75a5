/* SPDX-License-Identifier: BSD-3-Clause */
/* Scaled integers of an operand and their residues, packed. A tile is gathered
 * as four signed 16-bit digits a number, in the order of its bytes; every
 * modulus is then one linear pass. Integers beyond 62 bits are left to the
 * portable kernel. */
#include <immintrin.h>
#include <string.h>

#include "engines/avx2/kernels.h"
#include "engines/avx2/scale.h"
#include "engines/portable/kernels.h"
#include "engines/portable/layout.h"

enum { SCALARS = SUNZI_TILE_BYTES }; /* numbers of a tile */

/* The integers of a tile: n = (d3, d2) 2^32 + (d1, d0) + 2^31 with
 * (d, d') = d 2^16 + d' + 2^15, all digits in [-2^15, 2^15), |d3| <= 2^14. */
typedef struct tile_digits {
    uint32_t low[SCALARS], high[SCALARS]; /* upper digit in the upper half */
} tile_digits;

/* The part of the operand under a tile, at most 16 vectors by 64 of depth */
typedef struct window {
    int64_t vector, h; /* the first ones */
    int vectors, depth;
} window;

static inline __m256d load_four(const sunzi_vectors *v, int64_t at)
{
    return v->single_precision
               ? _mm256_cvtps_pd(_mm_loadu_ps((const float *)v->data + at))
               : _mm256_loadu_pd((const double *)v->data + at);
}

/* x[64 k + i] = number k of row i, 4 x 4 */
static inline void store_transposed(const __m256d row[4], double *x)
{
    const __m256d a = _mm256_unpacklo_pd(row[0], row[1]);
    const __m256d b = _mm256_unpackhi_pd(row[0], row[1]);
    const __m256d c = _mm256_unpacklo_pd(row[2], row[3]);
    const __m256d d = _mm256_unpackhi_pd(row[2], row[3]);
    _mm256_storeu_pd(x, _mm256_permute2f128_pd(a, c, 0x20));
    _mm256_storeu_pd(x + 64, _mm256_permute2f128_pd(b, d, 0x20));
    _mm256_storeu_pd(x + 128, _mm256_permute2f128_pd(a, c, 0x31));
    _mm256_storeu_pd(x + 192, _mm256_permute2f128_pd(b, d, 0x31));
}

/* A full tile, its vectors contiguous */
static void load_along(const sunzi_vectors *v, int64_t base, double *x)
{
    for (int i = 0; i < 16; i++)
        for (int d = 0; d < 64; d += 4)
            _mm256_storeu_pd(x + 64 * i + d,
                             load_four(v, base + i * v->vector_stride + d));
}

/* A full tile, the elements h of all vectors contiguous */
static void load_across(const sunzi_vectors *v, int64_t base, double *x)
{
    for (int d = 0; d < 64; d += 4)
        for (int i = 0; i < 16; i += 4) {
            __m256d row[4];
            for (int k = 0; k < 4; k++)
                row[k] = load_four(v, base + (d + k) * v->element_stride + i);
            store_transposed(row, x + 64 * i + d);
        }
}

/* The numbers of a tile, x[vector * 64 + depth]; zeros outside of the operand
 * and in skipped vectors. */
static void load_tile(const sunzi_vectors *v, const uint8_t *skip,
                      const window *at, double *x)
{
    const int64_t base =
        at->vector * v->vector_stride + at->h * v->element_stride;
    const bool full = at->vectors == 16 && at->depth == 64;
    if (full && v->element_stride == 1) {
        load_along(v, base, x);
    } else if (full && v->vector_stride == 1) {
        load_across(v, base, x);
    } else {
        memset(x, 0, SCALARS * sizeof *x);
        for (int i = 0; i < at->vectors; i++)
            for (int d = 0; d < at->depth; d++)
                x[64 * i + d] = element(v, at->vector + i, at->h + d);
    }
    for (int i = 0; skip && i < at->vectors; i++)
        if (skip[at->vector + i])
            memset(x + 64 * i, 0, 64 * sizeof *x);
}

/* Four integers y 2^e, |y 2^e| <= 2^62. A number that underflows on the way is
 * far below 1/2: it becomes 0 either way. All the rest is exact. */
static inline void round_four(__m256d y, __m128i e, uint32_t *low,
                              uint32_t *high)
{
    const __m128i flip = _mm_set1_epi32(0x8000); /* digit to signed digit */
    const __m256d n = _mm256_round_pd(scaled(y, e), _MM_FROUND_TO_NEAREST_INT |
                                                        _MM_FROUND_NO_EXC);
    const __m256d upper =
        _mm256_floor_pd(_mm256_mul_pd(n, _mm256_set1_pd(0x1p-32)));
    const __m256d lower =
        _mm256_sub_pd(_mm256_fnmadd_pd(upper, _mm256_set1_pd(0x1p32), n),
                      _mm256_set1_pd(0x1p31));
    _mm_storeu_si128((void *)low,
                     _mm_xor_si128(_mm256_cvtpd_epi32(lower), flip));
    _mm_storeu_si128((void *)high,
                     _mm_xor_si128(_mm256_cvtpd_epi32(upper), flip));
}

/* inner: exponents of the tile's depth; shift: of its `vectors` vectors */
static void round_tile(const double *x, const int32_t *inner,
                       const int32_t *shift, int vectors, sunzi_side side,
                       tile_digits *digits)
{
    for (int i = 0; i < 16; i++) {
        const __m128i row = _mm_set1_epi32(i < vectors ? shift[i] : 0);
        for (int d = 0; d < 64; d += 4) {
            const __m128i e =
                _mm_add_epi32(row, _mm_loadu_si128((const void *)(inner + d)));
            const int to = (int)place(side, i, d, 1);
            round_four(_mm256_loadu_pd(x + 64 * i + d), e, digits->low + to,
                       digits->high + to);
        }
    }
}

static int32_t symmetric(int32_t r, int32_t p)
{
    return r > (p - 1) / 2 ? r - p : r;
}

/* Symmetric residues of 2^(16 i) as pairs of words, and of what the digits
 * leave out, 2^15 (1 + 2^16 + 2^32). */
static void weights_of(int32_t p, int32_t *low, int32_t *high, int32_t *bias)
{
    int16_t w[4];
    int32_t power = 1;
    for (int i = 0; i < 4; i++) {
        w[i] = (int16_t)symmetric(power, p);
        power = power * 65536 % p;
    }
    *bias =
        symmetric((int32_t)((INT64_C(0x80008000) + (INT64_C(1) << 47)) % p), p);
    memcpy(low, w, sizeof *low);
    memcpy(high, w + 2, sizeof *high);
}

typedef struct reduction {
    __m256i low, high, bias; /* weights */
    __m256 p, inverse;
} reduction;

/* Eight integers in (-p, p), congruent to those of the tile. Weights are at
 * most 127, for p = 256 they are 1, 0, 0, 0: |sum| <= (3 2^15 + 2^14) 127 + 128
 * < 2^24 is exact in FP32. Its quotient, below 2^18, is off by less than 2^-6,
 * 1 / p being rounded: what remains is below 0.52 p. */
static inline __m256i reduce_eight(const tile_digits *digits, int at,
                                   const reduction *w)
{
    const __m256 magic = _mm256_set1_ps(0x1.8p23f); /* rounds to integers */
    const __m256i low = _mm256_loadu_si256((const void *)(digits->low + at));
    const __m256i high = _mm256_loadu_si256((const void *)(digits->high + at));
    const __m256i sum =
        _mm256_add_epi32(_mm256_add_epi32(_mm256_madd_epi16(low, w->low),
                                          _mm256_madd_epi16(high, w->high)),
                         w->bias);
    const __m256 x = _mm256_cvtepi32_ps(sum);
    const __m256 q =
        _mm256_sub_ps(_mm256_fmadd_ps(x, w->inverse, magic), magic);
    return _mm256_cvtps_epi32(_mm256_fnmadd_ps(q, w->p, x));
}

/* 16 residues as words, in the order of _mm256_packs_epi32 */
static inline __m256i reduce_sixteen(const tile_digits *digits, int at,
                                     const reduction *w, sunzi_side side,
                                     __m256i p, __m256i half)
{
    const __m256i x = _mm256_packs_epi32(reduce_eight(digits, at, w),
                                         reduce_eight(digits, at + 8, w));
    /* a negative x is a large unsigned number */
    const __m256i r = _mm256_min_epu16(x, _mm256_add_epi16(x, p));
    if (side == SUNZI_SIDE_A)
        return r;
    return _mm256_sub_epi16(r,
                            _mm256_and_si256(_mm256_cmpgt_epi16(r, half), p));
}

static void residues(const tile_digits *digits, int32_t modulus,
                     sunzi_side side, uint8_t *out)
{
    int32_t low = 0, high = 0, bias = 0;
    weights_of(modulus, &low, &high, &bias);
    const reduction w = {_mm256_set1_epi32(low), _mm256_set1_epi32(high),
                         _mm256_set1_epi32(bias),
                         _mm256_set1_ps((float)modulus),
                         _mm256_set1_ps(1.0f / (float)modulus)};
    const __m256i p = _mm256_set1_epi16((int16_t)modulus);
    const __m256i half = _mm256_set1_epi16((int16_t)((modulus - 1) / 2));
    /* both packs work on halves of a vector: put the fours back in order */
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    for (int i = 0; i < SCALARS; i += 32) {
        const __m256i x = reduce_sixteen(digits, i, &w, side, p, half);
        const __m256i y = reduce_sixteen(digits, i + 16, &w, side, p, half);
        const __m256i bytes = side == SUNZI_SIDE_A ? _mm256_packus_epi16(x, y)
                                                   : _mm256_packs_epi16(x, y);
        _mm256_storeu_si256((void *)(out + i),
                            _mm256_permutevar8x32_epi32(bytes, order));
    }
}

void sunzi_avx2_convert(const sunzi_vectors *v, const int32_t *inner,
                        const int32_t *shift, const uint8_t *skip,
                        const sunzi_moduli *m, sunzi_side side, uint8_t *out,
                        size_t modulus_stride)
{
    if (m->operand_bits > 62) {
        sunzi_portable_convert(v, inner, shift, skip, m, side, out,
                               modulus_stride);
        return;
    }
    double x[SCALARS];
    tile_digits digits;
    uint8_t *to = out;
    for (int64_t vec = 0; vec < v->count; vec += 16)
        for (int64_t h = 0; h < v->depth; h += 64, to += SUNZI_TILE_BYTES) {
            const window at = {vec, h,
                               v->count - vec < 16 ? (int)(v->count - vec) : 16,
                               v->depth - h < 64 ? (int)(v->depth - h) : 64};
            int32_t exponents[64] = {0};
            if (inner)
                memcpy(exponents, inner + h,
                       (size_t)at.depth * sizeof *exponents);
            load_tile(v, skip, &at, x);
            round_tile(x, exponents, shift + vec, at.vectors, side, &digits);
            for (int t = 0; t < m->count; t++)
                residues(&digits, m->p[t], side,
                         to + (size_t)t * modulus_stride);
        }
}
