/* SPDX-License-Identifier: BSD-3-Clause */
/* Damaged run files: a valid one cut at every byte, with bytes and pieces
 * exchanged. Whatever comes, the reader returns values within their ranges, or
 * a negative status with sentences that name the file; and the same for each
 * allocation that fails. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "tests/io/files.h"
#include "tests/io/run_schema.h"
#include "tests/random.h"

static const char valid[] =
    "\xef\xbb\xbf# a run\r\n[time]\r\ndt = 0.005 ms ; step\nend: 0.4 s\n"
    "adaptive = yes\n\n[tissue]\nsize = 20 mm, 7e0 mm,\n   0.3 cm\n"
    "points = 40, 14,\n  6\nconductivity = 0.1334, 0.0176 S/m\n"
    "temperature = 310 K\n[cell]\ntype = mid\npolicies = fp64, fp32c\n"
    "[output]\nprobes = 1,2,3,\n  4,\n  5\nfile = out.h5\ntitle = a slab\n";

enum { LENGTH = sizeof valid - 1, CHANGES = 8000 };

static uint64_t random_state = 5;

static size_t random_below(size_t bound)
{
    return (size_t)((random_step(&random_state) >> 33) % bound);
}

static void check_values(const sunzi_run_file *f)
{
    assert_true(f->value[STEP].real > 0.0 && f->value[STEP].real <= 1.0);
    assert_true(f->value[END].real >= 0.0 && isfinite(f->value[END].real));
    assert_in_range(f->value[ADAPTIVE].integer, 0, 1);
    assert_int_equal(f->value[SIZE].count, 3);
    for (int i = 0; i < 3; i++)
        assert_true(f->value[SIZE].reals[i] > 0.0);
    assert_in_range(f->value[POINTS].count, 1, 3);
    for (int i = 0; i < f->value[POINTS].count; i++)
        assert_in_range(f->value[POINTS].integers[i], 1, 4096);
    assert_in_range(f->value[CELL].integer, 0, 2);
    assert_in_range(f->value[POLICIES].count, 1, 4);
    for (int i = 0; i < f->value[POLICIES].count; i++)
        assert_in_range(f->value[POLICIES].integers[i], 0, 3);
    assert_in_range(strlen(f->value[OUTPUT].text), 1, SUNZI_RUN_LINE_MAX);
}

/* Values that were read are written and read back. */
static void check_writing(const sunzi_run_file *f)
{
    sunzi_run_file again;
    FILE *stream = fopen(path_of("written"), "w");
    assert_non_null(stream);
    assert_int_equal(sunzi_run_file_write(f, stream), SUNZI_OK);
    assert_int_equal(fclose(stream), 0);
    assert_int_equal(sunzi_run_file_read(NULL, &test_schema, path_of("written"),
                                         NULL, 0, &again, NULL),
                     SUNZI_OK);
    assert_memory_equal(f->value[SIZE].reals, again.value[SIZE].reals, 24);
    assert_string_equal(f->value[OUTPUT].text, again.value[OUTPUT].text);
    assert_string_equal(f->value[TITLE].text, again.value[TITLE].text);
    sunzi_run_file_clear(&again);
}

/* Returns 1 if the file is read. */
static int try_bytes(const char *bytes, size_t count)
{
    sunzi_run_file f;
    sunzi_run_errors errors;
    char path[512];
    snprintf(path, sizeof path, "%s", write_bytes("damaged", bytes, count));
    const sunzi_status status =
        sunzi_run_file_read(NULL, &test_schema, path, NULL, 0, &f, &errors);
    if (status == SUNZI_OK) {
        assert_int_equal(errors.count, 0);
        check_values(&f);
        check_writing(&f);
    } else {
        assert_int_equal(status, SUNZI_ERR_FORMAT);
        assert_true(errors.count >= 1 && errors.kept >= 1);
        for (int i = 0; i < errors.kept; i++) {
            assert_memory_equal(errors.line[i], path, strlen(path));
            assert_null(strpbrk(errors.line[i], "\n\r\t"));
            assert_true(i == 0 || errors.place[i] >= errors.place[i - 1]);
        }
        assert_null(f.value);
    }
    sunzi_run_file_clear(&f);
    return status == SUNZI_OK;
}

static void cut_at_every_byte(void **state)
{
    (void)state;
    assert_true(try_bytes(valid, LENGTH));
    for (size_t n = 0; n < LENGTH; n++)
        try_bytes(valid, n);
    assert_false(try_bytes(valid, 30));
}

static void changed_bytes(void **state)
{
    (void)state;
    static const char likely[] = "0159 \n\r\t.-+eE=:;#[],msx\x00\x7f\xff";
    int read = 0;
    for (int k = 0; k < CHANGES; k++) {
        char bytes[LENGTH];
        memcpy(bytes, valid, LENGTH);
        for (size_t c = 0; c <= random_below(3); c++)
            bytes[random_below(LENGTH)] =
                k % 2 ? (char)random_below(256)
                      : likely[random_below(sizeof likely - 1)];
        read += try_bytes(bytes, LENGTH);
    }
    assert_in_range(read, 1, CHANGES - 1);
}

static void exchanged_pieces(void **state)
{
    (void)state;
    for (int k = 0; k < CHANGES; k++) {
        char bytes[3 * LENGTH];
        const size_t head = random_below(LENGTH), from = random_below(LENGTH);
        const size_t piece = random_below(LENGTH - from);
        const size_t tail = random_below(LENGTH);
        memcpy(bytes, valid, head);
        memcpy(bytes + head, valid + from, piece);
        memcpy(bytes + head + piece, valid + tail, LENGTH - tail);
        try_bytes(bytes, head + piece + LENGTH - tail);
    }
}

/* Lines without end, lists without end, sections without end. */
static void endless(void **state)
{
    static char bytes[200000];
    static const char *const pieces[] = {
        "[", "=", "x", ",1", "\n 1", "[a]\n", "a=b\n", "\n", " ;", "[time]\n"};
    (void)state;
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        const size_t length = strlen(pieces[i]);
        size_t used = 0;
        used += (size_t)sprintf(bytes, "[time]\nend = 1 s\n[output]\nprobes=");
        while (used + length < sizeof bytes) {
            memcpy(bytes + used, pieces[i], length);
            used += length;
        }
        try_bytes(bytes, used);
    }
}

static void each_allocation_fails(void **state)
{
    long k = 1;
    char path[512];
    const sunzi_run_override given = {"--tissue.spacing=1 mm", NULL, NULL};
    (void)state;
    snprintf(path, sizeof path, "%s", write_text("whole", valid));
    for (;; k++) {
        sunzi_run_file f;
        memset(&f, 0x55, sizeof f);
        sunzi_memory_fail_after(k);
        const sunzi_status status =
            sunzi_run_file_read(NULL, &test_schema, path, &given, 1, &f, NULL);
        sunzi_memory_fail_after(-1);
        if (status == SUNZI_OK) {
            sunzi_run_file_clear(&f);
            break;
        }
        assert_int_equal(status, SUNZI_ERR_NOMEM);
        assert_null(f.value);
        assert_null(f.block);
    }
    assert_true(k > KEYS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_at_every_byte),
        cmocka_unit_test(changed_bytes),
        cmocka_unit_test(exchanged_pieces),
        cmocka_unit_test(endless),
        cmocka_unit_test(each_allocation_fails),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
