#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# `sunzi cardiac` on tissue: the bidomain with its bath, cells of several models,
# restarts of the right run only, runs of which one policy fails, bad input.
runs=$(cd "${srcdir:-.}/examples/runs" && pwd)
limit=100
. "$(dirname "$0")/command.sh"
mask=${alone%sunzi}tests/mpi/write_mask

# ---- equal anisotropy: the bidomain is a monodomain of s_i s_e / (s_i + s_e);
# an explicit step shows it without an error of its own
cat >sheet.ini <<'END'
[tissue]
size = 6, 3, 0 mm
spacing = 0.3 mm
fibre = 30, 30 deg
[time]
dt = 0.02 ms
diffusion = explicit
end = 12 ms
[s1]
box = 0, 0.6, 0, 3, 0, 0 mm
END
expect 0 cardiac sheet.ini --report r.json \
    --tissue.conductivity=0.2,0.04,0.04S/m
mono=$(value runs fp64 activation_ms P9)
expect 0 cardiac sheet.ini --report r.json --tissue.equation=bidomain \
    --bidomain.inside=0.3,0.06,0.06S/m --bidomain.outside=0.6,0.12,0.12S/m
bi=$(value runs fp64 activation_ms P9)
awk -v a="$mono" -v b="$bi" \
    'BEGIN { d = a - b; exit !(a > 1 && d < 1e-6 && -d < 1e-6) }' ||
    complain "P9 of the monodomain at $mono ms, of the bidomain at $bi ms"
says out '^bidomain: 6 x 3 x 0 mm'
says out 'elliptic iterations a step'
awk -v n="$(value runs fp64 elliptic_iterations)" \
    -v r="$(value runs fp64 elliptic_residual)" \
    'BEGIN { exit !(n >= 600 && n < 12000 && r > 0 && r <= 1e-9) }' ||
    complain 'elliptic iterations or residual'

# ---- along a cable no current flows in all: phi + s_i / (s_i + s_e) V is constant
# in the tissue, and phi in the bath behind it, 0 at the ground
expect 0 cardiac sheet.ini --equation bidomain --tissue.size=6,0,0mm \
    --tissue.fibre=0,0deg --bidomain.bath=1.5S/m --end 4ms \
    --bidomain.bath-box=4.2,6,0,0,0,0mm --bidomain.ground-point=6,0,0mm \
    --s1.box=0,0.6,0,0,0,0mm --output.probes=cable.csv \
    --output.probe-points=0,0,0,1,0,0,2,0,0,4.2,0,0,5,0,0,6,0,0mm
tail -n 1 cable.csv | awk -F, -v a=0.21518987341772153 '
    function off(k) { d = $(7 + k) - $11 + a * ($(1 + k) - $5)
                      return d > 1e-6 || -d > 1e-6 }
    { exit !($2 > 0 && $5 < -80 && $11 - $9 > 1 && !off(1) && !off(2) &&
             !off(3) && $6 == "nan" && $7 == "nan" && $13 == 0 &&
             $11 < 1e-6 && $11 > -1e-6 && $12 < 1e-6 && $12 > -1e-6) }' ||
    complain "a cable with a bath: $(tail -n 1 cable.csv)"

if "$sunzi" cardiac sheet.ini --end 0.1ms --output.activation=try.vtkhdf 2>&1 |
    grep -q 'has no HDF5'; then
    echo 'the rest was not checked: there is no HDF5'
    exit $code
fi

# ---- the example with a bath, whole on 1 and 3 processes; the ground; V there
# is none in the bath; a policy that cannot reach its tolerance fails alone
for ranks in 0 3; do
    expect 0 cardiac "$runs/bidomain.ini" --end 2ms --output.probes=$ranks.csv \
        --output.snapshots=$ranks.vtkhdf --output.snapshot-every=1ms \
        --output.probe-points=6,1,0,6,2.6,0,12,3,0mm --output.checkpoint=$ranks \
        --output.checkpoint-every=1ms
    [ "$(value runs fp32c activation_ms P1 2>/dev/null)" != null ] ||
        complain 'no wave'
done
for file in csv vtkhdf 0000100.h5; do
    cmp 0.$file 3.$file || complain "$file of the bidomain differs"
done
[ "$(head -n 1 0.csv)" = \
    'time [ms],V1 [mV],V2 [mV],V3 [mV],phi1 [mV],phi2 [mV],phi3 [mV]' ] ||
    complain "$(head -n 1 0.csv)"
tail -n 1 0.csv | awk -F, '{ exit !($2 < -80 && $3 == "nan" && $5 > 0.01 &&
    $6 != $5 && $7 == 0) }' || complain "$(tail -n 1 0.csv)"
ranks=2
expect 0 cardiac "$runs/bidomain.ini" --end 1ms --output.probes= \
    --output.snapshots= --output.checkpoint=half --output.checkpoint-every=1ms
