/* SPDX-License-Identifier: BSD-3-Clause */
/* The ordered product of engines/engine.h for one vector type. Each entry of C
 * is one chain of fused multiply-adds over the depth; vectors run along a row
 * of C, so their width cannot change a bit, and C is stored exactly between
 * blocks of depth. The includer defines ORDERED_REAL             float or
 * double ORDERED_VECTOR           vector of ORDERED_LANES numbers
 *     ORDERED_LOAD/STORE/SET(p), ORDERED_FMA(a, b, c) = a b + c,
 *     ORDERED_FNMA(a, b, c) = c - a b, fused
 *     ORDERED_MASK, ORDERED_MASK_OF(count), ORDERED_LOAD_PART(mask, p),
 *     ORDERED_STORE_PART(p, mask, v): the first `count` lanes, others zero
 *     ORDERED_ROWS             rows of the register tile (two vectors wide)
 *     ORDERED_NAME(name)       decorated name
 *     ORDERED_SPACE            thread-local bytes of both types, for the
 * scratch Blocking after K. Goto, R. van de Geijn, ACM TOMS 34 (2008) 12: B
 * packed in panels of two vectors for the second-level cache, A in panels of
 * ORDERED_ROWS. */
#ifndef ORDERED_REAL
#error "define ORDERED_REAL and the rest before including ordered_template.h"
#endif

enum {
    ORDERED_NAME(WIDTH) = 2 * ORDERED_LANES,
    ORDERED_NAME(DEPTH) = 256,
    ORDERED_NAME(SMALL) = 1
                          << 18, /* terms below which it does not pay to pack */
    ORDERED_NAME(A_LD) =
        256 + 64 / (int)sizeof(ORDERED_REAL), /* off powers of 2 */
    ORDERED_NAME(A_ROWS) = 8 * ORDERED_ROWS,
    ORDERED_NAME(B_COLS) = 1024 * 4 / (int)sizeof(ORDERED_REAL)
};

typedef struct ORDERED_NAME(scratch) {
    ORDERED_REAL a[ORDERED_NAME(A_ROWS) * ORDERED_NAME(A_LD)];
    ORDERED_REAL b[ORDERED_NAME(B_COLS) * ORDERED_NAME(DEPTH)];
    ORDERED_REAL edge[ORDERED_ROWS * ORDERED_NAME(WIDTH)];
} ORDERED_NAME(scratch);

_Static_assert(sizeof(ORDERED_NAME(scratch)) <= sizeof ORDERED_SPACE,
               "the scratch fits");

static ORDERED_NAME(scratch) * ORDERED_NAME(space)(void)
{
    return (ORDERED_NAME(scratch) *)(void *)ORDERED_SPACE;
}

/* c[ORDERED_ROWS][WIDTH] continued by `depth` terms of the packed panels. */
static inline __attribute__((always_inline)) void ORDERED_NAME(tile)(
    const bool subtract, int depth, const ORDERED_REAL *restrict a,
    const ORDERED_REAL *restrict b, ORDERED_REAL *restrict c, int64_t ldc)
{
    ORDERED_VECTOR left[ORDERED_ROWS], right[ORDERED_ROWS];
#pragma GCC unroll 16
    for (int i = 0; i < ORDERED_ROWS; i++) {
        left[i] = ORDERED_LOAD(c + i * ldc);
        right[i] = ORDERED_LOAD(c + i * ldc + ORDERED_LANES);
    }
    for (int h = 0; h < depth; h++) {
        const ORDERED_VECTOR b0 = ORDERED_LOAD(b);
        const ORDERED_VECTOR b1 = ORDERED_LOAD(b + ORDERED_LANES);
#pragma GCC unroll 16
        for (int i = 0; i < ORDERED_ROWS; i++) {
            const ORDERED_VECTOR a_i =
                ORDERED_SET(a[i * ORDERED_NAME(A_LD) + h]);
            left[i] = subtract ? ORDERED_FNMA(a_i, b0, left[i])
                               : ORDERED_FMA(a_i, b0, left[i]);
            right[i] = subtract ? ORDERED_FNMA(a_i, b1, right[i])
                                : ORDERED_FMA(a_i, b1, right[i]);
        }
        b += ORDERED_NAME(WIDTH);
    }
#pragma GCC unroll 16
    for (int i = 0; i < ORDERED_ROWS; i++) {
        ORDERED_STORE(c + i * ldc, left[i]);
        ORDERED_STORE(c + i * ldc + ORDERED_LANES, right[i]);
    }
}

