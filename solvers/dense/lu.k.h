/* SPDX-License-Identifier: BSD-3-Clause */
/* FP32 LU factors with partial pivoting on a device: right-looking, in blocks
 * of 64 columns that are made of panels of 16. Each entry is what the
 * reproducible factorization of a CPU engine makes of it (lu_template.h):
 * products are subtracted in the order of their index by fused operations, L21
 * is divided by the pivot (the first of the largest), 16 rows of U12 are
 * multiplied by the inverse of their triangle of L11. So the factors have its
 * bits where the device keeps subnormal FP32 numbers.
 *
 * A block is factorized in two buffers, columns contiguous, from which launches
 * read and to which they write in turn, so that groups of one launch do not
 * wait for each other: row i of column c of the block is [c * ldw + i], i < n.
 * Four columns of a panel are one launch (lu_narrow_template.k.h).
 *
 * a[i * ld + j], row-major; failed[0]: 0, or the 1-based column without a
 * usable pivot, after which the kernels do nothing. pivots[j]: the row
 * exchanged with row j, both from 0. */
#ifndef SUNZI_SOLVERS_DENSE_LU_K_H
#define SUNZI_SOLVERS_DENSE_LU_K_H

#include "engines/kernel/language.h"

#define LU_BASE   16  /* columns of a panel: SUNZI_LU_BASE of a CPU engine */
#define LU_BLOCK  64  /* columns whose update of the rest is one launch */
#define LU_NARROW 4   /* columns whose pivots are found in one launch */
#define LU_SHARE  512 /* rows of a group then */
#define LU_ITEMS  256
#define LU_AFTER  (LU_BLOCK - LU_BASE) /* columns of a block after a panel */
#define LU_STRIP  32                   /* columns of a group of exchanges */

/* The pivots of three columns and the rest of their rows of U in the fourth. */
typedef struct lu_few {
    float p0, p1, p2, u01, u02, u03, u12, u13, u23;
} lu_few;

/* An entry of the second, third, fourth column once those before are done. */
K_FN float lu_second(lu_few q, float x0, float x1)
{
    return k_fmaf(-(x0 / q.p0), q.u01, x1);
}

K_FN float lu_third(lu_few q, float x0, float x1, float x2)
{
    const float l1 = lu_second(q, x0, x1) / q.p1;
    return k_fmaf(-l1, q.u12, k_fmaf(-(x0 / q.p0), q.u02, x2));
}

K_FN float lu_fourth(lu_few q, float x0, float x1, float x2, float x3)
{
    const float l1 = lu_second(q, x0, x1) / q.p1;
    const float l2 = lu_third(q, x0, x1, x2) / q.p2;
    const float v = k_fmaf(-l1, q.u13, k_fmaf(-(x0 / q.p0), q.u03, x3));
    return k_fmaf(-l2, q.u23, v);
}

/* Row i of column c, x[c * ldw + i] before. */
K_FN float lu_entry(lu_few q, int c, K_GLOBAL const float *x, k_i64 ldw, int i)
{
    K_GLOBAL const float *of = x + i;
    if (c == 0)
        return of[0];
    if (c == 1)
        return lu_second(q, of[0], of[ldw]);
    return c == 2 ? lu_third(q, of[0], of[ldw], of[2 * ldw])
                  : lu_fourth(q, of[0], of[ldw], of[2 * ldw], of[3 * ldw]);
}

/* Columns at .. at + count - 1 of the block at row and column `first`, which
 * are in the panel panel .. panel + width - 1. Groups of LU_SHARE rows. */
#define K_ARGS_lu_narrow_256(IN, OUT, VALUE)                                   \
    IN(float, from)                                                            \
    OUT(float, to)                                                             \
    OUT(k_i32, pivots)                                                         \
    OUT(k_i32, failed)                                                         \
    VALUE(k_i64, ldw)                                                          \
    VALUE(int, n)                                                              \
    VALUE(int, first)                                                          \
    VALUE(int, panel) VALUE(int, width) VALUE(int, at) VALUE(int, count)

/* Compare the rows of a thread, in their order. A pivot's own row is exactly
 * zero (or NaN) in later columns: it is not found again. */
#define LU_SEARCH(VALUE)                                                       \
    for (int i = r0 + LU_NARROW + item; i < n; i += items) {                   \
        const float v = k_fabsf(VALUE);                                        \
        row = v > most ? i : row;                                              \
        most = v > most ? v : most;                                            \
    }

/* Groups of 256 items where a device has no larger ones. */
#define K_ARGS_lu_narrow_1024 K_ARGS_lu_narrow_256

