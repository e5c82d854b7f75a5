/* SPDX-License-Identifier: BSD-3-Clause */
/* Putting a molecule on a grid: arguments, and what is held. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/communicator.h"
#include "core/memory.h"
#include "engines/device.h"
#include "solvers/poisson_boltzmann/pb.h"

static const char creates[] = "sunzi_pb_create";

/* CODATA 2018: C, F/m, J/K, 1/mol */
static const double electron = 1.602176634e-19;
static const double vacuum = 8.8541878128e-12;
static const double boltzmann = 1.380649e-23;
static const double avogadro = 6.02214076e23;

enum { NODES_LEAST = 5, NODES_MOST = 100000 };

void sunzi_pb_options_init(sunzi_pb_options *options)
{
    *options = (sunzi_pb_options){.nodes = {65, 65, 65},
                                  .spacing = {0.5, 0.5, 0.5},
                                  .solute_dielectric = 2,
                                  .solvent_dielectric = 78.54,
                                  .temperature = 298.15,
                                  .probe_radius = 1.4,
                                  .spline_width = 0.3,
                                  .ion_radius = 2,
                                  .charges = SUNZI_PB_CUBIC_SPLINE};
}

/* ---- arguments ---- */

static sunzi_status check_number(const char *name, double x, double low,
                                 double high)
{
    if (x >= low && x <= high)
        return SUNZI_OK;
    return sunzi_fail(SUNZI_ERR_ARG, "%s: %s = %g, allowed: %g to %g", creates,
                      name, x, low, high);
}

static sunzi_status check_choice(const char *name, int value, int last)
{
    return value >= 0 && value <= last
               ? SUNZI_OK
               : sunzi_fail(SUNZI_ERR_ARG, "%s: %s = %d, allowed: 0 to %d",
                            creates, name, value, last);
}

static sunzi_status check_numbers(const sunzi_pb_options *o)
{
    sunzi_status status = SUNZI_OK;
    for (int d = 0; d < 3; d++) {
        if (o->nodes[d] < NODES_LEAST || o->nodes[d] > NODES_MOST)
            return sunzi_fail(
                SUNZI_ERR_ARG, "%s: nodes[%d] = %lld, allowed: %d to %d",
                creates, d, (long long)o->nodes[d], NODES_LEAST, NODES_MOST);
        SUNZI_TRY(check_number("spacing", o->spacing[d], 1e-3, 1e3));
        SUNZI_TRY(check_number("centre", o->centre[d], -1e6, 1e6));
    }
    SUNZI_TRY(check_number("solute_dielectric", o->solute_dielectric, 1, 1e3));
    SUNZI_TRY(
        check_number("solvent_dielectric", o->solvent_dielectric, 1, 1e3));
    SUNZI_TRY(check_number("temperature", o->temperature, 1, 1e4));
    SUNZI_TRY(check_number("probe_radius", o->probe_radius, 0, 100));
    SUNZI_TRY(check_number("spline_width", o->spline_width, 1e-3, 100));
    SUNZI_TRY(check_number("ion_radius", o->ion_radius, 0, 100));
    SUNZI_TRY(check_number("tolerance", o->tolerance, 0, 0.1));
    SUNZI_TRY(check_choice("surface", (int)o->surface, SUNZI_PB_SPLINE));
    SUNZI_TRY(check_choice("average", (int)o->average, SUNZI_PB_MIDPOINT));
    SUNZI_TRY(check_choice("charges", (int)o->charges, SUNZI_PB_CUBIC_SPLINE));
    SUNZI_TRY(check_choice("boundary", (int)o->boundary, SUNZI_PB_ZERO));
    SUNZI_TRY(check_choice("policy", (int)o->policy, SUNZI_POLICY_FP32C));
    SUNZI_TRY(check_choice("ions", o->ions, SUNZI_PB_IONS_MAX));
done:
    return status;
}

