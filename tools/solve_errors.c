/* SPDX-License-Identifier: BSD-3-Clause */
/* Errors of a solution, measured without the solvers' help: residuals are
 * summed in twice FP64 (T. Ogita, S. M. Rump, S. Oishi, SIAM J. Sci. Comput. 26
 * (2005) 1955, algorithm Dot2), and the forward error is taken against a
 * solution that is refined with such residuals and carried in twice FP64. */
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/solve.h"

enum { BLOCK = 512, MOST_REFINEMENTS = 60 };

/* high + low, |low| about 2^-53 |high| */
typedef struct pair {
    double high, low;
} pair;

static pair pair_sum(double a, double b)
{
    const double sum = a + b, part = sum - a;
    return (pair){sum, (a - (sum - part)) + (b - part)};
}

/* Rows first .. last - 1 of r = b - S (x + x_low) and of weight = |S||x| + |b|
 * with S = 2^-exponent A; x_low may be NULL. */
static void residual_rows(const sunzi_problem *problem, size_t first,
                          size_t last, const double *x, const double *x_low,
                          const double *b, double *r, double *weight)
{
    const size_t n = (size_t)problem->n;
    const double scale = ldexp(1.0, -problem->exponent);
    double low[BLOCK];
    for (size_t i = first; i < last; i++) {
        r[i] = b[i];
        low[i - first] = 0.0;
        weight[i] = fabs(b[i]);
    }
    for (size_t j = 0; j < n; j++) {
        const double *column = problem->A + j * n;
        const double xj = -x[j], xj_low = x_low ? -x_low[j] : 0.0;
        for (size_t i = first; i < last; i++) {
            if (column[i] == 0.0)
                continue;
            const double entry = column[i] * scale;
            const double product = entry * xj;
            const double error = fma(entry, xj, -product);
            const pair sum = pair_sum(r[i], product);
            r[i] = sum.high;
            low[i - first] += sum.low + error + entry * xj_low;
            weight[i] += fabs(product);
        }
    }
    for (size_t i = first; i < last; i++)
        r[i] += low[i - first];
}

static void residual(const sunzi_problem *problem, const double *x,
                     const double *x_low, const double *b, double *r,
                     double *weight)
{
    const size_t n = (size_t)problem->n;
    const long blocks = (long)((n + BLOCK - 1) / BLOCK);
#pragma omp parallel for schedule(dynamic)
    for (long block = 0; block < blocks; block++) {
        const size_t first = (size_t)block * BLOCK;
        const size_t last = first + BLOCK < n ? first + BLOCK : n;
        residual_rows(problem, first, last, x, x_low, b, r, weight);
    }
}

/* The larger one; a NaN stays, where fmax would drop it. */
static double larger(double most, double value)
{
    return isnan(most) || value <= most ? most : value;
}

static double largest(const double *x, size_t n)
{
    double most = 0.0;
    for (size_t i = 0; i < n; i++)
        most = larger(most, fabs(x[i]));
    return most;
}

/* e of 2^(e - 1) <= x < 2^e; 0 for zero and what is not finite. */
static int exponent_of(double x)
{
    int e = 0;
    if (isfinite(x))
        (void)frexp(x, &e);
    return e;
}

static void scale_by(const double *x, size_t n, int exponent, double *scaled)
{
    for (size_t i = 0; i < n; i++)
        scaled[i] = ldexp(x[i], exponent);
}

/* S = 2^-a A; b is scaled by 2^-(what is returned), x by 2^(a - that). 0 unless
 * numbers come near to the ends of the range. */
static int system_exponent(const sunzi_problem *problem, double largest_x,
                           double largest_b)
{
    const int of_b = exponent_of(largest_b);
    const int of_x = problem->exponent + exponent_of(largest_x);
    const int e =
        largest_x > 0.0 && (of_x > of_b || largest_b == 0.0) ? of_x : of_b;
    return problem->exponent || abs(e) > SUNZI_EXPONENT_FAR ? e : 0;
}

