/* SPDX-License-Identifier: BSD-3-Clause */
/* Colour maps of equal steps to the eye: paths through CIELAB, cut into pieces
 * of equal length (the colour difference of CIE 1976). One for numbers of one
 * sign, from dark violet over blue and green to yellow; one for both signs,
 * from blue over near-white, which is zero, to red. In both the lightness alone
 * tells more from less, also in print and to the colour-blind.
 *
 * Sources: CIE 15 (L*a*b*, white D65); IEC 61966-2-1 (sRGB). */
#include <math.h>
#include <string.h>

#include "tools/plot.h"

enum { FINE = 512, COLOURS = 64 };

static const double pi = 3.14159265358979323846;

typedef struct lab {
    double l, a, b;
} lab;

static double linear_of(double t)
{
    return t > 6.0 / 29.0
               ? t * t * t
               : 3.0 * (6.0 / 29.0) * (6.0 / 29.0) * (t - 4.0 / 29.0);
}

static double encode(double x)
{
    return x <= 0.0031308 ? 12.92 * x : 1.055 * pow(x, 1.0 / 2.4) - 0.055;
}

/* Components from 0 to 1; false: no such colour on a screen. */
static bool to_rgb(lab c, double *rgb)
{
    const double y = (c.l + 16.0) / 116.0;
    const double X = 0.95047 * linear_of(y + c.a / 500.0);
    const double Y = linear_of(y);
    const double Z = 1.08883 * linear_of(y - c.b / 200.0);
    const double linear[3] = {3.2406 * X - 1.5372 * Y - 0.4986 * Z,
                              -0.9689 * X + 1.8758 * Y + 0.0415 * Z,
                              0.0557 * X - 0.2040 * Y + 1.0570 * Z};
    bool inside = true;
    for (int i = 0; i < 3; i++) {
        inside = inside && linear[i] >= -1e-4 && linear[i] <= 1.0001;
        rgb[i] = encode(fmin(fmax(linear[i], 0.0), 1.0));
    }
    return inside;
}

/* The colour of this lightness and hue; chroma: at most, and `share` of what
 * the screen can show. */
static lab colour(double lightness, double degrees, double chroma, double share)
{
    double least = 0.0, most = chroma / share, rgb[3];
    const double u = cos(degrees * pi / 180.0), v = sin(degrees * pi / 180.0);
    for (int i = 0; i < 30; i++) {
        const double middle = 0.5 * (least + most);
        if (to_rgb((lab){lightness, middle * u, middle * v}, rgb))
            least = middle;
        else
            most = middle;
    }
    return (lab){lightness, share * least * u, share * least * v};
}

static lab one_sign(double s)
{
    return colour(14.0 + 78.0 * s, 305.0 - 205.0 * s, 62.0, 0.9);
}

/* s from -1 to 1. */
static lab two_signs(double s)
{
    const double m = fabs(s);
    return colour(94.0 - 62.0 * m, s < 0.0 ? 270.0 : 35.0, 0.01 + 68.0 * m,
                  0.95);
}

/* Positions that cut the path from 0 to `end` into equal pieces. */
static void cut(lab (*path)(double), double end, double *at)
{
    double length[FINE + 1] = {0.0};
    for (int i = 1; i <= FINE; i++) {
        const lab p = path(end * (i - 1) / FINE), q = path(end * i / FINE);
        length[i] = length[i - 1] +
                    sqrt((p.l - q.l) * (p.l - q.l) + (p.a - q.a) * (p.a - q.a) +
                         (p.b - q.b) * (p.b - q.b));
    }
    for (int k = 0, i = 0; k <= COLOURS; k++) {
        const double wanted = length[FINE] * k / COLOURS;
        while (i < FINE - 1 && length[i + 1] < wanted)
            i++;
        at[k] = end * (i + (wanted - length[i]) / (length[i + 1] - length[i])) /
                FINE;
    }
}

/* The path at fraction s of its length. */
static lab along(lab (*path)(double), const double *at, double s)
{
    const double position = s * COLOURS;
    const int k = position >= COLOURS ? COLOURS - 1 : (int)position;
    return path(at[k] + (position - k) * (at[k + 1] - at[k]));
}

/* Numbers of both signs, neither of them negligible. */
static bool diverge(double low, double high)
{
    return low < 0.0 && high > 0.0 &&
           fmin(-low, high) >= 0.01 * fmax(-low, high);
}

/* The paths of a range, cut. */
typedef struct path {
    double low, high, largest, up[COLOURS + 1], down[COLOURS + 1];
    bool both;
} path;

static void write_colour(FILE *to, const path *p, const char *before, double at,
                         double part)
{
    double rgb[3];
    const double value = (p->low + part * (p->high - p->low)) / p->largest;
    const lab c = !p->both      ? along(one_sign, p->up, part)
                  : value < 0.0 ? along(two_signs, p->down, -value)
                                : along(two_signs, p->up, value);
    to_rgb(c, rgb);
    fprintf(to, "%s%.6f '#%02x%02x%02x'", before, at,
            (int)lround(255.0 * rgb[0]), (int)lround(255.0 * rgb[1]),
            (int)lround(255.0 * rgb[2]));
}

void sunzi_colours_write(FILE *to, double low, double high, bool log, int bands)
{
    path p = {.low = low,
              .high = high,
              .largest = fmax(-low, high),
              .both = !log && diverge(low, high)};
    cut(p.both ? two_signs : one_sign, 1.0, p.up);
    if (p.both)
        cut(two_signs, -1.0, p.down);
    fputs("set palette defined (", to);
    for (int i = 0; i <= 2 * COLOURS && !bands; i++)
        write_colour(to, &p, i ? ", " : "", i / (2.0 * COLOURS),
                     i / (2.0 * COLOURS));
    for (int i = 0; i < bands; i++) { /* each has the colour of its middle */
        write_colour(to, &p, i ? ", " : "", (double)i / bands,
                     (i + 0.5) / bands);
        write_colour(to, &p, ", ", (i + 1.0) / bands, (i + 0.5) / bands);
    }
    fputs(")\n", to);
}
