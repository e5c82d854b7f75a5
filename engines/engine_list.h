/* SPDX-License-Identifier: BSD-3-Clause */
/* The engines this library was built with, devices first, then CPU engines,
 * best first. */
#ifndef SUNZI_ENGINES_ENGINE_LIST_H
#define SUNZI_ENGINES_ENGINE_LIST_H

#include "engines/engine.h"

extern const sunzi_engine_ops sunzi_engine_cuda;
extern const sunzi_engine_ops sunzi_engine_hip;
extern const sunzi_engine_ops sunzi_engine_opencl;
extern const sunzi_engine_ops sunzi_engine_portable;
#ifdef SUNZI_HAVE_X86
extern const sunzi_engine_ops sunzi_engine_avx2;
extern const sunzi_engine_ops sunzi_engine_avx512;
extern const sunzi_engine_ops sunzi_engine_amx;
#endif

static const sunzi_engine_ops *const sunzi_engine_list[] = {
    &sunzi_engine_cuda,     &sunzi_engine_hip,    &sunzi_engine_opencl,
#ifdef SUNZI_HAVE_X86
    &sunzi_engine_amx,      &sunzi_engine_avx512, &sunzi_engine_avx2,
#endif
    &sunzi_engine_portable,
};

#endif
