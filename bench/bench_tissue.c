/* SPDX-License-Identifier: BSD-3-Clause */
/* bench_tissue [SPACING_MM [STEPS]]: the slab of the N-version benchmark (20 x
 * 7 x 3 mm; default 0.2 mm, 50 steps), a wave front in its middle. A line a
 * figure: steps of diffusion under each policy with fibres along x (7 points)
 * and turned (19 points), the potential outside of the cells, and what is told
 * of a step: beats, and the pseudo-ECG of two electrodes. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sunzi/sunzi.h>
#include <time.h>

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void check(sunzi_status status)
{
    if (status == SUNZI_OK)
        return;
    fprintf(stderr, "bench_tissue: %s\n", sunzi_last_message());
    if (status < 0)
        exit(1);
}

/* user: {along, across, turned?} in S/m. */
static int voxel(void *user, const int64_t at[3], double sigma[6])
{
    const double *s = user, extra = s[0] - s[1];
    (void)at;
    sigma[0] = s[2] != 0 ? s[1] + extra / 2 : s[0];
    sigma[1] = s[2] != 0 ? s[1] + extra / 2 : s[1];
    sigma[2] = s[1];
    sigma[3] = s[2] != 0 ? extra / 2 : 0;
    return 1;
}

static void front(const int64_t *node, int64_t count, int64_t nx,
                  sunzi_policy policy, void *V)
{
    for (int64_t i = 0; i < count; i++) {
        const double x = (double)(node[i] % nx) / (double)nx - 0.5;
        const double v = -85 + 120 / (1 + exp(x * 60));
        if (policy == SUNZI_POLICY_FP64)
            ((double *)V)[i] = v;
        else
            ((float *)V)[i] = (float)v;
    }
}

static void outside(sunzi_tissue *t, double *sigma, const void *V,
                    int64_t count, const char *policy)
{
    double both[3] = {0.17 + 0.62, 0.019 + 0.24, sigma[2]};
    const sunzi_tissue_options total = {.voxel = voxel, .user = both};
    sunzi_bidomain *b;
    sunzi_tissue_report report = {0};
    check(sunzi_bidomain_create(t, &total, &b));
    double *phi = calloc((size_t)count, sizeof *phi);
    const double start = seconds();
    check(sunzi_bidomain_solve(b, V, count, phi, &report));
    printf("bidomain policy=%s points=%d nodes=%lld iterations=%d "
           "residual=%.2e seconds=%.4f\n",
           policy, sigma[2] != 0 ? 19 : 7, (long long)count, report.iterations,
           report.residual, seconds() - start);
    free(phi);
    sunzi_bidomain_destroy(&b);
}

/* V of fp64. */
static void told(sunzi_tissue *t, double *V, int64_t count, int points)
{
    const double electrode[6] = {-5, 3, 1, 25, 3, 1};
    double phi[2], *speed = calloc((size_t)count, sizeof *speed);
    sunzi_beats *beats;
    sunzi_ecg *ecg;
    check(sunzi_beats_create(t, NULL, V, &beats));
    double start = seconds();
    for (int s = 0; s < 20; s++)
        check(sunzi_beats_look(beats, s, 1, V));
    const double look = seconds() - start;
    start = seconds();
    check(sunzi_tissue_velocity(t, V, 0, NULL, speed));
    const double velocity = seconds() - start;
    start = seconds();
    check(sunzi_ecg_create(t, 2, electrode, 1, &ecg));
    const double made = seconds() - start;
    start = seconds();
    for (int s = 0; s < 10; s++)
        check(sunzi_ecg_measure(ecg, V, phi));
    const double each = 1e9 / (double)count;
    printf("told points=%d nodes=%lld beats_ns_per_node_step=%.2f "
           "velocity_ns_per_node=%.1f ecg_create_ns=%.1f "
           "ecg_measure_ns_per_node_electrode=%.2f\n",
           points, (long long)count, look / 20 * each, velocity * each,
           made / 2 * each, (seconds() - start) / 20 * each);
    sunzi_ecg_destroy(&ecg);
    sunzi_beats_destroy(&beats);
    free(speed);
}

static void measure(double h, int steps, sunzi_policy policy, double turned)
{
    double sigma[3] = {0.17, 0.019, turned};
    const double size[3] = {20, 7, 3};
    sunzi_tissue_options o;
    sunzi_tissue *t;
    sunzi_tissue_report report;
    int64_t iterations = 0;
    sunzi_tissue_options_init(&o);
    for (int d = 0; d < 3; d++) {
        o.voxels[d] = (int64_t)rint(size[d] / h);
        o.spacing[d] = h;
    }
    o.policy = policy;
    o.voxel = voxel;
    o.user = sigma;
    check(sunzi_tissue_create(NULL, NULL, &o, &t));
    const int64_t count = sunzi_tissue_count(t);
    int64_t *node = calloc((size_t)count, sizeof *node);
    void *V = calloc((size_t)count, 8);
    sunzi_tissue_nodes(t, node);
    front(node, count, o.voxels[0] + 1, policy, V);
    outside(t, sigma, V, count, sunzi_policy_name(policy));
    if (policy == SUNZI_POLICY_FP64)
        told(t, V, count, turned != 0 ? 19 : 7);
    const double start = seconds();
    for (int s = 0; s < steps; s++) {
        check(sunzi_tissue_diffuse(t, 0.01, V, count, &report));
        iterations += report.iterations;
    }
    const double spent = seconds() - start;
    printf("diffusion policy=%s points=%d nodes=%lld dt=0.01 "
           "iterations_per_step=%.2f ns_per_node_step=%.2f\n",
           sunzi_policy_name(policy), turned != 0 ? 19 : 7, (long long)count,
           (double)iterations / steps, spent * 1e9 / ((double)count * steps));
    free(node);
    free(V);
    sunzi_tissue_destroy(&t);
}

int main(int argc, char **argv)
{
    const double h = argc > 1 ? atof(argv[1]) : 0.2;
    const int steps = argc > 2 ? atoi(argv[2]) : 50;
    if (!(h > 0 && h <= 3) || steps < 1) {
        fprintf(stderr, "usage: bench_tissue [SPACING_MM [STEPS]]\n");
        return 2;
    }
    for (int turned = 0; turned < 2; turned++)
        for (int p = SUNZI_POLICY_FP64; p <= SUNZI_POLICY_FP32C; p++)
            measure(h, steps, (sunzi_policy)p, turned);
    return 0;
}
