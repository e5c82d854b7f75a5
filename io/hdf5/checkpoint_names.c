/* SPDX-License-Identifier: BSD-3-Clause */
/* Which checkpoints there are, and which may go. */
#define _DEFAULT_SOURCE
#include "io/hdf5/checkpoint_names.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "io/replace.h"

static const char SUFFIX[] = ".h5";
enum { DIGITS = 7 }; /* at least; names are then in order */

void sunzi_checkpoint_path(const char *base, int64_t step, char *path)
{
    snprintf(path, SUNZI_CHECKPOINT_PATH, "%s.%0*" PRId64 "%s", base, DIGITS,
             step, SUFFIX);
}

/* The folder of a base, and the part of the base after it. */
static const char *split(const char *base, char *folder)
{
    const char *slash = strrchr(base, '/');
    if (!slash)
        strcpy(folder, ".");
    else
        snprintf(folder, SUNZI_CHECKPOINT_PATH, "%.*s",
                 slash == base ? 1 : (int)(slash - base), base);
    return slash ? slash + 1 : base;
}

/* Whether `name` is that of a checkpoint of `stem`, followed by `end`. */
static bool parse(const char *name, const char *stem, const char *end,
                  int64_t *step)
{
    const size_t length = strlen(stem);
    char *after;
    if (strncmp(name, stem, length) != 0 || name[length] != '.')
        return false;
    const char *digits = name + length + 1;
    const size_t count = strspn(digits, "0123456789");
    if (count < DIGITS || count > 18)
        return false;
    *step = strtoll(digits, &after, 10);
    return strncmp(after, SUFFIX, strlen(SUFFIX)) == 0 &&
           strcmp(after + strlen(SUFFIX), end) == 0;
}

static int latest_first(const void *x, const void *y)
{
    const int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return (a < b) - (a > b);
}

static sunzi_status append(int64_t **steps, int64_t *room, int64_t *count,
                           int64_t step)
{
    if (*count == *room) {
        void *larger;
        const sunzi_status status = sunzi_allocate(
            (size_t)(2 * *room + 16) * sizeof **steps, "steps", &larger);
        if (status < 0)
            return status;
        if (*count)
            memcpy(larger, *steps, (size_t)*count * sizeof **steps);
        sunzi_release(*steps);
        *steps = larger;
        *room = 2 * *room + 16;
    }
    (*steps)[(*count)++] = step;
    return SUNZI_OK;
}

sunzi_status sunzi_checkpoint_list(const char *base, int64_t **steps,
                                   int64_t *count)
{
    char folder[SUNZI_CHECKPOINT_PATH];
    const char *stem = split(base, folder);
    int64_t room = 0, step;
    sunzi_status status = SUNZI_OK;
    DIR *open_folder = opendir(folder);
    *steps = NULL;
    *count = 0;
    if (!open_folder)
        return sunzi_fail(SUNZI_ERR_FILE,
                          "%.220s: the folder cannot be read (%s); give a base "
                          "in a folder that is there",
                          folder, strerror(errno));
    for (struct dirent *e; status == SUNZI_OK && (e = readdir(open_folder));)
        if (parse(e->d_name, stem, "", &step))
            status = append(steps, &room, count, step);
    closedir(open_folder);
    if (status < 0) {
        sunzi_release(*steps);
        *steps = NULL;
        *count = 0;
    } else if (*count) {
        qsort(*steps, (size_t)*count, sizeof **steps, latest_first);
    }
    return status;
}

/* Temporaries of writers that were killed. */
static void remove_remains(const char *base)
{
    char folder[SUNZI_CHECKPOINT_PATH];
    char path[2 * SUNZI_CHECKPOINT_PATH];
    const char *stem = split(base, folder);
    int64_t step;
    DIR *open_folder = opendir(folder);
    if (!open_folder)
        return;
    for (struct dirent *e; (e = readdir(open_folder));)
        if (parse(e->d_name, stem, SUNZI_PARTIAL, &step)) {
            snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
            sunzi_replacement_clean(path);
        }
    closedir(open_folder);
}

void sunzi_checkpoint_prune(const char *base, int64_t step, int keep)
{
    int64_t *steps, count, kept = 0;
    char path[SUNZI_CHECKPOINT_PATH];
    remove_remains(base);
    if (sunzi_checkpoint_list(base, &steps, &count) < 0)
        return;
    for (int64_t i = 0; i < count; i++) {
        kept += steps[i] <= step;
        if (steps[i] <= step && kept <= keep)
            continue;
        sunzi_checkpoint_path(base, steps[i], path);
        unlink(path);
    }
    sunzi_release(steps);
}
