/* SPDX-License-Identifier: BSD-3-Clause */
/* QR factors and the refinement of the augmented system. */
#include "solvers/dense/augmented.h"

#include <float.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

#include "precision/eft.h"
#include "solvers/dense/residual.h"

#define QR_REAL       float
#define QR_NAME(name) name##_single
#define QR_LAPACK(f)  LAPACKE_s##f
#include "solvers/dense/qr_template.h"

#define QR_REAL       double
#define QR_NAME(name) name##_double
#define QR_LAPACK(f)  LAPACKE_d##f
#include "solvers/dense/qr_template.h"

static const double unit_roundoff = DBL_EPSILON / 2;

sunzi_status sunzi_tall_factorize(sunzi_tall *t, bool single)
{
    const int info = single ? qr_factorize_single(t->rows, t->cols, t->m, t->qr,
                                                  t->tau, &t->rcond)
                            : qr_factorize_double(t->rows, t->cols, t->m, t->qr,
                                                  t->tau, &t->rcond);
    const double smallest =
        (double)t->cols * (single ? FLT_EPSILON / 2 : unit_roundoff);
    t->single = single;
    if (info != 0)
        return sunzi_fail(SUNZI_ERR_NOMEM,
                          "least squares: QR factors of a %d x %d matrix could "
                          "not be computed (LAPACK info %d); use a smaller "
                          "problem",
                          t->rows, t->cols, info);
    if (!(t->rcond > smallest))
        return sunzi_fail(SUNZI_ERR_SINGULAR,
                          "least squares: the matrix has not full rank to "
                          "working precision (reciprocal condition %.1e, "
                          "smallest allowed %.1e); remove dependent columns",
                          t->rcond, smallest);
    return SUNZI_OK;
}

static double largest(int n, const double *x, const double *weight)
{
    double m = 0;
    for (int i = 0; i < n; i++) {
        const double v = fabs(x[i]) * (weight ? weight[i] : 1.0);
        if (!(v <= m) && !isnan(m))
            m = v; /* a NaN stays */
    }
    return m;
}

/* (x, x_low) += factor d */
static void add_twice(int n, double *x, double *x_low, const double *d,
                      double factor)
{
    for (int i = 0; i < n; i++)
        sunzi_pair_add(&x[i], &x_low[i], factor * d[i]);
}

/* The vectors of one refinement; those of f size first. */
typedef struct work_vectors {
    double *p, *p_low, *r_f, *r_low, *d_p, *f;
    double *q, *q_low, *r_g, *d_q, *g;
} work_vectors;

static work_vectors place(const sunzi_tall *t)
{
    double *v = t->vectors;
    const size_t rows = (size_t)t->rows, cols = (size_t)t->cols;
    double *w = v + 6 * rows;
    return (work_vectors){
        v, v + rows, v + 2 * rows, v + 3 * rows, v + 4 * rows, v + 5 * rows,
        w, w + cols, w + 2 * cols, w + 3 * cols, w + 4 * cols};
}

static void load(int n, double *to, const double *from)
{
    for (int i = 0; i < n; i++)
        to[i] = from ? from[i] : 0.0;
}

/* r_f = f - p - M q, r_g = g - M^T p, each in twice FP64 and rounded once. */
static void residuals(const sunzi_tall *t, const work_vectors *v)
{
    const sunzi_operator m = {.m = t->rows,
                              .n = t->cols,
                              .data = t->m,
                              .row_stride = 1,
                              .col_stride = t->rows};
    sunzi_residual_exact(t->ctx, &m, false, 1, v->q, v->q_low, v->f, v->r_f,
                         v->r_low, NULL, t->scratch);
    add_twice(t->rows, v->r_f, v->r_low, v->p, -1.0);
    add_twice(t->rows, v->r_f, v->r_low, v->p_low, -1.0);
    sunzi_residual_exact(t->ctx, &m, true, 1, v->p, v->p_low, v->g, v->r_g,
                         NULL, NULL, t->scratch);
}

/* Normwise backward error of the augmented system, the worse of its halves.
 * What M^T p misses g by may also be blamed on f, of which p is a part: so f
 * counts in the second half (p itself is zero for a consistent system). */
