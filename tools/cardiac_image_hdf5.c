/* SPDX-License-Identifier: BSD-3-Clause */
/* The image of voxels of a run on tissue in an HDF5 file. */
#include <sunzi/file.h>

#include "tools/cardiac_run.h"

static sunzi_status check_array(const sunzi_slab *r, const char *name,
                                const sunzi_file_array *array)
{
    if (array->dims != 3 || array->type != SUNZI_FILE_UINT8)
        return sunzi_run_file_fail(
            r->file, SUNZI_TISSUE_MASK_ARRAY,
            "'%s' has %d dimensions, allowed is an array [z][y][x] of uint8",
            name, array->dims);
    if (array->size[0] < 1 || array->size[1] < 1 || array->size[2] < 1)
        return sunzi_run_file_fail(
            r->file, SUNZI_TISSUE_MASK_ARRAY,
            "'%s' has %lld x %lld x %lld voxels, allowed is at least one in "
            "each direction",
            name, (long long)array->size[2], (long long)array->size[1],
            (long long)array->size[0]);
    return SUNZI_OK;
}

static sunzi_status open_image(const sunzi_slab *r, sunzi_file **file)
{
    return sunzi_file_open(r->comm,
                           sunzi_slab_value(r, SUNZI_TISSUE_MASK)->text, file);
}

sunzi_status sunzi_slab_hdf5_size(sunzi_slab *r, int64_t voxels[3])
{
    const char *name = sunzi_slab_value(r, SUNZI_TISSUE_MASK_ARRAY)->text;
    sunzi_file *file = NULL;
    sunzi_file_array array;
    sunzi_status status;
    SUNZI_TRY(open_image(r, &file));
    status = sunzi_file_find(file, name, &array);
    sunzi_file_discard(&file);
    if (status < 0)
        return sunzi_run_file_fail(r->file, SUNZI_TISSUE_MASK_ARRAY, "%s",
                                   sunzi_last_message());
    SUNZI_TRY(check_array(r, name, &array));
    for (int d = 0; d < 3; d++)
        voxels[2 - d] = array.size[d];
done:
    return status;
}

sunzi_status sunzi_slab_hdf5_read(sunzi_slab *r, const int64_t first[3],
                                  const int64_t count[3], unsigned char *label)
{
    const char *name = sunzi_slab_value(r, SUNZI_TISSUE_MASK_ARRAY)->text;
    sunzi_file *file = NULL;
    sunzi_block mine = {.start = {0}};
    sunzi_status status;
    for (int d = 0; d < 3; d++) {
        mine.start[d] = first[2 - d];
        mine.count[d] = count[2 - d];
    }
    SUNZI_TRY(open_image(r, &file));
    status = sunzi_file_read(file, name, SUNZI_FILE_UINT8, &mine, label);
    sunzi_file_discard(&file);
done:
    return status;
}
