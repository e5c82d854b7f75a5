/* SPDX-License-Identifier: BSD-3-Clause */
/* Products in a fixed order, 512-bit vectors. */
#include <immintrin.h>
#include <string.h>

#include "engines/avx512/kernels.h"

/* packed panels of a thread: one product at a time */
static _Thread_local _Alignas(64) char ordered_space[1264 * 1024];
#define ORDERED_SPACE ordered_space

#define ORDERED_REAL       float
#define ORDERED_VECTOR     __m512
#define ORDERED_LANES      16
#define ORDERED_LOAD       _mm512_loadu_ps
#define ORDERED_STORE      _mm512_storeu_ps
#define ORDERED_SET        _mm512_set1_ps
#define ORDERED_FMA        _mm512_fmadd_ps
#define ORDERED_FNMA       _mm512_fnmadd_ps
#define ORDERED_MASK       __mmask16
#define ORDERED_MASK_OF(n) (__mmask16)((1u << (n)) - 1)
#define ORDERED_LOAD_PART  _mm512_maskz_loadu_ps
#define ORDERED_STORE_PART _mm512_mask_storeu_ps
#define ORDERED_ROWS       12
#define ORDERED_NAME(name) ordered_f32_##name
#include "engines/cpu/ordered_template.h"

#define ORDERED_REAL       double
#define ORDERED_VECTOR     __m512d
#define ORDERED_LANES      8
#define ORDERED_LOAD       _mm512_loadu_pd
#define ORDERED_STORE      _mm512_storeu_pd
#define ORDERED_SET        _mm512_set1_pd
#define ORDERED_FMA        _mm512_fmadd_pd
#define ORDERED_FNMA       _mm512_fnmadd_pd
#define ORDERED_MASK       __mmask8
#define ORDERED_MASK_OF(n) (__mmask8)((1u << (n)) - 1)
#define ORDERED_LOAD_PART  _mm512_maskz_loadu_pd
#define ORDERED_STORE_PART _mm512_mask_storeu_pd
#define ORDERED_ROWS       12
#define ORDERED_NAME(name) ordered_f64_##name
#include "engines/cpu/ordered_template.h"

void sunzi_avx512_ordered_f32(int m, int n, int k, bool subtract,
                              const float *a, int64_t a_row, int64_t a_col,
                              const float *b, int64_t ldb, float *c,
                              int64_t ldc)
{
    ordered_f32_product(m, n, k, subtract, a, a_row, a_col, b, ldb, c, ldc);
}

void sunzi_avx512_ordered_f64(int m, int n, int k, bool subtract,
                              const double *a, int64_t a_row, int64_t a_col,
                              const double *b, int64_t ldb, double *c,
                              int64_t ldc)
{
    ordered_f64_product(m, n, k, subtract, a, a_row, a_col, b, ldb, c, ldc);
}
