/* SPDX-License-Identifier: BSD-3-Clause */
/* An open HDF5 file, and what its parts share. */
#ifndef SUNZI_IO_HDF5_FILE_H
#define SUNZI_IO_HDF5_FILE_H

#include <hdf5.h>
#include <stdbool.h>
#include <stdint.h>
#include <sunzi/file.h>

#include "core/communicator.h"
#include "core/status.h"
#include "io/hdf5/metadata.h"
#include "io/replace.h"

/* HDF5 prints nothing between begin and end; these may be nested. */
typedef struct sunzi_hdf5_quiet {
    H5E_auto2_t print;
    void *data;
} sunzi_hdf5_quiet;
sunzi_hdf5_quiet sunzi_hdf5_quiet_begin(void);
void sunzi_hdf5_quiet_end(sunzi_hdf5_quiet saved);

/* An array that is being written. */
typedef struct sunzi_hdf5_array {
    char *name;
    hid_t id; /* on rank 0, -1 elsewhere */
    sunzi_file_array shape;
    int64_t written; /* entries, of all processes */
    int64_t place;   /* in the file, of an array that does not grow */
    /* of one to which time steps (its first dimension) are added: chunks a
     * step, of so many places of the second dimension; where they are in the
     * file, step by step */
    int chunks;
    int64_t slices, *places, places_room;
} sunzi_hdf5_array;

/* The grid of a file of fields (io/hdf5/fields.c). */
typedef struct sunzi_hdf5_grid sunzi_hdf5_grid;

struct sunzi_file {
    sunzi_comm *comm;
    char *path;     /* as the caller gave it */
    hid_t id;       /* of a file that is written: on rank 0, -1 elsewhere */
    hid_t transfer; /* of a file that is read */
    int own;        /* descriptor through which this process writes */
    bool writing, failed, closing;
    bool saved;                    /* what is on the disk is worth keeping */
    int kept_steps;                /* of an earlier writer */
    uint64_t saved_layout;         /* the same, on rank 0 */
    sunzi_metadata metadata;       /* on rank 0, of a file that is written */
    sunzi_replacement replacement; /* the same */
    sunzi_hdf5_array *arrays;      /* defined so far */
    int count, room;
    sunzi_hdf5_grid *grid; /* NULL: none */
};

/* A status with what HDF5 says of its last error: "path: what (HDF5: ...)". To
 * be called right after the call that failed. */
sunzi_status sunzi_hdf5_fail(const sunzi_file *file, sunzi_status status,
                             const char *what);

/* Collective. The first step of every collective function: agrees on `mine`,
 * the check of this process's arguments, and checks that `hash` of the common
 * ones is the same on all processes. */
sunzi_status sunzi_hdf5_agree_arguments(sunzi_comm *comm, const char *function,
                                        sunzi_status mine, uint64_t hash);

/* Collective. The last step of every function that changes a file: agrees on
 * `mine`; after a failure the file will not be kept. (Rank 0 alone makes HDF5's
 * objects, the others have nothing to do.) */
sunzi_status sunzi_hdf5_agree(sunzi_file *file, sunzi_status mine);

/* `file` may be used for `writing`: a sentence that names `function`. */
sunzi_status sunzi_hdf5_check_file(const char *function, const sunzi_file *file,
                                   bool writing);

/* SUNZI_ERR_ARG: file = NULL; not agreed upon, there is nobody to ask. */
sunzi_status sunzi_hdf5_no_file(const char *function);

/* Collective. Rank 0 reserves the disk space of all objects made so far, and of
 * one more of `bytes` bytes. To be called before anything is made. */
sunzi_status sunzi_hdf5_reserve(sunzi_file *file, int64_t bytes);

/* Collective. Define an array that gets its first dimension (size[0] = 0) step
 * by step; the arguments are good, and agreed upon. */
sunzi_status sunzi_hdf5_define_growing(sunzi_file *file, const char *name,
                                       sunzi_file_type type, int dims,
                                       const int64_t *size);

/* How a step of an array is cut into chunks. SUNZI_ERR_ARG: too large. */
sunzi_status sunzi_hdf5_set_chunks(const char *function, sunzi_hdf5_array *a);

/* Chunk c of a step as an array of its own, and the part of a block (of one
 * step, with `held`) that lies in it, possibly empty. */
void sunzi_hdf5_chunk(const sunzi_hdf5_array *a, int step, int c,
                      const sunzi_block *block, sunzi_hdf5_array *chunk,
                      sunzi_block *part);

