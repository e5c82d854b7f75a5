/* SPDX-License-Identifier: BSD-3-Clause */
/* Refinement over its callbacks, with an explicit inverse that is made poor on
 * purpose in the place of the factors, against solutions in 113-bit arithmetic:
 * what it calls reached is reached, and it ends. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "precision/refinement.h"
#include "tests/solvers/quad.h"

enum { N = 24, COLUMNS = SUNZI_REFINEMENT_COLUMNS };
static const double u = DBL_EPSILON / 2;

typedef enum callback {
    RESIDUAL,
    HOMOGENEOUS,
    SOLVE,
    DOT,
    NORM,
    ERROR,
    CALLBACKS
} callback;

typedef struct problem {
    double a[N * N], inverse[N * N]; /* by columns; the poor one */
    double b[COLUMNS * N]; /* only some tests use more than the first */
    quad solution[N];
    int calls[CALLBACKS];
    callback fails;
    int first, last; /* its calls that give NaN */
} problem;

/* Count a call; NaN if it fails, else 0. */
static double failure(problem *p, callback which)
{
    p->calls[which]++;
    assert_true(p->calls[which] < 10000 * COLUMNS); /* it does not end */
    const bool fails = which == p->fails && p->calls[which] >= p->first &&
                       p->calls[which] <= p->last;
    return fails ? NAN : 0;
}

static void residual_of(problem *p, bool homogeneous, bool exact,
                        const double *b, const double *x, const double *x_low,
                        double *r)
{
    const double added = failure(p, homogeneous ? HOMOGENEOUS : RESIDUAL);
    for (int i = 0; i < N; i++) {
        double plain = homogeneous ? 0 : b[i];
        quad sum = plain;
        for (int j = 0; j < N; j++) {
            const double a = p->a[i + j * N];
            plain -= a * x[j];
            if (exact)
                sum -= a * ((quad)x[j] + (x_low ? x_low[j] : 0));
        }
        r[i] = exact ? (double)sum : plain;
    }
    r[N / 2] += added;
}

static void residual(void *data, bool homogeneous, bool exact, int count,
                     const int *columns, const double *x, const double *x_low,
                     double *r)
{
    problem *p = data;
    for (int k = 0; k < count; k++) {
        const int at = columns[k] * N;
        residual_of(p, homogeneous, exact, p->b + (homogeneous ? 0 : at),
                    x + at, x_low ? x_low + at : NULL, r + k * N);
    }
}

static void solve_one(problem *p, double *v)
{
    double result[N] = {0};
    for (int j = 0; j < N; j++)
        for (int i = 0; i < N; i++)
            result[i] += p->inverse[i + j * N] * v[j];
    result[N / 2] += failure(p, SOLVE);
    memcpy(v, result, sizeof result);
}

static void solve(void *data, int count, double *v)
{
    for (int k = 0; k < count; k++)
        solve_one(data, v + k * N);
}

static double dot(void *data, const double *x, const double *y)
{
    double sum = failure(data, DOT);
    for (int i = 0; i < N; i++)
        sum += x[i] * y[i];
    return sum;
}

/* NaN if one is */
static double largest(const double *x)
{
    double most = 0;
    for (int i = 0; i < N; i++)
        most = fabs(x[i]) <= most || isnan(most) ? most : fabs(x[i]);
    return most;
}

static double norm(void *data, const double *x)
{
    return largest(x) + failure(data, NORM);
}

static double norm_of_a(const problem *p)
{
    double most = 0;
    for (int i = 0; i < N; i++) {
        double sum = 0;
        for (int j = 0; j < N; j++)
            sum += fabs(p->a[i + j * N]);
        most = fmax(most, sum);
    }
    return most;
}

static double error(void *data, int column, const double *x, const double *r)
{
    const problem *p = data;
    return largest(r) /
               (norm_of_a(p) * largest(x) + largest(p->b + column * N)) +
           failure(data, ERROR);
}

