/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "precision/formats.h"
#include "tests/mpi/halo_problem.h"

#define SENTINEL (-777.0)

/* Array a of a problem: whose, and which part of a pair. */
static const sunzi_field *field_of(const halo_problem *p, int array, int *low)
{
    for (int f = 0, a = 0; f < p->fields; f++) {
        const int arrays =
            p->field[f].element == SUNZI_ELEMENT_FP32_PAIR ? 2 : 1;
        if (array < a + arrays) {
            *low = array - a;
            return &p->field[f];
        }
        a += arrays;
    }
    fail();
    return NULL;
}

static bool is_double(const halo_problem *p, int array)
{
    int low;
    return field_of(p, array, &low)->element == SUNZI_ELEMENT_FP64;
}

double halo_get(const halo_problem *p, int array, int64_t i)
{
    return is_double(p, array) ? ((const double *)p->array[array])[i]
                               : (double)((const float *)p->array[array])[i];
}

void halo_set(halo_problem *p, int array, int64_t i, double x)
{
    if (is_double(p, array))
        ((double *)p->array[array])[i] = x;
    else
        ((float *)p->array[array])[i] = (float)x;
}

/* The value of a cell of the grid: more digits than any format has. */
static double value(const halo_problem *p, int array, const int64_t cell[3],
                    int c)
{
    const double x = (double)((cell[0] * 131 + cell[1]) * 137 + cell[2]) +
                     0.01 * array + 0.1 * c + 1.0 / 3;
    return is_double(p, array) ? x : (double)(float)x;
}

static double on_wire(const halo_problem *p, int array, double x)
{
    static const sunzi_format *const formats[] = {
        NULL, &sunzi_format_fp32, &sunzi_format_fp16, &sunzi_format_bf16};
    int low;
    const sunzi_field *f = field_of(p, array, &low);
    if (f->wire == SUNZI_WIRE_STORED)
        return x;
    return low ? 0
               : sunzi_round(formats[f->wire], SUNZI_ROUND_NEAREST_EVEN, 0, x);
}

/* Index i of a local array, by dimension, in cells of the endless grid;
 * outside: in how many dimensions it is in the halo. */
static void locate(const halo_problem *p, int64_t i, int64_t cell[3],
                   int *outside)
{
    *outside = 0;
    cell[0] = cell[1] = cell[2] = 0;
    for (int d = p->shape.dimensions - 1; d >= 0; d--) {
        const int64_t local = i % p->extent[d] - p->shape.lower[d];
        i /= p->extent[d];
        *outside += local < 0 || local >= p->count[d];
        cell[d] = p->first[d] + local;
    }
}

/* The cell of the grid that it stands for; false: none. */
static bool wrap(const halo_problem *p, int64_t cell[3])
{
    for (int d = 0; d < p->shape.dimensions; d++) {
        const int64_t n = p->shape.cells[d];
        if (p->shape.periodic[d])
            cell[d] = (cell[d] % n + n) % n;
        if (cell[d] < 0 || cell[d] >= n)
            return false;
    }
    return true;
}

void halo_fill(halo_problem *p)
{
    for (int a = 0; a < p->arrays; a++) {
        int low, outside;
        const int components = field_of(p, a, &low)->components;
        for (int64_t i = 0; i < p->cells * components; i++) {
            int64_t cell[3];
            locate(p, i / components, cell, &outside);
            halo_set(p, a, i,
                     outside ? SENTINEL
                             : value(p, a, cell, (int)(i % components)));
        }
    }
}

int64_t halo_expect(const halo_problem *p, bool exchanged)
{
    int64_t seen = 0;
    for (int a = 0; a < p->arrays; a++) {
        int low, outside;
        const int components = field_of(p, a, &low)->components;
        for (int64_t i = 0; i < p->cells * components; i++) {
            int64_t cell[3];
            locate(p, i / components, cell, &outside);
            double x = SENTINEL;
            if (outside == 0)
                x = value(p, a, cell, (int)(i % components));
            else if (exchanged && outside <= (int)p->shape.reach &&
                     wrap(p, cell)) {
                x = on_wire(p, a, value(p, a, cell, (int)(i % components)));
                seen += a == 0 && i % components == 0;
            }
            if (halo_get(p, a, i) != x)
                fail_msg("array %d, value %lld: %.17g, not %.17g", a,
                         (long long)i, halo_get(p, a, i), x);
        }
    }
    return seen;
}

void halo_open(sunzi_comm *comm, halo_problem *p)
{
    assert_int_equal(
        sunzi_halo_create(comm, &p->shape, p->fields, p->field, &p->halo),
        SUNZI_OK);
    sunzi_halo_local(p->halo, p->first, p->count);
    p->cells = sunzi_halo_storage(p->halo, p->extent);
    p->arrays = 0;
    for (int f = 0; f < p->fields; f++)
        p->arrays += p->field[f].element == SUNZI_ELEMENT_FP32_PAIR ? 2 : 1;
    for (int a = 0; a < p->arrays; a++) {
        int low;
        const size_t components = (size_t)field_of(p, a, &low)->components;
        const size_t bytes = is_double(p, a) ? sizeof(double) : sizeof(float);
        /* exactly as large as it must be, for the sanitizer */
        p->array[a] =
            p->cells ? malloc((size_t)p->cells * components * bytes) : NULL;
        assert_true(!p->cells || p->array[a]);
    }
}

void halo_close(halo_problem *p)
{
    for (int a = 0; a < p->arrays; a++)
        free(p->array[a]);
    sunzi_halo_destroy(&p->halo);
    assert_null(p->halo);
}
