/* SPDX-License-Identifier: BSD-3-Clause */
/* Binaries of programs on disk: $SUNZI_CACHE, else $XDG_CACHE_HOME/sunzi, else
 * $HOME/.cache/sunzi; SUNZI_CACHE empty: no cache. A file is named by a digest
 * of text, options, device and driver, and holds the digest of its contents: a
 * torn or foreign one is not used. */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/memory.h"
#include "engines/device.h"

enum { PATH_BYTES = 1024 };

typedef struct digest {
    uint64_t a, b;
} digest;

typedef struct header {
    char magic[16];
    digest key, contents;
    uint64_t bytes;
} header;

static const char magic[16] = "sunzi program 1";

/* Two 64-bit FNV-1a sums, one over the bytes and one over their complements. */
static void digest_add(digest *d, const void *data, size_t bytes)
{
    const unsigned char *p = data;
    for (size_t i = 0; i < bytes; i++) {
        d->a = (d->a ^ p[i]) * UINT64_C(0x100000001b3);
        d->b = (d->b ^ (unsigned char)~p[i]) * UINT64_C(0x100000001b3);
    }
}

static digest digest_start(void)
{
    return (digest){UINT64_C(0xcbf29ce484222325), UINT64_C(0x84222325cbf29ce4)};
}

static digest key_of(const char *device, const char *driver, const char *text,
                     const char *options)
{
    digest d = digest_start();
    digest_add(&d, text, strlen(text) + 1);
    digest_add(&d, options, strlen(options) + 1);
    digest_add(&d, device, strlen(device) + 1);
    digest_add(&d, driver, strlen(driver) + 1);
    return d;
}

static bool folder(char *path, size_t bytes)
{
    const char *given = getenv("SUNZI_CACHE");
    const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    int used = -1;
    if (given && !*given)
        return false;
    if (given)
        used = snprintf(path, bytes, "%s", given);
    else if (xdg && *xdg == '/')
        used = snprintf(path, bytes, "%s/sunzi", xdg);
    else if (home && *home == '/')
        used = snprintf(path, bytes, "%s/.cache/sunzi", home);
    return used > 0 && (size_t)used < bytes;
}

static bool file_of(digest key, char *path, size_t bytes)
{
    if (!folder(path, bytes))
        return false;
    const size_t used = strlen(path);
    return (size_t)snprintf(path + used, bytes - used, "/%016llx%016llx.bin",
                            (unsigned long long)key.a,
                            (unsigned long long)key.b) < bytes - used;
}

static bool make_folders(const char *file)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s", file);
    for (char *slash = strchr(path + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, 0777) != 0 && errno != EEXIST)
            return false;
        *slash = '/';
    }
    return true;
}

static bool same(digest x, digest y)
{
    return x.a == y.a && x.b == y.b;
}

void *sunzi_program_cache_find(const char *device, const char *driver,
                               const char *text, const char *options,
                               size_t *bytes)
{
    const digest key = key_of(device, driver, text, options);
    char path[PATH_BYTES];
    header h;
    void *block = NULL;
    FILE *file = file_of(key, path, sizeof path) ? fopen(path, "rb") : NULL;
    if (!file)
        return NULL;
    struct stat facts;
    const bool whole =
        fread(&h, sizeof h, 1, file) == 1 &&
        memcmp(h.magic, magic, sizeof magic) == 0 && same(h.key, key) &&
        fstat(fileno(file), &facts) == 0 &&
        (uint64_t)facts.st_size == sizeof h + h.bytes &&
        sunzi_allocate((size_t)h.bytes, "a program", &block) == SUNZI_OK &&
        fread(block, 1, (size_t)h.bytes, file) == h.bytes;
    fclose(file);
    if (whole) {
        digest contents = digest_start();
        digest_add(&contents, block, (size_t)h.bytes);
        *bytes = (size_t)h.bytes;
        if (same(contents, h.contents))
            return block;
    }
    sunzi_release(block);
    return NULL;
}

void sunzi_program_cache_keep(const char *device, const char *driver,
                              const char *text, const char *options,
                              const void *binary, size_t bytes)
{
    header h = {.key = key_of(device, driver, text, options),
                .contents = digest_start(),
                .bytes = bytes};
    char path[PATH_BYTES], draft[PATH_BYTES + 8];
    memcpy(h.magic, magic, sizeof magic);
    digest_add(&h.contents, binary, bytes);
    if (!file_of(h.key, path, sizeof path) || !make_folders(path))
        return;
    snprintf(draft, sizeof draft, "%s.XXXXXX", path);
    const int descriptor = mkstemp(draft);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "wb");
    if (!file) {
        if (descriptor >= 0) {
            close(descriptor);
            unlink(draft);
        }
        return;
    }
    const bool written = fwrite(&h, sizeof h, 1, file) == 1 &&
                         fwrite(binary, 1, bytes, file) == bytes;
    if (fclose(file) != 0 || !written || rename(draft, path) != 0)
        unlink(draft);
}
