/* SPDX-License-Identifier: BSD-3-Clause */
/* What `sunzi solve` shows: plain ASCII, at most 100 columns. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tools/command.h"
#include "tools/machine.h"
#include "tools/solve.h"
#include "tools/team.h"

enum { CELL = 16 };

/* ---- cells ---- */

static const char *error_cell(double value, char *cell)
{
    if (isnan(value))
        snprintf(cell, CELL, "-");
    else if (isinf(value))
        snprintf(cell, CELL, "none");
    else if (value == 0.0)
        snprintf(cell, CELL, "0");
    else
        snprintf(cell, CELL, "%.1e", value);
    return cell;
}

static const char *condition_cell(double value, char *cell)
{
    error_cell(value, cell);
    if (isinf(value))
        snprintf(cell, CELL, "inf");
    return cell;
}

static const char *seconds_cell(double value, char *cell)
{
    snprintf(cell, CELL, value < 99.5 ? "%.2g" : "%.0f", value);
    return cell;
}

static const char *steps_cell(const sunzi_run *run, char *cell)
{
    if (run->solver != SUNZI_RUN_SUNZI)
        snprintf(cell, CELL, "-");
    else
        snprintf(cell, CELL, "%d+%d", run->refinements, run->gmres_iterations);
    return cell;
}

static const char *label_of(const sunzi_run *run, char *text, size_t bytes)
{
    if (run->solver == SUNZI_RUN_LAPACK_LU)
        snprintf(text, bytes, "LAPACK dgesv");
    else if (run->solver == SUNZI_RUN_LAPACK_CHOLESKY)
        snprintf(text, bytes, "LAPACK dposv");
    else if (run->solved && run->report.factor != run->asked)
        snprintf(text, bytes, "Sunzi %s>%s", sunzi_factor_name(run->asked),
                 sunzi_factor_name(run->report.factor));
    else
        snprintf(text, bytes, "Sunzi %s", sunzi_factor_name(run->asked));
    return text;
}

/* ---- header ---- */

/* "4 processes in a grid of 2 x 2, 1 thread each; " */
static const char *processes_text(const sunzi_team *team, int threads,
                                  char *text, size_t bytes)
{
    const char *plural = threads == 1 ? "" : "s";
    if (team->processes > 1)
        snprintf(text, bytes,
                 "%d processes in a grid of %d x %d, %d thread%s each",
                 team->processes, team->rows, team->cols, threads, plural);
    else
        snprintf(text, bytes, "1 process, %d thread%s", threads, plural);
    return text;
}

void sunzi_print_machine(const sunzi_solve_request *request,
                         sunzi_context *context, int threads)
{
    char cpu[200], line[700], processes[100];
    const char *engine = sunzi_context_engine(context);
    sunzi_machine_cpu(cpu, sizeof cpu);
    snprintf(
        line, sizeof line, "%s; engine %s%s; %s; BLAS: %s", cpu,
        engine ? engine : "none",
        request->reproducible ? ", the same bits for any number of "
                                "processes and threads"
                              : "",
        processes_text(sunzi_team_get(), threads, processes, sizeof processes),
        sunzi_blas_description());
    sunzi_tool_print_wrapped("machine  ", line);
    sunzi_device_use device;
    if (sunzi_context_device(context, &device)) {
        const char *others = sunzi_team_devices();
        snprintf(line, sizeof line, "%s%s%s%s", device.name,
                 others ? " (of process 0; " : "", others ? others : "",
                 others ? ")" : "");
        sunzi_tool_print_wrapped("device   ", line);
    }
    if (sunzi_machine_blas_note())
        sunzi_tool_print_wrapped("note     ", sunzi_machine_blas_note());
    if (sunzi_machine_is_busy()) {
        snprintf(line, sizeof line,
                 "other programs are running (load %.1f): do not trust the "
                 "times",
                 sunzi_machine_load());
        sunzi_tool_print_wrapped("note     ", line);
    }
}

