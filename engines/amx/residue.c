/* SPDX-License-Identifier: BSD-3-Clause */
/* Residues of an INT8 product on the AMX tiles.
 *
 * Blocks of 32 x 32 sums (2 x 2 tiles of INT32) over at most 1024 numbers of
 * depth, so |sum| <= 1024 * 255 * 128 < 2^25. The sums of a block never leave
 * the first-level cache: they go to a 4 KB scratch, and their reduction mod p
 * is spread over the tile products of the next block, between which the vector
 * units are idle. The panel of A (32 rows, 32 KB) stays in the first-level
 * cache while the columns of B stream past it with the loads that do not
 * displace it. */
#include "engines/amx/tile.h" /* first: a model may have taken its place */

#include <immintrin.h>
#include <math.h>
#include <stdbool.h>

#include "engines/amx/kernels.h"

enum {
    CHUNK_TILES = 16, /* depth of a block of sums, in tiles */
    BLOCK = 32,       /* rows and columns of a block of sums */
    LINE = 64,        /* bytes of a cache line */
    TILE_LINES = SUNZI_TILE_BYTES / LINE
};

/* The reduction of x + r, x a sum and r the residue of the depth before it, in
 * four operations; with u = x + 2^31 in bytes u_b and w_b = 2^(8b) mod p
 * (symmetric, 8 bit),
 *     y = start + r + sum_b w_b u_b,   start = -2^31 mod p, 0 <= y < 2^18
 *     q = floor(y / p)                 in FP32: y exact, one product rounded
 * down x + r mod p = y - q p. inverse >= 1/p with a relative error below 2^-23
 * makes y inverse exceed y / p by less than 2^-12 (q < 2^11), which is less
 * than 1/p: the floor is right. q + 2^23 has the bits of q in its low word. */
typedef struct reducer {
    __m512i weights, start, minus_p, flip;
    __m512 inverse, magic;
} reducer;

/* A finished block of sums [32][32] that waits for its reduction into r. */
typedef struct pending {
    const int32_t *sums;
    uint8_t *r;
    size_t r_stride;
    int row, rows; /* rows [row, rows) are still to be done */
    bool wide;     /* 32 columns, not 16 */
    bool first;    /* r holds nothing yet */
} pending;

/* What is done between the tile products. */
typedef struct background {
    reducer reduce;
    pending block;
    int rows_per_step;
    /* next panel of A, fetched to the second-level cache */
    const uint8_t *ahead;
    size_t ahead_stride; /* to its second group of rows; 0: has none */
    int ahead_line, ahead_lines, lines_per_step;
} background;

/* a mod p of smallest magnitude, a >= 0 */
static int symmetric_residue(int64_t a, int p)
{
    int r = (int)(a % p);
    return 2 * r > p ? r - p : r;
}

static reducer make_reducer(int p)
{
    /* least value of sum_b w_b u_b, made non-negative by start */
    const int lift = 4 * 255 * 128;
    const int64_t offset = ((int64_t)1 << 31) + lift;
    uint32_t weights = 0;
    for (int b = 0; b < 4; b++) {
        int w = symmetric_residue((int64_t)1 << (8 * b), p);
        weights |= (uint32_t)(uint8_t)w << (8 * b);
    }
    float inverse = 1.0f / (float)p;
    if ((double)inverse * p < 1.0)
        inverse = nextafterf(inverse, 1.0f);
    return (reducer){
        .weights = _mm512_set1_epi32((int)weights),
        .start = _mm512_set1_epi32(lift + (int)((p - offset % p) % p)),
        .minus_p = _mm512_set1_epi32((int)(uint16_t)-p),
        .flip = _mm512_set1_epi32(INT32_MIN),
        .inverse = _mm512_set1_ps(inverse),
        .magic = _mm512_set1_ps(0x1p23f),
    };
}

