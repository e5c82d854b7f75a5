/* SPDX-License-Identifier: BSD-3-Clause */
/* `sunzi solve`: arguments, then one comparison for each problem. */
#define _DEFAULT_SOURCE
#include "tools/solve.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/command.h"
#include "tools/team.h"

static const char usage[] =
    "usage: sunzi solve [A.mtx] [OPTIONS]\n"
    "\n"
    "Solve A x = b by LAPACK and by Sunzi from low-precision factors, and "
    "print\n"
    "time, errors and the grade reached. A: Matrix Market or Harwell-Boeing;\n"
    "without a file the built-in problems are solved.\n"
    "\n";

static const char footer[] =
    "\n"
    "Exit code: 0 the grade was reached, 1 solved at a lower grade, 2 usage "
    "or\n"
    "input error, 3 singular or not solvable. Manual page: sunzi-solve(1).\n";

enum {
    RHS,
    OUTPUT,
    FACTOR,
    GRADE,
    REPORT,
    ENGINE,
    THREADS,
    REPRODUCIBLE,
    QUIET,
    HELP,
    OPTIONS
};

static const sunzi_tool_option options[OPTIONS] = {
    [RHS] = {"--rhs", 0, "b.mtx",
             "right-hand sides, one a column (default: "
             "A x0,\nx0_i = 1 + i mod 5)"},
    [OUTPUT] = {"--output", 'o', "x.mtx",
                "write the solution, Matrix Market "
                "array"},
    [FACTOR] = {"--factor", 'f', "RUNG",
                "auto, int8, bf16, fp16, fp32, "
                "emulated or fp64\n(default: a table of all, and auto)"},
    [GRADE] = {"--grade", 'g', "GRADE",
               "backward (default), accurate or "
               "certified"},
    [REPORT] = {"--report", 0, "r.json", "write all figures as JSON"},
    [ENGINE] = {"--engine", 0, "NAME",
                "see sunzi info (default: "
                "SUNZI_ENGINE,\nelse the best one)"},
    [THREADS] = {"--threads", 0, "N", "threads of LAPACK and of Sunzi"},
    [REPRODUCIBLE] = {"--reproducible", 0, NULL,
                      "same bits on every engine, thread count and\nnumber "
                      "of processes; always so under mpirun"},
    [QUIET] = {"--quiet", 'q', NULL, "print errors only"},
    [HELP] = {"--help", 'h', NULL, "this text"},
};

/* ---- arguments ---- */

static int choose_factor(const char *value, sunzi_solve_request *request)
{
    const char *names[SUNZI_FACTOR_FP64 + 1];
    for (int f = 0; f <= SUNZI_FACTOR_FP64; f++)
        names[f] = sunzi_factor_name((sunzi_factor)f);
    const int found = sunzi_tool_choice(SUNZI_SOLVE_COMMAND, "--factor", value,
                                        names, SUNZI_FACTOR_FP64 + 1);
    request->factor = found < 0 ? SUNZI_FACTOR_AUTO : (sunzi_factor)found;
    request->one_factor = true;
    return found;
}

static int choose_grade(const char *value, sunzi_solve_request *request)
{
    const char *names[SUNZI_GRADE_CERTIFIED];
    for (int g = 0; g < SUNZI_GRADE_CERTIFIED; g++)
        names[g] = sunzi_grade_name((sunzi_grade)(g + 1));
    const int found = sunzi_tool_choice(SUNZI_SOLVE_COMMAND, "--grade", value,
                                        names, SUNZI_GRADE_CERTIFIED);
    request->grade = (sunzi_grade)(found + 1);
    return found;
}

static int take_operand(const char *value, sunzi_solve_request *request)
{
    if (!value[0]) {
        sunzi_tool_error(SUNZI_SOLVE_COMMAND, "the name of the matrix file is "
                                              "empty; give its path");
        return -1;
    }
    if (request->matrix_path) {
        sunzi_tool_error(SUNZI_SOLVE_COMMAND,
                         "one matrix at a time, got '%s' and '%s' (the "
                         "right-hand side goes behind --rhs)",
                         request->matrix_path, value);
        return -1;
    }
    request->matrix_path = value;
    return 0;
}

