/* SPDX-License-Identifier: BSD-3-Clause */
/* Packing of update operands, built with the flags of this engine. */
#include "engines/avx2/kernels.h"

#define UPDATE_PACK sunzi_avx2_update_pack
#include "engines/cpu/update_pack_template.h"
