/* SPDX-License-Identifier: BSD-3-Clause */
/* Finding and reading the latest whole checkpoint. */
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "io/hdf5/checkpoint.h"

enum { NAME_BYTES = SUNZI_CHECKPOINT_NAME + 16 };

/* What one process reads at once to compare checksums. */
static const int64_t READ_BYTES = INT64_C(1) << 26;

struct sunzi_checkpoint {
    sunzi_file *file;
    sunzi_checkpoint_state state;
    void *blob; /* state.blob */
};

void sunzi_checkpoint_close(sunzi_checkpoint **checkpoint)
{
    if (!checkpoint || !*checkpoint)
        return;
    sunzi_file_discard(&(*checkpoint)->file);
    sunzi_release((*checkpoint)->blob);
    sunzi_release(*checkpoint);
    *checkpoint = NULL;
}

/* ---- checksums ---- */

/* How an array is dealt out for reading: along its longest dimension, each
 * process `share` entries of it, `step` of them at once. */
typedef struct deal {
    int along;
    int64_t share, step, rounds;
} deal;

static deal deal_out(const sunzi_file_array *array, int processes)
{
    int64_t slice = (int64_t)sunzi_file_type_bytes(array->type);
    deal d = {0};
    for (int i = 1; i < array->dims; i++)
        if (array->size[i] > array->size[d.along])
            d.along = i;
    for (int i = 0; i < array->dims; i++)
        if (i != d.along)
            slice *= array->size[i];
    d.share = (array->size[d.along] + processes - 1) / processes;
    d.step = slice < READ_BYTES ? READ_BYTES / slice : 1;
    if (d.step > d.share)
        d.step = d.share;
    d.rounds = (d.share + d.step - 1) / d.step;
    return d;
}

/* Part `round` of the share of process `rank`, possibly empty. */
static sunzi_block dealt_block(const sunzi_file_array *array, const deal *d,
                               int rank, int64_t round)
{
    const int64_t whole = array->size[d->along];
    int64_t begin = rank * d->share, end = begin + d->share;
    sunzi_block block = {.held = {0}};
    end = end < whole ? end : whole;
    begin += round * d->step;
    if (end > begin + d->step)
        end = begin + d->step;
    for (int i = 0; i < array->dims; i++)
        block.count[i] = array->size[i];
    block.start[d->along] = begin < end ? begin : 0;
    block.count[d->along] = begin < end ? end - begin : 0;
    return block;
}

static sunzi_status check_array(sunzi_file *file, const char *name)
{
    const int rank = sunzi_comm_rank(file->comm);
    sunzi_file_array array;
    uint64_t sum = 0, expected;
    int64_t bits, slice;
    void *data = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_file_find(file, name, &array));
    SUNZI_TRY(
        sunzi_file_numbers(file, name, "checksum", SUNZI_FILE_INT64, 1, &bits));
    const deal d = deal_out(&array, sunzi_comm_size(file->comm));
    slice = d.step * (int64_t)sunzi_file_type_bytes(array.type);
    for (int i = 0; i < array.dims; i++)
        slice *= i == d.along ? 1 : array.size[i];
    SUNZI_TRY(sunzi_comm_agree(
        file->comm,
        sunzi_allocate((size_t)slice, "check of a checkpoint", &data)));
    for (int64_t k = 0; k < d.rounds; k++) {
        const sunzi_block block = dealt_block(&array, &d, rank, k);
        SUNZI_TRY(sunzi_file_read(file, name, array.type, &block, data));
        sum += sunzi_checksum_block(&array, &block, data);
    }
    SUNZI_TRY(sunzi_checksum_add(file->comm, &sum));
    memcpy(&expected, &bits, sizeof expected);
    if (sum != expected)
        status =
            sunzi_fail(SUNZI_ERR_FORMAT,
                       "%.200s: the checksum of '%.80s' is %016llx, %016llx "
                       "was written; the file is damaged",
                       file->path, name, (unsigned long long)sum,
                       (unsigned long long)expected);
done:
    sunzi_release(data);
    return status;
}

/* Collective. The name of the i-th array of the state; SUNZI_ERR_FORMAT. */
static sunzi_status array_name(sunzi_file *file, hsize_t i, char *name)
{
    const int start = snprintf(name, NAME_BYTES, "%s/", SUNZI_CHECKPOINT_GROUP);
    const ssize_t length = H5Lget_name_by_idx(
        file->id, SUNZI_CHECKPOINT_GROUP, H5_INDEX_CRT_ORDER, H5_ITER_INC, i,
        name + start, (size_t)(NAME_BYTES - start), H5P_DEFAULT);
    return length <= 0 || length >= NAME_BYTES - start
               ? sunzi_hdf5_fail(file, SUNZI_ERR_FORMAT,
                                 "the name of an array cannot be read")
               : SUNZI_OK;
}

