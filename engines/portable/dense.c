/* SPDX-License-Identifier: BSD-3-Clause */
/* Kernels of dense factors, built with the flags of this engine. */
#include "engines/cpu/dense_kernels.h"

PUBLISH(portable, float, f32)
PUBLISH(portable, double, f64)
PUBLISH_SWEEP(portable)
