/* SPDX-License-Identifier: BSD-3-Clause */
/** \file
 * Transposes of distributed arrays of three dimensions, for methods that need
 * one dimension whole at a time (FFT, Legendre transforms, line solvers).
 *
 * An array of n[0] x n[1] x n[2] cells lies as pencils along dimension d: that
 * dimension is whole on each process; of the other two, the first is cut into
 * processes[0] runs, the second into processes[1], the first of them one cell
 * longer where it does not divide (runs may be empty). Process p is at place (p
 * / processes[1], p mod processes[1]). With processes = {1, P} or {P, 1} these
 * are slabs, of which two dimensions are whole.
 *
 * Between pencils along 0 and 1 only processes with the same second place
 * exchange, between those along 1 and 2 only those with the same first place;
 * between 0 and 2 all may. Each pair exchanges one message, and only if it
 * shares cells.
 *
 * A local array is stored without gaps, dimension 0 slowest (NATURAL), or with
 * the whole dimension fastest and the others in their order (WHOLE_LAST), so
 * that lines along it are contiguous. A cell has `components` values: 2 for
 * complex numbers, or any number of levels or fields transposed together.
 */
#ifndef SUNZI_TRANSPOSE_H
#define SUNZI_TRANSPOSE_H

#include <stdint.h>
#include <sunzi/comm.h>
#include <sunzi/field.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sunzi_transpose sunzi_transpose;

typedef enum sunzi_pencil_storage {
    SUNZI_PENCIL_WHOLE_LAST,
    SUNZI_PENCIL_NATURAL
} sunzi_pencil_storage;

typedef struct sunzi_transpose_shape {
    int64_t n[3]; /**< cells in each dimension, at least 1 */
    /** With a product of at most the number of processes; those beyond it hold
     * nothing. Both 0: all processes, so that the largest part along any of the
     * dimensions is as small, and then the grid as square, as possible: the
     * same for all plans of an array. */
    int processes[2];
    int from, to; /**< dimensions whole before and after, 0 .. 2, different */
    sunzi_pencil_storage from_storage, to_storage;
    /** FP64 or FP32; a pair is two arrays of FP32, transposed one by one. */
    sunzi_field field;
} sunzi_transpose_shape;

/** One cell in each dimension, processes chosen, from 2 to 1, WHOLE_LAST, FP64
 * of one component. */
SUNZI_API void sunzi_transpose_shape_init(sunzi_transpose_shape *shape);

/** Collective. Plan a transpose; the one back is a plan of its own, with from
 * and to exchanged.
 *
 * \param [in]  comm   NULL: a process alone; must live longer than the plan
 * \param [in]  shape  the same on all processes
 * \param [out] plan   written on success only
 * \return SUNZI_ERR_ARG (also if an argument differs between processes),
 *         SUNZI_ERR_NOMEM, SUNZI_ERR_MPI; the same on all processes.
 *
 * Memory: the local cells before and after, as they travel. */
SUNZI_API sunzi_status
sunzi_transpose_create(sunzi_comm *comm, const sunzi_transpose_shape *shape,
                       sunzi_transpose **plan);

/** Free a plan, after finishing a transpose that is under way, and set *plan to
 * NULL; NULL and a pointer to NULL are allowed. Not collective. */
SUNZI_API void sunzi_transpose_destroy(sunzi_transpose **plan);

/** The process grid and the place of this process in it, -1, -1 outside; arrays
 * of 2. Not collective. */
SUNZI_API void sunzi_transpose_processes(const sunzi_transpose *plan,
                                         int *processes, int *place);

/** The local part before (after = 0) or after (1): first cell and number of
 * cells by dimension 0, 1, 2, however they are stored (arrays of 3, or NULL);
 * returned is the number of cells in all. Not collective. */
SUNZI_API int64_t sunzi_transpose_local(const sunzi_transpose *plan, int after,
                                        int64_t *first, int64_t *count);

/** Collective. Start to transpose the local parts `from` into `to`. from is not
 * read after this returned; to may not be touched until the transpose is
 * finished, and may be (or overlap) from. NULL is allowed for a part without
 * cells. SUNZI_ERR_ARG (NULL, a transpose under way), SUNZI_ERR_MPI. Cost: each
 * cell is sent once; one small reduction, by which all processes return the
 * same status. How far messages get while the caller works: see
 * sunzi_halo_start. */
SUNZI_API sunzi_status sunzi_transpose_start(sunzi_transpose *plan,
                                             const void *from, void *to);

/** Collective. Wait for the cells and write them. SUNZI_ERR_ARG: none is under
 * way, or a process has started its transposes in another order. SUNZI_ERR_MPI.
 * After an error what `to` holds is undefined. */
SUNZI_API sunzi_status sunzi_transpose_finish(sunzi_transpose *plan);

/** Collective. Both at once. */
SUNZI_API sunzi_status sunzi_transpose_execute(sunzi_transpose *plan,
                                               const void *from, void *to);

/** Messages and bytes of one transpose. Not collective. */
SUNZI_API void sunzi_transpose_traffic(const sunzi_transpose *plan,
                                       sunzi_traffic *traffic);

#ifdef __cplusplus
}
#endif
#endif
