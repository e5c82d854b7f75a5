/* SPDX-License-Identifier: BSD-3-Clause */
/* A run of `sunzi pb`: the grids, and the solutions on them. */
#include <math.h>
#include <string.h>

#include "io/pqr.h"
#include "tools/command.h"
#include "tools/pb.h"
#include "tools/team.h"

/* k_B N_A, kJ/(mol K) */
static const double gas_constant = 8.31446261815324e-3;

static const sunzi_run_value *value(const sunzi_run_file *file, int key)
{
    return &file->value[key];
}

/* ---- the molecule ---- */

typedef struct molecule {
    int64_t atoms;
    sunzi_pb_atom *atom;
    double low[3], high[3]; /* of the atoms as balls */
    double largest;         /* radius */
} molecule;

static sunzi_status read_molecule(const sunzi_run_file *file, molecule *m)
{
    const char *path = value(file, SUNZI_PB_MOLECULE)->text;
    if (!*path)
        return sunzi_run_file_fail(file, SUNZI_PB_MOLECULE,
                                   "there is none; name a PQR file");
    const sunzi_status status = sunzi_pqr_read(path, &m->atoms, &m->atom);
    if (status < 0)
        return status;
    for (int d = 0; d < 3; d++) {
        m->low[d] = HUGE_VAL;
        m->high[d] = -HUGE_VAL;
    }
    for (int64_t i = 0; i < m->atoms; i++) {
        const sunzi_pb_atom *a = &m->atom[i];
        m->largest = fmax(m->largest, a->radius);
        for (int d = 0; d < 3; d++) {
            m->low[d] = fmin(m->low[d], a->position[d] - a->radius);
            m->high[d] = fmax(m->high[d], a->position[d] + a->radius);
        }
    }
    return SUNZI_OK;
}

/* ---- options of the library from the keys ---- */

/* The finest grid. */
static sunzi_status lay_out(const sunzi_run_file *file, const molecule *m,
                            sunzi_pb_options *o)
{
    const sunzi_run_value *nodes = value(file, SUNZI_PB_NODES);
    const sunzi_run_value *centre = value(file, SUNZI_PB_CENTRE);
    const double h = value(file, SUNZI_PB_SPACING)->real;
    const double margin = value(file, SUNZI_PB_MARGIN)->real;
    if (nodes->count == 2)
        return sunzi_run_file_fail(file, SUNZI_PB_NODES,
                                   "got 2 numbers, allowed are one, or three "
                                   "for x, y, z");
    if (centre->count == 1 || centre->count == 2)
        return sunzi_run_file_fail(file, SUNZI_PB_CENTRE,
                                   "got %d numbers, allowed are three for x, "
                                   "y, z",
                                   centre->count);
    if (m->largest > 0 && h > m->largest)
        return sunzi_run_file_fail(
            file, SUNZI_PB_SPACING,
            "%g angstrom, allowed: at most %g, the radius of the largest atom: "
            "on a coarser grid no node need be inside of the molecule",
            h, m->largest);
    for (int d = 0; d < 3; d++) {
        const double size = m->high[d] - m->low[d] + 2 * margin;
        const double count = fmax(ceil(size / h - 1e-9) + 1, 5);
        if (count > 1e5)
            return sunzi_run_file_fail(
                file, SUNZI_PB_SPACING,
                "%g angstrom make %g nodes in %c, allowed are 100000; take a "
                "coarser spacing or look at the positions of the atoms",
                h, count, "xyz"[d]);
        o->spacing[d] = h;
        o->nodes[d] = nodes->count == 0
                          ? (int64_t)count
                          : nodes->integers[nodes->count == 3 ? d : 0];
        o->centre[d] = centre->count == 3 ? centre->reals[d]
                                          : 0.5 * (m->low[d] + m->high[d]);
    }
    return SUNZI_OK;
}

/* Potentials on the surface of the widest grid are those of the solvent. */
static sunzi_status check_widest(const sunzi_run_file *file, const molecule *m,
                                 const sunzi_pb_options *o)
{
    const int levels = (int)value(file, SUNZI_PB_FOCUS)->integer;
    for (int d = 0; d < 3; d++) {
        const double half =
            ldexp(0.5 * (double)(o->nodes[d] - 1) * o->spacing[d], levels - 1);
        const double low = o->centre[d] - half, high = o->centre[d] + half;
        if (m->low[d] >= low && m->high[d] <= high)
            continue;
        return sunzi_run_file_fail(
            file, SUNZI_PB_NODES,
            "the widest grid goes from %g to %g angstrom in %c and the "
            "molecule from %g to %g, allowed is a molecule within it; take "
            "more nodes or a larger grid.focus",
            low, high, "xyz"[d], m -> low[d], m -> high[d]);
    }
    return SUNZI_OK;
}

