/* SPDX-License-Identifier: BSD-3-Clause */
/* For tests of files that are compiled at run time: a folder for them and for
 * what was compiled, and contexts of engines. Include after cmocka.h, with
 * _DEFAULT_SOURCE. */
#ifndef TESTS_KERNEL_FILES_H
#define TESTS_KERNEL_FILES_H

#include <stdio.h>
#include <stdlib.h>

#include <sunzi/context.h>

static char folder[] = "/tmp/sunzi-kernels.XXXXXX";
static char path[200]; /* of the file that a test writes */

static void write_file(const char *text)
{
    snprintf(path, sizeof path, "%s/mine.h", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* The path of a file of the sources. */
static const char *source_file(const char *name)
{
    static char file[1000];
    const char *source = getenv("srcdir");
    snprintf(file, sizeof file, "%s/%s", source ? source : ".", name);
    return file;
}

/* A context of an engine, or NULL: it cannot be used here. */
static sunzi_context *context_of(const char *engine)
{
    sunzi_context *ctx = NULL;
    sunzi_context_options options;
    sunzi_context_options_init(&options);
    options.engine = engine;
    if (sunzi_context_create(&options, &ctx) < 0)
        print_message("without %s: %s\n", engine, sunzi_last_message());
    return ctx;
}

static int set_up(void **unused)
{
    (void)unused;
    if (!mkdtemp(folder))
        return -1;
    return setenv("SUNZI_CACHE", folder, 1);
}

static int clean_up(void **unused)
{
    char command[300];
    (void)unused;
    unsetenv("SUNZI_CACHE");
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

#endif
