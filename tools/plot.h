/* SPDX-License-Identifier: BSD-3-Clause */
/* Parts of `sunzi plot`. */
#ifndef SUNZI_TOOLS_PLOT_H
#define SUNZI_TOOLS_PLOT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "io/hdf5/datasets.h"
#include "io/replace.h"

#define SUNZI_PLOT_COMMAND "sunzi plot"

enum { SUNZI_PLOT_DIMS = 6, SUNZI_PLOT_LINES = 8, SUNZI_PLOT_TEXT = 400 };

typedef struct sunzi_plotting {
    sunzi_datasets *file;
    const char *path, *output; /* output NULL: made of path and field */
    const char *names[SUNZI_PLOT_LINES];
    int count;  /* of names; 0: chosen here */
    long step;  /* -1: the last */
    char slice; /* 'x', 'y', 'z'; 0: none asked for */
    long slice_index;
    int width, height; /* pixels */
    bool has_range, log, list;
    double low, high;
    double isolines;   /* distance between them; 0: none */
    const char *title; /* of several lines; NULL: none */
} sunzi_plotting;

/* ---- axes (plot_axes.c) ---- */

/* One dimension of a dataset. */
typedef struct sunzi_axis {
    char role;      /* x, y, z in space; t: time steps; c: components */
    int64_t count;  /* entries */
    double *values; /* coordinates; always there */
    bool measured;  /* they are coordinates of the file, not indices */
    bool down;      /* positive downwards, as pressure */
    char name[80], units[80];
} sunzi_axis;

/* Which entries of a dataset are drawn. */
typedef struct sunzi_selection {
    const sunzi_dataset *dataset;
    sunzi_axis axis[SUNZI_PLOT_DIMS];
    int64_t index[SUNZI_PLOT_DIMS]; /* of the dimensions that are not drawn */
    int drawn[2];                   /* dimensions: slower, faster one */
    int drawn_count;                /* 2: a field; 1: a line, drawn[0] */
    int components;                 /* of which the magnitude is drawn */
    const double *column; /* of a table: the numbers; NULL: in the dataset */
    char units[80];
    char label[300]; /* "long name [units]" */
    char title[SUNZI_PLOT_TEXT];
} sunzi_selection;

/* Find axes, and choose step and slice. false after a message. */
bool sunzi_plot_select(const sunzi_plotting *asked,
                       const sunzi_dataset *dataset, sunzi_selection *s);
void sunzi_plot_free(sunzi_selection *s);

/* Dimension d from `first` on, `count` entries along it, those of the other
 * drawn dimension whole: numbers[] with the components last, which are made
 * into their magnitude. SUNZI_ERR_*. */
sunzi_status sunzi_plot_read(const sunzi_plotting *asked,
                             const sunzi_selection *s, int64_t first,
                             int64_t count, double *numbers);

/* "name [units]"; units 1 and none are left out. */
void sunzi_plot_label(const char *name, const char *units, char *text,
                      size_t bytes);

/* ---- numbers that are drawn ---- */

typedef struct sunzi_extent {
    double least, most;                      /* of the entries that are drawn */
    int64_t drawn, not_finite, not_positive; /* the latter with --log */
} sunzi_extent;

/* x, or NaN if it cannot be drawn; counted. */
double sunzi_plot_take(const sunzi_plotting *asked, sunzi_extent *extent,
                       double x);
/* What was left out, as text; "" if nothing. */
const char *sunzi_plot_gaps(const sunzi_extent *extent, char *text,
                            size_t bytes);

/* ---- gnuplot (plot_gnuplot.c) ---- */

typedef struct sunzi_gnuplot {
    FILE *to; /* commands and data */
    pid_t process;
    FILE *errors;
    const char *output;
    sunzi_replacement replacement;
} sunzi_gnuplot;

/* Start gnuplot; its picture goes to a file that gets its name in the end.
 * false after a message: nothing is left to end. */
bool sunzi_gnuplot_begin(const sunzi_plotting *asked, sunzi_gnuplot *gnuplot);
/* Size of the letters in points, which goes with that of the picture: 12 at
 * 1000 x 750. */
int sunzi_gnuplot_letters(const sunzi_plotting *asked);
/* How many letters fit side by side in so many pixels. */
int sunzi_gnuplot_fit(const sunzi_plotting *asked, int pixels);
/* Exit code, after a message if it is not 0; `good`: all data were there. */
int sunzi_gnuplot_end(sunzi_gnuplot *gnuplot, bool good);

/* "set WHAT 'text'", in two lines if it is longer than `most` letters. Text
 * from a file cannot become a command. */
void sunzi_gnuplot_text(FILE *to, const char *what, const char *text, int most);
void sunzi_gnuplot_quote(FILE *to, const char *text, int length);

/* ---- isolines (plot_contours.c) ---- */

/* Numbers on ascending coordinates, rows of x; NaN: none. */
typedef struct sunzi_plane {
    int64_t columns, rows;
    double *x, *y, *number;
} sunzi_plane;

/* Bands of `step` from low to high, whole multiples of it. */
typedef struct sunzi_contours {
    double step, low, high;
    int bands;
    double *point; /* x, y; segments of two points, then NaN, NaN */
    int64_t points, room;
} sunzi_contours;

/* The bands around a range. False after a message: they are too many. */
bool sunzi_contours_choose(sunzi_contours *c, double low, double high);

/* image[height][width], over the whole plane: the field between its entries,
 * NaN in cells that lack one. */
void sunzi_contours_fill(const sunzi_plane *p, int64_t width, int64_t height,
                         double *image);

/* The lines between the bands. False after a message. */
bool sunzi_contours_trace(const sunzi_plane *p, sunzi_contours *c);

/* ---- colours (plot_colours.c) ---- */

/* "set palette ..." for the range; in so many bands of one colour each, 0:
 * smooth. */
void sunzi_colours_write(FILE *to, double low, double high, bool log,
                         int bands);

/* ---- pictures: exit codes ---- */

/* "heat.vtkhdf" and "VTKHDF/PointData/T": "heat_T.png". */
void sunzi_plot_name_output(const sunzi_plotting *asked, const char *dataset,
                            char *name, size_t bytes);

/* A file of numbers with commas between. */
int sunzi_plot_table(sunzi_plotting *asked);

int sunzi_plot_field(const sunzi_plotting *asked, const sunzi_selection *s);
/* `count` lines; spectra: both axes logarithmic. */
int sunzi_plot_lines(const sunzi_plotting *asked, const sunzi_selection *lines,
                     int count);

#endif
