/* SPDX-License-Identifier: BSD-3-Clause */
/* A file that appears under its name only when it is whole: written as
 * "name.partial" in the same folder, brought to the disk, renamed. */
#ifndef SUNZI_IO_REPLACE_H
#define SUNZI_IO_REPLACE_H

#include <stdint.h>

#include "core/status.h"

#define SUNZI_PARTIAL ".partial"

typedef struct sunzi_replacement {
    char *target;    /* where the name leads to, symbolic links followed */
    char *temporary; /* target and SUNZI_PARTIAL */
    int file;        /* the temporary, open and locked; -1: none */
    int64_t reserved_bytes;
} sunzi_replacement;

/* SUNZI_OK if sunzi_replacement_begin would probably find nothing wrong with
 * the name and its folder; nothing is made. SUNZI_ERR_FILE, SUNZI_ERR_NOMEM. */
sunzi_status sunzi_replacement_check(const char *path);

/* Make the temporary, empty. Its lock tells a living writer from the remains of
 * one that was killed, which are taken over. SUNZI_ERR_FILE (a directory or a
 * device has this name, no such folder, not writable, somebody else is
 * writing), SUNZI_ERR_NOMEM. */
sunzi_status sunzi_replacement_begin(const char *path, sunzi_replacement *r);

/* The same, on the temporary that a writer has left when it was killed, with
 * its bytes. SUNZI_ERR_FILE also if there is none. */
sunzi_status sunzi_replacement_resume(const char *path, sunzi_replacement *r);

/* Reserve the disk space of the first `bytes` bytes and give the file that
 * size: what nobody writes there is zero, and a disk that is full is known
 * before anything is written. SUNZI_ERR_FILE: no space, or beyond a limit of
 * the system. */
sunzi_status sunzi_replacement_reserve(sunzi_replacement *r, int64_t bytes);

/* The file is complete with its first `bytes` bytes, the rest is cut off: to
 * the disk, to its name, the folder to the disk. Frees r; after a failure the
 * temporary is gone. */
sunzi_status sunzi_replacement_publish(sunzi_replacement *r, int64_t bytes);

/* Remove the temporary and free r; nothing begun: nothing happens. */
void sunzi_replacement_discard(sunzi_replacement *r);

/* Free r, the temporary stays as it is; nothing begun: nothing happens. */
void sunzi_replacement_leave(sunzi_replacement *r);

/* Remove a temporary that no living writer has. */
void sunzi_replacement_clean(const char *temporary);

#endif
