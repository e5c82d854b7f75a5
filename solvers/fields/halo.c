/* SPDX-License-Identifier: BSD-3-Clause */
/* Halo exchange: arguments, memory, and one message a pair of processes. */
#include <sunzi/halo.h>

#include <stdlib.h>
#include <string.h>

#include "core/communicator.h"
#include "core/memory.h"
#include "solvers/fields/halo_pieces.h"

typedef struct slot {
    void **arrays;
    bool bound;
} slot;

/* The dimensions are the last ones of three; those before them have one cell
 * and no halo. */
struct sunzi_halo {
    sunzi_shipment shipment;
    int dimensions;
    sunzi_bricks bricks;
    int64_t *cuts[3]; /* of the shape's dimensions; NULL: equal runs */
    int place[3];     /* -1: outside of the process grid */
    int64_t first[3], count[3], extent[3];
    slot slots[SUNZI_HALO_SLOTS];
    slot *under_way; /* NULL: no exchange is */
};

/* ---- arguments ---- */

static const char creates[] = "sunzi_halo_create";

void sunzi_halo_shape_init(sunzi_halo_shape *shape, int dimensions)
{
    *shape = (sunzi_halo_shape){.dimensions = dimensions,
                                .cells = {1, 1, 1},
                                .lower = {1, 1, 1},
                                .upper = {1, 1, 1},
                                .reach = SUNZI_HALO_FACES};
}

static sunzi_status out_of_range(const char *what, int d, int64_t got,
                                 int64_t least, int64_t most)
{
    return sunzi_fail(SUNZI_ERR_ARG, "%s: %s[%d] = %lld, allowed: %lld to %lld",
                      creates, what, d, (long long)got, (long long)least,
                      (long long)most);
}

static sunzi_status check_dimension(const sunzi_halo_shape *s, int d)
{
    const int64_t many = SUNZI_FIELD_CELLS_MAX;
    if (s->cells[d] < 1 || s->cells[d] > many)
        return out_of_range("cells", d, s->cells[d], 1, many);
    if (s->periodic[d] != 0 && s->periodic[d] != 1)
        return out_of_range("periodic", d, s->periodic[d], 0, 1);
    if (s->lower[d] < 0 || s->lower[d] > SUNZI_HALO_WIDTH_MAX)
        return out_of_range("lower", d, s->lower[d], 0, SUNZI_HALO_WIDTH_MAX);
    if (s->upper[d] < 0 || s->upper[d] > SUNZI_HALO_WIDTH_MAX)
        return out_of_range("upper", d, s->upper[d], 0, SUNZI_HALO_WIDTH_MAX);
    return SUNZI_OK;
}

static sunzi_status check_processes(const sunzi_halo_shape *s, int size)
{
    int64_t product = 1;
    bool chosen = false;
    for (int d = 0; d < s->dimensions; d++) {
        if (s->processes[d] < 0 || s->processes[d] > size)
            return out_of_range("processes", d, s->processes[d], 0, size);
        chosen = chosen || s->processes[d] == 0;
        product *= s->processes[d] ? s->processes[d] : 1;
    }
    if (product > size || (chosen && size % product))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: the numbers of processes given have the product "
                          "%lld, allowed: %s %d, the number of processes",
                          creates, (long long)product,
                          chosen ? "a divisor of" : "at most", size);
    return SUNZI_OK;
}

static sunzi_status check_cuts(const sunzi_halo_shape *s, int d)
{
    const int64_t *cut = s->cuts[d];
    if (!cut)
        return SUNZI_OK;
    if (s->processes[d] < 1)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: cuts[%d] with processes[%d] = 0, allowed: cuts "
                          "with a number of processes",
                          creates, d, d);
    for (int p = 0; p < s->processes[d]; p++)
        if (p == 0 ? cut[p] != 0 : cut[p] < cut[p - 1] || cut[p] > s->cells[d])
            return sunzi_fail(SUNZI_ERR_ARG,
                              "%s: cuts[%d][%d] = %lld, allowed: 0, then "
                              "numbers that do not fall, up to %lld",
                              creates, d, p, (long long)cut[p],
                              (long long)s->cells[d]);
    return SUNZI_OK;
}

