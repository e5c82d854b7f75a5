/* SPDX-License-Identifier: BSD-3-Clause */
/* Kernels of dense factors for one storage type; plain C whose loops an
 * engine's compiler flags vectorise, in the order that engines/engine.h fixes.
 * The includer defines DENSE_REAL, DENSE_NAME(name), DENSE_FMA, DENSE_ABS,
 * DENSE_MAX. */
#ifndef DENSE_REAL
#error "define DENSE_REAL and the rest before including dense_template.h"
#endif

/* Row of the largest |c[i]|, i >= from: the maximum first (a loop without a
 * branch), then its first place. NaN never counts as larger. */
static int DENSE_NAME(find_largest)(int rows, int from, const DENSE_REAL *c)
{
    DENSE_REAL most[16] = {0}, all = 0;
    int i = from;
    for (; i + 16 <= rows; i += 16)
        for (int l = 0; l < 16; l++) {
            const DENSE_REAL v = DENSE_ABS(c[i + l]);
            most[l] = v > most[l] ? v : most[l];
        }
    for (; i < rows; i++)
        most[0] = DENSE_ABS(c[i]) > most[0] ? DENSE_ABS(c[i]) : most[0];
    for (int l = 0; l < 16; l++)
        all = most[l] > all ? most[l] : all;
    for (i = from; i < rows; i++)
        if (DENSE_ABS(c[i]) == all)
            return i;
    return from;
}

enum { DENSE_NAME(BLOCK) = 4 }; /* columns that update the others together */

static void DENSE_NAME(exchange)(int rows, int cols, int i, int j,
                                 DENSE_REAL *c)
{
    for (int k = 0; k < cols && i != j; k++, c += rows) {
        const DENSE_REAL kept = c[i];
        c[i] = c[j];
        c[j] = kept;
    }
}

/* column -= l_0 u[0], then l_1 u[1] .. l_(count-1), for the rows from `from`
 * on; l_k at l + k * ld. A function of its own, so that the compiler sees that
 * nothing overlaps. */
static __attribute__((noinline)) void
DENSE_NAME(subtract)(int from, int rows, const DENSE_REAL *restrict l,
                     int64_t ld, int count, const DENSE_REAL *u,
                     DENSE_REAL *restrict column)
{
    if (count == DENSE_NAME(BLOCK)) {
        const DENSE_REAL *restrict l1 = l + ld, *restrict l2 = l1 + ld;
        const DENSE_REAL *restrict l3 = l2 + ld;
        const DENSE_REAL u0 = u[0], u1 = u[1], u2 = u[2], u3 = u[3];
        for (int i = from; i < rows; i++) {
            DENSE_REAL v = DENSE_FMA(-l[i], u0, column[i]);
            v = DENSE_FMA(-l1[i], u1, v);
            v = DENSE_FMA(-l2[i], u2, v);
            column[i] = DENSE_FMA(-l3[i], u3, v);
        }
        return;
    }
    for (int k = 0; k < count; k++, l += ld) {
        const DENSE_REAL u0 = u[k];
        for (int i = from; i < rows; i++)
            column[i] = DENSE_FMA(-l[i], u0, column[i]);
    }
}

static __attribute__((noinline)) void
DENSE_NAME(divide)(int from, int rows, DENSE_REAL pivot, DENSE_REAL *column)
{
    for (int i = from; i < rows; i++)
        column[i] /= pivot;
}

/* The panel in columns, c[j * rows + i]: blocks of columns, each column updated
 * by those before it in their order. */
static int DENSE_NAME(eliminate)(int rows, int cols, DENSE_REAL *restrict c,
                                 int *pivots)
{
    enum { BLOCK = DENSE_NAME(BLOCK) };
    const int64_t ld = rows;
    for (int j0 = 0; j0 < cols; j0 += BLOCK) {
        const int width = cols - j0 < BLOCK ? cols - j0 : BLOCK;
        const DENSE_REAL *block = c + j0 * ld;
        for (int j = j0; j < j0 + width; j++) {
            DENSE_REAL *restrict l = c + j * ld;
            for (int k = j0; k < j; k++)
                DENSE_NAME(subtract)(k + 1, rows, c + k * ld, ld, 1, &l[k], l);
            const int p = DENSE_NAME(find_largest)(rows, j, l);
            const DENSE_REAL pivot = l[p];
            pivots[j] = p;
            if (!(DENSE_ABS(pivot) > 0) || !(DENSE_ABS(pivot) <= DENSE_MAX))
                return j + 1;
            DENSE_NAME(exchange)(rows, cols, j, p, c);
            DENSE_NAME(divide)(j + 1, rows, pivot, l);
        }
        for (int k = j0 + width; k < cols; k++) {
            DENSE_REAL *restrict column = c + k * ld;
            for (int j = j0; j < j0 + width; j++) /* the rows of U */
                DENSE_NAME(subtract)
            (j + 1, j0 + width, c + j * ld, ld, 1, &column[j], column);
            DENSE_NAME(subtract)
            (j0 + width, rows, block, ld, width, column + j0, column);
        }
    }
    return 0;
}

static int DENSE_NAME(lu_panel)(int rows, int cols, DENSE_REAL *a, int64_t ld,
                                int *pivots, DENSE_REAL *work)
{
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < cols; j++)
            work[(int64_t)j * rows + i] = a[i * ld + j];
    const int bad = DENSE_NAME(eliminate)(rows, cols, work, pivots);
    for (int i = 0; i < rows && !bad; i++)
        for (int j = 0; j < cols; j++)
            a[i * ld + j] = work[(int64_t)j * rows + i];
    return bad;
}

