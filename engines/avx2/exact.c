/* SPDX-License-Identifier: BSD-3-Clause */
/* Exact sums, 4 numbers at a time. */
#include <immintrin.h>

typedef __m256d vec;
#define VEC_LANES         4
#define VEC_NAME(name)    sunzi_avx2_##name
#define vec_load(p)       _mm256_loadu_pd(p)
#define vec_store(p, v)   _mm256_storeu_pd(p, v)
#define vec_all(x)        _mm256_set1_pd(x)
#define vec_msub(a, b, c) _mm256_fmsub_pd(a, b, c)
#define vec_or(a, b)      _mm256_or_pd(a, b)
#define vec_magnitude(v)  _mm256_andnot_pd(_mm256_set1_pd(-0.0), v)
#define vec_most(a, v)    _mm256_max_pd(vec_magnitude(v), a)
#define vec_least(a, v)   _mm256_min_pd(vec_magnitude(v), a)
#include "engines/cpu/exact_template.h"