static sunzi_status check_ions(const sunzi_pb_options *o)
{
    double sum = 0, most = 0;
    sunzi_status status = SUNZI_OK;
    for (int s = 0; s < o->ions; s++) {
        SUNZI_TRY(check_number("concentration of an ion",
                               o->ion[s].concentration, 1e-30, 1e3));
        SUNZI_TRY(check_number("magnitude of an ion's charge",
                               fabs(o->ion[s].charge), 1e-3, 100));
        const double part = o->ion[s].charge * o->ion[s].concentration;
        sum += part;
        most += fabs(part);
    }
    if (fabs(sum) > 1e-9 * most)
        status = sunzi_fail(SUNZI_ERR_ARG,
                            "%s: the charges of the ions sum up to %g mol/l, "
                            "allowed: 0; add the ions that are missing",
                            creates, sum);
done:
    return status;
}

static sunzi_status check_atoms(int64_t atoms, const sunzi_pb_atom *atom)
{
    sunzi_status status = SUNZI_OK;
    if (atoms < 1 || !atom)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: there are %lld atoms, allowed: at least one",
                          creates, (long long)atoms);
    for (int64_t i = 0; i < atoms; i++) {
        char name[60];
        snprintf(name, sizeof name, "a coordinate of atom %lld",
                 (long long)i + 1);
        for (int d = 0; d < 3; d++)
            SUNZI_TRY(check_number(name, atom[i].position[d], -1e6, 1e6));
        snprintf(name, sizeof name, "the charge of atom %lld",
                 (long long)i + 1);
        SUNZI_TRY(check_number(name, atom[i].charge, -1e6, 1e6));
        snprintf(name, sizeof name, "the radius of atom %lld",
                 (long long)i + 1);
        SUNZI_TRY(check_number(name, atom[i].radius, 0, 1e3));
    }
done:
    return status;
}

static sunzi_status check(const sunzi_pb_options *o, int64_t atoms,
                          const sunzi_pb_atom *atom, sunzi_pb **pb)
{
    sunzi_status status;
    if (!o || !pb)
        return sunzi_fail(SUNZI_ERR_ARG, "%s: %s is NULL; pass it", creates,
                          o ? "pb" : "options");
    SUNZI_TRY(check_numbers(o));
    SUNZI_TRY(check_ions(o));
    SUNZI_TRY(check_atoms(atoms, atom));
done:
    return status;
}

static sunzi_status check_device(const sunzi_context *ctx,
                                 const sunzi_pb_options *o)
{
    if (o->policy != SUNZI_POLICY_FP64 || !ctx->device ||
        ctx->device->limits.fp64)
        return SUNZI_OK;
    return sunzi_fail(SUNZI_ERR_UNSUPPORTED,
                      "%s: policy fp64, and the context's device has no FP64; "
                      "take fp32c, whose digits are the same, or a CPU engine",
                      creates);
}

/* A word that differs where any byte differs, most likely; of equal arguments
 * the same. */
static int64_t digest(const void *bytes, size_t count, uint64_t hash)
{
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ byte[i]) * 0x100000001b3u;
    return (int64_t)hash;
}

/* Collective. */
static sunzi_status same_everywhere(sunzi_comm *comm, const sunzi_pb_options *o,
                                    int64_t atoms, const sunzi_pb_atom *atom)
{
    const double numbers[] = {
        o->spacing[0],         o->spacing[1],   o->spacing[2],
        o->centre[0],          o->centre[1],    o->centre[2],
        o->solute_dielectric,  o->temperature,  o->probe_radius,
        o->solvent_dielectric, o->spline_width, o->ion_radius,
        o->tolerance};
    const int64_t choices[] = {
        (int64_t)o->surface,  (int64_t)o->average, (int64_t)o->charges,
        (int64_t)o->boundary, (int64_t)o->policy,  o->nonlinear != 0,
        o->processes[0],      o->processes[1],     o->processes[2]};
    const uint64_t seed = 0xcbf29ce484222325u;
    const sunzi_named named[] = {
        {"nodes[0]", o->nodes[0]},
        {"nodes[1]", o->nodes[1]},
        {"nodes[2]", o->nodes[2]},
        {"a number of the options", digest(numbers, sizeof numbers, seed)},
        {"a choice of the options", digest(choices, sizeof choices, seed)},
        {"ions", o->ions},
        {"ion", digest(o->ion, (size_t)o->ions * sizeof *o->ion, seed)},
        {"atoms", atoms},
        {"atom", digest(atom, (size_t)atoms * sizeof *atom, seed)}};
    return sunzi_comm_same_values(comm, creates,
                                  (int)(sizeof named / sizeof named[0]), named);
}

