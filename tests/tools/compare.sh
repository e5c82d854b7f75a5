#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# `sunzi compare` on files that differ in one known way.
write=$(pwd)/tests/tools/write_hdf5
suppressions=$(cd "${srcdir:-.}/tests/mpi" && pwd)/leaks.supp
. "${srcdir:-.}/tests/tools/lib.sh"

if [ ! -x "$write" ]; then
    expect 2 compare a.h5 b.h5
    says_only 'this build has no HDF5; install'
    expect 2 plot a.h5
    says_only 'this build has no HDF5; install'
    exit $code
fi

# written NAME [CHANGE]: as write_hdf5 makes it; Open MPI keeps memory at its end.
written() {
    LSAN_OPTIONS="suppressions=$suppressions:print_suppressions=0" \
        ASAN_OPTIONS="fast_unwind_on_malloc=0:${ASAN_OPTIONS:-}" "$write" "$@"
}

written a.h5 || exit 99
written again.h5 || exit 99
# changed CHANGE: b.h5 is a.h5 with this change
changed() {
    written b.h5 "$1" || exit 99
}

# usage
expect 2 compare
says_only 'needs two files, got 0'
expect 2 compare a.h5
says_only 'needs two files, got 1'
expect 2 compare a.h5 again.h5 third.h5
says_only "two files at a time, got a third: 'third.h5'"
expect 2 compare a.h5 nowhere.h5
says_only 'nowhere.h5: cannot be read'
echo text >text.h5
expect 2 compare text.h5 a.h5
says_only 'text.h5: is no HDF5 file'
head -c 3000 a.h5 >half.h5
expect 2 compare a.h5 half.h5
says_only '^sunzi compare: half.h5: '
for number in -1 nan inf 1x ''; do
    expect 2 compare a.h5 again.h5 --rtol "$number"
    says_only '^sunzi compare: --rtol: got'
done
expect 2 compare a.h5 again.h5 --field nothing
says_only "no dataset 'nothing'"
expect 0 compare --help
says out '^usage: sunzi compare'

# equal
expect 0 compare a.h5 again.h5 --report r.json
says out '^Verdict: equal$'
[ "$(value exit_code)" = 0 ] || complain 'the report of equal files'
expect 0 compare a.h5 a.h5 --quiet
[ ! -s out ] || complain '--quiet prints'

# one entry of 30: (3, 2) is 297.5 and not 297; max |a| = 309; the norm of 280,
# 281, ..., 309 is sqrt(2604155)
changed entry
expect 1 compare a.h5 b.h5 --report r.json
says out '^fields/T  *fp64  *6x5  *5.00e-01 1.62e-03 3.10e-04  *1  different$'
says out '^    first at (3, 2): 297 and 297.5$'
says out '^Verdict: different, in 1 of 12 datasets$'
[ "$(value datasets 1 path)" = fields/T ] || complain 'path in the report'
[ "$(value datasets 1 max_difference)" = 0.5 ] || complain 'max_difference'
[ "$(value datasets 1 differing)" = 1 ] || complain 'differing'
[ "$(value datasets 1 first_index 0)" = 3 ] || complain 'first_index 0'
[ "$(value datasets 1 first_index 1)" = 2 ] || complain 'first_index 1'
awk -v x="$(value datasets 1 l2_relative)" 'BEGIN {
    y = 0.5 / sqrt(2604155); exit !(x > y * (1 - 1e-14) && x < y * (1 + 1e-14))
}' || complain "l2_relative: $(value datasets 1 l2_relative)"
[ "$(value exit_code)" = 1 ] || complain 'exit_code in the report'
expect 0 compare a.h5 b.h5 --atol 0.5
says out 'within$'
says out '^Verdict: equal within the tolerances$'
expect 1 compare a.h5 b.h5 --atol 0.4999
expect 0 compare a.h5 b.h5 --rtol 0.00162
expect 1 compare a.h5 b.h5 --rtol 0.00161
expect 0 compare a.h5 b.h5 --field z
expect 1 compare a.h5 b.h5 --field T
expect 1 compare a.h5 b.h5 --field fields/T --quiet
[ ! -s out ] || complain '--quiet prints differences'

