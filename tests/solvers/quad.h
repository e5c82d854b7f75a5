/* SPDX-License-Identifier: BSD-3-Clause */
/* References for the tests of solvers: matrices of known condition, and
 * solutions in 113-bit arithmetic. */
#ifndef SUNZI_TESTS_SOLVERS_QUAD_H
#define SUNZI_TESTS_SOLVERS_QUAD_H

#include <stdbool.h>
#include <stdint.h>

__extension__ typedef __float128 quad;

/* A generator whose numbers do not depend on the C library. */
typedef struct test_random {
    uint64_t state;
} test_random;
double test_uniform(test_random *random); /* in (-1, 1) */

/* a[i + j n] = U diag(1 .. 10^-digits) V, U and V products of reflections. */
void test_conditioned(int n, double digits, test_random *random, double *a);
/* Symmetric positive definite: U diag(1 .. 10^-digits) U^T. */
void test_definite(int n, double digits, test_random *random, double *a);

/* x of A x = b, element (i, j) of A at a[i + j n]. Partial pivoting. */
void test_solve_quad(int n, const double *a, const double *b, quad *x);
/* The same by refinement with FP64 factors, until the correction is below 2^-80
 * of x; false: it does not come there. For large n. */
bool test_refine_quad(int n, const double *a, const double *b, quad *x);
/* r = b - A x */
void test_residual_quad(int n, const double *a, const double *b, const quad *x,
                        quad *r);
/* max |x - y| / max |y| */
double test_error(int n, const double *x, const quad *y);

#endif
