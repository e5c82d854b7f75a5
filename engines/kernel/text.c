/* SPDX-License-Identifier: BSD-3-Clause */
/* Pasting #include lines. A file with a guard is pasted once, unless its first
 * place may not be compiled: inside an #if (guards do the rest there). */
#include "engines/kernel/text.h"

#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "core/text.h"

enum { DEPTH_MAX = 30, PATH_BYTES = 1024, DONE_MAX = 100 };

typedef struct pasting {
    const char *main;   /* the file that is asked for */
    const char *folder; /* of it, with its slash, or "" */
    bool host;
    char *text;
    size_t used, room;
    int conditions; /* #if around what is being pasted, guards left out */
    int done_count;
    const char *done[DONE_MAX]; /* among the sources */
} pasting;

/* ---- the text grows ---- */

static sunzi_status reserve(pasting *p, size_t more)
{
    void *block = NULL;
    sunzi_status status = SUNZI_OK;
    if (p->used + more + 1 <= p->room)
        return SUNZI_OK;
    const size_t room = 2 * (p->used + more + 1);
    SUNZI_TRY(sunzi_allocate(room, "the text of a kernel", &block));
    if (p->used)
        memcpy(block, p->text, p->used);
    sunzi_release(p->text);
    p->text = block;
    p->room = room;
done:
    return status;
}

static sunzi_status append(pasting *p, const char *text, size_t bytes)
{
    sunzi_status status;
    SUNZI_TRY(reserve(p, bytes));
    memcpy(p->text + p->used, text, bytes);
    p->used += bytes;
    p->text[p->used] = '\0';
done:
    return status;
}

static sunzi_status mark_line(pasting *p, int line, const char *file)
{
    char mark[40];
    const int bytes = snprintf(mark, sizeof mark, "#line %d \"", line);
    sunzi_status status;
    SUNZI_TRY(append(p, mark, (size_t)bytes));
    SUNZI_TRY(append(p, file, strlen(file)));
    SUNZI_TRY(append(p, "\"\n", 2));
done:
    return status;
}

/* ---- where files come from ---- */

static const sunzi_kernel_source *source_of(const char *file)
{
    for (const sunzi_kernel_source *s = sunzi_kernel_sources; s->file; s++)
        if (strcmp(s->file, file) == 0)
            return s;
    return NULL;
}

/* ---- one line ---- */

static const char *skip_blanks(const char *line)
{
    while (*line == ' ' || *line == '\t')
        line++;
    return line;
}

/* What follows "#" and the directive's name, or NULL. */
static const char *directive(const char *line, const char *name)
{
    line = skip_blanks(line);
    if (*line != '#')
        return NULL;
    line = skip_blanks(line + 1);
    const size_t length = strlen(name);
    return strncmp(line, name, length) == 0 ? line + length : NULL;
}

/* The file of an #include "file"; false: it is none. */
static bool included(const char *line, char *file)
{
    const char *rest = directive(line, "include");
    if (!rest || *(rest = skip_blanks(rest)) != '"')
        return false;
    const size_t length = strcspn(rest + 1, "\"\n");
    if (length >= PATH_BYTES || rest[1 + length] != '"')
        return false;
    memcpy(file, rest + 1, length);
    file[length] = '\0';
    return true;
}

static bool is_done(const pasting *p, const char *file)
{
    for (int i = 0; i < p->done_count; i++)
        if (strcmp(p->done[i], file) == 0)
            return true;
    return false;
}

/* The conditions around a line, and whether a guard makes the file done. */
static void follow_conditions(pasting *p, const sunzi_kernel_source *source,
                              const char *line, int *level, bool *guarded)
{
    if (directive(line, "if")) {
        const char *guard = directive(line, "ifndef");
        if (++*level == 1 && guard &&
            strncmp(skip_blanks(guard), "SUNZI_", 6) == 0) {
            *guarded = true;
            if (p->conditions == 0 && source && p->done_count < DONE_MAX)
                p->done[p->done_count++] = source->file;
        } else {
            p->conditions++;
        }
    } else if (directive(line, "endif")) {
        if ((*level)-- != 1 || !*guarded)
            p->conditions--;
    }
}

