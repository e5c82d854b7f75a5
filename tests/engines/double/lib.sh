# SPDX-License-Identifier: BSD-3-Clause
# For tests that run on doubles of drivers (tests/engines/double): read it in the
# build folder, before anything changes the folder.
# shellcheck shell=sh
build=$(pwd)
doubles=$build/tests/engines/double/.libs

# double_links FOLDER MODULE NAME...: the module by the names that a loader asks
# for, in a folder for LD_LIBRARY_PATH.
double_links() {
    into=$1
    module=$doubles/$2.so
    shift 2
    mkdir -p "$into" || exit 99
    for name in "$@"; do
        ln -sf "$module" "$into/$name" || exit 99
    done
}

# double_use FOLDER ENGINE REASON: the loader finds what is in FOLDER/ENGINE.
# Compiled programs are kept in FOLDER. Exit 77 with REASON if it is no use.
double_use() {
    LD_LIBRARY_PATH=$1/$2${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    SUNZI_CACHE=$1/cache
    DOUBLE_REPORT=$1/report
    export LD_LIBRARY_PATH SUNZI_CACHE DOUBLE_REPORT
    "$build/sunzi" info --no-measure >"$1/info" 2>&1 || exit 99
    if grep -A 1 "^  $2 " "$1/info" | grep -q absent; then
        echo "skipped: $3"
        grep -A 1 "^  $2 " "$1/info"
        exit 77
    fi
    rm -f "$1/report"
}

# gpu_doubles FOLDER: from here on there are GPUs of both vendors.
gpu_doubles() {
    [ -f "$doubles/gpu.so" ] || {
        echo 'skipped: no OpenCL headers, so the double of a GPU was not built'
        exit 77
    }
    double_links "$1/cuda" gpu libcuda.so.1 libnvrtc.so.13 libamdhip64.so.5 \
        libhiprtc.so.5
    double_links "$1/cuda" blas libcublas.so.13 librocblas.so.3
    double_use "$1" cuda 'the double of a GPU needs OpenCL 2 on the CPU, such as pocl-opencl-icd'
}

# opencl_double FOLDER: the OpenCL that is here, with faults; 77: there is none.
opencl_double() {
    DOUBLE_OPENCL=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p |
        awk '/libOpenCL[.]so[.]1 / { print $NF; exit }')
    [ -n "$DOUBLE_OPENCL" ] && [ -f "$doubles/opencl.so" ] || {
        echo 'skipped: no libOpenCL.so.1, or no headers of OpenCL'
        return 77
    }
    export DOUBLE_OPENCL
    double_links "$1/opencl" opencl libOpenCL.so.1
    double_use "$1" opencl 'OpenCL has no device'
}

# nothing_held FOLDER: all processes since the last call gave back what they took.
nothing_held() {
    [ -s "$1/report" ] || {
        echo 'the double did not report'
        code=1
    }
    grep -v '^held: 0 allocations, 0 programs, 0 kernels, 0 queues, 0 contexts, 0 events, 0 misuses' \
        "$1/report" && code=1
    rm -f "$1/report"
}
