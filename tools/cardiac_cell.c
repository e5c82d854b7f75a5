/* SPDX-License-Identifier: BSD-3-Clause */
/* `sunzi cardiac --cell`: arguments, then one run for each policy. */
#include "tools/cardiac_cell.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tools/cardiac_model.h"
#include "tools/command.h"
#include "tools/quantity.h"

static const char command[] = SUNZI_CELL_COMMAND;

static const char usage[] =
    "usage: sunzi cardiac --cell MODEL [OPTIONS]\n"
    "       sunzi cardiac --list\n"
    "\n"
    "Pace one cell and tell its last beat under each policy: APD90, largest V "
    "and\n"
    "concentrations, and how far they are from the first policy's.\n"
    "\n";

static const char footer[] =
    "\n"
    "Exit code: 0 done, 2 usage or input error, 3 the cell left the range of "
    "its\nmodel. Manual page: sunzi-cardiac(1).\n";

enum {
    CELL,
    LIST,
    BEATS,
    POLICY,
    DT,
    PERIOD,
    CURRENT,
    ON,
    METHOD,
    ADAPT,
    REPORT,
    HELP,
    OPTIONS
};

static const sunzi_tool_option options[OPTIONS] = {
    [CELL] =
        {"--cell", 0, "MODEL",
         "a model, a variant of one,\nor a file of yours (doc/cell-models.md)"},
    [LIST] = {"--list", 0, NULL, "the models, their states and sources"},
    [BEATS] = {"--beats", 0, "N", "beats; default 1"},
    [POLICY] = {"--policy", 0, "P,...",
                "fp64, fp32, fp32c, df64; default fp64,fp32,fp32c"},
    [DT] = {"--dt", 0, "TIME", "time step, with its unit; default 0.01ms"},
    [PERIOD] = {"--period", 0, "TIME",
                "from one beat to the next, the nearest number of\nsteps; "
                "default 1000ms"},
    [CURRENT] = {"--current", 0, "CURRENT",
                 "into the cell at the start of a beat;\ndefault 52pA/pF"},
    [ON] = {"--on", 0, "TIME", "as long as this; default 1ms"},
    [METHOD] = {"--method", 0, "NAME", "rush-larsen (default) or midpoint"},
    [ADAPT] = {"--adapt", 0, "VOLTAGE",
               "repeat steps that change V by more than this\nin parts, e.g. "
               "0.25mV; default: fixed steps"},
    [REPORT] = {"--report", 0, "r.json", "write all figures as JSON"},
    [HELP] = {"--help", 'h', NULL, "this text"},
};

bool sunzi_cardiac_cell_asked(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--cell") == 0 || strcmp(argv[i], "--list") == 0 ||
            strncmp(argv[i], "--cell=", 7) == 0)
            return true;
    return false;
}

/* ---- arguments ---- */

static int read_quantity(int option, const char *text, const char *unit,
                         double least, bool open, double *value)
{
    return sunzi_tool_quantity(command, options[option].name, text, unit, least,
                               open, value);
}

static int add_policy(const char *name, sunzi_pace *p)
{
    sunzi_policy policy;
    if (sunzi_policy_find(name, &policy) < 0) {
        sunzi_tool_error(command, "--policy: %s", sunzi_last_message());
        return -1;
    }
    for (int i = 0; i < p->policies; i++)
        if (p->policy[i] == policy) {
            sunzi_tool_error(command, "--policy: %s is there twice", name);
            return -1;
        }
    p->policy[p->policies++] = policy;
    return 0;
}

static int read_policies(const char *text, sunzi_pace *p)
{
    p->policies = 0;
    for (;;) {
        char name[40];
        const size_t length = strcspn(text, ",");
        snprintf(name, sizeof name, "%.*s", (int)length, text);
        if (add_policy(name, p) < 0)
            return -1;
        if (!text[length])
            return 0;
        text += length + 1;
    }
}

static int find_cell(const char *name, sunzi_pace *p)
{
    sunzi_cell_model_close(&p->opened);
    if (sunzi_cardiac_model(NULL, name, &p->model, &p->variant, &p->opened) ==
        SUNZI_OK)
        return 0;
    sunzi_tool_error(command, "%s", sunzi_last_message());
    return -1;
}

static int take(int option, const char *value, sunzi_pace *p)
{
    static const char *const methods[] = {"rush-larsen", "midpoint"};
    int chosen;
    switch (option) {
    case CELL:
        return find_cell(value, p);
    case BEATS:
        p->beats =
            (int)sunzi_tool_number(command, "--beats", value, 1, 1000000);
        return p->beats;
    case POLICY:
        return read_policies(value, p);
    case DT:
        return read_quantity(DT, value, "ms", 0, true, &p->dt);
    case PERIOD:
        return read_quantity(PERIOD, value, "ms", 0, true, &p->period);
    case CURRENT:
        return read_quantity(CURRENT, value, "pA/pF", 0, false, &p->current);
    case ON:
        return read_quantity(ON, value, "ms", 0, false, &p->on);
    case METHOD:
        chosen = sunzi_tool_choice(command, "--method", value, methods, 2);
        p->method = chosen == 1 ? SUNZI_CELL_MIDPOINT : SUNZI_CELL_RUSH_LARSEN;
        return chosen;
    case ADAPT:
        return read_quantity(ADAPT, value, "mV", 0, false, &p->adapt);
    case REPORT:
        p->report_path = value;
        return 0;
    default:
        sunzi_tool_error(command,
                         "got '%.60s', a file of a run belongs to "
                         "tissue; give options only",
                         value);
        return -1;
    }
}

