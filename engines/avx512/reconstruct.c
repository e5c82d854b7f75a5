/* SPDX-License-Identifier: BSD-3-Clause */
/* Integers from their residues, rounded once to FP64. With w_t the inverse of
 * P / p_t modulo p_t,
 *     c' / P = sum r_t w_t / p_t - an integer,
 * whose fractions w_t / p_t are written in base 256: one byte dot product a
 * digit adds the share of four moduli, and the integer falls away as overflow.
 * A rounding test follows (Ziv, ACM TOMS 17, 1991). What it cannot decide goes
 * to the portable kernel, so the bits are its bits. */
#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "engines/avx512/kernels.h"
#include "engines/portable/kernels.h"

enum {
    DIGITS = 12, /* of a fraction */
    FOURS = SUNZI_MODULI_LIST_LENGTH / 4,
    COLS = 64,       /* columns side by side: a cache line of residues */
    COL_BLOCK = 512, /* columns whose scales are kept */
    /* shifts up to here neither overflow nor underflow, as 1 <= |c'| < 2^241 */
    PLAIN_SHIFT = 350
};

/* digit[f][b]: digit b (of 256^-(b+1), -128 .. 127) of the moduli 4 f .. 4 f +
 * 3, the first in the lowest byte. unit = P 2^-32, in two parts. error: each
 * fraction is cut by at most 2^-97, their sum by 32 * 255 * 2^-97 < 2^-84; the
 * roundings of `round_lanes` add less than 2^-86. Twice that, times P. */
typedef struct fractions {
    int32_t digit[FOURS][DIGITS];
    int fours;
    double unit, unit_low, error;
} fractions;

/* w / p in DIGITS digits of base 256, rounded to nearest, modulo 1; bytes that
 * count from -128. */
static void expand(int32_t w, int32_t p, int8_t *digit)
{
    uint8_t floor_digits[DIGITS];
    int32_t rest = w % p;
    for (int b = 0; b < DIGITS; b++) {
        floor_digits[b] = (uint8_t)(rest * 256 / p);
        rest = rest * 256 % p;
    }
    int carry = 2 * rest >= p;
    for (int b = DIGITS - 1; b >= 0; b--) {
        const int d = floor_digits[b] + carry;
        carry = d >= 128;
        digit[b] = (int8_t)(d - 256 * carry);
    }
}

/* The double nearest to a number of SUNZI_MODULI_WORDS words, times 2^-32, and
 * that nearest to the rest. */
static void two_parts(const uint64_t *words, double *high, double *low)
{
    double sum = 0, rest = 0;
    for (int w = SUNZI_MODULI_WORDS - 1; w >= 0; w--)
        for (int half = 1; half >= 0; half--) {
            const double x = ldexp((double)(uint32_t)(words[w] >> 32 * half),
                                   64 * w + 32 * half);
            const double next = sum + x; /* sum is 0 or the larger one */
            rest += x - (next - sum);
            sum = next;
        }
    *high = ldexp(sum + rest, -32);
    *low = ldexp(rest - ((sum + rest) - sum), -32);
}

static void make_fractions(const sunzi_moduli *m, fractions *f)
{
    memset(f, 0, sizeof *f);
    f->fours = (m->count + 3) / 4;
    for (int t = 0; t < m->count; t++) {
        int8_t digit[DIGITS];
        expand(m->inverse[t], m->p[t], digit);
        for (int b = 0; b < DIGITS; b++)
            f->digit[t / 4][b] |=
                (int32_t)((uint32_t)(uint8_t)digit[b] << 8 * (t % 4));
    }
    two_parts(m->product, &f->unit, &f->unit_low);
    f->error = 0x1p-51 * f->unit;
}

