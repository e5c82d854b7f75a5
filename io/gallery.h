/* SPDX-License-Identifier: BSD-3-Clause */
/* The built-in problems of `sunzi solve`: small models of real applications. */
#ifndef SUNZI_IO_GALLERY_H
#define SUNZI_IO_GALLERY_H

#include "io/matrix.h"

typedef struct sunzi_gallery_problem {
    const char *name;        /* "plate" */
    const char *description; /* one line: the physics, units, what is hard */
    bool positive_definite;
    sunzi_status (*make)(sunzi_matrix *matrix); /* deterministic */
} sunzi_gallery_problem;

int sunzi_gallery_count(void);
const sunzi_gallery_problem *sunzi_gallery(int index);

#endif
