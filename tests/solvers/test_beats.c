/* SPDX-License-Identifier: BSD-3-Clause */
/* Maps of beats: a wave of the speed that theory gives, beats whose times are
 * known, the gradient on masks, summaries, and bad input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/beats.h>

#include "core/memory.h"
#include "tests/solvers/slab.h"

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

/* ---- the wave of Nagumo's equation ---- */

enum { LENGTH = 16 /* mm */ };

/* u_t = D u_xx + k u (1 - u) (u - a) has the front u = 1 / (1 + exp((x - c t)
 * sqrt(k / 2 D))) of the speed c = sqrt(D k / 2) (1 - 2 a): H. P. McKean, Adv.
 * Math. 4 (1970) 209. From -85 mV to 40 mV; c is found at a spacing of h mm. */
static double speed_found(double h, sunzi_tissue_summary *of_speed,
                          double *exact)
{
    const double D = 0.1, k = 4, a = 0.1, dt = 0.01 * h / 0.1;
    const int n = (int)lrint(LENGTH / h);
    double sigma[6] = {D, D, D};
    sunzi_tissue_options o;
    slab_field f;
    sunzi_beats *beats = NULL;
    sunzi_tissue_options_init(&o);
    o.surface_to_volume = o.capacitance = 1;
    o.voxels[0] = n;
    o.voxels[1] = o.voxels[2] = 0;
    o.spacing[0] = h;
    o.voxel = slab_uniform;
    o.user = sigma;
    sunzi_tissue *t = make(&o);
    slab_take(&f, t, SUNZI_POLICY_FP64);
    double *u = f.V;
    for (int i = 0; i <= n; i++)
        u[i] = 1 / (1 + exp((i * h - 2) * sqrt(k / (2 * D))));
    const sunzi_beats_options half = {.threshold = 0.5, .fraction = 0.9};
    good(sunzi_beats_create(t, &half, u, &beats));
    for (int s = 0; s * dt < 32; s++) {
        for (int part = 0; part < 2; part++) {
            for (int i = 0; i <= n; i++) { /* half a step, midpoint */
                const double v =
                    u[i] + dt / 4 * k * u[i] * (1 - u[i]) * (u[i] - a);
                u[i] += dt / 2 * k * v * (1 - v) * (v - a);
            }
            if (part == 0)
                good(sunzi_tissue_diffuse(t, dt, u, 0, NULL));
        }
        good(sunzi_beats_look(beats, s * dt, dt, u));
    }
    double times[LENGTH * 20 + 1], speed[LENGTH * 20 + 1], from, to;
    double ends[2][3] = {{5, 0, 0}, {13, 0, 0}};
    good(sunzi_beats_get(beats, SUNZI_BEATS_ACTIVATION, times));
    good(sunzi_tissue_velocity(t, times, 0, NULL, speed));
    for (int i = 0; i <= n; i++) /* where no end is felt */
        if (i * h < 5 || i * h > 13)
            speed[i] = NAN;
    good(sunzi_tissue_summarize(t, speed, of_speed));
    good(sunzi_tissue_sample(t, times, ends[0], &from));
    good(sunzi_tissue_sample(t, times, ends[1], &to));
    *exact = sqrt(D * k / 2) * (1 - 2 * a);
    sunzi_beats_destroy(&beats);
    slab_free(&f);
    sunzi_tissue_destroy(&t);
    return 8 / (to - from);
}

static void wave_has_the_speed_of_theory(void **unused)
{
    (void)unused;
    sunzi_tissue_summary coarse, fine;
    double exact;
    const double c1 = speed_found(0.1, &coarse, &exact);
    const double c2 = speed_found(0.05, &fine, &exact);
    print_message("%.6f mm/ms: %.6f and %.6f; map %.6f .. %.6f\n", exact, c1,
                  c2, fine.least, fine.most);
    /* second order, and both are one number on a straight cable */
    assert_true(fabs(c2 / exact - 1) < 2e-3);
    assert_true(fabs(log2(fabs(c1 - exact) / fabs(c2 - exact)) - 2) < 0.15);
    assert_true(fine.nodes == 161);
    assert_true(fabs(fine.mean - c2) < 1e-5 * c2);
    assert_true(fine.most - fine.least < 1e-4 * c2);
}

/* ---- beats ---- */

/* One voxel of a cable: two nodes. */
static sunzi_tissue *two_nodes(void)
{
    static double sigma[6] = {0.1, 0.1, 0.1};
    sunzi_tissue_options o;
    sunzi_tissue_options_init(&o);
    o.voxels[1] = o.voxels[2] = 0;
    o.voxel = slab_uniform;
    o.user = sigma;
    return make(&o);
}

