/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of the portable engine. */
#include "engines/cpu/dense.h"
#include "engines/engine_list.h"
#include "engines/kernel/tables.h"
#include "engines/cpu/exact.h"
#include "engines/cpu/wire.h"
#include "engines/cpu/residual.h"
#include "engines/portable/kernels.h"

#include <stdio.h>

static int available(char *why, size_t why_bytes)
{
    if (why_bytes)
        why[0] = '\0';
    return 1;
}

static int low_format_fast(sunzi_low_format format, char *why, size_t why_bytes)
{
    (void)format;
    snprintf(why, why_bytes, "the portable engine uses no matrix unit");
    return 0;
}

const sunzi_engine_ops sunzi_engine_portable = {
    .name = "portable",
    .base = NULL,
    .summary = "plain C; the readable specification of the others",
    .priority = 0,
    .available = available,
    .low_format_fast = low_format_fast,
    .emulation_pays_from = 0,
    .measure = sunzi_portable_measure,
    .convert = sunzi_portable_convert,
    .residue_block = sunzi_portable_residue_block,
    .reconstruct = sunzi_portable_reconstruct,
    .ordered_f64 = sunzi_portable_ordered_f64,
    .ordered_f32 = sunzi_portable_ordered_f32,
    .residual_dot = sunzi_portable_residual_dot,
    .residual_axpy = sunzi_portable_residual_axpy,
    .lu_panel_f32 = sunzi_portable_lu_panel_f32,
    .lu_panel_f64 = sunzi_portable_lu_panel_f64,
    .dot_rows_f32 = sunzi_portable_dot_rows_f32,
    .dot_rows_f64 = sunzi_portable_dot_rows_f64,
    .axpy_rows_f32 = sunzi_portable_axpy_rows_f32,
    .axpy_rows_f64 = sunzi_portable_axpy_rows_f64,
    .scaled_copy_f32 = sunzi_portable_scaled_copy_f32,
    .scaled_copy_f64 = sunzi_portable_scaled_copy_f64,
    .sweep = sunzi_portable_sweep,
    .exact_sum = sunzi_portable_exact_sum,
    .exact_dot = sunzi_portable_exact_dot,
    .wire_pack = sunzi_portable_wire_pack,
    .wire_unpack = sunzi_portable_wire_unpack,
    .update_pack = sunzi_portable_update_pack,
    .update_block = sunzi_portable_update_block,
    .loops = &sunzi_portable_loops,
};
