/* SPDX-License-Identifier: BSD-3-Clause */
/* Blocks of arrays, and arrays of HDF5 files read by blocks, collectively.
 * (Writing: write.c.) */
#include <stdio.h>
#include <string.h>

#include "io/hdf5/file.h"
#include "mpi/handle.h"

enum { NAME = 80 };

/* Bytes that one process moves at once: MPI libraries are not to be trusted
 * with more than 2^31. */
static const int64_t TOGETHER_BYTES = INT64_C(1) << 30;
static const int64_t SCATTERED_BYTES = INT64_C(1) << 27;

/* A block is scattered if it has more than so many runs of fewer bytes. */
enum { RUNS_MAX = 64, RUN_BYTES = 65536 };

/* ---- blocks ---- */

sunzi_status sunzi_block_check(const char *function, const char *name,
                               const sunzi_file_array *array,
                               const sunzi_block *block, const void *data,
                               int64_t *entries)
{
    *entries = 1;
    if (!block)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: '%.*s': block = NULL, allowed: a "
                          "block, possibly empty",
                          function, NAME, name);
    for (int d = 0; d < array->dims; d++)
        if (block->count[d] == 0)
            *entries = 0;
    for (int d = 0; d < array->dims && *entries; d++) {
        const int64_t start = block->start[d], count = block->count[d];
        if (start < 0 || count < 0 || start > array->size[d] ||
            count > array->size[d] - start)
            return sunzi_fail(SUNZI_ERR_ARG,
                              "%s: '%.*s': the block has %lld entries from "
                              "%lld on in dimension %d, allowed: those from 0 "
                              "to %lld",
                              function, NAME, name, (long long)count,
                              (long long)start, d,
                              (long long)array->size[d] - 1);
        if (block->held[0] && (block->held[d] < count || block->skip[d] < 0 ||
                               block->skip[d] > block->held[d] - count))
            return sunzi_fail(SUNZI_ERR_ARG,
                              "%s: '%.*s': the block has %lld entries after "
                              "%lld in dimension %d, but only %lld are held",
                              function, NAME, name, (long long)count,
                              (long long)block->skip[d], d,
                              (long long)block->held[d]);
        *entries *= count;
    }
    if (*entries && !data)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: '%.*s': data = NULL, allowed: the %lld entries "
                          "of the block",
                          function, NAME, name, (long long)*entries);
    return SUNZI_OK;
}

int64_t sunzi_array_entries(const sunzi_file_array *array)
{
    int64_t entries = 1;
    for (int d = 0; d < array->dims; d++)
        entries *= array->size[d];
    return entries;
}

int64_t sunzi_block_entries(const sunzi_file_array *array,
                            const sunzi_block *block)
{
    int64_t entries = 1;
    for (int d = 0; d < array->dims; d++)
        entries *= block->count[d];
    return entries;
}

sunzi_block sunzi_block_part(const sunzi_file_array *array,
                             const sunzi_block *block, int64_t k, int64_t parts)
{
    sunzi_block part = *block;
    int cut = 0;
    if (sunzi_block_entries(array, block) == 0)
        return (sunzi_block){.held = {1}};
    for (int d = 0; d < array->dims && block->held[0] == 0; d++) {
        part.held[d] = block->count[d];
        part.skip[d] = 0;
    }
    while (cut < array->dims - 1 && part.count[cut] == 1)
        cut++;
    const int64_t share = part.count[cut] / parts,
                  rest = part.count[cut] % parts;
    const int64_t first = share * k + (k < rest ? k : rest);
    part.count[cut] = share + (k < rest);
    part.start[cut] += first;
    part.skip[cut] += first;
    return part;
}

bool sunzi_block_is_scattered(const sunzi_file_array *array,
                              const sunzi_block *block)
{
    const int64_t entries = sunzi_block_entries(array, block);
    int64_t run = 1;
    for (int d = array->dims - 1; d >= 0 && entries; d--) {
        run *= block->count[d];
        if (block->count[d] != array->size[d])
            break;
    }
    return run * (int64_t)sunzi_file_type_bytes(array->type) < RUN_BYTES &&
           entries / run > RUNS_MAX;
}

typedef struct transfer {
    sunzi_file *file;
    hid_t array, type;
    const sunzi_file_array *shape;
    const sunzi_block *block;
    void *to;
} transfer;