/* ---- files ---- */

static sunzi_status paste(pasting *p, const char *file, int depth);

static bool is_for_other_side(const pasting *p, const char *file)
{
    const bool on_host = strcmp(file, "engines/kernel/on_host.h") == 0;
    const bool on_device = strcmp(file, "engines/kernel/on_opencl.h") == 0 ||
                           strcmp(file, "engines/kernel/on_cuda.h") == 0;
    return p->host ? on_device : on_host;
}

static sunzi_status paste_line(pasting *p, const char *file, const char *line,
                               size_t bytes, int number, int depth)
{
    char inner[PATH_BYTES];
    sunzi_status status = SUNZI_OK;
    if (included(line, inner)) {
        if (is_for_other_side(p, inner) || is_done(p, inner))
            return append(p, "\n", 1);
        SUNZI_TRY(
            paste(p, strcmp(inner, "FILE") == 0 ? p->main : inner, depth + 1));
        SUNZI_TRY(mark_line(p, number + 1, file));
        return SUNZI_OK;
    }
    if (!p->host && directive(line, "include")) /* <stdint.h> and so on */
        return append(p, "\n", 1);
    SUNZI_TRY(append(p, line, bytes));
    if (line[bytes - 1] != '\n')
        SUNZI_TRY(append(p, "\n", 1));
done:
    return status;
}

static sunzi_status paste_text(pasting *p, const char *file, const char *text,
                               const sunzi_kernel_source *source, int depth)
{
    int number = 0, level = 0;
    bool guarded = false;
    sunzi_status status;
    SUNZI_TRY(mark_line(p, 1, file));
    while (*text) {
        const size_t length = strcspn(text, "\n");
        const size_t bytes = length + (text[length] == '\n' ? 1 : 0);
        number++;
        follow_conditions(p, source, text, &level, &guarded);
        SUNZI_TRY(paste_line(p, file, text, bytes, number, depth));
        text += bytes;
    }
done:
    return status;
}

static sunzi_status paste(pasting *p, const char *file, int depth)
{
    const sunzi_kernel_source *source = source_of(file);
    static const sunzi_text_kind kind = {"file of kernels",
                                         "give a text (doc/kernels.md)", 0};
    char path[2 * PATH_BYTES];
    sunzi_text text = {.path = NULL};
    sunzi_status status;
    if (depth > DEPTH_MAX)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: #include lines nested more than %d deep; does "
                          "the file include itself?",
                          file, DEPTH_MAX);
    if (source)
        return paste_text(p, file, source->text, source, depth);
    snprintf(path, sizeof path, "%s%s",
             file != p->main && *file != '/' ? p->folder : "", file);
    SUNZI_TRY(sunzi_text_load(path, &kind, &text));
    SUNZI_TRY(paste_text(p, path, text.data, NULL, depth));
done:
    sunzi_text_release(&text);
    return status;
}

sunzi_status sunzi_kernel_text(const char *file, const char *around, bool host,
                               char **text)
{
    const char *slash = strrchr(file, '/');
    char folder[PATH_BYTES] = "";
    pasting p = {.main = file, .folder = folder, .host = host};
    sunzi_status status;
    *text = NULL;
    if (strlen(file) >= sizeof folder)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "file of kernels %.60s...: its path has %zu bytes, "
                          "allowed are %zu; use a shorter path",
                          file, strlen(file), sizeof folder - 1);
    if (slash)
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - file + 1), file);
    SUNZI_TRY(paste(&p, around ? around : file, 0));
    *text = p.text;
    p.text = NULL;
done:
    sunzi_release(p.text);
    return status;
}
