/* SPDX-License-Identifier: BSD-3-Clause */
/* Cells of a run on tissue: a part for each model, whose nodes the regions
 * tell; variants of a model are types of the cells of its part. */
#include <stdlib.h>
#include <string.h>

#include "tools/cardiac_run.h"

enum { KINDS = SUNZI_REGIONS + 1 /* 0: where no region is */ };

static int region_key(int kind, int key)
{
    return SUNZI_TISSUE_REGION1 + (kind - 1) * SUNZI_REGION_KEYS + key;
}

static int model_key(int kind)
{
    return kind == 0 ? SUNZI_TISSUE_MODEL
                     : region_key(kind, SUNZI_REGION_MODEL);
}

static bool is_used(const sunzi_slab *r, int kind)
{
    return *sunzi_slab_value(r, model_key(kind))->text != '\0';
}

/* ---- models ---- */

static sunzi_status check_region(const sunzi_slab *r, int kind)
{
    const int box = region_key(kind, SUNZI_REGION_BOX);
    const int depth = region_key(kind, SUNZI_REGION_DEPTH);
    const int label = region_key(kind, SUNZI_REGION_LABEL);
    /* a model that is given as empty takes the region away */
    const bool missing =
        !is_used(r, kind) &&
        !sunzi_tissue_given(sunzi_slab_value(r, model_key(kind)));
    for (int k = box; k <= label; k++)
        if (missing && sunzi_tissue_given(sunzi_slab_value(r, k)))
            return sunzi_run_file_fail(r->file, k,
                                       "the region has no model; give it one");
    if (is_used(r, kind) && sunzi_slab_value(r, label)->integer >= 0 &&
        !*sunzi_slab_value(r, SUNZI_TISSUE_MASK)->text)
        return sunzi_run_file_fail(r->file, label,
                                   "numbers are those of an image; give "
                                   "tissue.mask, or a box or depth here");
    for (int d = 0; d < 4; d++) {
        const double *ends =
            d < 3 ? sunzi_slab_value(r, box)->reals + 2 * (ptrdiff_t)d
                  : sunzi_slab_value(r, depth)->reals;
        if (ends[0] > ends[1])
            return sunzi_run_file_fail(r->file, d < 3 ? box : depth,
                                       "from %g to %g, allowed is the lower "
                                       "end first",
                                       ends[0], ends[1]);
    }
    return SUNZI_OK;
}

/* The part of a name that was seen before; NULL: none. */
static const sunzi_slab_part *find_part(const sunzi_slab *r, const char *name)
{
    for (int p = 0; p < r->parts; p++)
        if (strcmp(r->part[p].name, name) == 0)
            return &r->part[p];
    return NULL;
}

/* A part for the model of a kind, where there is none of it yet. */
static sunzi_status find_model(sunzi_slab *r, int kind)
{
    const char *name = sunzi_slab_value(r, model_key(kind))->text;
    sunzi_slab_part part = {.name = name};
    if (find_part(r, name)) /* a file is opened once */
        return SUNZI_OK;
    sunzi_cells_init(&part.cells);
    if (sunzi_cardiac_model(r->context, name, &part.cells.model,
                            &part.cells.variant, &part.opened) < 0)
        return sunzi_run_file_fail(r->file, model_key(kind), "%s",
                                   sunzi_last_message());
    if (!sunzi_cell_model_has(part.cells.model, r->policy)) {
        sunzi_cell_model_close(&part.opened);
        return sunzi_run_file_fail(r->file, model_key(kind),
                                   "%s has no kernels of the policy %s", name,
                                   sunzi_policy_name(r->policy));
    }
    part.cells.policy = r->policy;
    for (int p = 0; p < r->parts; p++)
        if (r->part[p].cells.model == part.cells.model)
            return SUNZI_OK;
    r->part[r->parts++] = part;
    return SUNZI_OK;
}

sunzi_status sunzi_slab_find_models(sunzi_slab *r)
{
    sunzi_status status = SUNZI_OK;
    for (int k = 0; k < KINDS && status == SUNZI_OK; k++) {
        status = k > 0 ? check_region(r, k) : SUNZI_OK;
        if (status == SUNZI_OK && (k == 0 || is_used(r, k)))
            status = find_model(r, k);
    }
    sunzi_cell_options_init(&r->cell_options);
    r->cell_options.method =
        (sunzi_cell_method)sunzi_slab_value(r, SUNZI_TISSUE_METHOD)->integer;
    return status;
}