/* Rank 0, of a file that goes on from `steps` steps: they were saved. */
sunzi_status sunzi_hdf5_check_record(sunzi_file *file, int steps);

/* SUNZI_ERR_ARG where new arrays and attributes come too late. */
sunzi_status sunzi_hdf5_check_begun(const char *function,
                                    const sunzi_file *file);

/* SUNZI_ERR_ARG if an entry was not written. */
sunzi_status sunzi_hdf5_check_complete(const char *function,
                                       const sunzi_file *file);

/* Not collective. The bytes of this process, to the disk. */
sunzi_status sunzi_hdf5_sync(const sunzi_file *file);

/* Collective. What is missing to a file that is written, its name in the end;
 * after a failure the file will not be kept. */
sunzi_status sunzi_hdf5_finish_writing(sunzi_file *file);

/* Not collective. Give HDF5's objects back, but for the file. */
void sunzi_hdf5_close_objects(sunzi_file *file);

/* As sunzi_file_write, of one step of a field. */
sunzi_status sunzi_hdf5_write(const char *function, sunzi_file *file,
                              const char *name, int step,
                              const sunzi_block *block, const void *data);

/* Hashes of arguments; start with 0. */
uint64_t sunzi_hash_bytes(uint64_t hash, const void *data, size_t bytes);
uint64_t sunzi_hash_text(uint64_t hash, const char *text); /* NULL: allowed */
uint64_t sunzi_hash_number(uint64_t hash, int64_t number);

size_t sunzi_file_type_bytes(sunzi_file_type type); /* 0: no such type */
hid_t sunzi_hdf5_type(sunzi_file_type type);        /* in the file */
hid_t sunzi_hdf5_memory_type(sunzi_file_type type);

/* Whether an object of this name is there; its groups need not be. Of a file
 * that is read: to be called by all processes alike; of one that is written: on
 * rank 0. */
bool sunzi_hdf5_exists(const sunzi_file *file, const char *name);

/* Sentences about names of arrays. */
sunzi_status sunzi_hdf5_check_name(const char *function, const char *name);
sunzi_status sunzi_hdf5_no_array(const char *function, const sunzi_file *file,
                                 const char *name);

/* Collective. Make the groups of "a/b/name", or all of "a/b/". */
sunzi_status sunzi_hdf5_make_groups(sunzi_file *file, const char *name);

/* Property lists of objects: without times, all attributes and links in the
 * header of the object (its other store, a heap, would hold bytes of memory
 * that HDF5 has not set); of groups, and of a file's root, also with the order
 * of creation, which NetCDF-4 wants. */
hid_t sunzi_hdf5_creation_list(hid_t list_class);
hid_t sunzi_hdf5_group_list(hid_t list_class);

/* The defined array of this name; NULL: none. */
sunzi_hdf5_array *sunzi_hdf5_find(sunzi_file *file, const char *name);

/* Blocks: SUNZI_ERR_ARG with a sentence where one does not lie in the array.
 * entries: of the block. */
sunzi_status sunzi_block_check(const char *function, const char *name,
                               const sunzi_file_array *array,
                               const sunzi_block *block, const void *data,
                               int64_t *entries);

int64_t sunzi_array_entries(const sunzi_file_array *array);

/* Entries of a block; part k of `parts` of it, cut along its slowest dimension
 * with more than one entry, possibly empty, with `held` set; whether it is many
 * short runs in the file. */
int64_t sunzi_block_entries(const sunzi_file_array *array,
                            const sunzi_block *block);
sunzi_block sunzi_block_part(const sunzi_file_array *array,
                             const sunzi_block *block, int64_t k,
                             int64_t parts);
bool sunzi_block_is_scattered(const sunzi_file_array *array,
                              const sunzi_block *block);

/* Not collective. All of the bytes, also where the system takes a part. 0, or
 * the errno. */
int sunzi_write_bytes(int descriptor, const void *data, int64_t bytes,
                      int64_t at);

/* HDF5 leaves what was in its memory in the free space of its heaps: set it to
 * zero in these bytes of a file. */
void sunzi_hdf5_clear_heaps(unsigned char *data, int64_t bytes);

/* Not collective. Read all metadata of the file at `path`, which should have so
 * many arrays. SUNZI_ERR_FILE. */
sunzi_status sunzi_hdf5_check_metadata(const sunzi_file *file, const char *path,
                                       int arrays);

/* Collective. What a grid still has to write before the file is closed. */
sunzi_status sunzi_hdf5_finish_grid(sunzi_file *file);
void sunzi_hdf5_free_grid(sunzi_hdf5_grid *grid); /* NULL is allowed */

#endif
