/* SPDX-License-Identifier: BSD-3-Clause */
/* FP32 LU factors with partial pivoting on a device: right-looking, in blocks
 * of 64 columns that are made of panels of 16. Each entry is what the
 * reproducible factorization of a CPU engine makes of it (lu_template.h):
 * products are subtracted in the order of their index by fused operations, L21
 * is divided by the pivot (the first of the largest), 16 rows of U12 are
 * multiplied by the inverse of their triangle of L11. So the factors have its
 * bits where the device keeps subnormal FP32 numbers.
 *
 * a[i * ld + j], row-major; failed[0]: 0, or the 1-based column without a
 * usable pivot, after which the kernels do nothing. */
#ifndef SUNZI_SOLVERS_DENSE_LU_K_H
#define SUNZI_SOLVERS_DENSE_LU_K_H

#include "engines/kernel/language.h"

#define LU_BASE  16 /* columns of a panel: SUNZI_LU_BASE of a CPU engine */
#define LU_BLOCK 64 /* columns whose update of the rest is one launch */
#define LU_ITEMS 256

/* The panel of `width` columns from (first, first) on; one group. pivots[j]:
 * the row exchanged with row j, both from 0. */
#define K_ARGS_lu_panel(IN, OUT, VALUE)                                        \
    OUT(float, a)                                                              \
    OUT(k_i32, pivots)                                                         \
    OUT(k_i32, failed)                                                         \
    VALUE(k_i64, ld) VALUE(int, n) VALUE(int, first) VALUE(int, width)
K_GROUP_KERNEL(lu_panel, LU_ITEMS)
{
    K_BEGIN(lu_panel)
    K_LOCAL float largest[LU_ITEMS];
    K_LOCAL int place[LU_ITEMS];
    const int item = K_ITEM(2);
    int bad = failed[0];
    for (int j = first; j < first + width && !bad; j++) {
        float most = 0;
        int row = j;
        for (int i = j + item; i < n; i += LU_ITEMS) {
            const float v = k_fabsf(a[i * ld + j]);
            row = v > most ? i : row;
            most = v > most ? v : most;
        }
        largest[item] = most;
        place[item] = row;
        K_BARRIER();
        for (int step = LU_ITEMS / 2; step > 0; step /= 2) {
            if (item < step) {
                const float other = largest[item + step];
                const int above = place[item + step];
                if (other > largest[item] ||
                    (other == largest[item] && above < place[item])) {
                    largest[item] = other;
                    place[item] = above;
                }
            }
            K_BARRIER();
        }
        const int p = place[0];
        const float size = k_fabsf(a[p * ld + j]);
        bad = !(size > 0) || !(size <= 3.40282347e38f) ? j + 1 : 0;
        K_BARRIER_ALL(); /* all have read the pivot */
        if (item == 0) {
            pivots[j] = p;
            if (bad)
                failed[0] = bad;
        }
        if (item < width && p != j && !bad) {
            const float kept = a[j * ld + first + item];
            a[j * ld + first + item] = a[p * ld + first + item];
            a[p * ld + first + item] = kept;
        }
        K_BARRIER_ALL();
        const float pivot = a[j * ld + j];
        for (int i = j + 1 + item; i < n && !bad; i += LU_ITEMS) {
            const float l = a[i * ld + j] / pivot;
            a[i * ld + j] = l;
            for (int k = j + 1; k < first + width; k++)
                a[i * ld + k] = k_fmaf(-l, a[j * ld + k], a[i * ld + k]);
        }
        K_BARRIER_ALL();
    }
}

/* The panel's exchanges in the columns outside of it. Range: [columns]. */
#define K_ARGS_lu_swap(IN, OUT, VALUE)                                         \
    OUT(float, a)                                                              \
    IN(k_i32, pivots)                                                          \
    IN(k_i32, failed) VALUE(k_i64, ld) VALUE(int, first) VALUE(int, width)
