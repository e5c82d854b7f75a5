/* SPDX-License-Identifier: BSD-3-Clause */
/** \file
 * Halo exchange on Cartesian grids of 1, 2 or 3 dimensions.
 *
 * A grid of cells[0] x cells[1] x cells[2] is cut into bricks, one a process:
 * dimension d into processes[d] runs of consecutive cells, the first cells[d]
 * mod processes[d] of them one longer than the others. Where there are fewer
 * cells than processes, the last ones hold nothing. Process p of the
 * communicator is at place (p / (P1 P2), p / P2 mod P1, p mod P2) of the grid
 * of P0 x P1 x P2 processes; processes beyond it hold nothing either.
 *
 * The local array of a field has the brick and around it, on both sides of each
 * dimension, halo cells: extent[d] = lower[d] + count[d] + upper[d], dimension
 * 0 the slowest, the last one without gaps (a C array; in Fortran with the
 * dimensions in the opposite order). Cell (i, j, k) of the grid is at
 * (i - first[0] + lower[0], ...). An exchange writes the halo cells that stand
 * for a cell of the grid, beyond the end of a periodic dimension one of its
 * other end, and nothing else: halo cells outside of the grid stay as they are,
 * for the boundary conditions of the caller. A process without cells has
 * no array.
 *
 * A halo may be wider than the bricks next to it: it is filled from as many
 * processes as it takes. A periodic dimension may wrap to the process itself,
 * also several times. Each pair of processes that has something to tell
 * exchanges one message for all fields. Values arrive with the bits that were
 * sent (or rounded, see field.h), so that the exchange itself does not depend
 * on the number of processes.
 *
 *     sunzi_halo_create(comm, &shape, 1, &field, &halo);
 *     sunzi_halo_bind(halo, 0, arrays);
 *     each step:
 *         sunzi_halo_start(halo, 0);
 *         cells that need no halo
 *         sunzi_halo_finish(halo);
 *         the other cells
 */
#ifndef SUNZI_HALO_H
#define SUNZI_HALO_H

#include <stdint.h>
#include <sunzi/comm.h>
#include <sunzi/field.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sunzi_halo sunzi_halo;

/** Which halo cells are filled: those outside of the brick in at most so many
 * dimensions. */
typedef enum sunzi_halo_reach {
    SUNZI_HALO_FACES = 1, /**< for stencils along the axes */
    SUNZI_HALO_EDGES,     /**< in 2 dimensions: all */
    SUNZI_HALO_CORNERS    /**< all */
} sunzi_halo_reach;

#define SUNZI_HALO_WIDTH_MAX  255 /**< largest lower[d], upper[d] */
#define SUNZI_HALO_FIELDS_MAX 1024
#define SUNZI_HALO_SLOTS      8

typedef struct sunzi_halo_shape {
    int dimensions;   /**< 1, 2 or 3; entries beyond are not read */
    int64_t cells[3]; /**< of the whole grid, at least 1 */
    /** Process grid, with a product of at most the number of processes. 0:
     * chosen, so that all processes are used (the product of the given ones
     * must divide their number), as few as possible are without cells, and the
     * largest brick has the smallest halo; of equals, with the longest rows. */
    int processes[3];
    int periodic[3]; /**< 1: the ends of the dimension meet; 0 */
    /** Halo cells before and after the brick, 0 .. SUNZI_HALO_WIDTH_MAX. */
    int lower[3], upper[3];
    sunzi_halo_reach reach;
    /** NULL: runs of equal length, as above. Else, where processes[d] is given,
     * the first cell of each of its processes[d] runs: 0, then numbers that do
     * not fall, at most cells[d]; equal ones make a run without cells. For
     * grids whose cells are not all worth the same. Copied. */
    const int64_t *cuts[3];
} sunzi_halo_shape;

/** One cell in each dimension, processes chosen, not periodic, halos of one
 * cell on both sides, faces. */
SUNZI_API void sunzi_halo_shape_init(sunzi_halo_shape *shape, int dimensions);

/** Collective. Plan the exchange of some fields on one grid.
 *
 * \param [in]  comm    NULL: a process alone; must live longer than the halo
 * \param [in]  shape   the same on all processes, as are fields and field
 * \param [in]  fields  their number, 1 .. SUNZI_HALO_FIELDS_MAX
 * \param [in]  field   array of `fields`
 * \param [out] halo    written on success only
 * \return SUNZI_ERR_ARG (also if an argument differs between processes),
 *         SUNZI_ERR_NOMEM, SUNZI_ERR_MPI; the same on all processes.
 *
 * Cost: a small reduction for each dimension and each field, and two more.
 * Memory: the cells that are sent and received, once each, as they travel. */
