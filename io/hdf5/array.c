/* SPDX-License-Identifier: BSD-3-Clause */
/* Names in HDF5 files, and the definition of arrays.
 *
 * Storage is contiguous, its place is taken when the array is defined and never
 * filled beforehand, so that the bytes of a file do not depend on who writes
 * what and when. */
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "io/hdf5/file.h"

enum { NAME = 80, NAME_BYTES = 256, FIRST_ROOM = 8 };

/* ---- names and groups ---- */

sunzi_status sunzi_hdf5_check_name(const char *function, const char *name)
{
    const char *wrong = NULL;
    if (!name || !*name)
        wrong = "is empty";
    else if (strlen(name) >= NAME_BYTES)
        wrong = "is too long";
    else if (name[0] == '/' || name[strlen(name) - 1] == '/' ||
             strstr(name, "//"))
        wrong = "has an empty part";
    else if (name[0] == '.' || strstr(name, "/."))
        wrong = "has a part that begins with a dot";
    if (!wrong)
        return SUNZI_OK;
    return sunzi_fail(SUNZI_ERR_ARG,
                      "%s: the name '%.*s' %s, allowed: up to %d bytes, groups "
                      "and name separated by '/'",
                      function, NAME, name ? name : "", wrong, NAME_BYTES - 1);
}

/* The part of name that ends at its k-th slash, or all of it; false: no more.
 */
static bool group_of(const char *name, int k, char *group)
{
    const char *slash = name;
    for (int i = 0; i <= k; i++) {
        slash = strchr(slash + (i > 0), '/');
        if (!slash)
            return false;
    }
    snprintf(group, NAME_BYTES, "%.*s", (int)(slash - name), name);
    return true;
}

bool sunzi_hdf5_exists(const sunzi_file *file, const char *name)
{
    char group[NAME_BYTES];
    for (int k = 0; group_of(name, k, group); k++)
        if (H5Lexists(file->id, group, H5P_DEFAULT) <= 0)
            return false;
    return H5Lexists(file->id, name, H5P_DEFAULT) > 0;
}

static sunzi_status make_group(sunzi_file *file, const char *group)
{
    const hid_t list = sunzi_hdf5_group_list(H5P_GROUP_CREATE);
    hid_t id = -1;
    if (list >= 0)
        id = H5Gcreate2(file->id, group, H5P_DEFAULT, list, H5P_DEFAULT);
    const sunzi_status status =
        id < 0 ? sunzi_hdf5_fail(file, SUNZI_ERR_FILE, "no group can be made")
               : SUNZI_OK;
    if (id >= 0)
        H5Gclose(id);
    if (list >= 0)
        H5Pclose(list);
    return status;
}

/* On rank 0: the groups of "a/b/name", or all of "a/b/". */
static sunzi_status make_groups(sunzi_file *file, const char *name)
{
    char group[NAME_BYTES];
    for (int k = 0; group_of(name, k, group); k++) {
        if (H5Lexists(file->id, group, H5P_DEFAULT) > 0)
            continue;
        const sunzi_status status = make_group(file, group);
        if (status < 0)
            return status;
    }
    return SUNZI_OK;
}

sunzi_status sunzi_hdf5_make_groups(sunzi_file *file, const char *name)
{
    const sunzi_status status = sunzi_hdf5_reserve(file, 0);
    if (status < 0)
        return status;
    return sunzi_hdf5_agree(file,
                            file->id >= 0 ? make_groups(file, name) : SUNZI_OK);
}

sunzi_hdf5_array *sunzi_hdf5_find(sunzi_file *file, const char *name)
{
    for (int i = 0; i < file->count; i++)
        if (strcmp(file->arrays[i].name, name) == 0)
            return &file->arrays[i];
    return NULL;
}

sunzi_status sunzi_hdf5_no_array(const char *function, const sunzi_file *file,
                                 const char *name)
{
    return sunzi_fail(
        SUNZI_ERR_ARG, "%s: there is no array '%.*s' in %.160s; %s", function,
        NAME, name, file->path,
        file->writing ? "define it first" : "h5ls -r lists what is there");
}

/* ---- defining ---- */