static sunzi_refinement_system system_of(problem *p)
{
    return (sunzi_refinement_system){.data = p,
                                     .n = N,
                                     .b = p->b,
                                     .residual = residual,
                                     .solve = solve,
                                     .dot = dot,
                                     .norm = norm,
                                     .error = error};
}

/* Condition 10^digits; the inverse with relative errors up to `wrong`. */
static problem new_problem(double digits, double wrong, uint64_t seed)
{
    problem p = {.fails = RESIDUAL};
    test_random random = {seed};
    test_conditioned(N, digits, &random, p.a);
    for (int i = 0; i < N; i++)
        p.b[i] = test_uniform(&random);
    test_solve_quad(N, p.a, p.b, p.solution);
    for (int j = 0; j < N; j++) {
        double unit[N] = {0};
        quad column[N];
        unit[j] = 1;
        test_solve_quad(N, p.a, unit, column);
        for (int i = 0; i < N; i++)
            p.inverse[i + j * N] =
                (double)column[i] * (1 + wrong * test_uniform(&random));
    }
    return p;
}

/* ---- what is true of a result ---- */

typedef struct outcome {
    sunzi_refinement_result said;
    double x[N], x_low[N];
    double backward, forward; /* true errors, that of x and that of x + x_low */
} outcome;

static void measure(const problem *given, outcome *o)
{
    problem p = *given;
    double r[N], e[N], x[N];
    for (int i = 0; i < N; i++) {
        x[i] = (double)p.solution[i];
        e[i] = (double)(o->x[i] + (quad)o->x_low[i] - p.solution[i]);
    }
    o->forward = largest(e) / largest(x);
    p.last = 0;
    residual_of(&p, false, true, p.b, o->x, NULL, r);
    o->backward = error(&p, 0, o->x, r);
}

/* Runs, and checks what holds of every run: that only the workspace is written,
 * and that a goal called reached is reached. */
static outcome refine(problem *p, const sunzi_refinement_goal *goal)
{
    const sunzi_refinement_system s = system_of(p);
    const size_t doubles = sunzi_refinement_work(N, 1, goal->max_gmres);
    const int only = 0;
    double *work = malloc((doubles + 1) * sizeof *work);
    outcome o = {.backward = 0};
    assert_non_null(work);
    work[doubles] = 7;
    memset(p->calls, 0, sizeof p->calls);
    sunzi_refine(&s, goal, 1, &only, o.x, goal->accurate ? o.x_low : NULL,
                 &o.said, work);
    assert_true(work[doubles] == 7);
    free(work);
    measure(p, &o);
    if (!o.said.reached)
        assert_true(o.said.remaining == INFINITY);
    else if (goal->accurate)
        assert_true(o.forward <= u / 4);
    else /* the residual that it saw had the rounding errors of FP64 */
        assert_true(o.backward <= goal->tolerance + (N + 1) * u);
    return o;
}

/* ---- tests ---- */

static sunzi_refinement_goal goal_of(bool accurate, double contraction)
{
    return (sunzi_refinement_goal){.accurate = accurate,
                                   .tolerance = sqrt(N) * u,
                                   .contraction = contraction,
                                   .max_steps = 30,
                                   .max_gmres = 100};
}

static void check_converges(double digits, double wrong, bool gmres)
{
    for (uint64_t seed = 1; seed <= 3; seed++)
        for (int accurate = 0; accurate < 2; accurate++) {
            problem p = new_problem(digits, wrong, seed);
            const sunzi_refinement_goal goal =
                goal_of(accurate, pow(10, digits) * wrong);
            const outcome o = refine(&p, &goal);
            print_message("condition 1e%g, inverse to %g, accurate %d: %s, "
                          "steps %d + %d, errors %.2g (said %.2g), %.2g (%.2g)"
                          "\n",
                          digits, wrong, accurate, o.said.end, o.said.steps,
                          o.said.gmres_steps, o.backward, o.said.error,
                          o.forward, o.said.remaining);
            assert_true(o.said.reached);
            assert_int_equal(o.said.gmres_steps > 0, gmres);
            assert_true(o.said.remaining <= u / 4 || !accurate);
        }
}

