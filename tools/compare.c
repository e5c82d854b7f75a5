/* SPDX-License-Identifier: BSD-3-Clause */
/* `sunzi compare`: two HDF5 files, dataset by dataset. */
#include "tools/compare.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/status.h>

#include "tools/command.h"

#define COMMAND SUNZI_COMPARE_COMMAND

enum { EXIT_EQUAL = 0, EXIT_DIFFERENT = 1 };

enum { RTOL, ATOL, FIELD, REPORT, QUIET, HELP, OPTIONS };

static const sunzi_tool_option options[OPTIONS] = {
    [RTOL] = {"--rtol", 0, "R",
              "allow |a - b| <= A + R max|a| in every field (default 0)"},
    [ATOL] = {"--atol", 0, "A", "see --rtol (default 0)"},
    [FIELD] = {"--field", 0, "NAME", "this dataset only: path, or its end"},
    [REPORT] = {"--report", 0, "r.json", "write all figures as JSON"},
    [QUIET] = {"--quiet", 'q', NULL, "print nothing but errors"},
    [HELP] = {"--help", 'h', NULL, "this text"},
};

static int print_help(void)
{
    puts("usage: sunzi compare a.h5 b.h5 [OPTIONS]\n\n"
         "The datasets of two HDF5 files, by path: shapes, types, units, norms "
         "of the\ndifference. Exit code 0: equal (within tolerances), 1: "
         "different, 2: error.\n");
    sunzi_tool_print_options(options, OPTIONS);
    return sunzi_tool_finish(COMMAND, EXIT_EQUAL);
}

static bool read_tolerance(const char *option, const char *text, double *value)
{
    char *end;
    *value = strtod(text, &end);
    if (end != text && *end == '\0' && isfinite(*value) && *value >= 0.0)
        return true;
    sunzi_tool_error(COMMAND, "%s: got '%.60s', allowed are numbers >= 0",
                     option, text);
    return false;
}

static bool take_file(sunzi_comparing *asked, const char *path)
{
    if (asked->path_b)
        sunzi_tool_error(COMMAND, "two files at a time, got a third: '%.100s'",
                         path);
    else if (!*path)
        sunzi_tool_error(COMMAND, "the name of a file is empty");
    else if (asked->path_a)
        asked->path_b = path;
    else
        asked->path_a = path;
    return asked->path_b == path || asked->path_a == path;
}

static bool take_option(sunzi_comparing *asked, int found, const char *value)
{
    switch (found) {
    case RTOL:
        return read_tolerance("--rtol", value, &asked->rtol);
    case ATOL:
        return read_tolerance("--atol", value, &asked->atol);
    case FIELD:
        asked->field = value;
        break;
    case REPORT:
        asked->report_path = value;
        break;
    default:
        asked->quiet = true;
    }
    if (value && !*value) {
        sunzi_tool_error(COMMAND, "%s: the name is empty", options[found].name);
        return false;
    }
    return true;
}

/* ---- comparing ---- */

static bool is_asked(const sunzi_comparing *asked, const sunzi_dataset *dataset)
{
    const char *slash = strrchr(dataset->path, '/');
    return !asked->field || strcmp(dataset->path, asked->field) == 0 ||
           (slash && strcmp(slash + 1, asked->field) == 0);
}

static sunzi_status add(const sunzi_comparing *asked, sunzi_differences *found,
                        const sunzi_dataset *a, const sunzi_dataset *b)
{
    if (!is_asked(asked, a ? a : b))
        return SUNZI_OK;
    sunzi_difference *one = &found->list[found->count++];
    const sunzi_status status = sunzi_compare_dataset(asked, a, b, one);
    found->different += one->verdict == SUNZI_DIFFERENT;
    found->not_compared += one->verdict == SUNZI_NOT_COMPARED;
    return status;
}

/* Both lists ascend: merge them. */
static sunzi_status compare_lists(const sunzi_comparing *asked,
                                  sunzi_differences *found)
{
    const int count_a = sunzi_datasets_count(asked->a);
    const int count_b = sunzi_datasets_count(asked->b);
    sunzi_status status = SUNZI_OK;
    for (int i = 0, j = 0;
         status == SUNZI_OK && (i < count_a || j < count_b);) {
        const sunzi_dataset *a =
            i < count_a ? sunzi_datasets_get(asked->a, i) : NULL;
        const sunzi_dataset *b =
            j < count_b ? sunzi_datasets_get(asked->b, j) : NULL;
        const int order = !a ? 1 : !b ? -1 : strcmp(a->path, b->path);
        status =
            add(asked, found, order <= 0 ? a : NULL, order >= 0 ? b : NULL);
        i += order <= 0;
        j += order >= 0;
    }
    return status;
}

