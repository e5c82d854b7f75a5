/* SPDX-License-Identifier: BSD-3-Clause */
/* sunzi cardiac: single cells or tissue. */
#include "tools/cardiac.h"

#include "tools/command.h"

int sunzi_tool_cardiac(int argc, char **argv)
{
    return sunzi_cardiac_tissue(argc, argv);
}
