#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# `sunzi plot`: what it draws, by what it tells and by the colours of the picture.
write=$(pwd)/tests/tools/write_hdf5
suppressions=$(cd "${srcdir:-.}/tests/mpi" && pwd)/leaks.supp
. "${srcdir:-.}/tests/tools/lib.sh"
if [ ! -x "$write" ]; then
    echo 'skipped: built without HDF5; compare.sh checks what plot says then'
    exit 77
fi

# written NAME [CHANGE]: as write_hdf5 makes it; Open MPI keeps memory at its end.
written() {
    LSAN_OPTIONS="suppressions=$suppressions:print_suppressions=0" \
        ASAN_OPTIONS="fast_unwind_on_malloc=0:${ASAN_OPTIONS:-}" "$write" "$@"
}
written a.h5 && written s.nc && written v.vtkhdf || exit 99

# usage, before anything is drawn
expect 2 plot
says_only 'needs a file'
expect 2 plot a.h5 b.h5
says_only "one file at a time, got a second: 'b.h5'"
expect 2 plot nowhere.h5
says_only 'nowhere.h5: cannot be read'
for size in 100x100 1000 1000x 9000x800 800x600x4 axb; do
    expect 2 plot a.h5 --size "$size"
    says_only '^sunzi plot: --size: got'
done
for range in 1 1: :2 2:1 1:1 nan:2 1:2:3; do
    expect 2 plot a.h5 --range "$range"
    says_only '^sunzi plot: --range: got'
