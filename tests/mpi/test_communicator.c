/* SPDX-License-Identifier: BSD-3-Clause */
/* Communicators on MPI and for a process alone: duplicates, reductions,
 * exchanges, agreement. Run on several numbers of processes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/mpi.h>

#include "core/communicator.h"
#include "core/memory.h"
#include "core/status.h"

static sunzi_comm *world(void)
{
    sunzi_comm *comm = NULL;
    assert_int_equal(sunzi_comm_from_mpi(MPI_COMM_WORLD, &comm), SUNZI_OK);
    return comm;
}

static void handles(void **unused)
{
    (void)unused;
    int rank, size;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    sunzi_comm *a = world(), *b = NULL;
    assert_int_equal(sunzi_comm_from_mpi_f(MPI_Comm_c2f(MPI_COMM_WORLD), &b),
                     SUNZI_OK);
    assert_int_equal(sunzi_comm_rank(a), rank);
    assert_int_equal(sunzi_comm_size(b), size);
    assert_int_equal(sunzi_comm_device_aware(NULL), 0);
    assert_in_range(sunzi_comm_device_aware(a), 0,
                    SUNZI_DEVICE_CUDA | SUNZI_DEVICE_ROCM);
    assert_int_equal(sunzi_comm_rank(NULL), 0);
    assert_int_equal(sunzi_comm_size(NULL), 1);
    sunzi_comm_destroy(&a);
    assert_null(a);
    sunzi_comm_destroy(&a);
    assert_int_equal(sunzi_comm_barrier(b), SUNZI_OK);
    sunzi_comm_destroy(&b);
}

/* More handles than an MPI has communicators; a user's communicator may go
 * before or after them. */
static void one_duplicate_a_communicator(void **unused)
{
    (void)unused;
    for (int i = 0; i < 70000; i++) {
        sunzi_comm *comm = world();
        sunzi_comm_destroy(&comm);
    }
    for (int i = 0; i < 200; i++) {
        MPI_Comm user;
        sunzi_comm *comm = NULL;
        MPI_Comm_dup(MPI_COMM_WORLD, &user);
        assert_int_equal(sunzi_comm_from_mpi(user, &comm), SUNZI_OK);
        if (i % 2)
            MPI_Comm_free(&user);
        assert_int_equal(sunzi_comm_barrier(comm), SUNZI_OK);
        sunzi_comm_destroy(&comm);
        if (i % 2 == 0)
            MPI_Comm_free(&user);
    }
}

static void bad_communicators(void **unused)
{
    sunzi_comm *comm = (sunzi_comm *)&comm;
    (void)unused;
    assert_int_equal(sunzi_comm_from_mpi(MPI_COMM_NULL, &comm), SUNZI_ERR_ARG);
    assert_int_equal(sunzi_comm_from_mpi(MPI_COMM_WORLD, NULL), SUNZI_ERR_ARG);
    assert_ptr_equal(comm, &comm); /* untouched */
}

static void reductions(void **unused)
{
    sunzi_comm *comm = world();
    const int64_t rank = comm->rank, size = comm->size;
    (void)unused;
    for (int alone = 0; alone < 2; alone++) {
        sunzi_comm *c = alone ? NULL : comm;
        int64_t sum[2] = {rank, 1}, most = rank, least = rank;
        double largest = 0.5 * (double)rank;
        sunzi_comm_reduce(c, SUNZI_REDUCE_SUM, sum, 2);
        sunzi_comm_reduce(c, SUNZI_REDUCE_MAX, &most, 1);
        sunzi_comm_reduce(c, SUNZI_REDUCE_MIN, &least, 1);
        sunzi_comm_reduce(c, SUNZI_REDUCE_MAX_F64, &largest, 1);
        assert_int_equal(sum[0], alone ? rank : size * (size - 1) / 2);
        assert_int_equal(sum[1], alone ? 1 : size);
        assert_int_equal(most, alone ? rank : size - 1);
        assert_int_equal(least, alone ? rank : 0);
        assert_true(largest == 0.5 * (double)most);
    }
    sunzi_comm_destroy(&comm);
}

