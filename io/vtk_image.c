/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L /* fseeko */
#include "io/vtk_image.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "core/text.h"

enum { LINE_BYTES = 512, VOXELS_MOST = 1 << 30 };

typedef struct header {
    FILE *file;
    sunzi_vtk_image *image;
    char line[LINE_BYTES];
    int number; /* of the line */
    bool binary;
    bool cells, data; /* CELL_DATA; either was seen */
    int64_t dimensions[3];
    long long values; /* of the array, as the file says */
} header;

/* ---- the lines before the numbers ---- */

static sunzi_status fail_at(const header *h, const char *what,
                            const char *remedy)
{
    const char *end = h->line + strcspn(h->line, "\r\n");
    return sunzi_fail(SUNZI_ERR_FORMAT, "%s:%d: %s, got '%s'; %s",
                      sunzi_quoted_path(h->image->path).text, h->number, what,
                      sunzi_quoted(h->line, end).text, remedy);
}

static sunzi_status next_line(header *h)
{
    h->number++;
    if (!fgets(h->line, sizeof h->line, h->file)) {
        h->line[0] = '\0';
        return fail_at(h, "the file ends before the numbers",
                       "write the image again");
    }
    if (!strchr(h->line, '\n'))
        return fail_at(h, "a line before the numbers is too long or the last",
                       "give a legacy VTK file");
    return SUNZI_OK;
}

static bool begins(const header *h, const char *word)
{
    const size_t length = strlen(word);
    return strncmp(h->line, word, length) == 0 &&
           strchr(" \t\r\n", h->line[length]) != NULL;
}

static sunzi_status read_title(header *h)
{
    sunzi_status status;
    SUNZI_TRY(next_line(h));
    if (strncmp(h->line, "# vtk DataFile", 14) != 0)
        return fail_at(h, "expected '# vtk DataFile Version'",
                       "give a legacy VTK file, or one of HDF5");
    SUNZI_TRY(next_line(h));
    SUNZI_TRY(next_line(h));
    h->binary = begins(h, "BINARY");
    if (!h->binary && !begins(h, "ASCII"))
        return fail_at(h, "expected ASCII or BINARY", "write the image again");
done:
    return status;
}

static sunzi_status read_dimensions(header *h)
{
    long long n[3];
    if (sscanf(h->line, "DIMENSIONS %lld %lld %lld", &n[0], &n[1], &n[2]) != 3)
        return fail_at(h, "expected three DIMENSIONS", "write the image again");
    for (int d = 0; d < 3; d++) {
        if (n[d] < 1 || n[d] > VOXELS_MOST)
            return fail_at(h, "allowed are DIMENSIONS from 1 to 2^30",
                           "write the image again");
        h->dimensions[d] = n[d];
    }
    return SUNZI_OK;
}

static sunzi_status read_type(header *h)
{
    static const struct {
        const char *name;
        int bytes;
        bool is_signed;
    } types[] = {{"unsigned_char", 1, false},  {"char", 1, true},
                 {"unsigned_short", 2, false}, {"short", 2, true},
                 {"unsigned_int", 4, false},   {"int", 4, true}};
    char type[32];
    int components = 1;
    if (sscanf(h->line, "SCALARS %63s %31s %d", h->image->name, type,
               &components) < 2 ||
        components != 1)
        return fail_at(h, "expected SCALARS, a name, a type, one component",
                       "write one number a voxel");
    for (size_t t = 0; t < sizeof types / sizeof types[0]; t++)
        if (strcmp(type, types[t].name) == 0) {
            h->image->bytes = h->binary ? types[t].bytes : 0;
            h->image->is_signed = types[t].is_signed;
            return SUNZI_OK;
        }
    return fail_at(h, "allowed types are [unsigned_]char, _short and _int",
                   "write labels of voxels as unsigned_char");
}

static sunzi_status take_line(header *h)
{
    const bool cells = begins(h, "CELL_DATA");
    if (begins(h, "DATASET") && !strstr(h->line, "STRUCTURED_POINTS"))
        return fail_at(h, "allowed is DATASET STRUCTURED_POINTS",
                       "write the image as one of voxels");
    if (begins(h, "DIMENSIONS"))
        return read_dimensions(h);
    if (begins(h, "FIELD") || begins(h, "VECTORS"))
        return fail_at(h, "the first array must be one of SCALARS",
                       "write the image without others");
    if (cells || begins(h, "POINT_DATA")) {
        h->cells = cells;
        h->data = true;
        if (sscanf(h->line, "%*s %lld", &h->values) != 1)
            return fail_at(h, "expected the number of values",
                           "write the image again");
    }
    return SUNZI_OK;
}

/* Voxels, as DIMENSIONS and the kind of data have them. */
static sunzi_status count_voxels(header *h)
{
    int64_t values = 1;
    if (!h->data || h->dimensions[0] == 0)
        return fail_at(h,
                       "DIMENSIONS, and CELL_DATA or POINT_DATA, must stand "
                       "before SCALARS",
                       "write the image again");
    for (int d = 0; d < 3; d++) {
        const int64_t n = h->dimensions[d];
        /* a plane of cells has one layer of points */
        h->image->voxels[d] = h->cells && n > 1 ? n - 1 : n;
        values = values > VOXELS_MOST ? values : values * h->image->voxels[d];
    }
    if (values != h->values)
        return fail_at(h,
                       "DIMENSIONS have another number of values than "
                       "CELL_DATA or POINT_DATA",
                       "write the image again");
    return SUNZI_OK;
}

