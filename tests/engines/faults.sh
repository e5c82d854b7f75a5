#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Devices that fail, on doubles of their drivers: the library and the command.
. "${srcdir:-.}/tests/engines/double/lib.sh"
. "${srcdir:-.}/tests/tools/lib.sh"

awk 'BEGIN { n = 60; print "%%MatrixMarket matrix array real general"
    print n, n; s = 7
    for (i = 0; i < n * n; i++) {
        s = (s * 16807) % 2147483647
        print s / 2147483647 - 0.5 + (i % (n + 1) == 0)
    } }' >a.mtx

# fails FAULT SENTENCE: the command ends with 2, says why, and writes no x
fails() {
    DOUBLE_FAULT=$1
    export DOUBLE_FAULT
    expect 2 solve a.mtx -f fp32 --engine "$SUNZI_TEST_ENGINE" -o x.mtx -q
    says err "$2"
    [ "$(wc -l <err)" -eq 1 ] || complain "$1: more than one line: $(cat err)"
    absent x.mtx
    unset DOUBLE_FAULT
}

all_faults() {
    echo "== $SUNZI_TEST_ENGINE"
    "$build/tests/engines/test_faults" || code=1
    fails init "engine '$SUNZI_TEST_ENGINE' cannot be used here: .* no device"
    fails launch=3 "$SUNZI_TEST_ENGINE device .* failed with"
    fails lost=2 "$SUNZI_TEST_ENGINE device .* is lost: .*another engine"
    # no room there: the factors are made here, and the report says so
    DOUBLE_FAULT=memory=20000
    export DOUBLE_FAULT
    expect 0 solve a.mtx -f fp32 --engine "$SUNZI_TEST_ENGINE" -o x.mtx -q \
        --report r.json
    unset DOUBLE_FAULT
    [ "$(value problems 0 runs 1 engine)" != "$SUNZI_TEST_ENGINE" ] ||
        complain "memory=20000: the report names $SUNZI_TEST_ENGINE"
    rm -f x.mtx
    nothing_held "$folder"
}

DOUBLE_LIBRARY=libcuda.so.1
export DOUBLE_LIBRARY SUNZI_TEST_ENGINE
(
    gpu_doubles "$folder"
    SUNZI_TEST_ENGINE=cuda
    all_faults
    # what is its own, the rest is the same code
    SUNZI_TEST_ENGINE=hip
    SUNZI_TEST_ONLY=opening
    export SUNZI_TEST_ONLY
    all_faults
    exit $code
)
gpu=$?
opencl_double "$folder" || exit $gpu
DOUBLE_LIBRARY=libOpenCL.so.1
SUNZI_TEST_ENGINE=opencl
all_faults
[ $gpu -eq 0 ] || [ $code -ne 0 ] || code=$gpu
exit $code
