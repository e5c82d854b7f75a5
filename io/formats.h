/* SPDX-License-Identifier: BSD-3-Clause */
/* The readers behind sunzi_matrix_read: text in, matrix out. On a negative
 * status *matrix is untouched. */
#ifndef SUNZI_IO_FORMATS_H
#define SUNZI_IO_FORMATS_H

#include "io/matrix.h"
#include "core/text.h"

/* The text starts with the banner (in any case of letters). */
sunzi_status sunzi_read_matrix_market(sunzi_text *text, sunzi_matrix *matrix);

/* Does line 3 start with a Harwell-Boeing type? The text is not moved. */
bool sunzi_is_harwell_boeing(const sunzi_text *text);
sunzi_status sunzi_read_harwell_boeing(sunzi_text *text, sunzi_matrix *matrix);

/* Copy a title without surrounding blanks, printable, cut to 79 characters. */
void sunzi_set_title(sunzi_matrix *matrix, const char *begin, const char *end);

#endif
