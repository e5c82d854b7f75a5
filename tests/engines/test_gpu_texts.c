/* SPDX-License-Identifier: BSD-3-Clause */
/* The texts of all kernels compile for NVIDIA GPUs, which needs the compiler
 * but no GPU; without FP64 there is no FP64 instruction in the code. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "engines/gpu/driver.h"
#include "engines/kernel/kernel_list.h"
#include "engines/kernel/text.h"

static const struct {
    const char *name, *file;
} kernels[] = {
#define LINE(name, file) {#name, file},
    K_KERNELS(LINE, LINE)
#undef LINE
};

/* Kernels that stand under K_FP64 say so in their names. */
static bool needs_fp64(const char *name)
{
    return strstr(name, "_fp64") || strstr(name, "_double");
}

static bool names_kernels_of(const char *file, const char *code, bool fp64)
{
    char entry[100];
    for (size_t k = 0; k < sizeof kernels / sizeof kernels[0]; k++) {
        if (!fp64 && needs_fp64(kernels[k].name))
            continue;
        snprintf(entry, sizeof entry, ".entry %s(", kernels[k].name);
        if (strcmp(kernels[k].file, file) == 0 && !strstr(code, entry)) {
            print_message("%s: no %s\n", file, kernels[k].name);
            return false;
        }
    }
    return true;
}

static void all_compile(void **unused)
{
    (void)unused;
    const char *file = "";
    for (size_t k = 0; k < sizeof kernels / sizeof kernels[0]; k++) {
        char *text = NULL;
        if (strcmp(kernels[k].file, file) == 0)
            continue; /* the kernels of a file stand together */
        file = kernels[k].file;
        assert_int_equal(sunzi_kernel_text(file, NULL, false, &text), SUNZI_OK);
        for (int fp64 = 0; fp64 < 2; fp64++) {
            size_t bytes = 0;
            void *code = NULL;
            const sunzi_status status = sunzi_gpu_compile(
                &sunzi_gpu_cuda, "cuda", file, text, 9, 0, fp64, &code, &bytes);
            if (status == SUNZI_ERR_UNSUPPORTED) {
                print_message("skipped: %s\n", sunzi_last_message());
                skip();
            }
            if (status < 0)
                fail_msg("%s", sunzi_last_message());
            assert_true(names_kernels_of(file, code, fp64));
            /* every fused operation is one that the text writes as such */
            assert_null(strstr(code, "fma.rn.ftz"));
            if (!fp64)
                assert_null(strstr(code, ".f64"));
            sunzi_release(code);
        }
        sunzi_release(text);
    }
}

static void complaints(void **unused)
{
    (void)unused;
    size_t bytes = 0;
    void *code = NULL;
    const sunzi_status status = sunzi_gpu_compile(
        &sunzi_gpu_cuda, "cuda", "wrong.k.h",
        "#line 1 \"wrong.k.h\"\nextern \"C\" __global__ void k(int *x)\n"
        "{ x[0] = y; }\n",
        9, 0, true, &code, &bytes);
    if (status == SUNZI_ERR_UNSUPPORTED) {
        print_message("skipped: %s\n", sunzi_last_message());
        skip();
    }
    assert_int_equal(status, SUNZI_ERR_DEVICE);
    assert_null(code);
    if (!strstr(sunzi_last_message(), "wrong.k.h(2)"))
        fail_msg("message '%s' does not name the line", sunzi_last_message());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_compile),
        cmocka_unit_test(complaints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
