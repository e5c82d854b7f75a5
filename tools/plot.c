/* SPDX-License-Identifier: BSD-3-Clause */
/* `sunzi plot`: fields, series and spectra of an HDF5 file as PNG. */
#include "tools/plot.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/status.h>

#include "tools/command.h"

#define COMMAND SUNZI_PLOT_COMMAND

enum { MOST_INDEX = 1000000000, LEAST_SIZE = 200, MOST_SIZE = 8000 };

enum {
    FIELD,
    STEP,
    SLICE,
    OUTPUT,
    SIZE,
    RANGE,
    LOG,
    ISOLINES,
    LIST,
    HELP,
    OPTIONS
};

static const sunzi_tool_option options[OPTIONS] = {
    [FIELD] = {"--field", 'f', "NAME",
               "dataset: path, or its end; several\nseries into one picture"},
    [STEP] = {"--step", 0, "K", "time step, from 0 (default: the last)"},
    [SLICE] = {"--slice", 0, "z=INDEX",
               "plane of a field in space: x, y or z (default:\nthe middle of "
               "the slowest dimension)"},
    [OUTPUT] = {"--output", 'o', "out.png",
                "picture (default: FILE_FIELD.png, here)"},
    [SIZE] = {"--size", 0, "WxH", "pixels (default 1000x750)"},
    [RANGE] = {"--range", 0, "LO:HI", "range of colours, or of the y axis"},
    [LOG] = {"--log", 0, NULL, "logarithmic colours, or y axis"},
    [ISOLINES] = {"--isolines", 0, "STEP",
                  "of a field: lines at the multiples of STEP, and\nbands of "
                  "colour between them"},
    [LIST] = {"--list", 0, NULL, "only tell what is in the file"},
    [HELP] = {"--help", 'h', NULL, "this text"},
};

static int print_help(void)
{
    puts("usage: sunzi plot file.h5 [OPTIONS]\n"
         "       sunzi plot table.csv [OPTIONS]\n\n"
         "Draws fields, series and spectra of an HDF5 file, or columns of a "
         "table, as PNG,\nwith gnuplot.\n");
    sunzi_tool_print_options(options, OPTIONS);
    return sunzi_tool_finish(COMMAND, SUNZI_EXIT_REACHED);
}

/* ---- options ---- */

static bool wrong(int option, const char *value, const char *allowed)
{
    sunzi_tool_error(COMMAND, "%s: got '%.60s', allowed is %s",
                     options[option].name, value, allowed);
    return false;
}

static bool take_size(sunzi_plotting *asked, const char *value)
{
    int used = 0;
    if (sscanf(value, "%5dx%5d%n", &asked->width, &asked->height, &used) == 2 &&
        value[used] == '\0' && asked->width >= LEAST_SIZE &&
        asked->height >= LEAST_SIZE && asked->width <= MOST_SIZE &&
        asked->height <= MOST_SIZE)
        return true;
    return wrong(SIZE, value,
                 "width x height from 200 to 8000, as in 1000x750");
}

static bool take_range(sunzi_plotting *asked, const char *value)
{
    char *middle, *end = NULL;
    asked->low = strtod(value, &middle);
    if (middle != value && *middle == ':')
        asked->high = strtod(middle + 1, &end);
    asked->has_range = true;
    if (end && end != middle + 1 && *end == '\0' && isfinite(asked->low) &&
        isfinite(asked->high) && asked->low < asked->high)
        return true;
    return wrong(RANGE, value, "LO:HI with LO < HI, as in -1:2.5");
}

static bool take_isolines(sunzi_plotting *asked, const char *value)
{
    char *end;
    asked->isolines = strtod(value, &end);
    return (end != value && !*end && asked->isolines > 0 &&
            isfinite(asked->isolines)) ||
           wrong(ISOLINES, value, "a number > 0, in the units of the field");
}

static bool take_slice(sunzi_plotting *asked, const char *value)
{
    if (!value[0] || !strchr("xyz", value[0]) || value[1] != '=')
        return wrong(SLICE, value, "x, y or z and an index, as in z=12");
    asked->slice = value[0];
    asked->slice_index =
        sunzi_tool_number(COMMAND, "--slice", value + 2, 0, MOST_INDEX);
    return asked->slice_index >= 0;
}

static bool take_option(sunzi_plotting *asked, int found, const char *value)
{
    switch (found) {
    case FIELD:
        if (asked->count == SUNZI_PLOT_LINES || !*value)
            return wrong(FIELD, value, "up to 8 names");
        asked->names[asked->count++] = value;
        return true;
    case STEP:
        asked->step =
            sunzi_tool_number(COMMAND, "--step", value, 0, MOST_INDEX);
        return asked->step >= 0;
    case SLICE:
        return take_slice(asked, value);
    case ISOLINES:
        return take_isolines(asked, value);
    case OUTPUT:
        asked->output = value;
        return *value || wrong(OUTPUT, value, "the name of a file");
    case SIZE:
        return take_size(asked, value);
    case RANGE:
        return take_range(asked, value);
    case LOG:
        asked->log = true;
        return true;
    default:
        asked->list = true;
        return true;
    }
}

