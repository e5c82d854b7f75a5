/* SPDX-License-Identifier: BSD-3-Clause */
#define K_ENGINE sunzi_portable_loops
#define K_FLAGS  ""
#include "engines/kernel/loops.h"
