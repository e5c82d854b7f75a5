/* SPDX-License-Identifier: BSD-3-Clause */
/** \file
 * Status codes and messages.
 *
 * Every function that can fail returns a sunzi_status:
 *   zero      the work was done as asked;
 *   positive  the work was done and the result is usable, but less was
 *             reached than asked for: the code says what;
 *   negative  nothing was done: outputs are untouched, handles stay valid.
 * For every status but SUNZI_OK a sentence (what, got, allowed, remedy) is
 * kept for the calling thread; sunzi_last_message() returns it. The library
 * prints nothing and never ends the process.
 */
#ifndef SUNZI_STATUS_H
#define SUNZI_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

#ifndef SUNZI_API
#if defined(__GNUC__)
#define SUNZI_API __attribute__((visibility("default")))
#else
#define SUNZI_API
#endif
#endif

/** X(name, value, text): the one list of codes. */
#define SUNZI_STATUS_LIST(X)                                                   \
    X(OK, 0, "done as asked")                                                  \
    X(REACHED_ACCURATE, 1, "solved; grade accurate, a higher one was asked")   \
    X(REACHED_BACKWARD, 2, "solved; grade backward, a higher one was asked")   \
    X(REACHED_NONE, 3, "a solution was found, but no grade was reached")       \
    X(ERR_ARG, -1, "an argument has a value that is not allowed")              \
    X(ERR_NOMEM, -2, "memory could not be allocated")                          \
    X(ERR_NONFINITE, -3, "NaN or infinity in the input of a solver")           \
    X(ERR_SINGULAR, -4, "the matrix is singular to working precision")         \
    X(ERR_NOT_POSITIVE_DEFINITE, -5, "the matrix is not positive definite")    \
    X(ERR_OVERFLOW, -6, "the result is beyond the range of FP64")              \
    X(ERR_ENGINE, -7, "the engine asked for cannot be used")                   \
    X(ERR_UNSUPPORTED, -8, "not available on this machine")                    \
    X(ERR_FILE, -9, "a file could not be opened, read or written")             \
    X(ERR_FORMAT, -10, "a file does not follow its format")                    \
    X(ERR_INTERNAL, -11, "an internal invariant is broken; please report it")  \
    X(ERR_MPI, -12, "MPI reported an error")                                   \
    X(ERR_DEVICE, -13, "a device or its compiler reported an error")           \
    X(ERR_BLOW_UP, -14, "a simulation left the range of its model")

typedef enum sunzi_status {
#define SUNZI_STATUS_ENUM(name, value, text) SUNZI_##name = value,
    SUNZI_STATUS_LIST(SUNZI_STATUS_ENUM)
#undef SUNZI_STATUS_ENUM
} sunzi_status;

/** The name of a code, "SUNZI_ERR_ARG"; "unknown status" for any other value.
 */
SUNZI_API const char *sunzi_status_name(sunzi_status status);

/** What a code means, in a few words. Never NULL. */
SUNZI_API const char *sunzi_status_text(sunzi_status status);

/** The sentence that belongs to the last status other than SUNZI_OK that a
 * Sunzi function returned to this thread; "" if there was none. The text is
 * overwritten by the next such status on the same thread. */
SUNZI_API const char *sunzi_last_message(void);

#ifdef __cplusplus
}
#endif
#endif
