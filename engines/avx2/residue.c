/* SPDX-License-Identifier: BSD-3-Clause */
/* Products of packed residues modulo p. The byte products of AVX2 saturate:
 * residues are widened to 16 bits, whose products in pairs are exact. */
#include <immintrin.h>
#include <string.h>

#include "engines/avx2/kernels.h"

/* Rows and columns in registers: 8 accumulators of 4 columns by 2 sums. An
 * addition takes one cycle, so that more would hide nothing. */
enum { ROWS = 4, COLS = 8 };

/* Depth tiles between two reductions: the words of ROWS rows, 8 KiB, stay in
 * the first cache while the columns pass by. With the old residue added, a sum
 * stays below 1024 * 255 * 128 + 255 < 2^25. */
enum { CHUNK_TILES = 16 };

/* The rows as words, [quad of depth][row][4]: a broadcast gives a quad */
enum { QUAD_WORDS = 4 * ROWS, CHUNK_WORDS = CHUNK_TILES * 16 * QUAD_WORDS };

_Static_assert(ROWS == 4, "widen transposes four rows");

static void widen(const uint8_t *a, int64_t tiles, uint16_t *words)
{
    for (int64_t q = 0; q < tiles; q++, a += SUNZI_TILE_BYTES)
        for (int h = 0; h < 64; h += 16, words += 4 * QUAD_WORDS) {
            __m128 row[ROWS];
            for (int i = 0; i < ROWS; i++)
                row[i] = _mm_castsi128_ps(
                    _mm_loadu_si128((const void *)(a + 64 * i + h)));
            _MM_TRANSPOSE4_PS(row[0], row[1], row[2], row[3]);
            for (int quad = 0; quad < 4; quad++)
                _mm256_storeu_si256(
                    (void *)(words + QUAD_WORDS * quad),
                    _mm256_cvtepu8_epi16(_mm_castps_si128(row[quad])));
        }
}

/* sum + old residues, mod p. The FP32 quotient is off by less than
 * 2^25 / 107 * 3 * 2^-24 < 0.06, so that |x - q p| < 0.56 p + 1. */
static inline void reduce(__m256i sum, int32_t modulus, bool first, uint8_t *r)
{
    const __m256i p = _mm256_set1_epi32(modulus);
    const __m256 inverse = _mm256_set1_ps(1.0f / (float)modulus);
    const __m256i x =
        first ? sum
              : _mm256_add_epi32(sum, _mm256_cvtepu8_epi32(
                                          _mm_loadl_epi64((const void *)r)));
    const __m256i q =
        _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_cvtepi32_ps(x), inverse));
    const __m256i rest = _mm256_sub_epi32(x, _mm256_mullo_epi32(q, p));
    /* a negative rest is a large unsigned number */
    const __m256i least = _mm256_min_epu32(rest, _mm256_add_epi32(rest, p));
    const __m128i words = _mm_packus_epi32(_mm256_castsi256_si128(least),
                                           _mm256_extracti128_si256(least, 1));
    _mm_storel_epi64((void *)r, _mm_packus_epi16(words, words));
}

/* Sums of GCC's own type: it copies __m256i, 64-bit numbers to it, from
 * register to register around 32-bit additions. */
typedef int32_t sums __attribute__((vector_size(32)));

/* ROWS x COLS residues over `tiles` depth tiles; first: r holds nothing yet.
 * All loops over `sum` are unrolled, so that it stays in registers. */
static void block(int32_t modulus, int64_t tiles, const uint16_t *words,
                  const uint8_t *b, bool first, uint8_t *r, size_t r_stride)
{
    sums sum[ROWS][2];
#pragma GCC unroll 4
    for (int i = 0; i < ROWS; i++)
        sum[i][0] = sum[i][1] = (sums){0};
    for (int64_t quad = 0; quad < 16 * tiles; quad++, b += 64) {
        const __m256i y0 =
            _mm256_cvtepi8_epi16(_mm_loadu_si128((const void *)b));
        const __m256i y1 =
            _mm256_cvtepi8_epi16(_mm_loadu_si128((const void *)(b + 16)));
#pragma GCC unroll 4
        for (int i = 0; i < ROWS; i++) {
            int64_t four;
            memcpy(&four, words + quad * QUAD_WORDS + 4 * i, sizeof four);
            const __m256i x = _mm256_set1_epi64x(four);
            sum[i][0] += (sums)_mm256_madd_epi16(x, y0);
            sum[i][1] += (sums)_mm256_madd_epi16(x, y1);
        }
    }
#pragma GCC unroll 4
    for (int i = 0; i < ROWS; i++)
        /* columns 0, 1, 4, 5, 2, 3, 6, 7 */
        reduce(_mm256_permute4x64_epi64(
                   _mm256_hadd_epi32((__m256i)sum[i][0], (__m256i)sum[i][1]),
                   _MM_SHUFFLE(3, 1, 2, 0)),
               modulus, first, r + (size_t)i * r_stride);
}

void sunzi_avx2_residue_block(const sunzi_moduli *m, int t, int64_t depth_tiles,
                              int row_groups, int col_groups, const uint8_t *a,
                              size_t a_stride, const uint8_t *b,
                              size_t b_stride, uint8_t *r, size_t r_stride)
{
    uint16_t words[CHUNK_WORDS];
    for (int64_t q = 0; q < depth_tiles; q += CHUNK_TILES) {
        const int64_t tiles =
            depth_tiles - q < CHUNK_TILES ? depth_tiles - q : CHUNK_TILES;
        const size_t skip = (size_t)q * SUNZI_TILE_BYTES;
        for (int i = 0; i < 16 * row_groups; i += ROWS) {
            widen(a + (size_t)(i / 16) * a_stride + skip +
                      (size_t)(i % 16) * 64,
                  tiles, words);
            for (int j = 0; j < 16 * col_groups; j += COLS)
                block(m->p[t], tiles, words,
                      b + (size_t)(j / 16) * b_stride + skip +
                          (size_t)(j % 16) * 4,
                      q == 0, r + (size_t)i * r_stride + (size_t)j, r_stride);
        }
    }
}
