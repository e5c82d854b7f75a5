/* SPDX-License-Identifier: BSD-3-Clause */
/** \file
 * The context: which engine works, with how many threads, under which promise,
 * and the workspace that is kept between calls.
 *
 * Every computing function takes a context first; NULL means a process-wide
 * default that is made at its first use from the environment:
 *   SUNZI_ENGINE        engine name (see sunzi_engine_name), default "auto"
 *   SUNZI_REPRODUCIBLE  1: see sunzi_context_options.reproducible
 *   SUNZI_DEVICE        number of the device of an engine that has devices;
 *                       default: the node's devices in turn for the processes
 *                       that mpirun or srun started there, else 0
 *   SUNZI_DEVICE_FP64   0: as if the device had no FP64
 *   SUNZI_DEVICE_BLAS   0: as if it had no library of matrix products
 * An invalid value there is an error of every call, never ignored.
 *
 * A context may be used by several threads at the same time; its settings may
 * not be changed while another thread computes with it.
 */
#ifndef SUNZI_CONTEXT_H
#define SUNZI_CONTEXT_H

#include <stddef.h>
#include <stdint.h>
#include <sunzi/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sunzi_context sunzi_context;

/** Severity of a log line. */
typedef enum sunzi_log_level {
    SUNZI_LOG_DECISION = 1, /**< a choice: rung, moduli, fallback */
    SUNZI_LOG_PHASE = 2     /**< start and end of a phase, with seconds */
} sunzi_log_level;

/** Receives one line without a newline; may be called from any thread that
 * calls the library, never from two at once for one context. */
typedef void sunzi_log_fn(void *user, sunzi_log_level level, const char *line);

/** Receives progress of long work: done of total, in the unit that phase
 * names. Called at most about ten times a second. */
typedef void sunzi_progress_fn(void *user, const char *phase, double done,
                               double total);

typedef struct sunzi_context_options {
    /** Engine name; NULL: SUNZI_ENGINE, else the best available one. */
    const char *engine;
    /** OpenMP threads of each call; 0: what OpenMP gives to the caller. */
    int threads;
    /** Nonzero: same bits on every engine and for any number of threads. The
     * emulated product is then used at every size, and no step is left to a
     * BLAS or LAPACK whose bits depend on threads. (Solves with bf16 or fp16
     * factors, which are never the first choice: for any number of threads of
     * one engine only.) */
    int reproducible;
    /** Upper bound of the workspace of one product, in bytes; 0: none. A
     * product that would need more works on blocks of columns. */
    size_t workspace_limit_bytes;
    sunzi_log_fn *log; /**< NULL: silent */
    void *log_user;
    sunzi_progress_fn *progress; /**< NULL: silent */
    void *progress_user;
} sunzi_context_options;

/** Set every field to its default. NULL: nothing is done. */
SUNZI_API void sunzi_context_options_init(sunzi_context_options *options);

/** Make a context. options may be NULL. *context is written on success only.
 * SUNZI_ERR_ARG (unknown engine name, negative threads), SUNZI_ERR_ENGINE (the
 * engine is known but cannot be used here: the message says why),
 * SUNZI_ERR_DEVICE (its device could not be opened), SUNZI_ERR_NOMEM. */
SUNZI_API sunzi_status sunzi_context_create(
    const sunzi_context_options *options, sunzi_context **context);

/** Free a context and its workspace and set *context to NULL. NULL and a
 * pointer to NULL are allowed. */
SUNZI_API void sunzi_context_destroy(sunzi_context **context);

/** Give the kept workspace back to the system. NULL: the default context. */
SUNZI_API void sunzi_context_trim(sunzi_context *context);

/** Name of the engine that the context works with, e.g. "avx512"; NULL if the
 * default context could not be made (see sunzi_last_message). */
SUNZI_API const char *sunzi_context_engine(sunzi_context *context);

/** What the device of a context is and has done since the context was made. */
typedef struct sunzi_device_use {
    char name[160];
    int64_t number;                 /**< as SUNZI_DEVICE counts */
    int64_t launches;               /**< of kernels */
    int64_t copies_to, copies_from; /**< to the device, to the host */
    int64_t bytes_to, bytes_from;   /**< of those copies */
    int64_t bytes_now, bytes_most;  /**< of its memory taken */
} sunzi_device_use;

/** 1, and the use of the context's device; 0 if it has none (a CPU engine), or
 * the default context could not be made. NULL: the default context. */
SUNZI_API int sunzi_context_device(sunzi_context *context,
                                   sunzi_device_use *use);

