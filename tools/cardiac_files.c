/* SPDX-License-Identifier: BSD-3-Clause */
/* Files of a run on tissue: snapshots, maps, checkpoints. Arrays in files cover
 * the whole grid of nodes, so that they do not depend on the number of
 * processes; where no tissue is they hold NaN, states 0. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/checkpoint.h>
#include <sunzi/field_file.h>

#include "tools/cardiac_run.h"

struct sunzi_tissue_files {
    sunzi_file *snapshots;
    int shots, shots_before; /* in this file; of the run before it */
    int64_t shot_steps, checkpoint_steps; /* between them; 0: none */
    int64_t first[3], count[3], nodes;    /* the brick */
    void *block;                          /* its numbers, of all states */
    double *beats, *phi; /* on the brick; of beats SUNZI_BEATS_NUMBERS */
    double *numbers;     /* of the nodes, as many */
    char *about;         /* what a checkpoint must be of */
};

static const char *text(const sunzi_slab *r, int key)
{
    return sunzi_slab_value(r, key)->text;
}

/* ---- the brick of this process ---- */

/* Where a node of the process is on its brick. */
static int64_t place_of_node(const sunzi_slab *r, int64_t node)
{
    const sunzi_tissue_files *f = r->files;
    int64_t rest = node, at = 0, stride = 1;
    for (int d = 0; d < 3; d++) {
        const int64_t nodes = r->voxels[d] + 1;
        at += (rest % nodes - f->first[d]) * stride;
        rest /= nodes;
        stride *= f->count[d];
    }
    return at;
}

/* Of node i with tissue. */
static int64_t place_of(const sunzi_slab *r, int64_t i)
{
    return place_of_node(r, r->node[i]);
}

static sunzi_block block_of(const sunzi_tissue_files *f)
{
    return (sunzi_block){
        .start = {f->first[2], f->first[1], f->first[0]},
        .count = {f->count[2], f->count[1], f->count[0]},
    };
}

/* Numbers of the nodes on the brick, NaN elsewhere. */
static void spread(const sunzi_slab *r, const double *from, double *to)
{
    for (int64_t i = 0; i < r->files->nodes; i++)
        to[i] = NAN;
    for (int64_t i = 0; i < r->count; i++)
        to[place_of(r, i)] = from[i];
}

static void gather(const sunzi_slab *r, const double *from, double *to)
{
    for (int64_t i = 0; i < r->count; i++)
        to[i] = from[place_of(r, i)];
}

/* Of nodes with tissue or bath. */
static void spread_outside(const sunzi_slab *r, const double *from, double *to)
{
    for (int64_t i = 0; i < r->files->nodes; i++)
        to[i] = NAN;
    for (int64_t i = 0; i < r->outside; i++)
        to[place_of_node(r, r->outside_node[i])] = from[i];
}

static int rows_of_part(const sunzi_slab *r, int part)
{
    return sunzi_policy_planes(r->policy) *
           sunzi_cell_model_states(r->part[part].cells.model);
}

/* The most that a node has. */
static int rows_of(const sunzi_slab *r)
{
    int most = 0;
    for (int p = 0; p < r->parts; p++)
        most = most > rows_of_part(r, p) ? most : rows_of_part(r, p);
    return most;
}

/* The states of a part between its rows and the brick. */
static void move_part(sunzi_slab *r, int part, bool to_brick)
{
    const sunzi_slab_part *p = &r->part[part];
    const size_t size = sunzi_policy_element_bytes(r->policy);
    const size_t stride = (size_t)p->cells.stride;
    const size_t nodes = (size_t)r->files->nodes;
    char *states = p->states, *block = r->files->block;
    for (size_t row = 0; row < (size_t)rows_of_part(r, part); row++)
        for (int64_t i = 0; i < p->cells.count; i++) {
            const int64_t at = place_of(r, p->nodes ? p->nodes[i] : i);
            char *cell = states + (row * stride + (size_t)i) * size;
            char *node = block + (row * nodes + (size_t)at) * size;
            memcpy(to_brick ? node : cell, to_brick ? cell : node, size);
        }
}