static int take_option(int option, const char *value,
                       sunzi_solve_request *request)
{
    switch (option) {
    case RHS:
        if (!value[0])
            sunzi_tool_error(SUNZI_SOLVE_COMMAND,
                             "--rhs: the file name is empty; give its path");
        request->rhs_path = value;
        return value[0] ? 0 : -1;
    case OUTPUT:
        request->output_path = value;
        return 0;
    case REPORT:
        request->report_path = value;
        return 0;
    case ENGINE:
        request->engine = value;
        return 0;
    case FACTOR:
        return choose_factor(value, request);
    case GRADE:
        return choose_grade(value, request);
    case THREADS:
        request->threads = (int)sunzi_tool_number(SUNZI_SOLVE_COMMAND,
                                                  "--threads", value, 1, 4096);
        return request->threads;
    case REPRODUCIBLE:
        request->reproducible = true;
        return 0;
    default:
        request->quiet = true;
        return 0;
    }
}

enum { FOLDER_BYTES = 4096 };

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* False: `path` is too long, or no file name. */
static bool folder_of(const char *path, char folder[FOLDER_BYTES])
{
    const int length = (int)(name_of(path) - path);
    if (path[0] == '\0' || strlen(path) >= FOLDER_BYTES)
        return false;
    snprintf(folder, FOLDER_BYTES, "%.*s", length ? length : 1,
             length ? path : ".");
    return true;
}

static bool same_file(const char *a, const char *b)
{
    struct stat of_a, of_b;
    if (!a || !b)
        return false;
    return strcmp(a, b) == 0 ||
           (stat(a, &of_a) == 0 && stat(b, &of_b) == 0 &&
            of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino);
}

/* Also two names of a file that is not there yet. */
static bool same_target(const char *a, const char *b)
{
    char folder_a[FOLDER_BYTES], folder_b[FOLDER_BYTES];
    return same_file(a, b) ||
           (a && b && strcmp(name_of(a), name_of(b)) == 0 &&
            folder_of(a, folder_a) && folder_of(b, folder_b) &&
            same_file(folder_a, folder_b));
}

/* Tell before the work, not after it, that a result cannot be written. */
static int check_target(const char *option, const char *path,
                        const sunzi_solve_request *request)
{
    struct stat found;
    char folder[FOLDER_BYTES];
    if (!path)
        return 0;
    if (stat(path, &found) == 0 && !S_ISREG(found.st_mode)) {
        sunzi_tool_error(SUNZI_SOLVE_COMMAND,
                         "%s: '%s' is not a regular file; give a file name",
                         option, path);
        return -1;
    }
    if (same_file(path, request->matrix_path) ||
        same_file(path, request->rhs_path)) {
        sunzi_tool_error(SUNZI_SOLVE_COMMAND,
                         "%s: '%s' is an input file and would be lost; give "
                         "another name",
                         option, path);
        return -1;
    }
    if (!folder_of(path, folder)) {
        sunzi_tool_error(SUNZI_SOLVE_COMMAND, "%s: '%.60s' is not a file name",
                         option, path);
        return -1;
    }
    if (access(folder, W_OK | X_OK) == 0)
        return 0;
    sunzi_tool_error(SUNZI_SOLVE_COMMAND,
                     "%s: the folder of '%s' is missing or cannot be written",
                     option, path);
    return -1;
}

static int check_request(const sunzi_solve_request *request)
{
    if (!request->matrix_path && (request->rhs_path || request->output_path)) {
        sunzi_tool_error(SUNZI_SOLVE_COMMAND,
                         "%s needs a matrix: sunzi solve A.mtx ...",
                         request->rhs_path ? "--rhs" : "--output");
        return -1;
    }
    if (same_target(request->output_path, request->report_path)) {
        sunzi_tool_error(SUNZI_SOLVE_COMMAND,
                         "--output and --report name the same file '%s'",
                         request->output_path);
        return -1;
    }
    if (check_target("--output", request->output_path, request) < 0)
        return -1;
    return check_target("--report", request->report_path, request);
}

