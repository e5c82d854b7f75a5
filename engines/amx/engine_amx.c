/* SPDX-License-Identifier: BSD-3-Clause */
/* The amx engine: Intel's tile registers for the INT8 and 16-bit products, all
 * else from avx512. This file is built without instruction-set flags, because
 * it runs on every x86-64.
 *
 * The tile data are 8 KB of state a thread, which Linux hands out on request
 * only (Documentation/arch/x86/xstate.rst). available() asks, once a process
 * and for all its threads; from a thread's first kernel on, its signal frames
 * are as much larger, and a stack given to sigaltstack(2) has to hold them. */
#define _DEFAULT_SOURCE

#include <cpuid.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#ifdef __linux__
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "engines/amx/kernels.h"
#include "engines/engine_list.h"
#include "engines/x86/features.h"

/* Bits of the cpuid leaves and of XCR0 (Intel SDM vol. 1, chapter 18). */
enum {
    LEAF1_ECX_OSXSAVE = 1 << 27,
    LEAF7_EDX_AMX_BF16 = 1 << 22,
    LEAF7_EDX_AMX_TILE = 1 << 24,
    LEAF7_EDX_AMX_INT8 = 1 << 25,
    LEAF7_1_EAX_AMX_FP16 = 1 << 21,
    XCR0_TILES = 3 << 17, /* configuration and data */
    LEAF_PALETTE = 0x1D,
    ARCH_REQ_XCOMP_PERM = 0x1023,
    XFEATURE_XTILEDATA = 18
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int usable, has_fp16;
static char reason[160];

static uint32_t leaf7(int subleaf, int want_edx)
{
    uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
    if (!__get_cpuid_count(7, (unsigned)subleaf, &eax, &ebx, &ecx, &edx))
        return 0;
    return want_edx ? edx : eax;
}

/* 1 if the operating system saves the tile state. */
static int system_saves_tiles(void)
{
    uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & LEAF1_ECX_OSXSAVE))
        return 0;
    __asm__ volatile("xgetbv" : "=a"(eax), "=d"(edx) : "c"(0));
    return (eax & XCR0_TILES) == XCR0_TILES;
}

/* 1 if palette 1 has what the kernels need: 8 tiles of 16 rows of 64 bytes. */
static int palette_fits(void)
{
    uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
    return __get_cpuid_count(LEAF_PALETTE, 1, &eax, &ebx, &ecx, &edx) &&
           eax >> 16 == 1024 && (ebx & 0xFFFF) == 64 && ebx >> 16 == 8 &&
           (ecx & 0xFFFF) == 16;
}

/* 0, or the error of the request. */
static int request_permission(void)
{
#ifdef __linux__
    return syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0
               ? 0
               : errno;
#else
    return ENOSYS;
#endif
}

static void find_out(void)
{
    const uint32_t edx = leaf7(0, 1);
    int error;
    if (!(edx & LEAF7_EDX_AMX_TILE) || !(edx & LEAF7_EDX_AMX_INT8) ||
        !(edx & LEAF7_EDX_AMX_BF16))
        snprintf(reason, sizeof reason,
                 "the CPU does not have all of AMX-TILE, AMX-INT8 and "
                 "AMX-BF16");
    else if (!system_saves_tiles())
        snprintf(reason, sizeof reason,
                 "the operating system does not save the AMX registers; Linux "
                 "5.16 or later does");
    else if (!palette_fits())
        snprintf(reason, sizeof reason,
                 "the tiles of this CPU are not 8 of 16 rows of 64 bytes");
    else if ((error = request_permission()) != 0)
        snprintf(reason, sizeof reason,
                 "the system refused the AMX registers: %s%s", strerror(error),
                 error == ENOSPC
                     ? " (the signal stack of a thread is too small)"
                     : "");
    else {
        usable = 1;
        has_fp16 = (leaf7(1, 0) & LEAF7_1_EAX_AMX_FP16) != 0;
    }
}

static int available(char *why, size_t why_bytes)
{
    if (!sunzi_x86_has_avx512_vnni(why, why_bytes))
        return 0;
    pthread_once(&once, find_out);
    if (!usable && why_bytes)
        snprintf(why, why_bytes, "%s", reason);
    return usable;
}

static int low_format_fast(sunzi_low_format format, char *why, size_t why_bytes)
{
    switch (format) {
    case SUNZI_LOW_BF16:
    case SUNZI_LOW_INT8:
        return 1;
    case SUNZI_LOW_FP16:
        pthread_once(&once, find_out);
        if (has_fp16)
            return 1;
        break;
    case SUNZI_LOW_COUNT:
        break;
    }
    return sunzi_engine_by_name("avx512")->low_format_fast(format, why,
                                                           why_bytes);
}

static void update_block(sunzi_low_format format, int64_t depth_tiles, int rows,
                         int cols, const void *a, size_t a_stride,
                         const int32_t *a_scale, const void *b, size_t b_stride,
                         const int32_t *b_scale, float *c, int64_t ldc)
{
    if (format == SUNZI_LOW_FP16 && !has_fp16)
        sunzi_engine_by_name("avx512")->update_block(
            format, depth_tiles, rows, cols, a, a_stride, a_scale, b, b_stride,
            b_scale, c, ldc);
    else
        sunzi_amx_update_block(format, depth_tiles, rows, cols, a, a_stride,
                               a_scale, b, b_stride, b_scale, c, ldc);
}

const sunzi_engine_ops sunzi_engine_amx = {
    .name = "amx",
    .base = "avx512",
    .summary = "Intel AMX tiles (INT8, BF16), with AVX-512 beside them",
    .priority = 30,
    .available = available,
    .low_format_fast = low_format_fast,
    .emulation_pays_from = 512,
    .residue_block = sunzi_amx_residue_block,
    .update_block = update_block,
};