static double of_node(const sunzi_beats *beats, sunzi_beats_map map)
{
    double values[2];
    good(sunzi_beats_get(beats, map, values));
    return values[0];
}

/* V of node 0 after each ms. */
static void look_at(sunzi_beats *beats, const double *V, int count)
{
    for (int s = 1; s < count; s++) {
        const double both[2] = {V[s], -80};
        good(sunzi_beats_look(beats, s - 1, 1, both));
    }
}

static bool near(double a, double b)
{
    return fabs(a - b) <= 1e-12;
}

static void beats_of_one_node(void **unused)
{
    (void)unused;
    /* a notch below 0 mV; a second beat; one that begins too early */
    const double V[] = {-80, -82, -20, 20, -10, 10,  -40, -76, -80,
                        -84, -14, 26,  0,  -60, -30, 10,  -70, -80};
    const int count = (int)(sizeof V / sizeof *V);
    const double start[2] = {V[0], -80};
    sunzi_tissue *t = two_nodes();
    for (int which = 0; which < 2; which++) {
        sunzi_beats *beats = NULL;
        sunzi_beats_options o;
        sunzi_beats_options_init(&o);
        o.which = (sunzi_beats_which)which;
        good(sunzi_beats_create(t, &o, start, &beats));
        assert_true(isnan(of_node(beats, SUNZI_BEATS_ACTIVATION)));
        look_at(beats, V, count);
        /* -20 -> 20 at 2.5; level -82 + 10.2 = -71.8 in -40 -> -76.
         * last: activated again in -30 -> 10 at 14.75 after -60 (below the
         * middle of -84 and 26); rest stays -84, peak 10: level -74.6 in
         * -70 -> -80 */
        const double up = which ? 14.75 : 2.5;
        const double down = which ? 16 + 4.6 / 10 : 6 + 31.8 / 36;
        assert_true(near(of_node(beats, SUNZI_BEATS_ACTIVATION), up));
        assert_true(near(of_node(beats, SUNZI_BEATS_REPOLARISATION), down));
        assert_true(near(of_node(beats, SUNZI_BEATS_DURATION), down - up));
        assert_true(of_node(beats, SUNZI_BEATS_REST) == (which ? -84 : -82));
        assert_true(of_node(beats, SUNZI_BEATS_PEAK) == (which ? 10 : 20));
        sunzi_beats_destroy(&beats);
        /* a fixed level, another threshold */
        o.threshold = -30;
        o.fraction = 0;
        o.level = -50;
        good(sunzi_beats_create(t, &o, start, &beats));
        look_at(beats, V, 9);
        assert_true(
            near(of_node(beats, SUNZI_BEATS_ACTIVATION), 1 + 52.0 / 62));
        assert_true(
            near(of_node(beats, SUNZI_BEATS_REPOLARISATION), 6 + 10.0 / 36));
        sunzi_beats_destroy(&beats);
    }
    sunzi_tissue_destroy(&t);
}

/* Half of the looks, saved, loaded elsewhere, the other half: the same bits. */
static void saved_and_loaded(void **unused)
{
    (void)unused;
    sunzi_tissue *t = two_nodes();
    sunzi_beats *whole = NULL, *first = NULL, *second = NULL;
    double numbers[2 * SUNZI_BEATS_NUMBERS], a[2 * SUNZI_BEATS_NUMBERS],
        b[2 * SUNZI_BEATS_NUMBERS];
    const sunzi_beats_options o = {.fraction = 0.9, .which = SUNZI_BEATS_LAST};
    double V[2];
    for (int stop = 0; stop < 300; stop += 7) {
        V[0] = V[1] = -80;
        good(sunzi_beats_create(t, &o, V, &whole));
        good(sunzi_beats_create(t, &o, V, &first));
        for (int s = 0; s < 300; s++) {
            V[0] = -40 + 60 * sin(0.1 * s);
            V[1] = -40 + 60 * sin(0.1 * s + 0.003 * s * s);
            good(sunzi_beats_look(whole, s, 1, V));
            good(sunzi_beats_look(s <= stop ? first : second, s, 1, V));
            if (s == stop) {
                V[0] = 7; /* what create sees is not kept */
                good(sunzi_beats_create(t, &o, V, &second));
                good(sunzi_beats_save(first, numbers));
                good(sunzi_beats_load(second, numbers));
            }
        }
        good(sunzi_beats_save(whole, a));
        good(sunzi_beats_save(second, b));
        assert_memory_equal(a, b, sizeof a);
        sunzi_beats_destroy(&whole);
        sunzi_beats_destroy(&first);
        sunzi_beats_destroy(&second);
    }
    sunzi_tissue_destroy(&t);
}

/* ---- velocity ---- */

enum { N = 8 };

