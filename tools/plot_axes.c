/* SPDX-License-Identifier: BSD-3-Clause */
/* What the dimensions of a dataset are, and which entries of it are drawn.
 *
 * Known are the grids that Sunzi writes: VTKHDF ImageData, and dimension scales
 * with the attributes of CF; see doc/files.md. Other datasets have indices. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/status.h>

#include "tools/command.h"
#include "tools/plot.h"

#define COMMAND   SUNZI_PLOT_COMMAND
#define VTK_TIMES "VTKHDF/Steps/Values"

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

void sunzi_plot_label(const char *name, const char *units, char *text,
                      size_t bytes)
{
    const bool has_units = *units && strcmp(units, "1") != 0;
    snprintf(text, bytes, "%s%s%s%s", name, has_units ? " [" : "",
             has_units ? units : "", has_units ? "]" : "");
}

/* ---- roles and coordinates ---- */

/* Strictly ascending or descending, and finite. */
static bool is_monotone(const double *x, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        if (!isfinite(x[i]) || (i > 0 && x[i] == x[i - 1]) ||
            (i > 1 && (x[i] > x[i - 1]) != (x[i - 1] > x[i - 2])))
            return false;
    return true;
}

/* Coordinates from a dataset of as many numbers; else the axis stays as it is.
 */
static void take_coordinates(sunzi_datasets *file, const sunzi_dataset *from,
                             sunzi_axis *axis)
{
    char text[80];
    const int64_t zero = 0;
    if (!from || from->dims != 1 || from->size[0] != axis->count ||
        from->kind == SUNZI_DATASET_OTHER)
        return;
    double *values = malloc(sizeof *values * (size_t)axis->count);
    if (!values)
        return;
    if (sunzi_datasets_read(file, from, SUNZI_NUMBER_FP64, &zero, &axis->count,
                            values) < 0 ||
        !is_monotone(values, axis->count)) {
        free(values);
        return;
    }
    free(axis->values);
    axis->values = values;
    axis->measured = true;
    if (!sunzi_datasets_text(file, from->path, "long_name", axis->name,
                             sizeof axis->name))
        snprintf(axis->name, sizeof axis->name, "%s", last_part(from->path));
    sunzi_datasets_text(file, from->path, "units", axis->units,
                        sizeof axis->units);
    axis->down =
        sunzi_datasets_text(file, from->path, "positive", text, sizeof text) &&
        strcmp(text, "down") == 0;
    if (sunzi_datasets_text(file, from->path, "axis", text, sizeof text) &&
        text[0] && strchr("XYZT", text[0]) && !text[1])
        axis->role = (char)(text[0] - 'A' + 'a');
}

static bool set_indices(sunzi_axis *axis, int64_t count, char role)
{
    *axis = (sunzi_axis){.role = role, .count = count};
    axis->values = malloc(sizeof *axis->values * (size_t)count);
    if (!axis->values) {
        sunzi_tool_error(COMMAND, "no memory for an axis");
        return false;
    }
    for (int64_t i = 0; i < count; i++)
        axis->values[i] = (double)i;
    snprintf(axis->name, sizeof axis->name, "index %c", role);
    return true;
}

/* Of a dataset in VTKHDF/PointData or CellData; the roles are set by what the
 * grid and the steps say. */
static bool is_vtk(const sunzi_dataset *dataset)
{
    return strncmp(dataset->path, "VTKHDF/PointData/", 17) == 0 ||
           strncmp(dataset->path, "VTKHDF/CellData/", 16) == 0;
}

/* Units of the grid that Sunzi writes beside its spacing, and what they are
 * multiplied by: millimetres where metres are many for the whole, kilometres
 * where they are few. */
static double choose_units(sunzi_datasets *file, const double extent[6],
                           const double *spacing, char *units, size_t bytes)
{
    double largest = 0;
    sunzi_datasets_text(file, "VTKHDF", "SpacingUnits", units, bytes);
    for (int i = 0; i < 3; i++)
        largest =
            fmax(largest, (extent[2 * i + 1] - extent[2 * i]) * spacing[i]);
    if (strcmp(units, "m") != 0 || (largest >= 1 && largest < 1e4))
        return 1;
    snprintf(units, bytes, largest < 1 ? "mm" : "km");
    return largest < 1 ? 1e3 : 1e-3;
}

