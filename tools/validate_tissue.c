/* SPDX-License-Identifier: BSD-3-Clause */
/* A wave in a small slab, or in the tissue of a run file: when it arrives, and
 * V. */
#include <math.h>
#include <stdio.h>

#include "tools/validate_waves.h"

/* The slab of the N-version benchmark, cut short. */
static const char *const slab[] = {
    "--tissue.size=6, 3, 1 mm", "--tissue.spacing=0.25 mm", "--time.dt=0.02 ms",
    "--time.end=30 ms", "--time.stimulus-edge=weighted"};

enum { SLAB = (int)(sizeof slab / sizeof slab[0]) };

/* One number of a run: activation of a point, or a norm. */
typedef struct number {
    const sunzi_waves *waves;
    int point;
} number;

static double activation_of(const void *user, int run)
{
    const number *n = user;
    return n->waves->wave[run].result.activation[n->point];
}

/* Norms of changes: FP64's is that to itself, 0. */
static double activation_change(const void *user, int run)
{
    const number *n = user;
    return n->waves->wave[run].activation_change;
}

static double most_rms(const void *user, int run)
{
    const number *n = user;
    double most = 0;
    for (int64_t k = 0; k < n->waves->samples; k++)
        most = fmax(most, n->waves->wave[run].rms[k]);
    return most;
}

static double last_rms(const void *user, int run)
{
    const number *n = user;
    return n->waves->wave[run].rms[n->waves->samples - 1];
}

static void compare_all(const sunzi_waves *w, sunzi_validation *v)
{
    for (int p = 0; p < SUNZI_TISSUE_POINTS; p++) {
        const number n = {w, p};
        char name[40];
        snprintf(name, sizeof name, "activation of P%d", p + 1);
        if (!isnan(activation_of(&n, 0)))
            sunzi_waves_compare(w, v, name, "ms", activation_of, &n);
    }
    const number all = {w, 0};
    sunzi_waves_compare(w, v, "activation, largest change", "ms",
                        activation_change, &all);
    sunzi_waves_compare(w, v, "V, largest RMS change", "mV", most_rms, &all);
    sunzi_waves_compare(w, v, "V, RMS change at the end", "mV", last_rms, &all);
}

sunzi_status sunzi_validate_tissue(const sunzi_validate_request *asked,
                                   sunzi_validation *v)
{
    sunzi_waves w = {.path = asked->path, .finer_space = 2, .finer_time = 4};
    sunzi_validation_part *part = sunzi_validation_begin(v, "tissue");
    sunzi_waves_set_all(&w, slab, asked->path ? 0 : SLAB, asked);
    sunzi_status status = sunzi_waves_run(&w, v, part);
    if (status == SUNZI_OK) {
        const sunzi_tissue_result *r = &w.wave[0].result;
        snprintf(part->about, sizeof part->about,
                 "%s, %g x %g x %g mm, spacing %g mm, %lld nodes, steps of %g "
                 "ms, to %g ms (finer: spacing %g mm, %g ms)",
                 asked->path ? asked->path : "slab of the N-version benchmark",
                 r->size[0], r->size[1], r->size[2], w.spacing,
                 (long long)w.nodes, w.dt, w.end, w.spacing / w.finer_space,
                 w.dt / w.finer_time);
        compare_all(&w, v);
        status = sunzi_waves_draw(&w, v);
    }
    sunzi_waves_clear(&w);
    return status;
}
