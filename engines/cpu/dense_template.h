/* SPDX-License-Identifier: BSD-3-Clause */
/* Kernels of dense factors for one storage type; plain C whose loops an
 * engine's compiler flags vectorise, in the order that engines/engine.h fixes.
 * The includer defines DENSE_REAL, DENSE_NAME(name), DENSE_FMA, DENSE_ABS,
 * DENSE_MAX, DENSE_LOAD (VEC_LANES numbers as doubles). */
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

/* Rows of A and vectors that are in registers together: VEC_ROWS x 1 or VEC_FEW
 * x VEC_COLUMNS of them. The loops over them are unrolled, so that the arrays
 * are registers. */

/* Rows times vectors, `cols` elements (a multiple of 16), onto the partial sums
 * s[(r * SET + c) * 16 ..]. */
INLINE void DENSE_NAME(dot_group)(const int rows, const int count, int cols,
                                  const DENSE_REAL *a, int64_t ld,
                                  const double *x, int64_t ldx, double *partial)
{
    enum { VECS = DOT_SUMS / VEC_LANES };
    vec s[VEC_ROWS][VEC_COLUMNS][VECS];
#pragma GCC unroll 4
    for (int r = 0; r < rows; r++)
#pragma GCC unroll 4
        for (int c = 0; c < count; c++)
#pragma GCC unroll 16
            for (int k = 0; k < VECS; k++)
                s[r][c][k] = vec_load(partial + (r * DOT_SET + c) * DOT_SUMS +
                                      k * VEC_LANES);
    for (int j = 0; j < cols; j += DOT_SUMS)
#pragma GCC unroll 16
        for (int k = 0; k < VECS; k++) {
            const int64_t at = j + k * VEC_LANES;
            vec row[VEC_ROWS];
#pragma GCC unroll 4
            for (int r = 0; r < rows; r++)
                row[r] = DENSE_LOAD(a + r * ld + at);
#pragma GCC unroll 4
            for (int c = 0; c < count; c++) {
                vec v = vec_load(x + c * ldx + at);
                vec_keep(v);
#pragma GCC unroll 4
                for (int r = 0; r < rows; r++)
                    s[r][c][k] = vec_fma(row[r], v, s[r][c][k]);
            }
        }
#pragma GCC unroll 4
    for (int r = 0; r < rows; r++)
#pragma GCC unroll 4
        for (int c = 0; c < count; c++)
#pragma GCC unroll 16
            for (int k = 0; k < VECS; k++)
                vec_store(partial + (r * DOT_SET + c) * DOT_SUMS +
                              k * VEC_LANES,
                          s[r][c][k]);
}

/* Up to DOT_SET rows and vectors, a multiple of 16 elements. */
static void DENSE_NAME(dot_piece)(int rows, int cols, const DENSE_REAL *a,
                                  int64_t ld, int count, const double *x,
                                  int64_t ldx, double *partial)
{
    int c = 0;
    for (; c + VEC_COLUMNS <= count && VEC_COLUMNS > 1; c += VEC_COLUMNS) {
        double *s = partial + c * DOT_SUMS;
        int i = 0;
        for (; i + VEC_FEW <= rows; i += VEC_FEW)
            DENSE_NAME(dot_group)
        (VEC_FEW, VEC_COLUMNS, cols, a + i * ld, ld, x + c * ldx, ldx,
         s + i * DOT_SET * DOT_SUMS);
        for (; i < rows; i++)
            DENSE_NAME(dot_group)
        (1, VEC_COLUMNS, cols, a + i * ld, ld, x + c * ldx, ldx,
         s + i * DOT_SET * DOT_SUMS);
    }
    for (; c < count; c++) {
        double *s = partial + c * DOT_SUMS;
        int i = 0;
        for (; i + VEC_ROWS <= rows; i += VEC_ROWS)
            DENSE_NAME(dot_group)
        (VEC_ROWS, 1, cols, a + i * ld, ld, x + c * ldx, ldx,
         s + i * DOT_SET * DOT_SUMS);
        for (; i < rows; i++)
            DENSE_NAME(dot_group)
        (1, 1, cols, a + i * ld, ld, x + c * ldx, ldx,
         s + i * DOT_SET * DOT_SUMS);
    }
}

/* The elements that are left, and all partial sums: y -= */
static void DENSE_NAME(dot_end)(int rows, int cols, const DENSE_REAL *a,
                                int64_t ld, int count, const double *x,
                                int64_t ldx, double *partial, double *y,
                                int64_t ldy)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < count; c++) {
            double *s = partial + (r * DOT_SET + c) * DOT_SUMS;
            for (int j = 0; j < cols; j++)
                s[j] =
                    __builtin_fma((double)a[r * ld + j], x[c * ldx + j], s[j]);
            for (int half = DOT_SUMS / 2; half > 0; half /= 2)
                for (int l = 0; l < half; l++)
                    s[l] += s[l + half];
            y[c * ldy + r] -= s[0];
        }
}

