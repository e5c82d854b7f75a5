/* SPDX-License-Identifier: BSD-3-Clause */
/* What the writer and the reader of checkpoints share. A checkpoint has the
 * attributes format, format_version, step and time at its root, the arrays of
 * the state in the group "state", the user's bytes in "blob"; each array has
 * the attribute checksum (the 64 bits as an INT64). */
#ifndef SUNZI_IO_HDF5_CHECKPOINT_H
#define SUNZI_IO_HDF5_CHECKPOINT_H

#include <sunzi/checkpoint.h>

#include "io/hdf5/checkpoint_names.h"
#include "io/hdf5/checksum.h"
#include "io/hdf5/file.h"

#define SUNZI_CHECKPOINT_FORMAT "Sunzi checkpoint"
#define SUNZI_CHECKPOINT_GROUP  "state"
#define SUNZI_CHECKPOINT_BLOB   "blob"
enum { SUNZI_CHECKPOINT_VERSION = 1, SUNZI_CHECKPOINT_NAME = 200 };

/* A base and, where not NULL, options: a sentence that names `function`. */
sunzi_status sunzi_checkpoint_check(const char *function, const char *base,
                                    const sunzi_checkpoint_options *options);

/* Collective. *sum := the sum over all processes, modulo 2^64. */
sunzi_status sunzi_checksum_add(sunzi_comm *comm, uint64_t *sum);

#endif
