/* SPDX-License-Identifier: BSD-3-Clause */
/* Beats of a run on tissue: what is seen while it steps, and the maps of it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cardiac_run.h"

/* ---- while it steps ---- */

static sunzi_status check_paths(const sunzi_slab *r)
{
    const sunzi_run_value *v = sunzi_slab_value(r, SUNZI_TISSUE_PATHS);
    if (v->count % 6 != 0)
        return sunzi_run_file_fail(r->file, SUNZI_TISSUE_PATHS,
                                   "there are %d numbers, allowed are six a "
                                   "path: x, y, z of both its ends",
                                   v->count);
    for (int k = 0; k < v->count; k++) {
        const double size = (double)r->voxels[k % 3] * r->spacing;
        if (v->reals[k] > size * (1 + 1e-9))
            return sunzi_run_file_fail(
                r->file, SUNZI_TISSUE_PATHS,
                "value %d is %g mm, allowed are 0 to %g mm, the grid in %c",
                k + 1, v->reals[k], size, "xyz"[k % 3]);
    }
    return SUNZI_OK;
}

/* Not collective. */
static sunzi_status take(sunzi_slab *r)
{
    r->V = sunzi_slab_numbers(r->count);
    r->map = sunzi_slab_numbers(r->count);
    if (!r->V || !r->map)
        return sunzi_fail(SUNZI_ERR_NOMEM, "no memory for maps of %lld nodes",
                          (long long)r->count);
    return check_paths(r);
}

sunzi_status sunzi_slab_open_maps(sunzi_slab *r)
{
    const sunzi_beats_options options = {
        .threshold = sunzi_slab_value(r, SUNZI_BEATS_THRESHOLD)->real,
        .fraction = sunzi_slab_value(r, SUNZI_BEATS_FRACTION)->real,
        .level = sunzi_slab_value(r, SUNZI_BEATS_LEVEL)->real,
        .which =
            (sunzi_beats_which)sunzi_slab_value(r, SUNZI_BEATS_WHICH)->integer,
    };
    const sunzi_status status = sunzi_comm_agree(r->comm, take(r));
    if (status < 0)
        return status;
    sunzi_slab_take_voltages(r);
    return sunzi_beats_create(r->tissue, &options, r->V, &r->beats);
}

void sunzi_slab_close_maps(sunzi_slab *r)
{
    sunzi_beats_destroy(&r->beats);
    free(r->V);
    free(r->map);
}

void sunzi_slab_take_voltages(sunzi_slab *r)
{
    for (int64_t i = 0; i < r->count; i++)
        r->V[i] = sunzi_slab_voltage(r, i);
}

sunzi_status sunzi_slab_look(sunzi_slab *r, double time, double dt)
{
    sunzi_slab_take_voltages(r);
    return sunzi_beats_look(r->beats, time, dt, r->V);
}

/* Nodes of all processes with a value. Collective. */
static sunzi_status count_values(sunzi_slab *r, sunzi_beats_map map,
                                 int64_t *nodes)
{
    double mine = 0, all = 0;
    sunzi_status status = sunzi_beats_get(r->beats, map, r->map);
    for (int64_t i = 0; i < r->count && status == SUNZI_OK; i++)
        mine += !isnan(r->map[i]);
    status = sunzi_comm_agree(r->comm, status);
    if (status == SUNZI_OK)
        status = sunzi_dsum(r->context, r->comm, 1, &mine, 1, &all);
    *nodes = (int64_t)all;
    return status;
}

sunzi_status sunzi_slab_count_beats(sunzi_slab *r, int64_t nodes,
                                    int64_t *activated, bool *done)
{
    int64_t repolarised = nodes;
    sunzi_status status = count_values(r, SUNZI_BEATS_ACTIVATION, activated);
    if (status == SUNZI_OK && *sunzi_slab_value(r, SUNZI_TISSUE_MAPS)->text)
        status = count_values(r, SUNZI_BEATS_REPOLARISATION, &repolarised);
    *done = *activated == nodes && repolarised == nodes;
    return status;
}

/* ---- maps ---- */

sunzi_slab_field sunzi_slab_name_map(const sunzi_slab *r, int map)
{
    static const sunzi_slab_field fields[SUNZI_MAPS] = {
        [SUNZI_MAP_ACTIVATION] = {"activation", "ms", "activation time"},
        [SUNZI_MAP_REPOLARISATION] = {"repolarisation", "ms",
                                      "repolarisation time"},
        [SUNZI_MAP_DURATION] = {"apd", "ms", "action potential duration"},
        [SUNZI_MAP_SPEED] = {"speed", "m s-1", "conduction speed"},
        [SUNZI_MAP_VELOCITY] = {"velocity", "m s-1", "conduction velocity"},
    };
    const double fraction = sunzi_slab_value(r, SUNZI_BEATS_FRACTION)->real;
    sunzi_slab_field field = fields[map];
    char *end = field.long_name + strlen(field.long_name);
    const size_t room = sizeof field.long_name - strlen(field.long_name);
    if (map == SUNZI_MAP_ACTIVATION)
        snprintf(end, room, ", V up through %g mV",
                 sunzi_slab_value(r, SUNZI_BEATS_THRESHOLD)->real);
    else if (map != SUNZI_MAP_REPOLARISATION && map != SUNZI_MAP_DURATION)
        return field;
    else if (fraction > 0)
        snprintf(end, room,
                 map == SUNZI_MAP_DURATION ? ", APD%g" : ", %g %% of amplitude",
                 100 * fraction);
    else
        snprintf(end, room, ", V down through %g mV",
                 sunzi_slab_value(r, SUNZI_BEATS_LEVEL)->real);
    return field;
}

