/* SPDX-License-Identifier: BSD-3-Clause */
/* sunzi bench device: what a device's units and copies do, beside what its
 * driver's numbers promise, and products and solves on it beside the BLAS and
 * LAPACK of the CPU. */
#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/sunzi.h>

#include "tools/bench.h"
#include "tools/command.h"
#include "tools/hpl.h"

static const char command[] = "sunzi bench device";

static const char usage[] =
    "usage: sunzi bench device [OPTIONS] [N ...]\n"
    "\n"
    "Rates of a device (SUNZI_DEVICE chooses one), then FP64-accurate "
    "products\n"
    "and solves of order N on it, copies included, beside the CPU. Without N:\n"
    "256, doubled while an order takes less than two seconds.\n"
    "\n";

enum { ENGINE, HELP, OPTIONS };
static const sunzi_tool_option options[OPTIONS] = {
    [ENGINE] = {"--engine", 0, "NAME",
                "an engine with a device (default: SUNZI_ENGINE,\nelse the "
                "first one that can be used)"},
    [HELP] = {"--help", 'h', NULL, "this text"},
};

enum { ORDERS_MAX = 32, LARGEST = 32768 };

/* Of an order: at least three runs, more of small ones, fewer of large ones. */
enum { RUNS_LEAST = 3, RUNS_MOST = 50 };
static const double seconds_least = 0.5, seconds_most = 20;

typedef struct request {
    const char *engine;
    int order[ORDERS_MAX], orders;
} request;

/* The first engine with a device. */
static const char *any_device(void)
{
    char text[500];
    for (int i = 0; i < sunzi_engine_count(); i++)
        if (sunzi_engine_available(i, text, sizeof text) &&
            sunzi_engine_device(i, 0, text, sizeof text))
            return sunzi_engine_name(i);
    return NULL;
}

static int open_device(const request *r, sunzi_context **context)
{
    sunzi_context_options o;
    sunzi_device_use use;
    const char *environment = getenv("SUNZI_ENGINE");
    sunzi_context_options_init(&o);
    o.engine = r->engine                     ? r->engine
               : environment && *environment ? environment
                                             : any_device();
    if (!o.engine) {
        sunzi_tool_error(command, "there is no device that can be used; sunzi "
                                  "info says why");
        return -1;
    }
    if (sunzi_context_create(&o, context) < 0) {
        sunzi_tool_error(command, "%s", sunzi_last_message());
        return -1;
    }
    if (sunzi_context_device(*context, &use))
        return 0;
    sunzi_tool_error(command,
                     "engine %s has no device; name one that has, see "
                     "sunzi info",
                     o.engine);
    return -1;
}

static void print_rate(const char *what, double rate, double limit,
                       const char *unit)
{
    printf("  %-38s %10.1f %s", what, rate * 1e-9, unit);
    if (limit > 0)
        printf("  (of %.1f: %.0f%%)", limit * 1e-9, 100 * rate / limit);
    putchar('\n');
}

/* Its own matrix products; *int8: the rate of the one that emulated products
 * use. */
static void print_units(sunzi_context *context, double *int8)
{
    for (int u = 0; u < SUNZI_UNIT_COUNT; u++) {
        char text[300], what[340];
        double rate;
        if (sunzi_context_unit(context, (sunzi_unit)u, text, sizeof text,
                               &rate)) {
            snprintf(what, sizeof what, "%s products of %s",
                     sunzi_unit_name((sunzi_unit)u), text);
            print_rate(what, rate, 0,
                       u == SUNZI_UNIT_INT8 ? "GOP/s" : "GFLOP/s");
        } else {
            printf("  %s products of its own: none: %s\n",
                   sunzi_unit_name((sunzi_unit)u), text);
        }
        if (u == SUNZI_UNIT_INT8 && rate > 0)
            *int8 = rate;
    }
}

