/* SPDX-License-Identifier: BSD-3-Clause */
/* From the solution that was refined and judged to the one that is handed out.
 */
#ifndef SUNZI_SOLVERS_DENSE_DELIVER_H
#define SUNZI_SOLVERS_DENSE_DELIVER_H

#include <stdint.h>
#include <sunzi/solve.h>

/* x[i * stride] = 2^(exponent + scale[i]) y[i], i < n; scale NULL: zeros.
 * Returns the first i beyond the range of FP64, -1 if there is none. x NULL:
 * nothing is written; column NULL: nothing is told, else its grade and errors
 * are corrected for what is lost where numbers become subnormal. */
int sunzi_deliver(int n, const double *y, const int32_t *scale, int exponent,
                  double *x, int64_t stride, sunzi_column_report *column);

#endif
