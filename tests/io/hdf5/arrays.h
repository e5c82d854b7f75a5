/* SPDX-License-Identifier: BSD-3-Clause */
/* A file with arrays of all types and many shapes, for the tests of files. */
#ifndef TESTS_IO_HDF5_ARRAYS_H
#define TESTS_IO_HDF5_ARRAYS_H

#include <sunzi/comm.h>

/* Collective. Both fail the test where something is wrong. */
void write_arrays(sunzi_comm *c, const char *path);
void read_arrays(sunzi_comm *c, const char *path);

/* Collective. HDF5's own printing is as it was, and no object is left open. */
void expect_hdf5_as_before(sunzi_comm *c);

#endif
