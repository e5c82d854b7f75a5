/* SPDX-License-Identifier: BSD-3-Clause */
/** \file
 * Checkpoints: the state of a run in a file from which it goes on, on any
 * number of processes, bit for bit; in libsunzi_mpi, with HDF5. Not part of
 * <sunzi/sunzi.h>.
 *
 * The checkpoint of step 120 under the base "run/state" is the file
 * "run/state.0000120.h5". A base belongs to one run. Each array carries a
 * 64-bit checksum that does not depend on the number of processes. All
 * functions but those that say otherwise are collective, with the statuses of
 * <sunzi/file.h>.
 */
#ifndef SUNZI_CHECKPOINT_H
#define SUNZI_CHECKPOINT_H

#include <sunzi/context.h>
#include <sunzi/file.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sunzi_checkpoint sunzi_checkpoint;

typedef struct sunzi_checkpoint_options {
    int keep; /**< checkpoints that stay on the disk; default 2 */
    sunzi_file_about about;
    sunzi_log_fn
        *log; /**< receives, on rank 0, what is skipped; NULL: silent */
    void *log_user;
} sunzi_checkpoint_options;

/** An array of the state: its place in the file and the block of it that this
 * process holds. The blocks of all processes cover it exactly. */
typedef struct sunzi_checkpoint_array {
    const char *name; /**< without "/" */
    sunzi_file_type type;
    int dims;
    int64_t size[SUNZI_FILE_DIMS];
    sunzi_block block;
    const void *data;
} sunzi_checkpoint_array;

/** The small things, the same on all processes; blob may be NULL with 0 bytes,
 * that of rank 0 is stored. */
typedef struct sunzi_checkpoint_state {
    int64_t step; /**< >= 0; orders the checkpoints of a base */
    double time;
    const void *blob;
    size_t blob_bytes;
} sunzi_checkpoint_state;

/** Set every field to its default. Not collective. */
SUNZI_API void sunzi_checkpoint_options_init(sunzi_checkpoint_options *options);

/** Write a checkpoint; options may be NULL. When it is on the disk under its
 * name, older ones beyond options->keep are removed, and so are those of later
 * steps (of a run that went back) and the remains of writers that were killed.
 * After an error the older ones are all there. Cost: a pass over the data for
 * the checksums, the transfer, fsync. */
SUNZI_API sunzi_status sunzi_checkpoint_write(
    sunzi_comm *comm, const char *base, const sunzi_checkpoint_options *options,
    const sunzi_checkpoint_state *state, int count,
    const sunzi_checkpoint_array *arrays);

/** Open the latest checkpoint that is whole: every array is read and its
 * checksum compared. One that is damaged is skipped with a line to
 * options->log that says why. SUNZI_ERR_FILE: there is none under this base;
 * SUNZI_ERR_FORMAT: there are, and all are damaged. Any number of processes.
 * Cost: one reading of the file, shared by all processes. */
SUNZI_API sunzi_status sunzi_checkpoint_latest(
    sunzi_comm *comm, const char *base, const sunzi_checkpoint_options *options,
    sunzi_checkpoint **checkpoint);

/** Step, time and blob as written; the blob lives as long as the handle. Not
 * collective. */
SUNZI_API void sunzi_checkpoint_get_state(const sunzi_checkpoint *checkpoint,
                                          sunzi_checkpoint_state *state);

/** Type and size of an array. */
SUNZI_API sunzi_status sunzi_checkpoint_find(sunzi_checkpoint *checkpoint,
                                             const char *name,
                                             sunzi_file_array *array);

/** Read one block a process of an array; see sunzi_file_read. */
SUNZI_API sunzi_status sunzi_checkpoint_read(sunzi_checkpoint *checkpoint,
                                             const char *name,
                                             sunzi_file_type type,
                                             const sunzi_block *block,
                                             void *data);

/** Free the handle and set *checkpoint to NULL; NULL and a pointer to NULL are
 * allowed. */
SUNZI_API void sunzi_checkpoint_close(sunzi_checkpoint **checkpoint);

#ifdef __cplusplus
}
#endif
#endif
