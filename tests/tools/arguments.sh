#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Usage errors of the command: exit code 2 and one sentence; help: 0.
. "${srcdir:-.}/tests/tools/lib.sh"

expect 2
says err '^usage: sunzi'
expect 2 solv
says_only "there is no command 'solv'; did you mean 'solve'"
expect 2 frobnicate
says_only "there is no command 'frobnicate'; see sunzi help"
expect 2 help solv
says_only "did you mean 'solve'"
expect 2 version now
says_only "takes no arguments, got 'now'"

for arguments in help --help -h 'help solve' 'solve --help' 'solve -h' \
    'help info' 'info -h' 'help bench' 'bench -h'; do
    # shellcheck disable=SC2086
    expect 0 $arguments
    says out '^usage: sunzi'
    [ ! -s err ] || complain "sunzi $arguments: prints an error"
done
for arguments in version --version; do
    expect 0 "$arguments"
    says out '^sunzi [0-9][0-9.]*$'
done

expect 2 solve --grad accurate
says_only "there is no option '--grad'; did you mean '--grade'"
expect 2 solve --frobnicate
says_only "there is no option '--frobnicate'; see sunzi solve --help"
expect 2 solve -z
says_only "there is no option '-z'"
expect 2 solve --grade
says_only 'option --grade needs GRADE after it'
expect 2 solve --grade acurate
says_only "'acurate', allowed are backward, accurate, certified; .*'accurate'"
expect 2 solve --grade=none
says_only "'none', allowed are backward, accurate, certified"
expect 2 solve --factor fp23
says_only "'fp23', allowed are auto, int8, bf16, fp16, tf32, fp32, emulated, fp64"
expect 2 solve a.mtx --output --quiet
says_only "needs x.mtx after it, got the option '--quiet'.*--output=--quiet"
expect 2 solve a.mtx --grade --factor fp32
says_only "needs GRADE after it, got the option '--factor'"
expect 2 solve ''
says_only 'the name of the matrix file is empty'
expect 2 solve a.mtx --rhs=
says_only '^sunzi solve: --rhs: the file name is empty'
for number in 0 -1 +1 ' 1' x 1.5 '' 99999999999999999999; do
    expect 2 solve --threads "$number"
    says_only 'allowed are whole numbers from 1 to 4096'
done
expect 2 solve --quiet=yes
says_only 'option --quiet takes no value'
expect 2 solve a.mtx b.mtx
says_only 'one matrix at a time'
expect 2 solve --rhs b.mtx
says_only '^sunzi solve: --rhs needs a matrix'
expect 2 solve --output x.mtx
says_only '^sunzi solve: --output needs a matrix'
expect 2 solve --engine warp
says_only "got 'warp', allowed are"
expect 2 solve -- --grade
says_only '^sunzi solve: --grade: '
expect 2 info a.mtx
says_only "takes options only, got 'a.mtx'"
expect 2 info --mesure
says_only "did you mean '--measure'"

# the benchmark: its arguments, and that a valid run is told so
expect 2 bench
says_only 'the name of the benchmark is missing'
expect 2 bench hpl
says_only "got 'hpl', allowed are hpl-mxp and device"
expect 2 bench hpl-mxp --order 0
says_only "^sunzi bench hpl-mxp: --order: hpl.order: .*'0', allowed is \[2, 4194304\]"
expect 2 bench hpl-mxp --order 1 # its matrix is 0
says_only "'1', allowed is \[2, 4194304\]"
expect 2 bench hpl-mxp --factor fp64
says_only "^sunzi bench hpl-mxp: --factor: hpl.factor: .*'fp64'.*int8, bf16, fp16, tf32 or fp32"
expect 2 bench hpl-mxp --hpl.oder=7
says_only "did you mean 'order'"
expect 2 bench hpl-mxp absent.ini
says_only 'absent.ini'
printf '%s\n' '[hpl]' 'order = 120' 'factors = fp32' '[run]' 'threads = many' \
    >wrong.ini
expect 2 bench hpl-mxp wrong.ini
says err "^sunzi bench hpl-mxp: wrong.ini:3: there is no key hpl.factors; did you mean 'factor'"
says err '^sunzi bench hpl-mxp: wrong.ini:5: run.threads: '
printf '%s\n' '[hpl]' 'order = 120   ; small' 'repeats = 1' >small.ini
expect 0 bench hpl-mxp small.ini
says out '^HPL-MxP, order 120, '
expect 0 bench hpl-mxp small.ini --hpl.order=130 --factor=fp32
says out '^HPL-MxP, order 130, '
expect 2 bench device --engine portable 64
says_only 'engine portable has no device'
expect 2 bench device zero
says_only "'zero', allowed are whole numbers from 1"
expect 0 bench hpl-mxp --help
says out '^\[hpl\]$'
expect 0 bench hpl-mxp --order 300 --repeats 1
says out '^mixed precision (MxP)  fp32 .* valid$'
says out '^FP64 (HPL-like)  *fp64 .* valid$'
expect 2 bench hpl-mxp --order 4194304 # 128 TiB; a sanitizer says so too
says err '^sunzi bench hpl-mxp: hpl.order: got 4194304, a process has no memory'
SUNZI_ENGINE=warp
export SUNZI_ENGINE
expect 2 solve --quiet
says_only "got 'warp', allowed are"
expect 2 info --no-measure
says_only "got 'warp', allowed are"
unset SUNZI_ENGINE
SUNZI_REPRODUCIBLE=perhaps
export SUNZI_REPRODUCIBLE
expect 2 solve --quiet
says_only "SUNZI_REPRODUCIBLE: got 'perhaps'"
exit $code
