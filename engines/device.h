/* SPDX-License-Identifier: BSD-3-Clause */
/* The contract of a device: memory of its own, programs compiled at run time,
 * one queue of work, and one of copies beside it. An implementation is one
 * const table (engines/opencl); all vendors' libraries are opened at run time,
 * so that one binary serves machines with a device and without.
 *
 * Calls of one device are made by one thread at a time (sunzi_device_lock). A
 * call that fails leaves the device usable, or lost: then each later call fails
 * with the same sentence. */
#ifndef SUNZI_ENGINES_DEVICE_H
#define SUNZI_ENGINES_DEVICE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sunzi/context.h>

#include "core/status.h"
#include "engines/kernel/descriptor.h"

struct sunzi_engine_ops;

/* What a device is and has. */
typedef struct sunzi_device_limits {
    char name[160];
    char driver[160];
    bool
        fp64; /* kernels may use double: the device has it, and it is allowed */
    bool dot4; /* a 4-way dot product of bytes in one instruction */
    int units;
    int group_items;    /* work items of a group, at most */
    size_t local_bytes; /* of a group's local memory, at most */
    char lacks[120];    /* why kernels cannot run on it; "": they can */
    size_t memory_bytes, largest_bytes; /* all; of one allocation */
    /* what the driver's numbers promise; 0: it does not tell */
    double memory_rate, fp32_rate; /* bytes/s, FLOP/s */
} sunzi_device_limits;

typedef struct sunzi_device sunzi_device;

/* A number, or a memory of the device. */
typedef struct sunzi_device_argument {
    const void *value; /* of `size` bytes */
    size_t size;
    void *memory; /* if value is NULL */
} sunzi_device_argument;

/* A product of the device's own, by its vendor's library: C := alpha A B + beta
 * C for `count` row-major matrices, A [m][k] and B [k][n], or as a_transposed
 * and b_transposed say [k][m] and [n][k]. INT8: int8 to int32, exact below
 * 2^31; FP16, BF16, TF32 and FP32: to FP32, summed in FP32 in an order of the
 * library's; FP64: to FP64. */
typedef struct sunzi_device_matrix {
    void *memory;
    int64_t first;  /* element */
    int64_t ld;     /* elements from a row to the next */
    int64_t stride; /* from a matrix to the next */
} sunzi_device_matrix;

typedef struct sunzi_device_product {
    sunzi_unit unit;
    bool a_transposed, b_transposed;
    int m, n, k, count;
    double alpha, beta;
    sunzi_device_matrix a, b, c;
} sunzi_device_product;

/* Tables without it: the device has no such library. */
typedef struct sunzi_device_blas {
    const char *worker; /* the engine and the library, for reports */
    const char *name;   /* of the library */
    /* 1: the library is there; 0: not, with a sentence in why. No device is
     * opened. */
    int (*available)(char *why, size_t why_bytes);
    /* 1: the library offers the unit on this device; 0 with a sentence. */
    int (*has)(sunzi_device *device, sunzi_unit unit, char *why,
               size_t why_bytes);
    /* In the order of the queue. SUNZI_ERR_UNSUPPORTED: not in this shape;
     * SUNZI_ERR_DEVICE. */
    sunzi_status (*multiply)(sunzi_device *device,
                             const sunzi_device_product *product);
} sunzi_device_blas;

typedef enum sunzi_queue { SUNZI_QUEUE_WORK, SUNZI_QUEUE_COPIES } sunzi_queue;

/* Copies beside the work (engines/copies.h): a queue of their own, which the
 * first pinned memory opens, and memory of the host that the device reaches by
 * itself. What one queue is given is done in its order; the queues know of each
 * other by marks only. */
typedef struct sunzi_device_copying {
    /* SUNZI_ERR_NOMEM: there is no such memory now. handle: for unpin. */
    sunzi_status (*pin)(sunzi_device *device, size_t bytes, void **host,
                        void **handle);
    void (*unpin)(sunzi_device *device, void *host, void *handle);
    /* All that the queue was given so far is done: what is given to a queue
     * that follows the mark waits for that, await makes the host wait. */
    sunzi_status (*mark)(sunzi_device *device, sunzi_queue queue, void **mark);
    sunzi_status (*follow)(sunzi_device *device, sunzi_queue queue, void *mark);
    sunzi_status (*await)(sunzi_device *device, void *mark);
    void (*unmark)(sunzi_device *device, void *mark);
} sunzi_device_copying;