static void place_vtk(const sunzi_plotting *asked, sunzi_selection *s)
{
    char units[80];
    double extent[6], origin[3] = {0, 0, 0}, spacing[3] = {1, 1, 1}, steps;
    sunzi_datasets *file = asked->file;
    const bool cells = strncmp(s->dataset->path, "VTKHDF/C", 8) == 0;
    const int dims = s->dataset->dims;
    if (sunzi_datasets_numbers(file, "VTKHDF", "WholeExtent", extent, 6) != 6)
        return;
    sunzi_datasets_numbers(file, "VTKHDF", "Origin", origin, 3);
    sunzi_datasets_numbers(file, "VTKHDF", "Spacing", spacing, 3);
    const double scale =
        choose_units(file, extent, spacing, units, sizeof units);
    const int time =
        sunzi_datasets_numbers(file, "VTKHDF/Steps", "NSteps", &steps, 1) == 1;
    const int space = extent[5] > extent[4] ? 3 : extent[3] > extent[2] ? 2 : 1;
    if (dims != time + space && dims != time + space + 1)
        return;
    for (int d = 0; d < dims; d++) {
        sunzi_axis *axis = &s->axis[d];
        const int i = space - 1 - (d - time); /* 0: x */
        axis->role = d < time ? 't' : i >= 0 ? "xyz"[i] : 'c';
        if (axis->role == 't')
            take_coordinates(file, sunzi_datasets_find(file, VTK_TIMES), axis);
        if (axis->role == 't')
            snprintf(axis->name, sizeof axis->name, "time");
        if (i < 0 || d < time)
            continue;
        for (int64_t k = 0; k < axis->count; k++)
            axis->values[k] =
                (origin[i] + ((double)k + (cells ? 0.5 : 0.0)) * spacing[i]) *
                scale;
        snprintf(axis->name, sizeof axis->name, "%c", axis->role);
        snprintf(axis->units, sizeof axis->units, "%s", units);
        axis->measured = true;
    }
}

/* The axis of a series: the dataset that its attribute "coordinates" names,
 * beside it or from the root. */
static void place_series(const sunzi_plotting *asked, sunzi_selection *s)
{
    char name[200], path[SUNZI_DATASET_NAME];
    const sunzi_dataset *found = NULL;
    const char *own = s->dataset->path;
    if (!sunzi_datasets_text(asked->file, own, "coordinates", name,
                             sizeof name))
        return;
    snprintf(path, sizeof path, "%.*s%s", (int)(last_part(own) - own), own,
             name);
    found = sunzi_datasets_find(asked->file, path);
    if (!found)
        found = sunzi_datasets_find(asked->file, name);
    take_coordinates(asked->file, found, &s->axis[0]);
}

static bool set_axes(const sunzi_plotting *asked, sunzi_selection *s)
{
    static const char plain[] = "tzyx";
    const sunzi_dataset *dataset = s->dataset;
    const int dims = dataset->dims;
    for (int d = 0; d < dims; d++) {
        const int from_end = dims - 1 - d;
        char role = from_end < 4 ? plain[3 - from_end] : 'c';
        if (dims == 3 && d == 0 && asked->step >= 0 && asked->slice != 'z')
            role = 't';
        if (!set_indices(&s->axis[d], dataset->size[d], role))
            return false;
    }
    if (is_vtk(dataset)) {
        place_vtk(asked, s);
    } else {
        for (int d = 0; d < dims; d++)
            take_coordinates(asked->file,
                             sunzi_datasets_scale(asked->file, dataset, d),
                             &s->axis[d]);
        if (dims == 1 && !s->axis[0].measured)
            place_series(asked, s);
    }
    if (dims == 1) /* a series, whatever it runs over */
        s->axis[0].role = 'x';
    return true;
}

/* ---- choice ---- */

