/* SPDX-License-Identifier: BSD-3-Clause */
/* The command `sunzi`: one subcommand a job. */
#include <stdio.h>
#include <string.h>
#include <sunzi/context.h>

#include "io/nearest.h"
#include "tools/command.h"
#include "tools/solve.h"
#include "tools/team.h"

static const char help[] =
    "usage: sunzi COMMAND [ARGUMENTS]\n"
    "\n"
    "  solve     solve A x = b from a file, or the built-in problems, and "
    "compare\n"
    "            with LAPACK: time, errors, grade\n"
    "  bench     device: its rates; hpl-mxp: a solve by the rules of HPL-MxP, "
    "beside FP64\n"
    "  info      what this machine can do: engines, rungs, measured rates\n"
    "  compare   two HDF5 files, field by field: norms of the difference\n"
    "  plot      fields, series and spectra of an HDF5 file as PNG\n"
    "  cardiac   heart cells, paced, and tissue: each policy beside FP64\n"
    "  pb        a molecule in water and salt: potential and energy of "
    "solvation\n"
    "  validate  what a code would lose under each policy, quantity by "
    "quantity\n"
    "  help      this text; 'sunzi help solve' for a command's own\n"
    "  version   the version number\n"
    "\n"
    "Start with 'sunzi solve'. Manual pages: sunzi(1), sunzi-solve(1), "
    "sunzi-bench(1), sunzi-info(1),\nsunzi-compare(1), sunzi-plot(1), "
    "sunzi-cardiac(1), sunzi-pb(1), sunzi-validate(1).\n";

static int print_help(int argc, char **argv);

static int print_version(int argc, char **argv)
{
    if (argc > 1) {
        sunzi_tool_error("sunzi version", "takes no arguments, got '%s'",
                         argv[1]);
        return SUNZI_EXIT_INPUT;
    }
    printf("sunzi %s\n", sunzi_version());
    return sunzi_tool_finish("sunzi version", SUNZI_EXIT_REACHED);
}

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"solve", sunzi_tool_solve}, {"bench", sunzi_tool_bench},
    {"info", sunzi_tool_info},   {"compare", sunzi_tool_compare},
    {"plot", sunzi_tool_plot},   {"cardiac", sunzi_tool_cardiac},
    {"pb", sunzi_tool_pb},       {"validate", sunzi_tool_validate},
    {"help", print_help},        {"version", print_version},
};

enum { COMMANDS = (int)(sizeof commands / sizeof commands[0]) };

/* The subcommand called `word`, also as an option (--help, --version, -h). */
static int find_command(const char *word)
{
    if (strcmp(word, "-h") == 0)
        word = "help";
    else if (strcmp(word, "-V") == 0)
        word = "version";
    else if (strncmp(word, "--", 2) == 0)
        word += 2;
    for (int i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, word) == 0)
            return i;
    return -1;
}

static int unknown_command(const char *word)
{
    const char *names[COMMANDS];
    for (int i = 0; i < COMMANDS; i++)
        names[i] = commands[i].name;
    const char *nearest = sunzi_nearest_name(word, names, COMMANDS);
    if (nearest)
        sunzi_tool_error("sunzi",
                         "there is no command '%.60s'; did you mean "
                         "'%s'?",
                         word, nearest);
    else
        sunzi_tool_error("sunzi", "there is no command '%.60s'; see sunzi help",
                         word);
    return SUNZI_EXIT_INPUT;
}

static int print_help(int argc, char **argv)
{
    if (argc > 1) {
        char option[] = "--help";
        char *arguments[] = {argv[1], option, NULL};
        const int found = find_command(argv[1]);
        if (found < 0)
            return unknown_command(argv[1]);
        if (commands[found].run != print_help &&
            commands[found].run != print_version)
            return commands[found].run(2, arguments);
    }
    fputs(help, stdout);
    return sunzi_tool_finish("sunzi help", SUNZI_EXIT_REACHED);
}

static int run_command(int argc, char **argv)
{
    if (argc < 2) {
        fputs(help, stderr);
        return SUNZI_EXIT_INPUT;
    }
    const int found = find_command(argv[1]);
    if (found < 0)
        return unknown_command(argv[1]);
    return commands[found].run(argc - 1, argv + 1);
}

/* Every way out of a command ends here: no process is left waiting. */
int main(int argc, char **argv)
{
    int exit_code = sunzi_team_begin();
    if (exit_code == 0 && sunzi_comm_rank(sunzi_team_get()->comm) > 0) {
        sunzi_share_serve();
    } else if (exit_code == 0) {
        exit_code = run_command(argc, argv);
        sunzi_share_dismiss();
    }
    sunzi_team_end();
    return exit_code;
}
