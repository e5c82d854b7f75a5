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

static void write_commands(const sunzi_plotting *asked,
                           const sunzi_selection *s, const direction *across,
                           const direction *up, const sunzi_extent *extent,
                           FILE *to)
{
    char title[SUNZI_PLOT_TEXT + 100], gaps[80];
    double low, high;
    choose_range(asked, extent, &low, &high);
    sunzi_plot_gaps(extent, gaps, sizeof gaps);
    snprintf(title, sizeof title, "%s%s%s%s", s->title, *gaps ? ", grey: " : "",
             gaps, "");
    sunzi_gnuplot_text(to, "title", title,
                       sunzi_gnuplot_fit(asked, 9 * asked->width / 10));
    sunzi_gnuplot_text(to, "cblabel", s->label,
                       sunzi_gnuplot_fit(asked, asked->height / 2));
    write_axes(asked, to, across, up);
    fputs("set format '%g'\nset cblabel offset 1.5\nset rmargin 15\n", to);
    fprintf(to, "set cbrange [%.17g:%.17g]\n", low, high);
    if (asked->log)
        fputs("set logscale cb\n", to);
    else
        write_bar_ticks(asked, to, across, up, low, high);
    sunzi_colours_write(to, low, high, asked->log);
    if (*gaps)
        fputs("set object 1 rectangle from graph 0,0 to graph 1,1 behind "
              "fillcolor rgb '#a8a8a8' fillstyle solid noborder\n",
              to);
    const double dx = (across->high - across->low) / (double)across->points;
    const double dy = (up->high - up->low) / (double)up->points;
    fprintf(to,
            "unset key\nplot '-' binary array=(%" PRId64 ",%" PRId64
            ") origin=(%.17g,%.17g) dx=%.17g dy=%.17g format='%%float64' "
            "using 1 with image\n",
            across->points, up->points, across->low + 0.5 * dx,
            up->low + 0.5 * dy, dx, dy);
}

static int draw(const sunzi_plotting *asked, const sunzi_selection *s,
                const direction *across, const direction *up,
                const sunzi_extent *extent, const double *image)
{
    char gaps[80];
    sunzi_gnuplot gnuplot;
    if (!sunzi_gnuplot_begin(asked, &gnuplot))
        return SUNZI_EXIT_INPUT;
    write_commands(asked, s, across, up, extent, gnuplot.to);
    fwrite(image, sizeof *image, (size_t)(across->points * up->points),
           gnuplot.to);
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

int sunzi_plot_field(const sunzi_plotting *asked, const sunzi_selection *s)
{
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
        exit_code = draw(asked, s, &across, &up, &extent, image);
done:
    free(image);
    free(across.entry);
    free(up.entry);
    return exit_code;
}
