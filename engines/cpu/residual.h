/* SPDX-License-Identifier: BSD-3-Clause */
/* The residual kernels of the CPU engines; contract in engines/engine.h. */
#ifndef SUNZI_ENGINES_CPU_RESIDUAL_H
#define SUNZI_ENGINES_CPU_RESIDUAL_H

#include <stdint.h>

#define SUNZI_DECLARE_RESIDUAL(engine)                                         \
    void sunzi_##engine##_residual_dot(                                        \
        int64_t vectors, int64_t length, const double *a, int64_t lda,         \
        const double *x, const double *x_low, double *sum, double *sum_low,    \
        double *magnitude);                                                    \
    void sunzi_##engine##_residual_axpy(                                       \
        int64_t vectors, int64_t length, const double *a, int64_t lda,         \
        const double *x, const double *x_low, double *sum, double *sum_low,    \
        double *magnitude);

SUNZI_DECLARE_RESIDUAL(portable)
SUNZI_DECLARE_RESIDUAL(avx2)
SUNZI_DECLARE_RESIDUAL(avx512)

#endif
