/* SPDX-License-Identifier: BSD-3-Clause */
/* The image of voxels of a run on tissue, of an HDF5 or a VTK file, read by
 * pieces: a process has what is around its nodes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/halo.h>

#include "io/vtk_image.h"

#include "tools/cardiac_run.h"

/* The grid of processes, and the nodes of this one: bricks of equal size are
 * those of a halo of the nodes, z slowest. Collective. */
static sunzi_status plan_image(sunzi_slab *r, int64_t brick_first[3],
                               int64_t brick_count[3])
{
    sunzi_halo *halo = NULL;
    sunzi_halo_shape shape;
    sunzi_field field;
    int64_t first[3], count[3];
    int processes[3], place[3];
    sunzi_field_init(&field);
    sunzi_halo_shape_init(&shape, 3);
    for (int d = 0; d < 3; d++)
        shape.cells[d] = r->voxels[2 - d] + 1;
    const sunzi_status status =
        sunzi_halo_create(r->comm, &shape, 1, &field, &halo);
    if (status < 0)
        return status;
    sunzi_halo_local(halo, first, count);
    sunzi_halo_processes(halo, processes, place);
    sunzi_halo_destroy(&halo);
    for (int d = 0; d < 3; d++) {
        const int64_t begin = first[2 - d], end = begin + count[2 - d];
        r->processes[d] = processes[2 - d];
        r->image.own[d] = begin;
        r->image.own_end[d] = end < r->voxels[d] ? end : r->voxels[d];
        brick_first[d] = begin;
        brick_count[d] = count[2 - d];
    }
    return SUNZI_OK;
}

/* The voxels around a brick of nodes: first - 1 .. first + count, as
 * sunzi_tissue_create asks. */
static void place_image(sunzi_slab *r, const int64_t first[3],
                        const int64_t count[3])
{
    for (int d = 0; d < 3; d++) {
        const int64_t end = first[d] + count[d];
        const int64_t last = end < r->voxels[d] ? end + 1 : r->voxels[d];
        r->image.first[d] = first[d] > 0 ? first[d] - 1 : 0;
        r->image.count[d] = count[0] == 0 ? 0 : last - r->image.first[d];
    }
}

static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

/* Two sums of 32 bits of a number of each voxel: exact in doubles. A voxel
 * counts where its lowest corner is a node of the process. Collective. */
static sunzi_status sum_image(sunzi_slab *r)
{
    sunzi_slab_image *m = &r->image;
    double mine[2] = {0, 0};
    sunzi_status status = SUNZI_OK;
    int64_t v[3];
    for (v[2] = m->own[2]; v[2] < m->own_end[2]; v[2]++)
        for (v[1] = m->own[1]; v[1] < m->own_end[1]; v[1]++)
            for (v[0] = m->own[0]; v[0] < m->own_end[0]; v[0]++) {
                const uint64_t number =
                    (uint64_t)(v[0] +
                               r->voxels[0] * (v[1] + r->voxels[1] * v[2]));
                const uint64_t x =
                    mix(number * 256 + (uint64_t)sunzi_slab_label(r, v));
                mine[0] += (double)(x >> 32);
                mine[1] += (double)(x & UINT32_MAX);
            }
    for (int h = 0; h < 2 && status == SUNZI_OK; h++)
        status = sunzi_dsum(r->context, r->comm, 1, &mine[h], 1, &m->hash[h]);
    return status;
}

/* ---- VTK ---- */

static bool is_vtk(const sunzi_slab *r)
{
    const char *path = sunzi_slab_value(r, SUNZI_TISSUE_MASK)->text;
    const size_t length = strlen(path);
    return length > 4 && strcmp(path + length - 4, ".vtk") == 0;
}

static sunzi_status open_vtk(const sunzi_slab *r, sunzi_vtk_image *image)
{
    const char *name = sunzi_slab_value(r, SUNZI_TISSUE_MASK_ARRAY)->text;
    const sunzi_status status = sunzi_vtk_image_open(
        sunzi_slab_value(r, SUNZI_TISSUE_MASK)->text, image);
    if (status == SUNZI_OK && strcmp(image->name, name) != 0)
        return sunzi_run_file_fail(
            r->file, SUNZI_TISSUE_MASK_ARRAY,
            "'%s', allowed is the first array of the file, '%s'", name,
            image->name);
    return status;
}

static sunzi_status vtk_size(sunzi_slab *r, int64_t voxels[3])
{
    sunzi_vtk_image image;
    const sunzi_status status = open_vtk(r, &image);
    for (int d = 0; d < 3 && status == SUNZI_OK; d++)
        voxels[d] = image.voxels[d];
    return status;
}

static sunzi_status vtk_read(sunzi_slab *r, const int64_t first[3],
                             const int64_t count[3], unsigned char *label)
{
    sunzi_vtk_image image;
    sunzi_status status;
    SUNZI_TRY(open_vtk(r, &image));
    status = sunzi_vtk_image_read(&image, first, count, label);
done:
    return status;
}

/* ---- any ---- */

sunzi_status sunzi_slab_read_piece(sunzi_slab *r, const int64_t first[3],
                                   const int64_t count[3])
{
    sunzi_slab_image *m = &r->image;
    size_t voxels = 1;
    sunzi_status status = SUNZI_OK;
    place_image(r, first, count);
    for (int d = 0; d < 3; d++)
        voxels *= (size_t)m->count[d];
    free(m->label);
    m->label = malloc(voxels + 1);
    if (!m->label)
        status =
            sunzi_fail(SUNZI_ERR_NOMEM, "no memory for %zu voxels", voxels);
    status = sunzi_comm_agree(r->comm, status);
    if (status < 0)
        return status;
    return is_vtk(r) ? sunzi_comm_agree(
                           r->comm, vtk_read(r, m->first, m->count, m->label))
                     : sunzi_slab_hdf5_read(r, m->first, m->count, m->label);
}

sunzi_status sunzi_slab_read_mask(sunzi_slab *r)
{
    int64_t first[3], count[3];
    sunzi_status status;
    SUNZI_TRY(is_vtk(r) ? sunzi_comm_agree(r->comm, vtk_size(r, r->voxels))
                        : sunzi_slab_hdf5_size(r, r->voxels));
    SUNZI_TRY(plan_image(r, first, count));
    SUNZI_TRY(sunzi_slab_read_piece(r, first, count));
    SUNZI_TRY(sum_image(r));
done:
    return status;
}
