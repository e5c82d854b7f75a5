/* SPDX-License-Identifier: BSD-3-Clause */
/* Diffusion in tissue: exact solutions with full tensors, what a flux form
 * keeps, masks, engines, and bad input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "tests/solvers/slab.h"

static const sunzi_policy policies[] = {SUNZI_POLICY_FP64, SUNZI_POLICY_FP32C,
                                        SUNZI_POLICY_FP32};

static sunzi_tissue *make(const sunzi_tissue_options *o)
{
    sunzi_tissue *t = NULL;
    if (sunzi_tissue_create(NULL, NULL, o, &t) != SUNZI_OK)
        fail_msg("%s", sunzi_last_message());
    return t;
}

static void step(sunzi_tissue *t, double dt, slab_field *f)
{
    if (sunzi_tissue_diffuse(t, dt, f->V, f->count, NULL) != SUNZI_OK)
        fail_msg("%s", sunzi_last_message());
}

/* Position of node i. */
static void position(const sunzi_tissue_options *o, int64_t node, double x[3])
{
    for (int d = 0; d < 3; d++) {
        x[d] = (double)(node % (o->voxels[d] + 1)) * o->spacing[d];
        node /= o->voxels[d] + 1;
    }
}

/* log2 of the ratio of two errors. */
static double order(double coarse, double fine)
{
    return log2(coarse / fine);
}

/* A step of a cable against elimination, where Chebyshev's iteration is short
 * and where conjugate gradients take its place. */
static void steps_against_elimination(void **unused)
{
    (void)unused;
    enum { N = 40 };
    double sigma[6] = {0.13, 0.13, 0.13};
    for (int p = 0; p < 3; p++)
        for (int kind = 0; kind < 2; kind++) {
            const double dt = kind ? 40 : 0.05, h = 0.2;
            double a[N + 1], b[N + 1], V[N + 1], most = 0;
            sunzi_tissue_options o;
            sunzi_tissue_report report;
            slab_field f;
            sunzi_tissue_options_init(&o);
            o.voxels[0] = N;
            o.voxels[1] = o.voxels[2] = 0;
            o.policy = policies[p];
            o.scheme = SUNZI_TISSUE_BACKWARD_EULER;
            o.voxel = slab_uniform;
            o.user = sigma;
            sunzi_tissue *t = make(&o);
            slab_take(&f, t, policies[p]);
            const double w = dt * sigma[0] / 1.4 / h / h;
            for (int i = 0; i <= N; i++) {
                const bool end = i == 0 || i == N;
                slab_set(&f, i, i < 7 ? 20 : -85);
                b[i] = (end ? 0.5 + w : 1 + 2 * w);
                V[i] = (end ? 0.5 : 1) * slab_get(&f, i);
            }
            for (int i = 1; i <= N; i++) {
                a[i] = -w / b[i - 1];
                b[i] += a[i] * w;
                V[i] -= a[i] * V[i - 1];
            }
            V[N] /= b[N];
            for (int i = N - 1; i >= 0; i--)
                V[i] = (V[i] + w * V[i + 1]) / b[i];
            assert_int_equal(sunzi_tissue_diffuse(t, dt, f.V, f.count, &report),
                             SUNZI_OK);
            for (int i = 0; i <= N; i++)
                most = fmax(most, fabs(slab_get(&f, i) - V[i]));
            print_message("dt %g, policy %d: %d iterations, error %.2e mV\n",
                          dt, (int)policies[p], report.iterations, most);
            assert_true(kind ? report.iterations > 20 : report.iterations < 12);
            /* changes are up to 100 mV; FP32 holds 85 to 4e-6 */
            assert_true(most < (policies[p] == SUNZI_POLICY_FP64    ? 2e-7
                                : policies[p] == SUNZI_POLICY_FP32C ? 1e-4
                                                                    : 2e-4));
            slab_free(&f);
            sunzi_tissue_destroy(&t);
        }
}

/* ---- full tensors ---- */

