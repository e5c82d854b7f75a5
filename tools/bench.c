/* SPDX-License-Identifier: BSD-3-Clause */
/* `sunzi bench hpl-mxp`: a mixed-precision solve by the rules of HPL-MxP beside
 * the FP64 solve of the same system by the same program. Rules:
 * https://hpl-mxp.org/rules.md */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tools/command.h"
#include "tools/hpl.h"
#include "tools/solve.h"

static const char command[] = "sunzi bench";

static const char usage[] =
    "usage: sunzi bench hpl-mxp [OPTIONS]\n"
    "\n"
    "Solve a random diagonally dominant system with low-precision factors and\n"
    "refinement, by the published rules of HPL-MxP, and by FP64 factors; on "
    "one\n"
    "process, or on those of mpirun.\n"
    "\n";

enum { ORDER, FACTOR, ENGINE, THREADS, REPEATS, HELP };

static const sunzi_tool_option options[] = {
    [ORDER] = {"--order", 0, "N",
               "order of the system, 1 to 4194304; default "
               "4096"},
    [FACTOR] = {"--factor", 0, "RUNG",
                "bf16, fp16 or fp32 (default); int8 is told apart: the rules\n"
                "accept no format below 16 bits"},
    [ENGINE] = {"--engine", 0, "NAME", "engine of the products"},
    [THREADS] = {"--threads", 0, "T", "threads of a process"},
    [REPEATS] = {"--repeats", 0, "R",
                 "runs of each; the best one is told; "
                 "default 2"},
    [HELP] = {"--help", 'h', NULL, "this text"},
};

enum { OPTIONS = (int)(sizeof options / sizeof options[0]), HELPED = -2 };

static int choose_factor(const char *value, sunzi_hpl_settings *s)
{
    static const char *const names[] = {"int8", "bf16", "fp16", "fp32"};
    static const sunzi_factor factors[] = {SUNZI_FACTOR_INT8, SUNZI_FACTOR_BF16,
                                           SUNZI_FACTOR_FP16,
                                           SUNZI_FACTOR_FP32};
    const int found = sunzi_tool_choice(command, "--factor", value, names, 4);
    if (found >= 0)
        s->factor = factors[found];
    return found;
}

static long take_option(int option, const char *value, sunzi_hpl_settings *s)
{
    long got = 0;
    switch (option) {
    case ORDER:
        got = sunzi_tool_number(command, "--order", value, 1, 1 << 22);
        s->n = (int)got;
        return got;
    case FACTOR:
        return choose_factor(value, s);
    case ENGINE:
        snprintf(s->engine, sizeof s->engine, "%s", value);
        return 0;
    case THREADS:
        got = sunzi_tool_number(command, "--threads", value, 1, 4096);
        s->threads = (int)got;
        return got;
    case REPEATS:
        got = sunzi_tool_number(command, "--repeats", value, 1, 1000);
        s->repeats = (int)got;
        return got;
    default:
        fputs(usage, stdout);
        sunzi_tool_print_options(options, OPTIONS);
        return HELPED;
    }
}

/* 0; HELPED; -1 after a message. */
static int read_arguments(int argc, char **argv, sunzi_hpl_settings *s)
{
    sunzi_tool_args args = {.command = command,
                            .options = options,
                            .option_count = OPTIONS,
                            .argc = argc,
                            .argv = argv,
                            .at = 1};
    bool named = false;
    for (int found; (found = sunzi_tool_next(&args)) != SUNZI_ARG_END;) {
        if (found == SUNZI_ARG_WRONG)
            return -1;
        if (found >= 0) {
            const long got = take_option(found, args.value, s);
            if (got < 0)
                return (int)got;
            continue;
        }
        if (named || strcmp(args.value, "hpl-mxp") != 0) {
            sunzi_tool_error(command, "got '%.60s', allowed is hpl-mxp, once",
                             args.value);
            return -1;
        }
        named = true;
    }
    if (!named)
        sunzi_tool_error(command, "the name of the benchmark is missing: "
                                  "sunzi bench hpl-mxp");
    return named ? 0 : -1;
}

