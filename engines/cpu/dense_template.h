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

/* The panel in columns, c[j * rows + i]. */
static int DENSE_NAME(eliminate)(int rows, int cols, DENSE_REAL *restrict c,
                                 int *pivots)
{
    for (int j = 0; j < cols; j++) {
        DENSE_REAL *restrict l = c + (int64_t)j * rows;
        const int p = DENSE_NAME(find_largest)(rows, j, l);
        const DENSE_REAL pivot = l[p];
        pivots[j] = p;
        if (!(DENSE_ABS(pivot) > 0) || !(DENSE_ABS(pivot) <= DENSE_MAX))
            return j + 1;
        for (int k = 0; k < cols && p != j; k++) {
            DENSE_REAL *column = c + (int64_t)k * rows;
            const DENSE_REAL kept = column[j];
            column[j] = column[p];
            column[p] = kept;
        }
        for (int i = j + 1; i < rows; i++)
            l[i] /= pivot;
        for (int k = j + 1; k < cols; k++) {
            DENSE_REAL *restrict column = c + (int64_t)k * rows;
            const DENSE_REAL u = column[j];
            for (int i = j + 1; i < rows; i++)
                column[i] = DENSE_FMA(-l[i], u, column[i]);
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

#undef DENSE_REAL
#undef DENSE_NAME
#undef DENSE_FMA
#undef DENSE_ABS
#undef DENSE_MAX
