/* SPDX-License-Identifier: BSD-3-Clause */
/* The Poisson-Boltzmann equation where its solution is known: around spheres;
 * under each policy; and what is refused. */
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

#include "core/memory.h"
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

static void salt(sunzi_pb_options *o, double strength)
{
    o->ions = 2;
    o->ion[0] = (sunzi_pb_ion){1, strength};
    o->ion[1] = (sunzi_pb_ion){-1, strength};
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
    assert_true(report.residual <=
                (o->policy == SUNZI_POLICY_FP32 ? 1e-5 : 1e-10));
    sunzi_pb_destroy(&pb);
    return report;
}

/* Solvation: the energy of the charges, and all of it, k T. */
static sunzi_pb_report solvation(sunzi_pb_options o, int64_t atoms,
                                 const sunzi_pb_atom *atom)
{
    sunzi_pb_report r = solve(&o, atoms, atom);
    o.solvent_dielectric = o.solute_dielectric;
    o.ions = 0;
    const sunzi_pb_report alone = solve(&o, atoms, atom);
    r.energy -= alone.energy;
    r.charge_energy -= alone.charge_energy;
    return r;
}

static void near(double got, double wanted, double part)
{
    if (!(fabs(got - wanted) <= part * fabs(wanted)))
        fail_msg("%.9g, expected %.9g within %g of it", got, wanted, part);
}

/* ---- spheres ---- */

/* The energy of an ion is approached at second order. */
static void born_ion(void **state)
{
    const sunzi_pb_atom ion = {{0.03, -0.02, 0.05}, 1, 3};
    double error[3];
    (void)state;
    for (int i = 0; i < 3; i++) {
        sunzi_pb_options o = cube(21 + 10 * i, 20);
        o.solute_dielectric = 1;
        error[i] = solvation(o, 1, &ion).energy / born_energy(&o, 1, 3) - 1;
        print_message("h %.3f: %+.4f %%\n", o.spacing[0], 100 * error[i]);
    }
    assert_true(fabs(error[2]) < 3e-3);
    const double order = log(error[0] / error[2]) / log(2);
    print_message("order %.2f\n", order);
    assert_true(order > 1.6 && order < 2.4);
}

/* Charges beside the centre of a neutral sphere, without salt and with it. */
static void kirkwood_sphere(void **state)
{
    static const double charge[] = {1, -1, 1}, z[] = {2.4, -1.8, 0.3};
    sunzi_pb_atom atom[4] = {{{0, 0, 0}, 0, 4}};
    (void)state;
    for (int i = 0; i < 3; i++)
        atom[i + 1] = (sunzi_pb_atom){{0, 0, z[i]}, charge[i], 0};
    for (int with_salt = 0; with_salt < 2; with_salt++) {
        sunzi_pb_options o = cube(61, 30);
        if (with_salt)
            salt(&o, 0.15);
        const double exact = kirkwood_energy(&o, 4, 3, charge, z);
        const double got = solvation(o, 4, atom).energy;
        print_message("Kirkwood: %.5f, %.5f\n", got, exact);
        near(got, exact, 4e-3);
    }
}

/* The oracle along the radius is that of Kirkwood where the equation is
 * linear. */
static void radial_is_kirkwood(void **state)
{
    sunzi_pb_options o = cube(61, 30);
    const double q = 1e-3, zero = 0;
    (void)state;
    salt(&o, 0.15);
    near(radial_solve(&o, q, 4).energy, kirkwood_energy(&o, 4, 1, &q, &zero),
         1e-7);
}

/* Few charges: both equations agree; many: each is what it should be. */
static void nonlinear_sphere(void **state)
{
    sunzi_pb_options o = cube(65, 32);
    sunzi_pb_atom ion = {{0, 0, 0}, 1e-2, 4};
    (void)state;
    salt(&o, 0.5);
    const double linear = solvation(o, 1, &ion).energy;
    o.nonlinear = 1;
    near(solvation(o, 1, &ion).energy, linear, 1e-6);
    ion.charge = 10;
    const double zero = 0;
    const radial_solution exact = radial_solve(&o, ion.charge, 4);
    const sunzi_pb_report got = solvation(o, 1, &ion);
    near(got.charge_energy, exact.charge_energy, 3e-3);
    near(got.energy, exact.energy, 3e-3);
    /* what is not linear, without the error of the dielectric's jump; where
     * ions begin they are as good as the spacing */
    const double gained = got.charge_energy - linear * 1e6;
    const double expected =
        exact.charge_energy - kirkwood_energy(&o, 4, 1, &ion.charge, &zero);
    print_message("charge 10: %.3f, %.3f; not linear %.3f, %.3f; phi %.3f, "
                  "%.3f; passes %d\n",
                  got.energy, exact.energy, gained, expected, got.largest,
                  exact.largest, got.passes);
    near(gained, expected, 0.02);
    /* nodes reach in to where no ions are */
    assert_true(got.largest > exact.largest &&
                got.largest < 1.25 * exact.largest);
}