/* Where the option is not given: the variable, or, under a launcher, yes. */
static int read_environment(sunzi_solve_request *request)
{
    const char *value = getenv("SUNZI_REPRODUCIBLE");
    const bool set = value && *value;
    if (set && strcmp(value, "0") != 0 && strcmp(value, "1") != 0) {
        sunzi_tool_error(SUNZI_SOLVE_COMMAND,
                         "SUNZI_REPRODUCIBLE: got '%.60s', allowed are 0 and "
                         "1; correct or unset the variable",
                         value);
        return -1;
    }
    if (!request->reproducible)
        request->reproducible =
            set ? *value == '1' : sunzi_team_get()->launched;
    return 0;
}

/* 0, or the exit code + 1 to leave with. */
static int read_arguments(int argc, char **argv, sunzi_solve_request *request)
{
    sunzi_tool_args args = {.command = SUNZI_SOLVE_COMMAND,
                            .options = options,
                            .option_count = OPTIONS,
                            .argc = argc,
                            .argv = argv,
                            .at = 1};
    *request = (sunzi_solve_request){.grade = SUNZI_GRADE_BACKWARD};
    for (int found; (found = sunzi_tool_next(&args)) != SUNZI_ARG_END;) {
        if (found == HELP) {
            fputs(usage, stdout);
            sunzi_tool_print_options(options, OPTIONS);
            fputs(footer, stdout);
            return 1 +
                   sunzi_tool_finish(SUNZI_SOLVE_COMMAND, SUNZI_EXIT_REACHED);
        }
        if (found == SUNZI_ARG_WRONG ||
            (found == SUNZI_ARG_OPERAND
                 ? take_operand(args.value, request)
                 : take_option(found, args.value, request)) < 0)
            return 1 + SUNZI_EXIT_INPUT;
    }
    return read_environment(request) < 0 || check_request(request) < 0
               ? 1 + SUNZI_EXIT_INPUT
               : 0;
}

/* ---- context ---- */

/* OpenBLAS built with pthreads does not follow OpenMP; absent elsewhere. */
extern void openblas_set_num_threads(int threads) __attribute__((weak));

sunzi_status sunzi_solve_context(const sunzi_solve_request *request,
                                 sunzi_context **context)
{
    sunzi_context_options set;
    sunzi_context_options_init(&set);
    if (request->threads) {
        omp_set_num_threads(request->threads);
        if (openblas_set_num_threads)
            openblas_set_num_threads(request->threads);
    }
    set.reproducible = request->reproducible;
    set.engine = request->engine;
    set.threads = request->threads;
    set.progress = request->progress ? sunzi_tool_progress_show : NULL;
    set.progress_user = request->progress;
    return sunzi_context_create(&set, context);
}

/* ---- problems ---- */

static int write_solution(const sunzi_solve_request *request,
                          const sunzi_problem *problem,
                          const sunzi_comparison *comparison)
{
    char comment[200];
    const sunzi_run *run = &comparison->run[comparison->verdict];
    snprintf(comment, sizeof comment, "sunzi %s: solution, grade %s%s",
             sunzi_version(), sunzi_grade_name(run->grade),
             problem->matrix.complex_values
                 ? ", real parts above imaginary parts"
                 : "");
    if (sunzi_matrix_market_write(request->output_path, problem->n,
                                  problem->nrhs, run->X, problem->n,
                                  comment) == SUNZI_OK)
        return 0;
    sunzi_tool_error(SUNZI_SOLVE_COMMAND, "%s", sunzi_last_message());
    return SUNZI_EXIT_INPUT;
}

