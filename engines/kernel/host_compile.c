/* SPDX-License-Identifier: BSD-3-Clause */
/* The C compiler as a child process, its files in a folder of their own. */
#define _GNU_SOURCE
#include "engines/kernel/host_compile.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/memory.h"
#include "engines/device.h"

extern char **environ;

enum { WORDS_MAX = 48, LINE_BYTES = 1024, FOLDER_BYTES = 512 };

/* Beside those of the engine, which make the bits. */
static const char common_flags[] =
    "-std=c17 -O3 -w -fPIC -shared -fopenmp-simd -fvisibility=hidden";

typedef struct scratch {
    char folder[FOLDER_BYTES];
    char text[FOLDER_BYTES + 16], code[FOLDER_BYTES + 16],
        log[FOLDER_BYTES + 16];
} scratch;

static const char *compiler(void)
{
    const char *given = getenv("SUNZI_CC");
    return given && *given ? given : "cc";
}

/* ---- the folder ---- */

static sunzi_status make_scratch(scratch *s)
{
    const char *where = getenv("TMPDIR");
    const int used = snprintf(s->folder, sizeof s->folder, "%s/sunzi.XXXXXX",
                              where && *where ? where : "/tmp");
    if (used >= (int)sizeof s->folder || !mkdtemp(s->folder)) {
        s->folder[0] = '\0';
        return sunzi_fail(SUNZI_ERR_UNSUPPORTED,
                          "no folder for the files of the C compiler can be "
                          "made in '%s' (%s); set TMPDIR to one that can be "
                          "written",
                          where && *where ? where : "/tmp", strerror(errno));
    }
    snprintf(s->text, sizeof s->text, "%s/kernels.c", s->folder);
    snprintf(s->code, sizeof s->code, "%s/kernels.so", s->folder);
    snprintf(s->log, sizeof s->log, "%s/log", s->folder);
    return SUNZI_OK;
}

static void remove_scratch(const scratch *s)
{
    if (!s->folder[0])
        return;
    unlink(s->text);
    unlink(s->code);
    unlink(s->log);
    rmdir(s->folder);
}

static sunzi_status write_bytes(const char *path, const void *data,
                                size_t bytes)
{
    FILE *file = fopen(path, "wb");
    const bool written = file && fwrite(data, 1, bytes, file) == bytes;
    if ((file && fclose(file) != 0) || !written)
        return sunzi_fail(SUNZI_ERR_UNSUPPORTED,
                          "%s: cannot be written (%s); set TMPDIR to a folder "
                          "with room",
                          path, strerror(errno));
    return SUNZI_OK;
}

/* A whole file and a zero after it; *data NULL: there is none. */
static sunzi_status read_bytes(const char *path, void **data, size_t *bytes)
{
    struct stat facts;
    sunzi_status status = SUNZI_OK;
    FILE *file = fopen(path, "rb");
    *data = NULL;
    if (!file || fstat(fileno(file), &facts) != 0)
        goto done;
    *bytes = (size_t)facts.st_size;
    SUNZI_TRY(sunzi_allocate(*bytes + 1, "a program", data));
    ((char *)*data)[*bytes] = '\0';
    if (fread(*data, 1, *bytes, file) != *bytes) {
        sunzi_release(*data);
        *data = NULL;
    }
done:
    if (file)
        fclose(file);
    return status;
}

/* ---- the compiler ---- */

static int split(char *line, char **words)
{
    char *rest = NULL;
    int count = 0;
    for (char *w = strtok_r(line, " ", &rest); w && count < WORDS_MAX - 1;
         w = strtok_r(NULL, " ", &rest))
        words[count++] = w;
    words[count] = NULL;
    return count;
}

static sunzi_status no_compiler(const char *file, const char *cc, int error)
{
    return sunzi_fail(SUNZI_ERR_UNSUPPORTED,
                      "%s: the C compiler '%s' cannot be run (%s), which "
                      "kernels given at run time need; install one, or set "
                      "SUNZI_CC to its command",
                      file, cc, strerror(error));
}