static double operations(int n)
{
    const double order = n;
    return 2.0 / 3 * order * order * order + 1.5 * order * order;
}

static bool valid(const sunzi_hpl_result *r)
{
    return r->residual <= 16;
}

static void print_result(const char *name, int n, const sunzi_hpl_result *r)
{
    printf("%-22s %-8s %9.3f %10.1f %6.1f%% %5d+%-4d %10.2e  %s\n", name,
           sunzi_factor_name(r->report.factor), r->seconds,
           operations(n) / r->seconds * 1e-9,
           100 * r->report.seconds_factor / r->seconds, r->column.refinements,
           r->column.gmres_iterations, r->residual,
           valid(r) ? "valid" : "INVALID");
}

static void print_rules(const sunzi_hpl_settings *s)
{
    printf(
        "\nRules (https://hpl-mxp.org/rules.md): the factors count as 2/3 n^3 "
        "+ 3/2 n^2 operations\nin whatever precision; refinement in FP64 with "
        "the factors as preconditioner; valid if\n||b - A x|| / ((||A|| ||x|| "
        "+ ||b||) n 2^-53) <= 16 in maximum norms; scaling is in the time.\n"
        "A has entries uniform in (-1/2, 1/2) and the sum of their magnitudes "
        "on the diagonal: it is\nfar easier than most users' matrices (no row "
        "exchanges happen, few steps suffice).\nBoth rows are this library's "
        "solves of the same system, with scaling, condition estimate and\n"
        "error report, which HPL does not do.\n");
    if (s->factor == SUNZI_FACTOR_INT8)
        printf("INT8 slices are below the 16 bits that the rules accept: not a "
               "figure for their list.\n");
}

static int tell(const sunzi_hpl_settings *s, const sunzi_hpl_result *low,
                const sunzi_hpl_result *full)
{
    const sunzi_team *team = sunzi_team_get();
    printf(
        "HPL-MxP, order %d, %d process%s in a grid of %d x %d, engine %s\n\n",
        s->n, team->processes, team->processes > 1 ? "es" : "", team->rows,
        team->cols, low->report.engine);
    printf("%-22s %-8s %9s %10s %7s %10s %10s\n", "", "factors", "time [s]",
           "GFLOP/s", "factors", "steps+gm", "residual");
    print_result("mixed precision (MxP)", s->n, low);
    print_result("FP64 (HPL-like)", s->n, full);
    printf("\nMixed precision is %.2f times as fast.\n",
           full->seconds / low->seconds);
    print_rules(s);
    return valid(low) && valid(full) ? SUNZI_EXIT_REACHED : SUNZI_EXIT_LOWER;
}

int sunzi_tool_bench(int argc, char **argv)
{
    sunzi_hpl_settings s = {
        .n = 4096, .repeats = 2, .factor = SUNZI_FACTOR_FP32};
    sunzi_hpl_result low = {0}, full = {0};
    const int read = read_arguments(argc, argv, &s);
    if (read < 0)
        return read == HELPED ? sunzi_tool_finish(command, SUNZI_EXIT_REACHED)
                              : SUNZI_EXIT_INPUT;
    char why[256];
    if (!sunzi_factor_available(NULL, s.factor, why, sizeof why)) {
        sunzi_tool_error(command, "--factor %s: %s",
                         sunzi_factor_name(s.factor), why);
        return SUNZI_EXIT_INPUT;
    }
    sunzi_hpl_settings fp64 = s;
    fp64.factor = SUNZI_FACTOR_FP64;
    if (sunzi_share_bench(&s, &low) < 0 ||
        sunzi_share_bench(&fp64, &full) < 0) {
        sunzi_tool_error(command, "%s", sunzi_last_message());
        return SUNZI_EXIT_INPUT;
    }
    return sunzi_tool_finish(command, tell(&s, &low, &full));
}