K_KERNEL(lu_swap)
{
    K_EACH (j)
        if (!failed[0] && (j < first || j >= first + width))
            for (int i = first; i < first + width; i++) {
                const float kept = a[i * ld + j];
                a[i * ld + j] = a[pivots[i] * ld + j];
                a[pivots[i] * ld + j] = kept;
            }
}

/* inverse[i * LU_BASE + j] of the lower triangle at (first, first), of `width`
 * rows; unit: its diagonal is one. Range: [width] columns. */
#define K_ARGS_lu_invert(IN, OUT, VALUE)                                       \
    IN(float, a)                                                               \
    OUT(float, inverse)                                                        \
    VALUE(k_i64, ld) VALUE(int, first) VALUE(int, width) VALUE(int, unit)
K_KERNEL(lu_invert)
{
    K_EACH (j)
        for (int i = 0; i < width; i++) {
            float sum = i == j ? 1.0f : 0.0f;
            for (int h = j; h < i; h++)
                sum = k_fmaf(-a[(first + i) * ld + first + h],
                             inverse[h * LU_BASE + j], sum);
            sum = i < j ? 0.0f : sum;
            inverse[i * LU_BASE + j] =
                unit ? sum : sum / a[(first + i) * ld + first + i];
        }
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

/* The columns from..end - 1 below row first + width - 1: groups [tiles of
 * rows][tiles of columns], 4 x 4 entries an item. symmetric: the second operand
 * is the transpose of the first (Cholesky), and j <= i only. */
#define K_ARGS_lu_update(IN, OUT, VALUE)                                       \
    OUT(float, a)                                                              \
    IN(k_i32, failed)                                                          \
    VALUE(k_i64, ld)                                                           \
    VALUE(int, n)                                                              \
    VALUE(int, first)                                                          \
    VALUE(int, width) VALUE(int, from) VALUE(int, end) VALUE(int, symmetric)
K_GROUP_KERNEL(lu_update, LU_ITEMS)
{
    K_BEGIN(lu_update)
    K_LOCAL float l[LU_BASE][LU_TILE + 1];
    K_LOCAL float u[LU_BASE][LU_TILE + 1];
    const int i0 = first + width + K_GROUP(1) * LU_TILE;
    const int j0 = from + K_GROUP(2) * LU_TILE;
    const int item = K_ITEM(2), x = item % 16, y = item / 16;
    if (symmetric && j0 >= i0 + LU_TILE)
        return;
    float sum[4][4];
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) {
            const int row = i0 + y + 16 * i, col = j0 + x + 16 * j;
            sum[i][j] = row < n && col < end ? a[row * ld + col] : 0.0f;
        }
    for (int h0 = first; h0 < first + width; h0 += LU_BASE) {
        const int depth =
            first + width - h0 < LU_BASE ? first + width - h0 : LU_BASE;
        for (int e = item; e < LU_TILE * LU_BASE; e += LU_ITEMS) {
            const int h = e % LU_BASE, i = e / LU_BASE;
            const int g = symmetric ? h : e / LU_TILE;
            const int j = symmetric ? i : e % LU_TILE;
            const k_i64 at =
                symmetric ? (j0 + j) * ld + h0 + g : (h0 + g) * ld + j0 + j;
            l[h][i] =
                h < depth && i0 + i < n ? a[(i0 + i) * ld + h0 + h] : 0.0f;
            u[g][j] = g < depth && j0 + j < end ? a[at] : 0.0f;
        }
        K_BARRIER();
        for (int h = 0; h < depth; h++)
            for (int i = 0; i < 4; i++)
                for (int j = 0; j < 4; j++)
                    sum[i][j] =
                        k_fmaf(-l[h][y + 16 * i], u[h][x + 16 * j], sum[i][j]);
        K_BARRIER();
    }
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) {
            const int row = i0 + y + 16 * i, col = j0 + x + 16 * j;
            if (row < n && col < end && !(symmetric && col > row) && !failed[0])
                a[row * ld + col] = sum[i][j];
        }
}

#endif
