/* SPDX-License-Identifier: BSD-3-Clause */
/* The molecular surface without dots. A point outside of all atoms is solvent
 * if a centre of a probe is within its radius, one that is in no atom made
 * larger by that radius. The nearest such centre is on the surface of a larger
 * atom straight from the point, on the circle of two of them, or at a corner of
 * three (M. L. Connolly, J. Appl. Cryst. 16 (1983) 548: the convex, saddle and
 * concave parts of the surface); each is tried. */
#include "solvers/poisson_boltzmann/surface.h"

#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "solvers/poisson_boltzmann/vector.h"

enum { NEAR_MAX = 512 /* atoms that may be near to a point */ };

static const char what[] = "a molecular surface";

/* What counts as touching, Angstrom. */
static const double slack = 1e-9;

/* ---- cells ---- */

static int64_t cell_along(const pb_cells *c, int d, double x)
{
    const double cell = floor((x - c->low[d]) / c->width);
    return cell < 0                      ? 0
           : cell >= (double)c->cells[d] ? c->cells[d] - 1
                                         : (int64_t)cell;
}

static int64_t cell_of(const pb_cells *c, const double *point)
{
    return cell_along(c, 0, point[0]) +
           c->cells[0] * (cell_along(c, 1, point[1]) +
                          c->cells[1] * cell_along(c, 2, point[2]));
}

/* The box of the points, and cells of at least `width` in it: no more than the
 * points ask for. */
static void lay_out(pb_cells *c, double width, int64_t count,
                    const double *first, size_t stride)
{
    double high[3];
    memcpy(c->low, first, sizeof c->low);
    memcpy(high, first, sizeof high);
    for (int64_t i = 0; i < count; i++)
        for (int d = 0; d < 3; d++) {
            c->low[d] = fmin(c->low[d], first[(size_t)i * stride + (size_t)d]);
            high[d] = fmax(high[d], first[(size_t)i * stride + (size_t)d]);
        }
    c->width = width;
    for (double all = HUGE_VAL; all > 64 * (double)count + 64;) {
        all = 1;
        for (int d = 0; d < 3; d++)
            all *= floor((high[d] - c->low[d]) / c->width) + 1;
        if (all > 64 * (double)count + 64)
            c->width *= 1.5;
    }
    for (int d = 0; d < 3; d++)
        c->cells[d] = (int64_t)floor((high[d] - c->low[d]) / c->width) + 1;
}

/* Points first[i stride], i < count, count >= 1. */
static sunzi_status fill_cells(pb_cells *c, double width, int64_t count,
                               const double *first, size_t stride)
{
    void *block = NULL;
    sunzi_status status;
    lay_out(c, width, count, first, stride);
    const int64_t all = c->cells[0] * c->cells[1] * c->cells[2];
    SUNZI_TRY(
        sunzi_allocate((size_t)(all + 2) * sizeof(int64_t), what, &block));
    c->begin = memset(block, 0, (size_t)(all + 2) * sizeof(int64_t));
    SUNZI_TRY(sunzi_allocate((size_t)count * sizeof(int64_t), what, &block));
    c->index = block;
    for (int64_t i = 0; i < count; i++)
        c->begin[cell_of(c, first + (size_t)i * stride) + 2]++;
    for (int64_t k = 2; k <= all; k++)
        c->begin[k + 1] += c->begin[k];
    for (int64_t i = 0; i < count; i++)
        c->index[c->begin[cell_of(c, first + (size_t)i * stride) + 1]++] = i;
done:
    return status;
}

static void clear_cells(pb_cells *c)
{
    sunzi_release(c->begin);
    sunzi_release(c->index);
}

/* ---- atoms near to a point ---- */

typedef struct visit {
    const pb_cells *cells;
    int64_t from[3], to[3], at[3], next, end;
} visit;

static visit visit_around(const pb_cells *c, const double *point)
{
    visit v = {.cells = c};
    for (int d = 0; d < 3; d++) {
        v.from[d] = cell_along(c, d, point[d] - c->width);
        v.to[d] = cell_along(c, d, point[d] + c->width);
        v.at[d] = v.from[d];
        if (point[d] + c->width < c->low[d] ||
            point[d] - c->width > c->low[d] + (double)c->cells[d] * c->width)
            v.to[2] = -1; /* none is near */
    }
    v.at[0]--;
    return v;
}

