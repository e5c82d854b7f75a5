/* SPDX-License-Identifier: BSD-3-Clause */
/* petsc_bidomain [SPACING_MM [RUNS]]: the potential outside of cells,
 * T phi = -K V, on the slab of the N-version benchmark (20 x 7 x 3 mm, default
 * 0.075 mm: 1.03e6 nodes) with a wave front in its middle; by
 * sunzi_bidomain_solve and by PETSc's CG with BoomerAMG (hypre) in FP64, in
 * turn, from zero. Both are measured by the same residual, computed here in
 * FP64: PETSc's tolerance is set so that its true residual is just below
 * Sunzi's. A line a run; seconds are those of the processor, one thread
 * (OMP_NUM_THREADS=1).
 *
 * Not built by make: PETSc is not needed for anything else. By hand, in the
 * build folder, with PETSc's headers and library where pkg-config finds them:
 *
 *     cc -O2 -Iinclude -I../include ../bench/petsc_bidomain.c -o bench_petsc \
 *       $(pkg-config --cflags --libs PETSc) .libs/libsunzi.a ... -lm
 *
 * or against an installed Sunzi with $(pkg-config --libs sunzi). PETSc's
 * options are arguments too, as -pc_hypre_boomeramg_strong_threshold 0.5. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <petscksp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sunzi/sunzi.h>
#include <time.h>

/* Of the process, which has one thread: other work on the machine counts less
 * than in seconds of a clock. */
static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void check(sunzi_status status)
{
    if (status == SUNZI_OK)
        return;
    fprintf(stderr, "petsc_bidomain: %s\n", sunzi_last_message());
    if (status < 0)
        exit(1);
}

/* Conductivities inside, and of both together, along and across; S/m. */
static const double inside[2] = {0.17, 0.019};
static const double both[2] = {0.17 + 0.62, 0.019 + 0.24};

typedef struct slab {
    int64_t n[3]; /* nodes */
    double h;
} slab;

static int voxel(void *user, const int64_t at[3], double sigma[6])
{
    const double *s = user;
    (void)at;
    sigma[0] = s[0];
    sigma[1] = sigma[2] = s[1];
    return 1;
}

/* Weight of the edge from node `at` in direction d, up to the factor 1 / h^2:
 * sigma times the quarter of the voxels around the edge that there are. */
static double weight(const slab *g, const int64_t at[3], int d,
                     const double *sigma)
{
    double w = sigma[d > 0];
    for (int e = 0; e < 3; e++)
        if (e != d && (at[e] == 0 || at[e] == g->n[e] - 1))
            w /= 2;
    return w;
}

/* y = sum over the edges of a node of w (x_j - x_i). */
static void apply(const slab *g, const double *sigma, const double *x,
                  double *y)
{
    const int64_t step[3] = {1, g->n[0], g->n[0] * g->n[1]};
    int64_t at[3];
    for (at[2] = 0; at[2] < g->n[2]; at[2]++)
        for (at[1] = 0; at[1] < g->n[1]; at[1]++)
            for (at[0] = 0; at[0] < g->n[0]; at[0]++) {
                const int64_t i = at[0] + step[1] * at[1] + step[2] * at[2];
                double sum = 0;
                for (int d = 0; d < 3; d++) {
                    const double w = weight(g, at, d, sigma);
                    if (at[d] > 0)
                        sum += w * (x[i - step[d]] - x[i]);
                    if (at[d] < g->n[d] - 1)
                        sum += w * (x[i + step[d]] - x[i]);
                }
                y[i] = sum;
            }
}

static double norm(const double *x, int64_t n)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    return sqrt(sum);
}

/* |K V + T phi| / |K V|; flux = K V, work: room. */
static double residual(const slab *g, const double *flux, const double *phi,
                       double *work, int64_t n)
{
    apply(g, both, phi, work);
    for (int64_t i = 0; i < n; i++)
        work[i] += flux[i];
    return norm(work, n) / norm(flux, n);
}

