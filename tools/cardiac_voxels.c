/* SPDX-License-Identifier: BSD-3-Clause */
/* Where tissue and bath are, and what they conduct. */
#include <math.h>

#include "tools/cardiac_run.h"

static const double pi = 3.14159265358979323846;

static bool is_bidomain(const sunzi_slab *r)
{
    return sunzi_slab_value(r, SUNZI_TISSUE_EQUATION)->integer ==
           SUNZI_EQUATION_BIDOMAIN;
}

sunzi_status sunzi_slab_check_equation(const sunzi_slab *r)
{
    if (!is_bidomain(r)) {
        for (int k = SUNZI_BIDOMAIN_INSIDE; k < SUNZI_BIDOMAIN_END; k++)
            if (sunzi_tissue_given(sunzi_slab_value(r, k)))
                return sunzi_run_file_fail(
                    r->file, k,
                    "it belongs to the bidomain, and tissue.equation is "
                    "monodomain; take tissue.equation = bidomain, or leave it "
                    "out");
        return SUNZI_OK;
    }
    if (sunzi_tissue_given(sunzi_slab_value(r, SUNZI_TISSUE_CONDUCTIVITY)))
        return sunzi_run_file_fail(r->file, SUNZI_TISSUE_CONDUCTIVITY,
                                   "it is of the monodomain; the bidomain has "
                                   "bidomain.inside and bidomain.outside");
    if (sunzi_slab_value(r, SUNZI_BIDOMAIN_BATH)->real > 0)
        return SUNZI_OK;
    for (int k = SUNZI_BIDOMAIN_BATH_BOX; k <= SUNZI_BIDOMAIN_BATH_LABEL; k++)
        if (sunzi_tissue_given(sunzi_slab_value(r, k)))
            return sunzi_run_file_fail(r->file, k,
                                       "there is no bath; give bidomain.bath, "
                                       "its conductivity");
    return SUNZI_OK;
}

/* ---- what a voxel is ---- */

int sunzi_slab_label(const sunzi_slab *r, const int64_t voxel[3])
{
    const sunzi_slab_image *m = &r->image;
    int64_t at = 0;
    for (int d = 2; d >= 0; d--) {
        const int64_t voxels = r->voxels[d] ? r->voxels[d] : 1;
        if (voxel[d] < 0 || voxel[d] >= voxels)
            return 0;
        at = at * m->count[d] + voxel[d] - m->first[d];
    }
    return m->label ? m->label[at] : 1;
}

static bool is_bath(const sunzi_slab *r, const int64_t voxel[3], int label)
{
    const double *box = sunzi_slab_value(r, SUNZI_BIDOMAIN_BATH_BOX)->reals;
    bool inside = true;
    if (!is_bidomain(r) || sunzi_slab_value(r, SUNZI_BIDOMAIN_BATH)->real == 0)
        return false;
    if (label == sunzi_slab_value(r, SUNZI_BIDOMAIN_BATH_LABEL)->integer)
        return true;
    for (int d = 0; d < 3; d++) {
        const double flat = r->voxels[d] ? 0.5 : 0;
        const double middle = ((double)voxel[d] + flat) * r->spacing;
        inside = inside && middle >= box[2 * d] && middle <= box[2 * d + 1];
    }
    return inside;
}

bool sunzi_slab_has_tissue(const sunzi_slab *r, const int64_t voxel[3])
{
    const int label = sunzi_slab_label(r, voxel);
    return label && !is_bath(r, voxel, label);
}

int sunzi_slab_node_label(const sunzi_slab *r, const int64_t n[3])
{
    int label = 0;
    for (int side = 0; side < 8; side++) {
        int64_t voxel[3];
        for (int d = 0; d < 3; d++)
            voxel[d] = n[d] - (r->voxels[d] ? side >> d & 1 : 0);
        const int of_voxel = sunzi_slab_label(r, voxel);
        if (of_voxel > label && sunzi_slab_has_tissue(r, voxel))
            label = of_voxel;
    }
    return label;
}

/* s_t I + (s_l - s_t) f f^T in the plane of x and y. */
static void conduct(const sunzi_slab *r, const int64_t voxel[3],
                    const double s[3], double sigma[6])
{
    const double *turn = sunzi_slab_value(r, SUNZI_TISSUE_FIBRE)->reals;
    const double layers = r->voxels[2] ? (double)r->voxels[2] : 1;
    const double depth = ((double)voxel[2] + 0.5) / layers;
    const double angle = (turn[0] + (turn[1] - turn[0]) * depth) * pi / 180;
    const double x = cos(angle), y = angle == 0 ? 0 : sin(angle);
    sigma[0] = s[1] + (s[0] - s[1]) * x * x;
    sigma[1] = s[1] + (s[0] - s[1]) * y * y;
    sigma[2] = s[2];
    sigma[3] = (s[0] - s[1]) * x * y;
}

/* Of the monodomain, or inside of the cells. */
static int tissue_voxel(void *user, const int64_t voxel[3], double sigma[6])
{
    const sunzi_slab *r = user;
    const int key =
        is_bidomain(r) ? SUNZI_BIDOMAIN_INSIDE : SUNZI_TISSUE_CONDUCTIVITY;
    if (!sunzi_slab_has_tissue(r, voxel))
        return 0;
    conduct(r, voxel, sunzi_slab_value(r, key)->reals, sigma);
    return 1;
}