/* The next one, -1 after the last. */
static int64_t visit_next(visit *v)
{
    const pb_cells *c = v->cells;
    while (v->next == v->end) {
        if (v->to[2] < 0)
            return -1;
        if (++v->at[0] > v->to[0]) {
            v->at[0] = v->from[0];
            if (++v->at[1] > v->to[1]) {
                v->at[1] = v->from[1];
                if (++v->at[2] > v->to[2])
                    return -1;
            }
        }
        const int64_t cell =
            v->at[0] + c->cells[0] * (v->at[1] + c->cells[1] * v->at[2]);
        v->next = c->begin[cell];
        v->end = c->begin[cell + 1];
    }
    return c->index[v->next++];
}

double pb_surface_distance(const pb_surface *s, const double point[3])
{
    double least = s->near.width;
    if (s->atoms == 0)
        return HUGE_VAL;
    visit v = visit_around(&s->near, point);
    for (int64_t i; (i = visit_next(&v)) >= 0;)
        least = fmin(least, pb_distance(point, s->atom[i].position) -
                                s->atom[i].radius);
    return least;
}

/* ---- probes ---- */

/* Balls that a probe's centre cannot be in. */
typedef struct balls {
    int count;
    double centre[NEAR_MAX][3], radius[NEAR_MAX];
} balls;

/* Those that reach to within `reach` of the point; false: too many. */
static bool gather(const pb_surface *s, const double *point, double reach,
                   balls *b)
{
    visit v = visit_around(&s->near, point);
    b->count = 0;
    for (int64_t i; (i = visit_next(&v)) >= 0;) {
        const double radius = s->atom[i].radius + s->probe;
        if (pb_distance(point, s->atom[i].position) >= radius + reach)
            continue;
        if (b->count == NEAR_MAX)
            return false;
        memcpy(b->centre[b->count], s->atom[i].position, sizeof(double[3]));
        b->radius[b->count++] = radius;
    }
    return true;
}

/* Is a probe at the point free of all balls? */
static bool is_free(const balls *b, const double *point)
{
    for (int i = 0; i < b->count; i++)
        if (pb_distance(point, b->centre[i]) < b->radius[i] - slack)
            return false;
    return true;
}

/* The point of ball i's surface straight from the point. */
static bool touches_one(const balls *b, const double *point, double probe)
{
    for (int i = 0; i < b->count; i++) {
        const double away = pb_distance(point, b->centre[i]);
        double probe_at[3];
        if (away == 0 || fabs(b->radius[i] - away) > probe)
            continue;
        for (int d = 0; d < 3; d++)
            probe_at[d] = b->centre[i][d] +
                          (point[d] - b->centre[i][d]) * (b->radius[i] / away);
        if (is_free(b, probe_at))
            return true;
    }
    return false;
}

/* The circle of balls i and j: its centre, axis and radius; false: none. */
static bool circle_of(const balls *b, int i, int j, double *centre,
                      double *axis, double *radius)
{
    const double r = b->radius[i],
                 away = pb_distance(b->centre[i], b->centre[j]);
    if (away == 0)
        return false;
    const double along =
        (away * away + r * r - b->radius[j] * b->radius[j]) / (2 * away);
    const double square = r * r - along * along;
    if (square <= 0)
        return false;
    for (int d = 0; d < 3; d++) {
        axis[d] = (b->centre[j][d] - b->centre[i][d]) / away;
        centre[d] = b->centre[i][d] + along * axis[d];
    }
    *radius = sqrt(square);
    return true;
}