typedef struct sunzi_device_ops {
    const sunzi_device_blas *blas; /* NULL: none */
    /* NULL: all copies are made in the order of the work */
    const sunzi_device_copying *copying;
    /* 1: usable here; 0: not, with a sentence in why */
    int (*available)(char *why, size_t why_bytes);
    /* 1, and what device `index` is; 0: there is none. */
    int (*describe)(int index, sunzi_device_limits *limits);
    /* Open device `index` of those there are; fills device->limits. allow_fp64
     * false: as if it had no FP64. SUNZI_ERR_ENGINE, SUNZI_ERR_ARG (no such
     * index), SUNZI_ERR_DEVICE. */
    sunzi_status (*open)(int index, bool allow_fp64, sunzi_device *device);
    void (*close)(sunzi_device *device);
    /* SUNZI_ERR_NOMEM with the size that is missing. bytes > 0. */
    sunzi_status (*allocate)(sunzi_device *device, size_t bytes, void **memory);
    void (*release)(sunzi_device *device, void *memory);
    /* From byte `at` of the memory on, in the order of the queue. That of work:
     * `from` may be reused on return, a download is complete. That of copies:
     * of pinned bytes; begun, and not done, on return. */
    sunzi_status (*upload)(sunzi_device *device, sunzi_queue queue,
                           void *memory, size_t at, const void *from,
                           size_t bytes);
    sunzi_status (*download)(sunzi_device *device, sunzi_queue queue,
                             void *memory, size_t at, void *to, size_t bytes);
    /* Compile the text of a file of kernels, or take its binary from the cache.
     * SUNZI_ERR_DEVICE with the compiler's first complaint. */
    sunzi_status (*compile)(sunzi_device *device, const char *file,
                            const char *text, void **program);
    void (*forget)(sunzi_device *device, void *program);
    sunzi_status (*find)(sunzi_device *device, void *program, const char *name,
                         void **kernel);
    void (*drop)(sunzi_device *device, void *kernel);
    /* groups[a] groups of items[a] work items along axis a (2 is fastest). */
    sunzi_status (*launch)(sunzi_device *device, void *kernel, const char *name,
                           const size_t groups[3], const size_t items[3],
                           const sunzi_device_argument *arguments, int count);
    /* of both queues */
    sunzi_status (*finish)(sunzi_device *device);
} sunzi_device_ops;

/* Work done by a device so far. */
typedef struct sunzi_device_counts {
    int64_t products; /* of its own */
    int64_t launches, uploads, downloads, compiled, from_cache;
    int64_t upload_bytes, download_bytes;
    /* of these, those by the queue of copies */
    int64_t upload_beside, download_beside;
    size_t bytes, most_bytes; /* allocated now, and at most */
} sunzi_device_counts;

/* What is known of a unit (engines/units.h). */
typedef struct sunzi_device_unit {
    int state;   /* 0: not tried, 1: works, -1: absent, as why says */
    double rate; /* operations a second; 0: not measured */
    char why[200];
} sunzi_device_unit;

struct sunzi_device {
    const sunzi_device_ops *ops;
    const char *engine; /* its name */
    void *state;        /* of the implementation */
    int number;         /* as SUNZI_DEVICE counts */
    sunzi_device_limits limits;
    sunzi_device_counts counts;
    pthread_mutex_t lock; /* recursive */
    void **programs;      /* by sunzi_kernel_sources, NULL: not yet compiled */
    void **kernels;       /* by index of the kernel */
    bool allow_blas;
    size_t panel_bytes; /* of copies beside the work; 0: there are none */
    struct sunzi_pinned *pinned; /* not in use */
    bool released; /* memory that work may still use, since the last mark of it
                    */
    sunzi_device_unit unit[SUNZI_UNIT_COUNT];
    char lost[400]; /* the sentence of a device that is lost, or "" */
};

/* Open the device of an engine: number SUNZI_DEVICE, by default the one that
 * is this process's turn when a launcher says which of the node's processes it
 * is, else 0; with SUNZI_DEVICE_FP64=0 no kernel may use FP64, with
 * SUNZI_DEVICE_BLAS=0 its own products are not used; SUNZI_DEVICE_COPIES: bytes
 * of a panel of copies beside the work, 0: all are made in its order. An engine
 * without a device gives NULL. */
sunzi_status sunzi_device_open(const struct sunzi_engine_ops *engine,
                               sunzi_device **device);
void sunzi_device_close(sunzi_device **device);

void sunzi_device_lock(sunzi_device *device);
void sunzi_device_unlock(sunzi_device *device);

/* Wait until all work is done. */
sunzi_status sunzi_device_finish(sunzi_device *device);

/* For implementations. SUNZI_ERR_ARG where there is no device `index` among
 * `count` > 0 of the engine. */
sunzi_status sunzi_device_check_index(const char *engine, int index, int count);

/* For implementations. SUNZI_ERR_DEVICE, what failed and with which error of
 * the driver (its words end the sentence's first part). lost: for good; the
 * sentence is kept, and is what each later call gives. */
sunzi_status sunzi_device_failed(sunzi_device *device, bool lost,
                                 const char *what, const char *error);
/* SUNZI_OK, or SUNZI_ERR_DEVICE with the kept sentence. */
sunzi_status sunzi_device_alive(const sunzi_device *device);

/* SUNZI_ERR_DEVICE: `file` does not compile for `device`, with the first line
 * of the compiler's log that speaks of an error. */
sunzi_status sunzi_compile_failed(const char *file, const char *device,
                                  const char *log);

/* Binaries on disk. find: a block to be freed with sunzi_release, or NULL:
 * there is none that is whole and made from this text, with these options, by
 * this driver (or compiler) for this device (or host). keep: errors are
 * ignored, as the next run compiles again. */
void *sunzi_program_cache_find(const char *device, const char *driver,
                               const char *text, const char *options,
                               size_t *bytes);
void sunzi_program_cache_keep(const char *device, const char *driver,
                              const char *text, const char *options,
                              const void *binary, size_t bytes);

#endif
