/* SPDX-License-Identifier: BSD-3-Clause */
/* Parts of `sunzi compare`. */
#ifndef SUNZI_TOOLS_COMPARE_H
#define SUNZI_TOOLS_COMPARE_H

#include <stdbool.h>
#include <stdint.h>

#include "io/hdf5/datasets.h"

#define SUNZI_COMPARE_COMMAND "sunzi compare"

typedef enum sunzi_verdict {
    SUNZI_SAME,   /* every entry is equal */
    SUNZI_WITHIN, /* not, but within the tolerances */
    SUNZI_DIFFERENT,
    SUNZI_NOT_COMPARED /* no numbers */
} sunzi_verdict;

typedef struct sunzi_comparing {
    sunzi_datasets *a, *b;
    const char *path_a, *path_b;
    double rtol, atol;
    const char *field; /* path or last part of it; NULL: all */
    const char *report_path;
    bool quiet;
} sunzi_comparing;

/* What a double does not hold, where the numbers of both datasets are integers.
 */
typedef struct sunzi_exact_difference {
    bool integers;               /* else nothing of this is set */
    bool is_signed;              /* first_a and first_b: of int64_t */
    uint64_t first_a, first_b;   /* their bits */
    uint64_t largest, largest_a; /* |a - b|, |a| */
} sunzi_exact_difference;

/* One dataset. Norms are over the entries that are finite in both files. */
typedef struct sunzi_difference {
    const sunzi_dataset *a, *b; /* NULL: missing in that file */
    sunzi_verdict verdict;
    const char *reason; /* why different without looking at numbers; NULL */
    bool compared;      /* the figures below are set */
    int64_t differing;  /* entries that are not equal */
    int64_t first;      /* the first of them; -1: none */
    double first_a, first_b;
    int64_t special;    /* NaN or an infinity against something else */
    int64_t nan_equal;  /* NaN in both */
    int64_t other_bits; /* equal, but of other bits: -0 and 0, two NaN */
    double largest;     /* |a - b| */
    double largest_a;   /* |a| */
    double relative;    /* largest / largest_a; 0 / 0 is 0 */
    double l2_relative; /* ||a - b|| / ||a|| */
    sunzi_exact_difference exact;
    char units_a[80], units_b[80];
    bool units_differ;
} sunzi_difference;

/* An attribute of numbers that says where or when the fields are. */
typedef struct sunzi_place_difference {
    const char *object, *name;
    int count_a, count_b; /* 0: missing */
    double a[9], b[9];
} sunzi_place_difference;

enum { SUNZI_PLACES = 6 };

typedef struct sunzi_differences {
    sunzi_difference *list;
    int count, different, not_compared;
    sunzi_place_difference place[SUNZI_PLACES];
    int places;
} sunzi_differences;

/* Fill `one` for datasets of the same path; a or b may be NULL. */
sunzi_status sunzi_compare_dataset(const sunzi_comparing *asked,
                                   const sunzi_dataset *a,
                                   const sunzi_dataset *b,
                                   sunzi_difference *one);

const char *sunzi_verdict_name(sunzi_verdict verdict);
const sunzi_dataset *sunzi_difference_dataset(const sunzi_difference *one);
void sunzi_print_differences(const sunzi_comparing *asked,
                             const sunzi_differences *found);
/* 0, or the exit code after a message. */
int sunzi_report_differences(const sunzi_comparing *asked,
                             const sunzi_differences *found, int exit_code);

#endif