/* ---- what is held ---- */

static void find_constants(sunzi_pb *pb)
{
    const sunzi_pb_options *o = &pb->options;
    double strength = 0; /* sum n z^2, 1/Angstrom^3 */
    for (int s = 0; s < o->ions; s++)
        strength += o->ion[s].concentration * avogadro * 1e-27 *
                    o->ion[s].charge * o->ion[s].charge;
    pb->coupling =
        electron * electron / (vacuum * boltzmann * o->temperature) * 1e10;
    pb->kappa2 = pb->coupling * strength;
    for (int d = 0; d < 3; d++)
        pb->low[d] =
            o->centre[d] - 0.5 * (double)(o->nodes[d] - 1) * o->spacing[d];
}

static sunzi_status take_cells(const sunzi_pb *pb, double **numbers)
{
    const size_t bytes = (size_t)pb->grid.cells * sizeof(double);
    void *block = NULL;
    const sunzi_status status = sunzi_allocate(bytes, creates, &block);
    if (status == SUNZI_OK)
        *numbers = memset(block, 0, bytes);
    return status;
}

/* -z of the ions, then what each adds to N and to N' (salt.k.h). */
static sunzi_status put_ions(sunzi_pb *pb)
{
    const sunzi_pb_options *o = &pb->options;
    const bool pair = o->policy == SUNZI_POLICY_FP32C;
    double all[3 * SUNZI_PB_IONS_MAX], strength = 0;
    sunzi_status status;
    SUNZI_TRY(sunzi_grid_array_take(pb->ctx, sizeof all, &pb->ion));
    for (int s = 0; s < o->ions; s++)
        strength +=
            o->ion[s].concentration * o->ion[s].charge * o->ion[s].charge;
    for (int s = 0; s < o->ions; s++) {
        const double z = o->ion[s].charge;
        const double n = o->ion[s].concentration / strength;
        all[s] = -z;
        all[o->ions + s] = -n * z;
        all[2 * o->ions + s] = n * z * z;
    }
    const int count = 3 * o->ions;
    float *high = pb->ion.bytes, *low = high + count;
    for (int i = 0; i < count; i++) {
        if (o->policy == SUNZI_POLICY_FP64) {
            ((double *)pb->ion.bytes)[i] = all[i];
            continue;
        }
        high[i] = (float)all[i];
        if (pair)
            low[i] = (float)(all[i] - (double)high[i]);
    }
done:
    return status;
}

/* mass = salt, of the linear equation. */
static sunzi_status put_salt(sunzi_pb *pb)
{
    sunzi_elliptic *g = &pb->grid;
    void *mass;
    sunzi_status status;
    SUNZI_TRY(sunzi_grid_array_take(pb->ctx, sunzi_elliptic_state_bytes(g),
                                    &pb->salts));
    SUNZI_TRY(sunzi_elliptic_put(g, pb->salt, &pb->salts));
    SUNZI_TRY(sunzi_memory_fill(g->mass.memory, &mass));
    for (int64_t i = 0; i < g->cells; i++) {
        if (g->policy == SUNZI_POLICY_FP64)
            ((double *)mass)[i] = pb->salt[i];
        else
            ((float *)mass)[i] = (float)pb->salt[i];
    }
    SUNZI_TRY(put_ions(pb));
done:
    return status;
}

