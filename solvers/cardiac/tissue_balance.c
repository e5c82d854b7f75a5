/* SPDX-License-Identifier: BSD-3-Clause */
/* Where the bricks of a tissue are cut: a grid of processes has one list of
 * cuts in each direction, and each gives its layers of nodes equal shares of
 * the tissue, counted over the whole layer. */
#include <string.h>

#include "core/communicator.h"
#include "core/memory.h"
#include "solvers/cardiac/tissue.h"

static const char creates[] = "sunzi_tissue_create";

/* Voxels with tissue in each layer of the three directions, counted by this
 * process in its brick. */
typedef struct layers {
    int64_t *count[3]; /* [nodes]; the last one stays 0 */
} layers;

static sunzi_status count_voxel(const sunzi_tissue_options *o,
                                const int64_t v[3], layers *l)
{
    double sigma[6] = {0};
    const int said = o->voxel(o->user, v, sigma);
    for (int d = 0; d < 3 && said > 0; d++)
        l->count[d][v[d]]++;
    return said < 0 ? (sunzi_status)said : SUNZI_OK;
}

/* Voxels are dealt as the nodes of their number are. */
static sunzi_status count_voxels(const sunzi_tissue *t,
                                 const sunzi_tissue_options *o, layers *l)
{
    const sunzi_voxel_grid *g = &t->grid;
    sunzi_status status = SUNZI_OK;
    int64_t end[3], v[3];
    for (int d = 0; d < 3; d++) {
        const int64_t voxels = o->voxels[d] ? o->voxels[d] : 1;
        end[d] = g->first[d] + g->count[d];
        end[d] = end[d] < voxels ? end[d] : voxels;
    }
    for (v[2] = g->first[2]; v[2] < end[2]; v[2]++)
        for (v[1] = g->first[1]; v[1] < end[1]; v[1]++)
            for (v[0] = g->first[0]; v[0] < end[0]; v[0]++) {
                status = count_voxel(o, v, l);
                if (status < 0)
                    return status;
            }
    return status;
}

/* Cuts of `nodes` layers into `runs`; a layer of nodes touches the voxels
 * before and behind it. Every run has a layer. */
static void cut_layers(const int64_t *voxels, int64_t nodes, int runs,
                       int64_t *cut)
{
    int64_t all = 0, before = 0, k = 0;
    for (int64_t i = 0; i < nodes; i++)
        all += 2 * voxels[i];
    cut[0] = 0;
    for (int p = 1; p < runs; p++) {
        const double share = (double)all * p / runs;
        const int64_t most = nodes - (runs - p);
        while (k < most) {
            const int64_t own = voxels[k] + (k > 0 ? voxels[k - 1] : 0);
            const bool enough = (double)before + 0.5 * (double)own >= share;
            if (enough && k > cut[p - 1])
                break;
            before += own;
            k++;
        }
        cut[p] = k;
    }
}

static sunzi_status take(const sunzi_tissue *t, layers *l, void **block)
{
    int64_t all = 0;
    for (int d = 0; d < 3; d++)
        all += t->nodes[d];
    const sunzi_status status =
        sunzi_allocate((size_t)all * sizeof(int64_t), creates, block);
    if (status < 0)
        return status;
    memset(*block, 0, (size_t)all * sizeof(int64_t));
    l->count[0] = *block;
    l->count[1] = l->count[0] + t->nodes[0];
    l->count[2] = l->count[1] + t->nodes[1];
    return SUNZI_OK;
}

/* Not collective. */
static sunzi_status take_cuts(sunzi_tissue *t)
{
    for (int d = 0; d < 3; d++) {
        void *block;
        if (t->nodes[d] < t->processes[d])
            continue; /* runs without nodes: as they were */
        const sunzi_status status = sunzi_allocate(
            (size_t)t->processes[d] * sizeof(int64_t), creates, &block);
        if (status < 0)
            return status;
        t->cut[d] = block;
    }
    return SUNZI_OK;
}

sunzi_status sunzi_tissue_balance(sunzi_tissue *t,
                                  const sunzi_tissue_options *options)
{
    layers l;
    void *block = NULL;
    sunzi_status status = take(t, &l, &block);
    if (status == SUNZI_OK)
        status = take_cuts(t);
    if (status == SUNZI_OK)
        status = count_voxels(t, options, &l);
    SUNZI_TRY(sunzi_comm_agree(t->comm, status));
    for (int d = 0; d < 3; d++) {
        SUNZI_TRY(sunzi_comm_reduce(t->comm, SUNZI_REDUCE_SUM, l.count[d],
                                    (int)t->nodes[d]));
        if (t->cut[d])
            cut_layers(l.count[d], t->nodes[d], t->processes[d], t->cut[d]);
    }
done:
    sunzi_release(block);
    return status;
}
