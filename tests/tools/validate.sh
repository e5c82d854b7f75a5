#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# sunzi validate: what is lost and what is kept, the report, the curves;
# refusals.
. "${srcdir:-.}/tests/tools/lib.sh"

# less A B...: the numbers A < B < ...
less() {
    echo "$*" | awk '{ for (i = 1; i < NF; i++) if (!($i < $(i + 1))) exit 1 }' ||
        complain "not ascending: $*"
}

# FP32 loses K+ (the last quantity), FP32c and df64 do not; the changes of
# policies and of FP64's own errors are in the order that their bits say
expect 1 validate --case cardiac --part cell --beats 2 --dt 0.05ms \
    --require fp32 --report r.json
says err 'fp32 loses . of 8 quantities'
says out '^cell: ten-tusscher-2006-epi, 2 beats of 1000 ms in steps of 0.05 ms'
says out '^  Ki at its end \[mM\]  *136.87.* ! '
says out '^Verdict: fp32   loses'
says out 'fp32c  keeps all 8 quantities'
last='parts cell quantities 7'
for key in steps 'change fp32' 'change fp32c' 'change df64' last_bit; do
    # shellcheck disable=SC2086
    value $last $key || complain "r.json has no $key"
done >numbers
# shellcheck disable=SC2046
set -- $(cat numbers)
less "${4:-0}" "${3:-0}" "${1:-0}" "${2:-0}"
less "${5:-1}" "${3:-0}"
[ "$(value verdicts fp32 verdict)" = lost ] || complain 'verdict of fp32'
[ "$(value verdicts fp32c verdict)" = kept ] || complain 'verdict of fp32c'
[ "$(value verdicts df64 quantities)" = 8 ] || complain 'quantities of df64'
# --require is about the limit
expect 0 validate --case cardiac --part cell --beats 1 --dt 0.1ms \
    --policy fp32c --require fp32c
expect 1 validate --case cardiac --part cell --beats 1 --dt 0.1ms \
    --policy fp32c --require fp32c --limit 0

# a run file's tissue; the same numbers as sunzi cardiac
cat >run.ini <<'END'
[tissue]
size = 2, 1, 0 mm
[time]
dt = 0.05 ms
end = 6 ms
[output]
report = not.json
probes = not.csv
END
expect 0 validate --case cardiac run.ini --tissue.spacing=0.25mm \
    --policy fp32c,df64 --report r.json
says out '^tissue: run.ini, 2 x 1 x 0 mm, spacing 0.25 mm, 45 nodes'
says out ' 0.125 mm, 0.0125 ms)'
says out 'df64  *no part has it'
[ ! -e not.json ] && [ ! -e not.csv ] || complain 'output of the run file'
validated=$(value parts tissue quantities 2 fp64)
expect 0 cardiac run.ini --tissue.spacing=0.25mm --output.probes= \
    --output.report=c.json
ran=$("$json" c.json runs fp64 activation_ms P3)
[ -n "$ran" ] && [ "$ran" = "$validated" ] ||
    complain "P3: validate $validated, cardiac $ran"

# a small sheet with one spiral
expect 0 validate --case cardiac --part spiral --policy fp32c --report r.json \
    --tissue.size=30,30,0mm --s1.box=0,2,0,30,0,0mm --s2.box=0,16,0,15,0,0mm \
    --s2.start=350ms --time.end=600ms
[ "$(value parts spiral quantities 1 name)" = 'number of tips, mean' ] ||
    complain 'r.json, spiral'
less 0.5 "$(value parts spiral quantities 1 fp64)" 1.001
less 150 "$(value parts spiral quantities 0 fp64)" 300

# refusals
expect 2 validate
says_only 'the case is missing'
expect 2 validate --case cardiack
says_only "got 'cardiack', allowed are cardiac"
expect 2 validate --case cardiac --part heart
says_only "got 'heart', allowed are cell, tissue, exact, spiral"
expect 2 validate --case cardiac --policy fp16
says_only "no policy 'fp16'"
expect 2 validate --case cardiac --policy fp32 --require fp32c
says_only 'fp32c is not among the policies'
expect 2 validate --case cardiac --limit 2
says_only "got '2', allowed are numbers from 0 to 1"
expect 2 validate --case cardiac --dt 0.01
says_only "'0.01', a number with a unit of time"
expect 2 validate --case cardiac --beats 0
says_only "got '0'"
expect 2 validate --case cardiac absent.ini
says_only 'absent.ini'
expect 2 validate --case cardiac one.ini two.ini
says_only 'one run file at a time'
expect 2 validate --case cardiac --tissue.spacing=0.3mm
says_only 'tissue.size: .* no multiple of the spacing'
expect 2 validate --case cardiac run.ini --time.end=0ms
says_only 'time.end: 0 ms, allowed is a time above 0 ms'
expect 2 validate --case cardiac --part spiral --tissue.size=2,2,2mm
says_only 'the spiral is one in a whole sheet'
expect 2 validate --case cardiac run.ini --policy fp32c --report absent/r.json
says err 'absent/r.json'
expect 3 validate --case cardiac run.ini --s1.current=5e6uA/cm3
says_only 'left the range'

# curves, where there is HDF5
if "$sunzi" validate --case cardiac run.ini --policy fp32c --curves v.h5 \
    >out 2>err; then
    expect 0 plot v.h5 --list
    says out '^series  tissue/v_rms/fp32c .* RMS change of V \[mV\]'
    says out '^series  tissue/v_rms/last_bit'
    says out '^axis .*tissue/v_rms/steps_over .* time \[ms\]'
    expect 2 validate --case cardiac run.ini --policy fp32c \
        --curves absent/v.h5
    says err 'absent/v.h5'
else
    grep -q 'has no HDF5' err || complain 'curves'
fi
exit $code