/* (x - c)^T S^-1 (x - c) for a symmetric S as sigma[6], and det S. */
static double quadratic(const double s[6], const double x[3], double *det)
{
    const double a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5];
    const double A = b * c - f * f, B = a * c - e * e, C = a * b - d * d;
    const double D = e * f - c * d, E = d * f - b * e, F = d * e - a * f;
    *det = a * A + d * D + e * E;
    return (A * x[0] * x[0] + B * x[1] * x[1] + C * x[2] * x[2] +
            2 * (D * x[0] * x[1] + E * x[0] * x[2] + F * x[1] * x[2])) /
           *det;
}

/* A Gaussian that spreads as exp(-x S^-1 x / 2) / sqrt(det S), S = S0 + 2 D t,
 * in a box whose walls it does not feel. Returned: its largest error against
 * its largest value. */
static double gaussian_error(int n, int steps)
{
    double sigma[6], S[6] = {0.02, 0.02, 0.02}, x[3], det;
    const double end = 0.02;
    sunzi_tissue_options o;
    sunzi_tissue_options_init(&o);
    slab_fibre(1, 0.2, 1, 0.7, -0.5, sigma);
    o.surface_to_volume = o.capacitance = 1;
    o.voxel = slab_uniform;
    o.user = sigma;
    for (int d = 0; d < 3; d++) {
        o.voxels[d] = n;
        o.spacing[d] = 2.0 / n;
    }
    sunzi_tissue *t = make(&o);
    slab_field f;
    slab_take(&f, t, SUNZI_POLICY_FP64);
    for (int64_t i = 0; i < f.count; i++) {
        position(&o, i, x);
        for (int d = 0; d < 3; d++)
            x[d] -= 1;
        const double q = quadratic(S, x, &det);
        slab_set(&f, i, exp(-q / 2) / sqrt(det));
    }
    for (int s = 0; s < steps; s++)
        step(t, end / steps, &f);
    for (int i = 0; i < 6; i++)
        S[i] += 2 * end * sigma[i];
    double most = 0, size = 0;
    for (int64_t i = 0; i < f.count; i++) {
        position(&o, i, x);
        for (int d = 0; d < 3; d++)
            x[d] -= 1;
        const double q = quadratic(S, x, &det);
        const double exact = exp(-q / 2) / sqrt(det);
        size = fmax(size, exact);
        most = fmax(most, fabs(exact - slab_get(&f, i)));
    }
    slab_free(&f);
    sunzi_tissue_destroy(&t);
    return most / size;
}

static void full_tensor_second_order(void **unused)
{
    (void)unused;
    const double coarse = gaussian_error(20, 5), fine = gaussian_error(40, 10);
    print_message("full tensor: error %.3e, %.3e, order %.2f\n", coarse, fine,
                  order(coarse, fine));
    assert_true(fine < 0.02);
    assert_true(order(coarse, fine) > 1.8);
}

/* ---- an image with a hole, and conductivities that vary ---- */

static int ring_voxel(void *user, const int64_t v[3], double s[6])
{
    (void)user;
    if (v[0] >= 3 && v[0] < 6 && v[1] >= 2 && v[1] < 7)
        return 0; /* a hole through all of z */
    const double angle = 0.3 * (double)v[2] + 0.1 * (double)v[0];
    slab_fibre(0.2, 0.03, cos(angle), sin(angle), 0.2, s);
    return 1;
}

static void ring_options(sunzi_tissue_options *o, sunzi_policy policy)
{
    sunzi_tissue_options_init(o);
    o->voxels[0] = 10;
    o->voxels[1] = 9;
    o->voxels[2] = 5;
    o->policy = policy;
    o->voxel = ring_voxel;
}

