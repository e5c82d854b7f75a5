/* SPDX-License-Identifier: BSD-3-Clause */
/* Files of distributed arrays: what is written by some processes is read by
 * others; what goes wrong is agreed upon, said, and leaves nothing behind. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <hdf5.h>
#include <mpi.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/file.h>
#include <sunzi/mpi.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/communicator.h"
#include "core/memory.h"
#include "tests/io/hdf5/expect.h"
#include "tests/io/hdf5/folder.h"
#include "tests/io/hdf5/sample.h"
#include "tests/mpi/run.h"

static sunzi_comm *comm;

static const sunzi_file_array shapes[] = {
    {SUNZI_FILE_FP64, 3, {5, 7, 11}},
    {SUNZI_FILE_FP32, 2, {301, 50}},
    {SUNZI_FILE_INT32, 1, {3}},
    {SUNZI_FILE_INT64, 4, {2, 3, 4, 50}},
    {SUNZI_FILE_UINT8, 1, {100001}},
    {SUNZI_FILE_FP64, 1, {1}},
    {SUNZI_FILE_FP64, 6, {2, 3, 2, 3, 2, 3}},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static const char *name_of(int i, char *name)
{
    sprintf(name, i % 2 ? "arrays/odd/%d" : "%d", i);
    return name;
}

/* Cut along dimension i mod dims, in memory with i mod 3 ghosts. */
static void write_all(sunzi_comm *c, const char *path)
{
    sunzi_file *file;
    char name[32];
    assert_ok(sunzi_file_create(c, path, NULL, &file));
    for (int i = 0; i < SHAPES; i++) {
        sample s = sample_make(&shapes[i], i % shapes[i].dims,
                               sunzi_comm_rank(c), sunzi_comm_size(c), i % 3);
        sample_fill(&s);
        assert_ok(sunzi_file_define(file, name_of(i, name), s.array.type,
                                    s.array.dims, s.array.size));
        assert_ok(sunzi_file_write(file, name, &s.block, s.data));
        sample_free(&s);
    }
    assert_ok(sunzi_file_close(&file));
    assert_null(file);
}

/* Cut along the last dimension. */
static void read_all(sunzi_comm *c, const char *path)
{
    sunzi_file *file;
    sunzi_file_array array;
    char name[32];
    assert_ok(sunzi_file_open(c, path, &file));
    for (int i = 0; i < SHAPES; i++) {
        sample s =
            sample_make(&shapes[i], shapes[i].dims - 1, sunzi_comm_rank(c),
                        sunzi_comm_size(c), (i + 1) % 2);
        sample_clear(&s);
        assert_ok(sunzi_file_find(file, name_of(i, name), &array));
        assert_int_equal(array.type, shapes[i].type);
        assert_int_equal(array.dims, shapes[i].dims);
        for (int d = 0; d < array.dims; d++)
            assert_int_equal(array.size[d], shapes[i].size[d]);
        assert_ok(sunzi_file_read(file, name, s.array.type, &s.block, s.data));
        assert_true(sample_is_right(&s));
        sample_free(&s);
    }
    assert_ok(sunzi_file_close(&file));
}

/* Written by all, read by each process alone and by halves, and the other way
 * round. */
static void contents(void **unused)
{
    sunzi_comm *half = NULL;
    (void)unused;
    folder_make(comm);
    write_all(comm, folder_path("all.h5"));
    read_all(comm, folder_path("all.h5"));
    read_all(NULL, folder_path("all.h5"));
    assert_ok(sunzi_comm_split(comm, comm->rank % 2, 0, &half));
    read_all(half, folder_path("all.h5"));
    if (comm->rank % 2 == 0)
        write_all(half, folder_path("half.h5"));
    sunzi_comm_barrier(comm);
    read_all(comm, folder_path("half.h5"));
    if (comm->rank == 0)
        write_all(NULL, folder_path("half.h5")); /* replaced */
    sunzi_comm_barrier(comm);
    read_all(comm, folder_path("half.h5"));
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
    write_all(comm, folder_path("a.h5"));
    assert_ok(sunzi_file_open(comm, folder_path("a.h5"), &file));
    sample s = sample_make(&shapes[0], 0, 0, 1, 1);
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

/* ---- what goes wrong ---- */

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
    write_all(comm, folder_path("a.h5"));
    const long size = folder_size(comm, "a.h5");
    for (int i = 1; i <= 8; i++) {
        folder_truncate(comm, "a.h5", size - size * i / 8);
        assert_fails(sunzi_file_open(comm, folder_path("a.h5"), &file),
                     SUNZI_ERR_FORMAT, "no HDF5 file, or truncated");
    }
    assert_null(file);
    write_all(comm, folder_path("a.h5"));
    folder_flip(comm, "a.h5", 9); /* in the superblock */
    assert_fails(sunzi_file_open(comm, folder_path("a.h5"), &file),
                 SUNZI_ERR_FORMAT, "no HDF5 file");
    write_all(comm, folder_path("a.h5"));
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
    write_all(comm, folder_path("a.h5"));
    const long bytes = folder_size(comm, "a.h5");
    assert_ok(sunzi_file_create(comm, folder_path("a.h5"), NULL, &file));
    assert_int_equal(folder_count(comm), 2);
    assert_ok(sunzi_file_define(file, "x", SUNZI_FILE_FP64, 1, &size));
    assert_ok(sunzi_file_write(file, "x", &some, data));
    assert_fails(sunzi_file_close(&file), SUNZI_ERR_ARG, "9 of 10 entries");
    assert_null(file);
    assert_int_equal(folder_count(comm), 1);
    assert_int_equal(folder_size(comm, "a.h5"), bytes);
    read_all(comm, folder_path("a.h5"));
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
    write_all(comm, folder_path("a.h5"));
    assert_int_equal(folder_count(comm), 2);
    write_all(comm, folder_path("link.h5")); /* stays a link */
    assert_int_equal(folder_count(comm), 2);
    read_all(comm, folder_path("a.h5"));
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
    write_all(comm, folder_path("a.h5"));
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
    write_all(comm, folder_path("a.h5"));
    read_all(comm, folder_path("a.h5"));
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

/* HDF5's own printing is as it was. */
static void hdf5_stays_as_it_was(void **unused)
{
    H5E_auto2_t before, after;
    void *data;
    sunzi_file *file = NULL;
    (void)unused;
    H5Eget_auto2(H5E_DEFAULT, &before, &data);
    assert_non_null(before);
    assert_true(sunzi_file_open(comm, "/missing", &file) < 0);
    H5Eget_auto2(H5E_DEFAULT, &after, &data);
    assert_true(before == after);
    assert_int_equal(
        H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_FILE | H5F_OBJ_DATASET |
                                                 H5F_OBJ_GROUP | H5F_OBJ_ATTR),
        0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contents),
        cmocka_unit_test(overlapping_reads),
        cmocka_unit_test(attributes),
        cmocka_unit_test(discarded),
        cmocka_unit_test(bad_paths),
        cmocka_unit_test(bad_files),
        cmocka_unit_test(bad_arguments),
        cmocka_unit_test(unfinished),
        cmocka_unit_test(two_writers),
        cmocka_unit_test(limited_size),
        cmocka_unit_test(late_failure),
        cmocka_unit_test(no_memory),
        cmocka_unit_test(hdf5_stays_as_it_was),
    };
    return RUN_ON_PROCESSES(argc, argv, comm, tests);
}
