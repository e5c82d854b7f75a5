/* SPDX-License-Identifier: BSD-3-Clause */
/* Checkpoints: the same bits on another number of processes, the last ones
 * kept, damage found and passed over with a sentence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/checkpoint.h>
#include <sunzi/mpi.h>

#include "core/communicator.h"
#include "tests/io/hdf5/expect.h"
#include "tests/io/hdf5/folder.h"
#include "tests/io/hdf5/sample.h"
#include "tests/mpi/run.h"

static sunzi_comm *comm;

static const sunzi_file_array shapes[] = {
    {SUNZI_FILE_FP64, 3, {5, 7, 11}},
    {SUNZI_FILE_FP32, 2, {301, 50}},
    {SUNZI_FILE_INT64, 1, {3}},
    {SUNZI_FILE_UINT8, 1, {1001}},
};
static const char *const names[] = {"velocity", "p", "counts", "flags"};
enum { ARRAYS = 4, LINE = 1024 };

static sunzi_status write_step(sunzi_comm *c, int64_t step,
                               const sunzi_checkpoint_options *options)
{
    const char blob[] = "the \0 rest";
    const sunzi_checkpoint_state state = {step, 0.1 * (double)step, blob,
                                          sizeof blob};
    sunzi_checkpoint_array arrays[ARRAYS];
    sample s[ARRAYS];
    for (int i = 0; i < ARRAYS; i++) {
        s[i] = sample_make(&shapes[i], shapes[i].dims - 1, sunzi_comm_rank(c),
                           sunzi_comm_size(c), i % 2);
        sample_fill(&s[i]);
        arrays[i] = (sunzi_checkpoint_array){.name = names[i],
                                             .type = shapes[i].type,
                                             .dims = shapes[i].dims,
                                             .block = s[i].block,
                                             .data = s[i].data};
        memcpy(arrays[i].size, shapes[i].size, sizeof arrays[i].size);
    }
    const sunzi_status status = sunzi_checkpoint_write(
        c, folder_path("state"), options, &state, ARRAYS, arrays);
    for (int i = 0; i < ARRAYS; i++)
        sample_free(&s[i]);
    return status;
}

/* The latest one is that of step `expected`, and right. */
static void read_latest(sunzi_comm *c, int64_t expected,
                        const sunzi_checkpoint_options *options)
{
    sunzi_checkpoint *checkpoint = NULL;
    sunzi_checkpoint_state state;
    sunzi_file_array array;
    assert_ok(
        sunzi_checkpoint_latest(c, folder_path("state"), options, &checkpoint));
    sunzi_checkpoint_get_state(checkpoint, &state);
    assert_int_equal(state.step, expected);
    assert_true(state.time == 0.1 * (double)expected);
    assert_int_equal(state.blob_bytes, 11);
    assert_memory_equal(state.blob, "the \0 rest", 11);
    for (int i = 0; i < ARRAYS; i++) {
        sample s = sample_make(&shapes[i], 0, sunzi_comm_rank(c),
                               sunzi_comm_size(c), 1);
        sample_clear(&s);
        assert_ok(sunzi_checkpoint_find(checkpoint, names[i], &array));
        assert_int_equal(array.dims, shapes[i].dims);
        assert_ok(sunzi_checkpoint_read(checkpoint, names[i], shapes[i].type,
                                        &s.block, s.data));
        assert_true(sample_is_right(&s));
        sample_free(&s);
    }
    assert_fails(sunzi_checkpoint_find(checkpoint, "x", &array), SUNZI_ERR_ARG,
                 "no array 'state/x'");
    sunzi_checkpoint_close(&checkpoint);
    assert_null(checkpoint);
}

static void other_processes(void **unused)
{
    sunzi_comm *half = NULL;
    (void)unused;
    folder_make(comm);
    assert_ok(write_step(comm, 12, NULL));
    read_latest(comm, 12, NULL);
    read_latest(NULL, 12, NULL);
    assert_ok(sunzi_comm_split(comm, comm->rank % 2, 0, &half));
    read_latest(half, 12, NULL);
    if (comm->rank % 2 == 0)
        assert_ok(write_step(half, 13, NULL));
    sunzi_comm_barrier(comm);
    read_latest(comm, 13, NULL);
    sunzi_comm_destroy(&half);
    folder_remove(comm);
}

/* Two are kept, or as many as asked for; none of later steps; nothing of
 * writers that were killed; other bases stay. */
static void what_is_kept(void **unused)
{
    sunzi_checkpoint_options options;
    (void)unused;
    folder_make(comm);
    sunzi_checkpoint_options_init(&options);
    assert_int_equal(options.keep, 2);
    for (int step = 9; step < 12; step++)
        assert_ok(write_step(comm, step, NULL));
    assert_int_equal(folder_count(comm), 2);
    assert_true(folder_size(comm, "state.0000011.h5") > 0);
    assert_true(folder_size(comm, "state.0000010.h5") > 0);
    options.keep = 3;
    assert_ok(write_step(comm, INT64_C(12345678901), &options));
    assert_int_equal(folder_count(comm), 3);
    assert_true(folder_size(comm, "state.12345678901.h5") > 0);
    read_latest(comm, INT64_C(12345678901), NULL);
    if (comm->rank == 0) {
        const char *const files[] = {"state.0000099.h5.partial",
                                     "state2.0000099.h5", "state.abc.h5"};
        for (int i = 0; i < 3; i++)
            fclose(fopen(folder_path(files[i]), "wb"));
    }
    assert_int_equal(folder_count(comm), 6);
    options.keep = 1;
    assert_ok(write_step(comm, 11, &options)); /* went back */
    assert_int_equal(folder_count(comm), 3);
    read_latest(comm, 11, NULL);
    folder_remove(comm);
}

