/* SPDX-License-Identifier: BSD-3-Clause */
/* Residual kernels in plain C, one number at a time. */
#include "engines/cpu/residual.h"

#include <math.h>

typedef double vec;
#define VEC_LANES        1
#define VEC_NAME(name)   sunzi_portable_##name
#define vec_load(p)      (*(p))
#define vec_store(p, v)  (*(p) = (v))
#define vec_all(x)       (x)
#define vec_fma(a, b, c) fma(a, b, c)
#define vec_abs(v)       fabs(v)
#include "engines/cpu/residual_template.h"
