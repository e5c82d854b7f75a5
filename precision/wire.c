/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers on the wire. The conversions give what sunzi_round gives for
 * NEAREST_EVEN (tests/precision/test_wire.c compares them), many at a time. */
#include "precision/wire.h"

#include <math.h>
#include <string.h>

#include "precision/low_format.h"

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

static uint16_t to_fp16(double x)
{
    const sunzi_half h = (sunzi_half)x;
    uint16_t bits;
    memcpy(&bits, &h, sizeof bits);
    return bits;
}

static float from_fp16(uint16_t packed)
{
    sunzi_half h;
    memcpy(&h, &packed, sizeof h);
    return (float)h;
}

static bool infinite16(uint16_t packed, uint16_t infinity)
{
    return (packed & 0x7fff) == infinity;
}

/* What the packed 16 bits of an infinity are, without the sign. */
enum { INFINITY_BF16 = 0x7f80, INFINITY_FP16 = 0x7c00 };

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
