/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of the avx512 engine; built without its flags, it runs on any
 * x86-64. */
#include <stdio.h>

#include "engines/cpu/exact.h"
#include "engines/cpu/wire.h"
#include "engines/cpu/residual.h"
#include "engines/avx512/kernels.h"
#include "engines/cpu/dense.h"
#include "engines/engine_list.h"
#include "engines/kernel/tables.h"
#include "engines/x86/features.h"

static int low_format_fast(sunzi_low_format format, char *why, size_t why_bytes)
{
    switch (format) {
    case SUNZI_LOW_INT8:
        return 1; /* VNNI, without which this engine is not available */
    case SUNZI_LOW_BF16:
        return sunzi_x86_has_avx512_bf16(why, why_bytes);
    case SUNZI_LOW_FP16:
    case SUNZI_LOW_COUNT:
        break;
    }
    snprintf(why, why_bytes, "the CPU has no FP16 products with FP32 sums");
    return 0;
}

const sunzi_engine_ops sunzi_engine_avx512 = {
    .name = "avx512",
    .base = "avx2",
    .summary = "AVX-512 with VNNI (INT8), and BF16 where the CPU has it",
    .priority = 20,
    .available = sunzi_x86_has_avx512_vnni,
    .low_format_fast = low_format_fast,
    .emulation_pays_from = 0,
    .convert = sunzi_avx512_convert,
    .residue_block = sunzi_avx512_residue_block,
    .reconstruct = sunzi_avx512_reconstruct,
    .ordered_f64 = sunzi_avx512_ordered_f64,
    .ordered_f32 = sunzi_avx512_ordered_f32,
    .residual_dot = sunzi_avx512_residual_dot,
    .residual_axpy = sunzi_avx512_residual_axpy,
    .lu_panel_f32 = sunzi_avx512_lu_panel_f32,
    .lu_panel_f64 = sunzi_avx512_lu_panel_f64,
    .dot_rows_f32 = sunzi_avx512_dot_rows_f32,
    .dot_rows_f64 = sunzi_avx512_dot_rows_f64,
    .axpy_rows_f32 = sunzi_avx512_axpy_rows_f32,
    .axpy_rows_f64 = sunzi_avx512_axpy_rows_f64,
    .scaled_copy_f32 = sunzi_avx512_scaled_copy_f32,
    .scaled_copy_f64 = sunzi_avx512_scaled_copy_f64,
    .sweep = sunzi_avx512_sweep,
    .exact_sum = sunzi_avx512_exact_sum,
    .exact_dot = sunzi_avx512_exact_dot,
    .wire_pack = sunzi_avx512_wire_pack,
    .wire_unpack = sunzi_avx512_wire_unpack,
    .update_pack = sunzi_avx512_update_pack,
    .update_block = sunzi_avx512_update_block,
    .measure = sunzi_avx512_measure,
    .loops = &sunzi_avx512_loops,
};