static sunzi_status check_shape(const sunzi_halo_shape *s, int size)
{
    if (!s)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: shape = NULL, allowed: a shape; "
                          "sunzi_halo_shape_init fills it",
                          creates);
    if (s->dimensions < 1 || s->dimensions > 3)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: dimensions = %d, allowed: 1, 2, 3", creates,
                          s->dimensions);
    if (s->reach < SUNZI_HALO_FACES || s->reach > SUNZI_HALO_CORNERS)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: reach = %d, allowed: SUNZI_HALO_FACES, _EDGES, "
                          "_CORNERS (1, 2, 3)",
                          creates, (int)s->reach);
    size_t extent[3] = {1, 1, 1};
    for (int d = 0; d < s->dimensions; d++) {
        sunzi_status status = check_dimension(s, d);
        if (status == SUNZI_OK)
            status = check_cuts(s, d);
        if (status < 0)
            return status;
        extent[d] = (size_t)(s->cells[d] + s->lower[d] + s->upper[d]);
    }
    if (sunzi_size_product(extent[0], extent[1], extent[2]) >
        SUNZI_FIELD_CELLS_MAX)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: %zu x %zu x %zu cells with the halo, allowed: "
                          "at most %lld in all",
                          creates, extent[0], extent[1], extent[2],
                          (long long)SUNZI_FIELD_CELLS_MAX);
    return check_processes(s, size);
}

static sunzi_status check_fields(int fields, const sunzi_field *field)
{
    if (fields < 1 || fields > SUNZI_HALO_FIELDS_MAX)
        return sunzi_fail(SUNZI_ERR_ARG, "%s: fields = %d, allowed: 1 to %d",
                          creates, fields, SUNZI_HALO_FIELDS_MAX);
    if (!field)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: field = NULL, allowed: an array of %d", creates,
                          fields);
    for (int f = 0; f < fields; f++) {
        const sunzi_status status = sunzi_field_check(creates, &field[f]);
        if (status < 0)
            return status;
    }
    return SUNZI_OK;
}

/* A number that tells lists of cuts apart. */
static int64_t digest(const sunzi_halo_shape *s, int d)
{
    uint64_t sum = s->cuts[d] ? 1 : 0;
    for (int p = 0; s->cuts[d] && p < s->processes[d]; p++)
        sum = (sum ^ (uint64_t)s->cuts[d][p]) * 0x100000001b3;
    return (int64_t)(sum >> 1);
}

static sunzi_status same_shape(sunzi_comm *comm, const sunzi_halo_shape *s,
                               int fields)
{
    const sunzi_named of_all[] = {
        {"dimensions", s->dimensions}, {"reach", s->reach}, {"fields", fields}};
    sunzi_status status = sunzi_comm_same_values(comm, creates, 3, of_all);
    for (int d = 0; d < s->dimensions && status == SUNZI_OK; d++) {
        const sunzi_named named[] = {
            {"cells", s->cells[d]},       {"processes", s->processes[d]},
            {"periodic", s->periodic[d]}, {"lower", s->lower[d]},
            {"upper", s->upper[d]},       {"a digest of cuts", digest(s, d)},
        };
        status = sunzi_comm_same_values(comm, creates, 6, named);
    }
    return status;
}

static sunzi_status same_fields(sunzi_comm *comm, int fields,
                                const sunzi_field *field)
{
    sunzi_status status = SUNZI_OK;
    for (int f = 0; f < fields && status == SUNZI_OK; f++) {
        const sunzi_named named[] = {{"element", field[f].element},
                                     {"wire", field[f].wire},
                                     {"components", field[f].components}};
        status = sunzi_comm_same_values(comm, creates, 3, named);
    }
    return status;
}

/* ---- the plan ---- */

static void describe(sunzi_halo *h, const sunzi_halo_shape *s)
{
    const int before = 3 - s->dimensions;
    sunzi_bricks *b = &h->bricks;
    bool chosen = false;
    h->dimensions = s->dimensions;
    b->reach = (int)s->reach;
    for (int d = 0; d < before; d++)
        b->run[d] = (sunzi_runs){.n = 1, .count = 1};
    for (int d = before, e = 0; d < 3; d++, e++) {
        b->run[d] = (sunzi_runs){
            .n = s->cells[e], .count = s->processes[e], .cut = h->cuts[e]};
        b->periodic[d] = s->periodic[e];
        b->lower[d] = s->lower[e];
        b->upper[d] = s->upper[e];
        chosen = chosen || s->processes[e] == 0;
    }
    if (chosen)
        sunzi_bricks_choose(b, sunzi_comm_size(h->shipment.comm));
}

/* The brick of this process, and what its array holds. */
static void settle(sunzi_halo *h)
{
    bool some = sunzi_bricks_place(&h->bricks,
                                   sunzi_comm_rank(h->shipment.comm), h->place);
    for (int d = 0; d < 3 && some; d++) {
        const sunzi_runs *r = &h->bricks.run[d];
        h->first[d] = sunzi_runs_first(r, h->place[d]);
        h->count[d] = sunzi_runs_first(r, h->place[d] + 1) - h->first[d];
        h->extent[d] = h->bricks.lower[d] + h->count[d] + h->bricks.upper[d];
        some = h->count[d] > 0;
    }
    for (int d = 0; d < 3 && !some; d++)
        h->first[d] = h->count[d] = h->extent[d] = 0;
}

