/* SPDX-License-Identifier: BSD-3-Clause */
/* Arrays in HDF5 files, written by blocks, collectively.
 *
 * Each process writes with system calls of its own to the places that rank 0
 * has found, so that it knows of every error and can say so; nobody waits for
 * one who failed. Where blocks are scattered in the file (short rows of a
 * field that is cut in all directions) the processes first exchange them, each
 * to write one range of the file in large pieces. (MPI-IO does the same, but
 * Open MPI 4.1.4 loses the error or, as does ROMIO, waits for ever.) */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "io/hdf5/file.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "numbers go into files as they lie in memory: little-endian");

enum { NAME = 80, STAGE_BYTES = 1 << 22 };

/* Bytes that a process sends at once. */
static const int64_t SENT_BYTES = INT64_C(1) << 27;

int sunzi_write_bytes(int descriptor, const void *data, int64_t bytes,
                      int64_t at)
{
    enum { AT_ONCE = 1 << 30 };
    const char *from = data;
    while (bytes > 0) {
        const size_t part = (size_t)(bytes < AT_ONCE ? bytes : AT_ONCE);
        const ssize_t done = pwrite(descriptor, from, part, at);
        if (done < 0 && errno != EINTR)
            return errno;
        if (done == 0)
            return EIO;
        if (done > 0) {
            from += done;
            at += done;
            bytes -= done;
        }
    }
    return 0;
}

/* ---- pieces that follow each other are written together ---- */

typedef struct stage {
    int descriptor, error; /* the first errno */
    unsigned char *data;   /* of STAGE_BYTES bytes */
    int64_t at, bytes;     /* waiting, for this place in the file */
} stage;

static void stage_flush(stage *s)
{
    if (s->bytes > 0 && !s->error)
        s->error = sunzi_write_bytes(s->descriptor, s->data, s->bytes, s->at);
    s->bytes = 0;
}

static void stage_write(stage *s, int64_t at, const void *data, int64_t bytes)
{
    if (s->bytes > 0 &&
        (at != s->at + s->bytes || s->bytes + bytes > STAGE_BYTES))
        stage_flush(s);
    if (bytes >= STAGE_BYTES / 4) {
        stage_flush(s);
        if (!s->error)
            s->error = sunzi_write_bytes(s->descriptor, data, bytes, at);
        return;
    }
    if (s->bytes == 0)
        s->at = at;
    memcpy(s->data + s->bytes, data, (size_t)bytes);
    s->bytes += bytes;
}

/* ---- the runs of a block ---- */

/* Goes through the runs of neighbouring entries, in memory and in the file. */
typedef struct runs {
    const sunzi_file_array *array;
    const sunzi_block *part; /* with `held` */
    const char *data;
    int64_t base; /* of the array in the file */
    int inner;    /* dimensions from here on are one run */
    int64_t index[SUNZI_FILE_DIMS];
    bool done;
} runs;

static runs runs_of(const sunzi_file_array *array, const sunzi_block *part,
                    const void *data, int64_t base)
{
    runs r = {.array = array,
              .part = part,
              .data = data,
              .base = base,
              .inner = array->dims - 1,
              .done = sunzi_block_entries(array, part) == 0};
    while (r.inner > 0 && part->count[r.inner] == array->size[r.inner] &&
           part->count[r.inner] == part->held[r.inner])
        r.inner--;
    return r;
}

/* The next run: place in the file, bytes; NULL: no more. */
static const char *next_run(runs *r, int64_t *place, int64_t *bytes)
{
    const int64_t each = (int64_t)sunzi_file_type_bytes(r->array->type);
    const sunzi_block *part = r->part;
    int64_t in_file = 0, in_memory = 0, d;
    if (r->done)
        return NULL;
    *bytes = each;
    for (d = 0; d < r->array->dims; d++) {
        in_file = in_file * r->array->size[d] + part->start[d] + r->index[d];
        in_memory = in_memory * part->held[d] + part->skip[d] + r->index[d];
        if (d >= r->inner)
            *bytes *= part->count[d];
    }
    *place = r->base + in_file * each;
    for (d = r->inner - 1; d >= 0; d--) {
        if (++r->index[d] < part->count[d])
            break;
        r->index[d] = 0;
    }
    r->done = d < 0;
    return r->data + in_memory * each;
}

