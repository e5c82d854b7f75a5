/* SPDX-License-Identifier: BSD-3-Clause */
/* Files of kernels that are given at run time: compiled for the CPU engines and
 * for devices, launched like the library's kernels, and refused with a sentence
 * that helps. */
#define _DEFAULT_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sunzi/context.h>

#include "engines/kernel/file.h"
#include "engines/launch.h"
#include "tests/engines/user/oscillator.k.h"
#include "tests/kernel_files.h"

enum { N = 1000, STEPS = 50 };

/* ---- results ---- */

static void start(float *x, float *v)
{
    for (int i = 0; i < 2 * N; i++)
        x[i] = v[i] = 0;
    for (int i = 0; i < N; i++)
        x[i] = 1 + (float)i / N;
}

/* The states after STEPS steps under fp32c: x, then v; pairs. */
static void run(sunzi_context *ctx, float *x, float *v)
{
    sunzi_kernel_file *file = NULL;
    sunzi_memory *mx = NULL, *mv = NULL;
    const void *unused;
    start(x, v);
    if (sunzi_kernel_file_open(ctx,
                               source_file("tests/engines/user/oscillator.k.h"),
                               NULL, &file) < 0)
        fail_msg("%s", sunzi_last_message());
    assert_int_equal(sunzi_kernel_file_count(file), 2);
    assert_null(sunzi_kernel_file_at(file, 2));
    assert_null(sunzi_kernel_file_find(file, "oscillate"));
    const sunzi_kernel *k = sunzi_kernel_file_find(file, "oscillate_fp32c");
    assert_non_null(k);
    assert_int_equal(sunzi_memory_wrap(ctx, x, 2 * N * sizeof *x, "x", &mx),
                     SUNZI_OK);
    assert_int_equal(sunzi_memory_wrap(ctx, v, 2 * N * sizeof *v, "v", &mv),
                     SUNZI_OK);
    const oscillate_fp32c_args args = {
        .x = {mx}, .v = {mv}, .dt = 0.01f, .plane = N};
    for (int s = 0; s < STEPS; s++)
        if (sunzi_launch(ctx, k, sunzi_range(N), &args) < 0)
            fail_msg("%s", sunzi_last_message());
    assert_int_equal(sunzi_memory_read(mx, &unused), SUNZI_OK);
    assert_int_equal(sunzi_memory_read(mv, &unused), SUNZI_OK);
    sunzi_memory_destroy(&mx);
    sunzi_memory_destroy(&mv);
    sunzi_kernel_file_close(&file);
    assert_null(file);
}

/* The same in C, in FP64: x <- x + dt v of the new v. */
static double expected(double x)
{
    double v = 0;
    const double dt = 0.01f;
    for (int s = 0; s < STEPS; s++) {
        v -= dt * x;
        x += dt * v;
    }
    return x;
}

static void same_bits_everywhere(void **unused)
{
    (void)unused;
    static const char *const engines[] = {"portable", "avx2", "avx512", "amx",
                                          "opencl"};
    static float x0[2 * N], v0[2 * N], x[2 * N], v[2 * N];
    for (size_t e = 0; e < sizeof engines / sizeof engines[0]; e++) {
        sunzi_context *ctx = context_of(engines[e]);
        if (!ctx)
            continue;
        run(ctx, e ? x : x0, e ? v : v0);
        sunzi_context_destroy(&ctx);
        if (e && (memcmp(x, x0, sizeof x) != 0 || memcmp(v, v0, sizeof v) != 0))
            fail_msg("%s: other bits than portable", engines[e]);
    }
    for (int i = 0; i < N; i++) {
        const double got = (double)x0[i] + (double)x0[N + i];
        const float first = 1 + (float)i / N;
        const double right = expected(first);
        /* STEPS increments, each rounded to a float below 0.02 */
        assert_true(got - right < STEPS * 0x1p-30);
        assert_true(right - got < STEPS * 0x1p-30);
    }
}

/* ---- refusals ---- */

static void refuse(sunzi_context *ctx, const char *name, sunzi_status status,
                   const char *words)
{
    sunzi_kernel_file *file = NULL;
    const sunzi_status got = sunzi_kernel_file_open(ctx, name, NULL, &file);
    if (got != status || !strstr(sunzi_last_message(), words))
        fail_msg("%s: got %s '%s', expected %s with '%s'", name,
                 sunzi_status_name(got), sunzi_last_message(),
                 sunzi_status_name(status), words);
    assert_null(file);
}

static const char good[] = "#include \"engines/kernel/language.h\"\n"
                           "#define K_ARGS_twice(IN, OUT, VALUE) "
                           "OUT(float, x)\n"
                           "K_KERNEL(twice)\n"
                           "{\n"
                           "    K_EACH (i)\n"
                           "        x[i] = 2 * x[i];\n"
                           "}\n";

