/* SPDX-License-Identifier: BSD-3-Clause */
/* The kernels of the amx engine, from their own source, on the model of the
 * tile registers and under other names. Built with the flags of AVX-512, which
 * the kernels use beside the tiles. */
#include "tests/engines/amx_model_kernels.h"
#include "tests/engines/tile_model.h"

#define sunzi_amx_residue_block model_residue_block
#define sunzi_amx_update_block  model_update_block

#include "engines/amx/residue.c"
#include "engines/amx/update.c"

void model_counts(long *begins, long *ends, long *products)
{
    *begins = model_begins;
    *ends = model_ends;
    *products = model_products;
}
