/* SPDX-License-Identifier: BSD-3-Clause */
/* sunzi validate: cases as a table, arguments, and one form of report. */
#include "tools/validate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/replace.h"
#include "tools/command.h"
#include "tools/quantity.h"
#include "tools/team.h"

static const char command[] = SUNZI_VALIDATE_COMMAND;

static const struct {
    const char *name, *parts, *help;
    sunzi_status (*run)(const sunzi_validate_request *, sunzi_validation *);
} cases[] = {
    {"cardiac", "cell,tissue,exact,spiral",
     "a paced heart cell, a wave in tissue, exact solutions, a spiral wave",
     sunzi_validate_cardiac},
};

enum { CASES = (int)(sizeof cases / sizeof cases[0]) };

static const char usage[] =
    "usage: sunzi validate --case NAME [run.ini] [OPTIONS] "
    "[--section.key=value ...]\n"
    "\n"
    "What a code would lose under each policy: the same problem in FP64, in "
    "FP64 with finer\n"
    "steps, in FP64 begun one last bit away, and under each policy, quantity "
    "by quantity.\n"
    "\n"
    "Cases:\n";

static const char footer[] =
    "\n"
    "Exit code: 0 done, 1 --require named a policy that loses something, 2 "
    "usage or input error,\n3 the FP64 run failed. Manual page: "
    "sunzi-validate(1).\n";

enum {
    CASE,
    PART,
    POLICY,
    LIMIT,
    REQUIRE,
    BEATS,
    DT,
    CURVES,
    REPORT,
    HELP,
    OPTIONS
};

static const sunzi_tool_option options[OPTIONS] = {
    [CASE] = {"--case", 0, "NAME", "one of the above"},
    [PART] = {"--part", 0, "LIST", "parts of it; default: all"},
    [POLICY] = {"--policy", 0, "LIST",
                "beside fp64; default fp32,fp32c,df64 (df64 where\nthe part "
                "has it)"},
    [LIMIT] = {"--limit", 0, "F",
               "a change beyond F times FP64's own error by its\nsteps is a "
               "loss; default 0.1"},
    [REQUIRE] = {"--require", 0, "POLICY", "exit code 1 if it loses anything"},
    [BEATS] = {"--beats", 0, "N", "of the cell; default 10"},
    [DT] = {"--dt", 0, "TIME", "step of the cell; default 0.02ms"},
    [CURVES] = {"--curves", 0, "v.h5",
                "write changes over time, for sunzi plot"},
    [REPORT] = {"--report", 0, "r.json", "write all figures as JSON"},
    [HELP] = {"--help", 'h', NULL, "this text"},
};

static int print_help(void)
{
    fputs(usage, stdout);
    for (int i = 0; i < CASES; i++)
        printf("  %-18s %s\n  %-18s parts: %s\n", cases[i].name, cases[i].help,
               "", cases[i].parts);
    putchar('\n');
    sunzi_tool_print_options(options, OPTIONS);
    fputs(footer, stdout);
    return sunzi_tool_finish(command, SUNZI_EXIT_REACHED);
}

/* ---- arguments ---- */

/* The next name of a list; false at its end. */
static bool next_name(const char **list, char *name, size_t bytes)
{
    if (!*list)
        return false;
    const size_t length = strcspn(*list, ",");
    snprintf(name, bytes, "%.*s", (int)length, *list);
    *list = (*list)[length] ? *list + length + 1 : NULL;
    return true;
}

bool sunzi_validate_wants(const sunzi_validate_request *asked, const char *part)
{
    const char *list = asked->parts;
    char name[40];
    while (next_name(&list, name, sizeof name))
        if (strcmp(name, part) == 0)
            return true;
    return !asked->parts;
}

static int take_policies(sunzi_validate_request *asked, const char *list)
{
    char name[40];
    memset(asked->policy, 0, sizeof asked->policy);
    while (next_name(&list, name, sizeof name)) {
        sunzi_policy policy;
        if (sunzi_policy_find(name, &policy) < 0) {
            sunzi_tool_error(command, "--policy: %s", sunzi_last_message());
            return -1;
        }
        asked->policy[policy] = true;
    }
    return 0;
}

static int take_limit(sunzi_validate_request *asked, const char *value)
{
    char *end;
    asked->limit = strtod(value, &end);
    if (end != value && !*end && asked->limit >= 0 && asked->limit <= 1)
        return 0;
    sunzi_tool_error(command,
                     "--limit: got '%.60s', allowed are numbers from 0 to 1",
                     value);
    return -1;
}

static int take_override(sunzi_validate_request *asked, const char *value)
{
    if (asked->override_count == SUNZI_VALIDATE_OVERRIDES / 2) {
        sunzi_tool_error(command, "too many keys, at '%.60s'", value);
        return -1;
    }
    asked->overrides[asked->override_count++].option = value;
    return 0;
}

static int take_operand(sunzi_validate_request *asked, const char *value)
{
    if (asked->path) {
        sunzi_tool_error(command, "one run file at a time, got '%.60s' too",
                         value);
        return -1;
    }
    asked->path = value;
    return 0;
}

