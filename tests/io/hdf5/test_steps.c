/* SPDX-License-Identifier: BSD-3-Clause */
/* Files to which time steps are added: what is read is what was written; a
 * writer that was killed after saving is continued, on any number of processes,
 * with the bytes of one that was not. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <mpi.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/field_file.h>
#include <sunzi/mpi.h>
#include <unistd.h>

#include "core/communicator.h"
#include "tests/io/hdf5/expect.h"
#include "tests/io/hdf5/folder.h"
#include "tests/io/hdf5/sample.h"
#include "tests/mpi/run.h"

enum { STEPS = 40, BYTES_MAX = 4 << 20 };

static sunzi_comm *comm;
static const sunzi_file_array at_points = {SUNZI_FILE_FP64, 3, {7, 8, 9}},
                              in_cells = {SUNZI_FILE_FP32, 3, {6, 7, 8}};

static double time_of(int step)
{
    return 0.25 * step * step;
}

static sunzi_status define(sunzi_file *file, const char *units)
{
    const sunzi_image image = {.points = {9, 8, 7}, .spacing = {1, 1, 1}};
    sunzi_file_field field;
    sunzi_status status = sunzi_file_set_image(file, &image);
    sunzi_file_field_init(&field);
    field.name = "T";
    field.units = units;
    if (status == SUNZI_OK)
        status = sunzi_file_define_field(file, &field);
    field.name = "p";
    field.type = SUNZI_FILE_FP32;
    field.at_cells = 1;
    if (status == SUNZI_OK)
        status = sunzi_file_define_field(file, &field);
    return status;
}

/* Other values in each step, so that exchanged ones show. */
static sample step_of(sunzi_comm *c, const sunzi_file_array *array, int step)
{
    sample s = sample_make(array, step % 3, sunzi_comm_rank(c),
                           sunzi_comm_size(c), step % 2);
    sample_fill(&s);
    for (int64_t i = 0; i < s.entries; i++)
        if (array->type == SUNZI_FILE_FP64)
            ((double *)s.data)[i] += 1000 * step;
        else
            ((float *)s.data)[i] += (float)(1000 * step);
    return s;
}

static sunzi_status write_step(sunzi_comm *c, sunzi_file *file,
                               const char *name, const sunzi_file_array *array,
                               int step)
{
    sample s = step_of(c, array, step);
    const sunzi_status status =
        sunzi_file_write_field(file, name, step, &s.block, s.data);
    sample_free(&s);
    return status;
}

/* Steps from..to-1. */
static void write_steps(sunzi_comm *c, sunzi_file *file, int from, int to)
{
    for (int step = from; step < to; step++) {
        assert_ok(sunzi_file_add_step(file, time_of(step)));
        assert_ok(write_step(c, file, "p", &in_cells, step));
        assert_ok(write_step(c, file, "T", &at_points, step));
    }
}

static void write_series(sunzi_comm *c, const char *name)
{
    sunzi_file *file;
    assert_ok(sunzi_file_create(c, folder_path(name), NULL, &file));
    assert_ok(define(file, "K"));
    write_steps(c, file, 0, STEPS);
    assert_ok(sunzi_file_close(&file));
}

static void read_back(void **unused)
{
    sunzi_file *file;
    double times[STEPS], found[7 * 8 * 9];
    sunzi_file_array array;
    const sunzi_block all = {.count = {STEPS}};
    (void)unused;
    folder_make(comm);
    write_series(comm, "a.vtkhdf");
    assert_int_equal(folder_count(comm), 1);
    assert_ok(sunzi_file_open(comm, folder_path("a.vtkhdf"), &file));
    assert_ok(sunzi_file_find(file, "VTKHDF/PointData/T", &array));
    assert_int_equal(array.dims, 4);
    assert_int_equal(array.size[0], STEPS);
    assert_ok(sunzi_file_read(file, "VTKHDF/Steps/Values", SUNZI_FILE_FP64,
                              &all, times));
    for (int step = 0; step < STEPS; step++) {
        const sunzi_block one = {.start = {step}, .count = {1, 7, 8, 9}};
        assert_true(times[step] == time_of(step));
        assert_ok(sunzi_file_read(file, "VTKHDF/PointData/T", SUNZI_FILE_FP64,
                                  &one, found));
        sample s = step_of(NULL, &at_points, step - step % 2);
        for (int i = 0; i < 7 * 8 * 9; i++) /* without ghosts */
            if (step % 2 == 0)
                assert_true(found[i] == ((double *)s.data)[i]);
            else
                assert_true(found[i] == ((double *)s.data)[i] -
                                            1000 * (step - 1) + 1000 * step);
        sample_free(&s);
    }
    assert_ok(sunzi_file_close(&file));
    folder_remove(comm);
}

