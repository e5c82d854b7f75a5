/* SPDX-License-Identifier: BSD-3-Clause */
/* The caller's arrays of a product: their bytes, and what of them is held
 * (sunzi/hold.h) for code that works on the host. */
#include "engines/memory.h"
#include "precision/product.h"

size_t sunzi_number_bytes(const sunzi_problem *p)
{
    return p->scalar == SUNZI_SCALAR_F32   ? 4
           : p->scalar == SUNZI_SCALAR_F64 ? 8
                                           : 16;
}

size_t sunzi_product_c_bytes(const sunzi_problem *p)
{
    return (size_t)((p->m - 1) * p->ldc + p->n) * sunzi_number_bytes(p);
}

size_t sunzi_operand_bytes(const sunzi_problem *p, const sunzi_operand *o,
                           int64_t count)
{
    return (size_t)((count - 1) * o->vector_stride +
                    (p->k - 1) * o->element_stride + 1) *
           sunzi_number_bytes(p);
}

sunzi_status sunzi_product_bring_operands(const sunzi_problem *p)
{
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_refresh(p->ctx, p->a.data, false));
    status = sunzi_memory_refresh(p->ctx, p->b.data, false);
done:
    return status;
}

sunzi_status sunzi_product_bring_all(const sunzi_problem *p)
{
    sunzi_status status;
    SUNZI_TRY(sunzi_product_bring_operands(p));
    status = sunzi_memory_refresh(p->ctx, p->c, true);
done:
    return status;
}