bool sunzi_backward_errors(const sunzi_problem *problem, const double *x,
                           const double *b, double *normwise,
                           double *componentwise)
{
    const size_t n = (size_t)problem->n;
    double *r = malloc(4 * n * sizeof *r);
    if (!r)
        return false;
    double *weight = r + n, *x_scaled = r + 2 * n, *b_scaled = r + 3 * n;
    const int e = system_exponent(problem, largest(x, n), largest(b, n));
    scale_by(x, n, problem->exponent - e, x_scaled);
    scale_by(b, n, -e, b_scaled);
    residual(problem, x_scaled, NULL, b_scaled, r, weight);
    const double scale =
        problem->norm * largest(x_scaled, n) + largest(b_scaled, n);
    const double top = largest(r, n);
    *normwise = top == 0.0 ? 0.0 : top / scale;
    *componentwise = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double error = r[i] == 0.0 ? 0.0 : fabs(r[i]) / weight[i];
        *componentwise = larger(*componentwise, error);
    }
    free(r);
    return true;
}

/* One column. The corrections must shrink to 2^-70 of the solution; the last
 * one bounds what is missing, if the factors are any good: the residual says
 * that. */
static bool refine_column(const sunzi_problem *problem, const double *LU,
                          const int *pivots, double *x, double *low,
                          const double *b, double *work)
{
    const size_t n = (size_t)problem->n;
    double *r = work, *weight = work + n;
    double before = INFINITY;
    memset(low, 0, n * sizeof *low);
    for (int step = 0; step < MOST_REFINEMENTS; step++) {
        residual(problem, x, low, b, r, weight);
        const double left = largest(r, n);
        const double allowed =
            0x1p-60 * (problem->norm * largest(x, n) + largest(b, n));
        if (LAPACKE_dgetrs_work(LAPACK_COL_MAJOR, 'N', problem->n, 1, LU,
                                problem->n, pivots, r, problem->n) != 0)
            return false;
        for (size_t i = 0; i < n; i++) {
            const pair sum = pair_sum(x[i], r[i]);
            const pair whole = pair_sum(sum.high, sum.low + low[i]);
            x[i] = whole.high;
            low[i] = whole.low;
        }
        const double correction = largest(r, n), size = largest(x, n);
        if (correction <= 0x1p-70 * size)
            return left <= allowed;
        if (!(correction <= 0.5 * before))
            return false;
        before = correction;
    }
    return false;
}

/* Factors of S instead of those of A. */
static bool factorize_scaled(const sunzi_problem *problem, double *LU,
                             int *pivots)
{
    const size_t n = (size_t)problem->n;
    scale_by(problem->A, n * n, -problem->exponent, LU);
    return LAPACKE_dgetrf_work(LAPACK_COL_MAJOR, problem->n, problem->n, LU,
                               problem->n, pivots) == 0;
}

bool sunzi_refine_reference(const sunzi_problem *problem, double *LU,
                            int *pivots, double *reference)
{
    const size_t n = (size_t)problem->n;
    double *work = malloc(3 * n * sizeof *work);
    bool settled = work != NULL;
    if (settled && problem->exponent)
        settled = factorize_scaled(problem, LU, pivots);
    for (int j = 0; settled && j < problem->nrhs; j++) {
        const double *b = problem->B + (size_t)j * n;
        double *x = reference + (size_t)j * n, *b_scaled = work + 2 * n;
        const int e = system_exponent(problem, 0.0, largest(b, n));
        scale_by(b, n, -e, b_scaled);
        if (e) /* what dgesv found may have suffered */
            memset(x, 0, n * sizeof *x);
        settled = refine_column(problem, LU, pivots, x,
                                x + n * (size_t)problem->nrhs, b_scaled, work);
    }
    free(work);
    return settled;
}

double sunzi_forward_error(const sunzi_problem *problem, const double *x,
                           const double *b, const double *high,
                           const double *low)
{
    const size_t n = (size_t)problem->n;
    const int e =
        problem->exponent - system_exponent(problem, 0.0, largest(b, n));
    double most = 0.0;
    for (size_t i = 0; i < n; i++)
        most = larger(most, fabs(ldexp(x[i], e) - high[i] - low[i]));
    return most == 0.0 ? 0.0 : most / largest(high, n);
}