static sunzi_status check_arrays(sunzi_file *file)
{
    H5G_info_t info = {.nlinks = 0};
    char name[NAME_BYTES];
    sunzi_status status =
        H5Gget_info_by_name(file->id, SUNZI_CHECKPOINT_GROUP, &info,
                            H5P_DEFAULT) < 0
            ? sunzi_hdf5_fail(file, SUNZI_ERR_FORMAT, "has no state")
            : SUNZI_OK;
    status = sunzi_comm_agree(file->comm, status);
    for (hsize_t i = 0; i < info.nlinks && status == SUNZI_OK; i++) {
        status = sunzi_comm_agree(file->comm, array_name(file, i, name));
        if (status == SUNZI_OK)
            status = check_array(file, name);
    }
    return status;
}

/* ---- opening ---- */

static sunzi_status check_format(sunzi_file *file, int64_t step)
{
    char format[sizeof SUNZI_CHECKPOINT_FORMAT];
    int32_t version;
    int64_t stored;
    sunzi_status status;
    SUNZI_TRY(sunzi_file_text(file, "", "format", format, sizeof format));
    SUNZI_TRY(sunzi_file_numbers(file, "", "format_version", SUNZI_FILE_INT32,
                                 1, &version));
    SUNZI_TRY(
        sunzi_file_numbers(file, "", "step", SUNZI_FILE_INT64, 1, &stored));
    if (strcmp(format, SUNZI_CHECKPOINT_FORMAT) != 0 ||
        version != SUNZI_CHECKPOINT_VERSION || stored != step)
        status = sunzi_fail(SUNZI_ERR_FORMAT,
                            "%.200s: format '%.40s' %d of step %lld, allowed: "
                            "'%s' %d of step %lld, which its name says",
                            file->path, format, (int)version, (long long)stored,
                            SUNZI_CHECKPOINT_FORMAT, SUNZI_CHECKPOINT_VERSION,
                            (long long)step);
done:
    return status;
}

static sunzi_status read_blob(sunzi_checkpoint *c)
{
    sunzi_file *file = c->file;
    sunzi_file_array array;
    sunzi_block block = {.held = {0}};
    sunzi_status status;
    if (!sunzi_hdf5_exists(file, SUNZI_CHECKPOINT_BLOB))
        return SUNZI_OK;
    SUNZI_TRY(check_array(file, SUNZI_CHECKPOINT_BLOB));
    SUNZI_TRY(sunzi_file_find(file, SUNZI_CHECKPOINT_BLOB, &array));
    SUNZI_TRY(sunzi_comm_agree(
        file->comm, sunzi_allocate((size_t)array.size[0],
                                   "blob of a checkpoint", &c->blob)));
    block.count[0] = array.size[0];
    SUNZI_TRY(sunzi_file_read(file, SUNZI_CHECKPOINT_BLOB, SUNZI_FILE_UINT8,
                              &block, c->blob));
    c->state.blob = c->blob;
    c->state.blob_bytes = (size_t)array.size[0];
done:
    return status;
}

static sunzi_status open_step(sunzi_comm *comm, const char *base, int64_t step,
                              sunzi_checkpoint **checkpoint)
{
    char path[SUNZI_CHECKPOINT_PATH];
    void *block = NULL;
    sunzi_checkpoint *c = NULL;
    sunzi_status status = sunzi_comm_agree(
        comm, sunzi_allocate(sizeof *c, "handle of a checkpoint", &block));
    if (status < 0) {
        sunzi_release(block);
        return status;
    }
    c = block;
    *c = (sunzi_checkpoint){.state = {.step = step}};
    sunzi_checkpoint_path(base, step, path);
    SUNZI_TRY(sunzi_file_open(comm, path, &c->file));
    SUNZI_TRY(check_format(c->file, step));
    SUNZI_TRY(sunzi_file_numbers(c->file, "", "time", SUNZI_FILE_FP64, 1,
                                 &c->state.time));
    SUNZI_TRY(check_arrays(c->file));
    SUNZI_TRY(read_blob(c));
done:
    if (status < 0)
        sunzi_checkpoint_close(&c);
    else
        *checkpoint = c;
    return status;
}

