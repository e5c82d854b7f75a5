/* SPDX-License-Identifier: BSD-3-Clause */
/* A field in two dimensions as a picture of colours.
 *
 * gnuplot draws images of equal steps, and smooths those that have fewer points
 * than the picture has pixels. So the image has more, and each of its points
 * takes the entry that is nearest, whatever the steps of the axes. Fields are
 * read in bands of rows and may be larger than memory. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/status.h>

#include "tools/command.h"
#include "tools/plot.h"

#define COMMAND SUNZI_PLOT_COMMAND

enum { BAND = 1 << 18, FINE = 1500 };

/* One direction of the image: points that ascend, each with its entry. */
typedef struct direction {
    const sunzi_axis *axis;
    int64_t points;
    int64_t *entry;
    double low, high; /* edges */
} direction;

static bool has_equal_steps(const sunzi_axis *axis)
{
    const double *x = axis->values;
    const double step = (x[axis->count - 1] - x[0]) / (double)(axis->count - 1);
    for (int64_t i = 0; i < axis->count; i++)
        if (!(fabs(x[i] - (x[0] + (double)i * step)) <= 1e-3 * fabs(step)))
            return false;
    return true;
}

static bool set_direction(const sunzi_axis *axis, direction *d)
{
    const int64_t n = axis->count;
    const double *x = axis->values;
    const bool descends = x[n - 1] < x[0];
    const double first = x[0] - 0.5 * (x[1] - x[0]);
    const double last = x[n - 1] + 0.5 * (x[n - 1] - x[n - 2]);
    *d = (direction){
        .axis = axis, .low = fmin(first, last), .high = fmax(first, last)};
    d->points = has_equal_steps(axis) && n < FINE ? n * (FINE / n) : FINE;
    d->entry = malloc(sizeof *d->entry * (size_t)d->points);
    if (!d->entry) {
        sunzi_tool_error(COMMAND, "no memory for an axis");
        return false;
    }
    int64_t k = 0; /* entries by ascending coordinate */
    for (int64_t i = 0; i < d->points; i++) {
        const double at =
            d->low + ((double)i + 0.5) * (d->high - d->low) / (double)d->points;
        while (k + 1 < n && fabs(x[descends ? n - 2 - k : k + 1] - at) <
                                fabs(x[descends ? n - 1 - k : k] - at))
            k++;
        d->entry[i] = descends ? n - 1 - k : k;
    }
    return true;
}

/* image: rows of across->points, as many as up->points. */
static sunzi_status fill(const sunzi_plotting *asked, const sunzi_selection *s,
                         const direction *across, const direction *up,
                         sunzi_extent *extent, double *image)
{
    const int64_t width = across->axis->count, height = up->axis->count;
    const int64_t row_numbers = width * s->components;
    const int64_t rows = row_numbers < BAND ? BAND / row_numbers : 1;
    double *band = malloc(sizeof *band * (size_t)(rows * row_numbers));
    sunzi_status status = SUNZI_OK;
    if (!band)
        return sunzi_fail(SUNZI_ERR_NOMEM,
                          "no memory for a row of %" PRId64 " numbers",
                          row_numbers);
    for (int64_t at = 0; status == SUNZI_OK && at < height; at += rows) {
        const int64_t count = height - at < rows ? height - at : rows;
        status = sunzi_plot_read(asked, s, at, count, band);
        for (int64_t i = 0; status == SUNZI_OK && i < count * width; i++)
            band[i] = sunzi_plot_take(asked, extent, band[i]);
        for (int64_t j = 0; status == SUNZI_OK && j < up->points; j++) {
            const int64_t row = up->entry[j] - at;
            for (int64_t i = 0; row >= 0 && row < count && i < across->points;
                 i++)
                image[j * across->points + i] =
                    band[row * width + across->entry[i]];
        }
    }
    free(band);
    return status;
}

/* ---- with isolines ---- */