/* ---- a writer that is killed ---- */

/* What a kill leaves: the temporary, with more steps begun. */
static void write_and_die(int saved, int begun)
{
    char aside[FOLDER_PATH];
    sunzi_file *file;
    snprintf(aside, sizeof aside, "%s", folder_path("aside"));
    assert_ok(sunzi_file_create(comm, folder_path("b.vtkhdf"), NULL, &file));
    assert_ok(define(file, "K"));
    write_steps(comm, file, 0, saved);
    assert_ok(sunzi_file_save(file));
    write_steps(comm, file, saved, begun);
    assert_ok(sunzi_file_add_step(file, time_of(begun)));
    if (comm->rank == 0)
        assert_int_equal(link(folder_path("b.vtkhdf.partial"), aside), 0);
    sunzi_comm_barrier(comm);
    /* discarding cuts the file: keep a copy of its bytes */
    if (comm->rank == 0) {
        char command[2 * FOLDER_PATH + 40];
        snprintf(command, sizeof command, "cp %s %s.copy", aside, aside);
        assert_int_equal(system(command), 0);
    }
    sunzi_file_discard(&file);
    if (comm->rank == 0) {
        char copy[FOLDER_PATH + 8];
        snprintf(copy, sizeof copy, "%s.copy", aside);
        unlink(aside);
        assert_int_equal(rename(copy, folder_path("b.vtkhdf.partial")), 0);
    }
    sunzi_comm_barrier(comm);
}

static int64_t load(const char *name, unsigned char *bytes)
{
    FILE *f = fopen(folder_path(name), "rb");
    assert_non_null(f);
    const int64_t count = (int64_t)fread(bytes, 1, BYTES_MAX, f);
    fclose(f);
    return count;
}

static void expect_same_bytes(void)
{
    static unsigned char a[BYTES_MAX], b[BYTES_MAX];
    const int64_t bytes = load("a.vtkhdf", a);
    assert_true(bytes < BYTES_MAX);
    assert_int_equal(load("b.vtkhdf", b), bytes);
    assert_memory_equal(a, b, (size_t)bytes);
}

/* From `kept` of the saved steps on, by the processes of c. */
static void go_on(sunzi_comm *c, int kept)
{
    sunzi_file *file = NULL;
    assert_ok(
        sunzi_file_continue(c, folder_path("b.vtkhdf"), NULL, kept, &file));
    assert_ok(define(file, "K"));
    for (int step = 0; step < kept; step++)
        assert_ok(sunzi_file_add_step(file, time_of(step)));
    write_steps(c, file, kept, STEPS - 1);
    assert_ok(sunzi_file_save(file));
    write_steps(c, file, STEPS - 1, STEPS);
    assert_ok(sunzi_file_close(&file));
}

static void continued(void **unused)
{
    sunzi_comm *half = NULL;
    (void)unused;
    folder_make(comm);
    write_series(comm, "a.vtkhdf");
    for (int kept = 5; kept > 0; kept -= 2) {
        write_and_die(5, 9);
        go_on(comm, kept);
        expect_same_bytes();
    }
    write_and_die(5, 9);
    assert_ok(sunzi_comm_split(comm, comm->rank % 2, 0, &half));
    if (comm->rank % 2 == 0)
        go_on(half, 4);
    sunzi_comm_barrier(comm);
    expect_same_bytes();
    write_and_die(3, 7);
    if (comm->rank == 0)
        go_on(NULL, 3);
    sunzi_comm_barrier(comm);
    expect_same_bytes();
    assert_int_equal(folder_count(comm), 2);
    sunzi_comm_destroy(&half);
    folder_remove(comm);
}

/* What was saved is not spoiled by a wrong attempt. */
static void wrong_attempts(void **unused)
{
    sunzi_file *file = NULL;
    const char *path;
    (void)unused;
    folder_make(comm);
    path = folder_path("b.vtkhdf");
    assert_fails(sunzi_file_continue(comm, path, NULL, 1, &file),
                 SUNZI_ERR_FILE, "b.vtkhdf.partial");
    assert_fails(sunzi_file_continue(comm, path, NULL, 0, &file), SUNZI_ERR_ARG,
                 "at least 1");
    write_series(comm, "a.vtkhdf");
    write_and_die(5, 6);
    assert_fails(
        sunzi_file_continue(comm, folder_path("b.vtkhdf"), NULL, 6, &file),
        SUNZI_ERR_FILE, "5 steps were saved");
    assert_ok(
        sunzi_file_continue(comm, folder_path("b.vtkhdf"), NULL, 2, &file));
    assert_ok(define(file, "degrees, and many of them, so that places differ: "
                           "............................................."));
    assert_fails(sunzi_file_add_step(file, time_of(0)), SUNZI_ERR_FORMAT,
                 "the same calls");
    sunzi_file_discard(&file);
    go_on(comm, 5);
    expect_same_bytes();
    folder_remove(comm);
}

