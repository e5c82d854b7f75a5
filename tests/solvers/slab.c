/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/solvers/slab.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void slab_take(slab_field *f, const sunzi_tissue *t, sunzi_policy policy)
{
    f->policy = policy;
    f->count = sunzi_tissue_count(t);
    f->V = calloc((size_t)f->count + 1, sizeof(double));
}

void slab_free(slab_field *f)
{
    free(f->V);
    f->V = NULL;
}

double slab_get(const slab_field *f, int64_t i)
{
    const float *single = f->V;
    if (f->policy == SUNZI_POLICY_FP64)
        return ((const double *)f->V)[i];
    return f->policy == SUNZI_POLICY_FP32
               ? (double)single[i]
               : (double)single[i] + (double)single[f->count + i];
}

void slab_set(slab_field *f, int64_t i, double V)
{
    float *single = f->V;
    if (f->policy == SUNZI_POLICY_FP64) {
        ((double *)f->V)[i] = V;
        return;
    }
    single[i] = (float)V;
    if (f->policy == SUNZI_POLICY_FP32C)
        single[f->count + i] = (float)(V - (double)single[i]);
}

void slab_add(slab_field *f, int64_t i, double d)
{
    slab_set(f, i, slab_get(f, i) + d);
}

int slab_uniform(void *sigma, const int64_t voxel[3], double s[6])
{
    (void)voxel;
    memcpy(s, sigma, 6 * sizeof *s);
    return 1;
}

void slab_fibre(double along, double across, double fx, double fy, double fz,
                double sigma[6])
{
    const double norm2 = fx * fx + fy * fy + fz * fz;
    const double extra = (along - across) / norm2;
    sigma[0] = across + extra * fx * fx;
    sigma[1] = across + extra * fy * fy;
    sigma[2] = across + extra * fz * fz;
    sigma[3] = extra * fx * fy;
    sigma[4] = extra * fx * fz;
    sigma[5] = extra * fy * fz;
}
