/* SPDX-License-Identifier: BSD-3-Clause */
/* How factors are stored: packed L and U (unit L) or L of Cholesky, rows
 * contiguous; by_columns: columns contiguous (LAPACK's LU). In tiles: the local
 * part of that, rows contiguous; pivots are whole on every process. */
#ifndef SUNZI_SOLVERS_DENSE_FACTORS_STORE_H
#define SUNZI_SOLVERS_DENSE_FACTORS_STORE_H

#include "engines/memory.h"
#include "solvers/dense/factors.h"
#include "solvers/dense/tiles.h"

/* Factors that stay on the device of their context. */
typedef struct sunzi_device_factors {
    sunzi_context *ctx;
    sunzi_memory *data; /* as struct sunzi_factors says */
    sunzi_memory *z;    /* right-hand sides of solves */
    bool by_unit;       /* updated by the device's own products */
    sunzi_status failed;
} sunzi_device_factors;

struct sunzi_factors {
    int n;
    int64_t ld;
    sunzi_factor factor;
    bool single; /* data is float, else double */
    bool cholesky, by_columns;
    void *data;                   /* NULL: on the device */
    sunzi_device_factors *device; /* NULL: here */
    int *pivots;                  /* 1-based, NULL for Cholesky */
    double largest;               /* max |S| */
    size_t bytes;
    sunzi_tiles *tiles; /* NULL: all of it is here */
    /* In tiles, FP32: updated on the device, by its own products, which took so
     * many bytes there. */
    bool updated_there, by_unit;
    size_t device_bytes;
};

/* Rows i .. and columns j .. of what is here, rows x cols, which are those from
 * global_i and global_j on of the whole matrix. */
typedef struct sunzi_factors_piece {
    int64_t i, j, global_i, global_j;
    int rows, cols;
} sunzi_factors_piece;

/* Copy that piece of S to the storage of the factors (where that is by columns,
 * rows and columns change places); the largest magnitude, or NaN. */
double sunzi_factors_copy(const sunzi_context *ctx, const sunzi_dense *a,
                          const sunzi_factors *f, sunzi_factors_piece piece);

/* Bytes of the storage of rows x cols numbers. */
size_t sunzi_factors_storage_bytes(int rows, int cols, size_t number_bytes);

/* Factorize what the storage on the device holds by an FP32 LU or Cholesky
 * there; pivots from 0. *bad: 0, or the 1-based column without a usable pivot,
 * of Cholesky the order of the leading block that is not positive definite. The
 * bits are those of the reproducible factorization of a CPU engine.
 * SUNZI_ERR_NOMEM, SUNZI_ERR_DEVICE. */
sunzi_status sunzi_factorize_on_device(sunzi_context *ctx, sunzi_factors *f,
                                       int *bad);

/* Bytes of the device that it takes meanwhile, besides the operands of units.
 */
size_t sunzi_device_lu_bytes(int n);

/* Room on the device for `bytes` of storage. SUNZI_ERR_NOMEM. */
sunzi_status sunzi_device_factors_create(sunzi_context *ctx, int n,
                                         size_t bytes,
                                         sunzi_device_factors **factors);
void sunzi_device_factors_destroy(sunzi_device_factors **factors);
/* sunzi_factors_solve without the interchanges. */
void sunzi_device_factors_solve(const sunzi_factors *f, bool transposed,
                                int nrhs, double *z, int64_t ldz);

/* A triangle in memory, rows contiguous; shape [n, n]. */
typedef struct sunzi_triangle {
    sunzi_context *ctx;
    int threads, n;
    bool single, lower, unit;
    const void *data;
    int64_t ld;
} sunzi_triangle;

/* T x = z, or T^T x = z, in place, in a fixed order. */
void sunzi_triangle_solve(const sunzi_triangle *t, bool transposed, int nrhs,
                          double *z, int64_t ldz);

#endif
