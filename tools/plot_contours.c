/* SPDX-License-Identifier: BSD-3-Clause */
/* Lines of equal value, and the colours between them.
 *
 * Within a cell of four entries the field is bilinear; a line through it is
 * drawn straight between its points on the edges, which are exact. A cell that
 * lacks one of its entries is left out: what is drawn ends at the last whole
 * cell. Source of the cases: W. E. Lorensen, H. E. Cline, Comput. Graph. 21
 * (1987) 163, in two dimensions; saddles are told by the mean of the cell. */
#include <math.h>
#include <stdlib.h>
#include <sunzi/status.h>

#include "tools/command.h"
#include "tools/plot.h"

enum { MOST_BANDS = 100 };

bool sunzi_contours_choose(sunzi_contours *c, double low, double high)
{
    const double first = floor(low / c->step), last = ceil(high / c->step);
    const double bands = fmax(last - first, 1);
    if (!(bands <= MOST_BANDS)) {
        sunzi_tool_error(SUNZI_PLOT_COMMAND,
                         "--isolines: every %g makes %g bands from %g to %g, "
                         "allowed are up to %d; take a larger distance",
                         c->step, bands, low, high, MOST_BANDS);
        return false;
    }
    c->bands = (int)bands;
    c->low = first * c->step;
    c->high = (first + bands) * c->step;
    return true;
}

/* ---- colours ---- */

/* Cell of ascending coordinates that `at` is in, and where in it. */
static int64_t find_cell(const double *x, int64_t count, int64_t cell,
                         double at, double *part)
{
    while (cell + 2 < count && x[cell + 1] < at)
        cell++;
    *part = fmin(fmax((at - x[cell]) / (x[cell + 1] - x[cell]), 0), 1);
    return cell;
}

void sunzi_contours_fill(const sunzi_plane *p, int64_t width, int64_t height,
                         double *image)
{
    const double dx = (p->x[p->columns - 1] - p->x[0]) / (double)width;
    const double dy = (p->y[p->rows - 1] - p->y[0]) / (double)height;
    int64_t row = 0;
    for (int64_t j = 0; j < height; j++) {
        int64_t column = 0;
        double u, v;
        row =
            find_cell(p->y, p->rows, row, p->y[0] + ((double)j + 0.5) * dy, &v);
        for (int64_t i = 0; i < width; i++) {
            column = find_cell(p->x, p->columns, column,
                               p->x[0] + ((double)i + 0.5) * dx, &u);
            const double *a = p->number + row * p->columns + column;
            const double *b = a + p->columns;
            image[j * width + i] = (1 - v) * ((1 - u) * a[0] + u * a[1]) +
                                   v * ((1 - u) * b[0] + u * b[1]);
        }
    }
}

/* ---- lines ---- */

/* A cell: its corners against the clock from the lowest one on, and where an
 * edge e, from corner e to e + 1, has the level. */
typedef struct cell {
    double x[4], y[4], v[4];
} cell;

static bool add_point(sunzi_contours *c, double x, double y)
{
    if (c->points == c->room) {
        const int64_t room = c->room ? 2 * c->room : 4096;
        double *more = realloc(c->point, sizeof *more * 2 * (size_t)room);
        if (!more)
            return false;
        c->point = more;
        c->room = room;
    }
    c->point[2 * c->points] = x;
    c->point[2 * c->points + 1] = y;
    c->points++;
    return true;
}

static bool add_crossing(sunzi_contours *c, const cell *k, int edge,
                         double level)
{
    const int a = edge, b = (edge + 1) % 4;
    const double part = (level - k->v[a]) / (k->v[b] - k->v[a]);
    return add_point(c, k->x[a] + part * (k->x[b] - k->x[a]),
                     k->y[a] + part * (k->y[b] - k->y[a]));
}

static bool add_segment(sunzi_contours *c, const cell *k, int from, int to,
                        double level)
{
    return add_crossing(c, k, from, level) && add_crossing(c, k, to, level) &&
           add_point(c, NAN, NAN);
}

static bool trace_level(sunzi_contours *c, const cell *k, double level)
{
    int edge[4], edges = 0;
    bool above[4];
    for (int e = 0; e < 4; e++)
        above[e] = k->v[e] >= level;
    for (int e = 0; e < 4; e++)
        if (above[e] != above[(e + 1) % 4])
            edge[edges++] = e;
    if (edges == 0)
        return true;
    if (edges == 2)
        return add_segment(c, k, edge[0], edge[1], level);
    const double middle = (k->v[0] + k->v[1] + k->v[2] + k->v[3]) / 4;
    return (middle >= level) == above[0] ? add_segment(c, k, 0, 1, level) &&
                                               add_segment(c, k, 2, 3, level)
                                         : add_segment(c, k, 3, 0, level) &&
                                               add_segment(c, k, 1, 2, level);
}

static bool trace_cell(sunzi_contours *c, const sunzi_plane *p, int64_t column,
                       int64_t row)
{
    static const int right[4] = {0, 1, 1, 0}, up[4] = {0, 0, 1, 1};
    cell k;
    double least = INFINITY, most = -INFINITY;
    for (int e = 0; e < 4; e++) {
        k.x[e] = p->x[column + right[e]];
        k.y[e] = p->y[row + up[e]];
        k.v[e] = p->number[(row + up[e]) * p->columns + column + right[e]];
        if (isnan(k.v[e]))
            return true;
        least = fmin(least, k.v[e]);
        most = fmax(most, k.v[e]);
    }
    for (int band = 1; band < c->bands; band++) {
        const double level = c->low + band * c->step;
        if (level > least && level <= most && !trace_level(c, &k, level))
            return false;
    }
    return true;
}

bool sunzi_contours_trace(const sunzi_plane *p, sunzi_contours *c)
{
    for (int64_t row = 0; row + 1 < p->rows; row++)
        for (int64_t column = 0; column + 1 < p->columns; column++)
            if (!trace_cell(c, p, column, row)) {
                sunzi_tool_error(SUNZI_PLOT_COMMAND,
                                 "no memory for the isolines");
                return false;
            }
    return true;
}
