/* SPDX-License-Identifier: BSD-3-Clause */
/* A schema with every type of value, for the tests of run files. */
#ifndef SUNZI_TESTS_IO_RUN_SCHEMA_H
#define SUNZI_TESTS_IO_RUN_SCHEMA_H

#include "io/run_file.h"

enum {
    STEP,
    END,
    START,
    ADAPTIVE,
    SIZE,
    POINTS,
    SPACING,
    CONDUCTIVITY,
    DENSITY,
    BODY,
    CELL,
    POLICIES,
    SCALE,
    PROBES,
    OUTPUT,
    TITLE,
    KEYS
};

static const char *const test_cells[] = {"epi", "mid", "endo", NULL};
static const char *const test_policies[] = {"fp64", "fp32", "fp32c", "df64",
                                            NULL};

static const sunzi_run_key test_keys[KEYS] = {
    [STEP] = {"time", "dt", SUNZI_RUN_REAL, .unit = "ms", .range = "(0, 1]",
              .standard = "0.01 ms", .help = "step of the cells"},
    [END] = {"time", "end", SUNZI_RUN_REAL, .unit = "s", .range = "[0, inf)",
             .help = "length of the run"},
    [START] = {"time", "start", SUNZI_RUN_REAL, .unit = "s", .standard = "0 s",
               .help = "of the first stimulus"},
    [ADAPTIVE] = {"time", "adaptive", SUNZI_RUN_BOOLEAN, .standard = "no",
                  .help = "steps follow the upstroke\nof each cell"},
    [SIZE] = {"tissue", "size", SUNZI_RUN_REALS, .unit = "mm",
              .range = "(0, inf)", .least = 3, .most = 3,
              .standard = "20, 7, 3 mm", .help = "edges of the slab"},
    [POINTS] = {"tissue", "points", SUNZI_RUN_INTEGERS, .range = "[1, 4096]",
                .least = 1, .most = 3, .standard = "40, 14, 6",
                .help = "grid points"},
    [SPACING] = {"tissue", "spacing", SUNZI_RUN_REAL, .unit = "um",
                 .standard = "0.5 mm", .help = "of the grid"},
    [CONDUCTIVITY] = {"tissue", "conductivity", SUNZI_RUN_REALS,
                      .unit = "mS/mm", .range = "[0, 10)", .least = 1,
                      .most = 3, .standard = "0.1334, 0.0176, 0.0176 S/m",
                      .help = "along, across and normal to the fibres"},
    [DENSITY] = {"tissue", "density", SUNZI_RUN_REAL, .unit = "kg/m3",
                 .standard = "1 g/cm^3", .help = "of the tissue"},
    [BODY] = {"tissue", "temperature", SUNZI_RUN_REAL, .unit = "K",
              .range = "(0, 400)", .standard = "37 degC", .help = "of it"},
    [CELL] = {"cell", "type", SUNZI_RUN_CHOICE, .choices = test_cells,
              .standard = "epi", .help = "kind of cells"},
    [POLICIES] = {"cell", "policies", SUNZI_RUN_CHOICES,
                  .choices = test_policies, .least = 1, .most = 4,
                  .standard = "fp64", .help = "arithmetic of each run"},
    [SCALE] = {"cell", "scale", SUNZI_RUN_REAL, .range = "[-1, 1]",
               .standard = "1", .help = "of the currents"},
    [PROBES] = {"output", "probes", SUNZI_RUN_INTEGERS, .least = 0,
                .most = 1000, .standard = "", .help = "cells to record"},
    [OUTPUT] = {"output", "file", SUNZI_RUN_PATH, .standard = "run.h5",
                .help = "what is written"},
    [TITLE] = {"output", "title", SUNZI_RUN_STRING, .standard = "",
               .help = "of the pictures"},
};

static const sunzi_run_schema test_schema = {"test", test_keys, KEYS};

#endif
