/* SPDX-License-Identifier: BSD-3-Clause */
/* Images of voxels in legacy VTK files ("Simple Legacy Formats", The VTK User's
 * Guide): DATASET STRUCTURED_POINTS, ASCII or BINARY, whose first array is
 *     SCALARS name unsigned_char|char|unsigned_short|short|unsigned_int|int
 * with a number from 0 to 255 a voxel. Of CELL_DATA the voxels are the cells,
 * of POINT_DATA the points. ORIGIN and SPACING have no unit and are not used.
 */
#ifndef SUNZI_IO_VTK_IMAGE_H
#define SUNZI_IO_VTK_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"

enum { SUNZI_VTK_NAME_BYTES = 64 };

typedef struct sunzi_vtk_image {
    const char *path; /* of the caller */
    char name[SUNZI_VTK_NAME_BYTES];
    int64_t voxels[3]; /* in x, which is the fastest, y, z */
    int64_t at;        /* byte of the file where the numbers begin */
    int bytes;         /* of a number; 0: ASCII */
    bool is_signed;
} sunzi_vtk_image;

/* Read what stands before the numbers. SUNZI_ERR_FILE; SUNZI_ERR_FORMAT:
 * something else than the above, which is told with its line. */
sunzi_status sunzi_vtk_image_open(const char *path, sunzi_vtk_image *image);

/* Read the voxels first .. first + count of each direction to value[x +
 * count[0] (y + count[1] z)]. SUNZI_ERR_FILE; SUNZI_ERR_FORMAT: the file ends
 * before, a number above 255 or below 0, whose voxel is told. Cost: that of the
 * block for BINARY; ASCII is read from the beginning. */
sunzi_status sunzi_vtk_image_read(const sunzi_vtk_image *image,
                                  const int64_t first[3],
                                  const int64_t count[3], unsigned char *value);

#endif