static void broadcasts(void **unused)
{
    sunzi_comm *comm = world();
    char text[100];
    (void)unused;
    for (int root = 0; root < comm->size; root++) {
        memset(text, comm->rank, sizeof text);
        assert_int_equal(sunzi_comm_broadcast(comm, root, text, sizeof text),
                         SUNZI_OK);
        for (size_t i = 0; i < sizeof text; i++)
            assert_int_equal(text[i], root);
    }
    sunzi_comm_destroy(&comm);
}

/* Everybody sends to everybody, itself included, two messages of one tag and
 * one that is empty. */
static void exchanges(void **unused)
{
    enum { COUNT = 1000, RANKS_MAX = 8, EACH = 6 };
    static int out[RANKS_MAX][2][COUNT], in[RANKS_MAX][2][COUNT];
    sunzi_message m[RANKS_MAX * EACH];
    sunzi_comm *comm = world();
    (void)unused;
    for (int alone = 0; alone < 2; alone++) {
        sunzi_comm *c = alone ? NULL : comm;
        const int size = sunzi_comm_size(c), rank = sunzi_comm_rank(c);
        int count = 0;
        assert_true(size <= RANKS_MAX);
        for (int p = 0; p < size; p++)
            for (int k = 0; k < 2; k++) {
                for (int i = 0; i < COUNT; i++)
                    out[p][k][i] = 100000 * rank + 10000 * p + 5000 * k + i;
                m[count++] =
                    (sunzi_message){p, 3, true, out[p][k], sizeof out[p][k]};
                m[count++] =
                    (sunzi_message){p, 3, false, in[p][k], sizeof in[p][k]};
            }
        m[count++] = (sunzi_message){0, 4, true, NULL, 0};
        assert_int_equal(sunzi_comm_exchange(c, count, m), SUNZI_OK);
        for (int p = 0; p < size; p++)
            for (int k = 0; k < 2; k++)
                for (int i = 0; i < COUNT; i++)
                    assert_int_equal(in[p][k][i],
                                     100000 * p + 10000 * rank + 5000 * k + i);
    }
    sunzi_comm_destroy(&comm);
}

static void splits(void **unused)
{
    sunzi_comm *comm = world(), *part = NULL;
    (void)unused;
    assert_int_equal(sunzi_comm_split(comm, comm->rank % 2, -comm->rank, &part),
                     SUNZI_OK);
    const int even = (comm->size + 1) / 2;
    const int size = comm->rank % 2 ? comm->size - even : even;
    assert_int_equal(part->size, size);
    assert_int_equal(part->rank, size - 1 - comm->rank / 2);
    int64_t one = 1;
    sunzi_comm_reduce(part, SUNZI_REDUCE_SUM, &one, 1);
    assert_int_equal(one, size);
    sunzi_comm_destroy(&part);
    sunzi_comm_destroy(&comm);
}

