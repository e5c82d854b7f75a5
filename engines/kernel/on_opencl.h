/* SPDX-License-Identifier: BSD-3-Clause */
/* The kernel language in OpenCL C 1.2. */
#ifndef SUNZI_ENGINES_KERNEL_ON_OPENCL_H
#define SUNZI_ENGINES_KERNEL_ON_OPENCL_H

#pragma OPENCL FP_CONTRACT OFF
#ifdef K_FP64
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#else
/* no statement can use FP64 where the device has none or shall not */
#define double the_kernel_language_has_no_double_here
#endif

typedef char k_i8;
typedef uchar k_u8;
typedef short k_i16;
typedef ushort k_u16;
typedef int k_i32;
typedef uint k_u32;
typedef long k_i64;
typedef ulong k_u64;

#include "engines/kernel/range.h"

#define K_FN        static inline
#define K_FN_CALLED K_FN
#define K_GLOBAL    __global
#define K_LOCAL     __local
#define K_TABLE     __constant

#define K_GROUP(axis)      ((int)get_group_id(2 - (axis)))
#define K_ITEM(axis)       ((int)get_local_id(2 - (axis)))
#define K_BARRIER()        barrier(CLK_LOCAL_MEM_FENCE)
#define K_BARRIER_ALL()    barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)
#define K_WORK_ID(axis)    ((int)get_global_id(2 - (axis)))
#define K_WORK_SIZE(axis)  ((int)get_global_size(2 - (axis)))
#define K_ENTRY_QUALIFIERS __kernel
#define K_GROUP_QUALIFIERS(items)                                              \
    __attribute__((reqd_work_group_size((items), 1, 1))) __kernel

#define k_fmaf(a, b, c)    fma((float)(a), (float)(b), (float)(c))
#define k_sqrtf(a)         sqrt((float)(a))
#define k_fabsf(a)         fabs((float)(a))
#define k_float_bits(x)    as_uint((float)(x))
#define k_float_of(bits)   as_float((k_u32)(bits))
#define k_mul_hi_u32(a, b) mul_hi((k_u32)(a), (k_u32)(b))
#define k_mul_hi_u64(a, b) mul_hi((k_u64)(a), (k_u64)(b))
#ifdef K_DOT4
#pragma OPENCL EXTENSION cl_khr_integer_dot_product : enable
#define k_dot4(a, b, c) ((c) + dot_4x8packed_ss_int((a), (b)))
#else
static inline int k_dot4(k_u32 a, k_u32 b, int c)
{
    const int4 products = convert_int4(as_char4(a)) * convert_int4(as_char4(b));
    return c + products.x + products.y + products.z + products.w;
}
#endif
#define k_clz_u64(a) ((int)clz((k_u64)(a)))
#ifdef K_FP64
#define k_fma(a, b, c)    fma((double)(a), (double)(b), (double)(c))
#define k_sqrt(a)         sqrt((double)(a))
#define k_fabs(a)         fabs((double)(a))
#define k_double_bits(x)  as_ulong((double)(x))
#define k_double_of(bits) as_double((k_u64)(bits))
#endif

#include "engines/kernel/on_device.h"

#endif
