/* SPDX-License-Identifier: BSD-3-Clause */
/* V and phi over time at points of the tissue, as CSV: a column a point, linear
 * between the nodes around it. The file does not depend on the number of
 * processes. */
#include <math.h>
#include <stdlib.h>

#include "tools/cardiac_series.h"

typedef struct sunzi_tissue_probes {
    sunzi_series series;
    int count;
} sunzi_tissue_probes;

static const double *points(const sunzi_slab *r)
{
    return sunzi_slab_value(r, SUNZI_TISSUE_PROBE_POINTS)->reals;
}

static sunzi_status check_keys(const sunzi_slab *r)
{
    const int numbers = sunzi_slab_value(r, SUNZI_TISSUE_PROBE_POINTS)->count;
    if (numbers % 3 != 0)
        return sunzi_run_file_fail(r->file, SUNZI_TISSUE_PROBE_POINTS,
                                   "there are %d numbers, allowed are three a "
                                   "point: x, y, z",
                                   numbers);
    return SUNZI_OK;
}

/* Not collective. */
static sunzi_status take(sunzi_slab *r)
{
    sunzi_tissue_probes *p = r->probes = calloc(1, sizeof *p);
    if (!p)
        return sunzi_fail(SUNZI_ERR_NOMEM, "no memory for probes");
    p->count = sunzi_slab_value(r, SUNZI_TISSUE_PROBE_POINTS)->count / 3;
    const sunzi_status status = sunzi_series_open(
        r, SUNZI_TISSUE_PROBES, SUNZI_TISSUE_PROBE_EVERY, &p->series);
    for (int k = 1; k <= p->count; k++)
        sunzi_series_name(&p->series, "V%d [mV]", k);
    for (int k = 1; k <= p->count && r->bidomain; k++)
        sunzi_series_name(&p->series, "phi%d [mV]", k);
    sunzi_series_end(&p->series);
    return status;
}

/* Collective. V, or phi where it is shown, at point k; all nodes around it must
 * be there, but V of a bath is NAN. */
static sunzi_status sample(const sunzi_slab *r, int k, bool phi, double *value)
{
    const double *at = points(r) + 3 * (ptrdiff_t)k;
    const sunzi_status status =
        phi ? sunzi_bidomain_sample(r->bidomain, r->shown, at, value)
            : sunzi_tissue_sample(r->tissue, r->V, at, value);
    if (status < 0)
        return sunzi_run_file_fail(r->file, SUNZI_TISSUE_PROBE_POINTS, "%s",
                                   sunzi_last_message());
    if (isnan(*value) && phi == (r->bidomain != NULL))
        return sunzi_run_file_fail(
            r->file, SUNZI_TISSUE_PROBE_POINTS,
            "point %d, (%g, %g, %g) mm, has nodes without tissue%s around it; "
            "move it",
            k + 1, at[0], at[1], at[2], phi ? " or bath" : "");
    return SUNZI_OK;
}

/* Collective. A row of r->step. */
static sunzi_status write_row(sunzi_slab *r)
{
    sunzi_tissue_probes *p = r->probes;
    sunzi_status status = sunzi_slab_show_phi(r);
    if (status != SUNZI_OK)
        return status;
    sunzi_series_begin(r, &p->series);
    for (int k = 0; k < p->count * (r->bidomain ? 2 : 1); k++) {
        double value = NAN;
        status = sample(r, k % p->count, k >= p->count, &value);
        if (status < 0)
            return status;
        sunzi_series_number(&p->series, value);
    }
    sunzi_series_end(&p->series);
    return SUNZI_OK;
}

sunzi_status sunzi_slab_open_probes(sunzi_slab *r)
{
    if (!*sunzi_slab_value(r, SUNZI_TISSUE_PROBES)->text)
        return SUNZI_OK;
    sunzi_status status = check_keys(r);
    if (status == SUNZI_OK)
        status = sunzi_comm_agree(r->comm, take(r));
    return status == SUNZI_OK ? write_row(r) : status;
}

sunzi_status sunzi_slab_write_probes(sunzi_slab *r)
{
    return r->probes && sunzi_series_due(r, &r->probes->series) ? write_row(r)
                                                                : SUNZI_OK;
}

sunzi_status sunzi_slab_close_probes(sunzi_slab *r, bool keep)
{
    sunzi_status status = SUNZI_OK;
    if (r->probes)
        status = sunzi_series_close(&r->probes->series, keep);
    free(r->probes);
    r->probes = NULL;
    return keep ? sunzi_comm_agree(r->comm, status) : SUNZI_OK;
}
