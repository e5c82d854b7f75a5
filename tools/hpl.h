/* SPDX-License-Identifier: BSD-3-Clause */
/* One run of the HPL-MxP benchmark, or of an FP64 solve of the same system. */
#ifndef SUNZI_TOOLS_HPL_H
#define SUNZI_TOOLS_HPL_H

#include <stdint.h>
#include <sunzi/sunzi.h>

#include "tools/team.h"

/* Travels as bytes from process 0 to the others. */
typedef struct sunzi_hpl_settings {
    int n, threads, repeats;
    sunzi_factor factor;
    char engine[40];
} sunzi_hpl_settings;

typedef struct sunzi_hpl_result {
    double seconds;  /* the shortest of the repeats, from A and b to x */
    double residual; /* ||b - A x|| / ((||A|| ||x|| + ||b||) n 2^-53) */
    sunzi_solve_report report;
    sunzi_column_report column;
} sunzi_hpl_result;

/* Entry (i, j) of a matrix of random numbers, uniform in (-1/2, 1/2): an
 * integer times 2^-31, so that sums of up to 2^22 of them are exact in any
 * order. */
double sunzi_random_entry(int64_t i, int64_t j);

/* Collective over the team: make A and b, solve, check. A: entries uniform in
 * (-1/2, 1/2), diagonal the sum of the magnitudes of the row's others; b
 * uniform. The residual is computed anew from A in FP64, in maximum norms; the
 * time of making and checking is not counted, that of scaling is. *result is
 * written on process 0. */
sunzi_status sunzi_hpl_run(const sunzi_team *team,
                           const sunzi_hpl_settings *settings,
                           sunzi_hpl_result *result);

/* The same for process 0 alone, which gives the others the order. */
sunzi_status sunzi_share_bench(const sunzi_hpl_settings *settings,
                               sunzi_hpl_result *result);

#endif