static int find_role(const sunzi_selection *s, char role)
{
    for (int d = 0; d < s->dataset->dims; d++)
        if (s->axis[d].role == role)
            return d;
    return -1;
}

static bool choose_step(const sunzi_plotting *asked, sunzi_selection *s)
{
    const int d = find_role(s, 't');
    if (d < 0 && asked->step <= 0)
        return true;
    const int64_t count = d < 0 ? 1 : s->axis[d].count;
    if (asked->step >= count) {
        sunzi_tool_error(COMMAND,
                         "--step: got %ld, but '%.100s' has %" PRId64
                         " step%s, counted from 0",
                         asked->step, s->dataset->path, count,
                         count == 1 ? "" : "s");
        return false;
    }
    if (d >= 0)
        s->index[d] = asked->step >= 0 ? asked->step : count - 1;
    return true;
}

static bool choose_slice(const sunzi_plotting *asked, sunzi_selection *s,
                         bool *fixed)
{
    if (!asked->slice)
        return true;
    const int d = find_role(s, asked->slice);
    if (d < 0) {
        sunzi_tool_error(COMMAND, "--slice: '%.100s' has no dimension %c",
                         s->dataset->path, asked->slice);
        return false;
    }
    if (asked->slice_index >= s->axis[d].count) {
        sunzi_tool_error(COMMAND,
                         "--slice: got %c=%ld, allowed are indices from 0 to "
                         "%" PRId64,
                         asked->slice, asked->slice_index,
                         s->axis[d].count - 1);
        return false;
    }
    s->index[d] = asked->slice_index;
    fixed[d] = true;
    return true;
}

/* Dimensions in space that are left; of three, the middle of the slowest is
 * taken. */
static void choose_drawn(sunzi_selection *s, bool *fixed)
{
    const int dims = s->dataset->dims;
    int left = 0;
    for (int d = 0; d < dims; d++) {
        fixed[d] = fixed[d] || !strchr("xyz", s->axis[d].role) ||
                   (s->axis[d].count == 1 && dims > 1);
        left += !fixed[d];
    }
    for (int d = 0; d < dims && left > 2; d++)
        if (!fixed[d]) {
            s->index[d] = s->axis[d].count / 2;
            fixed[d] = true;
            left--;
        }
    s->drawn_count = 0;
    for (int d = 0; d < dims; d++)
        if (!fixed[d])
            s->drawn[s->drawn_count++] = d;
    if (s->drawn_count == 0) { /* one point: a line of one entry */
        const int x = find_role(s, 'x');
        s->drawn[s->drawn_count++] = x >= 0 ? x : dims - 1;
    }
}

static void set_texts(const sunzi_plotting *asked, sunzi_selection *s)
{
    char name[120];
    const sunzi_dataset *dataset = s->dataset;
    const char *own = last_part(dataset->path);
    if (!sunzi_datasets_text(asked->file, dataset->path, "long_name", name,
                             sizeof name))
        snprintf(name, sizeof name, "%.119s", own);
    sunzi_datasets_text(asked->file, dataset->path, "units", s->units,
                        sizeof s->units);
    sunzi_plot_label(name, s->units, s->label, sizeof s->label);
    int used = snprintf(s->title, sizeof s->title, "%.100s%s", own,
                        s->components > 1 ? ", magnitude" : "");
    for (int d = 0; d < dataset->dims; d++) {
        const sunzi_axis *axis = &s->axis[d];
        if (axis->role == 'c' || axis->count == 1 || d == s->drawn[0] ||
            (s->drawn_count == 2 && d == s->drawn[1]))
            continue;
        char what[20] = "step";
        if (axis->role != 't')
            snprintf(what, sizeof what, "slice %c =", axis->role);
        used += snprintf(s->title + used, sizeof s->title - (size_t)used,
                         ", %s %" PRId64, what, s->index[d]);
        if (axis->measured)
            used += snprintf(s->title + used, sizeof s->title - (size_t)used,
                             " (%.40s %.6g%s%.40s)", axis->name,
                             axis->values[s->index[d]], *axis->units ? " " : "",
                             axis->units);
    }
}

