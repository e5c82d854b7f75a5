/* SPDX-License-Identifier: BSD-3-Clause */
/* Fields on uniform grids and on the sphere: what a reader of VTKHDF and of
 * NetCDF-4 looks for, asked of HDF5 itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <hdf5.h>
#include <math.h>
#include <mpi.h>
#include <stdio.h>
#include <string.h>
#include <sunzi/field_file.h>
#include <sunzi/mpi.h>

#include "core/communicator.h"
#include "tests/io/hdf5/expect.h"
#include "tests/io/hdf5/folder.h"
#include "tests/io/hdf5/sample.h"
#include "tests/mpi/run.h"

static sunzi_comm *comm;

static const double times[3] = {0, 0.5, 2};

static void write_field(sunzi_file *file, const char *name, int step,
                        const sunzi_file_array *array, int along, int ghost)
{
    sample s = sample_make(array, along, comm->rank, comm->size, ghost);
    sample_fill(&s);
    /* components are not counted as a dimension */
    assert_ok(sunzi_file_write_field(file, name, step, &s.block, s.data));
    sample_free(&s);
}

/* Size and type of an array, as the file says. */
static void expect_array(sunzi_file *file, const char *name,
                         sunzi_file_type type, int dims, const int64_t *size)
{
    sunzi_file_array array;
    assert_ok(sunzi_file_find(file, name, &array));
    assert_int_equal(array.type, type);
    assert_int_equal(array.dims, dims);
    for (int d = 0; d < dims; d++)
        assert_int_equal(array.size[d], size[d]);
}

/* The values of time step `step` of an array with `dims` further dimensions. */
static void expect_values(sunzi_file *file, const char *name, int step,
                          const sunzi_file_array *array)
{
    sample s = sample_make(array, 0, comm->rank, comm->size, 0);
    sunzi_block block = {.held = {0}};
    int with_time = step >= 0;
    sample_clear(&s);
    block.start[0] = step;
    block.count[0] = 1;
    for (int d = 0; d < array->dims; d++) {
        block.start[d + with_time] = s.block.start[d];
        block.count[d + with_time] = s.block.count[d];
    }
    assert_ok(sunzi_file_read(file, name, array->type, &block, s.data));
    assert_true(sample_is_right(&s));
    sample_free(&s);
}

static const sunzi_image cube = {.points = {9, 8, 7},
                                 .origin = {1, 2, 3},
                                 .spacing = {0.5, 0.25, 2},
                                 .steps = 3,
                                 .times = times};
static const sunzi_file_array at_points = {SUNZI_FILE_FP64, 3, {7, 8, 9}},
                              in_cells = {SUNZI_FILE_FP32, 3, {6, 7, 8}};
enum { VECTORS = 7 * 8 * 9 * 3 }; /* numbers of a vector field */

static void define_fields(sunzi_file *file)
{
    sunzi_file_field field;
    sunzi_file_field_init(&field);
    field.name = "T";
    assert_fails(sunzi_file_define_field(file, &field), SUNZI_ERR_ARG,
                 "has no grid");
    assert_ok(sunzi_file_set_image(file, &cube));
    assert_fails(sunzi_file_set_image(file, &cube), SUNZI_ERR_ARG,
                 "has a grid already");
    field.units = "K";
    field.long_name = "temperature";
    assert_ok(sunzi_file_define_field(file, &field));
    assert_fails(sunzi_file_define_field(file, &field), SUNZI_ERR_ARG,
                 "is there already");
    field = (sunzi_file_field){
        .name = "v", .type = SUNZI_FILE_FP64, .components = 3};
    assert_ok(sunzi_file_define_field(file, &field));
    field = (sunzi_file_field){
        .name = "p", .type = SUNZI_FILE_FP32, .components = 1, .at_cells = 1};
    assert_ok(sunzi_file_define_field(file, &field));
}

