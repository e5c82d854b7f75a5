/* SPDX-License-Identifier: BSD-3-Clause */
/* Halo exchange: calls in another order than they should be, on some processes
 * or on all; bad arguments; no memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/communicator.h"
#include "core/memory.h"
#include "tests/mpi/halo_problem.h"
#include "tests/mpi/run.h"

static sunzi_comm *world;

/* Processes that are not in the same exchange notice, and go on. */
static void different_slots(void **unused)
{
    const int size = sunzi_comm_size(world), rank = sunzi_comm_rank(world);
    const bool last = rank == size - 1;
    /* on a ring: whether this process hears of the last one */
    const bool hears = size > 1 && (last || rank == 0 || rank == size - 2);
    const sunzi_status differs = hears ? SUNZI_ERR_ARG : SUNZI_OK;
    halo_problem a = {.fields = 1}, b;
    (void)unused;
    sunzi_halo_shape_init(&a.shape, 1);
    sunzi_field_init(a.field);
    a.shape.cells[0] = 3 * size;
    a.shape.periodic[0] = 1;
    b = a;
    halo_open(world, &a);
    halo_open(world, &b);
    halo_fill(&a);
    halo_fill(&b);
    assert_int_equal(sunzi_halo_bind(a.halo, 0, a.array), SUNZI_OK);
    assert_int_equal(sunzi_halo_bind(a.halo, 1, a.array), SUNZI_OK);
    assert_int_equal(sunzi_halo_bind(b.halo, 0, b.array), SUNZI_OK);
    /* another slot */
    assert_int_equal(sunzi_halo_start(a.halo, last), SUNZI_OK);
    assert_int_equal(sunzi_halo_finish(a.halo), differs);
    assert_true(!hears || strstr(sunzi_last_message(), "slot = "));
    halo_expect(&a, !hears);
    /* one without arrays, and one that there is not */
    for (int slot = 7; slot <= 8; slot++) {
        halo_fill(&a);
        assert_int_equal(sunzi_halo_start(a.halo, last ? slot : 0),
                         last ? SUNZI_ERR_ARG : SUNZI_OK);
        assert_true(!last || strstr(sunzi_last_message(), "slot"));
        assert_int_equal(sunzi_halo_finish(a.halo),
                         last ? SUNZI_ERR_ARG : differs);
        assert_true(last || !hears ||
                    strstr(sunzi_last_message(), "could not start"));
        halo_expect(&a, !hears && !last);
    }
    /* halos in another order */
    halo_fill(&a);
    assert_int_equal(sunzi_halo_start(last ? b.halo : a.halo, 0), SUNZI_OK);
    assert_int_equal(sunzi_halo_start(last ? a.halo : b.halo, 0), SUNZI_OK);
    assert_int_equal(sunzi_halo_finish(a.halo), differs);
    assert_int_equal(sunzi_halo_finish(b.halo), differs);
    assert_true(!hears || strstr(sunzi_last_message(), "another halo"));
    halo_expect(&a, !hears);
    halo_expect(&b, !hears);
    /* and all is well again */
    assert_int_equal(sunzi_halo_exchange(a.halo, 0), SUNZI_OK);
    assert_int_equal(sunzi_halo_exchange(b.halo, 0), SUNZI_OK);
    halo_expect(&a, true);
    halo_expect(&b, true);
    halo_close(&a);
    halo_close(&b);
}

/* Messages are on their way when an exchange is started: a process gets what it
 * waits for while its neighbour is elsewhere in MPI, and has not called finish.
 */
