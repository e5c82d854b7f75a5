/* SPDX-License-Identifier: BSD-3-Clause */
/* The double of a GPU: streams, events, pinned memory, and copies that are made
 * as late as the contracts allow: when the host waits for an event behind them,
 * or when work begins that was told to wait for one. So a buffer that is used
 * again too early, or work that does not wait, gives wrong numbers. The default
 * stream is never late. */
#include <stdlib.h>
#include <string.h>

#include "tests/engines/double/gpu.h"

enum { GUARD = 64, GUARD_BYTE = 0x5a, COPIES_MAX = 1 << 10, STREAMS = 16 };

typedef struct late_copy {
    void *to;
    const void *from;
    size_t bytes;
} late_copy;

typedef struct stream {
    bool open;
    late_copy copy[COPIES_MAX];
    long given, done,
        work_waits; /* copies: of these, the next work is behind */
} stream;

typedef struct event {
    bool recorded;
    stream *on;  /* NULL: of work */
    long before; /* copies that it is behind */
} event;

typedef struct pinned {
    struct pinned *next;
    unsigned char *bytes;
    size_t size;
} pinned;

static pinned *pins;
static stream streams[STREAMS];

/* Locked by the caller. */
static void make_copies(stream *s, long until)
{
    for (; s->done < until; s->done++) {
        const late_copy *c = &s->copy[s->done % COPIES_MAX];
        memcpy(c->to, c->from, c->bytes);
    }
}

void gpu_work_begins(void)
{
    pthread_mutex_lock(&gpu_lock);
    for (int s = 0; s < STREAMS; s++)
        make_copies(&streams[s], streams[s].work_waits);
    pthread_mutex_unlock(&gpu_lock);
}

void gpu_all_done(void)
{
    pthread_mutex_lock(&gpu_lock);
    for (int s = 0; s < STREAMS; s++)
        make_copies(&streams[s], streams[s].given);
    pthread_mutex_unlock(&gpu_lock);
}

bool gpu_copy_needs(const void *bytes, size_t size)
{
    const char *from = bytes, *end = from + size;
    bool needs = false;
    pthread_mutex_lock(&gpu_lock);
    for (const stream *s = streams; s < streams + STREAMS; s++)
        for (long i = s->done; i < s->given; i++) {
            const late_copy *c = &s->copy[i % COPIES_MAX];
            const char *to = c->to, *source = c->from;
            needs |= (to < end && to + c->bytes > from) ||
                     (source < end && source + c->bytes > from);
        }
    pthread_mutex_unlock(&gpu_lock);
    return needs;
}

/* ---- pinned memory ---- */

int cuMemHostAlloc(void **host, size_t bytes, unsigned flags)
{
    const int code = gpu_enter();
    if (code != 0)
        return code;
    if (bytes == 0 || flags != 0)
        return INVALID_VALUE;
    if (fault_at("pin"))
        return OUT_OF_MEMORY;
    pinned *p = malloc(sizeof *p);
    unsigned char *block =
        aligned_alloc(4096, (bytes + GUARD + 4095) & ~4095UL);
    if (!p || !block)
        abort();
    memset(block, 0xfb, bytes);
    memset(block + bytes, GUARD_BYTE, GUARD);
    pthread_mutex_lock(&gpu_lock);
    *p = (pinned){.next = pins, .bytes = block, .size = bytes};
    pins = p;
    pthread_mutex_unlock(&gpu_lock);
    hold(ALLOCATIONS, 1);
    *host = block;
    return 0;
}

/* Locked by the caller. */
static pinned **pin_of(const void *host, size_t bytes)
{
    const unsigned char *from = host;
    pinned **p = &pins;
    while (*p &&
           (from < (*p)->bytes || from + bytes > (*p)->bytes + (*p)->size))
        p = &(*p)->next;
    return p;
}

int cuMemFreeHost(void *host)
{
    const int code = gpu_enter();
    pthread_mutex_lock(&gpu_lock);
    pinned **place = pin_of(host, 0), *p = *place;
    if (p)
        *place = p->next;
    pthread_mutex_unlock(&gpu_lock);
    if (!p || p->bytes != host) {
        misuse("pinned memory is freed that is none");
        return INVALID_VALUE;
    }
    if (!double_lost && gpu_copy_needs(p->bytes, p->size))
        misuse("pinned memory is freed that a copy needs");
    for (int i = 0; i < GUARD; i++)
        if (p->bytes[p->size + (size_t)i] != GUARD_BYTE) {
            misuse("byte %d after pinned memory was written", i);
            break;
        }
    free(p->bytes);
    free(p);
    hold(ALLOCATIONS, -1);
    return code;
}

/* ---- streams ---- */

