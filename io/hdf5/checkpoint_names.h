/* SPDX-License-Identifier: BSD-3-Clause */
/* The files of a base: "run/state" and step 120 make "run/state.0000120.h5".
 * System calls only, for rank 0. */
#ifndef SUNZI_IO_HDF5_CHECKPOINT_NAMES_H
#define SUNZI_IO_HDF5_CHECKPOINT_NAMES_H

#include <stdint.h>

#include "core/status.h"

enum { SUNZI_CHECKPOINT_PATH = 1024 }; /* bytes of a base and of a path */

/* path[0 .. SUNZI_CHECKPOINT_PATH) of a step. */
void sunzi_checkpoint_path(const char *base, int64_t step, char *path);

/* The steps of which there are files, latest first; *steps is from
 * sunzi_allocate. SUNZI_ERR_FILE: the folder cannot be read. */
sunzi_status sunzi_checkpoint_list(const char *base, int64_t **steps,
                                   int64_t *count);

/* After step `step` was written: remove what the options of
 * sunzi_checkpoint_write say. What cannot be removed stays. */
void sunzi_checkpoint_prune(const char *base, int64_t step, int keep);

#endif
