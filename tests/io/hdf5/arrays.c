/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <hdf5.h>
#include <stdio.h>
#include <string.h>
#include <sunzi/file.h>

#include "tests/io/hdf5/arrays.h"
#include "tests/io/hdf5/expect.h"
#include "tests/io/hdf5/sample.h"

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
void write_arrays(sunzi_comm *c, const char *path)
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
void read_arrays(sunzi_comm *c, const char *path)
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

void expect_hdf5_as_before(sunzi_comm *c)
{
    H5E_auto2_t before, after;
    void *data;
    sunzi_file *file = NULL;
    H5Eget_auto2(H5E_DEFAULT, &before, &data);
    assert_non_null(before);
    assert_true(sunzi_file_open(c, "/missing", &file) < 0);
    H5Eget_auto2(H5E_DEFAULT, &after, &data);
    assert_true(before == after);
    assert_int_equal(
        H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_FILE | H5F_OBJ_DATASET |
                                                 H5F_OBJ_GROUP | H5F_OBJ_ATTR),
        0);
}
