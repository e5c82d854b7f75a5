/* SPDX-License-Identifier: BSD-3-Clause */
/* Transposes: what a process sends to another is the box of cells that the
 * first has before and the second after; both know it from the shape. A message
 * is in the order of the array it ends in. */
#include <sunzi/transpose.h>

#include <stdlib.h>
#include <string.h>

#include "core/communicator.h"
#include "core/layout.h"
#include "core/memory.h"
#include "solvers/fields/shipment.h"

/* Pencils along a dimension. */
typedef struct pencils {
    sunzi_runs run[3];
    int divisor[3], modulus[3]; /* place in a dimension: rank / % */
    int order[3];               /* dimensions, the slowest first */
} pencils;

/* Cells begin[d] .. end[d] - 1; none if begin >= end anywhere. */
typedef struct range {
    int64_t begin[3], end[3];
} range;

/* The array before, or after. */
typedef struct side {
    pencils p;
    range mine;
} side;

struct sunzi_transpose {
    sunzi_shipment shipment;
    int processes[2], place[2];
    side from, to;
    bool under_way;
    void *target;
};

/* ---- arguments ---- */

static const char creates[] = "sunzi_transpose_create";

void sunzi_transpose_shape_init(sunzi_transpose_shape *shape)
{
    *shape = (sunzi_transpose_shape){.n = {1, 1, 1}, .from = 2, .to = 1};
    sunzi_field_init(&shape->field);
}

static sunzi_status check_storage(const char *what, sunzi_pencil_storage got)
{
    if ((unsigned)got <= SUNZI_PENCIL_NATURAL)
        return SUNZI_OK;
    return sunzi_fail(SUNZI_ERR_ARG,
                      "%s: %s = %d, allowed: SUNZI_PENCIL_WHOLE_LAST, _NATURAL "
                      "(0, 1)",
                      creates, what, (int)got);
}

static sunzi_status check_processes(const int processes[2], int size)
{
    const int r = processes[0], c = processes[1];
    if ((r == 0 && c == 0) || (r > 0 && c > 0 && (int64_t)r * c <= size))
        return SUNZI_OK;
    return sunzi_fail(SUNZI_ERR_ARG,
                      "%s: processes = %d, %d, allowed: positive numbers with "
                      "a product of at most %d, the number of processes, or 0 "
                      "and 0",
                      creates, r, c, size);
}

static sunzi_status check_shape(const sunzi_transpose_shape *s, int size)
{
    const int64_t many = SUNZI_FIELD_CELLS_MAX;
    sunzi_status status;
    if (!s)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: shape = NULL, allowed: a shape; "
                          "sunzi_transpose_shape_init fills it",
                          creates);
    for (int d = 0; d < 3; d++)
        if (s->n[d] < 1 || s->n[d] > many)
            return sunzi_fail(SUNZI_ERR_ARG,
                              "%s: n[%d] = %lld, allowed: 1 to %lld", creates,
                              d, (long long)s->n[d], (long long)many);
    if (sunzi_size_product((size_t)s->n[0], (size_t)s->n[1], (size_t)s->n[2]) >
        (size_t)many)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: %lld x %lld x %lld cells, allowed: at most %lld "
                          "in all",
                          creates, (long long)s->n[0], (long long)s->n[1],
                          (long long)s->n[2], (long long)many);
    if (s->from < 0 || s->from > 2 || s->to < 0 || s->to > 2 ||
        s->from == s->to)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: from = %d, to = %d, allowed: 0, 1, 2, not the "
                          "same",
                          creates, s->from, s->to);
    SUNZI_TRY(check_processes(s->processes, size));
    SUNZI_TRY(check_storage("from_storage", s->from_storage));
    SUNZI_TRY(check_storage("to_storage", s->to_storage));
    SUNZI_TRY(sunzi_field_check(creates, &s->field));
    if (s->field.element == SUNZI_ELEMENT_FP32_PAIR)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: element = SUNZI_ELEMENT_FP32_PAIR, allowed: "
                          "FP64, FP32; transpose the high and the low parts as "
                          "two arrays of FP32",
                          creates);
done:
    return status;
}

static sunzi_status same_shape(sunzi_comm *comm, const sunzi_transpose_shape *s)
{
    const sunzi_named named[] = {
        {"n[0]", s->n[0]},
        {"n[1]", s->n[1]},
        {"n[2]", s->n[2]},
        {"processes[0]", s->processes[0]},
        {"processes[1]", s->processes[1]},
        {"from", s->from},
        {"to", s->to},
        {"from_storage", s->from_storage},
        {"to_storage", s->to_storage},
        {"element", s->field.element},
        {"wire", s->field.wire},
        {"components", s->field.components},
    };
    return sunzi_comm_same_values(comm, creates,
                                  (int)(sizeof named / sizeof *named), named);
}

/* ---- the plan ---- */

