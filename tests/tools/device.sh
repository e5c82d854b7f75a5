#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# sunzi solve on a device: the same bytes of x without FP64 there, and a report of what was done and copied; refusals.
. "${srcdir:-.}/tests/tools/lib.sh"

# is PATTERN KEYS...
is() {
    wanted=$1
    shift
    got=$(value "$@") || complain "r.json is not valid, or has no $*"
    echo "$got" | grep -q -x -e "$wanted" ||
        complain "r.json, $*: $got, expected $wanted"
}

"$sunzi" info --no-measure >out 2>err
grep -A 1 '^  opencl ' out | tr -s ' \n' ' ' >facts
if grep -q absent facts; then
    echo "skipped: $(cat facts)"
    exit 77
fi

# a dense matrix with a larger diagonal, order 300
awk 'BEGIN { n = 300; print "%%MatrixMarket matrix array real general"
    print n, n; s = 7
    for (i = 0; i < n * n; i++) {
        s = (s * 16807) % 2147483647
        print s / 2147483647 - 0.5 + (i % (n + 1) == 0)
    } }' >a.mtx
for factor in fp32 emulated; do
    expect 0 solve a.mtx -f $factor -g accurate --engine opencl -o y.mtx -q \
        --report r.json
    is '[1-9][0-9]*' device launches
    is '[1-9][0-9]*' device bytes_to
    is '[1-9][0-9]*' device bytes_from
    is '[1-9][0-9]*' device bytes_most
    is opencl problems 0 runs 1 engine
    SUNZI_DEVICE_FP64=0
    export SUNZI_DEVICE_FP64
    expect 0 solve a.mtx -f $factor -g accurate --engine opencl -o z.mtx -q
    unset SUNZI_DEVICE_FP64
    cmp y.mtx z.mtx || complain "x of rung $factor is another without FP64"
done
expect 0 solve a.mtx -f fp32 --engine opencl
says out '^device   '
expect 0 solve a.mtx -f fp32 --engine portable --report r.json -q
value device name >/dev/null 2>&1 && complain 'a CPU engine has a device'

# tiles stay on the host, and the table says so
expect 0 solve a.mtx -f fp32 --engine opencl --reproducible --report r.json
is 0 device launches
[ "$(value problems 0 runs 1 engine)" != opencl ] ||
    complain 'the device did nothing, and is named'

expect 0 bench device --engine opencl 70
says out '^  INT8 products .* GOP/s$'
says out '^    70 '

# a node's processes take its devices in turn, unless they are told
POCL_DEVICES='pthread basic'
OMPI_COMM_WORLD_LOCAL_RANK=1
export POCL_DEVICES OMPI_COMM_WORLD_LOCAL_RANK
if "$sunzi" info --no-measure | grep -q '^ *device 1: '; then
    expect 0 solve a.mtx -f fp32 --engine opencl -q --report r.json
    is 1 device number
    OMPI_COMM_WORLD_LOCAL_RANK=2
    expect 0 solve a.mtx -f fp32 --engine opencl -q --report r.json
    is 0 device number
    SUNZI_DEVICE=0
    export SUNZI_DEVICE
    OMPI_COMM_WORLD_LOCAL_RANK=1
    expect 0 solve a.mtx -f fp32 --engine opencl -q --report r.json
    is 0 device number
else
    echo 'skipped the turns of processes: no second OpenCL device here'
fi
unset POCL_DEVICES OMPI_COMM_WORLD_LOCAL_RANK SUNZI_DEVICE

# refusals
SUNZI_DEVICE=77
export SUNZI_DEVICE
expect 2 solve a.mtx --engine opencl
says_only 'SUNZI_DEVICE: got 77'
unset SUNZI_DEVICE
OCL_ICD_VENDORS=$folder/none
export OCL_ICD_VENDORS
expect 2 solve a.mtx --engine opencl
says_only "engine 'opencl' cannot be used here: .*knows no device"
exit $code
