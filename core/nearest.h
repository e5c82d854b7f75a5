/* SPDX-License-Identifier: BSD-3-Clause */
/* What a mistyped name was meant to be. */
#ifndef SUNZI_CORE_NEAREST_H
#define SUNZI_CORE_NEAREST_H

/* The name closest to `word` by the number of letters to change, NULL if none
 * is near. */
const char *sunzi_nearest_name(const char *word, const char *const *names,
                               int count);

#endif
