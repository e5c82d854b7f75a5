/* SPDX-License-Identifier: BSD-3-Clause */
/* What the tests of the kernel language share: random bits and the engines
 * whose loops this CPU can run. */
#ifndef SUNZI_TESTS_ENGINES_KERNEL_CHECK_H
#define SUNZI_TESTS_ENGINES_KERNEL_CHECK_H

#include <stdint.h>

#include "engines/kernel/descriptor.h"
#include "tests/random.h"

/* number i of stream `seed` */
static inline uint64_t check_random(uint64_t seed, uint64_t i)
{
    return random_mix((seed << 40) + (i + 1) * 0x9e3779b97f4a7c15u);
}

/* in [0, 1) */
static inline double check_uniform(uint64_t seed, uint64_t i)
{
    return (double)(check_random(seed, i) >> 11) * 0x1p-53;
}

typedef struct check_engine {
    const char *name;
    sunzi_kernel_loop *const *loops; /* by LOOP_NAME */
} check_engine;

/* The engines that this CPU runs, portable first; ends with name == NULL. */
const check_engine *check_engines(void);

/* points 0 .. n - 1 of axis 2 */
static inline k_range check_points(int n)
{
    const k_range range = {{0, 0, 0}, {1, 1, n}};
    return range;
}

/* an array of a launch, as the loops get it */
#define CHECK_ARRAY(address)                                                   \
    {                                                                          \
        (struct sunzi_memory *)(void *)(address), 0                            \
    }

#endif