static void wrong_files(void **unused)
{
    (void)unused;
    static const char *const engines[] = {"auto", "opencl"};
    for (int e = 0; e < 2; e++) {
        sunzi_context *ctx = context_of(engines[e]);
        if (!ctx)
            continue;
        refuse(ctx, "/no/such/file.k.h", SUNZI_ERR_FILE, "/no/such/file.k.h");
        refuse(ctx, folder, SUNZI_ERR_FILE, "a directory");
        write_file("#include \"engines/kernel/language.h\"\n");
        refuse(ctx, path, SUNZI_ERR_ARG, "has no kernel");
        write_file("#include \"engines/kernel/language.h\"\n"
                   "#define K_ARGS_bad(IN, OUT, VALUE) OUT(float, x)\n"
                   "K_KERNEL(bad)\n"
                   "{\n"
                   "    K_EACH (i)\n"
                   "        x[i] = y[i];\n"
                   "}\n");
        refuse(ctx, path, SUNZI_ERR_DEVICE, "mine.h:6:");
        write_file("#include \"mine.h\"\n");
        refuse(ctx, path, SUNZI_ERR_ARG, "include itself");
        write_file("#include \"absent.h\"\n");
        refuse(ctx, path, SUNZI_ERR_FILE, "absent.h");
        sunzi_context_destroy(&ctx);
    }
}

/* Of the file itself, and of one that it includes. */
static void long_paths(void **unused)
{
    (void)unused;
    sunzi_context *ctx = context_of("auto");
    sunzi_kernel_file *file = NULL;
    char name[1400], text[1400];
    size_t used;
    write_file(good);
    used = (size_t)snprintf(name, sizeof name, "%s", folder);
    for (; used < 1000; used += 2)
        strcpy(name + used, "/.");
    strcpy(name + used, "/mine.h");
    assert_int_equal(sunzi_kernel_file_open(ctx, name, NULL, &file), SUNZI_OK);
    sunzi_kernel_file_close(&file);
    for (; used < 1200; used += 2)
        strcpy(name + used, "/.");
    strcpy(name + used, "/mine.h");
    refuse(ctx, name, SUNZI_ERR_ARG, "use a shorter path");
    /* a folder and a name that are long together */
    used = (size_t)snprintf(text, sizeof text, "#include \"");
    for (; used < 900; used += 2)
        strcpy(text + used, "./");
    strcpy(text + used, "other.k.h\"\n");
    write_file(text);
    strcpy(name + 900 + strlen(folder) % 2, "/mine.h");
    char other[300];
    snprintf(other, sizeof other, "%s/other.k.h", folder);
    FILE *stream = fopen(other, "w");
    assert_non_null(stream);
    assert_true(fputs(good, stream) >= 0);
    assert_int_equal(fclose(stream), 0);
    assert_int_equal(sunzi_kernel_file_open(ctx, name, NULL, &file), SUNZI_OK);
    sunzi_kernel_file_close(&file);
    assert_int_equal(unlink(other), 0);
    sunzi_context_destroy(&ctx);
}

static void compilers(void **unused)
{
    (void)unused;
    sunzi_context *ctx = context_of("auto");
    sunzi_kernel_file *file = NULL;
    write_file(good);
    setenv("SUNZI_CC", "/no/such/cc", 1);
    refuse(ctx, path, SUNZI_ERR_UNSUPPORTED, "SUNZI_CC");
    /* a compiler that fails without a word */
    setenv("SUNZI_CC", "false", 1);
    refuse(ctx, path, SUNZI_ERR_DEVICE, "'false'");
    unsetenv("SUNZI_CC");
    setenv("TMPDIR", "/no/such/folder", 1);
    refuse(ctx, path, SUNZI_ERR_UNSUPPORTED, "TMPDIR");
    unsetenv("TMPDIR");
    assert_int_equal(sunzi_kernel_file_open(ctx, path, NULL, &file), SUNZI_OK);
    sunzi_kernel_file_close(&file);
    /* what was compiled before needs no compiler now */
    char *commands = strdup(getenv("PATH"));
    setenv("PATH", "", 1);
    assert_int_equal(sunzi_kernel_file_open(ctx, path, NULL, &file), SUNZI_OK);
    sunzi_kernel_file_close(&file);
    setenv("PATH", commands, 1);
    free(commands);
    sunzi_context_destroy(&ctx);
}

static void contexts(void **unused)
{
    (void)unused;
    sunzi_context *ctx = context_of("auto"), *other = context_of("portable");
    sunzi_kernel_file *mine = NULL;
    sunzi_memory *x = NULL;
    write_file(good);
    assert_int_equal(sunzi_kernel_file_open(ctx, path, NULL, &mine), SUNZI_OK);
    const sunzi_kernel *c = sunzi_kernel_file_at(mine, 0);
    assert_null(sunzi_kernel_file_symbol(mine, "absent"));
    assert_non_null(sunzi_kernel_file_symbol(mine, "sunzi_kernel_entries"));
    assert_int_equal(sunzi_memory_create(other, N * sizeof(float), "x", &x),
                     SUNZI_OK);
    const struct {
        k_array x;
    } args = {{x, 0}};
    assert_int_equal(sunzi_launch(other, c, sunzi_range(N), &args),
                     SUNZI_ERR_ARG);
    assert_non_null(strstr(sunzi_last_message(), "another context"));
    sunzi_memory_destroy(&x);
    sunzi_kernel_file_close(&mine);
    sunzi_context_destroy(&ctx);
    sunzi_context_destroy(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bits_everywhere),
        cmocka_unit_test(wrong_files),
        cmocka_unit_test(long_paths),
        cmocka_unit_test(compilers),
        cmocka_unit_test(contexts),
    };
    return cmocka_run_group_tests(tests, set_up, clean_up);
}
