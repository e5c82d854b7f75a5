/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/engines/double/faults.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS = 32 };

typedef struct point {
    char name[24];
    long calls, at; /* at: the call that fails, 0: none, -1: each */
} point;

bool double_lost;

static point points[POINTS];
static long counts[KINDS], misuses;
static bool ready;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static point *find(const char *name, size_t length)
{
    int p = 0;
    while (p < POINTS - 1 && points[p].name[0] &&
           (strlen(points[p].name) != length ||
            strncmp(points[p].name, name, length) != 0))
        p++;
    if (!points[p].name[0])
        snprintf(points[p].name, sizeof points[p].name, "%.*s", (int)length,
                 name);
    return &points[p];
}

static void parse(const char *faults)
{
    memset(points, 0, sizeof points);
    ready = true;
    while (faults && *faults) {
        const size_t all = strcspn(faults, ","), name = strcspn(faults, ",=");
        find(faults, name)->at =
            name < all ? strtol(faults + name + 1, NULL, 10) : -1;
        faults += all + (faults[all] == ',');
    }
}

static point *locked(const char *name)
{
    pthread_mutex_lock(&lock);
    if (!ready)
        parse(getenv("DOUBLE_FAULT"));
    return find(name, strlen(name));
}

void double_fault(const char *faults)
{
    pthread_mutex_lock(&lock);
    parse(faults);
    double_lost = false;
    pthread_mutex_unlock(&lock);
}

bool fault_at(const char *name)
{
    point *p = locked(name);
    p->calls++;
    const bool fails = p->at < 0 || p->at == p->calls;
    pthread_mutex_unlock(&lock);
    return fails;
}

size_t fault_number(const char *name)
{
    const long at = locked(name)->at;
    pthread_mutex_unlock(&lock);
    return at > 0 ? (size_t)at : 0;
}

long double_calls(const char *name)
{
    const long calls = locked(name)->calls;
    pthread_mutex_unlock(&lock);
    return calls;
}

void hold(held kind, int change)
{
    pthread_mutex_lock(&lock);
    counts[kind] += change;
    pthread_mutex_unlock(&lock);
}

long double_held(char *text, size_t bytes)
{
    pthread_mutex_lock(&lock);
    const long *c = counts;
    snprintf(text, bytes,
             "%ld allocations, %ld programs, %ld kernels, %ld queues, %ld "
             "contexts, %ld events, %ld misuses",
             c[ALLOCATIONS], c[MODULES], c[KERNELS], c[QUEUES], c[CONTEXTS],
             c[EVENTS], misuses);
    long sum = misuses;
    for (int k = 0; k < KINDS; k++)
        sum += labs(c[k]);
    pthread_mutex_unlock(&lock);
    return sum;
}

void misuse(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fputs("double: ", stderr);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
    va_end(list);
    misuses++;
}

__attribute__((destructor)) static void report(void)
{
    char text[200];
    const char *path = getenv("DOUBLE_REPORT");
    const long sum = double_held(text, sizeof text);
    FILE *file = path ? fopen(path, "a") : sum ? stderr : NULL;
    if (!file)
        return;
    fprintf(file, "held: %s; launches: %ld\n", text, double_calls("launch"));
    if (file != stderr)
        fclose(file);
}
