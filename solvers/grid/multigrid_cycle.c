/* SPDX-License-Identifier: BSD-3-Clause */
/* One cycle of the multigrid. A process where something failed goes on with the
 * exchanges, so that nobody waits for it. */
#include <string.h>

#include "core/communicator.h"
#include "engines/launch.h"
#include "solvers/grid/multigrid.k.h"
#include "solvers/grid/multigrid_level.h"

/* Chebyshev polynomials of the interval of D^-1 A that is smoothed: its upper
 * end is a bound of all eigenvalues (rows sum to at most twice the diagonal),
 * its lower one is about where a coarser level takes over. */
#define LARGEST  2.0
#define SMALLEST 0.4
#define CENTRE   ((LARGEST + SMALLEST) / 2)
#define RADIUS   ((LARGEST - SMALLEST) / 2)
#define SIGMA    (CENTRE / RADIUS)
#define RHO0     (1 / SIGMA)
#define RHO1     (1 / (2 * SIGMA - RHO0))

static const float FIRST = (float)(1 / CENTRE);
static const float KEEP = (float)(RHO0 * RHO1);
static const float SECOND = (float)(2 * RHO1 / RADIUS);

/* Nodes of the process and `wider` layers of the halo around them. */
static k_range around(const multigrid_level *l, int lower, int upper)
{
    k_range range;
    for (int d = 0; d < 3; d++) {
        range.first[d] = MULTIGRID_HALO - lower;
        range.last[d] = MULTIGRID_HALO + (int)l->count[d] + upper;
    }
    return range;
}

static sunzi_status exchange(const multigrid_level *l, multigrid_array a,
                             sunzi_status mine)
{
    return sunzi_border_exchange(l->halo, (int)a - MULTIGRID_SHARE, l->border,
                                 l->memory[a], l->bytes[a], mine);
}

#define MATRIX(l)                                                              \
    .mass = {(l)->memory[MULTIGRID_MASS]}, .w0 = {(l)->memory[MULTIGRID_W0]},  \
    .w1 = {(l)->memory[MULTIGRID_W1]}, .w2 = {(l)->memory[MULTIGRID_W2]},      \
    .row = (int)(l)->step[1], .slab = (int)(l)->step[0]

static sunzi_status smooth(sunzi_multigrid *m, const multigrid_level *l,
                           multigrid_array x, multigrid_array y, float keep,
                           float step, k_range range)
{
    return SUNZI_LAUNCH(m->ctx, multigrid_smooth, range, .x = {l->memory[x]},
                        .r = {l->memory[MULTIGRID_R]},
                        .inverse = {l->memory[MULTIGRID_INVERSE]},
                        .d = {l->memory[MULTIGRID_D]}, .y = {l->memory[y]},
                        .a = keep, .b = step, MATRIX(l));
}

/* From y = 0: y is right in one layer of the halo. */
static sunzi_status smooth_first(sunzi_multigrid *m, const multigrid_level *l,
                                 sunzi_status mine)
{
    sunzi_status status = exchange(l, MULTIGRID_R, mine);
    if (status < 0 || !l->cells)
        return status;
    SUNZI_TRY(SUNZI_LAUNCH(m->ctx, multigrid_start, sunzi_range((int)l->cells),
                           .r = {l->memory[MULTIGRID_R]},
                           .inverse = {l->memory[MULTIGRID_INVERSE]},
                           .x = {l->memory[MULTIGRID_X]},
                           .d = {l->memory[MULTIGRID_D]}, .b = FIRST));
    SUNZI_TRY(
        smooth(m, l, MULTIGRID_X, MULTIGRID_Y, KEEP, SECOND, around(l, 1, 1)));
done:
    return status;
}

static sunzi_status smooth_again(sunzi_multigrid *m, const multigrid_level *l,
                                 sunzi_status mine)
{
    sunzi_status status = exchange(l, MULTIGRID_Y, mine);
    if (status < 0 || !l->cells)
        return status;
    SUNZI_TRY(
        smooth(m, l, MULTIGRID_Y, MULTIGRID_X, 0, FIRST, around(l, 1, 1)));
    SUNZI_TRY(
        smooth(m, l, MULTIGRID_X, MULTIGRID_Y, KEEP, SECOND, around(l, 0, 0)));
done:
    return status;
}