/* Exit code of a command whose output goes to a file; -1: it did not end. */
static sunzi_status run(const char *file, char **words, const char *log,
                        int *code)
{
    posix_spawn_file_actions_t actions;
    pid_t child = 0;
    int state = 0;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, log,
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    const int error =
        posix_spawnp(&child, words[0], &actions, NULL, words, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error)
        return no_compiler(file, words[0], error);
    while (waitpid(child, &state, 0) < 0)
        if (errno != EINTR) {
            state = 0; /* the program ignores its children: the file tells */
            break;
        }
    *code = WIFEXITED(state) ? WEXITSTATUS(state) : -1;
    return *code == 127 ? no_compiler(file, words[0], ENOENT) : SUNZI_OK;
}

static sunzi_status complain(const char *file, const char *log)
{
    char name[LINE_BYTES + 40];
    void *text = NULL;
    size_t bytes = 0;
    sunzi_status status;
    SUNZI_TRY(read_bytes(log, &text, &bytes));
    snprintf(name, sizeof name, "the C compiler '%s'", compiler());
    status = sunzi_compile_failed(file, name, text ? text : "");
done:
    sunzi_release(text);
    return status;
}

static sunzi_status compile(const char *file, const char *text,
                            const char *flags, const scratch *s, void **code,
                            size_t *bytes)
{
    char line[LINE_BYTES];
    char *words[WORDS_MAX];
    int exit_code = 0;
    sunzi_status status;
    SUNZI_TRY(write_bytes(s->text, text, strlen(text)));
    if (snprintf(line, sizeof line, "%s %s %s", compiler(), common_flags,
                 flags) >= (int)sizeof line)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "SUNZI_CC: got %zu characters, with the flags of the "
                          "engine %d are allowed; name a script instead",
                          strlen(compiler()), LINE_BYTES - 1);
    const int count = split(line, words);
    if (count > WORDS_MAX - 6)
        return sunzi_fail(
            SUNZI_ERR_ARG,
            "SUNZI_CC: got %d words with the flags of the engine, "
            "allowed are %d; name a script instead",
            count, WORDS_MAX - 6);
    words[count] = (char *)(uintptr_t)s->text;
    words[count + 1] = (char *)(uintptr_t) "-o";
    words[count + 2] = (char *)(uintptr_t)s->code;
    words[count + 3] = (char *)(uintptr_t) "-lm";
    words[count + 4] = NULL;
    SUNZI_TRY(run(file, words, s->log, &exit_code));
    if (exit_code == 0)
        SUNZI_TRY(read_bytes(s->code, code, bytes));
    if (!*code)
        status = complain(file, s->log);
done:
    return status;
}

static sunzi_status load(const char *file, const scratch *s, void **library)
{
    *library = dlopen(s->code, RTLD_NOW | RTLD_LOCAL);
    if (*library)
        return SUNZI_OK;
    return sunzi_fail(SUNZI_ERR_UNSUPPORTED,
                      "%s: its code cannot be loaded (%s); set TMPDIR to a "
                      "folder from which programs may be run",
                      file, dlerror());
}

sunzi_status sunzi_host_compile(const char *file, const char *text,
                                const char *flags, void **library)
{
    scratch s = {.folder = ""};
    size_t bytes = 0;
    sunzi_status status;
    void *code =
        sunzi_program_cache_find("this host", compiler(), text, flags, &bytes);
    SUNZI_TRY(make_scratch(&s));
    if (code) {
        SUNZI_TRY(write_bytes(s.code, code, bytes));
    } else {
        SUNZI_TRY(compile(file, text, flags, &s, &code, &bytes));
        sunzi_program_cache_keep("this host", compiler(), text, flags, code,
                                 bytes);
    }
    SUNZI_TRY(load(file, &s, library));
done:
    remove_scratch(&s);
    sunzi_release(code);
    return status;
}
