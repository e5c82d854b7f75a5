/* SPDX-License-Identifier: BSD-3-Clause */
/* sunzi cardiac on tissue: arguments, and the runs on all processes. */
#include "tools/cardiac_tissue.h"

#include "tools/cardiac.h"
#include "tools/progress.h"
#include "tools/run_command.h"
#include "tools/solve.h"
#include "tools/team.h"

static const char command[] = SUNZI_TISSUE_COMMAND;

static const char usage[] =
    "usage: sunzi cardiac [run.ini] [OPTIONS] [--section.key=value ...]\n"
    "       sunzi cardiac --case niederer [OPTIONS]\n"
    "       sunzi cardiac --cell MODEL [OPTIONS]   one cell; see --list "
    "--help\n"
    "       sunzi cardiac --list                   the models of cells\n"
    "\n"
    "The monodomain or the bidomain equations on a slab or an image of tissue, "
    "on one process or on\n"
    "those of mpirun; a run for each policy, and when the wave arrives. "
    "Without "
    "a run file: the slab\n"
    "of the N-version benchmark.\n"
    "\n";

/* Short forms of keys. */
static const sunzi_tool_option forms[] = {
    {"--case", 0, "NAME", "run.case"},
    {"--policy", 0, "LIST", "run.policy"},
    {"--engine", 0, "NAME", "run.engine"},
    {"--threads", 0, "T", "run.threads"},
    {"--equation", 0, "NAME", "tissue.equation"},
    {"--spacing", 0, "LENGTH", "tissue.spacing"},
    {"--dt", 0, "TIME", "time.dt"},
    {"--end", 0, "TIME", "time.end"},
    {"--splitting", 0, "NAME", "time.splitting"},
    {"--diffusion", 0, "NAME", "time.diffusion"},
    {"--report", 0, "FILE", "output.report"},
    {"--help", 'h', NULL, "this text"},
};

enum { FORMS = (int)(sizeof forms / sizeof forms[0]), OVERRIDES_MAX = 128 };

static int help(void)
{
    sunzi_tool_run_help(usage, forms, FORMS, &sunzi_tissue_schema);
    return sunzi_tool_finish(command, SUNZI_EXIT_REACHED);
}

/* Of runs of which `failed` is the worst status. */
static int exit_code_of(sunzi_status failed)
{
    return failed == SUNZI_OK                 ? SUNZI_EXIT_REACHED
           : sunzi_tissue_ended_early(failed) ? SUNZI_EXIT_UNSOLVED
                                              : SUNZI_EXIT_INPUT;
}

/* Collective. A run for each policy; *count of them, those that failed too. A
 * run that ended early does not hinder the next one. */
static sunzi_status run_policies(const sunzi_run_file *file,
                                 sunzi_tool_progress *progress,
                                 sunzi_tissue_result *results, int *count)
{
    const int runs = file->value[SUNZI_TISSUE_POLICIES].count;
    sunzi_status worst = SUNZI_OK;
    for (*count = 0; *count < runs; ++*count) {
        const sunzi_status status =
            sunzi_tissue_run(file, *count, NULL, sunzi_tool_progress_show,
                             progress, &results[*count]);
        if (status != SUNZI_OK)
            worst = status;
        if (status != SUNZI_OK && !sunzi_tissue_ended_early(status)) {
            ++*count;
            break;
        }
    }
    sunzi_tool_progress_clear(progress);
    return worst;
}

/* On process 0: the runs that went well in the table and the report, then the
 * sentences of the others. */
static int tell(const sunzi_run_file *file, int count,
                const sunzi_tissue_result *results, sunzi_status worst)
{
    int good = 0, code = exit_code_of(worst);
    for (int i = 0; i < count; i++)
        good += !results[i].failed;
    if (good > 0)
        sunzi_tissue_print(file, count, results);
    if ((good > 0 || sunzi_tissue_ended_early(worst)) &&
        *file->value[SUNZI_TISSUE_REPORT].text) {
        const int written = sunzi_tissue_write_report(file, count, results);
        code = code == SUNZI_EXIT_REACHED ? written : code;
    }
    for (int i = 0; i < count; i++)
        if (results[i].failed)
            sunzi_tool_error(command, "%s%s%s",
                             count > 1 ? results[i].policy : "",
                             count > 1 ? ": " : "", results[i].why);
    return sunzi_tool_finish(command, code);
}

/* Collective over the team; arguments of process 0. Only process 0 speaks. */
static int run_together(const char *path, const sunzi_run_override *overrides,
                        int given)
{
    const sunzi_team *team = sunzi_team_get();
    const bool speaks = sunzi_comm_rank(team->comm) == 0;
    static sunzi_run_errors errors;
    static sunzi_tissue_result results[3];
    sunzi_run_file file;
    sunzi_tool_progress progress;
    int count = 0, code = SUNZI_EXIT_INPUT;
    if (sunzi_run_file_read(team->comm, &sunzi_tissue_schema, path, overrides,
                            given, &file, &errors) < 0)
        return speaks ? sunzi_tool_run_errors(command, &errors)
                      : SUNZI_EXIT_INPUT;
    sunzi_tool_progress_begin(&progress, command, false,
                              sunzi_comm_rank(team->comm));
    sunzi_status status = sunzi_tool_run_once(&file, SUNZI_TISSUE_POLICIES);
    if (status == SUNZI_OK)
        status = sunzi_tool_run_outputs(&file, SUNZI_TISSUE_CHECKPOINT,
                                        ".0000000.h5");
    if (status < 0) {
        if (speaks)
            sunzi_tool_error(command, "%s", sunzi_last_message());
    } else {
        status = run_policies(&file, &progress, results, &count);
        code =
            speaks ? tell(&file, count, results, status) : exit_code_of(status);
    }
    sunzi_run_file_clear(&file);
    return code;
}

void sunzi_cardiac_serve(void)
{
    (void)run_together(NULL, NULL, 0);
}

int sunzi_cardiac_tissue(int argc, char **argv)
{
    sunzi_run_override overrides[OVERRIDES_MAX];
    const char *path = NULL;
    int count = 0;
    sunzi_tool_args args = {.command = command,
                            .options = forms,
                            .option_count = FORMS,
                            .argc = argc,
                            .argv = argv,
                            .at = 1,
                            .overrides = true};
    for (int found; (found = sunzi_tool_next(&args)) != SUNZI_ARG_END;) {
        if (found == SUNZI_ARG_WRONG)
            return SUNZI_EXIT_INPUT;
        if (found == FORMS - 1)
            return help();
        if (found == SUNZI_ARG_OPERAND && !path) {
            path = args.value;
        } else if (found == SUNZI_ARG_OPERAND || count == OVERRIDES_MAX) {
            sunzi_tool_error(command,
                             path && found == SUNZI_ARG_OPERAND
                                 ? "one run file at a time, got '%.60s' too"
                                 : "too many options, at '%.60s'",
                             args.value);
            return SUNZI_EXIT_INPUT;
        } else {
            overrides[count++] =
                found == SUNZI_ARG_OVERRIDE
                    ? (sunzi_run_override){.option = args.value}
                    : (sunzi_run_override){forms[found].name, forms[found].help,
                                           args.value};
        }
    }
    sunzi_share_cardiac();
    return run_together(path, overrides, count);
}
