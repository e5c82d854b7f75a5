/* SPDX-License-Identifier: BSD-3-Clause */
/* Which engine's code serves each kernel, as text. */
#include <stdio.h>
#include <string.h>
#include <sunzi/context.h>

#include "engines/engine.h"

#define KERNEL(name)                                                           \
    {                                                                          \
#name, offsetof(sunzi_engine_ops, name)                                \
    }
static const struct {
    const char *name;
    size_t offset;
} kernels[] = {
    KERNEL(measure),       KERNEL(convert),         KERNEL(residue_block),
    KERNEL(reconstruct),   KERNEL(ordered_f64),     KERNEL(ordered_f32),
    KERNEL(update_pack),   KERNEL(update_block),    KERNEL(residual_dot),
    KERNEL(residual_axpy), KERNEL(lu_panel_f32),    KERNEL(lu_panel_f64),
    KERNEL(dot_rows_f32),  KERNEL(dot_rows_f64),    KERNEL(axpy_rows_f32),
    KERNEL(axpy_rows_f64), KERNEL(scaled_copy_f32), KERNEL(scaled_copy_f64),
    KERNEL(sweep),         KERNEL(exact_sum),       KERNEL(exact_dot),
    KERNEL(wire_pack),     KERNEL(wire_unpack),     KERNEL(loops),
};
#undef KERNEL

enum { KERNELS = (int)(sizeof kernels / sizeof kernels[0]) };

_Static_assert(KERNELS * sizeof(void (*)(void)) ==
                   sizeof(sunzi_engine_ops) -
                       offsetof(sunzi_engine_ops, measure),
               "engine.h has a kernel that the list above lacks");

static void append(char *text, size_t bytes, size_t *used, const char *more)
{
    if (*used < bytes)
        *used += (size_t)snprintf(text + *used, bytes - *used, "%s", more);
}

int sunzi_engine_kernels(int index, char *text, size_t bytes)
{
    const sunzi_engine_ops *engine = sunzi_engine_at(index);
    size_t used = 0;
    if (bytes)
        text[0] = '\0';
    if (!engine)
        return 0;
    /* Tables are listed best first, so bases come after what leans on them. */
    for (int e = index; sunzi_engine_at(e); e++) {
        const char *name = sunzi_engine_at(e)->name;
        bool named = false;
        for (int k = 0; k < KERNELS; k++) {
            if (strcmp(sunzi_engine_origin(engine, kernels[k].offset), name) !=
                0)
                continue;
            if (!named)
                append(text, bytes, &used, used ? "; " : "");
            append(text, bytes, &used, named ? " " : name);
            append(text, bytes, &used, named ? "" : ": ");
            append(text, bytes, &used, kernels[k].name);
            named = true;
        }
    }
    return KERNELS;
}