/* A salt of two charges and one. */
static void unequal_ions(void **state)
{
    sunzi_pb_options o = cube(65, 32);
    const sunzi_pb_atom ion = {{0, 0, 0}, -8, 4};
    (void)state;
    o.ions = 2;
    o.ion[0] = (sunzi_pb_ion){2, 0.1};
    o.ion[1] = (sunzi_pb_ion){-1, 0.2};
    o.nonlinear = 1;
    const radial_solution exact = radial_solve(&o, -8, 4);
    const sunzi_pb_report got = solvation(o, 1, &ion);
    print_message("2:1: %.4f %.4f, %.4f %.4f\n", got.charge_energy, got.energy,
                  exact.charge_energy, exact.energy);
    near(got.charge_energy, exact.charge_energy, 3e-3);
    near(got.energy, exact.energy, 3e-3);
}

/* Where Newton's steps must be cut: 100 charges in a salt of three and one. */
static void line_search(void **state)
{
    const sunzi_pb_atom ion = {{0, 0, 0}, 100, 10};
    sunzi_pb_options o = cube(49, 64);
    (void)state;
    o.ions = 2;
    o.ion[0] = (sunzi_pb_ion){3, 0.1};
    o.ion[1] = (sunzi_pb_ion){-1, 0.3};
    o.nonlinear = 1;
    const radial_solution exact = radial_solve(&o, ion.charge, ion.radius);
    const double point[3] = {20, 0, 0};
    sunzi_pb *pb = NULL;
    sunzi_pb_report got;
    double phi;
    check(sunzi_pb_create(NULL, NULL, &o, 1, &ion, &pb));
    check(sunzi_pb_solve(pb, NULL, &got));
    check(sunzi_pb_sample(pb, 1, point, &phi));
    sunzi_pb_destroy(&pb);
    print_message(
        "phi %.3f, %.3f; at 20 A %.5f, %.5f; %d passes, %d halvings\n",
        got.largest, exact.largest, phi, exact.further, got.passes,
        got.halvings);
    assert_true(got.halvings > 0 && got.passes < 15);
    near(phi, exact.further, 5e-3);
}

/* ---- arithmetic ---- */

/* FP32 with residuals in pairs gives what FP64 gives; FP32 alone does not. */
static void policies(void **state)
{
    const sunzi_pb_atom atom[] = {{{-1, 0.2, 0}, 3, 2}, {{1.3, 0, 0.4}, -2, 2}};
    sunzi_pb_options o = cube(41, 20);
    (void)state;
    salt(&o, 0.3);
    for (o.nonlinear = 0; o.nonlinear < 2; o.nonlinear++) {
        o.policy = SUNZI_POLICY_FP64;
        const double fp64 = solvation(o, 2, atom).energy;
        o.policy = SUNZI_POLICY_FP32C;
        const double fp32c = solvation(o, 2, atom).energy;
        o.policy = SUNZI_POLICY_FP32;
        const double fp32 = solvation(o, 2, atom).energy;
        print_message("%.6f: fp32c %+.1e, fp32 %+.1e\n", fp64, fp32c - fp64,
                      fp32 - fp64);
        near(fp32c, fp64, 1e-8);
        near(fp32, fp64, 1e-3);
        assert_true(fabs(fp32 - fp64) > 10 * fabs(fp32c - fp64));
    }
}

/* ---- focusing, and values between nodes ---- */