static void test_classical(void **unused)
{
    (void)unused;
    check_converges(0.3, 0x1p-8, false);
    check_converges(0.5, 0x1p-12, false);
    check_converges(1, 0x1p-12, false);
}

static void test_gmres(void **unused)
{
    (void)unused;
    check_converges(4, 0x1p-8, true);
    check_converges(5, 0x1p-12, true);
    check_converges(6, 0x1p-12, true);
}

static void scale(problem *p, double factor)
{
    for (int e = 0; e < N * N; e++)
        p->inverse[e] *= factor;
}

/* Factors from which the classical corrections grow, and random ones, with
 * which few GMRES steps reach nothing. */
static void test_divergence(void **unused)
{
    (void)unused;
    static const double scales[] = {3, 2.1, -1, 1e200};
    for (int accurate = 0; accurate < 2; accurate++) {
        sunzi_refinement_goal goal = goal_of(accurate, 0);
        goal.max_gmres = 0;
        for (int e = 0; e < 4; e++) {
            problem p = new_problem(1, 0, 5);
            scale(&p, scales[e]);
            assert_false(refine(&p, &goal).said.reached);
        }
        for (goal.max_gmres = 0; goal.max_gmres < N / 2; goal.max_gmres += 5) {
            problem p = new_problem(1, 0x1p6, 6);
            assert_false(refine(&p, &goal).said.reached);
        }
    }
}

/* Whatever the factors are worth: refine() finds a goal that is called reached
 * and is not. */
static void test_never_wrong(void **unused)
{
    (void)unused;
    static const double wrong[] = {0x1p-20, 0x1p-8, 0x1p-4, 0x1p-1, 0x1p4};
    static const int limits[] = {0, 3, N - 1, N, 100};
    int reached = 0, runs = 0;
    for (int digits = 1; digits <= 13; digits += 4)
        for (int w = 0; w < 5; w++) {
            problem p = new_problem(digits, wrong[w], 7);
            for (int e = 0; e < 10; e++) {
                sunzi_refinement_goal goal =
                    goal_of(e % 2, pow(10, digits) * wrong[w]);
                goal.max_gmres = limits[e / 2];
                reached += refine(&p, &goal).said.reached;
                runs++;
            }
        }
    print_message("%d of %d reached\n", reached, runs);
    assert_true(reached > runs / 4 && reached < runs);
}

/* NaN in one call, or in all from one on, ends it. One inside GMRES costs only
 * its last steps: a backward error, which is measured, may still be reached. */
static void check_nan(callback which, bool accurate, bool once)
{
    problem p = new_problem(4, 0x1p-8, 1);
    const sunzi_refinement_goal goal = goal_of(accurate, 40);
    const bool inside = which == HOMOGENEOUS || which == SOLVE || which == DOT;
    bool met = true;
    p.fails = which;
    for (p.first = 1; met; p.first += 1 + p.first / 8) {
        p.last = once ? p.first : INT_MAX;
        const outcome o = refine(&p, &goal);
        met = p.calls[which] >= p.first;
        assert_true(isfinite(largest(o.x)));
        if (!met)
            assert_true(o.said.reached);
        else if (!once && (accurate || !inside))
            assert_false(o.said.reached);
    }
    assert_true(p.first > 5);
}

static void test_nan(void **unused)
{
    (void)unused;
    for (int e = 0; e < 4 * CALLBACKS; e++)
        check_nan((callback)(e / 4), e % 2, e / 2 % 2);
}

enum { ODD = 211 };

