/* SPDX-License-Identifier: BSD-3-Clause */
/* Status codes, their names and texts, and the message of each thread. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <string.h>

#include "core/status.h"

static const struct {
    const char *name;
    int value;
} codes[] = {
#define ROW(name, value, text) {"SUNZI_" #name, value},
    SUNZI_STATUS_LIST(ROW)
#undef ROW
};

enum { CODES = sizeof codes / sizeof *codes };

static void names_and_texts(void **state)
{
    (void)state;
    for (int i = 0; i < CODES; i++) {
        const sunzi_status status = (sunzi_status)codes[i].value;
        assert_string_equal(sunzi_status_name(status), codes[i].name);
        assert_true(strlen(sunzi_status_text(status)) > 5);
        assert_string_not_equal(sunzi_status_text(status), "unknown status");
        for (int j = 0; j < i; j++) {
            assert_int_not_equal(codes[i].value, codes[j].value);
            assert_string_not_equal(
                sunzi_status_text(status),
                sunzi_status_text((sunzi_status)codes[j].value));
        }
    }
    assert_string_equal(sunzi_status_name((sunzi_status)99), "unknown status");
    assert_string_equal(sunzi_status_text((sunzi_status)-99), "unknown status");
}

/* Zero: as asked; errors are negative and named so; the rest is positive. */
static void signs(void **state)
{
    (void)state;
    assert_int_equal(SUNZI_OK, 0);
    for (int i = 0; i < CODES; i++) {
        const int is_error = strncmp(codes[i].name, "SUNZI_ERR_", 10) == 0;
        assert_int_equal(codes[i].value < 0, is_error);
    }
}

static void messages(void **state)
{
    (void)state;
    char text[2000];
    assert_int_equal(
        sunzi_fail(SUNZI_ERR_ARG, "n = %d, allowed is %s", -1, "0"),
        SUNZI_ERR_ARG);
    assert_string_equal(sunzi_last_message(), "n = -1, allowed is 0");
    assert_int_equal(sunzi_fail(SUNZI_REACHED_NONE, "next"),
                     SUNZI_REACHED_NONE);
    assert_string_equal(sunzi_last_message(), "next");
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';
    sunzi_fail(SUNZI_ERR_ARG, "%s", text); /* cut, not overrun */
    assert_in_range(strlen(sunzi_last_message()), 400, sizeof text - 1);
}

static void *other_thread(void *seen)
{
    *(size_t *)seen = strlen(sunzi_last_message());
    sunzi_fail(SUNZI_ERR_NOMEM, "other");
    return NULL;
}

static void each_thread_has_its_own(void **state)
{
    (void)state;
    pthread_t thread;
    size_t seen = 99;
    sunzi_fail(SUNZI_ERR_ARG, "mine");
    assert_int_equal(pthread_create(&thread, NULL, other_thread, &seen), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(seen, 0);
    assert_string_equal(sunzi_last_message(), "mine");
}

static sunzi_status positive_is_no_failure(int *steps)
{
    sunzi_status status;
    SUNZI_TRY(SUNZI_REACHED_BACKWARD);
    ++*steps;
    SUNZI_TRY(SUNZI_ERR_SINGULAR);
    ++*steps;
done:
    return status;
}

static void try_leaves_on_errors_only(void **state)
{
    (void)state;
    int steps = 0;
    assert_int_equal(positive_is_no_failure(&steps), SUNZI_ERR_SINGULAR);
    assert_int_equal(steps, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_texts),
        cmocka_unit_test(signs),
        cmocka_unit_test(messages),
        cmocka_unit_test(each_thread_has_its_own),
        cmocka_unit_test(try_leaves_on_errors_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
