/* SPDX-License-Identifier: BSD-3-Clause */
/* The kernel language. A kernel is written once, in this subset of C, and runs
 * on every CPU engine (compiled with that engine's flags), and, compiled at run
 * time, on OpenCL 1.2 devices and on CUDA and HIP ones. doc/kernels.md is its
 * manual; tests/meta/kernels.sh checks its rules.
 *
 *     #include "engines/kernel/language.h"
 *
 *     #define K_ARGS_scale_add(IN, OUT, VALUE)                               \
 *         IN(float, x) OUT(float, y) VALUE(float, a)
 *     K_KERNEL(scale_add)
 *     {
 *         K_EACH (i)
 *             y[i] = k_fmaf(a, x[i], y[i]);
 *     }
 *
 * IN is an array that is read, OUT one that is written (and may be read), VALUE
 * a number. The arrays of one launch do not overlap. The bodies of K_EACH are
 * independent of each other: on a CPU they are a loop that is vectorised and
 * shared out to threads, on a device one work item each.
 *
 * Same bits everywhere: no operation is fused or reordered by a compiler
 * (k_fmaf fuses), + - * / and k_sqrtf round to nearest even, the functions of
 * engines/kernel/math.h are made of these. */
#ifndef SUNZI_ENGINES_KERNEL_LANGUAGE_H
#define SUNZI_ENGINES_KERNEL_LANGUAGE_H

#if defined __OPENCL_VERSION__
#include "engines/kernel/on_opencl.h"
#elif defined __CUDACC_RTC__ || defined __HIPCC_RTC__ || defined __CUDACC__ || \
    defined __HIP__
#include "engines/kernel/on_cuda.h"
#else
#include "engines/kernel/on_host.h"
#endif

#endif