static bool check_request(const sunzi_plotting *asked)
{
    if (!asked->path)
        sunzi_tool_error(COMMAND, "needs a file; see %s --help", COMMAND);
    else if (asked->log && asked->has_range && !(asked->low > 0.0))
        sunzi_tool_error(COMMAND,
                         "--range: got %g as its low end, allowed with --log "
                         "are numbers > 0",
                         asked->low);
    else if (asked->log && asked->isolines > 0)
        sunzi_tool_error(COMMAND, "--isolines: they are equally far apart; "
                                  "leave out --log");
    else
        return true;
    return false;
}

/* ---- what is in the file ---- */

typedef enum what { OTHER, AXIS, SERIES, FIELDS } what;

static bool is_named_axis(sunzi_datasets *file, const sunzi_dataset *dataset)
{
    char text[200];
    const char *slash = strrchr(dataset->path, '/');
    for (int i = 0; i < sunzi_datasets_count(file); i++) {
        const sunzi_dataset *one = sunzi_datasets_get(file, i);
        if (one->dims == 1 &&
            sunzi_datasets_text(file, one->path, "coordinates", text,
                                sizeof text) &&
            (strcmp(text, dataset->path) == 0 ||
             strcmp(text, slash ? slash + 1 : dataset->path) == 0))
            return true;
    }
    return false;
}

static what what_is(sunzi_datasets *file, const sunzi_dataset *dataset)
{
    char text[40];
    if (dataset->kind == SUNZI_DATASET_OTHER || dataset->dims < 1 ||
        dataset->dims > SUNZI_PLOT_DIMS || dataset->entries < 1)
        return OTHER;
    if (strcmp(dataset->path, "VTKHDF/Steps/Values") == 0 ||
        (sunzi_datasets_text(file, dataset->path, "CLASS", text, sizeof text) &&
         strcmp(text, "DIMENSION_SCALE") == 0) ||
        (dataset->dims == 1 && is_named_axis(file, dataset)))
        return AXIS;
    if (dataset->dims > 1)
        return FIELDS;
    return dataset->number_bits > 8 ? SERIES : OTHER; /* bytes: no series */
}

static void print_list(sunzi_datasets *file)
{
    static const char *const names[] = {[OTHER] = "other",
                                        [AXIS] = "axis",
                                        [SERIES] = "series",
                                        [FIELDS] = "field"};
    for (int i = 0; i < sunzi_datasets_count(file); i++) {
        char units[80], name[120], label[210], shape[160] = "";
        const sunzi_dataset *one = sunzi_datasets_get(file, i);
        size_t used = 0;
        for (int d = 0; d < one->dims && used < sizeof shape; d++)
            used += (size_t)snprintf(shape + used, sizeof shape - used,
                                     "%s%" PRId64, d ? "x" : "", one->size[d]);
        sunzi_datasets_text(file, one->path, "units", units, sizeof units);
        sunzi_datasets_text(file, one->path, "long_name", name, sizeof name);
        sunzi_plot_label(name, units, label, sizeof label);
        printf("%-6s  %-28s %-6s %-14s %s\n", names[what_is(file, one)],
               one->path, one->type, one->dims ? shape : "1", label);
    }
}

/* ---- choice ---- */

static bool ends_with(const sunzi_dataset *dataset, const char *name)
{
    const char *slash = strrchr(dataset->path, '/');
    return slash && strcmp(slash + 1, name) == 0;
}

static void tell_ambiguous(sunzi_datasets *file, const char *path,
                           const char *name)
{
    char list[600] = "";
    size_t used = 0;
    for (int i = 0; i < sunzi_datasets_count(file); i++) {
        const sunzi_dataset *one = sunzi_datasets_get(file, i);
        if (ends_with(one, name) && used < sizeof list)
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%s",
                                     used ? ", " : "", one->path);
    }
    sunzi_tool_error(COMMAND,
                     "--field: '%.100s' is the end of several paths in %.200s: "
                     "%s%s; give one of these",
                     name, path, list, used < sizeof list ? "" : " ...");
}

/* A whole path, or the end of one alone. NULL after a message. */
static const sunzi_dataset *find_named(sunzi_datasets *file, const char *path,
                                       const char *name)
{
    const sunzi_dataset *found = sunzi_datasets_find(file, name);
    if (found)
        return found;
    for (int i = 0; i < sunzi_datasets_count(file); i++) {
        const sunzi_dataset *one = sunzi_datasets_get(file, i);
        if (ends_with(one, name) && found) {
            tell_ambiguous(file, path, name);
            return NULL;
        }
        if (ends_with(one, name))
            found = one;
    }
    if (!found)
        sunzi_tool_error(COMMAND,
                         "--field: there is no dataset '%.100s' in %.200s; %s "
                         "--list shows what is there",
                         name, path, COMMAND);
    return found;
}

