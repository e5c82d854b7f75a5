/* SPDX-License-Identifier: BSD-3-Clause */
/* Charges of atoms on nodes. */
#include <math.h>
#include <string.h>

#include "solvers/poisson_boltzmann/pb.h"

enum { SUPPORT_MAX = 4 };

/* Nodes of a charge along one direction: first, first + 1, ... with parts. */
typedef struct support {
    int64_t first;
    int count;
    double part[SUPPORT_MAX];
} support;

/* x in spacings from the first node. */
static support parts_of(sunzi_pb_charges kind, double x)
{
    const double t = x - floor(x), s = 1 - t;
    if (kind == SUNZI_PB_TRILINEAR)
        return (support){(int64_t)floor(x), 2, {s, t}};
    return (support){(int64_t)floor(x) - 1,
                     4,
                     {s * s * s / 6, 2.0 / 3 - t * t * (1 - t / 2),
                      2.0 / 3 - s * s * (1 - s / 2), t * t * t / 6}};
}

sunzi_status pb_check_charges(const sunzi_pb *pb)
{
    const sunzi_pb_options *o = &pb->options;
    const int room = o->charges == SUNZI_PB_TRILINEAR ? 1 : 2;
    for (int64_t i = 0; i < pb->atoms; i++)
        for (int d = 0; d < 3 && pb->atom[i].charge != 0; d++) {
            const double at = pb->atom[i].position[d];
            const double low = pb_coordinate(pb, d, room);
            const double high =
                pb_coordinate(pb, d, (double)(o->nodes[d] - 1 - room));
            if (!(at >= low && at <= high))
                return sunzi_fail(
                    SUNZI_ERR_ARG,
                    "sunzi_pb_create: the charge of atom %lld is at %c = %g "
                    "Angstrom, allowed: %g to %g, %d spacing%s within the "
                    "grid; take a larger grid or another centre",
                    (long long)i + 1, "xyz"[d], at, low, high, room,
                    room > 1 ? "s" : "");
        }
    return SUNZI_OK;
}

/* What of a charge is on nodes of the process. */
static void spread(sunzi_pb *pb, const sunzi_pb_atom *atom)
{
    const sunzi_elliptic *g = &pb->grid;
    support s[3]; /* in z, y, x */
    for (int d = 0; d < 3; d++) {
        const double x = (atom->position[2 - d] - pb->low[2 - d]) /
                         pb->options.spacing[2 - d];
        s[d] = parts_of(pb->options.charges, x);
        s[d].first -= 1 + g->first[d]; /* node 0 of the grid is node 1 */
    }
    for (int a = 0; a < s[0].count; a++)
        for (int b = 0; b < s[1].count; b++)
            for (int c = 0; c < s[2].count; c++) {
                const int64_t n[3] = {s[0].first + a, s[1].first + b,
                                      s[2].first + c};
                bool mine = true;
                for (int d = 0; d < 3; d++)
                    mine = mine && n[d] >= 0 && n[d] < g->count[d];
                if (mine)
                    pb->charge[sunzi_elliptic_at(g, n[0], n[1], n[2])] +=
                        atom->charge * s[0].part[a] * s[1].part[b] *
                        s[2].part[c];
            }
}

void pb_spread_charges(sunzi_pb *pb)
{
    for (int64_t i = 0; i < pb->atoms; i++)
        spread(pb, &pb->atom[i]);
}
