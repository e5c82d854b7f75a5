/* SPDX-License-Identifier: BSD-3-Clause */
/* What the x86-64 CPU has and the operating system saves. */
#ifndef SUNZI_ENGINES_X86_FEATURES_H
#define SUNZI_ENGINES_X86_FEATURES_H

#include <stddef.h>

/* 1, or 0 with a sentence in why[0..why_bytes). */
int sunzi_x86_has_avx2(char *why, size_t why_bytes); /* and FMA, F16C */
int sunzi_x86_has_avx512_vnni(char *why,
                              size_t why_bytes); /* F BW DQ VL VNNI */
int sunzi_x86_has_avx512_bf16(char *why, size_t why_bytes);

#endif
