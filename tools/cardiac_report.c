/* SPDX-License-Identifier: BSD-3-Clause */
/* What `sunzi cardiac` tells of runs on tissue; doc/sunzi-cardiac.1 documents
 * every key of the report. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tools/cardiac_tissue.h"
#include "tools/command.h"
#include "tools/json.h"
#include "tools/team.h"

enum { SCHEMA = 1 };

/* ---- published times ---- */

/* Cardioid: LLNL/cardioid, test/tests/NiedererTest, December 2011 (explicit
 * finite volumes); fenicsx-beat: demos/niederer_benchmark.py (linear
 * tetrahedra, consistent mass: a family that is too fast on coarse grids where
 * lumped schemes are too slow). P1 .. P9, ms. */
static const sunzi_published published[] = {
    {"Cardioid",
     0.5,
     0.05,
     {1.35, 109.00, 46.10, 122.25, 21.05, 110.45, 49.25, 123.20, 56.90}},
    {"Cardioid",
     0.5,
     0.01,
     {1.24, 107.97, 44.43, 119.63, 20.79, 109.29, 47.25, 120.47, 55.38}},
    {"Cardioid",
     0.5,
     0.005,
     {1.23, 107.83, 44.21, 119.29, 20.74, 109.14, 47.00, 120.12, 55.18}},
    {"Cardioid",
     0.2,
     0.05,
     {1.35, 41.40, 37.95, 57.35, 11.60, 43.45, 39.45, 58.45, 26.00}},
    {"Cardioid",
     0.2,
     0.01,
     {1.24, 39.83, 35.09, 53.25, 11.15, 41.58, 36.43, 54.18, 24.05}},
    {"Cardioid",
     0.2,
     0.005,
     {1.23, 39.63, 34.72, 52.73, 11.09, 41.34, 36.05, 53.65, 23.80}},
    {"Cardioid",
     0.1,
     0.01,
     {1.24, 30.52, 33.03, 44.24, 8.90, 31.94, 34.19, 45.13, 20.67}},
    {"Cardioid",
     0.1,
     0.005,
     {1.23, 30.24, 32.64, 43.71, 8.82, 31.63, 33.78, 44.59, 20.43}},
    {"fenicsx-beat",
     0.5,
     0.05,
     {1.25, 51.1, 34.9, 58.9, 14.1, 49.5, 34.0, 56.65, 26.05}},
    {"fenicsx-beat",
     0.5,
     0.01,
     {1.22, 50.85, 33.96, 58.05, 13.98, 49.36, 33.07, 55.91, 25.64}},
    {"fenicsx-beat",
     0.5,
     0.005,
     {1.215, 50.775, 33.825, 57.96, 13.97, 49.345, 32.945, 55.825, 25.595}},
    {"fenicsx-beat",
     0.2,
     0.05,
     {1.25, 29.7, 32.9, 40.2, 9.55, 30.0, 32.95, 39.9, 18.9}},
    {"fenicsx-beat",
     0.2,
     0.01,
     {1.24, 29.09, 31.25, 38.66, 9.34, 29.4, 31.29, 38.42, 18.14}},
    {"fenicsx-beat",
     0.2,
     0.005,
     {1.235, 29.015, 31.05, 38.475, 9.315, 29.32, 31.08, 38.235, 18.045}},
    {"fenicsx-beat",
     0.1,
     0.05,
     {1.25, 26.85, 33.3, 40.35, 8.4, 27.5, 33.85, 40.55, 18.95}},
    {"fenicsx-beat",
     0.1,
     0.01,
     {1.23, 25.64, 31.46, 38.08, 8.03, 26.24, 31.94, 38.21, 17.95}},
    {"fenicsx-beat",
     0.1,
     0.005,
     {1.225, 25.5, 31.26, 37.81, 7.99, 26.09, 31.72, 37.93, 17.835}},
};

enum { PUBLISHED = (int)(sizeof published / sizeof published[0]) };

const double sunzi_published_range[2] = {37.8, 48.7};

static bool near(double a, double b)
{
    return fabs(a - b) <= 1e-9 * b;
}