static const char *symmetry_text(const sunzi_problem *problem)
{
    switch (problem->matrix.symmetry) {
    case SUNZI_SYMMETRY_SYMMETRIC:
        return problem->try_cholesky ? "symmetric, positive diagonal"
                                     : "symmetric";
    case SUNZI_SYMMETRY_SKEW:
        return "skew-symmetric";
    case SUNZI_SYMMETRY_HERMITIAN:
        return "Hermitian";
    default:
        return "general";
    }
}

static const char *norm_cell(const sunzi_problem *problem, char *cell)
{
    const double norm = ldexp(problem->norm, problem->exponent);
    snprintf(cell, CELL, isfinite(norm) ? "%.1e" : "above 1.8e+308", norm);
    return cell;
}

void sunzi_print_problem(const sunzi_problem *problem)
{
    char line[700], cell[CELL];
    const sunzi_matrix *matrix = &problem->matrix;
    const double share = 100.0 * (double)matrix->entries /
                         ((double)matrix->rows * (double)matrix->cols);
    snprintf(line, sizeof line, "%.300s%s%.300s", problem->name,
             problem->description ? ": " : "",
             problem->description ? problem->description : "");
    sunzi_tool_print_wrapped("problem  ", line);
    snprintf(line, sizeof line,
             "order %d, %" PRId64 " entr%s (%.3g %%), %s, structurally full "
             "rank, maximum norm %s",
             matrix->rows, matrix->entries, matrix->entries == 1 ? "y" : "ies",
             share, symmetry_text(problem), norm_cell(problem, cell));
    sunzi_tool_print_wrapped("matrix   ", line);
    if (!problem->description) {
        snprintf(line, sizeof line, "%s%s%s", matrix->format,
                 matrix->title[0] ? "; " : "", matrix->title);
        sunzi_tool_print_wrapped("file     ", line);
    }
    if (matrix->complex_values)
        sunzi_tool_print_wrapped(
            "complex  ",
            "solved as the real system [Re -Im; Im Re] of twice the "
            "order; the solution holds real parts above imaginary "
            "parts");
    if (problem->rhs_path) {
        snprintf(line, sizeof line, "%.400s, %d column%s", problem->rhs_path,
                 problem->nrhs, problem->nrhs == 1 ? "" : "s");
        sunzi_tool_print_wrapped("b        ", line);
    }
}

/* ---- table ---- */

static void print_head(void)
{
    printf("\n%-20s %8s %7s %15s %7s %7s %7s\n", "", "time", "steps",
           "backward error", "forward", "forward", "condit.");
    printf("%-20s %8s %7s %7s %7s %7s %7s %7s  %-9s  %s\n", "factors", "[s]",
           "re+gm", "norm", "compon.", "bound", "error", "number", "grade",
           "engine");
    for (int i = 0; i < 97; i++)
        putchar('-');
    putchar('\n');
}

static void print_row(const sunzi_run *run)
{
    char label[40], cell[7][CELL];
    label_of(run, label, sizeof label);
    if (!run->solved) {
        printf("%-20s %8s %7s %7s %7s %7s %7s %7s  %s\n", label, "-", "-", "-",
               "-", "-", "-", condition_cell(run->condition, cell[0]),
               run->status == SUNZI_ERR_SINGULAR ? "singular" : "not solved");
        return;
    }
    const bool lapack = run->solver != SUNZI_RUN_SUNZI;
    printf("%-20s %8s %7s %7s %7s %7s %7s %7s  %-9s%s %s\n", label,
           seconds_cell(run->seconds, cell[0]), steps_cell(run, cell[1]),
           error_cell(run->normwise_error, cell[2]),
           error_cell(run->componentwise_error, cell[3]),
           error_cell(run->forward_bound, cell[4]),
           error_cell(run->forward_error, cell[5]),
           condition_cell(run->condition, cell[6]),
           sunzi_grade_name(run->grade), run->refuted ? "!" : " ",
           lapack               ? "BLAS"
           : run->report.engine ? run->report.engine
                                : "-");
}

