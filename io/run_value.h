/* SPDX-License-Identifier: BSD-3-Clause */
/* One value of a run file: from text by its row of the schema, and what is
 * allowed there in words. */
#ifndef SUNZI_IO_RUN_VALUE_H
#define SUNZI_IO_RUN_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "io/run_file.h"

typedef struct sunzi_run_range {
    double low, high;
    bool low_open, high_open;
} sunzi_run_range;

/* "(0, 10]", "[1, inf)"; NULL: everything. False if the text is no range. */
bool sunzi_run_range_parse(const char *text, sunzi_run_range *range);

bool sunzi_run_is_list(const sunzi_run_key *key);

int sunzi_run_choices(const sunzi_run_key *key);

/* "3 values: length, (0, inf) mm", always terminated. */
void sunzi_run_describe_all(const sunzi_run_key *key, char *text, size_t bytes);

/* Read [begin, end) into *value (to be cleared). SUNZI_ERR_FORMAT with the
 * sentence "section.name: ...", SUNZI_ERR_NOMEM: *value is zeroed. */
sunzi_status sunzi_run_value_parse(const sunzi_run_key *key, const char *begin,
                                   const char *end, sunzi_run_value *value);
void sunzi_run_value_clear(sunzi_run_value *value);

#endif
