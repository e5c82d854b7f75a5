/* SPDX-License-Identifier: BSD-3-Clause */
/* The kernels as loops of one CPU engine, with the flags of who includes this
 * and defines K_ENGINE, the name of the table. */
#ifndef K_ENGINE
#error "define K_ENGINE before including engines/kernel/loops.h"
#endif

#include "engines/kernel/all.h"
#include "engines/kernel/kernel_list.h"
#include "engines/kernel/tables.h"

#define K_LOOP_LINE_(name, file) [K_INDEX_##name] = name##_loop,
#define K_GROUP_LINE_(name, file)
sunzi_kernel_loop *const K_ENGINE[K_KERNEL_COUNT] = {
    K_KERNELS(K_LOOP_LINE_, K_GROUP_LINE_)};
