/* SPDX-License-Identifier: BSD-3-Clause */
/* A file that appears as a whole or not at all: it is written under a temporary
 * name in the same folder, to the disk, then renamed. */
#ifndef SUNZI_IO_NEW_FILE_H
#define SUNZI_IO_NEW_FILE_H

#include <stdbool.h>
#include <stdio.h>

#include "core/status.h"

typedef struct sunzi_new_file {
    FILE *stream;     /* to write to */
    const char *path; /* the caller's */
    char *target, *temporary;
} sunzi_new_file;

/* `path` is of a regular file, which stays as it is until the end, or a new
 * name; a symbolic link stays one. It must outlive `file`. SUNZI_ERR_FILE,
 * SUNZI_ERR_NOMEM: nothing is left to close. */
sunzi_status sunzi_new_file_open(const char *path, sunzi_new_file *file);

/* Put the file in its place if `good` (else errno says why not) and all of it
 * came to the disk; otherwise SUNZI_ERR_FILE, and nothing is left. */
sunzi_status sunzi_new_file_close(sunzi_new_file *file, bool good);

#endif
