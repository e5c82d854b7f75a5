#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Files have the same bytes for 1, 2, 3, 4 and 6 processes and without MPI, and
# in every run; nothing else stays in their folder.
set -u
program=$(pwd)/tests/io/hdf5/write_sample
folder=$(mktemp -d) || exit 99
trap 'rm -rf "$folder"' EXIT
files='arrays.h5 grown.nc grown.vtkhdf image.vtkhdf sphere.nc state.0000012.h5'
code=0

for n in 1 2 3 4 6; do
    mkdir "$folder/$n"
    RANKS=$n sh "${srcdir:-.}/tests/mpi/ranks.sh" "$program" "$folder/$n"
    last=$?
    [ $last -eq 0 ] || exit $last
done
mkdir "$folder/alone"
"$program" "$folder/alone" alone || exit 1
# a second run, over the files of the first, a second later
sleep 1
"$program" "$folder/alone" alone || exit 1

for kind in 2 3 4 6 alone; do
    for file in $files; do
        if ! cmp "$folder/1/$file" "$folder/$kind/$file"; then
            echo "$file: other bytes for 1 process than for: $kind"
            code=1
        fi
    done
    # shellcheck disable=SC2012 # the names are known
    if [ "$(ls -A "$folder/$kind" | tr '\n' ' ')" != "$files " ]; then
        echo "$kind: not only '$files': $(ls -A "$folder/$kind")"
        code=1
    fi
done
exit $code
