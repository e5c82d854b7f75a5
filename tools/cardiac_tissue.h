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
    SUNZI_PULSE_LABEL,
    SUNZI_PULSE_CURRENT,
    SUNZI_PULSE_START,
    SUNZI_PULSE_DURATION,
    SUNZI_PULSE_PERIOD,
    SUNZI_PULSE_COUNT,
    SUNZI_PULSE_KEYS
};

enum { SUNZI_PULSES = 4 /* S1 to S4 */ };

/* Keys of one region of other cells. */
enum {
    SUNZI_REGION_MODEL,
    SUNZI_REGION_BOX,
    SUNZI_REGION_DEPTH,
    SUNZI_REGION_LABEL,
    SUNZI_REGION_KEYS
};

enum { SUNZI_REGIONS = 6 };

/* Keys of a run. */
enum {
    SUNZI_TISSUE_CASE,
    SUNZI_TISSUE_POLICIES,
    SUNZI_TISSUE_ENGINE,
    SUNZI_TISSUE_THREADS,
    SUNZI_TISSUE_RESTART,
    SUNZI_TISSUE_BALANCE,
    SUNZI_TISSUE_EQUATION,
    SUNZI_TISSUE_SIZE,
    SUNZI_TISSUE_SPACING,
    SUNZI_TISSUE_MASK,
    SUNZI_TISSUE_MASK_ARRAY,
    SUNZI_TISSUE_CONDUCTIVITY,
    SUNZI_TISSUE_FIBRE,
    SUNZI_TISSUE_CHI,
    SUNZI_TISSUE_CAPACITANCE,
    SUNZI_BIDOMAIN_INSIDE,
    SUNZI_BIDOMAIN_OUTSIDE,
    SUNZI_BIDOMAIN_BATH,
    SUNZI_BIDOMAIN_BATH_BOX,
    SUNZI_BIDOMAIN_BATH_LABEL,
    SUNZI_BIDOMAIN_TOLERANCE,
    SUNZI_BIDOMAIN_GROUND,
    SUNZI_BIDOMAIN_END,
    SUNZI_TISSUE_MODEL = SUNZI_BIDOMAIN_END,
    SUNZI_TISSUE_METHOD,
    SUNZI_TISSUE_REGION1,
    SUNZI_TISSUE_DT = SUNZI_TISSUE_REGION1 + SUNZI_REGIONS * SUNZI_REGION_KEYS,
    SUNZI_TISSUE_END,
    SUNZI_TISSUE_SPLITTING,
    SUNZI_TISSUE_SCHEME_KEY,
    SUNZI_TISSUE_TOLERANCE,
    SUNZI_TISSUE_EDGE,
    SUNZI_TISSUE_S1,
    SUNZI_TISSUE_S2 = SUNZI_TISSUE_S1 + SUNZI_PULSE_KEYS,
    SUNZI_TISSUE_S3 = SUNZI_TISSUE_S2 + SUNZI_PULSE_KEYS,
    SUNZI_TISSUE_S4 = SUNZI_TISSUE_S3 + SUNZI_PULSE_KEYS,
    SUNZI_BEATS_THRESHOLD = SUNZI_TISSUE_S4 + SUNZI_PULSE_KEYS,
    SUNZI_BEATS_FRACTION,
    SUNZI_BEATS_LEVEL,
    SUNZI_BEATS_WHICH,
    SUNZI_TISSUE_REPORT,
    SUNZI_TISSUE_SNAPSHOTS,
    SUNZI_TISSUE_SNAPSHOT_EVERY,
    SUNZI_TISSUE_MAP,
    SUNZI_TISSUE_MAPS,
    SUNZI_TISSUE_FASTEST,
    SUNZI_TISSUE_PATHS,
    SUNZI_TISSUE_CHECKPOINT,
    SUNZI_TISSUE_CHECKPOINT_EVERY,
    SUNZI_TISSUE_PROBES,
    SUNZI_TISSUE_PROBE_POINTS,
    SUNZI_TISSUE_PROBE_EVERY,
    SUNZI_TISSUE_ECG,
    SUNZI_TISSUE_ECG_POINTS,
    SUNZI_TISSUE_ECG_LEADS,
    SUNZI_TISSUE_ECG_CONDUCTIVITY,
    SUNZI_TISSUE_ECG_EVERY,
    SUNZI_TISSUE_KEYS
};

extern const sunzi_run_schema sunzi_tissue_schema;

enum { SUNZI_CASE_NONE, SUNZI_CASE_NIEDERER };
enum { SUNZI_EQUATION_MONODOMAIN, SUNZI_EQUATION_BIDOMAIN };

/* Was the value given, in the file or by an option? */
static inline bool sunzi_tissue_given(const sunzi_run_value *value)
{
    return value->line > 0 || value->option;
}

/* ---- a run (cardiac_run.c) ---- */

/* What a run ends with that was well begun. */
bool sunzi_tissue_ended_early(sunzi_status status);

enum { SUNZI_TISSUE_POINTS = 9 };

enum { SUNZI_TISSUE_WHY = 900 /* characters of the sentence of a failure */ };

/* Maps of a run, by their place in the report; velocity is in files only. */
enum {
    SUNZI_MAP_ACTIVATION,
    SUNZI_MAP_REPOLARISATION,
    SUNZI_MAP_DURATION,
    SUNZI_MAP_SPEED,
    SUNZI_MAPS_TOLD,
    SUNZI_MAP_VELOCITY = SUNZI_MAPS_TOLD,
    SUNZI_MAPS
};

enum { SUNZI_PATHS_MOST = 50 };

/* A map in a few numbers. */
typedef struct sunzi_tissue_map {
    sunzi_tissue_summary summary;
    double least_at[3], most_at[3]; /* mm */
} sunzi_tissue_map;

/* From one point to another one; NAN: the wave did not come there. */
typedef struct sunzi_tissue_path {
    double distance, time, speed; /* mm, ms, m/s = mm/ms */
} sunzi_tissue_path;

/* What one policy gave; the same on all processes. */
typedef struct sunzi_tissue_result {
    const char *policy;
    bool failed; /* the run ended early, nothing else is told but this: */
    char why[SUNZI_TISSUE_WHY];
    /* ms at P1 .. P9: the corners of the slab and its middle; NAN: not
     * activated */
    double activation[SUNZI_TISSUE_POINTS];
    int64_t nodes, activated, steps;
    sunzi_tissue_map map[SUNZI_MAPS_TOLD];
    int paths;
    sunzi_tissue_path path[SUNZI_PATHS_MOST];
    int64_t iterations;            /* of the diffusion, or of phi (bidomain) */
    double residual;               /* bidomain: the largest of phi */
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
 * watcher may be NULL. After what is not SUNZI_OK the result is that it failed. SUNZI_ERR_BLOW_UP,
 * SUNZI_ERR_NONFINITE, SUNZI_REACHED_NONE (a solve missed its tolerance): the
 * run ended early; its files are there, up to then. */
sunzi_status sunzi_tissue_run(const sunzi_run_file *file, int index,
                              const sunzi_tissue_watcher *watcher,
                              sunzi_progress_fn *progress, void *user,
                              sunzi_tissue_result *result);

/* ---- maps and paths in print and report, on process 0
 * (cardiac_maps_report.c) ---- */

typedef struct sunzi_json sunzi_json;

void sunzi_tissue_print_maps(const sunzi_run_file *file,
                             const sunzi_tissue_result *result);
void sunzi_tissue_write_maps(sunzi_json *json, const sunzi_run_file *file,
                             const sunzi_tissue_result *result);

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
