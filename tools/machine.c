/* SPDX-License-Identifier: BSD-3-Clause */
/* Linux tells of the machine in /proc and /sys; elsewhere little is known. */
#define _DEFAULT_SOURCE
#include "tools/machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <sunzi/context.h>

/* The number after `key` in a file of lines "key   number ..."; -1: none. With
 * an empty key the number that the file begins with. */
static double number_in_file(const char *path, const char *key)
{
    char line[256];
    double number = -1.0;
    FILE *file = fopen(path, "r");
    if (!file)
        return number;
    const size_t length = strlen(key);
    while (number < 0.0 && fgets(line, sizeof line, file)) {
        char *end;
        if (strncmp(line, key, length) != 0)
            continue;
        const double found = strtod(line + length, &end);
        if (end != line + length)
            number = found;
    }
    fclose(file);
    return number;
}

static double smaller(double known, double found)
{
    return found >= 0.0 && (known == 0.0 || found < known) ? found : known;
}

double sunzi_machine_free_bytes(void)
{
    struct rlimit limit;
    const double available =
        1024.0 * number_in_file("/proc/meminfo", "MemAvailable:");
    double bytes = smaller(0.0, available);
    /* control group, versions 2 and 1 */
    static const char *const group[][2] = {
        {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"},
        {"/sys/fs/cgroup/memory/memory.limit_in_bytes",
         "/sys/fs/cgroup/memory/memory.usage_in_bytes"}};
    for (int i = 0; i < 2; i++) {
        const double most = number_in_file(group[i][0], "");
        const double used = number_in_file(group[i][1], "");
        if (most >= 0.0 && used >= 0.0)
            bytes = smaller(bytes, most > used ? most - used : 0.0);
    }
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
        const double used =
            1024.0 * number_in_file("/proc/self/status", "VmSize:");
        const double most = (double)limit.rlim_cur;
        bytes = smaller(bytes, most > used ? most - used : 0.0);
    }
    return bytes;
}

/* What follows the colon of the first line of /proc/cpuinfo that begins with
 * `key`, without the line break; "" if there is none. */
static void cpuinfo(const char *key, char *text, size_t bytes)
{
    static char line[16384];
    FILE *file = fopen("/proc/cpuinfo", "r");
    text[0] = '\0';
    if (!file)
        return;
    while (!text[0] && fgets(line, sizeof line, file)) {
        const char *colon = strchr(line, ':');
        if (!colon || strncmp(line, key, strlen(key)) != 0)
            continue;
        line[strcspn(line, "\n")] = '\0';
        snprintf(text, bytes, "%s", colon[1] == ' ' ? colon + 2 : colon + 1);
    }
    fclose(file);
}

void sunzi_machine_cpu(char *text, size_t bytes)
{
    cpuinfo("model name", text, bytes);
    if (!text[0])
        snprintf(text, bytes, "unknown");
}

void sunzi_machine_instruction_sets(char *text, size_t bytes)
{
    static const char *const sets[] = {
        "sse2",        "avx",         "avx2",        "fma",      "f16c",
        "avx_vnni",    "avx512f",     "avx512bw",    "avx512dq", "avx512vl",
        "avx512_vnni", "avx512_bf16", "avx512_fp16", "amx_tile", "amx_int8",
        "amx_bf16",    "amx_fp16",    "asimd",       "asimddp",  "i8mm",
        "bf16",        "sve",         "sve2"};
    static char flags[16384];
    size_t used = 0;
    cpuinfo("flags", flags, sizeof flags);
    if (!flags[0])
        cpuinfo("Features", flags, sizeof flags);
    text[0] = '\0';
    char *rest = flags;
    for (char *word; (word = strsep(&rest, " ")) && used < bytes;)
        for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
            if (strcmp(word, sets[i]) == 0 && used < bytes)
                used += (size_t)snprintf(text + used, bytes - used, "%s%s",
                                         used ? " " : "", word);
    if (!text[0])
        snprintf(text, bytes, "unknown");
}

double sunzi_machine_load(void)
{
    double load;
    return getloadavg(&load, 1) == 1 ? load : -1.0;
}

int sunzi_machine_is_busy(void)
{
    return sunzi_machine_load() > 0.5 + (double)sysconf(_SC_NPROCESSORS_ONLN);
}

const char *sunzi_machine_blas_note(void)
{
    static const char *const narrow[] = {"kernels Prescott", "kernels Nehalem",
                                         "kernels Sandybridge",
                                         "kernels Haswell", "kernels Zen"};
    char sets[400];
    const char *blas = sunzi_blas_description();
    sunzi_machine_instruction_sets(sets, sizeof sets);
    if (!strstr(sets, "avx512f"))
        return NULL;
    for (size_t i = 0; i < sizeof narrow / sizeof narrow[0]; i++)
        if (strstr(blas, narrow[i]))
            return getenv("OPENBLAS_CORETYPE")
                       ? "OPENBLAS_CORETYPE is set and gives OpenBLAS kernels "
                         "without AVX-512; unset it, or LAPACK is slower than "
                         "it can be and the comparison not fair"
                       : "this OpenBLAS does not know the CPU and uses kernels "
                         "without AVX-512; with OPENBLAS_CORETYPE=SkylakeX in "
                         "the environment LAPACK may be faster, and the "
                         "comparison fair";
    return NULL;
}