done
expect 2 plot a.h5 --field T --range -1.7e308:1.7e308
says_only 'the colours from -1.7e+308 to 1.7e+308 are inf apart'
expect 2 plot a.h5 --field T --range 5e-324:1e-323
says_only 'allowed are 1e-300 to 1.7e308; give another --range'
absent ./*.png
expect 2 plot a.h5 --range -1:2 --log
says_only 'allowed with --log'
for slice in z w=1 z=-1 z=x xy=1; do
    expect 2 plot a.h5 --slice "$slice"
    says_only '^sunzi plot: --slice: got'
done
expect 2 plot a.h5 --field volume --slice z=4
says_only 'got z=4, allowed are indices from 0 to 3'
expect 2 plot a.h5 --field T --slice z=0
says_only "'fields/T' has no dimension z"
expect 2 plot s.nc --step 3
says_only 'got 3, .* has 3 steps'
expect 2 plot a.h5 --field nothing
says_only "no dataset 'nothing'"
expect 2 plot a.h5 --field T --field east
says_only 'all are series'

written two.h5 twice || exit 99
expect 2 plot two.h5 --field T
says_only "'T' is the end of several paths in two.h5: fields/T, other/T; give one"

# what is there
expect 0 plot s.nc --list
says out '^field  *u  *fp64  *3x2x37x72  *eastward wind \[m s-1\]$'
says out '^axis  *latitude '
expect 0 plot a.h5 --list
says out '^axis  *series/time '
says out '^series  *series/east '
absent ./*.png ./*.partial

# without gnuplot: a sentence, and no file
mkdir empty
PATH=$folder/empty "$sunzi" plot a.h5 --output x.png >out 2>err
[ $? -eq 2 ] || complain 'without gnuplot the exit code is not 2'
asked='plot without gnuplot'
says_only 'install the package gnuplot-nox'
absent x.png*
command -v gnuplot >/dev/null || {
    echo 'skipped: pictures, there is no gnuplot'
    [ $code -ne 0 ] || code=77
    exit $code
}

# drawn FILE WIDTH HEIGHT: a PNG of that size, and nothing beside it
drawn() {
    got=$(od -An -tu1 -j16 -N8 "$1" 2>/dev/null | awk '
        { print (($1 * 256 + $2) * 256 + $3) * 256 + $4, \
            (($5 * 256 + $6) * 256 + $7) * 256 + $8 }')
    [ "$got" = "$2 $3" ] || complain "sunzi $asked: $1 is of size '$got'"
    [ ! -s err ] || complain "sunzi $asked: printed $(cat err)"
    absent "$1.partial"
}

expect 0 plot s.nc
says out '^s_u.png: u, step 2 .*slice z = 1 (pressure 500 hPa); 72 x 37 .*; 6 not'
drawn s_u.png 1000 750
expect 0 plot s.nc --step 1 --slice x=10 --size 640x480 --output sx.png
says out 'step 1 (time 6 hours.*slice x = 10 (longitude 50 '
says out '^the axes have scales of their own'
drawn sx.png 640 480
expect 0 plot v.vtkhdf --field velocity
says out 'velocity, magnitude, slice z = 6 (z 0.6); 30 x 20 entries from 0 to 3.46'
expect 0 plot v.vtkhdf --field potential --slice y=3 --range -80:20
says out 'slice y = 3 (y 0.35); 29 x 11 entries'
expect 0 plot a.h5 --field east --field north --output lines.png
says out '^lines.png: 2 lines$'
says out '^  east: 200 entries .*; 1 not finite$'
drawn lines.png 1000 750
expect 0 plot a.h5 --field power
says out '^a_power.png: 1 spectrum$'
expect 0 plot a.h5 --field big
says out '70000 entries from 1 to 7$'
expect 0 plot a.h5 --field volume --log
says out ' not positive$'
drawn a_volume.png 1000 750

# isolines: bands of colour, their number and ends told by what is wrong with it
expect 0 plot v.vtkhdf --field potential --slice y=3 --isolines 10 -o iso.png
says out '^iso.png: potential, slice y = 3'
drawn iso.png 1000 750
expect 0 plot v.vtkhdf --field potential --slice y=3 --isolines 10 --range -80:20
for step in 0 -1 x inf; do
    expect 2 plot v.vtkhdf --field potential --isolines $step -o bad.png
    says_only "isolines: got '$step', allowed is a number > 0"
done
expect 2 plot v.vtkhdf --field potential --isolines 1e-3 --range 0:1 -o bad.png
says_only 'every 0.001 makes 1000 bands from 0 to 1, allowed are up to 100'
expect 2 plot v.vtkhdf --field potential --isolines 1 --log -o bad.png
says_only 'leave out --log'
expect 2 plot a.h5 --field east --isolines 1 -o bad.png
says_only "'series/east' is no field"

# tables
printf 'time [ms],V1 [mV], E1-E2 [mV]\n0,-80,0\n1,2e1,nan\n\n2.5,10,0.25\n' >t.csv
expect 0 plot t.csv
says out '^t_lines.png: 2 lines$'
says out '^  V1: 3 entries from -80 to 20$'
says out '^  E1-E2: 3 entries from 0 to 0.25; 1 not finite$'
drawn t_lines.png 1000 750
expect 0 plot t.csv --field E1-E2 --size 640x480
says out '^t_E1-E2.png: 1 line$'
drawn t_E1-E2.png 640 480
expect 0 plot t.csv --list
says out '^axis  *time \[ms\]  *3 rows'
says out '^series  *V1 \[mV\]'
expect 2 plot t.csv --field V2 -o bad.png
says_only "no column 'V2' in t.csv"
expect 2 plot t.csv --step 1 -o bad.png
says_only 'step: a table has lines only'
expect 2 plot absent.csv -o bad.png
says_only 'absent.csv: cannot be opened'
printf 'time\n1\n' >t.csv
expect 2 plot t.csv -o bad.png
says_only 't.csv:1: allowed is a row of names'
printf 't,V\n' >t.csv
expect 2 plot t.csv -o bad.png
says_only 'no row of numbers'
printf 't,V\n1,2\n2,3,4\n' >t.csv
expect 2 plot t.csv -o bad.png
says_only 't.csv:3: there are 3 numbers, allowed are 2'
printf 't,V\n1,2\n2,two\n' >t.csv
expect 2 plot t.csv -o bad.png
says_only "t.csv:3: 'two' in column 2"
printf 't,V\n1,2\nnan,2\n' >t.csv
expect 2 plot t.csv -o bad.png
says_only 't.csv:3: the first column is the axis'
absent bad.png bad.png.partial

# nothing to draw, and one value everywhere
written nan.vtkhdf nan && written constant.vtkhdf constant || exit 99
expect 0 plot nan.vtkhdf --field potential
says out '; 551 not finite$'
drawn nan_potential.png 1000 750
expect 0 plot constant.vtkhdf --field potential
says out 'from -70 to -70$'
drawn constant_potential.png 1000 750
expect 0 plot constant.vtkhdf --field potential --slice z=0 --range 0.5:1 --log
says out ' 551 not positive$'

# the same picture again; a text of the file is no command
expect 0 plot a.h5 --field east --output one.png
expect 0 plot a.h5 --field east --output two.png
cmp one.png two.png || complain 'the same picture twice differs'

# a picture that cannot be written; the old one stays
echo old >old.png
expect 2 plot a.h5 --field z --log --range 5:4 --output old.png
expect 2 plot a.h5 --field east --output nowhere/x.png
says_only '^sunzi plot: --output: '
[ "$(cat old.png)" = old ] || complain 'the old picture is gone'
# a gnuplot that fails
mkdir broken
printf '#!/bin/sh\necho no terminal >&2\nexit 1\n' >broken/gnuplot
chmod +x broken/gnuplot
PATH=$folder/broken:$PATH "$sunzi" plot a.h5 --output old.png >out 2>err
[ $? -eq 2 ] || complain 'a gnuplot that fails does not give exit code 2'
asked='plot with a gnuplot that fails'
says err '^sunzi plot: gnuplot did not draw old.png: no terminal'
[ "$(cat old.png)" = old ] || complain 'the old picture is gone'
absent old.png.partial

# ended by a signal while gnuplot draws: nothing is left, the old one stays
printf '#!/bin/sh\ntouch started\ncat >/dev/null\nsleep 30\n' >broken/gnuplot
for number in INT TERM HUP; do
    rm -f started
    # the shell lets a command in the background ignore INT: start it by env
    PATH=$folder/broken:$PATH env --default-signal="$number" "$sunzi" plot a.h5 \
        --output old.png >out 2>err &
    drawing=$!
    while [ ! -e started ] && kill -0 $drawing 2>/dev/null; do sleep 0.05; done
    [ -e old.png.partial ] || complain "$number: nothing was being drawn"
    kill -s "$number" $drawing
    wait $drawing
    got=$?
    [ $got -gt 128 ] || complain "$number: exit code $got, no end by a signal"
    asked="plot ended by $number"
    absent old.png.partial
    [ "$(cat old.png)" = old ] || complain 'the old picture is gone'
done
exit $code