/* All states; zero where a node has none. */
static void move_states(sunzi_slab *r, bool to_brick)
{
    if (to_brick)
        memset(r->files->block, 0,
               (size_t)rows_of(r) * (size_t)r->files->nodes *
                   sunzi_policy_element_bytes(r->policy));
    for (int p = 0; p < r->parts; p++)
        move_part(r, p, to_brick);
}

/* ---- checkpoints ---- */

enum { STATES, BEATS, PHI, ARRAYS };

static int arrays_of(const sunzi_slab *r)
{
    return r->bidomain ? ARRAYS : PHI;
}

static void *data_of(const sunzi_slab *r, int array)
{
    const sunzi_tissue_files *f = r->files;
    void *const data[] = {f->block, f->beats, f->phi};
    return data[array];
}

static void describe(const sunzi_slab *r, sunzi_checkpoint_array *arrays)
{
    const sunzi_block block = block_of(r->files);
    static const char *const names[] = {"states", "beats", "phi"};
    for (int a = 0; a < arrays_of(r); a++) {
        const int extra = a == PHI ? 0 : 1;
        sunzi_checkpoint_array *c = &arrays[a];
        *c = (sunzi_checkpoint_array){.name = names[a],
                                      .type = SUNZI_FILE_FP64,
                                      .dims = 3 + extra,
                                      .data = data_of(r, a)};
        c->size[0] = c->block.count[0] =
            a == STATES ? rows_of(r) : SUNZI_BEATS_NUMBERS;
        for (int d = 0; d < 3; d++) {
            c->size[d + extra] = r->voxels[2 - d] + 1;
            c->block.start[d + extra] = block.start[d];
            c->block.count[d + extra] = block.count[d];
        }
    }
    if (r->policy != SUNZI_POLICY_FP64)
        arrays[STATES].type = SUNZI_FILE_FP32;
}

static sunzi_status write_checkpoint(sunzi_slab *r)
{
    sunzi_tissue_files *f = r->files;
    sunzi_checkpoint_array arrays[ARRAYS];
    const sunzi_checkpoint_state state = {
        r->step, (double)r->step * sunzi_slab_value(r, SUNZI_TISSUE_DT)->real,
        f->about, strlen(f->about) + 1};
    sunzi_status status = SUNZI_OK;
    if (f->snapshots && f->shots > 0)
        status = sunzi_file_save(f->snapshots);
    if (status < 0)
        return status;
    move_states(r, true);
    SUNZI_TRY(
        sunzi_comm_agree(r->comm, sunzi_beats_save(r->beats, f->numbers)));
    for (int k = 0; k < SUNZI_BEATS_NUMBERS; k++)
        spread(r, f->numbers + k * r->count, f->beats + k * f->nodes);
    if (r->bidomain)
        spread_outside(r, r->phi, f->phi);
    describe(r, arrays);
    status = sunzi_checkpoint_write(r->comm, text(r, SUNZI_TISSUE_CHECKPOINT),
                                    NULL, &state, arrays_of(r), arrays);
    if (status == SUNZI_OK)
        r->saved = r->step;
done:
    return status;
}

static sunzi_status read_checkpoint(sunzi_slab *r, sunzi_checkpoint *from)
{
    sunzi_tissue_files *f = r->files;
    sunzi_checkpoint_array arrays[ARRAYS];
    sunzi_checkpoint_state state;
    sunzi_checkpoint_get_state(from, &state);
    sunzi_status status =
        sunzi_slab_compare_identity(r, f->about, state.blob, state.blob_bytes);
    describe(r, arrays);
    for (int a = 0; a < arrays_of(r) && status == SUNZI_OK; a++)
        status = sunzi_checkpoint_read(from, arrays[a].name, arrays[a].type,
                                       &arrays[a].block, data_of(r, a));
    if (status < 0)
        return status;
    move_states(r, false);
    for (int k = 0; k < SUNZI_BEATS_NUMBERS; k++)
        gather(r, f->beats + k * f->nodes, f->numbers + k * r->count);
    status = sunzi_comm_agree(r->comm, sunzi_beats_load(r->beats, f->numbers));
    for (int64_t i = 0; i < r->outside; i++)
        r->phi[i] = f->phi[place_of_node(r, r->outside_node[i])];
    r->step = r->saved = state.step;
    return status;
}

