#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# sunzi solve on a device (SUNZI_TEST_ENGINE, or opencl): the same bytes of x without FP64 there, and a report of what was done and copied; refusals.
. "${srcdir:-.}/tests/tools/lib.sh"
engine=${SUNZI_TEST_ENGINE:-opencl}

# is PATTERN KEYS...
is() {
    wanted=$1
    shift
    got=$(value "$@") || complain "r.json is not valid, or has no $*"
    echo "$got" | grep -q -x -e "$wanted" ||
        complain "r.json, $*: $got, expected $wanted"
}

"$sunzi" info --no-measure >out 2>err
grep -A 1 "^  $engine " out | tr -s ' \n' ' ' >facts
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
    expect 0 solve a.mtx -f $factor -g accurate --engine "$engine" -o y.mtx -q \
        --report r.json
    is '[1-9][0-9]*' device launches
    is '[1-9][0-9]*' device bytes_to
    is '[1-9][0-9]*' device bytes_from
    is '[1-9][0-9]*' device bytes_most
    is "$engine" problems 0 runs 1 engine
    SUNZI_DEVICE_FP64=0
    export SUNZI_DEVICE_FP64
    expect 0 solve a.mtx -f $factor -g accurate --engine "$engine" -o z.mtx -q
    unset SUNZI_DEVICE_FP64
    cmp y.mtx z.mtx || complain "x of rung $factor is another without FP64"
done
expect 0 solve a.mtx -f fp32 --engine "$engine"
says out '^device   '
expect 0 solve a.mtx -f fp32 --engine portable --report r.json -q
value device name >/dev/null 2>&1 && complain 'a CPU engine has a device'

# of tiles the updates are made there, solves and FP64 here, and the report says so
expect 0 solve a.mtx -f fp32 --engine "$engine" --reproducible --report r.json
is '[1-9][0-9]*' device launches
is "$engine" problems 0 runs 1 attempts 0 engine_factor
[ "$(value problems 0 runs 1 attempts 0 engine_solve)" != "$engine" ] ||
    complain 'solves in tiles are made by the CPU, and the device is named'
expect 0 solve a.mtx -f fp64 --engine "$engine" --reproducible --report r.json
is 0 device launches
[ "$(value problems 0 runs 1 engine)" != "$engine" ] ||
    complain 'the device did nothing, and is named'

# a tissue: its states stay there, V comes back after each step
slab="--tissue.size=3,0.6,0.4mm --spacing 0.2mm --dt 0.05ms --end 8ms
    --cells.model=mitchell-schaeffer-2003"
for diffusion in explicit backward-euler; do
    expect 0 cardiac $slab --policy fp64,fp32c --time.diffusion=$diffusion \
        --report r.json --run.engine="$engine"
    to=$(value runs fp64 device bytes_to)
    [ "$to" -gt 0 ] && [ "$to" -lt 100000 ] ||
        complain "$diffusion: $to bytes to the device"
    for policy in fp64 fp32c; do
        for point in P1 P8 P9; do
            value runs $policy activation_ms $point
        done
    done >there
    expect 0 cardiac $slab --policy fp64,fp32c --time.diffusion=$diffusion \
        --report r.json --run.engine=portable
    for policy in fp64 fp32c; do
        for point in P1 P8 P9; do
            value runs $policy activation_ms $point
        done
    done >here
    cmp here there || complain "$diffusion: other times on the device"
done

expect 0 bench device --engine "$engine" 70
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
expect 2 solve a.mtx --engine "$engine"
says_only 'SUNZI_DEVICE: got 77'
unset SUNZI_DEVICE
OCL_ICD_VENDORS=$folder/none
export OCL_ICD_VENDORS
expect 2 solve a.mtx --engine "$engine"
says_only "engine '$engine' cannot be used here: .*knows no device"
exit $code