/* x[f][k]: the residues of columns 16 k .. 16 k + 15, four moduli a dword. */
static inline void interleave(const fractions *f, const sunzi_moduli *m,
                              const uint8_t *r, size_t plane_stride,
                              __mmask64 lanes, __m512i (*x)[4])
{
    /* unpacking works in the 128-bit lanes: dwords 4 k .. 4 k + 3 of the line
     * must lie one in each */
    const __m512i order =
        _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    for (int g = 0; g < f->fours; g++) {
        __m512i row[4];
#pragma GCC unroll 4
        for (int j = 0; j < 4; j++) {
            const int t = 4 * g + j < m->count ? 4 * g + j : 0;
            row[j] = _mm512_permutexvar_epi32(
                order,
                _mm512_maskz_loadu_epi8(lanes, r + (size_t)t * plane_stride));
        }
        const __m512i a = _mm512_unpacklo_epi8(row[0], row[1]);
        const __m512i b = _mm512_unpackhi_epi8(row[0], row[1]);
        const __m512i c = _mm512_unpacklo_epi8(row[2], row[3]);
        const __m512i d = _mm512_unpackhi_epi8(row[2], row[3]);
        x[g][0] = _mm512_unpacklo_epi16(a, c);
        x[g][1] = _mm512_unpackhi_epi16(a, c);
        x[g][2] = _mm512_unpacklo_epi16(b, d);
        x[g][3] = _mm512_unpackhi_epi16(b, d);
    }
}

/* c' / P 2^32 of 16 columns: top + (word[0] 2^-16 + word[1] 2^-32 + ..), top
 * modulo 2^32; |word| < 2^29. */
/* gcc 12 copies an accumulator of type __m512i before each byte dot product */
typedef uint32_t dwords __attribute__((vector_size(64)));

typedef struct fixed {
    __m512i top, word[4];
} fixed;

static inline __attribute__((always_inline)) fixed
fraction_of(const fractions *f, __m512i (*x)[4], int k)
{
    dwords sum[DIGITS] = {0};
    for (int g = 0; g < f->fours; g++)
#pragma GCC unroll 12
        for (int b = 0; b < DIGITS; b++)
            sum[b] = (dwords)_mm512_dpbusd_epi32(
                (__m512i)sum[b], x[g][k], _mm512_set1_epi32(f->digit[g][b]));
    fixed c;
    c.top = (__m512i)(((sum[0] * 256 + sum[1]) * 256 + sum[2]) * 256 + sum[3]);
#pragma GCC unroll 4
    for (int w = 0; w < 4; w++)
        c.word[w] = (__m512i)(sum[4 + 2 * w] * 256 + sum[5 + 2 * w]);
    return c;
}

static inline __m512d half(__m512i x, int which)
{
    return _mm512_cvtepi32_pd(which ? _mm512_extracti64x4_epi64(x, 1)
                                    : _mm512_castsi512_si256(x));
}

/* c' of eight columns, rounded; returns the mask of those that are right. */
static inline __attribute__((always_inline)) __mmask8
round_lanes(const fractions *f, const fixed *x, int which, __m512d *result)
{
    const __m512d unit = _mm512_set1_pd(f->unit);
    const __m512d error = _mm512_set1_pd(f->error);
    const __m512d high =
        _mm512_fmadd_pd(half(x->word[0], which), _mm512_set1_pd(0x1p-16),
                        half(x->top, which)); /* exact, 47 bits */
    __m512d low = _mm512_mul_pd(half(x->word[1], which),
                                _mm512_set1_pd(0x1p-32)); /* below 1/8 */
    low =
        _mm512_fmadd_pd(half(x->word[2], which), _mm512_set1_pd(0x1p-48), low);
    low =
        _mm512_fmadd_pd(half(x->word[3], which), _mm512_set1_pd(0x1p-64), low);
    const __m512d c = _mm512_mul_pd(high, unit);
    __m512d rest = _mm512_fmsub_pd(high, unit, c); /* exact */
    rest = _mm512_fmadd_pd(high, _mm512_set1_pd(f->unit_low), rest);
    rest = _mm512_fmadd_pd(low, unit, rest);
    *result = _mm512_add_pd(c, _mm512_add_pd(rest, error));
    const __m512d other = _mm512_add_pd(c, _mm512_sub_pd(rest, error));
    /* near +-1/2 the sign may have been lost */
    return _mm512_cmp_pd_mask(*result, other, _CMP_EQ_OQ) &
           _mm512_cmp_pd_mask(_mm512_abs_pd(high),
                              _mm512_set1_pd(0.499 * 0x1p32), _CMP_LT_OQ);
}

/* Exponents of a block of columns. */
typedef struct scales {
    bool plain;
    double factor[COL_BLOCK]; /* 2^-shift of the columns, if plain */
    const int32_t *col_shift;
} scales;

