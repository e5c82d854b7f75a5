/* SPDX-License-Identifier: BSD-3-Clause */
/* Packing of update operands (precision/low_format.h). A tile is made as 16
 * lines in the order that suits the operand - side A where the elements of a
 * vector lie side by side, side B where the vectors do - and transposed if the
 * other side is asked for. */
#include <immintrin.h>
#include <string.h>

#include "engines/avx512/kernels.h"
#include "engines/avx512/pack.h"
#include "engines/portable/kernels.h"
#include "precision/low_format.h"

enum { LINES = 16, SLICES = 3 };

typedef struct operand {
    const float *data;
    int64_t count, depth, vector_stride, element_stride;
    bool along; /* element_stride is 1, else vector_stride is */
} operand;

static inline __mmask16 lanes16(int64_t first, int64_t end)
{
    const int64_t left = end - first;
    return left >= 16 ? (__mmask16)0xFFFF
           : left > 0 ? (__mmask16)((1 << left) - 1)
                      : (__mmask16)0;
}

/* Sixteen elements of vector v from h on, or element h of the vectors v ..;
 * zeros outside. */
static inline __m512 load16(const operand *o, int64_t v, int64_t h)
{
    __mmask16 lanes = 0;
    if (o->along && v < o->count)
        lanes = lanes16(h, o->depth);
    else if (!o->along && h < o->depth)
        lanes = lanes16(v, o->count);
    return _mm512_maskz_loadu_ps(lanes, o->data + v * o->vector_stride +
                                            h * o->element_stride);
}

/* ---- exponents of INT8 ---- */

static inline __m512i larger(__m512i most, __m512 x)
{
    return _mm512_max_epu32(most, _mm512_castps_si512(_mm512_abs_ps(x)));
}

/* e of the magnitudes whose bits these are */
static inline __m512i exponents(__m512i bits)
{
    const __m512i infinity = _mm512_set1_epi32(0x7F800000);
    const __m512i e = _mm512_add_epi32(
        _mm512_cvtps_epi32(_mm512_getexp_ps(_mm512_castsi512_ps(bits))),
        _mm512_set1_epi32(1));
    const __m512i finite =
        _mm512_maskz_mov_epi32(_mm512_test_epi32_mask(bits, bits), e);
    return _mm512_mask_mov_epi32(finite,
                                 _mm512_cmpge_epu32_mask(bits, infinity),
                                 _mm512_set1_epi32(SUNZI_LOW_SPECIAL));
}

static void scales_of(const operand *o, int32_t *scale)
{
    for (int64_t v = 0; v < o->count; v += 16) {
        _Alignas(64) uint32_t most[16] = {0};
        const __mmask16 there = lanes16(v, o->count);
        for (int i = 0; o->along && i < 16 && v + i < o->count; i++) {
            __m512i m = _mm512_setzero_si512();
            for (int64_t h = 0; h < o->depth; h += 16)
                m = larger(m, load16(o, v + i, h));
            most[i] = _mm512_reduce_max_epu32(m);
        }
        __m512i m = _mm512_load_si512(most);
        for (int64_t h = 0; !o->along && h < o->depth; h++)
            m = larger(m, load16(o, v, h));
        _mm512_mask_storeu_epi32(scale + v, there, exponents(m));
    }
}

/* ---- lines ---- */

/* The slices of nearest(x 2^e), as dwords. */
static inline void slice(__m512 x, __m512 e, __m512i *s0, __m512i *s1,
                         __m512i *s2)
{
    const __m512i q = _mm512_cvt_roundps_epi32(
        _mm512_scalef_ps(x, e), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    *s0 =
        _mm512_srai_epi32(_mm512_add_epi32(q, _mm512_set1_epi32(1 << 13)), 14);
    const __m512i r = _mm512_sub_epi32(q, _mm512_slli_epi32(*s0, 14));
    *s1 = _mm512_srai_epi32(_mm512_add_epi32(r, _mm512_set1_epi32(64)), 7);
    *s2 = _mm512_sub_epi32(r, _mm512_slli_epi32(*s1, 7));
}

/* Byte b of each dword is the low byte of x[b]. */
static inline __m512i weave(const __m512i *x)
{
    const __m512i first = _mm512_set1_epi32(0xFF);
    const __m512i two = _mm512_set1_epi32(0xFFFF);
    /* bitwise: mask ? a : b is ternary function 0xCA */
    const __m512i a = _mm512_ternarylogic_epi32(
        first, x[0], _mm512_slli_epi32(x[1], 8), 0xCA);
    const __m512i b = _mm512_ternarylogic_epi32(
        first, x[2], _mm512_slli_epi32(x[3], 8), 0xCA);
    return _mm512_ternarylogic_epi32(two, a, _mm512_slli_epi32(b, 16), 0xCA);
}

/* 20 - e of the vectors v ..; what is special becomes 0 by its mask. */
static __mmask16 exponents_of(const operand *o, const int32_t *scale, int64_t v,
                              __m512 *e)
{
    const __m512i s = _mm512_maskz_loadu_epi32(lanes16(v, o->count), scale + v);
    *e = _mm512_cvtepi32_ps(_mm512_sub_epi32(_mm512_set1_epi32(20), s));
    return _mm512_cmplt_epi32_mask(s, _mm512_set1_epi32(SUNZI_LOW_SPECIAL));
}

static void lines8(const operand *o, const int32_t *scale, int64_t v, int64_t h,
                   __m512i (*line)[LINES])
{
    __m512 e;
    _Alignas(64) float each[16];
    const __mmask16 usual = exponents_of(o, scale, v, &e);
    _mm512_store_ps(each, e);
    for (int l = 0; l < LINES; l++) {
        __m512i s[SLICES][4];
#pragma GCC unroll 4
        for (int j = 0; j < 4; j++) {
            if (o->along) {
                const __m512 x = load16(o, v + l, h + 16 * j);
                const bool there = usual >> l & 1;
                slice(there ? x : _mm512_setzero_ps(), _mm512_set1_ps(each[l]),
                      &s[0][j], &s[1][j], &s[2][j]);
            } else {
                const __m512 x = load16(o, v, h + 4 * l + j);
                slice(_mm512_maskz_mov_ps(usual, x), e, &s[0][j], &s[1][j],
                      &s[2][j]);
            }
        }
#pragma GCC unroll 3
        for (int t = 0; t < SLICES; t++)
            line[t][l] = o->along ? sunzi_low_bytes(s[t]) : weave(s[t]);
    }
}

/* BF16 in the upper halves of dwords; the lower halves are not cleared. */
static inline __m512i round_bf16(__m512 x)
{
    const __m512i bits = _mm512_castps_si512(x);
    const __m512i size = _mm512_castps_si512(_mm512_abs_ps(x));
    const __m512i odd =
        _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    __m512i r = _mm512_add_epi32(
        bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7FFF)));
    /* subnormal: a signed zero; NaN: stays one */
    r = _mm512_mask_and_epi32(
        r, _mm512_cmplt_epu32_mask(size, _mm512_set1_epi32(0x00800000)), bits,
        _mm512_set1_epi32(INT32_MIN));
    return _mm512_mask_or_epi32(
        r, _mm512_cmpgt_epu32_mask(size, _mm512_set1_epi32(0x7F800000)), bits,
        _mm512_set1_epi32(0x00400000));
}