static void DENSE_NAME(dot_rows)(int rows, int cols,
                                 const DENSE_REAL *restrict a, int64_t ld,
                                 const double *restrict x, double *restrict y)
{
    for (int i = 0; i < rows; i++) {
        const DENSE_REAL *restrict row = a + i * ld;
        double sum[16] = {0};
        int j = 0;
        for (; j + 16 <= cols; j += 16)
            for (int l = 0; l < 16; l++)
                sum[l] = __builtin_fma((double)row[j + l], x[j + l], sum[l]);
        for (int l = 0; j < cols; j++, l++)
            sum[l] = __builtin_fma((double)row[j], x[j], sum[l]);
        for (int half = 8; half > 0; half /= 2)
            for (int l = 0; l < half; l++)
                sum[l] += sum[l + half];
        y[i] -= sum[0];
    }
}

static void DENSE_NAME(axpy_rows)(int rows, int cols,
                                  const DENSE_REAL *restrict a, int64_t ld,
                                  const double *restrict x, double *restrict y)
{
    enum { CHUNK = 256 }; /* of y, stays in the first-level cache */
    for (int j0 = 0; j0 < cols; j0 += CHUNK) {
        const int width = cols - j0 < CHUNK ? cols - j0 : CHUNK;
        int i = 0;
        for (; i + 4 <= rows; i += 4) {
            const DENSE_REAL *restrict r0 = a + i * ld + j0;
            const DENSE_REAL *restrict r1 = r0 + ld, *restrict r2 = r1 + ld;
            const DENSE_REAL *restrict r3 = r2 + ld;
            const double x0 = -x[i], x1 = -x[i + 1], x2 = -x[i + 2];
            const double x3 = -x[i + 3];
            for (int j = 0; j < width; j++) {
                double v = y[j0 + j];
                v = __builtin_fma((double)r0[j], x0, v);
                v = __builtin_fma((double)r1[j], x1, v);
                v = __builtin_fma((double)r2[j], x2, v);
                y[j0 + j] = __builtin_fma((double)r3[j], x3, v);
            }
        }
        for (; i < rows; i++)
            for (int j = 0; j < width; j++)
                y[j0 + j] =
                    __builtin_fma((double)a[i * ld + j0 + j], -x[i], y[j0 + j]);
    }
}

/* 2^e for -1022 <= e <= 1023 */
static inline double DENSE_NAME(power_of_two)(int64_t e)
{
    const uint64_t bits = (uint64_t)(e + 1023) << 52;
    double p;
    memcpy(&p, &bits, sizeof p);
    return p;
}

static inline int64_t DENSE_NAME(magnitude_bits)(double x)
{
    int64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits & INT64_MAX;
}

/* One row; the largest magnitude as bits, which order as the numbers do. */
static int64_t DENSE_NAME(copy_row)(int cols, const double *restrict a,
                                    int32_t row, const int32_t *restrict col,
                                    DENSE_REAL *restrict out)
{
    int64_t most = 0;
    bool far = false;
    for (int j = 0; j < cols; j++) {
        const int64_t e = (int64_t)row + col[j];
        far |= e < -1022 || e > 1023;
    }
    for (int j = 0; j < cols && far; j++) {
        const double s = ldexp(a[j], row + col[j]);
        const int64_t size = DENSE_NAME(magnitude_bits)(s);
        most = size > most ? size : most;
        out[j] = (DENSE_REAL)s;
    }
    if (far)
        return most;
    for (int j = 0; j < cols; j++) {
        const double s = a[j] * DENSE_NAME(power_of_two)((int64_t)row + col[j]);
        const int64_t size = DENSE_NAME(magnitude_bits)(s);
        most = size > most ? size : most;
        out[j] = (DENSE_REAL)s;
    }
    return most;
}

/* Rows of a matrix that lies by columns are collected tile by tile. */
static int64_t DENSE_NAME(scaled_copy)(int rows, int cols, const double *a,
                                       int64_t a_row, int64_t a_col,
                                       const int32_t *row, const int32_t *col,
                                       DENSE_REAL *out, int64_t ld)
{
    enum { TILE = 64, EIGHT = 8 };
    static const int32_t zeros[TILE];
    double tile[TILE][TILE];
    int64_t most = 0;
    for (int i0 = 0; i0 < rows; i0 += TILE)
        for (int j0 = 0; j0 < cols; j0 += TILE) {
            const int height = rows - i0 < TILE ? rows - i0 : TILE;
            const int width = cols - j0 < TILE ? cols - j0 : TILE;
            const double *from = a + i0 * a_row + j0 * a_col;
            for (int j = 0; j < width && a_col != 1; j += EIGHT)
                for (int i = 0; i < height; i++)
                    for (int l = j; l < j + EIGHT && l < width; l++)
                        tile[i][l] = from[i * a_row + l * a_col];
            for (int i = 0; i < height; i++) {
                const int64_t size = DENSE_NAME(copy_row)(
                    width, a_col == 1 ? from + i * a_row : tile[i],
                    row ? row[i0 + i] : 0, col ? col + j0 : zeros,
                    out + (i0 + i) * ld + j0);
                most = size > most ? size : most;
            }
        }
    return most;
}

#undef DENSE_REAL
#undef DENSE_NAME
#undef DENSE_FMA
#undef DENSE_ABS
#undef DENSE_MAX
