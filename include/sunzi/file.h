/* SPDX-License-Identifier: BSD-3-Clause */
/** \file
 * HDF5 files of arrays that are distributed over processes; in libsunzi_mpi,
 * where HDF5 with MPI was found. Not part of <sunzi/sunzi.h>.
 *
 * A file is written under a temporary name in its folder (its own name with
 * ".partial"), brought to the disk and renamed when it is closed: its name
 * never holds a part of a file. Its bytes do not depend on the number of
 * processes, and are the same in every run: numbers are little-endian, arrays
 * contiguous, and no date is stored unless the caller gives one.
 *
 * All functions are collective over the communicator of the file, which the
 * caller keeps until the file is closed, and return the same status on all
 * processes: SUNZI_ERR_ARG (also where arguments differ between processes),
 * SUNZI_ERR_FILE (the system or HDF5 could not open, read or write),
 * SUNZI_ERR_FORMAT (what was read is not as it should be), SUNZI_ERR_NOMEM,
 * SUNZI_ERR_MPI. HDF5's own error messages are not printed. HDF5 is not
 * thread-safe: one thread of a process at a time may use this header.
 *
 * An array has 1 to SUNZI_FILE_DIMS dimensions; the last one runs fastest.
 * Names may hold groups, "group/name"; groups are made where they are missing.
 */
#ifndef SUNZI_FILE_H
#define SUNZI_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <sunzi/comm.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Most dimensions of an array. */
#define SUNZI_FILE_DIMS 6

typedef struct sunzi_file sunzi_file;

/** Numbers of an array: double, float, int32_t, int64_t, uint8_t. */
typedef enum sunzi_file_type {
    SUNZI_FILE_FP64 = 1,
    SUNZI_FILE_FP32,
    SUNZI_FILE_INT32,
    SUNZI_FILE_INT64,
    SUNZI_FILE_UINT8
} sunzi_file_type;

/** What the file says about its origin, as text attributes of its root; NULL:
 * left out. The same on all processes. */
typedef struct sunzi_file_about {
    const char *creator; /**< NULL: "Sunzi"; its version stands beside it */
    const char *engine;  /**< see sunzi_context_engine */
    const char *policy;  /**< which arithmetic: "fp64", "fp32c", ... */
    const char *command_line;
    const char *date; /**< if the bytes may differ between runs */
} sunzi_file_about;

/** The block of an array that a process writes or reads, and how it lies in
 * memory: rows of `held` entries, of which the block's begin at `skip` (ghost
 * layers). A block with a zero in `count` is empty. Blocks of different
 * processes must not overlap in writing; they may in reading. */
typedef struct sunzi_block {
    int64_t start[SUNZI_FILE_DIMS]; /**< first index in the array */
    int64_t count[SUNZI_FILE_DIMS]; /**< entries in each dimension */
    /** Entries in memory in each dimension; held[0] = 0: the block alone, then
     * `skip` is not used. */
    int64_t held[SUNZI_FILE_DIMS];
    int64_t skip[SUNZI_FILE_DIMS];
} sunzi_block;

/** What is known of an array in a file. */
typedef struct sunzi_file_array {
    sunzi_file_type type;
    int dims;
    int64_t size[SUNZI_FILE_DIMS];
} sunzi_file_array;

/** Set every field to its default. Not collective. */
SUNZI_API void sunzi_file_about_init(sunzi_file_about *about);

/** Start a new file; about may be NULL. What stood under this name stays there
 * until sunzi_file_close. The name may be new or that of a regular file; a
 * symbolic link is followed. SUNZI_ERR_FILE: no such folder, not writable, a
 * directory or device, another process is writing the same file. *file is
 * written on success only. */
SUNZI_API sunzi_status sunzi_file_create(sunzi_comm *comm, const char *path,
                                         const sunzi_file_about *about,
                                         sunzi_file **file);

