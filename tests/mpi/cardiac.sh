#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# `sunzi cardiac` on tissue: the N-version benchmark at its coarsest against an
# independent program, the same bits on any number of processes, checkpoints,
# and bad input.
. "$(dirname "$0")/command.sh"

# close_to A B TOLERANCE
close_to() {
    awk -v a="$1" -v b="$2" -v t="$3" \
        'BEGIN { d = a - b; exit !(d <= t && -d <= t) }'
}

# points POLICY T1 .. T9 TOLERANCE: activation in r.json
points() {
    policy=$1
    shift
    tolerance=${10}
    for p in 1 2 3 4 5 6 7 8 9; do
        got=$(value runs "$policy" activation_ms P$p)
        close_to "$got" "$1" "$tolerance" ||
            complain "P$p under $policy: $got ms, expected $1 +- $tolerance"
        shift
    done
}

# ---- beside node-centred finite differences of another program (the table
# "measured here" of its authors, Godunov, backward Euler), whose times across
# the fibres differ by 2.2e-4, along them by its last digit; and FP32 arithmetic
# with compensated states
expect 0 cardiac --case niederer --spacing 0.5mm --dt 0.05ms \
    --policy fp64,fp32c --report r.json
says out '^N-version benchmark: 20 x 7 x 3 mm, spacing 0.5 mm, dt 0.05 ms, 4305 nodes'
says out '^P8 .* 123.200 '
points fp64 1.304 114.10 45.73 125.89 27.25 115.60 51.17 126.85 56.18 0.032
close_to "$(value runs fp64 activation_ms P3)" 45.73 0.0051 ||
    complain 'P3 under fp64'
for p in 1 2 3 4 5 6 7 8 9; do
    close_to "$(value runs fp32c activation_ms P$p)" \
        "$(value runs fp64 activation_ms P$p)" 1e-4 ||
        complain "P$p: fp32c is not fp64"
done
[ "$(value published 0 activation_ms P8)" = 123.2 ] ||
    complain 'Cardioid is not in the report'

# ---- a step of second order, on any number of processes
for ranks in 0 3; do
    expect 0 cardiac --end 5ms --splitting strang --diffusion crank-nicolson \
        --time.stimulus-edge=weighted --cells.method=midpoint --report r.json
    grep '"P' r.json >strang.$ranks
done
cmp strang.0 strang.3 || complain 'other bits on 3 processes'

# ---- a sheet: files of a run that was not stopped, on 1 and 3 processes
cat >run.ini <<'END'
[run]
policy = fp32c
[tissue]
size = 12, 6, 0 mm
spacing = 0.3 mm
fibre = 30, 30 deg
[cells]
model = mitchell-schaeffer-2003
[time]
end = 30 ms
[s1]
box = 0, 1, 0, 6, 0, 0 mm
[s2]
count = 1
start = 25 ms
box = 0, 6, 0, 3, 0, 0 mm
END
# ---- probes: a column a point, V at t = 0 at rest, the same on 3 processes, and
# 0 mV is crossed where the activation time says
for ranks in 0 3; do
    expect 0 cardiac run.ini --output.probes=v$ranks.csv --policy fp64 \
        --output.probe-points=6,3,0,6.1,3,0mm --output.probe-every=0.05ms \
        --report r.json
done
cmp v0.csv v3.csv || complain 'other probes on 3 processes'
[ "$(head -n 1 v0.csv)" = 'time [ms],V1 [mV],V2 [mV]' ] ||
    complain "$(head -n 1 v0.csv)"
[ "$(sed -n 2p v0.csv)" = '0,-80,-80' ] || complain "$(sed -n 2p v0.csv)"
[ "$(wc -l <v0.csv)" -eq 602 ] || complain "$(wc -l <v0.csv) lines of probes"
awk -F, -v p9="$(value runs fp64 activation_ms P9)" '
    before < 0 && $2 >= 0 && !at { at = t + ($1 - t) * before / (before - $2) }
    NR > 1 { t = $1; before = $2 }
    END { exit !(at > 5 && at - p9 < 1e-6 && p9 - at < 1e-6) }' v0.csv ||
    complain 'the probe at P9 crosses 0 mV at another time'
