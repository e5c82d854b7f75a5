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

void sunzi_avx2_convert(const sunzi_vectors *v, const int32_t *inner,
                        const int32_t *shift, const uint8_t *skip,
                        const sunzi_moduli *m, sunzi_side side, uint8_t *out,
                        size_t modulus_stride);
void sunzi_avx2_residue_block(const sunzi_moduli *m, int t, int64_t depth_tiles,
                              int row_groups, int col_groups, const uint8_t *a,
                              size_t a_stride, const uint8_t *b,
                              size_t b_stride, uint8_t *r, size_t r_stride);
void sunzi_avx2_reconstruct(const sunzi_moduli *m, int rows, int cols,
                            const uint8_t *r, size_t plane_stride,
                            size_t r_stride, const int32_t *row_shift,
                            const int32_t *col_shift, double *v,
                            int64_t v_stride);

#endif