static void focusing(void **state)
{
    const sunzi_pb_atom atom[] = {{{-1, 0.2, 0}, 1, 2}, {{1.3, 0, 0.4}, 1, 2}};
    const double point[] = {3.1, 2.2, 1.7, 0, 0, 40};
    sunzi_pb_options o = cube(41, 24), wide = cube(41, 48);
    double alone, focused, phi[2];
    sunzi_pb *coarser = NULL, *pb = NULL;
    sunzi_pb_report report;
    (void)state;
    o.boundary = SUNZI_PB_ZERO; /* not used with `coarser` */
    check(sunzi_pb_create(NULL, NULL, &wide, 2, atom, &coarser));
    check(sunzi_pb_create(NULL, NULL, &o, 2, atom, &pb));
    assert_int_equal(sunzi_pb_solve(pb, coarser, NULL), SUNZI_ERR_ARG);
    assert_int_equal(sunzi_pb_sample(pb, 1, point, phi), SUNZI_ERR_ARG);
    check(sunzi_pb_solve(coarser, NULL, NULL));
    assert_int_equal(sunzi_pb_solve(coarser, coarser, NULL), SUNZI_ERR_ARG);
    check(sunzi_pb_solve(pb, coarser, &report));
    check(sunzi_pb_sample(pb, 2, point, phi));
    assert_true(isnan(phi[1]));
    focused = phi[0];
    /* beside a grid of the same spacing that is as wide */
    sunzi_pb_destroy(&pb);
    o = cube(81, 48);
    check(sunzi_pb_create(NULL, NULL, &o, 2, atom, &pb));
    check(sunzi_pb_solve(pb, NULL, NULL));
    check(sunzi_pb_sample(pb, 1, point, &alone));
    print_message("phi %.6f focused, %.6f\n", focused, alone);
    near(focused, alone, 2e-3);
    sunzi_pb_destroy(&pb);
    sunzi_pb_destroy(&coarser);
}

/* ---- choices ---- */

/* Other surfaces and averages are other models of the same ion. */
static void choices(void **state)
{
    const sunzi_pb_atom ion = {{0.1, 0, 0}, 1, 3};
    sunzi_pb_options o = cube(41, 20);
    const double exact = born_energy(&o, 1, 3);
    (void)state;
    o.surface = SUNZI_PB_VAN_DER_WAALS;
    const double same = solvation(o, 1, &ion).energy;
    o.surface = SUNZI_PB_MOLECULAR; /* of one atom it is the atom */
    assert_true(solvation(o, 1, &ion).energy == same);
    o.charges = SUNZI_PB_TRILINEAR;
    near(solvation(o, 1, &ion).energy, exact, 5e-3);
    o.average = SUNZI_PB_MIDPOINT;
    near(solvation(o, 1, &ion).energy, exact, 0.03);
    o.average = SUNZI_PB_ARITHMETIC; /* too much of the solvent */
    assert_true(solvation(o, 1, &ion).energy < 1.03 * exact);
    o.surface = SUNZI_PB_SPLINE;
    near(solvation(o, 1, &ion).energy, exact, 0.15);
    o = cube(41, 20);
    for (int d = 0; d < 3; d++) {
        o.spacing[d] = 0.4 + 0.1 * d;
        o.nodes[d] = 51 - 9 * d;
    }
    near(solvation(o, 1, &ion).energy, exact, 5e-3);
    o = cube(41, 20);
    o.boundary = SUNZI_PB_SPHERE;
    near(solvation(o, 1, &ion).energy, same, 1e-9);
    o.boundary = SUNZI_PB_ZERO; /* 1/2 l q^2 / (eps 10 A) is missing */
    near(solvation(o, 1, &ion).energy, same, 0.3);
}

/* ---- what is refused ---- */

/* Every request for memory fails once: a status, and nothing is left. */
static void no_memory(void **state)
{
    const sunzi_pb_atom atom[] = {
        {{-1, 0, 0}, 1, 1.5}, {{1, 0, 0}, -1, 1.5}, {{0, 1.5, 0}, 0, 1.5}};
    sunzi_pb_options o = cube(9, 8);
    sunzi_context *ctx = NULL;
    int failed = 0;
    (void)state;
    salt(&o, 0.1);
    o.nonlinear = 1;
    o.policy = SUNZI_POLICY_FP32C;
    check(sunzi_context_create(NULL, &ctx));
    for (long k = 1;; k++) {
        sunzi_pb *pb = NULL;
        double at[3] = {0, 0, 0}, phi;
        sunzi_memory_fail_after(k);
        sunzi_status status = sunzi_pb_create(ctx, NULL, &o, 3, atom, &pb);
        assert_true(status == SUNZI_OK || !pb);
        if (status == SUNZI_OK)
            status = sunzi_pb_solve(pb, NULL, NULL);
        if (status == SUNZI_OK)
            status = sunzi_pb_sample(pb, 1, at, &phi);
        const bool all = sunzi_memory_requests() < k;
        sunzi_memory_fail_after(-1);
        sunzi_pb_destroy(&pb);
        if (all) {
            assert_int_equal(status, SUNZI_OK);
            break;
        }
        assert_int_equal(status, SUNZI_ERR_NOMEM);
        failed++;
    }
    print_message("%d requests for memory\n", failed);
    assert_true(failed > 50);
    sunzi_context_destroy(&ctx);
}