/* c' 2^-(row + col shift); takes from *good what is not surely exact. */
static inline __attribute__((always_inline)) __m512d
scaled(const scales *s, double row_factor, int32_t row_shift, int j,
       __mmask8 lanes, __m512d c, __mmask8 *good)
{
    if (s->plain)
        return _mm512_mul_pd(c, _mm512_mul_pd(_mm512_set1_pd(row_factor),
                                              _mm512_loadu_pd(s->factor + j)));
    const __m512i shift =
        _mm512_add_epi64(_mm512_set1_epi64(row_shift),
                         _mm512_cvtepi32_epi64(_mm256_maskz_loadu_epi32(
                             lanes, s->col_shift + j)));
    const __m512d result = _mm512_scalef_pd(
        c, _mm512_cvtepi64_pd(_mm512_sub_epi64(_mm512_setzero_si512(), shift)));
    const __m512d size = _mm512_abs_pd(result);
    *good &= _mm512_cmp_pd_mask(size, _mm512_set1_pd(0x1p-1021), _CMP_GE_OQ) &
             _mm512_cmp_pd_mask(size, _mm512_set1_pd(0x1p1023), _CMP_LT_OQ);
    return result;
}

/* Up to COLS numbers of a row from column j of the block on. */
static inline __attribute__((always_inline)) void
round_line(const fractions *f, const sunzi_moduli *m, int j, int count,
           const uint8_t *r, size_t plane_stride, const scales *s,
           int32_t row_shift, double row_factor, double *v)
{
    __m512i x[FOURS][4];
    const __mmask64 line =
        count < COLS ? ((uint64_t)1 << count) - 1 : UINT64_MAX;
    interleave(f, m, r + j, plane_stride, line, x);
    for (int k = 0; 16 * k < count; k++) {
        const fixed c = fraction_of(f, x, k);
        __m512i any = x[0][k];
        for (int g = 1; g < f->fours; g++)
            any = _mm512_or_si512(any, x[g][k]);
        const __mmask16 zero = _mm512_testn_epi32_mask(any, any);
#pragma GCC unroll 2
        for (int h = 0; h < 2; h++) {
            const int at = j + 16 * k + 8 * h;
            const __mmask8 lanes = (__mmask8)(line >> (16 * k + 8 * h));
            const __mmask8 zeros = (__mmask8)(zero >> 8 * h);
            __m512d result;
            __mmask8 good = round_lanes(f, &c, h, &result);
            result = scaled(s, row_factor, row_shift, at, lanes, result, &good);
            _mm512_mask_storeu_pd(
                v + at, lanes, _mm512_maskz_mov_pd((__mmask8)~zeros, result));
            for (unsigned bad = lanes & ~(unsigned)(good | zeros); bad;
                 bad &= bad - 1) {
                const int l = at + __builtin_ctz(bad);
                v[l] = sunzi_portable_reconstruct_one(
                    m, r + l, plane_stride, -(row_shift + s->col_shift[l]));
            }
        }
    }
}

static bool all_plain(const int32_t *shift, int count)
{
    bool plain = true;
    for (int i = 0; i < count; i++)
        plain = plain && shift[i] >= -PLAIN_SHIFT && shift[i] <= PLAIN_SHIFT;
    return plain;
}

void sunzi_avx512_reconstruct(const sunzi_moduli *m, int rows, int cols,
                              const uint8_t *r, size_t plane_stride,
                              size_t r_stride, const int32_t *row_shift,
                              const int32_t *col_shift, double *v,
                              int64_t v_stride)
{
    fractions f;
    make_fractions(m, &f);
    const bool rows_plain = all_plain(row_shift, rows);
    for (int j0 = 0; j0 < cols; j0 += COL_BLOCK) {
        const int width = cols - j0 < COL_BLOCK ? cols - j0 : COL_BLOCK;
        scales s = {.col_shift = col_shift + j0};
        s.plain = rows_plain && all_plain(s.col_shift, width);
        for (int j = 0; j < width && s.plain; j++)
            s.factor[j] = ldexp(1, -s.col_shift[j]);
        for (int i = 0; i < rows; i++) {
            const double row_factor = s.plain ? ldexp(1, -row_shift[i]) : 0;
            for (int j = 0; j < width; j += COLS)
                round_line(&f, m, j, width - j < COLS ? width - j : COLS,
                           r + (size_t)i * r_stride + j0, plane_stride, &s,
                           row_shift[i], row_factor, v + i * v_stride + j0);
        }
    }
}