bool sunzi_plot_select(const sunzi_plotting *asked,
                       const sunzi_dataset *dataset, sunzi_selection *s)
{
    bool fixed[SUNZI_PLOT_DIMS] = {false};
    *s = (sunzi_selection){.dataset = dataset, .components = 1};
    if (dataset->kind == SUNZI_DATASET_OTHER || dataset->dims < 1 ||
        dataset->dims > SUNZI_PLOT_DIMS || dataset->entries < 1) {
        sunzi_tool_error(COMMAND,
                         "'%.100s' cannot be drawn: %s in %d dimensions, "
                         "%" PRId64 " entries; allowed are numbers in 1 to %d",
                         dataset->path,
                         dataset->kind == SUNZI_DATASET_OTHER ? "no numbers"
                                                              : "numbers",
                         dataset->dims, dataset->entries, SUNZI_PLOT_DIMS);
        return false;
    }
    if (!set_axes(asked, s) || !choose_step(asked, s) ||
        !choose_slice(asked, s, fixed)) {
        sunzi_plot_free(s);
        return false;
    }
    const int last = dataset->dims - 1;
    if (s->axis[last].role == 'c' && last > 0)
        s->components = (int)s->axis[last].count;
    choose_drawn(s, fixed);
    set_texts(asked, s);
    return true;
}

void sunzi_plot_free(sunzi_selection *s)
{
    for (int d = 0; d < SUNZI_PLOT_DIMS; d++)
        free(s->axis[d].values);
    *s = (sunzi_selection){.dataset = NULL};
}

/* ---- reading ---- */

sunzi_status sunzi_plot_read(const sunzi_plotting *asked,
                             const sunzi_selection *s, int64_t first,
                             int64_t count, double *numbers)
{
    int64_t start[SUNZI_PLOT_DIMS], many[SUNZI_PLOT_DIMS];
    if (s->column) {
        memcpy(numbers, s->column + first, (size_t)count * sizeof *numbers);
        return SUNZI_OK;
    }
    const int dims = s->dataset->dims;
    for (int d = 0; d < dims; d++) {
        start[d] = s->index[d];
        many[d] = 1;
    }
    start[s->drawn[0]] = first;
    many[s->drawn[0]] = count;
    if (s->drawn_count == 2) {
        start[s->drawn[1]] = 0;
        many[s->drawn[1]] = s->axis[s->drawn[1]].count;
        count *= s->axis[s->drawn[1]].count;
    }
    if (s->components > 1) {
        start[dims - 1] = 0;
        many[dims - 1] = s->components;
    }
    const sunzi_status status = sunzi_datasets_read(
        asked->file, s->dataset, SUNZI_NUMBER_FP64, start, many, numbers);
    for (int64_t i = 0; s->components > 1 && i < count; i++) {
        double magnitude = 0.0;
        for (int c = 0; c < s->components; c++)
            magnitude = hypot(magnitude, numbers[i * s->components + c]);
        numbers[i] = magnitude;
    }
    return status;
}

double sunzi_plot_take(const sunzi_plotting *asked, sunzi_extent *extent,
                       double x)
{
    if (!isfinite(x)) {
        extent->not_finite++;
        return NAN;
    }
    if (asked->log && !(x > 0.0)) {
        extent->not_positive++;
        return NAN;
    }
    if (extent->drawn == 0 || x < extent->least)
        extent->least = x;
    if (extent->drawn == 0 || x > extent->most)
        extent->most = x;
    extent->drawn++;
    return x;
}

const char *sunzi_plot_gaps(const sunzi_extent *extent, char *text,
                            size_t bytes)
{
    text[0] = '\0';
    size_t used = 0;
    if (extent->not_finite)
        used += (size_t)snprintf(text, bytes, "%" PRId64 " not finite",
                                 extent->not_finite);
    if (extent->not_positive && used < bytes)
        snprintf(text + used, bytes - used, "%s%" PRId64 " not positive",
                 used ? ", " : "", extent->not_positive);
    return text;
}