/* ---- PETSc ---- */

static Mat assemble(const slab *g, int64_t n)
{
    const int64_t step[3] = {1, g->n[0], g->n[0] * g->n[1]};
    Mat A;
    MatCreateSeqAIJ(PETSC_COMM_SELF, (PetscInt)n, (PetscInt)n, 7, NULL, &A);
    int64_t at[3];
    for (at[2] = 0; at[2] < g->n[2]; at[2]++)
        for (at[1] = 0; at[1] < g->n[1]; at[1]++)
            for (at[0] = 0; at[0] < g->n[0]; at[0]++) {
                const PetscInt i =
                    (PetscInt)(at[0] + step[1] * at[1] + step[2] * at[2]);
                PetscInt column[7], count = 1;
                PetscScalar value[7] = {0};
                column[0] = i;
                for (int d = 0; d < 3; d++)
                    for (int side = -1; side <= 1; side += 2) {
                        const int64_t next = at[d] + side;
                        if (next < 0 || next >= g->n[d])
                            continue;
                        const double w = weight(g, at, d, both);
                        column[count] = i + (PetscInt)(side * step[d]);
                        value[count++] = -w;
                        value[0] += w;
                    }
                MatSetValues(A, 1, &i, count, column, value, INSERT_VALUES);
            }
    MatAssemblyBegin(A, MAT_FINAL_ASSEMBLY);
    MatAssemblyEnd(A, MAT_FINAL_ASSEMBLY);
    MatNullSpace constants;
    MatNullSpaceCreate(PETSC_COMM_SELF, PETSC_TRUE, 0, NULL, &constants);
    MatSetNullSpace(A, constants);
    MatSetOption(A, MAT_SPD, PETSC_TRUE);
    return A;
}

typedef struct other {
    Mat A;
    KSP ksp;
    Vec b, x;
    double setup;
} other;

static void prepare(other *o, const slab *g, const double *flux, int64_t n)
{
    PC pc;
    o->A = assemble(g, n);
    KSPCreate(PETSC_COMM_SELF, &o->ksp);
    KSPSetType(o->ksp, KSPCG);
    KSPSetNormType(o->ksp, KSP_NORM_UNPRECONDITIONED);
    KSPGetPC(o->ksp, &pc);
    PCSetType(pc, PCHYPRE);
    PCHYPRESetType(pc, "boomeramg");
    KSPSetOperators(o->ksp, o->A, o->A);
    KSPSetFromOptions(o->ksp);
    const double start = seconds();
    KSPSetUp(o->ksp);
    o->setup = seconds() - start;
    MatCreateVecs(o->A, &o->x, &o->b);
    PetscScalar *b;
    VecGetArray(o->b, &b);
    for (int64_t i = 0; i < n; i++)
        b[i] = flux[i];
    VecRestoreArray(o->b, &b);
}

/* From zero to `tolerance`; phi: the solution. */
static double solve(other *o, double tolerance, double *phi, int64_t n,
                    int *iterations)
{
    PetscInt made;
    const PetscScalar *x;
    KSPSetTolerances(o->ksp, tolerance, 0, PETSC_DEFAULT, 500);
    VecSet(o->x, 0);
    const double start = seconds();
    KSPSolve(o->ksp, o->b, o->x);
    const double spent = seconds() - start;
    KSPGetIterationNumber(o->ksp, &made);
    *iterations = (int)made;
    VecGetArrayRead(o->x, &x);
    for (int64_t i = 0; i < n; i++)
        phi[i] = x[i];
    VecRestoreArrayRead(o->x, &x);
    return spent;
}

/* ---- in turn ---- */

/* A potential that the policy can hold, so that both solve the same problem.
 * Under fp32c the low halves are 0. */
static void front(const slab *g, double *V, float *single)
{
    const int64_t n = g->n[0] * g->n[1] * g->n[2];
    for (int64_t i = 0; i < n; i++) {
        const double x = (double)(i % g->n[0]) / (double)g->n[0] - 0.5;
        single[i] = (float)(-85 + 120 / (1 + exp(x * 60)));
        single[n + i] = 0;
        V[i] = single[i];
    }
}

