/* SPDX-License-Identifier: BSD-3-Clause */
/* What of an array crosses in a halo exchange. */
#include "solvers/fields/border.h"

#include <string.h>

#include "engines/kernel/basic.k.h"
#include "engines/launch.h"
#include "solvers/fields/shipment.h"

/* Elements of an array, and where they lie side by side. */
typedef struct part {
    int count;
    sunzi_memory *place, *elements; /* int[count]; NULL: there are none */
} part;

struct sunzi_border {
    sunzi_context *ctx;
    int words; /* of an element */
    part out, in;
};

/* ---- places ---- */

static int64_t count_cells(const sunzi_piece_list *pieces)
{
    int64_t count = 0;
    for (int64_t i = 0; i < pieces->count; i++)
        count += sunzi_box_cells(&pieces->list[i].box);
    return count;
}

static int *list_box(const sunzi_box *box, int64_t first, int *place)
{
    for (int64_t i = 0; i < box->count[0]; i++)
        for (int64_t j = 0; j < box->count[1]; j++)
            for (int64_t k = 0; k < box->count[2]; k++)
                *place++ = (int)(first + box->start + i * box->stride[0] +
                                 j * box->stride[1] + k * box->stride[2]);
    return place;
}

static sunzi_status make_part(const sunzi_border *b,
                              const sunzi_piece_list *pieces, int planes,
                              int64_t cells, part *p)
{
    void *block = NULL;
    sunzi_status status = SUNZI_OK;
    p->count = (int)(planes * count_cells(pieces));
    if (p->count == 0)
        return SUNZI_OK;
    SUNZI_TRY(sunzi_memory_create(b->ctx, (size_t)p->count * sizeof(int),
                                  "places of a halo", &p->place));
    SUNZI_TRY(sunzi_memory_create(
        b->ctx, (size_t)p->count * (size_t)b->words * sizeof(k_u32), "a halo",
        &p->elements));
    SUNZI_TRY(sunzi_memory_fill(p->place, &block));
    int *place = block;
    for (int plane = 0; plane < planes; plane++)
        for (int64_t i = 0; i < pieces->count; i++)
            place = list_box(&pieces->list[i].box, plane * cells, place);
done:
    return status;
}

sunzi_status sunzi_border_create(sunzi_context *ctx, const sunzi_halo *halo,
                                 int planes, int64_t cells, size_t bytes,
                                 sunzi_border **border)
{
    const sunzi_shipment *s = sunzi_halo_shipment(halo);
    void *block = NULL;
    sunzi_status status;
    *border = NULL;
    SUNZI_TRY(sunzi_allocate(sizeof(sunzi_border), "a halo", &block));
    sunzi_border *b = *border = block;
    *b = (sunzi_border){.ctx = ctx, .words = (int)(bytes / sizeof(k_u32))};
    SUNZI_TRY(make_part(b, &s->out, planes, cells, &b->out));
    SUNZI_TRY(make_part(b, &s->in, planes, cells, &b->in));
done:
    if (status < 0)
        sunzi_border_destroy(border);
    return status;
}

void sunzi_border_destroy(sunzi_border **border)
{
    sunzi_border *b = *border;
    if (!b)
        return;
    sunzi_memory_destroy(&b->out.place);
    sunzi_memory_destroy(&b->out.elements);
    sunzi_memory_destroy(&b->in.place);
    sunzi_memory_destroy(&b->in.elements);
    sunzi_release(b);
    *border = NULL;
}

/* ---- exchange ---- */

/* Elements between the host's array and where they lie side by side. */
static void move(const sunzi_border *b, const int *place, int count,
                 char *array, char *side_by_side, bool to_array)
{
    const size_t size = (size_t)b->words * sizeof(k_u32);
    for (int e = 0; e < count; e++) {
        char *here = array + (size_t)place[e] * size;
        char *there = side_by_side + (size_t)e * size;
        memcpy(to_array ? here : there, to_array ? there : here, size);
    }
}

static sunzi_status bring_out(sunzi_border *b, sunzi_memory *memory, void *host)
{
    const part *p = &b->out;
    const void *place = NULL, *elements = NULL;
    sunzi_status status = SUNZI_OK;
    if (p->count == 0)
        return SUNZI_OK;
    SUNZI_TRY(SUNZI_LAUNCH(b->ctx, k_gather, sunzi_range2(p->count, b->words),
                           .from = {memory}, .place = {p->place},
                           .to = {p->elements}, .words = b->words,
                           .stride = b->words));
    SUNZI_TRY(sunzi_memory_read(p->elements, &elements));
    SUNZI_TRY(sunzi_memory_read(p->place, &place));
    move(b, place, p->count, host, (char *)(uintptr_t)elements, true);
done:
    return status;
}

static sunzi_status bring_in(sunzi_border *b, sunzi_memory *memory, void *host)
{
    const part *p = &b->in;
    const void *place = NULL;
    void *elements = NULL;
    sunzi_status status = SUNZI_OK;
    if (p->count == 0)
        return SUNZI_OK;
    SUNZI_TRY(sunzi_memory_read(p->place, &place));
    SUNZI_TRY(sunzi_memory_fill(p->elements, &elements));
    move(b, place, p->count, host, elements, false);
    status =
        SUNZI_LAUNCH(b->ctx, k_scatter, sunzi_range2(p->count, b->words),
                     .from = {p->elements}, .place = {p->place}, .to = {memory},
                     .words = b->words, .stride = b->words);
done:
    return status;
}

sunzi_status sunzi_border_exchange(sunzi_halo *halo, int slot, sunzi_border *b,
                                   sunzi_memory *memory, void *host,
                                   sunzi_status mine)
{
    void *bytes;
    if (!halo)
        return mine;
    if (mine == SUNZI_OK && b)
        mine = bring_out(b, memory, host);
    else if (mine == SUNZI_OK && memory) /* to the host, where it is packed */
        mine = sunzi_memory_write(memory, &bytes);
    const sunzi_status status = sunzi_halo_exchange(halo, slot);
    if (mine == SUNZI_OK && status == SUNZI_OK && b)
        mine = bring_in(b, memory, host);
    return mine < 0 ? mine : status;
}
