/* SPDX-License-Identifier: BSD-3-Clause */
/* Process grids, descriptors and redistribution between any two of them. */
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
#include <sunzi/sunzi.h>

#include "core/grid.h"
#include "tests/mpi/run.h"
#include "tests/random.h"

static uint64_t state = 7; /* the same on all processes */

static int number(int from, int to)
{
    return random_between(&state, from, to);
}

static sunzi_comm *world;

static void arithmetic(void **unused)
{
    (void)unused;
    for (int t = 0; t < 300; t++) {
        const int count = number(1, 5);
        const sunzi_cyclic c = {number(0, 60), number(1, 9),
                                number(0, count - 1), count};
        int64_t held[5] = {0};
        for (int64_t i = 0; i < c.n; i++) {
            const int p = sunzi_cyclic_owner(&c, i);
            assert_int_equal(p, (i / c.nb + c.source) % count);
            for (int q = 0; q < count; q++)
                assert_int_equal(sunzi_cyclic_before(&c, q, i), held[q]);
            assert_int_equal(sunzi_cyclic_local(&c, i), held[p]);
            assert_int_equal(sunzi_cyclic_global(&c, p, held[p]), i);
            held[p]++;
        }
        for (int q = 0; q < count; q++)
            assert_int_equal(sunzi_local_count(c.n, c.nb, q, c.source, count),
                             held[q]);
    }
    assert_int_equal(sunzi_local_count(-1, 1, 0, 0, 1), 0);
    assert_int_equal(sunzi_local_count(5, 0, 0, 0, 1), 0);
    assert_int_equal(sunzi_local_count(5, 1, 2, 0, 2), 0);
}

static void shapes(void **unused)
{
    const int size = sunzi_comm_size(world);
    (void)unused;
    for (int rows = 1; rows <= size; rows++)
        for (int cols = 1; rows * cols <= size; cols++)
            for (int c = 0; c < 2; c++) {
                sunzi_grid *g = NULL;
                int r, q;
                assert_int_equal(
                    sunzi_grid_create(world, rows, cols, c ? 'C' : 'R', &g),
                    SUNZI_OK);
                sunzi_grid_shape(g, &r, &q);
                assert_int_equal(r, rows);
                assert_int_equal(q, cols);
                sunzi_grid_place(g, &r, &q);
                assert_int_equal(r >= 0, sunzi_comm_rank(world) < rows * cols);
                if (r >= 0) {
                    assert_int_equal(sunzi_grid_rank(g, r, q),
                                     sunzi_comm_rank(world));
                    assert_int_equal(sunzi_comm_size(g->row), cols);
                    assert_int_equal(sunzi_comm_rank(g->row), q);
                    assert_int_equal(sunzi_comm_size(g->col), rows);
                    assert_int_equal(sunzi_comm_rank(g->col), r);
                }
                sunzi_grid_destroy(&g);
                assert_null(g);
            }
}

typedef struct part {
    sunzi_grid *grid;
    int desc[SUNZI_DESC_LENGTH];
    sunzi_distribution d;
    double *data;
    size_t count;
} part;

static double entry(int64_t i, int64_t j)
{
    return (double)(1000 * i + j);
}

static part make_part(sunzi_comm *comm, int m, int n)
{
    part p;
    const int size = sunzi_comm_size(comm);
    const int rows = number(1, size), cols = number(1, size / rows);
    const char order = number(0, 1) ? 'R' : 'C';
    const int mb = number(1, 9), nb = number(1, 9);
    const int rsrc = number(0, rows - 1), csrc = number(0, cols - 1);
    const int padding = number(0, 1);
    assert_int_equal(sunzi_grid_create(comm, rows, cols, order, &p.grid),
                     SUNZI_OK);
    assert_int_equal(sunzi_descriptor_init(p.desc, p.grid, m, n, mb, nb, rsrc,
                                           csrc, padding ? 100 : 0),
                     SUNZI_OK);
    assert_int_equal(
        sunzi_distribution_from("test", "desc", p.grid, p.desc, &p.d),
        SUNZI_OK);
    p.count = (size_t)(p.d.lld * sunzi_local_cols(&p.d));
    p.data = malloc((p.count + 1) * sizeof *p.data);
    assert_non_null(p.data);
    for (size_t i = 0; i < p.count; i++)
        p.data[i] = -1;
    return p;
}

static void drop_part(part *p)
{
    free(p->data);
    sunzi_grid_destroy(&p->grid);
}