static void write_images(sunzi_file *file)
{
    const sunzi_block all = {.count = {comm->rank == 0 ? 7 : 0, 8, 9}},
                      none = {.held = {0}};
    double v[VECTORS];
    for (int step = 2; step >= 0; step--) {
        write_field(file, "p", step, &in_cells, step, 0);
        write_field(file, "T", step, &at_points, step, 1);
        for (int i = 0; i < VECTORS; i++)
            v[i] = i + step;
        assert_ok(sunzi_file_write_field(file, "v", step, &all, v));
    }
    assert_fails(sunzi_file_write_field(file, "T", 3, &none, NULL),
                 SUNZI_ERR_ARG, "step = 3, allowed: 0 to 2");
    assert_fails(sunzi_file_write_field(file, "U", 0, &none, NULL),
                 SUNZI_ERR_ARG, "has no field 'U'");
}

static void expect_numbers(sunzi_file *file, const char *name, int count,
                           const double *expected)
{
    double reals[9];
    assert_ok(sunzi_file_numbers(file, "VTKHDF", name, SUNZI_FILE_FP64, count,
                                 reals));
    assert_memory_equal(reals, expected, (size_t)count * sizeof *reals);
}

static void expect_integers(sunzi_file *file, const char *group,
                            const char *name, int count,
                            const int32_t *expected)
{
    int32_t integers[6];
    assert_ok(sunzi_file_numbers(file, group, name, SUNZI_FILE_INT32, count,
                                 integers));
    assert_memory_equal(integers, expected, (size_t)count * sizeof *integers);
}

