/* SPDX-License-Identifier: BSD-3-Clause */
/* A few cells in arrays, for the tests of cells. */
#ifndef SUNZI_TESTS_SOLVERS_CELL_CASE_H
#define SUNZI_TESTS_SOLVERS_CELL_CASE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/sunzi.h>

enum { COUNT = 3, STRIDE = 21, STATES_MOST = 64 };

static inline void expect_status(sunzi_status got, sunzi_status wanted)
{
    if (got != wanted)
        fail_msg("%s (%s), expected %s", sunzi_status_name(got),
                 sunzi_last_message(), sunzi_status_name(wanted));
}

static inline void expect_message(const char *part)
{
    if (!strstr(sunzi_last_message(), part))
        fail_msg("message '%s' lacks '%s'", sunzi_last_message(), part);
}

/* COUNT cells at the initial values of the model called `name`. */
static inline sunzi_cells make_cells(const char *name, sunzi_policy policy)
{
    sunzi_cells c;
    sunzi_cells_init(&c);
    expect_status(sunzi_cell_model_find(name, &c.model, &c.variant), SUNZI_OK);
    c.policy = policy;
    c.count = COUNT;
    c.stride = STRIDE;
    c.states = calloc(2 * STATES_MOST * STRIDE, sizeof(double));
    assert_non_null(c.states);
    expect_status(sunzi_cell_reset(&c), SUNZI_OK);
    return c;
}

static inline int state_called(const sunzi_cells *c, const char *name)
{
    for (int s = 0; s < sunzi_cell_model_states(c->model); s++)
        if (strcmp(sunzi_cell_state_name(c->model, s), name) == 0)
            return s;
    fail_msg("no state %s", name);
    return -1;
}

static inline double value_of(const sunzi_cells *c, const char *name)
{
    double y[STATES_MOST];
    expect_status(sunzi_cell_get(c, 1, y), SUNZI_OK);
    return y[state_called(c, name)];
}

#endif