/* Spaces that select a part in the file and in memory; false: HDF5 failed. */
static bool select_part(const transfer *t, const sunzi_block *part,
                        hid_t in_file, hid_t *in_memory)
{
    hsize_t start[SUNZI_FILE_DIMS], skip[SUNZI_FILE_DIMS],
        count[SUNZI_FILE_DIMS], held[SUNZI_FILE_DIMS];
    const int dims = t->shape->dims;
    const bool empty = sunzi_block_entries(t->shape, part) == 0;
    for (int d = 0; d < dims; d++) {
        start[d] = (hsize_t)part->start[d];
        skip[d] = (hsize_t)part->skip[d];
        count[d] = (hsize_t)part->count[d];
        held[d] = empty ? 1 : (hsize_t)part->held[d];
    }
    *in_memory = H5Screate_simple(dims, held, NULL);
    if (in_file < 0 || *in_memory < 0)
        return false;
    if (empty)
        return H5Sselect_none(in_file) >= 0 && H5Sselect_none(*in_memory) >= 0;
    return H5Sselect_hyperslab(in_file, H5S_SELECT_SET, start, NULL, count,
                               NULL) >= 0 &&
           H5Sselect_hyperslab(*in_memory, H5S_SELECT_SET, skip, NULL, count,
                               NULL) >= 0;
}

static sunzi_status read_part(const transfer *t, const sunzi_block *part)
{
    const hid_t in_file = H5Dget_space(t->array);
    hid_t in_memory;
    sunzi_status status = SUNZI_OK;
    herr_t error = -1;
    if (select_part(t, part, in_file, &in_memory))
        error = H5Dread(t->array, t->type, in_memory, in_file,
                        t->file->transfer, t->to);
    if (error < 0)
        status =
            sunzi_hdf5_fail(t->file, SUNZI_ERR_FILE, "an array cannot be read");
    if (in_memory >= 0)
        H5Sclose(in_memory);
    if (in_file >= 0)
        H5Sclose(in_file);
    return status;
}

/* How the bytes travel: each process reads its own where these lie together;
 * where they are scattered MPI-IO reads large pieces and exchanges them. */
static bool set_scattered(const transfer *t, bool scattered)
{
    return H5Pset_dxpl_mpio(t->file->transfer,
                            scattered ? H5FD_MPIO_COLLECTIVE
                                      : H5FD_MPIO_INDEPENDENT) >= 0;
}

/* Collective: the block of each process, in as many parts as the largest one
 * needs. */
static sunzi_status read_block(const transfer *t)
{
    sunzi_comm *comm = t->file->comm;
    int64_t most[2] = {sunzi_block_entries(t->shape, t->block) *
                           (int64_t)sunzi_file_type_bytes(t->shape->type),
                       sunzi_block_is_scattered(t->shape, t->block)};
    sunzi_status status = sunzi_comm_reduce(comm, SUNZI_REDUCE_MAX, most, 2);
    if (status < 0)
        return status;
    const bool alone = sunzi_comm_mpi(comm) == MPI_COMM_NULL;
    const bool scattered = !alone && most[1];
    const int64_t limit = scattered ? SCATTERED_BYTES : TOGETHER_BYTES;
    const int64_t parts = (most[0] + limit - 1) / limit;
    status = sunzi_comm_agree(
        comm, alone || set_scattered(t, scattered)
                  ? SUNZI_OK
                  : sunzi_hdf5_fail(t->file, SUNZI_ERR_INTERNAL, "a transfer"));
    for (int64_t k = 0; k < parts && status == SUNZI_OK; k++) {
        const sunzi_block part = sunzi_block_part(t->shape, t->block, k, parts);
        status = sunzi_comm_agree(comm, read_part(t, &part));
    }
    return status;
}

static sunzi_status type_of(const sunzi_file *file, const char *name, hid_t id,
                            sunzi_file_type *type)
{
    const hid_t stored = H5Dget_type(id);
    const H5T_class_t kind = stored < 0 ? H5T_NO_CLASS : H5Tget_class(stored);
    const size_t bytes = stored < 0 ? 0 : H5Tget_size(stored);
    const bool with_sign =
        kind == H5T_INTEGER && H5Tget_sign(stored) == H5T_SGN_2;
    if (stored >= 0)
        H5Tclose(stored);
    *type = 0;
    if (kind == H5T_FLOAT && bytes == 8)
        *type = SUNZI_FILE_FP64;
    else if (kind == H5T_FLOAT && bytes == 4)
        *type = SUNZI_FILE_FP32;
    else if (with_sign && bytes == 8)
        *type = SUNZI_FILE_INT64;
    else if (with_sign && bytes == 4)
        *type = SUNZI_FILE_INT32;
    else if (kind == H5T_INTEGER && bytes == 1 && !with_sign)
        *type = SUNZI_FILE_UINT8;
    return *type ? SUNZI_OK
                 : sunzi_fail(SUNZI_ERR_FORMAT,
                              "%.160s: '%.*s' has numbers of a kind that is "
                              "not read, allowed: FP64, FP32, INT32, INT64, "
                              "UINT8",
                              file->path, NAME, name);
}

