/* SPDX-License-Identifier: BSD-3-Clause */
/* The loops of the CPU engines, by the index of the kernel. */
#ifndef SUNZI_ENGINES_KERNEL_TABLES_H
#define SUNZI_ENGINES_KERNEL_TABLES_H

#include "engines/kernel/descriptor.h"

extern sunzi_kernel_loop *const sunzi_portable_loops[];
extern sunzi_kernel_loop *const sunzi_avx2_loops[];
extern sunzi_kernel_loop *const sunzi_avx512_loops[];

#endif
