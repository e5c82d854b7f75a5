#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Files that cannot be solved: one sentence, the documented exit code, nothing
# written.
. "${srcdir:-.}/tests/tools/lib.sh"

# refused EXIT_CODE PATTERN ARGUMENTS...
refused() {
    wanted=$1
    pattern=$2
    shift 2
    expect "$wanted" solve "$@" --output x.mtx --report r.json
    says_only "$pattern"
    absent x.mtx* r.json*
}

refused 2 '^sunzi solve: missing.mtx: ' missing.mtx
mkdir folder
refused 2 '^sunzi solve: folder: is a directory' folder
: >empty.mtx
refused 2 '^sunzi solve: empty.mtx' empty.mtx
matrix short.mtx '2 2 3' '1 1 1.0' '2 2 1.0'
refused 2 '^sunzi solve: short.mtx:' short.mtx
matrix range.mtx '2 2 2' '1 1 1.0' '3 2 1.0'
refused 2 '^sunzi solve: range.mtx:4:' range.mtx
matrix nan.mtx '2 2 2' '1 1 1.0' '2 2 nan'
refused 2 '^sunzi solve: nan.mtx:4:' nan.mtx
matrix wide.mtx '2 3 2' '1 1 1.0' '2 2 1.0'
refused 2 'wide.mtx: the matrix has 2 rows and 3 columns' wide.mtx
matrix empty0.mtx '0 0 0'
refused 2 'empty0.mtx' empty0.mtx
matrix huge.mtx '2000000000 2000000000 1' '1 1 1.0'
refused 2 'huge.mtx: order 2000000000 needs .* GiB' huge.mtx

# singular by structure, and by numbers
matrix holes.mtx '3 3 3' '1 1 1.0' '2 1 4.0' '3 3 1.0'
refused 3 'holes.mtx: .*singular whatever its numbers are: at most 2' holes.mtx
matrix zeros.mtx '2 2 3' '1 1 1.0' '1 2 1.0' '2 2 0.0'
refused 3 'zeros.mtx: .*singular whatever its numbers are: at most 1' zeros.mtx

matrix good.mtx '2 2 3' '1 1 2.0' '2 1 1.0' '2 2 3.0'
matrix three.mtx '3 1 3' '1 1 1.0' '2 1 1.0' '3 1 1.0'
refused 2 'three.mtx: the right-hand side has shape 3 x 1' good.mtx \
    --rhs three.mtx
refused 2 '^sunzi solve: missing.mtx: ' good.mtx --rhs missing.mtx
printf '%%%%MatrixMarket matrix array complex general\n2 1\n1 1\n1 1\n' >c.mtx
refused 2 'c.mtx: a complex right-hand side for a real matrix' good.mtx \
    --rhs c.mtx
# a file of one entry that promises more columns than any memory holds
matrix columns.mtx '2 1000000000 1' '1 1 1.0'
refused 2 'columns.mtx: 1000000000 right-hand sides need .* GiB' good.mtx \
    --rhs columns.mtx

# targets that cannot be written are told before the work
expect 2 solve good.mtx --output missing/x.mtx
says_only "the folder of 'missing/x.mtx' is missing"
expect 2 solve good.mtx --report folder
says_only "'folder' is not a regular file"
expect 2 solve good.mtx --output good.mtx
says_only "'good.mtx' is an input file and would be lost"
expect 2 solve good.mtx --rhs good.mtx --output ./good.mtx
says_only 'is an input file and would be lost'
expect 2 solve good.mtx --output a --report a
says_only '--output and --report name the same file'
mkdir results
expect 2 solve good.mtx --output results/a --report ./results//a
says_only '--output and --report name the same file'
absent results/a
expect 2 solve good.mtx --output ''
says_only 'is not a file name'
grep -q '^2 2 3.0$' good.mtx || complain 'good.mtx was changed'
exit $code