/* The residual, to the right-hand side of the next level. */
static sunzi_status go_down(sunzi_multigrid *m, const multigrid_level *l,
                            const multigrid_level *next, sunzi_status mine)
{
    const bool joins = l->comm && !next->comm;
    const int64_t *first = joins ? next->part_first : next->first;
    const int64_t *count = joins ? next->part_count : next->count;
    int scale[3], shift[3];
    k_range range;
    void *bytes;
    sunzi_status status = mine;
    for (int d = 0; d < 3; d++) {
        /* local index of the first fine node in local coarse node 0 */
        const int64_t coarse = next->first[d] - MULTIGRID_HALO;
        scale[d] = l->halved[d] ? 2 : 1;
        shift[d] = (int)(scale[d] * coarse - l->first[d] + MULTIGRID_HALO);
        range.first[d] = (int)(first[d] - coarse);
        range.last[d] = range.first[d] + (int)count[d];
    }
    if (status == SUNZI_OK && l->cells)
        status = SUNZI_LAUNCH(m->ctx, multigrid_rest, around(l, 0, 0),
                              .x = {l->memory[MULTIGRID_Y]},
                              .r = {l->memory[MULTIGRID_R]},
                              .share = {l->memory[MULTIGRID_SHARE]},
                              .t = {l->memory[MULTIGRID_X]}, MATRIX(l));
    status = exchange(l, MULTIGRID_X, status);
    if (status == SUNZI_OK && joins) {
        status = sunzi_memory_fill(next->memory[MULTIGRID_R], &bytes);
        if (status == SUNZI_OK)
            memset(bytes, 0, (size_t)next->cells * sizeof(float));
    }
    if (status == SUNZI_OK && l->cells && next->cells)
        status = SUNZI_LAUNCH(
            m->ctx, multigrid_restrict, range, .t = {l->memory[MULTIGRID_X]},
            .r = {next->memory[MULTIGRID_R]}, .scale0 = scale[0],
            .scale1 = scale[1], .scale2 = scale[2], .shift0 = shift[0],
            .shift1 = shift[1], .shift2 = shift[2], .row = (int)l->step[1],
            .slab = (int)l->step[0], .coarse_row = (int)next->step[1],
            .coarse_slab = (int)next->step[0]);
    if (status == SUNZI_OK && joins)
        status = sunzi_memory_write(next->memory[MULTIGRID_R], &bytes);
    if (joins) {
        const sunzi_status joined =
            sunzi_multigrid_join(m, next->bytes[MULTIGRID_R]);
        status = status < 0 ? status : joined;
    }
    return status;
}

/* The next level's solution, interpolated, to y. */
static sunzi_status go_up(sunzi_multigrid *m, const multigrid_level *l,
                          const multigrid_level *next, sunzi_status mine)
{
    const sunzi_status status = exchange(next, MULTIGRID_Y, mine);
    if (status < 0 || !l->cells)
        return status;
    return SUNZI_LAUNCH(
        m->ctx, multigrid_prolong, around(l, 0, 0),
        .e = {next->memory[MULTIGRID_Y]}, .share = {l->memory[MULTIGRID_SHARE]},
        .x = {l->memory[MULTIGRID_Y]}, .halved0 = l->halved[0],
        .halved1 = l->halved[1], .halved2 = l->halved[2],
        .first0 = (int)l->first[0] - MULTIGRID_HALO,
        .first1 = (int)l->first[1] - MULTIGRID_HALO,
        .first2 = (int)l->first[2] - MULTIGRID_HALO,
        .coarse0 = (int)next->first[0] - MULTIGRID_HALO,
        .coarse1 = (int)next->first[1] - MULTIGRID_HALO,
        .coarse2 = (int)next->first[2] - MULTIGRID_HALO, .row = (int)l->step[1],
        .slab = (int)l->step[0], .coarse_row = (int)next->step[1],
        .coarse_slab = (int)next->step[0]);
}

/* One node: y = r / mass. */
static sunzi_status solve_last(sunzi_multigrid *m, const multigrid_level *l,
                               sunzi_status mine)
{
    if (mine < 0 || !l->cells)
        return mine;
    return SUNZI_LAUNCH(m->ctx, multigrid_start, sunzi_range((int)l->cells),
                        .r = {l->memory[MULTIGRID_R]},
                        .inverse = {l->memory[MULTIGRID_INVERSE]},
                        .x = {l->memory[MULTIGRID_Y]},
                        .d = {l->memory[MULTIGRID_D]}, .b = 1);
}

static sunzi_status copy(sunzi_multigrid *m, sunzi_memory *from, int64_t at,
                         const int64_t *from_step, sunzi_memory *to,
                         int64_t to_at, const int64_t *to_step)
{
    const int64_t *n = m->level[0].count;
    return SUNZI_LAUNCH(
        m->ctx, multigrid_take, sunzi_range3((int)n[0], (int)n[1], (int)n[2]),
        .from = {from, at}, .to = {to, to_at}, .from_row = from_step[1],
        .from_slab = from_step[0], .to_row = to_step[1], .to_slab = to_step[0]);
}

sunzi_status sunzi_multigrid_apply(sunzi_multigrid *m, sunzi_status mine,
                                   sunzi_memory *r, sunzi_memory *z)
{
    const multigrid_level *l = &m->level[0];
    const int64_t begin = l->cells ? multigrid_at(l, 0, 0, 0) : 0;
    if (mine == SUNZI_OK && l->cells)
        mine = copy(m, r, m->layout.origin, m->layout.step,
                    l->memory[MULTIGRID_R], begin, l->step);
    for (int n = 0; n < m->levels - 1; n++) {
        mine = smooth_first(m, &l[n], mine);
        mine = go_down(m, &l[n], &l[n + 1], mine);
    }
    mine = solve_last(m, &l[m->levels - 1], mine);
    for (int n = m->levels - 2; n >= 0; n--) {
        mine = go_up(m, &l[n], &l[n + 1], mine);
        mine = smooth_again(m, &l[n], mine);
    }
    if (mine == SUNZI_OK && l->cells)
        mine = copy(m, l->memory[MULTIGRID_Y], begin, l->step, z,
                    m->layout.origin, m->layout.step);
    return sunzi_comm_agree(m->comm, mine);
}