for ranks in 0 2; do
    expect 2 cardiac run.ini --output.probes=bad.csv \
        --output.probe-points=1,1,0,13,1,0mm
    says err 'output.probe-points: .*point.0. = 13 mm, allowed: 0 to 12 mm'
    expect 2 cardiac run.ini --output.probes=bad.csv --output.probe-points=1,1,0,2mm
    says err 'there are 4 numbers, allowed are three a point'
    expect 2 cardiac run.ini --output.probes=bad.csv --policy fp64,fp32
    says err 'holds one run'
    expect 2 cardiac run.ini --output.probes=nowhere/bad.csv
    says err 'nowhere/bad.csv'
    absent bad.csv bad.csv.partial
    expect 3 cardiac --dt 2ms --output.probes=blown.$ranks.csv
    says err 'V = .* mV at node .*; there is no checkpoint'
    absent blown.$ranks.csv.partial
done
# what came before the blow-up stays
[ "$(wc -l <blown.0.csv)" -eq 4 ] || complain "$(wc -l <blown.0.csv) rows"
cmp blown.0.csv blown.2.csv || complain 'other probes of a blow-up'

names() {
    echo "--output.snapshots=$1.vtkhdf --output.snapshot-every=2ms" \
        "--output.activation=$1.map.vtkhdf" \
        "--output.checkpoint=$1 --output.checkpoint-every=10ms"
}
if "$sunzi" cardiac run.ini --output.activation=try.vtkhdf 2>&1 |
    grep -q 'has no HDF5'; then
    echo 'files not checked: there is no HDF5'
    exit $code
fi
ranks=0
# shellcheck disable=SC2046 # options
expect 0 cardiac run.ini $(names whole)
ranks=3
# shellcheck disable=SC2046
expect 0 cardiac run.ini $(names three)
for file in vtkhdf map.vtkhdf 0000400.h5 0000600.h5; do
    cmp whole.$file three.$file || complain "$file differs on 3 processes"
done

# stopped at 20 ms, gone on with on another number of processes
ranks=2
# shellcheck disable=SC2046
expect 0 cardiac run.ini --end '20 ms' $(names half)
expect 2 cardiac run.ini --run.restart=yes $(names half)
says err "'half.vtkhdf' is complete"
mv half.vtkhdf first.vtkhdf
# shellcheck disable=SC2046
expect 2 cardiac run.ini --run.restart=yes --dt '0.1 ms' $(names half)
says err 'another run: time.dt is 0.10.* ms here and was 0.05.* ms there'
ranks=0
# shellcheck disable=SC2046
expect 0 cardiac run.ini --run.restart=yes $(names half)
for file in map.vtkhdf 0000600.h5; do
    cmp whole.$file half.$file || complain "$file differs after a restart"
done
all=$(grep 'nodes activated' out | cut -c1-20)
expect 0 cardiac run.ini --run.restart=yes --output.checkpoint=half
says out "^$all" # nothing was left to do
expect 2 cardiac run.ini --run.restart=yes
says err 'no output.checkpoint'

# ---- an image of voxels
mask=$alone
mask=${mask%sunzi}tests/mpi/write_mask
for kind in slit lone empty corner; do
    "$mask" $kind.h5 $kind || complain "no $kind.h5"
done
# fibres along x: the wave of the full sheet goes straight, with the slit around
for ranks in 0 2; do
    expect 0 cardiac run.ini --tissue.fibre=0,0deg --tissue.mask=slit.h5 \
        --output.activation=slit.vtkhdf --report r.json
    says out '^tissue: 7.2 x 3.6 x 0.3 mm'
    # a slit of one voxel has all its nodes at its sides
    [ "$(value nodes)" -eq 650 ] || complain "$(value nodes) nodes with a slit"
    slit=$(value runs fp32c activation_ms P3)
    cp slit.vtkhdf slit.$ranks
done
cmp slit.0 slit.2 || complain 'the image gives other bits on 2 processes'
ranks=0
expect 0 cardiac run.ini --tissue.fibre=0,0deg --tissue.size=7.2,3.6,0.3mm \
    --report r.json
full=$(value runs fp32c activation_ms P3)
awk -v a="$slit" -v b="$full" 'BEGIN { exit !(a > b + 1 && b > 5) }' ||
    complain "P3 behind the slit after $slit ms, without it $full"
