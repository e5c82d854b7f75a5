# SPDX-License-Identifier: BSD-3-Clause
# For tests of the command under "$MPIRUN"; read first by each of them. $sunzi
# runs it on $ranks processes, or alone where $ranks is 0; $alone is the command
# itself. limit: the seconds that it may take.
# shellcheck shell=sh
. "$(dirname "$0")/launcher.sh"
. "${srcdir:-.}/tests/tools/lib.sh"
alone=$sunzi
ranks=0
sunzi=$folder/command
cat >command <<END
#!/bin/sh
if [ "\$ranks" -eq 0 ]; then
    exec timeout ${limit:-300} '$alone' "\$@"
fi
exec timeout ${limit:-300} '$MPIRUN' -n "\$ranks" '$alone' "\$@"
END
chmod +x command
export ranks
