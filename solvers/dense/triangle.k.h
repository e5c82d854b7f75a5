/* SPDX-License-Identifier: BSD-3-Clause */
/* Solves with an FP32 triangle on a device, in FP64 arithmetic, block of rows
 * by block of rows in the order of factors_solve.c and with its bits: T x = z
 * takes dot products of a block's rows with what is known (sixteen partial sums
 * each), T^T x = z subtracts a block's rows from what is not, in their order.
 *
 * t[i * ld + j], a vector z + c * ldz. */
#ifndef SUNZI_SOLVERS_DENSE_TRIANGLE_K_H
#define SUNZI_SOLVERS_DENSE_TRIANGLE_K_H

#include "engines/kernel/real64.h"

#define TRIANGLE_BLOCK 64 /* rows of a block */
#define TRIANGLE_ITEMS 256
#define TRIANGLE_LANES 16   /* partial sums */
#define TRIANGLE_PIECE 2048 /* elements of a row that are brought together */
#define TRIANGLE_SIDES 16   /* vectors of a group of dot products */
#define TRIANGLE_FEW   4    /* vectors of a group of sums */

/* z[first + r] -= T[first + r, j ..] z[j ..] over `cols` columns. Groups
 * [rows][count / TRIANGLE_SIDES], rounded up. */
#define K_ARGS_triangle_dots(IN, OUT, VALUE)                                   \
    IN(float, t)                                                               \
    OUT(k_d64, z)                                                              \
    VALUE(k_i64, ld)                                                           \
    VALUE(k_i64, ldz)                                                          \
    VALUE(int, first) VALUE(int, j) VALUE(int, cols) VALUE(int, count)
K_GROUP_KERNEL(triangle_dots, TRIANGLE_ITEMS)
{
    K_BEGIN(triangle_dots)
    K_LOCAL float piece[TRIANGLE_PIECE];
    K_LOCAL k_d64 partial[TRIANGLE_ITEMS];
    const int item = K_ITEM(2), lane = item % TRIANGLE_LANES;
    const int c = K_GROUP(2) * TRIANGLE_SIDES + item / TRIANGLE_LANES;
    const int row = first + K_GROUP(1);
    K_GLOBAL const float *of = t + row * ld + j;
    K_GLOBAL const k_d64 *x = z + c * ldz + j;
    k_d64 s = K_D64_ZERO;
    for (int h0 = 0; h0 < cols; h0 += TRIANGLE_PIECE) {
        const int left = cols - h0;
        const int width = left < TRIANGLE_PIECE ? left : TRIANGLE_PIECE;
        for (int h = item; h < width; h += TRIANGLE_ITEMS)
            piece[h] = of[h0 + h];
        K_BARRIER();
        for (int h = lane; h < width && c < count; h += TRIANGLE_LANES)
            s = k_d64_fma(k_d64_of_float(piece[h]), x[h0 + h], s);
        K_BARRIER();
    }
    partial[item] = s;
    for (int step = TRIANGLE_LANES / 2; step > 0; step /= 2) {
        K_BARRIER();
        if (lane < step)
            partial[item] = k_d64_add(partial[item], partial[item + step]);
    }
    if (lane == 0 && c < count)
        z[c * ldz + row] = k_d64_sub(z[c * ldz + row], partial[item]);
}

/* T x = z inside the block of `rows` <= TRIANGLE_BLOCK rows at `first`. Groups
 * [1][count / TRIANGLE_SIDES], rounded up. */
#define K_ARGS_triangle_block_dots(IN, OUT, VALUE)                             \
    IN(float, t)                                                               \
    OUT(k_d64, z)                                                              \
    VALUE(k_i64, ld)                                                           \
    VALUE(k_i64, ldz)                                                          \
    VALUE(int, first)                                                          \
    VALUE(int, rows) VALUE(int, lower) VALUE(int, unit) VALUE(int, count)