/* Collective. */
static sunzi_status find_velocity(const sunzi_slab *r, int map, double *values)
{
    const double fastest = sunzi_slab_value(r, SUNZI_TISSUE_FASTEST)->real;
    const bool vectors = map == SUNZI_MAP_VELOCITY;
    double *room = malloc((size_t)(4 * r->count + 1) * sizeof *room);
    double *times = room, *apart = room + r->count;
    sunzi_status status =
        room ? sunzi_beats_get(r->beats, SUNZI_BEATS_ACTIVATION, times)
             : sunzi_fail(SUNZI_ERR_NOMEM,
                          "no memory for velocities of %lld "
                          "nodes",
                          (long long)r->count);
    status = sunzi_comm_agree(r->comm, status);
    if (status == SUNZI_OK)
        status = sunzi_tissue_velocity(r->tissue, times, fastest,
                                       vectors ? apart : NULL,
                                       vectors ? times : values);
    for (int64_t i = 0; i < r->count && vectors && status == SUNZI_OK; i++)
        for (int d = 0; d < 3; d++)
            values[3 * i + d] = apart[d * r->count + i];
    free(room);
    return status;
}

sunzi_status sunzi_slab_map(const sunzi_slab *r, int map, double *values)
{
    static const sunzi_beats_map maps[] = {
        [SUNZI_MAP_ACTIVATION] = SUNZI_BEATS_ACTIVATION,
        [SUNZI_MAP_REPOLARISATION] = SUNZI_BEATS_REPOLARISATION,
        [SUNZI_MAP_DURATION] = SUNZI_BEATS_DURATION,
    };
    if (map == SUNZI_MAP_SPEED || map == SUNZI_MAP_VELOCITY)
        return find_velocity(r, map, values);
    return sunzi_comm_agree(r->comm,
                            sunzi_beats_get(r->beats, maps[map], values));
}

/* ---- the result ---- */

static void place_of(const sunzi_slab *r, int64_t node, double at[3])
{
    for (int d = 0; d < 3; d++) {
        at[d] =
            node < 0 ? NAN : (double)(node % (r->voxels[d] + 1)) * r->spacing;
        node = node < 0 ? node : node / (r->voxels[d] + 1);
    }
}

/* Collective; r->map holds the activation. P1 .. P9. */
static sunzi_status tell_points(const sunzi_slab *r,
                                sunzi_tissue_result *result)
{
    static const int corner[8] = {0, 2, 1, 3, 4, 6, 5, 7}; /* bits x, y, z */
    sunzi_status status = SUNZI_OK;
    for (int p = 0; p < SUNZI_TISSUE_POINTS; p++) {
        double at[3];
        for (int d = 0; d < 3; d++)
            at[d] = (double)r->voxels[d] * r->spacing *
                    (p == 8 ? 0.5 : (double)(corner[p] >> d & 1));
        SUNZI_TRY(
            sunzi_tissue_sample(r->tissue, r->map, at, &result->activation[p]));
    }
done:
    return status;
}

/* Collective; r->map holds the activation. */
static sunzi_status tell_paths(const sunzi_slab *r, sunzi_tissue_result *result)
{
    const sunzi_run_value *v = sunzi_slab_value(r, SUNZI_TISSUE_PATHS);
    sunzi_status status = SUNZI_OK;
    result->paths = v->count / 6;
    for (int k = 0; k < result->paths; k++) {
        const double *from = v->reals + 6 * (ptrdiff_t)k, *to = from + 3;
        sunzi_tissue_path *path = &result->path[k];
        double time[2], square = 0;
        SUNZI_TRY(sunzi_tissue_sample(r->tissue, r->map, from, &time[0]));
        SUNZI_TRY(sunzi_tissue_sample(r->tissue, r->map, to, &time[1]));
        for (int d = 0; d < 3; d++)
            square += (to[d] - from[d]) * (to[d] - from[d]);
        path->distance = sqrt(square);
        path->time = time[1] - time[0];
        path->speed = path->distance / path->time;
    }
done:
    return status;
}

sunzi_status sunzi_slab_tell_maps(sunzi_slab *r, sunzi_tissue_result *result)
{
    sunzi_status status = SUNZI_OK;
    for (int m = SUNZI_MAPS_TOLD - 1; m >= 0; m--) { /* activation last */
        sunzi_tissue_map *map = &result->map[m];
        SUNZI_TRY(sunzi_slab_map(r, m, r->map));
        SUNZI_TRY(sunzi_tissue_summarize(r->tissue, r->map, &map->summary));
        place_of(r, map->summary.least_node, map->least_at);
        place_of(r, map->summary.most_node, map->most_at);
    }
    SUNZI_TRY(tell_points(r, result));
    SUNZI_TRY(tell_paths(r, result));
done:
    return status;
}