static double backward_error(const sunzi_tall *t, const work_vectors *v)
{
    const double p = largest(t->rows, v->p, NULL);
    const double f = largest(t->rows, v->f, NULL);
    const double upper = t->norm_rows * largest(t->cols, v->q, NULL) + p + f;
    const double lower = t->norm_cols * (p + f) + largest(t->cols, v->g, NULL);
    const double r_f = largest(t->rows, v->r_f, NULL);
    const double r_g = largest(t->cols, v->r_g, NULL);
    const double e_f = r_f == 0 ? 0 : r_f / upper;
    const double e_g = r_g == 0 ? 0 : r_g / lower;
    return e_f >= e_g || isnan(e_f) ? e_f : e_g;
}

/* d = solution for the residuals, scaled to unit size by a power of two so that
 * nothing underflows in FP32. False: not finite. */
static bool correction(const sunzi_tall *t, const work_vectors *v)
{
    const double r =
        fmax(largest(t->rows, v->r_f, NULL), largest(t->cols, v->r_g, NULL));
    if (!isfinite(r))
        return false;
    int e = 0;
    (void)frexp(r, &e);
    for (int i = 0; i < t->rows; i++)
        v->d_p[i] = ldexp(v->r_f[i], -e);
    for (int j = 0; j < t->cols; j++)
        v->d_q[j] = ldexp(v->r_g[j], -e);
    const int info =
        t->single ? qr_solve_single(t->rows, t->cols, t->qr, t->tau, v->d_p,
                                    v->d_q, v->d_p, v->d_q, t->work)
                  : qr_solve_double(t->rows, t->cols, t->qr, t->tau, v->d_p,
                                    v->d_q, v->d_p, v->d_q, t->work);
    if (info != 0)
        return false;
    for (int i = 0; i < t->rows; i++)
        v->d_p[i] = ldexp(v->d_p[i], e);
    for (int j = 0; j < t->cols; j++)
        v->d_q[j] = ldexp(v->d_q[j], e);
    return isfinite(largest(t->rows, v->d_p, NULL)) &&
           isfinite(largest(t->cols, v->d_q, NULL));
}

void sunzi_tall_refine(const sunzi_tall *t, const double *f, const double *g,
                       sunzi_grade wanted, int max_steps, double *x,
                       sunzi_column_report *column)
{
    const work_vectors v = place(t);
    const bool least_norm = g != NULL;
    const double tolerance = sqrt((double)t->rows) * unit_roundoff;
    double ratio_before = INFINITY, rho = 0;
    int small = 0;

    load(t->rows, v.f, f);
    load(t->cols, v.g, g);
    load(t->rows, v.p, NULL), load(t->rows, v.p_low, NULL);
    load(t->cols, v.q, NULL), load(t->cols, v.q_low, NULL);
    *column = (sunzi_column_report){.forward_bound = INFINITY,
                                    .normwise_error = INFINITY,
                                    .componentwise_error = INFINITY};
    for (int step = 0; step <= max_steps; step++) {
        residuals(t, &v);
        column->normwise_error = backward_error(t, &v);
        const bool backward = column->normwise_error <= tolerance;
        column->grade = backward ? SUNZI_GRADE_BACKWARD : SUNZI_GRADE_NONE;
        if (backward && small >= 2)
            column->grade = SUNZI_GRADE_ACCURATE;
        if ((backward && wanted <= SUNZI_GRADE_BACKWARD) || small >= 2)
            break;
        if (step == max_steps || !correction(t, &v))
            break;
        const double size = least_norm ? largest(t->rows, v.p, NULL)
                                       : largest(t->cols, v.q, t->weight);
        const double change = least_norm ? largest(t->rows, v.d_p, NULL)
                                         : largest(t->cols, v.d_q, t->weight);
        const double ratio = change == 0 ? 0 : change / size;
        if (step >= 2) {
            rho = ratio_before > 0 ? ratio / ratio_before : 0;
            if (!(rho <= 0.5) && !(ratio <= unit_roundoff / 4))
                break; /* no progress: this rung cannot do it */
        }
        ratio_before = ratio;
        add_twice(t->rows, v.p, v.p_low, v.d_p, 1.0);
        add_twice(t->cols, v.q, v.q_low, v.d_q, 1.0);
        column->refinements++;
        small = ratio <= unit_roundoff / 4 ? small + 1 : 0;
        /* what is left of a geometric series, and the rounding of x itself */
        if (step >= 1)
            column->forward_bound =
                ratio / (1 - fmin(rho, 0.5)) + unit_roundoff;
    }
    if (least_norm)
        memcpy(x, v.p, (size_t)t->rows * sizeof *x);
    else
        memcpy(x, v.q, (size_t)t->cols * sizeof *x);
}
