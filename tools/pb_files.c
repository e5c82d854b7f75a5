/* SPDX-License-Identifier: BSD-3-Clause */
/* Potentials in files. */
#include <stdlib.h>
#include <string.h>

#include "io/opendx.h"
#include "tools/pb.h"
#include "tools/team.h"

/* Collective. */
static sunzi_status write_dx(const char *path, const sunzi_pb_options *o,
                             const int64_t *first, const int64_t *count,
                             const double *phi)
{
    sunzi_opendx field = {
        .comment = "electrostatic potential, k T / e; lengths in Angstrom",
        .value = phi};
    for (int d = 0; d < 3; d++) {
        field.nodes[d] = o->nodes[d];
        field.spacing[d] = o->spacing[d];
        field.low[d] =
            o->centre[d] - 0.5 * (double)(o->nodes[d] - 1) * o->spacing[d];
        field.first[d] = first[d];
        field.count[d] = count[d];
    }
    return sunzi_opendx_write(sunzi_team_get()->comm, path, &field);
}

sunzi_status sunzi_pb_write_files(const sunzi_run_file *file, sunzi_pb *pb,
                                  const sunzi_pb_options *options,
                                  const char *policy)
{
    const char *dx = file->value[SUNZI_PB_DX].text;
    const char *hdf5 = file->value[SUNZI_PB_HDF5].text;
    int64_t first[3], count[3];
    sunzi_status status = SUNZI_OK;
    if (!*dx && !*hdf5)
        return SUNZI_OK;
    sunzi_pb_brick(pb, first, count);
    double *phi =
        malloc((size_t)(count[0] * count[1] * count[2] + 1) * sizeof *phi);
    if (!phi)
        status = sunzi_fail(SUNZI_ERR_NOMEM,
                            "no memory for the potential at "
                            "%lld nodes",
                            (long long)(count[0] * count[1] * count[2]));
    if (status == SUNZI_OK)
        status = sunzi_pb_potential(pb, phi);
    status = sunzi_comm_agree(sunzi_team_get()->comm, status);
    if (status == SUNZI_OK && *dx)
        status = write_dx(dx, options, first, count, phi);
    if (status == SUNZI_OK && *hdf5)
        status = sunzi_pb_write_hdf5(file, options, policy, first, count, phi);
    free(phi);
    return status;
}