#define LU_NARROW_ITEMS 256
K_GROUP_KERNEL(lu_narrow_256, 256)
#include "solvers/dense/lu_narrow_template.k.h"

#define LU_NARROW_ITEMS 1024
K_GROUP_KERNEL(lu_narrow_1024, 1024)
#include "solvers/dense/lu_narrow_template.k.h"

/* to := the `width` columns of A at (first, first), rows from first on. Groups
 * of LU_BLOCK rows. */
#define K_ARGS_lu_gather(IN, OUT, VALUE)                                       \
    IN(float, a)                                                               \
    OUT(float, to)                                                             \
    VALUE(k_i64, ld)                                                           \
    VALUE(k_i64, ldw) VALUE(int, n) VALUE(int, first) VALUE(int, width)
K_GROUP_KERNEL(lu_gather, LU_ITEMS)
{
    K_BEGIN(lu_gather)
    K_LOCAL float tile[LU_BLOCK][LU_BLOCK + 1];
    const int i0 = first + K_GROUP(2) * LU_BLOCK, x = K_ITEM(2) % LU_BLOCK;
    const int lanes = LU_ITEMS / LU_BLOCK, y = K_ITEM(2) / LU_BLOCK;
    for (int r = y; r < LU_BLOCK; r += lanes)
        if (i0 + r < n && x < width)
            tile[r][x] = a[(i0 + r) * ld + first + x];
    K_BARRIER();
    for (int c = y; c < width; c += lanes)
        if (i0 + x < n)
            to[c * ldw + i0 + x] = tile[x][c];
}

/* The row whose entries are in row `place` after the `count` exchanges from row
 * `first` on. */
K_FN int lu_source(K_GLOBAL const k_i32 *pivots, int first, int count,
                   int place)
{
    for (int j = first + count - 1; j >= first; j--) {
        const int p = pivots[j];
        place = place == j ? p : place == p ? j : place;
    }
    return place;
}

/* Column j of the inverse of the unit lower triangle l[i * row + h * column],
 * of `width` <= LU_BASE rows. */
K_FN void lu_invert(K_GLOBAL const float *l, k_i64 row, k_i64 column, int width,
                    int j, float *inverse)
{
    for (int i = 0; i < width; i++) {
        float sum = i == j ? 1.0f : 0.0f;
        for (int h = j; h < i; h++)
            sum = k_fmaf(-l[i * row + h * column], inverse[h], sum);
        inverse[i] = i < j ? 0.0f : sum;
    }
}

/* What a panel of LU_BASE columns that begins at column `panel` of the block
 * makes of the other columns: exchanges, and after it rows of U and the update.
 * Groups of LU_BLOCK rows; `width` columns in the block. */
#define K_ARGS_lu_rest(IN, OUT, VALUE)                                         \
    IN(float, from)                                                            \
    OUT(float, to)                                                             \
    IN(k_i32, pivots)                                                          \
    IN(k_i32, failed)                                                          \
    VALUE(k_i64, ldw)                                                          \
    VALUE(int, n) VALUE(int, first) VALUE(int, panel) VALUE(int, width)
K_GROUP_KERNEL(lu_rest, LU_ITEMS)
{
    K_BEGIN(lu_rest)
    K_LOCAL float inverse[LU_BASE][LU_BASE + 1];
    K_LOCAL float b[LU_BASE][LU_AFTER], u[LU_BASE][LU_AFTER];
    K_LOCAL int source[LU_BASE];
    const int item = K_ITEM(2), top = first + panel, after = panel + LU_BASE;
    const int i = first + K_GROUP(2) * LU_BLOCK + item % LU_BLOCK;
    K_GLOBAL const float *l = from + panel * ldw;
    const int mine = i < n ? lu_source(pivots, top, LU_BASE, i) : first;
    if (item < LU_BASE) {
        float column[LU_BASE];
        lu_invert(l + top, 1, ldw, LU_BASE, item, column);
        for (int h = 0; h < LU_BASE; h++)
            inverse[h][item] = column[h];
        source[item] = lu_source(pivots, top, LU_BASE, top + item);
    }
    K_BARRIER();
    for (int e = item; e < LU_BASE * LU_AFTER; e += LU_ITEMS) {
        const int h = e % LU_BASE, c = e / LU_BASE;
        b[h][c] = after + c < width ? from[(after + c) * ldw + source[h]] : 0;
    }
    K_BARRIER();
    for (int e = item; e < LU_BASE * LU_AFTER; e += LU_ITEMS) {
        const int h = e / LU_AFTER, c = e % LU_AFTER;
        float sum = 0;
        for (int k = 0; k < LU_BASE; k++)
            sum = k_fmaf(inverse[h][k], b[k][c], sum);
        u[h][c] = sum;
    }
    K_BARRIER();
    float minus[LU_BASE];
    for (int h = 0; h < LU_BASE; h++)
        minus[h] = i < n ? -l[h * ldw + i] : 0.0f;
    for (int c = item / LU_BLOCK; c < width && i < n && !failed[0];
         c += LU_ITEMS / LU_BLOCK) {
        const int in_panel = c >= panel && c < after;
        float v = from[c * ldw + (in_panel ? i : mine)];
        if (c >= after && i >= top && i < top + LU_BASE)
            v = u[i - top][c - after];
        else if (c >= after && i >= top)
            for (int h = 0; h < LU_BASE; h++)
                v = k_fmaf(minus[h], u[h][c - after], v);
        to[c * ldw + i] = v;
    }
}

