/* SPDX-License-Identifier: BSD-3-Clause */
/* Statistics of vectors, built with the flags of this engine. */
#include "engines/avx2/kernels.h"

#define MEASURE sunzi_avx2_measure
#include "engines/cpu/measure_template.h"
