/* SPDX-License-Identifier: BSD-3-Clause */
/* Tissues of the tests, and fields on them. */
#ifndef SUNZI_TESTS_SOLVERS_SLAB_H
#define SUNZI_TESTS_SOLVERS_SLAB_H

#include <stdbool.h>
#include <sunzi/tissue.h>

/* Potentials of a process in the form of a policy. */
typedef struct slab_field {
    sunzi_policy policy;
    int64_t count;
    void *V; /* as sunzi_tissue_diffuse takes it, plane = count */
} slab_field;

void slab_take(slab_field *f, const sunzi_tissue *t,
               sunzi_policy policy);
void slab_free(slab_field *f);
double slab_get(const slab_field *f, int64_t i);
void slab_set(slab_field *f, int64_t i, double V);
/* V[i] += d as the policy adds: without loss in a pair. */
void slab_add(slab_field *f, int64_t i, double d);

/* Conductivities of all voxels: a callback over sigma[6]. */
int slab_uniform(void *sigma, const int64_t voxel[3], double s[6]);

/* s_t I + (s_l - s_t) f f^T for the unit vector along (fx, fy, fz). */
void slab_fibre(double along, double across, double fx, double fy, double fz,
                double sigma[6]);

#endif
