/* SPDX-License-Identifier: BSD-3-Clause */
/* Columns of a CSV file as lines: the first one is the axis, the others are
 * series. Names stand in the first row, as "V1 [mV]". */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/status.h>

#include "io/number.h"
#include "tools/command.h"
#include "tools/plot.h"

#define COMMAND SUNZI_PLOT_COMMAND

enum { COLUMNS_MOST = 1000 };

typedef struct column {
    char name[80], units[80];
    double *number;
} column;

typedef struct table {
    const char *path;
    char *line;
    size_t line_room;
    int columns;
    column *column;
    int64_t rows, room;
} table;

/* ---- reading ---- */

/* The next field of a line, without blanks; *at moves behind its comma, or to
 * NULL. */
static char *next_field(char **at)
{
    char *begin = *at, *comma = strchr(begin, ',');
    *at = comma ? comma + 1 : NULL;
    char *end = comma ? comma : begin + strcspn(begin, "\r\n");
    while (begin < end && (*begin == ' ' || *begin == '\t'))
        begin++;
    while (end > begin && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    *end = '\0';
    return begin;
}

/* "V1 [mV]" to name and units. */
static void split_name(const char *field, column *c)
{
    const char *open = strrchr(field, '[');
    const size_t length = strlen(field);
    const bool units = open && open > field && field[length - 1] == ']';
    size_t name = units ? (size_t)(open - field) : length;
    while (name > 0 && field[name - 1] == ' ')
        name--;
    snprintf(c->name, sizeof c->name, "%.*s", (int)name, field);
    if (units)
        snprintf(c->units, sizeof c->units, "%.*s",
                 (int)(field + length - 1 - open - 1), open + 1);
}

static bool no_memory(void)
{
    sunzi_tool_error(COMMAND, "no memory for the table");
    return false;
}

static bool read_names(table *t, FILE *file)
{
    if (getline(&t->line, &t->line_room, file) < 0 || !strchr(t->line, ',')) {
        sunzi_tool_error(COMMAND,
                         "%.200s:1: allowed is a row of names, two or more "
                         "with commas between",
                         t->path);
        return false;
    }
    for (char *at = t->line; at; t->columns++) {
        if (t->columns == COLUMNS_MOST) {
            sunzi_tool_error(COMMAND,
                             "%.200s:1: more than %d columns, allowed are %d",
                             t->path, COLUMNS_MOST, COLUMNS_MOST);
            return false;
        }
        column *more =
            realloc(t->column, sizeof *more * (size_t)(t->columns + 1));
        if (!more)
            return no_memory();
        t->column = more;
        t->column[t->columns] = (column){.number = NULL};
        split_name(next_field(&at), &t->column[t->columns]);
    }
    return true;
}

static bool take_room(table *t)
{
    if (t->rows < t->room)
        return true;
    const int64_t room = t->room ? 2 * t->room : 1024;
    for (int k = 0; k < t->columns; k++) {
        double *more =
            realloc(t->column[k].number, sizeof *more * (size_t)room);
        if (!more)
            return no_memory();
        t->column[k].number = more;
    }
    t->room = room;
    return true;
}

/* A number, or nan and what is empty: a gap. */
static bool read_number(const char *text, double *number)
{
    const sunzi_number_style style = {.shift = 0};
    *number = NAN;
    if (!*text || strcmp(text, "nan") == 0 || strcmp(text, "NaN") == 0)
        return true;
    return sunzi_number_real(text, text + strlen(text), &style, number) ==
           SUNZI_NUMBER_OK;
}

static bool read_row(table *t)
{
    const long long at_line = (long long)t->rows + 2;
    char *at = t->line;
    int k = 0;
    if (!take_room(t))
        return false;
    for (; at; k++) {
        const char *field = next_field(&at);
        if (k < t->columns &&
            !read_number(field, &t->column[k].number[t->rows])) {
            sunzi_tool_error(COMMAND,
                             "%.200s:%lld: '%.40s' in column %d, allowed are "
                             "numbers and nan",
                             t->path, at_line, field, k + 1);
            return false;
        }
    }
    if (k != t->columns) {
        sunzi_tool_error(COMMAND,
                         "%.200s:%lld: there are %d numbers, allowed are %d, "
                         "one a name of the first row",
                         t->path, at_line, k, t->columns);
        return false;
    }
    if (!isfinite(t->column[0].number[t->rows])) {
        sunzi_tool_error(COMMAND,
                         "%.200s:%lld: the first column is the axis, allowed "
                         "are numbers",
                         t->path, at_line);
        return false;
    }
    t->rows++;
    return true;
}

static bool read_table(table *t)
{
    FILE *file = fopen(t->path, "r");
    bool good = file != NULL;
    if (!good)
        sunzi_tool_error(COMMAND, "%.200s: cannot be opened", t->path);
    good = good && read_names(t, file);
    while (good && getline(&t->line, &t->line_room, file) >= 0)
        good = strspn(t->line, " \t\r\n") == strlen(t->line) || read_row(t);
    if (good && t->rows == 0) {
        sunzi_tool_error(COMMAND, "%.200s: there is no row of numbers",
                         t->path);
        good = false;
    }
    if (file)
        fclose(file);
    return good;
}

/* ---- choice ---- */

static int find_column(const table *t, const char *name)
{
    for (int k = 1; k < t->columns; k++)
        if (strcmp(t->column[k].name, name) == 0)
            return k;
    sunzi_tool_error(COMMAND,
                     "--field: there is no column '%.100s' in %.200s; %s "
                     "--list shows what is there",
                     name, t->path, COMMAND);
    return -1;
}

static void print_list(const table *t)
{
    for (int k = 0; k < t->columns; k++) {
        char label[200];
        sunzi_plot_label(t->column[k].name, t->column[k].units, label,
                         sizeof label);
        printf("%-6s  %-28s %lld rows\n", k ? "series" : "axis", label,
               (long long)t->rows);
    }
}

/* The line of column k; `dataset` is for its name. */
static void select_column(const table *t, int k, sunzi_dataset *dataset,
                          sunzi_selection *s)
{
    column *c = &t->column[k];
    *dataset = (sunzi_dataset){
        .path = c->name, .dims = 1, .size = {t->rows}, .entries = t->rows};
    *s = (sunzi_selection){.dataset = dataset,
                           .column = c->number,
                           .drawn_count = 1,
                           .components = 1};
    s->axis[0] = (sunzi_axis){.role = 'x',
                              .count = t->rows,
                              .values = t->column[0].number,
                              .measured = true};
    snprintf(s->axis[0].name, sizeof s->axis[0].name, "%s", t->column[0].name);
    snprintf(s->axis[0].units, sizeof s->axis[0].units, "%s",
             t->column[0].units);
    snprintf(s->units, sizeof s->units, "%s", c->units);
    sunzi_plot_label(c->name, c->units, s->label, sizeof s->label);
    snprintf(s->title, sizeof s->title, "%s", c->name);
}

static int draw(sunzi_plotting *asked, const table *t)
{
    static sunzi_selection lines[SUNZI_PLOT_LINES];
    sunzi_dataset dataset[SUNZI_PLOT_LINES];
    char output[400];
    int count = asked->count;
    if (count == 0)
        count = t->columns - 1 < SUNZI_PLOT_LINES ? t->columns - 1
                                                  : SUNZI_PLOT_LINES;
    for (int i = 0; i < count; i++) {
        const int k = asked->count ? find_column(t, asked->names[i]) : i + 1;
        if (k < 0)
            return SUNZI_EXIT_INPUT;
        select_column(t, k, &dataset[i], &lines[i]);
    }
    sunzi_plot_name_output(asked, count == 1 ? dataset[0].path : "lines",
                           output, sizeof output);
    if (!asked->output)
        asked->output = output;
    asked->title = strrchr(asked->path, '/');
    asked->title = asked->title ? asked->title + 1 : asked->path;
    const int code = sunzi_plot_lines(asked, lines, count);
    if (code == 0 && asked->count == 0 && count < t->columns - 1)
        printf("these are the first %d of %d columns; --field NAME draws "
               "others, --list shows them\n",
               count, t->columns - 1);
    return code;
}

int sunzi_plot_table(sunzi_plotting *asked)
{
    table t = {.path = asked->path};
    int code = SUNZI_EXIT_INPUT;
    if (asked->step >= 0 || asked->slice || asked->isolines > 0)
        sunzi_tool_error(COMMAND, "%s: a table has lines only; leave it out",
                         asked->step >= 0 ? "--step"
                         : asked->slice   ? "--slice"
                                          : "--isolines");
    else if (read_table(&t)) {
        code = 0;
        if (asked->list)
            print_list(&t);
        else
            code = draw(asked, &t);
    }
    for (int k = 0; k < t.columns; k++)
        free(t.column[k].number);
    free(t.column);
    free(t.line);
    return code;
}