/* From the first entry to the last one. */
static void set_smooth(const sunzi_axis *axis, direction *d)
{
    const double first = axis->values[0], last = axis->values[axis->count - 1];
    *d = (direction){.axis = axis,
                     .points = FINE,
                     .low = fmin(first, last),
                     .high = fmax(first, last)};
}

/* Entry i by ascending coordinates. */
static int64_t ascending(const sunzi_axis *axis, int64_t i)
{
    return axis->values[axis->count - 1] < axis->values[0] ? axis->count - 1 - i
                                                           : i;
}

static void free_plane(sunzi_plane *p)
{
    free(p->x);
    free(p->y);
    free(p->number);
}

/* False after a message. */
static bool read_plane(const sunzi_plotting *asked, const sunzi_selection *s,
                       const sunzi_axis *x, const sunzi_axis *y,
                       sunzi_extent *extent, sunzi_plane *p)
{
    const int64_t entries = x->count * y->count;
    double *read = malloc(sizeof *read * (size_t)(entries * s->components));
    *p = (sunzi_plane){.columns = x->count, .rows = y->count};
    p->x = malloc(sizeof *p->x * (size_t)x->count);
    p->y = malloc(sizeof *p->y * (size_t)y->count);
    p->number = malloc(sizeof *p->number * (size_t)entries);
    const bool room = read && p->x && p->y && p->number;
    if (!room)
        sunzi_tool_error(
            COMMAND, "no memory for a plane of %" PRId64 " entries", entries);
    else if (sunzi_plot_read(asked, s, 0, y->count, read) < 0) {
        sunzi_tool_error(COMMAND, "%s", sunzi_last_message());
        free(read);
        return false;
    }
    for (int64_t i = 0; room && i < x->count; i++)
        p->x[i] = x->values[ascending(x, i)];
    for (int64_t j = 0; room && j < y->count; j++)
        p->y[j] = y->values[ascending(y, j)];
    for (int64_t k = 0; room && k < entries; k++)
        p->number[k] =
            sunzi_plot_take(asked, extent,
                            read[ascending(y, k / x->count) * x->count +
                                 ascending(x, k % x->count)]);
    free(read);
    return room;
}

/* ---- the picture ---- */

/* Lengths of the two axes can be compared: the same scale for both. */
static bool is_equal_aspect(const direction *across, const direction *up)
{
    const double ratio = (up->high - up->low) / (across->high - across->low);
    const sunzi_axis *x = across->axis, *y = up->axis;
    const bool degrees = strncmp(x->units, "degree", 6) == 0 &&
                         strncmp(y->units, "degree", 6) == 0;
    return x->measured == y->measured && ratio < 10.0 && ratio > 0.1 &&
           (degrees || strcmp(x->units, y->units) == 0);
}

static void choose_range(const sunzi_plotting *asked,
                         const sunzi_extent *extent, double *low, double *high)
{
    *low = asked->has_range ? asked->low : extent->least;
    *high = asked->has_range ? asked->high : extent->most;
    if (*low == *high) { /* a field of one value: in the middle */
        const double half = *low == 0.0 ? 1.0 : 0.1 * fabs(*low);
        *low -= half;
        *high += half;
    }
    if (extent->drawn == 0 && !asked->has_range) {
        *low = asked->log ? 0.1 : 0.0;
        *high = 1.0;
    }
}

/* The distance of its ends is a number with which gnuplot can count. False
 * after a message. */
static bool check_range(const sunzi_plotting *asked, const sunzi_extent *extent)
{
    double low, high;
    choose_range(asked, extent, &low, &high);
    if (isfinite(high - low) && high - low >= 1e-300)
        return true;
    sunzi_tool_error(COMMAND,
                     "the colours from %g to %g are %g apart, allowed are "
                     "1e-300 to 1.7e308; give another --range",
                     low, high, high - low);
    return false;
}

