/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of units and conversions between them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "io/units.h"

static const sunzi_quantity_unit *find(const char *name)
{
    return sunzi_unit_find(name, name + strlen(name));
}

static double convert(const char *number, const char *from, const char *to)
{
    double value = NAN;
    assert_non_null(find(from));
    assert_non_null(find(to));
    assert_int_equal(sunzi_unit_convert(number, number + strlen(number),
                                        find(from), find(to), &value),
                     SUNZI_NUMBER_OK);
    return value;
}

/* Each name is found as itself, and the first of a dimension is 1. */
static void table(void **state)
{
    const char *dimension = "";
    (void)state;
    for (int i = 0; sunzi_unit_at(i); i++) {
        const sunzi_quantity_unit *unit = sunzi_unit_at(i);
        assert_ptr_equal(find(unit->name), unit);
        if (strcmp(dimension, unit->dimension) != 0) {
            assert_int_equal(unit->exponent, 0);
            assert_true(unit->factor == 1.0 && unit->offset == 0.0);
        }
        dimension = unit->dimension;
    }
    assert_null(sunzi_unit_at(-1));
    assert_null(find(""));
    assert_null(find("Mm"));
    assert_null(find("k"));
    assert_ptr_equal(find("kg/m^3"), find("kg/m3"));
    char text[8];
    sunzi_unit_list("time", text, sizeof text);
    assert_string_equal(text, "s, ms, ");
}

static void conversions(void **state)
{
    (void)state;
    assert_true(convert("0.005", "ms", "s") == 5e-6);
    assert_true(convert("0.1", "mm", "m") == 1e-4);
    assert_true(convert("3", "km", "m") == 3000.0);
    assert_true(convert("20", "mm", "um") == 20000.0);
    assert_true(convert("1.5", "angstrom", "nm") == 0.15);
    assert_true(convert("140", "1/mm", "1/cm") == 1400.0);
    assert_true(convert("0.3", "cm/s", "m/s") == 0.003);
    assert_true(convert("2.7", "g/cm3", "kg/m3") == 2700.0);
    assert_true(convert("1000", "hPa", "Pa") == 1e5);
    assert_true(convert("1", "bar", "MPa") == 0.1);
    assert_true(convert("-85.23", "mV", "V") == -0.08523);
    assert_true(convert("50000", "uA/cm3", "A/m3") == 50000.0);
    assert_true(convert("50", "uA/mm3", "uA/cm3") == 50000.0);
    assert_true(convert("1", "uA/mm2", "uA/cm2") == 100.0);
    assert_true(convert("35.714", "pA/pF", "A/F") == 35.714);
    assert_true(convert("1", "uF/cm2", "F/m2") == 0.01);
    assert_true(convert("1.334", "mS/cm", "S/m") == 0.1334);
    assert_true(convert("0.1334", "mS/mm", "S/m") == 0.1334);
    assert_true(convert("0.15", "mol/L", "mM") == 150.0);
    assert_true(convert("1e25", "dyn cm", "Nm") == 1e18);
    assert_true(convert("2", "kHz", "1/s") == 2000.0);
    assert_true(convert("6", "h", "min") == 360.0);
    assert_true(convert("15", "d", "s") == 1296000.0);
    assert_true(convert("36", "h", "d") == 1.5);
    assert_true(convert("90", "min", "h") == 1.5);
    assert_true(convert("1e-400", "s", "s") == 0.0);
    /* a subnormal number is rounded once as well */
    assert_true(convert("4.9406564584124654e-321", "s", "ms") ==
                4.9406564584124654e-318);
    assert_true(fabs(convert("180", "deg", "rad") - 3.14159265358979312) <
                1e-15);
    assert_true(fabs(convert("1", "rad", "deg") - 57.295779513082321) < 1e-14);
    assert_true(convert("37", "degC", "K") == 310.15);
    assert_true(convert("-273.15", "degC", "K") == 0.0);
    assert_true(convert("273.15", "K", "degC") == 0.0);
}

static void beyond_range(void **state)
{
    double value = 7.0;
    const char *number = "1e308", *text = "1 m";
    (void)state;
    assert_int_equal(
        sunzi_unit_convert(number, number + 5, find("km"), find("m"), &value),
        SUNZI_NUMBER_RANGE);
    assert_int_equal(
        sunzi_unit_convert(number, number + 5, find("d"), find("min"), &value),
        SUNZI_NUMBER_RANGE);
    assert_int_equal(sunzi_unit_convert(number, number + 4, NULL, NULL, &value),
                     SUNZI_NUMBER_OK);
    assert_true(value == 1e30);
    assert_int_equal(sunzi_unit_convert(text, text + 3, NULL, NULL, &value),
                     SUNZI_NUMBER_TEXT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),
        cmocka_unit_test(conversions),
        cmocka_unit_test(beyond_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
