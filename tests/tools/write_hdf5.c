/* SPDX-License-Identifier: BSD-3-Clause */
/* Files for the tests of `sunzi compare` and `sunzi plot`, in the current
 * folder, and changed copies of the first:
 *
 *   write_hdf5 NAME.h5 [CHANGE]
 *
 * Arrays: T (6 x 5, K), n (int32), m (int64), z (with 0 and NaN), huge (1e200
 * and 1e-200), series, time, spectrum, frequency, volume (4 x 5 x 6), big
 * (70000 entries, more than a block). CHANGE: entry, units, nan, zero, integer,
 * shape, missing, type, infinite, blocks, huge, far, more, twice. NAME.nc is a
 * grid of the sphere instead, NAME.vtkhdf one in space with cells and vectors
 * (CHANGE: spacing, nan: no cell has a number, constant: all have the same). */
#include <math.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/field_file.h>
#include <sunzi/mpi.h>

enum { BIG = 70000, LATITUDES = 37, LONGITUDES = 72, STEPS = 3 };

static sunzi_comm *comm;
static const char *change = "";

static void check(sunzi_status status)
{
    if (status == SUNZI_OK)
        return;
    fprintf(stderr, "%s\n", sunzi_last_message());
    MPI_Abort(MPI_COMM_WORLD, 1);
}

static int changes(const char *what)
{
    return strcmp(change, what) == 0;
}

static void put(sunzi_file *file, const char *name, sunzi_file_type type,
                int dims, const int64_t *size, const void *data,
                const char *units)
{
    sunzi_block block = {.start = {0}};
    memcpy(block.count, size, (size_t)dims * sizeof *size);
    check(sunzi_file_define(file, name, type, dims, size));
    check(sunzi_file_write(file, name, &block, data));
    if (units)
        check(sunzi_file_set_text(file, name, "units", units));
}

static void put_small(sunzi_file *file)
{
    double T[30], z[4] = {0.0, NAN, 1.0, 2.0};
    double huge[3] = {3e200, 4e200, 1e-200};
    float F[30];
    int32_t n[3] = {1, 2, 3};
    int64_t m[2] = {INT64_MAX - 1, INT64_MIN};
    for (int i = 0; i < 30; i++)
        T[i] = 280.0 + i;
    T[17] += changes("entry") ? 0.5 : 0.0;
    T[3] = changes("infinite") ? INFINITY : T[3];
    z[0] = changes("zero") ? -0.0 : 0.0;
    z[2] = changes("nan") ? NAN : 1.0;
    m[0] += changes("integer"); /* FP64 does not know the difference */
    m[1] = changes("far") ? INT64_MAX - 2 : m[1];
    m[1] += changes("more") ? (INT64_C(1) << 53) + 1 : 0;
    huge[1] += changes("huge") ? 1e199 : 0.0;
    for (int i = 0; i < 30; i++)
        F[i] = (float)T[i];
    put(file, "fields/T", changes("type") ? SUNZI_FILE_FP32 : SUNZI_FILE_FP64,
        2, changes("shape") ? (int64_t[]){5, 6} : (int64_t[]){6, 5},
        changes("type") ? (void *)F : T, changes("units") ? "degC" : "K");
    if (changes("twice")) /* a name in two groups */
        put(file, "other/T", SUNZI_FILE_FP64, 2, (int64_t[]){6, 5}, T, "K");
    put(file, "n", SUNZI_FILE_INT32, 1, (int64_t[]){3}, n, NULL);
    put(file, "m", SUNZI_FILE_INT64, 1, (int64_t[]){2}, m, NULL);
    put(file, "z", SUNZI_FILE_FP64, 1, (int64_t[]){4}, z, NULL);
    if (!changes("missing"))
        put(file, "huge", SUNZI_FILE_FP64, 1, (int64_t[]){3}, huge, NULL);
}

static void put_large(sunzi_file *file)
{
    double *x = malloc(sizeof *x * BIG);
    if (!x)
        exit(1);
    for (int i = 0; i < BIG; i++)
        x[i] = 1.0 + i % 7;
    for (int i = 0; changes("blocks") && i < BIG; i++)
        x[i] += ldexp(1.0, -(i % 40));
    put(file, "big", SUNZI_FILE_FP64, 1, (int64_t[]){BIG}, x, NULL);
    for (int i = 0; i < 120; i++)
        x[i] = sin(0.1 * (i % 6)) - 0.02 * (i / 6) + 0.01;
    put(file, "volume", SUNZI_FILE_FP64, 3, (int64_t[]){4, 5, 6}, x, "m/s");
    free(x);
}