/* ---- each its own ---- */

static void write_together(stage *s, runs r)
{
    int64_t place, bytes;
    for (const char *from; (from = next_run(&r, &place, &bytes));)
        stage_write(s, place, from, bytes);
}

/* ---- exchanged first ---- */

/* In a parcel, before the bytes of each piece. */
typedef struct head {
    int64_t place, bytes;
} head;

typedef struct parcel {
    unsigned char *data;
    int64_t bytes, pieces;
} parcel;

typedef struct piece {
    head of;
    const unsigned char *data;
} piece;

typedef struct swap {
    sunzi_comm *comm;
    int size;
    int64_t low, share;      /* process p writes [low + p share, ...) */
    parcel *sent, *received; /* for each process */
    sunzi_message *messages; /* two for each process */
    piece *pieces;           /* that this process is to write */
    int64_t count;
} swap;

/* The range of the file that all parts lie in, as even shares. */
static sunzi_status set_shares(swap *w, runs r)
{
    enum { ALIGN = 4096 };
    int64_t ends[2] = {INT64_MAX, INT64_MAX}, place, bytes;
    while (next_run(&r, &place, &bytes)) {
        ends[0] = place < ends[0] ? place : ends[0];
        ends[1] = -(place + bytes) < ends[1] ? -(place + bytes) : ends[1];
    }
    const sunzi_status status =
        sunzi_comm_reduce(w->comm, SUNZI_REDUCE_MIN, ends, 2);
    if (ends[0] == INT64_MAX) /* all are empty */
        ends[0] = ends[1] = 0;
    w->low = ends[0] / ALIGN * ALIGN;
    w->share = (-ends[1] - w->low + w->size - 1) / w->size;
    w->share = (w->share / ALIGN + 1) * ALIGN; /* at least one */
    return status;
}

/* Sizes of the parcels that this process sends, and their contents where they
 * have memory. */
static void pack(swap *w, runs r)
{
    int64_t place, left;
    for (int p = 0; p < w->size; p++)
        w->sent[p].bytes = w->sent[p].pieces = 0;
    for (const char *from; (from = next_run(&r, &place, &left));)
        while (left > 0) {
            parcel *to = &w->sent[(place - w->low) / w->share];
            const int64_t room = w->share - (place - w->low) % w->share;
            const head h = {place, left < room ? left : room};
            if (to->data) {
                unsigned char *at = to->data + to->bytes;
                memcpy(at, &h, sizeof h);
                memcpy(at + sizeof h, from, (size_t)h.bytes);
            }
            to->bytes += (int64_t)sizeof h + h.bytes;
            to->pieces++;
            place += h.bytes;
            from += h.bytes;
            left -= h.bytes;
        }
}

static sunzi_status allocate_parcels(const swap *w, parcel *parcels)
{
    for (int p = 0; p < w->size; p++) {
        void *block;
        const sunzi_status status = sunzi_allocate(
            (size_t)parcels[p].bytes, "exchange before writing", &block);
        if (status < 0)
            return status;
        parcels[p].data = block;
    }
    return SUNZI_OK;
}

/* Collective. The parcels themselves, or (sizes) what is known of them. */
static sunzi_status exchange(swap *w, bool sizes)
{
    enum { SIZES = 2 * sizeof(int64_t) };
    for (int p = 0; p < w->size; p++)
        for (int send = 0; send < 2; send++) {
            parcel *of = send ? &w->sent[p] : &w->received[p];
            w->messages[2 * p + send] =
                (sunzi_message){.peer = p,
                                .send = send,
                                .data = sizes ? (void *)&of->bytes : of->data,
                                .bytes = sizes ? SIZES : (size_t)of->bytes};
        }
    return sunzi_comm_agree(
        w->comm, sunzi_comm_exchange(w->comm, 2 * w->size, w->messages));
}

