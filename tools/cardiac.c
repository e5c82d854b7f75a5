/* SPDX-License-Identifier: BSD-3-Clause */
/* sunzi cardiac: single cells where the command line asks for them, else
 * tissue. */
#include "tools/cardiac.h"

#include "tools/cardiac_cell.h"
#include "tools/command.h"

int sunzi_tool_cardiac(int argc, char **argv)
{
    return sunzi_cardiac_cell_asked(argc, argv)
               ? sunzi_cardiac_cell(argc, argv)
               : sunzi_cardiac_tissue(argc, argv);
}
