/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers on the wire. The conversions of the engines give what sunzi_round
 * gives for NEAREST_EVEN (tests/precision/test_wire.c compares them), many at a
 * time. */
#include "precision/wire.h"

#include <string.h>

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

int64_t sunzi_wire_pack(const sunzi_engine_ops *engine, bool single,
                        sunzi_wire wire, int64_t count, const void *numbers,
                        void *packed)
{
    if (!as_stored(single, wire))
        return engine->wire_pack(single, wire, count, numbers, packed);
    memcpy(packed, numbers,
           (size_t)count * (single ? sizeof(float) : sizeof(double)));
    return 0;
}

void sunzi_wire_unpack(const sunzi_engine_ops *engine, bool single,
                       sunzi_wire wire, int64_t count, const void *packed,
                       void *numbers)
{
    if (!as_stored(single, wire))
        engine->wire_unpack(single, wire, count, packed, numbers);
    else
        memcpy(numbers, packed,
               (size_t)count * (single ? sizeof(float) : sizeof(double)));
}
