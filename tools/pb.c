/* SPDX-License-Identifier: BSD-3-Clause */
/* sunzi pb: arguments, and the runs on all processes. */
#include "tools/pb.h"

#include <stdio.h>
#include <string.h>

#include "tools/progress.h"
#include "tools/run_command.h"
#include "tools/team.h"

static const char command[] = SUNZI_PB_COMMAND;

static const char usage[] =
    "usage: sunzi pb MOLECULE.pqr [OPTIONS] [--section.key=value ...]\n"
    "       sunzi pb run.ini [OPTIONS] [--section.key=value ...]\n"
    "\n"
    "The electrostatic potential of a molecule in water and salt and its "
    "energy of solvation, by the\n"
    "Poisson-Boltzmann equation, on one process or on those of mpirun; a run "
    "for each policy.\n"
    "\n";

/* Short forms of keys. */
static const sunzi_tool_option forms[] = {
    {"--policy", 0, "LIST", "run.policy"},
    {"--engine", 0, "NAME", "run.engine"},
    {"--threads", 0, "T", "run.threads"},
    {"--spacing", 0, "LENGTH", "grid.spacing"},
    {"--nodes", 0, "N", "grid.nodes"},
    {"--centre", 0, "X,Y,Z", "grid.centre"},
    {"--margin", 0, "LENGTH", "grid.margin"},
    {"--focus", 0, "GRIDS", "grid.focus"},
    {"--boundary", 0, "NAME", "grid.boundary"},
    {"--solute-dielectric", 0, "EPS", "solute.dielectric"},
    {"--surface", 0, "NAME", "solute.surface"},
    {"--probe-radius", 0, "LENGTH", "solute.probe-radius"},
    {"--average", 0, "NAME", "solute.average"},
    {"--charges", 0, "NAME", "solute.charges"},
    {"--solvent-dielectric", 0, "EPS", "solvent.dielectric"},
    {"--temperature", 0, "T", "solvent.temperature"},
    {"--ionic-strength", 0, "C", "solvent.ionic-strength"},
    {"--ion-radius", 0, "LENGTH", "solvent.ion-radius"},
    {"--nonlinear", 0, NULL, "solve.equation"},
    {"--tolerance", 0, "TOL", "solve.tolerance"},
    {"--report", 0, "FILE", "output.report"},
    {"--dx", 0, "FILE", "output.dx"},
    {"--hdf5", 0, "FILE", "output.hdf5"},
    {"--help", 'h', NULL, "this text"},
};

enum { FORMS = (int)(sizeof forms / sizeof forms[0]), OVERRIDES_MAX = 64 };

static int help(void)
{
    sunzi_tool_run_help(usage, forms, FORMS, &sunzi_pb_schema);
    return sunzi_tool_finish(command, SUNZI_EXIT_REACHED);
}

/* Of a run that failed. */
static int tell_failure(sunzi_status status)
{
    sunzi_tool_error(command, "%s", sunzi_last_message());
    return status == SUNZI_ERR_BLOW_UP || status == SUNZI_ERR_NONFINITE ||
                   status == SUNZI_REACHED_NONE
               ? SUNZI_EXIT_UNSOLVED
               : SUNZI_EXIT_INPUT;
}

/* A report has one object a policy; files hold one solution. */
static sunzi_status check_policies(const sunzi_run_file *file)
{
    const sunzi_status status = sunzi_tool_run_once(file, SUNZI_PB_POLICIES);
    if (status == SUNZI_OK && file->value[SUNZI_PB_POLICIES].count > 1 &&
        (*file->value[SUNZI_PB_DX].text || *file->value[SUNZI_PB_HDF5].text))
        return sunzi_run_file_fail(file, SUNZI_PB_POLICIES,
                                   "the files of [output] hold one solution, "
                                   "allowed is one policy with them");
    return status;
}

/* Collective over the team; arguments of process 0. Only process 0 speaks. */
static int run_together(const char *path, const sunzi_run_override *overrides,
                        int count)
{
    const sunzi_team *team = sunzi_team_get();
    const bool speaks = sunzi_comm_rank(team->comm) == 0;
    static sunzi_run_errors errors;
    static sunzi_pb_result results[SUNZI_PB_POLICIES_MAX];
    sunzi_run_file file;
    sunzi_tool_progress progress;
    int exit_code = SUNZI_EXIT_REACHED;
    if (sunzi_run_file_read(team->comm, &sunzi_pb_schema, path, overrides,
                            count, &file, &errors) < 0)
        return speaks ? sunzi_tool_run_errors(command, &errors)
                      : SUNZI_EXIT_INPUT;
    const int runs = file.value[SUNZI_PB_POLICIES].count;
    sunzi_tool_progress_begin(&progress, command, false,
                              sunzi_comm_rank(team->comm));
    sunzi_status status = check_policies(&file);
    if (status == SUNZI_OK)
        status = sunzi_tool_run_outputs(&file, -1, "");
    for (int i = 0; i < runs && status == SUNZI_OK; i++)
        status = sunzi_pb_run(&file, i, sunzi_tool_progress_show, &progress,
                              &results[i]);
    sunzi_tool_progress_clear(&progress);
    if (status != SUNZI_OK) {
        exit_code = speaks ? tell_failure(status) : SUNZI_EXIT_INPUT;
    } else if (speaks) {
        sunzi_pb_print(&file, runs, results);
        if (*file.value[SUNZI_PB_REPORT].text)
            exit_code = sunzi_pb_write_report(&file, runs, results);
        exit_code = sunzi_tool_finish(command, exit_code);
    }
    sunzi_run_file_clear(&file);
    return exit_code;
}

void sunzi_pb_serve(void)
{
    (void)run_together(NULL, NULL, 0);
}

static bool is_run_file(const char *path)
{
    const size_t length = strlen(path);
    return length > 4 && strcmp(path + length - 4, ".ini") == 0;
}

int sunzi_tool_pb(int argc, char **argv)
{
    static const char nonlinear[] = "nonlinear";
    sunzi_run_override overrides[OVERRIDES_MAX];
    const char *path = NULL;
    bool has_molecule = false;
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
        const bool operand = found == SUNZI_ARG_OPERAND;
        const bool run_file = operand && is_run_file(args.value);
        if ((run_file && path) || (operand && !run_file && has_molecule) ||
            count == OVERRIDES_MAX) {
            sunzi_tool_error(command,
                             operand ? "one molecule and one run file at a "
                                       "time, got '%.60s' too"
                                     : "too many options, at '%.60s'",
                             args.value ? args.value : forms[found].name);
            return SUNZI_EXIT_INPUT;
        }
        if (run_file) {
            path = args.value;
        } else if (operand) {
            has_molecule = true;
            overrides[count++] =
                (sunzi_run_override){"molecule", "run.molecule", args.value};
        } else if (found == SUNZI_ARG_OVERRIDE) {
            overrides[count++] = (sunzi_run_override){.option = args.value};
        } else {
            overrides[count++] = (sunzi_run_override){
                forms[found].name, forms[found].help,
                forms[found].value ? args.value : nonlinear};
        }
    }
    sunzi_share_pb();
    return run_together(path, overrides, count);
}