static sunzi_status take_ions(const sunzi_run_file *file, sunzi_pb_options *o)
{
    const sunzi_run_value *z = value(file, SUNZI_PB_ION_CHARGES);
    const sunzi_run_value *n = value(file, SUNZI_PB_ION_CONCENTRATIONS);
    const double strength = value(file, SUNZI_PB_STRENGTH)->real;
    if (z->count != n->count)
        return sunzi_run_file_fail(
            file, SUNZI_PB_ION_CONCENTRATIONS,
            "there are %d, and %d of solvent.ion-charges, allowed is one for "
            "each ion",
            n->count, z->count);
    if (z->count > 0 && strength > 0)
        return sunzi_run_file_fail(file, SUNZI_PB_STRENGTH,
                                   "there are solvent.ion-charges too, allowed "
                                   "is one of both");
    for (int s = 0; s < z->count; s++)
        o->ion[s] = (sunzi_pb_ion){z->reals[s], n->reals[s]};
    o->ions = z->count;
    if (strength > 0) {
        o->ion[0] = (sunzi_pb_ion){1, strength};
        o->ion[1] = (sunzi_pb_ion){-1, strength};
        o->ions = 2;
    }
    return SUNZI_OK;
}

static sunzi_status take_options(const sunzi_run_file *file, const molecule *m,
                                 int index, sunzi_pb_options *o)
{
    static const sunzi_policy policies[] = {
        SUNZI_POLICY_FP64, SUNZI_POLICY_FP32, SUNZI_POLICY_FP32C};
    sunzi_pb_options_init(o);
    o->policy = policies[value(file, SUNZI_PB_POLICIES)->integers[index]];
    o->boundary = (sunzi_pb_boundary)value(file, SUNZI_PB_BOUNDARY)->integer;
    o->solute_dielectric = value(file, SUNZI_PB_SOLUTE)->real;
    o->surface = (sunzi_pb_surface)value(file, SUNZI_PB_SURFACE)->integer;
    o->probe_radius = value(file, SUNZI_PB_PROBE)->real;
    o->spline_width = value(file, SUNZI_PB_WIDTH)->real;
    o->average = (sunzi_pb_average)value(file, SUNZI_PB_AVERAGE)->integer;
    o->charges = (sunzi_pb_charges)value(file, SUNZI_PB_CHARGES)->integer;
    o->solvent_dielectric = value(file, SUNZI_PB_SOLVENT)->real;
    o->temperature = value(file, SUNZI_PB_TEMPERATURE)->real;
    o->ion_radius = value(file, SUNZI_PB_ION_RADIUS)->real;
    o->nonlinear = (int)value(file, SUNZI_PB_EQUATION)->integer;
    o->tolerance = value(file, SUNZI_PB_TOLERANCE)->real;
    sunzi_status status = take_ions(file, o);
    if (status == SUNZI_OK)
        status = lay_out(file, m, o);
    return status < 0 ? status : check_widest(file, m, o);
}

/* ---- solutions ---- */

typedef struct job {
    const sunzi_run_file *file;
    sunzi_comm *comm;
    sunzi_context *context;
    molecule molecule;
    sunzi_pb_options options; /* of the finest grid, in the solvent */
    sunzi_pb_result *result;
} job;

/* Collective. One grid; *coarser becomes it. */
static sunzi_status solve_level(job *j, const sunzi_pb_options *o,
                                bool is_reference, sunzi_pb **coarser)
{
    sunzi_pb_solution *s = &j->result->solution[j->result->solutions];
    const double start = sunzi_tool_seconds();
    sunzi_pb *pb = NULL;
    *s = (sunzi_pb_solution){.is_reference = is_reference};
    memcpy(s->nodes, o->nodes, sizeof s->nodes);
    memcpy(s->spacing, o->spacing, sizeof s->spacing);
    sunzi_status status = sunzi_pb_create(
        j->context, j->comm, o, j->molecule.atoms, j->molecule.atom, &pb);
    s->making = sunzi_tool_seconds() - start;
    if (status == SUNZI_OK)
        status = sunzi_pb_solve(pb, *coarser, &s->solved);
    sunzi_pb_destroy(coarser);
    *coarser = pb;
    j->result->solutions++;
    return status;
}

