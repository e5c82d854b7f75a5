/* SPDX-License-Identifier: BSD-3-Clause */
/* What the tests of a device's own products share. */
#ifndef SUNZI_TESTS_ENGINES_UNIT_CASE_H
#define SUNZI_TESTS_ENGINES_UNIT_CASE_H

#include "engines/device.h"
#include "engines/units.h"
#include "tests/precision/product_case.h"

/* The engine that is tested: SUNZI_TEST_ENGINE, which tests/engines/gpu.sh
 * sets, or the first one whose device has INT8 products; NULL: none, and *code
 * is the exit code then. */
const char *find_unit_engine(int *code);

/* With two threads. */
sunzi_context *open_unit_context(const char *engine, int reproducible);

/* What reports call its library. */
const char *unit_worker(const char *engine);

/* Products of its own so far. */
int64_t products_of(const sunzi_context *ctx);

#endif
