/* SPDX-License-Identifier: BSD-3-Clause */
/* Floating-point formats as data, and rounding of a double into any of them.
 * Reference: IEEE 754-2019 clause 3; OCP 8-bit floating point specification,
 * revision 1.0 (e4m3: no infinity, largest number 448; e5m2). */
#ifndef SUNZI_PRECISION_FORMATS_H
#define SUNZI_PRECISION_FORMATS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct sunzi_format {
    const char *name;
    int significand_bits; /* p, the leading bit included; u = 2^-p */
    int emin, emax;       /* normal numbers: 2^emin <= |x| < 2^(emax + 1) */
    double largest;       /* largest finite number */
    bool infinity;        /* else overflow gives NaN, or saturates */
    bool saturates;       /* overflow gives +-largest */
    bool subnormals;      /* else results below 2^emin become zero */
    bool signed_zero;
} sunzi_format;

typedef enum sunzi_rounding {
    SUNZI_ROUND_NEAREST_EVEN,
    SUNZI_ROUND_TOWARD_ZERO,
    SUNZI_ROUND_UP,   /* toward +infinity */
    SUNZI_ROUND_DOWN, /* toward -infinity */
    /* up or down in magnitude with a probability that makes the mean exact */
    SUNZI_ROUND_STOCHASTIC
} sunzi_rounding;

extern const sunzi_format sunzi_format_fp64, sunzi_format_fp32,
    sunzi_format_tf32, sunzi_format_fp16, sunzi_format_bf16,
    sunzi_format_bf16_flush, /* the BF16 of AVX-512 and AMX */
    sunzi_format_e5m2, sunzi_format_e4m3;

/* All formats; NULL past the last. */
const sunzi_format *sunzi_format_at(int index);

/* x rounded into the format, as a double (every value of a format is one).
 * random: 64 uniform bits, used by STOCHASTIC only. NaN gives NaN. */
double sunzi_round(const sunzi_format *format, sunzi_rounding rounding,
                   uint64_t random, double x);

#endif
