/* SPDX-License-Identifier: BSD-3-Clause */
/* What a run computes, as text in its checkpoints: the values in force of the
 * keys that decide it, the size of the grid and a sum over the image. */
#define _POSIX_C_SOURCE 200809L
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cardiac_run.h"

static const char first_line[] = "sunzi cardiac 2\n";

/* Keys of the run itself, of its files, and those that others stand for. */
static bool decides(const sunzi_slab *r, int key)
{
    const sunzi_run_key *k = &r->file->schema->keys[key];
    return strcmp(k->section, "run") != 0 &&
           strcmp(k->section, "output") != 0 && key != SUNZI_TISSUE_MASK &&
           key != SUNZI_TISSUE_MASK_ARRAY && key != SUNZI_TISSUE_SIZE &&
           key != SUNZI_TISSUE_END && key != SUNZI_BIDOMAIN_GROUND;
}

static void put_value(FILE *out, const sunzi_run_key *key,
                      const sunzi_run_value *v)
{
    for (int i = 0; i < v->count; i++) {
        fputs(i ? ", " : "", out);
        switch (key->type) {
        case SUNZI_RUN_STRING:
        case SUNZI_RUN_PATH:
            fputs(v->text, out);
            break;
        case SUNZI_RUN_REAL:
        case SUNZI_RUN_REALS:
            fprintf(out, "%.17g", v->reals[i]);
            break;
        case SUNZI_RUN_CHOICE:
        case SUNZI_RUN_CHOICES:
            fputs(key->choices[v->integers[i]], out);
            break;
        default:
            fprintf(out, "%lld", (long long)v->integers[i]);
        }
    }
    if (key->unit)
        fprintf(out, " %s", key->unit);
}

/* A checksum of the bytes of a file of the caller's own cells: FNV-1a, 64 bits;
 * it was read when the model was opened. */
static void put_file(FILE *out, const char *path)
{
    uint64_t sum = UINT64_C(0xcbf29ce484222325);
    FILE *file = fopen(path, "rb");
    for (int c; file && (c = fgetc(file)) != EOF;)
        sum = (sum ^ (uint64_t)c) * UINT64_C(0x100000001b3);
    if (file)
        fclose(file);
    fprintf(out, "the text of %s=one with the checksum %016llx\n", path,
            (unsigned long long)sum);
}

static void put_all(FILE *out, const sunzi_slab *r)
{
    const sunzi_run_schema *schema = r->file->schema;
    fputs(first_line, out);
    fprintf(out, "run.policy=%s\n", sunzi_policy_name(r->policy));
    fprintf(out, "voxels=%lld x %lld x %lld\n", (long long)r->voxels[0],
            (long long)r->voxels[1], (long long)r->voxels[2]);
    fprintf(out, "tissue.mask=");
    if (r->image.label)
        fprintf(out, "an image with the checksum %.0f-%.0f\n", r->image.hash[0],
                r->image.hash[1]);
    else
        fputs("none\n", out);
    for (int p = 0; p < r->parts; p++)
        if (r->part[p].opened)
            put_file(out, r->part[p].name);
    for (int k = 0; k < schema->count; k++) {
        if (!decides(r, k))
            continue;
        fprintf(out, "%s.%s=", schema->keys[k].section, schema->keys[k].name);
        put_value(out, &schema->keys[k], sunzi_slab_value(r, k));
        fputc('\n', out);
    }
}

char *sunzi_slab_identity(const sunzi_slab *r)
{
    char *text = NULL;
    size_t bytes;
    FILE *out = open_memstream(&text, &bytes);
    if (!out)
        return NULL;
    put_all(out, r);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

static int line_length(const char *line)
{
    return (int)strcspn(line, "\n");
}

/* The text after the key of a line. */
static const char *value_of(const char *line)
{
    const char *sign = memchr(line, '=', (size_t)line_length(line));
    return sign ? sign + 1 : line;
}

static sunzi_status tell(const sunzi_slab *r, const char *mine,
                         const char *theirs)
{
    const char *value = value_of(mine), *other = value_of(theirs);
    enum { LONGEST = 120 };
    const int length = line_length(value), other_length = line_length(other);
    return sunzi_run_file_fail(
        r->file, SUNZI_TISSUE_RESTART,
        "the checkpoint is of another run: %.*s is %.*s here and was %.*s "
        "there; give what it was, or begin without run.restart",
        (int)(value - mine) - 1, mine, length < LONGEST ? length : LONGEST,
        value, other_length < LONGEST ? other_length : LONGEST, other);
}

sunzi_status sunzi_slab_compare_identity(const sunzi_slab *r, const char *mine,
                                         const char *saved, size_t bytes)
{
    if (bytes != 0 && saved[bytes - 1] == '\0' &&
        strncmp(saved, first_line, sizeof first_line - 1) == 0) {
        if (strcmp(saved, mine) == 0)
            return SUNZI_OK;
        while (*mine && *saved) {
            const int length = line_length(mine), other = line_length(saved);
            const ptrdiff_t name = value_of(mine) - mine;
            if (length != other || strncmp(mine, saved, (size_t)length) != 0) {
                if (strncmp(mine, saved, (size_t)name) == 0)
                    return tell(r, mine, saved);
                break; /* other keys */
            }
            mine += length + (mine[length] == '\n');
            saved += other + (saved[other] == '\n');
        }
    }
    return sunzi_run_file_fail(r->file, SUNZI_TISSUE_RESTART,
                               "the checkpoint is of another run: another "
                               "version of sunzi has written it; begin "
                               "without run.restart");
}
