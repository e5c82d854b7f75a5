/* SPDX-License-Identifier: BSD-3-Clause */
/* The kernel language in CUDA C++, which HIP shares. */
#ifndef SUNZI_ENGINES_KERNEL_ON_CUDA_H
#define SUNZI_ENGINES_KERNEL_ON_CUDA_H

#ifdef __HIP__
#pragma clang fp contract(off)
#endif
#ifndef K_FP64
#define double the_kernel_language_has_no_double_here
#endif

typedef signed char k_i8;
typedef unsigned char k_u8;
typedef short k_i16;
typedef unsigned short k_u16;
typedef int k_i32;
typedef unsigned int k_u32;
typedef long long k_i64;
typedef unsigned long long k_u64;

#include "engines/kernel/range.h"

#define restrict __restrict__
#define K_FN        static __device__ __forceinline__
#define K_FN_CALLED static __device__
#define K_GLOBAL
#define K_LOCAL __shared__
#define K_TABLE static __device__ const

#define K_AXIS_(of, axis)                                                      \
    ((int)((axis) == 2 ? of.x : (axis) == 1 ? of.y : of.z))
#define K_GROUP(axis)             K_AXIS_(blockIdx, axis)
#define K_ITEM(axis)              K_AXIS_(threadIdx, axis)
#define K_BARRIER()               __syncthreads()
#define K_BARRIER_ALL()           __syncthreads()
#define K_WORK_ID(axis)           (K_GROUP(axis) * K_AXIS_(blockDim, axis) + K_ITEM(axis))
#define K_WORK_SIZE(axis)         (K_AXIS_(gridDim, axis) * K_AXIS_(blockDim, axis))
#define K_ENTRY_QUALIFIERS        extern "C" __global__
#define K_GROUP_QUALIFIERS(items) extern "C" __global__ __launch_bounds__(items)

#ifdef __HIP__ /* correctly rounded without being asked */
#define k_fmaf(a, b, c) __builtin_fmaf((a), (b), (c))
#define k_sqrtf(a)      __builtin_sqrtf(a)
K_FN int k_dot4(k_u32 a, k_u32 b, int c)
{
    for (int i = 0; i < 32; i += 8)
        c += (k_i8)(a >> i) * (k_i8)(b >> i);
    return c;
}
#else
#define k_fmaf(a, b, c) __fmaf_rn((a), (b), (c))
#define k_sqrtf(a)      __fsqrt_rn(a)
#define k_dot4(a, b, c) __dp4a((int)(a), (int)(b), (c))
#endif
#define k_fabsf(a)         fabsf(a)
#define k_float_bits(x)    ((k_u32)__float_as_int(x))
#define k_float_of(bits)   __int_as_float((int)(bits))
#define k_mul_hi_u32(a, b) __umulhi((a), (b))
#define k_mul_hi_u64(a, b) __umul64hi((a), (b))
#define k_clz_u64(a)       __clzll((long long)(a))
#ifdef K_FP64
#ifdef __HIP__
#define k_fma(a, b, c) __builtin_fma((a), (b), (c))
#define k_sqrt(a)      __builtin_sqrt(a)
#else
#define k_fma(a, b, c) __fma_rn((a), (b), (c))
#define k_sqrt(a)      __dsqrt_rn(a)
#endif
#define k_fabs(a)         fabs(a)
#define k_double_bits(x)  ((k_u64)__double_as_longlong(x))
#define k_double_of(bits) __longlong_as_double((long long)(bits))
#endif

#include "engines/kernel/on_device.h"

#endif
