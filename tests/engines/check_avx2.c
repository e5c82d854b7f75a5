/* SPDX-License-Identifier: BSD-3-Clause */
#define K_ENGINE check_avx2_loops
#include "tests/engines/check_loops.h"
