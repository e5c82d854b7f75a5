/* SPDX-License-Identifier: BSD-3-Clause */
#include "tools/quantity.h"

#include <string.h>

#include "io/units.h"
#include "tools/command.h"

int sunzi_tool_quantity(const char *command, const char *option,
                        const char *text, const char *unit, double least,
                        bool open, double *value)
{
    const char *end = text + strlen(text), *letter = text;
    char allowed[200];
    while (letter < end && strchr("+-.0123456789", *letter))
        letter++;
    if (letter < end && (*letter == 'e' || *letter == 'E') &&
        strchr("+-0123456789", letter[1]) && letter[1])
        for (letter++; letter < end && strchr("+-0123456789", *letter);)
            letter++;
    const char *number_end = letter;
    while (*letter == ' ')
        letter++;
    const sunzi_quantity_unit *to = sunzi_unit_find(unit, unit + strlen(unit));
    const sunzi_quantity_unit *from = sunzi_unit_find(letter, end);
    sunzi_unit_list(to->dimension, allowed, sizeof allowed);
    if (!from || strcmp(from->dimension, to->dimension) != 0) {
        sunzi_tool_error(command,
                         "%s: got '%.60s', a number with a unit of %s is "
                         "wanted: %s",
                         option, text, to->dimension, allowed);
        return -1;
    }
    if (sunzi_unit_convert(text, number_end, from, to, value) !=
            SUNZI_NUMBER_OK ||
        !(open ? *value > least : *value >= least)) {
        sunzi_tool_error(
            command, "%s: got '%.60s', allowed are numbers %s %g %s", option,
            text, open ? "above" : "of at least", least, unit);
        return -1;
    }
    return 0;
}
