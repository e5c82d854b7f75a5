/* SPDX-License-Identifier: BSD-3-Clause */
/* Halos with their arrays, filled and judged by what each cell of the grid
 * holds; for the tests of halos. */
#ifndef SUNZI_TESTS_MPI_HALO_PROBLEM_H
#define SUNZI_TESTS_MPI_HALO_PROBLEM_H

#include <stdbool.h>
#include <stdint.h>
#include <sunzi/sunzi.h>

enum { FIELDS_MAX = 4, ARRAYS_MAX = 8 };

/* A shape, its fields, and the arrays of this process. */
typedef struct halo_problem {
    sunzi_halo_shape shape;
    int fields, arrays;
    sunzi_field field[FIELDS_MAX];
    sunzi_halo *halo;
    void *array[ARRAYS_MAX];
    int64_t first[3], count[3], extent[3], cells;
} halo_problem;

/* Collective. The halo and its arrays; shape and fields are given. */
void halo_open(sunzi_comm *comm, halo_problem *p);
void halo_close(halo_problem *p);

/* Number i of an array. */
double halo_get(const halo_problem *p, int array, int64_t i);
void halo_set(halo_problem *p, int array, int64_t i, double x);

/* Cells of the grid get their values, the halo a number that is none. */
void halo_fill(halo_problem *p);

/* Fails the test unless the arrays hold what they must, before or after an
 * exchange. Returned: halo cells of the grid that were seen. */
int64_t halo_expect(const halo_problem *p, bool exchanged);

#endif
