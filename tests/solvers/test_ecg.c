/* SPDX-License-Identifier: BSD-3-Clause */
/* The pseudo-ECG: of a block with a uniform current, whose integral is known;
 * of any V in a ball with rotating fibres, by the energy of its voxels; of V
 * that is the same everywhere; beside the bidomain in a large bath; bad input.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/ecg.h>

#include "core/memory.h"
#include "tests/solvers/slab.h"

static const double pi = 3.14159265358979323846;

static sunzi_tissue *make(const sunzi_tissue_options *o)
{
    sunzi_tissue *t = NULL;
    if (sunzi_tissue_create(NULL, NULL, o, &t) != SUNZI_OK)
        fail_msg("%s", sunzi_last_message());
    return t;
}

static void good(sunzi_status status)
{
    if (status != SUNZI_OK)
        fail_msg("%s", sunzi_last_message());
}

/* Integral of 1 / r over a rectangle of 2 a x 2 b, seen from z above its
 * middle. */
static double sheet(double a, double b, double z)
{
    return 4 * (a * asinh(b / hypot(a, z)) + b * asinh(a / hypot(b, z)) -
                z * atan(a * b / (z * sqrt(a * a + b * b + z * z))));
}

/* V = g x in 4 x 2 x 1 mm: by Gauss, the faces across x with charges of both
 * signs. Returned: the error at n voxels a mm, relative. */
static double uniform_error(int n, sunzi_policy policy)
{
    const double g = 12, outside = 0.7, away = 1.5;
    double sigma[6] = {0.13, 0.02, 0.03};
    const double point[6] = {4 + away, 1, 0.5, -away, 1, 0.5};
    const int64_t size[3] = {4, 2, 1};
    double phi[2];
    sunzi_tissue_options o;
    sunzi_ecg *ecg = NULL;
    sunzi_tissue_options_init(&o);
    for (int d = 0; d < 3; d++) {
        o.voxels[d] = size[d] * n;
        o.spacing[d] = 1.0 / n;
    }
    o.policy = policy;
    o.voxel = slab_uniform;
    o.user = sigma;
    sunzi_tissue *t = make(&o);
    const int64_t count = sunzi_tissue_count(t);
    double *V = malloc((size_t)count * sizeof *V);
    for (int64_t i = 0; i < count; i++)
        V[i] = -85 + g * (double)(i % (o.voxels[0] + 1)) * o.spacing[0];
    good(sunzi_ecg_create(t, 2, point, outside, &ecg));
    good(sunzi_ecg_measure(ecg, V, phi));
    const double exact = -sigma[0] * g / (4 * pi * outside) *
                         (sheet(1, 0.5, away) - sheet(1, 0.5, 4 + away));
    assert_true(fabs(phi[0] + phi[1]) < 1e-5 * fabs(exact)); /* symmetric */
    sunzi_ecg_destroy(&ecg);
    free(V);
    sunzi_tissue_destroy(&t);
    return phi[0] / exact - 1;
}

static void block_with_a_uniform_current(void **unused)
{
    (void)unused;
    const double coarse = uniform_error(4, SUNZI_POLICY_FP64);
    const double fine = uniform_error(8, SUNZI_POLICY_FP64);
    const double pair = uniform_error(8, SUNZI_POLICY_FP32C);
    print_message("errors %.3e, %.3e, %.3e\n", coarse, fine, pair);
    assert_true(fabs(fine) < 1e-2);
    assert_true(fabs(log2(coarse / fine) - 2) < 0.1);
    assert_true(fabs(pair - fine) < 1e-6); /* weights in FP32 */
}

enum { N = 7 };

static int ball(void *user, const int64_t v[3], double s[6])
{
    const double x = (double)v[0] - 3, y = (double)v[1] - 3,
                 z = (double)v[2] - 2.5;
    (void)user;
    slab_fibre(0.13, 0.02, cos(0.5 * (double)v[2]), sin(0.5 * (double)v[2]),
               0.3, s);
    return x * x + y * y + z * z < 11;
}

/* Sum over voxels and their corners of (volume / 8) grad G . sigma grad V, with
 * the three edges of the voxel that meet in a corner: no weights, no K. */
