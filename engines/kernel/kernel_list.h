/* SPDX-License-Identifier: BSD-3-Clause */
/* All kernels and the files they are in. A new file of kernels: its #include in
 * engines/kernel/all.h, a line here for each kernel. LOOP: a K_KERNEL or
 * K_TEAM_KERNEL; GROUP: a
 * K_GROUP_KERNEL, for devices only. */
#ifndef SUNZI_ENGINES_KERNEL_KERNEL_LIST_H
#define SUNZI_ENGINES_KERNEL_KERNEL_LIST_H

#define K_KERNELS(LOOP, GROUP)                                                 \
    LOOP(k_triad, "engines/kernel/basic.k.h")                                  \
    LOOP(k_chains, "engines/kernel/basic.k.h")                                 \
    LOOP(k_fill_u32, "engines/kernel/basic.k.h")                               \
    LOOP(k_noise, "engines/kernel/basic.k.h")                                  \
    GROUP(batch_product, "precision/batch.k.h")                                \
    GROUP(measure_exponents, "precision/measure.k.h")                          \
    GROUP(measure_sums, "precision/measure.k.h")                               \
    LOOP(tissue_begin7_fp64, "solvers/cardiac/tissue.k.h")                     \
    LOOP(tissue_begin7_fp32, "solvers/cardiac/tissue.k.h")                     \
    LOOP(tissue_begin7_fp32c, "solvers/cardiac/tissue.k.h")                    \
    LOOP(tissue_begin19_fp64, "solvers/cardiac/tissue.k.h")                    \
    LOOP(tissue_begin19_fp32, "solvers/cardiac/tissue.k.h")                    \
    LOOP(tissue_begin19_fp32c, "solvers/cardiac/tissue.k.h")                   \
    LOOP(tissue_apply19_fp64, "solvers/cardiac/tissue.k.h")                    \
    LOOP(tissue_apply19_fp32, "solvers/cardiac/tissue.k.h")                    \
    LOOP(tissue_apply19_fp32c, "solvers/cardiac/tissue.k.h")                   \
    LOOP(tissue_advance_fp64, "solvers/cardiac/tissue.k.h")                    \
    LOOP(tissue_advance_fp32, "solvers/cardiac/tissue.k.h")                    \
    LOOP(tissue_advance_fp32c, "solvers/cardiac/tissue.k.h")                   \
    LOOP(tissue_direct_fp64, "solvers/cardiac/tissue.k.h")                     \
    LOOP(tissue_direct_fp32, "solvers/cardiac/tissue.k.h")                     \
    LOOP(tissue_direct_fp32c, "solvers/cardiac/tissue.k.h")                    \
    LOOP(tissue_spread_fp64, "solvers/cardiac/tissue.k.h")                     \
    LOOP(tissue_spread_fp32, "solvers/cardiac/tissue.k.h")                     \
    LOOP(tissue_spread_fp32c, "solvers/cardiac/tissue.k.h")                    \
    LOOP(tissue_add_fp64, "solvers/cardiac/tissue.k.h")                        \
    LOOP(tissue_add_fp32, "solvers/cardiac/tissue.k.h")                        \
    LOOP(tissue_add_fp32c, "solvers/cardiac/tissue.k.h")                       \
    LOOP(conjugate_apply_fp64, "solvers/grid/elliptic.k.h")                    \
    LOOP(conjugate_apply_fp32, "solvers/grid/elliptic.k.h")                    \
    LOOP(conjugate_advance_fp64, "solvers/grid/elliptic.k.h")                  \
    LOOP(conjugate_advance_fp32, "solvers/grid/elliptic.k.h")                  \
    LOOP(conjugate_ask_fp64, "solvers/grid/elliptic.k.h")                      \
    LOOP(conjugate_ask_fp32, "solvers/grid/elliptic.k.h")                      \
    LOOP(conjugate_direct_fp64, "solvers/grid/elliptic.k.h")                   \
    LOOP(conjugate_direct_fp32, "solvers/grid/elliptic.k.h")                   \
    LOOP(elliptic_residual_fp64, "solvers/grid/elliptic.k.h")                  \
    LOOP(elliptic_residual_fp32, "solvers/grid/elliptic.k.h")                  \
    LOOP(elliptic_residual_df64, "solvers/grid/elliptic.k.h")                  \
    LOOP(elliptic_add_fp64, "solvers/grid/elliptic.k.h")                       \
    LOOP(elliptic_add_fp32, "solvers/grid/elliptic.k.h")                       \
    LOOP(elliptic_add_df64, "solvers/grid/elliptic.k.h")                       \
    LOOP(salt_linear_fp64, "solvers/poisson_boltzmann/salt.k.h")               \
    LOOP(salt_linear_fp32, "solvers/poisson_boltzmann/salt.k.h")               \
    LOOP(salt_linear_df64, "solvers/poisson_boltzmann/salt.k.h")               \
    LOOP(salt_full_fp64, "solvers/poisson_boltzmann/salt.k.h")                 \
    LOOP(salt_full_fp32, "solvers/poisson_boltzmann/salt.k.h")                 \
    LOOP(salt_full_df64, "solvers/poisson_boltzmann/salt.k.h")                 \
    LOOP(product_convert, "precision/product.k.h")                             \
    GROUP(product_convert_turned, "precision/product.k.h")                     \
    LOOP(product_add_parts, "precision/product.k.h")                           \
    GROUP(product_residues, "precision/product.k.h")                           \
    LOOP(product_reduce, "precision/product.k.h")                              \
    LOOP(product_combine, "precision/product.k.h")                             \
    LOOP(product_reconstruct, "precision/product.k.h")                         \
    LOOP(product_reconstruct_short, "precision/product.k.h")                   \
    GROUP(lu_narrow_256, "solvers/dense/lu.k.h")                               \
    GROUP(lu_narrow_1024, "solvers/dense/lu.k.h")                              \
    GROUP(lu_gather, "solvers/dense/lu.k.h")                                   \
    GROUP(lu_rest, "solvers/dense/lu.k.h")                                     \
    GROUP(lu_finish, "solvers/dense/lu.k.h")                                   \
    GROUP(lu_exchange, "solvers/dense/lu.k.h")                                 \
    LOOP(lu_top, "solvers/dense/lu.k.h")                                       \
    GROUP(lu_update, "solvers/dense/lu.k.h")                                   \
    LOOP(lu_round_tf32, "solvers/dense/lu_low.k.h")                            \
    LOOP(lu_round, "solvers/dense/lu_low.k.h")                                 \
    LOOP(lu_scale, "solvers/dense/lu_low.k.h")                                 \
    LOOP(lu_slice, "solvers/dense/lu_low.k.h")                                 \
    LOOP(lu_add_slices, "solvers/dense/lu_low.k.h")                            \
    LOOP(batch_solve, "solvers/dense/batch.k.h")                               \
    GROUP(cholesky_block, "solvers/dense/cholesky.k.h")                        \
    LOOP(cholesky_place, "solvers/dense/cholesky.k.h")                         \
    GROUP(dense_load, "solvers/dense/load.k.h")                                \
    GROUP(residual_dots, "solvers/dense/residual.k.h")                         \
    GROUP(residual_axpys, "solvers/dense/residual.k.h")                        \
    LOOP(residual_end, "solvers/dense/residual.k.h")                           \
    GROUP(sweep_along, "solvers/dense/sweep.k.h")                              \
    GROUP(sweep_across, "solvers/dense/sweep.k.h")                             \
    GROUP(triangle_dots, "solvers/dense/triangle.k.h")                         \
    GROUP(triangle_block_dots, "solvers/dense/triangle.k.h")                   \
    GROUP(triangle_block_axpys, "solvers/dense/triangle.k.h")                  \
    GROUP(triangle_axpys, "solvers/dense/triangle.k.h")                        \
    LOOP(multigrid_take, "solvers/grid/multigrid.k.h")                         \
    LOOP(multigrid_start, "solvers/grid/multigrid.k.h")                        \
    LOOP(multigrid_smooth, "solvers/grid/multigrid.k.h")                       \
    LOOP(multigrid_rest, "solvers/grid/multigrid.k.h")                         \
    LOOP(multigrid_restrict, "solvers/grid/multigrid.k.h")                     \
    LOOP(multigrid_prolong, "solvers/grid/multigrid.k.h")                      \
    LOOP(cell_check_float, "solvers/cardiac/cell.k.h")                         \
    LOOP(cell_check_double, "solvers/cardiac/cell.k.h")                        \
    LOOP(cell_copy_u32, "solvers/cardiac/cell.k.h")                            \
    LOOP(cell_copy_u64, "solvers/cardiac/cell.k.h")                            \
    LOOP(cell_level_float, "solvers/cardiac/cell.k.h")                         \
    LOOP(cell_level_double, "solvers/cardiac/cell.k.h")                        \
    LOOP(cell_gather_u32, "solvers/cardiac/cell.k.h")                          \
    LOOP(cell_gather_u64, "solvers/cardiac/cell.k.h")                          \
    LOOP(cell_scatter_u32, "solvers/cardiac/cell.k.h")                         \
    LOOP(cell_scatter_u64, "solvers/cardiac/cell.k.h")                         \
    LOOP(bueno_orovio_fp64, "solvers/cardiac/bueno_orovio.k.h")                \
    LOOP(bueno_orovio_from_fp64, "solvers/cardiac/bueno_orovio.k.h")           \
    LOOP(bueno_orovio_fp32, "solvers/cardiac/bueno_orovio.k.h")                \
    LOOP(bueno_orovio_from_fp32, "solvers/cardiac/bueno_orovio.k.h")           \
    LOOP(bueno_orovio_fp32c, "solvers/cardiac/bueno_orovio.k.h")               \
    LOOP(bueno_orovio_from_fp32c, "solvers/cardiac/bueno_orovio.k.h")          \
    LOOP(bueno_orovio_df64, "solvers/cardiac/bueno_orovio.k.h")                \
    LOOP(bueno_orovio_from_df64, "solvers/cardiac/bueno_orovio.k.h")           \
    LOOP(courtemanche_fp64, "solvers/cardiac/courtemanche.k.h")                \
    LOOP(courtemanche_from_fp64, "solvers/cardiac/courtemanche.k.h")           \
    LOOP(courtemanche_fp32, "solvers/cardiac/courtemanche.k.h")                \
    LOOP(courtemanche_from_fp32, "solvers/cardiac/courtemanche.k.h")           \
    LOOP(courtemanche_fp32c, "solvers/cardiac/courtemanche.k.h")               \
    LOOP(courtemanche_from_fp32c, "solvers/cardiac/courtemanche.k.h")          \
    LOOP(ohara_rudy_fp64, "solvers/cardiac/ohara_rudy.k.h")                    \
    LOOP(ohara_rudy_from_fp64, "solvers/cardiac/ohara_rudy.k.h")               \
    LOOP(ohara_rudy_fp32, "solvers/cardiac/ohara_rudy.k.h")                    \
    LOOP(ohara_rudy_from_fp32, "solvers/cardiac/ohara_rudy.k.h")               \
    LOOP(ohara_rudy_fp32c, "solvers/cardiac/ohara_rudy.k.h")                   \
    LOOP(ohara_rudy_from_fp32c, "solvers/cardiac/ohara_rudy.k.h")              \
    LOOP(tp06_fp64, "solvers/cardiac/tp06.k.h")                                \
    LOOP(tp06_from_fp64, "solvers/cardiac/tp06.k.h")                           \
    LOOP(tp06_fp32, "solvers/cardiac/tp06.k.h")                                \
    LOOP(tp06_from_fp32, "solvers/cardiac/tp06.k.h")                           \
    LOOP(tp06_fp32c, "solvers/cardiac/tp06.k.h")                               \
    LOOP(tp06_from_fp32c, "solvers/cardiac/tp06.k.h")                          \
    LOOP(tp06_df64, "solvers/cardiac/tp06.k.h")                                \
    LOOP(tp06_from_df64, "solvers/cardiac/tp06.k.h")                           \
    LOOP(mitchell_fp64, "solvers/cardiac/mitchell.k.h")                        \
    LOOP(mitchell_from_fp64, "solvers/cardiac/mitchell.k.h")                   \
    LOOP(mitchell_fp32, "solvers/cardiac/mitchell.k.h")                        \
    LOOP(mitchell_from_fp32, "solvers/cardiac/mitchell.k.h")                   \
    LOOP(mitchell_fp32c, "solvers/cardiac/mitchell.k.h")                       \
    LOOP(mitchell_from_fp32c, "solvers/cardiac/mitchell.k.h")                  \
    LOOP(mitchell_df64, "solvers/cardiac/mitchell.k.h")                        \
    LOOP(mitchell_from_df64, "solvers/cardiac/mitchell.k.h")                   \
    LOOP(fitzhugh_nagumo_fp64, "solvers/cardiac/fitzhugh_nagumo.k.h")          \
    LOOP(fitzhugh_nagumo_from_fp64, "solvers/cardiac/fitzhugh_nagumo.k.h")     \
    LOOP(fitzhugh_nagumo_fp32, "solvers/cardiac/fitzhugh_nagumo.k.h")          \
    LOOP(fitzhugh_nagumo_from_fp32, "solvers/cardiac/fitzhugh_nagumo.k.h")     \
    LOOP(fitzhugh_nagumo_fp32c, "solvers/cardiac/fitzhugh_nagumo.k.h")         \
    LOOP(fitzhugh_nagumo_from_fp32c, "solvers/cardiac/fitzhugh_nagumo.k.h")    \
    LOOP(fitzhugh_nagumo_df64, "solvers/cardiac/fitzhugh_nagumo.k.h")          \
    LOOP(fitzhugh_nagumo_from_df64, "solvers/cardiac/fitzhugh_nagumo.k.h")

#define K_INDEX_LINE_(name, file) K_INDEX_##name,
enum { K_KERNELS(K_INDEX_LINE_, K_INDEX_LINE_) K_KERNEL_COUNT };
#undef K_INDEX_LINE_

#endif
