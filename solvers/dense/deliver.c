/* SPDX-License-Identifier: BSD-3-Clause */
/* A column of the solution in the caller's units. */
#include "solvers/dense/deliver.h"

#include <float.h>
#include <math.h>

static const double unit_roundoff = DBL_EPSILON / 2;

/* The rounding of X to subnormal numbers comes after the judgement of the
 * solution. With E that error, ||A E|| <= ||A|| ||X|| loss, and
 * |A||E| <= |A||X| worst. */
static void lower(int n, double loss, double worst, sunzi_column_report *column)
{
    column->forward_bound =
        (column->forward_bound * (1 + loss) + loss) * (1 + 4 * DBL_EPSILON);
    column->normwise_error = fmin(1, column->normwise_error + loss);
    column->componentwise_error = fmin(1, column->componentwise_error + worst);
    if (!(loss <= sqrt((double)n) * unit_roundoff))
        column->grade = SUNZI_GRADE_NONE;
    else if (loss > 2 * unit_roundoff && column->grade > SUNZI_GRADE_BACKWARD)
        column->grade = SUNZI_GRADE_BACKWARD;
}

int sunzi_deliver(int n, const double *y, const int32_t *scale, int exponent,
                  double *x, int64_t stride, sunzi_column_report *column)
{
    double largest = 0, worst = 0;
    for (int i = 0; i < n; i++) {
        const int e = exponent + (scale ? scale[i] : 0);
        const double exact = y[i]; /* x may be y */
        const double rounded = ldexp(exact, e), back = ldexp(rounded, -e);
        if (!isfinite(rounded))
            return i;
        if (x)
            x[i * stride] = rounded;
        largest = fmax(largest, fabs(rounded));
        if (back != exact)
            worst = fmax(worst, fabs(back - exact) / fabs(back));
    }
    if (column && worst > 0) /* at most half a unit of a subnormal number */
        lower(n, 0.5 * (0x1p-1074 / largest), worst, column);
    return -1;
}
