/* SPDX-License-Identifier: BSD-3-Clause */
/* Isolines: a circle is closed and has its radius, planes are exact, gaps stay
 * free, saddles are not crossed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "tools/plot.h"

enum { N = 41 };

typedef double field(double x, double y);

static double radius(double x, double y)
{
    return hypot(x, y);
}

static double slope(double x, double y)
{
    return 3 * x - 2 * y;
}

static double saddle(double x, double y)
{
    return x * y;
}

/* From -1 to 1; steps in x that grow. */
static void take(sunzi_plane *p, field *f)
{
    static double x[N], y[N], number[N * N];
    for (int i = 0; i < N; i++) {
        y[i] = -1 + 2.0 * i / (N - 1);
        x[i] = y[i] + 0.1 * (y[i] * y[i] - 1);
    }
    for (int k = 0; k < N * N; k++)
        number[k] = f(x[k % N], y[k / N]);
    *p = (sunzi_plane){
        .columns = N, .rows = N, .x = x, .y = y, .number = number};
}

static sunzi_contours trace(const sunzi_plane *p, double step, double low,
                            double high)
{
    sunzi_contours c = {.step = step};
    assert_true(sunzi_contours_choose(&c, low, high));
    assert_true(sunzi_contours_trace(p, &c));
    assert_true(c.points % 3 == 0);
    for (int64_t k = 2; k < c.points; k += 3)
        assert_true(isnan(c.point[2 * k]) && isnan(c.point[2 * k + 1]));
    return c;
}

static bool same(const double *a, const double *b)
{
    return fabs(a[0] - b[0]) < 1e-12 && fabs(a[1] - b[1]) < 1e-12;
}

static void a_circle_is_closed(void **unused)
{
    (void)unused;
    sunzi_plane p;
    take(&p, radius);
    sunzi_contours c = trace(&p, 0.75, 0, 0.76); /* one line: 0.75 */
    double length = 0;
    assert_true(c.bands == 2 && c.low == 0 && c.high == 1.5);
    assert_true(c.points > 200);
    for (int64_t k = 0; k < c.points; k++) {
        const double *a = c.point + 2 * k;
        int others = 0;
        if (k % 3 == 2)
            continue;
        /* h^2 / 8 r of linear interpolation, h < 0.06 */
        assert_true(fabs(hypot(a[0], a[1]) - 0.75) < 8e-4);
        for (int64_t i = 0; i < c.points; i++)
            others += i != k && i % 3 < 2 && same(a, c.point + 2 * i);
        assert_int_equal(others, 1); /* where the next segment begins */
        if (k % 3 == 0)
            length += hypot(a[2] - a[0], a[3] - a[1]);
    }
    assert_true(fabs(length / (2 * acos(-1) * 0.75) - 1) < 2e-3);
    free(c.point);
}

static void a_plane_is_exact(void **unused)
{
    (void)unused;
    enum { WIDTH = 60, HEIGHT = 50 };
    double image[WIDTH * HEIGHT];
    sunzi_plane p;
    take(&p, slope);
    sunzi_contours c = trace(&p, 0.7, -5.2, 5);
    assert_true(c.bands == 16 && fabs(c.low + 5.6) < 1e-12);
    for (int64_t k = 0; k < c.points; k++) {
        const double v = slope(c.point[2 * k], c.point[2 * k + 1]) / 0.7;
        assert_true(k % 3 == 2 || fabs(v - rint(v)) < 1e-10);
    }
    sunzi_contours_fill(&p, WIDTH, HEIGHT, image);
    for (int k = 0; k < WIDTH * HEIGHT; k++) {
        const double x =
            p.x[0] + (p.x[N - 1] - p.x[0]) * (k % WIDTH + 0.5) / WIDTH;
        const double y = -1 + 2 * (k / WIDTH + 0.5) / HEIGHT;
        assert_true(fabs(image[k] - slope(x, y)) < 1e-12);
    }
    free(c.point);
}

static void gaps_stay_free(void **unused)
{
    (void)unused;
    enum { WIDTH = 400 };
    static double image[WIDTH * WIDTH];
    sunzi_plane p;
    take(&p, slope);
    for (int k = 0; k < N * N; k++)
        if (k % N >= 10 && k % N <= 20 && k / N >= 15)
            p.number[k] = NAN;
    sunzi_contours c = trace(&p, 0.1, -5, 5);
    for (int64_t k = 0; k < c.points; k++)
        assert_false(k % 3 < 2 && c.point[2 * k] > p.x[9] + 1e-12 &&
                     c.point[2 * k] < p.x[21] - 1e-12 &&
                     c.point[2 * k + 1] > p.y[14] + 1e-12);
    sunzi_contours_fill(&p, WIDTH, WIDTH, image);
    int gaps = 0;
    for (int k = 0; k < WIDTH * WIDTH; k++)
        gaps += isnan(image[k]);
    const double part = (p.x[21] - p.x[9]) * (p.y[N - 1] - p.y[14]) / 4;
    assert_true(fabs(gaps / (double)(WIDTH * WIDTH) - part) < 0.01);
    free(c.point);
}

/* The middle cell of x y: lines at a level go around the corners of its sign.
 */
static void saddles(void **unused)
{
    (void)unused;
    double x[2] = {-1, 1}, y[2] = {-1, 1}, number[4] = {1, -1, -1, 1};
    const sunzi_plane p = {
        .columns = 2, .rows = 2, .x = x, .y = y, .number = number};
    sunzi_contours c = trace(&p, 0.5, -1, 1); /* -0.5, 0, 0.5 */
    assert_int_equal(c.points, 3 * 2 * 3);
    for (int64_t k = 0; k < c.points; k += 3) {
        const double *a = c.point + 2 * k;
        const double mx = (a[0] + a[2]) / 2, my = (a[1] + a[3]) / 2;
        const double level = saddle(a[0], a[1]);
        assert_true(fabs(level - saddle(a[2], a[3])) < 1e-12);
        if (level != 0)
            assert_true(mx * my * level > 0);
    }
    free(c.point);
}

static void too_many(void **unused)
{
    (void)unused;
    sunzi_contours c = {.step = 0.01};
    assert_false(sunzi_contours_choose(&c, 0, 1.02));
    c.step = 2;
    assert_true(sunzi_contours_choose(&c, 3, 3.5) && c.bands == 1 &&
                c.low == 2 && c.high == 4);
    c.step = 1;
    assert_true(sunzi_contours_choose(&c, 3, 3) && c.bands == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_circle_is_closed),
        cmocka_unit_test(a_plane_is_exact), cmocka_unit_test(gaps_stay_free),
        cmocka_unit_test(saddles), cmocka_unit_test(too_many)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
