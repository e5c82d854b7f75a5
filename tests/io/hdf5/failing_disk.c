/* SPDX-License-Identifier: BSD-3-Clause */
/* The system's functions that write, defined once more: those of the program
 * come before those of the C library, also for the libraries that it uses. */
#define _GNU_SOURCE
#include "tests/io/hdf5/failing_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *watched;
static failing_disk_mode how;
static int failing_call, calls;

void failing_disk_set(const char *folder, failing_disk_mode mode, int k)
{
    watched = folder;
    how = mode;
    failing_call = k;
    calls = 0;
}

int failing_disk_calls(void)
{
    return calls;
}

static bool is_watched(int file)
{
    char link[64], path[512];
    if (!watched)
        return false;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    const ssize_t length = readlink(link, path, sizeof path - 1);
    return length >= (ssize_t)strlen(watched) &&
           strncmp(path, watched, strlen(watched)) == 0;
}

/* Counts a call: 0, or the errno that it fails with. *half: it is to write a
 * part only. */
static int fault(int file, bool *half)
{
    const int error = errno;
    const bool mine = is_watched(file);
    errno = error;
    *half = false;
    if (!mine)
        return 0;
    const int call = calls++;
    *half = how == FAILING_DISK_SHORT && call == failing_call;
    if (how == FAILING_DISK_ONCE && call == failing_call)
        return EIO;
    const bool full =
        how == FAILING_DISK_FROM_NOW || how == FAILING_DISK_UNRESERVED;
    return full && call >= failing_call ? ENOSPC : 0;
}

static size_t shortened(size_t bytes, bool half)
{
    return half && bytes > 1 ? bytes / 2 : bytes;
}

/* The libraries must see them: the project's own default is hidden. */
#pragma GCC visibility push(default)

ssize_t write(int file, const void *data, size_t bytes)
{
    bool half;
    errno = fault(file, &half);
    return errno ? -1 : syscall(SYS_write, file, data, shortened(bytes, half));
}

ssize_t pwrite(int file, const void *data, size_t bytes, off_t at)
{
    bool half;
    errno = fault(file, &half);
    return errno
               ? -1
               : syscall(SYS_pwrite64, file, data, shortened(bytes, half), at);
}

ssize_t pwrite64(int file, const void *data, size_t bytes, off64_t at)
{
    return pwrite(file, data, bytes, at);
}

ssize_t writev(int file, const struct iovec *pieces, int count)
{
    bool half;
    errno = fault(file, &half);
    return errno ? -1
                 : syscall(SYS_writev, file, pieces,
                           (int)shortened((size_t)count, half));
}

/* The system takes the place in two halves; on 64 bits the first is all. */
ssize_t pwritev(int file, const struct iovec *pieces, int count, off_t at)
{
    bool half;
    errno = fault(file, &half);
    return errno ? -1
                 : syscall(SYS_pwritev, file, pieces,
                           (int)shortened((size_t)count, half), at, 0L);
}

ssize_t pwritev64(int file, const struct iovec *pieces, int count, off64_t at)
{
    return pwritev(file, pieces, count, at);
}

int fallocate(int file, int mode, off_t at, off_t bytes)
{
    bool half;
    errno = fault(file, &half);
    if (how == FAILING_DISK_UNRESERVED)
        errno = EOPNOTSUPP;
    return errno ? -1 : (int)syscall(SYS_fallocate, file, mode, at, bytes);
}

int fallocate64(int file, int mode, off64_t at, off64_t bytes)
{
    return fallocate(file, mode, at, bytes);
}

int ftruncate(int file, off_t bytes)
{
    bool half;
    errno = fault(file, &half);
    return errno ? -1 : (int)syscall(SYS_ftruncate, file, bytes);
}

int ftruncate64(int file, off64_t bytes)
{
    return ftruncate(file, bytes);
}

int fsync(int file)
{
    bool half;
    errno = fault(file, &half);
    return errno ? -1 : (int)syscall(SYS_fsync, file);
}

int fdatasync(int file)
{
    bool half;
    errno = fault(file, &half);
    return errno ? -1 : (int)syscall(SYS_fdatasync, file);
}

#pragma GCC visibility pop
