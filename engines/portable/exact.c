/* SPDX-License-Identifier: BSD-3-Clause */
/* Exact sums, term by term. */
#include "engines/cpu/exact.h"

void sunzi_portable_exact_sum(int64_t n, const double *x,
                              sunzi_accumulator *sum)
{
    for (int64_t h = 0; h < n; h++)
        sunzi_accumulator_add(sum, x[h]);
}

void sunzi_portable_exact_dot(int64_t n, const double *x, const double *y,
                              sunzi_accumulator *sum)
{
    for (int64_t h = 0; h < n; h++)
        sunzi_accumulator_add_product(sum, x[h], y[h]);
}
