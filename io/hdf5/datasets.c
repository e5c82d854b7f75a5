/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading of any HDF5 file by one process.
 *
 * HDF5 with MPI works without MPI_Init as long as no file is opened through
 * MPI-IO, which is not done here. */
#define _POSIX_C_SOURCE 200809L
#include "io/hdf5/datasets.h"

#include <errno.h>
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_ROOM = 16, REASON = 160 };

struct sunzi_datasets {
    char *path;
    hid_t id;
    sunzi_dataset *list;
    int count, room;
    const sunzi_dataset *held; /* the dataset that is open, */
    hid_t held_id;             /* so that a loop opens it once */
};

static herr_t take_reason(unsigned n, const H5E_error2_t *error, void *text)
{
    if (n == 0) /* the innermost error says most */
        snprintf(text, REASON, "%s", error->desc ? error->desc : "");
    return 0;
}

/* To be called right after the call that failed. */
static sunzi_status fail(const char *path, sunzi_status status,
                         const char *what)
{
    char reason[REASON] = "";
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_reason, reason);
    return sunzi_fail(status, "%.200s: %s (HDF5: %s)", path, what,
                      reason[0] ? reason : "no reason given");
}

/* ---- the list ---- */

static void set_type(sunzi_dataset *dataset, hid_t type)
{
    const H5T_class_t kind = H5Tget_class(type);
    const int bits = 8 * (int)H5Tget_size(type);
    const bool is_signed =
        kind == H5T_INTEGER && H5Tget_sign(type) == H5T_SGN_2;
    snprintf(dataset->type, sizeof dataset->type, "other");
    dataset->kind = SUNZI_DATASET_OTHER;
    if ((kind != H5T_FLOAT && kind != H5T_INTEGER) || bits > 64)
        return;
    dataset->number_bits = bits;
    dataset->kind =
        kind == H5T_FLOAT ? SUNZI_DATASET_FLOAT : SUNZI_DATASET_INTEGER;
    dataset->exact = kind == H5T_FLOAT || bits <= 32 ? SUNZI_NUMBER_FP64
                     : is_signed                     ? SUNZI_NUMBER_INT64
                                                     : SUNZI_NUMBER_UINT64;
    snprintf(dataset->type, sizeof dataset->type, "%s%d",
             kind == H5T_FLOAT ? "fp"
             : is_signed       ? "int"
                               : "uint",
             bits);
}

/* SUNZI_ERR_FORMAT without a sentence of its own: see fail. */
static sunzi_status describe(hid_t id, sunzi_dataset *dataset)
{
    hsize_t size[SUNZI_DATASET_DIMS];
    const hid_t type = H5Dget_type(id), space = H5Dget_space(id);
    sunzi_status status = SUNZI_ERR_FORMAT;
    if (type < 0 || space < 0)
        goto done;
    set_type(dataset, type);
    const hssize_t entries = H5Sget_simple_extent_npoints(space);
    dataset->dims = H5Sget_simple_extent_dims(space, size, NULL);
    if (entries < 0 || dataset->dims < 0)
        goto done;
    dataset->entries = (int64_t)entries;
    for (int d = 0; d < dataset->dims; d++)
        dataset->size[d] = (int64_t)size[d];
    status = SUNZI_OK;
done:
    if (space >= 0)
        H5Sclose(space);
    if (type >= 0)
        H5Tclose(type);
    return status;
}

static sunzi_dataset *new_entry(sunzi_datasets *file, const char *path)
{
    if (file->count == file->room) {
        const int room = file->room ? 2 * file->room : FIRST_ROOM;
        void *list = realloc(file->list, (size_t)room * sizeof *file->list);
        if (!list)
            return NULL;
        file->list = list;
        file->room = room;
    }
    sunzi_dataset *dataset = &file->list[file->count];
    *dataset = (sunzi_dataset){.path = strdup(path)};
    if (!dataset->path)
        return NULL;
    file->count++;
    return dataset;
}

