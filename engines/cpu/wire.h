/* SPDX-License-Identifier: BSD-3-Clause */
/* The kernels of numbers on the wire of the CPU engines; contract in
 * engines/engine.h. */
#ifndef SUNZI_ENGINES_CPU_WIRE_H
#define SUNZI_ENGINES_CPU_WIRE_H

#include <stdbool.h>
#include <stdint.h>
#include <sunzi/field.h>

#define SUNZI_DECLARE_WIRE(engine)                                             \
    int64_t sunzi_##engine##_wire_pack(bool single, sunzi_wire wire,           \
                                       int64_t count, const void *numbers,     \
                                       void *packed);                          \
    void sunzi_##engine##_wire_unpack(bool single, sunzi_wire wire,            \
                                      int64_t count, const void *packed,       \
                                      void *numbers);

SUNZI_DECLARE_WIRE(portable)
SUNZI_DECLARE_WIRE(avx2)
SUNZI_DECLARE_WIRE(avx512)

#endif