static sunzi_status prepare_receiving(swap *w)
{
    void *block;
    w->count = 0;
    for (int p = 0; p < w->size; p++)
        w->count += w->received[p].pieces;
    sunzi_status status = sunzi_allocate((size_t)w->count * sizeof *w->pieces,
                                         "exchange before writing", &block);
    if (status < 0)
        return status;
    w->pieces = block;
    return allocate_parcels(w, w->received);
}

static int by_place(const void *a, const void *b)
{
    const int64_t x = ((const piece *)a)->of.place,
                  y = ((const piece *)b)->of.place;
    return (x > y) - (x < y);
}

static void write_pieces(stage *s, swap *w)
{
    int64_t i = 0;
    for (int p = 0; p < w->size; p++) {
        const unsigned char *at = w->received[p].data;
        for (int64_t k = 0; k < w->received[p].pieces; k++, i++) {
            memcpy(&w->pieces[i].of, at, sizeof(head));
            w->pieces[i].data = at + sizeof(head);
            at += (int64_t)sizeof(head) + w->pieces[i].of.bytes;
        }
    }
    qsort(w->pieces, (size_t)w->count, sizeof *w->pieces, by_place);
    for (i = 0; i < w->count; i++)
        stage_write(s, w->pieces[i].of.place, w->pieces[i].data,
                    w->pieces[i].of.bytes);
}

static sunzi_status new_swap(sunzi_comm *comm, swap *w)
{
    const int size = sunzi_comm_size(comm);
    const size_t parcels = 2 * (size_t)size * sizeof(parcel);
    void *block = NULL, *messages = NULL;
    *w = (swap){.comm = comm, .size = size};
    sunzi_status status =
        sunzi_allocate(parcels, "exchange before writing", &block);
    if (status == SUNZI_OK)
        status = sunzi_allocate(2 * (size_t)size * sizeof *w->messages,
                                "exchange before writing", &messages);
    if (block)
        memset(block, 0, parcels);
    w->sent = block;
    w->received = w->sent ? w->sent + size : NULL;
    w->messages = messages;
    return status;
}

static void free_swap(swap *w)
{
    for (int p = 0; w->sent && p < 2 * w->size; p++)
        sunzi_release(w->sent[p].data); /* received: behind them */
    sunzi_release(w->sent);
    sunzi_release(w->messages);
    sunzi_release(w->pieces);
}

/* Collective. */
static sunzi_status write_scattered(sunzi_comm *comm, stage *s, runs r)
{
    swap w;
    sunzi_status status;
    SUNZI_TRY(sunzi_comm_agree(comm, new_swap(comm, &w)));
    SUNZI_TRY(set_shares(&w, r));
    pack(&w, r);
    SUNZI_TRY(sunzi_comm_agree(comm, allocate_parcels(&w, w.sent)));
    pack(&w, r);
    SUNZI_TRY(exchange(&w, true));
    SUNZI_TRY(sunzi_comm_agree(comm, prepare_receiving(&w)));
    SUNZI_TRY(exchange(&w, false));
    write_pieces(s, &w);
done:
    free_swap(&w);
    return status;
}

/* ---- one call ---- */

/* Collective: part k of `parts` of the block of each process. */
static sunzi_status write_part(const sunzi_file *file, stage *s,
                               const sunzi_hdf5_array *a,
                               const sunzi_block *part, const void *data,
                               bool scattered)
{
    const runs r = runs_of(&a->shape, part, data, a->place);
    sunzi_status status = SUNZI_OK;
    if (scattered)
        status = write_scattered(file->comm, s, r);
    else
        write_together(s, r);
    stage_flush(s);
    if (status == SUNZI_OK && s->error)
        status =
            sunzi_fail(SUNZI_ERR_FILE, "%.200s: '%.*s' cannot be written (%s)",
                       file->path, NAME, a->name, strerror(s->error));
    return sunzi_comm_agree(file->comm, status);
}

