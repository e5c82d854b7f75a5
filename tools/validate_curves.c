/* SPDX-License-Identifier: BSD-3-Clause */
/* The file of curves of a validation: HDF5 that `sunzi plot` draws. */
#include <stdio.h>
#include <sunzi/file.h>

#include "io/replace.h"
#include "tools/validate.h"

/* One array with its text attributes. */
static sunzi_status write_array(sunzi_file *file, const char *path, int dims,
                                const int64_t *size, const double *numbers,
                                const char *what, const char *unit)
{
    sunzi_block block = {.start = {0}};
    sunzi_status status = SUNZI_OK;
    for (int d = 0; d < dims; d++)
        block.count[d] = size[d];
    SUNZI_TRY(sunzi_file_define(file, path, SUNZI_FILE_FP64, dims, size));
    SUNZI_TRY(sunzi_file_write(file, path, &block, numbers));
    SUNZI_TRY(sunzi_file_set_text(file, path, "long_name", what));
    SUNZI_TRY(sunzi_file_set_text(file, path, "units", unit));
done:
    return status;
}

static sunzi_status write_curve(sunzi_file *file, const sunzi_curve *c)
{
    const int64_t size[2] = {c->count, c->columns};
    char axis[120];
    sunzi_status status = SUNZI_OK;
    if (c->columns > 0)
        return write_array(file, c->path, 2, size, c->y, c->what, c->unit);
    snprintf(axis, sizeof axis, "%s_over", c->path);
    SUNZI_TRY(write_array(file, axis, 1, size, c->x, c->axis, c->axis_unit));
    SUNZI_TRY(write_array(file, c->path, 1, size, c->y, c->what, c->unit));
    SUNZI_TRY(sunzi_file_set_text(file, c->path, "coordinates", axis));
done:
    return status;
}

sunzi_status sunzi_validation_check_curves(const char *path)
{
    return sunzi_replacement_check(path);
}

sunzi_status sunzi_validation_curves(const sunzi_validation *v,
                                     const char *path)
{
    sunzi_file_about about;
    sunzi_file *file = NULL;
    sunzi_file_about_init(&about);
    about.engine = sunzi_context_engine(NULL);
    sunzi_status status = sunzi_file_create(NULL, path, &about, &file);
    for (int i = 0; i < v->curves && status == SUNZI_OK; i++)
        if (v->curve[i].count > 0)
            status = write_curve(file, &v->curve[i]);
    if (status == SUNZI_OK)
        return sunzi_file_close(&file);
    sunzi_file_discard(&file);
    return status;
}
