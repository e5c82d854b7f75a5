/* SPDX-License-Identifier: BSD-3-Clause */
/* Kernels of a device: an entry that places the arrays (memory and first
 * element, as OpenCL has no pointers into buffers on the host), and the body,
 * one work item a point or more. */
#ifndef SUNZI_ENGINES_KERNEL_ON_DEVICE_H
#define SUNZI_ENGINES_KERNEL_ON_DEVICE_H

#define K_ENTRY_IN_(type, name)                                                \
    , K_GLOBAL const type *name##_memory, k_i64 name##_first
#define K_ENTRY_OUT_(type, name)                                               \
    , K_GLOBAL type *name##_memory, k_i64 name##_first
#define K_ENTRY_VALUE_(type, name) , type name
#define K_PASS_ARRAY_(type, name)  , name##_memory + name##_first
#define K_PASS_VALUE_(type, name)  , name
#define K_BODY_IN_(type, name)     , K_GLOBAL const type *restrict name
#define K_BODY_OUT_(type, name)    , K_GLOBAL type *restrict name
#define K_BODY_VALUE_(type, name)  , const type name
#define K_PLACE_IN_(type, name)                                                \
    K_GLOBAL const type *restrict name = name##_memory + name##_first;
#define K_PLACE_OUT_(type, name)                                               \
    K_GLOBAL type *restrict name = name##_memory + name##_first;
#define K_PLACE_VALUE_(type, name)

#define K_POINTS_(name, qualifiers)                                            \
    K_FN void name##_body(                                                     \
        k_range k_r K_ARGS_##name(K_BODY_IN_, K_BODY_OUT_, K_BODY_VALUE_));    \
    qualifiers void name(                                                      \
        k_range k_r K_ARGS_##name(K_ENTRY_IN_, K_ENTRY_OUT_, K_ENTRY_VALUE_))  \
    {                                                                          \
        name##_body(                                                           \
            k_r K_ARGS_##name(K_PASS_ARRAY_, K_PASS_ARRAY_, K_PASS_VALUE_));   \
    }                                                                          \
    K_FN void name##_body(                                                     \
        k_range k_r K_ARGS_##name(K_BODY_IN_, K_BODY_OUT_, K_BODY_VALUE_))

#define K_KERNEL(name)             K_POINTS_(name, K_ENTRY_QUALIFIERS)
#define K_TEAM_KERNEL(name, items) K_POINTS_(name, K_GROUP_QUALIFIERS(items))
/* groups are as many as teams */
#define K_EACH_TEAM(p)   const int p = k_r.first[1] + K_GROUP(1);
#define K_MEMBER()       K_ITEM(2)
#define K_MEMBERS(items) (items)
#define K_STRIP(most)    1
#define K_VECTOR(i)      (i)
#define K_VECTORS(n)     (n)
#define K_LANE(is_in)    1
#define K_UNROLLED
#define K_EACH_MEMBER(i, from, to, items)                                      \
    for (int i = (from) + K_MEMBER(); i < (to); i += (items))
#define K_EACH_FOR_MOST(most, i, from, to) for (int i = (from); i < (to); i++)
#define K_EACH_OF_STRIP(l, count)          for (int l = 0; l < 1; l++)

#define K_GROUP_KERNEL(name, items)                                            \
    K_GROUP_QUALIFIERS(items)                                                  \
    void name(                                                                 \
        k_range k_r K_ARGS_##name(K_ENTRY_IN_, K_ENTRY_OUT_, K_ENTRY_VALUE_))
#define K_BEGIN(name)                                                          \
    (void)k_r;                                                                 \
    K_ARGS_##name(K_PLACE_IN_, K_PLACE_OUT_, K_PLACE_VALUE_)

#define K_ALONG_(i, axis)                                                      \
    for (int i = k_r.first[axis] + K_WORK_ID(axis); i < k_r.last[axis];        \
         i += K_WORK_SIZE(axis))
#define K_EACH(i) K_ALONG_ (i, 2)
#define K_EACH2(i, j)                                                          \
    K_ALONG_ (i, 1)                                                            \
        K_ALONG_ (j, 2)
#define K_EACH3(i, j, k)                                                       \
    K_ALONG_ (i, 0)                                                            \
        K_ALONG_ (j, 1)                                                        \
            K_ALONG_ (k, 2)

#endif
