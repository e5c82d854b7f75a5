/* SPDX-License-Identifier: BSD-3-Clause */
/* Random linear systems for tests. */
#ifndef SUNZI_TESTS_SOLVERS_PROBLEM_H
#define SUNZI_TESTS_SOLVERS_PROBLEM_H

#include <stdint.h>
#include <sunzi/solve.h>

/* A, B and room for X; column-major, one block of memory from a on. */
typedef struct test_problem {
    int n, nrhs;
    double *a, *b, *x;
} test_problem;

/* Condition 10^digits; X is set to -7. */
test_problem test_problem_make(int n, int nrhs, double digits, int definite,
                               uint64_t seed);

/* sunzi_dsolve of it. */
sunzi_status test_problem_solve(const test_problem *p,
                                const sunzi_solve_options *o,
                                sunzi_solve_report *r,
                                sunzi_column_report *columns);

#endif