const sunzi_published *sunzi_published_find(int index, double spacing,
                                            double dt)
{
    for (int i = 0; i < PUBLISHED; i++)
        if (near(spacing, published[i].spacing) && near(dt, published[i].dt) &&
            index-- == 0)
            return &published[i];
    return NULL;
}

/* ---- printed ---- */

static double real(const sunzi_run_file *file, int key)
{
    return file->value[key].real;
}

/* The word of a choice. */
static const char *word(const sunzi_run_file *file, int key)
{
    return file->schema->keys[key].choices[file->value[key].integer];
}

static bool is_bidomain(const sunzi_run_file *file)
{
    return file->value[SUNZI_TISSUE_EQUATION].integer ==
           SUNZI_EQUATION_BIDOMAIN;
}

/* What the benchmark is, but for spacing and step; units of the keys. */
static const struct {
    int key;
    double value[6];
} benchmark[] = {
    {SUNZI_TISSUE_SIZE, {20, 7, 3}},
    {SUNZI_TISSUE_CONDUCTIVITY,
     {0.13341772151898735, 0.0176061776061776, 0.0176061776061776}},
    {SUNZI_TISSUE_FIBRE, {0, 0}},
    {SUNZI_TISSUE_CHI, {140}},
    {SUNZI_TISSUE_CAPACITANCE, {0.01}},
    {SUNZI_TISSUE_S1 + SUNZI_PULSE_BOX, {0, 1.5, 0, 1.5, 0, 1.5}},
    {SUNZI_TISSUE_S1 + SUNZI_PULSE_CURRENT, {50000}},
    {SUNZI_TISSUE_S1 + SUNZI_PULSE_START, {0}},
    {SUNZI_TISSUE_S1 + SUNZI_PULSE_DURATION, {2}},
};

/* A key that is not the benchmark's, -1: none; published times are those of
 * its cells and its slab only. */
static int other_than_benchmark(const sunzi_run_file *file)
{
    const sunzi_run_value *v = file->value;
    const char *cells = v[SUNZI_TISSUE_MODEL].text;
    if (*v[SUNZI_TISSUE_MASK].text)
        return SUNZI_TISSUE_MASK;
    if (is_bidomain(file))
        return SUNZI_TISSUE_EQUATION;
    for (int k = 0; k < SUNZI_REGIONS; k++)
        if (*v[SUNZI_TISSUE_REGION1 + k * SUNZI_REGION_KEYS].text)
            return SUNZI_TISSUE_REGION1 + k * SUNZI_REGION_KEYS;
    if (strcmp(cells, "ten-tusscher-2006-epi") != 0 &&
        strcmp(cells, "ten-tusscher-2006") != 0)
        return SUNZI_TISSUE_MODEL;
    if (v[SUNZI_TISSUE_S1 + SUNZI_PULSE_COUNT].integer < 1)
        return SUNZI_TISSUE_S1 + SUNZI_PULSE_COUNT;
    for (int p = 1; p < SUNZI_PULSES; p++) {
        const int key =
            SUNZI_TISSUE_S1 + p * SUNZI_PULSE_KEYS + SUNZI_PULSE_COUNT;
        if (v[key].integer > 0)
            return key;
    }
    for (size_t i = 0; i < sizeof benchmark / sizeof benchmark[0]; i++)
        for (int k = 0; k < v[benchmark[i].key].count; k++)
            if (!near(v[benchmark[i].key].reals[k], benchmark[i].value[k]))
                return benchmark[i].key;
    return -1;
}

static bool asks_for_benchmark(const sunzi_run_file *file)
{
    return file->value[SUNZI_TISSUE_CASE].integer == SUNZI_CASE_NIEDERER;
}

static bool is_benchmark(const sunzi_run_file *file)
{
    return asks_for_benchmark(file) && other_than_benchmark(file) < 0;
}

static const sunzi_published *beside(const sunzi_run_file *file, int index)
{
    return is_benchmark(file)
               ? sunzi_published_find(index, real(file, SUNZI_TISSUE_SPACING),
                                      real(file, SUNZI_TISSUE_DT))
               : NULL;
}