/* Not collective. */
static sunzi_status fill(sunzi_pb *pb)
{
    pb_surface surface = {.atoms = 0};
    sunzi_status status;
    SUNZI_TRY(take_cells(pb, &pb->charge));
    SUNZI_TRY(take_cells(pb, &pb->phi));
    if (pb->kappa2 > 0)
        SUNZI_TRY(take_cells(pb, &pb->salt));
    SUNZI_TRY(pb_surface_make(&pb->options, pb->atoms, pb->atom, &surface));
    SUNZI_TRY(pb_make_coefficients(pb, &surface));
    SUNZI_TRY(sunzi_elliptic_put_weights(&pb->grid));
    if (pb->salt)
        SUNZI_TRY(put_salt(pb));
    pb_spread_charges(pb);
    for (int64_t i = 0; i < pb->grid.cells; i++) /* phi is room for it here */
        pb->phi[i] = pb->coupling * pb->charge[i];
    SUNZI_TRY(sunzi_elliptic_put(&pb->grid, pb->phi, &pb->grid.source));
    SUNZI_TRY(sunzi_elliptic_put(&pb->grid, pb->phi, &pb->grid.load));
done:
    pb_surface_clear(&surface);
    return status;
}

/* Collective. */
static sunzi_status make(sunzi_pb *pb, sunzi_status mine)
{
    const sunzi_pb_options *o = &pb->options;
    int64_t nodes[3];
    int processes[3];
    sunzi_status status;
    for (int d = 0; d < 3; d++) {
        nodes[d] = o->nodes[2 - d] - 2;
        processes[d] = o->processes[2 - d];
    }
    SUNZI_TRY(sunzi_comm_agree(pb->comm, mine));
    SUNZI_TRY(sunzi_elliptic_make(pb->ctx, pb->comm, o->policy, nodes,
                                  processes, &pb->grid));
    SUNZI_TRY(sunzi_comm_agree(pb->comm, fill(pb)));
    if (!(o->nonlinear && pb->salt))
        SUNZI_TRY(sunzi_elliptic_precondition(&pb->grid, SUNZI_OK));
done:
    return status;
}

sunzi_status sunzi_pb_create(sunzi_context *ctx, sunzi_comm *comm,
                             const sunzi_pb_options *options, int64_t atoms,
                             const sunzi_pb_atom *atom, sunzi_pb **pb)
{
    sunzi_pb *p = NULL;
    void *block = NULL;
    sunzi_status status = check(options, atoms, atom, pb);
    if (status == SUNZI_OK)
        status = sunzi_context_use(ctx, &ctx);
    if (status == SUNZI_OK)
        status = check_device(ctx, options);
    SUNZI_TRY(sunzi_comm_agree(comm, status));
    SUNZI_TRY(same_everywhere(comm, options, atoms, atom));
    status = sunzi_allocate(sizeof *p, creates, &block);
    if (status == SUNZI_OK) {
        p = block;
        *p = (sunzi_pb){
            .options = *options, .ctx = ctx, .comm = comm, .atoms = atoms};
    }
    SUNZI_TRY(sunzi_comm_agree(comm, status));
    if (p->options.tolerance == 0)
        p->options.tolerance =
            options->policy == SUNZI_POLICY_FP32 ? 1e-5 : 1e-10;
    find_constants(p);
    block = NULL;
    status = sunzi_allocate((size_t)atoms * sizeof *atom, creates, &block);
    if (status == SUNZI_OK) {
        p->atom = memcpy(block, atom, (size_t)atoms * sizeof *atom);
        status = pb_check_charges(p);
    }
    SUNZI_TRY(make(p, status));
    *pb = p;
    p = NULL;
done:
    sunzi_pb_destroy(&p);
    return status;
}

void sunzi_pb_destroy(sunzi_pb **pb)
{
    sunzi_pb *p = pb ? *pb : NULL;
    if (!p)
        return;
    sunzi_elliptic_free(&p->grid);
    sunzi_grid_array_free(&p->salts);
    sunzi_grid_array_free(&p->ion);
    sunzi_release(p->salt);
    sunzi_release(p->charge);
    sunzi_release(p->phi);
    sunzi_release(p->atom);
    sunzi_release(p);
    *pb = NULL;
}
