/* SPDX-License-Identifier: BSD-3-Clause */
/* A run on a device: the states are held there (sunzi/hold.h). After a step V
 * comes back, which activation, probes and snapshots are made of; all states do
 * for a checkpoint. */
#include <sunzi/hold.h>

#include "tools/cardiac_run.h"

static int64_t number_bytes(const sunzi_slab *r)
{
    return r->policy == SUNZI_POLICY_FP64 ? (int64_t)sizeof(double)
                                          : (int64_t)sizeof(float);
}

/* Bytes of the high, and of the low halves of all states. */
static int64_t plane_bytes(const sunzi_slab *r)
{
    return sunzi_cell_model_states(r->part[0].cells.model) *
           r->part[0].cells.stride * number_bytes(r);
}

static int planes(const sunzi_slab *r)
{
    return r->policy == SUNZI_POLICY_FP32C ? 2 : 1;
}

sunzi_status sunzi_slab_hold(sunzi_slab *r)
{
    sunzi_device_use use;
    r->held = r->parts == 1 && !r->part[0].nodes && !r->bidomain &&
              !r->watcher && sunzi_context_device(r->context, &use);
    r->checkpoint_steps = sunzi_slab_steps_in(r, SUNZI_TISSUE_CHECKPOINT,
                                              SUNZI_TISSUE_CHECKPOINT_EVERY);
    if (!r->held || r->count == 0)
        return SUNZI_OK;
    return sunzi_hold(r->context, r->part[0].states,
                      planes(r) * plane_bytes(r));
}

sunzi_status sunzi_slab_fetch(sunzi_slab *r, int64_t step)
{
    const bool all = r->checkpoint_steps && step % r->checkpoint_steps == 0;
    const int64_t bytes = all ? plane_bytes(r) : r->count * number_bytes(r);
    sunzi_status status = SUNZI_OK;
    for (int p = 0; p < planes(r) && r->count > 0 && status == SUNZI_OK; p++)
        status = sunzi_hold_fetch(r->context, r->part[0].states,
                                  p * plane_bytes(r), bytes);
    return status;
}
