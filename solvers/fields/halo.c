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

/* What this process sends, or receives. */
typedef struct side {
    int64_t count;
    sunzi_piece *pieces; /* by peer */
    char *packed;        /* the pieces, one after the other */
} side;

/* The dimensions are the last ones of three; those before them have one cell
 * and no halo. */
struct sunzi_halo {
    sunzi_comm *comm;
    int dimensions;
    sunzi_bricks bricks;
    int place[3]; /* -1: outside of the process grid */
    int64_t first[3], count[3], extent[3];
    int lanes;
    sunzi_lane *lane;
    size_t cell_bytes; /* of all fields, as they travel */
    side out, in;
    int messages;
    sunzi_message *message;
    slot slots[SUNZI_HALO_SLOTS];
    slot *under_way; /* NULL: no exchange is */
    const char *own; /* what this process has packed for itself */
    sunzi_exchange *exchange;
    sunzi_traffic traffic;
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
        const sunzi_status status = check_dimension(s, d);
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
            {"upper", s->upper[d]},
        };
        status = sunzi_comm_same_values(comm, creates, 5, named);
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
        b->run[d] = (sunzi_runs){1, 1};
    for (int d = before, e = 0; d < 3; d++, e++) {
        b->run[d] = (sunzi_runs){s->cells[e], s->processes[e]};
        b->periodic[d] = s->periodic[e];
        b->lower[d] = s->lower[e];
        b->upper[d] = s->upper[e];
        chosen = chosen || s->processes[e] == 0;
    }
    if (chosen)
        sunzi_bricks_choose(b, sunzi_comm_size(h->comm));
}

/* The brick of this process, and what its array holds. */
static void settle(sunzi_halo *h)
{
    bool some =
        sunzi_bricks_place(&h->bricks, sunzi_comm_rank(h->comm), h->place);
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

static sunzi_status take_lanes(sunzi_halo *h, int fields,
                               const sunzi_field *field)
{
    void *block;
    const sunzi_status status =
        sunzi_allocate(2 * (size_t)fields * sizeof *h->lane, creates, &block);
    if (status < 0)
        return status;
    h->lane = block;
    for (int f = 0; f < fields; f++)
        h->lanes += sunzi_field_lanes(&field[f], h->lane + h->lanes);
    for (int l = 0; l < h->lanes; l++)
        h->cell_bytes += sunzi_lane_bytes(&h->lane[l]);
    return SUNZI_OK;
}

static sunzi_status take_slots(sunzi_halo *h)
{
    for (int i = 0; i < SUNZI_HALO_SLOTS; i++) {
        void *block;
        const sunzi_status status = sunzi_allocate(
            (size_t)h->lanes * sizeof *h->slots->arrays, creates, &block);
        if (status < 0)
            return status;
        h->slots[i].arrays = block;
    }
    return SUNZI_OK;
}

static size_t piece_bytes(const sunzi_halo *h, const sunzi_piece *p)
{
    return sunzi_size_product((size_t)sunzi_box_cells(&p->box), h->cell_bytes,
                              1);
}

/* What this process sends to itself needs room where it is sent from only. */
static sunzi_status take_side(sunzi_halo *h, bool sends, side *s)
{
    const int me = sunzi_comm_rank(h->comm);
    void *workspace = NULL, *block = NULL;
    size_t bytes = 0;
    sunzi_status status;
    SUNZI_TRY(sunzi_allocate(sunzi_bricks_workspace(&h->bricks), creates,
                             &workspace));
    s->count =
        sunzi_bricks_pieces(&h->bricks, h->place, sends, workspace, NULL);
    SUNZI_TRY(
        sunzi_allocate((size_t)s->count * sizeof *s->pieces, creates, &block));
    s->pieces = block;
    sunzi_bricks_pieces(&h->bricks, h->place, sends, workspace, s->pieces);
    for (int64_t i = 0; i < s->count; i++)
        if ((sends || s->pieces[i].peer != me) &&
            __builtin_add_overflow(bytes, piece_bytes(h, &s->pieces[i]),
                                   &bytes))
            bytes = SIZE_MAX;
    SUNZI_TRY(sunzi_allocate(bytes, creates, &block));
    s->packed = block;
done:
    sunzi_release(workspace);
    return status;
}

/* Messages of a side, one a peer; what goes to the process itself is none. */
static int list_messages(sunzi_halo *h, const side *s, bool sends,
                         sunzi_message *message)
{
    const int me = sunzi_comm_rank(h->comm);
    char *at = s->packed;
    int count = 0;
    for (int64_t i = 0; i < s->count; i++) {
        const int peer = s->pieces[i].peer;
        const size_t bytes = piece_bytes(h, &s->pieces[i]);
        const bool follows = i > 0 && s->pieces[i - 1].peer == peer;
        if (peer == me)
            h->traffic.copy_bytes += sends ? (int64_t)bytes : 0;
        else if (follows)
            message[count - 1].bytes += bytes;
        else
            message[count++] =
                (sunzi_message){peer, SUNZI_TAG_HALO, sends, at, bytes};
        if (peer != me || sends)
            at += bytes;
    }
    return count;
}

static sunzi_status take_messages(sunzi_halo *h)
{
    void *block;
    const size_t most = (size_t)(h->out.count + h->in.count);
    const sunzi_status status =
        sunzi_allocate(most * sizeof *h->message, creates, &block);
    if (status < 0)
        return status;
    sunzi_traffic *t = &h->traffic;
    h->message = block;
    t->sends = list_messages(h, &h->out, true, h->message);
    t->receives = list_messages(h, &h->in, false, h->message + t->sends);
    h->messages = t->sends + t->receives;
    for (int i = 0; i < h->messages; i++)
        *(i < t->sends ? &t->send_bytes : &t->receive_bytes) +=
            (int64_t)h->message[i].bytes;
    return SUNZI_OK;
}

static sunzi_status take_memory(sunzi_halo *h, int fields,
                                const sunzi_field *field)
{
    sunzi_status status;
    SUNZI_TRY(take_lanes(h, fields, field));
    SUNZI_TRY(take_slots(h));
    if (holds_cells(h)) {
        SUNZI_TRY(take_side(h, true, &h->out));
        SUNZI_TRY(take_side(h, false, &h->in));
    }
    SUNZI_TRY(take_messages(h));
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
        *h = (sunzi_halo){.comm = comm};
        describe(h, shape);
        settle(h);
        status = take_memory(h, fields, field);
    }
    SUNZI_TRY(sunzi_comm_agree(comm, status));
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
    (void)sunzi_comm_finish(h->comm, &h->exchange);
    for (int i = 0; i < SUNZI_HALO_SLOTS; i++)
        sunzi_release(h->slots[i].arrays);
    sunzi_release(h->message);
    sunzi_release(h->out.packed);
    sunzi_release(h->out.pieces);
    sunzi_release(h->in.packed);
    sunzi_release(h->in.pieces);
    sunzi_release(h->lane);
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
    *traffic = h->traffic;
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
    for (int l = 0; l < h->lanes && holds_cells(h); l++)
        if (!arrays || !arrays[l])
            return sunzi_fail(SUNZI_ERR_ARG,
                              "sunzi_halo_bind: array %d of %d is NULL, "
                              "allowed: a local array of this process",
                              l, h->lanes);
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
    SUNZI_TRY(sunzi_comm_agree(halo->comm, status));
    if (holds_cells(halo))
        memcpy(halo->slots[s].arrays, arrays,
               (size_t)halo->lanes * sizeof *arrays);
    halo->slots[s].bound = true;
done:
    return status;
}

