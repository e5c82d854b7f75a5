/* SPDX-License-Identifier: BSD-3-Clause */
/* Kernels of dense factors, built with the flags of this engine. */
#include "engines/cpu/dense_kernels.h"

PUBLISH(avx512, float, f32)
PUBLISH(avx512, double, f64)
PUBLISH_SWEEP(avx512)