static void starts_at_once(void **unused)
{
    const int size = sunzi_comm_size(world), rank = sunzi_comm_rank(world);
    halo_problem p = {.fields = 1};
    (void)unused;
    sunzi_halo_shape_init(&p.shape, 2);
    sunzi_field_init(p.field);
    p.field->components = 200; /* no message that MPI would buffer */
    p.shape.cells[0] = 4 * size;
    p.shape.cells[1] = 300;
    p.shape.processes[0] = size;
    p.shape.processes[1] = 1;
    halo_open(world, &p);
    halo_fill(&p);
    assert_int_equal(sunzi_halo_bind(p.halo, 0, p.array), SUNZI_OK);
    assert_int_equal(sunzi_halo_start(p.halo, 0), SUNZI_OK);
    if (rank % 2)
        assert_int_equal(sunzi_halo_finish(p.halo), SUNZI_OK);
    MPI_Barrier(MPI_COMM_WORLD); /* the odd ones have finished */
    if (rank % 2 == 0)
        assert_int_equal(sunzi_halo_finish(p.halo), SUNZI_OK);
    halo_expect(&p, true);
    halo_close(&p);
}

/* Out of memory on one process: all say so. */
static void no_memory(void **unused)
{
    const bool last = sunzi_comm_rank(world) == sunzi_comm_size(world) - 1;
    sunzi_halo_shape s;
    sunzi_field f;
    (void)unused;
    sunzi_field_init(&f);
    sunzi_halo_shape_init(&s, 2);
    s.cells[0] = s.cells[1] = 12;
    s.periodic[0] = 1;
    sunzi_status status = SUNZI_ERR_NOMEM;
    int k = 0;
    for (; status != SUNZI_OK; k++) {
        sunzi_halo *h = NULL;
        sunzi_memory_fail_after(last ? k + 1 : -1);
        status = sunzi_halo_create(world, &s, 1, &f, &h);
        sunzi_memory_fail_after(-1);
        assert_int_equal(status, h ? SUNZI_OK : SUNZI_ERR_NOMEM);
        sunzi_halo_destroy(&h);
    }
    assert_true(k > 5);
}

static void refused(sunzi_status expected, const sunzi_halo_shape *s,
                    int fields, const sunzi_field *f, const char *word)
{
    sunzi_halo *const untouched = (sunzi_halo *)&world;
    sunzi_halo *h = untouched;
    assert_int_equal(sunzi_halo_create(world, s, fields, f, &h), expected);
    if (expected == SUNZI_OK)
        sunzi_halo_destroy(&h);
    else if (h != untouched || !strstr(sunzi_last_message(), word))
        fail_msg("no '%s' in '%s'", word, sunzi_last_message());
}