static void print_time(double ms)
{
    if (isnan(ms))
        printf(" %12s", "-");
    else
        printf(" %12.4f", ms);
}

static void print_points(const sunzi_run_file *file, int count,
                         const sunzi_tissue_result *results)
{
    const sunzi_published *other;
    printf("\nactivation [ms]");
    for (int k = 0; k < count; k++)
        if (!results[k].failed)
            printf(" %12s", results[k].policy);
    for (int i = 0; (other = beside(file, i)); i++)
        printf(" %12s", other->source);
    putchar('\n');
    for (int p = 0; p < SUNZI_TISSUE_POINTS; p++) {
        printf("P%-14d", p + 1);
        for (int k = 0; k < count; k++)
            if (!results[k].failed)
                print_time(results[k].activation[p]);
        for (int i = 0; (other = beside(file, i)); i++)
            printf(" %12.3f", other->activation[p]);
        putchar('\n');
    }
    if (is_benchmark(file))
        printf("\nP8 of the %d codes of the paper at 0.1 mm and 0.005 ms: %g "
               "to %g ms; converged, by\nextrapolation of finite differences: "
               "42.4 +- 0.2 ms.\n",
               11, sunzi_published_range[0], sunzi_published_range[1]);
}

/* Largest difference of the points of two runs. */
static double difference(const sunzi_tissue_result *a,
                         const sunzi_tissue_result *b)
{
    double most = 0;
    for (int p = 0; p < SUNZI_TISSUE_POINTS; p++)
        if (!(isnan(a->activation[p]) && isnan(b->activation[p])))
            most = fmax(most, fabs(a->activation[p] - b->activation[p]));
    return most;
}

/* There is one, unless all failed: then the first. */
static const sunzi_tissue_result *first_good(int count,
                                             const sunzi_tissue_result *results)
{
    for (int k = 0; k < count; k++)
        if (!results[k].failed)
            return &results[k];
    return results;
}

/* The regions that are used, a line. */
static void print_regions(const sunzi_run_file *file)
{
    for (int k = 0; k < SUNZI_REGIONS; k++) {
        const int key = SUNZI_TISSUE_REGION1 + k * SUNZI_REGION_KEYS;
        if (*file->value[key].text)
            printf(", %s %s", file->schema->keys[key].section,
                   file->value[key].text);
    }
}

void sunzi_tissue_print(const sunzi_run_file *file, int count,
                        const sunzi_tissue_result *results)
{
    const sunzi_tissue_result *first = first_good(count, results);
    const double *size = first->size;
    const int other = other_than_benchmark(file);
    printf(
        "%s: %g x %g x %g mm, spacing %g mm, dt %g ms, %lld nodes, %d "
        "process%s\n%s splitting, %s diffusion, cells %s (%s)",
        is_benchmark(file)  ? "N-version benchmark"
        : is_bidomain(file) ? "bidomain"
                            : "tissue",
        size[0], size[1], size[2], real(file, SUNZI_TISSUE_SPACING),
        real(file, SUNZI_TISSUE_DT), (long long)first->nodes,
        sunzi_team_get()->processes,
        sunzi_team_get()->processes > 1 ? "es" : "",
        word(file, SUNZI_TISSUE_SPLITTING), word(file, SUNZI_TISSUE_SCHEME_KEY),
        file->value[SUNZI_TISSUE_MODEL].text, word(file, SUNZI_TISSUE_METHOD));
    print_regions(file);
    putchar('\n');
    if (asks_for_benchmark(file) && other >= 0)
        printf("not the benchmark, no published times: %s.%s is not its own\n",
               file->schema->keys[other].section,
               file->schema->keys[other].name);
    print_points(file, count, results);
    putchar('\n');
    for (int k = 0; k < count; k++) {
        const sunzi_tissue_result *r = &results[k];
        if (r->failed)
            continue;
        printf("%-6s %lld of %lld nodes activated by %g ms; %lld steps, %.2f "
               "%siterations a step; %.2f s, cells %.2f s\n",
               r->policy, (long long)r->activated, (long long)r->nodes, r->end,
               (long long)r->steps,
               r->steps ? (double)r->iterations / (double)r->steps : 0.0,
               is_bidomain(file) ? "elliptic " : "", r->seconds,
               r->cells_seconds);
        sunzi_tissue_print_maps(file, r);
        if (r > first)
            printf("       largest difference from %s: %.3g ms\n",
                   first->policy, difference(r, first));
    }
}

