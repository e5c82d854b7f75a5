/* SPDX-License-Identifier: BSD-3-Clause */
/* A driver below HDF5 (its "virtual file layer") that keeps what is written in
 * pages of memory. The arrays do not come here: HDF5 only finds places for
 * them. */
#include "io/hdf5/metadata.h"

#include <string.h>

#if H5_VERSION_GE(1, 13, 0)
#include <H5FDdevelop.h>
#endif

#include "core/memory.h"

enum { PAGE_BYTES = 4096, FIRST_ROOM = 16 };

struct sunzi_metadata_page {
    int64_t number; /* place in the file / PAGE_BYTES */
    unsigned char data[PAGE_BYTES];
    unsigned char is_set[PAGE_BYTES];
};

/* ---- pages ---- */

/* The first page of this number or a higher one. */
static int64_t lower_bound(const sunzi_metadata *m, int64_t number)
{
    int64_t low = 0, high = m->count;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (m->pages[middle]->number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static sunzi_metadata_page *find_page(const sunzi_metadata *m, int64_t number)
{
    const int64_t i = lower_bound(m, number);
    return i < m->count && m->pages[i]->number == number ? m->pages[i] : NULL;
}

static bool make_room(sunzi_metadata *m)
{
    void *block;
    const int64_t room = m->room ? 2 * m->room : FIRST_ROOM;
    if (m->count < m->room)
        return true;
    if (sunzi_allocate((size_t)room * sizeof *m->pages, "metadata of a file",
                       &block) < 0)
        return false;
    if (m->count)
        memcpy(block, m->pages, (size_t)m->count * sizeof *m->pages);
    sunzi_release(m->pages);
    m->pages = block;
    m->room = room;
    return true;
}

/* NULL: no memory. */
static sunzi_metadata_page *get_page(sunzi_metadata *m, int64_t number)
{
    const int64_t i = lower_bound(m, number);
    void *block;
    if (i < m->count && m->pages[i]->number == number)
        return m->pages[i];
    if (!make_room(m) || sunzi_allocate(sizeof(sunzi_metadata_page),
                                        "metadata of a file", &block) < 0)
        return NULL;
    memmove(m->pages + i + 1, m->pages + i,
            (size_t)(m->count - i) * sizeof *m->pages);
    m->pages[i] = block;
    m->count++;
    memset(m->pages[i], 0, sizeof *m->pages[i]);
    m->pages[i]->number = number;
    return m->pages[i];
}

/* Of `bytes` from `at` on, those on the first page. */
static int64_t on_page(int64_t at, int64_t bytes)
{
    const int64_t left = PAGE_BYTES - at % PAGE_BYTES;
    return bytes < left ? bytes : left;
}

static void store(sunzi_metadata *m, int64_t at, int64_t bytes,
                  const unsigned char *from)
{
    for (int64_t n; bytes > 0; at += n, from += n, bytes -= n) {
        sunzi_metadata_page *page = get_page(m, at / PAGE_BYTES);
        n = on_page(at, bytes);
        if (!page) {
            m->lost = true;
            return;
        }
        memcpy(page->data + at % PAGE_BYTES, from, (size_t)n);
        memset(page->is_set + at % PAGE_BYTES, 1, (size_t)n);
    }
}

void sunzi_metadata_copy(const sunzi_metadata *m, int64_t at, int64_t bytes,
                         unsigned char *to)
{
    for (int64_t n; bytes > 0; at += n, to += n, bytes -= n) {
        const sunzi_metadata_page *page = find_page(m, at / PAGE_BYTES);
        n = on_page(at, bytes);
        if (page)
            memcpy(to, page->data + at % PAGE_BYTES, (size_t)n);
        else
            memset(to, 0, (size_t)n);
    }
}

static bool is_set(const sunzi_metadata *m, int64_t i, int64_t at)
{
    return i < m->count && m->pages[i]->number == at / PAGE_BYTES &&
           m->pages[i]->is_set[at % PAGE_BYTES];
}

int64_t sunzi_metadata_next(const sunzi_metadata *m, int64_t *at)
{
    int64_t i = lower_bound(m, *at / PAGE_BYTES);
    int64_t end;
    if (i < m->count && *at < m->pages[i]->number * PAGE_BYTES)
        *at = m->pages[i]->number * PAGE_BYTES;
    while (i < m->count && !is_set(m, i, *at))
        if (++*at % PAGE_BYTES == 0 && ++i < m->count)
            *at = m->pages[i]->number * PAGE_BYTES;
    for (end = *at; is_set(m, i, end);)
        if (++end % PAGE_BYTES == 0)
            i++;
    return end - *at;
}

void sunzi_metadata_free(sunzi_metadata *m)
{
    for (int64_t i = 0; i < m->count; i++)
        sunzi_release(m->pages[i]);
    sunzi_release(m->pages);
    *m = (sunzi_metadata){.pages = NULL};
}

/* ---- the driver ---- */

typedef struct driver_file {
    H5FD_t of_hdf5; /* first: HDF5 knows a pointer to it */
    sunzi_metadata *metadata;
} driver_file;

static sunzi_metadata *metadata_of(const H5FD_t *file)
{
    return ((const driver_file *)(const void *)file)->metadata;
}

/* HDF5 asks for an existing file first: there is none. */
static H5FD_t *open_file(const char *name, unsigned flags, hid_t access_list,
                         haddr_t max)
{
    sunzi_metadata *const *metadata = H5Pget_driver_info(access_list);
    void *block;
    (void)name, (void)max;
    if (!(flags & H5F_ACC_CREAT) || !metadata)
        return NULL;
    if (sunzi_allocate(sizeof(driver_file), "driver of a file", &block) < 0) {
        (*metadata)->lost = true;
        return NULL;
    }
    driver_file *file = block;
    memset(file, 0, sizeof *file);
    file->metadata = *metadata;
    return &file->of_hdf5;
}

static herr_t close_file(H5FD_t *file)
{
    sunzi_release(file);
    return 0;
}

/* As of a file on a disk, so that places are found alike. */
static herr_t query(const H5FD_t *file, unsigned long *flags)
{
    (void)file;
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_AGGREGATE_SMALLDATA |
             H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
    return 0;
}

static haddr_t get_end(const H5FD_t *file, H5FD_mem_t type)
{
    (void)type;
    return (haddr_t)metadata_of(file)->end_bytes;
}

static herr_t set_end(H5FD_t *file, H5FD_mem_t type, haddr_t end)
{
    (void)type;
    metadata_of(file)->end_bytes = (int64_t)end;
    return 0;
}

static herr_t read_bytes(H5FD_t *file, H5FD_mem_t type, hid_t list, haddr_t at,
                         size_t bytes, void *to)
{
    (void)type, (void)list;
    sunzi_metadata_copy(metadata_of(file), (int64_t)at, (int64_t)bytes, to);
    return 0;
}

/* Never fails, for HDF5 would not survive it; see `lost`. */
static herr_t write_bytes(H5FD_t *file, H5FD_mem_t type, hid_t list, haddr_t at,
                          size_t bytes, const void *from)
{
    (void)type, (void)list;
    store(metadata_of(file), (int64_t)at, (int64_t)bytes, from);
    return 0;
}

static const H5FD_class_t driver = {
#if H5_VERSION_GE(1, 13, 0)
    .version = H5FD_CLASS_VERSION,
    .value = (H5FD_class_value_t)400, /* of those that are not HDF5's own */
#endif
    .name = "sunzi_metadata",
    .maxaddr = (haddr_t)INT64_MAX,
    .fc_degree = H5F_CLOSE_STRONG,
    .fapl_size = sizeof(sunzi_metadata *),
    .open = open_file,
    .close = close_file,
    .query = query,
    .get_eoa = get_end,
    .set_eoa = set_end,
    .get_eof = get_end,
    .read = read_bytes,
    .write = write_bytes,
    .fl_map = H5FD_FLMAP_DICHOTOMY,
};

/* Registered once and kept until HDF5 ends: it reads the driver of a file that
 * it closes once more after it has let go of it. */
static hid_t register_driver(void)
{
    static hid_t id = -1;
    if (H5Iis_valid(id) <= 0 || H5Iget_type(id) != H5I_VFL)
        id = H5FDregister(&driver);
    return id;
}

herr_t sunzi_metadata_set_driver(hid_t access_list, sunzi_metadata *metadata)
{
    const hid_t id = register_driver();
    return id < 0 ? -1 : H5Pset_driver(access_list, id, &metadata);
}
