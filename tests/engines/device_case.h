/* SPDX-License-Identifier: BSD-3-Clause */
/* What the tests of devices share. */
#ifndef SUNZI_TESTS_ENGINES_DEVICE_CASE_H
#define SUNZI_TESTS_ENGINES_DEVICE_CASE_H

#include <stddef.h>
#include <sunzi/sunzi.h>

/* The next engine with a device that can be used here, from *index on; the
 * others are told and skipped. NULL: there is none. */
const char *next_device_engine(int *index);

/* Two threads. fp64 "0": as if the device had no FP64; the same bits are
 * promised. */
sunzi_context *open_context(const char *engine, const char *fp64);

void expect_message(const char *part);

/* The same bits as the portable engine's; a NaN has none of its own. */
void same_double(const char *what, double got, double expected);
void same_doubles(const char *what, size_t count, const double *got,
                  const double *expected);

#endif
