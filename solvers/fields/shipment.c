/* SPDX-License-Identifier: BSD-3-Clause */
/* Shipments: the buffer, packing and unpacking by several threads, and stamps
 * by which processes notice that they are not in the same exchange. */
#include "solvers/fields/shipment.h"

#include <omp.h>
#include <string.h>

#include "core/memory.h"

/* A message is a stamp, then pieces. */
enum { STAMP_BYTES = sizeof(int64_t), MESSAGE_ALIGNMENT = 64 };

/* Bytes for which a thread is worth waking; of a cache line; rows that a thread
 * does not share with others. */
enum { THREAD_LEAST = 1 << 20, LINE_BYTES = 64, ROWS_TOGETHER = 8 };

/* ---- the plan ---- */

sunzi_status sunzi_shipment_open(sunzi_shipment *s, const char *function,
                                 sunzi_comm *comm, int fields,
                                 const sunzi_field *field)
{
    void *block;
    sunzi_status status;
    s->comm = comm;
    SUNZI_TRY(sunzi_context_use(NULL, &s->ctx));
    SUNZI_TRY(
        sunzi_allocate(2 * (size_t)fields * sizeof *s->lane, function, &block));
    s->lane = block;
    for (int f = 0; f < fields; f++)
        s->lanes +=
            sunzi_field_lanes(s->ctx->engine, &field[f], s->lane + s->lanes);
    for (int l = 0; l < s->lanes; l++)
        s->cell_bytes += sunzi_lane_bytes(&s->lane[l]);
done:
    return status;
}

sunzi_status sunzi_piece_list_take(sunzi_piece_list *pieces,
                                   const char *function, int64_t count)
{
    void *block;
    const sunzi_status status = sunzi_allocate(
        sunzi_size_product((size_t)count, sizeof *pieces->list, 1), function,
        &block);
    if (status == SUNZI_OK)
        pieces->list = block;
    return status;
}

/* Sums of bytes; SIZE_MAX: more than there can be. */
static size_t add(size_t a, size_t b)
{
    return a > SIZE_MAX - b ? SIZE_MAX : a + b;
}

static size_t piece_bytes(const sunzi_shipment *s, const sunzi_piece *p)
{
    return sunzi_size_product((size_t)sunzi_box_cells(&p->box), s->cell_bytes,
                              1);
}

static bool begins(const sunzi_piece_list *pieces, int64_t i)
{
    return i == 0 || pieces->list[i - 1].peer != pieces->list[i].peer;
}

/* The first piece from `i` on that this process sends to itself. */
static int64_t next_own(const sunzi_shipment *s, int64_t i)
{
    while (s->out.list[i].peer != sunzi_comm_rank(s->comm))
        i++;
    return i;
}

/* Place the pieces behind `end`. What a process sends to itself stays where it
 * was packed. Returned: the new end. */
static size_t place(sunzi_shipment *s, sunzi_piece_list *pieces, size_t end)
{
    const int me = sunzi_comm_rank(s->comm);
    int64_t own = -1;
    for (int64_t i = 0; i < pieces->count; i++) {
        sunzi_piece *p = &pieces->list[i];
        if (p->peer == me && pieces == &s->in) {
            own = next_own(s, own + 1);
            p->at = s->out.list[own].at;
            continue;
        }
        if (p->peer != me && begins(pieces, i)) {
            end = add(end, MESSAGE_ALIGNMENT - 1);
            end = add(end - end % MESSAGE_ALIGNMENT, STAMP_BYTES);
        }
        p->at = end;
        end = add(end, piece_bytes(s, p));
    }
    return end;
}

static int list_messages(sunzi_shipment *s, const sunzi_piece_list *pieces,
                         int tag, sunzi_message *message)
{
    const int me = sunzi_comm_rank(s->comm);
    const bool sends = pieces == &s->out;
    int count = 0;
    for (int64_t i = 0; i < pieces->count; i++) {
        const sunzi_piece *p = &pieces->list[i];
        const size_t bytes = piece_bytes(s, p);
        if (p->peer == me) {
            s->traffic.copy_bytes += sends ? (int64_t)bytes : 0;
            continue;
        }
        if (begins(pieces, i))
            message[count++] =
                (sunzi_message){p->peer, tag, sends,
                                s->buffer + p->at - STAMP_BYTES, STAMP_BYTES};
        message[count - 1].bytes += bytes;
    }
    return count;
}

static int64_t peers_of(const sunzi_piece_list *pieces)
{
    int64_t peers = 0;
    for (int64_t i = 0; i < pieces->count; i++)
        peers += begins(pieces, i);
    return peers;
}

