/* SPDX-License-Identifier: BSD-3-Clause */
/* Products of packed residues modulo p, by the byte dot products of VNNI. */
#include <immintrin.h>

#include "engines/avx512/kernels.h"

/* Rows in registers. 8 x 2 accumulators hide the latency of two dot products a
 * cycle, and ask for 10 loads in 16 of them: both load ports keep up. */
enum { ROWS = 8 };

/* Depth tiles between two reductions: the B of two groups of columns, 32 KiB,
 * stays in the first cache while the rows pass by. With the old residue added,
 * a sum stays below 1024 * 255 * 128 + 255 < 2^25. */
enum { CHUNK_TILES = 16 };

/* x mod p in [0, p), for |x| < 2^25. The FP32 quotient is off by less than
 * 2^25 / 107 * 3 * 2^-24 < 0.06, so that |x - q p| < 0.56 p + 1. */
static inline __m128i reduce(__m512i x, __m512 inverse, __m512i p)
{
    const __m512i q =
        _mm512_cvt_roundps_epi32(_mm512_mul_ps(_mm512_cvtepi32_ps(x), inverse),
                                 _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    const __m512i r = _mm512_sub_epi32(x, _mm512_mullo_epi32(q, p));
    /* a negative r is a large unsigned number */
    return _mm512_cvtepi32_epi8(_mm512_min_epu32(r, _mm512_add_epi32(r, p)));
}

/* ROWS x 16 `groups` residues (groups: 1 or 2, a constant) over `tiles` depth
 * tiles; first: r holds nothing yet. All loops over `sum` are unrolled, so that
 * it stays in registers. */
static inline __attribute__((always_inline)) void
block(int32_t modulus, int64_t tiles, int groups, const uint8_t *a,
      const uint8_t *b, size_t b_stride, bool first, uint8_t *r,
      size_t r_stride)
{
    __m512i sum[ROWS][2];
#pragma GCC unroll 8
    for (int i = 0; i < ROWS; i++)
#pragma GCC unroll 2
        for (int g = 0; g < groups; g++)
            sum[i][g] =
                first ? _mm512_setzero_si512()
                      : _mm512_cvtepu8_epi32(_mm_loadu_si128(
                            (const void *)(r + (size_t)i * r_stride + 16 * g)));
    for (int64_t q = 0; q < tiles; q++) {
        const uint8_t *at = a + q * SUNZI_TILE_BYTES;
        const uint8_t *bt = b + q * SUNZI_TILE_BYTES;
        for (int quad = 0; quad < 16; quad++) {
            __m512i y[2];
#pragma GCC unroll 2
            for (int g = 0; g < groups; g++)
                y[g] =
                    _mm512_loadu_si512(bt + (size_t)g * b_stride + 64 * quad);
#pragma GCC unroll 8
            for (int i = 0; i < ROWS; i++) {
                int32_t word;
                __builtin_memcpy(&word, at + 64 * i + 4 * quad, sizeof word);
                const __m512i x = _mm512_set1_epi32(word);
#pragma GCC unroll 2
                for (int g = 0; g < groups; g++)
                    sum[i][g] = _mm512_dpbusd_epi32(sum[i][g], x, y[g]);
            }
        }
    }
    const __m512i p = _mm512_set1_epi32(modulus);
    const __m512 inverse = _mm512_set1_ps(1.0f / (float)modulus);
#pragma GCC unroll 8
    for (int i = 0; i < ROWS; i++)
#pragma GCC unroll 2
        for (int g = 0; g < groups; g++)
            _mm_storeu_si128((void *)(r + (size_t)i * r_stride + 16 * g),
                             reduce(sum[i][g], inverse, p));
}

void sunzi_avx512_residue_block(const sunzi_moduli *m, int t,
                                int64_t depth_tiles, int row_groups,
                                int col_groups, const uint8_t *a,
                                size_t a_stride, const uint8_t *b,
                                size_t b_stride, uint8_t *r, size_t r_stride)
{
    const int32_t p = m->p[t];
    for (int64_t q = 0; q < depth_tiles; q += CHUNK_TILES) {
        const int64_t tiles =
            depth_tiles - q < CHUNK_TILES ? depth_tiles - q : CHUNK_TILES;
        const size_t skip = (size_t)q * SUNZI_TILE_BYTES;
        for (int j = 0; j < col_groups; j += 2)
            for (int i = 0; i < 16 * row_groups; i += ROWS) {
                const uint8_t *ai = a + (size_t)(i / 16) * a_stride + skip +
                                    (size_t)(i % 16) * 64;
                const uint8_t *bj = b + (size_t)j * b_stride + skip;
                uint8_t *ri = r + (size_t)i * r_stride + 16 * (size_t)j;
                if (j + 1 < col_groups)
                    block(p, tiles, 2, ai, bj, b_stride, q == 0, ri, r_stride);
                else
                    block(p, tiles, 1, ai, bj, b_stride, q == 0, ri, r_stride);
            }
    }
}
