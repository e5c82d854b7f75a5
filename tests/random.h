/* SPDX-License-Identifier: BSD-3-Clause */
/* Random numbers of tests and benchmarks, the same on every machine. */
#ifndef SUNZI_TESTS_RANDOM_H
#define SUNZI_TESTS_RANDOM_H

#include <stdint.h>

/* The next state of a congruential generator (D. E. Knuth's MMIX): its high
 * bits are good, and it is cheap. */
static inline uint64_t random_step(uint64_t *state)
{
    *state =
        *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state;
}

/* The bits of a counter without any pattern (splitmix64, S. Vigna). */
static inline uint64_t random_mix(uint64_t z)
{
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* The next bits of splitmix64 as a generator. */
static inline uint64_t next_bits(uint64_t *state)
{
    return random_mix(*state += UINT64_C(0x9e3779b97f4a7c15));
}

/* The same of an entry of a matrix, in any order. */
static inline uint64_t random_entry_bits(int64_t i, int64_t j)
{
    return random_mix((uint64_t)i * UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)j +
                      1);
}

/* A whole number from .. to, of the congruential generator. */
static inline int random_between(uint64_t *state, int from, int to)
{
    return from + (int)((random_step(state) >> 33) % (uint64_t)(to - from + 1));
}

#endif
