/* SPDX-License-Identifier: BSD-3-Clause */
/* The keys of a run on tissue. Defaults are the set-up of the N-version
 * benchmark, S. A. Niederer et al., Phil. Trans. R. Soc. A 369 (2011) 4331:
 * conductivities s_i s_e / (s_i + s_e) along and across the fibres. */
#include "tools/cardiac_tissue.h"

static const char *const cases[] = {"none", "niederer", NULL};
static const char *const policies[] = {"fp64", "fp32", "fp32c", NULL};
static const char *const methods[] = {"rush-larsen", "midpoint", NULL};
static const char *const splittings[] = {"godunov", "strang", NULL};
static const char *const schemes[] = {"explicit", "backward-euler",
                                      "crank-nicolson", NULL};
static const char *const equations[] = {"monodomain", "bidomain", NULL};
static const char *const whiches[] = {"first", "last", NULL};
static const char *const edges[] = {"nodes", "weighted", NULL};

#define PULSE_KEYS(first, section, count, what)                                \
    [first + SUNZI_PULSE_BOX] = {section,                                      \
                                 "box",                                        \
                                 SUNZI_RUN_REALS,                              \
                                 .unit = "mm",                                 \
                                 .least = 6,                                   \
                                 .most = 6,                                    \
                                 .standard = "0, 1.5, 0, 1.5, 0, 1.5 mm",      \
                                 .help = what ": from and to in x, y, z"},     \
             [first + SUNZI_PULSE_LABEL] =                                     \
                 {section,                                                     \
                  "label",                                                     \
                  SUNZI_RUN_INTEGER,                                           \
                  .range = "[-1, 255]",                                        \
                  .standard = "-1",                                            \
                  .help = "where tissue.mask-array has this number, and\nin "  \
                          "the box if one is given; -1: the box"},             \
             [first + SUNZI_PULSE_CURRENT] = {section,                         \
                                              "current",                       \
                                              SUNZI_RUN_REAL,                  \
                                              .unit = "uA/cm3",                \
                                              .standard = "50000 uA/cm3",      \
                                              .help = "positive depolarises"}, \
             [first + SUNZI_PULSE_START] = {section,                           \
                                            "start",                           \
                                            SUNZI_RUN_REAL,                    \
                                            .unit = "ms",                      \
                                            .range = "[0, inf)",               \
                                            .standard = "0 ms",                \
                                            .help = "of the first pulse"},     \
             [first + SUNZI_PULSE_DURATION] = {section,                        \
                                               "duration",                     \
                                               SUNZI_RUN_REAL,                 \
                                               .unit = "ms",                   \
                                               .range = "(0, inf)",            \
                                               .standard = "2 ms",             \
                                               .help = "of a pulse"},          \
             [first + SUNZI_PULSE_PERIOD] = {section,                          \
                                             "period",                         \
                                             SUNZI_RUN_REAL,                   \
                                             .unit = "ms",                     \
                                             .range = "(0, inf)",              \
                                             .standard = "1000 ms",            \
                                             .help = "from pulse to pulse"},   \
             [first + SUNZI_PULSE_COUNT] = {                                   \
                 section,           "count",                                   \
                 SUNZI_RUN_INTEGER, .range = "[0, 1000000]",                   \
                 .standard = count, .help = "pulses; 0: none"}

