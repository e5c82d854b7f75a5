/* SPDX-License-Identifier: BSD-3-Clause */
/* The Poisson-Boltzmann equation where it has solutions in closed form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/sunzi.h>

#include "tests/solvers/spheres.h"

static sunzi_pb_options cube(int nodes, double side)
{
    sunzi_pb_options o;
    sunzi_pb_options_init(&o);
    for (int d = 0; d < 3; d++) {
        o.nodes[d] = nodes;
        o.spacing[d] = side / (nodes - 1);
    }
    return o;
}

static void check(sunzi_status status)
{
    if (status != SUNZI_OK)
        fail_msg("%s", sunzi_last_message());
}

static sunzi_pb_report solve(const sunzi_pb_options *o, int64_t atoms,
                             const sunzi_pb_atom *atom)
{
    sunzi_pb *pb = NULL;
    sunzi_pb_report report;
    check(sunzi_pb_create(NULL, NULL, o, atoms, atom, &pb));
    check(sunzi_pb_solve(pb, NULL, &report));
    sunzi_pb_destroy(&pb);
    return report;
}

/* Solvation energy, k T. */
static double solvation(sunzi_pb_options o, int64_t atoms,
                        const sunzi_pb_atom *atom)
{
    const double in_water = solve(&o, atoms, atom).energy;
    o.solvent_dielectric = o.solute_dielectric;
    o.ions = 0;
    return in_water - solve(&o, atoms, atom).energy;
}

/* An ion of radius 3 A: the analytic energy is approached. */
static void born_ion(void **state)
{
    const sunzi_pb_atom ion = {{0.03, -0.02, 0.05}, 1, 3};
    const double exact = born_energy(1, 3, 1, 78.54, 298.15);
    double before = HUGE_VAL;
    (void)state;
    for (int nodes = 33; nodes <= 65; nodes += 16) {
        sunzi_pb_options o = cube(nodes, 24);
        o.solute_dielectric = 1;
        const double error = solvation(o, 1, &ion) / exact - 1;
        print_message("h %.3f: %+.5f %%\n", o.spacing[0], 100 * error);
        assert_true(fabs(error) < before);
        before = fabs(error);
    }
    assert_true(before < 5e-3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(born_ion),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