/* A slit: no tissue where x is 3 and y below 5. */
static int slit(void *user, const int64_t v[3], double s[6])
{
    (void)user;
    s[0] = s[1] = s[2] = 0.1;
    return v[0] != 3 || v[1] >= 5;
}

static const double slow[3] = {0.7, -0.4, 1.1}; /* ms/mm */

/* In 1 to 3 dimensions; times of a plane wave, 1000 ms later behind the slit.
 */
static sunzi_tissue *plane_wave(int dims, int64_t *node, double *times)
{
    static double sigma[6] = {0.1, 0.1, 0.1};
    sunzi_tissue_options o;
    sunzi_tissue_options_init(&o);
    for (int d = 0; d < 3; d++) {
        o.voxels[d] = d < dims ? N : 0;
        o.spacing[d] = 0.2 + 0.1 * d;
    }
    o.voxel = dims == 1 ? slab_uniform : slit;
    o.user = sigma;
    sunzi_tissue *t = make(&o);
    sunzi_tissue_nodes(t, node);
    for (int64_t i = 0; i < sunzi_tissue_count(t); i++) {
        const int64_t x[3] = {node[i] % (N + 1), node[i] / (N + 1) % (N + 1),
                              node[i] / (N + 1) / (N + 1)};
        times[i] = x[0] > 3 && dims > 1 && x[1] < 5 ? 1000 : 0;
        for (int d = 0; d < dims; d++)
            times[i] += slow[d] * (double)x[d] * o.spacing[d];
    }
    return t;
}

/* Times that grow linearly have one velocity, to rounding, also at edges; at a
 * slit nothing is taken from its other side. */
static void velocity_of_plane_waves(void **unused)
{
    (void)unused;
    enum { NODES = (N + 1) * (N + 1) * (N + 1) };
    static int64_t node[NODES];
    static double times[NODES], speed[NODES], v[3 * NODES];
    for (int dims = 1; dims <= 3; dims++) {
        sunzi_tissue *t = plane_wave(dims, node, times);
        const int64_t n = sunzi_tissue_count(t);
        double square = 0;
        int64_t checked = 0;
        for (int d = 0; d < dims; d++)
            square += slow[d] * slow[d];
        good(sunzi_tissue_velocity(t, times, 5, v, speed));
        for (int64_t i = 0; i < n; i++) {
            /* where the slit ends times jump */
            const int64_t y = node[i] / (N + 1) % (N + 1);
            if (dims > 1 && (y == 4 || y == 5 || y == 6))
                continue;
            checked++;
            assert_true(fabs(speed[i] * sqrt(square) - 1) < 1e-9);
            for (int d = 0; d < 3; d++)
                assert_true(fabs(v[d * n + i] -
                                 (d < dims ? slow[d] / square : 0)) < 1e-8);
        }
        assert_true(checked > n / 2);
        sunzi_tissue_destroy(&t);
    }
}

/* A limit; a node without a time; times that are all the same. */
static void no_velocity(void **unused)
{
    (void)unused;
    int64_t node[N + 1];
    double times[N + 1], speed[N + 1], v[3 * (N + 1)];
    sunzi_tissue *t = plane_wave(1, node, times);
    good(sunzi_tissue_velocity(t, times, 0.9 / slow[0], v, speed));
    assert_true(isnan(speed[0]) && isnan(v[0]));
    good(sunzi_tissue_velocity(t, times, 1.1 / slow[0], NULL, speed));
    assert_true(speed[0] > 1.4);
    times[1] = NAN; /* 0 has no other neighbour, 2 has */
    good(sunzi_tissue_velocity(t, times, 0, v, speed));
    assert_true(isnan(speed[0]) && isnan(speed[1]) && isnan(v[1]));
    assert_true(fabs(speed[2] * slow[0] - 1) < 1e-12);
    for (int i = 0; i <= N; i++)
        times[i] = 3;
    good(sunzi_tissue_velocity(t, times, 0, NULL, speed));
    for (int i = 0; i <= N; i++)
        assert_true(isnan(speed[i]));
    sunzi_tissue_destroy(&t);
}