static void write_axes(const sunzi_plotting *asked, FILE *to,
                       const direction *across, const direction *up)
{
    char label[200];
    sunzi_plot_label(across->axis->name, across->axis->units, label,
                     sizeof label);
    sunzi_gnuplot_text(to, "xlabel", label,
                       sunzi_gnuplot_fit(asked, asked->width / 2));
    sunzi_plot_label(up->axis->name, up->axis->units, label, sizeof label);
    sunzi_gnuplot_text(to, "ylabel", label,
                       sunzi_gnuplot_fit(asked, asked->height / 2));
    fprintf(to, "set xrange [%.17g:%.17g]\n", across->low, across->high);
    fprintf(to, "set yrange [%.17g:%.17g]\n",
            up->axis->down ? up->high : up->low,
            up->axis->down ? up->low : up->high);
    if (is_equal_aspect(across, up))
        fputs("set size ratio -1\n", to);
}

/* gnuplot does not ask how long the bar is: ticks at 1, 2 or 5 times a power of
 * ten, as many as have room. */
static void write_bar_ticks(const sunzi_plotting *asked, FILE *to,
                            const direction *across, const direction *up,
                            double low, double high)
{
    double length = 0.75 * asked->height;
    const double ratio = (up->high - up->low) / (across->high - across->low);
    if (is_equal_aspect(across, up))
        length = fmin(length, 0.7 * asked->width * ratio);
    const double most = length / (4.0 * sunzi_gnuplot_letters(asked));
    const double least = (high - low) / fmax(2.0, fmin(most, 10.0));
    const double power = pow(10.0, floor(log10(least)));
    const double factor = least / power;
    fprintf(to, "set cbtics %.17g\n",
            power * (factor <= 1.0   ? 1.0
                     : factor <= 2.0 ? 2.0
                     : factor <= 5.0 ? 5.0
                                     : 10.0));
}

/* What isolines change of a picture: its title and the ends of its colours. */
static void write_isolines(char *title, size_t bytes, const sunzi_contours *c,
                           const char *units, double *low, double *high)
{
    const size_t used = strlen(title);
    snprintf(title + used, bytes - used, ", isolines every %g%s%s", c->step,
             *units ? " " : "", units);
    *low = c->low;
    *high = c->high;
}

static void write_commands(const sunzi_plotting *asked,
                           const sunzi_selection *s, const direction *across,
                           const direction *up, const sunzi_extent *extent,
                           const sunzi_contours *contours, FILE *to)
{
    char title[SUNZI_PLOT_TEXT + 100], gaps[80] = "";
    double low, high;
    choose_range(asked, extent, &low, &high);
    if (!contours) /* else nothing is drawn there */
        sunzi_plot_gaps(extent, gaps, sizeof gaps);
    snprintf(title, sizeof title, "%s%s%s", s->title, *gaps ? ", grey: " : "",
             gaps);
    if (contours)
        write_isolines(title, sizeof title, contours, s->units, &low, &high);
    sunzi_gnuplot_text(to, "title", title,
                       sunzi_gnuplot_fit(asked, 9 * asked->width / 10));
    sunzi_gnuplot_text(to, "cblabel", s->label,
                       sunzi_gnuplot_fit(asked, asked->height / 2));
    write_axes(asked, to, across, up);
    fputs("set format '%g'\nset cblabel offset 1.5\nset rmargin 12\n", to);
    fprintf(to, "set cbrange [%.17g:%.17g]\n", low, high);
    if (asked->log)
        fputs("set logscale cb\n", to);
    else
        write_bar_ticks(asked, to, across, up, low, high);
    sunzi_colours_write(to, low, high, asked->log,
                        contours ? contours->bands : 0);
    if (*gaps)
        fputs("set object 1 rectangle from graph 0,0 to graph 1,1 behind "
              "fillcolor rgb '#a8a8a8' fillstyle solid noborder\n",
              to);
    const double dx = (across->high - across->low) / (double)across->points;
    const double dy = (up->high - up->low) / (double)up->points;
    fprintf(to,
            "unset key\nplot '-' binary array=(%" PRId64 ",%" PRId64
            ") origin=(%.17g,%.17g) dx=%.17g dy=%.17g format='%%float64' "
            "using 1 with image",
            across->points, up->points, across->low + 0.5 * dx,
            up->low + 0.5 * dy, dx, dy);
    if (contours && contours->points > 0)
        fprintf(to,
                ", '-' binary record=(%" PRId64
                ") format='%%float64%%float64' using 1:2 with lines lw 1 lc "
                "rgb '#303030'",
                contours->points);
    fputc('\n', to);
}