static void put_series(sunzi_file *file)
{
    double time[200], v[200], w[200];
    for (int i = 0; i < 200; i++) {
        time[i] = 0.05 * i;
        v[i] = exp(-0.2 * time[i]) * sin(6.0 * time[i]);
        w[i] = 0.5 * cos(2.0 * time[i]);
    }
    v[60] = NAN;
    put(file, "series/time", SUNZI_FILE_FP64, 1, (int64_t[]){200}, time, "s");
    put(file, "series/east", SUNZI_FILE_FP64, 1, (int64_t[]){200}, v, "m/s");
    put(file, "series/north", SUNZI_FILE_FP64, 1, (int64_t[]){200}, w, "m/s");
    check(sunzi_file_set_text(file, "series/east", "coordinates", "time"));
    check(sunzi_file_set_text(file, "series/north", "coordinates", "time"));
    check(sunzi_file_set_text(file, "series/east", "long_name",
                              "velocity of station STA'1\", \\`date` @x"));
    for (int i = 0; i < 200; i++) {
        time[i] = 0.01 * i;
        v[i] = 1e-3 / (1.0 + pow(i / 20.0, 4.0));
    }
    put(file, "spectra/frequency", SUNZI_FILE_FP64, 1, (int64_t[]){200}, time,
        "Hz");
    put(file, "spectra/power", SUNZI_FILE_FP64, 1, (int64_t[]){200}, v,
        "m2 s-1");
    check(sunzi_file_set_text(file, "spectra/power", "coordinates",
                              "spectra/frequency"));
    check(sunzi_file_set_text(file, "spectra/power", "long_name",
                              "power density"));
}

static void write_sphere(sunzi_file *file)
{
    static double latitude[LATITUDES], longitude[LONGITUDES],
        u[LATITUDES * LONGITUDES];
    const double level[2] = {850, 500}, times[STEPS] = {0, 6, 12};
    sunzi_file_field field;
    for (int j = 0; j < LATITUDES; j++)
        latitude[j] = 90.0 - 5.0 * j; /* descends */
    for (int i = 0; i < LONGITUDES; i++)
        longitude[i] = 5.0 * i;
    const sunzi_sphere sphere = {.latitudes = LATITUDES,
                                 .longitudes = LONGITUDES,
                                 .levels = 2,
                                 .latitude = latitude,
                                 .longitude = longitude,
                                 .level = level,
                                 .level_name = "pressure",
                                 .level_units = "hPa",
                                 .level_down = 1,
                                 .steps = STEPS,
                                 .times = times,
                                 .time_units = "hours since 2000-01-01"};
    check(sunzi_file_set_sphere(file, &sphere));
    sunzi_file_field_init(&field);
    field.name = "u";
    field.units = "m s-1";
    field.long_name = "eastward wind";
    check(sunzi_file_define_field(file, &field));
    for (int step = 0; step < STEPS; step++)
        for (int k = 0; k < 2; k++) {
            const sunzi_block block = {.start = {k, 0, 0},
                                       .count = {1, LATITUDES, LONGITUDES}};
            for (int j = 0; j < LATITUDES; j++)
                for (int i = 0; i < LONGITUDES; i++) {
                    const double p = latitude[j] * 3.14159265 / 180.0;
                    u[j * LONGITUDES + i] =
                        (20.0 + 15.0 * k) *
                        (sin(2.0 * p) * sin(2.0 * p) -
                         0.4 * cos(p) *
                             cos(4.0 * 3.14159265 / 180.0 *
                                 (longitude[i] - 30.0 * step)));
                }
            for (int i = 20; i < 26; i++) /* a hole */
                u[20 * LONGITUDES + i] = NAN;
            check(sunzi_file_write_field(file, "u", step, &block, u));
        }
}

static void write_space(sunzi_file *file)
{
    static float v[12 * 20 * 30 * 3], c[11 * 19 * 29];
    const sunzi_image image = {
        .points = {30, 20, 12},
        .origin = {-1.5, 0, 0},
        .spacing = {0.1, changes("spacing") ? 0.2 : 0.1, 0.1},
        .steps = 1};
    const sunzi_block points = {.count = {12, 20, 30}},
                      cells = {.count = {11, 19, 29}};
    sunzi_file_field field;
    check(sunzi_file_set_image(file, &image));
    sunzi_file_field_init(&field);
    field.type = SUNZI_FILE_FP32;
    field.name = "velocity";
    field.units = "m s-1";
    field.components = 3;
    check(sunzi_file_define_field(file, &field));
    field.name = "potential";
    field.units = "mV";
    field.components = 1;
    field.at_cells = 1;
    check(sunzi_file_define_field(file, &field));
    for (int i = 0; i < 12 * 20 * 30; i++) {
        v[3 * i] = (float)(i % 30) / 10.0f;
        v[3 * i + 1] = (float)(i / 30 % 20) / 10.0f;
        v[3 * i + 2] = 0.0f;
    }
    for (int i = 0; i < 11 * 19 * 29; i++)
        c[i] = -80.0f +
               100.0f * expf(-0.02f * (float)((i % 29 - 10) * (i % 29 - 10)));
    for (int i = 0; i < 11 * 19 * 29; i++)
        c[i] = changes("nan") ? NAN : changes("constant") ? -70.0f : c[i];
    check(sunzi_file_write_field(file, "velocity", 0, &points, v));
    check(sunzi_file_write_field(file, "potential", 0, &cells, c));
}

int main(int argc, char **argv)
{
    sunzi_file *file;
    MPI_Init(&argc, &argv);
    if (argc < 2)
        return 2;
    change = argc > 2 ? argv[2] : "";
    check(sunzi_comm_from_mpi(MPI_COMM_WORLD, &comm));
    check(sunzi_file_create(comm, argv[1], NULL, &file));
    if (strstr(argv[1], ".nc")) {
        write_sphere(file);
    } else if (strstr(argv[1], ".vtkhdf")) {
        write_space(file);
    } else {
        put_small(file);
        put_large(file);
        put_series(file);
    }
    check(sunzi_file_close(&file));
    sunzi_comm_destroy(&comm);
    MPI_Finalize();
    return 0;
}
