/* SPDX-License-Identifier: BSD-3-Clause */
/* Files of distributed arrays: what goes wrong is agreed upon, said, and leaves
 * nothing behind. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/communicator.h"
#include "core/memory.h"
#include "tests/io/hdf5/arrays.h"
#include "tests/io/hdf5/expect.h"
#include "tests/io/hdf5/folder.h"
#include "tests/io/hdf5/sample.h"
#include "tests/mpi/run.h"

static sunzi_comm *comm;

static void bad_paths(void **unused)
{
    sunzi_file *file = NULL;
    (void)unused;
    folder_make(comm);
    const struct {
        const char *path, *words;
    } cases[] = {
        {folder_path("missing/a.h5"), "No such file or directory"},
        {folder_path("."), "is a directory"},
        {"/dev/null", "is a device"},
        {"/sys/a.h5", "/sys/a.h5"}, /* nobody may write there */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_fails(sunzi_file_create(comm, cases[i].path, NULL, &file),
                     SUNZI_ERR_FILE, cases[i].words);
    for (int i = 0; i < 3; i++)
        assert_fails(sunzi_file_open(comm, cases[i].path, &file),
                     SUNZI_ERR_FILE, cases[i].words);
    assert_fails(sunzi_file_create(comm, "", NULL, &file), SUNZI_ERR_ARG,
                 "path is empty");
    assert_fails(sunzi_file_create(comm, NULL, NULL, &file), SUNZI_ERR_ARG,
                 "path = NULL");
    assert_fails(sunzi_file_open(comm, folder_path("a.h5"), NULL),
                 SUNZI_ERR_ARG, "file = NULL");
    assert_null(file);
    if (geteuid() != 0) {
        chmod(folder_path(""), 0555);
        sunzi_comm_barrier(comm);
        assert_fails(sunzi_file_create(comm, folder_path("a.h5"), NULL, &file),
                     SUNZI_ERR_FILE, "Permission denied");
        sunzi_comm_barrier(comm);
        chmod(folder_path(""), 0755);
    }
    assert_int_equal(folder_count(comm), 0);
    folder_remove(comm);
}

/* Not HDF5, cut at many places, a byte changed in the metadata. */
static void bad_files(void **unused)
{
    sunzi_file *file = NULL;
    sunzi_file_array array;
    (void)unused;
    folder_make(comm);
    write_arrays(comm, folder_path("a.h5"));
    const long size = folder_size(comm, "a.h5");
    for (int i = 1; i <= 8; i++) {
        folder_truncate(comm, "a.h5", size - size * i / 8);
        assert_fails(sunzi_file_open(comm, folder_path("a.h5"), &file),
                     SUNZI_ERR_FORMAT, "no HDF5 file, or truncated");
    }
    assert_null(file);
    write_arrays(comm, folder_path("a.h5"));
    folder_flip(comm, "a.h5", 9); /* in the superblock */
    assert_fails(sunzi_file_open(comm, folder_path("a.h5"), &file),
                 SUNZI_ERR_FORMAT, "no HDF5 file");
    write_arrays(comm, folder_path("a.h5"));
    folder_flip(comm, "a.h5", 50); /* in the header of the root */
    if (sunzi_file_open(comm, folder_path("a.h5"), &file) == SUNZI_OK) {
        assert_true(sunzi_file_find(file, "0", &array) < 0);
        sunzi_file_close(&file);
    }
    folder_remove(comm);
}

static const int64_t table_size[2] = {10, 4};

static void bad_definitions(sunzi_file *file)
{
    const char *const names[] = {"", "/y", "y/", "a//b", "../a", "a/.b"};
    const int64_t zero = 0, *size = table_size;
    assert_fails(sunzi_file_define(file, "g/x", SUNZI_FILE_FP64, 2, size),
                 SUNZI_ERR_ARG, "there already");
    assert_fails(sunzi_file_define(file, "g", SUNZI_FILE_FP64, 2, size),
                 SUNZI_ERR_ARG, "there already");
    assert_fails(sunzi_file_define(file, "y", 9, 2, size), SUNZI_ERR_ARG,
                 "type = 9");
    assert_fails(sunzi_file_define(file, "y", SUNZI_FILE_FP64, 7, size),
                 SUNZI_ERR_ARG, "dims = 7");
    assert_fails(sunzi_file_define(file, "y", SUNZI_FILE_FP64, 1, &zero),
                 SUNZI_ERR_ARG, "size[0] = 0");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_fails(
            sunzi_file_define(file, names[i], SUNZI_FILE_FP64, 2, size),
            SUNZI_ERR_ARG, "the name");
}

