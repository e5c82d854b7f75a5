/* SPDX-License-Identifier: BSD-3-Clause */
/* Fixed columns described by a Fortran format, e.g. (26I3), (1P,4D20.12). */
#ifndef SUNZI_IO_FORTRAN_FORMAT_H
#define SUNZI_IO_FORTRAN_FORMAT_H

#include "io/number.h"
#include "core/text.h"

typedef struct sunzi_fortran_format {
    int per_line, width; /* fields of a line, characters of a field */
    bool integer;        /* I, else one of D E F G */
    sunzi_number_style style;
} sunzi_fortran_format;

/* The format in parentheses at *at, which moves behind it. One edit descriptor,
 * with repeat counts, one inner pair of parentheses and a scale factor. `what`:
 * "values". SUNZI_ERR_FORMAT at the current line of text. */
sunzi_status sunzi_fortran_format_read(const sunzi_text *text, const char **at,
                                       const char *what,
                                       sunzi_fortran_format *format);

/* Fields of consecutive lines. */
typedef struct sunzi_fields {
    sunzi_text *text;
    const sunzi_fortran_format *format;
    const char *what; /* "row index" */
    int in_line;      /* fields of the current line already taken */
} sunzi_fields;

/* SUNZI_ERR_FORMAT: end of file, blank field, not a number. */
sunzi_status sunzi_fields_next_real(sunzi_fields *fields, double *value);
sunzi_status sunzi_fields_next_integer(sunzi_fields *fields, int64_t *value);

#endif