/* Pieces of the rows and of the vectors that stay in the first-level cache. */
static void DENSE_NAME(dot_rows)(int rows, int cols, const DENSE_REAL *a,
                                 int64_t ld, int count, const double *x,
                                 int64_t ldx, double *y, int64_t ldy)
{
    enum { LENGTH = 512 };
    const int whole = cols / DOT_SUMS * DOT_SUMS;
    double partial[DOT_SET * DOT_SET * DOT_SUMS];
    for (int i = 0; i < rows; i += DOT_SET)
        for (int c = 0; c < count; c += DOT_SET) {
            const int high = rows - i < DOT_SET ? rows - i : DOT_SET;
            const int wide = count - c < DOT_SET ? count - c : DOT_SET;
            const DENSE_REAL *from = a + i * ld;
            const double *vectors = x + c * ldx;
            for (int r = 0; r < high; r++)
                memset(partial + r * DOT_SET * DOT_SUMS, 0,
                       (size_t)(wide * DOT_SUMS) * sizeof *partial);
            for (int j = 0; j < whole; j += LENGTH)
                DENSE_NAME(dot_piece)
            (high, whole - j < LENGTH ? whole - j : LENGTH, from + j, ld, wide,
             vectors + j, ldx, partial);
            DENSE_NAME(dot_end)
            (high, cols - whole, from + whole, ld, wide, vectors + whole, ldx,
             partial, y + c * ldy + i, ldy);
        }
}

/* y[c * ldy + j] -= a[r * ld + j] x[c * ldx + r], one row after the other. */
INLINE void DENSE_NAME(axpy_group)(const int rows, const int count, int cols,
                                   const DENSE_REAL *a, int64_t ld,
                                   const double *x, int64_t ldx, double *y,
                                   int64_t ldy)
{
    const int whole = cols / VEC_LANES * VEC_LANES;
    vec factor[VEC_ROWS][VEC_COLUMNS];
#pragma GCC unroll 4
    for (int r = 0; r < rows; r++)
#pragma GCC unroll 4
        for (int c = 0; c < count; c++)
            factor[r][c] = vec_all(-x[c * ldx + r]);
    for (int j = 0; j < whole; j += VEC_LANES) {
        vec row[VEC_ROWS];
#pragma GCC unroll 4
        for (int r = 0; r < rows; r++)
            row[r] = DENSE_LOAD(a + r * ld + j);
#pragma GCC unroll 4
        for (int c = 0; c < count; c++) {
            vec v = vec_load(y + c * ldy + j);
#pragma GCC unroll 4
            for (int r = 0; r < rows; r++)
                v = vec_fma(row[r], factor[r][c], v);
            vec_store(y + c * ldy + j, v);
        }
    }
    for (int c = 0; c < count; c++)
        for (int j = whole; j < cols; j++)
            for (int r = 0; r < rows; r++)
                y[c * ldy + j] = __builtin_fma((double)a[r * ld + j],
                                               -x[c * ldx + r], y[c * ldy + j]);
}

static void DENSE_NAME(axpy_rows)(int rows, int cols, const DENSE_REAL *a,
                                  int64_t ld, int count, const double *x,
                                  int64_t ldx, double *y, int64_t ldy)
{
    enum { CHUNK = 256 }; /* of y, stays in the first-level cache */
    const int grouped = count / VEC_COLUMNS * VEC_COLUMNS;
    for (int j = 0; j < cols; j += CHUNK) {
        const int width = cols - j < CHUNK ? cols - j : CHUNK;
        for (int c = 0, step; c < count; c += step) {
            int i = 0;
            step = c < grouped ? VEC_COLUMNS : 1;
            for (; i + VEC_ROWS <= rows; i += VEC_ROWS)
                if (step > 1)
                    DENSE_NAME(axpy_group)
            (VEC_ROWS, VEC_COLUMNS, width, a + i * ld + j, ld, x + c * ldx + i,
             ldx, y + c * ldy + j, ldy);
            else DENSE_NAME(axpy_group)(VEC_ROWS, 1, width, a + i * ld + j, ld,
                                        x + c * ldx + i, ldx, y + c * ldy + j,
                                        ldy);
            for (; i < rows; i++)
                for (int k = c; k < c + step; k++)
                    DENSE_NAME(axpy_group)
            (1, 1, width, a + i * ld + j, ld, x + k * ldx + i, ldx,
             y + k * ldy + j, ldy);
        }
    }
}

enum { DENSE_NAME(COPY_COLUMNS) = 512, DENSE_NAME(COPY_ROWS) = 64 };

/* 2^e; an exponent beyond FP64's, which is rare, is applied by ldexp. */
typedef struct DENSE_NAME(exponents) {
    const int32_t *e; /* or NULL: zeros */
    bool far;
    double power[DENSE_NAME(COPY_COLUMNS)];
} DENSE_NAME(exponents);

