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
    char label[200];                /* "long name [units]" */
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

/* ---- colours (plot_colours.c) ---- */

/* "set palette ..." for the range. */
void sunzi_colours_write(FILE *to, double low, double high, bool log);

/* ---- pictures: exit codes ---- */

int sunzi_plot_field(const sunzi_plotting *asked, const sunzi_selection *s);
/* `count` lines; spectra: both axes logarithmic. */
int sunzi_plot_lines(const sunzi_plotting *asked, const sunzi_selection *lines,
                     int count);

#endif
