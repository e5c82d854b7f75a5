/* SPDX-License-Identifier: BSD-3-Clause */
/* Arguments of a subcommand that takes overrides of its run file. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tools/command.h"

static const sunzi_tool_option options[] = {
    {"--dt", 0, "TIME", "step"},
    {"--quiet", 'q', NULL, "say nothing"},
};

static sunzi_tool_args arguments(bool overrides, int count, char **argv)
{
    return (sunzi_tool_args){.command = "sunzi test",
                             .options = options,
                             .option_count = 2,
                             .argc = count,
                             .argv = argv,
                             .overrides = overrides};
}

static void overrides_among_options(void **state)
{
    char *argv[] = {"--time.dt=1 ms", "--dt",     "0.1 ms", "run.ini",    "-q",
                    "--tissue.x",     "--dt=1.5", "--",     "--time.dt=1"};
    (void)state;
    sunzi_tool_args args = arguments(true, 9, argv);
    assert_int_equal(sunzi_tool_next(&args), SUNZI_ARG_OVERRIDE);
    assert_string_equal(args.value, "--time.dt=1 ms");
    assert_int_equal(sunzi_tool_next(&args), 0);
    assert_string_equal(args.value, "0.1 ms");
    assert_int_equal(sunzi_tool_next(&args), SUNZI_ARG_OPERAND);
    assert_int_equal(sunzi_tool_next(&args), 1);
    assert_int_equal(sunzi_tool_next(&args), SUNZI_ARG_OVERRIDE);
    assert_string_equal(args.value, "--tissue.x");
    /* a point in the value does not make an override */
    assert_int_equal(sunzi_tool_next(&args), 0);
    assert_string_equal(args.value, "1.5");
    assert_int_equal(sunzi_tool_next(&args), SUNZI_ARG_OPERAND);
    assert_string_equal(args.value, "--time.dt=1");
    assert_int_equal(sunzi_tool_next(&args), SUNZI_ARG_END);
}

static void commands_without_overrides(void **state)
{
    char *argv[] = {"--time.dt=1 ms"};
    (void)state;
    sunzi_tool_args args = arguments(false, 1, argv);
    assert_int_equal(sunzi_tool_next(&args), SUNZI_ARG_WRONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overrides_among_options),
        cmocka_unit_test(commands_without_overrides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
