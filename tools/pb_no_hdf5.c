/* SPDX-License-Identifier: BSD-3-Clause */
/* In the place of potentials in HDF5 files, where configure found no HDF5. */
#include "tools/pb.h"

sunzi_status sunzi_pb_write_hdf5(const sunzi_run_file *file,
                                 const sunzi_pb_options *options,
                                 const char *policy, const int64_t *first,
                                 const int64_t *count, const double *phi)
{
    (void)options, (void)policy, (void)first, (void)count, (void)phi;
    return sunzi_run_file_fail(file, SUNZI_PB_HDF5,
                               "this build has no HDF5; install "
                               "libhdf5-openmpi-dev, configure and make again");
}
