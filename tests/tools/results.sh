#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What `sunzi solve` prints and writes for systems it can solve.
. "${srcdir:-.}/tests/tools/lib.sh"

# 2 x + y = 4, x + 3 y = 7: x = 1, y = 2 without any rounding; a negative
# diagonal entry elsewhere keeps Cholesky out
matrix a.mtx '2 2 4' '1 1 2.0' '1 2 1.0' '2 1 1.0' '2 2 3.0'
matrix b.mtx '2 1 2' '1 1 4.0' '2 1 7.0'

expect 0 solve a.mtx --rhs b.mtx --output x.mtx --factor fp64
says out '^problem  a.mtx'
says out '^LAPACK dgesv '
says out '^Sunzi fp64 '
says out '^Verdict: Sunzi fp64 reached grade backward'
[ "$(sed -n '3,$p' x.mtx | tr '\n' ' ')" = '2 1 1 2 ' ] ||
    complain "x.mtx is not (1, 2): $(cat x.mtx)"
[ "$(awk 'length > 100' out | wc -l)" -eq 0 ] ||
    complain "lines of more than 100 columns: $(awk 'length > 100' out)"
LC_ALL=C grep -q '[^ -~]' out && complain 'the table is not ASCII'
[ ! -s err ] || complain "sunzi $asked: printed $(cat err)"

# the table of all rungs: present ones in rows, absent ones with a reason
expect 0 solve a.mtx
for factor in int8 bf16 fp16 fp32 emulated fp64 auto; do
    says out "^ *\\(Sunzi \\)*${factor}[ >]"
done
says out '^steps '

expect 0 solve a.mtx --quiet --output y.mtx
[ ! -s out ] || complain '--quiet prints on the standard output'
[ ! -s err ] || complain '--quiet prints on the standard error'
[ -s y.mtx ] || complain '--quiet --output wrote nothing'

# symmetric positive definite: Cholesky; symmetric only: told, and general
matrix_named symmetric spd.mtx '2 2 3' '1 1 2.0' '2 1 1.0' '2 2 3.0'
expect 0 solve spd.mtx --factor fp64
says out '^LAPACK dposv .*backward'
grep -q 'Cholesky failed' out && complain 'Cholesky failed on spd.mtx'
matrix_named symmetric indefinite.mtx '2 2 3' '1 1 1.0' '2 1 5.0' '2 2 1.0'
expect 0 solve indefinite.mtx --factor fp64
says out 'Cholesky failed'
says out 'Verdict: Sunzi fp64 reached grade backward'

# several right-hand sides, and a complex matrix as a real one of twice the order
printf '%%%%MatrixMarket matrix array real general\n2 2\n4\n7\n0\n5\n' >two.mtx
expect 0 solve a.mtx --rhs two.mtx --output x2.mtx --quiet
[ "$(sed -n '3p' x2.mtx)" = '2 2' ] || complain 'x2.mtx is not 2 x 2'
printf '%%%%MatrixMarket matrix coordinate complex general\n1 1 1\n1 1 0 2\n' \
    >complex.mtx
printf '%%%%MatrixMarket matrix array complex general\n1 1\n2 4\n' >cb.mtx
expect 0 solve complex.mtx --rhs cb.mtx --output cx.mtx --factor fp64
says out '^complex  solved as the real system'
[ "$(sed -n '3,$p' cx.mtx | tr '\n' ' ')" = '2 1 2 -1 ' ] ||
    complain "(2 + 4 i) / 2 i is not 2 - i: $(cat cx.mtx)"

# numerically singular: no solution is written
matrix ones.mtx '2 2 4' '1 1 1.0' '1 2 1.0' '2 1 1.0' '2 2 1.0'
expect 3 solve ones.mtx --output singular.mtx
says err '^sunzi solve: ones.mtx: '
absent singular.mtx*

says out 'singular to working precision'
says out 'no usable pivot (all zero, or not finite)$'

# numbers near the ends of the range: the errors told are those of the rows
matrix large.mtx '2 2 4' '1 1 1.5e308' '1 2 1e308' '2 1 1e308' '2 2 -1.7e308'
expect 0 solve large.mtx --rhs b.mtx --factor fp32 --grade certified
says out '^matrix .*maximum norm above 1.8e+308'
says out '^Sunzi fp32  .* certified '
says out 'its largest component is right to 1[56] digits'
matrix small.mtx '2 2 4' '1 1 2e-310' '1 2 1e-310' '2 1 1e-310' '2 2 3e-310'
expect 0 solve small.mtx --factor fp32
says out '^matrix .*maximum norm 4.0e-310'
says out 'right to 1[56] digits'
printf '%%%%MatrixMarket matrix array real general\n2 1\n4e-322\n7e-322\n' \
    >tiny.mtx
expect 3 solve a.mtx --rhs tiny.mtx --factor fp32 --output tiny_x.mtx
says err 'so small that FP64 holds few of its digits'
says out '^LAPACK dgesv .* none '
absent tiny_x.mtx*

# ratios have as many digits as they deserve
expect 0 solve a.mtx --factor fp64
grep -q '[0-9][0-9][.][0-9]* times' out && complain "a ratio: $(cat out)"

# a full disk, and a closed standard output, are errors; nothing is written
if [ -w /dev/full ]; then
    "$sunzi" solve a.mtx --output f.mtx --report f.json >/dev/full 2>err
    [ $? -eq 2 ] || complain 'output to a full disk does not give exit code 2'
    [ "$(wc -l <err)" -eq 1 ] || complain "a full disk: $(cat err)"
    absent f.mtx* f.json*
fi
"$sunzi" solve a.mtx --output f.mtx --report f.json >&- 2>err
[ $? -eq 2 ] || complain 'a closed standard output does not give exit code 2'
absent f.mtx* f.json*
exit $code
