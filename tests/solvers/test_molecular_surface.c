/* SPDX-License-Identifier: BSD-3-Clause */
/* The molecular surface beside a search for places of the probe. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solvers/poisson_boltzmann/surface.h"
#include "solvers/poisson_boltzmann/vector.h"
#include "tests/random.h"

/* 0 .. 1 */
static double random_unit(uint64_t *seed)
{
    return ldexp((double)(next_bits(seed) >> 11), -53);
}

static pb_surface surface_of(int atoms, const sunzi_pb_atom *atom)
{
    sunzi_pb_options o;
    pb_surface s;
    sunzi_pb_options_init(&o);
    assert_int_equal(pb_surface_make(&o, atoms, atom, &s), SUNZI_OK);
    return s;
}

/* Between two atoms: a probe that passes, and one that does not. */
static void saddle(void **state)
{
    static const double middle[3] = {0, 0, 0};
    (void)state;
    for (int wide = 0; wide < 2; wide++) {
        const double x = wide ? 2.6 : 2;
        const sunzi_pb_atom atom[] = {{{-x, 0, 0}, 0, 1.5},
                                      {{x, 0, 0}, 0, 1.5}};
        /* the probe's centre is on a circle of radius sqrt(2.9^2 - x^2) */
        pb_surface s = surface_of(2, atom);
        assert_int_equal(pb_surface_holds(&s, middle), !wide);
        pb_surface_clear(&s);
    }
}

/* A probe above three atoms: the concave part. */
static void corner(void **state)
{
    sunzi_pb_atom atom[3];
    const double r = 1.5 + 1.4, side = 3.4, out = side / sqrt(3);
    const double height = sqrt(r * r - out * out); /* of the probe's centre */
    (void)state;
    for (int i = 0; i < 3; i++)
        atom[i] = (sunzi_pb_atom){{out * cos(2.0943951023931953 * i),
                                   out * sin(2.0943951023931953 * i), 0},
                                  0,
                                  1.5};
    pb_surface s = surface_of(3, atom);
    assert_int_equal(s.corners, 2);
    assert_true(pb_surface_holds(&s, (double[]){0, 0, height - 1.41}));
    assert_false(pb_surface_holds(&s, (double[]){0, 0, height - 1.39}));
    pb_surface_clear(&s);
}

enum { ATOMS = 9, POINTS = 300 };

/* Is there a free place for the probe within `reach` of the point, by a search
 * on a grid; atoms made smaller by `slack`. */
static bool finds_place(const sunzi_pb_atom *atom, const double *point,
                        double reach, double slack, double step)
{
    const int n = (int)(reach / step);
    for (int i = -n; i <= n; i++)
        for (int j = -n; j <= n; j++)
            for (int k = -n; k <= n; k++) {
                const double at[3] = {point[0] + i * step, point[1] + j * step,
                                      point[2] + k * step};
                bool is_free = pb_distance(at, point) <= reach;
                for (int a = 0; a < ATOMS && is_free; a++)
                    is_free = pb_distance(at, atom[a].position) >=
                              atom[a].radius + 1.4 - slack;
                if (is_free)
                    return true;
            }
    return false;
}

static void clusters(void **state)
{
    uint64_t seed = 7;
    int held = 0, solvent = 0;
    (void)state;
    for (int cluster = 0; cluster < 3; cluster++) {
        sunzi_pb_atom atom[ATOMS];
        for (int a = 0; a < ATOMS; a++) {
            atom[a].radius = 1 + random_unit(&seed);
            for (int d = 0; d < 3; d++)
                atom[a].position[d] = 7 * (random_unit(&seed) - 0.5);
        }
        pb_surface s = surface_of(ATOMS, atom);
        for (int i = 0; i < POINTS; i++) {
            double point[3];
            for (int d = 0; d < 3; d++)
                point[d] = 9 * (random_unit(&seed) - 0.5);
            const double distance = pb_surface_distance(&s, point);
            const bool holds = pb_surface_holds(&s, point);
            if (distance <= 0 || distance >= 1.4) {
                assert_int_equal(holds, distance <= 0);
                continue;
            }
            held += holds;
            solvent += !holds;
            /* what a grid of places finds is there; what is there a grid finds
             * but for its steps */
            if (holds)
                assert_false(finds_place(atom, point, 1.4, 0, 0.14));
            else
                assert_true(finds_place(atom, point, 1.4 + 0.13, 0.13, 0.14));
        }
        pb_surface_clear(&s);
    }
    print_message("%d in the molecule, %d not\n", held, solvent);
    assert_true(held > 20 && solvent > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(saddle),
        cmocka_unit_test(corner),
        cmocka_unit_test(clusters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
