/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of the avx2 engine; built without its flags, it runs on any x86-64.
 */
#include <stdio.h>

#include "engines/cpu/exact.h"
#include "engines/cpu/wire.h"
#include "engines/cpu/residual.h"
#include "engines/avx2/kernels.h"
#include "engines/cpu/dense.h"
#include "engines/engine_list.h"
#include "engines/kernel/tables.h"
#include "engines/x86/features.h"

static int low_format_fast(sunzi_low_format format, char *why, size_t why_bytes)
{
    (void)format;
    snprintf(why, why_bytes, "AVX2 has no matrix unit for it");
    return 0;
}

const sunzi_engine_ops sunzi_engine_avx2 = {
    .name = "avx2",
    .base = "portable",
    .summary = "AVX2 and FMA, 256-bit vectors",
    .priority = 10,
    .available = sunzi_x86_has_avx2,
    .low_format_fast = low_format_fast,
    .emulation_pays_from = 0,
    .ordered_f64 = sunzi_avx2_ordered_f64,
    .ordered_f32 = sunzi_avx2_ordered_f32,
    .residual_dot = sunzi_avx2_residual_dot,
    .residual_axpy = sunzi_avx2_residual_axpy,
    .lu_panel_f32 = sunzi_avx2_lu_panel_f32,
    .lu_panel_f64 = sunzi_avx2_lu_panel_f64,
    .dot_rows_f32 = sunzi_avx2_dot_rows_f32,
    .dot_rows_f64 = sunzi_avx2_dot_rows_f64,
    .axpy_rows_f32 = sunzi_avx2_axpy_rows_f32,
    .axpy_rows_f64 = sunzi_avx2_axpy_rows_f64,
    .scaled_copy_f32 = sunzi_avx2_scaled_copy_f32,
    .scaled_copy_f64 = sunzi_avx2_scaled_copy_f64,
    .sweep = sunzi_avx2_sweep,
    .exact_sum = sunzi_avx2_exact_sum,
    .exact_dot = sunzi_avx2_exact_dot,
    .wire_pack = sunzi_avx2_wire_pack,
    .wire_unpack = sunzi_avx2_wire_unpack,
    .update_pack = sunzi_avx2_update_pack,
    .measure = sunzi_avx2_measure,
    .convert = sunzi_avx2_convert,
    .residue_block = sunzi_avx2_residue_block,
    .reconstruct = sunzi_avx2_reconstruct,
    .loops = &sunzi_avx2_loops,
};
