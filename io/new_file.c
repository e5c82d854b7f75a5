/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "io/new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/text.h"

static sunzi_status fail_write(const char *path, const char *what)
{
    return sunzi_fail(SUNZI_ERR_FILE,
                      "%s: %s (%s), nothing was written; give a path in a "
                      "writable folder with free space",
                      sunzi_quoted_path(path).text, what, strerror(errno));
}

/* On a descriptor of its own, which it closes. */
static FILE *open_stream(int file)
{
    const int copy = fcntl(file, F_DUPFD_CLOEXEC, 0);
    FILE *stream = copy < 0 ? NULL : fdopen(copy, "w");
    if (!stream && copy >= 0) {
        const int error = errno;
        close(copy);
        errno = error;
    }
    return stream;
}

sunzi_status sunzi_new_file_open(const char *path, sunzi_new_file *file)
{
    *file = (sunzi_new_file){.path = path};
    sunzi_status status = sunzi_replacement_begin(path, &file->replacement);
    if (status < 0)
        return status;
    file->stream = open_stream(file->replacement.file);
    if (!file->stream) {
        status = fail_write(path, "cannot be created");
        sunzi_replacement_discard(&file->replacement);
    }
    return status;
}

sunzi_status sunzi_new_file_close(sunzi_new_file *file, bool good)
{
    off_t bytes = -1;
    good = good && !ferror(file->stream) && fflush(file->stream) == 0 &&
           (bytes = ftello(file->stream)) >= 0;
    const int error = errno;
    const bool closed = fclose(file->stream) == 0;
    file->stream = NULL;
    if (good && closed)
        return sunzi_replacement_publish(&file->replacement, bytes);
    if (!good)
        errno = error;
    const sunzi_status status = fail_write(file->path, "cannot be written");
    sunzi_replacement_discard(&file->replacement);
    return status;
}
