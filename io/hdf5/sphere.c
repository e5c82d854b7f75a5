/* SPDX-License-Identifier: BSD-3-Clause */
/* Grids of latitudes and longitudes: the CF conventions in HDF5, with dimension
 * scales, as NetCDF-4 reads it.
 *
 * The attributes of the scales are written here and not by HDF5's H5DS, which
 * stores bytes of memory that it has not set.
 *
 * Sources: NetCDF Climate and Forecast (CF) Metadata Conventions 1.8, chapters
 * 2 to 4; HDF5 Dimension Scale Specification. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "io/hdf5/grid.h"

enum { NAME_BYTES_MAX = 64 };

static sunzi_status check_axis(const char *function, const char *name,
                               int count, const double *x, double least,
                               double most)
{
    if (count < 1 || !x)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: %d values of %s%s, allowed: at least 1",
                          function, count, name, x ? "" : " at NULL");
    for (int i = 0; i < count; i++) {
        const bool turns = i > 1 && (x[i] > x[i - 1]) != (x[i - 1] > x[i - 2]);
        if (!(x[i] >= least && x[i] <= most) || (i > 0 && x[i] == x[i - 1]) ||
            turns)
            return sunzi_fail(SUNZI_ERR_ARG,
                              "%s: %s[%d] = %g, allowed: %g to %g, strictly "
                              "ascending or descending",
                              function, name, i, x[i], least, most);
    }
    return SUNZI_OK;
}

static sunzi_status check_levels(const char *function,
                                 const sunzi_sphere *sphere)
{
    const char *name = sphere->level_name;
    if (sphere->levels == 0)
        return SUNZI_OK;
    if (!name || !*name || strpbrk(name, "/.") ||
        strlen(name) > NAME_BYTES_MAX || !strcmp(name, "latitude") ||
        !strcmp(name, "longitude") || !strcmp(name, "time") ||
        !sphere->level_units)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: level_name '%.64s', level_units %s, allowed: a "
                          "name of its own and units",
                          function, name ? name : "(NULL)",
                          sphere->level_units ? "given" : "= NULL");
    return check_axis(function, "level", sphere->levels, sphere->level,
                      -HUGE_VAL, HUGE_VAL);
}

static sunzi_status check_sphere(const char *function,
                                 const sunzi_sphere *sphere)
{
    sunzi_status status;
    if (!sphere)
        return sunzi_fail(SUNZI_ERR_ARG, "%s: sphere = NULL", function);
    SUNZI_TRY(check_axis(function, "latitude", sphere->latitudes,
                         sphere->latitude, -90, 90));
    SUNZI_TRY(check_axis(function, "longitude", sphere->longitudes,
                         sphere->longitude, -180, 360));
    SUNZI_TRY(check_levels(function, sphere));
    SUNZI_TRY(sunzi_check_times(function, sphere->steps, sphere->times));
    if ((sphere->times || sphere->steps == 0) && !sphere->time_units)
        status = sunzi_fail(SUNZI_ERR_ARG,
                            "%s: times without time_units, allowed: as in "
                            "\"hours since 2000-01-01 00:00:00\"",
                            function);
done:
    return status;
}

static uint64_t sphere_hash(const sunzi_sphere *sphere)
{
    uint64_t hash = 0;
    hash = sunzi_hash_numbers(hash, sphere->latitude, sphere->latitudes);
    hash = sunzi_hash_numbers(hash, sphere->longitude, sphere->longitudes);
    hash = sunzi_hash_numbers(hash, sphere->level, sphere->levels);
    hash = sunzi_hash_numbers(hash, sphere->times, sphere->steps);
    hash = sunzi_hash_text(hash, sphere->level_name);
    hash = sunzi_hash_text(hash, sphere->level_units);
    hash = sunzi_hash_text(hash, sphere->time_units);
    return sunzi_hash_number(hash, sphere->level_down != 0);
}

/* A text with a final zero, as the specification of scales wants it. */
static herr_t write_terminated(hid_t object, const char *name, const char *text)
{
    const hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    hid_t id = -1;
    herr_t error = -1;
    if (type >= 0 && space >= 0 && H5Tset_size(type, strlen(text) + 1) >= 0)
        id = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    if (id >= 0) {
        error = H5Awrite(id, type, text);
        H5Aclose(id);
    }
    if (space >= 0)
        H5Sclose(space);
    if (type >= 0)
        H5Tclose(type);
    return error;
}

/* An axis: a coordinate variable of CF and a dimension scale of HDF5. texts are
 * pairs of attribute and value. */