static herr_t visit(hid_t root, const char *name, const H5O_info_t *info,
                    void *data)
{
    sunzi_datasets *file = data;
    if (info->type != H5O_TYPE_DATASET)
        return 0;
    sunzi_dataset *dataset = new_entry(file, name);
    if (!dataset) {
        sunzi_fail(SUNZI_ERR_NOMEM, "%.200s: no memory for its %d datasets",
                   file->path, file->count);
        return SUNZI_ERR_NOMEM;
    }
    const hid_t id = H5Dopen2(root, name, H5P_DEFAULT);
    if (id < 0 || describe(id, dataset) < 0) {
        char what[200];
        snprintf(what, sizeof what, "the dataset '%.80s' cannot be read", name);
        fail(file->path, SUNZI_ERR_FORMAT, what);
        if (id >= 0)
            H5Dclose(id);
        return SUNZI_ERR_FORMAT;
    }
    H5Dclose(id);
    return 0;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const sunzi_dataset *)a)->path,
                  ((const sunzi_dataset *)b)->path);
}

static sunzi_status list_all(sunzi_datasets *file)
{
    const herr_t error = H5Ovisit2(file->id, H5_INDEX_NAME, H5_ITER_INC, visit,
                                   file, H5O_INFO_BASIC);
    if (error == SUNZI_ERR_NOMEM || error == SUNZI_ERR_FORMAT)
        return (sunzi_status)error;
    if (error < 0)
        return fail(file->path, SUNZI_ERR_FORMAT, "cannot be listed");
    if (file->count)
        qsort(file->list, (size_t)file->count, sizeof *file->list, by_path);
    return SUNZI_OK;
}

sunzi_status sunzi_datasets_open(const char *path, sunzi_datasets **file)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    if (access(path, R_OK) != 0)
        return sunzi_fail(SUNZI_ERR_FILE, "%.200s: cannot be read (%s)", path,
                          strerror(errno));
    const htri_t is_hdf5 = H5Fis_hdf5(path);
    if (is_hdf5 == 0)
        return sunzi_fail(SUNZI_ERR_FORMAT,
                          "%.200s: is no HDF5 file; give one that Sunzi or "
                          "another program wrote with HDF5 or NetCDF-4",
                          path);
    sunzi_datasets *f = calloc(1, sizeof *f);
    if (f)
        f->path = strdup(path);
    if (!f || !f->path) {
        free(f);
        return sunzi_fail(SUNZI_ERR_NOMEM, "%.200s: no memory", path);
    }
    f->held_id = -1;
    f->id = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    sunzi_status status =
        f->id < 0 ? fail(path, is_hdf5 > 0 ? SUNZI_ERR_FORMAT : SUNZI_ERR_FILE,
                         "cannot be opened")
                  : list_all(f);
    if (status == SUNZI_OK)
        *file = f;
    else
        sunzi_datasets_close(&f);
    return status;
}

void sunzi_datasets_close(sunzi_datasets **file)
{
    sunzi_datasets *f = *file;
    if (!f)
        return;
    if (f->held_id >= 0)
        H5Dclose(f->held_id);
    if (f->id >= 0)
        H5Fclose(f->id);
    for (int i = 0; i < f->count; i++)
        free(f->list[i].path);
    free(f->list);
    free(f->path);
    free(f);
    *file = NULL;
}

int sunzi_datasets_count(const sunzi_datasets *file)
{
    return file->count;
}

const sunzi_dataset *sunzi_datasets_get(const sunzi_datasets *file, int i)
{
    return &file->list[i];
}

const sunzi_dataset *sunzi_datasets_find(const sunzi_datasets *file,
                                         const char *path)
{
    for (int i = 0; i < file->count; i++)
        if (strcmp(file->list[i].path, path) == 0)
            return &file->list[i];
    return NULL;
}

/* ---- numbers ---- */

