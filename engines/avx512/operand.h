/* SPDX-License-Identifier: BSD-3-Clause */
/* Eight numbers of an operand where they lie, as doubles. */
#ifndef SUNZI_ENGINES_AVX512_OPERAND_H
#define SUNZI_ENGINES_AVX512_OPERAND_H

#include <immintrin.h>
#include <stdbool.h>
#include <stdint.h>

/* Zeros in the lanes that are not in the mask; nothing is read there. */
static inline __attribute__((always_inline)) __m512d
sunzi_load8(const void *data, bool single, int64_t at, __mmask8 lanes)
{
    if (single)
        return _mm512_cvtps_pd(
            _mm256_maskz_loadu_ps(lanes, (const float *)data + at));
    return _mm512_maskz_loadu_pd(lanes, (const double *)data + at);
}

/* The mask of the lanes first, first + 1, .. that are below end. */
static inline __mmask8 sunzi_lanes8(int64_t first, int64_t end)
{
    const int64_t left = end - first;
    return left >= 8  ? (__mmask8)0xFF
           : left > 0 ? (__mmask8)((1 << left) - 1)
                      : (__mmask8)0;
}

#endif
