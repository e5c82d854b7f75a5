/* SPDX-License-Identifier: BSD-3-Clause */
/* Arrays in HDF5 files, written and read by blocks, collectively. */
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "io/hdf5/checksum.h"
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
                              "%s: '%.*s': the block has entries %lld to %lld "
                              "in dimension %d, allowed: 0 to %lld",
                              function, NAME, name, (long long)start,
                              (long long)(start + count - 1), d,
                              (long long)array->size[d] - 1);
        if (block->held[0] &&
            (block->skip[d] < 0 || block->skip[d] > block->held[d] - count))
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

/* ---- transfers ---- */

typedef struct transfer {
    sunzi_file *file;
    hid_t array, type;
    const sunzi_file_array *shape;
    const sunzi_block *block;
    int64_t entries;  /* 0: nothing of this process */
    const void *from; /* writing; NULL: nothing of this process */
    void *to;         /* reading; NULL: writing */
} transfer;

/* Part k of `parts` of the block, cut along its slowest dimension with more
 * than one entry; possibly empty. */
static sunzi_block part_of(const transfer *t, int64_t k, int64_t parts)
{
    sunzi_block part = *t->block;
    int cut = 0;
    if (t->entries == 0)
        return (sunzi_block){.held = {1}};
    for (int d = 0; d < t->shape->dims && t->block->held[0] == 0; d++) {
        part.held[d] = t->block->count[d];
        part.skip[d] = 0;
    }
    while (cut < t->shape->dims - 1 && part.count[cut] == 1)
        cut++;
    const int64_t share = part.count[cut] / parts,
                  rest = part.count[cut] % parts;
    const int64_t first = share * k + (k < rest ? k : rest);
    part.count[cut] = share + (k < rest);
    part.start[cut] += first;
    part.skip[cut] += first;
    return part;
}

static int64_t entries_of(const sunzi_block *part, int dims)
{
    int64_t entries = 1;
    for (int d = 0; d < dims; d++)
        entries *= part->count[d];
    return entries;
}

