/* SPDX-License-Identifier: BSD-3-Clause */
/* Writing checkpoints. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/hdf5/checkpoint.h"

enum { NAME = 80 };

void sunzi_checkpoint_options_init(sunzi_checkpoint_options *options)
{
    *options = (sunzi_checkpoint_options){.keep = 2};
    sunzi_file_about_init(&options->about);
}

sunzi_status sunzi_checkpoint_check(const char *function, const char *base,
                                    const sunzi_checkpoint_options *options)
{
    const size_t most = SUNZI_CHECKPOINT_PATH - 32;
    if (!base || !*base || base[strlen(base) - 1] == '/' || strlen(base) > most)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: base '%.*s', allowed: folder and first part of "
                          "the names of files, at most %zu bytes",
                          function, NAME, base ? base : "(NULL)", most);
    if (options && options->keep < 1)
        return sunzi_fail(SUNZI_ERR_ARG, "%s: keep = %d, allowed: at least 1",
                          function, options->keep);
    return SUNZI_OK;
}

/* The halves are summed apart: they cannot overflow. */
sunzi_status sunzi_checksum_add(sunzi_comm *comm, uint64_t *sum)
{
    int64_t halves[2] = {(int64_t)(*sum & UINT32_MAX), (int64_t)(*sum >> 32)};
    const sunzi_status status =
        sunzi_comm_reduce(comm, SUNZI_REDUCE_SUM, halves, 2);
    *sum = (uint64_t)halves[0] + ((uint64_t)halves[1] << 32);
    return status;
}

static sunzi_status check_state(const char *function,
                                const sunzi_checkpoint_state *state, int count,
                                const sunzi_checkpoint_array *arrays)
{
    if (!state || state->step < 0 ||
        state->step >= INT64_C(1000000000000000000) ||
        (!state->blob && state->blob_bytes))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: %s, allowed: a state with a step of 0 to "
                          "10^18 - 1 and a blob if it has bytes",
                          function,
                          !state            ? "state = NULL"
                          : state->step < 0 ? "the step is negative"
                          : !state->blob && state->blob_bytes ? "blob = NULL"
                                                              : "a huge step");
    if (count < 0 || (count > 0 && !arrays))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: count = %d, arrays %s, allowed: the arrays of "
                          "the state",
                          function, count, arrays ? "given" : "= NULL");
    for (int i = 0; i < count; i++)
        if (!arrays[i].name || !*arrays[i].name ||
            strchr(arrays[i].name, '/') ||
            strlen(arrays[i].name) > SUNZI_CHECKPOINT_NAME)
            return sunzi_fail(SUNZI_ERR_ARG,
                              "%s: arrays[%d] has the name '%.*s', allowed: up "
                              "to %d bytes without '/'",
                              function, i, NAME,
                              arrays[i].name ? arrays[i].name : "(NULL)",
                              SUNZI_CHECKPOINT_NAME);
    return SUNZI_OK;
}

static uint64_t state_hash(const char *base,
                           const sunzi_checkpoint_options *options,
                           const sunzi_checkpoint_state *state, int count)
{
    uint64_t hash = sunzi_hash_text(0, base);
    hash = sunzi_hash_number(hash, options ? options->keep : 0);
    hash = sunzi_hash_number(hash, count);
    if (!state)
        return hash;
    hash = sunzi_hash_number(hash, state->step);
    hash = sunzi_hash_bytes(hash, &state->time, sizeof state->time);
    return sunzi_hash_number(hash, (int64_t)state->blob_bytes);
}

