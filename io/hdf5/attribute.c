/* SPDX-License-Identifier: BSD-3-Clause */
/* Attributes of arrays, groups and the root. Texts have a fixed length without
 * a final zero, which VTK, NetCDF and h5py all read as text. */
#include <stdio.h>
#include <string.h>

#include "io/hdf5/file.h"

enum { NAME = 80, TEXT_BYTES_MAX = 60000 };

typedef struct attribute {
    const char *function, *object, *name;
} attribute;

static sunzi_status check_attribute(const attribute *a, const sunzi_file *file,
                                    bool writing, const void *value)
{
    sunzi_status status = sunzi_hdf5_check_file(a->function, file, writing);
    if (status == SUNZI_OK && writing)
        status = sunzi_hdf5_check_begun(a->function, file);
    if (status < 0)
        return status;
    if (a->object && a->name && *a->name && value)
        return SUNZI_OK;
    return sunzi_fail(
        SUNZI_ERR_ARG,
        "%s: %s, allowed: the name of an object (\"\": the root), "
        "of an attribute, and a value",
        a->function,
        !a->object  ? "object = NULL"
        : !a->name  ? "name = NULL"
        : !*a->name ? "name is empty"
                    : "the value is NULL");
}

static uint64_t attribute_hash(const attribute *a)
{
    return sunzi_hash_text(sunzi_hash_text(0, a->object), a->name);
}

/* *id < 0 after a failure. */
static sunzi_status open_object(const attribute *a, sunzi_file *file, hid_t *id)
{
    const bool root = !*a->object;
    *id = -1;
    if (root || sunzi_hdf5_exists(file, a->object))
        *id = H5Oopen(file->id, root ? "/" : a->object, H5P_DEFAULT);
    else
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: there is no '%.*s' in %.160s; define it first",
                          a->function, NAME, a->object, file->path);
    return *id < 0 ? sunzi_hdf5_fail(file, SUNZI_ERR_FORMAT,
                                     "an object cannot be opened")
                   : SUNZI_OK;
}

