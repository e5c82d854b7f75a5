/* SPDX-License-Identifier: BSD-3-Clause */
/* A text file in memory, read line by line, and the sentences of its errors:
 * "path:line: what, got, allowed, remedy". */
#ifndef SUNZI_CORE_TEXT_H
#define SUNZI_CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

typedef struct sunzi_text {
    const char *path;
    char *data; /* the whole file and a final zero byte */
    const char *end, *next;
    const char *line, *line_end; /* current line without its line break */
    int64_t number;              /* of the current line, 1-based; 0: none yet */
} sunzi_text;

/* What a file is expected to be: for its limit and the sentences of errors. */
typedef struct sunzi_text_kind {
    const char *name;   /* "matrix file" */
    const char *remedy; /* if it is something else: "give a ..." */
    size_t most_bytes;  /* 0: no limit */
} sunzi_text_kind;

/* Read a whole file. SUNZI_ERR_FILE: missing, a directory or a device, not
 * readable; SUNZI_ERR_FORMAT: compressed, binary or too long; SUNZI_ERR_NOMEM.
 * text is empty then. The path must outlive the text. */
SUNZI_PARTNER_API sunzi_status sunzi_text_load(const char *path,
                                               const sunzi_text_kind *kind,
                                               sunzi_text *text);
SUNZI_PARTNER_API void sunzi_text_release(sunzi_text *text);

/* Go to the next line; false at the end of the file (the current line is then
 * empty and `number` that of the last line). */
SUNZI_PARTNER_API bool sunzi_text_next_line(sunzi_text *text);

/* Bytes after the current line. */
SUNZI_PARTNER_API int64_t sunzi_text_bytes_left(const sunzi_text *text);

/* The next word of [*at, end): false if only blanks are left. *at moves on. */
SUNZI_PARTNER_API bool sunzi_text_word(const char **at, const char *end,
                                       const char **word,
                                       const char **word_end);
SUNZI_PARTNER_API bool sunzi_text_is_blank(const char *begin, const char *end);

/* SUNZI_ERR_FORMAT at the current line. */
SUNZI_PARTNER_API sunzi_status sunzi_text_fail(const sunzi_text *text,
                                               const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A piece of a file as it may stand in a sentence: short, printable. */
typedef struct sunzi_quote {
    char text[36];
} sunzi_quote;
SUNZI_PARTNER_API sunzi_quote sunzi_quoted(const char *begin, const char *end);

/* The path as it may stand in a sentence: the end of a very long one. */
typedef struct sunzi_path_quote {
    char text[224];
} sunzi_path_quote;
SUNZI_PARTNER_API sunzi_path_quote sunzi_quoted_path(const char *path);

#endif
