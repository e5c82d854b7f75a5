/* SPDX-License-Identifier: BSD-3-Clause */
/* Statuses and their sentences. */
#ifndef TESTS_IO_HDF5_EXPECT_H
#define TESTS_IO_HDF5_EXPECT_H

#include <string.h>
#include <sunzi/status.h>

#define assert_ok(call)                                                        \
    do {                                                                       \
        if ((call) != SUNZI_OK)                                                \
            fail_msg("%s: %s", #call, sunzi_last_message());                   \
    } while (0)
#define assert_fails(call, code, words)                                        \
    do {                                                                       \
        assert_int_equal(call, code);                                          \
        if (!strstr(sunzi_last_message(), words))                              \
            fail_msg("'%s' does not say '%s'", sunzi_last_message(), words);   \
    } while (0)

#endif
