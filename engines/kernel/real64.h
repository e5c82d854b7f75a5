/* SPDX-License-Identifier: BSD-3-Clause */
/* FP64 arithmetic with the same bits on every device: k_d64 is double where
 * kernels may use FP64, else its bits, with the integer arithmetic of soft64.h.
 * Both take eight bytes, so the host sees doubles either way. Every operation
 * rounds once; only the sign and payload of a NaN may differ. */
#ifndef SUNZI_ENGINES_KERNEL_REAL64_H
#define SUNZI_ENGINES_KERNEL_REAL64_H

#include "engines/kernel/language.h"

#include "engines/kernel/soft64.h"

#ifdef K_FP64

typedef double k_d64;

K_FN k_u64 k_d64_bits(k_d64 a)
{
    return k_double_bits(a);
}

K_FN k_d64 k_d64_of_bits(k_u64 bits)
{
    return k_double_of(bits);
}

/* to nearest even */
K_FN float k_d64_to_float(k_d64 a)
{
    return (float)a;
}

K_FN k_d64 k_d64_of_float(float x)
{
    return (double)x;
}

K_FN k_d64 k_d64_neg(k_d64 a)
{
    return -a;
}

K_FN k_d64 k_d64_abs(k_d64 a)
{
    return k_fabs(a);
}

K_FN k_d64 k_d64_add(k_d64 a, k_d64 b)
{
    return a + b;
}

K_FN k_d64 k_d64_sub(k_d64 a, k_d64 b)
{
    return a - b;
}

K_FN k_d64 k_d64_mul(k_d64 a, k_d64 b)
{
    return a * b;
}

K_FN k_d64 k_d64_div(k_d64 a, k_d64 b)
{
    return a / b;
}

/* 0 where one is a NaN */
K_FN int k_d64_less(k_d64 a, k_d64 b)
{
    return a < b;
}

/* a b + c, rounded once */
K_FN k_d64 k_d64_fma(k_d64 a, k_d64 b, k_d64 c)
{
    return k_fma(a, b, c);
}

#else

typedef k_u64 k_d64;

#define k_d64_bits(a)    (a)
#define k_d64_of_bits(a) (a)
#define k_d64_to_float   k_soft_to_float
#define k_d64_of_float   k_soft_of_float
#define k_d64_neg(a)     ((a) ^ K_SOFT_SIGN)
#define k_d64_abs(a)     ((a) & ~K_SOFT_SIGN)
#define k_d64_add        k_soft_add
#define k_d64_sub        k_soft_sub
#define k_d64_mul        k_soft_mul
#define k_d64_div        k_soft_div
#define k_d64_less       k_soft_less
#define k_d64_fma        k_soft_fma

#endif

/* +0 is a zero of either type */
#define K_D64_ZERO ((k_d64)0)

#endif
