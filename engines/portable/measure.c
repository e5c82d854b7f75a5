/* SPDX-License-Identifier: BSD-3-Clause */
/* Integer statistics of the vectors of an operand. */
#include "engines/portable/kernels.h"

#include <math.h>

#include "engines/portable/layout.h"

static const int32_t limits[4] = SUNZI_CLIP_LIMITS;

static void measure_one(const sunzi_vectors *v, int64_t vec,
                        const int32_t *inner, sunzi_vector_stats *s,
                        int32_t *inner_max)
{
    *s = (sunzi_vector_stats){.exponent = SUNZI_EXPONENT_ZERO};
    for (int64_t h = 0; h < v->depth; h++) {
        const double x = element(v, vec, h);
        int e;
        if (!isfinite(x)) {
            s->special = 1;
            continue;
        }
        if (x == 0)
            continue;
        (void)frexp(x, &e);
        if (inner_max && e > inner_max[h])
            inner_max[h] = e;
        e += inner ? inner[h] : 0;
        if (e > s->exponent)
            s->exponent = e;
    }
    if (s->special || s->exponent == SUNZI_EXPONENT_ZERO)
        return;
    for (int64_t h = 0; h < v->depth; h++) {
        const double y = ldexp(fabs(element(v, vec, h)),
                               (inner ? inner[h] : 0) + 7 - s->exponent);
        /* y of a nonzero number may underflow to 0; its ceiling is 1 */
        const int32_t down = (int32_t)floor(y);
        const int32_t up = y > 0 ? (int32_t)ceil(y) : element(v, vec, h) != 0;
        s->ceil_sum += up;
        s->ceil_squares += up * up;
        for (int l = 0; l < 4; l++)
            s->clip[l] += down < limits[l] ? down : limits[l];
    }
}

void sunzi_portable_measure(const sunzi_vectors *v, const int32_t *inner,
                            sunzi_vector_stats *stats, int32_t *inner_max)
{
    for (int64_t vec = 0; vec < v->count; vec++)
        measure_one(v, vec, inner, &stats[vec], inner_max);
}
