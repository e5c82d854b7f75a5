/* SPDX-License-Identifier: BSD-3-Clause */
/* A vendor's library, opened at run time. */
#ifndef SUNZI_ENGINES_DEVICE_LIBRARY_H
#define SUNZI_ENGINES_DEVICE_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

/* Open the first of the files (a list that NULL ends) that is there, and find
 * the functions of these names: table is a struct of `count` function pointers
 * in their order. False, with a sentence in why, if there is no such file or it
 * lacks one of them. It is never closed: drivers keep threads of their own. */
bool sunzi_library_open(const char *const *files, const char *const *names,
                        int count, void *table, char *why, size_t why_bytes);

#endif
