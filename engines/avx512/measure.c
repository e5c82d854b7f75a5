/* SPDX-License-Identifier: BSD-3-Clause */
/* Statistics of vectors, built with the flags of this engine. */
#include "engines/avx512/kernels.h"

#define MEASURE sunzi_avx512_measure
#include "engines/cpu/measure_template.h"
