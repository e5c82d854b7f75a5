/* SPDX-License-Identifier: BSD-3-Clause */
/* A folder for the files of a test, shared by its processes. */
#ifndef TESTS_IO_HDF5_FOLDER_H
#define TESTS_IO_HDF5_FOLDER_H

#include <stddef.h>
#include <sunzi/comm.h>

enum { FOLDER_PATH = 512 };

/* Collective. Make the folder; path of `name` in it; remove it with all files.
 */
void folder_make(sunzi_comm *comm);
const char *folder_path(const char *name); /* until the fourth call after it */
void folder_remove(sunzi_comm *comm);

/* Collective. Number of files in the folder, those that begin with a dot
 * included. */
int folder_count(sunzi_comm *comm);

/* Collective. What rank 0 does to a file: cut it, change a byte (at < 0: from
 * the end), append. */
void folder_truncate(sunzi_comm *comm, const char *name, long bytes);
void folder_flip(sunzi_comm *comm, const char *name, long at);
long folder_size(sunzi_comm *comm, const char *name); /* -1: none */

#endif
