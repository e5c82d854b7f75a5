#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A file of a grid on the sphere is a NetCDF-4 file: ncdump names its dimensions
# and prints its values.
set -u
if ! command -v ncdump >/dev/null; then
    echo 'skipped: there is no ncdump'
    exit 77
fi
folder=$(mktemp -d) || exit 99
trap 'rm -rf "$folder"' EXIT
tests/io/hdf5/write_sample "$folder" alone || exit 1
ncdump "$folder/sphere.nc" >"$folder/text" || exit 1
code=0
while read -r line; do
    if ! grep -qF -e "$line" "$folder/text"; then
        echo "ncdump does not print: $line"
        code=1
    fi
done <<END
time = 2 ;
pressure = 3 ;
latitude = 4 ;
longitude = 5 ;
double u(time, pressure, latitude, longitude) ;
float ps(time, latitude, longitude) ;
u:units = "m s-1" ;
u:standard_name = "eastward_wind" ;
latitude:units = "degrees_north" ;
pressure:positive = "down" ;
time:units = "hours since 2000-01-01 00:00:00" ;
:Conventions = "CF-1.8" ;
:engine = "portable" ;
latitude = -60, -20, 20, 60 ;
-5.5, -5.4, -5.3, -5.2, -5.1 ;
END
# the same, with steps that were added
ncdump "$folder/grown.nc" >"$folder/grown" || exit 1
for file in text grown; do
    sed 1d "$folder/$file" | sort >"$folder/$file.sorted"
done
if ! cmp "$folder/text.sorted" "$folder/grown.sorted"; then
    diff "$folder/text" "$folder/grown"
    code=1
fi
[ $code -eq 0 ] || cat "$folder/text"
exit $code
