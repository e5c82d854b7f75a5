/* SPDX-License-Identifier: BSD-3-Clause */
/* The halo of a brick in one dimension is a list of segments, each of them
 * consecutive cells of one owner; the pieces are products of the segments of
 * the three dimensions. Segments know nothing of neighbours: a wide halo, a
 * brick of one cell or a process that is its own neighbour is no special case.
 */
#include "solvers/fields/halo_pieces.h"

#include <stdlib.h>

/* ---- the process grid ---- */

typedef struct choice {
    double used, surface; /* processes with cells; cells of the halo */
} choice;

/* Of two bricks in a row, each has a halo on one side only. */
static int widest(const sunzi_bricks *b, int d, int processes)
{
    const int lower = b->lower[d], upper = b->upper[d];
    if (b->periodic[d] || processes > 2)
        return lower + upper;
    return lower > upper ? lower : upper;
}

static choice judge(const sunzi_bricks *b, const int p[3])
{
    choice c = {1, 0};
    double side[3];
    for (int d = 0; d < 3; d++) {
        const int64_t n = b->run[d].n;
        c.used *= (double)(p[d] < n ? p[d] : n);
        side[d] = (double)((n + p[d] - 1) / p[d]);
    }
    for (int d = 0; d < 3; d++)
        if (p[d] > 1)
            c.surface +=
                widest(b, d, p[d]) * side[(d + 1) % 3] * side[(d + 2) % 3];
    return c;
}

/* Of equals the first one is taken, which has the longest rows. */
void sunzi_bricks_choose(sunzi_bricks *b, int size)
{
    const int given[3] = {b->run[0].count, b->run[1].count, b->run[2].count};
    choice best = {0, 0};
    for (int p0 = size; p0 > 0; p0--)
        for (int p1 = size / p0; p1 > 0 && size % p0 == 0; p1--) {
            const int p[3] = {p0, p1, size / p0 / p1};
            bool fits = size / p0 % p1 == 0;
            for (int d = 0; d < 3; d++)
                fits = fits && (!given[d] || given[d] == p[d]);
            if (!fits)
                continue;
            const choice c = judge(b, p);
            if (c.used > best.used ||
                (c.used == best.used && c.surface < best.surface)) {
                best = c;
                for (int d = 0; d < 3; d++)
                    b->run[d].count = p[d];
            }
        }
}

static int rank_of(const sunzi_bricks *b, const int place[3])
{
    return (place[0] * b->run[1].count + place[1]) * b->run[2].count + place[2];
}

bool sunzi_bricks_place(const sunzi_bricks *b, int rank, int place[3])
{
    const int p1 = b->run[1].count, p2 = b->run[2].count;
    const bool in = rank / p2 / p1 < b->run[0].count;
    place[0] = in ? rank / p2 / p1 : -1;
    place[1] = in ? rank / p2 % p1 : -1;
    place[2] = in ? rank % p2 : -1;
    return in;
}

/* ---- segments ---- */

typedef struct segment {
    int receiver, owner; /* places in the dimension */
    int64_t from, to;    /* index in the local array of owner, of receiver */
    int64_t length;
    int outside; /* 1: in the halo, 0: the brick itself */
} segment;

/* Halo cells of `receiver` for the cells begin .. end - 1 of the endless
 * dimension. */
static int add_outside(const sunzi_bricks *b, int d, int receiver,
                       int64_t begin, int64_t end, segment *list)
{
    const sunzi_runs *r = &b->run[d];
    const int64_t first = sunzi_runs_first(r, receiver);
    int count = 0;
    if (!b->periodic[d]) {
        begin = begin > 0 ? begin : 0;
        end = end < r->n ? end : r->n;
    }
    for (int64_t x = begin; x < end;) {
        const int64_t cell = (x % r->n + r->n) % r->n;
        const int owner = sunzi_runs_owner(r, cell);
        const int64_t rest = sunzi_runs_first(r, owner + 1) - cell;
        const int64_t length = rest < end - x ? rest : end - x;
        list[count++] =
            (segment){receiver,
                      owner,
                      cell - sunzi_runs_first(r, owner) + b->lower[d],
                      x - first + b->lower[d],
                      length,
                      1};
        x += length;
    }
    return count;
}

