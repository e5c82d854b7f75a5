#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# ranks.sh PROGRAM: run a test on 1, 2, 3, 4 and 6 processes (RANKS='1 4': on
# those). Skipped where no launcher works. One OpenMP thread a process; more
# processes than cores, also as root: only here, in the tests.
set -u
OMP_NUM_THREADS=1
OMPI_ALLOW_RUN_AS_ROOT=1
OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
OMPI_MCA_rmaps_base_oversubscribe=1
OMPI_MCA_mpi_yield_when_idle=1
# of a library without a network: no warnings about one
OMPI_MCA_btl_base_warn_component_unused=0
# Open MPI keeps memory at its end
LSAN_OPTIONS="suppressions=${srcdir:-.}/tests/mpi/leaks.supp:print_suppressions=0"
ASAN_OPTIONS="fast_unwind_on_malloc=0:${ASAN_OPTIONS:-}"
export OMP_NUM_THREADS OMPI_ALLOW_RUN_AS_ROOT OMPI_ALLOW_RUN_AS_ROOT_CONFIRM \
    OMPI_MCA_rmaps_base_oversubscribe OMPI_MCA_mpi_yield_when_idle \
    OMPI_MCA_btl_base_warn_component_unused LSAN_OPTIONS ASAN_OPTIONS

if [ -z "${MPIRUN:-}" ] || ! timeout 60 "$MPIRUN" -n 1 true 2>/dev/null; then
    echo "skipped: '${MPIRUN:-mpirun}' cannot start a process here"
    exit 77
fi
for n in ${RANKS:-1 2 3 4 6}; do
    echo "== $n processes"
    timeout 120 "$MPIRUN" -n "$n" "$@"
    code=$?
    if [ $code -ne 0 ]; then
        echo "== $n processes: exit code $code"
        exit $code
    fi
done
