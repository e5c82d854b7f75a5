/* SPDX-License-Identifier: BSD-3-Clause */
/* Kernels of dense factors of the CPU engines; contract in engines/engine.h. */
#ifndef SUNZI_ENGINES_CPU_DENSE_H
#define SUNZI_ENGINES_CPU_DENSE_H

#include <stdint.h>

#define SUNZI_DECLARE_DENSE(engine)                                            \
    void sunzi_##engine##_sweep(int count, const double *a, double weight,     \
                                const double *weights, double *sum,            \
                                double *weighted, double *max, double *out);   \
    int sunzi_##engine##_lu_panel_f32(int rows, int cols, float *a,            \
                                      int64_t ld, int *pivots, float *work);   \
    int sunzi_##engine##_lu_panel_f64(int rows, int cols, double *a,           \
                                      int64_t ld, int *pivots, double *work);  \
    void sunzi_##engine##_dot_rows_f32(int rows, int cols, const float *a,     \
                                       int64_t ld, int count, const double *x, \
                                       int64_t ldx, double *y, int64_t ldy);   \
    void sunzi_##engine##_dot_rows_f64(int rows, int cols, const double *a,    \
                                       int64_t ld, int count, const double *x, \
                                       int64_t ldx, double *y, int64_t ldy);   \
    void sunzi_##engine##_axpy_rows_f32(                                       \
        int rows, int cols, const float *a, int64_t ld, int count,             \
        const double *x, int64_t ldx, double *y, int64_t ldy);                 \
    void sunzi_##engine##_axpy_rows_f64(                                       \
        int rows, int cols, const double *a, int64_t ld, int count,            \
        const double *x, int64_t ldx, double *y, int64_t ldy);                 \
    double sunzi_##engine##_scaled_copy_f32(                                   \
        int rows, int cols, const double *a, int64_t a_row, int64_t a_col,     \
        const int32_t *row, const int32_t *col, float *out, int64_t ld);       \
    double sunzi_##engine##_scaled_copy_f64(                                   \
        int rows, int cols, const double *a, int64_t a_row, int64_t a_col,     \
        const int32_t *row, const int32_t *col, double *out, int64_t ld);

SUNZI_DECLARE_DENSE(portable)
SUNZI_DECLARE_DENSE(avx2)
SUNZI_DECLARE_DENSE(avx512)

#endif
