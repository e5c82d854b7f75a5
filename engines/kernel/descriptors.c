/* SPDX-License-Identifier: BSD-3-Clause */
/* The descriptors of all kernels. */
#define K_DEFINE
#include "engines/kernel/kernel_list.h"

#include "engines/kernel/all.h"