/* Spaces that select a part in the file and in memory; false: HDF5 failed. */
static bool select_part(const transfer *t, const sunzi_block *part,
                        hid_t in_file, hid_t *in_memory)
{
    hsize_t start[SUNZI_FILE_DIMS], skip[SUNZI_FILE_DIMS],
        count[SUNZI_FILE_DIMS], held[SUNZI_FILE_DIMS];
    const int dims = t->shape->dims;
    const bool empty = entries_of(part, dims) == 0;
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

/* One of from and to is NULL. */
static sunzi_status transfer_part(const transfer *t, const sunzi_block *part,
                                  const void *from, void *to)
{
    const hid_t in_file = H5Dget_space(t->array), list = t->file->transfer;
    hid_t in_memory;
    sunzi_status status = SUNZI_OK;
    const char nothing = 0;
    herr_t error = -1;
    if (select_part(t, part, in_file, &in_memory))
        error = to ? H5Dread(t->array, t->type, in_memory, in_file, list, to)
                   : H5Dwrite(t->array, t->type, in_memory, in_file, list,
                              from ? from : &nothing);
    if (error < 0)
        status = sunzi_hdf5_fail(t->file, SUNZI_ERR_FILE,
                                 to ? "an array cannot be read"
                                    : "an array cannot be written");
    if (in_memory >= 0)
        H5Sclose(in_memory);
    if (in_file >= 0)
        H5Sclose(in_file);
    return status;
}

/* Collective. Read a part that was just written and compare it. */
static sunzi_status check_part(const transfer *t, const sunzi_block *part)
{
    const int64_t entries = entries_of(part, t->shape->dims);
    sunzi_block packed = *part;
    void *copy = NULL;
    packed.held[0] = 0;
    sunzi_status status = sunzi_comm_agree(
        t->file->comm,
        sunzi_allocate((size_t)entries * sunzi_file_type_bytes(t->shape->type) +
                           1,
                       "check of an array", &copy));
    if (status == SUNZI_OK) {
        transfer back = *t;
        back.block = &packed;
        back.entries = entries;
        const sunzi_block whole = part_of(&back, 0, 1);
        status = transfer_part(&back, &whole, NULL, copy);
        if (status == SUNZI_OK && entries > 0 &&
            sunzi_checksum_block(t->shape, &packed, copy) !=
                sunzi_checksum_block(t->shape, part, t->from))
            status = sunzi_fail(SUNZI_ERR_FILE,
                                "%.200s: what was written is not in the file, "
                                "the system reported no error; look for a "
                                "full or failing disk",
                                t->file->path);
    }
    sunzi_release(copy);
    return status;
}

/* The runs of neighbouring entries in the file that a block consists of, if
 * they are short; else 0. */
static int64_t short_runs(const transfer *t, int64_t bytes_each)
{
    int64_t run = 1;
    for (int d = t->shape->dims - 1; d >= 0 && t->entries; d--) {
        run *= t->block->count[d];
        if (t->block->count[d] != t->shape->size[d])
            break;
    }
    return run * bytes_each >= RUN_BYTES ? 0 : t->entries / run;
}

/* How the bytes travel. Each process writes its own bytes where these lie
 * together. Where they are scattered MPI-IO exchanges them first, so that the
 * disk sees large pieces; but in that way MPI libraries lose errors of the
 * system (Open MPI 4.1.4 with its io component ompio: a full disk under
 * MPI_File_write_at_all is success), so what was written is read again. */
static bool set_scattered(const transfer *t, bool scattered)
{
    return H5Pset_dxpl_mpio(t->file->transfer,
                            scattered ? H5FD_MPIO_COLLECTIVE
                                      : H5FD_MPIO_INDEPENDENT) >= 0;
}

/* Collective: the block of each process, in as many parts as the largest one
 * needs. */
static sunzi_status move(const transfer *t, int64_t bytes_each)
{
    int64_t most[2] = {t->entries * bytes_each, short_runs(t, bytes_each)};
    sunzi_status status =
        sunzi_comm_reduce(t->file->comm, SUNZI_REDUCE_MAX, most, 2);
    if (status < 0)
        return status;
    const bool alone = sunzi_comm_mpi(t->file->comm) == MPI_COMM_NULL;
    const bool scattered = !alone && most[1] > RUNS_MAX;
    const int64_t limit = scattered ? SCATTERED_BYTES : TOGETHER_BYTES;
    const int64_t parts = (most[0] + limit - 1) / limit;
    status = sunzi_comm_agree(
        t->file->comm,
        alone || set_scattered(t, scattered)
            ? SUNZI_OK
            : sunzi_hdf5_fail(t->file, SUNZI_ERR_INTERNAL, "a transfer"));
    for (int64_t k = 0; k < parts && status == SUNZI_OK; k++) {
        const sunzi_block part = part_of(t, k, parts);
        status = sunzi_comm_agree(t->file->comm,
                                  transfer_part(t, &part, t->from, t->to));
        if (status == SUNZI_OK && scattered && !t->to)
            status = sunzi_comm_agree(t->file->comm, check_part(t, &part));
    }
    return status;
}

static sunzi_status check_write(sunzi_file *file, const char *name,
                                const sunzi_block *block, const void *data,
                                int64_t *entries)
{
    const char *function = "sunzi_file_write";
    sunzi_status status;
    SUNZI_TRY(sunzi_hdf5_check_file(function, file, true));
    SUNZI_TRY(sunzi_hdf5_check_name(function, name));
    const sunzi_hdf5_array *a = sunzi_hdf5_find(file, name);
    if (!a)
        return sunzi_hdf5_no_array(function, file, name);
    status = sunzi_block_check(function, name, &a->shape, block, data, entries);
done:
    return status;
}

/* The entries of all processes: more than there are is a mistake before it
 * spoils the file. */
static sunzi_status count_entries(sunzi_file *file, sunzi_hdf5_array *a,
                                  int64_t entries)
{
    int64_t left = 1;
    const sunzi_status status =
        sunzi_comm_reduce(file->comm, SUNZI_REDUCE_SUM, &entries, 1);
    if (status < 0)
        return status;
    for (int d = 0; d < a->shape.dims; d++)
        left *= a->shape.size[d];
    left -= a->written;
    if (entries > left)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_file_write: the blocks have %lld entries of "
                          "'%.*s', only %lld are not yet written; each entry "
                          "is written once",
                          (long long)entries, NAME, a->name, (long long)left);
    a->written += entries;
    return SUNZI_OK;
}

sunzi_status sunzi_file_write(sunzi_file *file, const char *name,
                              const sunzi_block *block, const void *data)
{
    const sunzi_hdf5_quiet quiet = sunzi_hdf5_quiet_begin();
    int64_t entries = 0;
    sunzi_status status = sunzi_hdf5_agree_arguments(
        file->comm, "sunzi_file_write",
        check_write(file, name, block, data, &entries),
        sunzi_hash_text(0, name));
    if (status == SUNZI_OK) {
        sunzi_hdf5_array *a = sunzi_hdf5_find(file, name);
        const transfer t = {
            file,      a->id, sunzi_hdf5_memory_type(a->shape.type),
            &a->shape, block, entries,
            data,      NULL};
        status = count_entries(file, a, entries);
        if (status == SUNZI_OK)
            status = sunzi_hdf5_agree(
                file, move(&t, (int64_t)sunzi_file_type_bytes(a->shape.type)));
    }
    sunzi_hdf5_quiet_end(quiet);
    return status;
}

/* ---- reading ---- */

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
    const transfer t = {
        file,    id,   sunzi_hdf5_memory_type(type), &array, block,
        entries, NULL, entries ? data : &nothing};
    status = move(&t, (int64_t)sunzi_file_type_bytes(type));
done:
    if (id >= 0)
        H5Dclose(id);
    sunzi_hdf5_quiet_end(quiet);
    return status;
}
