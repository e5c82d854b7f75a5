/* SPDX-License-Identifier: BSD-3-Clause */
/* The lesser and the greater of two integers, and multiples. */
#ifndef SUNZI_CORE_INTEGER_H
#define SUNZI_CORE_INTEGER_H

#include <stddef.h>
#include <stdint.h>

static inline int32_t sunzi_min32(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static inline int32_t sunzi_max32(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

static inline int64_t sunzi_min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static inline int64_t sunzi_max64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static inline size_t sunzi_max_size(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* The least multiple of unit > 0 that is not below a >= 0. */
static inline int64_t sunzi_round_up(int64_t a, int64_t unit)
{
    return (a + unit - 1) / unit * unit;
}

static inline size_t sunzi_round_up_size(size_t a, size_t unit)
{
    return (a + unit - 1) / unit * unit;
}

#endif