/* ---- regions ---- */

static bool is_in(const sunzi_slab *r, int kind, const int64_t n[3])
{
    const double slack = 1e-6;
    const double *box =
        sunzi_slab_value(r, region_key(kind, SUNZI_REGION_BOX))->reals;
    const double *depth =
        sunzi_slab_value(r, region_key(kind, SUNZI_REGION_DEPTH))->reals;
    const int64_t label =
        sunzi_slab_value(r, region_key(kind, SUNZI_REGION_LABEL))->integer;
    for (int d = 0; d < 3; d++) {
        const double x = (double)n[d], h = r->spacing;
        if (!(x >= box[2 * d] / h - slack && x <= box[2 * d + 1] / h + slack))
            return false;
    }
    const double z = (double)n[2], layers = (double)r->voxels[2];
    return z >= depth[0] * layers - slack && z <= depth[1] * layers + slack &&
           (label < 0 || label == sunzi_slab_node_label(r, n));
}

/* The last region that a node is in; 0: none. */
static int kind_of(const sunzi_slab *r, int64_t i)
{
    int64_t n[3];
    int kind = 0;
    sunzi_slab_node(r, i, n);
    for (int k = 1; k < KINDS; k++)
        if (is_used(r, k) && is_in(r, k, n))
            kind = k;
    return kind;
}

/* Part and variant of each kind of cell. */
typedef struct kinds {
    int part[KINDS], variant[KINDS];
    bool mixed; /* variants differ */
} kinds;

static sunzi_status find_kinds(const sunzi_slab *r, kinds *all)
{
    *all = (kinds){.mixed = false};
    for (int k = 0; k < KINDS; k++) {
        const char *name = sunzi_slab_value(r, model_key(k))->text;
        const sunzi_slab_part *part = find_part(r, name);
        const sunzi_cell_model *model = part ? part->cells.model : NULL;
        all->variant[k] = part ? part->cells.variant : 0;
        if (!is_used(r, k))
            continue;
        if (!part) { /* another variant of a model that is there */
            const sunzi_status status =
                sunzi_cell_model_find(name, &model, &all->variant[k]);
            if (status < 0)
                return status;
        }
        while (r->part[all->part[k]].cells.model != model)
            all->part[k]++;
        all->mixed |= all->variant[k] != r->part[all->part[k]].cells.variant;
    }
    return SUNZI_OK;
}

/* ---- memory ---- */

static sunzi_status no_memory(const sunzi_slab *r)
{
    return sunzi_fail(SUNZI_ERR_NOMEM,
                      "no memory for %lld cells; take more processes or a "
                      "coarser spacing",
                      (long long)r->count);
}

/* `kind` of each node to part_of and cell_of; counts of the parts. */
static sunzi_status deal(sunzi_slab *r, const kinds *all,
                         const unsigned char *kind)
{
    r->part_of = malloc((size_t)r->count + 1);
    r->cell_of = sunzi_slab_numbers(r->count);
    if (!r->part_of || !r->cell_of)
        return no_memory(r);
    for (int64_t i = 0; i < r->count; i++) {
        const int part = all->part[kind[i]];
        r->part_of[i] = (unsigned char)part;
        r->cell_of[i] = r->part[part].cells.count++;
    }
    for (int p = 0; p < r->parts; p++) {
        r->part[p].nodes = sunzi_slab_numbers(r->part[p].cells.count);
        if (!r->part[p].nodes)
            return no_memory(r);
    }
    for (int64_t i = 0; i < r->count; i++)
        r->part[r->part_of[i]].nodes[r->cell_of[i]] = i;
    return SUNZI_OK;
}

static void set_types(sunzi_slab *r, const kinds *all,
                      const unsigned char *kind)
{
    for (int64_t i = 0; i < r->count; i++) {
        void *types = r->part[all->part[kind[i]]].types;
        const int64_t cell = r->cell_of ? r->cell_of[i] : i;
        if (r->policy == SUNZI_POLICY_FP64)
            ((double *)types)[cell] = all->variant[kind[i]];
        else
            ((float *)types)[cell] = (float)all->variant[kind[i]];
    }
}

