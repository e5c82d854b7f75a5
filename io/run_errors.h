/* SPDX-License-Identifier: BSD-3-Clause */
/* The errors of a run file while they are collected. */
#ifndef SUNZI_IO_RUN_ERRORS_H
#define SUNZI_IO_RUN_ERRORS_H

#include <limits.h>
#include <stdbool.h>

#include "io/run_file.h"

/* Places after all lines of a file. */
enum { SUNZI_RUN_PLACE_OPTION = INT_MAX - 1, SUNZI_RUN_PLACE_MISSING };

/* Keep an error in the order of places; of one place in the order given. */
void sunzi_run_error(sunzi_run_errors *errors, int place, const char *format,
                     ...) __attribute__((format(printf, 3, 4)));

/* Tell of a section or key that the schema has not, with the nearest one; `at`
 * begins the sentence: "run.ini:7: ". */
void sunzi_run_unknown_section(sunzi_run_errors *errors, int place,
                               const char *at, const sunzi_run_schema *schema,
                               const char *section);
void sunzi_run_unknown_key(sunzi_run_errors *errors, int place, const char *at,
                           const sunzi_run_schema *schema, const char *section,
                           const char *name);

/* Index of a key, -1 if there is none. */
int sunzi_run_find_key(const sunzi_run_schema *schema, const char *section,
                       const char *name);
bool sunzi_run_has_section(const sunzi_run_schema *schema, const char *section);

#endif
