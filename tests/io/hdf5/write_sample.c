/* SPDX-License-Identifier: BSD-3-Clause */
/* write_sample FOLDER: write one file of each kind into FOLDER, with all
 * processes of mpirun; write_sample FOLDER alone: without MPI. The bytes of the
 * files must not depend on the number of processes. */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/checkpoint.h>
#include <sunzi/field_file.h>
#include <sunzi/mpi.h>

#include "tests/io/hdf5/sample.h"

static sunzi_comm *comm;

static void need(sunzi_status status)
{
    if (status == SUNZI_OK)
        return;
    fprintf(stderr, "write_sample: %s\n", sunzi_last_message());
    exit(1);
}

static sample dealt(const sunzi_file_array *array, int along, int ghost)
{
    sample s = sample_make(array, along, sunzi_comm_rank(comm),
                           sunzi_comm_size(comm), ghost);
    sample_fill(&s);
    return s;
}

static sunzi_file *start(const char *folder, const char *name)
{
    char path[512];
    sunzi_file *file;
    sunzi_file_about about;
    sunzi_file_about_init(&about);
    about.engine = "portable";
    about.policy = "fp64";
    about.command_line = "write_sample";
    snprintf(path, sizeof path, "%s/%s", folder, name);
    need(sunzi_file_create(comm, path, &about, &file));
    return file;
}

static void write_arrays(const char *folder)
{
    static const struct {
        const char *name;
        sunzi_file_array array;
        int along, ghost;
    } arrays[] = {
        {"a", {SUNZI_FILE_FP64, 3, {5, 7, 11}}, 1, 0},
        {"group/b", {SUNZI_FILE_FP32, 2, {301, 50}}, 0, 2},
        {"group/deeper/c", {SUNZI_FILE_INT32, 1, {3}}, 0, 0},
        {"d", {SUNZI_FILE_INT64, 4, {2, 3, 4, 50}}, 3, 1},
        {"e", {SUNZI_FILE_UINT8, 1, {100001}}, 0, 0},
        {"f", {SUNZI_FILE_FP64, 2, {100, 100}}, 1, 0},
    };
    const double numbers[3] = {1, 2.5, -3};
    sunzi_file *file = start(folder, "arrays.h5");
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        sample s = dealt(&arrays[i].array, arrays[i].along, arrays[i].ghost);
        need(sunzi_file_define(file, arrays[i].name, s.array.type, s.array.dims,
                               s.array.size));
        need(sunzi_file_write(file, arrays[i].name, &s.block, s.data));
        need(sunzi_file_set_text(file, arrays[i].name, "units", "m s-1"));
        need(sunzi_file_set_numbers(file, arrays[i].name, "three",
                                    SUNZI_FILE_FP64, 3, numbers));
        sample_free(&s);
    }
    need(sunzi_file_set_text(file, "group", "about", "a group"));
    need(sunzi_file_close(&file));
}

/* With all steps known, or added one by one. */
static void write_image(const char *folder, const char *name, int growing)
{
    const double times[3] = {0, 0.5, 2};
    const sunzi_image image = {.points = {9, 8, 7},
                               .origin = {1, 2, 3},
                               .spacing = {0.5, 0.25, 2},
                               .steps = growing ? 0 : 3,
                               .times = growing ? NULL : times};
    sunzi_file *file = start(folder, name);
    sunzi_file_field field;
    need(sunzi_file_set_image(file, &image));
    sunzi_file_field_init(&field);
    field.name = "T";
    field.units = "K";
    field.long_name = "temperature";
    need(sunzi_file_define_field(file, &field));
    field.name = "p";
    field.type = SUNZI_FILE_FP32;
    field.at_cells = 1;
    need(sunzi_file_define_field(file, &field));
    for (int step = 0; step < 3; step++) {
        const sunzi_file_array at_points = {SUNZI_FILE_FP64, 3, {7, 8, 9}};
        const sunzi_file_array in_cells = {SUNZI_FILE_FP32, 3, {6, 7, 8}};
        sample t = dealt(&at_points, step, 1), p = dealt(&in_cells, 0, 0);
        if (growing)
            need(sunzi_file_add_step(file, times[step]));
        need(sunzi_file_write_field(file, "T", step, &t.block, t.data));
        need(sunzi_file_write_field(file, "p", step, &p.block, p.data));
        sample_free(&t);
        sample_free(&p);
    }
    need(sunzi_file_close(&file));
}