/* One process alone is wrong. */
static void bad_blocks(sunzi_file *file, const sunzi_block *all,
                       const double *data)
{
    const int rank = comm->rank, last = comm->size - 1;
    sunzi_block block = *all;
    if (rank == last)
        block = (sunzi_block){.start = {9, 0}, .count = {2, 4}};
    assert_fails(sunzi_file_write(file, "g/x", &block, data), SUNZI_ERR_ARG,
                 "2 entries from 9 on in dimension 0");
    if (rank == last)
        block = (sunzi_block){.start = {1, 0}, .count = {INT64_MAX, 4}};
    assert_fails(sunzi_file_write(file, "g/x", &block, data), SUNZI_ERR_ARG,
                 "entries from 1 on in dimension 0");
    if (rank == last)
        block = (sunzi_block){.count = {2, 4}, .held = {2, INT64_MIN}};
    assert_fails(sunzi_file_write(file, "g/x", &block, data), SUNZI_ERR_ARG,
                 "4 entries after 0 in dimension 1");
    assert_fails(sunzi_file_write(file, "g/x", rank == last ? NULL : all, data),
                 SUNZI_ERR_ARG, "block = NULL");
    assert_fails(sunzi_file_write(file, "g/x", all, rank == 0 ? NULL : data),
                 SUNZI_ERR_ARG, "data = NULL");
    block = (sunzi_block){
        .count = {rank == last ? 2 : 0, 4}, .held = {2, 4}, .skip = {1, 0}};
    assert_fails(sunzi_file_write(file, "g/x", &block, data), SUNZI_ERR_ARG,
                 "only 2 are held");
    assert_fails(sunzi_file_write(file, "y", all, data), SUNZI_ERR_ARG,
                 "no array 'y'");
}

/* Each process believes something else. */
static void disagreement(sunzi_file *file, const double *data)
{
    const bool other = comm->rank == comm->size - 1;
    const int64_t size[2] = {10, 4 + other};
    const sunzi_block whole = {.count = {10, 4}}; /* of every process */
    const char *path = folder_path(other ? "b.h5" : "c.h5");
    sunzi_file *none = NULL;
    if (comm->size == 1)
        return;
    assert_fails(sunzi_file_define(file, other ? "y" : "z", SUNZI_FILE_FP64, 2,
                                   table_size),
                 SUNZI_ERR_ARG, "differ between the processes");
    assert_fails(sunzi_file_define(file, "y", SUNZI_FILE_FP64, 2, size),
                 SUNZI_ERR_ARG, "differ between the processes");
    assert_fails(sunzi_file_set_text(file, "g/x", "units", other ? "K" : "m"),
                 SUNZI_ERR_ARG, "differ between the processes");
    assert_fails(sunzi_file_write(file, "g/x", &whole, data), SUNZI_ERR_ARG,
                 "are not yet written");
    assert_fails(sunzi_file_create(comm, path, NULL, &none), SUNZI_ERR_ARG,
                 "differ between the processes");
    assert_fails(sunzi_file_open(comm, path, &none), SUNZI_ERR_ARG,
                 "differ between the processes");
    assert_null(none);
}

static void bad_reads(const sunzi_block *all, double *data)
{
    sunzi_file *file;
    assert_ok(sunzi_file_open(comm, folder_path("a.h5"), &file));
    assert_fails(sunzi_file_read(file, "g/x", SUNZI_FILE_FP32, all, data),
                 SUNZI_ERR_ARG, "is FP64 in the file, got FP32");
    assert_fails(sunzi_file_read(file, "g/y", SUNZI_FILE_FP64, all, data),
                 SUNZI_ERR_ARG, "no array 'g/y'");
    assert_fails(sunzi_file_read(file, "h/y", SUNZI_FILE_FP64, all, data),
                 SUNZI_ERR_ARG, "no array 'h/y'");
    assert_fails(sunzi_file_define(file, "y", SUNZI_FILE_FP64, 2, table_size),
                 SUNZI_ERR_ARG, "is open for reading");
    assert_ok(sunzi_file_close(&file));
}