static void DENSE_NAME(make_powers)(int count, const int32_t *e,
                                    DENSE_NAME(exponents) * x)
{
    x->e = e;
    x->far = false;
    for (int i = 0; i < count; i++) {
        const int32_t value = e ? e[i] : 0;
        x->far = x->far || value < -511 || value > 511;
        x->power[i] = ldexp(1, value);
    }
}

/* Largest magnitudes and, unless all numbers are finite, NaN, by lanes. */
typedef struct DENSE_NAME(extremes) {
    double most[16], bad[16];
} DENSE_NAME(extremes);

static inline __attribute__((always_inline)) void
DENSE_NAME(copy_some)(int count, const double *restrict a, double row,
                      const double *restrict col, DENSE_REAL *restrict out,
                      DENSE_NAME(extremes) *restrict x)
{
    for (int l = 0; l < count; l++) {
        const double s = a[l] * (row * col[l]); /* the powers are exact */
        const double size = __builtin_fabs(s);
        x->most[l] = size > x->most[l] ? size : x->most[l];
        x->bad[l] += s * 0;
        out[l] = (DENSE_REAL)s;
    }
}

static void DENSE_NAME(copy_row)(int cols, const double *a, double row,
                                 const double *col, DENSE_REAL *out,
                                 DENSE_NAME(extremes) * extremes)
{
    DENSE_NAME(extremes) x = *extremes;
    int j = 0;
    for (; j + 16 <= cols; j += 16)
        DENSE_NAME(copy_some)(16, a + j, row, col + j, out + j, &x);
    DENSE_NAME(copy_some)(cols - j, a + j, row, col + j, out + j, &x);
    *extremes = x;
}

static void DENSE_NAME(copy_row_far)(int cols, const double *a, int32_t row,
                                     const int32_t *col, DENSE_REAL *out,
                                     DENSE_NAME(extremes) * x)
{
    for (int j = 0; j < cols; j++) {
        const double s = ldexp(a[j], row + (col ? col[j] : 0));
        x->most[0] = fabs(s) > x->most[0] ? fabs(s) : x->most[0];
        x->bad[0] += s * 0;
        out[j] = (DENSE_REAL)s;
    }
}

/* Rows of a block of columns; those of a matrix that lies by columns are
 * collected first. */
static void DENSE_NAME(copy_block)(int rows, int cols, const double *a,
                                   int64_t a_row, int64_t a_col,
                                   const int32_t *row,
                                   const DENSE_NAME(exponents) * col,
                                   DENSE_REAL *out, int64_t ld,
                                   DENSE_NAME(extremes) * x)
{
    enum { EIGHT = 8, ROWS = DENSE_NAME(COPY_ROWS) };
    double tile[ROWS][ROWS];
    DENSE_NAME(exponents) rows_scale;
    DENSE_NAME(make_powers)(rows, row, &rows_scale);
    for (int j = 0; j < cols && a_col != 1; j += EIGHT)
        for (int i = 0; i < rows; i++)
            for (int l = j; l < j + EIGHT && l < cols; l++)
                tile[i][l] = a[i * a_row + l * a_col];
    for (int i = 0; i < rows; i++) {
        const double *from = a_col == 1 ? a + i * a_row : tile[i];
        if (col->far || rows_scale.far)
            DENSE_NAME(copy_row_far)
        (cols, from, row ? row[i] : 0, col->e, out + i * ld, x);
        else DENSE_NAME(copy_row)(cols, from, rows_scale.power[i], col->power,
                                  out + i * ld, x);
    }
}

static double DENSE_NAME(scaled_copy)(int rows, int cols, const double *a,
                                      int64_t a_row, int64_t a_col,
                                      const int32_t *row, const int32_t *col,
                                      DENSE_REAL *out, int64_t ld)
{
    enum { ROWS = DENSE_NAME(COPY_ROWS) };
    const int step = a_col == 1 ? DENSE_NAME(COPY_COLUMNS) : ROWS;
    DENSE_NAME(extremes) x = {{0}, {0}};
    double most = 0, bad = 0;
    for (int j = 0; j < cols; j += step) {
        const int width = cols - j < step ? cols - j : step;
        DENSE_NAME(exponents) scale;
        DENSE_NAME(make_powers)(width, col ? col + j : NULL, &scale);
        for (int i = 0; i < rows; i += ROWS)
            DENSE_NAME(copy_block)
        (rows - i < ROWS ? rows - i : ROWS, width, a + i * a_row + j * a_col,
         a_row, a_col, row ? row + i : NULL, &scale, out + i * ld + j, ld, &x);
    }
    for (int l = 0; l < 16; l++) {
        most = x.most[l] > most ? x.most[l] : most;
        bad += x.bad[l];
    }
    return most + bad;
}

#undef DENSE_REAL
#undef DENSE_NAME
#undef DENSE_FMA
#undef DENSE_ABS
#undef DENSE_MAX
#undef DENSE_LOAD
