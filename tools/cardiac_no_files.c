/* SPDX-License-Identifier: BSD-3-Clause */
/* In the place of the files of a run on tissue, where configure found no HDF5.
 */
#include "tools/cardiac_run.h"

static sunzi_status absent(const sunzi_slab *r, int key)
{
    return sunzi_run_file_fail(r->file, key,
                               "this build has no HDF5; install "
                               "libhdf5-openmpi-dev, configure and make again");
}

sunzi_status sunzi_slab_hdf5_size(sunzi_slab *r, int64_t voxels[3])
{
    (void)voxels;
    return absent(r, SUNZI_TISSUE_MASK);
}

sunzi_status sunzi_slab_hdf5_read(sunzi_slab *r, const int64_t first[3],
                                  const int64_t count[3], unsigned char *label)
{
    (void)first, (void)count, (void)label;
    return absent(r, SUNZI_TISSUE_MASK);
}

sunzi_status sunzi_slab_open_files(sunzi_slab *r)
{
    static const int keys[] = {SUNZI_TISSUE_SNAPSHOTS, SUNZI_TISSUE_MAP,
                               SUNZI_TISSUE_MAPS, SUNZI_TISSUE_CHECKPOINT};
    for (int i = 0; i < 4; i++)
        if (*sunzi_slab_value(r, keys[i])->text)
            return absent(r, keys[i]);
    if (sunzi_slab_value(r, SUNZI_TISSUE_RESTART)->integer)
        return absent(r, SUNZI_TISSUE_RESTART);
    return SUNZI_OK;
}

sunzi_status sunzi_slab_write_files(sunzi_slab *r)
{
    (void)r;
    return SUNZI_OK;
}

sunzi_status sunzi_slab_close_files(sunzi_slab *r, bool good)
{
    (void)r, (void)good;
    return SUNZI_OK;
}
