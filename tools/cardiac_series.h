/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers of a run over time as CSV: a row a time, the first column the time.
 * Process 0 has the file; on the others nothing is written. */
#ifndef SUNZI_TOOLS_CARDIAC_SERIES_H
#define SUNZI_TOOLS_CARDIAC_SERIES_H

#include "io/new_file.h"
#include "tools/cardiac_run.h"

typedef struct sunzi_series {
    sunzi_new_file file;
    bool open;
    int64_t steps; /* between rows */
} sunzi_series;

/* The file that key `path` names, with rows in the time of key `every`. It
 * holds one run. Not collective. */
sunzi_status sunzi_series_open(const sunzi_slab *r, int path, int every,
                               sunzi_series *s);

/* Name a column, units and all; the end of the names. */
void sunzi_series_name(sunzi_series *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void sunzi_series_end(sunzi_series *s);

/* Is a row due after r->step steps? */
bool sunzi_series_due(const sunzi_slab *r, const sunzi_series *s);

/* A row of now: its time, its numbers, sunzi_series_end. */
void sunzi_series_begin(const sunzi_slab *r, sunzi_series *s);
void sunzi_series_number(sunzi_series *s, double number);

/* The file appears if `keep`. Not collective. */
sunzi_status sunzi_series_close(sunzi_series *s, bool keep);

#endif