/** Rates of a device, measured: bytes/s of copies of 64 MiB to it and from it,
 * bytes/s of its memory under z = x + a y in FP32, FP32 operations/s of chains
 * of fused multiply-adds, INT8 operations/s (two a product) of the kernel of
 * emulated products, reduction included. */
typedef struct sunzi_device_rates {
    double to_bytes, from_bytes, memory_bytes, fp32_flops, int8_ops;
} sunzi_device_rates;

/** Measure them; takes 192 MiB there and about a second on a GPU.
 * SUNZI_ERR_UNSUPPORTED (the engine has no device), SUNZI_ERR_NOMEM,
 * SUNZI_ERR_DEVICE. NULL: the default context. */
SUNZI_API sunzi_status sunzi_context_measure_device(sunzi_context *context,
                                                    sunzi_device_rates *rates);

/** What the numbers of the driver (units, clocks, width of the bus) promise of
 * the context's device: bytes/s of its memory and FP32 operations/s outside of
 * matrix units; 0: the driver does not tell. 1; 0: there is no device. */
SUNZI_API int sunzi_context_device_limits(sunzi_context *context,
                                          double *memory_bytes,
                                          double *fp32_flops);

/** Matrix products of a device's own, by its vendor's library: the format of
 * both operands. INT8 to int32; FP16, BF16, TF32 (FP32 numbers, of which 11
 * bits are multiplied) and FP32 to FP32; FP64 to FP64. */
typedef enum sunzi_unit {
    SUNZI_UNIT_INT8 = 0,
    SUNZI_UNIT_FP16 = 1,
    SUNZI_UNIT_BF16 = 2,
    SUNZI_UNIT_TF32 = 3,
    SUNZI_UNIT_FP32 = 4,
    SUNZI_UNIT_FP64 = 5
} sunzi_unit;
enum { SUNZI_UNIT_COUNT = 6 };

/** "INT8", ...; NULL: there is no such unit. */
SUNZI_API const char *sunzi_unit_name(sunzi_unit unit);

/** 1 if the context's device has these products, which a small one shows; then
 * text is the name of the library, and *rate (unless NULL) operations/s, two a
 * multiply-add, of a square product, measured at the first call (some
 * milliseconds and up to an eighth of the free memory on a GPU; 0: it could not
 * be measured). 0: absent, *rate is 0 and text a sentence that says why.
 * text[0..bytes) is always terminated; 300 bytes suffice. SUNZI_DEVICE_BLAS=0
 * treats any device as one without. NULL: the default context. */
SUNZI_API int sunzi_context_unit(sunzi_context *context, sunzi_unit unit,
                                 char *text, size_t bytes, double *rate);

/** Workspace held by the context now, in bytes. */
SUNZI_API size_t sunzi_context_workspace_bytes(sunzi_context *context);

/** The engines this library knows, best first: index 0 .. count - 1. */
SUNZI_API int sunzi_engine_count(void);

/** Name of engine `index`, NULL if there is no such index. */
SUNZI_API const char *sunzi_engine_name(int index);

/** What engine `index` is, in one line; NULL if there is no such index. */
SUNZI_API const char *sunzi_engine_summary(int index);

/** 1 if engine `index` can be used here; else 0, with a sentence that says why
 * not in why[0..why_bytes), which is always terminated. */
SUNZI_API int sunzi_engine_available(int index, char *why, size_t why_bytes);

/** Which engine's code serves each kernel of engine `index` (an engine inherits
 * what it has not got from a simpler one): "avx512: measure convert; portable:
 * ..." in text[0..bytes), which is always terminated; 600 bytes suffice.
 * Returns the number of kernels, 0 if there is no such engine. */
SUNZI_API int sunzi_engine_kernels(int index, char *text, size_t bytes);

/** What device `number` = 0, 1, ... of engine `index` is, one line in
 * text[0..bytes), always terminated: name, driver, memory, FP64 or none, and
 * why it cannot be used, if it cannot.
 * Returns 1; 0 if the engine has no such device, or is none of a device.
 * SUNZI_DEVICE chooses one; SUNZI_DEVICE_FP64=0 treats it as one without FP64.
 */
SUNZI_API int sunzi_engine_device(int index, int number, char *text,
                                  size_t bytes);

/** "1.2.3". */
SUNZI_API const char *sunzi_version(void);

/** BLAS in use and its threading, one line. */
SUNZI_API const char *sunzi_blas_description(void);

#ifdef __cplusplus
}
#endif
#endif
