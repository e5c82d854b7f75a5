/* SPDX-License-Identifier: BSD-3-Clause */
/* Opening and closing HDF5 files on all processes of a communicator.
 *
 * The bytes must not depend on the number of processes: rank 0 alone makes
 * objects, nothing is aligned to anything of the process or the machine, the
 * version of the format is fixed, no times are stored.
 *
 * A file is written without parallel HDF5 and without MPI-IO, in which an error
 * on one process alone can leave the others waiting for ever: HDF5 on rank 0
 * keeps the metadata in memory (metadata.h), every process writes its part of
 * the arrays with system calls (write.c), rank 0 writes the metadata in the
 * end. So each error is known to the process that had it, and agreed upon.
 * Files are read with parallel HDF5. */
#define _DEFAULT_SOURCE
#include "io/hdf5/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sunzi/context.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/memory.h"
#include "mpi/handle.h"

enum {
    ALIGN_FROM_BYTES = 65536, /* arrays of this size begin on a page */
    ALIGN_BYTES = 4096
};

/* How files are accessed: those that are written through our memory, others by
 * MPI-IO, or by a process alone. */
static herr_t set_driver(hid_t list, sunzi_file *file)
{
    const MPI_Comm mpi = sunzi_comm_mpi(file->comm);
    if (file->writing)
        return sunzi_metadata_set_driver(list, &file->metadata);
    if (mpi == MPI_COMM_NULL)
        return 0;
    return H5Pset_fapl_mpio(list, mpi, MPI_INFO_NULL) < 0 ||
                   H5Pset_all_coll_metadata_ops(list, 1) < 0
               ? -1
               : 0;
}

static hid_t access_list(sunzi_file *file)
{
    const hid_t list = H5Pcreate(H5P_FILE_ACCESS);
    herr_t error = list < 0 ? -1 : set_driver(list, file);
    if (error >= 0)
        error = H5Pset_libver_bounds(list, H5F_LIBVER_V18, H5F_LIBVER_V18);
    if (error >= 0)
        error = H5Pset_fclose_degree(list, H5F_CLOSE_STRONG);
    if (error >= 0)
        error = H5Pset_alignment(list, ALIGN_FROM_BYTES, ALIGN_BYTES);
#if H5_VERSION_GE(1, 10, 7)
    /* the lock is that of the temporary, see io/replace.h */
    if (error >= 0)
        error = H5Pset_file_locking(list, 0, 1);
#endif
    if (error < 0 && list >= 0)
        H5Pclose(list);
    return error < 0 ? -1 : list;
}

static hid_t transfer_list(sunzi_comm *comm)
{
    const hid_t list = H5Pcreate(H5P_DATASET_XFER);
    if (list >= 0 && sunzi_comm_mpi(comm) != MPI_COMM_NULL &&
        H5Pset_dxpl_mpio(list, H5FD_MPIO_COLLECTIVE) < 0) {
        H5Pclose(list);
        return -1;
    }
    return list;
}

static void free_file(sunzi_file *file)
{
    sunzi_release(file->path);
    for (int i = 0; i < file->count; i++) {
        sunzi_release(file->arrays[i].name);
        sunzi_release(file->arrays[i].places);
    }
    sunzi_release(file->arrays);
    sunzi_hdf5_free_grid(file->grid);
    sunzi_release(file);
}

void sunzi_hdf5_close_objects(sunzi_file *file)
{
    for (int i = 0; i < file->count; i++) {
        if (file->arrays[i].id >= 0)
            H5Dclose(file->arrays[i].id);
        file->arrays[i].id = -1;
    }
    if (file->transfer >= 0)
        H5Pclose(file->transfer);
    file->transfer = -1;
}

/* Free a handle, and the temporary of a file that was to be written, unless
 * something failed after steps of it were saved. */
static void drop(sunzi_file **file)
{
    sunzi_file *f = *file;
    if (!f)
        return;
    if (f->saved && f->failed)
        sunzi_replacement_leave(&f->replacement);
    else
        sunzi_replacement_discard(&f->replacement);
    sunzi_hdf5_close_objects(f);
    if (f->id >= 0)
        H5Fclose(f->id);
    sunzi_metadata_free(&f->metadata);
    if (f->own >= 0)
        close(f->own);
    free_file(f);
    *file = NULL;
}

static sunzi_status new_file(sunzi_comm *comm, const char *path, bool writing,
                             sunzi_file **file)
{
    void *block = NULL, *copy;
    sunzi_status status = sunzi_allocate(sizeof **file, "file handle", &block);
    if (status == SUNZI_OK)
        status = sunzi_allocate(strlen(path) + 1, "name of a file", &copy);
    if (status < 0) {
        sunzi_release(block);
        return status;
    }
    *file = block;
    **file = (sunzi_file){.comm = comm,
                          .path = strcpy(copy, path),
                          .id = -1,
                          .transfer = -1,
                          .own = -1,
                          .writing = writing,
                          .replacement = {.file = -1}};
    return SUNZI_OK;
}

