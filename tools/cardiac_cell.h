/* SPDX-License-Identifier: BSD-3-Clause */
/* `sunzi cardiac --cell`: one cell, paced, under several policies. */
#ifndef SUNZI_TOOLS_CARDIAC_CELL_H
#define SUNZI_TOOLS_CARDIAC_CELL_H

#include <stdbool.h>
#include <sunzi/sunzi.h>

#define SUNZI_CELL_COMMAND "sunzi cardiac --cell"

enum { SUNZI_PACE_STATES_MAX = 64 };

typedef struct sunzi_pace {
    const sunzi_cell_model *model;
    sunzi_cell_model *opened; /* from a file; NULL: it is the library's */
    int variant;
    sunzi_cell_method method;
    int beats;
    double dt, period, on; /* ms */
    double current;        /* pA/pF */
    double adapt;          /* mV; 0: fixed steps */
    int policies;
    sunzi_policy policy[SUNZI_POLICY_COUNT]; /* in the order asked for */
    const char *report_path;
    bool nudged; /* FP64 begins with every state one last bit higher */
} sunzi_pace;

/* What the last beat was like. */
typedef struct sunzi_paced {
    double crossing_ms; /* of 0 mV, upward, from the beat's start; NaN: none */
    double apd90_ms;    /* from there; NaN: none */
    double v_most_mv, dv_most;           /* mV, mV / ms */
    double state[SUNZI_PACE_STATES_MAX]; /* at the end */
    double seconds;
    double steps; /* all */
} sunzi_paced;

/* Does the command line ask for cells (--cell, --list)? */
bool sunzi_cardiac_cell_asked(int argc, char **argv);

/* argv[0] is the subcommand. An exit code. */
int sunzi_cardiac_cell(int argc, char **argv);

/* Pace under one policy; each: NULL, or room for what every beat was like. */
sunzi_status sunzi_pace_run(const sunzi_pace *pace, sunzi_policy policy,
                            sunzi_paced *result, sunzi_paced *each);

/* The table, on the standard output; the report as JSON, 0 or an exit code. */
void sunzi_pace_print(const sunzi_pace *pace, const sunzi_paced *result);
int sunzi_pace_report(const sunzi_pace *pace, const sunzi_paced *result);

#endif
