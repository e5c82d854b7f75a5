/* SPDX-License-Identifier: BSD-3-Clause */
/* Random linear systems. */
#include "tests/solvers/problem.h"

#include <stdlib.h>

#include "tests/solvers/quad.h"

test_problem test_problem_make(int n, int nrhs, double digits, int definite,
                               uint64_t seed)
{
    test_random random = {seed};
    const size_t entries = (size_t)n * (size_t)n, right = (size_t)(n * nrhs);
    test_problem p = {n, nrhs, malloc((entries + 2 * right) * sizeof(double)),
                      NULL, NULL};
    p.b = p.a + entries;
    p.x = p.b + right;
    if (definite)
        test_definite(n, digits, &random, p.a);
    else
        test_conditioned(n, digits, &random, p.a);
    for (int i = 0; i < n * nrhs; i++) {
        p.b[i] = test_uniform(&random);
        p.x[i] = -7;
    }
    return p;
}

sunzi_status test_problem_solve(const test_problem *p,
                                const sunzi_solve_options *o,
                                sunzi_solve_report *r,
                                sunzi_column_report *columns)
{
    return sunzi_dsolve(NULL, SUNZI_COL_MAJOR, p->n, p->nrhs, p->a, p->n, p->b,
                        p->n, p->x, p->n, o, r, columns);
}
