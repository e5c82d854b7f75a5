/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "tests/io/hdf5/folder.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/communicator.h"

static char folder[FOLDER_PATH / 2];

void folder_make(sunzi_comm *comm)
{
    const char *parent = getenv("TMPDIR");
    if (sunzi_comm_rank(comm) == 0) {
        snprintf(folder, sizeof folder, "%.200s/sunzi_test_XXXXXX",
                 parent ? parent : "/tmp");
        if (!mkdtemp(folder))
            abort();
    }
    sunzi_comm_broadcast(comm, 0, folder, sizeof folder);
}

const char *folder_path(const char *name)
{
    static char paths[4][FOLDER_PATH];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, FOLDER_PATH, "%s/%.200s", folder, name);
    return path;
}

static int64_t each_file(int removing)
{
    DIR *d = opendir(folder);
    int64_t count = 0;
    for (struct dirent *e; d && (e = readdir(d));) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
            continue;
        count++;
        if (removing && unlink(folder_path(e->d_name)) != 0)
            rmdir(folder_path(e->d_name));
    }
    if (d)
        closedir(d);
    return count;
}

void folder_remove(sunzi_comm *comm)
{
    sunzi_comm_barrier(comm);
    if (sunzi_comm_rank(comm) == 0) {
        each_file(1);
        rmdir(folder);
    }
    sunzi_comm_barrier(comm);
}

int folder_count(sunzi_comm *comm)
{
    int64_t count = 0;
    sunzi_comm_barrier(comm);
    if (sunzi_comm_rank(comm) == 0)
        count = each_file(0);
    sunzi_comm_broadcast(comm, 0, &count, sizeof count);
    return (int)count;
}

void folder_truncate(sunzi_comm *comm, const char *name, long bytes)
{
    sunzi_comm_barrier(comm);
    if (sunzi_comm_rank(comm) == 0 && truncate(folder_path(name), bytes) != 0)
        abort();
    sunzi_comm_barrier(comm);
}

void folder_flip(sunzi_comm *comm, const char *name, long at)
{
    sunzi_comm_barrier(comm);
    if (sunzi_comm_rank(comm) == 0) {
        FILE *f = fopen(folder_path(name), "r+b");
        if (!f || fseek(f, at, at < 0 ? SEEK_END : SEEK_SET) != 0)
            abort();
        const int byte = fgetc(f);
        fseek(f, -1, SEEK_CUR);
        fputc(byte ^ 0x10, f);
        fclose(f);
    }
    sunzi_comm_barrier(comm);
}

long folder_size(sunzi_comm *comm, const char *name)
{
    struct stat info;
    int64_t size = -1;
    sunzi_comm_barrier(comm);
    if (sunzi_comm_rank(comm) == 0 && stat(folder_path(name), &info) == 0)
        size = info.st_size;
    sunzi_comm_broadcast(comm, 0, &size, sizeof size);
    return (long)size;
}
