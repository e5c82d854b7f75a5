/* SPDX-License-Identifier: BSD-3-Clause */
/* What all functions on HDF5 files share: silence, sentences, agreement, number
 * types. */
#include <stdio.h>
#include <string.h>

#include "io/hdf5/file.h"

enum {
    REASON = 160,
    PATH = 160,
    IN_HEADER = 65535,   /* the most that HDF5 allows */
    OBJECT_BYTES = 16384 /* metadata of one object, at most */
};

sunzi_hdf5_quiet sunzi_hdf5_quiet_begin(void)
{
    sunzi_hdf5_quiet saved = {NULL, NULL};
    H5Eget_auto2(H5E_DEFAULT, &saved.print, &saved.data);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    return saved;
}

void sunzi_hdf5_quiet_end(sunzi_hdf5_quiet saved)
{
    H5Eset_auto2(H5E_DEFAULT, saved.print, saved.data);
}

/* The innermost error comes first and says most. */
static herr_t take_reason(unsigned n, const H5E_error2_t *error, void *text)
{
    if (n == 0)
        snprintf(text, REASON, "%s", error->desc ? error->desc : "");
    return 0;
}

sunzi_status sunzi_hdf5_fail(const sunzi_file *file, sunzi_status status,
                             const char *what)
{
    char reason[REASON] = "";
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_reason, reason);
    return sunzi_fail(status, "%.*s: %s (HDF5: %s)", PATH, file->path, what,
                      reason[0] ? reason : "no reason given");
}

/* FNV-1a, 64 bits. */
uint64_t sunzi_hash_bytes(uint64_t hash, const void *data, size_t bytes)
{
    const unsigned char *at = data;
    for (size_t i = 0; i < bytes; i++)
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
    return hash ^ UINT64_C(0xcbf29ce484222325);
}

uint64_t sunzi_hash_text(uint64_t hash, const char *text)
{
    return text ? sunzi_hash_bytes(hash, text, strlen(text) + 1)
                : sunzi_hash_number(hash, -1);
}

uint64_t sunzi_hash_number(uint64_t hash, int64_t number)
{
    return sunzi_hash_bytes(hash, &number, sizeof number);
}

sunzi_status sunzi_hdf5_agree_arguments(sunzi_comm *comm, const char *function,
                                        sunzi_status mine, uint64_t hash)
{
    const int64_t short_hash = (int64_t)(hash >> 2);
    int64_t ends[2] = {short_hash, -short_hash};
    sunzi_status status = sunzi_comm_agree(comm, mine);
    if (status < 0)
        return status;
    status = sunzi_comm_reduce(comm, SUNZI_REDUCE_MIN, ends, 2);
    if (status == SUNZI_OK && ends[0] != -ends[1])
        status = sunzi_fail(SUNZI_ERR_ARG,
                            "%s: the arguments differ between the processes, "
                            "allowed: the same on all (but for blocks and "
                            "data); pass the same name, type and size "
                            "everywhere",
                            function);
    return status;
}

sunzi_status sunzi_hdf5_agree(sunzi_file *file, sunzi_status mine)
{
    if (file->metadata.lost) /* whatever HDF5 said then */
        mine = sunzi_fail(SUNZI_ERR_NOMEM,
                          "%.*s: no memory for its metadata, of which there "
                          "are %lld pages",
                          PATH, file->path, (long long)file->metadata.count);
    const sunzi_status status = sunzi_comm_agree(file->comm, mine);
    if (status < 0)
        file->failed = true;
    return status;
}

sunzi_status sunzi_hdf5_check_file(const char *function, const sunzi_file *file,
                                   bool writing)
{
    if (file->writing != writing)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: %.*s is open for %s; open it with "
                          "sunzi_file_%s",
                          function, PATH, file->path,
                          writing ? "reading" : "writing",
                          writing ? "create" : "open");
    if (file->failed)
        return sunzi_fail(SUNZI_ERR_FILE,
                          "%s: an earlier call on %.*s failed and the file "
                          "will not be kept; close it and start again",
                          function, PATH, file->path);
    return SUNZI_OK;
}

sunzi_status sunzi_hdf5_no_file(const char *function)
{
    return sunzi_fail(SUNZI_ERR_ARG,
                      "%s: file = NULL, allowed: a file from "
                      "sunzi_file_create or sunzi_file_open",
                      function);
}

sunzi_status sunzi_hdf5_reserve(sunzi_file *file, int64_t bytes)
{
    sunzi_status mine = SUNZI_OK;
    if (file->id >= 0)
        mine = sunzi_replacement_reserve(&file->replacement,
                                         file->metadata.end_bytes + bytes +
                                             OBJECT_BYTES);
    return sunzi_hdf5_agree(file, mine);
}

size_t sunzi_file_type_bytes(sunzi_file_type type)
{
    switch (type) {
    case SUNZI_FILE_FP64:
    case SUNZI_FILE_INT64:
        return 8;
    case SUNZI_FILE_FP32:
    case SUNZI_FILE_INT32:
        return 4;
    case SUNZI_FILE_UINT8:
        return 1;
    }
    return 0;
}

hid_t sunzi_hdf5_type(sunzi_file_type type)
{
    switch (type) {
    case SUNZI_FILE_FP64:
        return H5T_IEEE_F64LE;
    case SUNZI_FILE_FP32:
        return H5T_IEEE_F32LE;
    case SUNZI_FILE_INT32:
        return H5T_STD_I32LE;
    case SUNZI_FILE_INT64:
        return H5T_STD_I64LE;
    case SUNZI_FILE_UINT8:
        return H5T_STD_U8LE;
    }
    return -1;
}

hid_t sunzi_hdf5_memory_type(sunzi_file_type type)
{
    switch (type) {
    case SUNZI_FILE_FP64:
        return H5T_NATIVE_DOUBLE;
    case SUNZI_FILE_FP32:
        return H5T_NATIVE_FLOAT;
    case SUNZI_FILE_INT32:
        return H5T_NATIVE_INT32;
    case SUNZI_FILE_INT64:
        return H5T_NATIVE_INT64;
    case SUNZI_FILE_UINT8:
        return H5T_NATIVE_UINT8;
    }
    return -1;
}

hid_t sunzi_hdf5_creation_list(hid_t list_class)
{
    const hid_t list = H5Pcreate(list_class);
    if (list >= 0 && (H5Pset_obj_track_times(list, 0) < 0 ||
                      H5Pset_attr_phase_change(list, IN_HEADER, 0) < 0)) {
        H5Pclose(list);
        return -1;
    }
    return list;
}

hid_t sunzi_hdf5_group_list(hid_t list_class)
{
    const hid_t list = sunzi_hdf5_creation_list(list_class);
    if (list >= 0 &&
        (H5Pset_link_phase_change(list, IN_HEADER, 0) < 0 ||
         H5Pset_link_creation_order(list, H5P_CRT_ORDER_TRACKED |
                                              H5P_CRT_ORDER_INDEXED) < 0)) {
        H5Pclose(list);
        return -1;
    }
    return list;
}
