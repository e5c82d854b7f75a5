/* SPDX-License-Identifier: BSD-3-Clause */
/* The list of engines: complete tables, inheritance, selection and its errors.
 */
#define _DEFAULT_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "core/engine_select.h"
#include "engines/engine.h"
#include "sunzi/sunzi.h"

static void tables_are_complete(void **unused)
{
    (void)unused;
    for (int i = 0; sunzi_engine_at(i); i++) {
        const sunzi_engine_ops *e = sunzi_engine_at(i);
        const char *bytes = (const char *)e;
        static const char null[sizeof(void *)];
        assert_non_null(e->name);
        assert_true(strlen(e->summary) > 0);
        assert_non_null(e->available);
        assert_non_null(e->low_format_fast);
        for (size_t o = offsetof(sunzi_engine_ops, measure); o < sizeof *e;
             o += sizeof null)
            if (memcmp(bytes + o, null, sizeof null) == 0)
                fail_msg("engine %s has no kernel at offset %zu", e->name, o);
    }
}

static void kernels_know_their_origin(void **unused)
{
    const sunzi_engine_ops *portable = sunzi_engine_by_name("portable");
    (void)unused;
    assert_string_equal(
        sunzi_engine_origin(portable, offsetof(sunzi_engine_ops, convert)),
        "portable");
    const sunzi_engine_ops *amx = sunzi_engine_by_name("amx");
    if (!amx) {
        print_message("skipped: built without x86-64 engines\n");
        skip();
    }
    assert_string_equal(
        sunzi_engine_origin(amx, offsetof(sunzi_engine_ops, residue_block)),
        "amx");
    assert_string_equal(
        sunzi_engine_origin(amx, offsetof(sunzi_engine_ops, convert)),
        "avx512");
}

static void best_available_is_chosen(void **unused)
{
    const sunzi_engine_ops *chosen = NULL;
    char why[200];
    (void)unused;
    unsetenv("SUNZI_ENGINE");
    assert_int_equal(sunzi_engine_select(NULL, &chosen), SUNZI_OK);
    assert_true(chosen->available(why, sizeof why));
    for (int i = 0; sunzi_engine_at(i); i++)
        if (sunzi_engine_at(i)->available(why, sizeof why))
            assert_true(sunzi_engine_at(i)->priority <= chosen->priority);
    assert_int_equal(setenv("SUNZI_ENGINE", "portable", 1), 0);
    assert_int_equal(sunzi_engine_select(NULL, &chosen), SUNZI_OK);
    assert_string_equal(chosen->name, "portable");
    assert_int_equal(sunzi_engine_select("auto", &chosen), SUNZI_OK);
    unsetenv("SUNZI_ENGINE");
}

static void refusals_say_why(void **unused)
{
    const sunzi_engine_ops *chosen = NULL;
    (void)unused;
    assert_int_equal(sunzi_engine_select("warp", &chosen), SUNZI_ERR_ARG);
    assert_non_null(strstr(sunzi_last_message(), "'warp'"));
    assert_non_null(strstr(sunzi_last_message(), "portable"));
    assert_null(chosen);
    for (int i = 0; i < sunzi_engine_count(); i++) {
        char why[200];
        if (sunzi_engine_available(i, why, sizeof why)) {
            assert_string_equal(why, "");
            continue;
        }
        assert_true(strlen(why) > 10);
        assert_int_equal(sunzi_engine_select(sunzi_engine_name(i), &chosen),
                         SUNZI_ERR_ENGINE);
        assert_non_null(strstr(sunzi_last_message(), why));
    }
    assert_null(sunzi_engine_name(-1));
    assert_null(sunzi_engine_name(sunzi_engine_count()));
    assert_null(sunzi_engine_by_name("warp"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_complete),
        cmocka_unit_test(kernels_know_their_origin),
        cmocka_unit_test(best_available_is_chosen),
        cmocka_unit_test(refusals_say_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