/* Beats and currents are whole numbers of steps: those nearest. */
static int take_whole_steps(sunzi_pace *p)
{
    const double on = rint(p->on / p->dt);
    if (on == 0 && p->on > 0 && p->current > 0) {
        sunzi_tool_error(command,
                         "--on: %g ms is less than half a step of %g ms, "
                         "allowed is 0 or a step; take a smaller --dt",
                         p->on, p->dt);
        return -1;
    }
    const double whole[2] = {rint(p->period / p->dt) * p->dt, on * p->dt};
    double *const given[2] = {&p->period, &p->on};
    for (int i = 0; i < 2; i++)
        if (fabs(whole[i] - *given[i]) > 1e-9 * *given[i])
            *given[i] = whole[i];
    return 0;
}

static int check(sunzi_pace *p)
{
    if (!p->model) {
        sunzi_tool_error(command, "the model is missing; --list tells them");
        return -1;
    }
    if (p->period / p->dt > 1e8 || p->period < p->dt || p->on > p->period) {
        sunzi_tool_error(command,
                         "a beat of %g ms in steps of %g ms with a current for "
                         "%g ms; allowed are 1 to 1e8 steps, and no more "
                         "current than beat",
                         p->period, p->dt, p->on);
        return -1;
    }
    if (p->adapt > 0 && p->method == SUNZI_CELL_MIDPOINT) {
        sunzi_tool_error(command, "--adapt is for --method rush-larsen");
        return -1;
    }
    for (int i = 0; i < p->policies; i++)
        if (!sunzi_cell_model_has(p->model, p->policy[i])) {
            sunzi_tool_error(command, "%s has no policy %s",
                             sunzi_cell_model_name(p->model, p->variant),
                             sunzi_policy_name(p->policy[i]));
            return -1;
        }
    return take_whole_steps(p);
}

/* ---- runs ---- */

static void list_models(void)
{
    for (int m = 0; m < sunzi_cell_model_count(); m++) {
        const sunzi_cell_model *model = sunzi_cell_model_at(m);
        for (int v = 0; v < sunzi_cell_model_variants(model); v++)
            puts(sunzi_cell_model_name(model, v));
        sunzi_tool_print_wrapped("    ", sunzi_cell_model_source(model));
        printf("    %d states:", sunzi_cell_model_states(model));
        for (int s = 0; s < sunzi_cell_model_states(model); s++)
            printf(" %s", sunzi_cell_state_name(model, s));
        printf("\n    policies:");
        for (int p = 0; p < SUNZI_POLICY_COUNT; p++)
            if (sunzi_cell_model_has(model, (sunzi_policy)p))
                printf(" %s", sunzi_policy_name((sunzi_policy)p));
        puts("");
    }
}

static int run(const sunzi_pace *p)
{
    sunzi_paced result[SUNZI_POLICY_COUNT];
    for (int i = 0; i < p->policies; i++) {
        const sunzi_status status =
            sunzi_pace_run(p, p->policy[i], &result[i], NULL);
        if (status < 0) {
            sunzi_tool_error(command, "%s: %s", sunzi_policy_name(p->policy[i]),
                             status == SUNZI_ERR_NOMEM
                                 ? "memory could not be allocated"
                                 : sunzi_last_message());
            return status == SUNZI_ERR_BLOW_UP ? SUNZI_EXIT_UNSOLVED
                                               : SUNZI_EXIT_INPUT;
        }
    }
    sunzi_pace_print(p, result);
    return p->report_path ? sunzi_pace_report(p, result) : SUNZI_EXIT_REACHED;
}

int sunzi_cardiac_cell(int argc, char **argv)
{
    sunzi_pace p = {
        .beats = 1,
        .dt = 0.01,
        .period = 1000,
        .on = 1,
        .current = 52,
        .policies = 3,
        .policy = {SUNZI_POLICY_FP64, SUNZI_POLICY_FP32, SUNZI_POLICY_FP32C}};
    sunzi_tool_args args = {.command = command,
                            .options = options,
                            .option_count = OPTIONS,
                            .argc = argc,
                            .argv = argv,
                            .at = 1};
    bool list = false;
    int code = SUNZI_EXIT_INPUT;
    for (int found; (found = sunzi_tool_next(&args)) != SUNZI_ARG_END;) {
        if (found == HELP) {
            fputs(usage, stdout);
            sunzi_tool_print_options(options, OPTIONS);
            fputs(footer, stdout);
            return sunzi_tool_finish(command, SUNZI_EXIT_REACHED);
        }
        list |= found == LIST;
        if (found == SUNZI_ARG_WRONG ||
            (found != LIST && take(found, args.value, &p) < 0))
            goto done;
    }
    if (list)
        list_models();
    else if (check(&p) < 0)
        goto done;
    code = sunzi_tool_finish(command, list ? SUNZI_EXIT_REACHED : run(&p));
done:
    sunzi_cell_model_close(&p.opened);
    return code;
}