static void agreement(void **unused)
{
    sunzi_comm *comm = world();
    const int last = comm->size - 1;
    (void)unused;
    assert_int_equal(sunzi_comm_agree(comm, SUNZI_OK), SUNZI_OK);
    assert_int_equal(sunzi_comm_agree(NULL, SUNZI_ERR_FILE), SUNZI_ERR_FILE);
    /* one fails, another has a warning */
    sunzi_status mine = SUNZI_OK;
    if (comm->rank == 0)
        mine = sunzi_fail(SUNZI_REACHED_ACCURATE, "a warning");
    if (comm->rank == last)
        mine = sunzi_fail(SUNZI_ERR_FILE, "out of paper");
    assert_int_equal(sunzi_comm_agree(comm, mine), SUNZI_ERR_FILE);
    char expected[40];
    snprintf(expected, sizeof expected,
             comm->size > 1 ? "[rank %d] out of paper" : "out of paper", last);
    assert_string_equal(sunzi_last_message(), expected);
    /* agreeing again keeps the sentence */
    assert_int_equal(sunzi_comm_agree(comm, SUNZI_ERR_FILE), SUNZI_ERR_FILE);
    assert_string_equal(sunzi_last_message(), expected);
    mine = comm->rank == last ? sunzi_fail(SUNZI_REACHED_BACKWARD, "so so")
                              : SUNZI_REACHED_ACCURATE;
    assert_int_equal(sunzi_comm_agree(comm, mine), SUNZI_REACHED_BACKWARD);

    sunzi_named same = {"n", 5};
    assert_int_equal(sunzi_comm_same_values(comm, "f", 1, &same), SUNZI_OK);
    sunzi_named many[70];
    for (int i = 0; i < 70; i++)
        many[i] = (sunzi_named){i == 67 ? "the odd one" : "another", -i};
    assert_int_equal(sunzi_comm_same_values(comm, "f", 70, many), SUNZI_OK);
    many[67].value = comm->rank;
    assert_int_equal(sunzi_comm_same_values(comm, "f", 70, many),
                     comm->size > 1 ? SUNZI_ERR_ARG : SUNZI_OK);
    if (comm->size > 1)
        assert_non_null(strstr(sunzi_last_message(), "the odd one"));
    same.value = comm->rank;
    assert_int_equal(sunzi_comm_same_values(comm, "f", 1, &same),
                     comm->size > 1 ? SUNZI_ERR_ARG : SUNZI_OK);
    sunzi_comm_destroy(&comm);
}

/* Out of memory on one process while a communicator is made, for the first
 * time, again, or in parts: all say so, and the next attempt succeeds. */
static void no_memory(void **unused)
{
    MPI_Comm user;
    int rank, size;
    (void)unused;
    MPI_Comm_dup(MPI_COMM_WORLD, &user);
    MPI_Comm_rank(user, &rank);
    MPI_Comm_size(user, &size);
    static const int requests[] = {2, 1, 2};
    sunzi_comm *world = NULL;
    for (int kind = 0; kind < 3; kind++) {
        sunzi_status status = SUNZI_ERR_NOMEM;
        int k = 0;
        for (; status != SUNZI_OK; k++) {
            sunzi_comm *comm = NULL;
            sunzi_memory_fail_after(rank == size - 1 ? k + 1 : -1);
            status = kind < 2 ? sunzi_comm_from_mpi(user, &comm)
                              : sunzi_comm_split(world, rank % 2, rank, &comm);
            sunzi_memory_fail_after(-1);
            assert_int_equal(status, comm ? SUNZI_OK : SUNZI_ERR_NOMEM);
            if (comm)
                assert_int_equal(sunzi_comm_barrier(comm), SUNZI_OK);
            else
                assert_non_null(strstr(sunzi_last_message(), "memory"));
            if (kind == 1)
                world = comm;
            else
                sunzi_comm_destroy(&comm);
        }
        assert_int_equal(k, requests[kind] + 1);
    }
    sunzi_comm_destroy(&world);
    MPI_Comm_free(&user);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handles),
        cmocka_unit_test(one_duplicate_a_communicator),
        cmocka_unit_test(bad_communicators),
        cmocka_unit_test(reductions),
        cmocka_unit_test(broadcasts),
        cmocka_unit_test(exchanges),
        cmocka_unit_test(splits),
        cmocka_unit_test(agreement),
        cmocka_unit_test(no_memory),
    };
    sunzi_comm *comm = NULL;
    if (sunzi_comm_from_mpi(MPI_COMM_WORLD, &comm) != SUNZI_ERR_ARG)
        return 1; /* MPI does not run yet */
    MPI_Init(&argc, &argv);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    MPI_Finalize();
    return failed;
}