ranks=0
expect 0 cardiac "$runs/bidomain.ini" --end 2ms --output.probes= \
    --output.snapshots= --output.checkpoint=half --output.checkpoint-every=1ms \
    --run.restart=yes
cmp 0.0000100.h5 half.0000100.h5 || complain 'a restart has other bits'
expect 3 cardiac "$runs/bidomain.ini" --end 1ms --policy fp64,fp32,fp32c \
    --bidomain.tolerance=1e-11 --output.probes= --output.snapshots= \
    --report r.json
says err '^sunzi cardiac: fp32: sunzi_bidomain_solve: the residual came to'
says out '^activation .ms. *fp64$'
says out '^fp64 .* nodes activated'
[ "$(value runs fp64 end_ms)" = 1 ] || complain 'fp64 is not in the report'
case $(value runs fp32 failed) in
*"1e-11 was asked"*) ;;
*) complain 'the failure of fp32 is not in the report' ;;
esac

# ---- cells of three models, by numbers of an image, by boxes; any processes
"$mask" labels.h5 labels || complain 'no labels.h5'
cat >mixed.ini <<'END'
[run]
policy = fp32c
[tissue]
mask = labels.h5
spacing = 0.3 mm
[cells]
model = ten-tusscher-2006-epi
[region1]
model = ten-tusscher-2006-endo
label = 2
[region2]
model = bueno-orovio-2008-m
label = 3
[time]
end = 8 ms
[s1]
box = 1.8, 3, 0, 3.6, 0, 0.3 mm
END
for ranks in 0 2 4; do
    expect 0 cardiac mixed.ini --output.checkpoint=mixed.$ranks \
        --output.checkpoint-every=8ms --output.activation=mixed.$ranks.vtkhdf
    for file in 0000160.h5 vtkhdf; do
        cmp mixed.0.$file mixed.$ranks.$file ||
            complain "mixed cells: $file differs on $ranks processes"
    done
done
says out 'region1 ten-tusscher-2006-endo, region2 bueno-orovio-2008-m$'
ranks=0
# the numbers reach to 9 in y: there are other boxes
expect 0 cardiac mixed.ini --region1.label=-1 --region2.label=-1 \
    --region1.box=2.4,7.2,0,3.6,0,0.3mm --region2.box=4.8,7.2,0,3.6,0,0.3mm \
    --region3.model=ten-tusscher-2006-epi --region3.box=0,7.2,2.7,3.6,0,0.3mm \
    --output.activation=boxes.vtkhdf
cmp mixed.0.vtkhdf boxes.vtkhdf || complain 'boxes are not the numbers'
expect 0 cardiac mixed.ini --region1.model= --region2.model= \
    --output.activation=one.vtkhdf
cmp -s mixed.0.vtkhdf one.vtkhdf && complain 'regions change nothing'
# a stimulus in a part of the image is one in its box
for edge in nodes weighted; do
    expect 0 cardiac mixed.ini --time.stimulus-edge=$edge --s1.label=3 \
        --s1.box=0,7.2,0,2.4,0,0.3mm --end 2ms --output.activation=label.vtkhdf
    expect 0 cardiac mixed.ini --time.stimulus-edge=$edge --end 2ms \
        --s1.box=4.8,7.2,0,2.4,0,0.3mm --output.activation=box.vtkhdf
    says out '^fp32c *[1-9][0-9]* of '
    cmp label.vtkhdf box.vtkhdf ||
        complain 'the stimulus of a number is not that of its box'
done
# another bath number than 9 is tissue; with it those voxels are none
expect 0 cardiac mixed.ini --tissue.equation=bidomain --bidomain.bath=1S/m \
    --bidomain.bath-label=9 --end 1ms --output.probes=bath.csv \
    --output.probe-points=3,3.3,0.1,3,1,0.1mm
tail -n 1 bath.csv | awk -F, '{ exit !($2 == "nan" && $3 > -85) }' ||
    complain "$(tail -n 1 bath.csv)"

# ---- trains: two pulses that are too short do not excite, a long one does
expect 0 cardiac sheet.ini --end 8ms --s1.count=0 --report r.json \
    --s4.count=2 --s4.start=0ms --s4.duration=0.1ms --s4.period=3ms \
    --s4.box=5.4,6,0,3,0,0mm --cells.model=fitzhugh-nagumo
first=$(value runs fp64 activation_ms P3)
expect 0 cardiac sheet.ini --end 8ms --s1.count=0 --report r.json \
    --s4.count=1 --s4.start=3ms --s4.duration=3ms \
    --s4.box=5.4,6,0,3,0,0mm --cells.model=fitzhugh-nagumo
