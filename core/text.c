/* SPDX-License-Identifier: BSD-3-Clause */
/* Text files: loading, lines, words, sentences. */
#define _DEFAULT_SOURCE
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/memory.h"

sunzi_quote sunzi_quoted(const char *begin, const char *end)
{
    sunzi_quote quote;
    const size_t longest = sizeof quote.text - 4;
    const size_t length = (size_t)(end - begin);
    size_t n = 0;
    for (; n < length && n < longest; n++)
        quote.text[n] = begin[n] >= ' ' && begin[n] <= '~' ? begin[n] : '?';
    strcpy(quote.text + n, length > longest ? "..." : "");
    return quote;
}

sunzi_path_quote sunzi_quoted_path(const char *path)
{
    sunzi_path_quote quote;
    const size_t room = sizeof quote.text - 1, length = strlen(path);
    if (length <= room)
        strcpy(quote.text, path);
    else
        snprintf(quote.text, sizeof quote.text, "...%s",
                 path + (length - (room - 3)));
    return quote;
}

sunzi_status sunzi_text_fail(const sunzi_text *text, const char *format, ...)
{
    char sentence[280];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    return sunzi_fail(
        SUNZI_ERR_FORMAT, "%s:%lld: %s", sunzi_quoted_path(text->path).text,
        (long long)(text->number > 0 ? text->number : 1), sentence);
}

static sunzi_status fail_file(const char *path, const sunzi_text_kind *kind,
                              const char *what, int error)
{
    return sunzi_fail(
        SUNZI_ERR_FILE, "%s: %s (%s); give the path of a readable %s",
        sunzi_quoted_path(path).text, what, strerror(error), kind->name);
}

enum { FIRST_ROOM = 1 << 16 };

/* Only files that end: a device such as /dev/zero does not. */
static sunzi_status check_kind(const char *path, const sunzi_text_kind *kind,
                               const struct stat *info)
{
    const char *is = S_ISDIR(info->st_mode) ? "a directory" : "a device";
    if (S_ISREG(info->st_mode) || S_ISFIFO(info->st_mode))
        return SUNZI_OK;
    return sunzi_fail(SUNZI_ERR_FILE,
                      "%s: is %s, allowed is a regular file or a pipe; give "
                      "the path of a %s",
                      sunzi_quoted_path(path).text, is, kind->name);
}

static sunzi_status grow(char **data, size_t used, size_t *room)
{
    void *larger;
    const size_t bytes = *room * 2;
    const sunzi_status status =
        sunzi_allocate(bytes, "text of a file", &larger);
    if (status < 0)
        return status;
    memcpy(larger, *data, used);
    sunzi_release(*data);
    *data = larger;
    *room = bytes;
    return SUNZI_OK;
}

/* The size that the system states is only a first guess (pipes, files that
 * grow): reading goes on to the end. */
