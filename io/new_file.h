/* SPDX-License-Identifier: BSD-3-Clause */
/* A stream into a file that appears as a whole or not at all (io/replace.h). */
#ifndef SUNZI_IO_NEW_FILE_H
#define SUNZI_IO_NEW_FILE_H

#include <stdbool.h>
#include <stdio.h>

#include "core/status.h"
#include "io/replace.h"

typedef struct sunzi_new_file {
    FILE *stream;     /* to write to */
    const char *path; /* the caller's */
    sunzi_replacement replacement;
} sunzi_new_file;

/* `path` is of a regular file, which stays as it is until the end, or a new
 * name; a symbolic link stays one. It must outlive `file`. SUNZI_ERR_FILE,
 * SUNZI_ERR_NOMEM: nothing is left to close. */
sunzi_status sunzi_new_file_open(const char *path, sunzi_new_file *file);

/* Put the file in its place if `good` (else errno says why not) and all of it
 * came to the disk; otherwise SUNZI_ERR_FILE, and nothing is left. */
sunzi_status sunzi_new_file_close(sunzi_new_file *file, bool good);

#endif