#define REGION_KEYS(number, section)                                           \
    [SUNZI_TISSUE_REGION1 + (number - 1) * SUNZI_REGION_KEYS +                 \
        SUNZI_REGION_MODEL] = {section, "model", SUNZI_RUN_STRING,             \
                               .standard = "",                                 \
                               .help = "of the cells in it, as cells.model; "  \
                                       "empty: no such\nregion"},              \
        [SUNZI_TISSUE_REGION1 + (number - 1) * SUNZI_REGION_KEYS +             \
            SUNZI_REGION_BOX] = {section,                                      \
                                 "box",                                        \
                                 SUNZI_RUN_REALS,                              \
                                 .unit = "mm",                                 \
                                 .least = 6,                                   \
                                 .most = 6,                                    \
                                 .standard = "0, 1e9, 0, 1e9, 0, 1e9 mm",      \
                                 .help = "nodes in it: from and to in x, "     \
                                         "y, z"},                              \
        [SUNZI_TISSUE_REGION1 + (number - 1) * SUNZI_REGION_KEYS +             \
            SUNZI_REGION_DEPTH] = {section,                                    \
                                   "depth",                                    \
                                   SUNZI_RUN_REALS,                            \
                                   .range = "[0, 1]",                          \
                                   .least = 2,                                 \
                                   .most = 2,                                  \
                                   .standard = "0, 1",                         \
                                   .help = "and from and to in z, as a "       \
                                           "part of the size"},                \
        [SUNZI_TISSUE_REGION1 + (number - 1) * SUNZI_REGION_KEYS +             \
            SUNZI_REGION_LABEL] = {section,                                    \
                                   "label",                                    \
                                   SUNZI_RUN_INTEGER,                          \
                                   .range = "[-1, 255]",                       \
                                   .standard = "-1",                           \
                                   .help = "and of this number in "            \
                                           "tissue.mask-array, the "           \
                                           "largest\nof the voxels "           \
                                           "around; -1: any"}