/* The block goes back to A after its last panel, of `width` columns from column
 * `panel` of the block on: that panel from `last`, the columns before it, with
 * its exchanges, from `before`. Groups of LU_BLOCK rows. */
#define K_ARGS_lu_finish(IN, OUT, VALUE)                                       \
    IN(float, last)                                                            \
    IN(float, before)                                                          \
    OUT(float, a)                                                              \
    IN(k_i32, pivots)                                                          \
    IN(k_i32, failed)                                                          \
    VALUE(k_i64, ld)                                                           \
    VALUE(k_i64, ldw)                                                          \
    VALUE(int, n) VALUE(int, first) VALUE(int, panel) VALUE(int, width)
K_GROUP_KERNEL(lu_finish, LU_ITEMS)
{
    K_BEGIN(lu_finish)
    K_LOCAL float tile[LU_BLOCK][LU_BLOCK + 1];
    const int i0 = first + K_GROUP(2) * LU_BLOCK, x = K_ITEM(2) % LU_BLOCK;
    const int lanes = LU_ITEMS / LU_BLOCK, y = K_ITEM(2) / LU_BLOCK;
    if (i0 + x < n) {
        const int source = lu_source(pivots, first + panel, width, i0 + x);
        for (int c = y; c < panel + width; c += lanes)
            tile[x][c] =
                c < panel ? before[c * ldw + source] : last[c * ldw + i0 + x];
    }
    K_BARRIER();
    for (int r = y; r < LU_BLOCK; r += lanes)
        if (i0 + r < n && x < panel + width && !failed[0])
            a[(i0 + r) * ld + first + x] = tile[r][x];
}

/* The exchanges of the `width` columns of the block at `first` in all others;
 * and inverse[s * LU_BASE * LU_BASE + i * LU_BASE + j] of each of its triangles
 * of LU_BASE rows. Groups of LU_STRIP columns. */
#define K_ARGS_lu_exchange(IN, OUT, VALUE)                                     \
    OUT(float, a)                                                              \
    OUT(float, inverse)                                                        \
    IN(k_i32, pivots)                                                          \
    IN(k_i32, failed)                                                          \
    VALUE(k_i64, ld) VALUE(int, n) VALUE(int, first) VALUE(int, width)
K_GROUP_KERNEL(lu_exchange, LU_ITEMS)
{
    K_BEGIN(lu_exchange)
    K_LOCAL float kept[2 * LU_BLOCK][LU_STRIP + 1];
    K_LOCAL int place[2 * LU_BLOCK], source[2 * LU_BLOCK];
    const int item = K_ITEM(2), lanes = LU_ITEMS / LU_STRIP;
    const int y = item / LU_STRIP, j = K_GROUP(2) * LU_STRIP + item % LU_STRIP;
    const int mine = j < n && (j < first || j >= first + width) && !failed[0];
    if (K_GROUP(2) == 0 && item < width && !failed[0]) {
        const int s = item / LU_BASE * LU_BASE, left = width - s;
        const int rows = left < LU_BASE ? left : LU_BASE;
        float column[LU_BASE];
        lu_invert(a + (first + s) * ld + first + s, ld, 1, rows, item - s,
                  column);
        for (int i = 0; i < rows; i++)
            inverse[(s + i) * LU_BASE + item - s] = column[i];
    }
    if (item < 2 * width && !failed[0]) {
        const int r = item / 2;
        place[item] = item % 2 ? pivots[first + r] : first + r;
        source[item] = lu_source(pivots, first, width, place[item]);
    }
    K_BARRIER();
    for (int r = y; r < 2 * width && mine; r += lanes)
        kept[r][item % LU_STRIP] = a[source[r] * ld + j];
    K_BARRIER_ALL();
    for (int r = y; r < 2 * width && mine; r += lanes)
        a[place[r] * ld + j] = kept[r][item % LU_STRIP];
}