/* Without --field: the first field, else all series. */
static int choose(const sunzi_plotting *asked, const sunzi_dataset **chosen,
                  int *all_fields)
{
    int fields = 0, series = 0;
    for (int i = 0; i < sunzi_datasets_count(asked->file); i++) {
        const sunzi_dataset *one = sunzi_datasets_get(asked->file, i);
        const what kind = what_is(asked->file, one);
        if (kind == FIELDS && fields++ == 0)
            chosen[0] = one;
        if (kind == SERIES && fields == 0 && series < SUNZI_PLOT_LINES)
            chosen[series++] = one;
    }
    if (fields + series == 0)
        sunzi_tool_error(COMMAND,
                         "%.200s has no fields and no series; %s --list shows "
                         "what is there",
                         asked->path, COMMAND);
    *all_fields = fields;
    return fields ? 1 : series;
}

static int choose_all(const sunzi_plotting *asked, const sunzi_dataset **chosen,
                      int *all_fields)
{
    for (int i = 0; i < asked->count; i++) {
        chosen[i] = find_named(asked->file, asked->path, asked->names[i]);
        if (!chosen[i])
            return 0;
    }
    return asked->count ? asked->count : choose(asked, chosen, all_fields);
}

void sunzi_plot_name_output(const sunzi_plotting *asked, const char *dataset,
                            char *name, size_t bytes)
{
    const char *file = strrchr(asked->path, '/');
    const char *field = strrchr(dataset, '/');
    file = file ? file + 1 : asked->path;
    const char *dot = strrchr(file, '.');
    const int stem = dot && dot > file ? (int)(dot - file) : (int)strlen(file);
    snprintf(name, bytes, "%.*s_%.150s.png", stem < 200 ? stem : 200, file,
             field ? field + 1 : dataset);
}

/* ---- drawing ---- */

static int draw_selected(const sunzi_plotting *asked,
                         const sunzi_selection *selected, int count)
{
    for (int i = 0; count > 1 && i < count; i++)
        if (selected[i].drawn_count != 1) {
            sunzi_tool_error(COMMAND,
                             "--field: several are drawn into one picture if "
                             "all are series, but '%.100s' is a field; draw it "
                             "alone",
                             selected[i].dataset->path);
            return SUNZI_EXIT_INPUT;
        }
    if (asked->isolines > 0 && selected[0].drawn_count != 2) {
        sunzi_tool_error(COMMAND,
                         "--isolines: '%.100s' is no field; leave it out",
                         selected[0].dataset->path);
        return SUNZI_EXIT_INPUT;
    }
    return selected[0].drawn_count == 2
               ? sunzi_plot_field(asked, selected)
               : sunzi_plot_lines(asked, selected, count);
}

static int draw(sunzi_plotting *asked)
{
    char output[400];
    const sunzi_dataset *chosen[SUNZI_PLOT_LINES];
    sunzi_selection selected[SUNZI_PLOT_LINES];
    int done = 0, all_fields = 0, exit_code = SUNZI_EXIT_INPUT;
    const int count = choose_all(asked, chosen, &all_fields);
    while (done < count &&
           sunzi_plot_select(asked, chosen[done], &selected[done]))
        done++;
    if (count > 0 && done == count) {
        sunzi_plot_name_output(asked, chosen[0]->path, output, sizeof output);
        if (!asked->output)
            asked->output = output;
        exit_code = draw_selected(asked, selected, count);
        if (exit_code == 0 && all_fields > 1)
            printf("this is the first of %d fields; --field NAME draws "
                   "another, --list shows them\n",
                   all_fields);
    }
    while (done > 0)
        sunzi_plot_free(&selected[--done]);
    return exit_code;
}

int sunzi_tool_plot(int argc, char **argv)
{
    sunzi_plotting asked = {.step = -1, .width = 1000, .height = 750};
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
        if (found == SUNZI_ARG_OPERAND && asked.path) {
            sunzi_tool_error(COMMAND,
                             "one file at a time, got a second: "
                             "'%.100s'",
                             args.value);
            return SUNZI_EXIT_INPUT;
        }
        if (found == SUNZI_ARG_OPERAND)
            asked.path = args.value;
        else if (!take_option(&asked, found, args.value))
            return SUNZI_EXIT_INPUT;
    }
    if (!check_request(&asked))
        return SUNZI_EXIT_INPUT;
    const size_t length = strlen(asked.path);
    if (length > 4 && strcmp(asked.path + length - 4, ".csv") == 0)
        return sunzi_tool_finish(COMMAND, sunzi_plot_table(&asked));
    if (sunzi_datasets_open(asked.path, &asked.file) < 0) {
        sunzi_tool_error(COMMAND, "%s", sunzi_last_message());
        return SUNZI_EXIT_INPUT;
    }
    int exit_code = 0;
    if (asked.list)
        print_list(asked.file);
    else
        exit_code = draw(&asked);
    sunzi_datasets_close(&asked.file);
    return sunzi_tool_finish(COMMAND, exit_code);
}
