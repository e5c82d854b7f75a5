/* SPDX-License-Identifier: BSD-3-Clause */
/* Kernels that belong to no solver: to measure a device, and to clear memory.
 */
#ifndef SUNZI_ENGINES_KERNEL_BASIC_K_H
#define SUNZI_ENGINES_KERNEL_BASIC_K_H

#include "engines/kernel/language.h"

/* z = x + a y, FP32: three streams of memory. */
#define K_ARGS_k_triad(IN, OUT, VALUE)                                         \
    IN(float, x) IN(float, y) OUT(float, z) VALUE(float, a)
K_KERNEL(k_triad)
{
    K_EACH (i)
        z[i] = k_fmaf(a, y[i], x[i]);
}

#define K_ARGS_k_fill_u32(IN, OUT, VALUE) OUT(k_u32, x) VALUE(k_u32, value)
K_KERNEL(k_fill_u32)
{
    K_EACH (i)
        x[i] = value;
}

#endif