/* What vtkHDFReader looks for. */
static void expect_description(sunzi_file *file)
{
    const double direction[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    double values[3];
    char text[40];
    assert_ok(sunzi_file_text(file, "VTKHDF", "Type", text, sizeof text));
    assert_string_equal(text, "ImageData");
    expect_integers(file, "VTKHDF", "Version", 2, (int32_t[2]){2, 0});
    expect_integers(file, "VTKHDF", "WholeExtent", 6,
                    (int32_t[6]){0, 8, 0, 7, 0, 6});
    expect_numbers(file, "Origin", 3, cube.origin);
    expect_numbers(file, "Spacing", 3, cube.spacing);
    expect_numbers(file, "Direction", 9, direction);
    expect_integers(file, "VTKHDF/Steps", "NSteps", 1, (int32_t[1]){3});
    assert_ok(sunzi_file_read(file, "VTKHDF/Steps/Values", SUNZI_FILE_FP64,
                              &(sunzi_block){.count = {3}}, values));
    assert_memory_equal(values, times, sizeof times);
    assert_ok(sunzi_file_text(file, "VTKHDF/PointData/T", "units", text,
                              sizeof text));
    assert_string_equal(text, "K");
}

static void expect_images(sunzi_file *file)
{
    const int64_t point_size[] = {3, 7, 8, 9}, cell_size[] = {3, 6, 7, 8},
                  vector_size[] = {3, 7, 8, 9, 3};
    double v[VECTORS];
    expect_array(file, "VTKHDF/PointData/T", SUNZI_FILE_FP64, 4, point_size);
    expect_array(file, "VTKHDF/PointData/v", SUNZI_FILE_FP64, 5, vector_size);
    expect_array(file, "VTKHDF/CellData/p", SUNZI_FILE_FP32, 4, cell_size);
    for (int step = 0; step < 3; step++) {
        const sunzi_block block = {.start = {step}, .count = {1, 7, 8, 9, 3}};
        expect_values(file, "VTKHDF/PointData/T", step, &at_points);
        expect_values(file, "VTKHDF/CellData/p", step, &in_cells);
        assert_ok(sunzi_file_read(file, "VTKHDF/PointData/v", SUNZI_FILE_FP64,
                                  &block, v));
        for (int i = 0; i < VECTORS; i++)
            assert_true(v[i] == i + step);
    }
}

static void images(void **unused)
{
    sunzi_file *file;
    (void)unused;
    folder_make(comm);
    assert_ok(sunzi_file_create(comm, folder_path("a.vtkhdf"), NULL, &file));
    define_fields(file);
    write_images(file);
    assert_ok(sunzi_file_close(&file));
    assert_ok(sunzi_file_open(comm, folder_path("a.vtkhdf"), &file));
    expect_description(file);
    expect_images(file);
    assert_ok(sunzi_file_close(&file));
    folder_remove(comm);
}

/* A plane and a line have no dimension z, or z and y; one step has none of
 * time. Memory keeps all three, with ghosts. */
static void flat_images(void **unused)
{
    const int64_t sizes[2][2] = {{8, 9}, {9}};
    (void)unused;
    folder_make(comm);
    for (int line = 0; line < 2; line++) {
        const sunzi_image image = {
            .points = {9, line ? 1 : 8, 1}, .spacing = {1, 1, 1}, .steps = 1};
        const sunzi_file_array points = {
            SUNZI_FILE_FP64, 3, {1, line ? 1 : 8, 9}};
        sunzi_file_array flat = {SUNZI_FILE_FP64, 2 - line, {0}};
        sunzi_file *file;
        sunzi_file_field field;
        int32_t version[2];
        memcpy(flat.size, sizes[line], sizeof sizes[line]);
        assert_ok(
            sunzi_file_create(comm, folder_path("a.vtkhdf"), NULL, &file));
        assert_ok(sunzi_file_set_image(file, &image));
        sunzi_file_field_init(&field);
        field.name = "T";
        assert_ok(sunzi_file_define_field(file, &field));
        const sunzi_block outside = {
            .count = {1, 1, 1}, .held = {2, 1, 1}, .skip = {2, 0, 0}};
        assert_fails(sunzi_file_write_field(file, "T", 0, &outside, version),
                     SUNZI_ERR_ARG, "one entry after 2, but only 2 are held");
        write_field(file, "T", 0, &points, 2 - (line == 0), 2);
        assert_ok(sunzi_file_close(&file));
        assert_ok(sunzi_file_open(comm, folder_path("a.vtkhdf"), &file));
        expect_array(file, "VTKHDF/PointData/T", SUNZI_FILE_FP64, 2 - line,
                     sizes[line]);
        expect_values(file, "VTKHDF/PointData/T", -1, &flat);
        assert_ok(sunzi_file_numbers(file, "VTKHDF", "Version",
                                     SUNZI_FILE_INT32, 2, version));
        assert_int_equal(version[0], 1);
        assert_ok(sunzi_file_close(&file));
    }
    folder_remove(comm);
}

static void bad_images(void **unused)
{
    const double back[2] = {1, 0};
    const sunzi_image good = {
        .points = {9, 8, 7}, .spacing = {1, 1, 1}, .steps = 1};
    sunzi_file *file;
    (void)unused;
    folder_make(comm);
    assert_ok(sunzi_file_create(comm, folder_path("a.vtkhdf"), NULL, &file));
    sunzi_image bad = good;
    bad.points[1] = 0;
    assert_fails(sunzi_file_set_image(file, &bad), SUNZI_ERR_ARG,
                 "0 points in y");
    bad.points[1] = 1;
    assert_fails(sunzi_file_set_image(file, &bad), SUNZI_ERR_ARG,
                 "let the plane lie in x and y");
    bad = good;
    bad.spacing[2] = 0;
    assert_fails(sunzi_file_set_image(file, &bad), SUNZI_ERR_ARG,
                 "spacing 0 in z");
    bad.spacing[2] = NAN;
    assert_fails(sunzi_file_set_image(file, &bad), SUNZI_ERR_ARG,
                 "spacing > 0");
    bad = good;
    bad.steps = 2;
    assert_fails(sunzi_file_set_image(file, &bad), SUNZI_ERR_ARG,
                 "times = NULL");
    bad.times = back;
    assert_fails(sunzi_file_set_image(file, &bad), SUNZI_ERR_ARG,
                 "times[1] = 0");
    if (comm->size > 1) {
        bad = good;
        bad.origin[0] = comm->rank;
        assert_fails(sunzi_file_set_image(file, &bad), SUNZI_ERR_ARG,
                     "differ between the processes");
    }
    assert_ok(sunzi_file_set_image(file, &good)); /* nothing is spoilt */
    assert_ok(sunzi_file_close(&file));
    folder_remove(comm);
}

/* ---- spheres ---- */

static const double latitude[4] = {60, 20, -20, -60},
                    longitude[5] = {0, 72, 144, 216, 288},
                    level[3] = {1000, 500, 250};

static sunzi_sphere good_sphere(void)
{
    return (sunzi_sphere){.latitudes = 4,
                          .longitudes = 5,
                          .levels = 3,
                          .latitude = latitude,
                          .longitude = longitude,
                          .level = level,
                          .level_name = "pressure",
                          .level_units = "hPa",
                          .level_down = 1,
                          .steps = 3,
                          .times = times,
                          .time_units = "hours since 2000-01-01 00:00:00"};
}

/* Which scale belongs to a dimension: the name of the object that the
 * DIMENSION_LIST refers to. */
static void expect_scale(hid_t array, int dimension, const char *name)
{
    const hid_t id = H5Aopen(array, "DIMENSION_LIST", H5P_DEFAULT);
    const hid_t type = H5Aget_type(id), space = H5Aget_space(id);
    hvl_t lists[4];
    char found[64] = "";
    assert_true(id >= 0 && H5Aread(id, type, lists) >= 0);
    assert_int_equal(lists[dimension].len, 1);
    H5Rget_name(array, H5R_OBJECT, lists[dimension].p, found, sizeof found);
    assert_string_equal(found + 1, name);
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, lists);
    H5Sclose(space);
    H5Tclose(type);
    H5Aclose(id);
}