int cuStreamCreate(void **result, unsigned flags)
{
    const int code = gpu_enter();
    int s = 0;
    if (code != 0)
        return code;
    if (flags != 1)
        misuse("a stream that waits for the default one");
    while (s < STREAMS && streams[s].open)
        s++;
    if (s == STREAMS || fault_at("stream"))
        return OUT_OF_MEMORY;
    streams[s].open = true;
    hold(QUEUES, 1);
    *result = &streams[s];
    return 0;
}

int cuStreamDestroy_v2(void *which)
{
    stream *s = which;
    const int code = gpu_enter();
    if (!s || !s->open) {
        misuse("a stream is destroyed that is none");
        return INVALID_HANDLE;
    }
    if (code == 0)
        gpu_all_done();
    s->open = false;
    s->given = s->done = s->work_waits = 0;
    hold(QUEUES, -1);
    return code;
}

static int copy_late(void *to, const void *from, size_t bytes,
                     uint64_t on_device, const void *host, void *which,
                     const char *point)
{
    stream *s = which;
    const int code = gpu_enter();
    if (code != 0)
        return code;
    if (!s || !s->open)
        return INVALID_HANDLE;
    pthread_mutex_lock(&gpu_lock);
    const bool is_pinned = *pin_of(host, bytes) != NULL;
    const bool full = s->given - s->done == COPIES_MAX;
    pthread_mutex_unlock(&gpu_lock);
    if (!is_pinned || !gpu_holds(on_device, bytes)) {
        misuse("a copy of %zu bytes leaves its allocation, or is not of pinned "
               "memory",
               bytes);
        return INVALID_VALUE;
    }
    if (fault_at(point) || full)
        return INVALID_VALUE;
    pthread_mutex_lock(&gpu_lock);
    s->copy[s->given++ % COPIES_MAX] = (late_copy){to, from, bytes};
    pthread_mutex_unlock(&gpu_lock);
    return 0;
}

int cuMemcpyHtoDAsync_v2(uint64_t to, const void *from, size_t bytes,
                         void *which)
{
    return copy_late((void *)(uintptr_t)to, from, bytes, to, from, which,
                     "upload");
}

int cuMemcpyDtoHAsync_v2(void *to, uint64_t from, size_t bytes, void *which)
{
    return copy_late(to, (void *)(uintptr_t)from, bytes, from, to, which,
                     "download");
}

/* ---- events ---- */

int cuEventCreate(void **result, unsigned flags)
{
    const int code = gpu_enter();
    if (code != 0)
        return code;
    if (flags != 2 || fault_at("event"))
        return flags != 2 ? INVALID_VALUE : OUT_OF_MEMORY;
    *result = calloc(1, sizeof(event));
    hold(EVENTS, 1);
    return 0;
}

int cuEventDestroy_v2(void *which)
{
    const int code = gpu_enter();
    free(which);
    hold(EVENTS, -1);
    return code;
}

int cuEventRecord(void *which, void *on)
{
    event *e = which;
    const int code = gpu_enter();
    if (code != 0)
        return code;
    if (fault_at("record"))
        return INVALID_VALUE;
    e->recorded = true;
    e->on = on;
    e->before = on ? e->on->given : 0;
    return 0;
}

int cuEventSynchronize(void *which)
{
    const event *e = which;
    const int code = gpu_enter();
    if (code != 0)
        return code;
    if (fault_at("await"))
        return INVALID_VALUE;
    if (!e->recorded)
        misuse("an event that was not recorded is waited for");
    if (!e->on) {
        gpu_work_begins();
        return 0;
    }
    pthread_mutex_lock(&gpu_lock);
    make_copies(e->on, e->before);
    pthread_mutex_unlock(&gpu_lock);
    return 0;
}

int cuStreamWaitEvent(void *which, void *of, unsigned flags)
{
    const event *e = of;
    const int code = gpu_enter();
    if (code != 0)
        return code;
    if (flags != 0 || fault_at("follow"))
        return INVALID_VALUE;
    if (!e->recorded)
        misuse("an event that was not recorded is followed");
    if (!which && e->on && e->before > e->on->work_waits)
        e->on->work_waits = e->before;
    return 0; /* work is done already */
}

/* ---- HIP: the same contracts by other names ---- */

SAME(hipHostMalloc, cuMemHostAlloc)
SAME(hipHostFree, cuMemFreeHost)
SAME(hipStreamCreateWithFlags, cuStreamCreate)
SAME(hipStreamDestroy, cuStreamDestroy_v2)
SAME(hipMemcpyHtoDAsync, cuMemcpyHtoDAsync_v2)
SAME(hipMemcpyDtoHAsync, cuMemcpyDtoHAsync_v2)
SAME(hipEventCreateWithFlags, cuEventCreate)
SAME(hipEventDestroy, cuEventDestroy_v2)
SAME(hipEventRecord, cuEventRecord)
SAME(hipEventSynchronize, cuEventSynchronize)
SAME(hipStreamWaitEvent, cuStreamWaitEvent)
