/* SPDX-License-Identifier: BSD-3-Clause */
/* Condition estimates of the scaled matrix. */
#ifndef SUNZI_SOLVERS_DENSE_CONDITION_H
#define SUNZI_SOLVERS_DENSE_CONDITION_H

#include "solvers/dense/system.h"

/* ||S||_1 times an estimate (a lower bound, nearly always within 3) of
 * ||S^-1||_1, from 4 to 12 solves, the first two of them together. refined:
 * each solve is completed by GMRES with S itself, so that the estimate is one
 * of S also where the factors are not accurate enough to be taken for it.
 * Infinity: not finite, or GMRES failed. work: 4 n doubles, refined: +
 * sunzi_gmres_work(n, SUNZI_CONDITION_STEPS). N. J. Higham, ACM TOMS 14 (1988)
 * 381 (algorithm 674).
 */
double sunzi_condition(sunzi_system *system, bool refined, double *work);

enum { SUNZI_CONDITION_STEPS = 60 };

#endif
