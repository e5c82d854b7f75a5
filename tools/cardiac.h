/* SPDX-License-Identifier: BSD-3-Clause */
/* Parts of `sunzi cardiac`. */
#ifndef SUNZI_TOOLS_CARDIAC_H
#define SUNZI_TOOLS_CARDIAC_H

#include "tools/cardiac_cell.h"

#endif
