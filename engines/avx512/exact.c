/* SPDX-License-Identifier: BSD-3-Clause */
/* Exact sums, 8 numbers at a time. */
#include <immintrin.h>

typedef __m512d vec;
#define VEC_LANES         8
#define VEC_NAME(name)    sunzi_avx512_##name
#define vec_load(p)       _mm512_loadu_pd(p)
#define vec_store(p, v)   _mm512_storeu_pd(p, v)
#define vec_all(x)        _mm512_set1_pd(x)
#define vec_msub(a, b, c) _mm512_fmsub_pd(a, b, c)
#define vec_or(a, b)      _mm512_or_pd(a, b)
/* of the magnitudes the larger (3) or the smaller (2) one, sign cleared (8) */
#define vec_most(a, v)  _mm512_range_pd(a, v, 8 | 3)
#define vec_least(a, v) _mm512_range_pd(a, v, 8 | 2)
#include "engines/cpu/exact_template.h"