static sunzi_status check_definition(sunzi_file *file, const char *name,
                                     sunzi_file_type type, int dims,
                                     const int64_t *size)
{
    const char *function = "sunzi_file_define";
    size_t bytes = sunzi_file_type_bytes(type);
    sunzi_status status;
    SUNZI_TRY(sunzi_hdf5_check_file(function, file, true));
    SUNZI_TRY(sunzi_hdf5_check_begun(function, file));
    SUNZI_TRY(sunzi_hdf5_check_name(function, name));
    if (bytes == 0)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: type = %d, allowed: SUNZI_FILE_FP64 and the "
                          "others of sunzi_file_type",
                          function, (int)type);
    if (dims < 1 || dims > SUNZI_FILE_DIMS || !size)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: dims = %d, size %s, allowed: 1 to %d "
                          "dimensions and their sizes",
                          function, dims, size ? "given" : "= NULL",
                          SUNZI_FILE_DIMS);
    for (int d = 0; d < dims; d++) {
        if (size[d] < 1)
            return sunzi_fail(SUNZI_ERR_ARG,
                              "%s: size[%d] = %lld, allowed: at least 1",
                              function, d, (long long)size[d]);
        bytes = sunzi_size_product(bytes, (size_t)size[d], 1);
        if (bytes > INT64_MAX / 2)
            return sunzi_fail(SUNZI_ERR_ARG,
                              "%s: '%.*s' has more than 2^62 bytes", function,
                              NAME, name);
    }
done:
    return status;
}

static uint64_t definition_hash(const char *name, sunzi_file_type type,
                                int dims, const int64_t *size)
{
    uint64_t hash = sunzi_hash_text(0, name);
    hash = sunzi_hash_number(hash, type);
    hash = sunzi_hash_number(hash, dims);
    for (int d = 0; d < dims; d++)
        hash = sunzi_hash_number(hash, size[d]);
    return hash;
}

/* Rank 0 knows, the others agree. */
static sunzi_status check_new(const sunzi_file *file, const char *name)
{
    if (file->id < 0 || !sunzi_hdf5_exists(file, name))
        return SUNZI_OK;
    return sunzi_fail(SUNZI_ERR_ARG,
                      "sunzi_file_define: '%.*s' is there already; give "
                      "another name",
                      NAME, name);
}

/* Room for one more array, its name copied into it. */
static sunzi_status add_entry(sunzi_file *file, const char *name)
{
    void *block, *copy;
    sunzi_status status;
    if (file->count == file->room) {
        const int room = file->room ? 2 * file->room : FIRST_ROOM;
        SUNZI_TRY(sunzi_allocate((size_t)room * sizeof *file->arrays,
                                 "arrays of a file", &block));
        if (file->count)
            memcpy(block, file->arrays,
                   (size_t)file->count * sizeof *file->arrays);
        sunzi_release(file->arrays);
        file->arrays = block;
        file->room = room;
    }
    SUNZI_TRY(sunzi_allocate(strlen(name) + 1, "name of an array", &copy));
    file->arrays[file->count] =
        (sunzi_hdf5_array){.name = strcpy(copy, name), .id = -1};
    file->count++;
done:
    return status;
}

static herr_t set_layout(hid_t list, const sunzi_hdf5_array *a)
{
    hsize_t chunk[SUNZI_FILE_DIMS];
    if (!a->chunks)
        return H5Pset_layout(list, H5D_CONTIGUOUS);
    for (int d = 0; d < a->shape.dims; d++)
        chunk[d] = d == 0   ? 1
                   : d == 1 ? (hsize_t)a->slices
                            : (hsize_t)a->shape.size[d];
    return H5Pset_chunk(list, a->shape.dims, chunk);
}

static hid_t array_creation_list(const sunzi_hdf5_array *a)
{
    const hid_t list = sunzi_hdf5_creation_list(H5P_DATASET_CREATE);
    if (list >= 0 && (set_layout(list, a) < 0 ||
                      H5Pset_alloc_time(list, H5D_ALLOC_TIME_EARLY) < 0 ||
                      H5Pset_fill_time(list, H5D_FILL_TIME_NEVER) < 0)) {
        H5Pclose(list);
        return -1;
    }
    return list;
}

