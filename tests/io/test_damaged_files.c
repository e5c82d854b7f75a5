/* SPDX-License-Identifier: BSD-3-Clause */
/* Damaged files: valid ones cut at every byte, with bytes and pieces exchanged.
 * Whatever comes, the reader returns a sound matrix or a negative status with a
 * sentence that names the file; and the same for each allocation that fails. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "tests/io/files.h"
#include "tests/random.h"

static const char *const valid[] = {
    "%%MatrixMarket matrix coordinate real general\n% comment\n3 3 5\n"
    "1 1 1.5\n2 2 -2.25e3\n3 3 1e-5\n3 1 4\n1 1 .5\n",
    "%%MatrixMarket matrix coordinate complex hermitian\r\n3 3 3\r\n"
    "1 1 1.5 0\r\n2 1 -2.25 7\r\n3 3 1e-5 0.0\r\n",
    "%%MatrixMarket matrix coordinate pattern symmetric\n3 3 3\n"
    "1 1\n2 1\n3 2\n",
    "%%MatrixMarket matrix array integer skew-symmetric\n3 3\n1\n-2\n33\n",
    "%%MatrixMarket matrix array real general\n2 2\n1\n2\n3\n4\n",
    "Title                                                                   "
    "KEY\n"
    "             3             1             1             2             0\n"
    "RUA                        3             3             5             0\n"
    "(16I3)          (16I3)          (1P,3D14.6)         (3D14.6)\n"
    "  1  3  4  6\n  1  2  2  3  1\n  1.000000D+00 -2.500000D-01  "
    "3.000000D+02\n"
    "  4.000000D+00  5.000000+100\n",
    "t\n 4 1 1 1 1\ncsa 2 2 2 0\n(4I2) (4I2) (2(2F6.2)) (4F6.2)\nF 1 0\n 1 3 "
    "3\n"
    " 1 2\n  1.00 -2.50   123  4.00\n  1.00  2.00\n",
};

enum { VALID = sizeof valid / sizeof *valid, LONGEST = 800, CHANGES = 4000 };

static uint64_t random_state = 11;

static size_t random_below(size_t bound)
{
    return (size_t)((random_step(&random_state) >> 33) % bound);
}

/* Returns 1 if the file is read. */
static int try_bytes(const char *bytes, size_t count)
{
    sunzi_matrix m;
    const char *path = write_bytes("damaged", bytes, count);
    const sunzi_status status = sunzi_matrix_read(path, &m);
    if (status == SUNZI_OK) {
        int32_t rank, row;
        check_matrix(&m);
        assert_int_equal(sunzi_matrix_structural_rank(&m, &rank, &row),
                         SUNZI_OK);
        assert_in_range(rank, 0, m.rows);
    } else {
        assert_int_equal(status, SUNZI_ERR_FORMAT);
        assert_ptr_equal(strstr(sunzi_last_message(), path),
                         sunzi_last_message());
        assert_null(m.row);
    }
    sunzi_matrix_clear(&m);
    return status == SUNZI_OK;
}

static void cut_at_every_byte(void **state)
{
    (void)state;
    for (int i = 0; i < VALID; i++) {
        const size_t length = strlen(valid[i]);
        assert_true(try_bytes(valid[i], length));
        for (size_t n = 0; n < length; n++)
            try_bytes(valid[i], n);
        assert_false(try_bytes(valid[i], length / 2));
    }
}

static void changed_bytes(void **state)
{
    (void)state;
    static const char likely[] = "0123456789 \n\r\t.-+eEdD%()PI,\x00\x7f\xff";
    int read = 0;
    for (int k = 0; k < CHANGES; k++) {
        char bytes[LONGEST];
        const char *from = valid[k % VALID];
        const size_t length = strlen(from);
        assert_true(length < LONGEST);
        memcpy(bytes, from, length);
        for (size_t c = 0; c <= random_below(3); c++)
            bytes[random_below(length)] =
                k % 2 ? (char)random_below(256)
                      : likely[random_below(sizeof likely - 1)];
        read += try_bytes(bytes, length);
    }
    assert_in_range(read, 1, CHANGES - 1);
}

/* A piece of one file in the middle of another: digits where letters were,
 * lines twice, sections of the wrong length. */
static void exchanged_pieces(void **state)
{
    (void)state;
    for (int k = 0; k < CHANGES; k++) {
        char bytes[2 * LONGEST];
        const char *a = valid[k % VALID], *b = valid[random_below(VALID)];
        const size_t head = random_below(strlen(a));
        const size_t from = random_below(strlen(b));
        const size_t piece = random_below(strlen(b) - from);
        const size_t tail = random_below(strlen(a));
        memcpy(bytes, a, head);
        memcpy(bytes + head, b + from, piece);
        memcpy(bytes + head + piece, a + tail, strlen(a) - tail);
        try_bytes(bytes, head + piece + strlen(a) - tail);
    }
}

static void each_allocation_fails(void **state)
{
    (void)state;
    for (int i = 0; i < VALID; i++) {
        long k = 1;
        const char *path = write_text("whole", valid[i]);
        for (;; k++) {
            sunzi_matrix m;
            memset(&m, 0x55, sizeof m);
            sunzi_memory_fail_after(k);
            const sunzi_status status = sunzi_matrix_read(path, &m);
            sunzi_memory_fail_after(-1);
            if (status == SUNZI_OK) {
                sunzi_matrix_clear(&m);
                break;
            }
            assert_int_equal(status, SUNZI_ERR_NOMEM);
            assert_null(m.row);
            assert_int_equal(m.rows, 0);
        }
        assert_true(k > 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_at_every_byte),
        cmocka_unit_test(changed_bytes),
        cmocka_unit_test(exchanged_pieces),
        cmocka_unit_test(each_allocation_fails),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
