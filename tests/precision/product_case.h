/* SPDX-License-Identifier: BSD-3-Clause */
/* What the product tests share: numbers from a seed, matrices with padding, and
 * a reference in 113-bit arithmetic. */
#ifndef SUNZI_TESTS_PRODUCT_CASE_H
#define SUNZI_TESTS_PRODUCT_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sunzi/sunzi.h>

__extension__ typedef __float128 quad;

/* Doubles of a matrix with its padding, which holds a pattern. */
typedef struct matrix {
    int rows, cols, layout, ld; /* as stored */
    int width;                  /* doubles a number: 2 if complex */
    double *x;
} matrix;

double uniform(uint64_t *state); /* in (-1, 1) */
double gauss(uint64_t *state);   /* nearly normal, variance 1 */
matrix new_matrix(int layout, int rows, int cols, int width, int padding);
void free_matrix(matrix *a);
size_t doubles_of(const matrix *a);
double *at(const matrix *a, int i, int j);
/* element (i, j) of op(A), part 0 or 1 */
double op_at(const matrix *a, int trans, int i, int j, int part);
void fill_uniform(matrix *a, uint64_t *state);
void copy_matrix(const matrix *from, const matrix *to);
bool same_bits(const matrix *a, const matrix *b);
bool padding_untouched(const matrix *a);

/* sum over h of op(A)_ih op(B)_hj, and of the magnitudes */
void reference(const matrix *a, int transa, const matrix *b, int transb, int k,
               int i, int j, quad *sum, quad *magnitude);

/* max over up to `samples` entries of |C - A B| / (u |A||B|) of plain products;
 * infinity if an entry without terms is not 0. */
double relative_error(const matrix *a, const matrix *b, const matrix *c,
                      int samples);

/* A context of an engine; NULL where it cannot be used. */
sunzi_context *new_context(const char *engine, int threads, size_t limit);

#endif
