/* SPDX-License-Identifier: BSD-3-Clause */
/* Copies beside the work of a device: see engines/copies.h. */
#include "engines/copies.h"

#include <stdio.h>
#include <string.h>

#include "engines/device.h"

enum { SHARE = 1 << 18 /* bytes of a thread that fills a buffer */ };

struct sunzi_pinned {
    sunzi_pinned *next;
    void *host, *handle;
    void *mark; /* of the copy that uses it, or NULL */
};

/* ---- buffers ---- */

/* After a failure: whatever was begun is done, and the sentence stays. */
static void drain(sunzi_device *d)
{
    char kept[600];
    snprintf(kept, sizeof kept, "%s", sunzi_last_message());
    if (d->ops->finish(d) < 0)
        (void)sunzi_fail(SUNZI_ERR_DEVICE, "%s", kept);
}

/* The copy that uses a buffer is done, or will never be. */
static sunzi_status settle(sunzi_device *d, sunzi_pinned *p)
{
    sunzi_status status = SUNZI_OK;
    if (!p->mark)
        return SUNZI_OK;
    status = d->ops->copying->await(d, p->mark);
    d->ops->copying->unmark(d, p->mark);
    p->mark = NULL;
    if (status < 0)
        drain(d);
    return status;
}

void sunzi_copies_settle(sunzi_device *d)
{
    char kept[600];
    sunzi_status status = SUNZI_OK;
    snprintf(kept, sizeof kept, "%s", sunzi_last_message());
    sunzi_device_lock(d);
    for (sunzi_pinned *p = d->pinned; p; p = p->next)
        status = settle(d, p) < 0 ? SUNZI_ERR_DEVICE : status;
    sunzi_device_unlock(d);
    if (status < 0)
        (void)sunzi_fail(status, "%s", kept);
}

static void unpin(sunzi_device *d, sunzi_pinned *p)
{
    d->ops->copying->unpin(d, p->host, p->handle);
    sunzi_release(p);
}

/* One that is not in use, or a new one. Locked, as all below. */
static sunzi_status take(sunzi_device *d, sunzi_pinned **buffer)
{
    void *block = NULL;
    sunzi_status status = SUNZI_OK;
    sunzi_pinned *p = d->pinned;
    if (p) {
        d->pinned = p->next;
    } else {
        SUNZI_TRY(sunzi_allocate(sizeof *p, "pinned memory", &block));
        p = block;
        *p = (sunzi_pinned){.next = NULL};
        SUNZI_TRY(
            d->ops->copying->pin(d, d->panel_bytes, &p->host, &p->handle));
    }
    *buffer = p;
    return SUNZI_OK;
done:
    sunzi_release(block);
    return status;
}

void sunzi_copies_trim(sunzi_device *d)
{
    sunzi_device_lock(d);
    sunzi_copies_settle(d);
    while (d->pinned) {
        sunzi_pinned *p = d->pinned;
        d->pinned = p->next;
        unpin(d, p);
    }
    sunzi_device_unlock(d);
}

sunzi_status sunzi_copies_open(sunzi_context *ctx, size_t bytes,
                               sunzi_copies *c)
{
    sunzi_device *d = ctx->device;
    sunzi_status status = SUNZI_OK;
    *c = (sunzi_copies){.ctx = ctx};
    if (!d || d->panel_bytes == 0 || bytes <= d->panel_bytes)
        return SUNZI_OK;
    c->device = d;
    sunzi_device_lock(d);
    for (int k = 0; k < 2 && status == SUNZI_OK; k++)
        status = take(d, &c->buffer[k]);
    sunzi_device_unlock(d);
    if (status == SUNZI_OK)
        return SUNZI_OK;
    sunzi_copies_close(c);
    if (status != SUNZI_ERR_NOMEM)
        return status;
    sunzi_log(ctx, SUNZI_LOG_DECISION,
              "a copy is made in the order of the work: %s",
              sunzi_last_message());
    return SUNZI_OK;
}

void sunzi_copies_close(sunzi_copies *c)
{
    sunzi_device *d = c->device;
    if (!d)
        return;
    sunzi_device_lock(d);
    for (int k = 0; k < 2; k++) {
        if (!c->buffer[k])
            continue;
        c->buffer[k]->next = d->pinned;
        d->pinned = c->buffer[k];
    }
    sunzi_device_unlock(d);
    *c = (sunzi_copies){.ctx = c->ctx};
}

size_t sunzi_copies_panel_of(const sunzi_context *ctx)
{
    return ctx->device ? ctx->device->panel_bytes : 0;
}

size_t sunzi_copies_panel(const sunzi_copies *c)
{
    return sunzi_copies_panel_of(c->ctx);
}

/* ---- one copy ---- */

/* `later` waits for what `sooner` was given so far. */
static sunzi_status order(sunzi_device *d, sunzi_queue sooner,
                          sunzi_queue later)
{
    const sunzi_device_copying *o = d->ops->copying;
    void *mark = NULL;
    sunzi_status status;
    SUNZI_TRY(o->mark(d, sooner, &mark));
    status = o->follow(d, later, mark);
    o->unmark(d, mark);
done:
    return status;
}

