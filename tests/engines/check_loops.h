/* SPDX-License-Identifier: BSD-3-Clause */
/* The kernels of the tests as loops of one CPU engine, as
 * engines/kernel/loops.h makes those of the library. Without K_ENGINE: who runs
 * them. */
#ifndef SUNZI_TESTS_ENGINES_CHECK_LOOPS_H
#define SUNZI_TESTS_ENGINES_CHECK_LOOPS_H

#include "tests/engines/math_check.k.h"
#include "tests/engines/relax.k.h"

#define CHECK_KERNELS(LOOP)                                                    \
    LOOP(check_math_float)                                                     \
    LOOP(check_math_double)                                                    \
    LOOP(check_soft64)                                                         \
    LOOP(check_pair)                                                           \
    LOOP(check_pair_bits)                                                      \
    LOOP(relax_fp64)                                                           \
    LOOP(relax_fp32)                                                           \
    LOOP(relax_fp32c)                                                          \
    LOOP(relax_df64)

#define CHECK_INDEX_(name) LOOP_##name,
enum { CHECK_KERNELS(CHECK_INDEX_) CHECK_KERNEL_COUNT };
#undef CHECK_INDEX_

#ifdef K_ENGINE
#define CHECK_LINE_(name) name##_loop,
sunzi_kernel_loop *const K_ENGINE[CHECK_KERNEL_COUNT] = {
    CHECK_KERNELS(CHECK_LINE_)};
#else
extern sunzi_kernel_loop *const check_portable_loops[];
extern sunzi_kernel_loop *const check_avx2_loops[];
extern sunzi_kernel_loop *const check_avx512_loops[];
#endif

#endif