static sunzi_status restart(sunzi_slab *r)
{
    sunzi_checkpoint *from = NULL;
    sunzi_status status;
    if (!*text(r, SUNZI_TISSUE_CHECKPOINT))
        return sunzi_run_file_fail(r->file, SUNZI_TISSUE_RESTART,
                                   "there is no output.checkpoint to go on "
                                   "from");
    status = sunzi_checkpoint_latest(r->comm, text(r, SUNZI_TISSUE_CHECKPOINT),
                                     NULL, &from);
    if (status == SUNZI_OK)
        status = read_checkpoint(r, from);
    sunzi_checkpoint_close(&from);
    return status;
}

/* ---- snapshots ---- */

static sunzi_status open_image(const sunzi_slab *r, const char *path, int steps,
                               int steps_kept, int count,
                               const sunzi_file_field *field, sunzi_file **file)
{
    const sunzi_file_about about = {
        .creator = "sunzi cardiac",
        .policy = sunzi_policy_name(r->policy),
    };
    sunzi_image image = {.steps = steps};
    for (int d = 0; d < 3; d++) {
        image.points[d] = r->voxels[d] + 1;
        image.spacing[d] = r->spacing * 1e-3; /* m */
    }
    sunzi_status status =
        steps_kept > 0
            ? sunzi_file_continue(r->comm, path, &about, steps_kept, file)
            : sunzi_file_create(r->comm, path, &about, file);
    if (status == SUNZI_OK)
        status = sunzi_file_set_image(*file, &image);
    if (status == SUNZI_OK)
        status = sunzi_file_set_text(*file, "VTKHDF", "SpacingUnits", "m");
    for (int i = 0; i < count && status == SUNZI_OK; i++)
        status = sunzi_file_define_field(*file, &field[i]);
    return status;
}

static double shot_time(const sunzi_slab *r, int shot)
{
    return (double)((shot + r->files->shots_before) * r->files->shot_steps) *
           sunzi_slab_value(r, SUNZI_TISSUE_DT)->real;
}

/* Shots are in an open file of a run that was killed, or in a file of their
 * own that was closed: a new one, of another name, then holds those that
 * follow. */
static sunzi_status continue_snapshots(sunzi_slab *r, int shots, int count,
                                       const sunzi_file_field *field)
{
    sunzi_tissue_files *f = r->files;
    const char *path = text(r, SUNZI_TISSUE_SNAPSHOTS);
    sunzi_file *whole = NULL;
    sunzi_status status =
        open_image(r, path, 0, shots, count, field, &f->snapshots);
    f->shots = shots;
    for (int s = 0; s < shots && status == SUNZI_OK; s++)
        status = sunzi_file_add_step(f->snapshots, shot_time(r, s));
    if (status != SUNZI_ERR_FILE || f->snapshots)
        return status;
    if (sunzi_file_open(r->comm, path, &whole) == SUNZI_OK) {
        sunzi_file_discard(&whole);
        return sunzi_run_file_fail(r->file, SUNZI_TISSUE_SNAPSHOTS,
                                   "'%s' is complete; give those that follow "
                                   "another name",
                                   path);
    }
    f->shots = 0;
    f->shots_before = shots;
    return open_image(r, path, 0, 0, count, field, &f->snapshots);
}

