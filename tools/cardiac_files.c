/* SPDX-License-Identifier: BSD-3-Clause */
/* Files of a run on tissue: the image of voxels, snapshots, the map of
 * activation, checkpoints. Arrays in files cover the whole grid of nodes, so
 * that they do not depend on the number of processes; where no tissue is they
 * hold NaN, states 0. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/checkpoint.h>
#include <sunzi/field_file.h>

#include "tools/cardiac_run.h"

enum { ABOUT_BYTES = 200 };

struct sunzi_tissue_files {
    sunzi_file *snapshots;
    int shots, shots_before; /* in this file; of the run before it */
    int64_t shot_steps, checkpoint_steps; /* between them; 0: none */
    int64_t first[3], count[3], nodes;    /* the brick */
    void *block;                          /* its numbers, of all states */
    double *activation, *before;          /* on the brick */
    char about[ABOUT_BYTES];              /* what a checkpoint must be of */
};

static const char *text(const sunzi_slab *r, int key)
{
    return sunzi_slab_value(r, key)->text;
}

/* ---- the image ---- */

static sunzi_status read_image(sunzi_slab *r, sunzi_file *file)
{
    const char *name = text(r, SUNZI_TISSUE_MASK_ARRAY);
    sunzi_file_array array;
    sunzi_status status = sunzi_file_find(file, name, &array);
    if (status < 0)
        return sunzi_run_file_fail(r->file, SUNZI_TISSUE_MASK_ARRAY, "%s",
                                   sunzi_last_message());
    if (array.dims != 3 || array.type != SUNZI_FILE_UINT8)
        return sunzi_run_file_fail(
            r->file, SUNZI_TISSUE_MASK_ARRAY,
            "'%s' has %d dimensions, allowed is an array [z][y][x] of uint8",
            name, array.dims);
    if (array.size[0] < 1 || array.size[1] < 1 || array.size[2] < 1)
        return sunzi_run_file_fail(
            r->file, SUNZI_TISSUE_MASK_ARRAY,
            "'%s' has %lld x %lld x %lld voxels, allowed is at least one in "
            "each direction",
            name, (long long)array.size[2], (long long)array.size[1],
            (long long)array.size[0]);
    sunzi_block all = {.start = {0}};
    for (int d = 0; d < 3; d++) {
        all.count[d] = array.size[d];
        r->voxels[2 - d] = array.size[d];
    }
    const double voxels =
        (double)array.size[0] * (double)array.size[1] * (double)array.size[2];
    r->mask = voxels < 1e12 ? malloc((size_t)voxels) : NULL;
    if (!r->mask)
        status = sunzi_fail(SUNZI_ERR_NOMEM, "no memory for %g voxels", voxels);
    status = sunzi_comm_agree(r->comm, status);
    if (status == SUNZI_OK)
        status = sunzi_file_read(file, name, SUNZI_FILE_UINT8, &all, r->mask);
    return status;
}

sunzi_status sunzi_slab_read_mask(sunzi_slab *r)
{
    sunzi_file *file = NULL;
    sunzi_status status =
        sunzi_file_open(r->comm, text(r, SUNZI_TISSUE_MASK), &file);
    if (status < 0)
        return status;
    status = read_image(r, file);
    sunzi_file_discard(&file);
    return status;
}

/* ---- the brick of this process ---- */