/* Rows first .. first + width - 1 of U in the columns of the range; width <=
 * LU_BLOCK. inverse: of each triangle of LU_BASE rows. */
#define K_ARGS_lu_top(IN, OUT, VALUE)                                          \
    OUT(float, a)                                                              \
    IN(float, inverse)                                                         \
    IN(k_i32, failed) VALUE(k_i64, ld) VALUE(int, first) VALUE(int, width)
K_KERNEL(lu_top)
{
    K_EACH (j) {
        float b[LU_BASE];
        for (int s = 0; s < width && !failed[0]; s += LU_BASE) {
            const int rows = width - s < LU_BASE ? width - s : LU_BASE;
            K_GLOBAL const float *t = inverse + s * LU_BASE;
            for (int i = 0; i < rows; i++) {
                const int row = first + s + i;
                float v = a[row * ld + j];
                for (int h = 0; h < s; h++)
                    v = k_fmaf(-a[row * ld + first + h],
                               a[(first + h) * ld + j], v);
                b[i] = v;
            }
            for (int i = 0; i < rows; i++) {
                float sum = 0;
                for (int h = 0; h < rows; h++)
                    sum = k_fmaf(t[i * LU_BASE + h], b[h], sum);
                a[(first + s + i) * ld + j] = sum;
            }
        }
    }
}

#define LU_TILE 64

/* c -= l u: groups [tiles of rows][tiles of columns], 4 x 4 entries an item.
 * l[i * ldl + h], u[h * u_row + j * u_col], h < depth. symmetric: c is square
 * and u the transpose of l (Cholesky), j <= i only. l and u may lie in the
 * memory of c where they do not overlap. */
#define K_ARGS_lu_update(IN, OUT, VALUE)                                       \
    OUT(float, c)                                                              \
    IN(float, l)                                                               \
    IN(float, u)                                                               \
    IN(k_i32, failed)                                                          \
    VALUE(k_i64, ld)                                                           \
    VALUE(k_i64, ldl)                                                          \
    VALUE(k_i64, u_row)                                                        \
    VALUE(k_i64, u_col)                                                        \
    VALUE(int, rows) VALUE(int, cols) VALUE(int, depth) VALUE(int, symmetric)
K_GROUP_KERNEL(lu_update, LU_ITEMS)
{
    K_BEGIN(lu_update)
    K_LOCAL float a[LU_BASE][LU_TILE + 1];
    K_LOCAL float b[LU_BASE][LU_TILE + 1];
    const int i0 = K_GROUP(1) * LU_TILE, j0 = K_GROUP(2) * LU_TILE;
    const int item = K_ITEM(2), x = item % 16, y = item / 16;
    /* tiles above the diagonal of a symmetric matrix have nothing to do */
    const int stop = symmetric && j0 >= i0 + LU_TILE ? 0 : depth;
    float sum[4][4];
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) {
            const int row = i0 + y + 16 * i, col = j0 + x + 16 * j;
            sum[i][j] = row < rows && col < cols ? c[row * ld + col] : 0.0f;
        }
    for (int h0 = 0; h0 < stop; h0 += LU_BASE) {
        const int count = stop - h0 < LU_BASE ? stop - h0 : LU_BASE;
        for (int e = item; e < LU_TILE * LU_BASE; e += LU_ITEMS) {
            const int h = e % LU_BASE, i = e / LU_BASE;
            /* neighbours read neighbours of u */
            const int g = u_col == 1 ? e / LU_TILE : h;
            const int j = u_col == 1 ? e % LU_TILE : i;
            a[h][i] =
                h < count && i0 + i < rows ? l[(i0 + i) * ldl + h0 + h] : 0.0f;
            b[g][j] = g < count && j0 + j < cols
                          ? u[(h0 + g) * u_row + (j0 + j) * u_col]
                          : 0.0f;
        }
        K_BARRIER();
        for (int h = 0; h < count; h++)
            for (int i = 0; i < 4; i++)
                for (int j = 0; j < 4; j++)
                    sum[i][j] =
                        k_fmaf(-a[h][y + 16 * i], b[h][x + 16 * j], sum[i][j]);
        K_BARRIER();
    }
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) {
            const int row = i0 + y + 16 * i, col = j0 + x + 16 * j;
            if (row < rows && col < cols && !(symmetric && col > row) &&
                !failed[0])
                c[row * ld + col] = sum[i][j];
        }
}

#endif