static sunzi_status read_header(header *h)
{
    sunzi_status status;
    SUNZI_TRY(read_title(h));
    do {
        SUNZI_TRY(next_line(h));
        SUNZI_TRY(take_line(h));
    } while (!begins(h, "SCALARS"));
    SUNZI_TRY(read_type(h));
    SUNZI_TRY(count_voxels(h));
    SUNZI_TRY(next_line(h));
    if (!begins(h, "LOOKUP_TABLE"))
        return fail_at(h, "expected LOOKUP_TABLE default after SCALARS",
                       "write the image again");
    h->image->at = ftello(h->file);
done:
    return status;
}

static sunzi_status open_file(const char *path, FILE **file)
{
    *file = fopen(path, "rb");
    if (*file)
        return SUNZI_OK;
    return sunzi_fail(SUNZI_ERR_FILE, "%s: cannot be read: %s; give an image",
                      sunzi_quoted_path(path).text, strerror(errno));
}

sunzi_status sunzi_vtk_image_open(const char *path, sunzi_vtk_image *image)
{
    header h = {.image = image};
    sunzi_status status;
    *image = (sunzi_vtk_image){.path = path};
    SUNZI_TRY(open_file(path, &h.file));
    status = read_header(&h);
    fclose(h.file);
done:
    return status;
}

/* ---- the numbers ---- */

typedef struct block {
    const sunzi_vtk_image *image;
    FILE *file;
    const int64_t *first, *count;
    unsigned char *value;
    unsigned char *row; /* of the file, or NULL: ASCII */
} block;

static sunzi_status ends(const block *b)
{
    return sunzi_fail(SUNZI_ERR_FORMAT,
                      "%s: ends before its last voxel, or has something else "
                      "than numbers; write the image again",
                      sunzi_quoted_path(b->image->path).text);
}

static sunzi_status take(const block *b, long long number, int64_t x, int64_t y,
                         int64_t z)
{
    if (number < 0 || number > 255)
        return sunzi_fail(SUNZI_ERR_FORMAT,
                          "%s: voxel (%lld, %lld, %lld) is %lld, allowed: 0 to "
                          "255; number the labels again",
                          sunzi_quoted_path(b->image->path).text, (long long)x,
                          (long long)y, (long long)z, number);
    const int64_t at =
        x - b->first[0] +
        b->count[0] * (y - b->first[1] + b->count[1] * (z - b->first[2]));
    b->value[at] = (unsigned char)number;
    return SUNZI_OK;
}

/* Legacy files are big-endian. */
static long long number_at(const sunzi_vtk_image *image,
                           const unsigned char *bytes)
{
    uint32_t x = 0;
    for (int i = 0; i < image->bytes; i++)
        x = x << 8 | bytes[i];
    const long long bound = 1LL << (8 * image->bytes - 1);
    return image->is_signed && x >= bound ? (long long)x - 2 * bound
                                          : (long long)x;
}

static sunzi_status read_row(const block *b, int64_t y, int64_t z)
{
    const sunzi_vtk_image *v = b->image;
    const int64_t voxel = b->first[0] + v->voxels[0] * (y + v->voxels[1] * z);
    const size_t count = (size_t)b->count[0];
    sunzi_status status = SUNZI_OK;
    if (fseeko(b->file, v->at + voxel * v->bytes, SEEK_SET) != 0 ||
        fread(b->row, (size_t)v->bytes, count, b->file) != count)
        return ends(b);
    for (int64_t i = 0; i < b->count[0]; i++)
        SUNZI_TRY(take(b, number_at(v, b->row + i * v->bytes), b->first[0] + i,
                       y, z));
done:
    return status;
}

static sunzi_status read_binary(const block *b)
{
    sunzi_status status = SUNZI_OK;
    for (int64_t z = b->first[2]; z < b->first[2] + b->count[2]; z++)
        for (int64_t y = b->first[1]; y < b->first[1] + b->count[1]; y++)
            SUNZI_TRY(read_row(b, y, z));
done:
    return status;
}

static bool inside(const block *b, int d, int64_t x)
{
    return x >= b->first[d] && x < b->first[d] + b->count[d];
}

static sunzi_status read_ascii(const block *b)
{
    const int64_t *n = b->image->voxels;
    sunzi_status status = SUNZI_OK;
    if (fseeko(b->file, b->image->at, SEEK_SET) != 0)
        return ends(b);
    for (int64_t z = 0; z < b->first[2] + b->count[2]; z++)
        for (int64_t y = 0; y < n[1]; y++)
            for (int64_t x = 0; x < n[0]; x++) {
                long long number;
                if (fscanf(b->file, "%lld", &number) != 1)
                    return ends(b);
                if (inside(b, 0, x) && inside(b, 1, y) && inside(b, 2, z))
                    SUNZI_TRY(take(b, number, x, y, z));
            }
done:
    return status;
}

sunzi_status sunzi_vtk_image_read(const sunzi_vtk_image *image,
                                  const int64_t first[3],
                                  const int64_t count[3], unsigned char *value)
{
    block b = {.image = image, .first = first, .count = count, .value = value};
    void *row = NULL;
    sunzi_status status = SUNZI_OK;
    if (count[0] <= 0 || count[1] <= 0 || count[2] <= 0)
        return SUNZI_OK;
    SUNZI_TRY(open_file(image->path, &b.file));
    if (image->bytes)
        SUNZI_TRY(sunzi_allocate((size_t)(count[0] * image->bytes),
                                 "a row of an image", &row));
    b.row = row;
    status = image->bytes ? read_binary(&b) : read_ascii(&b);
done:
    if (b.file)
        fclose(b.file);
    sunzi_release(row);
    return status;
}
