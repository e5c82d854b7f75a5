/* SPDX-License-Identifier: BSD-3-Clause */
/* The writer: what it writes comes back bit for bit; a failure leaves the
 * folder as it was. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/memory.h"
#include "tests/io/files.h"

enum { ROWS = 7, COLS = 3, LD = 9 };

static void fill(double *dense)
{
    for (int i = 0; i < LD * COLS; i++)
        dense[i] = (i % 2 ? 1.0 : -1.0) / (3.0 + i) * pow(10.0, 5 * i - 60);
    dense[0] = -0.0;
    dense[1] = 0x1p-1074;
    dense[2] = 0x1.fffffffffffffp1023;
    dense[3] = 0x1.0000000000001p-1022;
}

static void read_text(const char *path, char *text, size_t bytes)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    const size_t n = fread(text, 1, bytes - 1, file);
    text[n] = '\0';
    fclose(file);
}

static void round_trip(void **state)
{
    (void)state;
    double dense[LD * COLS], back[ROWS * COLS];
    char path[512], text[2000];
    sunzi_matrix m;
    fill(dense);
    strcpy(path, path_of("x.mtx"));
    assert_int_equal(
        sunzi_matrix_market_write(path, ROWS, COLS, dense, LD, "two\nlines"),
        SUNZI_OK);
    assert_int_equal(count_files(), 1);
    assert_int_equal(sunzi_matrix_read(path, &m), SUNZI_OK);
    assert_string_equal(m.title, "two");
    sunzi_matrix_to_dense(&m, back, ROWS);
    sunzi_matrix_clear(&m);
    for (int j = 0; j < COLS; j++)
        assert_memory_equal(back + j * ROWS, dense + j * LD,
                            ROWS * sizeof(double));
    read_text(path, text, sizeof text);
    assert_non_null(strstr(text, "%%MatrixMarket matrix array real general\n"
                                 "% two\n% lines\n7 3\n-0\n"));
}

/* A decimal comma in the locale of the program stays out of the file, and the
 * locale is as it was afterwards. */
static void locale_with_decimal_comma(void **state)
{
    (void)state;
    const double half = 0.5;
    char path[512], text[200], number[20];
    strcpy(path, path_of("comma.mtx"));
    if (!setlocale(LC_ALL, "de_DE.UTF-8") &&
        !setlocale(LC_ALL, "fr_FR.UTF-8")) {
        print_message("skipped: no locale with a decimal comma is installed\n");
        skip();
    }
    const sunzi_status status =
        sunzi_matrix_market_write(path, 1, 1, &half, 1, NULL);
    snprintf(number, sizeof number, "%g", half);
    setlocale(LC_ALL, "C");
    assert_int_equal(status, SUNZI_OK);
    assert_string_equal(number, "0,5");
    read_text(path, text, sizeof text);
    assert_non_null(strstr(text, "\n0.5\n"));
}

