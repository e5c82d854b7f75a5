# SPDX-License-Identifier: BSD-3-Clause
# The texts of the kernels as C strings. Input: engines/kernel/all.h; -v
# source=DIR: the root. In each file that it includes, every literal #include
# "path" is replaced by that file, with #line so that a compiler's complaint names
# the file; the host's part is left out. A file with a guard is there once, unless
# its first place may not be compiled: inside an #if (guards do the rest on the
# device).
function quoted(line) {
    gsub(/\\/, "&&", line)
    gsub(/"/, "\\\"", line)
    return "    \"" line "\\n\"\n"
}
function paste(path, depth,    file, line, number, inner, level, guarded) {
    file = source "/" path
    if (depth > 20) {
        print "texts.awk: " path " includes itself" > "/dev/stderr"
        exit 1
    }
    printf "%s", quoted("#line 1 \"" path "\"")
    number = level = guarded = 0
    while ((got = (getline line < file)) > 0) {
        number++
        if (line ~ /^ *# *if/) {
            if (++level == 1 && line ~ /^#ifndef SUNZI_/) {
                guarded = 1
                if (!conditions)
                    done[path] = 1
            } else
                conditions++
        } else if (line ~ /^ *# *endif/ && !(level-- == 1 && guarded))
            conditions--
        if (match(line, /^ *# *include *"[^"]*"/) && line !~ /on_host[.]h/) {
            inner = line
            sub(/^[^"]*"/, "", inner)
            sub(/".*$/, "", inner)
            if (inner in done)
                continue
            # the same file may be open further up: awk has one reader a name
            close(file)
            paste(inner, depth + 1)
            printf "%s", quoted("#line " number + 1 " \"" path "\"")
            for (i = 0; i < number; i++)
                getline line < file
            continue
        }
        if (line !~ /^ *# *include/)
            printf "%s", quoted(line)
    }
    if (got < 0) {
        print "texts.awk: cannot read " file > "/dev/stderr"
        exit 1
    }
    close(file)
}
BEGIN {
    print "/* Made by engines/kernel/texts.awk. */"
    print "#include \"engines/device.h\"\n"
    print "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n"
    print "const sunzi_kernel_text sunzi_kernel_texts[] = {"
}
/^#include "/ {
    path = $2
    gsub(/"/, "", path)
    print "    {\"" path "\","
    split("", done)
    conditions = 0
    paste(path, 0)
    print "    },"
}
END { print "    {NULL, NULL},\n};" }
