/* SPDX-License-Identifier: BSD-3-Clause */
/* Parts of `sunzi cardiac` on tissue. Run files, cases and options are keys of
 * one schema; all processes read them together and run the same code. */
#ifndef SUNZI_TOOLS_CARDIAC_TISSUE_H
#define SUNZI_TOOLS_CARDIAC_TISSUE_H

#include <stdbool.h>
#include <sunzi/sunzi.h>

#include "io/run_file.h"

#define SUNZI_TISSUE_COMMAND "sunzi cardiac"

/* Keys of one stimulus. */
enum {
    SUNZI_PULSE_BOX,
    SUNZI_PULSE_CURRENT,
    SUNZI_PULSE_START,
    SUNZI_PULSE_DURATION,
    SUNZI_PULSE_PERIOD,
    SUNZI_PULSE_COUNT,
    SUNZI_PULSE_KEYS
};

enum { SUNZI_PULSES = 2 /* S1 and S2 */ };

/* Keys of a run. */
enum {
    SUNZI_TISSUE_CASE,
    SUNZI_TISSUE_POLICIES,
    SUNZI_TISSUE_ENGINE,
    SUNZI_TISSUE_THREADS,
    SUNZI_TISSUE_RESTART,
    SUNZI_TISSUE_SIZE,
    SUNZI_TISSUE_SPACING,
    SUNZI_TISSUE_MASK,
    SUNZI_TISSUE_MASK_ARRAY,
    SUNZI_TISSUE_CONDUCTIVITY,
    SUNZI_TISSUE_FIBRE,
    SUNZI_TISSUE_CHI,
    SUNZI_TISSUE_CAPACITANCE,
    SUNZI_TISSUE_MODEL,
    SUNZI_TISSUE_METHOD,
    SUNZI_TISSUE_DT,
    SUNZI_TISSUE_END,
    SUNZI_TISSUE_SPLITTING,
    SUNZI_TISSUE_SCHEME_KEY,
    SUNZI_TISSUE_TOLERANCE,
    SUNZI_TISSUE_EDGE,
    SUNZI_TISSUE_S1,
    SUNZI_TISSUE_S2 = SUNZI_TISSUE_S1 + SUNZI_PULSE_KEYS,
    SUNZI_TISSUE_REPORT = SUNZI_TISSUE_S2 + SUNZI_PULSE_KEYS,
    SUNZI_TISSUE_SNAPSHOTS,
    SUNZI_TISSUE_SNAPSHOT_EVERY,
    SUNZI_TISSUE_MAP,
    SUNZI_TISSUE_CHECKPOINT,
    SUNZI_TISSUE_CHECKPOINT_EVERY,
    SUNZI_TISSUE_PROBES,
    SUNZI_TISSUE_PROBE_POINTS,
    SUNZI_TISSUE_PROBE_EVERY,
    SUNZI_TISSUE_KEYS
};

extern const sunzi_run_schema sunzi_tissue_schema;

enum { SUNZI_CASE_NONE, SUNZI_CASE_NIEDERER };

/* ---- a run (cardiac_run.c) ---- */

enum { SUNZI_TISSUE_POINTS = 9 };

/* What one policy gave; the same on all processes. */
typedef struct sunzi_tissue_result {
    const char *policy;
    /* ms at P1 .. P9: the corners of the slab and its middle; NAN: not
     * activated */
    double activation[SUNZI_TISSUE_POINTS];
    int64_t nodes, activated, steps, iterations;
    double size[3];                /* of the grid, mm */
    double end;                    /* ms */
    double seconds, cells_seconds; /* wall clock; those of the cells */
} sunzi_tissue_result;

struct sunzi_slab;

/* Looks at a run (tools/cardiac_run.h): before the first step and after each
 * one. Collective. */
typedef struct sunzi_tissue_watcher {
    sunzi_status (*look)(void *user, const struct sunzi_slab *slab);
    void *user;
    bool nudged; /* fp64 begins with every state one last bit higher */
} sunzi_tissue_watcher;

/* Collective over the team. One run under policy number `index` of the file;
 * watcher may be NULL. SUNZI_REACHED_NONE: a step of diffusion missed its
 * tolerance; no result. */
sunzi_status sunzi_tissue_run(const sunzi_run_file *file, int index,
                              const sunzi_tissue_watcher *watcher,
                              sunzi_progress_fn *progress, void *user,
                              sunzi_tissue_result *result);

/* ---- what is told, on process 0 (cardiac_report.c) ---- */

void sunzi_tissue_print(const sunzi_run_file *file, int count,
                        const sunzi_tissue_result *results);
/* An exit code, after a message if it is not 0. */
int sunzi_tissue_write_report(const sunzi_run_file *file, int count,
                              const sunzi_tissue_result *results);

/* Published activation times of the benchmark for a spacing and step, a table
 * an index; NULL where there is none. */
typedef struct sunzi_published {
    const char *source;
    double spacing, dt, activation[SUNZI_TISSUE_POINTS];
} sunzi_published;
const sunzi_published *sunzi_published_find(int index, double spacing,
                                            double dt);
/* Range of P8 over the codes of the paper at 0.1 mm and 0.005 ms. */
extern const double sunzi_published_range[2];

#endif