static void bad_arguments(void **unused)
{
    sunzi_file *file = NULL;
    sample s = step_of(comm, &at_points, 0);
    (void)unused;
    folder_make(comm);
    assert_ok(sunzi_file_create(comm, folder_path("c.vtkhdf"), NULL, &file));
    assert_fails(sunzi_file_add_step(file, 0), SUNZI_ERR_ARG, "no grid");
    assert_fails(sunzi_file_add_step(NULL, 0), SUNZI_ERR_ARG, "file = NULL");
    assert_ok(define(file, "K"));
    assert_fails(write_step(comm, file, "T", &at_points, 0), SUNZI_ERR_ARG,
                 "step = 0");
    assert_ok(sunzi_file_add_step(file, 1));
    assert_fails(sunzi_file_add_step(file, 1), SUNZI_ERR_ARG, "after that");
    assert_fails(sunzi_file_add_step(file, NAN), SUNZI_ERR_ARG, "after that");
    assert_fails(sunzi_file_set_text(file, "", "a", "b"), SUNZI_ERR_ARG,
                 "before the first");
    assert_fails(sunzi_file_write(file, "VTKHDF/PointData/T", &s.block, s.data),
                 SUNZI_ERR_ARG, "sunzi_file_write_field");
    assert_ok(write_step(comm, file, "T", &at_points, 0));
    assert_fails(write_step(comm, file, "T", &at_points, 0), SUNZI_ERR_ARG,
                 "written once");
    sunzi_file_discard(&file);
    assert_ok(sunzi_file_create(comm, folder_path("c.vtkhdf"), NULL, &file));
    assert_ok(define(file, "K"));
    assert_ok(sunzi_file_add_step(file, 1));
    assert_fails(sunzi_file_save(file), SUNZI_ERR_ARG, "0 of 504 entries");
    assert_fails(sunzi_file_close(&file), SUNZI_ERR_ARG, "0 of 504 entries");
    assert_ok(sunzi_file_create(comm, folder_path("c.vtkhdf"), NULL, &file));
    assert_ok(define(file, "K"));
    assert_fails(sunzi_file_close(&file), SUNZI_ERR_ARG, "no step");
    assert_int_equal(folder_count(comm), 0);
    sample_free(&s);
    folder_remove(comm);
}

/* A step larger than a chunk: 65 slices of 1 MiB and a bit, cut both ways. */
static void many_chunks(void **unused)
{
    const sunzi_image image = {.points = {1030, 1024, 65},
                               .spacing = {1, 1, 1}};
    const sunzi_file_array shape = {SUNZI_FILE_UINT8, 3, {65, 1024, 1030}};
    sunzi_file_field field;
    sunzi_file *file;
    (void)unused;
    folder_make(comm);
    sunzi_file_field_init(&field);
    field.name = "n";
    field.type = SUNZI_FILE_UINT8;
    assert_ok(sunzi_file_create(comm, folder_path("a.vtkhdf"), NULL, &file));
    assert_ok(sunzi_file_set_image(file, &image));
    assert_ok(sunzi_file_define_field(file, &field));
    for (int step = 0; step < 2; step++) {
        sample s = sample_make(&shape, 2 * step, comm->rank, comm->size, step);
        sample_fill(&s);
        assert_ok(sunzi_file_add_step(file, step));
        assert_ok(sunzi_file_write_field(file, "n", step, &s.block, s.data));
        sample_free(&s);
    }
    assert_ok(sunzi_file_close(&file));
    assert_ok(sunzi_file_open(comm, folder_path("a.vtkhdf"), &file));
    for (int step = 0; step < 2; step++) {
        sample s = sample_make(&shape, 1, comm->rank, comm->size, 0);
        sunzi_block in_file = {.start = {step}, .count = {s.entries > 0}};
        for (int d = 0; d < 3; d++) {
            in_file.start[d + 1] = s.block.start[d];
            in_file.count[d + 1] = s.block.count[d];
        }
        sample_clear(&s);
        assert_ok(sunzi_file_read(file, "VTKHDF/PointData/n", SUNZI_FILE_UINT8,
                                  &in_file, s.data));
        assert_true(sample_is_right(&s));
        sample_free(&s);
    }
    assert_ok(sunzi_file_close(&file));
    folder_remove(comm);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read_back),      cmocka_unit_test(continued),
        cmocka_unit_test(wrong_attempts), cmocka_unit_test(bad_arguments),
        cmocka_unit_test(many_chunks),
    };
    return RUN_ON_PROCESSES(argc, argv, comm, tests);
}
