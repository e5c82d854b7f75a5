/* SPDX-License-Identifier: BSD-3-Clause */
/* The measuring pass of the emulated product on a device, in integers: what the
 * kernel `measure` of a CPU engine finds (engines/engine.h).
 *
 * Row i < rows, column j < columns of an array of FP64 (words 2) or FP32 (words
 * 1) numbers: number (i / row_width) row_stride + i % row_width + (j /
 * column_width) column_stride + j % column_width, the widths being 2 for the
 * parts of complex numbers. adjacent: columns follow each other in memory, else
 * rows do. */
#ifndef SUNZI_PRECISION_MEASURE_K_H
#define SUNZI_PRECISION_MEASURE_K_H

#include "engines/kernel/soft64.h"

#define MEASURE_ITEMS 256
#define MEASURE_ROWS  16 /* of a group, each with as many items */
#define MEASURE_SUMS  6
#define MEASURE_ZERO  (-2147483647 - 1) /* SUNZI_EXPONENT_ZERO */

/* Its bits as FP64. */
K_FN k_u64 measure_number(K_GLOBAL const k_u32 *x, k_i64 at, int words)
{
    return words == 1 ? k_soft_of_float(k_float_of(x[at]))
                      : x[2 * at] | (k_u64)x[2 * at + 1] << 32;
}

/* found[2 i]: the largest of exponent + inner[j], where 2^(exponent - 1) <= |x|
 * < 2^exponent, over the finite nonzero numbers of row i, else MEASURE_ZERO;
 * found[2 i + 1]: 1 if some are not finite. Groups [rows / MEASURE_ROWS,
 * rounded up]. */
#define K_ARGS_measure_exponents(IN, OUT, VALUE)                               \
    IN(k_u32, x)                                                               \
    IN(k_i32, inner)                                                           \
    OUT(k_i32, found)                                                          \
    VALUE(k_i64, row_stride)                                                   \
    VALUE(k_i64, column_stride)                                                \
    VALUE(int, row_width)                                                      \
    VALUE(int, column_width)                                                   \
    VALUE(int, rows)                                                           \
    VALUE(int, columns)                                                        \
    VALUE(int, words) VALUE(int, adjacent) VALUE(int, balanced)
K_GROUP_KERNEL(measure_exponents, MEASURE_ITEMS)
{
    K_BEGIN(measure_exponents)
    K_LOCAL k_i32 most[MEASURE_ROWS][MEASURE_ROWS];
    K_LOCAL k_i32 special[MEASURE_ROWS][MEASURE_ROWS];
    const int item = K_ITEM(2), q = item / MEASURE_ROWS;
    const int lane = adjacent ? item % MEASURE_ROWS : q;
    const int own = adjacent ? q : item % MEASURE_ROWS;
    const int i = K_GROUP(2) * MEASURE_ROWS + own;
    k_i32 top = MEASURE_ZERO, bad = 0;
    for (int j = lane; j < columns && i < rows; j += MEASURE_ROWS) {
        const k_u64 bits = measure_number(
            x,
            i / row_width * row_stride + i % row_width +
                j / column_width * column_stride + j % column_width,
            words);
        const int finite = (bits & ~K_SOFT_SIGN) < K_SOFT_INF;
        const k_soft_parts p = k_soft_take_apart_(bits);
        const k_i32 e = p.exp + 64 + (balanced ? inner[j] : 0);
        bad |= !finite;
        top = finite && p.sig && e > top ? e : top;
    }
    most[own][lane] = top;
    special[own][lane] = bad;
    K_BARRIER();
    if (lane == 0 && i < rows) {
        for (int l = 1; l < MEASURE_ROWS; l++) {
            top = most[own][l] > top ? most[own][l] : top;
            bad |= special[own][l];
        }
        found[2 * i] = top;
        found[2 * i + 1] = bad;
    }
}

/* With y = |x| 2^(inner + 7 - exponent of the row) < 128: sums[6 i ..] = sums
 * over row i of ceil(y), of its square, of min(floor(y), 64), 16, 4 and 1;
 * zeros for rows of zeros, and where some are not finite. found: of the above.
 */
#define K_ARGS_measure_sums(IN, OUT, VALUE)                                    \
    IN(k_u32, x)                                                               \
    IN(k_i32, inner)                                                           \
    IN(k_i32, found)                                                           \
    OUT(k_i64, sums)                                                           \
    VALUE(k_i64, row_stride)                                                   \
    VALUE(k_i64, column_stride)                                                \
    VALUE(int, row_width)                                                      \
    VALUE(int, column_width)                                                   \
    VALUE(int, rows)                                                           \
    VALUE(int, columns)                                                        \
    VALUE(int, words) VALUE(int, adjacent) VALUE(int, balanced)
K_GROUP_KERNEL(measure_sums, MEASURE_ITEMS)
{
    K_BEGIN(measure_sums)
    K_LOCAL k_i64 partial[MEASURE_ROWS][MEASURE_ROWS];
    const int item = K_ITEM(2), q = item / MEASURE_ROWS;
    const int lane = adjacent ? item % MEASURE_ROWS : q;
    const int own = adjacent ? q : item % MEASURE_ROWS;
    const int i = K_GROUP(2) * MEASURE_ROWS + own;
    const int top = i < rows ? found[2 * i] : MEASURE_ZERO;
    const int used = i < rows && top != MEASURE_ZERO && !found[2 * i + 1];
    k_i64 sum[MEASURE_SUMS];
    for (int s = 0; s < MEASURE_SUMS; s++)
        sum[s] = 0;
    for (int j = lane; j < columns && used; j += MEASURE_ROWS) {
        const k_soft_parts p = k_soft_take_apart_(measure_number(
            x,
            i / row_width * row_stride + i % row_width +
                j / column_width * column_stride + j % column_width,
            words));
        /* y = sig 2^-down, down >= 57; of zero it is large */
        const int down = top - 7 - p.exp - (balanced ? inner[j] : 0);
        const int by = p.sig && down < 64 ? down : 63;
        const k_i64 whole = p.sig && down < 64 ? (k_i64)(p.sig >> by) : 0;
        const k_i64 up = whole + (p.sig != (k_u64)whole << by);
        sum[0] += up;
        sum[1] += up * up;
        sum[2] += whole < 64 ? whole : 64;
        sum[3] += whole < 16 ? whole : 16;
        sum[4] += whole < 4 ? whole : 4;
        sum[5] += whole < 1 ? whole : 1;
    }
    for (int s = 0; s < MEASURE_SUMS; s++) {
        partial[own][lane] = sum[s];
        K_BARRIER();
        if (lane == 0 && i < rows) {
            for (int l = 1; l < MEASURE_ROWS; l++)
                sum[s] += partial[own][l];
            sums[(k_i64)MEASURE_SUMS * i + s] = sum[s];
        }
        K_BARRIER();
    }
}

#endif
