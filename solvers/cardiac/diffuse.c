/* SPDX-License-Identifier: BSD-3-Clause */
/* A step of diffusion: the increment d of V in the arithmetic of the policy,
 * preconditioned by the diagonal: by Chebyshev's iteration, without a sum,
 * while proved bounds of the eigenvalues make it short, as at the steps that
 * cells ask for; else by conjugate gradients, whose inner products are exact
 * sums. Solved for d and not for V, whose resting potential would make a
 * tolerance and FP32 say little of the change. */
#include <math.h>

#include "core/communicator.h"
#include "engines/launch.h"
#include "solvers/cardiac/tissue.h"
#include "solvers/cardiac/tissue.k.h"

static const char function[] = "sunzi_tissue_diffuse";

enum {
    ITERATIONS_MAX = 1000, /* of conjugate gradients */
    CHEBYSHEV_MAX = 30     /* beyond that they need fewer */
};

/* Launch the kernel of the policy. */
#define LAUNCH(t, kernel, range, ...)                                          \
    ((t)->policy == SUNZI_POLICY_FP64                                          \
         ? SUNZI_LAUNCH((t)->ctx, kernel##_fp64, range, __VA_ARGS__)           \
     : (t)->policy == SUNZI_POLICY_FP32                                        \
         ? SUNZI_LAUNCH((t)->ctx, kernel##_fp32, range, __VA_ARGS__)           \
         : SUNZI_LAUNCH((t)->ctx, kernel##_fp32c, range, __VA_ARGS__))

#define APPLY7(t, range, ...)                                                  \
    ((t)->policy == SUNZI_POLICY_FP64                                          \
         ? SUNZI_LAUNCH((t)->ctx, conjugate_apply_fp64, range, __VA_ARGS__)    \
         : SUNZI_LAUNCH((t)->ctx, conjugate_apply_fp32, range, __VA_ARGS__))

#define AXES(t)                                                                \
    .wx = {(t)->weight[0].memory}, .wy = {(t)->weight[1].memory},              \
    .wz = {(t)->weight[2].memory}
#define DIAGONALS(t)                                                           \
    .wxyp = {(t)->weight[3].memory}, .wxym = {(t)->weight[4].memory},          \
    .wxzp = {(t)->weight[5].memory}, .wxzm = {(t)->weight[6].memory},          \
    .wyzp = {(t)->weight[7].memory}, .wyzm = {(t)->weight[8].memory}
#define STEPS(t) .row = (int)(t)->grid.step[1], .slab = (int)(t)->grid.step[2]

/* The nodes of the process on its grid. */
static k_range brick(const sunzi_tissue *t)
{
    const int64_t *c = t->grid.count;
    return (k_range){{1, 1, 1}, {(int)c[2] + 1, (int)c[1] + 1, (int)c[0] + 1}};
}

/* Part of the fluxes that is taken at the end of the step. */
static double implicit_part(const sunzi_tissue *t)
{
    return t->scheme == SUNZI_TISSUE_EXPLICIT         ? 0
           : t->scheme == SUNZI_TISSUE_BACKWARD_EULER ? 1
                                                      : 0.5;
}

/* ---- arguments ---- */

static sunzi_status check(const sunzi_tissue *t, double dt, const void *V,
                          int64_t plane)
{
    if (!(dt > 0 && isfinite(dt)))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: dt = %g, allowed: positive numbers, in ms",
                          function, dt);
    if (t->scheme == SUNZI_TISSUE_EXPLICIT && dt > t->limit)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: dt = %g ms, allowed: at most %.6g ms, the "
                          "stability limit of the explicit scheme on this "
                          "grid; take a smaller step or an implicit scheme",
                          function, dt, t->limit);
    if (!V && t->count > 0)
        return sunzi_fail(SUNZI_ERR_ARG, "%s: V is NULL, allowed: %lld numbers",
                          function, (long long)t->count);
    if (t->policy == SUNZI_POLICY_FP32C &&
        (plane < t->count || plane > INT32_MAX - t->count))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: plane = %lld, allowed: at least %lld, where the "
                          "low parts of V begin, and below 2^31",
                          function, (long long)plane, (long long)t->count);
    return SUNZI_OK;
}

/* ---- the parts of a step ---- */

sunzi_status sunzi_tissue_prepare(sunzi_tissue *t, double dt)
{
    if (dt == t->dt)
        return SUNZI_OK;
    const double part = implicit_part(t) * dt;
    void *bytes;
    const sunzi_status status = sunzi_memory_fill(t->inverse.memory, &bytes);
    for (int64_t i = 0; i < t->grid.cells && status == SUNZI_OK; i++) {
        const double d = t->mass[i] + part * t->total[i];
        const double inverse = t->mass[i] > 0 ? 1 / d : 0;
        if (t->policy == SUNZI_POLICY_FP64)
            ((double *)bytes)[i] = inverse;
        else
            ((float *)bytes)[i] = (float)inverse;
    }
    t->dt = status == SUNZI_OK ? dt : 0;
    return status;
}

sunzi_status sunzi_tissue_spread(sunzi_tissue *t, sunzi_memory *V,
                                 int64_t plane, sunzi_status mine)
{
    if (mine == SUNZI_OK)
        mine = LAUNCH(t, tissue_spread, sunzi_range((int)t->count), .v = {V},
                      .place = {t->place.memory}, .grid = {t->state.memory},
                      .plane = (int)plane, .grid_plane = (int)t->grid.cells);
    return sunzi_border_exchange(t->state_halo, 0, t->state_border,
                                 t->state.memory, t->state.bytes, mine);
}

sunzi_status sunzi_tissue_flux(sunzi_tissue *t, double dt,
                               const sunzi_tissue_array *state)
{
    const int grid_plane = (int)t->grid.cells;
    if (t->faces)
        return LAUNCH(t, tissue_begin19, brick(t), .v = {state->memory},
                      AXES(t), DIAGONALS(t), .inverse = {t->inverse.memory},
                      .r = {t->r.memory}, .z = {t->z.memory},
                      .p = {t->p.memory}, .dt = dt, STEPS(t),
                      .plane = grid_plane);
    return LAUNCH(t, tissue_begin7, brick(t), .v = {state->memory}, AXES(t),
                  .inverse = {t->inverse.memory}, .r = {t->r.memory},
                  .z = {t->z.memory}, .p = {t->p.memory}, .dt = dt, STEPS(t),
                  .plane = grid_plane);
}

/* r, z, p from V on the grid; x = 0. A process that failed takes part. */
static sunzi_status begin(sunzi_tissue *t, double dt, sunzi_memory *V,
                          int64_t plane, sunzi_status mine)
{
    sunzi_status status = mine;
    if (status == SUNZI_OK)
        status = sunzi_tissue_prepare(t, dt);
    SUNZI_TRY(sunzi_tissue_spread(t, V, plane, status));
    SUNZI_TRY(sunzi_tissue_flux(t, dt, &t->state));
    if (t->scheme != SUNZI_TISSUE_EXPLICIT)
        SUNZI_TRY(sunzi_memory_clear(t->x.memory));
done:
    return status;
}

sunzi_status sunzi_tissue_apply(sunzi_tissue *t, double part,
                                const sunzi_tissue_array *mass,
                                sunzi_status mine)
{
    sunzi_status status;
    SUNZI_TRY(sunzi_border_exchange(t->direction_halo, 0, t->direction_border,
                                    t->p.memory, t->p.bytes, mine));
    if (t->faces)
        SUNZI_TRY(LAUNCH(t, tissue_apply19, brick(t), .p = {t->p.memory},
                         .mass = {mass->memory}, AXES(t), DIAGONALS(t),
                         .q = {t->q.memory}, .dt = part, STEPS(t)));
    else
        SUNZI_TRY(APPLY7(t, brick(t), .p = {t->p.memory},
                         .mass = {mass->memory}, AXES(t), .q = {t->q.memory},
                         .part = part, STEPS(t)));
done:
    return status;
}

sunzi_status sunzi_tissue_combine(const sunzi_tissue *t, sunzi_tissue_array *to,
                                  const sunzi_tissue_array *from, bool add)
{
    return LAUNCH(t, tissue_combine, sunzi_range((int)t->grid.cells),
                  .from = {from->memory}, .to = {to->memory}, .add = add);
}

sunzi_status sunzi_tissue_shift(sunzi_tissue *t, double mean)
{
    return LAUNCH(t, tissue_shift, sunzi_range((int)t->count),
                  .place = {t->place.memory}, .r = {t->r.memory}, .mean = mean);
}

/* 2^exponent, which is a number of the policy: larger ones are cut. */
static double power(const sunzi_tissue *t, int exponent)
{
    const int most = t->policy == SUNZI_POLICY_FP64 ? 1000 : 120;
    return ldexp(1, exponent > most    ? most
                    : exponent < -most ? -most
                                       : exponent);
}

sunzi_status sunzi_tissue_ask(const sunzi_tissue *t, int exponent,
                              sunzi_tissue_array *question)
{
    return LAUNCH(t, tissue_question, sunzi_range((int)t->count),
                  .from = {t->r.memory}, .place = {t->place.memory},
                  .to = {question->memory}, .scale = power(t, -exponent));
}

sunzi_status sunzi_tissue_answer(sunzi_tissue *t, int exponent,
                                 const sunzi_tissue_array *answer)
{
    return LAUNCH(t, tissue_answer, sunzi_range((int)t->count),
                  .from = {answer->memory}, .place = {t->place.memory},
                  .to = {t->z.memory}, .scale = power(t, exponent));
}

static sunzi_status not_finite(void)
{
    return sunzi_fail(SUNZI_ERR_BLOW_UP, "%s: the increment of V overflows",
                      function);
}

sunzi_status sunzi_tissue_advance(sunzi_tissue *t, double a)
{
    return LAUNCH(t, tissue_advance, brick(t), .p = {t->p.memory},
                  .q = {t->q.memory}, .inverse = {t->inverse.memory},
                  .x = {t->x.memory}, .r = {t->r.memory}, .z = {t->z.memory},
                  .a = a, STEPS(t));
}

sunzi_status sunzi_tissue_direct(sunzi_tissue *t, double b)
{
    return LAUNCH(t, tissue_direct, brick(t), .z = {t->z.memory},
                  .p = {t->p.memory}, .b = b, STEPS(t));
}

/* Conjugate gradients: x from p = z = r inverse. Collective; all processes take
 * the same path. */
static sunzi_status conjugate(sunzi_tissue *t, double part, double rho,
                              sunzi_tissue_report *report)
{
    const double first = rho;
    double curvature, before;
    sunzi_status status = SUNZI_OK, mine = SUNZI_OK;
    while (rho > 0) {
        mine = sunzi_tissue_apply(t, part, &t->volume, mine);
        SUNZI_TRY(sunzi_tissue_dot(t, mine, &t->p, &t->q, &curvature));
        if (!(curvature > 0 && isfinite(curvature)))
            return not_finite();
        mine = sunzi_tissue_advance(t, rho / curvature);
        before = rho;
        SUNZI_TRY(sunzi_tissue_dot(t, mine, &t->r, &t->z, &rho));
        report->iterations++;
        report->residual = sqrt(rho / first);
        if (report->residual <= t->tolerance ||
            report->iterations == ITERATIONS_MAX)
            break;
        mine = sunzi_tissue_direct(t, rho / before);
    }
    return rho >= 0 && isfinite(rho) ? SUNZI_OK : not_finite();
done:
    return status;
}

/* The eigenvalues of inverse A: A >= mass from below, Gershgorin's circles from
 * above. */
static void bound_spectrum(const sunzi_tissue *t, double part, double *low,
                           double *high)
{
    const double g = part * t->stiffness;
    *low = 1 / (1 + g);
    *high = 1 + t->cancellation * g / (1 + g);
}

/* Steps of Chebyshev's iteration that reduce the error to `tolerance`, whatever
 * the right-hand side is: 2 c^k / (1 + c^2k), c = (sqrt(cond) - 1) /
 * (sqrt(cond)
 * + 1); CHEBYSHEV_MAX + 1: too many. */
static int count_chebyshev(const sunzi_tissue *t, double part, double *reached)
{
    double low, high, power = 1;
    bound_spectrum(t, part, &low, &high);
    const double root = sqrt(high / low), c = (root - 1) / (root + 1);
    int count = 0;
    do {
        count++;
        power *= c;
        *reached = 2 * power / (1 + power * power);
    } while (*reached > t->tolerance && count <= CHEBYSHEV_MAX);
    return count;
}

/* Chebyshev's iteration, which needs no sums: x from p = z = r inverse. Y.
 * Saad, Iterative Methods for Sparse Linear Systems, SIAM 2003, algorithm 12.1,
 * its directions d = a p. */
static sunzi_status chebyshev(sunzi_tissue *t, double part, int count)
{
    double low, high;
    bound_spectrum(t, part, &low, &high);
    const double middle = (high + low) / 2, half = (high - low) / 2;
    double a = 1 / middle, ratio = half / middle;
    sunzi_status mine = SUNZI_OK;
    for (int k = 1; k <= count; k++) {
        if (k < count)
            mine = sunzi_tissue_apply(t, part, &t->volume, mine);
        if (mine == SUNZI_OK)
            mine = sunzi_tissue_advance(t, a); /* the last time only x counts */
        if (k == count)
            break;
        const double next = 1 / (2 * middle / half - ratio);
        const double next_a = 2 * next / half;
        if (mine == SUNZI_OK)
            mine = sunzi_tissue_direct(t, next * ratio * a / next_a);
        ratio = next;
        a = next_a;
    }
    return mine;
}

/* The increment of an implicit step, in x. Collective. */
static sunzi_status solve(sunzi_tissue *t, double dt, double rho,
                          sunzi_tissue_report *report)
{
    const double part = implicit_part(t) * dt;
    double reached;
    const int count = count_chebyshev(t, part, &reached);
    if (rho == 0 || count > CHEBYSHEV_MAX)
        return conjugate(t, part, rho, report);
    report->iterations = count;
    report->residual = reached;
    return chebyshev(t, part, count);
}

sunzi_status sunzi_tissue_increment(sunzi_tissue *t, sunzi_memory *V,
                                    int64_t plane)
{
    const sunzi_tissue_array *d =
        t->scheme == SUNZI_TISSUE_EXPLICIT ? &t->z : &t->x;
    return LAUNCH(t, tissue_add, sunzi_range((int)t->count), .x = {d->memory},
                  .place = {t->place.memory}, .v = {V}, .plane = (int)plane);
}

/* ---- a step ---- */

/* Whether V is finite is seen from one sum, which all processes know; an
 * explicit step has the increment in z already. */
sunzi_status sunzi_tissue_find_increment(sunzi_tissue *t, double dt,
                                         sunzi_status mine,
                                         sunzi_tissue_report *report)
{
    double rho;
    const sunzi_status status = sunzi_tissue_dot(t, mine, &t->r, &t->z, &rho);
    if (status < 0)
        return status;
    if (!(rho >= 0 && isfinite(rho)))
        return not_finite();
    return t->scheme == SUNZI_TISSUE_EXPLICIT ? SUNZI_OK
                                              : solve(t, dt, rho, report);
}

/* Where it is that V is not finite, else the sentence that it overflows.
 * Collective. */
static sunzi_status name_place(const sunzi_tissue *t, const void *V,
                               int64_t plane)
{
    const sunzi_status found =
        sunzi_tissue_find_bad(t, V, plane, -HUGE_VAL, HUGE_VAL);
    return found < 0 ? found : not_finite();
}

sunzi_status sunzi_tissue_diffuse_if(sunzi_tissue *t, sunzi_status mine,
                                     double dt, void *V, int64_t plane,
                                     sunzi_tissue_report *report)
{
    sunzi_memory *memory = NULL;
    sunzi_status status = mine == SUNZI_OK ? check(t, dt, V, plane) : mine;
    if (t->policy != SUNZI_POLICY_FP32C)
        plane = 0;
    if (status == SUNZI_OK)
        status =
            sunzi_memory_use(t->ctx, t->count ? V : t->place.bytes,
                             (size_t)(plane + t->count) * sunzi_tissue_size(t),
                             function, &memory);
    status = begin(t, dt, memory, plane, status);
    status = sunzi_tissue_find_increment(t, dt, status, report);
    if (status == SUNZI_ERR_BLOW_UP)
        goto done; /* all know it */
    if (status == SUNZI_OK)
        status = sunzi_tissue_increment(t, memory, plane);
    if (status == SUNZI_OK)
        status = sunzi_memory_leave(&memory);
    status = sunzi_comm_agree(t->comm, status);
    if (status == SUNZI_OK && report->iterations == ITERATIONS_MAX &&
        report->residual > t->tolerance)
        status = sunzi_fail(SUNZI_REACHED_NONE,
                            "%s: %d iterations reached a residual of %.3g, "
                            "%.3g was asked; take a smaller step",
                            function, ITERATIONS_MAX, report->residual,
                            t->tolerance);
done:
    (void)sunzi_memory_leave(&memory);
    return status;
}

sunzi_status sunzi_tissue_diffuse(sunzi_tissue *t, double dt, void *V,
                                  int64_t plane, sunzi_tissue_report *report)
{
    sunzi_tissue_report done = {0};
    const double start = sunzi_seconds();
    if (!t) /* on all processes: there is no communicator */
        return sunzi_tissue_is_null(function, "tissue");
    sunzi_status status =
        sunzi_tissue_diffuse_if(t, SUNZI_OK, dt, V, plane, &done);
    if (status == SUNZI_ERR_BLOW_UP)
        status = name_place(t, V, plane);
    done.diffusion_seconds = sunzi_seconds() - start;
    if (report && status >= 0)
        *report = done;
    return status;
}

/* ---- a run that blew up ---- */

/* Collective. The number of the first node of all processes that is told, and
 * its V, on all of them: that of the process that holds it. */
static sunzi_status tell_first(const sunzi_tissue *t, int64_t number, double V,
                               int64_t first)
{
    const int64_t nx = t->nodes[0], ny = t->nodes[1];
    sunzi_status status = SUNZI_OK;
    if (number == first)
        status =
            sunzi_fail(SUNZI_ERR_BLOW_UP,
                       "sunzi_tissue_check: V = %g mV at node (%lld, "
                       "%lld, %lld)",
                       V, (long long)(first % nx), (long long)(first / nx % ny),
                       (long long)(first / nx / ny));
    return sunzi_comm_agree(t->comm, status);
}

sunzi_status sunzi_tissue_find_bad(const sunzi_tissue *t, const void *V,
                                   int64_t plane, double lowest, double highest)
{
    const int *place = t->place.bytes;
    int64_t number = INT64_MAX;
    double value = 0;
    if (V && sunzi_memory_refresh(t->ctx, V, false) < 0)
        V = NULL; /* the device failed: what it has is not known */
    for (int64_t i = 0; i < t->count && V && number == INT64_MAX; i++) {
        const double low = t->policy == SUNZI_POLICY_FP32C
                               ? sunzi_tissue_get(t, V, plane + i)
                               : 0;
        value = sunzi_tissue_get(t, V, i) + low;
        if (value >= lowest && value <= highest && isfinite(value))
            continue;
        int64_t n[3];
        sunzi_tissue_find_node(t, place[i], n);
        number = sunzi_tissue_number(t, n);
    }
    int64_t first = number;
    const sunzi_status status =
        sunzi_comm_reduce(t->comm, SUNZI_REDUCE_MIN, &first, 1);
    if (status < 0 || first == INT64_MAX)
        return status;
    return tell_first(t, number, value, first);
}

sunzi_status sunzi_tissue_check(const sunzi_tissue *t, const void *V,
                                int64_t plane, double lowest, double highest)
{
    static const char checks[] = "sunzi_tissue_check";
    if (!t)
        return sunzi_tissue_is_null(checks, "tissue");
    const sunzi_status status = sunzi_comm_agree(
        t->comm,
        V || t->count == 0 ? SUNZI_OK : sunzi_tissue_is_null(checks, "V"));
    return status < 0 ? status
                      : sunzi_tissue_find_bad(t, V, plane, lowest, highest);
}