# NaN equals NaN at the same place only, and no tolerance hides it
changed nan
expect 1 compare a.h5 b.h5 --rtol 1e300 --atol 1e300
says out '^    1 times NaN or an infinity against something else'
says out '^    first at (2): 1 and nan'
changed infinite
expect 1 compare a.h5 b.h5 --atol 1e300

# equal numbers of other bits are equal, and told
changed zero
expect 0 compare a.h5 b.h5 --report r.json
says out '^    1 times equal numbers of other bits'

# integers beyond what FP64 tells apart
changed integer
expect 1 compare a.h5 b.h5
says out '^m  *int64  *2  *1  *[0-9.e+-]* '
says out '^    first at (0): 9223372036854775806 and 9223372036854775807$'
expect 0 compare a.h5 b.h5 --atol 1
changed far
expect 1 compare a.h5 b.h5 --field m --report r.json
says out '^    first at (1): -9223372036854775808 and 9223372036854775805$'
says out '^    largest difference: 18446744073709551613$'
for figure in 'max_difference":18446744073709551613' \
    'max_first":9223372036854775808' 'first_a":-9223372036854775808' \
    'first_b":9223372036854775805'; do
    tr -d ' ' <r.json | grep -q "\"$figure,*$" ||
        complain "the report lacks $figure: $(cat r.json)"
done
# one more than a tolerance that FP64 holds
changed more
expect 1 compare a.h5 b.h5 --field m --atol 9007199254740992
expect 0 compare a.h5 b.h5 --field m --atol 9007199254740994
says out '^    largest difference: 9007199254740993$'

# squares beyond the range of FP64
changed huge
expect 1 compare a.h5 b.h5
says out '^huge .*1.00e+199 2.50e-02 2.00e-02  *1  different$'

# units, types, shapes, missing ones
changed units
expect 1 compare a.h5 b.h5 --rtol 1
says out "the units differ: 'K' and 'degC'"
changed type
expect 1 compare a.h5 b.h5
says out 'the types differ: fp64 and fp32'
expect 0 compare a.h5 b.h5 --rtol 1e-7
changed shape
expect 1 compare a.h5 b.h5 --rtol 1
says out 'the shapes differ: 6x5 and 5x6'
changed missing
expect 1 compare a.h5 b.h5 --rtol 1
says out 'only in the first file'
expect 1 compare b.h5 a.h5 --rtol 1
says out 'only in the second file'

# More than a block, its sums with terms of 40 sizes. Sum of squares of
# 2^-(i mod 40), 70000 = 1750 * 40 times: 1750 (4/3) (1 - 2^-80); of 1 + i mod 7:
# 10000 * 140.
changed blocks
expect 1 compare a.h5 b.h5 --report r.json
awk -v x="$(value datasets 0 l2_relative)" 'BEGIN {
    y = sqrt(1750 * 4 / 3 / 1400000)
    exit !(x > y * (1 - 4e-16) && x < y * (1 + 4e-16))
}' || complain "l2_relative over blocks: $(value datasets 0 l2_relative)"

# another grid, the same numbers
written v.vtkhdf && written w.vtkhdf && written x.vtkhdf spacing || exit 99
expect 0 compare v.vtkhdf w.vtkhdf
expect 1 compare v.vtkhdf x.vtkhdf --report r.json
says out "^attribute Spacing of 'VTKHDF': 0.1[0-9]* 0.1[0-9]* .* and 0.1[0-9]* 0.2"
says out '^Verdict: different, in 0 of 2 datasets and in the place'
[ "$(value attributes 0 name)" = Spacing ] || complain 'attributes'

# a full disk
if [ -w /dev/full ]; then
    "$sunzi" compare a.h5 again.h5 --report f.json >/dev/full 2>err
    [ $? -eq 2 ] || complain 'output to a full disk does not give exit code 2'
    absent f.json*
fi
expect 2 compare a.h5 again.h5 --report nowhere/r.json
says err '^sunzi compare: --report: '
exit $code