static sunzi_status shape_of(const sunzi_file *file, const char *name, hid_t id,
                             sunzi_file_array *array)
{
    hsize_t size[H5S_MAX_RANK] = {0};
    const hid_t space = H5Dget_space(id);
    const int dims = space < 0 ? -1 : H5Sget_simple_extent_ndims(space);
    sunzi_status status = SUNZI_OK;
    *array = (sunzi_file_array){.dims = dims};
    if (dims < 1 || dims > SUNZI_FILE_DIMS ||
        H5Sget_simple_extent_dims(space, size, NULL) < 0)
        status = sunzi_fail(SUNZI_ERR_FORMAT,
                            "%.160s: '%.*s' has %d dimensions, allowed: 1 to "
                            "%d",
                            file->path, NAME, name, dims, SUNZI_FILE_DIMS);
    for (int d = 0; d < dims && status == SUNZI_OK; d++)
        array->size[d] = (int64_t)size[d];
    if (space >= 0)
        H5Sclose(space);
    return status < 0 ? status : type_of(file, name, id, &array->type);
}

/* Open an array of a file that is read; *id < 0 after a failure. */
static sunzi_status open_array(const char *function, sunzi_file *file,
                               const char *name, hid_t *id,
                               sunzi_file_array *array)
{
    *id = -1;
    if (!sunzi_hdf5_exists(file, name))
        return sunzi_hdf5_no_array(function, file, name);
    *id = H5Dopen2(file->id, name, H5P_DEFAULT);
    if (*id < 0)
        return sunzi_hdf5_fail(file, SUNZI_ERR_FORMAT,
                               "an array cannot be opened");
    const sunzi_status status = shape_of(file, name, *id, array);
    if (status < 0) {
        H5Dclose(*id);
        *id = -1;
    }
    return status;
}

sunzi_status sunzi_file_find(sunzi_file *file, const char *name,
                             sunzi_file_array *array)
{
    const char *function = "sunzi_file_find";
    if (!file)
        return sunzi_hdf5_no_file(function);
    const sunzi_hdf5_quiet quiet = sunzi_hdf5_quiet_begin();
    sunzi_status status = sunzi_hdf5_check_name(function, name);
    if (status == SUNZI_OK && !array)
        status = sunzi_fail(SUNZI_ERR_ARG, "%s: array = NULL", function);
    status = sunzi_hdf5_agree_arguments(file->comm, function, status,
                                        sunzi_hash_text(0, name));
    if (status == SUNZI_OK && file->writing) {
        const sunzi_hdf5_array *a = sunzi_hdf5_find(file, name);
        if (a)
            *array = a->shape;
        else
            status = sunzi_hdf5_no_array(function, file, name);
    } else if (status == SUNZI_OK) {
        hid_t id;
        sunzi_file_array found;
        status = sunzi_comm_agree(
            file->comm, open_array(function, file, name, &id, &found));
        if (status == SUNZI_OK)
            *array = found;
        if (id >= 0)
            H5Dclose(id);
    }
    sunzi_hdf5_quiet_end(quiet);
    return status;
}

static sunzi_status check_read(const char *name, const sunzi_file_array *array,
                               sunzi_file_type type, const sunzi_block *block,
                               const void *data, int64_t *entries)
{
    const char *function = "sunzi_file_read";
    static const char *const names[] = {"?",     "FP64",  "FP32",
                                        "INT32", "INT64", "UINT8"};
    const bool known = sunzi_file_type_bytes(type) > 0;
    if (type != array->type)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: '%.*s' is %s in the file, got %s; read it as it "
                          "is and convert it",
                          function, NAME, name, names[array->type],
                          names[known ? type : 0]);
    return sunzi_block_check(function, name, array, block, data, entries);
}

sunzi_status sunzi_file_read(sunzi_file *file, const char *name,
                             sunzi_file_type type, const sunzi_block *block,
                             void *data)
{
    const char *function = "sunzi_file_read";
    if (!file)
        return sunzi_hdf5_no_file(function);
    const sunzi_hdf5_quiet quiet = sunzi_hdf5_quiet_begin();
    sunzi_file_array array;
    hid_t id = -1;
    int64_t entries = 0;
    char nothing;
    sunzi_status status = sunzi_hdf5_check_file(function, file, false);
    if (status == SUNZI_OK)
        status = sunzi_hdf5_check_name(function, name);
    SUNZI_TRY(sunzi_hdf5_agree_arguments(
        file->comm, function, status,
        sunzi_hash_number(sunzi_hash_text(0, name), type)));
    SUNZI_TRY(sunzi_comm_agree(file->comm,
                               open_array(function, file, name, &id, &array)));
    SUNZI_TRY(sunzi_comm_agree(
        file->comm, check_read(name, &array, type, block, data, &entries)));
    const transfer t = {file,   id,    sunzi_hdf5_memory_type(type),
                        &array, block, entries ? data : &nothing};
    status = read_block(&t);
done:
    if (id >= 0)
        H5Dclose(id);
    sunzi_hdf5_quiet_end(quiet);
    return status;
}
