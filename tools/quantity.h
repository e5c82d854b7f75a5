/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers with a unit as options of the command. */
#ifndef SUNZI_TOOLS_QUANTITY_H
#define SUNZI_TOOLS_QUANTITY_H

#include <stdbool.h>

/* "0.01ms", "0.01 ms" in `unit`, >= least, or > where it is open; -1 after a
 * message. */
int sunzi_tool_quantity(const char *command, const char *option,
                        const char *text, const char *unit, double least,
                        bool open, double *value);

#endif
