/* SPDX-License-Identifier: BSD-3-Clause */
/* Progress of long work, on the standard error: on a terminal one line that is
 * drawn over itself; elsewhere (a batch job's log) a line every half minute,
 * and one at the end of phases that took so long. */
#ifndef SUNZI_TOOLS_PROGRESS_H
#define SUNZI_TOOLS_PROGRESS_H

#include <stdbool.h>
#include <stdio.h>

typedef struct sunzi_tool_progress {
    const char *command; /* "sunzi solve", before plain lines */
    FILE *out;
    bool silent, terminal, drawn, told_any;
    double (*seconds)(void); /* the clock */
    char phase[44];
    double begun;         /* seconds of the first call, 0: none yet */
    double first, done;   /* of the phase: at its beginning, at the last call */
    double started, told; /* seconds: of the phase, of its last plain line */
} sunzi_tool_progress;

/* Silent for a quiet command and on all processes but 0. */
void sunzi_tool_progress_begin(sunzi_tool_progress *progress,
                               const char *command, bool quiet, int rank);

/* A sunzi_progress_fn; `user` is the sunzi_tool_progress. A phase begins where
 * the name changes or `done` becomes less. */
void sunzi_tool_progress_show(void *user, const char *phase, double done,
                              double total);

/* Take the line off the terminal, before other output; more may be shown. */
void sunzi_tool_progress_clear(sunzi_tool_progress *progress);

#endif
