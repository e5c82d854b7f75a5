/* SPDX-License-Identifier: BSD-3-Clause */
/* Kernels of the avx2 engine; contracts in engines/engine.h. */
#ifndef SUNZI_ENGINES_AVX2_KERNELS_H
#define SUNZI_ENGINES_AVX2_KERNELS_H

#include "engines/engine.h"

void sunzi_avx2_ordered_f32(int m, int n, int k, bool subtract, const float *a,
                            int64_t a_row, int64_t a_col, const float *b,
                            int64_t ldb, float *c, int64_t ldc);
void sunzi_avx2_ordered_f64(int m, int n, int k, bool subtract, const double *a,
                            int64_t a_row, int64_t a_col, const double *b,
                            int64_t ldb, double *c, int64_t ldc);

void sunzi_avx2_update_pack(sunzi_low_format format, const float *data,
                            int64_t count, int64_t depth, int64_t vector_stride,
                            int64_t element_stride, sunzi_side side, void *out,
                            int32_t *scale);

void sunzi_avx2_measure(const sunzi_vectors *v, const int32_t *inner,
                        sunzi_vector_stats *stats, int32_t *inner_max);

#endif