static void stagnating_residual(void *data, bool homogeneous, bool exact,
                                int count, const int *columns, const double *x,
                                const double *x_low, double *r)
{
    const double *b = data;
    (void)exact;
    assert_true(count == 1 && columns[0] == 0);
    for (int i = 0; i < ODD; i++)
        r[i] = (homogeneous ? 0 : b[i]) + (x[i] + (x_low ? x_low[i] : 0));
}

static void shift(void *data, int count, double *v)
{
    const double last = v[ODD - 1];
    (void)data;
    assert_int_equal(count, 1);
    memmove(v + 1, v, (ODD - 1) * sizeof *v);
    v[0] = last;
}

static double odd_dot(void *data, const double *x, const double *y)
{
    double sum = 0;
    (void)data;
    for (int i = 0; i < ODD; i++)
        sum += x[i] * y[i];
    return sum;
}

static double odd_norm(void *data, const double *x)
{
    double most = 0;
    (void)data;
    for (int i = 0; i < ODD; i++)
        most = fmax(most, fabs(x[i]));
    return most;
}

static double odd_error(void *data, int column, const double *x,
                        const double *r)
{
    (void)column;
    return odd_norm(data, r) / (odd_norm(data, x) + odd_norm(data, data));
}

/* A = -I and a cyclic shift for its inverse: the residual after the first step
 * is a unit vector, and GMRES gives d = 0 until it has the whole space, which
 * its largest basis is not. Corrections of 0 are then no sign of accuracy. */
static void test_stagnation(void **unused)
{
    (void)unused;
    double b[ODD], x[ODD], x_low[ODD];
    const sunzi_refinement_system s = {.data = b,
                                       .n = ODD,
                                       .b = b,
                                       .residual = stagnating_residual,
                                       .solve = shift,
                                       .dot = odd_dot,
                                       .norm = odd_norm,
                                       .error = odd_error};
    double *work = malloc(sunzi_refinement_work(ODD, 1, 1000) * sizeof *work);
    assert_non_null(work);
    for (int i = 0; i < ODD; i++)
        b[i] = i % 2 ? -0.5 : 0.5;
    for (int accurate = 0; accurate < 2; accurate++) {
        sunzi_refinement_goal goal = goal_of(accurate, 0);
        goal.max_gmres = 1000;
        const int only = 0;
        sunzi_refinement_result said;
        sunzi_refine(&s, &goal, 1, &only, x, x_low, &said, work);
        assert_true(said.gmres_steps > 0);
        assert_false(said.reached);
    }
    free(work);
}

static void test_limits(void **unused)
{
    (void)unused;
    problem fast = new_problem(0.3, 0x1p-8, 1);
    problem slow = new_problem(4, 0x1p-8, 1);
    for (int e = 0; e < 20; e++) {
        sunzi_refinement_goal goal = goal_of(e % 2, 0x1p-7);
        goal.max_steps = e / 2;
        goal.max_gmres = 0;
        outcome o = refine(&fast, &goal);
        assert_true(o.said.steps <= goal.max_steps);
        assert_true(fast.calls[SOLVE] <= goal.max_steps + 1);
        assert_int_equal(fast.calls[HOMOGENEOUS] + fast.calls[DOT], 0);
        assert_int_equal(o.said.reached, goal.max_steps >= 5 + e % 2);
        goal.max_gmres = 5 * (e / 2);
        o = refine(&slow, &goal);
        assert_true(o.said.gmres_steps <= goal.max_gmres);
        assert_int_equal(slow.calls[HOMOGENEOUS], o.said.gmres_steps);
    }
}

