/* SPDX-License-Identifier: BSD-3-Clause */
/* The kernel language on the host, in four roles:
 * - by default, for who launches: the type NAME_args of a launch's arguments
 *   and the descriptor sunzi_kernel_NAME (engines/launch.h);
 * - K_DEFINE: the descriptors themselves (engines/kernel/descriptors.c);
 * - K_ENGINE: the loops of one CPU engine (engines/kernel/loops.h);
 * - K_FILE: both, of a file that is compiled at run time
 *   (engines/kernel/file.h).
 * Group kernels are for devices; here their bodies are only compiled. A team of
 * a team kernel is one thread. */
#ifndef SUNZI_ENGINES_KERNEL_ON_HOST_H
#define SUNZI_ENGINES_KERNEL_ON_HOST_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "engines/kernel/descriptor.h"

typedef int8_t k_i8;
typedef uint8_t k_u8;
typedef int16_t k_i16;
typedef uint16_t k_u16;
typedef int32_t k_i32;
typedef uint32_t k_u32;
typedef int64_t k_i64;
typedef uint64_t k_u64;

#define K_FP64 1
/* inlined whatever its size, or loops that call it are not vectorised */
#define K_FN static inline __attribute__((always_inline))
/* not inlined: loops that call it are not */
#define K_FN_CALLED static __attribute__((noinline, unused))
#define K_GLOBAL
#define K_LOCAL
#define K_TABLE static const

#define K_GROUP(axis)   0
#define K_ITEM(axis)    0
#define K_BARRIER()     (void)0
#define K_BARRIER_ALL() (void)0

#define k_fmaf(a, b, c) fmaf((a), (b), (c))
#define k_sqrtf(a)      sqrtf(a)
#define k_fabsf(a)      fabsf(a)
#define k_fma(a, b, c)  fma((a), (b), (c))
#define k_sqrt(a)       sqrt(a)
#define k_fabs(a)       fabs(a)

