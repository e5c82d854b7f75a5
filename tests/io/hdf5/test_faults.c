/* SPDX-License-Identifier: BSD-3-Clause */
/* A disk that fails at any moment, on any process: every call that writes
 * something of a file is made to fail in turn. All processes get a status and
 * none waits for ever; nothing is left, neither under the name nor beside it;
 * and the next file is good. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <mpi.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/field_file.h>
#include <sunzi/mpi.h>
#include <unistd.h>

#include "core/communicator.h"
#include "tests/io/hdf5/expect.h"
#include "tests/io/hdf5/failing_disk.h"
#include "tests/io/hdf5/folder.h"
#include "tests/io/hdf5/sample.h"

enum { WAIT_SECONDS = 30, CALLS_MAX = 500, BYTES_MAX = 400000 };

static sunzi_comm *comm;
static char folder[FOLDER_PATH];

/* What runs, for the one who looks at a process that waits for ever. */
static char running[120];

static void too_long(int number)
{
    static const char says[] = "still waiting: ";
    (void)number;
    (void)!write(STDERR_FILENO, says, sizeof says - 1);
    (void)!write(STDERR_FILENO, running, strlen(running));
    _exit(1);
}

static sunzi_status write_array(sunzi_file *file, const char *name,
                                const sunzi_file_array *array, int along)
{
    sample s = sample_make(array, along, sunzi_comm_rank(comm),
                           sunzi_comm_size(comm), 1);
    sample_fill(&s);
    sunzi_status status =
        sunzi_file_define(file, name, array->type, array->dims, array->size);
    if (status == SUNZI_OK)
        status = sunzi_file_write(file, name, &s.block, s.data);
    sample_free(&s);
    return status;
}

/* One of each kind: in long runs, in short ones, with groups and attributes. */
static sunzi_status write_arrays(sunzi_file *file)
{
    static const sunzi_file_array together = {SUNZI_FILE_FP64, 2, {40, 50}},
                                  scattered = {SUNZI_FILE_FP32, 2, {300, 13}};
    sunzi_status status = write_array(file, "a/together", &together, 0);
    if (status == SUNZI_OK)
        status = write_array(file, "a/b/scattered", &scattered, 1);
    if (status == SUNZI_OK)
        status = sunzi_file_set_text(file, "a/together", "units", "m s-1");
    return status;
}

/* A sphere has the most metadata: scales, references, a heap; here also chunks,
 * for its steps are added. */
static sunzi_status write_sphere(sunzi_file *file)
{
    static const double latitude[4] = {-60, -20, 20, 60},
                        longitude[5] = {0, 72, 144, 216, 288};
    static const sunzi_file_array step = {SUNZI_FILE_FP64, 3, {1, 4, 5}};
    const sunzi_sphere sphere = {.latitudes = 4,
                                 .longitudes = 5,
                                 .latitude = latitude,
                                 .longitude = longitude,
                                 .time_units =
                                     "hours since 2000-01-01 00:00:00"};
    sunzi_file_field field;
    sunzi_status status = sunzi_file_set_sphere(file, &sphere);
    sunzi_file_field_init(&field);
    field.name = "u";
    if (status == SUNZI_OK)
        status = sunzi_file_define_field(file, &field);
    for (int i = 0; i < 2 && status == SUNZI_OK; i++) {
        sample s = sample_make(&step, 1, sunzi_comm_rank(comm),
                               sunzi_comm_size(comm), 0);
        sample_fill(&s);
        status = sunzi_file_add_step(file, i);
        if (status == SUNZI_OK)
            status = sunzi_file_write_field(file, "u", i, &s.block, s.data);
        sample_free(&s);
    }
    return status;
}

static sunzi_status write_file(const char *path)
{
    sunzi_file *file = NULL;
    sunzi_status status = sunzi_file_create(comm, path, NULL, &file);
    if (status == SUNZI_OK)
        status = write_arrays(file);
    if (status == SUNZI_OK)
        status = write_sphere(file);
    if (status == SUNZI_OK)
        status = sunzi_file_close(&file);
    sunzi_file_discard(&file);
    return status;
}

/* The bytes of a file, on rank 0; -1: there is none. */
static int64_t load(const char *path, unsigned char *bytes)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return -1;
    const int64_t count = (int64_t)fread(bytes, 1, BYTES_MAX, f);
    fclose(f);
    assert_true(count < BYTES_MAX);
    return count;
}

