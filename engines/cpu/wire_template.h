/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers become narrow and wide again: plain loops that each CPU engine
 * compiles with its own flags. An engine defines WIRE_NAME(name) and includes
 * this; contract in engines/engine.h. */
#ifndef WIRE_NAME
#error "wire_template.h is included by an engine that defines WIRE_NAME"
#endif

#include <math.h>
#include <string.h>

#include "engines/cpu/wire.h"

/* The bits of infinities, without the sign. */
enum {
    INFINITY_FP32 = 0x7f800000,
    INFINITY_BF16 = 0x7f80,
    INFINITY_FP16 = 0x7c00
};
/* The bits of the least FP32 numbers that, rounded to odd, become infinite. */
enum { BEYOND_BF16 = 0x7f7f8000, BEYOND_FP16 = 0x477ff000 };

/* Loops below have no branches and numbers of one width, so that they become
 * vector code; temporary arrays of a block stay in the cache. */
enum { BLOCK = 256 };

static int block_from(int64_t first, int64_t count)
{
    return count - first < BLOCK ? (int)(count - first) : BLOCK;
}

static inline int32_t bits_of(float f)
{
    int32_t bits;
    memcpy(&bits, &f, sizeof bits);
    return bits;
}

static inline float float_of(int32_t bits)
{
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}

/* high + rest rounded to odd instead of to nearest, in the bits of FP32. What
 * falls off in FP32 decides the rounding to 16 bits only by being zero or not:
 * rounding to odd keeps that, and the second rounding is then as if it were the
 * only one (S. Boldo, G. Melquiond, IEEE Trans. Comput. 57 (2008) 462). */
static inline int32_t to_odd(float high, float rest)
{
    const int32_t bits = bits_of(high), less = bits_of(rest);
    const int32_t size = less & INT32_MAX;
    /* the rest of an infinity or a NaN is a NaN */
    const int32_t inexact = -((size > 0) & (size <= INFINITY_FP32));
    const int32_t beyond = (bits ^ less) >> 31; /* -1: rounded away from 0 */
    return (bits + (beyond & inexact)) | (inexact & 1);
}

static void odd_of_f64(int n, const double *x, int32_t *odd)
{
    float high[BLOCK], rest[BLOCK];
#pragma omp simd
    for (int i = 0; i < n; i++) {
        high[i] = (float)x[i];
        /* scaled, so that no rest of a high that is not 0 underflows */
        rest[i] = (float)((x[i] - (double)high[i]) * 0x1p200);
    }
#pragma omp simd
    for (int i = 0; i < n; i++)
        odd[i] = to_odd(high[i], rest[i]);
}

static void odd_of_f32(int n, const float *x, int32_t *odd)
{
    memcpy(odd, x, (size_t)n * sizeof *odd);
}

/* For |x| < BEYOND_BF16; the sign goes along. */
static inline int32_t bf16_of(int32_t odd)
{
    return (int32_t)(((uint32_t)odd + 0x7fff + (odd >> 16 & 1)) >> 16);
}

static inline float from_bf16(uint16_t packed)
{
    return float_of((int32_t)((uint32_t)packed << 16));
}

/* For |x| < BEYOND_FP16. |x| with all bits of FP32 becomes a number of FP16:
 * below 2^-14 by an addition that rounds at 2^-24, the distance of FP32 numbers
 * from 0.5 on; else by integers, the exponent moved by 15 - 127. */
static inline int32_t fp16_of(int32_t odd)
{
    const int32_t sign = odd >> 16 & 0x8000, size = odd & INT32_MAX;
    const int32_t small = bits_of(float_of(size) + 0.5f) - (126 << 23);
    const int32_t large = (size - (112 << 23) + 0xfff + (size >> 13 & 1)) >> 13;
    const int32_t is_small = -(size < 113 << 23);
    return sign | (small & is_small) | (large & ~is_small);
}

/* The bits as those of FP32, with an exponent that is 112 too small. */
static inline float from_fp16(uint16_t packed)
{
    const int32_t size = (packed & 0x7fff) << 13;
    int32_t bits = bits_of(float_of(size) * 0x1p112f); /* exact */
    bits |= -(size >= INFINITY_FP16 << 13) & INFINITY_FP32;
    bits |= (int32_t)((uint32_t)(packed & 0x8000) << 16);
    return float_of(bits);
}

/* What is beyond a format: infinities, NaN, and what becomes infinite, which is
 * counted. */
