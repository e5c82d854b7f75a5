/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/io/files.h"

static char folder[64];

int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/sunzi-test-XXXXXX");
    /* others may pass: see become_ordinary_user */
    return mkdtemp(folder) ? chmod(folder, 0711) : -1;
}

/* Calls for each file in the folder; returns how many there are. */
static int visit_files(int (*action)(const char *path))
{
    int count = 0;
    DIR *files = opendir(folder);
    if (!files)
        return -1;
    for (struct dirent *file = readdir(files); file; file = readdir(files)) {
        if (strcmp(file->d_name, ".") == 0 || strcmp(file->d_name, "..") == 0)
            continue;
        count++;
        if (action)
            action(path_of(file->d_name));
    }
    closedir(files);
    return count;
}

int remove_folder(void **state)
{
    (void)state;
    visit_files(remove);
    return rmdir(folder);
}

int count_files(void)
{
    return visit_files(NULL);
}

const char *path_of(const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

const char *write_bytes(const char *name, const char *bytes, size_t count)
{
    const char *path = path_of(name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, count, file), count);
    assert_int_equal(fclose(file), 0);
    return path;
}

const char *write_text(const char *name, const char *text)
{
    return write_bytes(name, text, strlen(text));
}

void become_ordinary_user(void)
{
    const uid_t nobody = 65534;
    if (geteuid() == 0 && seteuid(nobody) != 0) {
        print_message("skipped: root here cannot become another user\n");
        skip();
    }
}

void become_first_user(void)
{
    assert_int_equal(seteuid(getuid()), 0);
}

void read_good(const char *text, sunzi_matrix *matrix)
{
    const sunzi_status status =
        sunzi_matrix_read(write_text("good", text), matrix);
    if (status != SUNZI_OK)
        print_error("%s\nfile:\n%s\n", sunzi_last_message(), text);
    assert_int_equal(status, SUNZI_OK);
    check_matrix(matrix);
}

void expect_format_error(const char *text, int line, const char *words)
{
    sunzi_matrix m;
    char place[600];
    memset(&m, 0x55, sizeof m);
    const char *path = write_text("bad", text);
    const sunzi_status status = sunzi_matrix_read(path, &m);
    snprintf(place, sizeof place, "%s:%d: ", path, line);
    const char *message = sunzi_last_message();
    if (status != SUNZI_ERR_FORMAT || !strstr(message, place) ||
        !strstr(message, words))
        print_error("status %s, sentence '%s', expected line %d and '%s', "
                    "file:\n%s\n",
                    sunzi_status_name(status), message, line, words, text);
    assert_int_equal(status, SUNZI_ERR_FORMAT);
    assert_non_null(strstr(message, place));
    assert_non_null(strstr(message, words));
    assert_int_equal(m.rows, 0);
    assert_int_equal(m.entries, 0);
    assert_null(m.row);
    assert_null(m.value);
}

double dense_entry(const sunzi_matrix *matrix, int i, int j)
{
    const int copies = matrix->complex_values ? 2 : 1;
    const int64_t rows = copies * matrix->rows, cols = copies * matrix->cols;
    double *dense = malloc((size_t)(rows * cols) * sizeof *dense);
    assert_non_null(dense);
    sunzi_matrix_to_dense(matrix, dense, rows);
    const double value = dense[i + j * rows];
    free(dense);
    return value;
}

void check_matrix(const sunzi_matrix *m)
{
    const int parts = m->complex_values ? 2 : 1;
    assert_true(m->rows >= 1 && m->cols >= 1 && m->entries >= 0);
    for (int64_t k = 0; k < m->entries; k++) {
        assert_in_range(m->row[k], 0, m->rows - 1);
        assert_in_range(m->col[k], 0, m->cols - 1);
        for (int p = 0; p < parts; p++)
            assert_true(isfinite(m->value[parts * k + p]));
        if (k > 0)
            assert_true(
                m->col[k - 1] < m->col[k] ||
                (m->col[k - 1] == m->col[k] && m->row[k - 1] < m->row[k]));
    }
}