static bool holds_cells(const sunzi_halo *h)
{
    return h->count[0] > 0;
}

static sunzi_status take_slots(sunzi_halo *h)
{
    for (int i = 0; i < SUNZI_HALO_SLOTS; i++) {
        void *block;
        const sunzi_status status =
            sunzi_allocate((size_t)h->shipment.lanes * sizeof *h->slots->arrays,
                           creates, &block);
        if (status < 0)
            return status;
        h->slots[i].arrays = block;
    }
    return SUNZI_OK;
}

static sunzi_status list_pieces(sunzi_halo *h, bool sends)
{
    sunzi_piece_list *pieces = sends ? &h->shipment.out : &h->shipment.in;
    void *workspace = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_allocate(sunzi_bricks_workspace(&h->bricks), creates,
                             &workspace));
    const int64_t count =
        sunzi_bricks_pieces(&h->bricks, h->place, sends, workspace, NULL);
    SUNZI_TRY(sunzi_piece_list_take(pieces, creates, count));
    pieces->count = sunzi_bricks_pieces(&h->bricks, h->place, sends, workspace,
                                        pieces->list);
done:
    sunzi_release(workspace);
    return status;
}

static sunzi_status take_cuts(sunzi_halo *h, const sunzi_halo_shape *s)
{
    for (int d = 0; d < s->dimensions; d++) {
        void *block = NULL;
        const size_t bytes = (size_t)s->processes[d] * sizeof *s->cuts[d];
        if (!s->cuts[d])
            continue;
        const sunzi_status status = sunzi_allocate(bytes, creates, &block);
        if (status < 0)
            return status;
        h->cuts[d] = memcpy(block, s->cuts[d], bytes);
    }
    return SUNZI_OK;
}

static sunzi_status plan(sunzi_halo *h, sunzi_comm *comm,
                         const sunzi_halo_shape *shape, int fields,
                         const sunzi_field *field)
{
    sunzi_status status;
    SUNZI_TRY(sunzi_shipment_open(&h->shipment, creates, comm, fields, field));
    SUNZI_TRY(take_cuts(h, shape));
    describe(h, shape);
    settle(h);
    SUNZI_TRY(take_slots(h));
    if (holds_cells(h)) {
        SUNZI_TRY(list_pieces(h, true));
        SUNZI_TRY(list_pieces(h, false));
    }
    SUNZI_TRY(sunzi_shipment_settle(&h->shipment, creates, SUNZI_TAG_HALO));
done:
    return status;
}

sunzi_status sunzi_halo_create(sunzi_comm *comm, const sunzi_halo_shape *shape,
                               int fields, const sunzi_field *field,
                               sunzi_halo **halo)
{
    void *block = NULL;
    sunzi_halo *h = NULL;
    sunzi_status status = check_shape(shape, sunzi_comm_size(comm));
    if (status == SUNZI_OK)
        status = check_fields(fields, field);
    if (!halo)
        status = sunzi_fail(SUNZI_ERR_ARG,
                            "%s: halo = NULL, allowed: where the handle is to "
                            "be stored",
                            creates);
    SUNZI_TRY(sunzi_comm_agree(comm, status));
    SUNZI_TRY(same_shape(comm, shape, fields));
    SUNZI_TRY(same_fields(comm, fields, field));
    status = sunzi_allocate(sizeof *h, creates, &block);
    if (status == SUNZI_OK) {
        h = block;
        *h = (sunzi_halo){.under_way = NULL};
        status = plan(h, comm, shape, fields, field);
    }
    SUNZI_TRY(sunzi_comm_agree(comm, status));
    sunzi_shipment_ready(&h->shipment);
    *halo = h;
    return SUNZI_OK;
done:
    sunzi_halo_destroy(&h);
    return status;
}

void sunzi_halo_destroy(sunzi_halo **halo)
{
    if (!halo || !*halo)
        return;
    sunzi_halo *h = *halo;
    sunzi_shipment_close(&h->shipment);
    for (int i = 0; i < SUNZI_HALO_SLOTS; i++)
        sunzi_release(h->slots[i].arrays);
    for (int d = 0; d < 3; d++)
        sunzi_release(h->cuts[d]);
    sunzi_release(h);
    *halo = NULL;
}

/* ---- what it is ---- */

