/* SPDX-License-Identifier: BSD-3-Clause */
/* Two ions in salt water: how much energy it takes to bring them together, from
 * three energies of solvation, under FP64 and with FP32 arithmetic.
 *
 * A solvation energy is the difference of two solutions on one grid; their own
 * energies are a hundred times larger, so plain FP32 has few digits of it left.
 * Try: policy FP32, other distances, spacings, salts; options.nonlinear = 1.
 * Build: cc 80_molecule.c $(pkg-config --cflags --libs sunzi) -lm */
#include <math.h>
#include <stdio.h>
#include <sunzi/sunzi.h>

/* Solves with and without the solvent; *energy in k T. */
static sunzi_status solvation(sunzi_pb_options options, int64_t atoms,
                              const sunzi_pb_atom *atom, double *energy)
{
    sunzi_status status = SUNZI_OK;
    *energy = 0;
    for (int alone = 0; alone < 2 && status == SUNZI_OK; alone++) {
        sunzi_pb *pb = NULL;
        sunzi_pb_report report = {0};
        if (alone) {
            options.solvent_dielectric = options.solute_dielectric;
            options.ions = 0;
        }
        status = sunzi_pb_create(NULL, NULL, &options, atoms, atom, &pb);
        if (status == SUNZI_OK)
            status = sunzi_pb_solve(pb, NULL, &report);
        *energy += alone ? -report.energy : report.energy;
        sunzi_pb_destroy(&pb);
    }
    return status;
}

int main(void)
{
    /* position, charge, radius */
    const sunzi_pb_atom pair[2] = {{{-2.5, 0, 0}, 1, 2}, {{2.5, 0, 0}, -1, 2}};
    const sunzi_policy policies[] = {SUNZI_POLICY_FP64, SUNZI_POLICY_FP32C};
    double needed[2];
    for (int p = 0; p < 2; p++) {
        sunzi_pb_options options;
        double together, first, second;
        sunzi_pb_options_init(&options);
        for (int d = 0; d < 3; d++)
            options.nodes[d] = 49;
        options.policy = policies[p];
        options.ions = 2;
        options.ion[0] = (sunzi_pb_ion){.charge = 1, .concentration = 0.1};
        options.ion[1] = (sunzi_pb_ion){.charge = -1, .concentration = 0.1};
        if (solvation(options, 2, pair, &together) != SUNZI_OK ||
            solvation(options, 1, &pair[0], &first) != SUNZI_OK ||
            solvation(options, 1, &pair[1], &second) != SUNZI_OK) {
            fprintf(stderr, "%s\n", sunzi_last_message());
            return 1;
        }
        /* and Coulomb's law in the solute: l q q' / (eps r), l = 560.46 A */
        needed[p] = together - first - second - 560.46 / (2 * 5);
        printf(
            "%-6s solvation of both %.7f, alone %.7f and %.7f k T; together: "
            "%+.7f k T\n",
            sunzi_policy_name(policies[p]), together, first, second, needed[p]);
    }
    return fabs(needed[1] - needed[0]) < 1e-6 ? 0 : 1;
}
