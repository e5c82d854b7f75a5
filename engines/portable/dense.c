/* SPDX-License-Identifier: BSD-3-Clause */
/* Kernels of dense factors, built with the flags of this engine. */
typedef double vec;
#define VEC_LANES        1
#define VEC_ROWS         1
#define VEC_FEW          1
#define VEC_COLUMNS      1
#define vec_load(p)      (*(p))
#define vec_load_f32(p)  ((double)*(p))
#define vec_store(p, v)  (*(p) = (v))
#define vec_all(x)       (x)
#define vec_fma(a, b, c) __builtin_fma(a, b, c)
#define vec_keep(v)      ((void)0)
#include "engines/cpu/dense_kernels.h"

PUBLISH(portable, float, f32)
PUBLISH(portable, double, f64)
PUBLISH_SWEEP(portable)
