/* SPDX-License-Identifier: BSD-3-Clause */
/* For truth.sh. What `sunzi solve` tells of a problem of the gallery, against
 * the same in 113-bit arithmetic:
 *   truth write INDEX A.mtx b.mtx   the problem as files
 *   truth check INDEX x.mtx NORM NORMWISE COMPONENTWISE BOUND FORWARD PROVED
 * x is the solution; then the maximum norm of A, the errors and the bound as
 * told, and 1 where the bound is a proof. Exit code 1: something is not true.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/gallery.h"
#include "tests/solvers/quad.h"

static const double u = 0x1p-53;

typedef struct problem {
    sunzi_matrix matrix;
    int n, row_entries; /* the most of a row */
    double *a, *b;
} problem;

static bool wrong;

static quad magnitude(quad v)
{
    return v < 0 ? -v : v;
}

static void fail(const char *what)
{
    fprintf(stderr, "truth: %s: %s\n", what, sunzi_last_message());
    exit(2);
}

static double number(const char *text)
{
    char *end;
    const double value = strtod(text, &end);
    if (end == text || *end)
        fail(text);
    return value;
}

/* b = A x0, x0_i = 1 + i mod 5, summed from the first column to the last. */
static problem make(int index)
{
    problem p = {.n = 0};
    if (index < 0 || index >= sunzi_gallery_count() ||
        sunzi_gallery(index)->make(&p.matrix) != SUNZI_OK)
        fail("no such problem");
    const size_t n = (size_t)p.matrix.rows;
    int *entries = calloc(n, sizeof *entries);
    p.n = p.matrix.rows;
    p.a = calloc(n * n, sizeof *p.a);
    p.b = calloc(n, sizeof *p.b);
    if (!entries || !p.a || !p.b)
        fail("no memory");
    sunzi_matrix_to_dense(&p.matrix, p.a, p.n);
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < n; i++) {
            p.b[i] += p.a[i + j * n] * (double)(1 + j % 5);
            entries[i] += p.a[i + j * n] != 0;
            if (entries[i] > p.row_entries)
                p.row_entries = entries[i];
        }
    free(entries);
    return p;
}

static void write_files(const problem *p, const char *a_path,
                        const char *b_path)
{
    const sunzi_matrix *m = &p->matrix;
    const bool symmetric = m->symmetry == SUNZI_SYMMETRY_SYMMETRIC;
    int64_t stored = 0;
    for (int64_t k = 0; k < m->entries; k++)
        stored += !symmetric || m->row[k] >= m->col[k];
    FILE *out = fopen(a_path, "w");
    if (!out)
        fail(a_path);
    fprintf(out, "%%%%MatrixMarket matrix coordinate real %s\n%d %d %lld\n",
            symmetric ? "symmetric" : "general", p->n, p->n, (long long)stored);
    for (int64_t k = 0; k < m->entries; k++)
        if (!symmetric || m->row[k] >= m->col[k])
            fprintf(out, "%d %d %.17g\n", m->row[k] + 1, m->col[k] + 1,
                    m->value[k]);
    if (fclose(out) != 0 || sunzi_matrix_market_write(b_path, p->n, 1, p->b,
                                                      p->n, NULL) != SUNZI_OK)
        fail(b_path);
}

/* What is told may be off by `relative` of itself and by `absolute`. */
static void compare(const char *what, double told, quad exact, double relative,
                    double absolute)
{
    const quad off = magnitude(told - exact);
    if (off <= relative * exact + absolute)
        return;
    printf("%s: %.17g is told, %.17g is true\n", what, told, (double)exact);
    wrong = true;
}

/* The command measures residuals in twice FP64, what is divided by in FP64. */
static void check_backward(const problem *p, const double *x, double norm,
                           double normwise, double componentwise)
{
    const size_t n = (size_t)p->n;
    const double m = p->row_entries + 1, twice = 4 * m * m * u * u;
    quad *r = malloc(n * sizeof *r), *wide = malloc(n * sizeof *wide);
    if (!r || !wide)
        fail("no memory");
    for (size_t i = 0; i < n; i++)
        wide[i] = x[i];
    test_residual_quad(p->n, p->a, p->b, wide, r);
    quad most = 0, x_most = 0, b_most = 0, a_most = 0, worst = 0;
    for (size_t i = 0; i < n; i++) {
        quad sum = 0, weight = magnitude(p->b[i]);
        for (size_t j = 0; j < n; j++) {
            sum += magnitude(p->a[i + j * n]);
            weight += magnitude((quad)p->a[i + j * n] * x[j]);
        }
        const quad share = weight > 0 ? magnitude(r[i]) / weight : 0;
        worst = share > worst ? share : worst;
        a_most = sum > a_most ? sum : a_most;
        most = magnitude(r[i]) > most ? magnitude(r[i]) : most;
        x_most = fmax(fabs(x[i]), (double)x_most);
        b_most = fmax(fabs(p->b[i]), (double)b_most);
    }
    compare("maximum norm", norm, a_most, 2 * m * u, 0);
    compare("normwise error", normwise, most / (a_most * x_most + b_most),
            4 * m * u, twice);
    compare("componentwise error", componentwise, worst, 4 * m * u, twice);
    free(wide);
    free(r);
}

/* The command's reference is settled when its corrections are below 2^-70. */
static void check_forward(const problem *p, const double *x, double bound,
                          double forward, bool proved)
{
    quad *exact = malloc((size_t)p->n * sizeof *exact);
    if (!exact || !test_refine_quad(p->n, p->a, p->b, exact))
        fail("there is no reference");
    const double error = test_error(p->n, x, exact);
    compare("forward error", forward, error, 4 * u, 0x1p-69);
    if (proved && !(error <= bound)) {
        printf("forward bound: %.17g is proved, the error is %.17g\n", bound,
               error);
        wrong = true;
    }
    free(exact);
}

int main(int argc, char **argv)
{
    sunzi_matrix solution;
    const bool writes = argc == 5 && strcmp(argv[1], "write") == 0;
    if (!writes && (argc != 10 || strcmp(argv[1], "check") != 0))
        fail("arguments");
    problem p = make(atoi(argv[2]));
    if (writes) {
        write_files(&p, argv[3], argv[4]);
    } else {
        double *x = calloc((size_t)p.n, sizeof *x);
        if (!x || sunzi_matrix_read(argv[3], &solution) != SUNZI_OK ||
            solution.rows != p.n || solution.cols != 1)
            fail(argv[3]);
        sunzi_matrix_to_dense(&solution, x, p.n);
        check_backward(&p, x, number(argv[4]), number(argv[5]),
                       number(argv[6]));
        check_forward(&p, x, number(argv[7]), number(argv[8]),
                      number(argv[9]) != 0);
        sunzi_matrix_clear(&solution);
        free(x);
    }
    sunzi_matrix_clear(&p.matrix);
    free(p.a);
    free(p.b);
    return wrong;
}
