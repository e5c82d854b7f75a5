/* SPDX-License-Identifier: BSD-3-Clause */
/* Parts of `sunzi pb`. Run files and options are keys of one schema; all
 * processes read them together and run the same code. */
#ifndef SUNZI_TOOLS_PB_H
#define SUNZI_TOOLS_PB_H

#include <stdbool.h>
#include <sunzi/sunzi.h>

#include "io/run_file.h"

#define SUNZI_PB_COMMAND "sunzi pb"

/* Keys of a run. */
enum {
    SUNZI_PB_MOLECULE,
    SUNZI_PB_POLICIES,
    SUNZI_PB_ENGINE,
    SUNZI_PB_THREADS,
    SUNZI_PB_SPACING,
    SUNZI_PB_NODES,
    SUNZI_PB_CENTRE,
    SUNZI_PB_MARGIN,
    SUNZI_PB_FOCUS,
    SUNZI_PB_BOUNDARY,
    SUNZI_PB_SOLUTE,
    SUNZI_PB_SURFACE,
    SUNZI_PB_PROBE,
    SUNZI_PB_WIDTH,
    SUNZI_PB_AVERAGE,
    SUNZI_PB_CHARGES,
    SUNZI_PB_SOLVENT,
    SUNZI_PB_TEMPERATURE,
    SUNZI_PB_STRENGTH,
    SUNZI_PB_ION_RADIUS,
    SUNZI_PB_ION_CHARGES,
    SUNZI_PB_ION_CONCENTRATIONS,
    SUNZI_PB_EQUATION,
    SUNZI_PB_TOLERANCE,
    SUNZI_PB_REFERENCE,
    SUNZI_PB_REPORT,
    SUNZI_PB_DX,
    SUNZI_PB_HDF5,
    SUNZI_PB_KEYS
};

extern const sunzi_run_schema sunzi_pb_schema;

enum { SUNZI_PB_LEVELS_MAX = 6, SUNZI_PB_POLICIES_MAX = 3 };

/* One solution: in the solvent, or in the reference. */
typedef struct sunzi_pb_solution {
    bool is_reference;
    int64_t nodes[3];
    double spacing[3]; /* Angstrom */
    double making;     /* seconds until it could be solved */
    sunzi_pb_report solved;
} sunzi_pb_solution;

/* What one policy gave; the same on all processes. */
typedef struct sunzi_pb_result {
    const char *policy;
    int64_t atoms;
    double charge; /* of all atoms, e */
    double debye;  /* length, Angstrom; HUGE_VAL: no salt */
    bool has_reference;
    double in_solvent, reference, solvation; /* k T */
    double kT;                               /* kJ/mol */
    int solutions; /* coarsest first; in the solvent, then the reference */
    sunzi_pb_solution solution[2 * SUNZI_PB_LEVELS_MAX];
    double seconds;
} sunzi_pb_result;

/* Collective over the team. One run under policy number `index` of the file. */
sunzi_status sunzi_pb_run(const sunzi_run_file *file, int index,
                          sunzi_progress_fn *progress, void *user,
                          sunzi_pb_result *result);

/* Collective. phi of a solution, as OpenDX and HDF5, where the file asks for
 * them. (pb_files.c; the second in pb_no_hdf5.c where there is none) */
sunzi_status sunzi_pb_write_files(const sunzi_run_file *file, sunzi_pb *pb,
                                  const sunzi_pb_options *options,
                                  const char *policy);
sunzi_status sunzi_pb_write_hdf5(const sunzi_run_file *file,
                                 const sunzi_pb_options *options,
                                 const char *policy, const int64_t *first,
                                 const int64_t *count, const double *phi);

/* On process 0. An exit code: 0, or after a message SUNZI_EXIT_INPUT. */
void sunzi_pb_print(const sunzi_run_file *file, int count,
                    const sunzi_pb_result *results);
int sunzi_pb_write_report(const sunzi_run_file *file, int count,
                          const sunzi_pb_result *results);

/* Process 0, before collective work: the others come to sunzi_pb_serve
 * (tools/solve_share.c). */
void sunzi_share_pb(void);
void sunzi_pb_serve(void);

#endif
