/* SPDX-License-Identifier: BSD-3-Clause */
/* Kernels of dense factors, built with the flags of this engine. */
#include <immintrin.h>

typedef __m256d vec;
#define VEC_LANES        4
#define VEC_ROWS         2
#define VEC_FEW          1
#define VEC_COLUMNS      2
#define vec_load(p)      _mm256_loadu_pd(p)
#define vec_load_f32(p)  _mm256_cvtps_pd(_mm_loadu_ps(p))
#define vec_store(p, v)  _mm256_storeu_pd(p, v)
#define vec_all(x)       _mm256_set1_pd(x)
#define vec_fma(a, b, c) _mm256_fmadd_pd(a, b, c)
#define vec_keep(v)      __asm__("" : "+x"(v))
#include "engines/cpu/dense_kernels.h"

PUBLISH(avx2, float, f32)
PUBLISH(avx2, double, f64)
PUBLISH_SWEEP(avx2)
