/* SPDX-License-Identifier: BSD-3-Clause */
/* Linear systems given by their entries, so that every process can make any
 * part of them. */
#ifndef SUNZI_TESTS_MPI_ENTRIES_H
#define SUNZI_TESTS_MPI_ENTRIES_H

#include <math.h>
#include <stdint.h>

#include "tests/random.h"

typedef double entry_fn(int n, int i, int j);

/* In (-1, 1), from the indices. */
static inline double hashed(int i, int j)
{
    return (double)(int64_t)random_entry_bits(i, j) * 0x1p-63;
}

static inline double random_entry(int n, int i, int j)
{
    return hashed(i, j) + (i == j ? 0.01 * n : 0);
}

/* Rows and columns of very different size. */
static inline double scaled_entry(int n, int i, int j)
{
    return ldexp(random_entry(n, i, j), 40 * (i % 7) - 60 * (j % 5));
}

/* Beyond what can be scaled without a copy. */
static inline double far_entry(int n, int i, int j)
{
    return ldexp(random_entry(n, i, j), 300 * (i % 3) - 350 * (j % 2));
}

static inline double definite_entry(int n, int i, int j)
{
    return exp(-0.3 * fabs((double)(i - j))) * (1 + 1.0 / (1 + i) / (1 + j)) +
           (i == j ? 0.001 * n : 0);
}

static inline double hard_entry(int n, int i, int j) /* condition about 1e9 */
{
    return (i == j) + (i == j + 1 ? -0.99 : 0) + 1e-9 * hashed(i, j) +
           (j == n - 1 ? 0.5 : 0) + (i == 0 ? 1e-3 : 0);
}

static inline double right_entry(int n, int i, int j)
{
    (void)n;
    return hashed(i, 5000 + j);
}

/* Zero columns, columns of very different size; of all of them, or from
 * first_column on. */
static int first_column;

static inline double many_entry(int n, int i, int j)
{
    j += first_column;
    return j % 9 == 4 ? 0 : ldexp(right_entry(n, i, j), j % 7 * 100 - 300);
}

#endif
