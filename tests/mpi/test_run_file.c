/* SPDX-License-Identifier: BSD-3-Clause */
/* Run files on several processes: process 0 reads, all get the same values or
 * the same errors, whatever the others were given. */
#define _DEFAULT_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/mpi.h>
#include <unistd.h>

#include "core/communicator.h"
#include "core/memory.h"
#include "tests/io/run_schema.h"
#include "tests/mpi/run.h"

static sunzi_comm *comm;
static char path[64]; /* on process 0; elsewhere a file that is not there */

static void write_file(const char *text)
{
    strcpy(path, "/tmp/sunzi-test-no-such-file");
    if (comm->rank != 0)
        return;
    strcpy(path, "/tmp/sunzi-test-XXXXXX");
    const int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
    assert_int_equal(close(file), 0);
}

static void remove_file(void)
{
    if (comm->rank == 0)
        assert_int_equal(unlink(path), 0);
}

/* The bytes are those of process 0. */
static void expect_same(const void *data, size_t bytes)
{
    char *other = malloc(bytes);
    assert_non_null(other);
    memcpy(other, data, bytes);
    assert_int_equal(sunzi_comm_broadcast(comm, 0, other, bytes), SUNZI_OK);
    assert_memory_equal(other, data, bytes);
    free(other);
}

static void same_values(void **state)
{
    sunzi_run_file f;
    sunzi_run_errors errors;
    /* the processes disagree about overrides, too */
    const sunzi_run_override given[] = {
        {comm->rank == 0 ? "--time.dt=0.125 ms" : "--no.such=key", NULL, NULL},
        {"--spacing", "tissue.spacing", "0.3 mm"}};
    (void)state;
    write_file("\xef\xbb\xbf[time]\nend = 0.1 h\n[tissue]\nsize = 1,\n 2, 3.3 "
               "cm\n[output]\ntitle = one title\n");
    assert_int_equal(sunzi_run_file_read(comm, &test_schema, path, given,
                                         comm->rank == 0 ? 2 : 1, &f, &errors),
                     SUNZI_OK);
    assert_int_equal(errors.count, 0);
    assert_true(f.value[STEP].real == 0.125);
    assert_true(f.value[END].real == 360.0);
    assert_true(f.value[SIZE].reals[2] == 33.0);
    assert_true(f.value[SPACING].real == 300.0);
    assert_string_equal(f.value[TITLE].text, "one title");
    assert_string_equal(f.value[STEP].option, "--time.dt=0.125 ms");
    expect_same(f.path, strlen(f.path) + 1);
    sunzi_run_file_clear(&f);
    /* no file on process 0: none anywhere */
    const sunzi_run_override end = {"--time.end=1 s", NULL, NULL};
    assert_int_equal(sunzi_run_file_read(comm, &test_schema,
                                         comm->rank ? path : NULL, &end, 1, &f,
                                         NULL),
                     SUNZI_OK);
    assert_null(f.path);
    sunzi_run_file_clear(&f);
    remove_file();
}

static void expect_error(const char *from, sunzi_status expected, int count)
{
    sunzi_run_file f;
    sunzi_run_errors errors;
    assert_int_equal(
        sunzi_run_file_read(comm, &test_schema, from, NULL, 0, &f, &errors),
        expected);
    assert_int_equal(errors.count, count);
    assert_null(f.value);
    expect_same(&errors, sizeof errors);
    expect_same(sunzi_last_message(), strlen(sunzi_last_message()) + 1);
    assert_null(strstr(sunzi_last_message(), "[rank"));
}

static void same_errors(void **state)
{
    (void)state;
    write_file("[time]\ndt = 7\n[tisue]\n");
    expect_error(path, SUNZI_ERR_FORMAT, 3);
    assert_non_null(strstr(sunzi_last_message(), ":2: time.dt: got '7'"));
    remove_file();
    expect_error("/tmp/sunzi-test-no-such-file", SUNZI_ERR_FILE, 1);
    expect_error("/", SUNZI_ERR_FILE, 1);
    write_file("[time]\n");
    expect_error(path, SUNZI_ERR_FORMAT, 1);
    remove_file();
}

/* Memory that is short on one process is short on all. */
static void one_process_without_memory(void **state)
{
    (void)state;
    write_file("[time]\nend = 1 s\n[tissue]\npoints = 1, 2\n");
    for (int who = 0; who < comm->size; who++) {
        int64_t failed = 1;
        long k = 1;
        for (; failed; k++) {
            sunzi_run_file f;
            sunzi_memory_fail_after(comm->rank == who ? k : -1);
            const sunzi_status status = sunzi_run_file_read(
                comm, &test_schema, path, NULL, 0, &f, NULL);
            sunzi_memory_fail_after(-1);
            failed = status != SUNZI_OK;
            assert_int_equal(status, failed ? SUNZI_ERR_NOMEM : SUNZI_OK);
            assert_true(failed == (f.value == NULL));
            expect_same(&failed, sizeof failed);
            sunzi_run_file_clear(&f);
            assert_true(k < 1000);
        }
        assert_true(k > KEYS);
    }
    remove_file();
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_values),
        cmocka_unit_test(same_errors),
        cmocka_unit_test(one_process_without_memory),
    };
    return RUN_ON_PROCESSES(argc, argv, comm, tests);
}