/** Go on with a file that grows (<sunzi/field_file.h>), whose writer was killed
 * after sunzi_file_save, on any number of processes: takes over what it has
 * left (path and ".partial"). The first `steps` >= 1 steps are kept. Then make
 * the same calls as at the start, with the same texts: the grid, the fields,
 * attributes, sunzi_file_add_step for the steps kept; but do not write these
 * again. SUNZI_ERR_FILE: nothing was left, or fewer steps were saved.
 * sunzi_file_add_step returns SUNZI_ERR_FORMAT if the calls, or HDF5's version,
 * were others. */
SUNZI_API sunzi_status sunzi_file_continue(sunzi_comm *comm, const char *path,
                                           const sunzi_file_about *about,
                                           int steps, sunzi_file **file);

/** Open a file for reading. SUNZI_ERR_FILE: missing, a directory, not readable;
 * SUNZI_ERR_FORMAT: no HDF5 file, truncated, damaged. */
SUNZI_API sunzi_status sunzi_file_open(sunzi_comm *comm, const char *path,
                                       sunzi_file **file);

/** End a file, free the handle and set *file to NULL, in any case; NULL and a
 * pointer to NULL are allowed. A written file is brought to the disk (fsync of
 * file and folder) and gets its name. It does not, and everything of it is
 * removed, if an earlier call on it has failed, if an entry of an array was
 * never written, or if the disk reports an error now; only what was saved with
 * sunzi_file_save then stays for sunzi_file_continue. */
SUNZI_API sunzi_status sunzi_file_close(sunzi_file **file);

/** End a file without keeping it: what was written is removed (after an error:
 * but what was saved). For a file that is read, the same as sunzi_file_close.
 */
SUNZI_API void sunzi_file_discard(sunzi_file **file);

/** Make an array of dims dimensions, size[d] >= 1. Its place on the disk is
 * reserved: a full disk is SUNZI_ERR_FILE here and not in the middle of
 * writing (on file systems that know fallocate; on others if statvfs shows too
 * little free space). */
SUNZI_API sunzi_status sunzi_file_define(sunzi_file *file, const char *name,
                                         sunzi_file_type type, int dims,
                                         const int64_t *size);

/** Write one block a process, possibly empty (data may be NULL then). Every
 * entry of an array is written once; it may take several calls. Cost: each
 * process writes its block, from where it lies or through 4 MiB of memory. If
 * the blocks are many short runs of the file they are exchanged first, at most
 * 128 MiB of a process at a time, with memory for what it sends and gets. */
SUNZI_API sunzi_status sunzi_file_write(sunzi_file *file, const char *name,
                                        const sunzi_block *block,
                                        const void *data);

/** Read one block a process, possibly empty. `type` must be that of the array:
 * nothing is converted. data is undefined after an error. */
SUNZI_API sunzi_status sunzi_file_read(sunzi_file *file, const char *name,
                                       sunzi_file_type type,
                                       const sunzi_block *block, void *data);

/** Type and size of an array. SUNZI_ERR_ARG if there is none of this name. */
SUNZI_API sunzi_status sunzi_file_find(sunzi_file *file, const char *name,
                                       sunzi_file_array *array);

/** Attach an attribute to an array or group; object "" is the root of the file.
 * Text is stored without its final zero; at most 60000 bytes. */
SUNZI_API sunzi_status sunzi_file_set_text(sunzi_file *file, const char *object,
                                           const char *name, const char *text);

/** The same with count >= 1 numbers. */
SUNZI_API sunzi_status sunzi_file_set_numbers(sunzi_file *file,
                                              const char *object,
                                              const char *name,
                                              sunzi_file_type type, int count,
                                              const void *numbers);

/** Read a text attribute into text[0 .. bytes), terminated. SUNZI_ERR_ARG: no
 * such attribute, or too little room. */
SUNZI_API sunzi_status sunzi_file_text(sunzi_file *file, const char *object,
                                       const char *name, char *text,
                                       size_t bytes);

/** Read exactly `count` numbers of type `type`. */
SUNZI_API sunzi_status sunzi_file_numbers(sunzi_file *file, const char *object,
                                          const char *name,
                                          sunzi_file_type type, int count,
                                          void *numbers);

#ifdef __cplusplus
}
#endif
#endif
