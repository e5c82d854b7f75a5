/* SPDX-License-Identifier: BSD-3-Clause */
/* A disk that fails: a program that is linked with failing_disk.c goes through
 * it in all that it, and the libraries below it, write into one folder. */
#ifndef TESTS_IO_HDF5_FAILING_DISK_H
#define TESTS_IO_HDF5_FAILING_DISK_H

typedef enum failing_disk_mode {
    FAILING_DISK_NEVER,
    FAILING_DISK_ONCE,       /* call k alone returns EIO */
    FAILING_DISK_FROM_NOW,   /* ENOSPC from call k on */
    FAILING_DISK_UNRESERVED, /* the same, and the disk knows no fallocate */
    FAILING_DISK_SHORT       /* call k, if it writes, does half of it */
} failing_disk_mode;

/* Count the calls of this process on files under `folder` from 0 on, and let
 * call number k fail. Calls: write, pwrite, writev, pwritev, fallocate,
 * ftruncate, fsync, fdatasync. */
void failing_disk_set(const char *folder, failing_disk_mode mode, int k);

/* Calls since then. */
int failing_disk_calls(void);

#endif
