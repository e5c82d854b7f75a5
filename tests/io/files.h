/* SPDX-License-Identifier: BSD-3-Clause */
/* Small files in a temporary folder, and what tests of readers ask of them. */
#ifndef SUNZI_TESTS_IO_FILES_H
#define SUNZI_TESTS_IO_FILES_H

#include <stddef.h>

#include "io/matrix.h"

/* Group set-up and tear-down of cmocka: a fresh folder, and its removal. */
int make_folder(void **state);
int remove_folder(void **state);

/* Path of `name` in the folder; static, overwritten by the next call. */
const char *path_of(const char *name);

/* Write a file and return its path (see path_of). */
const char *write_bytes(const char *name, const char *bytes, size_t count);
const char *write_text(const char *name, const char *text);

/* Number of files in the folder. */
int count_files(void);

/* Root may do everything: tests of permissions run as another user. Skips the
 * test, with the reason, where that is not possible. */
void become_ordinary_user(void);
void become_first_user(void);

/* Read `text` as a file, must succeed: *matrix is to be cleared. */
void read_good(const char *text, sunzi_matrix *matrix);

/* Read `text` as a file: the status must be SUNZI_ERR_FORMAT, *matrix zeroed,
 * and the sentence must name path and line and contain `words`. */
void expect_format_error(const char *text, int line, const char *words);

/* Entry (i, j), 0-based, of the dense form; complex: of its real equivalent. */
double dense_entry(const sunzi_matrix *matrix, int i, int j);

/* The invariants of every matrix that a reader returns. */
void check_matrix(const sunzi_matrix *matrix);

#endif
