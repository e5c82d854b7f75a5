/* SPDX-License-Identifier: BSD-3-Clause */
/* core/nearest.h for the commands, which see the headers of io/ only. */
#ifndef SUNZI_IO_NEAREST_H
#define SUNZI_IO_NEAREST_H

#include "core/nearest.h"

#endif