/* On rank 0. */
static sunzi_status make_array(sunzi_file *file, sunzi_hdf5_array *a)
{
    hsize_t size[SUNZI_FILE_DIMS], most[SUNZI_FILE_DIMS];
    hid_t space = -1, list = -1;
    sunzi_status status;
    SUNZI_TRY(make_groups(file, a->name));
    for (int d = 0; d < a->shape.dims; d++)
        size[d] = most[d] = (hsize_t)a->shape.size[d];
    if (a->chunks)
        most[0] = H5S_UNLIMITED;
    space = H5Screate_simple(a->shape.dims, size, most);
    list = array_creation_list(a);
    if (space >= 0 && list >= 0)
        a->id = H5Dcreate2(file->id, a->name, sunzi_hdf5_type(a->shape.type),
                           space, H5P_DEFAULT, list, H5P_DEFAULT);
    if (a->id < 0)
        status =
            sunzi_hdf5_fail(file, SUNZI_ERR_FILE, "an array cannot be defined");
done:
    if (list >= 0)
        H5Pclose(list);
    if (space >= 0)
        H5Sclose(space);
    return status;
}

/* Collective. The place that HDF5 took for the array on rank 0. */
static sunzi_status share_place(sunzi_file *file, sunzi_hdf5_array *a)
{
    sunzi_status status = SUNZI_OK;
    if (a->id >= 0) {
        a->place = (int64_t)H5Dget_offset(a->id);
        if (a->place < 0) /* HADDR_UNDEF */
            status = sunzi_hdf5_fail(file, SUNZI_ERR_INTERNAL,
                                     "an array has no place");
    }
    status = sunzi_hdf5_agree(file, status);
    if (status == SUNZI_OK)
        status =
            sunzi_comm_broadcast(file->comm, 0, &a->place, sizeof a->place);
    return status;
}

/* Collective. Arguments that are good, and agreed upon. */
static sunzi_status define(const char *function, sunzi_file *file,
                           const char *name, const sunzi_file_array *shape,
                           bool growing)
{
    sunzi_status status = sunzi_comm_agree(file->comm, check_new(file, name));
    if (status < 0)
        return status; /* nothing was done: the file is as before */
    SUNZI_TRY(sunzi_hdf5_agree(file, add_entry(file, name)));
    sunzi_hdf5_array *a = &file->arrays[file->count - 1];
    a->shape = *shape;
    if (growing)
        SUNZI_TRY(sunzi_hdf5_agree(file, sunzi_hdf5_set_chunks(function, a)));
    SUNZI_TRY(sunzi_hdf5_reserve(
        file, sunzi_array_entries(shape) *
                  (int64_t)sunzi_file_type_bytes(shape->type)));
    SUNZI_TRY(
        sunzi_hdf5_agree(file, file->id >= 0 ? make_array(file, a) : SUNZI_OK));
    if (!growing)
        status = share_place(file, a);
done:
    return status;
}

sunzi_status sunzi_hdf5_define_growing(sunzi_file *file, const char *name,
                                       sunzi_file_type type, int dims,
                                       const int64_t *size)
{
    const sunzi_hdf5_quiet quiet = sunzi_hdf5_quiet_begin();
    const char *function = "sunzi_file_define_field";
    sunzi_file_array shape = {.type = type, .dims = dims};
    memcpy(shape.size, size, (size_t)dims * sizeof *size);
    shape.size[0] = 1;
    sunzi_status status = sunzi_comm_agree(
        file->comm, check_definition(file, name, type, dims, shape.size));
    shape.size[0] = 0;
    if (status == SUNZI_OK)
        status = define(function, file, name, &shape, true);
    sunzi_hdf5_quiet_end(quiet);
    return status;
}

sunzi_status sunzi_file_define(sunzi_file *file, const char *name,
                               sunzi_file_type type, int dims,
                               const int64_t *size)
{
    const char *function = "sunzi_file_define";
    if (!file)
        return sunzi_hdf5_no_file(function);
    const sunzi_hdf5_quiet quiet = sunzi_hdf5_quiet_begin();
    sunzi_status status = check_definition(file, name, type, dims, size);
    status = sunzi_hdf5_agree_arguments(
        file->comm, function, status,
        status < 0 ? 0 : definition_hash(name, type, dims, size));
    if (status == SUNZI_OK) {
        sunzi_file_array shape = {.type = type, .dims = dims};
        memcpy(shape.size, size, (size_t)dims * sizeof *size);
        status = define(function, file, name, &shape, false);
    }
    sunzi_hdf5_quiet_end(quiet);
    return status;
}
