/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers on the wire. The conversions give what sunzi_round gives for
 * NEAREST_EVEN (tests/precision/test_wire.c compares them), many at a time. */
#include "precision/wire.h"

#include <math.h>
#include <string.h>

/* What the packed 16 bits of an infinity are, without the sign. */
enum { INFINITY_BF16 = 0x7f80, INFINITY_FP16 = 0x7c00 };

static bool as_stored(bool single, sunzi_wire wire)
{
    return wire == SUNZI_WIRE_STORED || (single && wire == SUNZI_WIRE_FP32);
}

size_t sunzi_wire_bytes(bool single, sunzi_wire wire)
{
    if (as_stored(single, wire))
        return single ? sizeof(float) : sizeof(double);
    return wire == SUNZI_WIRE_FP32 ? sizeof(float) : sizeof(uint16_t);
}

/* The bits that fall off in FP32 decide the rounding to BF16 only by being zero
 * or not: rounding to odd keeps that, and the second rounding is then as if it
 * were the only one (S. Boldo, G. Melquiond, IEEE Trans. Comput. 57 (2008)
 * 462). */
static uint32_t fp32_to_odd(double x)
{
    const float f = (float)x;
    uint32_t bits;
    memcpy(&bits, &f, sizeof bits);
    if ((double)f != x) {
        bits -= fabs((double)f) > fabs(x); /* toward zero */
        bits |= 1;
    }
    return bits;
}

static uint16_t to_bf16(double x)
{
    const uint32_t bits = fp32_to_odd(x);
    if (x != x)
        return (uint16_t)(bits >> 16 | 0x7fc0);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static float from_bf16(uint16_t packed)
{
    const uint32_t bits = (uint32_t)packed << 16;
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}

/* |x| with all bits of FP32 becomes a number of FP16: below 2^-14 by an
 * addition that rounds at 2^-24, the distance of FP32 numbers from 0.5 on; else
 * by integers, the exponent moved by 15 - 127. What is beyond 65504 ends at or
 * above the bits of the infinity. */
static uint16_t to_fp16(double x)
{
    const uint32_t odd = fp32_to_odd(x), sign = odd >> 16 & 0x8000;
    const uint32_t bits = odd & 0x7fffffff;
    uint32_t small, large;
    float f;
    memcpy(&f, &bits, sizeof f);
    f += 0.5f;
    memcpy(&small, &f, sizeof small);
    small -= UINT32_C(126) << 23; /* the bits of 0.5 */
    large = (bits - (UINT32_C(112) << 23) + 0xfff + (bits >> 13 & 1)) >> 13;
    large = large < INFINITY_FP16 ? large : INFINITY_FP16;
    large = x != x ? INFINITY_FP16 | 0x200 : large;
    return (uint16_t)(sign | (bits < UINT32_C(113) << 23 ? small : large));
}

/* The bits as those of FP32, with an exponent that is 112 too small. */
static float from_fp16(uint16_t packed)
{
    uint32_t bits = (uint32_t)(packed & 0x7fff) << 13;
    float f;
    memcpy(&f, &bits, sizeof f);
    f *= 0x1p112f; /* exact, also for subnormal numbers */
    memcpy(&bits, &f, sizeof bits);
    bits |= (packed & 0x7c00) == INFINITY_FP16 ? UINT32_C(0x7f800000) : 0;
    bits |= (uint32_t)(packed & 0x8000) << 16;
    memcpy(&f, &bits, sizeof f);
    return f;
}

static bool infinite16(uint16_t packed, uint16_t infinity)
{
    return (packed & 0x7fff) == infinity;
}

#define PACK(name, type, packed_type, convert, is_infinite)                    \
    static int64_t name(int64_t count, const type *x, char *to)                \
    {                                                                          \
        int64_t overflows = 0;                                                 \
        for (int64_t i = 0; i < count; i++) {                                  \
            const packed_type packed = convert(x[i]);                          \
            overflows += (is_infinite) && !isinf(x[i]);                        \
            memcpy(to + (size_t)i * sizeof packed, &packed, sizeof packed);    \
        }                                                                      \
        return overflows;                                                      \
    }
#define UNPACK(name, type, packed_type, convert)                               \
    static void name(int64_t count, const char *from, type *x)                 \
    {                                                                          \
        for (int64_t i = 0; i < count; i++) {                                  \
            packed_type packed;                                                \
            memcpy(&packed, from + (size_t)i * sizeof packed, sizeof packed);  \
            x[i] = (type)convert(packed);                                      \
        }                                                                      \
    }

PACK(f64_to_fp32, double, float, (float), isinf(packed))
PACK(f64_to_bf16, double, uint16_t, to_bf16, infinite16(packed, INFINITY_BF16))
PACK(f32_to_bf16, float, uint16_t, to_bf16, infinite16(packed, INFINITY_BF16))
PACK(f64_to_fp16, double, uint16_t, to_fp16, infinite16(packed, INFINITY_FP16))
PACK(f32_to_fp16, float, uint16_t, to_fp16, infinite16(packed, INFINITY_FP16))
UNPACK(fp32_to_f64, double, float, )
UNPACK(bf16_to_f64, double, uint16_t, from_bf16)
UNPACK(bf16_to_f32, float, uint16_t, from_bf16)
UNPACK(fp16_to_f64, double, uint16_t, from_fp16)
UNPACK(fp16_to_f32, float, uint16_t, from_fp16)

int64_t sunzi_wire_pack(bool single, sunzi_wire wire, int64_t count,
                        const void *numbers, void *packed)
{
    if (as_stored(single, wire)) {
        memcpy(packed, numbers,
               (size_t)count * (single ? sizeof(float) : sizeof(double)));
        return 0;
    }
    if (wire == SUNZI_WIRE_FP32)
        return f64_to_fp32(count, numbers, packed);
    if (wire == SUNZI_WIRE_BF16)
        return single ? f32_to_bf16(count, numbers, packed)
                      : f64_to_bf16(count, numbers, packed);
    return single ? f32_to_fp16(count, numbers, packed)
                  : f64_to_fp16(count, numbers, packed);
}

void sunzi_wire_unpack(bool single, sunzi_wire wire, int64_t count,
                       const void *packed, void *numbers)
{
    if (as_stored(single, wire))
        memcpy(numbers, packed,
               (size_t)count * (single ? sizeof(float) : sizeof(double)));
    else if (wire == SUNZI_WIRE_FP32)
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
