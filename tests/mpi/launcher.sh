# SPDX-License-Identifier: BSD-3-Clause
# For tests under "$MPIRUN" in this folder; read by each of them, before it
# changes its folder.
# Skips where no launcher works. One OpenMP thread a process; more processes than
# cores, also as root: only here, in the tests.
# shellcheck shell=sh
OMP_NUM_THREADS=1
OMPI_ALLOW_RUN_AS_ROOT=1
OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
OMPI_MCA_rmaps_base_oversubscribe=1
OMPI_MCA_mpi_yield_when_idle=1
# of a library without a network: no warnings about one
OMPI_MCA_btl_base_warn_component_unused=0
# Open MPI keeps memory at its end
LSAN_OPTIONS="suppressions=$(cd "$(dirname "$0")" && pwd)/leaks.supp:print_suppressions=0"
ASAN_OPTIONS="fast_unwind_on_malloc=0:${ASAN_OPTIONS:-}"
export OMP_NUM_THREADS OMPI_ALLOW_RUN_AS_ROOT OMPI_ALLOW_RUN_AS_ROOT_CONFIRM \
    OMPI_MCA_rmaps_base_oversubscribe OMPI_MCA_mpi_yield_when_idle \
    OMPI_MCA_btl_base_warn_component_unused LSAN_OPTIONS ASAN_OPTIONS

if [ -z "${MPIRUN:-}" ] || ! timeout 60 "$MPIRUN" -n 1 true 2>/dev/null; then
    echo "skipped: '${MPIRUN:-mpirun}' cannot start a process here"
    exit 77
fi
