/* SPDX-License-Identifier: BSD-3-Clause */
/* Real matrices: grade accurate gives 4u wherever the condition estimate is
 * below 1e15, at every rung; never a wrong answer with status OK. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/sunzi.h>

#include "io/matrix.h"
#include "tests/solvers/quad.h"

enum { LARGEST = 2100 };

/* The dense copy, b = A x0, and the solution of this system. */
typedef struct problem {
    int n;
    double *a, *b, *x;
    quad *exact;
    bool known; /* the reference converged */
} problem;

static bool load(const char *name, problem *p)
{
    char path[1024];
    sunzi_matrix m;
    snprintf(path, sizeof path, "%s/%s", SUNZI_MATRICES, name);
    if (sunzi_matrix_read(path, &m) < 0) {
        print_message("%s: %s\n", name, sunzi_last_message());
        return false;
    }
    test_random random = {11};
    const int n = m.complex_values ? 2 * m.rows : m.rows;
    const size_t entries = (size_t)n * (size_t)n;
    *p = (problem){.n = n};
    if (m.rows == m.cols && n <= LARGEST) {
        p->a = calloc(entries, sizeof(double));
        p->b = calloc((size_t)n, sizeof(double));
        p->x = calloc((size_t)n, sizeof(double));
        p->exact = calloc((size_t)n, sizeof(quad));
        sunzi_matrix_to_dense(&m, p->a, n);
        for (int j = 0; j < n; j++) {
            const double x0 = test_uniform(&random);
            for (int i = 0; i < n; i++)
                p->b[i] += p->a[i + (size_t)j * (size_t)n] * x0;
        }
        p->known = test_refine_quad(n, p->a, p->b, p->exact);
    } else {
        print_message("%s: n = %d, skipped: only orders up to %d here\n", name,
                      n, LARGEST);
    }
    sunzi_matrix_clear(&m);
    return p->a != NULL;
}

static void check_rung(const char *name, const problem *p, sunzi_factor factor,
                       int climb)
{
    sunzi_solve_options o;
    sunzi_solve_report r = {0};
    sunzi_column_report c = {0};
    sunzi_solve_options_init(&o);
    o.grade = SUNZI_GRADE_ACCURATE;
    o.factor = factor;
    o.climb = climb;
    const sunzi_status status =
        sunzi_dsolve(NULL, SUNZI_COL_MAJOR, p->n, 1, p->a, p->n, p->b, p->n,
                     p->x, p->n, &o, &r, &c);
    const double error = status < 0 ? NAN : test_error(p->n, p->x, p->exact);
    print_message("%-28s n %4d %-5s %s by %-5s cond %.0e steps %2d + %3d "
                  "backward %.0e error %.0e: %s\n",
                  name, p->n, sunzi_factor_name(factor),
                  climb ? "climbing" : "alone   ", sunzi_factor_name(r.factor),
                  r.condition, c.refinements, c.gmres_iterations,
                  c.normwise_error, error, sunzi_status_name(status));
    if (status < 0) {
        assert_true(!climb || r.condition > 1e15);
        return;
    }
    if (p->known && c.grade >= SUNZI_GRADE_ACCURATE)
        assert_true(error <= 4 * 0x1p-53);
    if (climb && r.condition < 1e15)
        assert_int_equal(status, SUNZI_OK);
}

static void real_matrices(void **unused)
{
    DIR *folder = opendir(SUNZI_MATRICES);
    int count = 0;
    (void)unused;
    if (!folder) {
        print_message("skipped: no folder %s\n", SUNZI_MATRICES);
        skip();
    }
    for (struct dirent *e; (e = readdir(folder));) {
        problem p;
        if (!strstr(e->d_name, ".mtx") && !strstr(e->d_name, ".rua"))
            continue;
        if (!load(e->d_name, &p))
            continue;
        count++;
        check_rung(e->d_name, &p, SUNZI_FACTOR_AUTO, 1);
        for (int f = SUNZI_FACTOR_INT8; f <= SUNZI_FACTOR_FP64; f++)
            if (f != SUNZI_FACTOR_EMULATED && f != SUNZI_FACTOR_FP16)
                check_rung(e->d_name, &p, (sunzi_factor)f, 0);
        free(p.exact);
        free(p.x);
        free(p.b);
        free(p.a);
    }
    closedir(folder);
    assert_true(count > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(real_matrices)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
