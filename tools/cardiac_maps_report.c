/* SPDX-License-Identifier: BSD-3-Clause */
/* Maps and paths of a run in print and in its report. */
#include <math.h>
#include <stdio.h>

#include "tools/cardiac_tissue.h"
#include "tools/json.h"

static const struct {
    const char *printed, *key;
} names[SUNZI_MAPS_TOLD] = {
    [SUNZI_MAP_ACTIVATION] = {"activation [ms]", "activation_ms"},
    [SUNZI_MAP_REPOLARISATION] = {"repolarisation [ms]", "repolarisation_ms"},
    [SUNZI_MAP_DURATION] = {"APD [ms]", "apd_ms"},
    [SUNZI_MAP_SPEED] = {"speed [m/s]", "speed_m_per_s"},
};

static const double *ends_of(const sunzi_run_file *file, int path)
{
    return file->value[SUNZI_TISSUE_PATHS].reals + 6 * (ptrdiff_t)path;
}

/* ---- printed ---- */

static void print_map(const char *name, const sunzi_tissue_map *map)
{
    const double *least = map->least_at, *most = map->most_at;
    printf("%-20s ", name);
    if (map->summary.nodes == 0)
        printf("no node has a value\n");
    else
        printf("%.4f at (%g, %g, %g) mm to %.4f at (%g, %g, %g) mm, mean "
               "%.4f, %lld nodes\n",
               map->summary.least, least[0], least[1], least[2],
               map->summary.most, most[0], most[1], most[2], map->summary.mean,
               (long long)map->summary.nodes);
}

static void print_path(const double *ends, const sunzi_tissue_path *path)
{
    printf("from (%g, %g, %g) to (%g, %g, %g) mm: ", ends[0], ends[1], ends[2],
           ends[3], ends[4], ends[5]);
    if (isnan(path->time))
        printf("an end was not activated\n");
    else
        printf("%.4f mm in %.4f ms, %.4f m/s\n", path->distance, path->time,
               path->speed);
}

void sunzi_tissue_print_maps(const sunzi_run_file *file,
                             const sunzi_tissue_result *result)
{
    for (int m = 0; m < SUNZI_MAPS_TOLD && *file->value[SUNZI_TISSUE_MAPS].text;
         m++)
        print_map(names[m].printed, &result->map[m]);
    for (int k = 0; k < result->paths; k++)
        print_path(ends_of(file, k), &result->path[k]);
}

/* ---- the report ---- */

static void write_point(sunzi_json *json, const char *key, const double *at)
{
    sunzi_json_open(json, key, '[');
    for (int d = 0; d < 3; d++)
        sunzi_json_number(json, NULL, at[d]);
    sunzi_json_close(json, ']');
}

static void write_map(sunzi_json *json, const char *key,
                      const sunzi_tissue_map *map)
{
    sunzi_json_open(json, key, '{');
    sunzi_json_integer(json, "nodes", map->summary.nodes);
    sunzi_json_number(json, "least", map->summary.least);
    write_point(json, "least_at_mm", map->least_at);
    sunzi_json_number(json, "most", map->summary.most);
    write_point(json, "most_at_mm", map->most_at);
    sunzi_json_number(json, "mean", map->summary.mean);
    sunzi_json_close(json, '}');
}

void sunzi_tissue_write_maps(sunzi_json *json, const sunzi_run_file *file,
                             const sunzi_tissue_result *result)
{
    sunzi_json_open(json, "maps", '{');
    for (int m = 0; m < SUNZI_MAPS_TOLD; m++)
        write_map(json, names[m].key, &result->map[m]);
    sunzi_json_close(json, '}');
    sunzi_json_open(json, "paths", '[');
    for (int k = 0; k < result->paths; k++) {
        sunzi_json_open(json, NULL, '{');
        write_point(json, "from_mm", ends_of(file, k));
        write_point(json, "to_mm", ends_of(file, k) + 3);
        sunzi_json_number(json, "distance_mm", result->path[k].distance);
        sunzi_json_number(json, "time_ms", result->path[k].time);
        sunzi_json_number(json, "speed_m_per_s", result->path[k].speed);
        sunzi_json_close(json, '}');
    }
    sunzi_json_close(json, ']');
}
