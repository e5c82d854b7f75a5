/* SPDX-License-Identifier: BSD-3-Clause */
/* Series and spectra as lines. A series of more entries than the picture can
 * show is drawn by the least and the greatest of each group of neighbours. */
#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/status.h>

#include "tools/command.h"
#include "tools/plot.h"

#define COMMAND SUNZI_PLOT_COMMAND

enum { BLOCK = 1 << 16, GROUPS = 4096 };

/* Points x, y, x, y, ... */
typedef struct line {
    double *point;
    int64_t points;
    sunzi_extent extent;
} line;

static bool holds(const char *text, const char *word)
{
    char small[80];
    size_t i = 0;
    for (; i < sizeof small - 1 && text[i]; i++)
        small[i] = (char)tolower((unsigned char)text[i]);
    small[i] = '\0';
    return strstr(small, word) != NULL;
}

static const sunzi_axis *axis_of(const sunzi_selection *s)
{
    return &s->axis[s->drawn[0]];
}

static bool is_spectrum(const sunzi_selection *s)
{
    const char *name = axis_of(s)->name;
    return axis_of(s)->measured &&
           (holds(name, "frequency") || holds(name, "wavenumber") ||
            holds(name, "wave number"));
}

static void add_point(line *l, double x, double y)
{
    l->point[2 * l->points] = x;
    l->point[2 * l->points + 1] = y;
    l->points++;
}

/* Entries [first, first + count) of a series; groups of `size` become two
 * points and, after a gap within, a gap. */
static void add_block(const sunzi_plotting *asked, const double *x, double *y,
                      int64_t count, int64_t size, line *l)
{
    for (int64_t at = 0; at < count; at += size) {
        const int64_t end = at + size < count ? at + size : count;
        double least = NAN, most = NAN;
        bool gap = false;
        for (int64_t i = at; i < end; i++) {
            const double v = sunzi_plot_take(asked, &l->extent, y[i]);
            gap = gap || isnan(v);
            least = fmin(least, v); /* NaN does not count */
            most = fmax(most, v);
        }
        add_point(l, x[at], least);
        if (size > 1) {
            add_point(l, x[end - 1], most);
            if (gap)
                add_point(l, x[end - 1], NAN);
        }
    }
}

static sunzi_status fill(const sunzi_plotting *asked, const sunzi_selection *s,
                         line *l)
{
    const int64_t count = axis_of(s)->count;
    int64_t size = 1;
    while (count > 4 * GROUPS && size < count / GROUPS)
        size *= 2; /* divides BLOCK, if it is not larger */
    const int64_t block = size > BLOCK ? size : BLOCK;
    double *y = malloc(sizeof *y * (size_t)(block * s->components));
    l->point = malloc(sizeof *l->point * 6 * (size_t)(count / size + 2));
    sunzi_status status =
        y && l->point ? SUNZI_OK
                      : sunzi_fail(SUNZI_ERR_NOMEM, "no memory for a series");
    for (int64_t at = 0; status == SUNZI_OK && at < count; at += block) {
        const int64_t many = count - at < block ? count - at : block;
        status = sunzi_plot_read(asked, s, at, many, y);
        if (status == SUNZI_OK)
            add_block(asked, axis_of(s)->values + at, y, many, size, l);
    }
    free(y);
    return status;
}

/* ---- the picture ---- */

static bool same_label(const sunzi_selection *lines, int count)
{
    for (int i = 1; i < count; i++)
        if (strcmp(lines[i].label, lines[0].label) != 0)
            return false;
    return true;
}

static bool same_units(const sunzi_selection *lines, int count)
{
    for (int i = 0; i < count; i++)
        if (!*lines[i].units || strcmp(lines[i].units, lines[0].units) != 0)
            return false;
    return true;
}