/* What a process sends to itself stays where it was packed. */
static void pack(sunzi_halo *h, void *const *arrays)
{
    const int me = sunzi_comm_rank(h->comm);
    char *at = h->out.packed;
    h->own = NULL;
    for (int64_t i = 0; i < h->out.count; i++) {
        const sunzi_box *box = &h->out.pieces[i].box;
        if (!h->own && h->out.pieces[i].peer == me)
            h->own = at;
        for (int l = 0; l < h->lanes; l++) {
            h->traffic.overflows +=
                sunzi_box_pack(&h->lane[l], box, arrays[l], at);
            at += (size_t)sunzi_box_cells(box) * sunzi_lane_bytes(&h->lane[l]);
        }
    }
}

static void unpack(sunzi_halo *h, void *const *arrays)
{
    const int me = sunzi_comm_rank(h->comm);
    const char *own = h->own, *received = h->in.packed;
    for (int64_t i = 0; i < h->in.count; i++) {
        const sunzi_box *box = &h->in.pieces[i].box;
        const char **at = h->in.pieces[i].peer == me ? &own : &received;
        for (int l = 0; l < h->lanes; l++) {
            sunzi_box_unpack(&h->lane[l], box, *at, arrays[l]);
            *at += (size_t)sunzi_box_cells(box) * sunzi_lane_bytes(&h->lane[l]);
        }
    }
}

sunzi_status sunzi_halo_start(sunzi_halo *halo, int s)
{
    static const char name[] = "sunzi_halo_start";
    sunzi_status status;
    SUNZI_TRY(check_slot(name, s));
    SUNZI_TRY(check_idle(name, halo));
    if (!halo->slots[s].bound)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: slot %d has no arrays; call sunzi_halo_bind "
                          "first",
                          name, s);
    pack(halo, halo->slots[s].arrays);
    SUNZI_TRY(sunzi_comm_start(halo->comm, halo->messages, halo->message,
                               &halo->exchange));
    halo->under_way = &halo->slots[s];
done:
    return status;
}

sunzi_status sunzi_halo_finish(sunzi_halo *halo)
{
    if (!halo->under_way)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_halo_finish: no exchange is under way; call "
                          "sunzi_halo_start first");
    void *const *arrays = halo->under_way->arrays;
    halo->under_way = NULL;
    const sunzi_status status = sunzi_comm_finish(halo->comm, &halo->exchange);
    if (status == SUNZI_OK)
        unpack(halo, arrays);
    return status;
}

sunzi_status sunzi_halo_exchange(sunzi_halo *halo, int slot)
{
    const sunzi_status status = sunzi_halo_start(halo, slot);
    return status < 0 ? status : sunzi_halo_finish(halo);
}
