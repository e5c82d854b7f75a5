/* SPDX-License-Identifier: BSD-3-Clause */
/* Multiplication by powers of two, which AVX2 has no instruction for. */
#ifndef SUNZI_ENGINES_AVX2_SCALE_H
#define SUNZI_ENGINES_AVX2_SCALE_H

#include <immintrin.h>

/* 2^e, -1022 <= e <= 1023 */
static inline __m256d power_of_two(__m128i e)
{
    const __m256i biased =
        _mm256_cvtepi32_epi64(_mm_add_epi32(e, _mm_set1_epi32(1023)));
    return _mm256_castsi256_pd(_mm256_slli_epi64(biased, 52));
}

/* x 2^e for x = 0, and for every x with 2^-1021 <= |x 2^e| < 2^1023 if e is in
 * [-2044, 2046]: two factors of the same sign go straight to the result, so
 * that nothing is rounded on the way. What lies below or beyond stays there,
 * also if a larger |e| was cut off, for 2^-1074 <= |x| <= 2^1023. */
static inline __m256d scaled(__m256d x, __m128i e)
{
    const __m128i cut = _mm_min_epi32(_mm_max_epi32(e, _mm_set1_epi32(-2044)),
                                      _mm_set1_epi32(2046));
    const __m128i half = _mm_srai_epi32(cut, 1);
    return _mm256_mul_pd(_mm256_mul_pd(x, power_of_two(half)),
                         power_of_two(_mm_sub_epi32(cut, half)));
}

#endif
