/* SPDX-License-Identifier: BSD-3-Clause */
/* Fields on the grid of a file: what images and spheres share. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "io/hdf5/grid.h"

enum { NAME = 80, PATH_BYTES = 256 };

static void free_field(sunzi_hdf5_field *f)
{
    if (!f)
        return;
    sunzi_release(f->name);
    sunzi_release(f->path);
    sunzi_release(f);
}

void sunzi_hdf5_free_grid(sunzi_hdf5_grid *grid)
{
    if (!grid)
        return;
    while (grid->fields) {
        sunzi_hdf5_field *next = grid->fields->next;
        free_field(grid->fields);
        grid->fields = next;
    }
    sunzi_release(grid->level_name);
    sunzi_release(grid->time_units);
    sunzi_release(grid->times);
    sunzi_release(grid);
}

sunzi_status sunzi_hdf5_begin_grid(const char *function, sunzi_file *file,
                                   sunzi_status mine, uint64_t hash)
{
    void *block = NULL;
    sunzi_status status = mine;
    if (status == SUNZI_OK)
        status = sunzi_hdf5_check_file(function, file, true);
    if (status == SUNZI_OK && file->grid)
        status = sunzi_fail(SUNZI_ERR_ARG,
                            "%s: %.160s has a grid already, allowed: one a "
                            "file; write another file",
                            function, file->path);
    status = sunzi_hdf5_agree_arguments(file->comm, function, status, hash);
    if (status < 0)
        return status;
    status = sunzi_hdf5_agree(
        file, sunzi_allocate(sizeof *file->grid, "grid of a file", &block));
    if (status < 0) {
        sunzi_release(block);
        return status;
    }
    file->grid = block;
    *file->grid = (sunzi_hdf5_grid){.steps = 1};
    return SUNZI_OK;
}

sunzi_status sunzi_check_times(const char *function, int steps,
                               const double *times)
{
    if (steps == 0 && !times)
        return SUNZI_OK;
    if (steps < 1 || (steps > 1 && !times))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: steps = %d, times %s, allowed: at least 1, with "
                          "times if more than 1; or 0 without times, to add "
                          "them with sunzi_file_add_step",
                          function, steps, times ? "given" : "= NULL");
    for (int i = 0; times && i < steps; i++)
        if (!isfinite(times[i]) || (i > 0 && !(times[i] > times[i - 1])))
            return sunzi_fail(SUNZI_ERR_ARG,
                              "%s: times[%d] = %g, allowed: ascending numbers",
                              function, i, times[i]);
    return SUNZI_OK;
}

uint64_t sunzi_hash_numbers(uint64_t hash, const double *x, int64_t count)
{
    hash = sunzi_hash_number(hash, count);
    return x && count > 0 ? sunzi_hash_bytes(hash, x, (size_t)count * sizeof *x)
                          : hash;
}

sunzi_status sunzi_hdf5_store_axis(sunzi_file *file, const char *name,
                                   int64_t count, const double *x)
{
    const sunzi_block block = {
        .count = {sunzi_comm_rank(file->comm) == 0 ? count : 0}};
    sunzi_status status =
        sunzi_file_define(file, name, SUNZI_FILE_FP64, 1, &count);
    if (status == SUNZI_OK)
        status = sunzi_file_write(file, name, &block, x);
    return status;
}

sunzi_status sunzi_hdf5_finish_grid(sunzi_file *file)
{
    const sunzi_hdf5_grid *grid = file->grid;
    sunzi_status status = SUNZI_OK;
    if (grid && grid->growing && grid->steps == 0)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_file_close: no step was added to %.160s, it "
                          "is not kept",
                          file->path);
    if (grid && grid->growing)
        status = (grid->sphere ? sunzi_sphere_store_times
                               : sunzi_image_store_times)(file);
    if (status == SUNZI_OK && grid && grid->sphere)
        status = sunzi_sphere_attach(file);
    return status;
}

void sunzi_file_field_init(sunzi_file_field *field)
{
    *field = (sunzi_file_field){.type = SUNZI_FILE_FP64, .components = 1};
}

/* ---- defining ---- */

static sunzi_hdf5_field *find_field(const sunzi_file *file, const char *name)
{
    sunzi_hdf5_field *f = file->grid->fields;
    while (f && strcmp(f->name, name) != 0)
        f = f->next;
    return f;
}

