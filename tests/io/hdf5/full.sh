#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A full disk: a small file system in memory, where that may be mounted. The
# status is that of a file that cannot be written, on all processes; nothing is
# under the name or beside it, and an older file of that name stays.
set -u
if [ "${1:-}" != inside ]; then
    for how in 'unshare -m' 'unshare -rm'; do
        # shellcheck disable=SC2086 # how holds a command
        if $how sh -c 'mount -t tmpfs -o size=16m tmpfs /mnt' 2>/dev/null; then
            # shellcheck disable=SC2086
            exec $how sh "$0" inside
        fi
    done
    echo 'skipped: no file system may be mounted here'
    exit 77
fi

mount -t tmpfs -o size=16m tmpfs /mnt || exit 99
program=$(pwd)/tests/io/hdf5/run_checkpoints
code=0

# fill RANKS MEGABYTES
fill() {
    RANKS=$1 timeout 60 sh "${srcdir:-.}/tests/mpi/ranks.sh" "$program" \
        /mnt/a.h5 fill "$2" >/tmp/full.$$ 2>&1
    last=$?
    if [ $last -eq 77 ]; then
        cat /tmp/full.$$
        rm -f /tmp/full.$$
        exit 77
    fi
    cat /tmp/full.$$
}

for n in 1 2 3; do
    fill $n 8
    before=$(cksum </mnt/a.h5)
    [ $last -eq 0 ] || code=1
    fill $n 12 # no room beside the first
    if [ $last -ne 3 ] || ! grep -q 'No space left on device' /tmp/full.$$; then
        echo "$n processes: exit code $last, expected 3, and no sentence"
        code=1
    fi
    if [ "$(ls -A /mnt)" != a.h5 ] || [ "$(cksum </mnt/a.h5)" != "$before" ]; then
        echo "$n processes: not only the old file is there: $(ls -lA /mnt)"
        code=1
    fi
    rm -f /mnt/a.h5
    fill $n 17
    [ $last -eq 3 ] && [ -z "$(ls -A /mnt)" ] || code=1
done
rm -f /tmp/full.$$
exit $code
