/* SPDX-License-Identifier: BSD-3-Clause */
/* Writer of Matrix Market array files: to a temporary name in the same folder,
 * to the disk, then renamed. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/memory.h"
#include "io/matrix.h"
#include "io/text.h"

enum { NAME_TRIES = 100, SUFFIX_BYTES = 48 };

static sunzi_status fail_write(const char *path, const char *what)
{
    return sunzi_fail(SUNZI_ERR_FILE,
                      "%s: %s (%s), nothing was written; give a path in a "
                      "writable folder with free space",
                      sunzi_quoted_path(path).text, what, strerror(errno));
}

static sunzi_status check_arguments(const char *path, int64_t rows,
                                    int64_t cols, const double *dense,
                                    int64_t ld)
{
    if (!path || !*path || !dense)
        return sunzi_fail(
            SUNZI_ERR_ARG,
            "sunzi_matrix_market_write: path or dense is %s; pass "
            "a path and an array",
            path && !*path ? "empty" : "NULL");
    if (rows < 1 || cols < 1 || rows > INT32_MAX || cols > INT32_MAX ||
        ld < rows)
        return sunzi_fail(
            SUNZI_ERR_ARG,
            "sunzi_matrix_market_write: rows = %lld, cols = %lld, "
            "ld = %lld, allowed are 1 to %d rows and columns and "
            "ld >= rows",
            (long long)rows, (long long)cols, (long long)ld, (int)INT32_MAX);
    for (int64_t j = 0; j < cols; j++)
        for (int64_t i = 0; i < rows; i++)
            if (!isfinite(dense[i + j * ld]))
                return sunzi_fail(
                    SUNZI_ERR_NONFINITE,
                    "sunzi_matrix_market_write: entry (%lld, %lld) "
                    "is %g, the format has finite numbers only; "
                    "nothing was written",
                    (long long)i + 1, (long long)j + 1, dense[i + j * ld]);
    return SUNZI_OK;
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

/* A new file beside the target; *temporary has room for its name. */
static int open_temporary(const char *target, char *temporary, size_t bytes)
{
    int file = -1;
    for (int i = 0; i < NAME_TRIES && file < 0; i++) {
        snprintf(temporary, bytes, "%s.%ld.%d.tmp", target, (long)getpid(), i);
        file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file < 0 && errno != EEXIST)
            break;
    }
    return file;
}

static bool write_comment(FILE *stream, const char *comment)
{
    while (*comment) {
        const int length = (int)strcspn(comment, "\r\n");
        if (fprintf(stream, "%% %.*s\n", length, comment) < 0)
            return false;
        comment += length;
        comment += strspn(comment, "\r\n");
    }
    return true;
}

static bool write_numbers(FILE *stream, int64_t rows, int64_t cols,
                          const double *dense, int64_t ld)
{
    if (fprintf(stream, "%lld %lld\n", (long long)rows, (long long)cols) < 0)
        return false;
    for (int64_t j = 0; j < cols; j++)
        for (int64_t i = 0; i < rows; i++)
            if (fprintf(stream, "%.17g\n", dense[i + j * ld]) < 0)
                return false;
    return true;
}

/* Closes the file in any case. The decimal point is that of the C locale, on
 * this thread and for this call only. errno says why it is false. */
static bool write_file(int file, int64_t rows, int64_t cols,
                       const double *dense, int64_t ld, const char *comment)
{
    const locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    FILE *stream = c_locale ? fdopen(file, "w") : NULL;
    bool good = stream != NULL;
    if (good) {
        const locale_t previous = uselocale(c_locale);
        good =
            fputs("%%MatrixMarket matrix array real general\n", stream) >= 0 &&
            write_comment(stream, comment ? comment : "") &&
            write_numbers(stream, rows, cols, dense, ld) &&
            fflush(stream) == 0 && fsync(file) == 0;
        uselocale(previous);
    }
    const int error = errno;
    if (c_locale)
        freelocale(c_locale);
    const bool closed = stream ? fclose(stream) == 0 : close(file) == 0;
    if (!good)
        errno = error;
    return good && closed;
}

sunzi_status sunzi_matrix_market_write(const char *path, int64_t rows,
                                       int64_t cols, const double *dense,
                                       int64_t ld, const char *comment)
{
    char *target = NULL;
    void *temporary = NULL;
    sunzi_status status;

    SUNZI_TRY(check_arguments(path, rows, cols, dense, ld));
    SUNZI_TRY(find_target(path, &target));
    const size_t bytes = strlen(target) + SUFFIX_BYTES;
    SUNZI_TRY(sunzi_allocate(bytes, "name of a temporary file", &temporary));
    const int file = open_temporary(target, temporary, bytes);
    if (file < 0) {
        status = fail_write(path, "cannot be created");
        goto done;
    }
    if (!write_file(file, rows, cols, dense, ld, comment))
        status = fail_write(path, "cannot be written");
    else if (rename(temporary, target) != 0)
        status = fail_write(path, "cannot be put in its place");
    if (status < 0)
        unlink(temporary);
done:
    sunzi_release(temporary);
    free(target);
    return status;
}
