/* SPDX-License-Identifier: BSD-3-Clause */
/* The keys of `sunzi pb`. */
#include "tools/pb.h"

static const char *const policies[] = {"fp64", "fp32", "fp32c", NULL};
/* in the order of sunzi/poisson_boltzmann.h */
static const char *const boundaries[] = {"atoms", "sphere", "zero", NULL};
static const char *const surfaces[] = {"molecular", "van-der-waals", "spline",
                                       NULL};
static const char *const averages[] = {"harmonic", "arithmetic", "midpoint",
                                       NULL};
static const char *const charges[] = {"trilinear", "cubic-spline", NULL};
static const char *const equations[] = {"linear", "nonlinear", NULL};

static const sunzi_run_key keys[SUNZI_PB_KEYS] = {
    [SUNZI_PB_MOLECULE] = {"run", "molecule", SUNZI_RUN_PATH, .standard = "",
                           .help = "PQR file; also named without an option"},
    [SUNZI_PB_POLICIES] = {"run", "policy", SUNZI_RUN_CHOICES,
                           .choices = policies, .least = 1,
                           .most = SUNZI_PB_POLICIES_MAX, .standard = "fp64",
                           .help = "arithmetic; a run for each"},
    [SUNZI_PB_ENGINE] = {"run", "engine", SUNZI_RUN_STRING, .standard = "",
                         .help = "see sunzi info; empty: SUNZI_ENGINE, else\n"
                                 "the best one"},
    [SUNZI_PB_THREADS] = {"run", "threads", SUNZI_RUN_INTEGER,
                          .range = "[0, 4096]", .standard = "0",
                          .help = "of a process; 0: what OpenMP gives"},
    [SUNZI_PB_SPACING] = {"grid", "spacing", SUNZI_RUN_REAL, .unit = "angstrom",
                          .range = "(0, inf)", .standard = "0.5 angstrom",
                          .help = "of the nodes of the finest grid"},
    [SUNZI_PB_NODES] = {"grid", "nodes", SUNZI_RUN_INTEGERS,
                        .range = "[5, 100000]", .least = 0, .most = 3,
                        .standard = "",
                        .help = "in x, y, z, or one number for all; empty: "
                                "the molecule\nand the margin"},
    [SUNZI_PB_CENTRE] = {"grid", "centre", SUNZI_RUN_REALS, .unit = "angstrom",
                         .least = 0, .most = 3, .standard = "",
                         .help = "x, y, z; empty: that of the molecule"},
    [SUNZI_PB_MARGIN] = {"grid", "margin", SUNZI_RUN_REAL, .unit = "angstrom",
                         .range = "[0, inf)", .standard = "10 angstrom",
                         .help = "around the molecule"},
    [SUNZI_PB_FOCUS] = {"grid", "focus", SUNZI_RUN_INTEGER, .range = "[1, 6]",
                        .standard = "2",
                        .help = "grids, each twice as wide as the next; 1: no\n"
                                "focusing"},
    [SUNZI_PB_BOUNDARY] = {"grid", "boundary", SUNZI_RUN_CHOICE,
                           .choices = boundaries, .standard = "atoms",
                           .help = "of the widest grid: Debye-Hueckel of each "
                                   "atom, of one\nsphere"},
    [SUNZI_PB_SOLUTE] = {"solute", "dielectric", SUNZI_RUN_REAL,
                         .range = "[1, 1000]", .standard = "2",
                         .help = "in the molecule, relative"},
    [SUNZI_PB_SURFACE] = {"solute", "surface", SUNZI_RUN_CHOICE,
                          .choices = surfaces, .standard = "molecular",
                          .help = "where the molecule ends; molecular: where a "
                                  "probe\ncannot reach"},
    [SUNZI_PB_PROBE] = {"solute", "probe-radius", SUNZI_RUN_REAL,
                        .unit = "angstrom", .range = "[0, 100]",
                        .standard = "1.4 angstrom",
                        .help = "of the molecular surface"},
    [SUNZI_PB_WIDTH] = {"solute", "spline-width", SUNZI_RUN_REAL,
                        .unit = "angstrom", .range = "[0.001, 100]",
                        .standard = "0.3 angstrom",
                        .help = "atoms of surface = spline end within +- this"},
    [SUNZI_PB_AVERAGE] = {"solute", "average", SUNZI_RUN_CHOICE,
                          .choices = averages, .standard = "harmonic",
                          .help = "the dielectric between a node inside and "
                                  "one outside"},
    [SUNZI_PB_CHARGES] = {"solute", "charges", SUNZI_RUN_CHOICE,
                          .choices = charges, .standard = "cubic-spline",
                          .help = "how a charge is put on nodes"},
    [SUNZI_PB_SOLVENT] = {"solvent", "dielectric", SUNZI_RUN_REAL,
                          .range = "[1, 1000]", .standard = "78.54",
                          .help = "relative"},
    [SUNZI_PB_TEMPERATURE] = {"solvent", "temperature", SUNZI_RUN_REAL,
                              .unit = "K", .range = "[1, 10000]",
                              .standard = "298.15 K",
                              .help = "of salt and energies"},
    [SUNZI_PB_STRENGTH] = {"solvent", "ionic-strength", SUNZI_RUN_REAL,
                           .unit = "mol/L", .range = "[0, 100]",
                           .standard = "0 mol/L",
                           .help = "of a salt with charges +1 and -1"},
    [SUNZI_PB_ION_RADIUS] = {"solvent", "ion-radius", SUNZI_RUN_REAL,
                             .unit = "angstrom", .range = "[0, 100]",
                             .standard = "2 angstrom",
                             .help = "no ion is nearer to the surface of an "
                                     "atom"},
    [SUNZI_PB_ION_CHARGES] = {"solvent", "ion-charges", SUNZI_RUN_REALS,
                              .range = "[-100, 100]", .least = 0,
                              .most = SUNZI_PB_IONS_MAX, .standard = "",
                              .help = "other ions than ionic-strength says: "
                                      "charges, e"},
    [SUNZI_PB_ION_CONCENTRATIONS] = {"solvent", "ion-concentrations",
                                     SUNZI_RUN_REALS, .unit = "mol/L",
                                     .range = "(0, 100]", .least = 0,
                                     .most = SUNZI_PB_IONS_MAX, .standard = "",
                                     .help = "of each of them"},
    [SUNZI_PB_EQUATION] = {"solve", "equation", SUNZI_RUN_CHOICE,
                           .choices = equations, .standard = "linear",
                           .help = "Poisson-Boltzmann"},
    [SUNZI_PB_TOLERANCE] = {"solve", "tolerance", SUNZI_RUN_REAL,
                            .range = "[0, 0.1]", .standard = "0",
                            .help = "of the residual, relative; 0: 1e-10, or "
                                    "1e-5 (fp32)"},
    [SUNZI_PB_REFERENCE] = {"solve", "reference", SUNZI_RUN_BOOLEAN,
                            .standard = "yes",
                            .help = "solve in the solute's dielectric alone, "
                                    "too, for the\nenergy of solvation"},
    [SUNZI_PB_REPORT] = {"output", "report", SUNZI_RUN_PATH, .standard = "",
                         .help = "JSON file; empty: none"},
    [SUNZI_PB_DX] = {"output", "dx", SUNZI_RUN_PATH, .standard = "",
                     .help = "potential, k T / e, as OpenDX; empty: none"},
    [SUNZI_PB_HDF5] = {"output", "hdf5", SUNZI_RUN_PATH, .standard = "",
                       .help = "the same, HDF5 for ParaView and sunzi plot\n"
                               "(name.vtkhdf); empty: none"},
};

const sunzi_run_schema sunzi_pb_schema = {"pb", keys, SUNZI_PB_KEYS};
