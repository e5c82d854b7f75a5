/* SPDX-License-Identifier: BSD-3-Clause */
/* One run on tissue, and its files. */
#ifndef SUNZI_TOOLS_CARDIAC_RUN_H
#define SUNZI_TOOLS_CARDIAC_RUN_H

#include "tools/cardiac_model.h"
#include "tools/cardiac_tissue.h"

typedef struct sunzi_tissue_files sunzi_tissue_files;

/* Cells of one model. */
typedef struct sunzi_slab_part {
    sunzi_cells cells;
    sunzi_cell_model *opened; /* from a file; NULL: it is the library's */
    const char *name;         /* under which it was found */
    void *states, *stimulus, *types;
    int64_t *nodes; /* NULL: all nodes */
} sunzi_slab_part;

enum { SUNZI_SLAB_PARTS = SUNZI_REGIONS + 1 };

/* A box of voxels of the image, x fastest. */
typedef struct sunzi_slab_image {
    unsigned char *label; /* 0: no tissue; NULL: there is no image */
    int64_t first[3], count[3];
    int64_t own[3], own_end[3]; /* those whose lowest corner is its node */
    double hash[2]; /* of the whole image, the same for any processes */
} sunzi_slab_image;

/* What a process holds of it. */
typedef struct sunzi_slab {
    const sunzi_run_file *file;
    sunzi_comm *comm;
    sunzi_context *context;
    sunzi_tissue *tissue;
    sunzi_policy policy;
    int64_t voxels[3], count; /* nodes of this process */
    int processes[3];         /* the grid of them, x, y, z */
    double spacing;
    sunzi_slab_image image;
    int64_t *node;
    int parts;
    sunzi_slab_part part[SUNZI_SLAB_PARTS];
    sunzi_tissue_group group[SUNZI_SLAB_PARTS]; /* the parts */
    /* of node i: its part, and its number there; NULL: one part has all */
    unsigned char *part_of;
    int64_t *cell_of;
    sunzi_cell_options cell_options;
    int held;                    /* the states are, on a device */
    int64_t checkpoint_steps;    /* from one to the next; 0: there are none */
    double *pulse[SUNZI_PULSES]; /* mV/ms of each node while a pulse acts */
    unsigned acting;             /* bit p: pulse p is in `stimulus` */
    double *V, *map;             /* of the nodes: mV, of now; room for a map */
    sunzi_beats *beats;
    int64_t step;  /* made until now */
    int64_t saved; /* step of the last checkpoint; -1: none */
    /* bidomain, or NULL: of its nodes their numbers, phi of the step, and phi
     * of `shown_step` with its ground for files */
    sunzi_bidomain *bidomain;
    int64_t outside, *outside_node, shown_step;
    double *phi, *shown;
    sunzi_tissue_files *files;
    struct sunzi_tissue_probes *probes;
    struct sunzi_tissue_ecg *ecg;
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

/* ---- a device (cardiac_hold.c); not collective ---- */

/* The states, as they are now, are held on the context's device if it has one,
 * of cells of one model that nobody watches, without a bidomain: r->held. */
sunzi_status sunzi_slab_hold(sunzi_slab *r);
/* What outputs after so many steps are made of, to the states. */
sunzi_status sunzi_slab_fetch(sunzi_slab *r, int64_t step);

/* Room for count + 1 doubles; NULL: none. */
void *sunzi_slab_numbers(int64_t count);

/* ---- voxels (cardiac_voxels.c) ---- */

/* Keys that this equation does not use must not be given. */
sunzi_status sunzi_slab_check_equation(const sunzi_slab *r);

/* Collective. voxels, the image, tissue and bidomain. */
sunzi_status sunzi_slab_make_tissue(sunzi_slab *r);

/* Has a voxel tissue? Those around the nodes of this process are known. */
bool sunzi_slab_has_tissue(const sunzi_slab *r, const int64_t voxel[3]);

/* Its number in the image; 1 without one, 0 outside of the grid. */
int sunzi_slab_label(const sunzi_slab *r, const int64_t voxel[3]);

/* Of a node: the largest number of the voxels with tissue around it. */
int sunzi_slab_node_label(const sunzi_slab *r, const int64_t n[3]);

/* Node i of this process, x, y, z. */
void sunzi_slab_node(const sunzi_slab *r, int64_t i, int64_t n[3]);

/* ---- cells (cardiac_parts.c) ---- */

/* Models of cells and regions, before there is a tissue. Not collective. */
sunzi_status sunzi_slab_find_models(sunzi_slab *r);

/* Collective. Cells at rest, in parts by the regions. */
sunzi_status sunzi_slab_make_cells(sunzi_slab *r);

void sunzi_slab_free_cells(sunzi_slab *r);

/* ---- pulses (cardiac_pulses.c) ---- */

/* Collective. */
sunzi_status sunzi_slab_place_pulses(sunzi_slab *r);

/* The stimulus of the step whose middle is at `time`, ms. */
void sunzi_slab_set_stimulus(sunzi_slab *r, double time);

/* ---- phi (cardiac_phi.c) ---- */

/* Collective. Room, and phi = 0; a ground that is outside of everything is
 * refused. Without a bidomain nothing is done. */
sunzi_status sunzi_slab_open_phi(sunzi_slab *r);

/* Collective. `shown` = phi of V of now, with its ground; phi stays, so that a
 * run has the same bits with any files. */
sunzi_status sunzi_slab_show_phi(sunzi_slab *r);

void sunzi_slab_close_phi(sunzi_slab *r);

/* ---- what a checkpoint must be of (cardiac_identity.c) ---- */

/* A line for all that decides what a run computes, "key=value"; free() it.
 * NULL: no memory. */
char *sunzi_slab_identity(const sunzi_slab *r);

/* SUNZI_OK if the identity in a checkpoint is that of this run; else a sentence
 * names the first thing that differs. */
sunzi_status sunzi_slab_compare_identity(const sunzi_slab *r, const char *mine,
                                         const char *saved, size_t bytes);

/* ---- maps (cardiac_maps.c) ---- */

/* A field of a file of maps. */
typedef struct sunzi_slab_field {
    const char *name, *units;
    char long_name[80];
} sunzi_slab_field;

/* Collective. From cells that are at rest. */
sunzi_status sunzi_slab_open_maps(sunzi_slab *r);
void sunzi_slab_close_maps(sunzi_slab *r);

/* V = that of the cells. */
void sunzi_slab_take_voltages(sunzi_slab *r);

/* After a step of dt from `time`: V, and the beats. Not collective. */
sunzi_status sunzi_slab_look(sunzi_slab *r, double time, double dt);

/* Collective. Nodes that were activated; *done: all were, and have repolarised
 * if maps of that are asked for. */
sunzi_status sunzi_slab_count_beats(sunzi_slab *r, int64_t nodes,
                                    int64_t *activated, bool *done);

/* Collective. values = map number `map`, a number a node; of the velocity three
 * that stand together. */
sunzi_status sunzi_slab_map(const sunzi_slab *r, int map, double *values);
sunzi_slab_field sunzi_slab_name_map(const sunzi_slab *r, int map);

/* Collective. The points, maps and paths of the result. */
sunzi_status sunzi_slab_tell_maps(sunzi_slab *r, sunzi_tissue_result *result);

/* ---- the pseudo-ECG (cardiac_ecg.c), as probes ---- */

sunzi_status sunzi_slab_open_ecg(sunzi_slab *r);
sunzi_status sunzi_slab_write_ecg(sunzi_slab *r);
sunzi_status sunzi_slab_close_ecg(sunzi_slab *r, bool keep);

/* ---- probes (cardiac_probes.c): collective over r->comm ---- */

/* Open output.probes; the first row is that of now. */
sunzi_status sunzi_slab_open_probes(sunzi_slab *r);

/* After r->step steps: a row, where it is due. */
sunzi_status sunzi_slab_write_probes(sunzi_slab *r);

/* The file appears if `keep`. */
sunzi_status sunzi_slab_close_probes(sunzi_slab *r, bool keep);

/* ---- the image (cardiac_image.c): collective over r->comm ---- */

/* Read the image of tissue.mask: voxels, processes, and of the image what is
 * around the nodes of this process. */
sunzi_status sunzi_slab_read_mask(sunzi_slab *r);

/* Read instead what is around other nodes. */
sunzi_status sunzi_slab_read_piece(sunzi_slab *r, const int64_t first[3],
                                   const int64_t count[3]);

/* ---- files (cardiac_files.c and cardiac_image_hdf5.c; cardiac_no_files.c
 * without HDF5): collective over r->comm ---- */

/* The image's voxels in x, y, z; a block of them, x fastest. */
sunzi_status sunzi_slab_hdf5_size(sunzi_slab *r, int64_t voxels[3]);
sunzi_status sunzi_slab_hdf5_read(sunzi_slab *r, const int64_t first[3],
                                  const int64_t count[3], unsigned char *label);

/* Open what [output] names. With run.restart the states, beats and
 * `step` are those of the latest checkpoint. */
sunzi_status sunzi_slab_open_files(sunzi_slab *r);

/* After r->step steps: snapshot and checkpoint, where they are due. */
sunzi_status sunzi_slab_write_files(sunzi_slab *r);

/* Close them; if `keep` snapshots appear and the maps are written,
 * as far as the run has come. */
sunzi_status sunzi_slab_close_files(sunzi_slab *r, bool keep);

#endif