static sunzi_status open_snapshots(sunzi_slab *r)
{
    sunzi_tissue_files *f = r->files;
    static const char *const names[] = {"V", "phi"};
    static const char *const long_names[] = {"membrane voltage",
                                             "potential outside of the cells"};
    const int count = r->bidomain ? 2 : 1;
    sunzi_file_field field[2];
    for (int i = 0; i < count; i++) {
        sunzi_file_field_init(&field[i]);
        field[i].name = names[i];
        field[i].units = "mV";
        field[i].long_name = long_names[i];
        field[i].type = SUNZI_FILE_FP64;
    }
    if (r->step > 0)
        return continue_snapshots(r, (int)(r->step / f->shot_steps) + 1, count,
                                  field);
    return open_image(r, text(r, SUNZI_TISSUE_SNAPSHOTS), 0, 0, count, field,
                      &f->snapshots);
}

static sunzi_status write_snapshot(sunzi_slab *r)
{
    sunzi_tissue_files *f = r->files;
    const sunzi_block block = block_of(f);
    double *V = f->block;
    sunzi_status status;
    SUNZI_TRY(sunzi_slab_show_phi(r));
    if (status != SUNZI_OK) /* phi was not reached */
        goto done;
    for (int64_t i = 0; i < f->nodes; i++)
        V[i] = NAN;
    for (int64_t i = 0; i < r->count; i++)
        V[place_of(r, i)] = sunzi_slab_voltage(r, i);
    SUNZI_TRY(sunzi_file_add_step(f->snapshots, shot_time(r, f->shots)));
    SUNZI_TRY(sunzi_file_write_field(f->snapshots, "V", f->shots, &block, V));
    if (r->bidomain) {
        spread_outside(r, r->shown, f->phi);
        SUNZI_TRY(sunzi_file_write_field(f->snapshots, "phi", f->shots, &block,
                                         f->phi));
    }
    f->shots++;
done:
    return status;
}

/* A map, or the velocity: three numbers a node. */
static sunzi_status write_map(sunzi_slab *r, int map, sunzi_file *file)
{
    sunzi_tissue_files *f = r->files;
    const sunzi_block block = block_of(f);
    const int each = map == SUNZI_MAP_VELOCITY ? 3 : 1;
    const sunzi_status status = sunzi_slab_map(r, map, f->numbers);
    for (int64_t i = 0; i < each * f->nodes; i++)
        f->beats[i] = NAN;
    for (int64_t i = 0; i < r->count && status == SUNZI_OK; i++)
        memcpy(f->beats + each * place_of(r, i), f->numbers + each * i,
               (size_t)each * sizeof *f->beats);
    return status == SUNZI_OK
               ? sunzi_file_write_field(file, sunzi_slab_name_map(r, map).name,
                                        0, &block, f->beats)
               : status;
}

/* The first `count` maps under the path of a key. */
static sunzi_status write_maps(sunzi_slab *r, int key, int count)
{
    sunzi_slab_field about[SUNZI_MAPS];
    sunzi_file_field field[SUNZI_MAPS];
    sunzi_file *file = NULL;
    if (!*text(r, key))
        return SUNZI_OK;
    for (int m = 0; m < count; m++) {
        about[m] = sunzi_slab_name_map(r, m);
        sunzi_file_field_init(&field[m]);
        field[m].name = about[m].name;
        field[m].units = about[m].units;
        field[m].long_name = about[m].long_name;
        field[m].components = m == SUNZI_MAP_VELOCITY ? 3 : 1;
    }
    sunzi_status status =
        open_image(r, text(r, key), 1, 0, count, field, &file);
    for (int m = 0; m < count && status == SUNZI_OK; m++)
        status = write_map(r, m, file);
    if (status < 0) {
        sunzi_file_discard(&file);
        return status;
    }
    return sunzi_file_close(&file);
}

/* ---- all of them ---- */