static sunzi_status read_all(int file, const sunzi_text_kind *kind,
                             sunzi_text *text, size_t first_room)
{
    size_t used = 0, room = first_room;
    void *block;
    sunzi_status status;
    SUNZI_TRY(sunzi_allocate(room, "text of a file", &block));
    text->data = block;
    for (;;) {
        if (room - used < 2)
            SUNZI_TRY(grow(&text->data, used, &room));
        const ssize_t got = read(file, text->data + used, room - used - 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_file(text->path, kind, "cannot be read", errno);
        if (got == 0)
            break;
        used += (size_t)got;
        if (kind->most_bytes && used > kind->most_bytes)
            return sunzi_text_fail(
                text, "the file is longer than %zu bytes, too long for a %s",
                kind->most_bytes, kind->name);
    }
    text->data[used] = '\0';
    text->end = text->data + used;
    text->next = text->data;
done:
    return status;
}

/* Formats that are often given by mistake, by their first bytes. */
static sunzi_status check_text(const sunzi_text *text,
                               const sunzi_text_kind *kind)
{
    static const struct {
        const char *bytes, *name, *remedy; /* NULL: the kind's */
    } known[] = {
        {"\x1f\x8b", "compressed by gzip", "uncompress it first (gunzip)"},
        {"BZh", "compressed by bzip2", "uncompress it first (bunzip2)"},
        {"\xfd"
         "7zXZ",
         "compressed by xz", "uncompress it first (unxz)"},
        {"\x28\xb5\x2f\xfd", "compressed by zstd",
         "uncompress it first (unzstd)"},
        {"PK\x03\x04", "a zip archive", "unpack it first (unzip)"},
        {"\x89HDF", "an HDF5 file", NULL},
        {"MATLAB 5.0 MAT-file", "a MATLAB file", NULL},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strncmp(text->data, known[i].bytes, strlen(known[i].bytes)) == 0)
            return sunzi_text_fail(
                text, "the file is %s, only text is read; %s", known[i].name,
                known[i].remedy ? known[i].remedy : kind->remedy);
    const char *zero =
        memchr(text->data, '\0', (size_t)(text->end - text->data));
    if (!zero)
        return SUNZI_OK;
    sunzi_text here = *text;
    here.number = 1;
    for (const char *p = text->data; p < zero; p++)
        here.number += *p == '\n';
    return sunzi_text_fail(
        &here, "the file is binary (a zero byte), only text is read; %s",
        kind->remedy);
}

/* A file that is too long needs not be read to be refused. */
static size_t first_room(const sunzi_text_kind *kind, const struct stat *info)
{
    const size_t stated = (size_t)info->st_size;
    return FIRST_ROOM + (kind->most_bytes && stated > kind->most_bytes
                             ? kind->most_bytes
                             : stated);
}

sunzi_status sunzi_text_load(const char *path, const sunzi_text_kind *kind,
                             sunzi_text *text)
{
    struct stat info;
    int file = -1;
    sunzi_status status = SUNZI_OK;

    *text = (sunzi_text){.path = path};
    /* The kind is asked first, so that a device is not even opened. */
    if (stat(path, &info) != 0)
        return fail_file(path, kind, "cannot be opened", errno);
    SUNZI_TRY(check_kind(path, kind, &info));
    file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return fail_file(path, kind, "cannot be opened", errno);
    SUNZI_TRY(read_all(file, kind, text, first_room(kind, &info)));
    SUNZI_TRY(check_text(text, kind));
    if (strncmp(text->data, "\xef\xbb\xbf", 3) == 0) /* UTF-8 mark */
        text->next = text->data + 3;
done:
    if (file >= 0)
        close(file);
    if (status < 0)
        sunzi_text_release(text);
    return status;
}

void sunzi_text_release(sunzi_text *text)
{
    sunzi_release(text->data);
    *text = (sunzi_text){.path = text->path};
}

bool sunzi_text_next_line(sunzi_text *text)
{
    if (text->next >= text->end) {
        text->line = text->line_end = text->end;
        return false;
    }
    const char *feed =
        memchr(text->next, '\n', (size_t)(text->end - text->next));
    text->line = text->next;
    text->line_end = feed ? feed : text->end;
    text->next = feed ? feed + 1 : text->end;
    if (text->line_end > text->line && text->line_end[-1] == '\r')
        text->line_end--;
    text->number++;
    return true;
}

int64_t sunzi_text_bytes_left(const sunzi_text *text)
{
    return text->end - text->next;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

bool sunzi_text_word(const char **at, const char *end, const char **word,
                     const char **word_end)
{
    const char *p = *at;
    while (p < end && is_blank(*p))
        p++;
    *word = p;
    while (p < end && !is_blank(*p))
        p++;
    *word_end = *at = p;
    return p > *word;
}

bool sunzi_text_is_blank(const char *begin, const char *end)
{
    while (begin < end && is_blank(*begin))
        begin++;
    return begin == end;
}
