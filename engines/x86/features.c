/* SPDX-License-Identifier: BSD-3-Clause */
/* cpuid by the compiler's helper, which also asks xgetbv whether the operating
 * system saves the registers. */
#include "engines/x86/features.h"

#include <stdio.h>

static int answer(int has, const char *sentence, char *why, size_t why_bytes)
{
    if (why_bytes)
        snprintf(why, why_bytes, "%s", has ? "" : sentence);
    return has;
}

int sunzi_x86_has_avx2(char *why, size_t why_bytes)
{
    __builtin_cpu_init();
    return answer(
        __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
            __builtin_cpu_supports("f16c"),
        "the CPU has no AVX2 with FMA and F16C, or the system does not save "
        "its registers",
        why, why_bytes);
}

int sunzi_x86_has_avx512_vnni(char *why, size_t why_bytes)
{
    if (!sunzi_x86_has_avx2(why, why_bytes))
        return 0;
    if (!answer(__builtin_cpu_supports("avx512f") &&
                    __builtin_cpu_supports("avx512bw") &&
                    __builtin_cpu_supports("avx512dq") &&
                    __builtin_cpu_supports("avx512vl"),
                "the CPU has no AVX-512 (F, BW, DQ, VL), or the system does "
                "not save its registers",
                why, why_bytes))
        return 0;
    return answer(__builtin_cpu_supports("avx512vnni") != 0,
                  "the CPU has no AVX-512 VNNI", why, why_bytes);
}

int sunzi_x86_has_avx512_bf16(char *why, size_t why_bytes)
{
    if (!sunzi_x86_has_avx512_vnni(why, why_bytes))
        return 0;
    return answer(__builtin_cpu_supports("avx512bf16") != 0,
                  "the CPU has no AVX-512 BF16", why, why_bytes);
}