SUNZI_API sunzi_status sunzi_halo_create(sunzi_comm *comm,
                                         const sunzi_halo_shape *shape,
                                         int fields, const sunzi_field *field,
                                         sunzi_halo **halo);

/** Free a halo, after finishing an exchange that is under way, and set *halo to
 * NULL; NULL and a pointer to NULL are allowed. Not collective. */
SUNZI_API void sunzi_halo_destroy(sunzi_halo **halo);

/** The process grid and the place of this process in it, -1 in all dimensions
 * if it is outside; arrays of shape.dimensions. Not collective. */
SUNZI_API void sunzi_halo_processes(const sunzi_halo *halo, int *processes,
                                    int *place);

/** The brick of this process: its first cell and number of cells in each
 * dimension (0 in all of them: none); arrays of shape.dimensions. Not
 * collective. */
SUNZI_API void sunzi_halo_local(const sunzi_halo *halo, int64_t *first,
                                int64_t *count);

/** Cells of a local array with its halo, in each dimension (array of
 * shape.dimensions, or NULL) and, returned, in all; 0 for a process without
 * cells. An array has components times as many values. Not collective. */
SUNZI_API int64_t sunzi_halo_storage(const sunzi_halo *halo, int64_t *extent);

/** Collective. Name the arrays of the fields, in their order, two of them for a
 * pair (high parts, low parts), as slot 0 .. SUNZI_HALO_SLOTS - 1: a time step
 * with two sets of arrays binds each to a slot once. The arrays stay the
 * caller's; NULL is allowed on processes without cells. What could be wrong
 * with an exchange is found here, so that starting one needs no agreement of
 * the processes. A slot may be bound again. SUNZI_ERR_ARG: a NULL array, a slot
 * out of range, an exchange under way. Cost: one reduction. */
SUNZI_API sunzi_status sunzi_halo_bind(sunzi_halo *halo, int slot,
                                       void *const *arrays);

/** Collective, with the same slot everywhere. Start an exchange of the arrays
 * in a slot. Until it is finished, the halo cells may not be touched and all
 * others may be read; they may also be written, what travels is copied before
 * this returns. One exchange of a halo may be under way at a time; several
 * halos of one communicator may, if all processes start them in the same order.
 *
 * There is no agreement of all processes here, which would have to wait for the
 * last one. Each message says which slot of which halo it is of. A process
 * whose slot is out of range or not bound sends that, and gets SUNZI_ERR_ARG
 * here; a process that shares a message with one that started another slot,
 * another halo, or none, gets SUNZI_ERR_ARG from sunzi_halo_finish. No process
 * hangs for it, no arrays are mixed, and others are not told.
 *
 * SUNZI_ERR_ARG (a slot that is not bound, an exchange under way),
 * SUNZI_ERR_MPI. Cost: no synchronisation; 8 bytes a message.
 *
 * All sends and receives are posted when this returns. What MPI guarantees is
 * that they then complete without further calls for this halo, if every process
 * goes on calling MPI; not that they advance while a process computes. Open MPI
 * copies messages beyond a few kilobytes inside of MPI calls only: then the
 * transfer is hidden behind work only if the work calls MPI now and then (any
 * call, MPI_Iprobe for one), or the MPI has a thread or a network for it. */
SUNZI_API sunzi_status sunzi_halo_start(sunzi_halo *halo, int slot);

/** Collective. Wait until the halo cells have arrived, and write them.
 * SUNZI_ERR_ARG: none is under way, or a message is of another exchange (see
 * sunzi_halo_start). SUNZI_ERR_MPI. After an error the halo cells are
 * untouched. */
SUNZI_API sunzi_status sunzi_halo_finish(sunzi_halo *halo);

/** Collective. Both at once. */
SUNZI_API sunzi_status sunzi_halo_exchange(sunzi_halo *halo, int slot);

/** Messages and bytes of one exchange. Not collective. */
SUNZI_API void sunzi_halo_traffic(const sunzi_halo *halo,
                                  sunzi_traffic *traffic);

#ifdef __cplusplus
}
#endif
#endif