static sunzi_status check_field(const char *function, const sunzi_file *file,
                                const sunzi_file_field *field)
{
    sunzi_status status = sunzi_hdf5_check_file(function, file, true);
    if (status == SUNZI_OK)
        status = sunzi_hdf5_check_begun(function, file);
    if (status < 0)
        return status;
    if (!file->grid)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: %.160s has no grid; call sunzi_file_set_image "
                          "or sunzi_file_set_sphere first",
                          function, file->path);
    if (!field || !field->name || !*field->name || strpbrk(field->name, "/.") ||
        strlen(field->name) > NAME)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: the field has no name, or '/' or '.' in it, "
                          "allowed: up to %d letters",
                          function, NAME);
    if (find_field(file, field->name))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: '%.*s' is there already; give another name",
                          function, NAME, field->name);
    if (field->components < 1)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: '%.*s' has %d components, allowed: at least 1",
                          function, NAME, field->name, field->components);
    return SUNZI_OK;
}

static uint64_t field_hash(const sunzi_file_field *field)
{
    uint64_t hash = 0;
    hash = sunzi_hash_text(hash, field->name);
    hash = sunzi_hash_text(hash, field->units);
    hash = sunzi_hash_text(hash, field->long_name);
    hash = sunzi_hash_text(hash, field->standard_name);
    hash = sunzi_hash_number(hash, field->type);
    hash = sunzi_hash_number(hash, field->components);
    hash = sunzi_hash_number(hash, field->at_cells != 0);
    return sunzi_hash_number(hash, field->one_level != 0);
}

sunzi_status sunzi_hdf5_copy_text(const char *text, char **copy)
{
    void *block;
    const sunzi_status status =
        sunzi_allocate(strlen(text) + 1, "name of a field", &block);
    if (status == SUNZI_OK)
        *copy = strcpy(block, text);
    return status;
}

static sunzi_status add_field(sunzi_file *file, const sunzi_file_field *field,
                              const char *path, int dropped)
{
    void *block;
    sunzi_status status =
        sunzi_allocate(sizeof(sunzi_hdf5_field), "field of a file", &block);
    if (status < 0)
        return status;
    sunzi_hdf5_field *f = block;
    *f = (sunzi_hdf5_field){.with_steps = file->grid->with_steps,
                            .dropped = dropped,
                            .components = field->components,
                            .next = file->grid->fields};
    status = sunzi_hdf5_copy_text(field->name, &f->name);
    if (status == SUNZI_OK)
        status = sunzi_hdf5_copy_text(path, &f->path);
    if (status < 0)
        free_field(f);
    else
        file->grid->fields = f;
    return status;
}

static sunzi_status describe(sunzi_file *file, const char *path,
                             const sunzi_file_field *field)
{
    const char *const texts[][2] = {{"units", field->units},
                                    {"long_name", field->long_name},
                                    {"standard_name", field->standard_name}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const sunzi_status status =
            texts[i][1]
                ? sunzi_file_set_text(file, path, texts[i][0], texts[i][1])
                : SUNZI_OK;
        if (status < 0)
            return status;
    }
    return SUNZI_OK;
}

sunzi_status sunzi_file_define_field(sunzi_file *file,
                                     const sunzi_file_field *field)
{
    const char *function = "sunzi_file_define_field";
    char path[PATH_BYTES];
    int64_t place[3], size[SUNZI_FILE_DIMS];
    int dropped = 0, dims = 0;
    if (!file)
        return sunzi_hdf5_no_file(function);
    sunzi_status status = check_field(function, file, field);
    if (status == SUNZI_OK)
        status = (file->grid->sphere ? sunzi_sphere_place : sunzi_image_place)(
            file->grid, field, path, sizeof path, place, &dropped);
    status = sunzi_hdf5_agree_arguments(file->comm, function, status,
                                        status < 0 ? 0 : field_hash(field));
    if (status < 0)
        return status;
    if (file->grid->with_steps)
        size[dims++] = file->grid->steps;
    for (int d = dropped; d < 3; d++)
        size[dims++] = place[d];
    if (field->components > 1)
        size[dims++] = field->components;
    SUNZI_TRY((file->grid->growing
                   ? sunzi_hdf5_define_growing
                   : sunzi_file_define)(file, path, field->type, dims, size));
    SUNZI_TRY(sunzi_hdf5_agree(file, add_field(file, field, path, dropped)));
    status = describe(file, path, field);
done:
    return status;
}

/* ---- writing ---- */

