/* SPDX-License-Identifier: BSD-3-Clause */
/* What the doubles of drivers share: faults that are asked for, and counts of
 * what is held. Each double is a shared library with its own copy.
 *
 * Faults: DOUBLE_FAULT=POINT=K,... in the environment, or double_fault at run
 * time: the K-th call at POINT from then on fails; POINT alone: each call does.
 * At the end of the process one line goes to the file DOUBLE_REPORT (appended),
 * or, if something is held, to the standard error. */
#ifndef SUNZI_TESTS_ENGINES_DOUBLE_FAULTS_H
#define SUNZI_TESTS_ENGINES_DOUBLE_FAULTS_H

#include <stdbool.h>
#include <stddef.h>

#define EXPORT __attribute__((visibility("default")))

/* Replace all faults, forget that a device is lost, count calls from 0. */
EXPORT void double_fault(const char *faults);
/* Calls at a point since then. */
EXPORT long double_calls(const char *point);
/* Objects that are held now; their counts in text. */
EXPORT long double_held(char *text, size_t bytes);

/* Count a call at a point: does it fail? Thread-safe. */
bool fault_at(const char *point);
/* The number in POINT=K, 0: it is not asked for. */
size_t fault_number(const char *point);

typedef enum held {
    ALLOCATIONS,
    MODULES,
    KERNELS,
    QUEUES,
    CONTEXTS,
    EVENTS,
    KINDS
} held;
void hold(held kind, int change);

/* Set by a double where a device is gone; double_fault clears it. */
extern bool double_lost;
/* Something that no caller may do: a sentence, and the report counts it. */
void misuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