static int segments_of(const sunzi_bricks *b, int d, int receiver,
                       segment *list)
{
    const int64_t first = sunzi_runs_first(&b->run[d], receiver);
    const int64_t end = sunzi_runs_first(&b->run[d], receiver + 1);
    int count;
    if (first == end)
        return 0;
    count = add_outside(b, d, receiver, first - b->lower[d], first, list);
    list[count++] =
        (segment){receiver, receiver, b->lower[d], b->lower[d], end - first, 0};
    count += add_outside(b, d, receiver, end, end + b->upper[d], list + count);
    return count;
}

static int64_t segments_max(const sunzi_bricks *b, int d)
{
    return (int64_t)b->lower[d] + b->upper[d] + 1;
}

/* Segments that the process at `mine` sends to anybody, or receives. */
static int list_segments(const sunzi_bricks *b, int d, int mine, bool sends,
                         segment *list)
{
    int kept = 0;
    if (!sends)
        return segments_of(b, d, mine, list);
    for (int receiver = 0; receiver < b->run[d].count; receiver++) {
        const int count = segments_of(b, d, receiver, list + kept);
        const int end = kept + count;
        for (int i = kept; i < end; i++)
            if (list[i].owner == mine)
                list[kept++] = list[i];
    }
    return kept;
}

/* On the endless line at most lower[d] bricks begin within lower[d] cells
 * behind a brick, so that it has no more segments to send than to receive; and
 * the list takes those of one more receiver. */
static int64_t list_room(const sunzi_bricks *b, int d)
{
    return 2 * segments_max(b, d);
}

size_t sunzi_bricks_workspace(const sunzi_bricks *b)
{
    int64_t room = 0;
    for (int d = 0; d < 3; d++)
        room += list_room(b, d);
    return (size_t)room * sizeof(segment);
}

/* ---- pieces ---- */

static int by_peer(const void *left, const void *right)
{
    const sunzi_piece *a = left, *b = right;
    if (a->peer != b->peer)
        return a->peer < b->peer ? -1 : 1;
    return a->sequence < b->sequence ? -1 : a->sequence > b->sequence;
}

static sunzi_piece piece_of(const sunzi_bricks *b, const int place[3],
                            bool sends, const segment *s[3])
{
    sunzi_piece piece = {.peer = 0};
    int peer[3];
    int64_t stride = 1;
    for (int d = 2; d >= 0; d--) {
        const int64_t count = sunzi_runs_first(&b->run[d], place[d] + 1) -
                              sunzi_runs_first(&b->run[d], place[d]);
        peer[d] = sends ? s[d]->receiver : s[d]->owner;
        piece.box.count[d] = s[d]->length;
        piece.box.stride[d] = stride;
        piece.box.start += (sends ? s[d]->from : s[d]->to) * stride;
        stride *= b->lower[d] + count + b->upper[d];
    }
    piece.peer = rank_of(b, peer);
    return piece;
}

int64_t sunzi_bricks_pieces(const sunzi_bricks *b, const int place[3],
                            bool sends, void *workspace, sunzi_piece *pieces)
{
    segment *list[3] = {workspace};
    int count[3];
    int64_t total = 0;
    for (int d = 0; d < 3; d++) {
        if (d > 0)
            list[d] = list[d - 1] + list_room(b, d - 1);
        count[d] = list_segments(b, d, place[d], sends, list[d]);
    }
    for (int i = 0; i < count[0]; i++)
        for (int j = 0; j < count[1]; j++)
            for (int k = 0; k < count[2]; k++) {
                const segment *s[3] = {&list[0][i], &list[1][j], &list[2][k]};
                const int outside =
                    s[0]->outside + s[1]->outside + s[2]->outside;
                if (outside == 0 || outside > b->reach)
                    continue;
                if (pieces) {
                    pieces[total] = piece_of(b, place, sends, s);
                    pieces[total].sequence = total;
                }
                total++;
            }
    if (pieces && total)
        qsort(pieces, (size_t)total, sizeof *pieces, by_peer);
    return total;
}
