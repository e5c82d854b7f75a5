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
#define vec_abs(v)        _mm512_abs_pd(v)
#define vec_or(a, b)      _mm512_or_pd(a, b)
#define vec_min(a, b)     _mm512_min_pd(a, b)
#define vec_max(a, b)     _mm512_max_pd(a, b)
#define vec_down(v)                                                            \
    _mm512_castsi512_pd(                                                       \
        _mm512_sub_epi64(_mm512_castpd_si512(v), _mm512_set1_epi64(1)))
#include "engines/cpu/exact_template.h"