static void expect_axis(hid_t file, const char *name)
{
    const hid_t array = H5Dopen2(file, name, H5P_DEFAULT);
    const hid_t id = H5Aopen(array, "CLASS", H5P_DEFAULT);
    const hid_t type = H5Aget_type(id);
    char text[32] = "";
    assert_int_equal(H5Tget_size(type), 16);
    assert_int_equal(H5Tget_strpad(type), H5T_STR_NULLTERM);
    H5Aread(id, type, text);
    assert_string_equal(text, "DIMENSION_SCALE");
    assert_true(H5Aexists(array, "NAME") > 0);
    assert_true(H5Aexists(array, "REFERENCE_LIST") > 0);
    assert_true(H5Aexists(array, "units") > 0);
    H5Tclose(type);
    H5Aclose(id);
    H5Dclose(array);
}

static const sunzi_file_array everywhere = {SUNZI_FILE_FP64, 3, {3, 4, 5}},
                              below = {SUNZI_FILE_INT32, 3, {1, 4, 5}},
                              below_flat = {SUNZI_FILE_INT32, 2, {4, 5}};

static void write_sphere(const char *path)
{
    const sunzi_sphere sphere = good_sphere();
    sunzi_file *file;
    sunzi_file_field field;
    assert_ok(sunzi_file_create(comm, path, NULL, &file));
    assert_ok(sunzi_file_set_sphere(file, &sphere));
    sunzi_file_field_init(&field);
    field.name = "u";
    field.units = "m s-1";
    field.standard_name = "eastward_wind";
    assert_ok(sunzi_file_define_field(file, &field));
    field = (sunzi_file_field){.name = "ps",
                               .type = SUNZI_FILE_INT32,
                               .components = 1,
                               .one_level = 1};
    assert_ok(sunzi_file_define_field(file, &field));
    field.name = "wind";
    field.components = 2;
    assert_fails(sunzi_file_define_field(file, &field), SUNZI_ERR_ARG,
                 "2 components");
    field.components = 1;
    field.name = "latitude";
    assert_fails(sunzi_file_define_field(file, &field), SUNZI_ERR_ARG,
                 "there already");
    for (int step = 0; step < 3; step++) {
        write_field(file, "u", step, &everywhere, step, 1);
        write_field(file, "ps", step, &below, 2, 1);
    }
    assert_ok(sunzi_file_close(&file));
}

