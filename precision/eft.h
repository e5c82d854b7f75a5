/* SPDX-License-Identifier: BSD-3-Clause */
/* Error-free transforms of FP64 numbers: the result and its rounding error,
 * exactly (but for overflow and underflow). Sources: D. E. Knuth, TAOCP 2,
 * section 4.2.2; T. Ogita, S. M. Rump, S. Oishi, SIAM J. Sci. Comput. 26 (2005)
 * 1955. */
#ifndef SUNZI_PRECISION_EFT_H
#define SUNZI_PRECISION_EFT_H

#include <math.h>

/* returns fl(a + b); a + b = result + *error */
static inline double sunzi_two_sum(double a, double b, double *error)
{
    const double sum = a + b, part = sum - a;
    *error = (a - (sum - part)) + (b - part);
    return sum;
}

/* (x + x_low) += d, kept as a pair with |x_low| <= ulp(x)/2; the error is about
 * 2^-105 |x|. */
static inline void sunzi_pair_add(double *x, double *x_low, double d)
{
    double error;
    const double sum = sunzi_two_sum(*x, d, &error);
    const double low = error + *x_low;
    *x = sum + low;
    *x_low = low - (*x - sum);
}

#endif
