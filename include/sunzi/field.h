/* SPDX-License-Identifier: BSD-3-Clause */
/** \file
 * Fields of numbers on a grid, as halo exchanges (halo.h) and transposes
 * (transpose.h) see them: how a value is stored, how it travels between
 * processes, and what the traffic of an exchange is.
 *
 * A value may travel in a format narrower than it is stored in. It is then
 * rounded to nearest, ties to even, once, and widened exactly on arrival;
 * subnormal numbers, signed zeros, infinities and NaN travel too. A finite
 * value beyond the range of the format (FP32 and BF16 about 3.4e38, FP16 65504)
 * arrives as an infinity, and sunzi_traffic counts it. What is rounded depends
 * on where the parts of the processes end: with a narrow format a result
 * depends on the number of processes, without one it does not.
 *
 * Values are packed and unpacked by the threads of the default context (those
 * of OpenMP) where there are enough of them; what arrives does not depend on
 * the number of threads.
 *
 * All arrays are in host memory. Buffers on a device are staged through host
 * memory by their owner; sunzi_comm_device_aware() says whether MPI could take
 * them.
 */
#ifndef SUNZI_FIELD_H
#define SUNZI_FIELD_H

#include <stdint.h>
#include <sunzi/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How a value is stored. */
typedef enum sunzi_element {
    SUNZI_ELEMENT_FP64,
    SUNZI_ELEMENT_FP32,
    /** Unevaluated sums high + low of two FP32 numbers, in two arrays. */
    SUNZI_ELEMENT_FP32_PAIR
} sunzi_element;

/** How a value travels. A format not narrower than the stored one means
 * STORED. Of a pair, a narrow format carries the high part; the low part
 * arrives as zero. */
typedef enum sunzi_wire {
    SUNZI_WIRE_STORED, /**< all bits */
    SUNZI_WIRE_FP32,
    SUNZI_WIRE_FP16,
    SUNZI_WIRE_BF16
} sunzi_wire;

typedef struct sunzi_field {
    sunzi_element element;
    sunzi_wire wire;
    /** Values of a cell, stored one after the other: 1 a scalar, 2 a complex
     * number, 3 a vector; 1 .. SUNZI_COMPONENTS_MAX. */
    int components;
} sunzi_field;

#define SUNZI_COMPONENTS_MAX 65536

/** FP64, all bits, one component. */
SUNZI_API void sunzi_field_init(sunzi_field *field);

/** What one exchange moves, for this process; known before the first. */
typedef struct sunzi_traffic {
    int sends, receives; /**< messages from and to other processes */
    int64_t send_bytes, receive_bytes; /**< with 8 bytes a message, a stamp */
    int64_t copy_bytes; /**< moved within the process, in the wire's format */
    /** Finite values that this process made infinite on their way, over all
     * exchanges until now. */
    int64_t overflows;
} sunzi_traffic;

#ifdef __cplusplus
}
#endif
#endif
