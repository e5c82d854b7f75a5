/* SPDX-License-Identifier: BSD-3-Clause */
/* sunzi_dsolve against LAPACK's dgesv, alternating, same threads. Prints one
 * line a figure: solve n=.. nrhs=.. grade=.. factor=.. rung=.. seconds=..
 * dgesv=.. ratio=.. (breakdown; steps of the first column)
 * Usage: bench_solve [-r repeats] [-f factor] [-k right-hand sides (1)]
 *                    [-g grade (backward and accurate)] [n ...] */
#include <float.h>
#include <lapacke.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/sunzi.h>
#include <time.h>

#include "tests/random.h"

typedef struct setting {
    int repeats, nrhs;
    sunzi_factor factor;
    sunzi_grade grade; /* NONE: backward, then accurate */
} setting;

static double now(void)
{
    struct timespec t;
    timespec_get(&t, TIME_UTC);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* In (-1, 1). Congruential numbers would make the columns nearly dependent. */
static double uniform(uint64_t *state)
{
    return (double)(next_bits(state) >> 11) * 0x1p-52 - 1;
}

/* The best of the repeats of each, taken in turn. */
static int compare(const setting *s, int n, sunzi_grade grade, const double *a,
                   const double *b, double *lu, double *x, int *pivots)
{
    const int nrhs = s->nrhs;
    double best = DBL_MAX, lapack = DBL_MAX;
    sunzi_solve_report report = {0}, r;
    sunzi_column_report *columns = calloc((size_t)nrhs, sizeof *columns);
    sunzi_solve_options o;
    sunzi_solve_options_init(&o);
    o.grade = grade;
    o.factor = s->factor;
    if (!columns)
        return 1;
    for (int k = 0; k < s->repeats; k++) {
        memcpy(lu, a, (size_t)n * (size_t)n * sizeof *a);
        memcpy(x, b, (size_t)n * (size_t)nrhs * sizeof *b);
        double start = now();
        if (LAPACKE_dgesv(LAPACK_COL_MAJOR, n, nrhs, lu, n, pivots, x, n) != 0)
            return 1;
        double t = now() - start;
        lapack = t < lapack ? t : lapack;
        start = now();
        const sunzi_status status = sunzi_dsolve(
            NULL, SUNZI_COL_MAJOR, n, nrhs, a, n, b, n, x, n, &o, &r, columns);
        t = now() - start;
        if (status != SUNZI_OK) {
            fprintf(stderr, "bench_solve: %s\n", sunzi_last_message());
            return 1;
        }
        if (t < best) {
            best = t;
            report = r;
        }
    }
    printf(
        "solve n=%d nrhs=%d grade=%s factor=%s rung=%s engine=%s seconds=%.4f "
        "dgesv=%.4f ratio=%.2f factorize=%.4f refine=%.4f condition=%.4f "
        "certify=%.4f "
        "rest=%.4f cond=%.1e steps=%d gmres=%d backward_error=%.1e\n",
        n, nrhs, sunzi_grade_name(grade), sunzi_factor_name(s->factor),
        sunzi_factor_name(report.factor), report.engine, best, lapack,
        lapack / best, report.seconds_factor, report.seconds_refine,
        report.seconds_condition, report.seconds_certify,
        report.seconds_total - report.seconds_factor - report.seconds_refine -
            report.seconds_condition - report.seconds_certify,
        report.condition, columns[0].refinements, columns[0].gmres_iterations,
        columns[0].normwise_error);
    fflush(stdout);
    free(columns);
    return 0;
}

static int run(const setting *s, int n)
{
    const size_t entries = (size_t)n * (size_t)n, order = (size_t)n;
    uint64_t state = 7;
    double *a = malloc(entries * sizeof *a), *lu = malloc(entries * sizeof *a);
    const size_t right = order * (size_t)s->nrhs;
    double *b = malloc(right * sizeof *b), *x = malloc(right * sizeof *x);
    int *pivots = malloc(order * sizeof *pivots);
    int failed = !a || !lu || !b || !x || !pivots;
    if (!failed) {
        for (size_t i = 0; i < entries; i++)
            a[i] = uniform(&state);
        for (size_t i = 0; i < right; i++)
            b[i] = uniform(&state);
        for (int g = SUNZI_GRADE_BACKWARD; g <= SUNZI_GRADE_CERTIFIED; g++)
            if (s->grade == SUNZI_GRADE_NONE ? g <= SUNZI_GRADE_ACCURATE
                                             : g == (int)s->grade)
                failed |= compare(s, n, (sunzi_grade)g, a, b, lu, x, pivots);
    }
    free(pivots);
    free(x);
    free(b);
    free(lu);
    free(a);
    return failed;
}

static sunzi_factor factor_named(const char *name)
{
    for (int f = SUNZI_FACTOR_AUTO; f <= SUNZI_FACTOR_FP64; f++)
        if (strcmp(sunzi_factor_name((sunzi_factor)f), name) == 0)
            return (sunzi_factor)f;
    fprintf(stderr, "bench_solve: unknown factor '%s'\n", name);
    exit(2);
}

static sunzi_grade grade_named(const char *name)
{
    for (int g = SUNZI_GRADE_BACKWARD; g <= SUNZI_GRADE_CERTIFIED; g++)
        if (strcmp(sunzi_grade_name((sunzi_grade)g), name) == 0)
            return (sunzi_grade)g;
    fprintf(stderr, "bench_solve: unknown grade '%s'\n", name);
    exit(2);
}

int main(int argc, char **argv)
{
    static const int orders[] = {256, 512, 1024, 2048, 4096};
    setting s = {.repeats = 3, .nrhs = 1, .factor = SUNZI_FACTOR_AUTO};
    int i = 1, failed = 0;
    for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
        if (strcmp(argv[i], "-r") == 0)
            s.repeats = atoi(argv[i + 1]);
        else if (strcmp(argv[i], "-f") == 0)
            s.factor = factor_named(argv[i + 1]);
        else if (strcmp(argv[i], "-k") == 0)
            s.nrhs = atoi(argv[i + 1]) > 1 ? atoi(argv[i + 1]) : 1;
        else if (strcmp(argv[i], "-g") == 0)
            s.grade = grade_named(argv[i + 1]);
    }
    if (i == argc)
        for (size_t k = 0; k < sizeof orders / sizeof orders[0]; k++)
            failed |= run(&s, orders[k]);
    for (; i < argc; i++)
        failed |= run(&s, atoi(argv[i]));
    return failed;
}
