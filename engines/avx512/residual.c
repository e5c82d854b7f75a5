/* SPDX-License-Identifier: BSD-3-Clause */
/* Residual kernels, 8 numbers at a time. */
#include "engines/cpu/residual.h"

#include <immintrin.h>

typedef __m512d vec;
#define VEC_LANES        8
#define VEC_NAME(name)   sunzi_avx512_##name
#define vec_load(p)      _mm512_loadu_pd(p)
#define vec_store(p, v)  _mm512_storeu_pd(p, v)
#define vec_all(x)       _mm512_set1_pd(x)
#define vec_fma(a, b, c) _mm512_fmadd_pd(a, b, c)
#define vec_abs(v)       _mm512_abs_pd(v)
#include "engines/cpu/residual_template.h"
