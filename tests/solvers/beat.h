/* SPDX-License-Identifier: BSD-3-Clause */
/* A paced cell, for the tests of cells: what a beat is told by. */
#ifndef SUNZI_TESTS_SOLVERS_BEAT_H
#define SUNZI_TESTS_SOLVERS_BEAT_H

#include <sunzi/sunzi.h>

typedef struct beat {
    double crossing; /* ms, first upward crossing of 0 mV */
    double apd90;    /* ms from there to 90% of the way back, -1: none */
    double v_most;   /* mV */
    double dv_most;  /* mV / ms, over one step */
} beat;

/* What the voltages v[0 .. steps] of a beat say; v[0] is its start. */
static inline beat beat_of(const double *v, int64_t steps, double dt)
{
    beat b = {-1, -1, v[0], 0};
    for (int64_t k = 1; k <= steps; k++) {
        b.v_most = v[k] > b.v_most ? v[k] : b.v_most;
        const double slope = (v[k] - v[k - 1]) / dt;
        b.dv_most = slope > b.dv_most ? slope : b.dv_most;
        if (b.crossing < 0 && v[k - 1] < 0 && v[k] >= 0)
            b.crossing = ((double)(k - 1) - v[k - 1] / (v[k] - v[k - 1])) * dt;
    }
    const double level = b.v_most - 0.9 * (b.v_most - v[0]);
    for (int64_t k = steps; k > 0; k--)
        if (v[k - 1] >= level && v[k] < level) {
            const double part = (level - v[k - 1]) / (v[k] - v[k - 1]);
            b.apd90 = ((double)(k - 1) + part) * dt - b.crossing;
            break;
        }
    return b;
}

#endif
