/* SPDX-License-Identifier: BSD-3-Clause */
/* One run on tissue, and its files. */
#ifndef SUNZI_TOOLS_CARDIAC_RUN_H
#define SUNZI_TOOLS_CARDIAC_RUN_H

#include "tools/cardiac_model.h"
#include "tools/cardiac_tissue.h"

typedef struct sunzi_tissue_files sunzi_tissue_files;

/* What a process holds of it. */
typedef struct sunzi_slab {
    const sunzi_run_file *file;
    sunzi_comm *comm;
    sunzi_context *context;
    sunzi_tissue *tissue;
    sunzi_policy policy;
    int64_t voxels[3], count; /* nodes of this process */
    double spacing;
    unsigned char *mask; /* of all voxels, x fastest; NULL: all have tissue */
    int64_t *node;
    sunzi_cells cells;
    sunzi_cell_model *opened; /* from a file; NULL: it is the library's */
    sunzi_cell_options cell_options;
    void *states, *stimulus;
    double *pulse[SUNZI_PULSES]; /* mV/ms of each node while a pulse acts */
    unsigned acting;             /* bit p: pulse p is in `stimulus` */
    double *before, *activation; /* V, mV; ms, NAN: not yet */
    int64_t step;                /* made until now */
    sunzi_tissue_files *files;
    struct sunzi_tissue_probes *probes;
    const sunzi_tissue_watcher *watcher; /* NULL: none */
} sunzi_slab;

static inline const sunzi_run_value *sunzi_slab_value(const sunzi_slab *r,
                                                      int key)
{
    return &r->file->value[key];
}

/* V of node i, mV. */
double sunzi_slab_voltage(const sunzi_slab *r, int64_t i);

/* Steps in the time of key `every`, >= 1; 0 where the path is empty. */
int64_t sunzi_slab_steps_in(const sunzi_slab *r, int path, int every);

/* ---- probes (cardiac_probes.c): collective over r->comm ---- */

/* Open output.probes; the first row is that of now. */
sunzi_status sunzi_slab_open_probes(sunzi_slab *r);

/* After r->step steps: a row, where it is due. */
sunzi_status sunzi_slab_write_probes(sunzi_slab *r);

/* The file appears if the run went well. */
sunzi_status sunzi_slab_close_probes(sunzi_slab *r, bool good);

/* ---- files (cardiac_files.c; cardiac_no_files.c without HDF5): collective
 * over r->comm ---- */

/* Read the image of tissue.mask: voxels and mask. */
sunzi_status sunzi_slab_read_mask(sunzi_slab *r);

/* Open what [output] names. With run.restart the states, `before`,
 * `activation` and `step` are those of the latest checkpoint. */
sunzi_status sunzi_slab_open_files(sunzi_slab *r);

/* After r->step steps: snapshot and checkpoint, where they are due. */
sunzi_status sunzi_slab_write_files(sunzi_slab *r);

/* Close them; the map of activation is written if the run went well. */
sunzi_status sunzi_slab_close_files(sunzi_slab *r, bool good);

#endif
