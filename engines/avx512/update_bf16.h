/* SPDX-License-Identifier: BSD-3-Clause */
/* The BF16 update by vdpbf16ps, in a file of its own flags: AVX512_BF16 is not
 * on every CPU that has VNNI. */
#ifndef SUNZI_ENGINES_AVX512_UPDATE_BF16_H
#define SUNZI_ENGINES_AVX512_UPDATE_BF16_H

#include <stddef.h>
#include <stdint.h>

void sunzi_avx512_update_bf16(int64_t depth_tiles, int rows, int cols,
                              const void *a, size_t a_stride, const void *b,
                              size_t b_stride, float *c, int64_t ldc);

#endif
