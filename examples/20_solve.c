/* SPDX-License-Identifier: BSD-3-Clause */
/* Solve a linear system in three grades and read the reports.
 *
 * The matrix is a Hilbert matrix of order 8, a_ij = 1 / (i + j + 1): small and
 * notorious, its condition number is 3e10, so that FP64 factors alone lose ten
 * of sixteen digits. b is its first column, so x = (1, 0, ..., 0).
 *
 * Compile: cc 20_solve.c $(pkg-config --cflags --libs sunzi) -lm */
#include <math.h>
#include <stdio.h>
#include <sunzi/sunzi.h>

enum { N = 8 };

int main(void)
{
    double A[N * N], b[N], x[N];
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            A[i * N + j] = 1.0 / (i + j + 1);
    for (int i = 0; i < N; i++)
        b[i] = A[i * N];

    printf("%-10s %-8s %-10s %-10s %s\n", "grade", "factors", "condition",
           "error", "bound of the error");
    int good = 1;
    for (int g = SUNZI_GRADE_BACKWARD; g <= SUNZI_GRADE_CERTIFIED; g++) {
        sunzi_solve_options options;
        sunzi_solve_report report;
        sunzi_column_report column;
        sunzi_solve_options_init(&options);
        options.grade = (sunzi_grade)g;
        const sunzi_status status =
            sunzi_dsolve(NULL, SUNZI_ROW_MAJOR, N, 1, A, N, b, 1, x, 1,
                         &options, &report, &column);
        if (status != SUNZI_OK) /* positive: solved, but at a lower grade */
            fprintf(stderr, "%s\n", sunzi_last_message());
        if (status < 0)
            return 1;
        double error = fabs(x[0] - 1);
        for (int i = 1; i < N; i++)
            error = fmax(error, fabs(x[i]));
        printf("%-10s %-8s %-10.1e %-10.1e %.1e\n",
               sunzi_grade_name(column.grade), sunzi_factor_name(report.factor),
               report.condition, error, column.forward_bound);
        good = good && status == SUNZI_OK && error <= column.forward_bound;
    }
    printf(
        "try next: the command `sunzi solve`, with a matrix file of yours\n");
    return good ? 0 : 1;
}
