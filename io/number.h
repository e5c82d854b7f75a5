/* SPDX-License-Identifier: BSD-3-Clause */
/* Decimal text to numbers: correctly rounded, independent of the locale. */
#ifndef SUNZI_IO_NUMBER_H
#define SUNZI_IO_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/text.h"

typedef enum sunzi_number_result {
    SUNZI_NUMBER_OK,
    SUNZI_NUMBER_TEXT,     /* not a number, or something follows it */
    SUNZI_NUMBER_RANGE,    /* too large for the type */
    SUNZI_NUMBER_NONFINITE /* the text says NaN or infinity */
} sunzi_number_result;

/* How the text of a real number is to be understood. All zero: as C. */
typedef struct sunzi_number_style {
    bool fortran; /* the exponent letter may be missing: 1.5+03 */
    int decimals; /* digits after the point where no point is written: Fw.d */
    int scale;    /* kP: without an exponent the value is divided by 10^k */
    int shift;    /* the value is multiplied by 10^shift, before the rounding */
} sunzi_number_style;

/* The whole of [begin, end) is the number, no blanks. E, e, D and d are
 * exponent letters. Rounded to nearest even; beyond FP64: SUNZI_NUMBER_RANGE;
 * too small: subnormal or zero. */
sunzi_number_result sunzi_number_real(const char *begin, const char *end,
                                      const sunzi_number_style *style,
                                      double *value);
sunzi_number_result sunzi_number_integer(const char *begin, const char *end,
                                         int64_t *value);

/* The sentence for a text that is not the number wanted, e.g. "row index". */
sunzi_status sunzi_number_fail(const sunzi_text *text,
                               sunzi_number_result result, const char *what,
                               const char *begin, const char *end);

#endif
