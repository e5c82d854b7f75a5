/* SPDX-License-Identifier: BSD-3-Clause */
/* Kernels of dense factors, built with the flags of this engine. */
#include <immintrin.h>

typedef __m512d vec;
#define VEC_LANES        8
#define VEC_ROWS         4
#define VEC_FEW          2
#define VEC_COLUMNS      4
#define vec_load(p)      _mm512_loadu_pd(p)
#define vec_load_f32(p)  _mm512_cvtps_pd(_mm256_loadu_ps(p))
#define vec_store(p, v)  _mm512_storeu_pd(p, v)
#define vec_all(x)       _mm512_set1_pd(x)
#define vec_fma(a, b, c) _mm512_fmadd_pd(a, b, c)
#define vec_keep(v)      __asm__("" : "+v"(v))
#include "engines/cpu/dense_kernels.h"

PUBLISH(avx512, float, f32)
PUBLISH(avx512, double, f64)
PUBLISH_SWEEP(avx512)