/* On rank 0. An attribute of this name is replaced. */
static sunzi_status store(const attribute *a, sunzi_file *file, hid_t type,
                          hid_t memory_type, int count, const void *value)
{
    const hsize_t size = (hsize_t)count;
    hid_t object, space = -1, id = -1;
    if (file->id < 0)
        return SUNZI_OK;
    sunzi_status status = open_object(a, file, &object);
    if (status < 0)
        return status;
    if (type >= 0 && H5Aexists(object, a->name) > 0)
        H5Adelete(object, a->name);
    space = count ? H5Screate_simple(1, &size, NULL) : H5Screate(H5S_SCALAR);
    if (space >= 0 && type >= 0)
        id = H5Acreate2(object, a->name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    if (id < 0 || H5Awrite(id, memory_type, value) < 0)
        status = sunzi_hdf5_fail(file, SUNZI_ERR_FILE,
                                 "an attribute cannot be written");
    if (id >= 0)
        H5Aclose(id);
    if (space >= 0)
        H5Sclose(space);
    H5Oclose(object);
    return status;
}

/* Text of a fixed length, at least 1. */
static hid_t text_type(const char *text)
{
    const size_t length = strlen(text);
    bool ascii = true;
    for (size_t i = 0; i < length; i++)
        ascii = ascii && (unsigned char)text[i] < 128;
    const hid_t type = H5Tcopy(H5T_C_S1);
    if (type >= 0 &&
        (H5Tset_size(type, length ? length : 1) < 0 ||
         H5Tset_strpad(type, H5T_STR_NULLPAD) < 0 ||
         H5Tset_cset(type, ascii ? H5T_CSET_ASCII : H5T_CSET_UTF8) < 0)) {
        H5Tclose(type);
        return -1;
    }
    return type;
}

sunzi_status sunzi_file_set_text(sunzi_file *file, const char *object,
                                 const char *name, const char *text)
{
    const attribute a = {"sunzi_file_set_text", object, name};
    if (!file)
        return sunzi_hdf5_no_file(a.function);
    const sunzi_hdf5_quiet quiet = sunzi_hdf5_quiet_begin();
    sunzi_status status = check_attribute(&a, file, true, text);
    if (status == SUNZI_OK && strlen(text) > TEXT_BYTES_MAX)
        status =
            sunzi_fail(SUNZI_ERR_ARG,
                       "%s: '%.*s' has %zu bytes, allowed: at most %d; "
                       "store it as an array",
                       a.function, NAME, name, strlen(text), TEXT_BYTES_MAX);
    status =
        sunzi_hdf5_agree_arguments(file->comm, a.function, status,
                                   sunzi_hash_text(attribute_hash(&a), text));
    if (status == SUNZI_OK)
        status = sunzi_hdf5_reserve(file, (int64_t)strlen(text));
    if (status == SUNZI_OK) {
        const hid_t type = text_type(text);
        status = sunzi_hdf5_agree(file, store(&a, file, type, type, 0, text));
        if (type >= 0)
            H5Tclose(type);
    }
    sunzi_hdf5_quiet_end(quiet);
    return status;
}

static sunzi_status check_numbers(const attribute *a, sunzi_file_type type,
                                  int count)
{
    if (sunzi_file_type_bytes(type) > 0 && count >= 1)
        return SUNZI_OK;
    return sunzi_fail(SUNZI_ERR_ARG,
                      "%s: '%.*s': type = %d, count = %d, allowed: a "
                      "sunzi_file_type and at least 1",
                      a->function, NAME, a->name, (int)type, count);
}

sunzi_status sunzi_file_set_numbers(sunzi_file *file, const char *object,
                                    const char *name, sunzi_file_type type,
                                    int count, const void *numbers)
{
    const attribute a = {"sunzi_file_set_numbers", object, name};
    if (!file)
        return sunzi_hdf5_no_file(a.function);
    const sunzi_hdf5_quiet quiet = sunzi_hdf5_quiet_begin();
    uint64_t hash = sunzi_hash_number(attribute_hash(&a), type);
    sunzi_status status = check_attribute(&a, file, true, numbers);
    if (status == SUNZI_OK)
        status = check_numbers(&a, type, count);
    if (status == SUNZI_OK)
        hash = sunzi_hash_bytes(hash, numbers,
                                (size_t)count * sunzi_file_type_bytes(type));
    status = sunzi_hdf5_agree_arguments(file->comm, a.function, status, hash);
    if (status == SUNZI_OK)
        status = sunzi_hdf5_reserve(
            file, (int64_t)count * (int64_t)sunzi_file_type_bytes(type));
    if (status == SUNZI_OK)
        status = sunzi_hdf5_agree(file, store(&a, file, sunzi_hdf5_type(type),
                                              sunzi_hdf5_memory_type(type),
                                              count, numbers));
    sunzi_hdf5_quiet_end(quiet);
    return status;
}

/* ---- reading ---- */

/* *id < 0 after a failure. */
static sunzi_status open_attribute(const attribute *a, sunzi_file *file,
                                   hid_t *id)
{
    hid_t object;
    sunzi_status status = open_object(a, file, &object);
    *id = -1;
    if (status < 0)
        return status;
    if (H5Aexists(object, a->name) > 0)
        *id = H5Aopen(object, a->name, H5P_DEFAULT);
    if (*id < 0)
        status =
            sunzi_fail(SUNZI_ERR_ARG,
                       "%s: '%.*s' has no attribute '%.*s' in %.160s; "
                       "h5dump -A lists what is there",
                       a->function, NAME, a->object, NAME, a->name, file->path);
    H5Oclose(object);
    return status;
}

static sunzi_status read_text(const attribute *a, sunzi_file *file, char *text,
                              size_t bytes)
{
    hid_t id;
    sunzi_status status = open_attribute(a, file, &id);
    if (status < 0)
        return status;
    const hid_t type = H5Aget_type(id);
    const size_t length = type < 0 ? 0 : H5Tget_size(type);
    if (type < 0 || H5Tget_class(type) != H5T_STRING ||
        H5Tis_variable_str(type) != 0)
        status = sunzi_fail(SUNZI_ERR_FORMAT,
                            "%.160s: the attribute '%.*s' is no text of a "
                            "fixed length",
                            file->path, NAME, a->name);
    else if (length >= bytes)
        status = sunzi_fail(SUNZI_ERR_ARG,
                            "%s: '%.*s' has %zu bytes, room for %zu; give one "
                            "byte more than it has",
                            a->function, NAME, a->name, length, bytes);
    else if (H5Aread(id, type, text) < 0)
        status = sunzi_hdf5_fail(file, SUNZI_ERR_FORMAT,
                                 "an attribute cannot be read");
    else
        text[length] = '\0';
    if (type >= 0)
        H5Tclose(type);
    H5Aclose(id);
    return status;
}

sunzi_status sunzi_file_text(sunzi_file *file, const char *object,
                             const char *name, char *text, size_t bytes)
{
    const attribute a = {"sunzi_file_text", object, name};
    if (!file)
        return sunzi_hdf5_no_file(a.function);
    const sunzi_hdf5_quiet quiet = sunzi_hdf5_quiet_begin();
    sunzi_status status = sunzi_hdf5_agree_arguments(
        file->comm, a.function, check_attribute(&a, file, false, text),
        attribute_hash(&a));
    if (status == SUNZI_OK)
        status = sunzi_comm_agree(file->comm, read_text(&a, file, text, bytes));
    sunzi_hdf5_quiet_end(quiet);
    return status;
}

static sunzi_status read_numbers(const attribute *a, sunzi_file *file,
                                 sunzi_file_type type, int count, void *numbers)
{
    hid_t id;
    sunzi_status status = open_attribute(a, file, &id);
    if (status < 0)
        return status;
    const hid_t stored = H5Aget_type(id), space = H5Aget_space(id);
    const hssize_t there = space < 0 ? -1 : H5Sget_simple_extent_npoints(space);
    if (stored < 0 || H5Tequal(stored, sunzi_hdf5_type(type)) <= 0 ||
        there != count)
        status = sunzi_fail(SUNZI_ERR_FORMAT,
                            "%.160s: the attribute '%.*s' has %lld numbers, "
                            "or of another kind, than the %d asked for",
                            file->path, NAME, a->name, (long long)there, count);
    else if (H5Aread(id, sunzi_hdf5_memory_type(type), numbers) < 0)
        status = sunzi_hdf5_fail(file, SUNZI_ERR_FORMAT,
                                 "an attribute cannot be read");
    if (space >= 0)
        H5Sclose(space);
    if (stored >= 0)
        H5Tclose(stored);
    H5Aclose(id);
    return status;
}

sunzi_status sunzi_file_numbers(sunzi_file *file, const char *object,
                                const char *name, sunzi_file_type type,
                                int count, void *numbers)
{
    const attribute a = {"sunzi_file_numbers", object, name};
    if (!file)
        return sunzi_hdf5_no_file(a.function);
    const sunzi_hdf5_quiet quiet = sunzi_hdf5_quiet_begin();
    sunzi_status status = check_attribute(&a, file, false, numbers);
    if (status == SUNZI_OK)
        status = check_numbers(&a, type, count);
    status = sunzi_hdf5_agree_arguments(
        file->comm, a.function, status,
        sunzi_hash_number(sunzi_hash_number(attribute_hash(&a), type), count));
    if (status == SUNZI_OK)
        status = sunzi_comm_agree(file->comm,
                                  read_numbers(&a, file, type, count, numbers));
    sunzi_hdf5_quiet_end(quiet);
    return status;
}
