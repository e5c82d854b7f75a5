#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Devices that fail, on doubles of their drivers: the library and the command.
set -u
. "${srcdir:-.}/tests/engines/double/lib.sh"
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
code=0
gpu_doubles "$scratch"
DOUBLE_LIBRARY=libcuda.so.1
export DOUBLE_LIBRARY SUNZI_TEST_ENGINE
for SUNZI_TEST_ENGINE in cuda hip; do
    echo "== $SUNZI_TEST_ENGINE"
    tests/engines/test_faults || code=1
done
nothing_held "$scratch"
exit $code