static void compare(const slab *g, other *o, sunzi_policy policy, int runs,
                    const double *V, const float *single, const double *flux,
                    double *phi, double *work)
{
    const int64_t n = g->n[0] * g->n[1] * g->n[2];
    double own[2] = {inside[0], inside[1]}, all[2] = {both[0], both[1]};
    sunzi_tissue_options option;
    sunzi_tissue *tissue;
    sunzi_bidomain *bidomain;
    sunzi_tissue_report report;
    sunzi_tissue_options_init(&option);
    for (int d = 0; d < 3; d++) {
        option.voxels[d] = g->n[d] - 1;
        option.spacing[d] = g->h;
    }
    option.policy = policy;
    option.voxel = voxel;
    option.user = own;
    check(sunzi_tissue_create(NULL, NULL, &option, &tissue));
    const sunzi_tissue_options total = {.voxel = voxel, .user = all};
    double start = seconds();
    check(sunzi_bidomain_create(tissue, &total, &bidomain));
    const double setup = seconds() - start;
    for (int r = 0; r < runs; r++) {
        int iterations;
        for (int64_t i = 0; i < n; i++)
            phi[i] = 0;
        start = seconds();
        check(sunzi_bidomain_solve(bidomain,
                                   policy == SUNZI_POLICY_FP64
                                       ? (const void *)V
                                       : (const void *)single,
                                   n, phi, &report));
        const double spent = seconds() - start;
        const double reached = residual(g, flux, phi, work, n);
        printf("bidomain code=sunzi-%s nodes=%lld setup=%.3f iterations=%d "
               "residual=%.3e seconds=%.4f\n",
               sunzi_policy_name(policy), (long long)n, setup,
               report.iterations, reached, spent);
        const double other_spent = solve(o, reached, phi, n, &iterations);
        printf("bidomain code=petsc-boomeramg nodes=%lld setup=%.3f "
               "iterations=%d residual=%.3e seconds=%.4f ratio=%.2f\n",
               (long long)n, o->setup, iterations,
               residual(g, flux, phi, work, n), other_spent,
               other_spent / spent);
        fflush(stdout);
    }
    sunzi_bidomain_destroy(&bidomain);
    sunzi_tissue_destroy(&tissue);
}

int main(int argc, char **argv)
{
    const double size[3] = {20, 7, 3};
    slab g = {.h = argc > 1 && *argv[1] != '-' ? atof(argv[1]) : 0.075};
    const int runs = argc > 2 && *argv[2] != '-' ? atoi(argv[2]) : 5;
    other o;
    PetscInitialize(&argc, &argv, NULL, NULL);
    for (int d = 0; d < 3; d++)
        g.n[d] = (int64_t)rint(size[d] / g.h) + 1;
    const int64_t n = g.n[0] * g.n[1] * g.n[2];
    double *V = calloc((size_t)n, sizeof *V);
    float *single = calloc(2 * (size_t)n, sizeof *single);
    double *flux = calloc((size_t)n, sizeof *flux);
    double *phi = calloc((size_t)n, sizeof *phi);
    double *work = calloc((size_t)n, sizeof *work);
    if (!V || !single || !flux || !phi || !work)
        return 1;
    front(&g, V, single);
    apply(&g, inside, V, flux);
    prepare(&o, &g, flux, n);
    compare(&g, &o, SUNZI_POLICY_FP32C, runs, V, single, flux, phi, work);
    compare(&g, &o, SUNZI_POLICY_FP64, runs, V, single, flux, phi, work);
    free(V);
    free(single);
    free(flux);
    free(phi);
    free(work);
    KSPDestroy(&o.ksp);
    MatDestroy(&o.A);
    VecDestroy(&o.b);
    VecDestroy(&o.x);
    return PetscFinalize();
}