/* The charge stays, differences die away, and constants are left alone. */
static void conserved(void **unused)
{
    (void)unused;
    for (int p = 0; p < 3; p++) {
        sunzi_tissue_options o;
        slab_field f;
        ring_options(&o, policies[p]);
        o.tolerance = policies[p] == SUNZI_POLICY_FP64 ? 1e-13 : 1e-7;
        sunzi_tissue *t = make(&o);
        slab_take(&f, t, policies[p]);
        assert_int_equal(f.count, 11 * 10 * 6 - 2 * 4 * 6);
        double *volume = calloc((size_t)f.count, sizeof *volume);
        int64_t *node = calloc((size_t)f.count, sizeof *node);
        sunzi_tissue_volumes(t, volume);
        sunzi_tissue_nodes(t, node);
        double charge = 0, all = 0, after = 0, least = 0, most = -100;
        for (int64_t i = 0; i < f.count; i++) {
            slab_set(&f, i, -85.0 + (node[i] * 7919 % 101 == 0 ? 80 : 0));
            charge += volume[i] * slab_get(&f, i);
            all += volume[i];
        }
        assert_true(fabs(all - (90 - 15) * 5 * 0.008) < 1e-12);
        for (int s = 0; s < 20; s++)
            step(t, 0.05, &f);
        for (int64_t i = 0; i < f.count; i++) {
            after += volume[i] * slab_get(&f, i);
            most = fmax(most, slab_get(&f, i));
            least = fmin(least, slab_get(&f, i));
        }
        const double allowed = policies[p] == SUNZI_POLICY_FP64    ? 1e-11
                               : policies[p] == SUNZI_POLICY_FP32C ? 1e-6
                                                                   : 2e-3;
        assert_true(fabs(after - charge) < allowed * all);
        assert_true(most < -40 && least > -90);
        sunzi_tissue_report report = {.iterations = 7};
        for (int64_t i = 0; i < f.count; i++)
            slab_set(&f, i, -85.1);
        const double rest = slab_get(&f, 0);
        assert_int_equal(sunzi_tissue_diffuse(t, 0.05, f.V, f.count, &report),
                         SUNZI_OK);
        assert_int_equal(report.iterations, 0);
        for (int64_t i = 0; i < f.count; i++)
            assert_true(slab_get(&f, i) == rest);
        free(volume);
        free(node);
        slab_free(&f);
        sunzi_tissue_destroy(&t);
    }
}

/* Every engine that works here gives the bits of the portable one. */
static void engines_agree(void **unused)
{
    (void)unused;
    double first[3][11 * 10 * 6];
    char why[256];
    int engines = 0;
    for (int e = sunzi_engine_count() - 1; e >= 0; e--) { /* portable first */
        sunzi_context_options co;
        sunzi_context *ctx = NULL;
        if (!sunzi_engine_available(e, why, sizeof why))
            continue;
        sunzi_context_options_init(&co);
        co.engine = sunzi_engine_name(e);
        co.threads = 1 + engines % 2;
        assert_int_equal(sunzi_context_create(&co, &ctx), SUNZI_OK);
        for (int p = 0; p < 3; p++) {
            sunzi_tissue_options o;
            sunzi_tissue *t = NULL;
            slab_field f;
            ring_options(&o, policies[p]);
            assert_int_equal(sunzi_tissue_create(ctx, NULL, &o, &t), SUNZI_OK);
            slab_take(&f, t, policies[p]);
            for (int64_t i = 0; i < f.count; i++)
                slab_set(&f, i, -85.0 + (double)(i * 7919 % 101));
            step(t, 0.05, &f);
            step(t, 20, &f); /* conjugate gradients */
            for (int64_t i = 0; i < f.count; i++) {
                if (engines == 0)
                    first[p][i] = slab_get(&f, i);
                else
                    assert_true(first[p][i] == slab_get(&f, i));
            }
            slab_free(&f);
            sunzi_tissue_destroy(&t);
        }
        print_message("%s ", co.engine);
        engines++;
        sunzi_context_destroy(&ctx);
    }
    print_message("agree\n");
}

/* Each request for memory that fails is reported, and leaves nothing behind. */
static void memory_fails(void **unused)
{
    (void)unused;
    sunzi_tissue_options o;
    sunzi_tissue *t = NULL;
    int k = 1;
    ring_options(&o, SUNZI_POLICY_FP32C);
    for (; k < 200; k++) {
        sunzi_memory_fail_after(k);
        const sunzi_status status = sunzi_tissue_create(NULL, NULL, &o, &t);
        sunzi_memory_fail_after(-1);
        if (status == SUNZI_OK)
            break;
        assert_int_equal(status, SUNZI_ERR_NOMEM);
        assert_null(t);
    }
    assert_true(k > 20 && k < 200);
    slab_field f;
    slab_take(&f, t, SUNZI_POLICY_FP32C);
    sunzi_memory_fail_after(1);
    assert_int_equal(sunzi_tissue_diffuse(t, 0.1, f.V, f.count, NULL),
                     SUNZI_ERR_NOMEM);
    sunzi_memory_fail_after(-1);
    step(t, 0.1, &f);
    slab_free(&f);
    sunzi_tissue_destroy(&t);
}