static const sunzi_run_key keys[SUNZI_TISSUE_KEYS] = {
    [SUNZI_TISSUE_CASE] = {"run", "case", SUNZI_RUN_CHOICE, .choices = cases,
                           .standard = "none",
                           .help = "niederer: tell P1 .. P9 of the N-version\n"
                                   "benchmark beside published times"},
    [SUNZI_TISSUE_POLICIES] = {"run", "policy", SUNZI_RUN_CHOICES,
                               .choices = policies, .least = 1, .most = 3,
                               .standard = "fp64",
                               .help = "arithmetic; a run for each"},
    [SUNZI_TISSUE_ENGINE] = {"run", "engine", SUNZI_RUN_STRING, .standard = "",
                             .help = "see sunzi info; empty: SUNZI_ENGINE, "
                                     "else\nthe best one"},
    [SUNZI_TISSUE_THREADS] = {"run", "threads", SUNZI_RUN_INTEGER,
                              .range = "[0, 4096]", .standard = "0",
                              .help = "of a process; 0: what OpenMP gives"},
    [SUNZI_TISSUE_RESTART] = {"run", "restart", SUNZI_RUN_BOOLEAN,
                              .standard = "no",
                              .help = "go on from the latest checkpoint of\n"
                                      "output.checkpoint"},
    [SUNZI_TISSUE_EQUATION] = {"tissue", "equation", SUNZI_RUN_CHOICE,
                               .choices = equations, .standard = "monodomain",
                               .help = "bidomain: with the potential outside "
                                       "of the\ncells, see [bidomain]"},
    [SUNZI_TISSUE_BALANCE] = {"run", "balance", SUNZI_RUN_BOOLEAN,
                              .standard = "yes",
                              .help = "processes get equal shares of the "
                                      "tissue of a\nmask (monodomain), not of "
                                      "its box"},
    [SUNZI_TISSUE_SIZE] = {"tissue", "size", SUNZI_RUN_REALS, .unit = "mm",
                           .range = "[0, inf)", .least = 3, .most = 3,
                           .standard = "20, 7, 3 mm",
                           .help = "in x, y, z, multiples of the spacing; 0: "
                                   "a sheet\nor cable"},
    [SUNZI_TISSUE_SPACING] = {"tissue", "spacing", SUNZI_RUN_REAL, .unit = "mm",
                              .range = "(0, inf)", .standard = "0.5 mm",
                              .help = "of nodes"},
    [SUNZI_TISSUE_MASK] = {"tissue", "mask", SUNZI_RUN_PATH, .standard = "",
                           .help = "HDF5 or legacy VTK (.vtk) file with an "
                                   "image of voxels:\nits size is taken "
                                   "instead of tissue.size; empty: none"},
    [SUNZI_TISSUE_MASK_ARRAY] = {"tissue", "mask-array", SUNZI_RUN_STRING,
                                 .standard = "tissue",
                                 .help =
                                     "its name: uint8 [z][y][x], or SCALARS "
                                     "of VTK;\n0: no tissue"},
    [SUNZI_TISSUE_CONDUCTIVITY] =
        {"tissue", "conductivity", SUNZI_RUN_REALS, .unit = "S/m", .least = 3,
         .most = 3,
         .standard = "0.13341772151898735, 0.0176061776061776, "
                     "0.0176061776061776 S/m",
         .help = "along the fibres, across them in the plane of\nx and y, and "
                 "in z"},
    [SUNZI_TISSUE_FIBRE] = {"tissue", "fibre", SUNZI_RUN_REALS, .unit = "deg",
                            .range = "[-180, 180]", .least = 2, .most = 2,
                            .standard = "0, 0 deg",
                            .help = "angle of the fibres from x towards y "
                                    "at z = 0 and\nat the largest z, "
                                    "linear between"},
    [SUNZI_TISSUE_CHI] = {"tissue", "surface-to-volume", SUNZI_RUN_REAL,
                          .unit = "1/mm", .range = "(0, inf)",
                          .standard = "1400 1/cm",
                          .help = "membrane in a volume"},
    [SUNZI_TISSUE_CAPACITANCE] = {"tissue", "capacitance", SUNZI_RUN_REAL,
                                  .unit = "F/m2", .range = "(0, inf)",
                                  .standard = "1 uF/cm2",
                                  .help = "of the membrane"},
    [SUNZI_BIDOMAIN_INSIDE] = {"bidomain", "inside", SUNZI_RUN_REALS,
                               .unit = "S/m", .least = 3, .most = 3,
                               .standard = "0.17, 0.019, 0.019 S/m",
                               .help = "conductivity inside of the cells, as "
                                       "tissue.conductivity"},
    [SUNZI_BIDOMAIN_OUTSIDE] = {"bidomain", "outside", SUNZI_RUN_REALS,
                                .unit = "S/m", .least = 3, .most = 3,
                                .standard = "0.62, 0.24, 0.24 S/m",
                                .help = "and outside of them"},
    [SUNZI_BIDOMAIN_BATH] = {"bidomain", "bath", SUNZI_RUN_REAL, .unit = "S/m",
                             .range = "[0, inf)", .standard = "0 S/m",
                             .help = "conductivity of the bath; 0: there is "
                                     "none"},
    [SUNZI_BIDOMAIN_BATH_BOX] = {"bidomain", "bath-box", SUNZI_RUN_REALS,
                                 .unit = "mm", .least = 6, .most = 6,
                                 .standard = "-1, -1, -1, -1, -1, -1 mm",
                                 .help = "voxels with their middle in it are "
                                         "bath, not tissue"},
    [SUNZI_BIDOMAIN_BATH_LABEL] = {"bidomain", "bath-label", SUNZI_RUN_INTEGER,
                                   .range = "[-1, 255]", .standard = "0",
                                   .help = "and those of this number in "
                                           "tissue.mask-array; 0: all\nwithout "
                                           "tissue; -1: none"},
    [SUNZI_BIDOMAIN_TOLERANCE] = {"bidomain", "tolerance", SUNZI_RUN_REAL,
                                  .range = "[0, 1)", .standard = "0",
                                  .help = "of the residual of phi, relative; "
                                          "0: 1e-9 (fp64),\n1e-5"},
    [SUNZI_BIDOMAIN_GROUND] = {"bidomain", "ground-point", SUNZI_RUN_REALS,
                               .unit = "mm", .least = 3, .most = 3,
                               .standard = "-1, -1, -1 mm",
                               .help = "where phi is 0 in the files; else its "
                                       "mean is"},
    [SUNZI_TISSUE_MODEL] = {"cells", "model", SUNZI_RUN_STRING,
                            .standard = "ten-tusscher-2006-epi",
                            .help = "see sunzi cardiac --list; a path: a file "
                                    "of yours (doc/cell-models.md)"},
    [SUNZI_TISSUE_METHOD] = {"cells", "method", SUNZI_RUN_CHOICE,
                             .choices = methods, .standard = "rush-larsen",
                             .help = "of the cells; midpoint is of second "
                                     "order"},
    REGION_KEYS(1, "region1"),
    REGION_KEYS(2, "region2"),
    REGION_KEYS(3, "region3"),
    REGION_KEYS(4, "region4"),
    REGION_KEYS(5, "region5"),
    REGION_KEYS(6, "region6"),
    [SUNZI_TISSUE_DT] = {"time", "dt", SUNZI_RUN_REAL, .unit = "ms",
                         .range = "(0, inf)", .standard = "0.05 ms",
                         .help = "time step"},
    [SUNZI_TISSUE_END] = {"time", "end", SUNZI_RUN_REAL, .unit = "ms",
                          .range = "[0, inf)", .standard = "0 ms",
                          .help =
                              "0: when all of the tissue was activated "
                              "(with\noutput.maps: and repolarised), at most "
                              "1000 ms"},
    [SUNZI_TISSUE_SPLITTING] = {"time", "splitting", SUNZI_RUN_CHOICE,
                                .choices = splittings, .standard = "godunov",
                                .help = "strang is of second order"},
    [SUNZI_TISSUE_SCHEME_KEY] = {"time", "diffusion", SUNZI_RUN_CHOICE,
                                 .choices = schemes,
                                 .standard = "backward-euler",
                                 .help = "crank-nicolson is of second order"},
    [SUNZI_TISSUE_TOLERANCE] = {"time", "tolerance", SUNZI_RUN_REAL,
                                .range = "[0, 1)", .standard = "0",
                                .help = "of the increment by diffusion, "
                                        "relative; 0: 1e-9\n(fp64), 1e-7"},
    [SUNZI_TISSUE_EDGE] = {"time", "stimulus-edge", SUNZI_RUN_CHOICE,
                           .choices = edges, .standard = "nodes",
                           .help = "nodes: all nodes in the closed box; "
                                   "weighted: by the\npart of their volume in "
                                   "it, of second order"},
    PULSE_KEYS(SUNZI_TISSUE_S1, "s1", "1", "where the first stimulus acts"),
    PULSE_KEYS(SUNZI_TISSUE_S2, "s2", "0", "where the second stimulus acts"),
    PULSE_KEYS(SUNZI_TISSUE_S3, "s3", "0", "where the third stimulus acts"),
    PULSE_KEYS(SUNZI_TISSUE_S4, "s4", "0", "where the fourth stimulus acts"),
    [SUNZI_BEATS_THRESHOLD] = {"beats", "threshold", SUNZI_RUN_REAL,
                               .unit = "mV", .standard = "0 mV",
                               .help = "activation: V crosses it upwards"},
    [SUNZI_BEATS_FRACTION] = {"beats", "fraction", SUNZI_RUN_REAL,
                              .range = "[0, 1)", .standard = "0.9",
                              .help = "repolarisation: V has fallen by so much "
                                      "of the\namplitude; 0: to beats.level"},
    [SUNZI_BEATS_LEVEL] = {"beats", "level", SUNZI_RUN_REAL, .unit = "mV",
                           .standard = "-70 mV",
                           .help = "of repolarisation, where fraction is 0"},
    [SUNZI_BEATS_WHICH] = {"beats", "which", SUNZI_RUN_CHOICE,
                           .choices = whiches, .standard = "first",
                           .help = "beat of a node that maps tell of"},
    [SUNZI_TISSUE_REPORT] = {"output", "report", SUNZI_RUN_PATH, .standard = "",
                             .help = "JSON file; empty: none"},
    [SUNZI_TISSUE_SNAPSHOTS] = {"output", "snapshots", SUNZI_RUN_PATH,
                                .standard = "",
                                .help =
                                    "V over time, and phi (bidomain), HDF5 for "
                                    "ParaView\n(name.vtkhdf); empty: none"},
    [SUNZI_TISSUE_SNAPSHOT_EVERY] = {"output", "snapshot-every", SUNZI_RUN_REAL,
                                     .unit = "ms", .range = "(0, inf)",
                                     .standard = "5 ms",
                                     .help = "rounded to whole steps"},
    [SUNZI_TISSUE_MAP] = {"output", "activation", SUNZI_RUN_PATH,
                          .standard = "",
                          .help =
                              "map of activation times alone, as snapshots; "
                              "empty:\nnone"},
    [SUNZI_TISSUE_MAPS] = {"output", "maps", SUNZI_RUN_PATH, .standard = "",
                           .help = "maps of activation, repolarisation, apd, "
                                   "speed and\nvelocity, as snapshots; empty: "
                                   "none"},
    [SUNZI_TISSUE_FASTEST] = {"output", "fastest", SUNZI_RUN_REAL,
                              .unit = "mm/ms", .range = "[0, inf)",
                              .standard = "5 m/s",
                              .help = "wave: speeds above it are left out of "
                                      "maps (where\nwaves begin or meet); 0: "
                                      "none"},
    [SUNZI_TISSUE_PATHS] = {"output", "paths", SUNZI_RUN_REALS, .unit = "mm",
                            .range = "[0, inf)", .least = 0, .most = 300,
                            .standard = "",
                            .help = "x, y, z of two points between which the "
                                    "speed is told,\nof the next two, ..."},
    [SUNZI_TISSUE_CHECKPOINT] = {"output", "checkpoint", SUNZI_RUN_PATH,
                                 .standard = "",
                                 .help = "first part of the names of "
                                         "checkpoints; empty: none"},
    [SUNZI_TISSUE_CHECKPOINT_EVERY] = {"output", "checkpoint-every",
                                       SUNZI_RUN_REAL, .unit = "ms",
                                       .range = "(0, inf)", .standard = "50 ms",
                                       .help = "rounded to whole steps"},
    [SUNZI_TISSUE_PROBES] = {"output", "probes", SUNZI_RUN_PATH, .standard = "",
                             .help = "V over time at points, CSV; empty: none"},
    [SUNZI_TISSUE_PROBE_POINTS] = {"output", "probe-points", SUNZI_RUN_REALS,
                                   .unit = "mm", .range = "[0, inf)",
                                   .least = 3, .most = 300,
                                   .standard = "0, 0, 0 mm",
                                   .help = "x, y, z of the first point, of the "
                                           "next one, ..."},
    [SUNZI_TISSUE_PROBE_EVERY] = {"output", "probe-every", SUNZI_RUN_REAL,
                                  .unit = "ms", .range = "(0, inf)",
                                  .standard = "1 ms",
                                  .help = "rounded to whole steps"},
    [SUNZI_TISSUE_ECG] = {"output", "ecg", SUNZI_RUN_PATH, .standard = "",
                          .help = "pseudo-ECG over time, CSV; empty: none"},
    [SUNZI_TISSUE_ECG_POINTS] = {"output", "ecg-points", SUNZI_RUN_REALS,
                                 .unit = "mm", .least = 0, .most = 300,
                                 .standard = "",
                                 .help = "x, y, z of the first electrode, "
                                         "outside of the tissue,\nof the next "
                                         "one, ..."},
    [SUNZI_TISSUE_ECG_LEADS] = {"output", "ecg-leads", SUNZI_RUN_INTEGERS,
                                .range = "[1, 100]", .least = 0, .most = 200,
                                .standard = "",
                                .help = "2, 1, 3, 1: columns of electrode 2 "
                                        "less 1, of 3 less\n1, too"},
    [SUNZI_TISSUE_ECG_CONDUCTIVITY] = {"output", "ecg-conductivity",
                                       SUNZI_RUN_REAL, .unit = "S/m",
                                       .range = "(0, inf)", .standard = "1 S/m",
                                       .help = "of what is around the tissue"},
    [SUNZI_TISSUE_ECG_EVERY] = {"output", "ecg-every", SUNZI_RUN_REAL,
                                .unit = "ms", .range = "(0, inf)",
                                .standard = "1 ms",
                                .help = "rounded to whole steps"},
};

const sunzi_run_schema sunzi_tissue_schema = {"cardiac", keys,
                                              SUNZI_TISSUE_KEYS};