/* Arrays of a part whose count is known. */
static sunzi_status take_part(sunzi_slab *r, sunzi_slab_part *part, bool mixed)
{
    sunzi_cells *c = &part->cells;
    c->stride = (c->count + 15) / 16 * 16 + 16;
    part->states =
        sunzi_slab_numbers(sunzi_cell_model_states(c->model) * c->stride);
    part->stimulus = sunzi_slab_numbers(c->count);
    if (mixed)
        part->types = sunzi_slab_numbers(c->count);
    c->states = part->states;
    c->types = part->types;
    return part->states && part->stimulus && (part->types || !mixed)
               ? SUNZI_OK
               : no_memory(r);
}

/* Not collective. */
static sunzi_status make_parts(sunzi_slab *r, const kinds *all,
                               const unsigned char *kind)
{
    sunzi_status status = SUNZI_OK;
    if (!kind)
        return no_memory(r);
    if (r->parts > 1)
        status = deal(r, all, kind);
    else
        r->part[0].cells.count = r->count;
    for (int p = 0; p < r->parts && status == SUNZI_OK; p++) {
        status = take_part(r, &r->part[p], all->mixed);
        r->group[p] = (sunzi_tissue_group){&r->part[p].cells, r->part[p].nodes};
    }
    if (status == SUNZI_OK && all->mixed)
        set_types(r, all, kind);
    for (int p = 0; p < r->parts && status == SUNZI_OK; p++)
        status = sunzi_cell_reset(&r->part[p].cells);
    return status;
}

/* Collective. A region that has no node says something else than was meant. */
static sunzi_status check_reached(const sunzi_slab *r,
                                  const unsigned char *kind)
{
    double mine[KINDS] = {0}, all;
    sunzi_status status = SUNZI_OK;
    for (int64_t i = 0; i < r->count; i++)
        mine[kind[i]]++;
    for (int k = 1; k < KINDS && status == SUNZI_OK; k++) {
        if (!is_used(r, k))
            continue;
        status = sunzi_dsum(r->context, r->comm, 1, &mine[k], 1, &all);
        if (status == SUNZI_OK && all == 0)
            status = sunzi_run_file_fail(
                r->file, model_key(k),
                "no node with tissue is in the region, or all are in later "
                "ones; change its box, depth or label, or leave it out");
    }
    return status;
}

sunzi_status sunzi_slab_make_cells(sunzi_slab *r)
{
    kinds all;
    unsigned char *kind = malloc((size_t)r->count + 1);
    sunzi_status status = find_kinds(r, &all);
    for (int64_t i = 0; i < r->count && kind; i++)
        kind[i] = (unsigned char)kind_of(r, i);
    if (status == SUNZI_OK)
        status = make_parts(r, &all, kind);
    status = sunzi_comm_agree(r->comm, status);
    if (status == SUNZI_OK)
        status = check_reached(r, kind);
    free(kind);
    return status;
}

void sunzi_slab_free_cells(sunzi_slab *r)
{
    for (int p = 0; p < r->parts; p++) {
        sunzi_slab_part *part = &r->part[p];
        free(part->states);
        free(part->stimulus);
        free(part->types);
        free(part->nodes);
        sunzi_cell_model_close(&part->opened);
    }
    free(r->part_of);
    free(r->cell_of);
}

double sunzi_slab_voltage(const sunzi_slab *r, int64_t i)
{
    const sunzi_slab_part *part = &r->part[r->part_of ? r->part_of[i] : 0];
    const int64_t cell = r->cell_of ? r->cell_of[i] : i;
    const int64_t plane =
        sunzi_cell_model_states(part->cells.model) * part->cells.stride;
    if (r->policy == SUNZI_POLICY_FP64)
        return ((const double *)part->states)[cell];
    const float *v = part->states;
    return r->policy == SUNZI_POLICY_FP32
               ? (double)v[cell]
               : (double)v[cell] + (double)v[plane + cell];
}
