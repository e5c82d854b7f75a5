/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/random.h"
#include "tests/solvers/quad.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { REFINEMENTS = 60 };

double test_uniform(test_random *random)
{
    return ((double)(random_step(&random->state) >> 11) + 0.5) * 0x1p-52 - 1;
}

/* a := (I - 2 v v^T / v^T v) a, or a times it from the right. */
static void reflect(int n, const double *v, int right, double *a)
{
    double length = 0;
    for (int i = 0; i < n; i++)
        length += v[i] * v[i];
    for (int j = 0; j < n; j++) {
        double dot = 0;
        for (int i = 0; i < n; i++)
            dot += v[i] * a[right ? j + i * n : i + j * n];
        for (int i = 0; i < n; i++)
            a[right ? j + i * n : i + j * n] -= 2 * dot / length * v[i];
    }
}

static void rotate_all(int n, double digits, int same, test_random *random,
                       double *a)
{
    enum { REFLECTIONS = 3 };
    double *v = malloc((size_t)n * sizeof *v);
    memset(a, 0, (size_t)n * (size_t)n * sizeof *a);
    for (int i = 0; i < n; i++)
        a[i + i * n] = pow(10, n > 1 ? -digits * i / (n - 1) : 0);
    for (int k = 0; k < REFLECTIONS; k++) {
        for (int side = 0; side < 2; side++) {
            if (side == 0 || !same)
                for (int i = 0; i < n; i++)
                    v[i] = test_uniform(random);
            reflect(n, v, side, a);
        }
    }
    free(v);
}

void test_conditioned(int n, double digits, test_random *random, double *a)
{
    rotate_all(n, digits, 0, random, a);
}

void test_definite(int n, double digits, test_random *random, double *a)
{
    rotate_all(n, digits, 1, random, a);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i; j++)
            a[j + i * n] = a[i + j * n];
}

static quad magnitude(quad v)
{
    return v < 0 ? -v : v;
}

void test_solve_quad(int n, const double *a, const double *b, quad *x)
{
    quad *m = malloc((size_t)n * (size_t)n * sizeof *m);
    for (int i = 0; i < n * n; i++)
        m[i] = a[i];
    for (int i = 0; i < n; i++)
        x[i] = b[i];
    for (int k = 0; k < n; k++) {
        int p = k;
        for (int i = k + 1; i < n; i++)
            if (magnitude(m[i + k * n]) > magnitude(m[p + k * n]))
                p = i;
        for (int j = k; j < n; j++) {
            const quad t = m[k + j * n];
            m[k + j * n] = m[p + j * n];
            m[p + j * n] = t;
        }
        const quad t = x[k];
        x[k] = x[p];
        x[p] = t;
        for (int i = k + 1; i < n; i++) {
            const quad f = m[i + k * n] / m[k + k * n];
            for (int j = k + 1; j < n; j++)
                m[i + j * n] -= f * m[k + j * n];
            x[i] -= f * x[k];
        }
    }
    for (int k = n - 1; k >= 0; k--) {
        for (int j = k + 1; j < n; j++)
            x[k] -= m[k + j * n] * x[j];
        x[k] /= m[k + k * n];
    }
    free(m);
}

void test_residual_quad(int n, const double *a, const double *b, const quad *x,
                        quad *r)
{
    for (int i = 0; i < n; i++)
        r[i] = b[i];
    for (int j = 0; j < n; j++)
        for (int i = 0; i < n; i++)
            if (a[i + (size_t)j * (size_t)n] != 0)
                r[i] -= a[i + (size_t)j * (size_t)n] * x[j];
}

bool test_refine_quad(int n, const double *a, const double *b, quad *x)
{
    const size_t entries = (size_t)n * (size_t)n;
    double *lu = malloc(entries * sizeof *lu);
    double *d = malloc((size_t)n * sizeof *d);
    quad *r = malloc((size_t)n * sizeof *r);
    int *pivots = malloc((size_t)n * sizeof *pivots);
    bool known = false;
    memcpy(lu, a, entries * sizeof *lu);
    int info = LAPACKE_dgetrf(LAPACK_COL_MAJOR, n, n, lu, n, pivots);
    for (int i = 0; i < n; i++)
        x[i] = 0;
    for (int step = 0; info == 0 && step < REFINEMENTS && !known; step++) {
        double change = 0, size = 0;
        test_residual_quad(n, a, b, x, r);
        for (int i = 0; i < n; i++)
            d[i] = (double)r[i];
        info = LAPACKE_dgetrs(LAPACK_COL_MAJOR, 'N', n, 1, lu, n, pivots, d, n);
        for (int i = 0; i < n; i++) {
            x[i] += d[i];
            change = fmax(change, fabs(d[i]));
            size = fmax(size, fabs((double)x[i]));
        }
        known = change <= 0x1p-80 * size;
    }
    free(pivots);
    free(r);
    free(d);
    free(lu);
    return known;
}

double test_error(int n, const double *x, const quad *y)
{
    quad worst = 0, size = 0;
    for (int i = 0; i < n; i++) {
        const quad e = magnitude(x[i] - y[i]);
        if (!(e <= worst) && worst == worst)
            worst = e; /* a NaN stays */
        if (magnitude(y[i]) > size)
            size = magnitude(y[i]);
    }
    return (double)(worst / size);
}
