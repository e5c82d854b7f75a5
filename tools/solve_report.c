/* SPDX-License-Identifier: BSD-3-Clause */
/* The report of `sunzi solve` as JSON; doc/sunzi-solve.1 documents every key.
 * It is kept in memory to the end: a run that is stopped leaves no file. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdlib.h>

#include "io/new_file.h"
#include "tools/command.h"
#include "tools/json.h"
#include "tools/machine.h"
#include "tools/solve.h"
#include "tools/team.h"

enum { SCHEMA = 1 };

static void write_machine(sunzi_json *json, sunzi_context *context, int threads)
{
    const sunzi_team *team = sunzi_team_get();
    char text[400];
    sunzi_json_open(json, "machine", '{');
    sunzi_machine_cpu(text, sizeof text);
    sunzi_json_string(json, "cpu", text);
    sunzi_machine_instruction_sets(text, sizeof text);
    sunzi_json_string(json, "instruction_sets", text);
    sunzi_json_string(json, "engine", sunzi_context_engine(context));
    sunzi_json_integer(json, "threads", threads);
    sunzi_json_integer(json, "processes", team->processes);
    sunzi_json_integer(json, "grid_rows", team->rows);
    sunzi_json_integer(json, "grid_cols", team->cols);
    sunzi_json_number(json, "load", sunzi_machine_load());
    sunzi_json_string(json, "blas", sunzi_blas_description());
    sunzi_json_string(json, "blas_note", sunzi_machine_blas_note());
    sunzi_json_close(json, '}');
}

static int no_memory(void)
{
    sunzi_tool_error(SUNZI_SOLVE_COMMAND, "memory could not be allocated");
    return SUNZI_EXIT_INPUT;
}

int sunzi_report_begin(const sunzi_solve_request *request,
                       sunzi_context *context, int threads,
                       sunzi_report_file *report)
{
    *report =
        (sunzi_report_file){.path = request->report_path, .threads = threads};
    if (!report->path)
        return 0;
    sunzi_json *json = calloc(1, sizeof *json);
    report->json = json;
    if (json)
        json->out = open_memstream(&report->text, &report->bytes);
    if (!json || !json->out) {
        free(json);
        return no_memory();
    }
    sunzi_json_open(json, NULL, '{');
    sunzi_json_integer(json, "schema", SCHEMA);
    sunzi_json_string(json, "program", SUNZI_SOLVE_COMMAND);
    sunzi_json_string(json, "version", sunzi_version());
    sunzi_json_string(json, "grade_asked", sunzi_grade_name(request->grade));
    sunzi_json_bool(json, "reproducible", request->reproducible);
    write_machine(json, context, threads);
    sunzi_json_open(json, "problems", '[');
    return 0;
}

static const char *symmetry_name(sunzi_matrix_symmetry symmetry)
{
    static const char *const names[] = {
        [SUNZI_SYMMETRY_NONE] = "general",
        [SUNZI_SYMMETRY_SYMMETRIC] = "symmetric",
        [SUNZI_SYMMETRY_SKEW] = "skew-symmetric",
        [SUNZI_SYMMETRY_HERMITIAN] = "hermitian"};
    return names[symmetry];
}

static void write_matrix(sunzi_json *json, const sunzi_problem *problem)
{
    const sunzi_matrix *matrix = &problem->matrix;
    sunzi_json_open(json, "matrix", '{');
    sunzi_json_string(json, "name", problem->name);
    sunzi_json_string(json, "description", problem->description);
    sunzi_json_string(json, "format", matrix->format);
    sunzi_json_string(json, "title", matrix->title);
    sunzi_json_integer(json, "rows", matrix->rows);
    sunzi_json_integer(json, "columns", matrix->cols);
    sunzi_json_integer(json, "entries", matrix->entries);
    sunzi_json_bool(json, "complex", matrix->complex_values);
    sunzi_json_string(json, "symmetry", symmetry_name(matrix->symmetry));
    sunzi_json_bool(json, "positive_diagonal", problem->try_cholesky);
    sunzi_json_integer(json, "order_solved", problem->n);
    sunzi_json_number(json, "maximum_norm",
                      ldexp(problem->norm, problem->exponent));
    sunzi_json_close(json, '}');
}

static void write_attempts(sunzi_json *json, const sunzi_solve_report *report)
{
    sunzi_json_open(json, "attempts", '[');
    for (int i = 0; i < report->attempts && i < SUNZI_ATTEMPTS_MAX; i++) {
        const sunzi_attempt *attempt = &report->attempt[i];
        sunzi_json_open(json, NULL, '{');
        sunzi_json_string(json, "factor", sunzi_factor_name(attempt->factor));
        sunzi_json_bool(json, "succeeded", attempt->succeeded);
        sunzi_json_number(json, "seconds_factor", attempt->seconds_factor);
        sunzi_json_number(json, "seconds_refine", attempt->seconds_refine);
        sunzi_json_string(json, "engine_factor", attempt->engine_factor);
        sunzi_json_string(json, "engine_residual", attempt->engine_residual);
        sunzi_json_string(json, "engine_solve", attempt->engine_solve);
        sunzi_json_string(json, "reason", attempt->reason);
        sunzi_json_close(json, '}');
    }
    sunzi_json_close(json, ']');
}

static void write_solve_report(sunzi_json *json,
                               const sunzi_solve_report *report, bool solved)
{
    sunzi_json_string(json, "factor",
                      solved ? sunzi_factor_name(report->factor) : NULL);
    sunzi_json_string(json, "engine", report->engine);
    sunzi_json_number(json, "seconds_factor", report->seconds_factor);
    sunzi_json_number(json, "seconds_refine", report->seconds_refine);
    sunzi_json_number(json, "seconds_condition", report->seconds_condition);
    sunzi_json_number(json, "seconds_certify", report->seconds_certify);
    sunzi_json_integer(json, "workspace_bytes",
                       (int64_t)report->workspace_bytes);
    write_attempts(json, report);
}

static void write_run(sunzi_json *json, const sunzi_run *run, bool is_verdict)
{
    static const char *const solvers[] = {
        [SUNZI_RUN_LAPACK_LU] = "lapack_dgesv",
        [SUNZI_RUN_LAPACK_CHOLESKY] = "lapack_dposv",
        [SUNZI_RUN_SUNZI] = "sunzi"};
    const bool sunzi = run->solver == SUNZI_RUN_SUNZI;
    sunzi_json_open(json, NULL, '{');
    sunzi_json_string(json, "solver", solvers[run->solver]);
    sunzi_json_string(json, "factor_asked",
                      sunzi ? sunzi_factor_name(run->asked) : NULL);
    sunzi_json_bool(json, "verdict", is_verdict);
    sunzi_json_bool(json, "available", run->available);
    sunzi_json_bool(json, "solved", run->solved);
    sunzi_json_string(json, "status",
                      run->available ? sunzi_status_name(run->status) : NULL);
    sunzi_json_string(json, "reason", run->reason);
    if (run->available) {
        sunzi_json_string(json, "grade",
                          run->solved ? sunzi_grade_name(run->grade) : NULL);
        sunzi_json_bool(json, "refuted", run->refuted);
        sunzi_json_bool(json, "cholesky", run->cholesky);
        sunzi_json_bool(json, "cholesky_failed", run->cholesky_failed);
        sunzi_json_number(json, "seconds", run->seconds);
        sunzi_json_integer(json, "repeats", run->repeats);
        sunzi_json_integer(json, "refinements", run->refinements);
        sunzi_json_integer(json, "gmres_iterations", run->gmres_iterations);
        sunzi_json_number(json, "normwise_error", run->normwise_error);
        sunzi_json_number(json, "componentwise_error",
                          run->componentwise_error);
        sunzi_json_number(json, "forward_bound", run->forward_bound);
        sunzi_json_number(json, "forward_error", run->forward_error);
        sunzi_json_number(json, "condition", run->condition);
    }
    if (run->has_report)
        write_solve_report(json, &run->report, run->solved);
    sunzi_json_close(json, '}');
}

void sunzi_report_add(sunzi_report_file *report, const sunzi_problem *problem,
                      const sunzi_comparison *comparison)
{
    report->problems++;
    if (!report->path)
        return;
    sunzi_json *json = report->json;
    sunzi_json_open(json, NULL, '{');
    write_matrix(json, problem);
    sunzi_json_string(json, "rhs", problem->rhs_path);
    sunzi_json_integer(json, "rhs_columns", problem->nrhs);
    sunzi_json_open(json, "runs", '[');
    for (int i = 0; i < comparison->runs; i++)
        write_run(json, &comparison->run[i], i == comparison->verdict);
    sunzi_json_close(json, ']');
    sunzi_json_close(json, '}');
}

static int write_text(const sunzi_report_file *report)
{
    sunzi_new_file file;
    sunzi_status status = sunzi_new_file_open(report->path, &file);
    if (status == SUNZI_OK)
        status =
            sunzi_new_file_close(&file, fwrite(report->text, 1, report->bytes,
                                               file.stream) == report->bytes);
    return sunzi_json_file_told(SUNZI_SOLVE_COMMAND, status);
}

int sunzi_report_end(sunzi_report_file *report, sunzi_context *context,
                     int exit_code)
{
    if (!report->path)
        return exit_code;
    sunzi_json *json = report->json;
    sunzi_json_close(json, ']');
    sunzi_device_use use;
    if (sunzi_context_device(context, &use))
        sunzi_json_device(json, &use);
    sunzi_json_integer(json, "exit_code", exit_code);
    sunzi_json_close(json, '}');
    const bool whole = !ferror(json->out);
    if (fclose(json->out) != 0 || !whole)
        exit_code = no_memory();
    if (exit_code != SUNZI_EXIT_INPUT && report->problems > 0) {
        const int failed = write_text(report);
        exit_code = failed ? failed : exit_code;
    }
    free(json);
    free(report->text);
    *report = (sunzi_report_file){.path = NULL};
    return exit_code;
}
