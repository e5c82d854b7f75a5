/* SPDX-License-Identifier: BSD-3-Clause */
/* The checksum of a distributed array: the sum, modulo 2^64, of a hash of each
 * entry's bits and its place in the array. A sum, so that processes may add up
 * what they hold, in any order; keyed by the place, so that exchanged entries
 * show. The hash is a bijection of the bits of an entry: one wrong entry always
 * shows, several are missed with a probability of 2^-64. */
#ifndef SUNZI_IO_HDF5_CHECKSUM_H
#define SUNZI_IO_HDF5_CHECKSUM_H

#include <stdint.h>
#include <sunzi/file.h>

/* Of a block that sunzi_block_check has found good. */
uint64_t sunzi_checksum_block(const sunzi_file_array *array,
                              const sunzi_block *block, const void *data);

#endif
