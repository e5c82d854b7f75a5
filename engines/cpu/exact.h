/* SPDX-License-Identifier: BSD-3-Clause */
/* The kernels of exact sums of the CPU engines; contract in engines/engine.h.
 */
#ifndef SUNZI_ENGINES_CPU_EXACT_H
#define SUNZI_ENGINES_CPU_EXACT_H

#include <stdint.h>

#include "precision/accumulator_digits.h"

#define SUNZI_DECLARE_EXACT(engine)                                            \
    void sunzi_##engine##_exact_sum(int64_t n, const double *x,                \
                                    sunzi_accumulator *sum);                   \
    void sunzi_##engine##_exact_dot(int64_t n, const double *x,                \
                                    const double *y, sunzi_accumulator *sum);

SUNZI_DECLARE_EXACT(portable)
SUNZI_DECLARE_EXACT(avx2)
SUNZI_DECLARE_EXACT(avx512)

#endif
