/* SPDX-License-Identifier: BSD-3-Clause */
/* The case "cardiac" of `sunzi validate`: its parts. */
#include "tools/validate.h"

sunzi_status sunzi_validate_cardiac(const sunzi_validate_request *asked,
                                    sunzi_validation *v)
{
    sunzi_status status = SUNZI_OK;
    if (sunzi_validate_wants(asked, "cell"))
        status = sunzi_validate_cell(asked, v);
    if (status == SUNZI_OK && sunzi_validate_wants(asked, "tissue"))
        status = sunzi_validate_tissue(asked, v);
    if (status == SUNZI_OK && sunzi_validate_wants(asked, "spiral"))
        status = sunzi_validate_spiral(asked, v);
    return status;
}