static int64_t beyond_of(int32_t odd, int32_t infinity, uint16_t *packed)
{
    const int32_t sign = odd >> 16 & 0x8000, size = odd & INT32_MAX;
    const int32_t quiet = infinity == INFINITY_BF16 ? 0x40 : 0x200;
    const bool nan = size > INFINITY_FP32;
    *packed = (uint16_t)(sign | infinity | (nan ? quiet : 0));
    return size < INFINITY_FP32;
}

#define PACK16(name, type, odd_of, convert, beyond, infinity)                  \
    static int64_t name(int64_t count, const type *x, char *to)                \
    {                                                                          \
        int64_t overflows = 0;                                                 \
        for (int64_t first = 0; first < count; first += BLOCK) {               \
            const int n = block_from(first, count);                            \
            int32_t odd[BLOCK], some = 0;                                      \
            uint16_t packed[BLOCK];                                            \
            odd_of(n, x + first, odd);                                         \
            _Pragma("omp simd reduction(| : some)") for (int i = 0; i < n;     \
                                                         i++)                  \
            {                                                                  \
                packed[i] = (uint16_t)convert(odd[i]);                         \
                some |= (odd[i] & INT32_MAX) >= beyond;                        \
            }                                                                  \
            for (int i = 0; some && i < n; i++)                                \
                if ((odd[i] & INT32_MAX) >= beyond)                            \
                    overflows += beyond_of(odd[i], infinity, &packed[i]);      \
            memcpy(to + first * (int64_t)sizeof *packed, packed,               \
                   (size_t)n * sizeof *packed);                                \
        }                                                                      \
        return overflows;                                                      \
    }

PACK16(f64_to_bf16, double, odd_of_f64, bf16_of, BEYOND_BF16, INFINITY_BF16)
PACK16(f32_to_bf16, float, odd_of_f32, bf16_of, BEYOND_BF16, INFINITY_BF16)
PACK16(f64_to_fp16, double, odd_of_f64, fp16_of, BEYOND_FP16, INFINITY_FP16)
PACK16(f32_to_fp16, float, odd_of_f32, fp16_of, BEYOND_FP16, INFINITY_FP16)

static int64_t f64_to_fp32(int64_t count, const double *x, char *to)
{
    int64_t overflows = 0;
    for (int64_t first = 0; first < count; first += BLOCK) {
        const int n = block_from(first, count);
        float packed[BLOCK];
        int32_t some = 0;
#pragma omp simd reduction(| : some)
        for (int i = 0; i < n; i++) {
            packed[i] = (float)x[first + i];
            some |= (bits_of(packed[i]) & INT32_MAX) == INFINITY_FP32;
        }
        for (int i = 0; some && i < n; i++)
            overflows += isinf(packed[i]) && !isinf(x[first + i]);
        memcpy(to + first * (int64_t)sizeof *packed, packed,
               (size_t)n * sizeof *packed);
    }
    return overflows;
}

#define UNPACK(name, type, packed_type, convert)                               \
    static void name(int64_t count, const char *from, type *x)                 \
    {                                                                          \
        _Pragma("omp simd") for (int64_t i = 0; i < count; i++)                \
        {                                                                      \
            packed_type packed;                                                \
            memcpy(&packed, from + (size_t)i * sizeof packed, sizeof packed);  \
            x[i] = (type)convert(packed);                                      \
        }                                                                      \
    }

UNPACK(fp32_to_f64, double, float, )
UNPACK(bf16_to_f64, double, uint16_t, from_bf16)
UNPACK(bf16_to_f32, float, uint16_t, from_bf16)
UNPACK(fp16_to_f64, double, uint16_t, from_fp16)
UNPACK(fp16_to_f32, float, uint16_t, from_fp16)

int64_t WIRE_NAME(wire_pack)(bool single, sunzi_wire wire, int64_t count,
                             const void *numbers, void *packed)
{
    if (wire == SUNZI_WIRE_FP32)
        return f64_to_fp32(count, numbers, packed);
    if (wire == SUNZI_WIRE_BF16)
        return single ? f32_to_bf16(count, numbers, packed)
                      : f64_to_bf16(count, numbers, packed);
    return single ? f32_to_fp16(count, numbers, packed)
                  : f64_to_fp16(count, numbers, packed);
}

void WIRE_NAME(wire_unpack)(bool single, sunzi_wire wire, int64_t count,
                            const void *packed, void *numbers)
{
    if (wire == SUNZI_WIRE_FP32)
        fp32_to_f64(count, packed, numbers);
    else if (wire == SUNZI_WIRE_BF16 && single)
        bf16_to_f32(count, packed, numbers);
    else if (wire == SUNZI_WIRE_BF16)
        bf16_to_f64(count, packed, numbers);
    else if (single)
        fp16_to_f32(count, packed, numbers);
    else
        fp16_to_f64(count, packed, numbers);
}