static inline void reduce16(const reducer *k, const int32_t *sums, bool first,
                            uint8_t *r)
{
    __m512i start = k->start;
    if (!first) {
        __m128i old = _mm_loadu_si128((const __m128i *)r);
        start = _mm512_add_epi32(start, _mm512_cvtepu8_epi32(old));
    }
    __m512i u = _mm512_xor_si512(_mm512_load_si512(sums), k->flip);
    __m512i y = _mm512_dpbusd_epi32(start, u, k->weights);
    __m512 q =
        _mm512_fmadd_round_ps(_mm512_cvtepi32_ps(y), k->inverse, k->magic,
                              _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
    y = _mm512_dpwssd_epi32(y, _mm512_castps_si512(q), k->minus_p);
    _mm_storeu_si128((__m128i *)r, _mm512_cvtepi32_epi8(y));
}

static inline void reduce_rows(background *w, int count)
{
    pending *p = &w->block;
    for (; count > 0 && p->row < p->rows; count--, p->row++) {
        const int32_t *sums = p->sums + p->row * BLOCK;
        uint8_t *r = p->r + (size_t)p->row * p->r_stride;
        reduce16(&w->reduce, sums, p->first, r);
        if (p->wide)
            reduce16(&w->reduce, sums + 16, p->first, r + 16);
    }
}

static inline void fetch_ahead(background *w)
{
    int end = w->ahead_line + w->lines_per_step;
    for (; w->ahead_line < end && w->ahead_line < w->ahead_lines;
         w->ahead_line++) {
        const uint8_t *line = w->ahead + w->ahead_line * LINE;
        _mm_prefetch((const char *)line, _MM_HINT_T1);
        _mm_prefetch((const char *)(line + w->ahead_stride), _MM_HINT_T1);
    }
}

/* sums[32][32] = A B over `steps` depth tiles for 16 rows (two: 32) and 16
 * columns (wide: 32), with a share of the background work after each step.
 * Registers: 0 1 / 2 3 sums of left / right columns, 4 5 A, 6 7 B. */
static inline __attribute__((always_inline)) void
multiply(const bool two, const bool wide, int steps, const uint8_t *a,
         size_t a_stride, const uint8_t *b, size_t b_stride, int32_t *sums,
         background *w)
{
    const size_t row_bytes = BLOCK * sizeof *sums;
    TILE_ZERO(0);
    TILE_ZERO(1);
    TILE_ZERO(2);
    TILE_ZERO(3);
    for (int q = 0; q < steps; q++) {
        const size_t at = (size_t)q * SUNZI_TILE_BYTES;
        TILE_STREAM(6, b + at, 64);
        TILE_LOAD(4, a + at, 64);
        TILE_DOT_U8_S8(0, 4, 6);
        if (two) {
            TILE_LOAD(5, a + a_stride + at, 64);
            TILE_DOT_U8_S8(1, 5, 6);
        }
        if (wide) {
            TILE_STREAM(7, b + b_stride + at, 64);
            TILE_DOT_U8_S8(2, 4, 7);
            if (two)
                TILE_DOT_U8_S8(3, 5, 7);
        }
        reduce_rows(w, w->rows_per_step);
        fetch_ahead(w);
    }
    TILE_STORE(0, sums, row_bytes); /* in the order in which they are read */
    if (wide)
        TILE_STORE(2, sums + 16, row_bytes);
    if (two)
        TILE_STORE(1, sums + 16 * BLOCK, row_bytes);
    if (two && wide)
        TILE_STORE(3, sums + 16 * BLOCK + 16, row_bytes);
}

static void multiply_any(bool two, bool wide, int steps, const uint8_t *a,
                         size_t a_stride, const uint8_t *b, size_t b_stride,
                         int32_t *sums, background *w)
{
    /* all of the waiting block, before its scratch is written again */
    w->rows_per_step = (w->block.rows + steps - 1) / steps;
    if (two && wide)
        multiply(true, true, steps, a, a_stride, b, b_stride, sums, w);
    else if (two)
        multiply(true, false, steps, a, a_stride, b, b_stride, sums, w);
    else if (wide)
        multiply(false, true, steps, a, a_stride, b, b_stride, sums, w);
    else
        multiply(false, false, steps, a, a_stride, b, b_stride, sums, w);
}

/* The panel of A that follows row group i of the chunk at tile q. */
static void aim_ahead(background *w, int64_t depth_tiles, int row_groups,
                      int col_groups, int64_t q, int i, const uint8_t *a,
                      size_t a_stride)
{
    const int pairs = (col_groups + 1) / 2;
    i += 2;
    if (i >= row_groups) {
        i = 0;
        q += CHUNK_TILES;
    }
    const int64_t left = depth_tiles - q;
    const int tiles = left < CHUNK_TILES ? (int)left : CHUNK_TILES;
    w->ahead = a + (size_t)i * a_stride + (size_t)q * SUNZI_TILE_BYTES;
    w->ahead_stride = i + 1 < row_groups ? a_stride : 0;
    w->ahead_line = 0;
    w->ahead_lines = left > 0 ? tiles * TILE_LINES : 0;
    w->lines_per_step = (TILE_LINES + pairs - 1) / pairs;
}

void sunzi_amx_residue_block(const sunzi_moduli *m, int t, int64_t depth_tiles,
                             int row_groups, int col_groups, const uint8_t *a,
                             size_t a_stride, const uint8_t *b, size_t b_stride,
                             uint8_t *r, size_t r_stride)
{
    _Alignas(64) int32_t sums[BLOCK * BLOCK];
    background w = {.reduce = make_reducer(m->p[t])};
    TILE_BEGIN();
    for (int64_t q = 0; q < depth_tiles; q += CHUNK_TILES) {
        const int64_t left = depth_tiles - q;
        const int steps = left < CHUNK_TILES ? (int)left : CHUNK_TILES;
        const size_t at = (size_t)q * SUNZI_TILE_BYTES;
        for (int i = 0; i < row_groups; i += 2) {
            const bool two = i + 1 < row_groups;
            aim_ahead(&w, depth_tiles, row_groups, col_groups, q, i, a,
                      a_stride);
            for (int j = 0; j < col_groups; j += 2) {
                const bool wide = j + 1 < col_groups;
                multiply_any(two, wide, steps, a + (size_t)i * a_stride + at,
                             a_stride, b + (size_t)j * b_stride + at, b_stride,
                             sums, &w);
                w.block = (pending){
                    .sums = sums,
                    .r = r + (size_t)i * 16 * r_stride + (size_t)j * 16,
                    .r_stride = r_stride,
                    .rows = two ? 32 : 16,
                    .wide = wide,
                    .first = q == 0,
                };
            }
        }
    }
    reduce_rows(&w, BLOCK);
    TILE_END();
}