int sunzi_hdf5_field_type(sunzi_file *file, const char *name, int *components)
{
    const sunzi_hdf5_field *f =
        file && file->grid ? find_field(file, name) : NULL;
    const sunzi_hdf5_array *a = f ? sunzi_hdf5_find(file, f->path) : NULL;
    if (!a)
        return 0;
    *components = f->components;
    return (int)a->shape.type;
}

/* Dimension d of a block, of a field without it. */
static sunzi_status check_dropped(const char *function, const char *name,
                                  const sunzi_block *block, int d)
{
    const int64_t start = block->start[d], count = block->count[d];
    if (count < 0 || count > 1 || (count == 1 && start != 0))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: '%.*s' has no dimension %d: start = %lld, "
                          "count = %lld, allowed: 0 and 1",
                          function, NAME, name, d, (long long)start,
                          (long long)count);
    if (count == 1 && block->held[0] &&
        (block->skip[d] < 0 || block->skip[d] >= block->held[d]))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: '%.*s' has no dimension %d: the block has one "
                          "entry after %lld, but only %lld are held",
                          function, NAME, name, d, (long long)block->skip[d],
                          (long long)block->held[d]);
    return SUNZI_OK;
}

static sunzi_status check_write(const char *function, const sunzi_file *file,
                                const char *name, int step,
                                const sunzi_block *block)
{
    const sunzi_status status = sunzi_hdf5_check_file(function, file, true);
    if (status < 0)
        return status;
    if (!file->grid || !name || !find_field(file, name))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: %.160s has no field '%.*s'; call "
                          "sunzi_file_define_field first",
                          function, file->path, NAME, name ? name : "(NULL)");
    if (step < 0 || step >= file->grid->steps)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: '%.*s': step = %d, allowed: 0 to %d", function,
                          NAME, name, step, file->grid->steps - 1);
    if (!block)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: '%.*s': block = NULL, allowed: a block, "
                          "possibly empty",
                          function, NAME, name);
    const int dropped = find_field(file, name)->dropped;
    for (int d = 0; d < dropped; d++) {
        const sunzi_status good = check_dropped(function, name, block, d);
        if (good < 0)
            return good;
    }
    return SUNZI_OK;
}

static void set_dimension(sunzi_block *to, int d, int64_t start, int64_t count)
{
    to->start[d] = start;
    to->count[d] = count;
    to->held[d] = count;
}

/* The block of three dimensions as one of the array in the file. Those left out
 * there are the slowest ones in memory: an offset, in numbers. */
static int64_t place_block(const sunzi_hdf5_field *f, int step,
                           const sunzi_block *from, sunzi_block *to)
{
    const bool packed = from->held[0] == 0;
    bool empty = false;
    int64_t offset = 0;
    int d = 0;
    *to = (sunzi_block){.held = {0}};
    if (f->with_steps)
        set_dimension(to, d++, step, 1);
    for (int i = 0; i < 3; i++) {
        empty = empty || from->count[i] == 0;
        if (!packed)
            offset =
                offset * from->held[i] + (i < f->dropped ? from->skip[i] : 0);
        if (i < f->dropped)
            continue;
        to->start[d] = from->start[i];
        to->count[d] = from->count[i];
        to->held[d] = packed ? from->count[i] : from->held[i];
        to->skip[d] = packed ? 0 : from->skip[i];
        d++;
    }
    if (empty)
        to->count[0] = 0;
    if (f->components > 1)
        set_dimension(to, d++, 0, f->components);
    return offset * f->components;
}

sunzi_status sunzi_file_write_field(sunzi_file *file, const char *name,
                                    int step, const sunzi_block *block,
                                    const void *data)
{
    const char *function = "sunzi_file_write_field";
    sunzi_block placed;
    if (!file)
        return sunzi_hdf5_no_file(function);
    const sunzi_status status = sunzi_hdf5_agree_arguments(
        file->comm, function, check_write(function, file, name, step, block),
        sunzi_hash_number(sunzi_hash_text(0, name), step));
    if (status < 0)
        return status;
    const sunzi_hdf5_field *f = find_field(file, name);
    const int64_t offset = place_block(f, step, block, &placed);
    const sunzi_hdf5_array *a = sunzi_hdf5_find(file, f->path);
    const size_t bytes = sunzi_file_type_bytes(a->shape.type);
    const void *from =
        data ? (const char *)data + offset * (int64_t)bytes : NULL;
    return sunzi_hdf5_write(function, file, f->path, step, &placed, from);
}
