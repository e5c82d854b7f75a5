/* SPDX-License-Identifier: BSD-3-Clause */
/** \file
 * What beats of a tissue are like: when each node was activated and
 * repolarised, how fast the wave went, and what such maps are in a few numbers.
 *
 * A sunzi_beats looks at V after each step of a tissue (tissue.h) and finds,
 * for each node, by lines between the steps:
 *
 *     activation      V crosses `threshold` upwards
 *     repolarisation  V then falls through a level for the first time:
 *                     peak - fraction (peak - rest), or a fixed one
 *     duration        of the action potential, the time between them (with a
 *                     fraction of 0.9: APD90)
 *
 * rest is the lowest V since the repolarisation before (or since the
 * beginning), peak the highest since the activation. A beat that begins before
 * the repolarisation of the one before counts if V had fallen below (peak +
 * rest) / 2 since; its rest is that of the beat before.
 *
 * A node is looked at by its process alone: maps have the bits of V, for any
 * number of processes. V (mV) and maps are arrays of sunzi_tissue_count numbers
 * in the order of sunzi_tissue_nodes; maps hold NAN where there is nothing to
 * tell. (Under fp32c V of a node is the sum of its two halves.)
 */
#ifndef SUNZI_BEATS_H
#define SUNZI_BEATS_H

#include <sunzi/tissue.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sunzi_beats sunzi_beats;

/** Which beat of a node is kept. */
typedef enum sunzi_beats_which {
    SUNZI_BEATS_FIRST, /**< since the beginning */
    SUNZI_BEATS_LAST   /**< until now; it may not have ended yet */
} sunzi_beats_which;

typedef struct sunzi_beats_options {
    double threshold; /**< of activation, mV; default 0 */
    /** Of the amplitude, by which V has fallen at repolarisation, above 0 and
     * below 1; 0: `level` is taken. Default 0.9. */
    double fraction;
    double level; /**< of repolarisation, mV; default -70; see fraction */
    sunzi_beats_which which; /**< default SUNZI_BEATS_FIRST */
} sunzi_beats_options;

typedef enum sunzi_beats_map {
    SUNZI_BEATS_ACTIVATION,     /**< ms */
    SUNZI_BEATS_REPOLARISATION, /**< ms */
    SUNZI_BEATS_DURATION,       /**< ms */
    SUNZI_BEATS_REST,           /**< mV */
    SUNZI_BEATS_PEAK            /**< mV */
} sunzi_beats_map;

/** Numbers that are known of a node; see sunzi_beats_save. */
#define SUNZI_BEATS_NUMBERS 7

/** A map in a few numbers. */
typedef struct sunzi_tissue_summary {
    int64_t nodes; /**< of all processes that have a value */
    double least, most;
    double mean;                   /**< over the volumes of these nodes */
    int64_t least_node, most_node; /**< the first with it: x + nx (y + ny z) */
} sunzi_tissue_summary;

/** Set every field to its default; NULL: nothing is done. Not collective. */
SUNZI_API void sunzi_beats_options_init(sunzi_beats_options *options);

/** Collective. Begin to look.
 *
 * \param [in]  tissue   lives longer
 * \param [in]  options  NULL: defaults; the same on all processes
 * \param [in]  V        before the first step
 * \param [out] beats    written on success only
 * \return SUNZI_ERR_ARG: NULL (tissue: on all processes); a number that is not
 *         finite, a fraction outside of [0, 1), no such `which`; options that
 *         differ between processes; SUNZI_ERR_NOMEM; SUNZI_ERR_MPI.
 *
 * Memory: SUNZI_BEATS_NUMBERS FP64 numbers a node. */
SUNZI_API sunzi_status sunzi_beats_create(const sunzi_tissue *tissue,
                                          const sunzi_beats_options *options,
                                          const double *V, sunzi_beats **beats);

/** Free it and set *beats to NULL; NULL and a pointer to NULL are allowed. Not
 * collective. */
SUNZI_API void sunzi_beats_destroy(sunzi_beats **beats);

/** Look at V after a step of dt ms from `time` on. Not collective. Cost: a pass
 * over V, a few nanoseconds a node. SUNZI_ERR_ARG: NULL; time or dt is not
 * finite, dt not > 0. */
SUNZI_API sunzi_status sunzi_beats_look(sunzi_beats *beats, double time,
                                        double dt, const double *V);

/** values = a map; array of sunzi_tissue_count. Not collective. SUNZI_ERR_ARG:
 * NULL, no such map. */
SUNZI_API sunzi_status sunzi_beats_get(const sunzi_beats *beats,
                                       sunzi_beats_map map, double *values);

/** All that is known, for a checkpoint: numbers[SUNZI_BEATS_NUMBERS][count],
 * finite or NAN. Put back into one with the same options, the run goes on with
 * the same bits. Not collective. SUNZI_ERR_ARG: NULL; load: a number that save
 * does not give, and all is as it was. */
SUNZI_API sunzi_status sunzi_beats_save(const sunzi_beats *beats,
                                        double *numbers);
SUNZI_API sunzi_status sunzi_beats_load(sunzi_beats *beats,
                                        const double *numbers);

/** Collective. Velocity of the wave whose times (of activation, ms) are given:
 * grad t / |grad t|^2, mm/ms, and its magnitude.
 *
 * The gradient is that of the times along the edges of voxels with tissue: of
 * both neighbours where they have times, else of one of them. (In a sheet or
 * cable directions without voxels count as 0.) NAN where a node or all its
 * neighbours in a direction have no time, and where the speed is above
 * `fastest`: where waves meet or start, or tissue was stimulated, times tell
 * of no wave.
 *
 * \param [in]  fastest   mm/ms; 0: none, but where the gradient is 0
 * \param [out] velocity  [3][sunzi_tissue_count]: x, y, z; may be NULL
 * \param [out] speed     [sunzi_tissue_count]
 * \return SUNZI_ERR_ARG: NULL, fastest negative or a NAN; SUNZI_ERR_NOMEM;
 *         SUNZI_ERR_MPI.
 *
 * Error: second order in the spacing, first order at edges. Cost: one halo
 * exchange, which is planned here. */
SUNZI_API sunzi_status sunzi_tissue_velocity(const sunzi_tissue *tissue,
                                             const double *times,
                                             double fastest, double *velocity,
                                             double *speed);

/** Collective. *summary = what values, one a node, are in all; without any
 * value numbers are NAN and nodes -1. NAN counts as no value. Same bits for any
 * number of processes: the mean is that of exact sums. SUNZI_ERR_ARG: NULL;
 * SUNZI_ERR_NONFINITE: an infinity; SUNZI_ERR_NOMEM; SUNZI_ERR_MPI. Cost: three
 * passes and four reductions. */
SUNZI_API sunzi_status sunzi_tissue_summarize(const sunzi_tissue *tissue,
                                              const double *values,
                                              sunzi_tissue_summary *summary);

#ifdef __cplusplus
}
#endif
#endif
