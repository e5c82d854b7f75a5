/* SPDX-License-Identifier: BSD-3-Clause */
/* The end of a file that is written: all of its entries are there, the metadata
 * go to the disk and are read again, the file gets its name. */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "io/hdf5/file.h"

sunzi_status sunzi_hdf5_check_complete(const char *function,
                                       const sunzi_file *file)
{
    for (int i = 0; i < file->count; i++) {
        const sunzi_hdf5_array *a = &file->arrays[i];
        const int64_t entries = sunzi_array_entries(&a->shape);
        if (a->written != entries)
            return sunzi_fail(
                SUNZI_ERR_ARG,
                "%s: %lld of %lld entries of '%.80s' were written, allowed: "
                "all; the file %.160s is not kept",
                function, (long long)a->written, (long long)entries, a->name,
                file->path);
    }
    return SUNZI_OK;
}

/* Metadata of [at, at + bytes) to the disk. */
static sunzi_status write_metadata(sunzi_file *file, int64_t at, int64_t bytes)
{
    void *block;
    const sunzi_status status =
        sunzi_allocate((size_t)bytes, "metadata of a file", &block);
    if (status < 0)
        return status;
    sunzi_metadata_copy(&file->metadata, at, bytes, block);
    sunzi_hdf5_clear_heaps(block, bytes);
    const int error =
        sunzi_write_bytes(file->replacement.file, block, bytes, at);
    sunzi_release(block);
    return error ? sunzi_fail(SUNZI_ERR_FILE, "%.200s: cannot be written (%s)",
                              file->path, strerror(error))
                 : SUNZI_OK;
}

/* Rank 0: all that HDF5 has in memory, to the disk. */
static sunzi_status finish_metadata(sunzi_file *file)
{
    int64_t at = 0, bytes;
    sunzi_status status = SUNZI_OK;
    if (H5Fclose(file->id) < 0)
        status = sunzi_hdf5_fail(file, SUNZI_ERR_FILE, "cannot be closed");
    file->id = -1;
    if (status == SUNZI_OK)
        status = sunzi_replacement_reserve(&file->replacement,
                                           file->metadata.end_bytes);
    const int64_t front = sunzi_metadata_next(&file->metadata, &at);
    for (at = front; status == SUNZI_OK &&
                     (bytes = sunzi_metadata_next(&file->metadata, &at)) > 0;
         at += bytes)
        status = write_metadata(file, at, bytes);
    /* the superblock, over the record of a saved file, comes last */
    return status < 0 ? status : write_metadata(file, 0, front);
}

sunzi_status sunzi_hdf5_sync(const sunzi_file *file)
{
    return fsync(file->own) == 0
               ? SUNZI_OK
               : sunzi_fail(SUNZI_ERR_FILE,
                            "%.200s: cannot be brought to the disk (%s)",
                            file->path, strerror(errno));
}

/* The size that a superblock of version 2 says the file has: 8 bytes from the
 * 28th (HDF5 File Format Specification 3.0, II.A). */
static int64_t size_in_superblock(int descriptor)
{
    enum { VERSION_AT = 8, SIZE_AT = 28 };
    unsigned char head[SIZE_AT + 8] = {0};
    uint64_t size = 0;
    if (pread(descriptor, head, sizeof head, 0) != (ssize_t)sizeof head ||
        memcmp(head, "\x89HDF\r\n\x1a\n", VERSION_AT) != 0 ||
        head[VERSION_AT] != 2)
        return -1;
    for (int i = 7; i >= 0; i--)
        size = size << 8 | head[SIZE_AT + i];
    return (int64_t)size;
}

/* Rank 0 reads all metadata again (objects carry checksums), then the file gets
 * its name. */
static sunzi_status check_and_publish(sunzi_file *file)
{
    sunzi_replacement *r = &file->replacement;
    const sunzi_status status =
        sunzi_hdf5_check_metadata(file, r->temporary, file->count);
    return status < 0
               ? status
               : sunzi_replacement_publish(r, size_in_superblock(r->file));
}

sunzi_status sunzi_hdf5_finish_writing(sunzi_file *file)
{
    sunzi_status status;
    SUNZI_TRY(sunzi_comm_agree(
        file->comm, sunzi_hdf5_check_file("sunzi_file_close", file, true)));
    SUNZI_TRY(sunzi_comm_agree(
        file->comm, sunzi_hdf5_check_complete("sunzi_file_close", file)));
    file->closing = true;
    SUNZI_TRY(sunzi_hdf5_finish_grid(file));
    sunzi_hdf5_close_objects(file);
    if (file->id >= 0)
        status = finish_metadata(file);
    SUNZI_TRY(sunzi_hdf5_agree(file, status));
    SUNZI_TRY(sunzi_comm_agree(file->comm, sunzi_hdf5_sync(file)));
    if (sunzi_comm_rank(file->comm) == 0)
        status = check_and_publish(file);
    SUNZI_TRY(sunzi_comm_agree(file->comm, status));
done:
    if (status < 0)
        file->failed = true;
    return status;
}
