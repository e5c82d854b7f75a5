/* SPDX-License-Identifier: BSD-3-Clause */
/* A matrix as read from a file: triplets with sorted, summed duplicates,
 * general (symmetric, skew and Hermitian storage already expanded). */
#ifndef SUNZI_IO_MATRIX_H
#define SUNZI_IO_MATRIX_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"

typedef enum sunzi_matrix_symmetry {
    SUNZI_SYMMETRY_NONE,
    SUNZI_SYMMETRY_SYMMETRIC,
    SUNZI_SYMMETRY_SKEW,
    SUNZI_SYMMETRY_HERMITIAN
} sunzi_matrix_symmetry;

typedef struct sunzi_matrix {
    int32_t rows, cols;
    int64_t entries; /* after expansion and summation, explicit zeros kept */
    bool complex_values;            /* then value has 2 doubles an entry */
    sunzi_matrix_symmetry symmetry; /* as the file declares it */
    char format[64];    /* "Matrix Market coordinate real symmetric" */
    char title[80];     /* from the file, printable, may be "" */
    int32_t *row, *col; /* 0-based, sorted by column, then row */
    double *value;      /* duplicates are summed in the order of the file */
} sunzi_matrix;

/* Read a file: Matrix Market (banner %%MatrixMarket) or Harwell-Boeing (RUA,
 * RSA, CUA, PUA ... assembled types), told apart by content. Failures name
 * file, line, what was found, what is allowed. SUNZI_ERR_FILE (missing, a
 * directory, not readable), SUNZI_ERR_FORMAT (truncated, wrong counts, index
 * out of range, text where a number belongs, NaN or infinity), SUNZI_ERR_NOMEM.
 * *matrix is zeroed then. */
sunzi_status sunzi_matrix_read(const char *path, sunzi_matrix *matrix);
void sunzi_matrix_clear(sunzi_matrix *matrix); /* zeroed: allowed */

/* dense[i + j ld] = the matrix; complex ones as the real equivalent
 * [Re -Im; Im Re] of twice the order. */
void sunzi_matrix_to_dense(const sunzi_matrix *matrix, double *dense,
                           int64_t ld);
/* Largest number of nonzero entries no two of which share a row or column
 * (maximum matching); < rows: structurally singular. *row: some unmatched row,
 * 0-based; -1 if there is none. */
sunzi_status sunzi_matrix_structural_rank(const sunzi_matrix *matrix,
                                          int32_t *rank, int32_t *row);

/* Write an array file (17 digits, independent of the locale) to a temporary
 * name and rename it: the path holds the old file or the whole new one. */
sunzi_status sunzi_matrix_market_write(const char *path, int64_t rows,
                                       int64_t cols, const double *dense,
                                       int64_t ld, const char *comment);

#endif
