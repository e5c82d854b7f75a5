/* SPDX-License-Identifier: BSD-3-Clause */
/** \file All of Sunzi's C interface. */
#ifndef SUNZI_SUNZI_H
#define SUNZI_SUNZI_H
#include <sunzi/status.h>
#include <sunzi/version.h>
#include <sunzi/comm.h>
#include <sunzi/grid.h>
#include <sunzi/field.h>
#include <sunzi/halo.h>
#include <sunzi/transpose.h>
#include <sunzi/context.h>
#include <sunzi/policy.h>
#include <sunzi/cell.h>
#include <sunzi/poisson_boltzmann.h>
#include <sunzi/product.h>
#include <sunzi/psolve.h>
#include <sunzi/reduce.h>
#include <sunzi/solve.h>
#include <sunzi/tissue.h>
#include <sunzi/beats.h>
#include <sunzi/ecg.h>
#endif