/* The problem is loaded: solve, tell, write. */
static int work_on(const sunzi_solve_request *request, sunzi_context *context,
                   const sunzi_problem *problem, sunzi_report_file *report)
{
    sunzi_comparison comparison;
    if (!request->quiet) {
        if (report->problems == 0)
            sunzi_print_machine(request, context, report->threads);
        sunzi_print_problem(problem);
        if (sunzi_tool_finish(SUNZI_SOLVE_COMMAND, 0) != 0)
            return SUNZI_EXIT_INPUT;
    }
    int exit_code =
        sunzi_comparison_make(request, context, problem, &comparison);
    sunzi_tool_progress_clear(request->progress);
    if (exit_code == 0) {
        const sunzi_run *run = &comparison.run[comparison.verdict];
        exit_code = sunzi_comparison_exit_code(request, &comparison);
        if (!request->quiet)
            sunzi_print_table(problem, &comparison);
        sunzi_report_add(report, problem, &comparison);
        /* no file is written where the table could not be */
        if (sunzi_tool_finish(SUNZI_SOLVE_COMMAND, 0) != 0)
            exit_code = SUNZI_EXIT_INPUT;
        else if (exit_code >= SUNZI_EXIT_INPUT)
            sunzi_tool_error(SUNZI_SOLVE_COMMAND, "%s: %s", problem->name,
                             run->refuted
                                 ? "the measured errors contradict the grade "
                                   "reported; the solution is not to be used"
                                 : run->reason);
        else if (request->output_path) {
            const int failed = write_solution(request, problem, &comparison);
            exit_code = failed ? failed : exit_code;
        }
    }
    sunzi_comparison_clear(&comparison);
    return exit_code;
}

static int solve_file(const sunzi_solve_request *request,
                      sunzi_context *context, sunzi_report_file *report)
{
    sunzi_problem problem;
    int exit_code = sunzi_problem_load(request, &problem);
    if (exit_code == 0)
        exit_code = work_on(request, context, &problem, report);
    sunzi_problem_clear(&problem);
    return exit_code;
}

/* The worst exit code of all; an input error (memory, say) ends the tour. */
static int solve_gallery(const sunzi_solve_request *request,
                         sunzi_context *context, sunzi_report_file *report)
{
    int worst = 0, reached = 0;
    for (int i = 0; i < sunzi_gallery_count(); i++) {
        sunzi_problem problem;
        if (!request->quiet && i > 0)
            putchar('\n');
        int exit_code =
            sunzi_problem_build(request, sunzi_gallery(i), &problem);
        if (exit_code == 0)
            exit_code = work_on(request, context, &problem, report);
        sunzi_problem_clear(&problem);
        if (exit_code == SUNZI_EXIT_INPUT)
            return exit_code;
        reached += exit_code == 0;
        worst = exit_code > worst ? exit_code : worst;
    }
    if (!request->quiet)
        printf("\n%d of %d problems reached grade %s\n", reached,
               sunzi_gallery_count(), sunzi_grade_name(request->grade));
    return worst;
}

int sunzi_tool_solve(int argc, char **argv)
{
    sunzi_solve_request request;
    sunzi_context *context = NULL;
    sunzi_report_file report;
    sunzi_tool_progress progress;
    int exit_code = read_arguments(argc, argv, &request);
    if (exit_code)
        return exit_code - 1;
    sunzi_tool_progress_begin(&progress, SUNZI_SOLVE_COMMAND, request.quiet, 0);
    request.progress = &progress;
    if (sunzi_solve_context(&request, &context) < 0) {
        sunzi_tool_error(SUNZI_SOLVE_COMMAND, "%s", sunzi_last_message());
        return SUNZI_EXIT_INPUT;
    }
    const int threads =
        request.threads ? request.threads : omp_get_max_threads();
    exit_code = sunzi_report_begin(&request, context, threads, &report);
    if (exit_code == 0) {
        exit_code = request.matrix_path
                        ? solve_file(&request, context, &report)
                        : solve_gallery(&request, context, &report);
        if (!request.quiet && exit_code < SUNZI_EXIT_INPUT)
            sunzi_print_legend();
        exit_code = sunzi_report_end(&report, context, exit_code);
    }
    sunzi_context_destroy(&context);
    return sunzi_tool_finish(SUNZI_SOLVE_COMMAND, exit_code);
}