sunzi_status sunzi_copies_after_work(sunzi_copies *c)
{
    sunzi_device_lock(c->device);
    const sunzi_status status =
        order(c->device, SUNZI_QUEUE_WORK, SUNZI_QUEUE_COPIES);
    c->device->released = c->device->released && status < 0;
    sunzi_device_unlock(c->device);
    return status;
}

sunzi_status sunzi_copies_wait(sunzi_copies *c, int k, void **host)
{
    sunzi_device_lock(c->device);
    const sunzi_status status = settle(c->device, c->buffer[k]);
    sunzi_device_unlock(c->device);
    *host = c->buffer[k]->host;
    return status;
}

/* The end of the copies to or from a buffer; no copy is left unmarked. One
 * before them, in the same queue, is done before. */
static sunzi_status end(sunzi_device *d, sunzi_pinned *p, sunzi_status status)
{
    if (p->mark)
        d->ops->copying->unmark(d, p->mark);
    p->mark = NULL;
    if (status == SUNZI_OK)
        status = d->ops->copying->mark(d, SUNZI_QUEUE_COPIES, &p->mark);
    if (status < 0)
        drain(d);
    return status;
}

sunzi_status sunzi_copies_up(sunzi_copies *c, int k, void *place, size_t at,
                             size_t bytes)
{
    sunzi_device *d = c->device;
    sunzi_pinned *p = c->buffer[k];
    sunzi_status status;
    sunzi_device_lock(d);
    status = d->ops->upload(d, SUNZI_QUEUE_COPIES, place, at, p->host, bytes);
    SUNZI_TRY(end(d, p, status));
    SUNZI_TRY(d->ops->copying->follow(d, SUNZI_QUEUE_WORK, p->mark));
    d->counts.uploads++;
    d->counts.upload_bytes += (int64_t)bytes;
    d->counts.upload_beside += (int64_t)bytes;
done:
    sunzi_device_unlock(d);
    return status;
}

sunzi_status sunzi_copies_down(sunzi_copies *c, int k, size_t to, void *place,
                               size_t at, size_t bytes, bool last)
{
    sunzi_device *d = c->device;
    sunzi_pinned *p = c->buffer[k];
    sunzi_device_lock(d);
    sunzi_status status = d->ops->download(d, SUNZI_QUEUE_COPIES, place, at,
                                           (char *)p->host + to, bytes);
    if (status < 0 || last)
        status = end(d, p, status);
    if (status == SUNZI_OK) {
        d->counts.downloads++;
        d->counts.download_bytes += (int64_t)bytes;
        d->counts.download_beside += (int64_t)bytes;
    }
    sunzi_device_unlock(d);
    return status;
}

/* ---- whole arrays ---- */

/* By several threads: one alone is slower than a bus. */
static void move(const sunzi_context *ctx, void *to, const void *from,
                 size_t bytes)
{
    const int64_t shares = (int64_t)((bytes + SHARE - 1) / SHARE);
#pragma omp parallel for num_threads(sunzi_threads(ctx)) if (shares > 1)
    for (int64_t s = 0; s < shares; s++) {
        const size_t at = (size_t)s * SHARE;
        memcpy((char *)to + at, (const char *)from + at,
               bytes - at < SHARE ? bytes - at : SHARE);
    }
}

sunzi_status sunzi_copies_send(sunzi_copies *c, void *place, const void *from,
                               size_t bytes, sunzi_arrived_fn *arrived,
                               void *user)
{
    const size_t panel = sunzi_copies_panel(c);
    sunzi_status status = SUNZI_OK;
    int k = 0;
    for (size_t at = 0; at < bytes; at += panel, k = !k) {
        const size_t part = bytes - at < panel ? bytes - at : panel;
        void *host = NULL;
        SUNZI_TRY(sunzi_copies_wait(c, k, &host));
        move(c->ctx, host, (const char *)from + at, part);
        SUNZI_TRY(sunzi_copies_up(c, k, place, at, part));
        if (arrived)
            SUNZI_TRY(arrived(user, at + part));
    }
done:
    return status;
}

sunzi_status sunzi_copies_fetch(sunzi_copies *c, void *place, size_t at,
                                void *to, size_t bytes)
{
    const size_t panel = sunzi_copies_panel(c);
    size_t begun = 0, got = 0;
    sunzi_status status;
    SUNZI_TRY(sunzi_copies_after_work(c));
    for (int k = 0; got < bytes; k = !k) {
        /* the first time one, then always one ahead */
        for (int ahead = begun == 0 ? 0 : 1; ahead < 2 && begun < bytes;
             ahead++) {
            const size_t part = bytes - begun < panel ? bytes - begun : panel;
            SUNZI_TRY(sunzi_copies_down(c, ahead ? !k : k, 0, place, at + begun,
                                        part, true));
            begun += part;
        }
        const size_t part = bytes - got < panel ? bytes - got : panel;
        void *host = NULL;
        SUNZI_TRY(sunzi_copies_wait(c, k, &host));
        move(c->ctx, (char *)to + got, host, part);
        got += part;
    }
done:
    return status;
}
