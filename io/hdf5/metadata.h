/* SPDX-License-Identifier: BSD-3-Clause */
/* The metadata of an HDF5 file that is written, in memory: what HDF5 would
 * write, without the arrays. HDF5 calls no function of the system that could
 * fail, so it need not survive that (version 1.10.8 does not); the bytes go to
 * the disk in the end, by our own calls. */
#ifndef SUNZI_IO_HDF5_METADATA_H
#define SUNZI_IO_HDF5_METADATA_H

#include <hdf5.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct sunzi_metadata_page sunzi_metadata_page;

typedef struct sunzi_metadata {
    sunzi_metadata_page **pages; /* by their place in the file */
    int64_t count, room;
    int64_t end_bytes; /* of the file, as HDF5 sees it */
    bool lost;         /* there was no memory for a piece */
} sunzi_metadata;

/* Files that are created with this access list have their metadata in
 * *metadata, empty at first, which must outlive them. */
herr_t sunzi_metadata_set_driver(hid_t access_list, sunzi_metadata *metadata);

/* The bytes from *at or later on that HDF5 wrote without a gap: their place and
 * number; 0: no more. */
int64_t sunzi_metadata_next(const sunzi_metadata *metadata, int64_t *at);

/* `bytes` bytes from `at` on; zero where HDF5 has written nothing. */
void sunzi_metadata_copy(const sunzi_metadata *metadata, int64_t at,
                         int64_t bytes, unsigned char *to);

void sunzi_metadata_free(sunzi_metadata *metadata);

#endif
