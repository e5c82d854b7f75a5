/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers on the wire. */
#define WIRE_NAME(name) sunzi_avx512_##name
#include "engines/cpu/wire_template.h"
