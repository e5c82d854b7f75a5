/* SPDX-License-Identifier: BSD-3-Clause */
#include "core/nearest.h"

#include <stddef.h>
#include <string.h>

#include "core/integer.h"

enum { LONGEST_NAME = 40 };

/* Levenshtein distance; words longer than LONGEST_NAME are far from all. */
static int distance(const char *a, const char *b)
{
    int row[LONGEST_NAME + 1];
    const size_t length_a = strlen(a), length_b = strlen(b);
    if (length_a > LONGEST_NAME || length_b > LONGEST_NAME)
        return LONGEST_NAME;
    for (size_t j = 0; j <= length_b; j++)
        row[j] = (int)j;
    for (size_t i = 1; i <= length_a; i++) {
        int diagonal = row[0];
        row[0] = (int)i;
        for (size_t j = 1; j <= length_b; j++) {
            const int above = row[j];
            row[j] = sunzi_min32(sunzi_min32(above, row[j - 1]) + 1,
                                 diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[length_b];
}

const char *sunzi_nearest_name(const char *word, const char *const *names,
                               int count)
{
    const char *nearest = NULL;
    int least_distance = LONGEST_NAME;
    for (int i = 0; i < count; i++) {
        const int d = distance(word, names[i]);
        if (d < least_distance) {
            least_distance = d;
            nearest = names[i];
        }
    }
    const int letters = (int)strlen(word);
    const int allowed = letters < 4 ? 1 : letters < 8 ? 2 : 3;
    return least_distance <= allowed ? nearest : NULL;
}
