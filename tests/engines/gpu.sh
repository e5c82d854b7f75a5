#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The engines cuda and hip on the double of a GPU: the suite of devices, the command.
set -u
. "${srcdir:-.}/tests/engines/double/lib.sh"
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
code=0
gpu_doubles "$scratch"
export SUNZI_TEST_ENGINE
for SUNZI_TEST_ENGINE in cuda hip; do
    echo "== $SUNZI_TEST_ENGINE"
    tests/engines/test_device || code=1
    tests/engines/test_device_dense || code=1
    tests/engines/test_units || code=1
    tests/engines/test_copies || code=1
    tests/engines/test_unit_factors || code=1
done
SUNZI_TEST_ENGINE=cuda
tests/engines/test_device_solve || code=1
tests/engines/test_device_room || code=1
tests/engines/test_batch || code=1
tests/engines/test_hold || code=1
sh "${srcdir:-.}/tests/tools/device.sh" || code=1
tests/engines/test_kernel_file || code=1 # all engines
if [ -x tests/mpi/test_tissue_device.ranks ]; then
    tests/mpi/test_tissue_device.ranks || code=1
    # with copies beside the work
    SUNZI_DEVICE_COPIES=100000 DOUBLE_LIBRARY=libcuda.so.1 RANKS='1 2' \
        sh "${srcdir:-.}/tests/mpi/ranks.sh" tests/mpi/test_psolve_device.ranks
    case $? in 0 | 77) ;; *) code=1 ;; esac
fi
nothing_held "$scratch"
exit $code
