/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "io/new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/memory.h"
#include "io/text.h"

enum { NAME_TRIES = 100, SUFFIX_BYTES = 48 };

static sunzi_status fail_write(const char *path, const char *what)
{
    return sunzi_fail(SUNZI_ERR_FILE,
                      "%s: %s (%s), nothing was written; give a path in a "
                      "writable folder with free space",
                      sunzi_quoted_path(path).text, what, strerror(errno));
}

/* Where the file really is: rename would replace a symbolic link, or a device
 * such as /dev/null, and not what it stands for. *target is from malloc. */
static sunzi_status find_target(const char *path, char **target)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        if (errno != ENOENT)
            return fail_write(path, "cannot be written");
        *target = strdup(path);
    } else if (!S_ISREG(info.st_mode)) {
        return sunzi_fail(SUNZI_ERR_FILE,
                          "%s: is %s, allowed is a regular file or a new name; "
                          "nothing was written",
                          sunzi_quoted_path(path).text,
                          S_ISDIR(info.st_mode) ? "a directory"
                                                : "a device or a pipe");
    } else {
        *target = realpath(path, NULL);
    }
    return *target ? SUNZI_OK : fail_write(path, "cannot be resolved");
}

/* A new file beside the target; `temporary` has room for its name. */
static FILE *open_temporary(const char *target, char *temporary, size_t bytes)
{
    int file = -1;
    for (int i = 0; i < NAME_TRIES && file < 0; i++) {
        snprintf(temporary, bytes, "%s.%ld.%d.tmp", target, (long)getpid(), i);
        file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file < 0 && errno != EEXIST)
            break;
    }
    if (file < 0)
        return NULL;
    FILE *stream = fdopen(file, "w");
    if (!stream) {
        const int error = errno;
        close(file);
        unlink(temporary);
        errno = error;
    }
    return stream;
}

static void release(sunzi_new_file *file)
{
    sunzi_release(file->temporary);
    free(file->target);
    *file = (sunzi_new_file){.stream = NULL};
}

sunzi_status sunzi_new_file_open(const char *path, sunzi_new_file *file)
{
    void *temporary = NULL;
    sunzi_status status;
    *file = (sunzi_new_file){.path = path};
    SUNZI_TRY(find_target(path, &file->target));
    const size_t bytes = strlen(file->target) + SUFFIX_BYTES;
    SUNZI_TRY(sunzi_allocate(bytes, "name of a temporary file", &temporary));
    file->temporary = temporary;
    file->stream = open_temporary(file->target, file->temporary, bytes);
    if (!file->stream)
        status = fail_write(path, "cannot be created");
done:
    if (status < 0)
        release(file);
    return status;
}

sunzi_status sunzi_new_file_close(sunzi_new_file *file, bool good)
{
    sunzi_status status = SUNZI_OK;
    good = good && !ferror(file->stream) && fflush(file->stream) == 0 &&
           fsync(fileno(file->stream)) == 0;
    const int error = errno;
    const bool closed = fclose(file->stream) == 0;
    if (!good)
        errno = error;
    if (!good || !closed)
        status = fail_write(file->path, "cannot be written");
    else if (rename(file->temporary, file->target) != 0)
        status = fail_write(file->path, "cannot be put in its place");
    if (status < 0)
        unlink(file->temporary);
    release(file);
    return status;
}