K_GROUP_KERNEL(triangle_block_dots, TRIANGLE_ITEMS)
{
    K_BEGIN(triangle_block_dots)
    K_LOCAL float tile[TRIANGLE_BLOCK][TRIANGLE_BLOCK + 1];
    K_LOCAL k_d64 x[TRIANGLE_SIDES][TRIANGLE_BLOCK];
    K_LOCAL k_d64 partial[TRIANGLE_SIDES][TRIANGLE_LANES];
    const int item = K_ITEM(2), lane = item % TRIANGLE_LANES;
    const int side = item / TRIANGLE_LANES;
    const int c = K_GROUP(2) * TRIANGLE_SIDES + side;
    for (int e = item; e < rows * TRIANGLE_BLOCK; e += TRIANGLE_ITEMS) {
        const int i = e / TRIANGLE_BLOCK, h = e % TRIANGLE_BLOCK;
        if (h < rows)
            tile[i][h] = t[(first + i) * ld + first + h];
    }
    for (int i = lane; i < rows && c < count; i += TRIANGLE_LANES)
        x[side][i] = z[c * ldz + first + i];
    K_BARRIER();
    for (int k = 0; k < rows; k++) {
        const int i = lower ? k : rows - 1 - k;
        const int from = lower ? 0 : i + 1, cols = lower ? i : rows - 1 - i;
        k_d64 s = K_D64_ZERO;
        for (int h = lane; h < cols && c < count; h += TRIANGLE_LANES)
            s = k_d64_fma(k_d64_of_float(tile[i][from + h]), x[side][from + h],
                          s);
        partial[side][lane] = s;
        K_BARRIER();
        if (lane == 0 && c < count) {
            k_d64 sum[TRIANGLE_LANES];
            for (int l = 0; l < TRIANGLE_LANES; l++)
                sum[l] = partial[side][l];
            for (int step = TRIANGLE_LANES / 2; step > 0; step /= 2)
                for (int l = 0; l < step; l++)
                    sum[l] = k_d64_add(sum[l], sum[l + step]);
            s = k_d64_sub(x[side][i], sum[0]);
            if (!unit)
                s = k_d64_div(s, k_d64_of_float(tile[i][i]));
            x[side][i] = s;
        }
        K_BARRIER();
    }
    for (int i = lane; i < rows && c < count; i += TRIANGLE_LANES)
        z[c * ldz + first + i] = x[side][i];
}

/* T^T x = z inside the block. Groups [1][count / TRIANGLE_FEW], rounded up. */
#define K_ARGS_triangle_block_axpys K_ARGS_triangle_block_dots
K_GROUP_KERNEL(triangle_block_axpys, TRIANGLE_ITEMS)
{
    K_BEGIN(triangle_block_axpys)
    K_LOCAL k_d64 x[TRIANGLE_FEW][TRIANGLE_BLOCK];
    const int item = K_ITEM(2), j = item % TRIANGLE_BLOCK;
    const int side = item / TRIANGLE_BLOCK;
    const int c = K_GROUP(2) * TRIANGLE_FEW + side;
    const int mine = j < rows && c < count;
    if (mine)
        x[side][j] = z[c * ldz + first + j];
    for (int k = 0; k < rows; k++) {
        const int i = lower ? rows - 1 - k : k;
        K_GLOBAL const float *row = t + (first + i) * ld + first;
        if (mine && j == i && !unit)
            x[side][j] = k_d64_div(x[side][j], k_d64_of_float(row[j]));
        K_BARRIER();
        if (mine && (lower ? j < i : j > i))
            x[side][j] = k_d64_fma(k_d64_of_float(row[j]),
                                   k_d64_neg(x[side][i]), x[side][j]);
    }
    if (mine)
        z[c * ldz + first + j] = x[side][j];
}

/* z[j + h] -= T[first .., j + h]^T z[first ..] for h < cols, `rows` rows in
 * their order. Groups [cols / TRIANGLE_BLOCK][count / TRIANGLE_FEW], rounded
 * up.
 */
#define K_ARGS_triangle_axpys(IN, OUT, VALUE)                                  \
    IN(float, t)                                                               \
    OUT(k_d64, z)                                                              \
    VALUE(k_i64, ld)                                                           \
    VALUE(k_i64, ldz)                                                          \
    VALUE(int, first)                                                          \
    VALUE(int, rows) VALUE(int, j) VALUE(int, cols) VALUE(int, count)
K_GROUP_KERNEL(triangle_axpys, TRIANGLE_ITEMS)
{
    K_BEGIN(triangle_axpys)
    const int item = K_ITEM(2);
    const int h = K_GROUP(1) * TRIANGLE_BLOCK + item % TRIANGLE_BLOCK;
    const int c = K_GROUP(2) * TRIANGLE_FEW + item / TRIANGLE_BLOCK;
    if (h < cols && c < count) {
        K_GLOBAL const float *of = t + first * ld + j + h;
        K_GLOBAL k_d64 *vector = z + c * ldz;
        k_d64 s = vector[j + h];
        for (int r = 0; r < rows; r++)
            s = k_d64_fma(k_d64_of_float(of[r * ld]),
                          k_d64_neg(vector[first + r]), s);
        vector[j + h] = s;
    }
}

#endif
