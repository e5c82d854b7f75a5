/* SPDX-License-Identifier: BSD-3-Clause */
/* Communicators: the process alone, and what all implementations share. */
#include "core/communicator.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "core/status.h"

/* ---- a process alone ---- */

/* Messages to itself are copied at once: the k-th send of a tag goes to the
 * k-th receive of it. */
static sunzi_status copy_to_self(int count, const sunzi_message *messages)
{
    for (int i = 0; i < count; i++) {
        const sunzi_message *to = &messages[i];
        int before = 0;
        for (int j = 0; j < i && !to->send; j++)
            before += !messages[j].send && messages[j].tag == to->tag;
        for (int j = 0; j < count && !to->send; j++) {
            const sunzi_message *from = &messages[j];
            if (!from->send || from->tag != to->tag || before-- > 0)
                continue;
            if (from->bytes != to->bytes)
                return sunzi_fail(SUNZI_ERR_INTERNAL,
                                  "exchange: a message of %zu bytes for a "
                                  "receive of %zu bytes",
                                  from->bytes, to->bytes);
            if (to->bytes)
                memmove(to->data, from->data, to->bytes);
            break;
        }
    }
    return SUNZI_OK;
}

static bool alone(const sunzi_comm *comm)
{
    return !comm;
}

/* ---- all communicators ---- */

int sunzi_comm_rank(const sunzi_comm *comm)
{
    return alone(comm) ? 0 : comm->rank;
}

int sunzi_comm_size(const sunzi_comm *comm)
{
    return alone(comm) ? 1 : comm->size;
}

int sunzi_comm_device_aware(const sunzi_comm *comm)
{
    return alone(comm) ? 0 : comm->device_aware;
}

void sunzi_comm_destroy(sunzi_comm **comm)
{
    if (!comm || !*comm)
        return;
    (*comm)->ops->destroy(*comm);
    *comm = NULL;
}

enum { MESSAGES, BROADCASTS, REDUCTIONS, KINDS };

static atomic_llong calls[KINDS], volume[KINDS];

static void note(int kind, size_t bytes)
{
    atomic_fetch_add_explicit(&calls[kind], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&volume[kind], (long long)bytes,
                              memory_order_relaxed);
}

sunzi_comm_counts sunzi_comm_count(void)
{
    return (sunzi_comm_counts){calls[MESSAGES],   volume[MESSAGES],
                               calls[BROADCASTS], volume[BROADCASTS],
                               calls[REDUCTIONS], volume[REDUCTIONS]};
}

/* Collective operations of one process do nothing. */
static bool trivial(const sunzi_comm *comm)
{
    return alone(comm) || comm->size == 1;
}

sunzi_status sunzi_comm_barrier(sunzi_comm *comm)
{
    return trivial(comm) ? SUNZI_OK : comm->ops->barrier(comm);
}

sunzi_status sunzi_comm_broadcast(sunzi_comm *comm, int root, void *data,
                                  size_t bytes)
{
    if (trivial(comm))
        return SUNZI_OK;
    note(BROADCASTS, bytes);
    return comm->ops->broadcast(comm, root, data, bytes);
}

sunzi_status sunzi_comm_reduce(sunzi_comm *comm, sunzi_reduction op, void *data,
                               int count)
{
    if (trivial(comm))
        return SUNZI_OK;
    note(REDUCTIONS, (size_t)count * sizeof(int64_t));
    return comm->ops->reduce(comm, op, data, count);
}

sunzi_status sunzi_comm_start(sunzi_comm *comm, int count,
                              const sunzi_message *messages,
                              sunzi_exchange **exchange)
{
    *exchange = NULL;
    if (alone(comm))
        return copy_to_self(count, messages);
    for (int i = 0; i < count; i++)
        if (messages[i].send && messages[i].bytes &&
            messages[i].peer != comm->rank)
            note(MESSAGES, messages[i].bytes);
    return count ? comm->ops->start(comm, count, messages, exchange) : SUNZI_OK;
}

sunzi_status sunzi_comm_finish(sunzi_comm *comm, sunzi_exchange **exchange)
{
    return *exchange ? comm->ops->finish(comm, exchange) : SUNZI_OK;
}

sunzi_status sunzi_comm_exchange(sunzi_comm *comm, int count,
                                 const sunzi_message *messages)
{
    sunzi_exchange *exchange;
    const sunzi_status status =
        sunzi_comm_start(comm, count, messages, &exchange);
    return status < 0 ? status : sunzi_comm_finish(comm, &exchange);
}

sunzi_status sunzi_comm_split(sunzi_comm *comm, int color, int key,
                              sunzi_comm **part)
{
    *part = NULL;
    return alone(comm) ? SUNZI_OK : comm->ops->split(comm, color, key, part);
}

sunzi_status sunzi_comm_agree(sunzi_comm *comm, sunzi_status mine)
{
    enum { TEXT = 512 };
    /* least of the negative ones, largest of the positive ones */
    int64_t worst[2] = {mine < 0 ? mine : 0, mine > 0 ? -(int64_t)mine : 0};
    char text[TEXT];
    if (trivial(comm))
        return mine;
    sunzi_status status = sunzi_comm_reduce(comm, SUNZI_REDUCE_MIN, worst, 2);
    if (status < 0)
        return status;
    const sunzi_status all =
        (sunzi_status)(worst[0] < 0 ? worst[0] : -worst[1]);
    if (all == SUNZI_OK)
        return all;
    int64_t source = mine == all ? comm->rank : comm->size;
    status = sunzi_comm_reduce(comm, SUNZI_REDUCE_MIN, &source, 1);
    if (status < 0)
        return status;
    snprintf(text, sizeof text, "%s", sunzi_last_message());
    status = sunzi_comm_broadcast(comm, (int)source, text, sizeof text);
    if (status < 0)
        return status;
    text[sizeof text - 1] = '\0';
    /* a sentence that already names a process keeps that name */
    if (strncmp(text, "[rank ", 6) == 0)
        return sunzi_fail(all, "%s", text);
    return sunzi_fail(all, "[rank %d] %s", (int)source, text);
}

enum { SAME_AT_ONCE = 32 };

static sunzi_status same_at_once(sunzi_comm *comm, const char *function,
                                 int count, const sunzi_named *named)
{
    int64_t ends[2 * SAME_AT_ONCE]; /* least, and least of the negatives */
    for (int i = 0; i < count; i++) {
        ends[2 * i] = named[i].value;
        ends[2 * i + 1] = -named[i].value;
    }
    const sunzi_status status =
        sunzi_comm_reduce(comm, SUNZI_REDUCE_MIN, ends, 2 * count);
    if (status < 0)
        return status;
    for (int i = 0; i < count; i++)
        if (ends[2 * i] != -ends[2 * i + 1])
            return sunzi_fail(
                SUNZI_ERR_ARG,
                "%s: %s is %lld on this process, from %lld to %lld "
                "over all, allowed: the same on all processes",
                function, named[i].name, (long long)named[i].value,
                (long long)ends[2 * i], (long long)-ends[2 * i + 1]);
    return SUNZI_OK;
}

sunzi_status sunzi_comm_same_values(sunzi_comm *comm, const char *function,
                                    int count, const sunzi_named *named)
{
    sunzi_status status = SUNZI_OK;
    for (int i = 0; i < count && status == SUNZI_OK; i += SAME_AT_ONCE)
        status = same_at_once(
            comm, function, count - i < SAME_AT_ONCE ? count - i : SAME_AT_ONCE,
            named + i);
    return status;
}
