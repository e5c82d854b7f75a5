/* SPDX-License-Identifier: BSD-3-Clause */
/* Writer of OpenDX files: IBM Visualization Data Explorer User's Guide, app. B,
 * "native" data files; z is the fastest in them. */
#define _GNU_SOURCE
#include "io/opendx.h"

#include <errno.h>
#include <locale.h>
#include <string.h>

#include "core/communicator.h"
#include "core/memory.h"
#include "io/new_file.h"

enum { TAG = 1, BRICK = 6 };

/* ---- all nodes to process 0 ---- */

/* Collective. The bricks of all processes, on all. */
static sunzi_status share_bricks(sunzi_comm *comm, const sunzi_opendx *field,
                                 int64_t *bricks)
{
    const int size = sunzi_comm_size(comm), rank = sunzi_comm_rank(comm);
    memset(bricks, 0, (size_t)size * BRICK * sizeof *bricks);
    memcpy(bricks + rank * BRICK, field->first, sizeof field->first);
    memcpy(bricks + rank * BRICK + 3, field->count, sizeof field->count);
    return sunzi_comm_reduce(comm, SUNZI_REDUCE_SUM, bricks, size * BRICK);
}

static int64_t nodes_of(const int64_t *count)
{
    return count[0] * count[1] * count[2];
}

static void place(const sunzi_opendx *field, const int64_t *brick,
                  const double *from, double *all)
{
    const int64_t *first = brick, *count = brick + 3, *n = field->nodes;
    for (int64_t k = 0; k < count[2]; k++)
        for (int64_t j = 0; j < count[1]; j++)
            memcpy(all + ((first[2] + k) * n[1] + first[1] + j) * n[0] +
                       first[0],
                   from + (k * count[1] + j) * count[0],
                   (size_t)count[0] * sizeof *all);
}

/* Collective. all and piece: on process 0, room for all nodes each. */
static sunzi_status gather(sunzi_comm *comm, const sunzi_opendx *field,
                           const int64_t *bricks, double *piece, double *all)
{
    const int rank = sunzi_comm_rank(comm);
    sunzi_status status = SUNZI_OK;
    if (rank == 0)
        place(field, bricks, field->value, all);
    for (int from = 1; from < sunzi_comm_size(comm); from++) {
        const int64_t *brick = bricks + from * BRICK;
        sunzi_message message = {
            .tag = TAG, .bytes = (size_t)nodes_of(brick + 3) * sizeof(double)};
        if (rank == 0) {
            message.peer = from;
            message.data = piece;
        } else {
            message.send = true;
            message.data = (void *)(uintptr_t)field->value;
        }
        SUNZI_TRY(
            sunzi_comm_exchange(comm, rank == 0 || rank == from, &message));
        if (rank == 0)
            place(field, brick, piece, all);
    }
done:
    return status;
}

/* ---- the text ---- */

static bool write_head(FILE *out, const sunzi_opendx *field)
{
    const int64_t *n = field->nodes;
    const double *h = field->spacing, *low = field->low;
    if (field->comment)
        fprintf(out, "# %s\n", field->comment);
    for (int object = 1; object <= 2; object++) {
        fprintf(out, "object %d class grid%s counts %lld %lld %lld\n", object,
                object == 1 ? "positions" : "connections", (long long)n[0],
                (long long)n[1], (long long)n[2]);
        if (object == 1)
            fprintf(out,
                    "origin %.9g %.9g %.9g\ndelta %.9g 0 0\ndelta 0 %.9g 0\n"
                    "delta 0 0 %.9g\n",
                    low[0], low[1], low[2], h[0], h[1], h[2]);
    }
    return fprintf(out,
                   "object 3 class array type double rank 0 items %lld data "
                   "follows\n",
                   (long long)nodes_of(n)) > 0;
}

static bool write_values(FILE *out, const sunzi_opendx *field,
                         const double *all)
{
    const int64_t *n = field->nodes;
    int64_t written = 0;
    for (int64_t i = 0; i < n[0]; i++)
        for (int64_t j = 0; j < n[1]; j++)
            for (int64_t k = 0; k < n[2]; k++)
                if (fprintf(out, "%.6e%c", all[(k * n[1] + j) * n[0] + i],
                            ++written % 3 ? ' ' : '\n') < 0)
                    return false;
    return fprintf(out,
                   "%sattribute \"dep\" string \"positions\"\n"
                   "object \"regular positions regular connections\" class "
                   "field\ncomponent \"positions\" value 1\n"
                   "component \"connections\" value 2\n"
                   "component \"data\" value 3\n",
                   written % 3 ? "\n" : "") > 0;
}

/* The decimal point is that of the C locale, on this thread only. errno says
 * why it is false. */
static bool write_text(FILE *out, const sunzi_opendx *field, const double *all)
{
    const locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!c_locale)
        return false;
    const locale_t previous = uselocale(c_locale);
    const bool good = write_head(out, field) && write_values(out, field, all);
    uselocale(previous);
    freelocale(c_locale);
    return good;
}

/* ---- both ---- */

sunzi_status sunzi_opendx_write(sunzi_comm *comm, const char *path,
                                const sunzi_opendx *field)
{
    const bool writes = sunzi_comm_rank(comm) == 0;
    const size_t bytes = (size_t)nodes_of(field->nodes) * sizeof(double);
    void *bricks = NULL, *all = NULL, *piece = NULL;
    sunzi_new_file file;
    sunzi_status status = sunzi_allocate(
        (size_t)sunzi_comm_size(comm) * BRICK * sizeof(int64_t), path, &bricks);
    if (status == SUNZI_OK && writes)
        status = sunzi_allocate(bytes, path, &all);
    if (status == SUNZI_OK && writes && sunzi_comm_size(comm) > 1)
        status = sunzi_allocate(bytes, path, &piece);
    SUNZI_TRY(sunzi_comm_agree(comm, status));
    SUNZI_TRY(share_bricks(comm, field, bricks));
    SUNZI_TRY(gather(comm, field, bricks, piece, all));
    if (writes)
        status = sunzi_new_file_open(path, &file);
    if (writes && status == SUNZI_OK)
        status =
            sunzi_new_file_close(&file, write_text(file.stream, field, all));
    status = sunzi_comm_agree(comm, status);
done:
    sunzi_release(bricks);
    sunzi_release(all);
    sunzi_release(piece);
    return status;
}