static void refuse(const sunzi_pb_options *o, const sunzi_pb_atom *atom,
                   const char *word)
{
    sunzi_pb *pb = NULL;
    assert_int_equal(sunzi_pb_create(NULL, NULL, o, 1, atom, &pb),
                     SUNZI_ERR_ARG);
    assert_null(pb);
    if (!strstr(sunzi_last_message(), word))
        fail_msg("'%s' is not in: %s", word, sunzi_last_message());
}

static void refusals(void **state)
{
    const sunzi_pb_options good = cube(21, 20);
    const sunzi_pb_atom ion = {{0, 0, 0}, 1, 2};
    sunzi_pb_atom other = ion;
    sunzi_pb_options o;
    (void)state;
    refuse(NULL, &ion, "options is NULL");
    refuse(&good, NULL, "at least one");
    other.radius = -1;
    refuse(&good, &other, "the radius of atom 1 = -1");
    other = ion;
    other.position[1] = 9.5;
    refuse(&good, &other, "charge of atom 1 is at y = 9.5");
    other.position[1] = NAN;
    refuse(&good, &other, "coordinate of atom 1 = nan");
    o = good;
    o.nodes[2] = 4;
    refuse(&o, &ion, "nodes[2] = 4");
    o = good;
    o.spacing[0] = 0;
    refuse(&o, &ion, "spacing = 0");
    o = good;
    o.solvent_dielectric = 0.5;
    refuse(&o, &ion, "solvent_dielectric = 0.5");
    o = good;
    o.policy = SUNZI_POLICY_DF64;
    refuse(&o, &ion, "policy = 3");
    o = good;
    o.ions = 1;
    o.ion[0] = (sunzi_pb_ion){1, 0.1};
    refuse(&o, &ion, "sum up to 0.1 mol/l");
    o.ions = SUNZI_PB_IONS_MAX + 1;
    refuse(&o, &ion, "ions = 9");
}

/* No tolerance that FP32 cannot reach is said to be reached; no potential
 * beyond the model is given. */
static void no_solution(void **state)
{
    sunzi_pb_options o = cube(21, 20);
    sunzi_pb_atom ion = {{0, 0, 0}, 1, 2};
    sunzi_pb *pb = NULL;
    sunzi_pb_report report = {0};
    (void)state;
    o.policy = SUNZI_POLICY_FP32;
    o.tolerance = 1e-12;
    check(sunzi_pb_create(NULL, NULL, &o, 1, &ion, &pb));
    assert_int_equal(sunzi_pb_solve(pb, NULL, &report), SUNZI_REACHED_NONE);
    assert_true(report.residual > 1e-12 && report.residual < 1e-4);
    sunzi_pb_destroy(&pb);
    o = cube(21, 20);
    salt(&o, 1e-25);
    o.nonlinear = 1;
    o.boundary = SUNZI_PB_ZERO;
    ion.charge = 100;
    check(sunzi_pb_create(NULL, NULL, &o, 1, &ion, &pb));
    assert_int_equal(sunzi_pb_solve(pb, NULL, &report), SUNZI_ERR_BLOW_UP);
    assert_non_null(strstr(sunzi_last_message(), "allowed: 50"));
    sunzi_pb_destroy(&pb);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(born_ion),
        cmocka_unit_test(kirkwood_sphere),
        cmocka_unit_test(radial_is_kirkwood),
        cmocka_unit_test(nonlinear_sphere),
        cmocka_unit_test(unequal_ions),
        cmocka_unit_test(line_search),
        cmocka_unit_test(policies),
        cmocka_unit_test(focusing),
        cmocka_unit_test(choices),
        cmocka_unit_test(no_memory),
        cmocka_unit_test(refusals),
        cmocka_unit_test(no_solution),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