static hid_t memory_type(sunzi_number_kind kind)
{
    return kind == SUNZI_NUMBER_FP64    ? H5T_NATIVE_DOUBLE
           : kind == SUNZI_NUMBER_INT64 ? H5T_NATIVE_INT64
                                        : H5T_NATIVE_UINT64;
}

static bool hold(sunzi_datasets *file, const sunzi_dataset *dataset)
{
    if (file->held == dataset)
        return true;
    if (file->held_id >= 0)
        H5Dclose(file->held_id);
    file->held_id = H5Dopen2(file->id, dataset->path, H5P_DEFAULT);
    file->held = file->held_id < 0 ? NULL : dataset;
    return file->held != NULL;
}

sunzi_status sunzi_datasets_read(sunzi_datasets *file,
                                 const sunzi_dataset *dataset,
                                 sunzi_number_kind kind, const int64_t *start,
                                 const int64_t *count, void *numbers)
{
    hsize_t first[SUNZI_DATASET_DIMS], many[SUNZI_DATASET_DIMS];
    hid_t in_file = -1, in_memory = -1;
    char what[200];
    herr_t error = -1;
    for (int d = 0; d < dataset->dims; d++) {
        first[d] = (hsize_t)start[d];
        many[d] = (hsize_t)count[d];
    }
    if (hold(file, dataset))
        in_file = H5Dget_space(file->held_id);
    if (in_file >= 0) {
        in_memory = dataset->dims ? H5Screate_simple(dataset->dims, many, NULL)
                                  : H5Screate(H5S_SCALAR);
        error = dataset->dims ? H5Sselect_hyperslab(in_file, H5S_SELECT_SET,
                                                    first, NULL, many, NULL)
                              : 0;
    }
    if (in_memory >= 0 && error >= 0)
        error = H5Dread(file->held_id, memory_type(kind), in_memory, in_file,
                        H5P_DEFAULT, numbers);
    snprintf(what, sizeof what, "the dataset '%.80s' cannot be read",
             dataset->path);
    const sunzi_status status = in_memory < 0 || error < 0
                                    ? fail(file->path, SUNZI_ERR_FILE, what)
                                    : SUNZI_OK;
    if (in_memory >= 0)
        H5Sclose(in_memory);
    if (in_file >= 0)
        H5Sclose(in_file);
    return status;
}

void sunzi_dataset_index(const sunzi_dataset *dataset, int64_t entry,
                         int64_t *index)
{
    for (int d = dataset->dims - 1; d >= 0; d--) {
        index[d] = entry % dataset->size[d];
        entry /= dataset->size[d];
    }
}

sunzi_status sunzi_datasets_read_run(sunzi_datasets *file,
                                     const sunzi_dataset *dataset,
                                     sunzi_number_kind kind, int64_t first,
                                     int64_t most, void *numbers, int64_t *got)
{
    int64_t start[SUNZI_DATASET_DIMS] = {0}, count[SUNZI_DATASET_DIMS] = {0};
    int64_t inner = 1;
    int d = dataset->dims - 1;
    *got = 1;
    if (d < 0)
        return sunzi_datasets_read(file, dataset, kind, start, count, numbers);
    sunzi_dataset_index(dataset, first, start);
    for (int i = 0; i < d; i++)
        count[i] = 1;
    /* whole inner dimensions, as long as they fit */
    while (d > 0 && start[d] == 0 && inner * dataset->size[d] <= most) {
        count[d] = dataset->size[d];
        inner *= dataset->size[d];
        d--;
    }
    count[d] = dataset->size[d] - start[d];
    if (count[d] > most / inner)
        count[d] = most / inner;
    *got = inner * count[d];
    return sunzi_datasets_read(file, dataset, kind, start, count, numbers);
}

/* ---- attributes ---- */

/* -1: there is none. */
static hid_t open_attribute(sunzi_datasets *file, const char *object,
                            const char *name)
{
    const char *from = *object ? object : ".";
    if (H5Aexists_by_name(file->id, from, name, H5P_DEFAULT) <= 0)
        return -1;
    return H5Aopen_by_name(file->id, from, name, H5P_DEFAULT, H5P_DEFAULT);
}

