/* SPDX-License-Identifier: BSD-3-Clause */
/* Texts of kernels as compilers get them: one piece, in which each #include
 * "file" of the language, of the library or of the user is replaced by that
 * file, with #line so that a complaint names it. */
#ifndef SUNZI_ENGINES_KERNEL_TEXT_H
#define SUNZI_ENGINES_KERNEL_TEXT_H

#include <stdbool.h>

#include "core/status.h"

/* The language and the library's files of kernels; engines/kernel/texts.c,
 * made by texts.awk. */
typedef struct sunzi_kernel_source {
    const char *file, *text;
} sunzi_kernel_source;
extern const sunzi_kernel_source sunzi_kernel_sources[]; /* ends with NULL */

/* The text of `file` to be freed with sunzi_release. A file that is not among
 * the sources is read from disk; what it includes is looked for among the
 * sources, then in its folder. around: NULL, or the one of the sources to begin
 * with, in which each #include "FILE" is replaced by `file`. host: for a C
 * compiler here, else for a device. SUNZI_ERR_FILE, SUNZI_ERR_FORMAT: a file
 * that cannot be read, is no text; SUNZI_ERR_ARG: it includes itself;
 * SUNZI_ERR_NOMEM. */
sunzi_status sunzi_kernel_text(const char *file, const char *around, bool host,
                               char **text);

#endif