static unsigned char right[BYTES_MAX], found[BYTES_MAX];
static int64_t right_count;

/* What is in the folder is the whole file, or nothing. */
static bool whole_or_nothing(bool whole)
{
    int64_t good = 1;
    if (sunzi_comm_rank(comm) == 0) {
        const int64_t count = load(folder_path("a.nc"), found);
        good = whole ? count == right_count &&
                           memcmp(found, right, (size_t)count) == 0
                     : count < 0;
    }
    sunzi_comm_broadcast(comm, 0, &good, sizeof good);
    return good && folder_count(comm) == (whole ? 1 : 0);
}

/* Call k of `rank` fails. false: there is no such call. */
static bool one_fault(failing_disk_mode mode, int rank, int k)
{
    const bool mine = sunzi_comm_rank(comm) == rank;
    snprintf(running, sizeof running, "mode %d, call %d of rank %d of %d\n",
             mode, k, rank, sunzi_comm_size(comm));
    alarm(WAIT_SECONDS);
    failing_disk_set(folder, mine ? mode : FAILING_DISK_NEVER, k);
    const sunzi_status status = write_file(folder_path("a.nc"));
    int64_t calls = mine ? failing_disk_calls() : 0;
    failing_disk_set(NULL, FAILING_DISK_NEVER, 0);
    alarm(0);
    sunzi_comm_broadcast(comm, rank, &calls, sizeof calls);
    int64_t both[2] = {status, -status};
    sunzi_comm_reduce(comm, SUNZI_REDUCE_MAX, both, 2);
    const bool hit = calls > k;
    const bool agreed = both[0] == -both[1];
    /* the last step, the folder's own fsync, comes after the renaming */
    const bool named = strstr(sunzi_last_message(), "was written, but");
    const bool ok = status == SUNZI_OK;
    if (!agreed || (!hit && !ok) ||
        (hit && mode != FAILING_DISK_SHORT && status != SUNZI_ERR_FILE) ||
        (mode == FAILING_DISK_SHORT && !ok) || !whole_or_nothing(ok || named))
        fail_msg("%s: status %d, %s: %s", running, (int)status,
                 agreed ? "on all" : "not on all",
                 ok ? "" : sunzi_last_message());
    if (sunzi_comm_rank(comm) == 0)
        unlink(folder_path("a.nc"));
    sunzi_comm_barrier(comm);
    return hit;
}

static void all_faults(failing_disk_mode mode)
{
    folder_make(comm);
    snprintf(folder, sizeof folder, "%s", folder_path(""));
    folder[strlen(folder) - 1] = '\0';
    assert_ok(write_file(folder_path("a.nc")));
    if (sunzi_comm_rank(comm) == 0) {
        right_count = load(folder_path("a.nc"), right);
        unlink(folder_path("a.nc"));
    }
    for (int rank = 0; rank < sunzi_comm_size(comm); rank++) {
        int k = 0;
        while (k < CALLS_MAX && one_fault(mode, rank, k))
            k++;
        if (sunzi_comm_rank(comm) == 0)
            printf("mode %d, rank %d: %d calls\n", mode, rank, k);
        assert_true(k > 0 && k < CALLS_MAX);
    }
    folder_remove(comm);
}

static void one_error(void **state)
{
    (void)state;
    all_faults(FAILING_DISK_ONCE);
}

static void full_from_then_on(void **state)
{
    (void)state;
    all_faults(FAILING_DISK_FROM_NOW);
}

static void full_without_reserving(void **state)
{
    (void)state;
    all_faults(FAILING_DISK_UNRESERVED);
}

static void short_writes(void **state)
{
    (void)state;
    all_faults(FAILING_DISK_SHORT);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_error),
        cmocka_unit_test(full_from_then_on),
        cmocka_unit_test(full_without_reserving),
        cmocka_unit_test(short_writes),
    };
    MPI_Init(&argc, &argv);
    assert_ok(sunzi_comm_from_mpi(MPI_COMM_WORLD, &comm));
    signal(SIGALRM, too_long);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    if (failed)
        MPI_Abort(MPI_COMM_WORLD, 1);
    sunzi_comm_destroy(&comm);
    MPI_Finalize();
    return 0;
}
