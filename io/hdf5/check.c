/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading the metadata of a file by one process, from its first object to its
 * last attribute. HDF5 compares the checksums on the way. */
#include "core/memory.h"
#include "io/hdf5/file.h"

/* Read the value, also where it lies outside of the header (texts and lists of
 * varying length). */
static herr_t read_attribute(hid_t object, const char *name,
                             const H5A_info_t *info, void *unused)
{
    const hid_t id = H5Aopen(object, name, H5P_DEFAULT);
    const hid_t type = id < 0 ? -1 : H5Aget_type(id);
    const hid_t space = id < 0 ? -1 : H5Aget_space(id);
    void *value = NULL;
    herr_t error = -1;
    (void)info, (void)unused;
    if (type >= 0 && space >= 0) {
        const size_t bytes =
            H5Tget_size(type) * (size_t)H5Sget_simple_extent_npoints(space);
        if (sunzi_allocate(bytes, "value of an attribute", &value) == SUNZI_OK)
            error = H5Aread(id, type, value);
        if (error >= 0)
            H5Dvlen_reclaim(type, space, H5P_DEFAULT, value);
    }
    sunzi_release(value);
    if (space >= 0)
        H5Sclose(space);
    if (type >= 0)
        H5Tclose(type);
    if (id >= 0)
        H5Aclose(id);
    return error;
}

static herr_t read_object(hid_t file, const char *name, const H5O_info_t *info,
                          void *arrays)
{
    const hid_t id = H5Oopen(file, name, H5P_DEFAULT);
    hsize_t n = 0;
    if (id < 0)
        return -1;
    *(int *)arrays += info->type == H5O_TYPE_DATASET;
    const herr_t error =
        H5Aiterate2(id, H5_INDEX_NAME, H5_ITER_INC, &n, read_attribute, NULL);
    H5Oclose(id);
    return error;
}

sunzi_status sunzi_hdf5_check_metadata(const sunzi_file *file, const char *path,
                                       int arrays)
{
    const hid_t list = H5Pcreate(H5P_FILE_ACCESS);
    hid_t id = -1;
    herr_t error = -1;
    int found = 0;
    sunzi_status status = SUNZI_OK;
#if H5_VERSION_GE(1, 10, 7)
    if (list >= 0)
        H5Pset_file_locking(list, 0, 1);
#endif
    if (list >= 0)
        id = H5Fopen(path, H5F_ACC_RDONLY, list);
    if (id >= 0)
        error = H5Ovisit2(id, H5_INDEX_NAME, H5_ITER_INC, read_object, &found,
                          H5O_INFO_BASIC);
    if (error < 0 || found != arrays)
        status = sunzi_hdf5_fail(file, SUNZI_ERR_FILE,
                                 "what was written is not in the file, the "
                                 "system reported no error; look for a full "
                                 "or failing disk");
    if (id >= 0)
        H5Fclose(id);
    if (list >= 0)
        H5Pclose(list);
    return status;
}