/* Two halves that touch nowhere do not feel each other. */
static int halves(void *user, const int64_t v[3], double s[6])
{
    (void)user;
    s[0] = s[1] = s[2] = 0.1;
    return v[0] != 4;
}

static void gap_insulates(void **unused)
{
    (void)unused;
    sunzi_tissue_options o;
    slab_field f;
    sunzi_tissue_options_init(&o);
    o.voxels[0] = 9;
    o.voxels[1] = o.voxels[2] = 3;
    o.voxel = halves;
    sunzi_tissue *t = make(&o);
    slab_take(&f, t, SUNZI_POLICY_FP64);
    int64_t *node = calloc((size_t)f.count, sizeof *node);
    sunzi_tissue_nodes(t, node);
    for (int64_t i = 0; i < f.count; i++)
        slab_set(&f, i, node[i] % 10 < 5 ? 1.0 : 2.0);
    for (int s = 0; s < 10; s++)
        step(t, 0.1, &f);
    for (int64_t i = 0; i < f.count; i++)
        assert_true(slab_get(&f, i) == (node[i] % 10 < 5 ? 1.0 : 2.0));
    free(node);
    slab_free(&f);
    sunzi_tissue_destroy(&t);
}

/* ---- bad input ---- */

static void refused(const sunzi_tissue_options *o, sunzi_status status,
                    const char *words)
{
    sunzi_tissue *t = NULL;
    assert_int_equal(sunzi_tissue_create(NULL, NULL, o, &t), status);
    assert_null(t);
    if (!strstr(sunzi_last_message(), words))
        fail_msg("'%s' does not say '%s'", sunzi_last_message(), words);
}

static int bad_voxel(void *user, const int64_t v[3], double s[6])
{
    const char *what = user;
    s[0] = s[1] = s[2] = 0.1;
    if (v[0] == 2 && v[1] == 1 && v[2] == 3) {
        if (*what == 'd') /* semidefinite */
            s[3] = s[4] = s[5] = 0.1;
        if (*what == 'n')
            s[1] = NAN;
        if (*what == 's')
            return SUNZI_ERR_FILE;
        return 1;
    }
    return *what == 'a' ? v[2] < 2 : *what == 'e' ? 0 : 1;
}

static int no_voxel(void *user, const int64_t v[3], double s[6])
{
    (void)user, (void)v, (void)s;
    return 0;
}

static void bad_options(void **unused)
{
    (void)unused;
    sunzi_tissue_options o;
    sunzi_tissue_options_init(&o);
    refused(NULL, SUNZI_ERR_ARG, "options is NULL");
    refused(&o, SUNZI_ERR_ARG, "voxel is NULL");
    o.voxel = bad_voxel;
    o.voxels[0] = o.voxels[1] = o.voxels[2] = 5;
    o.user = "d";
    refused(&o, SUNZI_ERR_NOT_POSITIVE_DEFINITE, "voxel (2, 1, 3)");
    o.user = "n";
    refused(&o, SUNZI_ERR_NONFINITE, "voxel (2, 1, 3)");
    o.user = "a";
    refused(&o, SUNZI_ERR_ARG, "the first one is (2, 1, 3)");
    o.user = "s";
    sunzi_tissue *t = NULL;
    assert_int_equal(sunzi_tissue_create(NULL, NULL, &o, &t), SUNZI_ERR_FILE);
    o.voxel = no_voxel;
    refused(&o, SUNZI_ERR_ARG, "none of the 5 x 5 x 5");
    o.spacing[1] = 0;
    refused(&o, SUNZI_ERR_ARG, "spacing = 0");
    o.spacing[1] = 1;
    o.scheme = 3;
    refused(&o, SUNZI_ERR_ARG, "scheme = 3");
    o.scheme = SUNZI_TISSUE_EXPLICIT;
    o.policy = -1;
    refused(&o, SUNZI_ERR_ARG, "policy = -1");
    o.policy = SUNZI_POLICY_FP64;
    o.tolerance = NAN;
    refused(&o, SUNZI_ERR_ARG, "tolerance = nan");
    o.tolerance = 0;
    o.voxels[0] = o.voxels[1] = o.voxels[2] = 1300; /* before any memory */
    refused(&o, SUNZI_ERR_ARG, "a process has 1301 x 1301 x 1301 nodes");
    o.voxels[0] = o.voxels[1] = o.voxels[2] = 0;
    refused(&o, SUNZI_ERR_ARG, "voxels = 0");
}