/* The list of rank 0; *steps is from sunzi_allocate. */
static sunzi_status share_list(sunzi_comm *comm, const char *base,
                               int64_t **steps, int64_t *count)
{
    void *copy = NULL;
    sunzi_status status = SUNZI_OK;
    *steps = NULL;
    *count = 0;
    if (sunzi_comm_rank(comm) == 0)
        status = sunzi_checkpoint_list(base, steps, count);
    SUNZI_TRY(sunzi_comm_agree(comm, status));
    SUNZI_TRY(sunzi_comm_broadcast(comm, 0, count, sizeof *count));
    if (!*steps)
        status =
            sunzi_allocate((size_t)*count * sizeof **steps, "steps", &copy);
    if (copy)
        *steps = copy;
    SUNZI_TRY(sunzi_comm_agree(comm, status));
    SUNZI_TRY(
        sunzi_comm_broadcast(comm, 0, *steps, (size_t)*count * sizeof **steps));
done:
    return status;
}

static void report(sunzi_comm *comm, const sunzi_checkpoint_options *options,
                   int64_t step, bool last)
{
    char line[640];
    if (!options || !options->log || sunzi_comm_rank(comm) != 0)
        return;
    snprintf(line, sizeof line,
             "the checkpoint of step %lld cannot be used%s: %s",
             (long long)step, last ? "" : ", taking the one before it",
             sunzi_last_message());
    options->log(options->log_user, SUNZI_LOG_DECISION, line);
}

static bool is_damage(sunzi_status status)
{
    return status == SUNZI_ERR_FORMAT || status == SUNZI_ERR_FILE ||
           status == SUNZI_ERR_ARG; /* something is missing in the file */
}

sunzi_status sunzi_checkpoint_latest(sunzi_comm *comm, const char *base,
                                     const sunzi_checkpoint_options *options,
                                     sunzi_checkpoint **checkpoint)
{
    const char *function = "sunzi_checkpoint_latest";
    int64_t *steps = NULL, count = 0;
    const sunzi_hdf5_quiet quiet = sunzi_hdf5_quiet_begin();
    sunzi_status status = sunzi_checkpoint_check(function, base, options);
    if (status == SUNZI_OK && !checkpoint)
        status = sunzi_fail(SUNZI_ERR_ARG, "%s: checkpoint = NULL", function);
    SUNZI_TRY(sunzi_hdf5_agree_arguments(comm, function, status,
                                         sunzi_hash_text(0, base)));
    SUNZI_TRY(share_list(comm, base, &steps, &count));
    status = sunzi_fail(SUNZI_ERR_FILE,
                        "%s: there is no checkpoint '%.160s.*.h5'; start "
                        "without one, or give another base",
                        function, base);
    for (int64_t i = 0; i < count; i++) {
        status = open_step(comm, base, steps[i], checkpoint);
        if (!is_damage(status))
            break;
        report(comm, options, steps[i], i == count - 1);
        status = sunzi_fail(SUNZI_ERR_FORMAT,
                            "%s: none of the %lld checkpoints '%.160s.*.h5' is "
                            "whole; start without one",
                            function, (long long)count, base);
    }
done:
    sunzi_release(steps);
    sunzi_hdf5_quiet_end(quiet);
    return status;
}

/* ---- using it ---- */

void sunzi_checkpoint_get_state(const sunzi_checkpoint *checkpoint,
                                sunzi_checkpoint_state *state)
{
    *state = checkpoint->state;
}

static sunzi_status no_checkpoint(const char *function)
{
    return sunzi_fail(SUNZI_ERR_ARG,
                      "%s: checkpoint = NULL, allowed: one from "
                      "sunzi_checkpoint_latest",
                      function);
}

/* The place of an array in the file; too long a name is that of none. */
static void full_name(const char *name, char *full)
{
    snprintf(full, NAME_BYTES, "%s/%s", SUNZI_CHECKPOINT_GROUP,
             name ? name : "");
}

sunzi_status sunzi_checkpoint_find(sunzi_checkpoint *checkpoint,
                                   const char *name, sunzi_file_array *array)
{
    char full[NAME_BYTES];
    if (!checkpoint)
        return no_checkpoint("sunzi_checkpoint_find");
    full_name(name, full);
    return sunzi_file_find(checkpoint->file, full, array);
}

sunzi_status sunzi_checkpoint_read(sunzi_checkpoint *checkpoint,
                                   const char *name, sunzi_file_type type,
                                   const sunzi_block *block, void *data)
{
    char full[NAME_BYTES];
    if (!checkpoint)
        return no_checkpoint("sunzi_checkpoint_read");
    full_name(name, full);
    return sunzi_file_read(checkpoint->file, full, type, block, data);
}
