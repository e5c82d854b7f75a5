/* SPDX-License-Identifier: BSD-3-Clause */
#include "tools/cardiac_model.h"

#include <stdbool.h>
#include <string.h>

static bool is_file(const char *name)
{
    const size_t length = strlen(name);
    return strchr(name, '/') ||
           (length > 2 && strcmp(name + length - 2, ".h") == 0);
}

sunzi_status sunzi_cardiac_model(sunzi_context *context, const char *name,
                                 const sunzi_cell_model **model, int *variant,
                                 sunzi_cell_model **opened)
{
    *opened = NULL;
    if (!is_file(name))
        return sunzi_cell_model_find(name, model, variant);
    const sunzi_status status = sunzi_cell_model_open(context, name, opened);
    *model = *opened;
    *variant = 0;
    return status;
}