static inline k_u32 k_float_bits(float x)
{
    k_u32 bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline float k_float_of(k_u32 bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline k_u64 k_double_bits(double x)
{
    k_u64 bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline double k_double_of(k_u64 bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline k_u32 k_mul_hi_u32(k_u32 a, k_u32 b)
{
    return (k_u32)((k_u64)a * b >> 32);
}

static inline k_u64 k_mul_hi_u64(k_u64 a, k_u64 b)
{
    __extension__ typedef unsigned __int128 wide;
    return (k_u64)((wide)a * b >> 64);
}

static inline int k_clz_u64(k_u64 a) /* 64 for 0 */
{
    return a ? __builtin_clzll(a) : 64;
}

/* c + the dot product of the four signed bytes of a and of b */
static inline int k_dot4(k_u32 a, k_u32 b, int c)
{
    for (int i = 0; i < 32; i += 8)
        c += (int8_t)(a >> i) * (int8_t)(b >> i);
    return c;
}

#define K_FIELD_ARRAY_(type, name) k_array name;
#define K_FIELD_VALUE_(type, name) type name;
#define K_BODY_IN_(type, name)     , const type *restrict name
#define K_BODY_OUT_(type, name)    , type *restrict name
#define K_BODY_VALUE_(type, name)  , const type name

#define K_ARGUMENTS_(name)                                                     \
    typedef struct name##_args {                                               \
        K_ARGS_##name(K_FIELD_ARRAY_, K_FIELD_ARRAY_, K_FIELD_VALUE_)          \
    } name##_args;
#define K_BODY_(name)                                                          \
    static inline void name##_body(                                            \
        k_range k_r K_ARGS_##name(K_BODY_IN_, K_BODY_OUT_, K_BODY_VALUE_))

#define K_LIST_IN_(type, field)                                                \
    {#field, SUNZI_KERNEL_IN, offsetof(owner, field), sizeof(type)},
#define K_LIST_OUT_(type, field)                                               \
    {#field, SUNZI_KERNEL_OUT, offsetof(owner, field), sizeof(type)},
#define K_LIST_VALUE_(type, field)                                             \
    {#field, SUNZI_KERNEL_VALUE, offsetof(owner, field), sizeof(type)},
#define K_LIST_ARGUMENTS_(kernel)                                              \
    static const sunzi_kernel_argument *kernel##_arguments(void)               \
    {                                                                          \
        typedef kernel##_args owner;                                           \
        static const sunzi_kernel_argument list[] = {                          \
            K_ARGS_##kernel(K_LIST_IN_, K_LIST_OUT_, K_LIST_VALUE_){0}};       \
        return list;                                                           \
    }                                                                          \
    _Static_assert(sizeof(kernel##_args) <= SUNZI_KERNEL_BYTES_MAX,            \
                   #kernel " has too many arguments");

#define K_PASS_IN_(type, name)                                                 \
    , (const type *)(const void *)a->name.memory + a->name.first
#define K_PASS_OUT_(type, name)   , (type *)(void *)a->name.memory + a->name.first
#define K_PASS_VALUE_(type, name) , a->name
#define K_LOOP_(kernel)                                                        \
    K_BODY_(kernel);                                                           \
    static void kernel##_loop(k_range k_r, const void *args)                   \
    {                                                                          \
        const kernel##_args *a = args;                                         \
        kernel##_body(                                                         \
            k_r K_ARGS_##kernel(K_PASS_IN_, K_PASS_OUT_, K_PASS_VALUE_));      \
    }

#define K_ENTRY_(kernel, group_items, loop)                                    \
    static const sunzi_kernel_entry kernel##_entry = {                         \
        {#kernel, -1, (group_items), sizeof(kernel##_args),                    \
         kernel##_arguments, NULL},                                            \
        loop};                                                                 \
    __attribute__((                                                            \
        section("sunzi_kernels"),                                              \
        used)) static const sunzi_kernel_entry *const kernel##_listed =        \
        &kernel##_entry;

#if defined K_DEFINE
#define K_ROLE_(kernel, group_items)                                           \
    K_LIST_ARGUMENTS_(kernel)                                                  \
    const sunzi_kernel sunzi_kernel_##kernel = {#kernel,                       \
                                                K_INDEX_##kernel,              \
                                                (group_items),                 \
                                                sizeof(kernel##_args),         \
                                                kernel##_arguments,            \
                                                NULL};
#elif defined K_ENGINE
#define K_ROLE_(kernel, group_items) K_LOOP_(kernel)
#elif defined K_FILE
#define K_ROLE_(kernel, group_items)                                           \
    K_LIST_ARGUMENTS_(kernel)                                                  \
    K_LOOP_(kernel)                                                            \
    K_ENTRY_(kernel, group_items, kernel##_loop)
#else
#define K_ROLE_(kernel, group_items)                                           \
    extern const sunzi_kernel sunzi_kernel_##kernel;
#endif

#if defined K_ENGINE
#define K_GROUP_ROLE_(kernel, items)
#elif defined K_FILE
#define K_GROUP_ROLE_(kernel, items)                                           \
    K_LIST_ARGUMENTS_(kernel)                                                  \
    K_ENTRY_(kernel, items, NULL)
#else
#define K_GROUP_ROLE_(kernel, items) K_ROLE_(kernel, items)
#endif

#define K_KERNEL(name) K_ARGUMENTS_(name) K_ROLE_(name, 0) K_BODY_(name)
#define K_GROUP_KERNEL(name, items)                                            \
    K_ARGUMENTS_(name) K_GROUP_ROLE_(name, items) K_BODY_(name)
#define K_BEGIN(name) (void)k_r;
#define K_TEAM_KERNEL(name, items)                                             \
    K_ARGUMENTS_(name) K_ROLE_(name, items) K_BODY_(name)
#define K_EACH_TEAM(p)   K_ALONG_ (p, 1)
#define K_MEMBER()       0
#define K_MEMBERS(items) 1
#define K_STRIP(most)    (most)
#define K_VECTOR(i)      ((i) / 16 * 16)
#define K_VECTORS(n)     (((n) + 15) / 16 * 16)
#define K_EACH_MEMBER(i, from, to, items)                                      \
    _Pragma("omp simd") for (int i = (from); i < (to); i++)
#define K_UNROLLED      _Pragma("GCC unroll 16")
#define K_LANE(is_in)   (is_in)
#define K_PRAGMA_(text) _Pragma(#text)
#define K_EACH_FOR_MOST(most, i, from, to)                                     \
    K_PRAGMA_(omp simd reduction(max : most))                                  \
    for (int i = (from); i < (to); i++)
#define K_EACH_OF_STRIP(l, count)                                              \
    _Pragma("omp simd") for (int l = 0; l < (count); l++)

#define K_ALONG_(i, axis) for (int i = k_r.first[axis]; i < k_r.last[axis]; i++)
#define K_EACH(i)         _Pragma("omp simd") K_ALONG_ (i, 2)
#define K_EACH2(i, j)                                                          \
    K_ALONG_ (i, 1)                                                            \
    _Pragma("omp simd") K_ALONG_ (j, 2)
#define K_EACH3(i, j, k)                                                       \
    K_ALONG_ (i, 0)                                                            \
        K_ALONG_ (j, 1)                                                        \
    _Pragma("omp simd") K_ALONG_ (k, 2)

#endif
