/* SPDX-License-Identifier: BSD-3-Clause */
/* What `sunzi compare` shows. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tools/command.h"
#include "tools/compare.h"

enum { CELL = 24, SHAPE = 200 };

const char *sunzi_verdict_name(sunzi_verdict verdict)
{
    static const char *const names[] = {[SUNZI_SAME] = "equal",
                                        [SUNZI_WITHIN] = "within",
                                        [SUNZI_DIFFERENT] = "different",
                                        [SUNZI_NOT_COMPARED] = "not compared"};
    return names[verdict];
}

const sunzi_dataset *sunzi_difference_dataset(const sunzi_difference *one)
{
    return one->a ? one->a : one->b;
}

static const char *cell(double value, char *text)
{
    snprintf(text, CELL, value == 0.0 ? "0" : "%.2e", value);
    return text;
}

/* Integers as they are, if they are short. */
static const char *largest_cell(const sunzi_difference *one, char *text)
{
    if (!one->exact.integers || one->exact.largest >= 100000000)
        return cell(one->largest, text);
    snprintf(text, CELL, "%" PRIu64, one->exact.largest);
    return text;
}

static const char *number(const sunzi_difference *one, bool of_b, char *text)
{
    const sunzi_exact_difference *exact = &one->exact;
    const uint64_t bits = of_b ? exact->first_b : exact->first_a;
    if (!exact->integers)
        snprintf(text, CELL, "%.17g", of_b ? one->first_b : one->first_a);
    else if (exact->is_signed)
        snprintf(text, CELL, "%" PRId64, (int64_t)bits);
    else
        snprintf(text, CELL, "%" PRIu64, bits);
    return text;
}

/* "3 x 4", or "(1, 2)" with other marks. */
static const char *list(const int64_t *numbers, int count, const char *between,
                        char *text)
{
    int used = 0;
    text[0] = '\0';
    for (int d = 0; d < count && used < SHAPE; d++)
        used += snprintf(text + used, (size_t)(SHAPE - used), "%s%" PRId64,
                         d ? between : "", numbers[d]);
    return text;
}

static const char *shape(const sunzi_dataset *dataset, char *text)
{
    if (dataset->dims == 0)
        snprintf(text, SHAPE, "1");
    else
        list(dataset->size, dataset->dims, "x", text);
    return text;
}

static void print_row(const sunzi_difference *one)
{
    char text[SHAPE], largest[CELL], relative[CELL], l2[CELL];
    const sunzi_dataset *dataset = sunzi_difference_dataset(one);
    printf("%-28s %-6s %-12s ", dataset->path, dataset->type,
           shape(dataset, text));
    if (one->compared)
        printf("%8s %8s %8s %9" PRId64 "  %s\n", largest_cell(one, largest),
               cell(one->relative, relative), cell(one->l2_relative, l2),
               one->differing, sunzi_verdict_name(one->verdict));
    else
        printf("%8s %8s %8s %9s  %s\n", "-", "-", "-", "-",
               sunzi_verdict_name(one->verdict));
}

static void print_numbers(const sunzi_difference *one)
{
    char text[SHAPE], a[CELL], b[CELL];
    int64_t index[SUNZI_DATASET_DIMS];
    if (one->first >= 0) {
        sunzi_dataset_index(one->a, one->first, index);
        printf("    first at (%s): %s and %s\n",
               list(index, one->a->dims, ", ", text), number(one, false, a),
               number(one, true, b));
    }
    if (one->exact.integers && one->exact.largest >= 100000000)
        printf("    largest difference: %" PRIu64 "\n", one->exact.largest);
    if (one->special > 0)
        printf("    %" PRId64 " times NaN or an infinity against something "
               "else\n",
               one->special);
    if (one->nan_equal > 0)
        printf("    %" PRId64 " times NaN in both\n", one->nan_equal);
    if (one->other_bits > 0)
        printf("    %" PRId64 " times equal numbers of other bits (-0 and 0, "
               "two NaN)\n",
               one->other_bits);
}

static void print_details(const sunzi_difference *one)
{
    char a[SHAPE], b[SHAPE];
    if (one->reason)
        printf("    %s", one->reason);
    if (one->reason && one->a && one->b && one->a->kind == one->b->kind &&
        one->verdict == SUNZI_DIFFERENT)
        printf(": %s and %s", shape(one->a, a), shape(one->b, b));
    if (one->reason)
        putchar('\n');
    if (one->a && one->b && strcmp(one->a->type, one->b->type) != 0)
        printf("    the types differ: %s and %s\n", one->a->type, one->b->type);
    if (one->units_differ)
        printf("    the units differ: '%s' and '%s'\n", one->units_a,
               one->units_b);
    if (one->compared)
        print_numbers(one);
}

static void print_place(const sunzi_place_difference *place)
{
    printf("attribute %s of '%s':", place->name, place->object);
    for (int side = 0; side < 2; side++) {
        const int count = side ? place->count_b : place->count_a;
        printf("%s", side ? " and" : "");
        for (int i = 0; i < count && i < 9; i++)
            printf(" %.17g", side ? place->b[i] : place->a[i]);
        if (count == 0)
            printf(" (none)");
    }
    putchar('\n');
}

void sunzi_print_differences(const sunzi_comparing *asked,
                             const sunzi_differences *found)
{
    printf("a  %s\nb  %s\n\n", asked->path_a, asked->path_b);
    printf("%-28s %-6s %-12s %8s %8s %8s %9s\n", "dataset", "type", "shape",
           "max|a-b|", "/ max|a|", "L2 rel.", "differing");
    for (int i = 0; i < 96; i++)
        putchar('-');
    putchar('\n');
    for (int i = 0; i < found->count; i++) {
        print_row(&found->list[i]);
        print_details(&found->list[i]);
    }
    for (int i = 0; i < found->places; i++)
        print_place(&found->place[i]);
    if (found->not_compared > 0)
        printf("\n%d without numbers, not compared\n", found->not_compared);
    const int different = found->different + found->places;
    if (different == 0)
        printf("\nVerdict: equal%s\n", asked->rtol > 0.0 || asked->atol > 0.0
                                           ? " within the tolerances"
                                           : "");
    else
        printf("\nVerdict: different, in %d of %d datasets%s\n",
               found->different, found->count,
               found->places ? " and in the place or time of the fields" : "");
}
