#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The texts of all kernels compile for AMD GPUs, which needs hipcc but no GPU.
set -u
source=${srcdir:-.}
hipcc=${HIPCC:-hipcc}
command -v "$hipcc" >/dev/null 2>&1 || {
    echo "skipped: there is no $hipcc (Debian: hipcc)"
    exit 77
}
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
printf '%s\n' '#include <hip/hip_runtime.h>' '#include "engines/kernel/all.h"' \
    >"$scratch/all.hip"
code=0
# each architecture once: kernels differ by FP64, not by architecture
for case in gfx906: gfx90a:-DK_FP64; do
    arch=${case%%:*}
    fp64=${case#*:}
    "$hipcc" -x hip --offload-arch="$arch" --cuda-device-only -S -O1 \
        -std=c++17 -ffp-contract=off $fp64 -I "$source" \
        "$scratch/all.hip" -o "$scratch/$arch.s" >"$scratch/log" 2>&1 || {
        echo "$arch $fp64: does not compile"
        head -n 20 "$scratch/log"
        code=1
        continue
    }
    grep -q 'amdhsa_kernel product_residues' "$scratch/$arch.s" || {
        echo "$arch $fp64: the code has no product_residues"
        code=1
    }
    [ -n "$fp64" ] || ! grep -q '_f64' "$scratch/$arch.s" || {
        echo "$arch: FP64 instructions where there shall be none"
        grep '_f64' "$scratch/$arch.s" | head -n 3
        code=1
    }
done
exit $code