/* An existing file is replaced; a symbolic link stays one. */
static void replaces_a_file_and_follows_a_link(void **state)
{
    (void)state;
    const double one = 1.0, two = 2.0;
    const int before = count_files();
    char path[512], link_path[512];
    struct stat info;
    sunzi_matrix m;
    strcpy(path, path_of("x.mtx"));
    strcpy(link_path, path_of("link.mtx"));
    assert_int_equal(sunzi_matrix_market_write(path, 1, 1, &one, 1, NULL),
                     SUNZI_OK);
    assert_int_equal(symlink(path, link_path), 0);
    assert_int_equal(sunzi_matrix_market_write(link_path, 1, 1, &two, 1, ""),
                     SUNZI_OK);
    assert_int_equal(lstat(link_path, &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_int_equal(sunzi_matrix_read(path, &m), SUNZI_OK);
    assert_true(m.value[0] == 2.0);
    sunzi_matrix_clear(&m);
    assert_int_equal(remove(link_path), 0);
    assert_int_equal(count_files(), before);
}

static void expect_write_error(const char *path, const char *words)
{
    const double one = 1.0;
    assert_int_equal(sunzi_matrix_market_write(path, 1, 1, &one, 1, NULL),
                     SUNZI_ERR_FILE);
    assert_non_null(strstr(sunzi_last_message(), path));
    assert_non_null(strstr(sunzi_last_message(), words));
}

static void bad_targets(void **state)
{
    (void)state;
    const int before = count_files();
    expect_write_error(path_of("no-such-folder/x.mtx"), "No such file");
    expect_write_error("/tmp", "is a directory");
    expect_write_error("/dev/null", "is a device");
    assert_int_equal(access("/dev/null", W_OK), 0);
    char long_name[600];
    memset(long_name, 'n', sizeof long_name);
    long_name[sizeof long_name - 1] = '\0';
    long_name[0] = '/';
    const double one = 1.0;
    assert_int_equal(sunzi_matrix_market_write(long_name, 1, 1, &one, 1, NULL),
                     SUNZI_ERR_FILE);
    assert_int_equal(count_files(), before);
}

static void folder_without_permission(void **state)
{
    (void)state;
    const double one = 1.0;
    char folder[512], path[600];
    strcpy(folder, path_of("readonly"));
    assert_int_equal(mkdir(folder, 0500), 0);
    snprintf(path, sizeof path, "%s/x.mtx", folder);
    become_ordinary_user();
    const sunzi_status status =
        sunzi_matrix_market_write(path, 1, 1, &one, 1, NULL);
    become_first_user();
    assert_int_equal(rmdir(folder), 0); /* that is: it is empty */
    assert_int_equal(status, SUNZI_ERR_FILE);
    assert_non_null(strstr(sunzi_last_message(), path));
    assert_non_null(strstr(sunzi_last_message(), "Permission denied"));
}

/* A full disk, played by a limit on the size of files: the old file stays, the
 * temporary one goes. */
static void full_disk(void **state)
{
    (void)state;
    enum { N = 4000 };
    double *dense = malloc(N * sizeof *dense);
    struct rlimit old, limit;
    char path[512], text[100];
    assert_non_null(dense);
    for (int i = 0; i < N; i++)
        dense[i] = 1.0 / (i + 1);
    strcpy(path, write_text("full.mtx", "old"));
    const int before = count_files();
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    limit = old;
    limit.rlim_cur = 10000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    const sunzi_status status =
        sunzi_matrix_market_write(path, N, 1, dense, N, NULL);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    signal(SIGXFSZ, SIG_DFL);
    free(dense);
    assert_int_equal(status, SUNZI_ERR_FILE);
    assert_non_null(strstr(sunzi_last_message(), path));
    assert_non_null(strstr(sunzi_last_message(), "nothing was written"));
    assert_int_equal(count_files(), before);
    read_text(path, text, sizeof text);
    assert_string_equal(text, "old");
}

static void bad_arguments(void **state)
{
    (void)state;
    double dense[4] = {1, 2, 3, 4};
    char path[512];
    const int before = count_files();
    strcpy(path, path_of("never.mtx"));
    assert_int_equal(sunzi_matrix_market_write(NULL, 2, 2, dense, 2, NULL),
                     SUNZI_ERR_ARG);
    assert_int_equal(sunzi_matrix_market_write("", 2, 2, dense, 2, NULL),
                     SUNZI_ERR_ARG);
    assert_int_equal(sunzi_matrix_market_write(path, 2, 2, NULL, 2, NULL),
                     SUNZI_ERR_ARG);
    assert_int_equal(sunzi_matrix_market_write(path, 0, 2, dense, 2, NULL),
                     SUNZI_ERR_ARG);
    assert_int_equal(sunzi_matrix_market_write(path, 2, 0, dense, 2, NULL),
                     SUNZI_ERR_ARG);
    assert_int_equal(sunzi_matrix_market_write(path, 2, 2, dense, 1, NULL),
                     SUNZI_ERR_ARG);
    dense[3] = NAN;
    assert_int_equal(sunzi_matrix_market_write(path, 2, 2, dense, 2, NULL),
                     SUNZI_ERR_NONFINITE);
    assert_non_null(strstr(sunzi_last_message(), "(2, 2)"));
    dense[3] = 4.0;
    sunzi_memory_fail_after(1);
    assert_int_equal(sunzi_matrix_market_write(path, 2, 2, dense, 2, NULL),
                     SUNZI_ERR_NOMEM);
    sunzi_memory_fail_after(-1);
    assert_int_equal(count_files(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip),
        cmocka_unit_test(locale_with_decimal_comma),
        cmocka_unit_test(replaces_a_file_and_follows_a_link),
        cmocka_unit_test(bad_targets),
        cmocka_unit_test(folder_without_permission),
        cmocka_unit_test(full_disk),
        cmocka_unit_test(bad_arguments),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