/* Where node i of the process is on its brick. */
static int64_t place_of(const sunzi_slab *r, int64_t i)
{
    const sunzi_tissue_files *f = r->files;
    int64_t rest = r->node[i], at = 0, stride = 1;
    for (int d = 0; d < 3; d++) {
        const int64_t nodes = r->voxels[d] + 1;
        at += (rest % nodes - f->first[d]) * stride;
        rest /= nodes;
        stride *= f->count[d];
    }
    return at;
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

static int rows_of(const sunzi_slab *r)
{
    return sunzi_policy_planes(r->policy) *
           sunzi_cell_model_states(r->cells.model);
}

/* All states between the cells' rows and the brick. */
static void move_states(sunzi_slab *r, bool to_brick)
{
    const size_t size = sunzi_policy_element_bytes(r->policy);
    const size_t stride = (size_t)r->cells.stride;
    const size_t nodes = (size_t)r->files->nodes;
    char *states = r->states, *block = r->files->block;
    if (to_brick)
        memset(block, 0, (size_t)rows_of(r) * nodes * size);
    for (size_t row = 0; row < (size_t)rows_of(r); row++)
        for (int64_t i = 0; i < r->count; i++) {
            char *cell = states + (row * stride + (size_t)i) * size;
            char *node = block + (row * nodes + (size_t)place_of(r, i)) * size;
            memcpy(to_brick ? node : cell, to_brick ? cell : node, size);
        }
}

/* ---- checkpoints ---- */

enum { STATES, ACTIVATION, BEFORE, ARRAYS };

static void describe(const sunzi_slab *r, sunzi_checkpoint_array *arrays)
{
    const sunzi_tissue_files *f = r->files;
    const sunzi_block block = block_of(f);
    static const char *const names[] = {"states", "activation", "before"};
    const void *const data[] = {f->block, f->activation, f->before};
    for (int a = 0; a < ARRAYS; a++) {
        const int extra = a == STATES ? 1 : 0;
        sunzi_checkpoint_array *c = &arrays[a];
        *c = (sunzi_checkpoint_array){.name = names[a],
                                      .type = SUNZI_FILE_FP64,
                                      .dims = 3 + extra,
                                      .data = data[a]};
        c->size[0] = c->block.count[0] = rows_of(r); /* of the states */
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
        f->about, sizeof f->about};
    sunzi_status status = SUNZI_OK;
    if (f->snapshots && f->shots > 0)
        status = sunzi_file_save(f->snapshots);
    if (status < 0)
        return status;
    move_states(r, true);
    spread(r, r->activation, f->activation);
    spread(r, r->before, f->before);
    describe(r, arrays);
    return sunzi_checkpoint_write(r->comm, text(r, SUNZI_TISSUE_CHECKPOINT),
                                  NULL, &state, ARRAYS, arrays);
}

static sunzi_status read_checkpoint(sunzi_slab *r, sunzi_checkpoint *from)
{
    sunzi_tissue_files *f = r->files;
    sunzi_checkpoint_array arrays[ARRAYS];
    sunzi_checkpoint_state state;
    sunzi_status status = SUNZI_OK;
    sunzi_checkpoint_get_state(from, &state);
    if (state.blob_bytes != sizeof f->about ||
        memcmp(state.blob, f->about, sizeof f->about) != 0)
        return sunzi_run_file_fail(
            r->file, SUNZI_TISSUE_RESTART,
            "the checkpoint is of another run: %.*s; this one is: %s",
            (int)(state.blob_bytes < ABOUT_BYTES ? state.blob_bytes
                                                 : ABOUT_BYTES),
            (const char *)state.blob, f->about);
    describe(r, arrays);
    void *const data[] = {f->block, f->activation, f->before};
    for (int a = 0; a < ARRAYS && status == SUNZI_OK; a++)
        status = sunzi_checkpoint_read(from, arrays[a].name, arrays[a].type,
                                       &arrays[a].block, data[a]);
    if (status < 0)
        return status;
    move_states(r, false);
    gather(r, f->activation, r->activation);
    gather(r, f->before, r->before);
    r->step = state.step;
    return SUNZI_OK;
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
                               int steps_kept, const sunzi_file_field *field,
                               sunzi_file **file)
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
        status = sunzi_file_define_field(*file, field);
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
static sunzi_status continue_snapshots(sunzi_slab *r, int shots,
                                       const sunzi_file_field *field)
{
    sunzi_tissue_files *f = r->files;
    const char *path = text(r, SUNZI_TISSUE_SNAPSHOTS);
    sunzi_file *whole = NULL;
    sunzi_status status = open_image(r, path, 0, shots, field, &f->snapshots);
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
    return open_image(r, path, 0, 0, field, &f->snapshots);
}

static sunzi_status open_snapshots(sunzi_slab *r)
{
    sunzi_tissue_files *f = r->files;
    sunzi_file_field field;
    sunzi_file_field_init(&field);
    field.name = "V";
    field.units = "mV";
    field.long_name = "membrane voltage";
    field.type = SUNZI_FILE_FP64;
    if (r->step > 0)
        return continue_snapshots(r, (int)(r->step / f->shot_steps) + 1,
                                  &field);
    return open_image(r, text(r, SUNZI_TISSUE_SNAPSHOTS), 0, 0, &field,
                      &f->snapshots);
}

static sunzi_status write_snapshot(sunzi_slab *r)
{
    sunzi_tissue_files *f = r->files;
    const sunzi_block block = block_of(f);
    double *V = f->block;
    for (int64_t i = 0; i < f->nodes; i++)
        V[i] = NAN;
    for (int64_t i = 0; i < r->count; i++)
        V[place_of(r, i)] = sunzi_slab_voltage(r, i);
    sunzi_status status =
        sunzi_file_add_step(f->snapshots, shot_time(r, f->shots));
    if (status == SUNZI_OK)
        status = sunzi_file_write_field(f->snapshots, "V", f->shots, &block, V);
    f->shots++;
    return status;
}

static sunzi_status write_map(sunzi_slab *r)
{
    sunzi_tissue_files *f = r->files;
    const sunzi_block block = block_of(f);
    sunzi_file *file = NULL;
    sunzi_file_field field;
    sunzi_file_field_init(&field);
    field.name = "activation";
    field.units = "ms";
    field.long_name = "first upward crossing of 0 mV";
    spread(r, r->activation, f->activation);
    sunzi_status status =
        open_image(r, text(r, SUNZI_TISSUE_MAP), 1, 0, &field, &file);
    if (status == SUNZI_OK)
        status = sunzi_file_write_field(file, "activation", 0, &block,
                                        f->activation);
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
    f->activation = malloc(bytes);
    f->before = malloc(bytes);
    if (!f->block || !f->activation || !f->before)
        return sunzi_fail(SUNZI_ERR_NOMEM,
                          "no memory for the files of %lld nodes",
                          (long long)f->nodes);
    f->shot_steps = sunzi_slab_steps_in(r, SUNZI_TISSUE_SNAPSHOTS,
                                        SUNZI_TISSUE_SNAPSHOT_EVERY);
    f->checkpoint_steps = sunzi_slab_steps_in(r, SUNZI_TISSUE_CHECKPOINT,
                                              SUNZI_TISSUE_CHECKPOINT_EVERY);
    snprintf(f->about, sizeof f->about,
             "%s under %s, %lld x %lld x %lld voxels of %.17g mm, dt %.17g ms",
             text(r, SUNZI_TISSUE_MODEL), sunzi_policy_name(r->policy),
             (long long)r->voxels[0], (long long)r->voxels[1],
             (long long)r->voxels[2], r->spacing,
             sunzi_slab_value(r, SUNZI_TISSUE_DT)->real);
    return SUNZI_OK;
}

static bool wants_files(const sunzi_slab *r)
{
    return *text(r, SUNZI_TISSUE_SNAPSHOTS) || *text(r, SUNZI_TISSUE_MAP) ||
           *text(r, SUNZI_TISSUE_CHECKPOINT) ||
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

sunzi_status sunzi_slab_close_files(sunzi_slab *r, bool good)
{
    sunzi_tissue_files *f = r->files;
    sunzi_status status = SUNZI_OK;
    if (!f)
        return SUNZI_OK;
    if (good) {
        status = sunzi_file_close(&f->snapshots);
        if (status == SUNZI_OK && *text(r, SUNZI_TISSUE_MAP))
            status = write_map(r);
    } else {
        sunzi_file_discard(&f->snapshots);
    }
    free(f->block);
    free(f->activation);
    free(f->before);
    free(f);
    r->files = NULL;
    return status;
}
