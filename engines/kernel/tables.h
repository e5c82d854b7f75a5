/* SPDX-License-Identifier: BSD-3-Clause */
/* The loops of the CPU engines. */
#ifndef SUNZI_ENGINES_KERNEL_TABLES_H
#define SUNZI_ENGINES_KERNEL_TABLES_H

#include "engines/kernel/descriptor.h"

typedef struct sunzi_loops {
    /* that make the bits and name the instruction set: files of kernels given
     * at run time are compiled with them too (engines/kernel/host_compile.c) */
    const char *flags;
    sunzi_kernel_loop *const *of; /* by the index of the kernel */
} sunzi_loops;

extern const sunzi_loops sunzi_portable_loops, sunzi_avx2_loops,
    sunzi_avx512_loops;

#endif