void sunzi_halo_processes(const sunzi_halo *h, int *processes, int *place)
{
    for (int e = 0, d = 3 - h->dimensions; d < 3; d++, e++) {
        processes[e] = h->bricks.run[d].count;
        place[e] = h->place[d];
    }
}

void sunzi_halo_local(const sunzi_halo *h, int64_t *first, int64_t *count)
{
    for (int e = 0, d = 3 - h->dimensions; d < 3; d++, e++) {
        first[e] = h->first[d];
        count[e] = h->count[d];
    }
}

int64_t sunzi_halo_storage(const sunzi_halo *h, int64_t *extent)
{
    for (int e = 0, d = 3 - h->dimensions; d < 3 && extent; d++, e++)
        extent[e] = h->extent[d];
    return h->extent[0] * h->extent[1] * h->extent[2];
}

void sunzi_halo_traffic(const sunzi_halo *h, sunzi_traffic *traffic)
{
    *traffic = h->shipment.traffic;
}

/* ---- exchange ---- */

static sunzi_status check_slot(const char *function, int s)
{
    if (s >= 0 && s < SUNZI_HALO_SLOTS)
        return SUNZI_OK;
    return sunzi_fail(SUNZI_ERR_ARG, "%s: slot = %d, allowed: 0 to %d",
                      function, s, SUNZI_HALO_SLOTS - 1);
}

static sunzi_status check_idle(const char *function, const sunzi_halo *h)
{
    if (!h->under_way)
        return SUNZI_OK;
    return sunzi_fail(SUNZI_ERR_ARG,
                      "%s: an exchange of this halo is under way; call "
                      "sunzi_halo_finish first",
                      function);
}

static sunzi_status check_arrays(const sunzi_halo *h, void *const *arrays)
{
    for (int l = 0; l < h->shipment.lanes && holds_cells(h); l++)
        if (!arrays || !arrays[l])
            return sunzi_fail(SUNZI_ERR_ARG,
                              "sunzi_halo_bind: array %d of %d is NULL, "
                              "allowed: a local array of this process",
                              l, h->shipment.lanes);
    return SUNZI_OK;
}

sunzi_status sunzi_halo_bind(sunzi_halo *halo, int s, void *const *arrays)
{
    static const char name[] = "sunzi_halo_bind";
    sunzi_status status = check_slot(name, s);
    if (status == SUNZI_OK)
        status = check_idle(name, halo);
    if (status == SUNZI_OK)
        status = check_arrays(halo, arrays);
    SUNZI_TRY(sunzi_comm_agree(halo->shipment.comm, status));
    if (holds_cells(halo))
        memcpy(halo->slots[s].arrays, arrays,
               (size_t)halo->shipment.lanes * sizeof *arrays);
    halo->slots[s].bound = true;
done:
    return status;
}

static sunzi_status check_bound(const char *function, const sunzi_halo *h,
                                int s)
{
    const sunzi_status status = check_slot(function, s);
    if (status < 0 || h->slots[s].bound)
        return status;
    return sunzi_fail(SUNZI_ERR_ARG,
                      "%s: slot %d has no arrays; call sunzi_halo_bind first",
                      function, s);
}

/* Take part without arrays, so that processes whose slot is a good one do not
 * wait for ever; `status` is why. */
static sunzi_status refuse(sunzi_halo *h, const char *function,
                           sunzi_status why)
{
    sunzi_status status = sunzi_shipment_start(&h->shipment, 0, NULL, NULL);
    if (status == SUNZI_OK)
        status = sunzi_shipment_finish(&h->shipment, function, NULL);
    return status < 0 ? status : why;
}

sunzi_status sunzi_halo_start(sunzi_halo *halo, int s)
{
    static const char name[] = "sunzi_halo_start";
    sunzi_status status;
    SUNZI_TRY(check_idle(name, halo));
    status = check_bound(name, halo, s);
    if (status < 0)
        return refuse(halo, name, status);
    SUNZI_TRY(sunzi_shipment_start(
        &halo->shipment, s, (const void *const *)halo->slots[s].arrays, NULL));
    halo->under_way = &halo->slots[s];
done:
    return status;
}

sunzi_status sunzi_halo_finish(sunzi_halo *halo)
{
    static const char name[] = "sunzi_halo_finish";
    if (!halo->under_way)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: no exchange is under way; call sunzi_halo_start "
                          "first",
                          name);
    void *const *arrays = halo->under_way->arrays;
    halo->under_way = NULL;
    return sunzi_shipment_finish(&halo->shipment, name, arrays);
}

sunzi_status sunzi_halo_exchange(sunzi_halo *halo, int slot)
{
    const sunzi_status status = sunzi_halo_start(halo, slot);
    return status < 0 ? status : sunzi_halo_finish(halo);
}
