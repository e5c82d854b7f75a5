/* SPDX-License-Identifier: BSD-3-Clause */
/* write_mask FILE KIND: an image of 24 x 12 x 1 voxels as the array "tissue":
 * "slit": all but a cut from below that the wave must go around; "lone": two
 * voxels more that touch no other across a face; "corner": nothing in the
 * upper four of x and y; "labels": numbers 1, 2, 3 by thirds of x, the upper
 * three of y 9; "empty". */
#include <mpi.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sunzi/file.h>
#include <sunzi/mpi.h>

enum { NX = 24, NY = 12 };

int main(int argc, char **argv)
{
    static uint8_t image[NY][NX];
    const sunzi_block all = {.count = {1, NY, NX}};
    sunzi_comm *comm = NULL;
    sunzi_file *file = NULL;
    if (argc < 3)
        return 2;
    MPI_Init(&argc, &argv);
    for (int j = 0; j < NY; j++)
        for (int i = 0; i < NX; i++)
            image[j][i] = strcmp(argv[2], "empty") != 0 && !(i == 11 && j < 9);
    if (strcmp(argv[2], "lone") == 0) {
        memset(image[5] + 4, 0, 5);
        memset(image[6] + 4, 0, 5);
        memset(image[7] + 4, 0, 5);
        image[6][5] = image[6][7] = 1;
    }
    for (int j = NY - 4; j < NY && strcmp(argv[2], "corner") == 0; j++)
        memset(image[j] + NX - 4, 0, 4);
    for (int k = 0; k < NX * NY && strcmp(argv[2], "labels") == 0; k++)
        image[k / NX][k % NX] =
            (uint8_t)(k / NX >= NY - 3 ? 9 : 1 + 3 * (k % NX) / NX);
    sunzi_status status = sunzi_comm_from_mpi(MPI_COMM_WORLD, &comm);
    if (status == SUNZI_OK)
        status = sunzi_file_create(comm, argv[1], NULL, &file);
    if (status == SUNZI_OK)
        status = sunzi_file_define(file, "tissue", SUNZI_FILE_UINT8, 3,
                                   (int64_t[]){1, NY, NX});
    if (status == SUNZI_OK)
        status = sunzi_file_write(file, "tissue", &all, image);
    if (status == SUNZI_OK)
        status = sunzi_file_close(&file);
    if (status < 0)
        fprintf(stderr, "%s\n", sunzi_last_message());
    sunzi_comm_destroy(&comm);
    MPI_Finalize();
    return status < 0;
}