/* 16-bit numbers in the lower halves of dwords */
static inline __m512i round16(__m512 x, bool fp16)
{
    if (fp16)
        return _mm512_cvtepu16_epi32(
            _mm512_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
    return _mm512_srli_epi32(round_bf16(x), 16);
}

static inline __attribute__((always_inline)) void
lines16(const operand *o, bool fp16, int64_t v, int64_t h, __m512i *line)
{
    for (int l = 0; l < LINES; l++) {
        const int64_t vec = o->along ? v + l : v;
        const int64_t at = o->along ? h : h + 2 * l;
        const __m512i x = round16(load16(o, vec, at), fp16);
        const __m512i y =
            round16(load16(o, vec, at + (o->along ? 16 : 1)), fp16);
        if (o->along)
            line[l] = _mm512_inserti64x4(
                _mm512_castsi256_si512(_mm512_cvtepi32_epi16(x)),
                _mm512_cvtepi32_epi16(y), 1);
        else
            line[l] = _mm512_or_si512(x, _mm512_slli_epi32(y, 16));
    }
}

static void store_tile(const operand *o, sunzi_side side, __m512i *line,
                       char *out)
{
    if (o->along != (side == SUNZI_SIDE_A))
        sunzi_transpose_dwords(line);
    for (int l = 0; l < LINES; l++)
        _mm512_store_si512(out + 64 * l, line[l]);
}

/* ---- panels ---- */

static void pack8(const operand *o, sunzi_side side, char *out, int32_t *scale)
{
    const int64_t tiles =
        (o->depth + SUNZI_TILE_DEPTH8 - 1) / SUNZI_TILE_DEPTH8;
    scales_of(o, scale);
    for (int64_t v = 0; v < o->count; v += 16)
        for (int64_t t = 0; t < tiles; t++) {
            __m512i line[SLICES][LINES];
            lines8(o, scale, v, t * SUNZI_TILE_DEPTH8, line);
            for (int s = 0; s < SLICES; s++)
                store_tile(o, side, line[s],
                           out + ((v / 16 * SLICES + s) * tiles + t) *
                                     SUNZI_TILE_BYTES);
        }
}

static inline __attribute__((always_inline)) void
pack16(const operand *o, bool fp16, sunzi_side side, char *out, int32_t *scale)
{
    memset(scale, 0, (size_t)o->count * sizeof *scale);
    for (int64_t v = 0; v < o->count; v += 16)
        for (int64_t h = 0; h < o->depth; h += SUNZI_TILE_DEPTH16) {
            __m512i line[LINES];
            lines16(o, fp16, v, h, line);
            store_tile(o, side, line, out);
            out += SUNZI_TILE_BYTES;
        }
}

void sunzi_avx512_update_pack(sunzi_low_format format, const float *data,
                              int64_t count, int64_t depth,
                              int64_t vector_stride, int64_t element_stride,
                              sunzi_side side, void *out, int32_t *scale)
{
    const operand o = {data,          count,          depth,
                       vector_stride, element_stride, element_stride == 1};
    if (element_stride != 1 && vector_stride != 1)
        sunzi_portable_update_pack(format, data, count, depth, vector_stride,
                                   element_stride, side, out, scale);
    else if (format == SUNZI_LOW_INT8)
        pack8(&o, side, out, scale);
    else if (format == SUNZI_LOW_FP16)
        pack16(&o, true, side, out, scale);
    else
        pack16(&o, false, side, out, scale);
}