static void take_line(void *user, sunzi_log_level level, const char *line)
{
    assert_int_equal(level, SUNZI_LOG_DECISION);
    strncat(user, line, LINE - strlen(user) - 1);
}

/* A changed byte anywhere, a cut: passed over, with a line on rank 0. */
static void damage(void **unused)
{
    char lines[LINE];
    sunzi_checkpoint_options options;
    sunzi_checkpoint *none = NULL;
    (void)unused;
    folder_make(comm);
    sunzi_checkpoint_options_init(&options);
    options.log = take_line;
    options.log_user = lines;
    assert_fails(
        sunzi_checkpoint_latest(comm, folder_path("state"), &options, &none),
        SUNZI_ERR_FILE, "there is no checkpoint");
    assert_fails(
        sunzi_checkpoint_latest(comm, folder_path("no/state"), &options, &none),
        SUNZI_ERR_FILE, "the folder cannot be read");
    assert_ok(write_step(comm, 1, NULL));
    assert_ok(write_step(comm, 2, NULL));
    const long size = folder_size(comm, "state.0000002.h5");
    int found = 0;
    for (int i = 0; i < 24; i++) {
        assert_ok(write_step(comm, 2, NULL));
        if (i < 4)
            folder_truncate(comm, "state.0000002.h5", size * i / 4);
        else
            folder_flip(comm, "state.0000002.h5", size * (i - 4) / 20);
        lines[0] = '\0';
        sunzi_checkpoint *c = NULL;
        sunzi_checkpoint_state state;
        assert_ok(
            sunzi_checkpoint_latest(comm, folder_path("state"), &options, &c));
        sunzi_checkpoint_get_state(c, &state);
        sunzi_checkpoint_close(&c);
        /* a byte that belongs to nothing does no harm */
        assert_true(state.step == 1 || (state.step == 2 && i >= 4));
        found += state.step == 1;
        const int said =
            strstr(lines, "the checkpoint of step 2 cannot be "
                          "used, taking the one before it") != NULL;
        assert_int_equal(said, comm->rank == 0 && state.step == 1);
    }
    assert_true(found >= 20);
    /* the bulk of the file is arrays: a byte there is named */
    assert_ok(write_step(comm, 2, NULL));
    folder_flip(comm, "state.0000002.h5", size / 2);
    lines[0] = '\0';
    read_latest(comm, 1, &options);
    if (comm->rank == 0)
        assert_non_null(strstr(lines, "the checksum of 'state/p'"));
    /* the name lies about the step */
    if (comm->rank == 0)
        rename(folder_path("state.0000001.h5"),
               folder_path("state.0000003.h5"));
    assert_fails(
        sunzi_checkpoint_latest(comm, folder_path("state"), &options, &none),
        SUNZI_ERR_FORMAT, "none of the 2 checkpoints");
    assert_null(none);
    folder_remove(comm);
}

static void bad_arguments(void **unused)
{
    const sunzi_checkpoint_state state = {3, 0, NULL, 0};
    sunzi_checkpoint_state bad = state;
    sunzi_checkpoint_options options;
    sunzi_checkpoint_array array = {"x", SUNZI_FILE_FP64, 1,
                                    {1}, {.count = {0}},  NULL};
    const char *base;
    (void)unused;
    folder_make(comm);
    sunzi_checkpoint_options_init(&options);
    base = folder_path("state");
    options.keep = 0;
    assert_fails(sunzi_checkpoint_write(comm, base, &options, &state, 0, NULL),
                 SUNZI_ERR_ARG, "keep = 0");
    assert_fails(sunzi_checkpoint_write(comm, "", NULL, &state, 0, NULL),
                 SUNZI_ERR_ARG, "base ''");
    assert_fails(sunzi_checkpoint_write(comm, base, NULL, NULL, 0, NULL),
                 SUNZI_ERR_ARG, "state = NULL");
    bad.step = -1;
    assert_fails(sunzi_checkpoint_write(comm, base, NULL, &bad, 0, NULL),
                 SUNZI_ERR_ARG, "the step is negative");
    if (comm->size > 1) {
        bad.step = comm->rank;
        assert_fails(sunzi_checkpoint_write(comm, base, NULL, &bad, 0, NULL),
                     SUNZI_ERR_ARG, "differ between the processes");
    }
    array.name = "a/b";
    assert_fails(sunzi_checkpoint_write(comm, base, NULL, &state, 1, &array),
                 SUNZI_ERR_ARG, "without '/'");
    array.name = "x"; /* nobody has its entry */
    assert_fails(sunzi_checkpoint_write(comm, base, NULL, &state, 1, &array),
                 SUNZI_ERR_ARG, "0 of 1 entries of 'state/x'");
    assert_int_equal(folder_count(comm), 0);
    assert_ok(sunzi_checkpoint_write(comm, base, NULL, &state, 0, NULL));
    assert_int_equal(folder_count(comm), 1);
    folder_remove(comm);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_processes),
        cmocka_unit_test(what_is_kept),
        cmocka_unit_test(damage),
        cmocka_unit_test(bad_arguments),
    };
    return RUN_ON_PROCESSES(argc, argv, comm, tests);
}
