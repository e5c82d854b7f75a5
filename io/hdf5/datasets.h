/* SPDX-License-Identifier: BSD-3-Clause */
/* The datasets of any HDF5 file, read by one process and without MPI: for the
 * tools. (io/hdf5/file.h is for files that many processes write and read.) */
#ifndef SUNZI_IO_HDF5_DATASETS_H
#define SUNZI_IO_HDF5_DATASETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

enum { SUNZI_DATASET_DIMS = 32, SUNZI_DATASET_NAME = 1024 };

typedef enum sunzi_dataset_kind {
    SUNZI_DATASET_FLOAT,
    SUNZI_DATASET_INTEGER,
    SUNZI_DATASET_OTHER /* texts, structures, numbers wider than 64 bits */
} sunzi_dataset_kind;

/* In memory: FP64 holds floats and integers of up to 32 bits exactly. */
typedef enum sunzi_number_kind {
    SUNZI_NUMBER_FP64,
    SUNZI_NUMBER_INT64,
    SUNZI_NUMBER_UINT64
} sunzi_number_kind;

typedef struct sunzi_dataset {
    char *path;      /* from the root, without the first "/" */
    char type[16];   /* "fp64", "int32", "uint8", ..., "other" */
    int number_bits; /* 0: other */
    sunzi_dataset_kind kind;
    sunzi_number_kind exact; /* the kind that holds its numbers exactly */
    int dims;                /* 0: a single number */
    int64_t size[SUNZI_DATASET_DIMS];
    int64_t entries;
} sunzi_dataset;

typedef struct sunzi_datasets sunzi_datasets;

/* Open for reading and list all datasets, in the order of their paths. Links to
 * other files are not followed; a dataset with several names is listed once.
 * SUNZI_ERR_FILE: cannot be read; SUNZI_ERR_FORMAT: no HDF5 file, or damaged;
 * SUNZI_ERR_NOMEM. */
sunzi_status sunzi_datasets_open(const char *path, sunzi_datasets **file);
void sunzi_datasets_close(sunzi_datasets **file); /* to NULL is allowed */

int sunzi_datasets_count(const sunzi_datasets *file);
const sunzi_dataset *sunzi_datasets_get(const sunzi_datasets *file, int i);
/* NULL: none of this path. */
const sunzi_dataset *sunzi_datasets_find(const sunzi_datasets *file,
                                         const char *path);

/* Read the entries start[d] <= index < start[d] + count[d]; the last dimension
 * runs fastest. A single number is read with dims = 0 alike. */
sunzi_status sunzi_datasets_read(sunzi_datasets *file,
                                 const sunzi_dataset *dataset,
                                 sunzi_number_kind kind, const int64_t *start,
                                 const int64_t *count, void *numbers);

/* Read *got >= 1 entries that follow each other in the file from entry `first`
 * on, `most` at the most; how many depends on shape, first and most alone. */
sunzi_status sunzi_datasets_read_run(sunzi_datasets *file,
                                     const sunzi_dataset *dataset,
                                     sunzi_number_kind kind, int64_t first,
                                     int64_t most, void *numbers, int64_t *got);

/* Index of entry `entry`, counted through the whole dataset. */
void sunzi_dataset_index(const sunzi_dataset *dataset, int64_t entry,
                         int64_t *index);

/* A text attribute of a dataset or group ("": the root); cut to the room there
 * is. false, and text[0] = 0: there is no such text. */
bool sunzi_datasets_text(sunzi_datasets *file, const char *object,
                         const char *name, char *text, size_t bytes);

/* Numbers of an attribute: how many there are, of which at most `most` are
 * written; 0: no such attribute of numbers. */
int sunzi_datasets_numbers(sunzi_datasets *file, const char *object,
                           const char *name, double *numbers, int most);

/* The dimension scale that is attached to dimension d; NULL: none. */
const sunzi_dataset *sunzi_datasets_scale(sunzi_datasets *file,
                                          const sunzi_dataset *dataset, int d);

#endif
