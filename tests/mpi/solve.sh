#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# `sunzi solve` under mpirun: the same table, the same bits and the same exit
# codes on any number of processes as on one without a launcher.
limit=120
. "$(dirname "$0")/command.sh"

# Besides what the launcher itself says to an exit code.
one_sentence() {
    says err "$1"
    [ "$(grep -c '^sunzi' err)" -eq 1 ] ||
        complain "sunzi $asked on $ranks: not one sentence: $(cat err)"
}

# What was printed, without the machine and without times.
table() {
    sed -n '/^problem/,/^Verdict/p' out | grep -v '^Verdict' | cut -c1-20,30-
}

# same EXIT_CODE NAME ARGUMENTS...: NAME.table and NAME.mtx as without a launcher
same() {
    wanted=$1
    name=$2
    shift 2
    rm -f x.mtx
    if [ "$ranks" -eq 0 ]; then
        expect "$wanted" solve "$@" --reproducible --output x.mtx
        table >"$name.table"
        [ -s "$name.table" ] || complain "sunzi $asked: no table"
        [ "$wanted" -eq 3 ] || mv x.mtx "$name.x"
        return
    fi
    expect "$wanted" solve "$@" --output x.mtx
    table | diff "$name.table" - ||
        complain "sunzi $asked on $ranks: another table"
    [ "$wanted" -eq 3 ] || cmp x.mtx "$name.x" ||
        complain "sunzi $asked on $ranks: other bits"
}

# array NAME ROWS COLUMNS SEED VALUE_IN_AWK: i, j from 0, r random in (-1, 1)
array() {
    awk -v m="$2" -v n="$3" -v s="$4" 'BEGIN {
        print "%%MatrixMarket matrix array real general"
        print m, n
        for (j = 0; j < n; j++)
            for (i = 0; i < m; i++) {
                s = s * 16807 % 2147483647
                r = 2 * s / 2147483647 - 1
                printf "%.17g\n", '"$5"'
            }
    }' >"$1"
}

array a.mtx 300 300 1 r
array b.mtx 300 5 2 r
array ones.mtx 300 300 1 1
array hilbert.mtx 15 15 1 '1 / (i + j + 1)'
# a five-point operator with a shift on the diagonal: positive definite
awk 'BEGIN {
    n = 289
    print "%%MatrixMarket matrix coordinate real symmetric"
    print n, n, 3 * n - 2 * 17
    for (i = 1; i <= n; i++) {
        print i, i, 4.1 + i / n
        if (i % 17) print i + 1, i, -1
        if (i + 17 <= n) print i + 17, i, -1
    }
}' >spd.mtx
awk 'BEGIN {
    n = 140
    print "%%MatrixMarket matrix coordinate complex general"
    print n, n, 3 * n
    for (i = 1; i <= n; i++) {
        print i, i, 3, i / n
        print i, i % n + 1, 0.7, -1
        print i, (i + 30) % n + 1, -0.1 * (i % 5), 0.3
    }
}' >complex.mtx

for ranks in 0 ${RANKS:-1 2 3 4 6}; do
    echo "== $ranks processes"
    same 0 general a.mtx --grade accurate
    same 0 columns a.mtx --rhs b.mtx --factor fp32
    same 0 spd spd.mtx --factor auto --grade certified
    grep -q '^LAPACK dposv' out || complain 'spd.mtx was not tried by Cholesky'
    same 0 complex complex.mtx --factor int8
    same 1 lower hilbert.mtx --factor fp64 --grade certified
    same 3 singular ones.mtx --factor fp64
    one_sentence '^sunzi solve: ones.mtx: '
    absent x.mtx
    expect 0 solve a.mtx --factor fp64 --report r.json --reproducible
    [ "$(grep -c '^machine' out)" -eq 1 ] || complain "$ranks tables"
    processes=$((ranks > 0 ? ranks : 1))
    says out "the same bits for any number"
    says out "^.*[ ;]$processes process"
    [ "$(value machine processes)" = $processes ] &&
        [ $(($(value machine grid_rows) * $(value machine grid_cols))) \
            -eq $processes ] || complain "$ranks: the grid in r.json"
done

# what needs no other number of processes
for ranks in 0 4; do
    expect 2 solve a.mtx --grad accurate
    one_sentence "there is no option '--grad'"
    expect 2 solve missing.mtx
    one_sentence 'missing.mtx'
    expect 2 solve a.mtx --engine nothing
    one_sentence 'nothing'
    expect 2 nothing
    one_sentence "there is no command 'nothing'"
    expect 0 version
    [ "$(wc -l <out)" -eq 1 ] || complain "version on $ranks: $(cat out)"
done

# On the devices of the processes: the bits of a CPU, and the report says who made
# the factors; those kept in FP64 are made by a CPU.
"$alone" info --no-measure >facts
if grep -A 1 '^  opencl ' facts | grep -q absent; then
    echo 'skipped the devices of processes: there is no OpenCL'
else
    ranks=2
    expect 0 info --no-measure
    says out ' the processes of a node take its devices in turn$'
    expect 0 solve a.mtx --factor fp32 --engine portable --output here.mtx
    table | sed 's/portable$//' >here
    expect 0 solve a.mtx --factor fp32 --engine opencl --output there.mtx \
        --report r.json
    table | sed 's/opencl$//' | diff here - || complain 'another table on devices'
    cmp here.mtx there.mtx || complain 'other bits on devices'
    says out '^device .*of process 0; '
    made() { value problems 0 runs 1 attempts 0 engine_factor; }
    [ "$(made)" = opencl ] && [ "$(value device launches)" -gt 0 ] ||
        complain "the factors were made by $(made)"
    expect 0 solve a.mtx --factor fp64 --engine opencl --report r.json
    [ "$(made)" != opencl ] || complain 'FP64 factors are made by a device'
fi

# without a promise of bits: the BLAS and a device's own library may update
ranks=2
SUNZI_REPRODUCIBLE=0
export SUNZI_REPRODUCIBLE
expect 0 solve a.mtx --factor fp32 --report r.json
grep -q 'the same bits' out && complain 'a promise that nobody asked for'
[ "$(value reproducible)" = false ] || complain 'reproducible in r.json'
[ "$(value machine processes)" = 2 ] || complain 'processes in r.json'
expect 0 solve a.mtx --factor fp32 --reproducible
says out 'the same bits'
unset SUNZI_REPRODUCIBLE

# the built-in problems, one after the other on the same processes
ranks=3
expect 0 solve --factor auto --grade accurate
says out '^4 of 4 problems reached grade accurate'

# the benchmark
expect 0 bench hpl-mxp --order 700 --repeats 1
says out '^HPL-MxP, order 700, 3 processes in a grid of 1 x 3'
says out '^mixed precision (MxP)  fp32 .* valid$'
says out '^FP64 (HPL-like)  *fp64 .* valid$'
expect 2 bench hpl-mxp --engine nothing
one_sentence 'nothing'

# A process alone, in an allocation of a scheduler; without --reproducible it
# makes no promise of bits. With another MPI's launcher there is one sentence.
ranks=0
SLURM_NTASKS=8 SLURM_PROCID=0 "$alone" solve a.mtx --factor fp64 >out 2>err ||
    complain 'a process in an allocation does not work'
grep -q 'the same bits' out && complain 'a plain process is taken for launched'
says out '^[^,]*; 1 process'
PMI_SIZE=4 PMI_RANK=0 "$alone" version >out 2>err
[ $? -eq 2 ] || complain 'the launcher of another MPI is not found out'
one_sentence 'has started 4 processes'
exit $code