# the same image in VTK files: cells as text, points as bytes
{
    printf '%s\n' '# vtk DataFile Version 3.0' slit ASCII \
        'DATASET STRUCTURED_POINTS' 'DIMENSIONS 25 13 2' 'ORIGIN 0 0 0' \
        'SPACING 1 1 1' 'CELL_DATA 288' 'SCALARS tissue int 1' \
        'LOOKUP_TABLE default'
    awk 'BEGIN { for (k = 0; k < 288; k++)
        print !(k % 24 == 11 && k < 9 * 24) }'
} >text.vtk
{
    sed -n 1,10p text.vtk | sed 's/ASCII/BINARY/; s/25 13 2/24 12 1/
        s/CELL/POINT/; s/tissue int 1/tissue unsigned_char/'
    sed 1,10d text.vtk | tr -d '\n' | tr 01 '\000\001'
} >bytes.vtk
for file in text bytes; do
    for ranks in 0 2; do
        expect 0 cardiac run.ini --tissue.fibre=0,0deg \
            --tissue.mask=$file.vtk --output.activation=$file.vtkhdf
        cmp $file.vtkhdf slit.0 || complain "$file.vtk gives other bits"
    done
done
ranks=0
head -c 300 bytes.vtk >short.vtk
expect 2 cardiac run.ini --tissue.mask=short.vtk
says_only 'short.vtk: ends before its last voxel'
sed 's/^1$/256/' text.vtk >large.vtk
expect 2 cardiac run.ini --tissue.mask=large.vtk
says_only 'large.vtk: voxel (0, 0, 0) is 256, allowed: 0 to 255'
sed 's/STRUCTURED_POINTS/POLYDATA/' text.vtk >mesh.vtk
expect 2 cardiac run.ini --tissue.mask=mesh.vtk
says_only "mesh.vtk:4: allowed is DATASET STRUCTURED_POINTS, got 'DATASET POLYDATA'"
expect 2 cardiac run.ini --tissue.mask=text.vtk --tissue.mask-array=heart
says_only "'heart', allowed is the first array of the file, 'tissue'"
expect 2 cardiac run.ini --tissue.mask=lone.h5
says_only '2 voxels have no neighbour .*(5, 6, 0)'
expect 2 cardiac run.ini --tissue.mask=empty.h5
says_only 'none of the 24 x 12 x 1 voxels'
expect 2 cardiac run.ini --tissue.mask=corner.h5 --output.probes=bad.csv \
    --output.probe-points=5,3,0.1,7.1,3.5,0.1mm
says_only 'point 2, (7.1, 3.5, 0.1) mm, has nodes without tissue'
expect 2 cardiac run.ini --tissue.mask=whole.vtkhdf
says_only "no array 'tissue'"

# ---- bad input: one sentence, nothing left behind
for ranks in 0 2; do
    expect 2 cardiac --case niedrer --report bad.json
    says err "got 'niedrer', did you mean 'niederer'"
    expect 2 cardiac --s1.box=30,31,0,1,0,1mm --report bad.json
    says err 's1.box: there is no tissue in it'
    expect 2 cardiac --s1.box=0,1,2,1,0,1mm --report bad.json
    says err 's1.box: from 2 to 1 mm in y, allowed is the lower end first'
    expect 2 cardiac --diffusion explicit --dt 2ms --report bad.json
    says err 'at most 1.037.* the stability limit'
    expect 2 cardiac --cells.model=ten-tuscher-2006-epi --report bad.json
    says err 'did you mean ten-tusscher-2006-epi'
    expect 2 cardiac --tissue.conductivity=1,-1,1S/m --report bad.json
    says err 'voxel (0, 0, 0): xx 1, yy -1'
    expect 2 cardiac --spacing 0.3mm --report bad.json
    says err 'no multiple of the spacing'
    expect 2 cardiac --report nowhere/bad.json --end 1ms
    says err 'nowhere/bad.json'
    absent bad.json
done

# ---- a step that cells cannot stand: node, time, state, the last checkpoint;
# what was written stays
for ranks in 0 2; do
    expect 3 cardiac --dt 2ms --output.checkpoint=ck.$ranks \
        --output.checkpoint-every=2ms --output.snapshots=blown.$ranks.vtkhdf \
        --output.snapshot-every=2ms --output.activation=blown.$ranks.map.vtkhdf
    says err 'V = .* mV at node ([0-9]*, [0-9]*, [0-9]*).*at 6 ms: V is'
    says err "last checkpoint is ck.$ranks.0000002.h5, of 4 ms"
    [ -e ck.$ranks.0000002.h5 ] || complain 'the last checkpoint is gone'
done
for file in vtkhdf map.vtkhdf; do
    cmp blown.0.$file blown.2.$file || complain "$file of a blow-up differs"
done
exit $code