static void write_sphere(const char *folder, const char *name, int growing)
{
    const double latitude[4] = {-60, -20, 20, 60},
                 longitude[5] = {0, 72, 144, 216, 288},
                 level[3] = {1000, 500, 250}, times[2] = {0, 6};
    const sunzi_sphere sphere = {.latitudes = 4,
                                 .longitudes = 5,
                                 .levels = 3,
                                 .latitude = latitude,
                                 .longitude = longitude,
                                 .level = level,
                                 .level_name = "pressure",
                                 .level_units = "hPa",
                                 .level_down = 1,
                                 .steps = growing ? 0 : 2,
                                 .times = growing ? NULL : times,
                                 .time_units = "hours since 2000-01-01 "
                                               "00:00:00"};
    sunzi_file *file = start(folder, name);
    sunzi_file_field field;
    need(sunzi_file_set_sphere(file, &sphere));
    sunzi_file_field_init(&field);
    field.name = "u";
    field.units = "m s-1";
    field.standard_name = "eastward_wind";
    need(sunzi_file_define_field(file, &field));
    field = (sunzi_file_field){.name = "ps",
                               .units = "Pa",
                               .long_name = "surface pressure",
                               .type = SUNZI_FILE_FP32,
                               .components = 1,
                               .one_level = 1};
    need(sunzi_file_define_field(file, &field));
    for (int step = 0; growing && step < 2; step++)
        need(sunzi_file_add_step(file, times[step]));
    for (int step = 1; step >= 0; step--) {
        const sunzi_file_array everywhere = {SUNZI_FILE_FP64, 3, {3, 4, 5}};
        const sunzi_file_array below = {SUNZI_FILE_FP32, 3, {1, 4, 5}};
        sample u = dealt(&everywhere, 1, 0), ps = dealt(&below, 2, 1);
        need(sunzi_file_write_field(file, "u", step, &u.block, u.data));
        need(sunzi_file_write_field(file, "ps", step, &ps.block, ps.data));
        sample_free(&u);
        sample_free(&ps);
    }
    need(sunzi_file_close(&file));
}

static void write_checkpoint(const char *folder)
{
    const sunzi_file_array a = {SUNZI_FILE_FP64, 2, {30, 40}},
                           b = {SUNZI_FILE_INT32, 1, {5}};
    sample x = dealt(&a, 1, 2), y = dealt(&b, 0, 0);
    const sunzi_checkpoint_array arrays[] = {
        {"x", a.type, a.dims, {30, 40}, x.block, x.data},
        {"y", b.type, b.dims, {5}, y.block, y.data}};
    const sunzi_checkpoint_state state = {12, 0.1, "small things", 13};
    char base[512];
    snprintf(base, sizeof base, "%s/state", folder);
    need(sunzi_checkpoint_write(comm, base, NULL, &state, 2, arrays));
    sample_free(&x);
    sample_free(&y);
}

int main(int argc, char **argv)
{
    const int alone = argc == 3 && strcmp(argv[2], "alone") == 0;
    if (argc < 2 || (argc > 2 && !alone))
        return 2;
    if (!alone) {
        MPI_Init(&argc, &argv);
        need(sunzi_comm_from_mpi(MPI_COMM_WORLD, &comm));
    }
    write_arrays(argv[1]);
    write_image(argv[1], "image.vtkhdf", 0);
    write_image(argv[1], "grown.vtkhdf", 1);
    write_sphere(argv[1], "sphere.nc", 0);
    write_sphere(argv[1], "grown.nc", 1);
    write_checkpoint(argv[1]);
    sunzi_comm_destroy(&comm);
    if (!alone)
        MPI_Finalize();
    return 0;
}