static pencils describe(const int64_t n[3], const int processes[2], int along,
                        sunzi_pencil_storage storage)
{
    const int a = along == 0, b = along == 2 ? 1 : 2; /* the other two */
    pencils p;
    for (int d = 0; d < 3; d++) {
        p.run[d] = (sunzi_runs){.n = n[d], .count = 1};
        p.divisor[d] = p.modulus[d] = 1;
        p.order[d] = d;
    }
    p.run[a].count = p.modulus[a] = processes[0];
    p.run[b].count = p.modulus[b] = processes[1];
    p.divisor[a] = processes[1];
    if (storage == SUNZI_PENCIL_WHOLE_LAST) {
        p.order[0] = a;
        p.order[1] = b;
        p.order[2] = along;
    }
    return p;
}

/* What a process of the grid holds. */
static range range_of(const pencils *p, int rank)
{
    range r;
    for (int d = 0; d < 3; d++) {
        const int place = rank / p->divisor[d] % p->modulus[d];
        r.begin[d] = sunzi_runs_first(&p->run[d], place);
        r.end[d] = sunzi_runs_first(&p->run[d], place + 1);
    }
    return r;
}

static range shared(const range *a, const range *b)
{
    range r;
    for (int d = 0; d < 3; d++) {
        r.begin[d] = a->begin[d] > b->begin[d] ? a->begin[d] : b->begin[d];
        r.end[d] = a->end[d] < b->end[d] ? a->end[d] : b->end[d];
    }
    return r;
}

static int64_t cells_of(const range *r)
{
    int64_t cells = 1;
    for (int d = 0; d < 3; d++)
        cells *= r->end[d] > r->begin[d] ? r->end[d] - r->begin[d] : 0;
    return cells;
}

/* The grid of all processes whose largest part, along any dimension, is
 * smallest; of these the one nearest to a square. */
static void choose(const sunzi_transpose_shape *s, int size, int processes[2])
{
    double best = 0;
    for (int rows = 1; rows <= size; rows++) {
        const int grid[2] = {rows, size / rows};
        double largest = 0;
        if (size % rows)
            continue;
        for (int along = 0; along < 3; along++) {
            const pencils p = describe(s->n, grid, along, SUNZI_PENCIL_NATURAL);
            const range first = range_of(&p, 0);
            double cells = 1;
            for (int d = 0; d < 3; d++)
                cells *= (double)(first.end[d] - first.begin[d]);
            largest = cells > largest ? cells : largest;
        }
        if (best == 0 || largest < best ||
            (largest == best &&
             abs(grid[0] - grid[1]) < abs(processes[0] - processes[1]))) {
            best = largest;
            processes[0] = grid[0];
            processes[1] = grid[1];
        }
    }
}

/* The cells in the local array of a side, in the order of the array they go to.
 */
static sunzi_box box_of(const side *s, const range *cells, const int order[3])
{
    sunzi_box box = {.start = 0};
    int64_t stride[3], step = 1;
    for (int i = 2; i >= 0; i--) {
        const int d = s->p.order[i];
        stride[d] = step;
        step *= s->mine.end[d] - s->mine.begin[d];
        box.start += (cells->begin[d] - s->mine.begin[d]) * stride[d];
    }
    for (int i = 0; i < 3; i++) {
        box.count[i] = cells->end[order[i]] - cells->begin[order[i]];
        box.stride[i] = stride[order[i]];
    }
    return box;
}

/* What this process shares with each of the others; other: their side. */
static sunzi_status list_pieces(sunzi_transpose *t, const side *s,
                                const side *other, sunzi_piece_list *pieces)
{
    const int size = t->processes[0] * t->processes[1];
    const sunzi_status status = sunzi_piece_list_take(pieces, creates, size);
    for (int q = 0; q < size && t->place[0] >= 0 && status == SUNZI_OK; q++) {
        const range theirs = range_of(&other->p, q);
        const range both = shared(&s->mine, &theirs);
        if (cells_of(&both))
            pieces->list[pieces->count++] = (sunzi_piece){
                .peer = q, .box = box_of(s, &both, t->to.p.order)};
    }
    return status;
}

static sunzi_status plan_all(sunzi_transpose *t, sunzi_comm *comm,
                             const sunzi_transpose_shape *s)
{
    const int rank = sunzi_comm_rank(comm);
    sunzi_shipment *ship = &t->shipment;
    sunzi_status status;
    SUNZI_TRY(sunzi_shipment_open(ship, creates, comm, 1, &s->field));
    t->processes[0] = s->processes[0];
    t->processes[1] = s->processes[1];
    if (s->processes[0] == 0)
        choose(s, sunzi_comm_size(comm), t->processes);
    const bool in = rank < t->processes[0] * t->processes[1];
    t->place[0] = in ? rank / t->processes[1] : -1;
    t->place[1] = in ? rank % t->processes[1] : -1;
    t->from.p = describe(s->n, t->processes, s->from, s->from_storage);
    t->to.p = describe(s->n, t->processes, s->to, s->to_storage);
    if (in) {
        t->from.mine = range_of(&t->from.p, rank);
        t->to.mine = range_of(&t->to.p, rank);
    }
    SUNZI_TRY(list_pieces(t, &t->from, &t->to, &ship->out));
    SUNZI_TRY(list_pieces(t, &t->to, &t->from, &ship->in));
    SUNZI_TRY(sunzi_shipment_settle(ship, creates, SUNZI_TAG_TRANSPOSE));
done:
    return status;
}