static sunzi_status write_axis(sunzi_file *file, const char *name, int count,
                               const double *x, const char *const (*texts)[2])
{
    sunzi_status status = sunzi_hdf5_store_axis(file, name, count, x);
    for (int i = 0; status == SUNZI_OK && texts[i][0]; i++)
        status = sunzi_file_set_text(file, name, texts[i][0], texts[i][1]);
    if (status == SUNZI_OK)
        status = sunzi_hdf5_reserve(file, 0);
    if (status < 0)
        return status;
    const hid_t id = sunzi_hdf5_find(file, name)->id;
    if (file->id >= 0 &&
        (write_terminated(id, "CLASS", "DIMENSION_SCALE") < 0 ||
         write_terminated(id, "NAME", name) < 0))
        status = sunzi_hdf5_fail(file, SUNZI_ERR_FILE,
                                 "no dimension scale can be made");
    return sunzi_hdf5_agree(file, status);
}

static sunzi_status write_times(sunzi_file *file, int steps,
                                const double *times, const char *units)
{
    const char *const texts[][2] = {
        {"units", units},      {"standard_name", "time"},
        {"long_name", "time"}, {"calendar", "standard"},
        {"axis", "T"},         {NULL, NULL}};
    return write_axis(file, "time", steps, times, texts);
}

sunzi_status sunzi_sphere_store_times(sunzi_file *file)
{
    const sunzi_hdf5_grid *grid = file->grid;
    return write_times(file, grid->steps, grid->times, grid->time_units);
}

static sunzi_status write_axes(sunzi_file *file, const sunzi_sphere *sphere)
{
    const char *const latitude[][2] = {{"units", "degrees_north"},
                                       {"standard_name", "latitude"},
                                       {"long_name", "latitude"},
                                       {"axis", "Y"},
                                       {NULL, NULL}};
    const char *const longitude[][2] = {{"units", "degrees_east"},
                                        {"standard_name", "longitude"},
                                        {"long_name", "longitude"},
                                        {"axis", "X"},
                                        {NULL, NULL}};
    const char *const level[][2] = {
        {"units", sphere->level_units},
        {"long_name", sphere->level_name},
        {"positive", sphere->level_down ? "down" : "up"},
        {"axis", "Z"},
        {NULL, NULL}};
    sunzi_status status;
    if (sphere->times)
        SUNZI_TRY(write_times(file, sphere->steps, sphere->times,
                              sphere->time_units));
    if (sphere->levels)
        SUNZI_TRY(write_axis(file, sphere->level_name, sphere->levels,
                             sphere->level, level));
    SUNZI_TRY(write_axis(file, "latitude", sphere->latitudes, sphere->latitude,
                         latitude));
    SUNZI_TRY(write_axis(file, "longitude", sphere->longitudes,
                         sphere->longitude, longitude));
done:
    return status;
}

static sunzi_status set_grid(sunzi_hdf5_grid *grid, const sunzi_sphere *sphere)
{
    sunzi_status status = SUNZI_OK;
    grid->sphere = true;
    grid->points[0] = sphere->levels;
    grid->points[1] = sphere->latitudes;
    grid->points[2] = sphere->longitudes;
    grid->steps = sphere->steps;
    grid->growing = sphere->steps == 0;
    grid->with_steps = grid->growing || sphere->times != NULL;
    if (sphere->levels)
        status = sunzi_hdf5_copy_text(sphere->level_name, &grid->level_name);
    if (status == SUNZI_OK && grid->growing)
        status = sunzi_hdf5_copy_text(sphere->time_units, &grid->time_units);
    return status;
}

sunzi_status sunzi_file_set_sphere(sunzi_file *file, const sunzi_sphere *sphere)
{
    const char *function = "sunzi_file_set_sphere";
    if (!file)
        return sunzi_hdf5_no_file(function);
    const sunzi_hdf5_quiet quiet = sunzi_hdf5_quiet_begin();
    sunzi_status status = check_sphere(function, sphere);
    status = sunzi_hdf5_begin_grid(function, file, status,
                                   status < 0 ? 0 : sphere_hash(sphere));
    if (status == SUNZI_OK)
        status = sunzi_hdf5_agree(file, set_grid(file->grid, sphere));
    if (status == SUNZI_OK)
        status = sunzi_file_set_text(file, "", "Conventions", "CF-1.8");
    if (status == SUNZI_OK)
        status = write_axes(file, sphere);
    sunzi_hdf5_quiet_end(quiet);
    return status;
}

sunzi_status sunzi_sphere_place(const sunzi_hdf5_grid *grid,
                                const sunzi_file_field *field, char *path,
                                size_t bytes, int64_t *size, int *dropped)
{
    if (field->components != 1 || field->at_cells)
        return sunzi_fail(
            SUNZI_ERR_ARG,
            "sunzi_file_define_field: '%.80s' has %d components%s, "
            "allowed on a sphere: 1, at points; write a field "
            "for each component",
            field->name, field->components, field->at_cells ? " in cells" : "");
    *dropped = grid->points[0] == 0 || field->one_level ? 1 : 0;
    memcpy(size, grid->points, sizeof grid->points);
    snprintf(path, bytes, "%s", field->name);
    return SUNZI_OK;
}

/* ---- which scale belongs to which dimension ---- */