static sunzi_status write_block(sunzi_file *file, const sunzi_hdf5_array *a,
                                const sunzi_block *block, const void *data)
{
    sunzi_comm *comm = file->comm;
    stage s = {.descriptor = file->own};
    void *buffer = NULL;
    int64_t most[2] = {sunzi_block_entries(&a->shape, block) *
                           (int64_t)sunzi_file_type_bytes(a->shape.type),
                       sunzi_block_is_scattered(&a->shape, block)};
    sunzi_status status = sunzi_comm_reduce(comm, SUNZI_REDUCE_MAX, most, 2);
    if (status < 0)
        return status;
    const bool scattered = most[1] && sunzi_comm_size(comm) > 1;
    const int64_t parts =
        scattered ? (most[0] + SENT_BYTES - 1) / SENT_BYTES : most[0] > 0;
    status = sunzi_comm_agree(
        comm, sunzi_allocate(STAGE_BYTES, "writing an array", &buffer));
    s.data = buffer;
    for (int64_t k = 0; k < parts && status == SUNZI_OK; k++) {
        const sunzi_block part = sunzi_block_part(&a->shape, block, k, parts);
        status = write_part(file, &s, a, &part, data, scattered);
    }
    sunzi_release(buffer);
    return status;
}

static sunzi_status check_write(const char *function, sunzi_file *file,
                                const char *name, int step,
                                const sunzi_block *block, const void *data,
                                int64_t *entries)
{
    sunzi_status status;
    SUNZI_TRY(sunzi_hdf5_check_file(function, file, true));
    SUNZI_TRY(sunzi_hdf5_check_name(function, name));
    const sunzi_hdf5_array *a = sunzi_hdf5_find(file, name);
    if (!a)
        return sunzi_hdf5_no_array(function, file, name);
    if (a->chunks && step < 0)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: '%.*s' grows step by step, write it with "
                          "sunzi_file_write_field",
                          function, NAME, name);
    status = sunzi_block_check(function, name, &a->shape, block, data, entries);
done:
    return status;
}

/* Collective. The entries of all processes: more than there are is a mistake
 * before it spoils the file. */
static sunzi_status count_entries(const char *function, sunzi_file *file,
                                  sunzi_hdf5_array *a, int64_t entries)
{
    const sunzi_status status =
        sunzi_comm_reduce(file->comm, SUNZI_REDUCE_SUM, &entries, 1);
    if (status < 0)
        return status;
    const int64_t left = sunzi_array_entries(&a->shape) - a->written;
    if (entries > left)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: the blocks have %lld entries of '%.*s', only "
                          "%lld are not yet written; each entry is written "
                          "once",
                          function, (long long)entries, NAME, a->name,
                          (long long)left);
    a->written += entries;
    return SUNZI_OK;
}

/* Collective. Chunk by chunk. */
static sunzi_status write_step(sunzi_file *file, const sunzi_hdf5_array *a,
                               int step, const sunzi_block *block,
                               const void *data)
{
    sunzi_status status = SUNZI_OK;
    for (int c = 0; c < a->chunks && status == SUNZI_OK; c++) {
        sunzi_hdf5_array chunk;
        sunzi_block part;
        sunzi_hdf5_chunk(a, step, c, block, &chunk, &part);
        status = write_block(file, &chunk, &part, data);
    }
    return status;
}

sunzi_status sunzi_hdf5_write(const char *function, sunzi_file *file,
                              const char *name, int step,
                              const sunzi_block *block, const void *data)
{
    const sunzi_hdf5_quiet quiet = sunzi_hdf5_quiet_begin();
    int64_t entries = 0;
    sunzi_status status = sunzi_hdf5_agree_arguments(
        file->comm, function,
        check_write(function, file, name, step, block, data, &entries),
        sunzi_hash_text(0, name));
    if (status == SUNZI_OK) {
        sunzi_hdf5_array *a = sunzi_hdf5_find(file, name);
        status = count_entries(function, file, a, entries);
        if (status == SUNZI_OK)
            status = sunzi_hdf5_agree(
                file, a->chunks ? write_step(file, a, step, block, data)
                                : write_block(file, a, block, data));
    }
    sunzi_hdf5_quiet_end(quiet);
    return status;
}

sunzi_status sunzi_file_write(sunzi_file *file, const char *name,
                              const sunzi_block *block, const void *data)
{
    const char *function = "sunzi_file_write";
    return file ? sunzi_hdf5_write(function, file, name, -1, block, data)
                : sunzi_hdf5_no_file(function);
}