static double by_voxels(const double *V, const double *G, const double h[3])
{
    const int64_t at[3] = {1, N + 1, (N + 1) * (N + 1)};
    double sum = 0;
    int64_t v[3];
    for (v[2] = 0; v[2] < N; v[2]++)
        for (v[1] = 0; v[1] < N; v[1]++)
            for (v[0] = 0; v[0] < N; v[0]++)
                for (int corner = 0; corner < 8; corner++) {
                    double s[6] = {0}, dV[3], dG[3];
                    if (!ball(NULL, v, s))
                        continue;
                    int64_t i = 0;
                    for (int d = 0; d < 3; d++)
                        i += (v[d] + (corner >> d & 1)) * at[d];
                    for (int d = 0; d < 3; d++) {
                        const int sign = corner >> d & 1 ? -1 : 1;
                        dV[d] = sign * (V[i + sign * at[d]] - V[i]) / h[d];
                        dG[d] = sign * (G[i + sign * at[d]] - G[i]) / h[d];
                    }
                    sum += h[0] * h[1] * h[2] / 8 *
                           (s[0] * dV[0] * dG[0] + s[1] * dV[1] * dG[1] +
                            s[2] * dV[2] * dG[2] +
                            s[3] * (dV[0] * dG[1] + dV[1] * dG[0]) +
                            s[4] * (dV[0] * dG[2] + dV[2] * dG[0]) +
                            s[5] * (dV[1] * dG[2] + dV[2] * dG[1]));
                }
    return sum;
}

static void ball_with_rotating_fibres(void **unused)
{
    (void)unused;
    enum { NODES = (N + 1) * (N + 1) * (N + 1) };
    const double points[6] = {-1, 0.3, 2.2, 9, 9, -7};
    static double V[NODES], G[NODES], mine[NODES];
    int64_t node[NODES];
    double phi[2];
    sunzi_tissue_options o;
    sunzi_ecg *ecg = NULL;
    sunzi_tissue_options_init(&o);
    for (int d = 0; d < 3; d++) {
        o.voxels[d] = N;
        o.spacing[d] = 0.2 + 0.05 * d;
    }
    o.voxel = ball;
    sunzi_tissue *t = make(&o);
    const int64_t count = sunzi_tissue_count(t);
    sunzi_tissue_nodes(t, node);
    for (int64_t i = 0; i < count; i++)
        mine[i] = V[node[i]] = -85 + 100 * sin(0.37 * (double)(node[i] % 191));
    good(sunzi_ecg_create(t, 2, points, 0.7, &ecg));
    good(sunzi_ecg_measure(ecg, mine, phi));
    for (int k = 0; k < 2; k++) {
        for (int i = 0; i < NODES; i++) {
            const double x = i % (N + 1) * o.spacing[0] - points[3 * k];
            const double y =
                i / (N + 1) % (N + 1) * o.spacing[1] - points[3 * k + 1];
            const double z =
                i / (N + 1) / (N + 1) * o.spacing[2] - points[3 * k + 2];
            G[i] = 1 / sqrt(x * x + y * y + z * z);
        }
        const double exact = -by_voxels(V, G, o.spacing) / (4 * pi * 0.7);
        print_message("electrode %d: %.15g, %.15g mV\n", k + 1, phi[k], exact);
        assert_true(fabs(phi[k] - exact) < 1e-11 * fabs(exact));
    }
    /* nothing flows */
    for (int64_t i = 0; i < count; i++)
        mine[i] = -85;
    good(sunzi_ecg_measure(ecg, mine, phi));
    assert_true(fabs(phi[0]) < 1e-13 && fabs(phi[1]) < 1e-13);
    mine[3] = NAN;
    assert_int_equal(sunzi_ecg_measure(ecg, mine, phi), SUNZI_ERR_NONFINITE);
    sunzi_ecg_destroy(&ecg);
    sunzi_tissue_destroy(&t);
}

/* ---- beside the bidomain ---- */

enum { BLOCK = 8 /* voxels a side of the tissue, in the middle of the box */ };

static int block(void *user, const int64_t v[3], double s[6])
{
    const int64_t n = *(const int64_t *)user;
    s[0] = 0.3;
    s[1] = s[2] = 0.1;
    for (int d = 0; d < 3; d++)
        if (v[d] < (n - BLOCK) / 2 || v[d] >= (n + BLOCK) / 2)
            return 0;
    return 1;
}

/* Inside and outside together, and the bath: 1 S/m everywhere. */
static int box(void *user, const int64_t v[3], double s[6])
{
    (void)user, (void)v;
    s[0] = s[1] = s[2] = 1;
    return 1;
}

/* A front in the tissue, seen by two electrodes 2 mm from it: phi of a box of n
 * voxels a side without flux through its walls over that of an unbounded
 * conductor, less 1. */
