/* SPDX-License-Identifier: BSD-3-Clause */
/* How factors are stored: packed L and U (unit L) or L of Cholesky, rows
 * contiguous; by_columns: columns contiguous (LAPACK's LU). */
#ifndef SUNZI_SOLVERS_DENSE_FACTORS_STORE_H
#define SUNZI_SOLVERS_DENSE_FACTORS_STORE_H

#include "solvers/dense/factors.h"

struct sunzi_factors {
    int n;
    int64_t ld;
    sunzi_factor factor;
    bool single; /* data is float, else double */
    bool cholesky, by_columns;
    void *data;
    int *pivots;    /* 1-based, NULL for Cholesky */
    double largest; /* max |S| */
    size_t bytes;
};

#endif
