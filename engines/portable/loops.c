/* SPDX-License-Identifier: BSD-3-Clause */
#define K_ENGINE sunzi_portable_loops
#include "engines/kernel/loops.h"