second=$(value runs fp64 activation_ms P3)
[ "$first" = null ] || complain "two short pulses excite at $first ms"
awk -v t="$second" 'BEGIN { exit !(t > 3 && t < 6.5) }' ||
    complain "a pulse from 3 ms on excites at $second ms"

# ---- the other examples begin
for name in layers spiral; do
    expect 0 cardiac "$runs/$name.ini" --end 1ms
    says out '^fp32c .* by 1 ms'
done

# ---- a checkpoint goes on with its own run only
for other in --tissue.surface-to-volume='1300 1/cm' --s1.current=60000uA/cm3 \
    --s2.count=1 --time.splitting=strang --time.diffusion=crank-nicolson \
    --tissue.fibre=0,10deg --region2.model=bueno-orovio-2008-epi; do
    expect 2 cardiac mixed.ini --run.restart=yes --output.checkpoint=mixed.0 \
        "$other"
    name=${other%%=*}
    says_only "run.restart: the checkpoint is of another run: ${name#--} is"
done
"$mask" other.h5 slit || complain 'no other.h5'
expect 2 cardiac mixed.ini --run.restart=yes --output.checkpoint=mixed.0 \
    --tissue.mask=other.h5 --region1.model= --region2.model=
says_only 'tissue.mask is an image with the checksum'

cat >own.h <"$runs/../cells/aliev_panfilov.h"
go=no
for end in 1ms 2ms; do
    expect 0 cardiac sheet.ini --cells.model=./own.h --end $end \
        --output.checkpoint=own --output.checkpoint-every=1ms --run.restart=$go
    go=yes
done
echo '/* another text */' >>own.h
expect 2 cardiac sheet.ini --cells.model=./own.h --output.checkpoint=own \
    --run.restart=yes
says_only 'another run: the text of ./own.h is one with the checksum'

# ---- voxels that touch none are found wherever processes meet
"$mask" lone.h5 lone || complain 'no lone.h5'
for ranks in 2 3 5; do
    expect 2 cardiac --tissue.mask=lone.h5 --spacing 0.3mm
    says err '2 voxels have no neighbour .*(5, 6, 0)'
done

# ---- bad input: one sentence, nothing left behind
for ranks in 0 2; do
    expect 2 cardiac --bidomain.bath=1S/m --report bad.json
    says err 'bidomain.bath: it belongs to the bidomain'
    expect 2 cardiac --tissue.equation=bidomain --tissue.conductivity=1,1,1S/m
    says err 'the bidomain has bidomain.inside and bidomain.outside'
done
ranks=0
sheet='cardiac sheet.ini --end 1ms --report bad.json'
# shellcheck disable=SC2086 # words
{
    bi=$sheet' --tissue.equation=bidomain'
    expect 2 $bi --bidomain.bath-box=0,1,0,1,0,0mm
    says_only 'there is no bath; give bidomain.bath'
    expect 2 $bi --bidomain.outside=-0.5,0.1,0.1S/m
    says_only 'conductivities of voxel (0, 0, 0).*a positive definite tensor'
    expect 2 $bi --bidomain.ground-point=9,0,0mm
    says_only 'bidomain.ground-point: .* 0 to 6 mm'
    expect 2 $sheet --region1.box=0,1,0,1,0,0mm
    says_only 'region1.box: the region has no model'
    expect 2 $sheet --region1.model=bueno-orovio-2008-ep
    says_only 'region1.model: .*did you mean bueno-orovio-2008-epi'
    expect 2 $sheet --region1.model=fitzhugh-nagumo --region1.label=1
    says_only 'region1.label: numbers are those of an image'
    expect 2 $sheet --region1.model=fitzhugh-nagumo --region1.box=2,1,0,1,0,0mm
    says_only 'region1.box: from 2 to 1, allowed is the lower end first'
    expect 2 $sheet --region1.model=fitzhugh-nagumo --region1.box=7,8,0,1,0,0mm
    says_only 'region1.model: no node with tissue is in the region'
    absent bad.json
}
expect 2 cardiac sheet.ini --s1.label=1
says_only 's1.label: numbers are those of an image'
expect 2 cardiac mixed.ini --s1.label=4
says_only 's1.label: there is no tissue in it'
# weights are those of tissue: the image has none in this corner
"$mask" corner.h5 corner || complain 'no corner.h5'
expect 2 cardiac --tissue.mask=corner.h5 --spacing 0.3mm \
    --time.stimulus-edge=weighted --s1.box=6,7.2,2.4,3.6,0,0.3mm
says_only 's1.box: there is no tissue in it'
# what cannot be written is known before a long run
for key in output.report output.activation output.snapshots output.checkpoint \
    output.probes; do
    expect 2 cardiac --end 100000ms --$key=nowhere/file
    says_only "$key: nowhere/file.*cannot be written"
done
exit $code
