/* SPDX-License-Identifier: BSD-3-Clause */
/* Products in a fixed order, 256-bit vectors. */
#include <immintrin.h>
#include <string.h>

#include "engines/avx2/kernels.h"

/* packed panels of a thread: one product at a time */
static _Thread_local _Alignas(64) char ordered_space[1264 * 1024];
#define ORDERED_SPACE ordered_space

static __m256i mask_of_ps(int count)
{
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(count),
                              _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

static __m256i mask_of_pd(int count)
{
    return _mm256_cmpgt_epi64(_mm256_set1_epi64x(count),
                              _mm256_setr_epi64x(0, 1, 2, 3));
}

#define ORDERED_REAL               float
#define ORDERED_VECTOR             __m256
#define ORDERED_LANES              8
#define ORDERED_LOAD               _mm256_loadu_ps
#define ORDERED_STORE              _mm256_storeu_ps
#define ORDERED_SET                _mm256_set1_ps
#define ORDERED_FMA                _mm256_fmadd_ps
#define ORDERED_FNMA               _mm256_fnmadd_ps
#define ORDERED_MASK               __m256i
#define ORDERED_MASK_OF(n)         mask_of_ps(n)
#define ORDERED_LOAD_PART(mask, p) _mm256_maskload_ps((p), (mask))
#define ORDERED_STORE_PART         _mm256_maskstore_ps
#define ORDERED_ROWS               6
#define ORDERED_NAME(name)         ordered_f32_##name
#include "engines/cpu/ordered_template.h"

#define ORDERED_REAL               double
#define ORDERED_VECTOR             __m256d
#define ORDERED_LANES              4
#define ORDERED_LOAD               _mm256_loadu_pd
#define ORDERED_STORE              _mm256_storeu_pd
#define ORDERED_SET                _mm256_set1_pd
#define ORDERED_FMA                _mm256_fmadd_pd
#define ORDERED_FNMA               _mm256_fnmadd_pd
#define ORDERED_MASK               __m256i
#define ORDERED_MASK_OF(n)         mask_of_pd(n)
#define ORDERED_LOAD_PART(mask, p) _mm256_maskload_pd((p), (mask))
#define ORDERED_STORE_PART         _mm256_maskstore_pd
#define ORDERED_ROWS               6
#define ORDERED_NAME(name)         ordered_f64_##name
#include "engines/cpu/ordered_template.h"

void sunzi_avx2_ordered_f32(int m, int n, int k, bool subtract, const float *a,
                            int64_t a_row, int64_t a_col, const float *b,
                            int64_t ldb, float *c, int64_t ldc)
{
    ordered_f32_product(m, n, k, subtract, a, a_row, a_col, b, ldb, c, ldc);
}

void sunzi_avx2_ordered_f64(int m, int n, int k, bool subtract, const double *a,
                            int64_t a_row, int64_t a_col, const double *b,
                            int64_t ldb, double *c, int64_t ldc)
{
    ordered_f64_product(m, n, k, subtract, a, a_row, a_col, b, ldb, c, ldc);
}
