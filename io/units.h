/* SPDX-License-Identifier: BSD-3-Clause */
/* Units of measurement in run files: one table, and the conversion of a decimal
 * number from the unit it is written in to the one it is stored in. */
#ifndef SUNZI_IO_UNITS_H
#define SUNZI_IO_UNITS_H

#include <stddef.h>

#include "io/number.h"

/* A value of x units is (x factor 10^exponent + offset) of the dimension's
 * reference. */
typedef struct sunzi_quantity_unit {
    const char *dimension; /* "length" */
    const char *name;      /* "mm" */
    int exponent;
    double factor, offset;
} sunzi_quantity_unit;

/* The unit called [begin, end), NULL if there is none. m^2 and m2 are the same.
 */
const sunzi_quantity_unit *sunzi_unit_find(const char *begin, const char *end);

/* Unit `index` of the table, NULL after the last one. */
const sunzi_quantity_unit *sunzi_unit_at(int index);

/* "s, ms, us" of the dimension, in text[0..bytes), always terminated. */
void sunzi_unit_list(const char *dimension, char *text, size_t bytes);

/* The number [begin, end) of `from` in units of `to`, of the same dimension;
 * NULL for both: as it is. Between units that differ by a power of ten the
 * decimal number is shifted and rounded once, so that 0.005 ms in seconds is
 * the double 5e-6. Otherwise (minutes, hours, days, degrees, temperatures) the
 * rounded number is multiplied, divided or shifted: one or two roundings more.
 */
sunzi_number_result sunzi_unit_convert(const char *begin, const char *end,
                                       const sunzi_quantity_unit *from,
                                       const sunzi_quantity_unit *to,
                                       double *value);

#endif