static void summaries(void **unused)
{
    (void)unused;
    double sigma[6] = {0.1, 0.1, 0.1}, x[27];
    sunzi_tissue_options o;
    sunzi_tissue_summary s;
    sunzi_tissue_options_init(&o);
    for (int d = 0; d < 3; d++)
        o.voxels[d] = 2;
    o.voxel = slab_uniform;
    o.user = sigma;
    sunzi_tissue *t = make(&o);
    for (int i = 0; i < 27; i++)
        x[i] = NAN;
    good(sunzi_tissue_summarize(t, x, &s));
    assert_true(s.nodes == 0 && isnan(s.least) && isnan(s.most) &&
                isnan(s.mean) && s.least_node == -1 && s.most_node == -1);
    for (int i = 0; i < 27; i++)
        x[i] = i % 5;
    x[13] = -2;  /* the middle: 8 eighths of a voxel */
    x[26] = NAN; /* a corner: 1 */
    good(sunzi_tissue_summarize(t, x, &s));
    double sum = 0, volume = 0;
    for (int i = 0; i < 26; i++) {
        const int inside = (i % 3 == 1) + (i / 3 % 3 == 1) + (i / 9 == 1);
        sum += (1 << inside) * x[i];
        volume += 1 << inside;
    }
    assert_true(s.nodes == 26 && s.least == -2 && s.most == 4);
    assert_true(s.least_node == 13 && s.most_node == 4);
    assert_true(s.mean == sum / volume);
    x[5] = -INFINITY;
    assert_int_equal(sunzi_tissue_summarize(t, x, &s), SUNZI_ERR_NONFINITE);
    assert_non_null(strstr(sunzi_last_message(), "value -inf of node 5"));
    sunzi_tissue_destroy(&t);
}

/* ---- bad input ---- */

static void refuses(sunzi_status status, const char *words)
{
    assert_int_equal(status, SUNZI_ERR_ARG);
    if (!strstr(sunzi_last_message(), words))
        fail_msg("'%s' is not in: %s", words, sunzi_last_message());
}

static void bad_input(void **unused)
{
    (void)unused;
    sunzi_tissue *t = two_nodes();
    sunzi_beats *beats = NULL;
    sunzi_beats_options o;
    sunzi_tissue_summary s;
    double x[2] = {0, 0}, numbers[2 * SUNZI_BEATS_NUMBERS];
    const double V[2] = {-80, -80};
    sunzi_beats_options_init(NULL);
    refuses(sunzi_beats_create(NULL, NULL, V, &beats), "tissue is NULL");
    refuses(sunzi_beats_create(t, NULL, NULL, &beats), "V is NULL");
    refuses(sunzi_beats_create(t, NULL, V, NULL), "beats is NULL");
    sunzi_beats_options_init(&o);
    o.threshold = NAN;
    refuses(sunzi_beats_create(t, &o, V, &beats), "threshold = nan");
    sunzi_beats_options_init(&o);
    o.fraction = 1;
    refuses(sunzi_beats_create(t, &o, V, &beats), "fraction = 1");
    sunzi_beats_options_init(&o);
    o.which = (sunzi_beats_which)2;
    refuses(sunzi_beats_create(t, &o, V, &beats), "which = 2");
    assert_null(beats);
    for (int k = 1; k <= SUNZI_BEATS_NUMBERS + 1; k++) {
        sunzi_memory_fail_after(k);
        assert_int_equal(sunzi_beats_create(t, NULL, V, &beats),
                         SUNZI_ERR_NOMEM);
        sunzi_memory_fail_after(-1);
        assert_null(beats);
    }
    good(sunzi_beats_create(t, NULL, V, &beats));
    refuses(sunzi_beats_look(NULL, 0, 1, V), "beats is NULL");
    refuses(sunzi_beats_look(beats, 0, 0, V), "dt = 0");
    refuses(sunzi_beats_look(beats, NAN, 1, V), "time = nan");
    refuses(sunzi_beats_get(beats, (sunzi_beats_map)5, x), "map = 5");
    refuses(sunzi_beats_get(beats, SUNZI_BEATS_REST, NULL), "values is NULL");
    good(sunzi_beats_save(beats, numbers));
    numbers[2 * SUNZI_BEATS_NUMBERS - 1] = 0.5;
    refuses(sunzi_beats_load(beats, numbers), "stage 0.5 of node 1");
    refuses(sunzi_beats_load(NULL, numbers), "beats is NULL");
    refuses(sunzi_beats_save(beats, NULL), "numbers is NULL");
    refuses(sunzi_tissue_velocity(t, x, -1, NULL, x), "fastest = -1");
    refuses(sunzi_tissue_velocity(t, NULL, 0, NULL, x), "times is NULL");
    refuses(sunzi_tissue_velocity(t, x, 0, NULL, NULL), "speed is NULL");
    refuses(sunzi_tissue_summarize(t, NULL, &s), "values is NULL");
    refuses(sunzi_tissue_summarize(t, x, NULL), "summary is NULL");
    sunzi_beats_destroy(&beats);
    sunzi_beats_destroy(&beats);
    sunzi_beats_destroy(NULL);
    sunzi_tissue_destroy(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wave_has_the_speed_of_theory),
        cmocka_unit_test(beats_of_one_node),
        cmocka_unit_test(saved_and_loaded),
        cmocka_unit_test(velocity_of_plane_waves),
        cmocka_unit_test(no_velocity),
        cmocka_unit_test(summaries),
        cmocka_unit_test(bad_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