/* Collective. All grids, from the widest; *finest is the last one. */
static sunzi_status solve_levels(job *j, bool is_reference, sunzi_pb **finest)
{
    const int levels = (int)value(j->file, SUNZI_PB_FOCUS)->integer;
    sunzi_status status = SUNZI_OK;
    for (int level = levels - 1; level >= 0 && status == SUNZI_OK; level--) {
        sunzi_pb_options o = j->options;
        for (int d = 0; d < 3; d++)
            o.spacing[d] = ldexp(o.spacing[d], level);
        if (is_reference) {
            o.solvent_dielectric = o.solute_dielectric;
            o.ions = 0;
            o.nonlinear = 0;
        }
        status = solve_level(j, &o, is_reference, finest);
    }
    return status;
}

static void describe(job *j)
{
    const sunzi_pb_options *o = &j->options;
    sunzi_pb_result *r = j->result;
    double strength = 0;
    for (int64_t i = 0; i < j->molecule.atoms; i++)
        r->charge += j->molecule.atom[i].charge;
    for (int s = 0; s < o->ions; s++)
        strength +=
            o->ion[s].concentration * o->ion[s].charge * o->ion[s].charge;
    /* sqrt(eps0 eps k T / (e^2 N_A sum n z^2)) */
    r->debye = strength > 0 ? sqrt(8.8541878128e-12 * o->solvent_dielectric *
                                   1.380649e-23 * o->temperature /
                                   (1.602176634e-19 * 1.602176634e-19 *
                                    6.02214076e26 * strength)) *
                                  1e10
                            : HUGE_VAL;
    r->atoms = j->molecule.atoms;
    r->kT = gas_constant * o->temperature;
}

static double last_energy(const sunzi_pb_result *r)
{
    return r->solution[r->solutions - 1].solved.energy;
}

/* Collective. */
static sunzi_status solve_all(job *j)
{
    sunzi_pb_result *r = j->result;
    sunzi_pb *pb = NULL;
    const double start = sunzi_tool_seconds();
    sunzi_status status = solve_levels(j, false, &pb);
    if (status == SUNZI_OK) {
        r->in_solvent = last_energy(r);
        status = sunzi_pb_write_files(j->file, pb, &j->options, r->policy);
    }
    sunzi_pb_destroy(&pb);
    r->has_reference = value(j->file, SUNZI_PB_REFERENCE)->integer;
    if (status == SUNZI_OK && r->has_reference) {
        status = solve_levels(j, true, &pb);
        r->reference = last_energy(r);
        r->solvation = r->in_solvent - r->reference;
    }
    sunzi_pb_destroy(&pb);
    r->seconds = sunzi_tool_seconds() - start;
    return status;
}

static sunzi_status make_context(job *j, sunzi_progress_fn *progress,
                                 void *user)
{
    const char *engine = value(j->file, SUNZI_PB_ENGINE)->text;
    sunzi_context_options o;
    sunzi_context_options_init(&o);
    o.engine = *engine ? engine : NULL;
    o.threads = (int)value(j->file, SUNZI_PB_THREADS)->integer;
    o.progress = progress;
    o.progress_user = user;
    return sunzi_context_create(&o, &j->context);
}

sunzi_status sunzi_pb_run(const sunzi_run_file *file, int index,
                          sunzi_progress_fn *progress, void *user,
                          sunzi_pb_result *result)
{
    job j = {.file = file, .comm = sunzi_team_get()->comm, .result = result};
    *result = (sunzi_pb_result){.policy = NULL};
    sunzi_status status = read_molecule(file, &j.molecule);
    if (status == SUNZI_OK)
        status = take_options(file, &j.molecule, index, &j.options);
    if (status == SUNZI_OK)
        status = make_context(&j, progress, user);
    status = sunzi_comm_agree(j.comm, status);
    if (status == SUNZI_OK) {
        result->policy = sunzi_policy_name(j.options.policy);
        describe(&j);
        status = solve_all(&j);
    }
    sunzi_context_destroy(&j.context);
    sunzi_pqr_free(j.molecule.atom);
    return status;
}