/* Nothing of all this spoils the file. */
static void bad_arguments(void **unused)
{
    const sunzi_block all = {.count = {comm->rank == 0 ? 10 : 0, 4}};
    double data[40] = {0};
    sunzi_file *file = NULL;
    (void)unused;
    folder_make(comm);
    assert_ok(sunzi_file_create(comm, folder_path("a.h5"), NULL, &file));
    assert_ok(sunzi_file_define(file, "g/x", SUNZI_FILE_FP64, 2, table_size));
    bad_definitions(file);
    bad_blocks(file, &all, data);
    disagreement(file, data);
    assert_fails(sunzi_file_read(file, "g/x", SUNZI_FILE_FP64, &all, data),
                 SUNZI_ERR_ARG, "is open for writing");
    assert_ok(sunzi_file_write(file, "g/x", &all, data));
    assert_fails(sunzi_file_write(file, "g/x", &all, data), SUNZI_ERR_ARG,
                 "only 0 are not yet written");
    assert_ok(sunzi_file_close(&file));
    assert_int_equal(folder_count(comm), 1);
    bad_reads(&all, data);
    assert_fails(sunzi_file_define(NULL, "y", SUNZI_FILE_FP64, 2, table_size),
                 SUNZI_ERR_ARG, "file = NULL");
    folder_remove(comm);
}

/* A file that was not filled does not replace the one that was. */
static void unfinished(void **unused)
{
    const int64_t size = 10;
    const sunzi_block some = {.count = {comm->rank == 0 ? 9 : 0}};
    double data[10] = {0};
    sunzi_file *file = NULL;
    (void)unused;
    folder_make(comm);
    write_arrays(comm, folder_path("a.h5"));
    const long bytes = folder_size(comm, "a.h5");
    assert_ok(sunzi_file_create(comm, folder_path("a.h5"), NULL, &file));
    assert_int_equal(folder_count(comm), 2);
    assert_ok(sunzi_file_define(file, "x", SUNZI_FILE_FP64, 1, &size));
    assert_ok(sunzi_file_write(file, "x", &some, data));
    assert_fails(sunzi_file_close(&file), SUNZI_ERR_ARG, "9 of 10 entries");
    assert_null(file);
    assert_int_equal(folder_count(comm), 1);
    assert_int_equal(folder_size(comm, "a.h5"), bytes);
    read_arrays(comm, folder_path("a.h5"));
    folder_remove(comm);
}

/* Two writers of one name: the second is refused while the first lives, and the
 * remains of a dead one are taken over. */
static void two_writers(void **unused)
{
    sunzi_file *first = NULL, *second = NULL;
    (void)unused;
    folder_make(comm);
    assert_ok(sunzi_file_create(comm, folder_path("a.h5"), NULL, &first));
    assert_fails(sunzi_file_create(comm, folder_path("a.h5"), NULL, &second),
                 SUNZI_ERR_FILE, "another process is writing this file");
    assert_int_equal(folder_count(comm), 1);
    assert_ok(sunzi_file_close(&first));
    if (comm->rank == 0) {
        FILE *f = fopen(folder_path("a.h5.partial"), "wb");
        fputs("remains", f);
        fclose(f);
        if (symlink("a.h5", folder_path("link.h5")) != 0)
            abort();
    }
    sunzi_comm_barrier(comm);
    write_arrays(comm, folder_path("a.h5"));
    assert_int_equal(folder_count(comm), 2);
    write_arrays(comm, folder_path("link.h5")); /* stays a link */
    assert_int_equal(folder_count(comm), 2);
    read_arrays(comm, folder_path("a.h5"));
    folder_remove(comm);
}

/* A limit of the system on the size of files: found when the array is defined,
 * and, for what is not an array, at the end. */
