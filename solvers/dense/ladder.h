/* SPDX-License-Identifier: BSD-3-Clause */
/* The ladder of factor precisions: names, what is available, where to begin,
 * what comes next. */
#ifndef SUNZI_SOLVERS_DENSE_LADDER_H
#define SUNZI_SOLVERS_DENSE_LADDER_H

#include <stdbool.h>
#include <sunzi/solve.h>

#include "core/context.h"

/* The first rung for a matrix of order n; *reason: why, static text. */
sunzi_factor sunzi_ladder_first(sunzi_context *ctx, int n, sunzi_grade grade,
                                const char **reason);
/* The rung above; SUNZI_FACTOR_AUTO: there is none. */
sunzi_factor sunzi_ladder_next(sunzi_context *ctx, int n, sunzi_factor factor);
/* Unit roundoff of what the factors are made from. */
double sunzi_ladder_roundoff(sunzi_factor factor);

#endif