/* ---- what the rows do not say ---- */

static void print_attempts(const sunzi_run *run)
{
    char head[60];
    const sunzi_solve_report *report = &run->report;
    const bool told = run->asked == SUNZI_FACTOR_AUTO || report->attempts > 1 ||
                      (run->solved && report->factor != run->asked);
    for (int i = 0; told && i < report->attempts && i < SUNZI_ATTEMPTS_MAX;
         i++) {
        const sunzi_attempt *attempt = &report->attempt[i];
        if (i == 0)
            snprintf(head, sizeof head, "  %-9s %-9s",
                     sunzi_factor_name(run->asked),
                     sunzi_factor_name(attempt->factor));
        else
            snprintf(head, sizeof head, "  %-9s %-9s", "then",
                     sunzi_factor_name(attempt->factor));
        sunzi_tool_print_wrapped(head, attempt->reason);
    }
}

static void print_notes(const sunzi_comparison *comparison)
{
    char label[40], line[700];
    const char *told = ""; /* rungs often fail for the same reason */
    bool cholesky_failed = false, solved = false;
    for (int i = 0; i < comparison->runs; i++) {
        const sunzi_run *run = &comparison->run[i];
        cholesky_failed = cholesky_failed || run->cholesky_failed;
        solved = solved || run->solved;
        label_of(run, label, sizeof label);
        if (!run->available) {
            snprintf(line, sizeof line, "not run: %s", run->reason);
            snprintf(label, sizeof label, "  %-9s ",
                     sunzi_factor_name(run->asked));
            sunzi_tool_print_wrapped(label, line);
        } else if (!run->solved && strcmp(run->reason, told) != 0) {
            told = run->reason;
            snprintf(line, sizeof line, "%s: %s", label, run->reason);
            sunzi_tool_print_wrapped("  ", line);
        }
        if (run->has_report)
            print_attempts(run);
        if (run->refuted) {
            snprintf(line, sizeof line,
                     "%s: the errors measured here contradict the grade it "
                     "reports; do not use this solution, and please report it",
                     label);
            sunzi_tool_print_wrapped("! ", line);
        }
    }
    if (cholesky_failed)
        sunzi_tool_print_wrapped(
            "  ", "The matrix is symmetric with a positive diagonal, "
                  "but Cholesky failed (it is not positive definite), "
                  "so general factors were used.");
    if (solved && !comparison->reference)
        sunzi_tool_print_wrapped(
            "  ", "The forward error is not known: refinement in "
                  "twice FP64 from the FP64 factors did not settle "
                  "(the matrix is singular to FP64, or close to it).");
}

/* ---- verdict ---- */

/* Correct decimal digits of the largest component. */
static int digits(double forward_error)
{
    if (!(forward_error > 1e-16))
        return 16;
    const int count = (int)floor(-log10(forward_error));
    return count > 0 ? count : 0;
}

static void speed_text(double seconds, double other, const char *name, int n,
                       char *text, size_t bytes)
{
    char cell[CELL], times[CELL];
    const double ratio = other / seconds;
    const double factor = fmax(ratio, 1.0 / ratio);
    seconds_cell(other, cell);
    snprintf(times, sizeof times, factor < 9.95 ? "%.1f" : "%.0f", factor);
    if (ratio >= 1.05)
        snprintf(text, bytes, "%s times as fast as %s (%s s)", times, name,
                 cell);
    else if (ratio > 0.95)
        snprintf(text, bytes, "as fast as %s", name);
    else
        snprintf(text, bytes, "%s times slower than %s (%s s)%s", times, name,
                 cell,
                 n < 1000 ? "; a matrix this small has no time to win" : "");
}