/* The point of the circle of two balls that is nearest to the point. */
static bool touches_two(const balls *b, const double *point, double probe)
{
    for (int i = 0; i < b->count; i++)
        for (int j = 0; j < i; j++) {
            double centre[3], axis[3], out[3], probe_at[3], radius;
            if (!circle_of(b, i, j, centre, axis, &radius))
                continue;
            for (int d = 0; d < 3; d++)
                out[d] = point[d] - centre[d];
            const double height = pb_dot(out, axis);
            for (int d = 0; d < 3; d++)
                out[d] -= height * axis[d];
            const double away = sqrt(pb_dot(out, out));
            if (hypot(height, radius - away) > probe)
                continue;
            if (away == 0)
                pb_across(axis, out); /* all of the circle is as near */
            const double scale = radius / sqrt(pb_dot(out, out));
            for (int d = 0; d < 3; d++)
                probe_at[d] = centre[d] + scale * out[d];
            if (is_free(b, probe_at))
                return true;
        }
    return false;
}

static bool touches_corner(const pb_surface *s, const double *point)
{
    if (s->corners == 0)
        return false;
    visit v = visit_around(&s->near_corners, point);
    for (int64_t i; (i = visit_next(&v)) >= 0;)
        if (pb_distance(point, s->corner + 3 * i) <= s->probe)
            return true;
    return false;
}

bool pb_surface_holds(const pb_surface *s, const double point[3])
{
    balls b;
    const double distance = pb_surface_distance(s, point);
    if (distance <= 0 || s->kind == SUNZI_PB_VAN_DER_WAALS)
        return distance <= 0;
    if (distance >= s->probe || s->probe == 0)
        return false;
    if (touches_corner(s, point))
        return false;
    if (!gather(s, point, s->probe, &b))
        return true; /* so many balls leave no room */
    return !touches_one(&b, point, s->probe) &&
           !touches_two(&b, point, s->probe);
}

/* ---- corners ---- */

static sunzi_status keep_corner(pb_surface *s, const double *corner)
{
    void *block = NULL;
    if (s->corners == s->corners_room) {
        const int64_t room = 2 * s->corners_room + 1024;
        const sunzi_status status =
            sunzi_allocate((size_t)room * sizeof(double[3]), what, &block);
        if (status < 0)
            return status;
        if (s->corners)
            memcpy(block, s->corner, (size_t)s->corners * sizeof(double[3]));
        sunzi_release(s->corner);
        s->corner = block;
        s->corners_room = room;
    }
    memcpy(s->corner + 3 * s->corners++, corner, sizeof(double[3]));
    return SUNZI_OK;
}

/* Where the circle of two balls meets ball k: both points that are free. */
static sunzi_status meet(pb_surface *s, const balls *b, const double *centre,
                         const double *axis, double radius, int k)
{
    double to[3], side[3], other[3], corner[3];
    for (int d = 0; d < 3; d++)
        to[d] = b->centre[k][d] - centre[d];
    const double height = pb_dot(to, axis);
    for (int d = 0; d < 3; d++)
        side[d] = to[d] - height * axis[d];
    const double away = sqrt(pb_dot(side, side));
    if (away == 0)
        return SUNZI_OK;
    /* |radius side/away cos + ... - to|^2 = ball^2 */
    const double cosine =
        (radius * radius + pb_dot(to, to) - b->radius[k] * b->radius[k]) /
        (2 * radius * away);
    if (fabs(cosine) > 1)
        return SUNZI_OK;
    const double sine = sqrt(1 - cosine * cosine);
    pb_cross(axis, side, other);
    for (int sign = -1; sign <= 1; sign += 2) {
        for (int d = 0; d < 3; d++)
            corner[d] =
                centre[d] +
                radius / away * (cosine * side[d] + sign * sine * other[d]);
        if (is_free(b, corner)) {
            const sunzi_status status = keep_corner(s, corner);
            if (status < 0)
                return status;
        }
    }
    return SUNZI_OK;
}

/* Those of atom 0 of b, the balls that overlap with its own, and later ones; b
 * is sorted so that `later` come last. */
static sunzi_status corners_of(pb_surface *s, const balls *b, int first)
{
    sunzi_status status = SUNZI_OK;
    for (int j = first; j < b->count; j++) {
        double centre[3], axis[3], radius;
        if (!circle_of(b, 0, j, centre, axis, &radius))
            continue;
        for (int k = j + 1; k < b->count; k++)
            SUNZI_TRY(meet(s, b, centre, axis, radius, k));
    }
done:
    return status;
}

/* Balls that overlap with atom i's: it first, then those of lower numbers, then
 * the others; *first: of these. */