/* The names of a field's scales in order; returns their number. */
static int scales_of(const sunzi_hdf5_grid *grid, const sunzi_hdf5_field *f,
                     const char **names)
{
    int count = 0;
    if (f->with_steps)
        names[count++] = "time";
    if (!f->dropped)
        names[count++] = grid->level_name;
    names[count++] = "latitude";
    names[count++] = "longitude";
    return count;
}

static herr_t write_attribute(hid_t object, const char *name, hid_t type,
                              int count, const void *value)
{
    const hsize_t size = (hsize_t)count;
    const hid_t space = H5Screate_simple(1, &size, NULL);
    hid_t id = -1;
    herr_t error = -1;
    if (space >= 0)
        id = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    if (id >= 0) {
        error = H5Awrite(id, type, value);
        H5Aclose(id);
    }
    if (space >= 0)
        H5Sclose(space);
    return error;
}

/* DIMENSION_LIST of a field: for each dimension a list of one scale. */
static herr_t write_scales(sunzi_file *file, const sunzi_hdf5_field *f)
{
    const char *names[4];
    hobj_ref_t scale[4];
    hvl_t list[4];
    const int count = scales_of(file->grid, f, names);
    const hid_t type = H5Tvlen_create(H5T_STD_REF_OBJ);
    herr_t error = type < 0 ? -1 : 0;
    memset(list, 0, sizeof list);
    for (int i = 0; i < count && error >= 0; i++) {
        error = H5Rcreate(&scale[i], file->id, names[i], H5R_OBJECT, -1);
        list[i].len = 1;
        list[i].p = &scale[i];
    }
    if (error >= 0)
        error = write_attribute(sunzi_hdf5_find(file, f->path)->id,
                                "DIMENSION_LIST", type, count, list);
    if (type >= 0)
        H5Tclose(type);
    return error;
}

typedef struct user { /* of a scale */
    hobj_ref_t dataset;
    int32_t dimension;
    int32_t nothing; /* so that all bytes are set */
} user;

static hid_t user_type(void)
{
    const hid_t type = H5Tcreate(H5T_COMPOUND, sizeof(user));
    if (type >= 0 && (H5Tinsert(type, "dataset", HOFFSET(user, dataset),
                                H5T_STD_REF_OBJ) < 0 ||
                      H5Tinsert(type, "dimension", HOFFSET(user, dimension),
                                H5T_NATIVE_INT32) < 0)) {
        H5Tclose(type);
        return -1;
    }
    return type;
}

/* REFERENCE_LIST of a scale: the dimensions that it belongs to. */
static herr_t write_users(sunzi_file *file, const char *scale, user *users)
{
    const char *names[4];
    const hid_t type = user_type();
    herr_t error = type < 0 ? -1 : 0;
    int count = 0;
    for (const sunzi_hdf5_field *f = file->grid->fields; f; f = f->next) {
        const int dims = scales_of(file->grid, f, names);
        for (int d = 0; d < dims && error >= 0; d++) {
            if (strcmp(names[d], scale) != 0)
                continue;
            users[count] = (user){.dimension = d};
            error = H5Rcreate(&users[count++].dataset, file->id, f->path,
                              H5R_OBJECT, -1);
        }
    }
    if (error >= 0 && count)
        error = write_attribute(sunzi_hdf5_find(file, scale)->id,
                                "REFERENCE_LIST", type, count, users);
    if (type >= 0)
        H5Tclose(type);
    return error;
}

/* On rank 0. */
static herr_t name_dimensions(sunzi_file *file, user *users)
{
    const sunzi_hdf5_grid *grid = file->grid;
    const char *const scales[] = {grid->with_steps ? "time" : NULL,
                                  grid->level_name, "latitude", "longitude"};
    herr_t error = 0;
    for (const sunzi_hdf5_field *f = grid->fields; f && error >= 0; f = f->next)
        error = write_scales(file, f);
    for (int i = 0; i < 4 && error >= 0; i++)
        if (scales[i])
            error = write_users(file, scales[i], users);
    return error;
}

sunzi_status sunzi_sphere_attach(sunzi_file *file)
{
    const sunzi_hdf5_grid *grid = file->grid;
    int64_t fields = 0;
    void *users = NULL;
    herr_t error = 0;
    for (const sunzi_hdf5_field *f = grid->fields; f; f = f->next)
        fields++;
    sunzi_status status = sunzi_hdf5_agree(
        file, sunzi_allocate((size_t)(fields + 1) * sizeof(user),
                             "users of a scale", &users));
    /* the lists, and the heap that holds them */
    if (status == SUNZI_OK)
        status = sunzi_hdf5_reserve(file, fields * 16384);
    if (status == SUNZI_OK) {
        if (file->id >= 0)
            error = name_dimensions(file, users);
        status = sunzi_hdf5_agree(
            file, error < 0 ? sunzi_hdf5_fail(file, SUNZI_ERR_FILE,
                                              "no dimension can be named")
                            : SUNZI_OK);
    }
    sunzi_release(users);
    return status;
}