/* ---- the report ---- */

static void write_points(sunzi_json *json, const double *activation)
{
    sunzi_json_open(json, "activation_ms", '{');
    for (int p = 0; p < SUNZI_TISSUE_POINTS; p++) {
        char name[4] = {'P', (char)('1' + p), '\0'};
        sunzi_json_number(json, name, activation[p]);
    }
    sunzi_json_close(json, '}');
}

static void write_run(sunzi_json *json, const sunzi_run_file *file,
                      const sunzi_tissue_result *r)
{
    const bool bidomain = is_bidomain(file);
    sunzi_json_open(json, r->policy, '{');
    if (r->failed) {
        sunzi_json_string(json, "failed", r->why);
        sunzi_json_close(json, '}');
        return;
    }
    write_points(json, r->activation);
    sunzi_tissue_write_maps(json, file, r);
    sunzi_json_integer(json, "activated", r->activated);
    sunzi_json_number(json, "end_ms", r->end);
    sunzi_json_integer(json, "steps", r->steps);
    sunzi_json_integer(json, bidomain ? "elliptic_iterations" : "iterations",
                       r->iterations);
    if (bidomain)
        sunzi_json_number(json, "elliptic_residual", r->residual);
    sunzi_json_number(json, "seconds", r->seconds);
    sunzi_json_number(json, "cells_seconds", r->cells_seconds);
    if (r->on_device)
        sunzi_json_device(json, &r->device);
    sunzi_json_close(json, '}');
}

static void write_published(sunzi_json *json, const sunzi_run_file *file)
{
    const sunzi_published *other;
    sunzi_json_open(json, "published", '[');
    for (int i = 0; (other = beside(file, i)); i++) {
        sunzi_json_open(json, NULL, '{');
        sunzi_json_string(json, "source", other->source);
        write_points(json, other->activation);
        sunzi_json_close(json, '}');
    }
    sunzi_json_close(json, ']');
}

static void write_all(sunzi_json *json, const sunzi_run_file *file, int count,
                      const sunzi_tissue_result *results)
{
    sunzi_json_open(json, NULL, '{');
    sunzi_json_integer(json, "schema", SCHEMA);
    sunzi_json_string(json, "version", sunzi_version());
    sunzi_json_string(json, "case", word(file, SUNZI_TISSUE_CASE));
    sunzi_json_integer(json, "processes", sunzi_team_get()->processes);
    sunzi_json_string(json, "equation", word(file, SUNZI_TISSUE_EQUATION));
    sunzi_json_string(json, "cells", file->value[SUNZI_TISSUE_MODEL].text);
    sunzi_json_number(json, "spacing_mm", real(file, SUNZI_TISSUE_SPACING));
    sunzi_json_number(json, "dt_ms", real(file, SUNZI_TISSUE_DT));
    sunzi_json_string(json, "splitting", word(file, SUNZI_TISSUE_SPLITTING));
    sunzi_json_string(json, "diffusion", word(file, SUNZI_TISSUE_SCHEME_KEY));
    sunzi_json_integer(json, "nodes", first_good(count, results)->nodes);
    sunzi_json_open(json, "runs", '{');
    for (int k = 0; k < count; k++)
        write_run(json, file, &results[k]);
    sunzi_json_close(json, '}');
    write_published(json, file);
    sunzi_json_close(json, '}');
}

int sunzi_tissue_write_report(const sunzi_run_file *file, int count,
                              const sunzi_tissue_result *results)
{
    sunzi_json_file report;
    sunzi_status status =
        sunzi_json_file_open(file->value[SUNZI_TISSUE_REPORT].text, &report);
    if (status == SUNZI_OK) {
        write_all(&report.json, file, count, results);
        status = sunzi_json_file_close(&report);
    }
    return sunzi_json_file_told(SUNZI_TISSUE_COMMAND, status);
}
