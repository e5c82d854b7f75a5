/* SPDX-License-Identifier: BSD-3-Clause */
/* Measured rates of this machine's units. */
#ifndef SUNZI_TOOLS_MEASURE_H
#define SUNZI_TOOLS_MEASURE_H

#include <sunzi/sunzi.h>

typedef struct sunzi_rate {
    const char *what; /* "FP64 matrix product, BLAS" */
    const char *key;  /* "blas_dgemm" */
    const char *unit; /* "Gflop/s" */
    double rate;      /* NaN: not measured, see note */
    char note[200];
} sunzi_rate;

enum { SUNZI_RATES_MAX = 20 };

/* Fill rates[0 .. the number returned); takes about a second or two. */
int sunzi_measure_rates(sunzi_context *context, sunzi_rate *rates);

#endif