static double against_bidomain(int64_t n)
{
    const double h = 0.5, middle = h * (double)n / 2;
    const double point[6] = {middle + 4, middle,     middle,
                             middle - 4, middle + 1, middle};
    sunzi_tissue_options o, total;
    sunzi_bidomain *bidomain = NULL;
    sunzi_ecg *ecg = NULL;
    double seen[2], phi[2];
    sunzi_tissue_options_init(&o);
    for (int d = 0; d < 3; d++) {
        o.voxels[d] = n;
        o.spacing[d] = h;
    }
    o.voxel = block;
    o.user = &n;
    sunzi_tissue *t = make(&o);
    total = o;
    total.voxel = box;
    good(sunzi_bidomain_create(t, &total, &bidomain));
    const int64_t count = sunzi_tissue_count(t);
    const int64_t all = sunzi_bidomain_count(bidomain);
    double *V = malloc((size_t)count * sizeof *V);
    double *field = calloc((size_t)all, sizeof *field);
    int64_t *node = malloc((size_t)count * sizeof *node);
    sunzi_tissue_nodes(t, node);
    for (int64_t i = 0; i < count; i++)
        V[i] = -85 + 100 / (1 + exp(2 * ((double)(node[i] % (n + 1)) * h -
                                         middle + 0.3)));
    good(sunzi_bidomain_solve(bidomain, V, 0, field, NULL));
    good(sunzi_ecg_create(t, 2, point, 1, &ecg));
    good(sunzi_ecg_measure(ecg, V, seen));
    for (int k = 0; k < 2; k++)
        good(sunzi_bidomain_sample(bidomain, field, point + 3 * k, &phi[k]));
    sunzi_ecg_destroy(&ecg);
    sunzi_bidomain_destroy(&bidomain);
    sunzi_tissue_destroy(&t);
    free(V);
    free(field);
    free(node);
    assert_true(seen[0] > 0.1 && seen[1] < -0.1); /* it goes to the first one */
    return (phi[0] - phi[1]) / (seen[0] - seen[1]) - 1;
}

/* The walls are seen as the field of mirror images, which falls with the cube
 * of their distance. */
static void beside_the_bidomain(void **unused)
{
    (void)unused;
    const double small = against_bidomain(32), large = against_bidomain(48);
    const double unbounded = large - (small - large) / (1.5 * 1.5 * 1.5 - 1);
    print_message("box of 16 mm: %.4f, of 24 mm: %.4f, unbounded: %.4f\n",
                  small, large, unbounded);
    assert_true(small > 2 * large && large > 0);
    assert_true(fabs(unbounded) < 5e-3);
}

static void refuses(sunzi_status status, const char *words)
{
    assert_int_equal(status, SUNZI_ERR_ARG);
    if (!strstr(sunzi_last_message(), words))
        fail_msg("'%s' is not in: %s", words, sunzi_last_message());
}

static void bad_input(void **unused)
{
    (void)unused;
    double sigma[6] = {0.1, 0.1, 0.1}, V[8] = {0}, phi[1];
    double point[3] = {0.29, 0.2, 0};
    sunzi_tissue_options o;
    sunzi_ecg *ecg = NULL;
    sunzi_tissue_options_init(&o);
    o.voxel = slab_uniform;
    o.user = sigma;
    sunzi_tissue *t = make(&o);
    refuses(sunzi_ecg_create(NULL, 1, point, 1, &ecg), "tissue is NULL");
    refuses(sunzi_ecg_create(t, 1, NULL, 1, &ecg), "points is NULL");
    refuses(sunzi_ecg_create(t, 1, point, 1, NULL), "ecg is NULL");
    refuses(sunzi_ecg_create(t, 0, point, 1, &ecg), "electrodes = 0");
    refuses(sunzi_ecg_create(t, 1, point, 0, &ecg), "conductivity = 0");
    refuses(sunzi_ecg_create(t, 1, point, 1, &ecg),
            "electrode 1, (0.29, 0.2, 0) mm, is in the tissue");
    point[0] = INFINITY;
    refuses(sunzi_ecg_create(t, 1, point, 1, &ecg), "points[0] = inf");
    point[0] = 0.31;
    for (int k = 1; k <= 3; k++) {
        sunzi_memory_fail_after(k);
        assert_int_equal(sunzi_ecg_create(t, 1, point, 1, &ecg),
                         SUNZI_ERR_NOMEM);
        sunzi_memory_fail_after(-1);
        assert_null(ecg);
    }
    good(sunzi_ecg_create(t, 1, point, 1, &ecg));
    refuses(sunzi_ecg_measure(NULL, V, phi), "ecg is NULL");
    refuses(sunzi_ecg_measure(ecg, NULL, phi), "V is NULL");
    refuses(sunzi_ecg_measure(ecg, V, NULL), "phi is NULL");
    sunzi_ecg_destroy(&ecg);
    sunzi_ecg_destroy(&ecg);
    sunzi_ecg_destroy(NULL);
    sunzi_tissue_destroy(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(block_with_a_uniform_current),
        cmocka_unit_test(ball_with_rotating_fibres),
        cmocka_unit_test(beside_the_bidomain),
        cmocka_unit_test(bad_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