static void limited_size(void **unused)
{
    const int64_t large = 1 << 20, small = 100;
    char text[50000] = "";
    struct rlimit old, limit;
    sunzi_file *file = NULL;
    (void)unused;
    folder_make(comm);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    limit = old;
    limit.rlim_cur = 100000;
    setrlimit(RLIMIT_FSIZE, &limit);
    assert_ok(sunzi_file_create(comm, folder_path("a.h5"), NULL, &file));
    assert_fails(sunzi_file_define(file, "x", SUNZI_FILE_FP64, 1, &large),
                 SUNZI_ERR_FILE, "File too large");
    assert_fails(sunzi_file_define(file, "y", SUNZI_FILE_FP64, 1, &small),
                 SUNZI_ERR_FILE, "will not be kept");
    assert_fails(sunzi_file_close(&file), SUNZI_ERR_FILE, "will not be kept");
    assert_int_equal(folder_count(comm), 0);
    limit.rlim_cur = 40000;
    setrlimit(RLIMIT_FSIZE, &limit);
    assert_ok(sunzi_file_create(comm, folder_path("a.h5"), NULL, &file));
    memset(text, 'x', sizeof text - 1);
    assert_fails(sunzi_file_set_text(file, "", "long", text), SUNZI_ERR_FILE,
                 "File too large");
    assert_fails(sunzi_file_close(&file), SUNZI_ERR_FILE, "will not be kept");
    assert_int_equal(folder_count(comm), 0);
    setrlimit(RLIMIT_FSIZE, &old);
    write_arrays(comm, folder_path("a.h5"));
    folder_remove(comm);
}

/* The limit comes down when the space was already found: MPI-IO and HDF5 are
 * the ones to fail, on all processes. */
static void late_failure(void **unused)
{
    const sunzi_file_array shape = {SUNZI_FILE_FP64, 2, {300, 400}};
    struct rlimit old, limit;
    sunzi_file *file = NULL;
    (void)unused;
    folder_make(comm);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    limit = old;
    for (int kind = 0; kind < 3; kind++) {
        /* in the end; in writing; in writing bytes that are scattered */
        const bool early = kind > 0;
        limit.rlim_cur =
            early ? 100000 : 100; /* in the metadata: at the front */
        sample s = sample_make(&shape, kind == 2, comm->rank, comm->size, 0);
        sample_fill(&s);
        assert_ok(sunzi_file_create(comm, folder_path("a.h5"), NULL, &file));
        assert_ok(sunzi_file_define(file, "x", shape.type, 2, shape.size));
        if (early)
            setrlimit(RLIMIT_FSIZE, &limit);
        const sunzi_status written =
            sunzi_file_write(file, "x", &s.block, s.data);
        assert_int_equal(written, early ? SUNZI_ERR_FILE : SUNZI_OK);
        setrlimit(RLIMIT_FSIZE, &limit);
        assert_fails(sunzi_file_close(&file), SUNZI_ERR_FILE, "a.h5");
        setrlimit(RLIMIT_FSIZE, &old);
        assert_int_equal(folder_count(comm), 0);
        sample_free(&s);
    }
    write_arrays(comm, folder_path("a.h5"));
    read_arrays(comm, folder_path("a.h5"));
    folder_remove(comm);
}

/* Each request for memory fails once, on one process alone. */
static void no_memory(void **unused)
{
    (void)unused;
    folder_make(comm);
    for (int rank = 0; rank < comm->size && rank < 2; rank++)
        for (long k = 1; k < 10; k++) {
            const int64_t size = 3;
            const sunzi_block block = {.count = {comm->rank == 0 ? 3 : 0}};
            sunzi_file *file = NULL;
            int64_t injected;
            if (comm->rank == rank)
                sunzi_memory_fail_after(k);
            sunzi_status status =
                sunzi_file_create(comm, folder_path("a.h5"), NULL, &file);
            if (status == SUNZI_OK)
                status =
                    sunzi_file_define(file, "x", SUNZI_FILE_FP64, 1, &size);
            if (status == SUNZI_OK)
                status =
                    sunzi_file_write(file, "x", &block, (double[3]){1, 2, 3});
            injected = comm->rank == rank && sunzi_memory_requests() >= k;
            sunzi_memory_fail_after(-1);
            sunzi_comm_reduce(comm, SUNZI_REDUCE_MAX, &injected, 1);
            assert_int_equal(status, injected ? SUNZI_ERR_NOMEM : SUNZI_OK);
            sunzi_file_discard(&file);
            assert_int_equal(folder_count(comm), 0);
        }
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
        cmocka_unit_test(bad_paths),
        cmocka_unit_test(bad_files),
        cmocka_unit_test(bad_arguments),
        cmocka_unit_test(unfinished),
        cmocka_unit_test(two_writers),
        cmocka_unit_test(limited_size),
        cmocka_unit_test(late_failure),
        cmocka_unit_test(no_memory),
        cmocka_unit_test(nothing_of_hdf5_is_left),
    };
    return RUN_ON_PROCESSES(argc, argv, comm, tests);
}
