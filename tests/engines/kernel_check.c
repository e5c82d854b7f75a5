/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/engines/kernel_check.h"

#include "engines/x86/features.h"
#include "tests/engines/check_loops.h"

const check_engine *check_engines(void)
{
    static check_engine engines[4];
    int count = 0;
    engines[count++] = (check_engine){"portable", check_portable_loops};
#ifdef SUNZI_HAVE_X86
    char why[200];
    if (sunzi_x86_has_avx2(why, sizeof why))
        engines[count++] = (check_engine){"avx2", check_avx2_loops};
    if (sunzi_x86_has_avx512_vnni(why, sizeof why))
        engines[count++] = (check_engine){"avx512", check_avx512_loops};
#endif
    engines[count] = (check_engine){0};
    return engines;
}
