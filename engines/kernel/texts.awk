# SPDX-License-Identifier: BSD-3-Clause
# Files as C strings: the table sunzi_kernel_sources. Input: the files, from the
# root; -v root=DIR is taken off their names.
function quoted(line) {
    gsub(/\\/, "&&", line)
    gsub(/"/, "\\\"", line)
    return "    \"" line "\\n\""
}
BEGIN {
    print "/* Made by engines/kernel/texts.awk. */"
    print "#include \"engines/kernel/text.h\"\n"
    print "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n"
    print "const sunzi_kernel_source sunzi_kernel_sources[] = {"
}
FNR == 1 {
    if (NR > 1)
        print "    },"
    name = FILENAME
    if (index(name, root "/") == 1)
        name = substr(name, length(root) + 2)
    print "    {\"" name "\","
}
{ print quoted($0) }
END { print "    },\n    {0, 0},\n};" }