/* Asked of HDF5 itself. */
static void expect_scales(const char *path)
{
    const char *const names[] = {"time", "pressure", "latitude", "longitude"};
    const hid_t id = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    const hid_t u = H5Dopen2(id, "u", H5P_DEFAULT),
                ps = H5Dopen2(id, "ps", H5P_DEFAULT);
    for (int d = 0; d < 4; d++) {
        expect_axis(id, names[d]);
        expect_scale(u, d, names[d]);
        if (d != 1)
            expect_scale(ps, d - (d > 1), names[d]);
    }
    H5Dclose(ps);
    H5Dclose(u);
    H5Fclose(id);
}

static void spheres(void **unused)
{
    const int64_t u_size[] = {3, 3, 4, 5}, ps_size[] = {3, 4, 5};
    double values[5];
    char text[64];
    sunzi_file *file;
    (void)unused;
    folder_make(comm);
    write_sphere(folder_path("a.nc"));
    assert_ok(sunzi_file_open(comm, folder_path("a.nc"), &file));
    assert_ok(sunzi_file_text(file, "", "Conventions", text, sizeof text));
    assert_string_equal(text, "CF-1.8");
    assert_ok(sunzi_file_text(file, "time", "units", text, sizeof text));
    assert_string_equal(text, "hours since 2000-01-01 00:00:00");
    assert_ok(sunzi_file_text(file, "pressure", "positive", text, sizeof text));
    assert_string_equal(text, "down");
    assert_ok(sunzi_file_read(file, "longitude", SUNZI_FILE_FP64,
                              &(sunzi_block){.count = {5}}, values));
    assert_memory_equal(values, longitude, sizeof longitude);
    expect_array(file, "u", SUNZI_FILE_FP64, 4, u_size);
    expect_array(file, "ps", SUNZI_FILE_INT32, 3, ps_size);
    for (int step = 0; step < 3; step++) {
        expect_values(file, "u", step, &everywhere);
        expect_values(file, "ps", step, &below_flat);
    }
    assert_ok(sunzi_file_close(&file));
    expect_scales(folder_path("a.nc"));
    folder_remove(comm);
}

static void bad_spheres(void **unused)
{
    const double far[4] = {60, 20, -20, -91}, twice[5] = {0, 72, 72, 216, 288},
                 turning[3] = {1000, 500, 750};
    sunzi_file *file;
    (void)unused;
    folder_make(comm);
    assert_ok(sunzi_file_create(comm, folder_path("a.nc"), NULL, &file));
    sunzi_sphere bad = good_sphere();
    bad.latitude = far;
    assert_fails(sunzi_file_set_sphere(file, &bad), SUNZI_ERR_ARG,
                 "latitude[3] = -91");
    bad = good_sphere();
    bad.longitude = twice;
    assert_fails(sunzi_file_set_sphere(file, &bad), SUNZI_ERR_ARG,
                 "longitude[2] = 72");
    bad = good_sphere();
    bad.level = turning;
    assert_fails(sunzi_file_set_sphere(file, &bad), SUNZI_ERR_ARG,
                 "level[2] = 750");
    bad = good_sphere();
    bad.level_name = "latitude";
    assert_fails(sunzi_file_set_sphere(file, &bad), SUNZI_ERR_ARG,
                 "a name of its own");
    bad = good_sphere();
    bad.time_units = NULL;
    assert_fails(sunzi_file_set_sphere(file, &bad), SUNZI_ERR_ARG,
                 "without time_units");
    sunzi_file_discard(&file);
    assert_int_equal(folder_count(comm), 0);
    folder_remove(comm);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(images),      cmocka_unit_test(flat_images),
        cmocka_unit_test(bad_images),  cmocka_unit_test(spheres),
        cmocka_unit_test(bad_spheres),
    };
    return RUN_ON_PROCESSES(argc, argv, comm, tests);
}
