/* SPDX-License-Identifier: BSD-3-Clause */
/* Elementary functions of the kernel language: k_NAMEf of floats everywhere,
 * k_NAME of doubles under K_FP64. They are made of + - * /, k_fmaf or k_fma and
 * operations on bits, without branches and tables, so they have the same bits
 * on every engine and vectorise in any loop. (A device that flushes subnormal
 * floats, which OpenCL permits, flushes them here too. Which NaN is returned is
 * not promised.)
 *
 * NaN in, NaN out; Inf, overflow, subnormal arguments and results, and the sign
 * of zero are as in C (Annex F), but: pow takes x >= 0 (NaN for others; it does
 * not tell -0 from 0), and sin and cos give NaN beyond |x| = 1e5. k_min(a, b)
 * and k_max give a where a or b is a NaN or both are equal.
 *
 * Largest errors measured, in ulp of the result (0.5: correctly rounded), and
 * time in a vectorised loop over an array in L1, AVX-512, AMD EPYC (Zen 5), one
 * core, 2026-11-21. Floats: all 2^32 arguments (pow: 2 10^6 pairs in each of
 * five regions); doubles: 2 10^6 arguments in each of three regions. Analysis
 * gives 0.96 for exp, which the tests demand of all.
 *
 *            domain        float: ulp    ns    double: ulp    ns
 *     exp    all                 0.90  0.20           0.90  0.56
 *     expm1  all                 0.71  0.30           0.91  0.76
 *     log    all                 0.83  0.30           0.88  0.65
 *     log1p  all                 0.83  0.42           0.85  0.92
 *     pow    x >= 0              0.87  3.1            0.89  8.1
 *     tanh   all                 0.63  0.65           0.78  1.5
 *     sin    |x| <= 1e5          0.79  0.37           0.77  0.87
 *     cos    |x| <= 1e5          0.79  0.34           0.76  0.82
 *     rint, floor, ldexp, min, max, copysign: exact
 *     exp_bounded    |x| <= 87 (double: 708)
 *                                0.89           0.90
 *     expm1_bounded  |x| <= 87 (double: 708); expm1(-0) is +0
 *                                1.47           1.77
 *
 * The last two save a third of the operations; beyond their domain they give
 * some number or NaN, of a NaN also a number, which differs between engines.
 *
 * Methods: reduction by a multiple of ln 2 or pi/2 in two or three parts (Cody
 * and Waite, Software Manual for the Elementary Functions, 1980), the multiple
 * found by adding 1.5 2^52; exp and expm1 assembled as 2^n - 1 + 2^n expm1(r)
 * with the low parts kept (Tang, ACM TOMS 15 (1989) 144 and 18 (1992) 211, here
 * without his tables); log in f = m - 1 with k ln 2 added in two parts; pow by
 * log in pairs (engines/kernel/pair.h). The polynomials are minimax ones, found
 * for this library by Remez exchange with rounded coefficients; their degrees
 * and errors stand beside them. */
#ifndef SUNZI_ENGINES_KERNEL_MATH_H
#define SUNZI_ENGINES_KERNEL_MATH_H

#include "engines/kernel/math_double.h"
#include "engines/kernel/math_float.h"

#endif