static bool neighbours(const pb_surface *s, int64_t i, balls *b, int *first)
{
    const sunzi_pb_atom *own = &s->atom[i];
    const double reach = own->radius + s->probe;
    b->count = 0;
    for (int part = 0; part < 3; part++) {
        visit v = visit_around(&s->near, own->position);
        if (part == 2)
            *first = b->count;
        for (int64_t j; (j = visit_next(&v)) >= 0;) {
            const double radius = s->atom[j].radius + s->probe;
            if ((part == 0 && j != i) || (part == 1 && j >= i) ||
                (part == 2 && j <= i) ||
                pb_distance(own->position, s->atom[j].position) >=
                    radius + reach)
                continue;
            if (b->count == NEAR_MAX)
                return false;
            memcpy(b->centre[b->count], s->atom[j].position, sizeof(double[3]));
            b->radius[b->count++] = radius;
        }
    }
    return true;
}

static sunzi_status find_corners(pb_surface *s)
{
    balls b;
    int first = 0;
    sunzi_status status = SUNZI_OK;
    for (int64_t i = 0; i < s->atoms; i++) {
        if (!neighbours(s, i, &b, &first))
            return sunzi_fail(SUNZI_ERR_ARG,
                              "sunzi_pb_create: more than %d atoms are as near "
                              "as the probe's width to an atom at %g, %g, %g "
                              "Angstrom; correct the positions",
                              NEAR_MAX, s->atom[i].position[0],
                              s->atom[i].position[1], s->atom[i].position[2]);
        SUNZI_TRY(corners_of(s, &b, first));
    }
    if (s->corners)
        SUNZI_TRY(
            fill_cells(&s->near_corners, s->probe, s->corners, s->corner, 3));
done:
    return status;
}

/* ---- smooth atoms ---- */

/* Im, Beglov, Roux, Comput. Phys. Commun. 111 (1998) 59, eq. 14. */
double pb_surface_outside(const pb_surface *s, const double point[3])
{
    double product = 1;
    if (s->atoms == 0)
        return 1;
    visit v = visit_around(&s->near, point);
    for (int64_t i; (i = visit_next(&v)) >= 0;) {
        const double w = s->width;
        const double x =
            pb_distance(point, s->atom[i].position) - s->atom[i].radius + w;
        if (x <= 0)
            return 0;
        if (x < 2 * w)
            product *= x * x * (3 / (4 * w * w) - x / (4 * w * w * w));
    }
    return product;
}

/* ---- all of it ---- */

sunzi_status pb_surface_make(const sunzi_pb_options *o, int64_t atoms,
                             const sunzi_pb_atom *atom, pb_surface *s)
{
    double largest = 0;
    void *block = NULL;
    sunzi_status status;
    *s = (pb_surface){
        .kind = o->surface, .probe = o->probe_radius, .width = o->spline_width};
    if (o->solute_dielectric == o->solvent_dielectric)
        s->kind = SUNZI_PB_VAN_DER_WAALS; /* it does not matter */
    SUNZI_TRY(sunzi_allocate((size_t)atoms * sizeof *atom, what, &block));
    s->atom = block;
    for (int64_t i = 0; i < atoms; i++)
        if (atom[i].radius > 0) {
            s->atom[s->atoms++] = atom[i];
            largest = fmax(largest, atom[i].radius);
        }
    if (s->atoms == 0)
        return SUNZI_OK;
    /* distances that are asked for; two larger atoms that overlap */
    const double reach =
        fmax(fmax(o->ion_radius, o->spline_width) + largest,
             s->kind == SUNZI_PB_MOLECULAR ? 2 * (largest + s->probe) : 0);
    SUNZI_TRY(fill_cells(&s->near, reach, s->atoms, s->atom[0].position,
                         sizeof *s->atom / sizeof(double)));
    if (s->kind == SUNZI_PB_MOLECULAR && s->probe > 0)
        SUNZI_TRY(find_corners(s));
done:
    return status;
}

void pb_surface_clear(pb_surface *s)
{
    clear_cells(&s->near);
    clear_cells(&s->near_corners);
    sunzi_release(s->corner);
    sunzi_release(s->atom);
    *s = (pb_surface){.atoms = 0};
}
