/* SPDX-License-Identifier: BSD-3-Clause */
/* Both storage types of the dense kernels; included once in each engine's
 * folder. The includer defines
 *     vec            vector of VEC_LANES doubles (it divides 16)
 *     vec_load(p), vec_load_f32(p), vec_store(p, v), vec_all(x),
 *     vec_fma(a, b, c)
 *     vec_keep(v)    in a register: the compiler would load it for each use
 *     VEC_ROWS       rows (1 to 4) of A that are in registers together, with
 *     VEC_FEW        so many of them for VEC_COLUMNS (1 to 4) vectors */
#ifndef VEC_LANES
#error "dense_kernels.h is included by an engine that defines vec"
#endif

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "engines/cpu/dense.h"

enum {
    DOT_SUMS = 16, /* element j of a dot product goes to sum j mod 16 */
    DOT_SET = 16   /* rows, and vectors, whose partial sums are kept at a time:
                      32 KiB */
};

#define INLINE static inline __attribute__((always_inline))

/* element h goes to partial sum h mod 16 */
typedef struct sunzi_sweep_sums {
    double sum[16], weighted[16], max[16];
} sunzi_sweep_sums;

#define DENSE_REAL       float
#define DENSE_NAME(name) name##_f32
#define DENSE_FMA        __builtin_fmaf
#define DENSE_ABS        __builtin_fabsf
#define DENSE_MAX        FLT_MAX
#define DENSE_LOAD       vec_load_f32
#include "engines/cpu/dense_template.h"

#define DENSE_REAL       double
#define DENSE_NAME(name) name##_f64
#define DENSE_FMA        __builtin_fma
#define DENSE_ABS        __builtin_fabs
#define DENSE_MAX        DBL_MAX
#define DENSE_LOAD       vec_load
#include "engines/cpu/dense_template.h"

enum { SWEEP_SUMS = 16 };

/* Sums of sixteen partial sums in the order of a binary tree. */
static double fold(double *sum)
{
    for (int half = SWEEP_SUMS / 2; half > 0; half /= 2)
        for (int l = 0; l < half; l++)
            sum[l] += sum[l + half];
    return sum[0];
}

static inline __attribute__((always_inline)) void
sweep_some(int from, int to, const double *restrict a, double weight,
           const double *restrict weights, double *restrict sum,
           double *restrict weighted, double *restrict max,
           sunzi_sweep_sums *restrict s)
{
    for (int l = 0, h = from; h < to; l++, h++) {
        const double v = __builtin_fabs(a[h]), w = v * weights[h];
        const double z = v * weight;
        s->sum[l] += v;
        s->weighted[l] += w;
        s->max[l] = w > s->max[l] ? w : s->max[l];
        sum[h] += v;
        weighted[h] += z;
        max[h] = z > max[h] ? z : max[h];
    }
}

static void sweep(int count, const double *restrict a, double weight,
                  const double *restrict weights, double *restrict sum,
                  double *restrict weighted, double *restrict max, double *out)
{
    sunzi_sweep_sums s = {{0}, {0}, {0}};
    int h = 0;
    for (; h + SWEEP_SUMS <= count; h += SWEEP_SUMS)
        sweep_some(h, h + SWEEP_SUMS, a, weight, weights, sum, weighted, max,
                   &s);
    sweep_some(h, count, a, weight, weights, sum, weighted, max, &s);
    out[0] = fold(s.sum);
    out[1] = fold(s.weighted);
    out[2] = 0;
    for (int l = 0; l < SWEEP_SUMS; l++)
        out[2] = s.max[l] > out[2] ? s.max[l] : out[2];
}

#define PUBLISH_SWEEP(engine)                                                  \
    void sunzi_##engine##_sweep(int count, const double *a, double weight,     \
                                const double *weights, double *sum,            \
                                double *weighted, double *max, double *out)    \
    {                                                                          \
        sweep(count, a, weight, weights, sum, weighted, max, out);             \
    }

#define PUBLISH(engine, type, letter)                                          \
    int sunzi_##engine##_lu_panel_##letter(                                    \
        int rows, int cols, type *a, int64_t ld, int *pivots, type *work)      \
    {                                                                          \
        return lu_panel_##letter(rows, cols, a, ld, pivots, work);             \
    }                                                                          \
    void sunzi_##engine##_dot_rows_##letter(                                   \
        int rows, int cols, const type *a, int64_t ld, int count,              \
        const double *x, int64_t ldx, double *y, int64_t ldy)                  \
    {                                                                          \
        dot_rows_##letter(rows, cols, a, ld, count, x, ldx, y, ldy);           \
    }                                                                          \
    void sunzi_##engine##_axpy_rows_##letter(                                  \
        int rows, int cols, const type *a, int64_t ld, int count,              \
        const double *x, int64_t ldx, double *y, int64_t ldy)                  \
    {                                                                          \
        axpy_rows_##letter(rows, cols, a, ld, count, x, ldx, y, ldy);          \
    }                                                                          \
    double sunzi_##engine##_scaled_copy_##letter(                              \
        int rows, int cols, const double *a, int64_t a_row, int64_t a_col,     \
        const int32_t *row, const int32_t *col, type *out, int64_t ld)         \
    {                                                                          \
        return scaled_copy_##letter(rows, cols, a, a_row, a_col, row, col,     \
                                    out, ld);                                  \
    }