static void digits_text(const sunzi_run *run, const sunzi_run *lapack,
                        char *text, size_t bytes)
{
    char other[40] = "";
    if (isnan(run->forward_error)) {
        snprintf(text, bytes, "how many of its digits are right is not known");
        return;
    }
    const int right = digits(run->forward_error);
    if (!isnan(lapack->forward_error))
        snprintf(other, sizeof other, ", LAPACK's to %d",
                 digits(lapack->forward_error));
    else if (lapack->solved)
        snprintf(other, sizeof other, ", LAPACK's is no number");
    if (right == 0)
        snprintf(text, bytes, "no digit of its largest component is right");
    else
        snprintf(text, bytes, "its largest component is right to %d digits%s",
                 right, other);
    if (right < 8 && run->grade == SUNZI_GRADE_BACKWARD)
        strncat(text, ": try --grade accurate", bytes - strlen(text) - 1);
}

static void print_verdict(const sunzi_problem *problem,
                          const sunzi_comparison *comparison)
{
    const sunzi_run *run = &comparison->run[comparison->verdict];
    const sunzi_run *lapack = &comparison->run[0];
    char line[900], label[40], speed[200], right[200], cell[CELL];
    if (comparison->runs > 1 && run->cholesky &&
        comparison->run[1].solver == SUNZI_RUN_LAPACK_CHOLESKY &&
        comparison->run[1].solved)
        lapack = &comparison->run[1];
    label_of(run, label, sizeof label);
    if (!run->solved) {
        snprintf(line, sizeof line, "%s found no solution that can be used%s.",
                 label,
                 run->status == SUNZI_ERR_SINGULAR
                     ? ": the matrix is singular to working precision"
                     : "");
    } else if (run->refuted) {
        snprintf(line, sizeof line,
                 "%s reports grade %s, but the errors measured here contradict "
                 "it; do not use its numbers.",
                 label, sunzi_grade_name(run->grade));
    } else if (run->grade == SUNZI_GRADE_NONE) {
        snprintf(line, sizeof line,
                 "%s reached no grade; do not use its numbers: %s", label,
                 run->reason);
    } else {
        speed[0] = '\0';
        if (lapack->solved)
            speed_text(run->seconds, lapack->seconds,
                       lapack->solver == SUNZI_RUN_LAPACK_LU ? "dgesv"
                                                             : "dposv",
                       problem->n, speed, sizeof speed);
        digits_text(run, lapack, right, sizeof right);
        snprintf(line, sizeof line, "%s reached grade %s in %s s%s%s; %s.%s%s",
                 label, sunzi_grade_name(run->grade),
                 seconds_cell(run->seconds, cell), speed[0] ? ", " : "", speed,
                 right, run->status > 0 ? " Less than asked: " : "",
                 run->status > 0 ? run->reason : "");
    }
    sunzi_tool_print_wrapped("Verdict: ", line);
}

void sunzi_print_table(const sunzi_problem *problem,
                       const sunzi_comparison *comparison)
{
    print_head();
    for (int i = 0; i < comparison->runs; i++)
        if (comparison->run[i].available)
            print_row(&comparison->run[i]);
    print_notes(comparison);
    print_verdict(problem, comparison);
}

void sunzi_print_legend(void)
{
    puts("");
    sunzi_tool_print_wrapped("steps    ",
                             "refinement + GMRES steps of the worst column");
    sunzi_tool_print_wrapped(
        "errors   ", "measured by this command for every row in the same way: "
                     "residuals in twice FP64; forward error of the largest "
                     "component against a solution refined in twice FP64");
    sunzi_tool_print_wrapped("bound    ",
                             "of the forward error as Sunzi tells it: "
                             "estimated, at grade certified proved");
    sunzi_tool_print_wrapped("condit.  ",
                             "estimate of ||A|| ||1/A|| in the 1-norm: LAPACK "
                             "of A as given, Sunzi of A scaled");
    sunzi_tool_print_wrapped("time     ",
                             "solving only; the shortest of 1 to 7 runs, "
                             "as time allows");
    sunzi_tool_print_wrapped("grades   ",
                             "backward < accurate < certified, see "
                             "sunzi-solve(1); 'a>b': asked for rung a, "
                             "answered by rung b");
}
