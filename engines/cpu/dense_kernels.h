/* SPDX-License-Identifier: BSD-3-Clause */
/* Both storage types of the dense kernels, named for DENSE_ENGINE; included
 * once in each engine's folder. */
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "engines/cpu/dense.h"

#define DENSE_REAL       float
#define DENSE_NAME(name) name##_f32
#define DENSE_FMA        __builtin_fmaf
#define DENSE_ABS        __builtin_fabsf
#define DENSE_MAX        FLT_MAX
#include "engines/cpu/dense_template.h"

#define DENSE_REAL       double
#define DENSE_NAME(name) name##_f64
#define DENSE_FMA        __builtin_fma
#define DENSE_ABS        __builtin_fabs
#define DENSE_MAX        DBL_MAX
#include "engines/cpu/dense_template.h"

#define PUBLISH(engine, type, letter)                                          \
    int sunzi_##engine##_lu_panel_##letter(                                    \
        int rows, int cols, type *a, int64_t ld, int *pivots, type *work)      \
    {                                                                          \
        return lu_panel_##letter(rows, cols, a, ld, pivots, work);             \
    }                                                                          \
    void sunzi_##engine##_dot_rows_##letter(int rows, int cols, const type *a, \
                                            int64_t ld, const double *x,       \
                                            double *y)                         \
    {                                                                          \
        dot_rows_##letter(rows, cols, a, ld, x, y);                            \
    }                                                                          \
    void sunzi_##engine##_axpy_rows_##letter(int rows, int cols,               \
                                             const type *a, int64_t ld,        \
                                             const double *x, double *y)       \
    {                                                                          \
        axpy_rows_##letter(rows, cols, a, ld, x, y);                           \
    }                                                                          \
    int64_t sunzi_##engine##_scaled_copy_##letter(                             \
        int rows, int cols, const double *a, int64_t a_row, int64_t a_col,     \
        const int32_t *row, const int32_t *col, type *out, int64_t ld)         \
    {                                                                          \
        return scaled_copy_##letter(rows, cols, a, a_row, a_col, row, col,     \
                                    out, ld);                                  \
    }
