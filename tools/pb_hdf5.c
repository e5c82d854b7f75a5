/* SPDX-License-Identifier: BSD-3-Clause */
/* Potentials in HDF5 files. */
#include <sunzi/field_file.h>

#include "tools/pb.h"
#include "tools/team.h"

sunzi_status sunzi_pb_write_hdf5(const sunzi_run_file *file,
                                 const sunzi_pb_options *options,
                                 const char *policy, const int64_t *first,
                                 const int64_t *count, const double *phi)
{
    const sunzi_file_about about = {.creator = SUNZI_PB_COMMAND,
                                    .policy = policy};
    const sunzi_block block = {.start = {first[2], first[1], first[0]},
                               .count = {count[2], count[1], count[0]}};
    sunzi_image image = {.steps = 1};
    sunzi_file_field field;
    sunzi_file *out = NULL;
    for (int d = 0; d < 3; d++) {
        image.points[d] = options->nodes[d];
        image.spacing[d] = options->spacing[d];
        image.origin[d] =
            options->centre[d] -
            0.5 * (double)(options->nodes[d] - 1) * options->spacing[d];
    }
    sunzi_file_field_init(&field);
    field.name = "potential";
    field.units = "kT/e";
    field.long_name = "electrostatic potential; lengths in Angstrom";
    sunzi_status status = sunzi_file_create(
        sunzi_team_get()->comm, file->value[SUNZI_PB_HDF5].text, &about, &out);
    if (status == SUNZI_OK)
        status = sunzi_file_set_image(out, &image);
    if (status == SUNZI_OK)
        status = sunzi_file_define_field(out, &field);
    if (status == SUNZI_OK)
        status = sunzi_file_write_field(out, field.name, 0, &block, phi);
    if (status < 0) {
        sunzi_file_discard(&out);
        return status;
    }
    return sunzi_file_close(&out);
}