/* A text of fixed or variable length, in memory of its own; NULL: none. */
static char *read_text(hid_t id, hid_t type)
{
    if (H5Tis_variable_str(type) > 0) {
        char *stored = NULL, *copy = NULL;
        if (H5Aread(id, type, &stored) >= 0 && stored) {
            copy = strdup(stored);
            H5free_memory(stored);
        }
        return copy;
    }
    char *text = calloc(1, H5Tget_size(type) + 1);
    if (text && H5Aread(id, type, text) < 0) {
        free(text);
        text = NULL;
    }
    return text;
}

bool sunzi_datasets_text(sunzi_datasets *file, const char *object,
                         const char *name, char *text, size_t bytes)
{
    text[0] = '\0';
    const hid_t id = open_attribute(file, object, name);
    if (id < 0)
        return false;
    const hid_t type = H5Aget_type(id), space = H5Aget_space(id);
    char *stored = NULL;
    if (type >= 0 && H5Tget_class(type) == H5T_STRING &&
        H5Sget_simple_extent_npoints(space) == 1)
        stored = read_text(id, type);
    if (stored)
        snprintf(text, bytes, "%s", stored);
    if (space >= 0)
        H5Sclose(space);
    if (type >= 0)
        H5Tclose(type);
    H5Aclose(id);
    const bool found = stored != NULL;
    free(stored);
    return found;
}

int sunzi_datasets_numbers(sunzi_datasets *file, const char *object,
                           const char *name, double *numbers, int most)
{
    int count = 0;
    double *all = NULL;
    const hid_t id = open_attribute(file, object, name);
    if (id < 0)
        return 0;
    const hid_t type = H5Aget_type(id), space = H5Aget_space(id);
    const hssize_t there = H5Sget_simple_extent_npoints(space);
    const H5T_class_t kind = H5Tget_class(type);
    if ((kind == H5T_FLOAT || kind == H5T_INTEGER) && there > 0)
        all = calloc((size_t)there, sizeof *all);
    if (all && H5Aread(id, H5T_NATIVE_DOUBLE, all) >= 0) {
        count = (int)there;
        memcpy(numbers, all,
               sizeof *all * (size_t)(count < most ? count : most));
    }
    free(all);
    if (space >= 0)
        H5Sclose(space);
    if (type >= 0)
        H5Tclose(type);
    H5Aclose(id);
    return count;
}

/* The object that the first reference of a list leads to. */
static const sunzi_dataset *follow(sunzi_datasets *file, const hvl_t *list)
{
    char name[SUNZI_DATASET_NAME];
    if (list->len < 1)
        return NULL;
    const hid_t id =
        H5Rdereference2(file->id, H5P_DEFAULT, H5R_OBJECT, list->p);
    if (id < 0)
        return NULL;
    const ssize_t length = H5Iget_name(id, name, sizeof name);
    H5Oclose(id);
    return length > 1 ? sunzi_datasets_find(file, name + 1) : NULL;
}

const sunzi_dataset *sunzi_datasets_scale(sunzi_datasets *file,
                                          const sunzi_dataset *dataset, int d)
{
    hvl_t lists[SUNZI_DATASET_DIMS];
    const sunzi_dataset *scale = NULL;
    const hid_t id = open_attribute(file, dataset->path, "DIMENSION_LIST");
    if (id < 0)
        return NULL;
    const hid_t space = H5Aget_space(id);
    const hid_t type = H5Tvlen_create(H5T_STD_REF_OBJ);
    if (space >= 0 && type >= 0 &&
        H5Sget_simple_extent_npoints(space) == dataset->dims &&
        H5Aread(id, type, lists) >= 0) {
        scale = follow(file, &lists[d]);
        H5Dvlen_reclaim(type, space, H5P_DEFAULT, lists);
    }
    if (type >= 0)
        H5Tclose(type);
    if (space >= 0)
        H5Sclose(space);
    H5Aclose(id);
    return scale;
}
