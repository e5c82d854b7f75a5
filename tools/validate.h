/* SPDX-License-Identifier: BSD-3-Clause */
/* Parts of `sunzi validate`: what is lost under each arithmetic. A case fills
 * one validation; the table, the report and the file of curves are made from
 * that alone, whatever the case is. */
#ifndef SUNZI_TOOLS_VALIDATE_H
#define SUNZI_TOOLS_VALIDATE_H

#include <stdbool.h>
#include <stdint.h>
#include <sunzi/sunzi.h>

#include "io/run_file.h"

#define SUNZI_VALIDATE_COMMAND "sunzi validate"

enum {
    SUNZI_VALIDATE_ARITHMETICS = 8,
    SUNZI_VALIDATE_FINDINGS = 64,
    SUNZI_VALIDATE_PARTS = 8,
    SUNZI_VALIDATE_OVERRIDES = 64
};

/* ---- what was found ---- */

/* A quantity: what FP64 gives, FP64's own errors, and how much each other
 * arithmetic changes it. All >= 0 but the value. */
typedef struct sunzi_finding {
    int part;
    char name[48], unit[12];
    double fp64;
    double steps;    /* change by finer steps in space and time */
    double last_bit; /* change when the initial states are one last bit up */
    /* Of a wave that may be chaotic: `steps` and `last_bit` are samples of the
     * scatter that FP64 has too, and what is within the larger one is kept. */
    bool statistic;
    /* NAN: this part does not have it; INFINITY: the run blew up */
    double change[SUNZI_VALIDATE_ARITHMETICS];
} sunzi_finding;

/* A part of a case: runs of one problem under each arithmetic. */
typedef struct sunzi_validation_part {
    const char *name;
    char about[300];
    double seconds[SUNZI_VALIDATE_ARITHMETICS]; /* NAN: not run */
} sunzi_validation_part;

/* Numbers for the file of curves: a series y over x, or with columns > 0 rows
 * of a field (x is NULL). */
typedef struct sunzi_curve {
    char path[80]; /* "cell/apd90/fp32" */
    const char *what, *unit, *axis, *axis_unit;
    int64_t count, columns;
    double *x, *y;
} sunzi_curve;

typedef struct sunzi_validation {
    const char *case_name;
    double limit; /* a change is lost beyond this part of `steps` */
    int arithmetics;
    const char *arithmetic[SUNZI_VALIDATE_ARITHMETICS]; /* [0]: "fp64" */
    int parts, findings, curves;
    sunzi_validation_part part[SUNZI_VALIDATE_PARTS];
    sunzi_finding finding[SUNZI_VALIDATE_FINDINGS];
    sunzi_curve *curve;
} sunzi_validation;

typedef enum sunzi_verdict {
    SUNZI_VERDICT_NONE,    /* the part has no such arithmetic */
    SUNZI_VERDICT_QUALITY, /* FP64 quality: within `last_bit` */
    SUNZI_VERDICT_KEPT,    /* within limit * steps, or the scatter */
    SUNZI_VERDICT_LOST
} sunzi_verdict;

sunzi_verdict sunzi_validation_verdict(const sunzi_validation *v,
                                       const sunzi_finding *f, int arithmetic);

/* The worst verdict of an arithmetic; *lost: how many quantities it loses. */
sunzi_verdict sunzi_validation_sum(const sunzi_validation *v, int arithmetic,
                                   int *lost, int *quality, int *all);

/* A new part; its runs are those that follow. */
sunzi_validation_part *sunzi_validation_begin(sunzi_validation *v,
                                              const char *name);

/* A new quantity of the last part; changes are NAN. */
sunzi_finding *sunzi_validation_add(sunzi_validation *v, const char *name,
                                    const char *unit, double fp64);

/* |a - b|; 0 where both are NAN, INFINITY where one of them is. */
double sunzi_validation_change(double a, double b);

/* Room for a curve of `count` numbers (times columns, if > 0) of the last part,
 * "quantity/arithmetic"; x too if there are no columns. NULL after
 * SUNZI_ERR_NOMEM. */
sunzi_curve *sunzi_validation_curve(sunzi_validation *v, const char *quantity,
                                    const char *arithmetic, int64_t count,
                                    int64_t columns);

void sunzi_validation_clear(sunzi_validation *v);

/* ---- what is asked for ---- */

typedef struct sunzi_validate_request {
    int case_index;
    const char *parts; /* a list; NULL: all */
    bool policy[SUNZI_POLICY_COUNT];
    double limit;
    const char *require; /* the policy that must lose nothing; NULL: none */
    int beats;
    double dt;        /* of the cell, ms */
    const char *path; /* a run file; NULL: the case's own problem */
    sunzi_run_override overrides[SUNZI_VALIDATE_OVERRIDES];
    int override_count;          /* keys of runs on tissue */
    const char *report, *curves; /* NULL: none */
} sunzi_validate_request;

/* Is the part asked for? */
bool sunzi_validate_wants(const sunzi_validate_request *asked,
                          const char *part);

/* ---- cases: fill v; a status with its sentence ---- */

sunzi_status sunzi_validate_cardiac(const sunzi_validate_request *asked,
                                    sunzi_validation *v);

/* Parts of the cardiac case. */
sunzi_status sunzi_validate_cell(const sunzi_validate_request *asked,
                                 sunzi_validation *v);
sunzi_status sunzi_validate_tissue(const sunzi_validate_request *asked,
                                   sunzi_validation *v);
sunzi_status sunzi_validate_exact(const sunzi_validate_request *asked,
                                  sunzi_validation *v);
sunzi_status sunzi_validate_spiral(const sunzi_validate_request *asked,
                                   sunzi_validation *v);

/* ---- what is told ---- */

void sunzi_validation_print(const sunzi_validation *v);
sunzi_status sunzi_validation_report(const sunzi_validation *v,
                                     const char *path);
/* HDF5 for `sunzi plot` (validate_curves.c; no_hdf5.c without HDF5). Before the
 * runs: can it be written? */
sunzi_status sunzi_validation_check_curves(const char *path);
sunzi_status sunzi_validation_curves(const sunzi_validation *v,
                                     const char *path);

#endif
