/* SPDX-License-Identifier: BSD-3-Clause */
/* Files that appear whole: a temporary name, a lock, reserved space, rename. */
#define _GNU_SOURCE
#include "io/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/memory.h"

enum { LOCK_TRIES = 100 };

static sunzi_status fail_system(const char *path, const char *what, int error)
{
    return sunzi_fail(SUNZI_ERR_FILE,
                      "%.220s: %s (%s), nothing was written; give a path in a "
                      "writable folder with free space",
                      path, what, strerror(error));
}

static sunzi_status copy_name(const char *path, const char *suffix, char **copy)
{
    void *block;
    const size_t bytes = strlen(path) + strlen(suffix) + 1;
    const sunzi_status status = sunzi_allocate(bytes, "name of a file", &block);
    if (status < 0)
        return status;
    snprintf(block, bytes, "%s%s", path, suffix);
    *copy = block;
    return SUNZI_OK;
}

/* rename would replace a symbolic link, or a device such as /dev/null, and not
 * what it stands for. */
static sunzi_status find_target(const char *path, char **target)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        if (errno != ENOENT)
            return fail_system(path, "cannot be written", errno);
        return copy_name(path, "", target);
    }
    if (!S_ISREG(info.st_mode))
        return sunzi_fail(
            SUNZI_ERR_FILE,
            "%.220s: is %s, allowed is a regular file or a new "
            "name; nothing was written",
            path, S_ISDIR(info.st_mode) ? "a directory" : "a device or a pipe");
    char *real = realpath(path, NULL);
    if (!real)
        return fail_system(path, "cannot be resolved", errno);
    const sunzi_status status = copy_name(real, "", target);
    free(real);
    return status;
}

/* Whether the name still leads to the open file: its writer may have renamed or
 * removed it between our open and our lock. */
static bool is_named(int file, const char *name)
{
    struct stat open_one, named_one;
    return fstat(file, &open_one) == 0 && stat(name, &named_one) == 0 &&
           open_one.st_ino == named_one.st_ino &&
           open_one.st_dev == named_one.st_dev;
}

/* Open and lock; -1: errno says why, EWOULDBLOCK: a living writer. */
static int open_locked(const char *name, int flags)
{
    for (int i = 0; i < LOCK_TRIES; i++) {
        const int file = open(name, flags | O_RDWR | O_CLOEXEC, 0666);
        if (file < 0)
            return -1;
        /* a file system without locks does without */
        if (flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
            close(file);
            errno = EWOULDBLOCK;
            return -1;
        }
        if (is_named(file, name))
            return file;
        close(file);
    }
    errno = EWOULDBLOCK;
    return -1;
}

static sunzi_status open_temporary(const char *path, int flags,
                                   sunzi_replacement *r)
{
    sunzi_status status;
    *r = (sunzi_replacement){.file = -1};
    SUNZI_TRY(find_target(path, &r->target));
    SUNZI_TRY(copy_name(r->target, SUNZI_PARTIAL, &r->temporary));
    r->file = open_locked(r->temporary, flags);
    if (r->file < 0 && errno == EWOULDBLOCK)
        status = sunzi_fail(SUNZI_ERR_FILE,
                            "%.220s: another process is writing this file; "
                            "wait for it, or give another name",
                            path);
    else if (r->file < 0)
        status = fail_system(r->temporary,
                             flags ? "cannot be created" : "cannot be opened",
                             errno);
done:
    return status;
}

sunzi_status sunzi_replacement_check(const char *path)
{
    char *target = NULL;
    struct stat info;
    sunzi_status status;
    SUNZI_TRY(find_target(path, &target));
    const char *folder = dirname(target); /* cuts target */
    if (stat(folder, &info) != 0)
        status = fail_system(path, "cannot be written", errno);
    else if (!S_ISDIR(info.st_mode))
        status = fail_system(path, "cannot be written", ENOTDIR);
    else if (access(folder, W_OK | X_OK) != 0)
        status = fail_system(path, "cannot be written", errno);
done:
    sunzi_release(target);
    return status;
}

sunzi_status sunzi_replacement_begin(const char *path, sunzi_replacement *r)
{
    sunzi_status status = open_temporary(path, O_CREAT, r);
    if (status == SUNZI_OK && ftruncate(r->file, 0) != 0)
        status = fail_system(path, "cannot be emptied", errno);
    if (status < 0)
        sunzi_replacement_discard(r);
    return status;
}

