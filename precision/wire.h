/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows of FP64 or FP32 numbers as they travel: all their bits, or rounded to
 * nearest even into a narrower format. Packed numbers need no alignment. */
#ifndef SUNZI_PRECISION_WIRE_H
#define SUNZI_PRECISION_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sunzi/field.h>

#include "engines/engine.h"

/* Bytes of a travelling number; single: it is stored as FP32, else as FP64. A
 * wire that is not narrower than that means STORED in all functions here. */
size_t sunzi_wire_bytes(bool single, sunzi_wire wire);

/* `count` numbers; returned: how many finite ones became infinite. */
int64_t sunzi_wire_pack(const sunzi_engine_ops *engine, bool single,
                        sunzi_wire wire, int64_t count, const void *numbers,
                        void *packed);
void sunzi_wire_unpack(const sunzi_engine_ops *engine, bool single,
                       sunzi_wire wire, int64_t count, const void *packed,
                       void *numbers);

#endif
