/* SPDX-License-Identifier: BSD-3-Clause */
/** \file
 * Fields on regular grids in files that other programs open without a side
 * file; in libsunzi_mpi, with HDF5. Not part of <sunzi/sunzi.h>.
 *
 * A uniform grid in space is stored as VTKHDF ImageData (ParaView 5.12 and
 * later; the name should end in .vtkhdf), a grid of latitudes and longitudes
 * with the CF conventions and HDF5's dimension scales (every program that reads
 * NetCDF-4; the name should end in .nc). A file made by sunzi_file_create holds
 * one such grid and any number of fields on it; fields, and the time steps of
 * each, may be written in any order. The number of steps may be left open: see
 * sunzi_file_add_step. All functions are collective, with the
 * statuses of <sunzi/file.h>; arguments but blocks and data are the same on all
 * processes.
 */
#ifndef SUNZI_FIELD_FILE_H
#define SUNZI_FIELD_FILE_H

#include <sunzi/file.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A uniform grid: points (i, j, k) at origin + (i, j, k) * spacing, all in
 * the order x, y, z. */
typedef struct sunzi_image {
    /** Points in each direction, at least 1. With points[2] = 1 it is a plane,
     * with points[1] = points[2] = 1 a line; points[1] = 1 alone is not
     * allowed, VTK's reader mistakes it. */
    int64_t points[3];
    double origin[3], spacing[3]; /**< spacing > 0 */
    int steps; /**< time steps of every field; 0: they are added one by one */
    /** Times of the steps, ascending; may be NULL for one step, and is for 0.
     */
    const double *times;
} sunzi_image;

/** A grid on the sphere; the axes ascend or descend strictly. */
typedef struct sunzi_sphere {
    int latitudes, longitudes, levels; /**< at least 1; levels 0: none */
    const double *latitude;            /**< degrees north, -90 to 90 */
    const double *longitude;           /**< degrees east, -180 to 360 */
    const double *level;
    const char *level_name;  /**< as of a CF standard name: "height" */
    const char *level_units; /**< "m", "Pa", "1" */
    int level_down;          /**< nonzero: positive downwards, as pressure */
    int steps;               /**< 0: they are added one by one */
    const double *times;     /**< ascending; may be NULL for one step or 0 */
    const char *time_units;  /**< "hours since 2000-01-01 00:00:00" */
} sunzi_sphere;

/** A field to be written. */
typedef struct sunzi_file_field {
    const char *name;          /**< without "/" and "." */
    const char *units;         /**< as in CF: "m s-1"; NULL: left out */
    const char *long_name;     /**< NULL: left out */
    const char *standard_name; /**< of CF; NULL: left out */
    sunzi_file_type type;
    /** Numbers at each point, stored together (a vector has 3 in ParaView); 1
     * on a sphere. */
    int components;
    int at_cells;  /**< image: nonzero: values in cells, not at points */
    int one_level; /**< sphere: nonzero: without the level dimension */
} sunzi_file_field;

/** Set every field to its default: FP64, one component. Not collective. */
SUNZI_API void sunzi_file_field_init(sunzi_file_field *field);

/** Give a new file its grid. */
SUNZI_API sunzi_status sunzi_file_set_image(sunzi_file *file,
                                            const sunzi_image *image);
SUNZI_API sunzi_status sunzi_file_set_sphere(sunzi_file *file,
                                             const sunzi_sphere *sphere);

/** Add a field to the grid of the file. */
SUNZI_API sunzi_status sunzi_file_define_field(sunzi_file *file,
                                               const sunzi_file_field *field);

/** Write one block a process of time step `step`, counted from 0. The block has
 * the three dimensions z, y, x or level, latitude, longitude (1 entry where the
 * grid or the field has no such dimension), x or longitude fastest; the
 * components of a point stand together and are not counted. */
SUNZI_API sunzi_status sunzi_file_write_field(sunzi_file *file,
                                              const char *name, int step,
                                              const sunzi_block *block,
                                              const void *data);

/** Add a time step, with number 0, 1, ..., to all fields of a grid with steps =
 * 0: each is to be written for it. All fields and attributes are defined before
 * the first step. The fields are stored in chunks of one step, cut where it has
 * more than 64 MiB; the bytes depend neither on the number of processes nor on
 * saving. At least one step is needed, for ParaView two. SUNZI_ERR_ARG: time is
 * not after that of the step before. */
SUNZI_API sunzi_status sunzi_file_add_step(sunzi_file *file, double time);

/** Bring all steps added so far, which must be complete, to the disk, so that
 * sunzi_file_continue finds them if this writer is killed: to be called before
 * the checkpoint that a run goes on from. The file still gets its name in
 * sunzi_file_close only. Cost: fsync on all processes. SUNZI_ERR_ARG: something
 * is not yet written, or steps was not 0. */
SUNZI_API sunzi_status sunzi_file_save(sunzi_file *file);

#ifdef __cplusplus
}
#endif
#endif
