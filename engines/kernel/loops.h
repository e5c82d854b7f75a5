/* SPDX-License-Identifier: BSD-3-Clause */
/* The kernels as loops of one CPU engine, with the flags of who includes this
 * and defines K_ENGINE, the name of the table, and K_FLAGS, those flags. */
#if !defined K_ENGINE || !defined K_FLAGS
#error "define K_ENGINE and K_FLAGS before including engines/kernel/loops.h"
#endif

#include "engines/kernel/all.h"
#include "engines/kernel/kernel_list.h"
#include "engines/kernel/tables.h"

#define K_LOOP_LINE_(name, file) [K_INDEX_##name] = name##_loop,
#define K_GROUP_LINE_(name, file)
static sunzi_kernel_loop *const loops[K_KERNEL_COUNT] = {
    K_KERNELS(K_LOOP_LINE_, K_GROUP_LINE_)};
const sunzi_loops K_ENGINE = {K_FLAGS, loops};
