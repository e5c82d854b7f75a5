#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# `sunzi cardiac`: maps of beats, speeds along paths and the pseudo-ECG, on any
# number of processes and after a restart; against a single cell; bad input.
runs=$(cd "${srcdir:-.}/examples/runs" && pwd) || exit 99
. "$(dirname "$0")/command.sh"

# near A B TOLERANCE WHAT
near() {
    awk -v a="$1" -v b="$2" -v t="$3" \
        'BEGIN { d = a - b; exit !(d <= t && -d <= t && a != "") }' ||
        complain "$4: $1, expected $2 +- $3"
}

if "$sunzi" cardiac --tissue.size=2,1,0mm --end 1ms \
    --output.maps=try.vtkhdf 2>&1 | grep -q 'has no HDF5'; then
    echo 'skipped: there is no HDF5'
    exit 77
fi

# ---- tissue that is stimulated everywhere is a single cell: 52 pA/pF for 1 ms
# are 72800 uA/cm3 with chi 1400/cm and 1 uF/cm2; it ends when it has repolarised
expect 0 cardiac --cell ten-tusscher-2006-epi --dt 0.05ms --policy fp64 \
    --report r.json
apd=$(value runs fp64 apd90_ms)
crossing=$(value runs fp64 crossing_ms)
expect 0 cardiac --tissue.size=0.4,0.2,0.2mm --spacing 0.2mm --dt 0.05ms \
    --s1.box=0,1,0,1,0,1mm --s1.current=72800uA/cm3 --s1.duration=1ms \
    --output.maps=cell.vtkhdf --report r.json
near "$(value runs fp64 maps apd_ms least)" "$apd" 1e-9 'least APD90'
near "$(value runs fp64 maps apd_ms most)" "$apd" 1e-9 'largest APD90'
near "$(value runs fp64 maps apd_ms mean)" "$apd" 1e-9 'mean APD90'
near "$(value runs fp64 maps activation_ms most)" "$crossing" 1e-9 activation
near "$(value runs fp64 end_ms)" 292 2 'end of the run'
[ "$(value runs fp64 maps speed_m_per_s nodes)" -eq 0 ] ||
    complain 'a speed where nothing moves'
[ "$(value runs fp64 maps speed_m_per_s mean)" = null ] || complain 'its mean'

# ---- a sheet with two stimuli: files of a run that was not stopped
cat >run.ini <<'END'
[run]
policy = fp32c
[tissue]
size = 6, 3, 0 mm
spacing = 0.3 mm
fibre = 30, 30 deg
[cells]
model = mitchell-schaeffer-2003
[time]
dt = 0.5 ms
end = 620 ms
[s1]
box = 0, 1, 0, 6, 0, 0 mm
[s2]
count = 1
start = 380 ms
box = 0, 1, 0, 6, 0, 0 mm
[beats]
which = last
[output]
fastest = 0.5 m/s
paths = 1.5, 1.5, 0, 4.5, 1.5, 0, 4.5, 1.5, 0, 1.5, 1.5, 0 mm
ecg-points = -3, 1.5, 1, 9, 1.5, 1 mm
ecg-leads = 2, 1
ecg-every = 5 ms
END
# names NAME: its files
names() {
    echo "--output.maps=$1.vtkhdf --output.ecg=$1.csv --report $1.json" \
        "--output.checkpoint=$1 --output.checkpoint-every=155ms"
}
# maps_of NAME: what its report tells of maps and paths
maps_of() {
    sed -n '/"maps"/,/"activated"/p' "$1.json"
}
for ranks in 0 2 3 4; do
    # shellcheck disable=SC2046 # options
    expect 0 cardiac run.ini $(names on$ranks)
    says out '^APD \[ms\] .* nodes$'
    says out '^from (1.5, 1.5, 0) to (4.5, 1.5, 0) mm: 3.0000 mm in '
    maps_of on$ranks >on$ranks.maps
    for file in vtkhdf csv maps 0001240.h5; do
        cmp on0.$file on$ranks.$file || complain "$file on $ranks processes"
    done
done
[ "$(wc -l <on0.maps)" -gt 50 ] || complain 'no maps in the report'
cp on0.json r.json
near "$(value runs fp32c maps activation_ms least)" 382 3 'the second beat'
near "$(value runs fp32c maps apd_ms mean)" 213 15 'its APD90'
# there and back; a wave of some 0.2 m/s
near "$(value runs fp32c paths 0 speed_m_per_s)" 0.2 0.1 'speed of a path'
near "$(value runs fp32c paths 1 speed_m_per_s)" \
    "-$(value runs fp32c paths 0 speed_m_per_s)" 1e-12 'speed of the way back'