sunzi_status sunzi_replacement_resume(const char *path, sunzi_replacement *r)
{
    struct stat info;
    sunzi_status status = open_temporary(path, 0, r);
    if (status == SUNZI_OK && fstat(r->file, &info) != 0)
        status = fail_system(path, "cannot be looked at", errno);
    if (status == SUNZI_OK)
        r->reserved_bytes = info.st_size;
    else
        sunzi_replacement_leave(r);
    return status;
}

/* Where space cannot be reserved it is at least looked for. */
static int look_for_space(const sunzi_replacement *r, int64_t bytes)
{
    struct statvfs fs;
    if (fstatvfs(r->file, &fs) != 0)
        return 0;
    const double free_bytes = (double)fs.f_bavail * (double)fs.f_frsize;
    return (double)(bytes - r->reserved_bytes) > free_bytes ? ENOSPC : 0;
}

/* 0 or an errno. */
static int reserve(const sunzi_replacement *r, int64_t bytes)
{
    struct rlimit limit;
    int error;
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 &&
        limit.rlim_cur != RLIM_INFINITY && (rlim_t)bytes > limit.rlim_cur)
        return EFBIG;
    do
        error = fallocate(r->file, 0, r->reserved_bytes,
                          bytes - r->reserved_bytes) == 0
                    ? 0
                    : errno;
    while (error == EINTR);
    if (error != EOPNOTSUPP && error != ENOSYS)
        return error;
    error = look_for_space(r, bytes);
    return error == 0 && ftruncate(r->file, bytes) != 0 ? errno : error;
}

sunzi_status sunzi_replacement_reserve(sunzi_replacement *r, int64_t bytes)
{
    char what[64];
    if (bytes <= r->reserved_bytes)
        return SUNZI_OK;
    const int error = reserve(r, bytes);
    if (error) {
        snprintf(what, sizeof what, "no room for %lld bytes", (long long)bytes);
        return fail_system(r->target, what, error);
    }
    r->reserved_bytes = bytes;
    return SUNZI_OK;
}

static sunzi_status sync_folder(const char *path)
{
    char *copy;
    int error = 0;
    const sunzi_status status = copy_name(path, "", &copy);
    if (status < 0)
        return status;
    const int folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0 || fsync(folder) != 0)
        error = errno;
    if (folder >= 0)
        close(folder);
    sunzi_release(copy);
    /* some file systems cannot, and folders may be writable only */
    if (error == 0 || error == EINVAL || error == EACCES)
        return SUNZI_OK;
    return sunzi_fail(
        SUNZI_ERR_FILE,
        "%.220s: was written, but its folder could not be "
        "brought to the disk (%s); look whether the file is there",
        path, strerror(error));
}

sunzi_status sunzi_replacement_publish(sunzi_replacement *r, int64_t bytes)
{
    struct stat info = {0};
    sunzi_status status = SUNZI_OK;
    if (fstat(r->file, &info) != 0)
        status = fail_system(r->target, "cannot be looked at", errno);
    else if (bytes < 0 || info.st_size < bytes)
        status =
            sunzi_fail(SUNZI_ERR_FILE,
                       "%.220s: has %lld bytes on the disk instead of "
                       "%lld, a part was lost without an error; nothing "
                       "was written",
                       r->target, (long long)info.st_size, (long long)bytes);
    else if (ftruncate(r->file, bytes) != 0 || fsync(r->file) != 0)
        status = fail_system(r->target, "cannot be brought to the disk", errno);
    else if (rename(r->temporary, r->target) != 0)
        status = fail_system(r->target, "cannot be put in its place", errno);
    if (status == SUNZI_OK) {
        status = sync_folder(r->target);
        sunzi_release(r->temporary); /* the name is gone */
        r->temporary = NULL;
    }
    sunzi_replacement_discard(r);
    return status;
}

void sunzi_replacement_discard(sunzi_replacement *r)
{
    if (r->file >= 0) {
        if (r->temporary) {
            unlink(r->temporary);
            /* others may still have it open: free its space now */
            if (ftruncate(r->file, 0) != 0)
                errno = 0;
        }
    }
    sunzi_replacement_leave(r);
}

void sunzi_replacement_leave(sunzi_replacement *r)
{
    if (r->file >= 0)
        close(r->file);
    sunzi_release(r->target);
    sunzi_release(r->temporary);
    *r = (sunzi_replacement){.file = -1};
}

void sunzi_replacement_clean(const char *temporary)
{
    const int file = open_locked(temporary, 0);
    if (file < 0)
        return;
    unlink(temporary);
    close(file);
}