/* ||M^-1 (b - A d)|| / ||M^-1 b|| is what GMRES says. */
static void test_inner(void **unused)
{
    (void)unused;
    problem p = new_problem(3, 0x1p-8, 2);
    const sunzi_refinement_system s = system_of(&p);
    double *work = malloc(sunzi_gmres_work(N, N) * sizeof *work);
    assert_non_null(work);
    for (int steps = 0; steps <= N; steps++) {
        double r[N], d[N], start[N], reduction;
        memcpy(r, p.b, sizeof r);
        memcpy(start, p.b, sizeof start);
        const int taken = sunzi_gmres(&s, r, 1e-7, steps, d, &reduction, work);
        residual_of(&p, false, true, p.b, d, NULL, r);
        solve_one(&p, r);
        solve_one(&p, start);
        const double true_reduction =
            sqrt(dot(&p, r, r) / dot(&p, start, start));
        assert_true(fabs(true_reduction - reduction) <= 1e-12);
        assert_true(taken == steps || (taken < steps && reduction <= 1e-7));
        assert_true(reduction <= 1e-7 || steps < N);
    }
    free(work);
}

/* A column between others: bits and report of this column alone, whether it is
 * easy, slow, without a solution or not there. */
static void check_together(double digits, bool accurate, int max_gmres)
{
    problem p = new_problem(digits, 0x1p-8, 3);
    test_random random = {31};
    const sunzi_refinement_system s = system_of(&p);
    sunzi_refinement_goal goal = goal_of(accurate, pow(10, digits) * 0x1p-8);
    goal.max_gmres = max_gmres;
    double *work = malloc(sunzi_refinement_work(N, COLUMNS, max_gmres) * 8);
    double x[COLUMNS * N], x_low[COLUMNS * N], alone[COLUMNS * N];
    sunzi_refinement_result said[COLUMNS], one;
    int columns[COLUMNS], count = 0, slow = 0;
    assert_non_null(work);
    for (int i = 0; i < COLUMNS * N; i++) {
        p.b[i] = test_uniform(&random) * (i / N % 3 ? 1 : 1e-100);
        x[i] = -7;
    }
    p.b[4 * N + 1] = NAN;
    for (int j = COLUMNS - 1; j >= 0; j--)
        if (j % 5 != 2)
            columns[count++] = j;
    memset(p.calls, 0, sizeof p.calls);
    sunzi_refine(&s, &goal, count, columns, x, x_low, said, work);
    for (int j = 0; j < COLUMNS; j++) {
        if (j % 5 == 2) {
            assert_true(x[j * N] == -7);
            continue;
        }
        sunzi_refinement_result *report = malloc(COLUMNS * sizeof one);
        assert_non_null(report);
        memset(p.calls, 0, sizeof p.calls);
        sunzi_refine(&s, &goal, 1, &j, alone, x_low, report, work);
        one = report[j];
        free(report);
        assert_memory_equal(alone + j * N, x + j * N, N * sizeof *x);
        assert_int_equal(one.reached, said[j].reached);
        assert_int_equal(one.steps, said[j].steps);
        assert_int_equal(one.gmres_steps, said[j].gmres_steps);
        assert_memory_equal(&one.error, &said[j].error, sizeof one.error);
        assert_true(one.remaining == said[j].remaining);
        assert_string_equal(one.end, said[j].end);
        assert_int_equal(one.reached, j != 4 && (max_gmres > 0 || digits < 2));
        slow += one.gmres_steps > 0;
    }
    if (digits > 2 && max_gmres > 0)
        assert_true(slow > 0);
    free(work);
}

static void test_together(void **unused)
{
    (void)unused;
    for (int accurate = 0; accurate < 2; accurate++) {
        check_together(0.3, accurate, 100);
        check_together(0.3, accurate, 0);
        check_together(4, accurate, 100);
        check_together(4, accurate, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_classical),  cmocka_unit_test(test_gmres),
        cmocka_unit_test(test_divergence), cmocka_unit_test(test_never_wrong),
        cmocka_unit_test(test_nan),        cmocka_unit_test(test_stagnation),
        cmocka_unit_test(test_limits),     cmocka_unit_test(test_inner),
        cmocka_unit_test(test_together),
    };
    return cmocka_run_group_tests_name("refinement", tests, NULL, NULL);
}