static bool same_place(const sunzi_comparing *asked,
                       const sunzi_place_difference *place)
{
    double largest = 0.0;
    if (place->count_a != place->count_b)
        return false;
    for (int i = 0; i < place->count_a && i < 9; i++)
        largest = fmax(largest, fabs(place->a[i]));
    for (int i = 0; i < place->count_a && i < 9; i++)
        if (!(fabs(place->a[i] - place->b[i]) <=
              asked->atol + asked->rtol * largest))
            return false;
    return true;
}

/* What tells where and when the fields are: VTKHDF's grid, a step's time. */
static void compare_places(const sunzi_comparing *asked,
                           sunzi_differences *found)
{
    static const char *const names[SUNZI_PLACES][2] = {
        {"VTKHDF", "WholeExtent"}, {"VTKHDF", "Origin"}, {"VTKHDF", "Spacing"},
        {"VTKHDF", "Direction"},   {"", "step"},         {"", "time"}};
    for (int i = 0; i < SUNZI_PLACES && !asked->field; i++) {
        sunzi_place_difference *place = &found->place[found->places];
        place->object = names[i][0];
        place->name = names[i][1];
        place->count_a = sunzi_datasets_numbers(asked->a, place->object,
                                                place->name, place->a, 9);
        place->count_b = sunzi_datasets_numbers(asked->b, place->object,
                                                place->name, place->b, 9);
        found->places += !same_place(asked, place);
    }
}

static int tell(const sunzi_comparing *asked, const sunzi_differences *found)
{
    const int different = found->different + found->places;
    int exit_code = different ? EXIT_DIFFERENT : EXIT_EQUAL;
    if (found->count == 0) {
        if (asked->field)
            sunzi_tool_error(COMMAND,
                             "--field: there is no dataset '%.100s' in %.200s "
                             "or %.200s; sunzi plot --list shows what is there",
                             asked->field, asked->path_a, asked->path_b);
        else
            sunzi_tool_error(COMMAND, "%.200s and %.200s hold no datasets",
                             asked->path_a, asked->path_b);
        return SUNZI_EXIT_INPUT;
    }
    if (!asked->quiet)
        sunzi_print_differences(asked, found);
    exit_code = sunzi_tool_finish(COMMAND, exit_code);
    if (asked->report_path && exit_code != SUNZI_EXIT_INPUT) {
        const int failed = sunzi_report_differences(asked, found, exit_code);
        exit_code = failed ? failed : exit_code;
    }
    return exit_code;
}

static int compare(sunzi_comparing *asked)
{
    sunzi_differences found = {.list = NULL};
    int exit_code = SUNZI_EXIT_INPUT;
    sunzi_status status = sunzi_datasets_open(asked->path_a, &asked->a);
    if (status == SUNZI_OK)
        status = sunzi_datasets_open(asked->path_b, &asked->b);
    if (status == SUNZI_OK) {
        const int most =
            sunzi_datasets_count(asked->a) + sunzi_datasets_count(asked->b);
        found.list = calloc((size_t)most + 1, sizeof *found.list);
        status = found.list ? compare_lists(asked, &found)
                            : sunzi_fail(SUNZI_ERR_NOMEM,
                                         "no memory for %d datasets", most);
    }
    if (status == SUNZI_OK) {
        compare_places(asked, &found);
        exit_code = tell(asked, &found);
    } else {
        sunzi_tool_error(COMMAND, "%s", sunzi_last_message());
    }
    free(found.list);
    sunzi_datasets_close(&asked->a);
    sunzi_datasets_close(&asked->b);
    return exit_code;
}

int sunzi_tool_compare(int argc, char **argv)
{
    sunzi_comparing asked = {.path_a = NULL};
    sunzi_tool_args args = {.command = COMMAND,
                            .options = options,
                            .option_count = OPTIONS,
                            .argc = argc,
                            .argv = argv,
                            .at = 1};
    for (int found; (found = sunzi_tool_next(&args)) != SUNZI_ARG_END;) {
        if (found == SUNZI_ARG_WRONG)
            return SUNZI_EXIT_INPUT;
        if (found == HELP)
            return print_help();
        if (!(found == SUNZI_ARG_OPERAND
                  ? take_file(&asked, args.value)
                  : take_option(&asked, found, args.value)))
            return SUNZI_EXIT_INPUT;
    }
    if (!asked.path_b) {
        sunzi_tool_error(COMMAND, "needs two files, got %d; see %s --help",
                         asked.path_a ? 1 : 0, COMMAND);
        return SUNZI_EXIT_INPUT;
    }
    return compare(&asked);
}