/* A tile at the edge of C works on a copy padded with zeros. */
static void ORDERED_NAME(edge_tile)(bool subtract, int rows, int cols,
                                    int depth, const ORDERED_REAL *a,
                                    const ORDERED_REAL *b, ORDERED_REAL *c,
                                    int64_t ldc)
{
    ORDERED_REAL *edge = ORDERED_NAME(space)()->edge;
    memset(edge, 0, sizeof ORDERED_NAME(space)()->edge);
    for (int i = 0; i < rows; i++)
        memcpy(edge + i * ORDERED_NAME(WIDTH), c + i * ldc,
               (size_t)cols * sizeof *c);
    if (subtract)
        ORDERED_NAME(tile)(true, depth, a, b, edge, ORDERED_NAME(WIDTH));
    else
        ORDERED_NAME(tile)(false, depth, a, b, edge, ORDERED_NAME(WIDTH));
    for (int i = 0; i < rows; i++)
        memcpy(c + i * ldc, edge + i * ORDERED_NAME(WIDTH),
               (size_t)cols * sizeof *c);
}

/* Rows of A, each contiguous; zeros up to a whole tile of rows. */
static void ORDERED_NAME(pack_a)(int rows, int depth, const ORDERED_REAL *a,
                                 int64_t a_row, int64_t a_col)
{
    ORDERED_REAL *out = ORDERED_NAME(space)()->a;
    const int padded = (rows + ORDERED_ROWS - 1) / ORDERED_ROWS * ORDERED_ROWS;
    for (int i = 0; i < padded; i++, out += ORDERED_NAME(A_LD)) {
        if (i >= rows)
            memset(out, 0, (size_t)depth * sizeof *a);
        else if (a_col == 1)
            memcpy(out, a + i * a_row, (size_t)depth * sizeof *a);
        else
            for (int h = 0; h < depth; h++)
                out[h] = a[i * a_row + h * a_col];
    }
}

/* Panels of two vectors, depth-major, padded with zeros. */
static void ORDERED_NAME(pack_b)(int depth, int cols, const ORDERED_REAL *b,
                                 int64_t ldb)
{
    enum { W = ORDERED_NAME(WIDTH) };
    ORDERED_REAL *out = ORDERED_NAME(space)()->b;
    for (int j = 0; j < cols; j += W) {
        const int width = cols - j < W ? cols - j : W;
        for (int h = 0; h < depth; h++, out += W) {
            memcpy(out, b + h * ldb + j, (size_t)width * sizeof *b);
            memset(out + width, 0, (size_t)(W - width) * sizeof *b);
        }
    }
}

static void ORDERED_NAME(block)(bool subtract, int rows, int cols, int depth,
                                ORDERED_REAL *c, int64_t ldc)
{
    enum { W = ORDERED_NAME(WIDTH), R = ORDERED_ROWS };
    for (int j = 0; j < cols; j += W)
        for (int i = 0; i < rows; i += R) {
            const ORDERED_REAL *a =
                ORDERED_NAME(space)()->a + i * ORDERED_NAME(A_LD);
            const ORDERED_REAL *b = ORDERED_NAME(space)()->b + j * depth;
            ORDERED_REAL *at = c + i * ldc + j;
            if (rows - i >= R && cols - j >= W && subtract)
                ORDERED_NAME(tile)(true, depth, a, b, at, ldc);
            else if (rows - i >= R && cols - j >= W)
                ORDERED_NAME(tile)(false, depth, a, b, at, ldc);
            else
                ORDERED_NAME(edge_tile)
            (subtract, rows - i < R ? rows - i : R, cols - j < W ? cols - j : W,
             depth, a, b, at, ldc);
        }
}

/* Rows of a small product, which is not worth packing: c[rows][vectors],
 * continued by `depth` terms; the last vector as far as the mask says. */
static inline __attribute__((always_inline)) void ORDERED_NAME(direct_tile)(
    const int rows, const int vectors, const bool subtract, int depth,
    const ORDERED_REAL *a, int64_t a_row, int64_t a_col, const ORDERED_REAL *b,
    int64_t ldb, ORDERED_REAL *c, int64_t ldc, ORDERED_MASK last)
{
    ORDERED_VECTOR left[8], right[8];
#pragma GCC unroll 8
    for (int i = 0; i < rows; i++) {
        if (vectors == 2)
            left[i] = ORDERED_LOAD(c + i * ldc);
        right[i] = ORDERED_LOAD_PART(last, c + i * ldc +
                                               (vectors - 1) * ORDERED_LANES);
    }
    for (int h = 0; h < depth; h++, a += a_col, b += ldb) {
        const ORDERED_VECTOR b0 = vectors == 2 ? ORDERED_LOAD(b) : right[0];
        const ORDERED_VECTOR b1 =
            ORDERED_LOAD_PART(last, b + (vectors - 1) * ORDERED_LANES);
#pragma GCC unroll 8
        for (int i = 0; i < rows; i++) {
            const ORDERED_VECTOR a_i = ORDERED_SET(a[i * a_row]);
            if (vectors == 2)
                left[i] = subtract ? ORDERED_FNMA(a_i, b0, left[i])
                                   : ORDERED_FMA(a_i, b0, left[i]);
            right[i] = subtract ? ORDERED_FNMA(a_i, b1, right[i])
                                : ORDERED_FMA(a_i, b1, right[i]);
        }
    }
#pragma GCC unroll 8
    for (int i = 0; i < rows; i++) {
        if (vectors == 2)
            ORDERED_STORE(c + i * ldc, left[i]);
        ORDERED_STORE_PART(c + i * ldc + (vectors - 1) * ORDERED_LANES, last,
                           right[i]);
    }
}