static int print_rates(sunzi_context *context, sunzi_device_rates *r)
{
    sunzi_device_use use;
    double memory = 0, fp32 = 0;
    if (sunzi_context_measure_device(context, r) < 0) {
        sunzi_tool_error(command, "%s", sunzi_last_message());
        return -1;
    }
    sunzi_context_device(context, &use);
    sunzi_context_device_limits(context, &memory, &fp32);
    printf("device  %s, engine %s\n\n", use.name,
           sunzi_context_engine(context));
    print_rate("copies to it (64 MiB)", r->to_bytes, 0, "GB/s");
    print_rate("copies from it", r->from_bytes, 0, "GB/s");
    print_rate("its memory (z = x + a y, FP32)", r->memory_bytes, memory,
               "GB/s");
    print_rate("FP32 fused multiply-adds", r->fp32_flops, fp32, "GFLOP/s");
    print_rate("INT8 products (order 1024, one modulus)", r->int8_ops, 0,
               "GOP/s");
    print_units(context, &r->int8_ops);
    if (memory > 0 || fp32 > 0)
        puts("(of ...: what the clocks and widths promise that the driver "
             "tells)");
    return 0;
}

/* ---- products and solves ---- */

typedef struct matrices {
    int n;
    double *a, *b, *c, *lu, *rhs;
    int *pivots;
} matrices;

static int make_matrices(int n, matrices *s)
{
    const size_t entries = (size_t)n * (size_t)n;
    *s = (matrices){.n = n,
                    .a = malloc(entries * 8),
                    .b = malloc(entries * 8),
                    .c = malloc(entries * 8),
                    .lu = malloc(entries * 8),
                    .rhs = malloc((size_t)n * 8),
                    .pivots = malloc((size_t)n * sizeof(int))};
    if (!s->a || !s->b || !s->c || !s->lu || !s->rhs || !s->pivots) {
        sunzi_tool_error(command,
                         "no memory for matrices of order %d; give a smaller "
                         "one",
                         n);
        return -1;
    }
    for (size_t i = 0; i < entries; i++) {
        s->a[i] = sunzi_random_entry((int64_t)i, 0);
        s->b[i] = sunzi_random_entry((int64_t)i, 1);
    }
    return 0;
}

static void free_matrices(matrices *s)
{
    free(s->a);
    free(s->b);
    free(s->c);
    free(s->lu);
    free(s->rhs);
    free(s->pivots);
}

static sunzi_status multiply(sunzi_context *context, const matrices *s,
                             sunzi_product_method method,
                             sunzi_product_info *info)
{
    const sunzi_product_options o = {.method = method};
    return sunzi_dgemm_expert(context, SUNZI_COL_MAJOR, SUNZI_NO_TRANS,
                              SUNZI_NO_TRANS, s->n, s->n, s->n, 1, s->a, s->n,
                              s->b, s->n, 0, s->c, s->n, &o, info);
}

static sunzi_status solve(sunzi_context *context, matrices *s,
                          sunzi_solve_report *report)
{
    sunzi_solve_options o;
    sunzi_solve_options_init(&o);
    o.factor = SUNZI_FACTOR_FP32;
    for (int i = 0; i < s->n; i++)
        s->rhs[i] = 1;
    return sunzi_dsolve(context, SUNZI_COL_MAJOR, s->n, 1, s->a, s->n, s->rhs,
                        s->n, s->c, s->n, &o, report, NULL);
}

typedef struct times {
    double product, blas, solve, lapack;
    double held, native; /* of matrices that stay there; native: 0: no units */
    int moduli;
    double share; /* of the device in the solve's time: factors */
} times;

static void on_the_cpu(matrices *s, times *t)
{
    double start = sunzi_tool_seconds();
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, s->n, s->n, s->n, 1,
                s->a, s->n, s->b, s->n, 0, s->c, s->n);
    t->blas = fmin(t->blas, sunzi_tool_seconds() - start);
    memcpy(s->lu, s->a, (size_t)s->n * (size_t)s->n * sizeof *s->lu);
    for (int i = 0; i < s->n; i++)
        s->rhs[i] = 1;
    start = sunzi_tool_seconds();
    LAPACKE_dgesv(LAPACK_COL_MAJOR, s->n, 1, s->lu, s->n, s->pivots, s->rhs,
                  s->n);
    t->lapack = fmin(t->lapack, sunzi_tool_seconds() - start);
}

