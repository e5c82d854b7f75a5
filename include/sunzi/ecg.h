/* SPDX-License-Identifier: BSD-3-Clause */
/** \file
 * The pseudo-ECG: what electrodes see of a tissue that is surrounded by an
 * unbounded uniform conductor,
 *
 *     phi(e) = 1 / (4 pi sigma_e) integral of -(sigma grad V) . grad(1 / r)
 *
 * over the tissue, r the distance to the electrode e; sigma is the conductivity
 * of the tissue (of its inside, where it belongs to a bidomain), sigma_e that
 * of the conductor around.
 *
 * The integral is taken by the same fluxes along edges as diffusion (tissue.h):
 * with G = 1 / r at the nodes, phi = sum of w_ij (V_j - V_i) (G_i - G_j) over
 * the edges, which is a sum of a_i V_i with numbers a that are found once. It
 * is second order in the spacing where r is more than a few spacings, for any
 * shape, and it has the sign of the tissue's fluxes: a wave that comes nearer
 * is positive.
 *
 * A sheet counts as 1 mm thick, a cable has a section of 1 mm^2; phi is
 * proportional to it.
 *
 * Source: K. Gima, Y. Rudy, Circ. Res. 90 (2002) 889, in three dimensions; R.
 * Plonsey, R. C. Barr, "Bioelectricity", 3rd ed., Springer 2007, chapter 8.
 */
#ifndef SUNZI_ECG_H
#define SUNZI_ECG_H

#include <sunzi/tissue.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sunzi_ecg sunzi_ecg;

/** Collective. Place electrodes.
 *
 * \param [in]  tissue        lives longer
 * \param [in]  electrodes    at least 1
 * \param [in]  points        x, y, z of each in mm, anywhere but within half a
 *                            spacing (the smallest one) of a node of the tissue
 * \param [in]  conductivity  sigma_e > 0, S/m
 * \param [out] ecg           written on success only
 * \return SUNZI_ERR_ARG: also an electrode in the tissue, which is named; the
 *         arguments differ between processes; SUNZI_ERR_NOMEM; SUNZI_ERR_MPI.
 *
 * Memory: a number for each electrode and node. Cost: a pass over the fluxes
 * for each electrode. */
SUNZI_API sunzi_status sunzi_ecg_create(const sunzi_tissue *tissue,
                                        int electrodes, const double *points,
                                        double conductivity, sunzi_ecg **ecg);

/** Free it and set *ecg to NULL; NULL and a pointer to NULL are allowed. Not
 * collective. */
SUNZI_API void sunzi_ecg_destroy(sunzi_ecg **ecg);

/** Collective. phi[k] = what electrode k sees now, mV; array of `electrodes`.
 * V, mV: array of sunzi_tissue_count (under fp32c the sums of the two halves).
 * Same bits for any number of processes: the sum is exact but for one rounding.
 * SUNZI_ERR_ARG: NULL; SUNZI_ERR_NONFINITE: V is not finite; SUNZI_ERR_MPI.
 * Cost: a pass over V for each electrode and one reduction of 140 integers
 * for each. */
SUNZI_API sunzi_status sunzi_ecg_measure(const sunzi_ecg *ecg, const double *V,
                                         double *phi);

#ifdef __cplusplus
}
#endif
#endif