static sunzi_status check_path(const char *function, const char *path,
                               const void *file)
{
    if (!path || !*path || !file)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: %s, allowed: a path, and where the handle is to "
                          "be stored",
                          function,
                          !file   ? "file = NULL"
                          : !path ? "path = NULL"
                                  : "path is empty");
    return SUNZI_OK;
}

/* ---- creating ---- */

/* The name of the temporary from rank 0, in memory of this process. */
static sunzi_status share_temporary(sunzi_file *file, char **name)
{
    const char *mine = file->replacement.temporary;
    int64_t bytes = mine ? (int64_t)strlen(mine) + 1 : 0;
    void *copy = NULL;
    *name = NULL;
    sunzi_status status =
        sunzi_comm_broadcast(file->comm, 0, &bytes, sizeof bytes);
    if (status < 0)
        return status;
    status = sunzi_comm_agree(
        file->comm, sunzi_allocate((size_t)bytes, "name of a file", &copy));
    if (status == SUNZI_OK) {
        if (mine)
            memcpy(copy, mine, (size_t)bytes);
        status = sunzi_comm_broadcast(file->comm, 0, copy, (size_t)bytes);
    }
    if (status < 0) {
        sunzi_release(copy);
        return status;
    }
    *name = copy;
    return SUNZI_OK;
}

/* Every process writes, and syncs in the end, through a descriptor of its own:
 * it may be on another machine than rank 0. */
static sunzi_status open_shared(sunzi_file *file, const char *temporary)
{
    file->own = open(temporary, O_RDWR | O_CLOEXEC);
    if (file->own >= 0)
        return SUNZI_OK;
    return sunzi_fail(SUNZI_ERR_FILE,
                      "%.200s: this process cannot write the file that rank 0 "
                      "created (%s); give a folder that all nodes share",
                      file->path, strerror(errno));
}

static sunzi_status create_hdf5(sunzi_file *file, const char *temporary)
{
    const hid_t access_properties = access_list(file);
    const hid_t creation = sunzi_hdf5_group_list(H5P_FILE_CREATE);
    if (access_properties >= 0 && creation >= 0)
        file->id =
            H5Fcreate(temporary, H5F_ACC_TRUNC, creation, access_properties);
    const sunzi_status status =
        file->id < 0
            ? sunzi_hdf5_fail(file, SUNZI_ERR_FILE, "cannot be created")
            : SUNZI_OK;
    if (creation >= 0)
        H5Pclose(creation);
    if (access_properties >= 0)
        H5Pclose(access_properties);
    return status;
}

static sunzi_status open_for_writing(sunzi_file *file)
{
    char *temporary = NULL;
    sunzi_status status = SUNZI_OK;
    if (sunzi_comm_rank(file->comm) == 0)
        status =
            (file->saved ? sunzi_replacement_resume : sunzi_replacement_begin)(
                file->path, &file->replacement);
    if (status == SUNZI_OK && file->saved && file->replacement.file >= 0)
        status = sunzi_hdf5_check_record(file, file->kept_steps);
    SUNZI_TRY(sunzi_comm_agree(file->comm, status));
    SUNZI_TRY(share_temporary(file, &temporary));
    SUNZI_TRY(sunzi_comm_agree(file->comm, open_shared(file, temporary)));
    if (sunzi_comm_rank(file->comm) == 0)
        status = create_hdf5(file, temporary);
    SUNZI_TRY(sunzi_hdf5_agree(file, status));
done:
    sunzi_release(temporary);
    return status;
}

static sunzi_status describe_origin(sunzi_file *file,
                                    const sunzi_file_about *about)
{
    const char *const texts[][2] = {
        {"creator", about->creator ? about->creator : "Sunzi"},
        {"version", sunzi_version()},
        {"engine", about->engine},
        {"policy", about->policy},
        {"command_line", about->command_line},
        {"date", about->date},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const sunzi_status status =
            texts[i][1]
                ? sunzi_file_set_text(file, "", texts[i][0], texts[i][1])
                : SUNZI_OK;
        if (status < 0)
            return status;
    }
    return SUNZI_OK;
}

void sunzi_file_about_init(sunzi_file_about *about)
{
    *about = (sunzi_file_about){.creator = NULL};
}

