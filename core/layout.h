/* SPDX-License-Identifier: BSD-3-Clause */
/* One dimension of a distribution. Pure arithmetic; indices count from 0.
 *
 * sunzi_cyclic: n indices in blocks of nb, dealt to `count` processes, the
 * first block to process `source`.
 * sunzi_runs: n indices in `count` runs of consecutive ones, the first n mod
 * count of them one longer than the others. */
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

typedef struct sunzi_runs {
    int64_t n;
    int count;
    const int64_t *cut; /* [count] first indices; NULL: equal runs */
} sunzi_runs;

/* First index of run p, 0 <= p <= count; that of run p + 1 is its end. */
static inline int64_t sunzi_runs_first(const sunzi_runs *r, int p)
{
    const int64_t longer = r->n % r->count;
    if (r->cut)
        return p < r->count ? r->cut[p] : r->n;
    return p * (r->n / r->count) + (p < longer ? p : longer);
}

static inline int sunzi_runs_owner(const sunzi_runs *r, int64_t index)
{
    const int64_t length = r->n / r->count, longer = r->n % r->count;
    const int64_t end = longer * (length + 1); /* of the longer runs */
    if (r->cut) {
        int p = r->count - 1;
        while (r->cut[p] > index)
            p--;
        return p;
    }
    return (int)(index < end ? index / (length + 1)
                             : longer + (index - end) / length);
}

#endif