static int take(sunzi_validate_request *asked, int found, const char *value)
{
    const char *names[CASES];
    sunzi_policy policy;
    switch (found) {
    case CASE:
        for (int i = 0; i < CASES; i++)
            names[i] = cases[i].name;
        asked->case_index =
            sunzi_tool_choice(command, "--case", value, names, CASES);
        return asked->case_index;
    case PART:
        asked->parts = value;
        return 0;
    case POLICY:
        return take_policies(asked, value);
    case LIMIT:
        return take_limit(asked, value);
    case REQUIRE:
        asked->require = value;
        if (sunzi_policy_find(value, &policy) == SUNZI_OK)
            return 0;
        sunzi_tool_error(command, "--require: %s", sunzi_last_message());
        return -1;
    case BEATS:
        asked->beats =
            (int)sunzi_tool_number(command, "--beats", value, 1, 10000);
        return asked->beats;
    case DT:
        return sunzi_tool_quantity(command, "--dt", value, "ms", 1e-4, false,
                                   &asked->dt);
    case CURVES:
        asked->curves = value;
        return 0;
    case REPORT:
        asked->report = value;
        return 0;
    default:
        return found == SUNZI_ARG_OVERRIDE ? take_override(asked, value)
                                           : take_operand(asked, value);
    }
}

/* Is `name` a part of the case? */
static int check_part(const sunzi_validate_request *asked, const char *name)
{
    char part[SUNZI_VALIDATE_PARTS][40];
    const char *names[SUNZI_VALIDATE_PARTS];
    const char *list = cases[asked->case_index].parts;
    int count = 0;
    while (next_name(&list, part[count], sizeof part[count])) {
        names[count] = part[count];
        count++;
    }
    return sunzi_tool_choice(command, "--part", name, names, count);
}

/* Before the runs. */
static int check_outputs(const sunzi_validate_request *asked)
{
    if ((!asked->report || sunzi_replacement_check(asked->report) == 0) &&
        (!asked->curves || sunzi_validation_check_curves(asked->curves) == 0))
        return 0;
    sunzi_tool_error(command, "%s", sunzi_last_message());
    return -1;
}

/* What each option alone does not show. */
static int check(const sunzi_validate_request *asked)
{
    char name[40];
    sunzi_policy policy;
    if (asked->case_index < 0) {
        sunzi_tool_error(command,
                         "the case is missing; --case NAME, see %s "
                         "--help",
                         command);
        return -1;
    }
    const char *list = asked->parts;
    while (next_name(&list, name, sizeof name))
        if (check_part(asked, name) < 0)
            return -1;
    if (asked->require && sunzi_policy_find(asked->require, &policy) == 0 &&
        !asked->policy[policy] && policy != SUNZI_POLICY_FP64) {
        sunzi_tool_error(command,
                         "--require: %s is not among the policies of "
                         "--policy",
                         asked->require);
        return -1;
    }
    if (sunzi_team_get()->processes > 1) {
        sunzi_tool_error(command,
                         "runs on one process, got %d; results have the same "
                         "bits for any number of them, start it without mpirun",
                         sunzi_team_get()->processes);
        return -1;
    }
    return check_outputs(asked);
}

/* ---- runs ---- */

/* The exit code that --require asks for. */
static int require(const sunzi_validate_request *asked,
                   const sunzi_validation *v)
{
    int lost, quality, all;
    for (int a = 0; asked->require && a < v->arithmetics; a++)
        if (strcmp(v->arithmetic[a], asked->require) == 0 &&
            sunzi_validation_sum(v, a, &lost, &quality, &all) ==
                SUNZI_VERDICT_LOST) {
            sunzi_tool_error(command, "%s loses %d of %d quantities",
                             asked->require, lost, all);
            return SUNZI_EXIT_LOWER;
        }
    return SUNZI_EXIT_REACHED;
}

static int run(const sunzi_validate_request *asked)
{
    static sunzi_validation v;
    sunzi_status status;
    v = (sunzi_validation){.case_name = cases[asked->case_index].name,
                           .limit = asked->limit,
                           .arithmetics = 1,
                           .arithmetic = {"fp64"}};
    for (int p = SUNZI_POLICY_FP64 + 1; p < SUNZI_POLICY_COUNT; p++)
        if (asked->policy[p])
            v.arithmetic[v.arithmetics++] = sunzi_policy_name((sunzi_policy)p);
    status = cases[asked->case_index].run(asked, &v);
    if (status == SUNZI_OK)
        sunzi_validation_print(&v);
    const bool solved = status == SUNZI_OK;
    if (solved && asked->report)
        status = sunzi_validation_report(&v, asked->report);
    if (status == SUNZI_OK && asked->curves)
        status = sunzi_validation_curves(&v, asked->curves);
    int code = status == SUNZI_OK ? require(asked, &v) : SUNZI_EXIT_INPUT;
    if (status != SUNZI_OK)
        sunzi_tool_error(command, "%s", sunzi_last_message());
    if (!solved && (status == SUNZI_ERR_BLOW_UP || status > 0))
        code = SUNZI_EXIT_UNSOLVED;
    sunzi_validation_clear(&v);
    return code;
}

int sunzi_tool_validate(int argc, char **argv)
{
    sunzi_validate_request asked = {.case_index = -1,
                                    .policy = {false, true, true, true},
                                    .limit = 0.1,
                                    .beats = 10,
                                    .dt = 0.02};
    sunzi_tool_args args = {.command = command,
                            .options = options,
                            .option_count = OPTIONS,
                            .argc = argc,
                            .argv = argv,
                            .at = 1,
                            .overrides = true};
    for (int found; (found = sunzi_tool_next(&args)) != SUNZI_ARG_END;) {
        if (found == HELP)
            return print_help();
        if (found == SUNZI_ARG_WRONG || take(&asked, found, args.value) < 0)
            return SUNZI_EXIT_INPUT;
    }
    if (!asked.parts && (asked.path || asked.override_count > 0))
        asked.parts = "tissue";
    if (check(&asked) < 0)
        return SUNZI_EXIT_INPUT;
    return sunzi_tool_finish(command, run(&asked));
}