sunzi_status sunzi_shipment_settle(sunzi_shipment *s, const char *function,
                                   int tag)
{
    void *block;
    sunzi_traffic *t = &s->traffic;
    const size_t most = (size_t)(peers_of(&s->out) + peers_of(&s->in));
    sunzi_status status;
    const size_t bytes = place(s, &s->in, place(s, &s->out, 0));
    SUNZI_TRY(sunzi_allocate(bytes, function, &block));
    s->buffer = block;
    SUNZI_TRY(sunzi_allocate(most * sizeof *s->message, function, &block));
    s->message = block;
    t->sends = list_messages(s, &s->out, tag, s->message);
    t->receives = list_messages(s, &s->in, tag, s->message + t->sends);
    s->messages = t->sends + t->receives;
    for (int i = 0; i < s->messages; i++)
        *(i < t->sends ? &t->send_bytes : &t->receive_bytes) +=
            (int64_t)s->message[i].bytes;
done:
    return status;
}

void sunzi_shipment_ready(sunzi_shipment *s)
{
    if (s->comm)
        s->number = ++s->comm->shipments;
}

void sunzi_shipment_close(sunzi_shipment *s)
{
    (void)sunzi_comm_finish(s->comm, &s->exchange);
    sunzi_release(s->message);
    sunzi_release(s->buffer);
    sunzi_release(s->out.list);
    sunzi_release(s->in.list);
    sunzi_release(s->lane);
}

/* ---- packing ---- */

/* Whether a piece needs no buffer. */
static bool is_moved(const sunzi_shipment *s, const sunzi_piece *p)
{
    return s->moved && p->peer == sunzi_comm_rank(s->comm);
}

/* What a row costs: its bytes, and where it is short, cache lines. */
static int64_t row_work(const sunzi_lane *lane, const sunzi_box *box)
{
    const int64_t bytes = (int64_t)sunzi_box_row_bytes(lane, box);
    return bytes > LINE_BYTES ? bytes : LINE_BYTES;
}

static int64_t work_of(const sunzi_shipment *s, const sunzi_piece_list *pieces)
{
    int64_t work = 0;
    for (int64_t i = 0; i < pieces->count; i++)
        for (int l = 0; l < s->lanes && !is_moved(s, &pieces->list[i]); l++)
            work += row_work(&s->lane[l], &pieces->list[i].box) *
                    sunzi_box_rows(&pieces->list[i].box);
    return work;
}

/* The row of a box before which so much of its work is done. */
static int64_t row_at(int64_t work, int64_t of_row, int64_t rows)
{
    if (work <= 0)
        return 0;
    return work / of_row < rows ? work / of_row / ROWS_TOGETHER * ROWS_TOGETHER
                                : rows;
}

/* The part from .. to of the work. */
static int64_t pack_part(const sunzi_shipment *s, const void *const *arrays,
                         int64_t from, int64_t to)
{
    int64_t overflows = 0, before = 0;
    for (int64_t i = 0; i < s->out.count && before < to; i++) {
        const sunzi_box *box = &s->out.list[i].box;
        const int64_t rows = sunzi_box_rows(box);
        char *at = s->buffer + s->out.list[i].at;
        if (is_moved(s, &s->out.list[i]))
            continue;
        for (int l = 0; l < s->lanes; l++) {
            const sunzi_lane *lane = &s->lane[l];
            const int64_t work = row_work(lane, box);
            const int64_t begin = row_at(from - before, work, rows);
            const int64_t end = row_at(to - before, work, rows);
            overflows += sunzi_box_pack(lane, box, begin, end, arrays[l], at);
            at += (size_t)sunzi_box_cells(box) * sunzi_lane_bytes(lane);
            before += work * rows;
        }
    }
    return overflows;
}

static void unpack_part(const sunzi_shipment *s, void *const *arrays,
                        int64_t from, int64_t to)
{
    int64_t before = 0;
    for (int64_t i = 0; i < s->in.count && before < to; i++) {
        const sunzi_box *box = &s->in.list[i].box;
        const int64_t rows = sunzi_box_rows(box);
        const char *at = s->buffer + s->in.list[i].at;
        if (is_moved(s, &s->in.list[i]))
            continue;
        for (int l = 0; l < s->lanes; l++) {
            const sunzi_lane *lane = &s->lane[l];
            const int64_t work = row_work(lane, box);
            const int64_t begin = row_at(from - before, work, rows);
            const int64_t end = row_at(to - before, work, rows);
            sunzi_box_unpack(lane, box, begin, end, at, arrays[l]);
            at += (size_t)sunzi_box_cells(box) * sunzi_lane_bytes(lane);
            before += work * rows;
        }
    }
}