static int draw(const sunzi_plotting *asked, const sunzi_selection *s,
                const direction *across, const direction *up,
                const sunzi_extent *extent, const sunzi_contours *contours,
                const double *image)
{
    char gaps[80];
    sunzi_gnuplot gnuplot;
    if (!sunzi_gnuplot_begin(asked, &gnuplot))
        return SUNZI_EXIT_INPUT;
    write_commands(asked, s, across, up, extent, contours, gnuplot.to);
    fwrite(image, sizeof *image, (size_t)(across->points * up->points),
           gnuplot.to);
    if (contours)
        fwrite(contours->point, 2 * sizeof *contours->point,
               (size_t)contours->points, gnuplot.to);
    const int failed = sunzi_gnuplot_end(&gnuplot, true);
    if (failed)
        return failed;
    printf("%s: %s; %" PRId64 " x %" PRId64 " entries", asked->output, s->title,
           across->axis->count, up->axis->count);
    if (extent->drawn > 0)
        printf(" from %g to %g", extent->least, extent->most);
    sunzi_plot_gaps(extent, gaps, sizeof gaps);
    printf("%s%s\n", *gaps ? "; " : "", gaps);
    if (!is_equal_aspect(across, up))
        printf("the axes have scales of their own\n");
    return 0;
}

static int plot_isolines(const sunzi_plotting *asked, const sunzi_selection *s)
{
    const sunzi_axis *x = &s->axis[s->drawn[1]], *y = &s->axis[s->drawn[0]];
    sunzi_contours contours = {.step = asked->isolines};
    sunzi_extent extent = {.drawn = 0};
    direction across, up;
    sunzi_plane plane;
    double low, high, *image = NULL;
    int exit_code = SUNZI_EXIT_INPUT;
    set_smooth(x, &across);
    set_smooth(y, &up);
    if (!read_plane(asked, s, x, y, &extent, &plane) ||
        !check_range(asked, &extent))
        goto done;
    choose_range(asked, &extent, &low, &high);
    if (!sunzi_contours_choose(&contours, low, high) ||
        !sunzi_contours_trace(&plane, &contours))
        goto done;
    image = malloc(sizeof *image * (size_t)(across.points * up.points));
    if (!image) {
        sunzi_tool_error(COMMAND, "no memory for the picture");
        goto done;
    }
    sunzi_contours_fill(&plane, across.points, up.points, image);
    exit_code = draw(asked, s, &across, &up, &extent, &contours, image);
done:
    free(image);
    free(contours.point);
    free_plane(&plane);
    return exit_code;
}

int sunzi_plot_field(const sunzi_plotting *asked, const sunzi_selection *s)
{
    if (asked->isolines > 0)
        return plot_isolines(asked, s);
    direction across = {.entry = NULL}, up = {.entry = NULL};
    sunzi_extent extent = {.drawn = 0};
    double *image = NULL;
    int exit_code = SUNZI_EXIT_INPUT;
    if (!set_direction(&s->axis[s->drawn[1]], &across) ||
        !set_direction(&s->axis[s->drawn[0]], &up))
        goto done;
    image = malloc(sizeof *image * (size_t)(across.points * up.points));
    if (!image) {
        sunzi_tool_error(COMMAND, "no memory for the picture");
        goto done;
    }
    if (fill(asked, s, &across, &up, &extent, image) < 0) {
        sunzi_tool_error(COMMAND, "%s", sunzi_last_message());
        goto done;
    }
    if (check_range(asked, &extent))
        exit_code = draw(asked, s, &across, &up, &extent, NULL, image);
done:
    free(image);
    free(across.entry);
    free(up.entry);
    return exit_code;
}
