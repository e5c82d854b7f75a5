/* SPDX-License-Identifier: BSD-3-Clause */
/* sunzi bench hpl-mxp: a mixed-precision solve by the rules of HPL-MxP beside
 * the FP64 solve of the same system by the same program. Rules:
 * https://hpl-mxp.org/rules.md */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tools/bench.h"
#include "tools/hpl.h"
#include "tools/run_command.h"
#include "tools/solve.h"

static const char command[] = "sunzi bench hpl-mxp";

static const char usage[] =
    "usage: sunzi bench hpl-mxp [run.ini] [OPTIONS] [--section.key=value ...]\n"
    "\n"
    "Solve a random diagonally dominant system with low-precision factors and\n"
    "refinement, by the published rules of HPL-MxP, and by FP64 factors; on "
    "one\n"
    "process, or on those of mpirun.\n"
    "\n";

static const char *const factor_names[] = {"int8", "bf16", "fp16",
                                           "tf32", "fp32", NULL};
static const sunzi_factor factors[] = {SUNZI_FACTOR_INT8, SUNZI_FACTOR_BF16,
                                       SUNZI_FACTOR_FP16, SUNZI_FACTOR_TF32,
                                       SUNZI_FACTOR_FP32};

enum { ORDER, FACTOR, REPEATS, ENGINE, THREADS, KEYS };

static const sunzi_run_key keys[KEYS] = {
    [ORDER] = {"hpl", "order", SUNZI_RUN_INTEGER, .range = "[2, 4194304]",
               .standard = "4096", .help = "order of the system"},
    [FACTOR] = {"hpl", "factor", SUNZI_RUN_CHOICE, .choices = factor_names,
                .standard = "fp32",
                .help = "rung of the factors; int8 is told apart: the rules\n"
                        "accept no format below 16 bits"},
    [REPEATS] = {"hpl", "repeats", SUNZI_RUN_INTEGER, .range = "[1, 1000]",
                 .standard = "2", .help = "runs of each; the best one is told"},
    [ENGINE] = {"run", "engine", SUNZI_RUN_STRING, .standard = "",
                .help = "engine of the products, see sunzi info; "
                        "empty:\nSUNZI_ENGINE, else the best one"},
    [THREADS] = {"run", "threads", SUNZI_RUN_INTEGER, .range = "[0, 4096]",
                 .standard = "0",
                 .help = "threads of a process; 0: what OpenMP gives"},
};
static const sunzi_run_schema schema = {"hpl-mxp", keys, KEYS};

/* Short forms of keys, in their order. */
static const sunzi_tool_option options[] = {
    [ORDER] = {"--order", 0, "N", "hpl.order"},
    [FACTOR] = {"--factor", 0, "RUNG", "hpl.factor"},
    [REPEATS] = {"--repeats", 0, "R", "hpl.repeats"},
    [ENGINE] = {"--engine", 0, "NAME", "run.engine"},
    [THREADS] = {"--threads", 0, "T", "run.threads"},
    [KEYS] = {"--help", 'h', NULL, "this text"},
};

enum {
    OPTIONS = (int)(sizeof options / sizeof options[0]),
    OVERRIDES_MAX = 64,
    HELPED = -2
};

/* What the command line says. */
typedef struct words {
    const char *path; /* of the run file, or NULL */
    sunzi_run_override override[OVERRIDES_MAX];
    int overrides;
} words;

static int help(void)
{
    sunzi_tool_run_help(usage, options, OPTIONS, &schema);
    return HELPED;
}

/* 0; HELPED; -1 after a message. */
static int take(int found, const char *value, words *w)
{
    if (found == SUNZI_ARG_WRONG)
        return -1;
    if (found == KEYS)
        return help();
    if (found == SUNZI_ARG_OPERAND) {
        if (w->path)
            sunzi_tool_error(command, "one run file at a time, got '%.60s' too",
                             value);
        const int status = w->path ? -1 : 0;
        w->path = value;
        return status;
    }
    if (w->overrides == OVERRIDES_MAX) {
        sunzi_tool_error(command, "at most %d options", OVERRIDES_MAX);
        return -1;
    }
    w->override[w->overrides++] =
        found == SUNZI_ARG_OVERRIDE
            ? (sunzi_run_override){.option = value}
            : (sunzi_run_override){options[found].name, options[found].help,
                                   value};
    return 0;
}

static void settings_of(const sunzi_run_value *value, sunzi_hpl_settings *s)
{
    s->n = (int)value[ORDER].integer;
    s->factor = factors[value[FACTOR].integer];
    s->repeats = (int)value[REPEATS].integer;
    s->threads = (int)value[THREADS].integer;
    snprintf(s->engine, sizeof s->engine, "%s", value[ENGINE].text);
}

/* Every error of the run file and the options, a line each. */
static int read_run_file(const words *w, sunzi_hpl_settings *s)
{
    static sunzi_run_errors errors;
    sunzi_run_file file;
    if (sunzi_run_file_read(NULL, &schema, w->path, w->override, w->overrides,
                            &file, &errors) < 0) {
        sunzi_tool_run_errors(command, &errors);
        return -1;
    }
    const bool fits = strlen(file.value[ENGINE].text) < sizeof s->engine;
    if (fits)
        settings_of(file.value, s);
    else
        sunzi_run_file_fail(&file, ENGINE, "there is no engine of such a name");
    if (!fits)
        sunzi_tool_error(command, "%s", sunzi_last_message());
    sunzi_run_file_clear(&file);
    return fits ? 0 : -1;
}

/* 0; HELPED; -1 after a message. */
static int read_arguments(int argc, char **argv, sunzi_hpl_settings *s)
{
    words w = {.path = NULL};
    sunzi_tool_args args = {.command = command,
                            .options = options,
                            .option_count = OPTIONS,
                            .argc = argc,
                            .argv = argv,
                            .at = 1,
                            .overrides = true};
    for (int found; (found = sunzi_tool_next(&args)) != SUNZI_ARG_END;) {
        const int got = take(found, args.value, &w);
        if (got != 0)
            return got;
    }
    return read_run_file(&w, s);
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

static int tell_failure(const sunzi_hpl_settings *s, sunzi_status status)
{
    if (status == SUNZI_ERR_NOMEM)
        sunzi_tool_error(command,
                         "hpl.order: got %d, a process has no memory for its "
                         "part of the system; give a smaller order or more "
                         "processes",
                         s->n);
    else
        sunzi_tool_error(command, "%s", sunzi_last_message());
    return SUNZI_EXIT_INPUT;
}

int sunzi_bench_hpl(int argc, char **argv)
{
    sunzi_hpl_settings s;
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
    sunzi_status status = sunzi_share_bench(&s, &low);
    if (status >= 0)
        status = sunzi_share_bench(&fp64, &full);
    if (status < 0)
        return tell_failure(&s, status);
    return sunzi_tool_finish(command, tell(&s, &low, &full));
}