/* kept_steps: to go on from; -1: a new file. */
static sunzi_status create(const char *function, sunzi_comm *comm,
                           const char *path, const sunzi_file_about *about,
                           int kept_steps, sunzi_file **file)
{
    const sunzi_hdf5_quiet quiet = sunzi_hdf5_quiet_begin();
    sunzi_file_about none;
    sunzi_file *made = NULL;
    sunzi_file_about_init(&none);
    sunzi_status status = sunzi_hdf5_agree_arguments(
        comm, function, check_path(function, path, file),
        sunzi_hash_number(sunzi_hash_text(0, path), kept_steps));
    if (status == SUNZI_OK)
        status = sunzi_comm_agree(comm, new_file(comm, path, true, &made));
    if (status == SUNZI_OK) {
        made->saved = kept_steps >= 0;
        made->kept_steps = kept_steps;
        status = open_for_writing(made);
    }
    if (status == SUNZI_OK)
        status = describe_origin(made, about ? about : &none);
    if (status < 0) {
        if (made)
            made->failed = true;
        drop(&made);
        sunzi_comm_barrier(comm); /* all see that it is gone */
    } else {
        *file = made;
    }
    sunzi_hdf5_quiet_end(quiet);
    return status;
}

sunzi_status sunzi_file_create(sunzi_comm *comm, const char *path,
                               const sunzi_file_about *about, sunzi_file **file)
{
    return create("sunzi_file_create", comm, path, about, -1, file);
}

sunzi_status sunzi_file_continue(sunzi_comm *comm, const char *path,
                                 const sunzi_file_about *about, int steps,
                                 sunzi_file **file)
{
    const char *function = "sunzi_file_continue";
    sunzi_status status = SUNZI_OK;
    if (steps < 1)
        status = sunzi_fail(SUNZI_ERR_ARG,
                            "%s: steps = %d, allowed: at least 1; without any "
                            "call sunzi_file_create",
                            function, steps);
    status = sunzi_comm_agree(comm, status);
    return status < 0 ? status
                      : create(function, comm, path, about, steps, file);
}

/* ---- opening ---- */

/* System calls say best why a file cannot be read. */
static sunzi_status check_readable(const char *path)
{
    struct stat info;
    const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0 || fstat(file, &info) != 0) {
        const int error = errno;
        if (file >= 0)
            close(file);
        return sunzi_fail(SUNZI_ERR_FILE,
                          "%.220s: cannot be opened (%s); give the path of a "
                          "readable file",
                          path, strerror(error));
    }
    close(file);
    if (!S_ISREG(info.st_mode))
        return sunzi_fail(
            SUNZI_ERR_FILE, "%.220s: is %s, allowed is a regular file", path,
            S_ISDIR(info.st_mode) ? "a directory" : "a device or a pipe");
    return SUNZI_OK;
}

static sunzi_status open_for_reading(sunzi_file *file)
{
    const hid_t access_properties = access_list(file);
    file->transfer = transfer_list(file->comm);
    if (access_properties >= 0 && file->transfer >= 0)
        file->id = H5Fopen(file->path, H5F_ACC_RDONLY, access_properties);
    const sunzi_status status =
        file->id < 0 ? sunzi_hdf5_fail(file, SUNZI_ERR_FORMAT,
                                       "is no HDF5 file, or truncated or "
                                       "damaged")
                     : SUNZI_OK;
    if (access_properties >= 0)
        H5Pclose(access_properties);
    return status;
}

sunzi_status sunzi_file_open(sunzi_comm *comm, const char *path,
                             sunzi_file **file)
{
    const char *function = "sunzi_file_open";
    const sunzi_hdf5_quiet quiet = sunzi_hdf5_quiet_begin();
    sunzi_file *made = NULL;
    sunzi_status status = sunzi_hdf5_agree_arguments(
        comm, function, check_path(function, path, file),
        sunzi_hash_text(0, path));
    if (status == SUNZI_OK)
        status = sunzi_comm_agree(comm, check_readable(path));
    if (status == SUNZI_OK)
        status = sunzi_comm_agree(comm, new_file(comm, path, false, &made));
    if (status == SUNZI_OK)
        status = sunzi_comm_agree(comm, open_for_reading(made));
    if (status < 0)
        drop(&made);
    else
        *file = made;
    sunzi_hdf5_quiet_end(quiet);
    return status;
}

/* ---- closing ---- */

void sunzi_file_discard(sunzi_file **file)
{
    if (!file || !*file)
        return;
    const sunzi_hdf5_quiet quiet = sunzi_hdf5_quiet_begin();
    sunzi_comm *comm = (*file)->writing ? (*file)->comm : NULL;
    drop(file);
    sunzi_comm_barrier(comm); /* all see that it is gone */
    sunzi_hdf5_quiet_end(quiet);
}

sunzi_status sunzi_file_close(sunzi_file **file)
{
    if (!file || !*file)
        return SUNZI_OK;
    const sunzi_hdf5_quiet quiet = sunzi_hdf5_quiet_begin();
    const sunzi_status status =
        (*file)->writing ? sunzi_hdf5_finish_writing(*file) : SUNZI_OK;
    sunzi_file_discard(file);
    sunzi_hdf5_quiet_end(quiet);
    return status;
}