/* Chains enough for two units that take four cycles each: tiles of four rows of
 * two vectors, or eight of one. */
static inline __attribute__((always_inline)) void
ORDERED_NAME(direct_columns)(const int vectors, const bool subtract, int m,
                             int depth, const ORDERED_REAL *a, int64_t a_row,
                             int64_t a_col, const ORDERED_REAL *b, int64_t ldb,
                             ORDERED_REAL *c, int64_t ldc, ORDERED_MASK last)
{
    const int most = vectors == 2 ? 4 : 8;
    int i = 0;
    for (; i + most <= m; i += most)
        ORDERED_NAME(direct_tile)
    (most, vectors, subtract, depth, a + i * a_row, a_row, a_col, b, ldb,
     c + i * ldc, ldc, last);
    for (; i + 2 <= m; i += 2)
        ORDERED_NAME(direct_tile)
    (2, vectors, subtract, depth, a + i * a_row, a_row, a_col, b, ldb,
     c + i * ldc, ldc, last);
    for (; i < m; i++)
        ORDERED_NAME(direct_tile)
    (1, vectors, subtract, depth, a + i * a_row, a_row, a_col, b, ldb,
     c + i * ldc, ldc, last);
}

static inline __attribute__((always_inline)) void
ORDERED_NAME(direct)(const bool subtract, int m, int n, int k,
                     const ORDERED_REAL *a, int64_t a_row, int64_t a_col,
                     const ORDERED_REAL *b, int64_t ldb, ORDERED_REAL *c,
                     int64_t ldc)
{
    enum { W = ORDERED_NAME(WIDTH), L = ORDERED_LANES };
    int j = 0;
    for (; n - j > L; j += W)
        ORDERED_NAME(direct_columns)
    (2, subtract, m, k, a, a_row, a_col, b + j, ldb, c + j, ldc,
     ORDERED_MASK_OF(n - j < W ? n - j - L : L));
    if (j < n)
        ORDERED_NAME(direct_columns)
    (1, subtract, m, k, a, a_row, a_col, b + j, ldb, c + j, ldc,
     ORDERED_MASK_OF(n - j));
}

static int ORDERED_NAME(least)(int a, int b)
{
    return a < b ? a : b;
}

static void ORDERED_NAME(product)(int m, int n, int k, bool subtract,
                                  const ORDERED_REAL *a, int64_t a_row,
                                  int64_t a_col, const ORDERED_REAL *b,
                                  int64_t ldb, ORDERED_REAL *c, int64_t ldc)
{
    if ((double)m * n * k <= ORDERED_NAME(SMALL)) {
        if (subtract)
            ORDERED_NAME(direct)
        (true, m, n, k, a, a_row, a_col, b, ldb, c, ldc);
        else ORDERED_NAME(direct)(false, m, n, k, a, a_row, a_col, b, ldb, c,
                                  ldc);
        return;
    }
    for (int j = 0; j < n; j += ORDERED_NAME(B_COLS)) {
        const int cols = ORDERED_NAME(least)(n - j, ORDERED_NAME(B_COLS));
        for (int h = 0; h < k; h += ORDERED_NAME(DEPTH)) {
            const int depth = ORDERED_NAME(least)(k - h, ORDERED_NAME(DEPTH));
            ORDERED_NAME(pack_b)(depth, cols, b + h * ldb + j, ldb);
            for (int i = 0; i < m; i += ORDERED_NAME(A_ROWS)) {
                const int rows =
                    ORDERED_NAME(least)(m - i, ORDERED_NAME(A_ROWS));
                ORDERED_NAME(pack_a)
                (rows, depth, a + i * a_row + h * a_col, a_row, a_col);
                ORDERED_NAME(block)
                (subtract, rows, cols, depth, c + i * ldc + j, ldc);
            }
        }
    }
}

#undef ORDERED_REAL
#undef ORDERED_VECTOR
#undef ORDERED_LANES
#undef ORDERED_LOAD
#undef ORDERED_STORE
#undef ORDERED_SET
#undef ORDERED_FMA
#undef ORDERED_FNMA
#undef ORDERED_MASK
#undef ORDERED_MASK_OF
#undef ORDERED_LOAD_PART
#undef ORDERED_STORE_PART
#undef ORDERED_ROWS
#undef ORDERED_NAME
