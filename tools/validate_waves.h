/* SPDX-License-Identifier: BSD-3-Clause */
/* Runs of one problem on tissue: under each arithmetic, in FP64 with finer
 * steps, and in FP64 begun one last bit away; V at the same times at the same
 * nodes. The runs are those of `sunzi cardiac`. */
#ifndef SUNZI_TOOLS_VALIDATE_WAVES_H
#define SUNZI_TOOLS_VALIDATE_WAVES_H

#include "tools/cardiac_run.h"
#include "tools/validate.h"

enum {
    SUNZI_WAVE_NUDGED = SUNZI_VALIDATE_ARITHMETICS,
    SUNZI_WAVE_FINE,
    SUNZI_WAVES
};

typedef struct sunzi_wave {
    bool there;   /* false: not run, or it blew up */
    bool blew_up; /* or a step of it missed its tolerance */
    sunzi_tissue_result result;
    double *rms; /* mV at each sample: V less FP64's, over the nodes */
    /* ms, the largest over the nodes: activation less FP64's; INFINITY: of a
     * node that is activated in one of them only */
    double activation_change;
} sunzi_wave;

typedef struct sunzi_waves {
    const char *path; /* a run file, NULL: none */
    sunzi_run_override overrides[SUNZI_VALIDATE_OVERRIDES];
    int override_count;
    int finer_space, finer_time;
    /* Also called after each step of a run; NULL: not. */
    sunzi_status (*look)(void *user, int run, const sunzi_slab *slab);
    void *user;

    /* ---- set by sunzi_waves_run ---- */
    double dt, end, spacing, every; /* ms, ms, mm, ms: from sample to sample */
    int64_t samples, nodes, shape[3];
    double *V;          /* [samples][nodes], of FP64 */
    double *activation; /* [nodes], of FP64 */
    sunzi_wave wave[SUNZI_WAVES];
    int run; /* the run that is made */
} sunzi_waves;

/* "--tissue.size=..." of the problem, a text that stays; a key that was set
 * before gets the new value. */
void sunzi_waves_set(sunzi_waves *w, const char *option);

/* What belongs to the case, then what was asked for. */
void sunzi_waves_set_all(sunzi_waves *w, const char *const *options, int count,
                         const sunzi_validate_request *asked);

/* All runs; seconds of the part. A policy that tissue does not have is left
 * out, one that blows up is noted. */
sunzi_status sunzi_waves_run(sunzi_waves *w, const sunzi_validation *v,
                             sunzi_validation_part *part);

/* A finding about the value that `of` tells of each run. */
sunzi_finding *sunzi_waves_compare(const sunzi_waves *w, sunzi_validation *v,
                                   const char *name, const char *unit,
                                   double (*of)(const void *user, int run),
                                   const void *user);

/* Curves "v_rms/...": RMS change of V over time. */
sunzi_status sunzi_waves_draw(const sunzi_waves *w, sunzi_validation *v);

void sunzi_waves_clear(sunzi_waves *w);

#endif
