/* SPDX-License-Identifier: BSD-3-Clause */
/* Files whose number of time steps grows, and that survive the end of their
 * writer.
 *
 * A field is stored in chunks: one step, or even slices of it along its first
 * dimension. HDF5 on rank 0 finds their places, step by step.
 *
 * Nothing of the metadata is on the disk before the end, and need not be: the
 * same calls find the same places. So a writer that continues repeats the calls
 * of the one that was killed, over the bytes that this one has left. A record
 * at the beginning of the file, where HDF5's superblock will be, tells how many
 * steps are there for good and, as a hash, whether the places are the same. */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "io/hdf5/grid.h"

enum { NAME = 80 };

/* Larger chunks are cut. */
static const int64_t CHUNK_BYTES = INT64_C(1) << 26;

/* HDF5's own limit. */
static const int64_t CHUNK_BYTES_MAX = (INT64_C(1) << 32) - 1;

/* ---- chunks ---- */

static int64_t slice_bytes(const sunzi_file_array *shape)
{
    int64_t bytes = (int64_t)sunzi_file_type_bytes(shape->type);
    for (int d = 2; d < shape->dims; d++)
        bytes *= shape->size[d];
    return bytes;
}

sunzi_status sunzi_hdf5_set_chunks(const char *function, sunzi_hdf5_array *a)
{
    const int64_t slice = slice_bytes(&a->shape), slices = a->shape.size[1];
    const int64_t most = slice < CHUNK_BYTES ? CHUNK_BYTES / slice : 1;
    if (slice > CHUNK_BYTES_MAX)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: '%.*s' has %lld bytes for one place in its "
                          "slowest dimension, allowed where steps are added: "
                          "%lld; give the number of steps at the start",
                          function, NAME, a->name, (long long)slice,
                          (long long)CHUNK_BYTES_MAX);
    a->chunks = (int)((slices + most - 1) / most);
    a->slices = (slices + a->chunks - 1) / a->chunks;
    a->chunks = (int)((slices + a->slices - 1) / a->slices);
    return SUNZI_OK;
}

/* Room for the places of one more step. */
static sunzi_status grow_places(sunzi_hdf5_array *a, int steps)
{
    const int64_t used = (int64_t)steps * a->chunks;
    void *block;
    if (used + a->chunks <= a->places_room)
        return SUNZI_OK;
    const int64_t room = 2 * (used + a->chunks);
    const sunzi_status status = sunzi_allocate((size_t)room * sizeof *a->places,
                                               "places of steps", &block);
    if (status < 0)
        return status;
    if (used)
        memcpy(block, a->places, (size_t)used * sizeof *a->places);
    sunzi_release(a->places);
    a->places = block;
    a->places_room = room;
    return SUNZI_OK;
}

/* On rank 0: HDF5 finds places for step number `steps`. */
static sunzi_status extend(sunzi_file *file, sunzi_hdf5_array *a, int steps)
{
    hsize_t size[SUNZI_FILE_DIMS], at[SUNZI_FILE_DIMS] = {0};
    for (int d = 0; d < a->shape.dims; d++)
        size[d] = (hsize_t)a->shape.size[d];
    size[0] = (hsize_t)steps + 1;
    herr_t error = H5Dset_extent(a->id, size);
    at[0] = (hsize_t)steps;
    for (int c = 0; c < a->chunks && error >= 0; c++) {
        haddr_t place = HADDR_UNDEF;
        hsize_t bytes;
        unsigned mask;
        at[1] = (hsize_t)(c * a->slices);
        error = H5Dget_chunk_info_by_coord(a->id, at, &mask, &place, &bytes);
        if (place == HADDR_UNDEF)
            error = -1;
        a->places[(int64_t)steps * a->chunks + c] = (int64_t)place;
    }
    return error < 0
               ? sunzi_hdf5_fail(file, SUNZI_ERR_FILE, "a step cannot be added")
               : SUNZI_OK;
}

/* Collective. */
static sunzi_status extend_all(sunzi_file *file, int steps)
{
    sunzi_status status = SUNZI_OK;
    int64_t bytes = 0;
    for (int i = 0; i < file->count; i++)
        if (file->arrays[i].chunks) {
            const sunzi_hdf5_array *a = &file->arrays[i];
            bytes += a->chunks * (a->slices * slice_bytes(&a->shape) + 8192);
            if (status == SUNZI_OK)
                status = grow_places(&file->arrays[i], steps);
        }
    SUNZI_TRY(sunzi_hdf5_agree(file, status));
    SUNZI_TRY(sunzi_hdf5_reserve(file, bytes));
    for (int i = 0; i < file->count && file->id >= 0 && status == SUNZI_OK; i++)
        if (file->arrays[i].chunks)
            status = extend(file, &file->arrays[i], steps);
    SUNZI_TRY(sunzi_hdf5_agree(file, status));
    for (int i = 0; i < file->count; i++) {
        sunzi_hdf5_array *a = &file->arrays[i];
        if (!a->chunks)
            continue;
        SUNZI_TRY(sunzi_comm_broadcast(file->comm, 0,
                                       a->places + (int64_t)steps * a->chunks,
                                       (size_t)a->chunks * sizeof *a->places));
        a->shape.size[0] = steps + 1;
    }
done:
    return status;
}

