/* SPDX-License-Identifier: BSD-3-Clause */
/* Uniform grids as VTKHDF ImageData.
 *
 * Source: VTKHDF file format, docs.vtk.org, versions 1.0 (one state) and 2.0
 * (time steps): the group VTKHDF with attributes Version, Type, WholeExtent,
 * Origin, Spacing, Direction; arrays in PointData and CellData with dimensions
 * (time,) z, y, x (, component); the group Steps with NSteps and Values.
 * vtkHDFReader expects no dimension z of a plane, nor z and y of a line, and
 * takes a single time step for none. */
#include <math.h>
#include <stdio.h>

#include "io/hdf5/grid.h"

static sunzi_status check_image(const char *function, const sunzi_image *image)
{
    static const char axes[] = "xyz";
    if (!image)
        return sunzi_fail(SUNZI_ERR_ARG, "%s: image = NULL", function);
    for (int d = 0; d < 3; d++) {
        if (image->points[d] < 1 || image->points[d] > INT32_MAX)
            return sunzi_fail(
                SUNZI_ERR_ARG, "%s: %lld points in %c, allowed: 1 to %d",
                function, (long long)image->points[d], axes[d], (int)INT32_MAX);
        if (!isfinite(image->origin[d]) || !isfinite(image->spacing[d]) ||
            !(image->spacing[d] > 0))
            return sunzi_fail(SUNZI_ERR_ARG,
                              "%s: origin %g and spacing %g in %c, allowed: "
                              "finite, spacing > 0",
                              function, image->origin[d], image->spacing[d],
                              axes[d]);
    }
    if (image->points[1] == 1 && image->points[2] > 1)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: 1 point in y and %lld in z, which VTK's reader "
                          "mistakes; let the plane lie in x and y",
                          function, (long long)image->points[2]);
    return sunzi_check_times(function, image->steps, image->times);
}

static uint64_t image_hash(const sunzi_image *image)
{
    uint64_t hash = 0;
    for (int d = 0; d < 3; d++)
        hash = sunzi_hash_number(hash, image->points[d]);
    hash = sunzi_hash_numbers(hash, image->origin, 3);
    hash = sunzi_hash_numbers(hash, image->spacing, 3);
    return sunzi_hash_numbers(hash, image->times, image->steps);
}

static sunzi_status write_attributes(sunzi_file *file, const sunzi_image *image)
{
    static const char group[] = "VTKHDF";
    static const double direction[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    const int32_t version[2] = {file->grid->with_steps ? 2 : 1, 0};
    int32_t extent[6];
    sunzi_status status;
    for (int d = 0; d < 3; d++) {
        extent[2 * d] = 0;
        extent[2 * d + 1] = (int32_t)(image->points[d] - 1);
    }
    SUNZI_TRY(sunzi_hdf5_make_groups(file, "VTKHDF/PointData/"));
    SUNZI_TRY(sunzi_file_set_numbers(file, group, "Version", SUNZI_FILE_INT32,
                                     2, version));
    SUNZI_TRY(sunzi_file_set_text(file, group, "Type", "ImageData"));
    SUNZI_TRY(sunzi_file_set_numbers(file, group, "WholeExtent",
                                     SUNZI_FILE_INT32, 6, extent));
    SUNZI_TRY(sunzi_file_set_numbers(file, group, "Origin", SUNZI_FILE_FP64, 3,
                                     image->origin));
    SUNZI_TRY(sunzi_file_set_numbers(file, group, "Spacing", SUNZI_FILE_FP64, 3,
                                     image->spacing));
    SUNZI_TRY(sunzi_file_set_numbers(file, group, "Direction", SUNZI_FILE_FP64,
                                     9, direction));
done:
    return status;
}

static sunzi_status write_steps(sunzi_file *file, int steps,
                                const double *times)
{
    const int32_t number = steps;
    sunzi_status status =
        sunzi_hdf5_store_axis(file, "VTKHDF/Steps/Values", steps, times);
    if (status == SUNZI_OK)
        status = sunzi_file_set_numbers(file, "VTKHDF/Steps", "NSteps",
                                        SUNZI_FILE_INT32, 1, &number);
    return status;
}

sunzi_status sunzi_image_store_times(sunzi_file *file)
{
    return write_steps(file, file->grid->steps, file->grid->times);
}

sunzi_status sunzi_file_set_image(sunzi_file *file, const sunzi_image *image)
{
    const char *function = "sunzi_file_set_image";
    if (!file)
        return sunzi_hdf5_no_file(function);
    const sunzi_hdf5_quiet quiet = sunzi_hdf5_quiet_begin();
    sunzi_status status = check_image(function, image);
    status = sunzi_hdf5_begin_grid(function, file, status,
                                   status < 0 ? 0 : image_hash(image));
    if (status == SUNZI_OK) {
        sunzi_hdf5_grid *grid = file->grid;
        for (int d = 0; d < 3; d++)
            grid->points[d] = image->points[2 - d];
        grid->steps = image->steps;
        grid->growing = image->steps == 0;
        grid->with_steps = grid->growing || image->steps > 1;
        status = write_attributes(file, image);
        if (status == SUNZI_OK && image->steps > 1)
            status = write_steps(file, image->steps, image->times);
        else if (status == SUNZI_OK && image->times)
            status = sunzi_file_set_numbers(file, "", "time", SUNZI_FILE_FP64,
                                            1, image->times);
    }
    sunzi_hdf5_quiet_end(quiet);
    return status;
}

sunzi_status sunzi_image_place(const sunzi_hdf5_grid *grid,
                               const sunzi_file_field *field, char *path,
                               size_t bytes, int64_t *size, int *dropped)
{
    const bool cells = field->at_cells != 0;
    *dropped = grid->points[0] > 1 ? 0 : grid->points[1] > 1 ? 1 : 2;
    for (int d = 0; d < 3; d++)
        size[d] = grid->points[d] - (cells && d >= *dropped);
    if (size[2] < 1)
        return sunzi_fail(
            SUNZI_ERR_ARG,
            "sunzi_file_define_field: '%.80s' is a field of cells, "
            "but a grid of one point has none",
            field->name);
    snprintf(path, bytes, "VTKHDF/%s/%s", cells ? "CellData" : "PointData",
             field->name);
    return SUNZI_OK;
}