static void write_commands(const sunzi_plotting *asked,
                           const sunzi_selection *lines, const line *l,
                           int count, bool spectra, FILE *to)
{
    static const char *const colours[SUNZI_PLOT_LINES] = {
        "#1f4e9c", "#d1622b", "#2f8f4e", "#8e3b8a",
        "#b8901c", "#3a9fb0", "#a02c3c", "#555555"};
    char label[SUNZI_PLOT_TEXT + 100], gaps[80];
    sunzi_plot_label(axis_of(lines)->name, axis_of(lines)->units, label,
                     sizeof label);
    sunzi_gnuplot_text(to, "xlabel", label,
                       sunzi_gnuplot_fit(asked, 9 * asked->width / 10));
    if (same_label(lines, count))
        sunzi_gnuplot_text(to, "ylabel", lines[0].label,
                           sunzi_gnuplot_fit(asked, 8 * asked->height / 10));
    else if (same_units(lines, count))
        sunzi_gnuplot_text(to, "ylabel", lines[0].units,
                           sunzi_gnuplot_fit(asked, 8 * asked->height / 10));
    sunzi_plot_gaps(&l->extent, gaps, sizeof gaps);
    snprintf(label, sizeof label, "%s%s%s", lines->title,
             *gaps ? ", gaps: " : "", gaps);
    if (count == 1 || asked->title)
        sunzi_gnuplot_text(to, "title", count == 1 ? label : asked->title,
                           sunzi_gnuplot_fit(asked, 9 * asked->width / 10));
    fputs(count == 1 ? "unset key\n"
                     : "set key outside top center horizontal\n",
          to);
    fputs("set grid lt 1 lc rgb '#d8d8d8' lw 1\nset format '%g'\nset offsets "
          "graph 0,0,0.03,0.03\n",
          to);
    fputs("set autoscale xfix\n", to);
    if (spectra)
        fputs("set logscale xy\nunset offsets\n", to);
    else if (asked->log)
        fputs("set logscale y\nunset offsets\n", to);
    if (asked->has_range)
        fprintf(to, "set yrange [%.17g:%.17g]\nunset offsets\n", asked->low,
                asked->high);
    fputs("plot ", to);
    for (int i = 0; i < count; i++) {
        sunzi_plot_gaps(&l[i].extent, gaps, sizeof gaps);
        snprintf(label, sizeof label, "%s%s%s",
                 same_label(lines, count) || same_units(lines, count)
                     ? lines[i].title
                     : lines[i].label,
                 *gaps ? ", gaps: " : "", gaps);
        fprintf(to,
                "%s'-' binary record=(%" PRId64
                ") format='%%float64%%float64' using 1:2 with %s lw 1.6 "
                "lc rgb '%s' title ",
                i ? ", " : "", l[i].points,
                l[i].points == 1 ? "points pt 7" : "lines", colours[i]);
        sunzi_gnuplot_quote(to, label, (int)strlen(label));
    }
    fputc('\n', to);
}

/* What a logarithmic axis cannot show is a gap. */
static void hide_not_positive(line *l)
{
    for (int64_t i = 0; i < l->points; i++)
        if (!(l->point[2 * i] > 0.0))
            l->point[2 * i] = l->point[2 * i + 1] = NAN;
}

static int draw(const sunzi_plotting *asked, const sunzi_selection *lines,
                const line *l, int count, bool spectra)
{
    char gaps[80];
    sunzi_gnuplot gnuplot;
    if (!sunzi_gnuplot_begin(asked, &gnuplot))
        return SUNZI_EXIT_INPUT;
    write_commands(asked, lines, l, count, spectra, gnuplot.to);
    for (int i = 0; i < count; i++)
        fwrite(l[i].point, 2 * sizeof *l[i].point, (size_t)l[i].points,
               gnuplot.to);
    const int failed = sunzi_gnuplot_end(&gnuplot, true);
    if (failed)
        return failed;
    printf("%s: %d %s\n", asked->output, count,
           spectra      ? count == 1 ? "spectrum" : "spectra"
           : count == 1 ? "line"
                        : "lines");
    for (int i = 0; i < count; i++) {
        sunzi_plot_gaps(&l[i].extent, gaps, sizeof gaps);
        printf("  %s: %" PRId64 " entries from %g to %g%s%s\n", lines[i].title,
               axis_of(&lines[i])->count, l[i].extent.least, l[i].extent.most,
               *gaps ? "; " : "", gaps);
    }
    return 0;
}

int sunzi_plot_lines(const sunzi_plotting *asked, const sunzi_selection *lines,
                     int count)
{
    line l[SUNZI_PLOT_LINES] = {{.point = NULL}};
    sunzi_plotting request = *asked;
    int exit_code = 0;
    bool spectra = true;
    for (int i = 0; i < count; i++)
        spectra = spectra && is_spectrum(&lines[i]);
    request.log = asked->log || spectra;
    for (int i = 0; i < count && !exit_code; i++) {
        if (fill(&request, &lines[i], &l[i]) < 0) {
            sunzi_tool_error(COMMAND, "%s", sunzi_last_message());
            exit_code = SUNZI_EXIT_INPUT;
        } else if (l[i].extent.drawn == 0) {
            char gaps[80];
            sunzi_tool_error(COMMAND,
                             "'%.100s' has nothing that can be drawn: %s",
                             lines[i].dataset->path,
                             sunzi_plot_gaps(&l[i].extent, gaps, sizeof gaps));
            exit_code = SUNZI_EXIT_INPUT;
        }
        if (!exit_code && spectra)
            hide_not_positive(&l[i]);
    }
    if (!exit_code)
        exit_code = draw(&request, lines, l, count, spectra);
    for (int i = 0; i < count; i++)
        free(l[i].point);
    return exit_code;
}
