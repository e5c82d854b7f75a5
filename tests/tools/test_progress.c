/* SPDX-License-Identifier: BSD-3-Clause */
/* Progress on a pseudo-terminal and in a log, with a clock of the test's own.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/sunzi.h>
#include <termios.h>
#include <unistd.h>

#include "tools/progress.h"

static double now;

static double test_clock(void)
{
    return now;
}

static void begin(sunzi_tool_progress *p, bool quiet, int rank)
{
    sunzi_tool_progress_begin(p, "sunzi test", quiet, rank);
    p->seconds = test_clock;
    now = 1000.0;
}

/* What steps 0 .. total of `seconds` each leave in a log. To be freed. */
static char *log_of(bool quiet, int rank, int total, double seconds)
{
    sunzi_tool_progress p;
    char *text = NULL;
    size_t bytes;
    begin(&p, quiet, rank);
    p.terminal = false;
    p.out = open_memstream(&text, &bytes);
    assert_non_null(p.out);
    for (int i = 0; i <= total; i++, now += seconds)
        sunzi_tool_progress_show(&p, "time steps", i, total);
    sunzi_tool_progress_clear(&p);
    assert_int_equal(fclose(p.out), 0);
    return text;
}

static void expect_log(bool quiet, int rank, int total, double seconds,
                       const char *expected)
{
    char *text = log_of(quiet, rank, total, seconds);
    assert_string_equal(text, expected);
    free(text);
}

static void lines_in_a_log(void **state)
{
    (void)state;
    expect_log(false, 0, 1000, 0.1,
               "sunzi test: time steps 30 %, 10 per second, 1:10 left\n"
               "sunzi test: time steps 60 %, 10 per second, 0:40 left\n"
               "sunzi test: time steps 90 %, 10 per second, 0:10 left\n"
               "sunzi test: time steps 100 %, 10 per second, took 1:40\n");
    expect_log(false, 0, 290, 0.1, "");
    expect_log(false, 0, 2, 4000.0,
               "sunzi test: time steps 50 %, 0.00025 per second, 1:06:40 "
               "left\n"
               "sunzi test: time steps 100 %, 0.00025 per second, took "
               "2:13:20\n");
    expect_log(true, 0, 1000, 0.1, "");
    expect_log(false, 1, 1000, 0.1, "");
}

/* A restart begins at its step: the rate is that of this run. */
static void phases(void **state)
{
    sunzi_tool_progress p;
    char *text = NULL;
    size_t bytes;
    (void)state;
    begin(&p, false, 0);
    p.terminal = false;
    p.out = open_memstream(&text, &bytes);
    assert_non_null(p.out);
    sunzi_tool_progress_show(&p, "steps", 500, 1000);
    now += 40;
    sunzi_tool_progress_show(&p, "steps", 600, 1000);
    now += 20;
    sunzi_tool_progress_show(&p, "output", 1, 10); /* another phase */
    now += 20;
    sunzi_tool_progress_show(&p, "output", 10, 10); /* short: not told */
    sunzi_tool_progress_show(&p, "output", 0, 10);  /* begins again */
    now += 31;
    sunzi_tool_progress_show(&p, "output", 0, 10); /* no rate yet */
    sunzi_tool_progress_show(&p, "nothing", 0, 0);
    now += 31;
    sunzi_tool_progress_show(&p, "nothing", 0, 0);
    assert_int_equal(fclose(p.out), 0);
    assert_string_equal(text,
                        "sunzi test: steps 60 %, 2.5 per second, 2:40 left\n"
                        "sunzi test: output 0 %\n"
                        "sunzi test: nothing 100 %\n");
    free(text);
}

/* The two ends of a pseudo-terminal that changes no characters. */
static void open_terminal(int *master, int *slave)
{
    struct termios raw;
    *master = posix_openpt(O_RDWR | O_NOCTTY);
    if (*master < 0 || grantpt(*master) != 0 || unlockpt(*master) != 0 ||
        (*slave = open(ptsname(*master), O_RDWR | O_NOCTTY)) < 0) {
        print_message("skipped: no pseudo-terminals here\n");
        skip();
    }
    assert_int_equal(tcgetattr(*slave, &raw), 0);
    cfmakeraw(&raw);
    assert_int_equal(tcsetattr(*slave, TCSANOW, &raw), 0);
}

/* All that was written to the terminal; what the standard error is meanwhile
 * decides what kind of progress there is. */
static void line_on_a_terminal(void **state)
{
    sunzi_tool_progress p;
    char text[4000] = "";
    int master = -1, slave = -1;
    (void)state;
    open_terminal(&master, &slave);
    const int before = dup(STDERR_FILENO);
    assert_true(dup2(slave, STDERR_FILENO) >= 0);
    begin(&p, false, 0);
    assert_true(p.terminal);
    sunzi_tool_progress_show(&p, "time steps", 0, 100);
    now += 0.2;
    sunzi_tool_progress_show(&p, "time steps", 10, 100);
    now += 0.2;
    sunzi_tool_progress_show(&p, "time steps", 20, 100);
    now += 0.6;
    sunzi_tool_progress_show(&p, "time steps", 50, 100);
    sunzi_tool_progress_clear(&p);
    sunzi_tool_progress_clear(&p);
    fputs("end", stderr);
    fflush(stderr);
    assert_true(dup2(before, STDERR_FILENO) >= 0);
    close(before);
    for (size_t used = 0; !strstr(text, "end");) {
        const ssize_t got = read(master, text + used, sizeof text - 1 - used);
        assert_true(got > 0);
        used += (size_t)got;
        text[used] = '\0';
    }
    close(slave);
    close(master);
    char expected[4000];
    snprintf(expected, sizeof expected, "\r  %-76s\r  %-76s\r%78s\rend",
             "time steps 20 %, 50 per second, 0:02 left",
             "time steps 50 %, 50 per second, 0:01 left", "");
    assert_string_equal(text, expected);
}

/* A name that fills the line leaves no room for more, and breaks nothing. */
static void long_names(void **state)
{
    sunzi_tool_progress p;
    char name[300], *text = NULL;
    size_t bytes;
    (void)state;
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = '\0';
    begin(&p, false, 0);
    p.terminal = true;
    p.out = open_memstream(&text, &bytes);
    assert_non_null(p.out);
    for (int i = 0; i < 10; i++, now += 1.0)
        sunzi_tool_progress_show(&p, name, i, 1e300);
    sunzi_tool_progress_clear(&p);
    assert_int_equal(fclose(p.out), 0);
    for (char *line = strtok(text, "\r"); line; line = strtok(NULL, "\r"))
        assert_in_range(strlen(line), 1, 78);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_in_a_log),
        cmocka_unit_test(phases),
        cmocka_unit_test(line_on_a_terminal),
        cmocka_unit_test(long_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