static int threads_for(const sunzi_shipment *s, int64_t work)
{
    const int64_t most = work / THREAD_LEAST, threads = sunzi_threads(s->ctx);
    return (int)(most < 1 ? 1 : most < threads ? most : threads);
}

/* What a process sends to itself, from arrays to targets. */
static int64_t move_part(const sunzi_shipment *s, const void *const *arrays,
                         void *const *targets, int share, int shares)
{
    const int me = sunzi_comm_rank(s->comm);
    int64_t overflows = 0, own = -1;
    for (int64_t i = 0; i < s->in.count; i++) {
        if (s->in.list[i].peer != me)
            continue;
        own = next_own(s, own + 1);
        for (int l = 0; l < s->lanes; l++)
            overflows +=
                sunzi_box_move(&s->lane[l], &s->out.list[own].box, arrays[l],
                               &s->in.list[i].box, targets[l], share, shares);
    }
    return overflows;
}

static int64_t pack(const sunzi_shipment *s, const void *const *arrays,
                    void *const *targets)
{
    const int64_t work = work_of(s, &s->out);
    const int threads =
        threads_for(s, work + (s->moved ? s->traffic.copy_bytes : 0));
    int64_t overflows = 0;
#pragma omp parallel num_threads(threads) reduction(+ : overflows) if (threads > 1)
    {
        const int me = omp_get_thread_num(), all = omp_get_num_threads();
        overflows += pack_part(s, arrays, work / all * me,
                               me + 1 < all ? work / all * (me + 1) : work);
        if (s->moved)
            overflows += move_part(s, arrays, targets, me, all);
    }
    return overflows;
}

static void unpack(const sunzi_shipment *s, void *const *arrays)
{
    const int64_t work = work_of(s, &s->in);
    const int threads = threads_for(s, work);
#pragma omp parallel num_threads(threads) if (threads > 1)
    {
        const int64_t me = omp_get_thread_num(), all = omp_get_num_threads();
        unpack_part(s, arrays, work / all * me,
                    me + 1 < all ? work / all * (me + 1) : work);
    }
}

/* ---- exchange ---- */

/* A stamp: number of the shipment, then slot + 1, or 0 where it is refused. */
enum { SLOT_BITS = 8 };

static int64_t stamp_of(const sunzi_message *m)
{
    int64_t stamp;
    memcpy(&stamp, m->data, sizeof stamp);
    return stamp;
}

sunzi_status sunzi_shipment_start(sunzi_shipment *s, int slot,
                                  const void *const *arrays,
                                  void *const *targets)
{
    s->stamp = (s->number << SLOT_BITS) + (arrays ? slot + 1 : 0);
    for (int i = 0; i < s->traffic.sends; i++)
        memcpy(s->message[i].data, &s->stamp, sizeof s->stamp);
    s->moved = targets != NULL;
    if (arrays)
        s->traffic.overflows += pack(s, arrays, targets);
    return sunzi_comm_start(s->comm, s->messages, s->message, &s->exchange);
}

static sunzi_status check_stamps(const sunzi_shipment *s, const char *function)
{
    const int64_t slots = (1 << SLOT_BITS) - 1;
    for (int i = s->traffic.sends; i < s->messages; i++) {
        const int64_t stamp = stamp_of(&s->message[i]);
        const int peer = s->message[i].peer;
        if (stamp == s->stamp)
            continue;
        if (stamp >> SLOT_BITS != s->number)
            return sunzi_fail(SUNZI_ERR_ARG,
                              "%s: the message of process %d is of another "
                              "halo or transpose; start them in the same order "
                              "on all processes",
                              function, peer);
        if ((stamp & slots) == 0)
            return sunzi_fail(SUNZI_ERR_ARG,
                              "%s: process %d could not start this exchange "
                              "(a slot without arrays)",
                              function, peer);
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: slot = %lld on this process, %lld on process "
                          "%d, allowed: the same on all processes",
                          function, (long long)(s->stamp & slots) - 1,
                          (long long)(stamp & slots) - 1, peer);
    }
    return SUNZI_OK;
}

sunzi_status sunzi_shipment_finish(sunzi_shipment *s, const char *function,
                                   void *const *arrays)
{
    sunzi_status status;
    SUNZI_TRY(sunzi_comm_finish(s->comm, &s->exchange));
    if (arrays) {
        SUNZI_TRY(check_stamps(s, function));
        unpack(s, arrays);
    }
done:
    return status;
}