void sunzi_hdf5_chunk(const sunzi_hdf5_array *a, int step, int c,
                      const sunzi_block *block, sunzi_hdf5_array *chunk,
                      sunzi_block *part)
{
    const int64_t first = c * a->slices;
    const int dims = a->shape.dims - 1;
    *chunk = (sunzi_hdf5_array){.name = a->name,
                                .shape = {.type = a->shape.type, .dims = dims}};
    chunk->place = a->places[(int64_t)step * a->chunks + c];
    *part = (sunzi_block){.held = {0}};
    for (int d = 0; d < dims; d++) {
        chunk->shape.size[d] = d ? a->shape.size[d + 1] : a->slices;
        part->start[d] = block->start[d + 1];
        part->count[d] = block->count[0] ? block->count[d + 1] : 0;
        part->held[d] = block->held[d + 1];
        part->skip[d] = block->skip[d + 1];
    }
    int64_t begin = part->start[0], end = begin + part->count[0];
    if (begin < first)
        begin = first;
    if (end > first + a->slices)
        end = first + a->slices;
    part->skip[0] += begin - part->start[0];
    part->start[0] = begin - first;
    part->count[0] = end > begin ? end - begin : 0;
}

/* ---- the record of what is on the disk ---- */

typedef struct record {
    char magic[8];
    uint64_t layout;
    int64_t steps;
} record;

static const char MAGIC[8] = "Sunzi 1";

/* Of the definitions and all places up to those of the first step. */
static uint64_t layout_hash(const sunzi_file *file)
{
    unsigned version[3] = {0};
    H5get_libversion(&version[0], &version[1], &version[2]);
    uint64_t hash = sunzi_hash_bytes(0, version, sizeof version);
    for (int i = 0; i < file->count; i++) {
        const sunzi_hdf5_array *a = &file->arrays[i];
        hash = sunzi_hash_text(hash, a->name);
        hash = sunzi_hash_number(hash, a->shape.type);
        for (int d = a->chunks > 0; d < a->shape.dims; d++)
            hash = sunzi_hash_number(hash, a->shape.size[d]);
        hash = sunzi_hash_number(hash, a->place);
        for (int c = 0; c < a->chunks; c++)
            hash = sunzi_hash_number(hash, a->places[c]);
    }
    return hash;
}

/* Rank 0. */
static sunzi_status write_record(sunzi_file *file, int steps)
{
    record r = {.layout = file->grid->layout, .steps = steps};
    memcpy(r.magic, MAGIC, sizeof r.magic);
    int error =
        sunzi_write_bytes(file->replacement.file, &r, (int64_t)sizeof r, 0);
    if (!error && fsync(file->replacement.file) != 0)
        error = errno;
    return error ? sunzi_fail(SUNZI_ERR_FILE, "%.200s: cannot be saved (%s)",
                              file->path, strerror(error))
                 : SUNZI_OK;
}

sunzi_status sunzi_hdf5_check_record(sunzi_file *file, int steps)
{
    record r;
    const ssize_t got = pread(file->replacement.file, &r, sizeof r, 0);
    const bool good =
        got == (ssize_t)sizeof r && memcmp(r.magic, MAGIC, sizeof r.magic) == 0;
    if (!good || r.steps < steps)
        return sunzi_fail(SUNZI_ERR_FILE,
                          "%.200s: %lld steps were saved before, allowed: at "
                          "least the %d to go on from; give fewer, or start "
                          "anew",
                          file->path, good ? (long long)r.steps : 0, steps);
    file->saved_layout = r.layout;
    return SUNZI_OK;
}

/* Rank 0, after the first step: the same calls have led to the same places. */
static sunzi_status check_layout(const sunzi_file *file)
{
    if (file->saved_layout == file->grid->layout)
        return SUNZI_OK;
    return sunzi_fail(SUNZI_ERR_FORMAT,
                      "%.200s: was begun with other arrays, attributes or "
                      "another HDF5, nothing of it can be kept; make the same "
                      "calls, with the same texts, as then",
                      file->path);
}

/* ---- the functions ---- */