static sunzi_status on_the_device(sunzi_context *context, matrices *s, times *t)
{
    sunzi_product_info info;
    sunzi_solve_report report;
    double start = sunzi_tool_seconds();
    sunzi_status status = multiply(context, s, SUNZI_PRODUCT_EMULATED, &info);
    if (status < 0)
        return status;
    t->product = fmin(t->product, sunzi_tool_seconds() - start);
    t->moduli = info.moduli;
    start = sunzi_tool_seconds();
    status = solve(context, s, &report);
    if (status < 0)
        return status;
    t->solve = fmin(t->solve, sunzi_tool_seconds() - start);
    t->share = report.seconds_factor / report.seconds_total;
    return SUNZI_OK;
}

/* A product of held matrices. What it begins goes on after it returns: a number
 * is fetched. */
static sunzi_status multiply_held(sunzi_context *context, const matrices *s,
                                  sunzi_product_method method, double *seconds)
{
    const double start = sunzi_tool_seconds();
    sunzi_product_info info;
    sunzi_status status = multiply(context, s, method, &info);
    if (status >= 0)
        status = sunzi_hold_fetch(context, s->c, 0, sizeof *s->c);
    *seconds = fmin(*seconds, sunzi_tool_seconds() - start);
    return status;
}

static sunzi_status hold_all(sunzi_context *context, const matrices *s)
{
    double *const all[] = {s->a, s->b, s->c};
    sunzi_status status = SUNZI_OK;
    for (int i = 0; i < 3 && status >= 0; i++)
        status = sunzi_hold(context, all[i],
                            (int64_t)s->n * s->n * (int64_t)sizeof(double));
    return status;
}

static sunzi_status end_all(sunzi_context *context, const matrices *s,
                            sunzi_status before)
{
    double *const all[] = {s->a, s->b, s->c};
    sunzi_status status = before;
    for (int i = 0; i < 3; i++) {
        const sunzi_status ended = sunzi_hold_end(context, all[i]);
        status = status < 0 ? status : ended;
    }
    return status;
}

static bool goes_on(int run, double start)
{
    const double so_far = sunzi_tool_seconds() - start;
    return run < RUNS_MOST &&
           so_far <= (run < RUNS_LEAST ? seconds_most : seconds_least);
}

/* Emulated, and by FP64 units of the device's own. The first run copies. */
static sunzi_status on_held(sunzi_context *context, const matrices *s, times *t)
{
    char text[300];
    double rate, unused = INFINITY;
    const bool fp64 =
        sunzi_context_unit(context, SUNZI_UNIT_FP64, text, sizeof text, &rate);
    sunzi_status status = hold_all(context, s);
    const double start = sunzi_tool_seconds();
    for (int run = 0; status >= 0 && goes_on(run, start); run++) {
        status = multiply_held(context, s, SUNZI_PRODUCT_EMULATED,
                               run ? &t->held : &unused);
        if (fp64 && status >= 0)
            status = multiply_held(context, s, SUNZI_PRODUCT_NATIVE,
                                   run ? &t->native : &unused);
    }
    if (!fp64)
        t->native = 0;
    return end_all(context, s, status);
}

static void print_times(int n, const times *t, const sunzi_device_rates *r)
{
    const double product = 2.0 * n * n * n, lu = product / 3;
    printf("%6d %10.4f %8.1f %5.0f%% %8.1f %7.2f | %9.4f %8.1f %5.0f%% %8.1f "
           "%7.2f\n",
           n, t->product, product / t->product * 1e-9,
           100 * product * t->moduli / t->product / r->int8_ops,
           product / t->blas * 1e-9, t->blas / t->product, t->solve,
           lu / t->solve * 1e-9, 100 * t->share, lu / t->lapack * 1e-9,
           t->lapack / t->solve);
    printf("  held %10.4f %8.1f %5.0f%%", t->held, product / t->held * 1e-9,
           100 * product * t->moduli / t->held / r->int8_ops);
    if (t->native > 0)
        printf(" %8.1f %7.2f", product / t->native * 1e-9, t->native / t->held);
    putchar('\n');
}

