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

# fill RANKS KILOBYTES
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
    fill $n 8192
    before=$(cksum </mnt/a.h5)
    [ $last -eq 0 ] || code=1
    fill $n 12288 # no room beside the first
    if [ $last -ne 3 ] || ! grep -q 'No space left on device' /tmp/full.$$; then
        echo "$n processes: exit code $last, expected 3, and no sentence"
        code=1
    fi
    if [ "$(ls -A /mnt)" != a.h5 ] || [ "$(cksum </mnt/a.h5)" != "$before" ]; then
        echo "$n processes: not only the old file is there: $(ls -lA /mnt)"
        code=1
    fi
    rm -f /mnt/a.h5
    fill $n 17408
    [ $last -eq 3 ] && [ -z "$(ls -A /mnt)" ] || code=1
done

# A disk that is full at any place: in the array, in the metadata behind it.
umount /mnt
mount -t tmpfs -o size=300k tmpfs /mnt || exit 99
written=0
refused=0
for n in 1 2 4; do
    for kilobytes in 256 268 272 276 280 284 288 292 296 300 304; do
        fill $n $kilobytes >/dev/null
        if [ $last -eq 0 ] && [ "$(ls -A /mnt)" = a.h5 ]; then
            written=$((written + 1))
        elif [ $last -eq 3 ] && [ -z "$(ls -A /mnt)" ]; then
            refused=$((refused + 1))
        else
            echo "$n processes, $kilobytes kB: exit code $last, $(ls -lA /mnt)"
            code=1
        fi
        rm -f /mnt/a.h5
    done
done
echo "of 300 kB: $written files written, $refused refused"
[ $written -gt 0 ] && [ $refused -gt 0 ] || code=1
rm -f /tmp/full.$$
exit $code
