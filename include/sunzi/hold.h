/* SPDX-License-Identifier: BSD-3-Clause */
/** \file
 * Arrays of the caller that stay where a context computes, from call to call.
 *
 * A computing function copies the arrays of its caller to the device of its
 * context, and what it changed back. For many small steps on the same arrays
 * that is most of the time; so a caller may let the library hold an array:
 *
 *     sunzi_hold(ctx, cells.states, bytes);
 *     each step:
 *         sunzi_tissue_step(tissue, &cells, dt, ...);
 *         now and then: sunzi_hold_fetch(ctx, cells.states, 0, bytes of V);
 *     sunzi_hold_end(ctx, cells.states);
 *
 * From sunzi_hold to sunzi_hold_end the caller's array is what it was when it
 * was last fetched, and is not to be written but as sunzi_hold_changed says. A
 * call may be given a part of a held array, such as a block of a matrix: all
 * that it uses of an array is held, or nothing.
 *
 * The functions that use a held array where it is: products of matrices
 * (sunzi/product.h: A, B and C, where the context's device computes them) and
 * their batches; A of a solve with one process (sunzi/solve.h) and of a batch
 * of them; sunzi_cell_step (states), sunzi_tissue_diffuse and sunzi_tissue_step
 * (V and states), sunzi_tissue_check. What these compute on the host (a method
 * or a rung that the device has not, vectors with infinities, B and X of a
 * solve, triangular solves, least squares) is fetched for it, and valid on the
 * host only until it is used there again; copies are counted
 * (sunzi_context_device). Bidomains and steps of several groups refuse a held
 * array with SUNZI_ERR_UNSUPPORTED; all others (sums, halos, files, distributed
 * solves) read and write the caller's array, as if it was not held.
 *
 * Work on held arrays may go on after a call has returned; the next call that
 * needs the device waits for it, and tells if it failed.
 *
 * With an engine without a device the array is held in place: the same calls,
 * with nothing to copy. What is computed has the same bits in any case.
 * Not collective, none of these functions. A context in which arrays are held
 * may be used by one thread at a time. What is still held when it is destroyed
 * is lost. */
#ifndef SUNZI_HOLD_H
#define SUNZI_HOLD_H

#include <stdint.h>
#include <sunzi/context.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Hold an array from now on.
 *
 * \param [in] context  NULL: the default context
 * \param [in] array    identifies it later; lives until sunzi_hold_end
 * \param [in] bytes    > 0, of all that calls may use of it
 * \return SUNZI_ERR_ARG: NULL, no bytes, or bytes of it are held already;
 *         SUNZI_ERR_NOMEM: no room on the device; it is not held then. */
SUNZI_API sunzi_status sunzi_hold(sunzi_context *context, void *array,
                                  int64_t bytes);

/** Bring bytes first .. first + bytes - 1 of a held array to the caller's; it
 * stays held. SUNZI_ERR_ARG: it is not held, or has not so many bytes;
 * SUNZI_ERR_DEVICE. */
SUNZI_API sunzi_status sunzi_hold_fetch(sunzi_context *context, void *array,
                                        int64_t first, int64_t bytes);

/** The caller has written all of a held array, or has fetched all of it and
 * changed some: that is what later calls use. SUNZI_ERR_ARG: it is not held. */
SUNZI_API sunzi_status sunzi_hold_changed(sunzi_context *context, void *array);

/** Bring all of it to the caller's array, and hold it no longer. An array that
 * is not held is left alone. SUNZI_ERR_DEVICE: it is not held any more, and the
 * caller's array is as it was. */
SUNZI_API sunzi_status sunzi_hold_end(sunzi_context *context, void *array);

#ifdef __cplusplus
}
#endif
#endif