/* Seconds that the order took, < 0 after a message. */
static double run_order(sunzi_context *context, int n,
                        const sunzi_device_rates *rates)
{
    matrices s;
    times t = {.product = INFINITY,
               .blas = INFINITY,
               .solve = INFINITY,
               .lapack = INFINITY,
               .held = INFINITY,
               .native = INFINITY};
    sunzi_status status =
        make_matrices(n, &s) == 0 ? SUNZI_OK : SUNZI_ERR_NOMEM;
    const double start = sunzi_tool_seconds();
    const bool made = status == SUNZI_OK;
    for (int run = 0; status >= 0 && goes_on(run, start); run++) {
        status = on_the_device(context, &s, &t);
        on_the_cpu(&s, &t);
    }
    if (status >= 0)
        status = on_held(context, &s, &t);
    if (status >= 0)
        print_times(n, &t, rates);
    else if (made)
        sunzi_tool_error(command, "%s", sunzi_last_message());
    free_matrices(&s);
    return status >= 0 ? t.product + t.solve : -1;
}

static int run_orders(const request *r, sunzi_context *context,
                      const sunzi_device_rates *rates)
{
    printf("\n%6s %10s %8s %6s %8s %7s | %9s %8s %6s %8s %7s\n", "order",
           "product[s]", "GFLOP/s", "INT8", "BLAS", "faster", "solve[s]",
           "GFLOP/s", "fact.", "dgesv", "faster");
    for (int i = 0; i < r->orders; i++)
        if (run_order(context, r->order[i], rates) < 0)
            return SUNZI_EXIT_INPUT;
    for (int n = 256; r->orders == 0 && n <= LARGEST; n *= 2) {
        const double seconds = run_order(context, n, rates);
        if (seconds < 0)
            return SUNZI_EXIT_INPUT;
        if (seconds > 2)
            break;
    }
    puts("\nproduct  emulated, FP64-accurate; INT8: its share of the INT8 rate "
         "above, of its\n         own products where it has them\nsolve    "
         "FP32 factors on the device (fact.: their share of the "
         "time), refined to\n         grade backward there\nheld     products "
         "of matrices that stay on the device (sunzi_hold); beside: FP64\n"
         "         products by its own units, where it has them\nTimes are "
         "the best of several runs, all others from host memory to host "
         "memory.");
    return SUNZI_EXIT_REACHED;
}

/* 0; 1: help was printed; -1 after a message. */
static int read_arguments(int argc, char **argv, request *r)
{
    sunzi_tool_args args = {.command = command,
                            .options = options,
                            .option_count = OPTIONS,
                            .argc = argc,
                            .argv = argv,
                            .at = 1};
    for (int found; (found = sunzi_tool_next(&args)) != SUNZI_ARG_END;) {
        if (found == SUNZI_ARG_WRONG)
            return -1;
        if (found == HELP) {
            fputs(usage, stdout);
            sunzi_tool_print_options(options, OPTIONS);
            return 1;
        }
        if (found == ENGINE) {
            r->engine = args.value;
            continue;
        }
        const long n = sunzi_tool_number(command, "N", args.value, 1, LARGEST);
        if (n < 0)
            return -1;
        if (r->orders == ORDERS_MAX) {
            sunzi_tool_error(command, "at most %d orders", ORDERS_MAX);
            return -1;
        }
        r->order[r->orders++] = (int)n;
    }
    return 0;
}

int sunzi_bench_device(int argc, char **argv)
{
    request r = {.engine = NULL};
    sunzi_context *context = NULL;
    sunzi_device_rates rates;
    const int read = read_arguments(argc, argv, &r);
    if (read)
        return read > 0 ? sunzi_tool_finish(command, SUNZI_EXIT_REACHED)
                        : SUNZI_EXIT_INPUT;
    int code = SUNZI_EXIT_INPUT;
    if (open_device(&r, &context) == 0 && print_rates(context, &rates) == 0)
        code = run_orders(&r, context, &rates);
    sunzi_context_destroy(&context);
    return code == SUNZI_EXIT_INPUT ? code : sunzi_tool_finish(command, code);
}
