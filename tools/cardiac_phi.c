/* SPDX-License-Identifier: BSD-3-Clause */
/* The potential outside of the cells, for the files of a run. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cardiac_run.h"

static bool is_grounded(const sunzi_slab *r)
{
    return sunzi_tissue_given(sunzi_slab_value(r, SUNZI_BIDOMAIN_GROUND));
}

/* Collective. What is to be taken off for the ground. */
static sunzi_status find_ground(const sunzi_slab *r, const double *phi,
                                double *ground)
{
    const double *at = sunzi_slab_value(r, SUNZI_BIDOMAIN_GROUND)->reals;
    *ground = 0;
    if (!is_grounded(r))
        return SUNZI_OK;
    if (sunzi_bidomain_sample(r->bidomain, phi, at, ground) < 0)
        return sunzi_run_file_fail(r->file, SUNZI_BIDOMAIN_GROUND, "%s",
                                   sunzi_last_message());
    if (isnan(*ground))
        return sunzi_run_file_fail(r->file, SUNZI_BIDOMAIN_GROUND,
                                   "(%g, %g, %g) mm has nodes without tissue "
                                   "or bath around it; move it",
                                   at[0], at[1], at[2]);
    return SUNZI_OK;
}

sunzi_status sunzi_slab_open_phi(sunzi_slab *r)
{
    double ground;
    if (!r->bidomain)
        return SUNZI_OK;
    r->outside = sunzi_bidomain_count(r->bidomain);
    r->shown_step = -1;
    r->outside_node = sunzi_slab_numbers(r->outside);
    r->phi = sunzi_slab_numbers(r->outside);
    r->shown = sunzi_slab_numbers(r->outside);
    sunzi_status status = SUNZI_OK;
    if (!r->outside_node || !r->phi || !r->shown)
        status = sunzi_fail(SUNZI_ERR_NOMEM,
                            "no memory for phi of %lld nodes; take more "
                            "processes",
                            (long long)r->outside);
    status = sunzi_comm_agree(r->comm, status);
    if (status < 0)
        return status;
    sunzi_bidomain_nodes(r->bidomain, r->outside_node);
    for (int64_t i = 0; i < r->outside; i++)
        r->phi[i] = 0;
    return find_ground(r, r->phi, &ground);
}

/* V of all nodes, as the bidomain takes it with plane = count; NULL: no
 * memory. */
static void *copy_V(const sunzi_slab *r)
{
    void *copy = sunzi_slab_numbers(r->count);
    for (int64_t i = 0; i < r->count && copy; i++) {
        const double V = sunzi_slab_voltage(r, i);
        float *f = copy;
        if (r->policy == SUNZI_POLICY_FP64) {
            ((double *)copy)[i] = V;
            continue;
        }
        f[i] = (float)V;
        if (r->policy == SUNZI_POLICY_FP32C)
            f[r->count + i] = (float)(V - (double)f[i]);
    }
    return copy;
}

sunzi_status sunzi_slab_show_phi(sunzi_slab *r)
{
    double ground;
    if (!r->bidomain || r->shown_step == r->step)
        return SUNZI_OK;
    void *V = copy_V(r);
    sunzi_status status = sunzi_comm_agree(
        r->comm,
        V ? SUNZI_OK : sunzi_fail(SUNZI_ERR_NOMEM, "no memory for phi"));
    if (status == SUNZI_OK) {
        memcpy(r->shown, r->phi, (size_t)r->outside * sizeof *r->phi);
        status = sunzi_bidomain_solve(r->bidomain, V, r->count, r->shown, NULL);
    }
    free(V);
    if (status == SUNZI_OK)
        status = find_ground(r, r->shown, &ground);
    if (status != SUNZI_OK)
        return status;
    for (int64_t i = 0; i < r->outside; i++)
        r->shown[i] -= ground;
    r->shown_step = r->step;
    return SUNZI_OK;
}

void sunzi_slab_close_phi(sunzi_slab *r)
{
    free(r->outside_node);
    free(r->phi);
    free(r->shown);
    sunzi_bidomain_destroy(&r->bidomain);
}
