/* SPDX-License-Identifier: BSD-3-Clause */
/* The pseudo-ECG of a run over time, as CSV: a column an electrode, then one a
 * lead, the difference of two electrodes. */
#include <stdlib.h>

#include "tools/cardiac_series.h"

typedef struct sunzi_tissue_ecg {
    sunzi_series series;
    sunzi_ecg *ecg;
    int electrodes, leads;
    double *phi; /* of the electrodes, mV */
} sunzi_tissue_ecg;

static const int64_t *lead(const sunzi_slab *r, int k)
{
    return sunzi_slab_value(r, SUNZI_TISSUE_ECG_LEADS)->integers +
           2 * (ptrdiff_t)k;
}

static sunzi_status check_keys(const sunzi_slab *r)
{
    const sunzi_run_value *points =
        sunzi_slab_value(r, SUNZI_TISSUE_ECG_POINTS);
    const sunzi_run_value *leads = sunzi_slab_value(r, SUNZI_TISSUE_ECG_LEADS);
    const int electrodes = points->count / 3;
    if (points->count == 0 || points->count % 3 != 0)
        return sunzi_run_file_fail(r->file, SUNZI_TISSUE_ECG_POINTS,
                                   "there are %d numbers, allowed are three an "
                                   "electrode: x, y, z",
                                   points->count);
    if (leads->count % 2 != 0)
        return sunzi_run_file_fail(r->file, SUNZI_TISSUE_ECG_LEADS,
                                   "there are %d numbers, allowed are two a "
                                   "lead: an electrode, and the one that is "
                                   "taken off",
                                   leads->count);
    for (int k = 0; k < leads->count; k++)
        if (leads->integers[k] > electrodes)
            return sunzi_run_file_fail(
                r->file, SUNZI_TISSUE_ECG_LEADS,
                "there is no electrode %lld, allowed are 1 to %d, those of "
                "output.ecg-points",
                (long long)leads->integers[k], electrodes);
    return SUNZI_OK;
}

/* Not collective. */
static sunzi_status take(sunzi_slab *r)
{
    sunzi_tissue_ecg *e = r->ecg = calloc(1, sizeof *e);
    if (!e)
        return sunzi_fail(SUNZI_ERR_NOMEM, "no memory for electrodes");
    e->electrodes = sunzi_slab_value(r, SUNZI_TISSUE_ECG_POINTS)->count / 3;
    e->leads = sunzi_slab_value(r, SUNZI_TISSUE_ECG_LEADS)->count / 2;
    e->phi = calloc((size_t)e->electrodes, sizeof *e->phi);
    if (!e->phi)
        return sunzi_fail(SUNZI_ERR_NOMEM, "no memory for electrodes");
    const sunzi_status status = sunzi_series_open(
        r, SUNZI_TISSUE_ECG, SUNZI_TISSUE_ECG_EVERY, &e->series);
    for (int k = 1; k <= e->electrodes; k++)
        sunzi_series_name(&e->series, "E%d [mV]", k);
    for (int k = 0; k < e->leads; k++)
        sunzi_series_name(&e->series, "E%d-E%d [mV]", (int)lead(r, k)[0],
                          (int)lead(r, k)[1]);
    sunzi_series_end(&e->series);
    return status;
}

/* Collective. */
static sunzi_status write_row(sunzi_slab *r)
{
    sunzi_tissue_ecg *e = r->ecg;
    const sunzi_status status = sunzi_ecg_measure(e->ecg, r->V, e->phi);
    if (status < 0)
        return status;
    sunzi_series_begin(r, &e->series);
    for (int k = 0; k < e->electrodes; k++)
        sunzi_series_number(&e->series, e->phi[k]);
    for (int k = 0; k < e->leads; k++)
        sunzi_series_number(&e->series, e->phi[lead(r, k)[0] - 1] -
                                            e->phi[lead(r, k)[1] - 1]);
    sunzi_series_end(&e->series);
    return SUNZI_OK;
}

sunzi_status sunzi_slab_open_ecg(sunzi_slab *r)
{
    if (!*sunzi_slab_value(r, SUNZI_TISSUE_ECG)->text)
        return SUNZI_OK;
    sunzi_status status = check_keys(r);
    if (status == SUNZI_OK)
        status = sunzi_comm_agree(r->comm, take(r));
    if (status < 0)
        return status;
    status = sunzi_ecg_create(
        r->tissue, r->ecg->electrodes,
        sunzi_slab_value(r, SUNZI_TISSUE_ECG_POINTS)->reals,
        sunzi_slab_value(r, SUNZI_TISSUE_ECG_CONDUCTIVITY)->real, &r->ecg->ecg);
    if (status < 0)
        return sunzi_run_file_fail(r->file, SUNZI_TISSUE_ECG_POINTS, "%s",
                                   sunzi_last_message());
    return write_row(r);
}

sunzi_status sunzi_slab_write_ecg(sunzi_slab *r)
{
    return r->ecg && sunzi_series_due(r, &r->ecg->series) ? write_row(r)
                                                          : SUNZI_OK;
}

sunzi_status sunzi_slab_close_ecg(sunzi_slab *r, bool keep)
{
    sunzi_status status = SUNZI_OK;
    if (r->ecg) {
        status = sunzi_series_close(&r->ecg->series, keep);
        sunzi_ecg_destroy(&r->ecg->ecg);
        free(r->ecg->phi);
    }
    free(r->ecg);
    r->ecg = NULL;
    return keep ? sunzi_comm_agree(r->comm, status) : SUNZI_OK;
}