static sunzi_status check_growing(const char *function, const sunzi_file *file)
{
    const sunzi_status status = sunzi_hdf5_check_file(function, file, true);
    if (status < 0 || (file->grid && file->grid->growing))
        return status;
    return sunzi_fail(SUNZI_ERR_ARG,
                      "%s: %.160s has no grid with steps = 0; call "
                      "sunzi_file_set_image or sunzi_file_set_sphere so",
                      function, file->path);
}

static sunzi_status check_time(const char *function, const sunzi_file *file,
                               double time)
{
    const sunzi_status status = check_growing(function, file);
    if (status < 0)
        return status;
    const sunzi_hdf5_grid *grid = file->grid;
    if (isfinite(time) &&
        (grid->steps == 0 || time > grid->times[grid->steps - 1]))
        return SUNZI_OK;
    return sunzi_fail(SUNZI_ERR_ARG,
                      "%s: time = %g, allowed: a number after that of the step "
                      "before",
                      function, time);
}

static sunzi_status note_time(sunzi_hdf5_grid *grid, double time)
{
    void *block;
    if (grid->steps == grid->times_room) {
        const int room = 2 * grid->times_room + 16;
        const sunzi_status status = sunzi_allocate(
            (size_t)room * sizeof *grid->times, "times of steps", &block);
        if (status < 0)
            return status;
        if (grid->steps)
            memcpy(block, grid->times,
                   (size_t)grid->steps * sizeof *grid->times);
        sunzi_release(grid->times);
        grid->times = block;
        grid->times_room = room;
    }
    grid->times[grid->steps] = time;
    return SUNZI_OK;
}

/* Collective. After step number grid->steps - 1 was added: what is special of
 * the first one, and of the last one that is kept. */
static sunzi_status look_back(sunzi_file *file)
{
    sunzi_hdf5_grid *grid = file->grid;
    sunzi_status status = SUNZI_OK;
    if (grid->steps == 1)
        grid->layout = layout_hash(file);
    if (grid->steps > file->kept_steps)
        return SUNZI_OK;
    for (int i = 0; i < file->count; i++) {
        sunzi_hdf5_array *a = &file->arrays[i];
        if (a->chunks)
            a->written += sunzi_array_entries(&a->shape) / a->shape.size[0];
    }
    if (file->id >= 0 && grid->steps == 1)
        status = check_layout(file);
    /* what comes will be written over */
    if (file->id >= 0 && status == SUNZI_OK && grid->steps == file->kept_steps)
        status = write_record(file, grid->steps);
    return sunzi_hdf5_agree(file, status);
}

sunzi_status sunzi_file_add_step(sunzi_file *file, double time)
{
    const char *function = "sunzi_file_add_step";
    if (!file)
        return sunzi_hdf5_no_file(function);
    const sunzi_hdf5_quiet quiet = sunzi_hdf5_quiet_begin();
    sunzi_status status;
    SUNZI_TRY(sunzi_hdf5_agree_arguments(
        file->comm, function, check_time(function, file, time),
        sunzi_hash_bytes(0, &time, sizeof time)));
    SUNZI_TRY(sunzi_hdf5_agree(file, note_time(file->grid, time)));
    SUNZI_TRY(extend_all(file, file->grid->steps));
    file->grid->steps++;
    status = look_back(file);
done:
    sunzi_hdf5_quiet_end(quiet);
    return status;
}

sunzi_status sunzi_file_save(sunzi_file *file)
{
    const char *function = "sunzi_file_save";
    if (!file)
        return sunzi_hdf5_no_file(function);
    sunzi_status status = check_growing(function, file);
    if (status == SUNZI_OK)
        status = sunzi_hdf5_check_complete(function, file);
    if (status == SUNZI_OK && file->grid->steps < file->kept_steps)
        status = sunzi_fail(SUNZI_ERR_ARG,
                            "%s: %d of the %d steps to go on from were added, "
                            "allowed: all; call sunzi_file_add_step for each",
                            function, file->grid->steps, file->kept_steps);
    SUNZI_TRY(sunzi_hdf5_agree_arguments(file->comm, function, status, 0));
    SUNZI_TRY(sunzi_hdf5_agree(file, sunzi_hdf5_sync(file)));
    if (file->id >= 0)
        status = write_record(file, file->grid->steps);
    SUNZI_TRY(sunzi_hdf5_agree(file, status));
    file->saved = true;
done:
    return status;
}

sunzi_status sunzi_hdf5_check_begun(const char *function,
                                    const sunzi_file *file)
{
    if (!file->grid || !file->grid->growing || file->grid->steps == 0 ||
        file->closing)
        return SUNZI_OK;
    return sunzi_fail(SUNZI_ERR_ARG,
                      "%s: %.160s has %d steps already, allowed: arrays and "
                      "attributes before the first sunzi_file_add_step",
                      function, file->path, file->grid->steps);
}
