/* SPDX-License-Identifier: BSD-3-Clause */
/* Stimuli of a run on tissue: trains of pulses in boxes and parts of the image.
 */
#include <math.h>

#include "tools/cardiac_run.h"

static const sunzi_run_value *pulse_value(const sunzi_slab *r, int pulse,
                                          int key)
{
    return sunzi_slab_value(r,
                            SUNZI_TISSUE_S1 + pulse * SUNZI_PULSE_KEYS + key);
}

static bool is_weighted(const sunzi_slab *r)
{
    return sunzi_slab_value(r, SUNZI_TISSUE_EDGE)->integer == 1;
}

/* The part of [x, x + h / 2] (side 1) or [x - h / 2, x] (side 0) that is in
 * from .. to. */
static double part_of_side(double x, double h, int side, double from, double to)
{
    const double low = side ? x : x - h / 2, high = side ? x + h / 2 : x;
    return fmax(0, fmin(high, to) - fmax(low, from)) / (h / 2);
}

/* Where a pulse acts. */
typedef struct place {
    const double *box; /* NULL: everywhere */
    int64_t label;     /* of the image; -1: any */
} place;

static bool has_label(const place *p, int label)
{
    return p->label < 0 || label == p->label;
}

/* Part of a node's volume that is in a place: of the eighths of the voxels with
 * tissue around it. */
static double weigh(const sunzi_slab *r, const int64_t n[3], const place *p)
{
    const double h = r->spacing, slack = 1e-6 * h;
    double inside = 0, volume = 0;
    for (int side = 0; side < 8; side++) {
        int64_t voxel[3];
        double part = 1;
        bool there = true;
        for (int d = 0; d < 3; d++) {
            const double x = (double)n[d] * h;
            const int upper = side >> d & 1;
            voxel[d] = n[d] - 1 + upper;
            /* one layer of nodes is voxel 0 */
            there = there && (upper || r->voxels[d] > 0);
            if (!p->box)
                continue;
            const double from = p->box[2 * d], to = p->box[2 * d + 1];
            part *= r->voxels[d] > 0 ? part_of_side(x, h, upper, from, to)
                                     : x >= from - slack && x <= to + slack;
        }
        if (!there || !sunzi_slab_has_tissue(r, voxel))
            continue;
        volume += 1;
        inside += has_label(p, sunzi_slab_label(r, voxel)) ? part : 0;
    }
    return volume > 0 ? inside / volume : 0;
}

static double is_in(const sunzi_slab *r, const int64_t n[3], const place *p)
{
    const double h = r->spacing, slack = 1e-6 * h, *box = p->box;
    for (int d = 0; d < 3 && box; d++) {
        const double x = (double)n[d] * h;
        if (!(x >= box[2 * d] - slack && x <= box[2 * d + 1] + slack))
            return 0;
    }
    return has_label(p, p->label < 0 ? 0 : sunzi_slab_node_label(r, n));
}

static sunzi_status check_place(const sunzi_slab *r, int key)
{
    const double *box = sunzi_slab_value(r, key)->reals;
    const int label = key - SUNZI_PULSE_BOX + SUNZI_PULSE_LABEL;
    if (sunzi_slab_value(r, label)->integer >= 0 && !r->image.label)
        return sunzi_run_file_fail(r->file, label,
                                   "numbers are those of an image; give "
                                   "tissue.mask, or a box here");
    for (int d = 0; d < 3; d++)
        if (box[2 * d] > box[2 * d + 1])
            return sunzi_run_file_fail(r->file, key,
                                       "from %g to %g mm in %c, allowed is the "
                                       "lower end first",
                                       box[2 * d], box[2 * d + 1], "xyz"[d]);
    return SUNZI_OK;
}

