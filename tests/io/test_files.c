/* SPDX-License-Identifier: BSD-3-Clause */
/* What is not a readable text file: kinds of paths, compressed and binary
 * files. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/io/files.h"

static void expect_file_error(const char *path, const char *words)
{
    sunzi_matrix m = {.rows = 7};
    assert_int_equal(sunzi_matrix_read(path, &m), SUNZI_ERR_FILE);
    assert_non_null(strstr(sunzi_last_message(), path));
    assert_non_null(strstr(sunzi_last_message(), words));
    assert_int_equal(m.rows, 0);
}

static void wrong_kinds_of_path(void **state)
{
    (void)state;
    expect_file_error(path_of("no-such-file.mtx"), "No such file");
    expect_file_error(path_of("no-such-folder/a.mtx"), "No such file");
    expect_file_error("", "No such file");
    expect_file_error("/tmp", "is a directory");
    expect_file_error("/dev/zero", "is a device");
}

static void unreadable_file(void **state)
{
    (void)state;
    const char *path = write_text("secret.mtx", "x");
    sunzi_matrix m;
    assert_int_equal(chmod(path, 0), 0);
    become_ordinary_user();
    const sunzi_status status = sunzi_matrix_read(path, &m);
    become_first_user();
    assert_int_equal(status, SUNZI_ERR_FILE);
    assert_non_null(strstr(sunzi_last_message(), path));
    assert_non_null(strstr(sunzi_last_message(), "Permission denied"));
}

static void bad_arguments(void **state)
{
    (void)state;
    sunzi_matrix m = {.rows = 7};
    assert_int_equal(sunzi_matrix_read(NULL, &m), SUNZI_ERR_ARG);
    assert_int_equal(m.rows, 0);
    assert_int_equal(sunzi_matrix_read("a", NULL), SUNZI_ERR_ARG);
}

static void expect_content_error(const char *bytes, size_t count, int line,
                                 const char *words)
{
    char place[600];
    sunzi_matrix m = {.rows = 7};
    const char *path = write_bytes("content", bytes, count);
    snprintf(place, sizeof place, "%s:%d: ", path, line);
    assert_int_equal(sunzi_matrix_read(path, &m), SUNZI_ERR_FORMAT);
    assert_non_null(strstr(sunzi_last_message(), place));
    assert_non_null(strstr(sunzi_last_message(), words));
    assert_int_equal(m.rows, 0);
}

static void wrong_contents(void **state)
{
    (void)state;
    const char zero[] = "%%MatrixMarket matrix coordinate real general\n1 1 1\n"
                        "1 1 \0 4\n";
    expect_content_error("", 0, 1, "is empty");
    expect_content_error("\n\n\n", 3, 1, "begins with ''");
    expect_content_error("\x1f\x8b\x08\x00\x01", 5, 1, "uncompress it first");
    expect_content_error("BZh91AY", 7, 1, "bunzip2");
    expect_content_error("\xfd"
                         "7zXZ\0",
                         6, 1, "unxz");
    expect_content_error("\x28\xb5\x2f\xfd\x04", 5, 1, "zstd");
    expect_content_error("PK\x03\x04", 4, 1, "zip");
    expect_content_error("\x89HDF\r\n", 6, 1, "HDF5");
    expect_content_error("MATLAB 5.0 MAT-file, x", 22, 1, "MATLAB");
    expect_content_error(zero, sizeof zero - 1, 3, "binary");
    expect_content_error("1 2 3\n4 5 6\n7 8 9\n", 18, 1, "begins with '1 2 3'");
    expect_content_error("\x01\x02\xff", 3, 1, "begins with '?");
}

/* A very long path does not push the sentence out of the message. */
static void long_path(void **state)
{
    (void)state;
    char path[3000];
    sunzi_matrix m;
    memset(path, 'd', sizeof path);
    for (size_t i = 0; i < sizeof path; i += 50)
        path[i] = '/';
    strcpy(path + sizeof path - 10, "/end.mtx");
    assert_int_equal(sunzi_matrix_read(path, &m), SUNZI_ERR_FILE);
    assert_non_null(strstr(sunzi_last_message(), "/end.mtx: cannot be opened"));
}

/* A pipe has no size: more than any first guess goes through it. */
static void pipes(void **state)
{
    (void)state;
    enum { ENTRIES = 50000 };
    char path[512];
    sunzi_matrix m;
    strcpy(path, path_of("pipe"));
    assert_int_equal(mkfifo(path, 0600), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        FILE *pipe = fopen(path, "w");
        if (!pipe)
            _exit(1);
        fprintf(pipe, "%%%%MatrixMarket matrix array real general\n%d 1\n",
                ENTRIES);
        for (int i = 0; i < ENTRIES; i++)
            fprintf(pipe, "%d.5\n", i);
        _exit(fclose(pipe) != 0);
    }
    const sunzi_status status = sunzi_matrix_read(path, &m);
    int exit_status;
    assert_int_equal(waitpid(child, &exit_status, 0), child);
    assert_int_equal(exit_status, 0);
    assert_int_equal(status, SUNZI_OK);
    assert_int_equal(m.rows, ENTRIES);
    assert_true(m.value[ENTRIES - 1] == ENTRIES - 0.5);
    sunzi_matrix_clear(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_kinds_of_path),
        cmocka_unit_test(unreadable_file),
        cmocka_unit_test(bad_arguments),
        cmocka_unit_test(wrong_contents),
        cmocka_unit_test(long_path),
        cmocka_unit_test(pipes),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