/* One process is wrong: all say so, and nothing hangs. */
static void bad_input(void **unused)
{
    const int size = sunzi_comm_size(world);
    const bool last = sunzi_comm_rank(world) == size - 1;
    const sunzi_status differs = size > 1 ? SUNZI_ERR_ARG : SUNZI_OK;
    sunzi_halo_shape good, s;
    sunzi_field f[2];
    (void)unused;
    sunzi_halo_shape_init(&good, 3);
    sunzi_field_init(&f[0]);
    sunzi_field_init(&f[1]);
    refused(SUNZI_OK, &good, 2, f, "");
#define WITH(member, value, expected)                                          \
    do {                                                                       \
        s = good;                                                              \
        if (last)                                                              \
            s.member = (value);                                                \
        refused(expected, &s, 2, f, #member);                                  \
    } while (0)
    WITH(dimensions, 4, SUNZI_ERR_ARG);
    WITH(dimensions, 0, SUNZI_ERR_ARG);
    WITH(dimensions, 2, differs);
    WITH(reach, (sunzi_halo_reach)0, SUNZI_ERR_ARG);
    WITH(reach, SUNZI_HALO_CORNERS, differs);
    WITH(cells[1], 0, SUNZI_ERR_ARG);
    WITH(cells[2], INT64_MAX, SUNZI_ERR_ARG);
    s = good;
    s.cells[1] = last ? 5 : 6;
    refused(differs, &s, 2, f, "cells");
    s = good;
    s.cells[0] = s.cells[1] = last ? INT64_C(1) << 40 : 1;
    refused(SUNZI_ERR_ARG, &s, 2, f, "1099511627778 x");
    WITH(periodic[0], 2, SUNZI_ERR_ARG);
    WITH(lower[0], -1, SUNZI_ERR_ARG);
    WITH(upper[2], SUNZI_HALO_WIDTH_MAX + 1, SUNZI_ERR_ARG);
    WITH(processes[0], -1, SUNZI_ERR_ARG);
    WITH(processes[1], size + 1, SUNZI_ERR_ARG);
#undef WITH
    s = good;
    s.processes[0] = s.processes[1] = size;
    refused(differs, &s, 2, f, "product");
    refused(SUNZI_ERR_ARG, last ? NULL : &good, 2, f, "shape");
    refused(SUNZI_ERR_ARG, &good, 2, last ? NULL : f, "field");
    refused(SUNZI_ERR_ARG, &good, last ? 0 : 2, f, "fields");
    refused(differs, &good, last ? 1 : 2, f, "fields");
    f[1].components = last ? 0 : 1;
    refused(SUNZI_ERR_ARG, &good, 2, f, "components");
    f[1].components = 1;
    f[1].wire = last ? SUNZI_WIRE_FP16 : SUNZI_WIRE_STORED;
    refused(differs, &good, 2, f, "wire");
    f[1].wire = (sunzi_wire)9;
    refused(SUNZI_ERR_ARG, &good, 2, f, "wire");
    f[1].wire = SUNZI_WIRE_STORED;
    f[1].element = (sunzi_element)9;
    refused(SUNZI_ERR_ARG, &good, 2, f, "element");
    assert_int_equal(sunzi_halo_create(world, &good, 1, f, NULL),
                     SUNZI_ERR_ARG);
}

static void bad_calls(void **unused)
{
    halo_problem p = {.fields = 1};
    const int size = sunzi_comm_size(world);
    const bool last = sunzi_comm_rank(world) == size - 1;
    (void)unused;
    sunzi_halo_shape_init(&p.shape, 1);
    p.shape.cells[0] = size;
    sunzi_field_init(p.field);
    halo_open(world, &p);
    void *none[1] = {NULL};
    assert_int_equal(sunzi_halo_bind(p.halo, 0, last ? NULL : p.array),
                     SUNZI_ERR_ARG);
    assert_int_equal(sunzi_halo_bind(p.halo, 0, last ? none : p.array),
                     SUNZI_ERR_ARG);
    assert_non_null(strstr(sunzi_last_message(), "NULL"));
    assert_int_equal(sunzi_halo_start(p.halo, 0), SUNZI_ERR_ARG);
    assert_non_null(strstr(sunzi_last_message(), "no arrays"));
    assert_int_equal(sunzi_halo_bind(p.halo, last ? -1 : 0, p.array),
                     SUNZI_ERR_ARG);
    assert_int_equal(sunzi_halo_start(p.halo, SUNZI_HALO_SLOTS), SUNZI_ERR_ARG);
    assert_int_equal(sunzi_halo_finish(p.halo), SUNZI_ERR_ARG);
    assert_int_equal(sunzi_halo_bind(p.halo, 0, p.array), SUNZI_OK);
    halo_fill(&p);
    assert_int_equal(sunzi_halo_start(p.halo, 0), SUNZI_OK);
    assert_int_equal(sunzi_halo_start(p.halo, 0), SUNZI_ERR_ARG);
    assert_int_equal(sunzi_halo_bind(p.halo, 0, p.array), SUNZI_ERR_ARG);
    assert_int_equal(sunzi_halo_finish(p.halo), SUNZI_OK);
    halo_expect(&p, true);
    halo_close(&p);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(different_slots), cmocka_unit_test(starts_at_once),
        cmocka_unit_test(no_memory),       cmocka_unit_test(bad_input),
        cmocka_unit_test(bad_calls),
    };
    return RUN_ON_PROCESSES(argc, argv, world, tests);
}
