#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The engines cuda and hip on the double of a GPU: the suite of devices, the command.
set -u
. "${srcdir:-.}/tests/engines/double/lib.sh"
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
code=0
gpu_doubles "$scratch"
for engine in cuda hip; do
    echo "== $engine"
    SUNZI_TEST_ENGINE=$engine
    export SUNZI_TEST_ENGINE
    tests/engines/test_device || code=1
    tests/engines/test_units || code=1
    sh "${srcdir:-.}/tests/tools/device.sh" || code=1
done
nothing_held "$scratch"
exit $code
