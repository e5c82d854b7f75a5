/* SPDX-License-Identifier: BSD-3-Clause */
/* The grid of a file of fields. */
#ifndef SUNZI_IO_HDF5_GRID_H
#define SUNZI_IO_HDF5_GRID_H

#include <sunzi/field_file.h>

#include "io/hdf5/file.h"

typedef struct sunzi_hdf5_field {
    char *name, *path; /* path: in the file */
    bool with_steps;
    int dropped;    /* of the dimensions z, y, x, the first so many */
    int components; /* a last dimension if more than 1 */
    struct sunzi_hdf5_field *next;
} sunzi_hdf5_field;

struct sunzi_hdf5_grid {
    bool sphere;
    int64_t points[3]; /* z, y, x or level (0: none), latitude, longitude */
    int steps;
    bool with_steps; /* arrays have a dimension of time */
    bool growing;    /* steps are added, see steps.c; until now, with times: */
    double *times;
    int times_room;
    uint64_t layout; /* hash of where things are, known with the first step */
    char *level_name, *time_units;
    sunzi_hdf5_field *fields;
};

/* Collective. Attach an empty grid to a file that has none; `mine` is the check
 * of this process, `hash` that of the arguments. */
sunzi_status sunzi_hdf5_begin_grid(const char *function, sunzi_file *file,
                                   sunzi_status mine, uint64_t hash);

/* A copy, from sunzi_allocate. */
sunzi_status sunzi_hdf5_copy_text(const char *text, char **copy);

/* Steps and their times, no steps and no times for those to be added: a
 * sentence that names `function`. */
sunzi_status sunzi_check_times(const char *function, int steps,
                               const double *times);
uint64_t sunzi_hash_numbers(uint64_t hash, const double *x, int64_t count);

/* Collective. Define and write an array that all processes hold whole. */
sunzi_status sunzi_hdf5_store_axis(sunzi_file *file, const char *name,
                                   int64_t count, const double *x);

/* Parts of sunzi_file_define_field that depend on the kind of grid. place: the
 * path of the field; true_size: its dimensions without time and components,
 * `dropped` of the three left out. */
sunzi_status sunzi_image_place(const sunzi_hdf5_grid *grid,
                               const sunzi_file_field *field, char *path,
                               size_t bytes, int64_t *size, int *dropped);
sunzi_status sunzi_sphere_place(const sunzi_hdf5_grid *grid,
                                const sunzi_file_field *field, char *path,
                                size_t bytes, int64_t *size, int *dropped);
/* Not collective. Type of a field that is being written, and its components; 0:
 * there is none. For the Fortran modules, which know what they are given. */
SUNZI_PARTNER_API int sunzi_hdf5_field_type(sunzi_file *file, const char *name,
                                            int *components);

/* Collective. The times of a grid whose steps were added. */
sunzi_status sunzi_image_store_times(sunzi_file *file);
sunzi_status sunzi_sphere_store_times(sunzi_file *file);

/* Collective. All fields are defined: name their dimensions. */
sunzi_status sunzi_sphere_attach(sunzi_file *file);

#endif