/* Write all entries (expect: or compare with them), padding stays -1. */
static void visit(part *p, bool expect)
{
    const int64_t rows = sunzi_local_rows(&p->d);
    for (int64_t j = 0; j < sunzi_local_cols(&p->d); j++)
        for (int64_t i = 0; i < p->d.lld; i++) {
            double *x = &p->data[i + j * p->d.lld];
            const double v =
                i < rows
                    ? entry(sunzi_cyclic_global(&p->d.row, p->grid->my_row, i),
                            sunzi_cyclic_global(&p->d.col, p->grid->my_col, j))
                    : -1;
            if (expect)
                assert_true(*x == v);
            *x = v;
        }
}

static void redistributions(void **unused)
{
    (void)unused;
    for (int t = 0; t < 150; t++) {
        sunzi_comm *comm = t % 10 ? world : NULL;
        const int m = number(0, 70), n = number(0, 40);
        part a = make_part(comm, m, n), b = make_part(comm, m, n);
        visit(&a, false);
        assert_int_equal(sunzi_pdredistribute(a.grid, a.data, a.desc, b.grid,
                                              b.data, b.desc),
                         SUNZI_OK);
        visit(&b, true);
        drop_part(&a);
        drop_part(&b);
    }
}

/* One process is wrong: all say so, and nothing hangs. */
static void bad_input(void **unused)
{
    (void)unused;
    sunzi_grid *g = NULL, *other = NULL;
    const int size = sunzi_comm_size(world);
    const bool last = sunzi_comm_rank(world) == size - 1;
    assert_int_equal(sunzi_grid_create(world, size + 1, 1, 'R', &g),
                     SUNZI_ERR_ARG);
    assert_int_equal(sunzi_grid_create(world, 1, 0, 'R', &g), SUNZI_ERR_ARG);
    assert_int_equal(sunzi_grid_create(world, 0, 0, 'X', &g), SUNZI_ERR_ARG);
    assert_int_equal(sunzi_grid_create(world, 1, 1, last ? 'C' : 'R', &g),
                     size > 1 ? SUNZI_ERR_ARG : SUNZI_OK);
    sunzi_grid_destroy(&g);
    assert_int_equal(sunzi_grid_create(world, 0, 0, 'R', &g), SUNZI_OK);
    assert_int_equal(sunzi_grid_create(NULL, 0, 0, 'R', &other), SUNZI_OK);

    int desc[SUNZI_DESC_LENGTH], kept[SUNZI_DESC_LENGTH];
    memset(desc, 3, sizeof desc);
    memcpy(kept, desc, sizeof desc);
    assert_int_equal(sunzi_descriptor_init(desc, g, -1, 5, 1, 1, 0, 0, 0),
                     SUNZI_ERR_ARG);
    assert_int_equal(sunzi_descriptor_init(desc, g, 5, 5, 0, 1, 0, 0, 0),
                     SUNZI_ERR_ARG);
    assert_int_equal(sunzi_descriptor_init(desc, g, 5, 5, 1, 1, 9, 0, 0),
                     SUNZI_ERR_ARG);
    assert_int_equal(
        sunzi_descriptor_init(desc, g, INT64_C(1) << 40, 5, 1, 1, 0, 0, 0),
        SUNZI_ERR_ARG);
    assert_int_equal(sunzi_descriptor_init(NULL, g, 5, 5, 1, 1, 0, 0, 0),
                     SUNZI_ERR_ARG);
    assert_memory_equal(desc, kept, sizeof desc);

    double data[100] = {0}, result[100] = {0};
    assert_int_equal(sunzi_descriptor_init(desc, g, 9, 9, 2, 2, 0, 0, 0),
                     SUNZI_OK);
    memcpy(kept, desc, sizeof desc);
    kept[SUNZI_DESC_NB] = last ? 3 : 2;
    assert_int_equal(sunzi_pdredistribute(g, data, desc, g, result, kept),
                     size > 1 ? SUNZI_ERR_ARG : SUNZI_OK);
    kept[SUNZI_DESC_NB] = 2;
    kept[SUNZI_DESC_LLD] = last ? 0 : kept[SUNZI_DESC_LLD];
    assert_int_equal(sunzi_pdredistribute(g, data, desc, g, result, kept),
                     SUNZI_ERR_ARG);
    assert_non_null(strstr(sunzi_last_message(), "lld of descb"));
    assert_int_equal(sunzi_pdredistribute(g, data, desc, g, result, NULL),
                     SUNZI_ERR_ARG);
    assert_int_equal(
        sunzi_pdredistribute(g, last ? NULL : data, desc, g, result, desc),
        SUNZI_ERR_ARG);
    if (size > 1)
        assert_int_equal(
            sunzi_pdredistribute(g, data, desc, other, result, desc),
            SUNZI_ERR_ARG);
    sunzi_grid_destroy(&other);
    sunzi_grid_destroy(&g);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arithmetic),
        cmocka_unit_test(shapes),
        cmocka_unit_test(redistributions),
        cmocka_unit_test(bad_input),
    };
    return RUN_ON_PROCESSES(argc, argv, world, tests);
}
