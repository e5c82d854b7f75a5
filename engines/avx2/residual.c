/* SPDX-License-Identifier: BSD-3-Clause */
/* Residual kernels, 4 numbers at a time. */
#include "engines/cpu/residual.h"

#include <immintrin.h>

typedef __m256d vec;
#define VEC_LANES        4
#define VEC_NAME(name)   sunzi_avx2_##name
#define vec_load(p)      _mm256_loadu_pd(p)
#define vec_store(p, v)  _mm256_storeu_pd(p, v)
#define vec_all(x)       _mm256_set1_pd(x)
#define vec_fma(a, b, c) _mm256_fmadd_pd(a, b, c)
#define vec_abs(v)       _mm256_andnot_pd(_mm256_set1_pd(-0.0), v)
#include "engines/cpu/residual_template.h"
