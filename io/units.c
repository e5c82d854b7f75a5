/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of units. Factors are exact but that of the radian (180/pi). */
#include "io/units.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define DEGREES_PER_RADIAN 57.295779513082320877

/* The first unit of a dimension is its reference. */
static const sunzi_quantity_unit units[] = {
    {"time", "s", 0, 1, 0},
    {"time", "ms", -3, 1, 0},
    {"time", "us", -6, 1, 0},
    {"time", "ns", -9, 1, 0},
    {"time", "min", 0, 60, 0},
    {"time", "h", 2, 36, 0},
    {"time", "d", 2, 864, 0},
    {"length", "m", 0, 1, 0},
    {"length", "km", 3, 1, 0},
    {"length", "cm", -2, 1, 0},
    {"length", "mm", -3, 1, 0},
    {"length", "um", -6, 1, 0},
    {"length", "nm", -9, 1, 0},
    {"length", "angstrom", -10, 1, 0},
    {"inverse length", "1/m", 0, 1, 0},
    {"inverse length", "1/cm", 2, 1, 0},
    {"inverse length", "1/mm", 3, 1, 0},
    {"speed", "m/s", 0, 1, 0},
    {"speed", "km/s", 3, 1, 0},
    {"speed", "cm/s", -2, 1, 0},
    {"speed", "mm/ms", 0, 1, 0},
    {"acceleration", "m/s2", 0, 1, 0},
    {"diffusivity", "m2/s", 0, 1, 0},
    {"diffusivity", "cm2/s", -4, 1, 0},
    {"diffusivity", "mm2/ms", -3, 1, 0},
    {"density", "kg/m3", 0, 1, 0},
    {"density", "g/cm3", 3, 1, 0},
    {"pressure", "Pa", 0, 1, 0},
    {"pressure", "hPa", 2, 1, 0},
    {"pressure", "kPa", 3, 1, 0},
    {"pressure", "MPa", 6, 1, 0},
    {"pressure", "GPa", 9, 1, 0},
    {"pressure", "bar", 5, 1, 0},
    {"force", "N", 0, 1, 0},
    {"moment", "Nm", 0, 1, 0},
    {"moment", "dyn cm", -7, 1, 0},
    {"voltage", "V", 0, 1, 0},
    {"voltage", "mV", -3, 1, 0},
    {"current per volume", "A/m3", 0, 1, 0},
    {"current per volume", "uA/cm3", 0, 1, 0},
    {"current per volume", "uA/mm3", 3, 1, 0},
    {"current per area", "A/m2", 0, 1, 0},
    {"current per area", "uA/cm2", -2, 1, 0},
    {"current per area", "uA/mm2", 0, 1, 0},
    {"current per capacitance", "A/F", 0, 1, 0},
    {"current per capacitance", "pA/pF", 0, 1, 0},
    {"current per capacitance", "uA/uF", 0, 1, 0},
    {"capacitance per area", "F/m2", 0, 1, 0},
    {"capacitance per area", "uF/cm2", -2, 1, 0},
    {"conductivity", "S/m", 0, 1, 0},
    {"conductivity", "mS/m", -3, 1, 0},
    {"conductivity", "mS/cm", -1, 1, 0},
    {"conductivity", "mS/mm", 0, 1, 0},
    {"concentration", "mol/m3", 0, 1, 0},
    {"concentration", "mM", 0, 1, 0},
    {"concentration", "mol/L", 3, 1, 0},
    {"angle", "deg", 0, 1, 0},
    {"angle", "rad", 0, DEGREES_PER_RADIAN, 0},
    {"frequency", "Hz", 0, 1, 0},
    {"frequency", "1/s", 0, 1, 0},
    {"frequency", "kHz", 3, 1, 0},
    {"frequency", "MHz", 6, 1, 0},
    {"temperature", "K", 0, 1, 0},
    {"temperature", "degC", 0, 1, 273.15},
};

enum { UNITS = (int)(sizeof units / sizeof *units) };

/* [begin, end) without its '^' is `name`. */
static bool is_name(const char *begin, const char *end, const char *name)
{
    for (; begin < end; begin++) {
        if (*begin == '^')
            continue;
        if (*begin != *name)
            return false;
        name++;
    }
    return *name == '\0';
}

const sunzi_quantity_unit *sunzi_unit_find(const char *begin, const char *end)
{
    for (int i = 0; i < UNITS; i++)
        if (is_name(begin, end, units[i].name))
            return &units[i];
    return NULL;
}

const sunzi_quantity_unit *sunzi_unit_at(int index)
{
    return index >= 0 && index < UNITS ? &units[index] : NULL;
}

void sunzi_unit_list(const char *dimension, char *text, size_t bytes)
{
    size_t used = 0;
    text[0] = '\0';
    for (int i = 0; i < UNITS && used < bytes; i++)
        if (strcmp(units[i].dimension, dimension) == 0)
            used += (size_t)snprintf(text + used, bytes - used, "%s%s",
                                     used ? ", " : "", units[i].name);
}

sunzi_number_result sunzi_unit_convert(const char *begin, const char *end,
                                       const sunzi_quantity_unit *from,
                                       const sunzi_quantity_unit *to,
                                       double *value)
{
    const sunzi_number_style style = {
        .shift = from ? from->exponent - to->exponent : 0};
    double x;
    const sunzi_number_result result =
        sunzi_number_real(begin, end, &style, &x);
    if (result != SUNZI_NUMBER_OK)
        return result;
    if (from && from->factor != to->factor)
        x = x * from->factor / to->factor;
    if (from && from->offset != to->offset)
        x = x + from->offset - to->offset;
    if (!isfinite(x))
        return SUNZI_NUMBER_RANGE;
    *value = x;
    return SUNZI_NUMBER_OK;
}
