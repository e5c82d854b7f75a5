/* SPDX-License-Identifier: BSD-3-Clause */
/* Vectors of three doubles. */
#ifndef SUNZI_SOLVERS_POISSON_BOLTZMANN_VECTOR_H
#define SUNZI_SOLVERS_POISSON_BOLTZMANN_VECTOR_H

#include <math.h>

static inline double pb_dot(const double *a, const double *b)
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static inline double pb_distance(const double *a, const double *b)
{
    const double d[3] = {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
    return sqrt(pb_dot(d, d));
}

static inline void pb_cross(const double *a, const double *b, double *c)
{
    c[0] = a[1] * b[2] - a[2] * b[1];
    c[1] = a[2] * b[0] - a[0] * b[2];
    c[2] = a[0] * b[1] - a[1] * b[0];
}

/* Some vector at right angles to a unit vector. */
static inline void pb_across(const double *a, double *b)
{
    double axis[3] = {0, 0, 0};
    axis[fabs(a[0]) < 0.6 ? 0 : fabs(a[1]) < 0.6 ? 1 : 2] = 1;
    pb_cross(a, axis, b);
}

#endif
