/* SPDX-License-Identifier: BSD-3-Clause */
/* One dimension of a block-cyclic distribution: n indices in blocks of nb,
 * dealt to `count` processes, the first block to process `source`. Pure
 * arithmetic; indices count from 0. */
#ifndef SUNZI_CORE_LAYOUT_H
#define SUNZI_CORE_LAYOUT_H

#include <stdint.h>

typedef struct sunzi_cyclic {
    int64_t n, nb;
    int source, count;
} sunzi_cyclic;

static inline int sunzi_cyclic_owner(const sunzi_cyclic *c, int64_t global)
{
    return (int)((global / c->nb + c->source) % c->count);
}

/* Place of the block row of process p among the processes. */
static inline int64_t sunzi_cyclic_turn(const sunzi_cyclic *c, int p)
{
    return ((int64_t)p - c->source + c->count) % c->count;
}

/* Local index on its owner. */
static inline int64_t sunzi_cyclic_local(const sunzi_cyclic *c, int64_t global)
{
    return global / (c->nb * c->count) * c->nb + global % c->nb;
}

static inline int64_t sunzi_cyclic_global(const sunzi_cyclic *c, int p,
                                          int64_t local)
{
    return (local / c->nb * c->count + sunzi_cyclic_turn(c, p)) * c->nb +
           local % c->nb;
}

/* How many of the indices 0 .. end - 1 process p holds: also the local index of
 * its first index from `end` on. */
static inline int64_t sunzi_cyclic_before(const sunzi_cyclic *c, int p,
                                          int64_t end)
{
    const int64_t blocks = end / c->nb, turn = sunzi_cyclic_turn(c, p);
    const int64_t whole = blocks / c->count * c->nb;
    const int64_t extra = blocks % c->count;
    return whole + (turn < extra ? c->nb : turn == extra ? end % c->nb : 0);
}

static inline int64_t sunzi_cyclic_count(const sunzi_cyclic *c, int p)
{
    return sunzi_cyclic_before(c, p, c->n);
}

#endif