/* Collective. The current of a pulse into each node; it must reach some. */
static sunzi_status place_pulse(sunzi_slab *r, int pulse)
{
    const int key = SUNZI_TISSUE_S1 + pulse * SUNZI_PULSE_KEYS;
    const sunzi_run_value *box = pulse_value(r, pulse, SUNZI_PULSE_BOX);
    const int64_t label = pulse_value(r, pulse, SUNZI_PULSE_LABEL)->integer;
    const place where = {
        label < 0 || sunzi_tissue_given(box) ? box->reals : NULL, label};
    /* uA/cm3 = 1e-3 uA/mm3; over chi C in uF/mm3: mV/ms */
    const double rate = pulse_value(r, pulse, SUNZI_PULSE_CURRENT)->real *
                        1e-3 /
                        (sunzi_slab_value(r, SUNZI_TISSUE_CHI)->real *
                         sunzi_slab_value(r, SUNZI_TISSUE_CAPACITANCE)->real);
    double reached;
    sunzi_status status;
    SUNZI_TRY(check_place(r, key + SUNZI_PULSE_BOX));
    r->pulse[pulse] = sunzi_slab_numbers(r->count);
    status = r->pulse[pulse]
                 ? SUNZI_OK
                 : sunzi_fail(SUNZI_ERR_NOMEM, "no memory for stimuli");
    SUNZI_TRY(sunzi_comm_agree(r->comm, status));
    for (int64_t i = 0; i < r->count; i++) {
        int64_t n[3];
        sunzi_slab_node(r, i, n);
        r->pulse[pulse][i] =
            is_weighted(r) ? weigh(r, n, &where) : is_in(r, n, &where);
    }
    SUNZI_TRY(sunzi_dsum(r->context, r->comm, r->count, r->pulse[pulse], 1,
                         &reached));
    for (int64_t i = 0; i < r->count; i++)
        r->pulse[pulse][i] *= rate;
    if (reached == 0)
        status = sunzi_run_file_fail(
            r->file, key + (label < 0 ? SUNZI_PULSE_BOX : SUNZI_PULSE_LABEL),
            "there is no tissue in it; the grid is %g x %g x %g mm",
            (double)r->voxels[0] * r->spacing,
            (double)r->voxels[1] * r->spacing,
            (double)r->voxels[2] * r->spacing);
done:
    return status;
}

sunzi_status sunzi_slab_place_pulses(sunzi_slab *r)
{
    sunzi_status status = SUNZI_OK;
    for (int p = 0; p < SUNZI_PULSES && status == SUNZI_OK; p++)
        if (pulse_value(r, p, SUNZI_PULSE_COUNT)->integer > 0)
            status = place_pulse(r, p);
    return status;
}

/* A pulse longer than the period goes on into the next one; the last one is as
 * long as it is said to be. */
static bool acts(const sunzi_slab *r, int pulse, double time)
{
    const sunzi_run_value *v =
        sunzi_slab_value(r, SUNZI_TISSUE_S1 + pulse * SUNZI_PULSE_KEYS);
    const double since = time - v[SUNZI_PULSE_START].real;
    const double period = v[SUNZI_PULSE_PERIOD].real;
    const double last = (double)v[SUNZI_PULSE_COUNT].integer - 1;
    const double number = fmin(floor(since / period), last);
    return since >= 0 && last >= 0 &&
           since - number * period < v[SUNZI_PULSE_DURATION].real;
}

void sunzi_slab_set_stimulus(sunzi_slab *r, double time)
{
    unsigned acting = 0;
    for (int p = 0; p < SUNZI_PULSES; p++)
        acting |= acts(r, p, time) ? 1u << p : 0;
    for (int k = 0; k < r->parts; k++)
        r->part[k].cells.stimulus = acting ? r->part[k].stimulus : NULL;
    if (acting == r->acting)
        return;
    r->acting = acting;
    for (int64_t i = 0; i < r->count; i++) {
        const sunzi_slab_part *part = &r->part[r->part_of ? r->part_of[i] : 0];
        const int64_t cell = r->cell_of ? r->cell_of[i] : i;
        double sum = 0;
        for (int p = 0; p < SUNZI_PULSES; p++)
            sum += acting >> p & 1 ? r->pulse[p][i] : 0;
        if (r->policy == SUNZI_POLICY_FP64)
            ((double *)part->stimulus)[cell] = sum;
        else
            ((float *)part->stimulus)[cell] = (float)sum;
    }
}
