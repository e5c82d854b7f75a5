/* SPDX-License-Identifier: BSD-3-Clause */
/* Files of distributed arrays: what is written by some processes is read by
 * others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/file.h>
#include <unistd.h>

#include "core/communicator.h"
#include "tests/io/hdf5/arrays.h"
#include "tests/io/hdf5/expect.h"
#include "tests/io/hdf5/folder.h"
#include "tests/io/hdf5/sample.h"
#include "tests/mpi/run.h"

static sunzi_comm *comm;

/* Written by all, read by each process alone and by halves, and the other way
 * round. */
static void contents(void **unused)
{
    sunzi_comm *half = NULL;
    (void)unused;
    folder_make(comm);
    write_arrays(comm, folder_path("all.h5"));
    read_arrays(comm, folder_path("all.h5"));
    read_arrays(NULL, folder_path("all.h5"));
    assert_ok(sunzi_comm_split(comm, comm->rank % 2, 0, &half));
    read_arrays(half, folder_path("all.h5"));
    if (comm->rank % 2 == 0)
        write_arrays(half, folder_path("half.h5"));
    sunzi_comm_barrier(comm);
    read_arrays(comm, folder_path("half.h5"));
    if (comm->rank == 0)
        write_arrays(NULL, folder_path("half.h5")); /* replaced */
    sunzi_comm_barrier(comm);
    read_arrays(comm, folder_path("half.h5"));
    assert_int_equal(folder_count(comm), 2);
    sunzi_comm_destroy(&half);
    folder_remove(comm);
}

/* All of one array from each process, with overlaps. */
static void overlapping_reads(void **unused)
{
    sunzi_file *file;
    (void)unused;
    folder_make(comm);
    write_arrays(comm, folder_path("a.h5"));
    assert_ok(sunzi_file_open(comm, folder_path("a.h5"), &file));
    sunzi_file_array first;
    assert_ok(sunzi_file_find(file, "0", &first));
    sample s = sample_make(&first, 0, 0, 1, 1);
    sample_clear(&s);
    assert_ok(sunzi_file_read(file, "0", SUNZI_FILE_FP64, &s.block, s.data));
    assert_true(sample_is_right(&s));
    sample_free(&s);
    sunzi_file_discard(&file);
    assert_int_equal(folder_count(comm), 1); /* reading removes nothing */
    folder_remove(comm);
}

static const double numbers[3] = {1, -0.0, 3e300};
static const char command_line[] = "prog -n \xc3\xa9";

/* Not closed yet. */
static sunzi_file *write_attributes(void)
{
    const int64_t size = 4, one = INT64_MIN;
    const sunzi_block block = {.count = {comm->rank == 0 ? 4 : 0}};
    sunzi_file *file;
    sunzi_file_about about;
    sunzi_file_about_init(&about);
    about.engine = "portable";
    about.command_line = command_line;
    about.date = "2026-11-21";
    assert_ok(sunzi_file_create(comm, folder_path("a.h5"), &about, &file));
    assert_ok(sunzi_file_define(file, "g/x", SUNZI_FILE_FP64, 1, &size));
    assert_ok(sunzi_file_write(file, "g/x", &block, (double[4]){1, 2, 3, 4}));
    assert_ok(sunzi_file_set_text(file, "g/x", "units", "K"));
    assert_ok(sunzi_file_set_text(file, "g/x", "units", "m s-1"));
    assert_ok(sunzi_file_set_text(file, "g", "empty", ""));
    assert_ok(sunzi_file_set_numbers(file, "g", "numbers", SUNZI_FILE_FP64, 3,
                                     numbers));
    assert_ok(
        sunzi_file_set_numbers(file, "", "one", SUNZI_FILE_INT64, 1, &one));
    return file;
}

static void expect_text(sunzi_file *file, const char *object, const char *name,
                        const char *expected)
{
    char text[64];
    assert_ok(sunzi_file_text(file, object, name, text, sizeof text));
    assert_string_equal(text, expected);
}

static void attributes(void **unused)
{
    double back[3];
    int64_t one;
    char text[64];
    (void)unused;
    folder_make(comm);
    sunzi_file *file = write_attributes();
    assert_ok(sunzi_file_close(&file));
    assert_ok(sunzi_file_open(comm, folder_path("a.h5"), &file));
    expect_text(file, "g/x", "units", "m s-1");
    expect_text(file, "g", "empty", "");
    expect_text(file, "", "creator", "Sunzi");
    expect_text(file, "", "command_line", command_line);
    expect_text(file, "", "date", "2026-11-21");
    assert_ok(
        sunzi_file_numbers(file, "g", "numbers", SUNZI_FILE_FP64, 3, back));
    assert_memory_equal(back, numbers, sizeof back);
    assert_ok(sunzi_file_numbers(file, "", "one", SUNZI_FILE_INT64, 1, &one));
    assert_true(one == INT64_MIN);
    assert_fails(sunzi_file_text(file, "", "policy", text, sizeof text),
                 SUNZI_ERR_ARG, "no attribute 'policy'");
    assert_fails(sunzi_file_text(file, "g/x", "units", text, 5), SUNZI_ERR_ARG,
                 "has 5 bytes, room for 5");
    assert_fails(
        sunzi_file_numbers(file, "g", "numbers", SUNZI_FILE_FP64, 2, back),
        SUNZI_ERR_FORMAT, "3 numbers");
    assert_fails(
        sunzi_file_numbers(file, "g/x", "units", SUNZI_FILE_FP64, 1, back),
        SUNZI_ERR_FORMAT, "of another kind");
    assert_ok(sunzi_file_close(&file));
    folder_remove(comm);
}

static void discarded(void **unused)
{
    (void)unused;
    folder_make(comm);
    sunzi_file *file = write_attributes();
    assert_fails(sunzi_file_set_text(file, "h", "units", "K"), SUNZI_ERR_ARG,
                 "there is no 'h'");
    sunzi_file_discard(&file);
    assert_null(file);
    assert_int_equal(folder_count(comm), 0);
    folder_remove(comm);
}

static void nothing_of_hdf5_is_left(void **unused)
{
    (void)unused;
    expect_hdf5_as_before(comm);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contents),
        cmocka_unit_test(overlapping_reads),
        cmocka_unit_test(attributes),
        cmocka_unit_test(discarded),
        cmocka_unit_test(nothing_of_hdf5_is_left),
    };
    return RUN_ON_PROCESSES(argc, argv, comm, tests);
}