sunzi_status sunzi_transpose_create(sunzi_comm *comm,
                                    const sunzi_transpose_shape *shape,
                                    sunzi_transpose **plan)
{
    void *block = NULL;
    sunzi_transpose *t = NULL;
    sunzi_status status = check_shape(shape, sunzi_comm_size(comm));
    if (!plan)
        status = sunzi_fail(SUNZI_ERR_ARG,
                            "%s: plan = NULL, allowed: where the handle is to "
                            "be stored",
                            creates);
    SUNZI_TRY(sunzi_comm_agree(comm, status));
    SUNZI_TRY(same_shape(comm, shape));
    status = sunzi_allocate(sizeof *t, creates, &block);
    if (status == SUNZI_OK) {
        t = block;
        *t = (sunzi_transpose){.under_way = false};
        status = plan_all(t, comm, shape);
    }
    SUNZI_TRY(sunzi_comm_agree(comm, status));
    sunzi_shipment_ready(&t->shipment);
    *plan = t;
    return SUNZI_OK;
done:
    sunzi_transpose_destroy(&t);
    return status;
}

void sunzi_transpose_destroy(sunzi_transpose **plan)
{
    if (!plan || !*plan)
        return;
    sunzi_transpose *t = *plan;
    sunzi_shipment_close(&t->shipment);
    sunzi_release(t);
    *plan = NULL;
}

/* ---- what it is ---- */

void sunzi_transpose_processes(const sunzi_transpose *t, int *processes,
                               int *place)
{
    for (int i = 0; i < 2; i++) {
        processes[i] = t->processes[i];
        place[i] = t->place[i];
    }
}

int64_t sunzi_transpose_local(const sunzi_transpose *t, int after,
                              int64_t *first, int64_t *count)
{
    const range *mine = after ? &t->to.mine : &t->from.mine;
    for (int d = 0; d < 3; d++) {
        if (first)
            first[d] = mine->begin[d];
        if (count)
            count[d] = mine->end[d] - mine->begin[d];
    }
    return cells_of(mine);
}

void sunzi_transpose_traffic(const sunzi_transpose *t, sunzi_traffic *traffic)
{
    *traffic = t->shipment.traffic;
}

/* ---- execution ---- */

static sunzi_status check_start(const sunzi_transpose *t, const void *from,
                                const void *to)
{
    static const char name[] = "sunzi_transpose_start";
    if (t->under_way)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: a transpose of this plan is under way; call "
                          "sunzi_transpose_finish first",
                          name);
    if ((!from && cells_of(&t->from.mine)) || (!to && cells_of(&t->to.mine)))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: %s = NULL, allowed: the local part of this "
                          "process",
                          name, from ? "to" : "from");
    return SUNZI_OK;
}

/* Whether what stays on this process can be copied at once. */
static bool may_move(const sunzi_transpose *t, const void *from, const void *to)
{
    const sunzi_lane *lane = t->shipment.lane;
    const uintptr_t cell = (lane->single ? sizeof(float) : sizeof(double)) *
                           (uintptr_t)lane->components;
    const uintptr_t a = (uintptr_t)from, b = (uintptr_t)to;
    return cell <= SUNZI_BOX_MOVE_BYTES &&
           (a + (uintptr_t)cells_of(&t->from.mine) * cell <= b ||
            b + (uintptr_t)cells_of(&t->to.mine) * cell <= a);
}

sunzi_status sunzi_transpose_start(sunzi_transpose *plan, const void *from,
                                   void *to)
{
    sunzi_status status;
    SUNZI_TRY(
        sunzi_comm_agree(plan->shipment.comm, check_start(plan, from, to)));
    SUNZI_TRY(sunzi_shipment_start(&plan->shipment, 0, &from,
                                   may_move(plan, from, to) ? &to : NULL));
    plan->target = to;
    plan->under_way = true;
done:
    return status;
}

sunzi_status sunzi_transpose_finish(sunzi_transpose *plan)
{
    static const char name[] = "sunzi_transpose_finish";
    if (!plan->under_way)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: no transpose is under way; call "
                          "sunzi_transpose_start first",
                          name);
    plan->under_way = false;
    return sunzi_shipment_finish(&plan->shipment, name, &plan->target);
}

sunzi_status sunzi_transpose_execute(sunzi_transpose *plan, const void *from,
                                     void *to)
{
    const sunzi_status status = sunzi_transpose_start(plan, from, to);
    return status < 0 ? status : sunzi_transpose_finish(plan);
}