/* Inside and outside together; the bath. */
static int total_voxel(void *user, const int64_t voxel[3], double sigma[6])
{
    const sunzi_slab *r = user;
    const double *inside = sunzi_slab_value(r, SUNZI_BIDOMAIN_INSIDE)->reals;
    const double *outside = sunzi_slab_value(r, SUNZI_BIDOMAIN_OUTSIDE)->reals;
    double both[3];
    if (sunzi_slab_has_tissue(r, voxel)) {
        for (int d = 0; d < 3; d++)
            both[d] = inside[d] + outside[d];
        conduct(r, voxel, both, sigma);
        return 1;
    }
    for (int d = 0; d < 3; d++)
        sigma[d] = sunzi_slab_value(r, SUNZI_BIDOMAIN_BATH)->real;
    return is_bath(r, voxel, sunzi_slab_label(r, voxel));
}

/* ---- the tissue ---- */

static sunzi_status count_voxels(sunzi_slab *r)
{
    for (int d = 0; d < 3; d++) {
        const double size = sunzi_slab_value(r, SUNZI_TISSUE_SIZE)->reals[d];
        const double voxels = rint(size / r->spacing);
        if (voxels > 1e9)
            return sunzi_run_file_fail(
                r->file, SUNZI_TISSUE_SIZE,
                "%g mm are %g voxels at a spacing of %g mm, allowed are 1e9; "
                "take a coarser spacing",
                size, voxels, r->spacing);
        if (!(fabs(voxels * r->spacing - size) <= 1e-9 * size))
            return sunzi_run_file_fail(
                r->file, SUNZI_TISSUE_SIZE,
                "%g mm is no multiple of the spacing, %g mm", size, r->spacing);
        r->voxels[d] = (int64_t)voxels;
    }
    return SUNZI_OK;
}

static sunzi_status check_limit(const sunzi_slab *r)
{
    const double dt = sunzi_slab_value(r, SUNZI_TISSUE_DT)->real;
    if (sunzi_slab_value(r, SUNZI_TISSUE_SCHEME_KEY)->integer !=
            SUNZI_TISSUE_EXPLICIT ||
        dt <= sunzi_tissue_limit(r->tissue))
        return SUNZI_OK;
    return sunzi_run_file_fail(
        r->file, SUNZI_TISSUE_DT,
        "%g ms, allowed is at most %.6g ms, the stability limit of the "
        "explicit scheme here; or take another time.diffusion",
        dt, sunzi_tissue_limit(r->tissue));
}

/* A sunzi_tissue_brick_fn of an image. */
static int take_brick(void *user, const int64_t first[3],
                      const int64_t count[3])
{
    return sunzi_slab_read_piece(user, first, count);
}

/* Collective. */
static sunzi_status make_handles(sunzi_slab *r)
{
    sunzi_tissue_options o;
    sunzi_status status;
    sunzi_tissue_options_init(&o);
    for (int d = 0; d < 3; d++) {
        o.voxels[d] = r->voxels[d];
        o.spacing[d] = r->spacing;
        o.processes[d] = r->processes[d];
    }
    o.surface_to_volume = sunzi_slab_value(r, SUNZI_TISSUE_CHI)->real;
    o.capacitance = sunzi_slab_value(r, SUNZI_TISSUE_CAPACITANCE)->real;
    o.policy = r->policy;
    o.scheme = (sunzi_tissue_scheme)sunzi_slab_value(r, SUNZI_TISSUE_SCHEME_KEY)
                   ->integer;
    o.tolerance = sunzi_slab_value(r, SUNZI_TISSUE_TOLERANCE)->real;
    o.voxel = tissue_voxel;
    o.user = r;
    o.balance = r->image.label && !is_bidomain(r) &&
                sunzi_slab_value(r, SUNZI_TISSUE_BALANCE)->integer;
    o.brick = o.balance && sunzi_comm_size(r->comm) > 1 ? take_brick : NULL;
    SUNZI_TRY(sunzi_tissue_create(r->context, r->comm, &o, &r->tissue));
    SUNZI_TRY(check_limit(r));
    o.voxel = total_voxel;
    o.tolerance = sunzi_slab_value(r, SUNZI_BIDOMAIN_TOLERANCE)->real;
    if (is_bidomain(r))
        SUNZI_TRY(sunzi_bidomain_create(r->tissue, &o, &r->bidomain));
done:
    return status;
}

sunzi_status sunzi_slab_make_tissue(sunzi_slab *r)
{
    const bool mask = *sunzi_slab_value(r, SUNZI_TISSUE_MASK)->text != '\0';
    sunzi_status status;
    SUNZI_TRY(sunzi_slab_check_equation(r));
    SUNZI_TRY(mask ? sunzi_slab_read_mask(r) : count_voxels(r));
    SUNZI_TRY(make_handles(r));
    r->count = sunzi_tissue_count(r->tissue);
    r->node = sunzi_slab_numbers(r->count);
    status = sunzi_comm_agree(
        r->comm, r->node ? SUNZI_OK
                         : sunzi_fail(SUNZI_ERR_NOMEM,
                                      "no memory for %lld nodes; take more "
                                      "processes or a coarser spacing",
                                      (long long)r->count));
    if (status == SUNZI_OK)
        sunzi_tissue_nodes(r->tissue, r->node);
done:
    return status;
}

void sunzi_slab_node(const sunzi_slab *r, int64_t i, int64_t n[3])
{
    int64_t rest = r->node[i];
    for (int d = 0; d < 3; d++) {
        n[d] = rest % (r->voxels[d] + 1);
        rest /= r->voxels[d] + 1;
    }
}