static sunzi_status write_state(sunzi_file *file,
                                const sunzi_checkpoint_state *state)
{
    const int32_t version = SUNZI_CHECKPOINT_VERSION;
    sunzi_status status;
    SUNZI_TRY(sunzi_file_set_text(file, "", "format", SUNZI_CHECKPOINT_FORMAT));
    SUNZI_TRY(sunzi_file_set_numbers(file, "", "format_version",
                                     SUNZI_FILE_INT32, 1, &version));
    SUNZI_TRY(sunzi_file_set_numbers(file, "", "step", SUNZI_FILE_INT64, 1,
                                     &state->step));
    SUNZI_TRY(sunzi_file_set_numbers(file, "", "time", SUNZI_FILE_FP64, 1,
                                     &state->time));
    SUNZI_TRY(sunzi_hdf5_make_groups(file, SUNZI_CHECKPOINT_GROUP "/"));
done:
    return status;
}

static sunzi_status write_array(sunzi_file *file, const char *name,
                                const sunzi_checkpoint_array *a)
{
    const sunzi_file_array *shape;
    int64_t bits;
    sunzi_status status;
    SUNZI_TRY(sunzi_file_define(file, name, a->type, a->dims, a->size));
    SUNZI_TRY(sunzi_file_write(file, name, &a->block, a->data));
    shape = &sunzi_hdf5_find(file, name)->shape;
    uint64_t sum = sunzi_checksum_block(shape, &a->block, a->data);
    SUNZI_TRY(sunzi_checksum_add(file->comm, &sum));
    memcpy(&bits, &sum, sizeof bits);
    SUNZI_TRY(sunzi_file_set_numbers(file, name, "checksum", SUNZI_FILE_INT64,
                                     1, &bits));
done:
    return status;
}

static sunzi_status write_all(sunzi_file *file,
                              const sunzi_checkpoint_state *state, int count,
                              const sunzi_checkpoint_array *arrays)
{
    const int64_t bytes = (int64_t)state->blob_bytes;
    const sunzi_checkpoint_array blob = {
        .type = SUNZI_FILE_UINT8,
        .dims = 1,
        .size = {bytes},
        .block = {.count = {sunzi_comm_rank(file->comm) == 0 ? bytes : 0}},
        .data = state->blob};
    char name[SUNZI_CHECKPOINT_NAME + 16];
    sunzi_status status = write_state(file, state);
    for (int i = 0; i < count && status == SUNZI_OK; i++) {
        snprintf(name, sizeof name, "%s/%s", SUNZI_CHECKPOINT_GROUP,
                 arrays[i].name);
        status = write_array(file, name, &arrays[i]);
    }
    if (status == SUNZI_OK && bytes > 0)
        status = write_array(file, SUNZI_CHECKPOINT_BLOB, &blob);
    return status;
}

sunzi_status sunzi_checkpoint_write(sunzi_comm *comm, const char *base,
                                    const sunzi_checkpoint_options *options,
                                    const sunzi_checkpoint_state *state,
                                    int count,
                                    const sunzi_checkpoint_array *arrays)
{
    const char *function = "sunzi_checkpoint_write";
    sunzi_checkpoint_options defaults;
    char path[SUNZI_CHECKPOINT_PATH];
    sunzi_file *file = NULL;
    const sunzi_hdf5_quiet quiet = sunzi_hdf5_quiet_begin();
    sunzi_status status = sunzi_checkpoint_check(function, base, options);
    if (status == SUNZI_OK)
        status = check_state(function, state, count, arrays);
    SUNZI_TRY(sunzi_hdf5_agree_arguments(
        comm, function, status, state_hash(base, options, state, count)));
    sunzi_checkpoint_options_init(&defaults);
    if (!options)
        options = &defaults;
    sunzi_checkpoint_path(base, state->step, path);
    SUNZI_TRY(sunzi_file_create(comm, path, &options->about, &file));
    SUNZI_TRY(write_all(file, state, count, arrays));
    SUNZI_TRY(sunzi_file_close(&file));
    if (sunzi_comm_rank(comm) == 0)
        sunzi_checkpoint_prune(base, state->step, options->keep);
    status = sunzi_comm_barrier(comm);
done:
    sunzi_file_discard(&file);
    sunzi_hdf5_quiet_end(quiet);
    return status;
}
