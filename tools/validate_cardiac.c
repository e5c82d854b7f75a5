/* SPDX-License-Identifier: BSD-3-Clause */
/* The case "cardiac" of `sunzi validate`: its parts. */
#include "tools/validate.h"

static const struct {
    const char *name;
    sunzi_status (*run)(const sunzi_validate_request *, sunzi_validation *);
} parts[] = {
    {"cell", sunzi_validate_cell},
    {"tissue", sunzi_validate_tissue},
    {"exact", sunzi_validate_exact},
    {"spiral", sunzi_validate_spiral},
};

sunzi_status sunzi_validate_cardiac(const sunzi_validate_request *asked,
                                    sunzi_validation *v)
{
    sunzi_status status = SUNZI_OK;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (status == SUNZI_OK && sunzi_validate_wants(asked, parts[i].name))
            status = parts[i].run(asked, v);
    return status;
}