near "$(value runs fp32c maps speed_m_per_s mean)" \
    "$(value runs fp32c paths 0 speed_m_per_s)" 0.07 'mean speed'
# columns; far from electrode 1 the wave comes nearer to 2
[ "$(head -n 1 on0.csv)" = 'time [ms],E1 [mV],E2 [mV],E2-E1 [mV]' ] ||
    complain "$(head -n 1 on0.csv)"
awk -F, 'NR > 1 { rows++; d = $4 - ($3 - $2); bad += d > 1e-15 || d < -1e-15
                  if ($1 == 10) up = $3 > 0.001 && $2 < -0.001 }
    END { exit !(rows == 125 && bad == 0 && up) }' on0.csv ||
    complain 'the pseudo-ECG'

# ---- stopped within the second beat, gone on with on other processes
ranks=3
# shellcheck disable=SC2046
expect 0 cardiac run.ini --end '465 ms' $(names half)
# shellcheck disable=SC2046
expect 2 cardiac run.ini --beats.threshold=-20mV --run.restart=yes $(names half)
says err 'another run: beats.threshold is -20 mV here'
ranks=0
# shellcheck disable=SC2046
expect 0 cardiac run.ini --run.restart=yes $(names half)
maps_of half >half.maps
for file in vtkhdf maps 0001240.h5; do
    cmp on0.$file half.$file || complain "$file differs after a restart"
done
# its pseudo-ECG begins at 465 ms: the last 32 rows
tail -n 32 on0.csv >end.csv
tail -n 32 half.csv | cmp - end.csv || complain 'the pseudo-ECG differs'
[ "$(wc -l <half.csv)" -eq 33 ] || complain 'rows of the pseudo-ECG'

# ---- the map of activation alone is that of the maps; other levels
expect 0 cardiac run.ini --end 40ms --output.activation=a.vtkhdf \
    --output.maps=m.vtkhdf --beats.which=first --beats.threshold=-40mV \
    --beats.fraction=0 --beats.level=-60mV
says out '^repolarisation \[ms\]  no node has a value$'
"$alone" plot a.vtkhdf --list | grep -q 'activation time, V up through -40 mV' ||
    complain 'the name of the map'
"$alone" plot m.vtkhdf --list >list
for name in activation repolarisation apd speed velocity; do
    grep -q "PointData/$name " list || complain "no map $name: $(cat list)"
done

# ---- the example
ranks=0
expect 0 cardiac "$runs/maps.ini" --report r.json
near "$(value runs fp32c maps apd_ms mean)" 285 3 'APD90 of the example'
near "$(value runs fp32c paths 0 speed_m_per_s)" 0.31 0.02 'its speed'
[ -s wave.vtkhdf ] && [ -s wave-ecg.csv ] && [ -s wave-v.csv ] ||
    complain 'files of the example'

# ---- bad input
for ranks in 0 2; do
    bad='--report bad.json --output.ecg=bad.csv --output.maps=bad.vtkhdf'
    # shellcheck disable=SC2086 # options
    {
        expect 2 cardiac run.ini $bad --output.paths=1,1,0,2mm
        says err 'output.paths: there are 4 numbers, allowed are six a path'
        expect 2 cardiac run.ini $bad --output.paths=1,1,0,2,4,0mm
        says err 'value 5 is 4 mm, allowed are 0 to 3 mm, the grid in y'
        expect 2 cardiac run.ini $bad --output.ecg-points=1,1mm
        says err 'output.ecg-points: there are 2 numbers, allowed are three'
        expect 2 cardiac run.ini $bad --output.ecg-points=
        says err 'output.ecg-points: there are 0 numbers'
        expect 2 cardiac run.ini $bad --output.ecg-points=9,1,1,2.1,0.9,0.1mm
        says err 'electrode 2, (2.1, 0.9, 0.1) mm, is in the tissue'
        expect 2 cardiac run.ini $bad --output.ecg-leads=1
        says err 'output.ecg-leads: there are 1 numbers, allowed are two'
        expect 2 cardiac run.ini $bad --output.ecg-leads=1,3
        says err 'there is no electrode 3, allowed are 1 to 2'
        expect 2 cardiac run.ini $bad --policy fp64,fp32
        says err 'one policy with'
        expect 2 cardiac run.ini $bad --beats.fraction=1
        says err "beats.fraction: .*'1', allowed is \[0, 1)"
    }
    absent bad.json bad.csv bad.csv.partial bad.vtkhdf bad.vtkhdf.partial
done
exit $code