/* Not collective. */
static sunzi_status take_files(sunzi_slab *r)
{
    sunzi_tissue_files *f = r->files = calloc(1, sizeof *f);
    if (!f)
        return sunzi_fail(SUNZI_ERR_NOMEM, "no memory for files");
    sunzi_tissue_brick(r->tissue, f->first, f->count);
    f->nodes = f->count[0] * f->count[1] * f->count[2];
    const size_t bytes = (size_t)(f->nodes + 1) * sizeof(double);
    f->block = malloc(bytes * (size_t)rows_of(r));
    f->beats = malloc(bytes * SUNZI_BEATS_NUMBERS);
    f->numbers = sunzi_slab_numbers(r->count * SUNZI_BEATS_NUMBERS);
    f->phi = malloc(bytes);
    f->about = sunzi_slab_identity(r);
    if (!f->block || !f->beats || !f->numbers || !f->phi || !f->about)
        return sunzi_fail(SUNZI_ERR_NOMEM,
                          "no memory for the files of %lld nodes",
                          (long long)f->nodes);
    f->shot_steps = sunzi_slab_steps_in(r, SUNZI_TISSUE_SNAPSHOTS,
                                        SUNZI_TISSUE_SNAPSHOT_EVERY);
    f->checkpoint_steps = sunzi_slab_steps_in(r, SUNZI_TISSUE_CHECKPOINT,
                                              SUNZI_TISSUE_CHECKPOINT_EVERY);
    return SUNZI_OK;
}

static bool wants_files(const sunzi_slab *r)
{
    return *text(r, SUNZI_TISSUE_SNAPSHOTS) || *text(r, SUNZI_TISSUE_MAP) ||
           *text(r, SUNZI_TISSUE_MAPS) || *text(r, SUNZI_TISSUE_CHECKPOINT) ||
           sunzi_slab_value(r, SUNZI_TISSUE_RESTART)->integer;
}

sunzi_status sunzi_slab_open_files(sunzi_slab *r)
{
    sunzi_status status;
    if (!wants_files(r))
        return SUNZI_OK;
    if (sunzi_slab_value(r, SUNZI_TISSUE_POLICIES)->count > 1)
        return sunzi_run_file_fail(r->file, SUNZI_TISSUE_POLICIES,
                                   "the files of [output] hold one run, "
                                   "allowed is one policy with them");
    status = sunzi_comm_agree(r->comm, take_files(r));
    if (status == SUNZI_OK &&
        sunzi_slab_value(r, SUNZI_TISSUE_RESTART)->integer)
        status = restart(r);
    if (status == SUNZI_OK && r->files->shot_steps)
        status = open_snapshots(r);
    if (status == SUNZI_OK && r->files->shot_steps && r->step == 0)
        status = write_snapshot(r);
    return status;
}

sunzi_status sunzi_slab_write_files(sunzi_slab *r)
{
    sunzi_tissue_files *f = r->files;
    sunzi_status status = SUNZI_OK;
    if (!f)
        return SUNZI_OK;
    if (f->shot_steps && r->step % f->shot_steps == 0)
        status = write_snapshot(r);
    if (status == SUNZI_OK && f->checkpoint_steps &&
        r->step % f->checkpoint_steps == 0)
        status = write_checkpoint(r);
    return status;
}

sunzi_status sunzi_slab_close_files(sunzi_slab *r, bool keep)
{
    sunzi_tissue_files *f = r->files;
    sunzi_status status = SUNZI_OK;
    if (!f)
        return SUNZI_OK;
    if (keep && f->shots > 0)
        status = sunzi_file_close(&f->snapshots);
    else
        sunzi_file_discard(&f->snapshots);
    if (keep && status == SUNZI_OK)
        status = write_maps(r, SUNZI_TISSUE_MAP, SUNZI_MAP_ACTIVATION + 1);
    if (keep && status == SUNZI_OK)
        status = write_maps(r, SUNZI_TISSUE_MAPS, SUNZI_MAPS);
    free(f->block);
    free(f->beats);
    free(f->numbers);
    free(f->phi);
    free(f->about);
    free(f);
    r->files = NULL;
    return status;
}
