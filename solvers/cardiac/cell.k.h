/* SPDX-License-Identifier: BSD-3-Clause */
/* What the kernels of all models of cells share. A model MODEL is a template of
 * two kernels for each policy, MODEL_POLICY, one step of dt ms with the rates
 * at its beginning, and MODEL_from_POLICY, one with the rates of the states
 * `at` (the second half of a midpoint step); a line of solvers/cardiac/models.c
 * names them.
 *
 * states    state s of cell i at [s * stride + i], the low half of a pair at
 *           [plane + s * stride + i]; state 0 is V in mV
 * stimulus  mV / ms = pA / pF, positive depolarises
 * types     number of the cell's variant */
#ifndef SUNZI_SOLVERS_CARDIAC_CELL_K_H
#define SUNZI_SOLVERS_CARDIAC_CELL_K_H

#include "engines/kernel/language.h"

#include "engines/kernel/policy_operations.h"

#define K_ARGS_cell(IN, OUT, VALUE)                                            \
    OUT(k_element, states)                                                     \
    IN(k_element, stimulus)                                                    \
    IN(k_element, types) VALUE(k_real, dt) VALUE(int, stride) VALUE(int, plane)

#define K_ARGS_cell_from(IN, OUT, VALUE)                                       \
    OUT(k_element, states)                                                     \
    IN(k_element, at)                                                          \
    IN(k_element, stimulus)                                                    \
    IN(k_element, types) VALUE(k_real, dt) VALUE(int, stride) VALUE(int, plane)

/* model_advance at point i of such a kernel */
#define K_ADVANCE(model, at, i)                                                \
    K_T(model##_advance)                                                       \
    (states, at, i, stride, plane, dt, K_OF_ELEMENT(stimulus[i]),              \
     K_OF_ELEMENT(types[i]))

/* x, or 2^-50 for smaller ones: x / expm1(x) is then 1 at 0, and right to
 * 2^-51 */
#define K_AWAY_FROM_0(x)                                                       \
    K_SELECT(K_LESS(K_ABS(x), K_R(8.8817841970012523e-16)),                    \
             K_R(8.8817841970012523e-16), x)

/* x, at most 80 and at least -80: what is smaller than e^-80 beside 1 is 0 */
#define K_WITHIN_80(x)                                                         \
    K_SELECT(K_LESS(x, K_R(-80.0)), K_R(-80.0),                                \
             K_SELECT(K_LESS(K_R(80.0), x), K_R(80.0), x))

/* the same from below only */
#define K_ABOVE_M80(x) K_SELECT(K_LESS(x, K_R(-80.0)), K_R(-80.0), x)

/* bad[b] > 0: one of the voltages v[b + width r], r < rows, is a NaN or not
 * between -200 and 200 mV */
#define K_ARGS_cell_check_float(IN, OUT, VALUE)                                \
    IN(float, v) OUT(float, bad) VALUE(int, width) VALUE(int, rows)
K_KERNEL(cell_check_float)
{
    K_EACH (b) {
        float found = 0.0f;
        for (int r = 0; r < rows; r++)
            found = k_fabsf(v[(k_i64)r * width + b]) <= 200.0f ? found : 1.0f;
        bad[b] = found;
    }
}

#ifdef K_FP64
#define K_ARGS_cell_check_double(IN, OUT, VALUE)                               \
    IN(double, v) OUT(double, bad) VALUE(int, width) VALUE(int, rows)
K_KERNEL(cell_check_double)
{
    K_EACH (b) {
        double found = 0.0;
        for (int r = 0; r < rows; r++)
            found = k_fabs(v[(k_i64)r * width + b]) <= 200.0 ? found : 1.0;
        bad[b] = found;
    }
}
#endif

/* y = x for `count` elements of each of the rows of states */
#define K_ARGS_cell_copy_u32(IN, OUT, VALUE)                                   \
    IN(k_u32, x) OUT(k_u32, y) VALUE(int, stride)
K_KERNEL(cell_copy_u32)
{
    K_EACH2 (row, i)
        y[(k_i64)row * stride + i] = x[(k_i64)row * stride + i];
}

#define K_ARGS_cell_copy_u64(IN, OUT, VALUE)                                   \
    IN(k_u64, x) OUT(k_u64, y) VALUE(int, stride)
K_KERNEL(cell_copy_u64)
{
    K_EACH2 (row, i)
        y[(k_i64)row * stride + i] = x[(k_i64)row * stride + i];
}

/* level[i] = the least l with |after - before| <= limit 2^l, at most `most` */
#define K_ARGS_cell_level_float(IN, OUT, VALUE)                                \
    IN(float, before)                                                          \
    IN(float, after) OUT(float, level) VALUE(float, limit) VALUE(int, most)
K_KERNEL(cell_level_float)
{
    K_EACH (i) {
        const float change = k_fabsf(after[i] - before[i]);
        float bound = limit, found = 0.0f;
        for (int l = 0; l < most; l++) {
            found += change <= bound ? 0.0f : 1.0f;
            bound += bound;
        }
        level[i] = found;
    }
}

#ifdef K_FP64
#define K_ARGS_cell_level_double(IN, OUT, VALUE)                               \
    IN(double, before)                                                         \
    IN(double, after) OUT(double, level) VALUE(double, limit) VALUE(int, most)
K_KERNEL(cell_level_double)
{
    K_EACH (i) {
        const double change = k_fabs(after[i] - before[i]);
        double bound = limit, found = 0.0;
        for (int l = 0; l < most; l++) {
            found += change <= bound ? 0.0 : 1.0;
            bound += bound;
        }
        level[i] = found;
    }
}
#endif

/* some cells beside each other: packed[row, k] = x[row, cell[k]], and back */
#define K_ARGS_cell_gather_u32(IN, OUT, VALUE)                                 \
    IN(k_i32, cell)                                                            \
    IN(k_u32, x)                                                               \
    OUT(k_u32, packed) VALUE(int, stride) VALUE(int, packed_stride)
K_KERNEL(cell_gather_u32)
{
    K_EACH2 (row, k)
        packed[(k_i64)row * packed_stride + k] =
            x[(k_i64)row * stride + cell[k]];
}

#define K_ARGS_cell_gather_u64(IN, OUT, VALUE)                                 \
    IN(k_i32, cell)                                                            \
    IN(k_u64, x)                                                               \
    OUT(k_u64, packed) VALUE(int, stride) VALUE(int, packed_stride)
K_KERNEL(cell_gather_u64)
{
    K_EACH2 (row, k)
        packed[(k_i64)row * packed_stride + k] =
            x[(k_i64)row * stride + cell[k]];
}

#define K_ARGS_cell_scatter_u32(IN, OUT, VALUE)                                \
    IN(k_i32, cell)                                                            \
    IN(k_u32, packed)                                                          \
    OUT(k_u32, x) VALUE(int, stride) VALUE(int, packed_stride)
K_KERNEL(cell_scatter_u32)
{
    K_EACH2 (row, k)
        x[(k_i64)row * stride + cell[k]] =
            packed[(k_i64)row * packed_stride + k];
}

#define K_ARGS_cell_scatter_u64(IN, OUT, VALUE)                                \
    IN(k_i32, cell)                                                            \
    IN(k_u64, packed)                                                          \
    OUT(k_u64, x) VALUE(int, stride) VALUE(int, packed_stride)
K_KERNEL(cell_scatter_u64)
{
    K_EACH2 (row, k)
        x[(k_i64)row * stride + cell[k]] =
            packed[(k_i64)row * packed_stride + k];
}

#endif