/* The limit of the benchmark's slab at 0.1 mm is 1 / (2 sum D / h^2). */
static void stability_limit(void **unused)
{
    (void)unused;
    double sigma[6] = {0.1334177, 0.0176062, 0.0176062};
    sunzi_tissue_options o;
    slab_field f;
    sunzi_tissue_options_init(&o);
    o.scheme = SUNZI_TISSUE_EXPLICIT;
    o.voxel = slab_uniform;
    o.user = sigma;
    for (int d = 0; d < 3; d++) {
        o.voxels[d] = 4;
        o.spacing[d] = 0.1;
    }
    sunzi_tissue *t = make(&o);
    const double limit = sunzi_tissue_limit(t);
    assert_true(fabs(limit - 0.04151) < 1e-5);
    slab_take(&f, t, SUNZI_POLICY_FP64);
    for (int64_t i = 0; i < f.count; i++)
        slab_set(&f, i, i % 2 ? 1.0 : -1.0); /* the mode that grows first */
    assert_int_equal(sunzi_tissue_diffuse(t, 1.01 * limit, f.V, 0, NULL),
                     SUNZI_ERR_ARG);
    assert_non_null(strstr(sunzi_last_message(), "at most 0.0415"));
    assert_true(slab_get(&f, 1) == 1.0);
    for (int s = 0; s < 1000; s++)
        step(t, limit, &f);
    for (int64_t i = 0; i < f.count; i++)
        assert_true(fabs(slab_get(&f, i)) <= 1 + 1e-9);
    slab_free(&f);
    sunzi_tissue_destroy(&t);
}

static void blow_up(void **unused)
{
    (void)unused;
    sunzi_tissue_options o;
    slab_field f;
    ring_options(&o, SUNZI_POLICY_FP32C);
    sunzi_tissue *t = make(&o);
    slab_take(&f, t, SUNZI_POLICY_FP32C);
    for (int64_t i = 0; i < f.count; i++)
        slab_set(&f, i, -85);
    assert_int_equal(sunzi_tissue_check(t, f.V, f.count, -200, 200), SUNZI_OK);
    slab_set(&f, 13, 201); /* (2, 1, 0) */
    assert_int_equal(sunzi_tissue_check(t, f.V, f.count, -200, 200),
                     SUNZI_ERR_BLOW_UP);
    assert_non_null(strstr(sunzi_last_message(), "201 mV at node (2, 1, 0)"));
    slab_set(&f, 13, NAN);
    assert_int_equal(sunzi_tissue_diffuse(t, 0.1, f.V, f.count, NULL),
                     SUNZI_ERR_BLOW_UP);
    assert_non_null(strstr(sunzi_last_message(), "node (2, 1, 0)"));
    assert_true(slab_get(&f, 12) == -85);
    assert_int_equal(sunzi_tissue_diffuse(t, 0, f.V, f.count, NULL),
                     SUNZI_ERR_ARG);
    assert_int_equal(sunzi_tissue_diffuse(t, 0.1, NULL, f.count, NULL),
                     SUNZI_ERR_ARG);
    assert_int_equal(sunzi_tissue_diffuse(t, 0.1, f.V, 3, NULL), SUNZI_ERR_ARG);
    slab_free(&f);
    sunzi_tissue_destroy(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_against_elimination),
        cmocka_unit_test(full_tensor_second_order),
        cmocka_unit_test(conserved),
        cmocka_unit_test(engines_agree),
        cmocka_unit_test(memory_fails),
        cmocka_unit_test(gap_insulates),
        cmocka_unit_test(bad_options),
        cmocka_unit_test(stability_limit),
        cmocka_unit_test(blow_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
