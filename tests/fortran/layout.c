/* SPDX-License-Identifier: BSD-3-Clause */
/* Fills the public structs for test_layout.f90: every field with its own
 * number, counted from 1 in the order of the header; pointers become addresses
 * of that number. */
#include <stdint.h>
#include <string.h>
#include <sunzi/sunzi.h>

#define AT(number)                ((void *)(uintptr_t)(number))
#define FUNCTION_AT(type, number) ((type *)(uintptr_t)(number))

size_t sunzi_test_context_options(sunzi_context_options *o);
size_t sunzi_test_product_options(sunzi_product_options *o);
size_t sunzi_test_product_info(sunzi_product_info *i);
size_t sunzi_test_column_report(sunzi_column_report *r);
size_t sunzi_test_attempt(sunzi_attempt *a);
size_t sunzi_test_solve_report(sunzi_solve_report *r);
size_t sunzi_test_solve_options(sunzi_solve_options *o);
size_t sunzi_test_batch_member(sunzi_batch_member *m);
size_t sunzi_test_field(sunzi_field *f);
size_t sunzi_test_traffic(sunzi_traffic *t);
size_t sunzi_test_halo_shape(sunzi_halo_shape *s);
size_t sunzi_test_transpose_shape(sunzi_transpose_shape *s);

size_t sunzi_test_context_options(sunzi_context_options *o)
{
    *o = (sunzi_context_options){.engine = AT(1),
                                 .threads = 2,
                                 .reproducible = 3,
                                 .workspace_limit_bytes = 4,
                                 .log = FUNCTION_AT(sunzi_log_fn, 5),
                                 .log_user = AT(6),
                                 .progress = FUNCTION_AT(sunzi_progress_fn, 7),
                                 .progress_user = AT(8)};
    return sizeof *o;
}

size_t sunzi_test_product_options(sunzi_product_options *o)
{
    *o = (sunzi_product_options){.method = (sunzi_product_method)1,
                                 .moduli = 2,
                                 .tolerance = 3,
                                 .unbalanced = 4};
    return sizeof *o;
}

size_t sunzi_test_product_info(sunzi_product_info *i)
{
    *i = (sunzi_product_info){.method = (sunzi_product_method)1,
                              .engine = AT(2),
                              .moduli = 3,
                              .certificate = 4,
                              .balanced = 5,
                              .raised = 6,
                              .special_rows = 7,
                              .special_columns = 8,
                              .reason = AT(9),
                              .workspace_bytes = 10,
                              .seconds_measure = 11,
                              .seconds_convert = 12,
                              .seconds_product = 13,
                              .seconds_reconstruct = 14};
    return sizeof *i;
}

size_t sunzi_test_column_report(sunzi_column_report *r)
{
    *r = (sunzi_column_report){.grade = (sunzi_grade)1,
                               .refinements = 2,
                               .gmres_iterations = 3,
                               .normwise_error = 4,
                               .componentwise_error = 5,
                               .forward_bound = 6};
    return sizeof *r;
}

size_t sunzi_test_attempt(sunzi_attempt *a)
{
    *a = (sunzi_attempt){.factor = (sunzi_factor)1,
                         .succeeded = 2,
                         .seconds_factor = 3,
                         .seconds_refine = 4,
                         .engine_factor = AT(5),
                         .engine_residual = AT(6),
                         .engine_solve = AT(7)};
    memset(a->reason, '8', sizeof a->reason);
    return sizeof *a;
}

size_t sunzi_test_solve_report(sunzi_solve_report *r)
{
    *r = (sunzi_solve_report){.factor = (sunzi_factor)1,
                              .grade = (sunzi_grade)2,
                              .engine = AT(3),
                              .condition = 4,
                              .seconds_total = 5,
                              .seconds_factor = 6,
                              .seconds_refine = 7,
                              .seconds_condition = 8,
                              .seconds_certify = 9,
                              .workspace_bytes = 10,
                              .attempts = 11};
    sunzi_test_attempt(&r->attempt[SUNZI_ATTEMPTS_MAX - 1]);
    return sizeof *r;
}

size_t sunzi_test_solve_options(sunzi_solve_options *o)
{
    *o = (sunzi_solve_options){.structure = (sunzi_structure)1,
                               .factor = (sunzi_factor)2,
                               .grade = (sunzi_grade)3,
                               .climb = 4,
                               .max_refinements = 5,
                               .max_gmres = 6};
    return sizeof *o;
}

size_t sunzi_test_batch_member(sunzi_batch_member *m)
{
    *m = (sunzi_batch_member){.status = (sunzi_status)1,
                              .grade = (sunzi_grade)2,
                              .factor = (sunzi_factor)3,
                              .refinements = 4,
                              .normwise_error = 5};
    return sizeof *m;
}

size_t sunzi_test_field(sunzi_field *f)
{
    *f = (sunzi_field){
        .element = (sunzi_element)1, .wire = (sunzi_wire)2, .components = 3};
    return sizeof *f;
}

size_t sunzi_test_traffic(sunzi_traffic *t)
{
    *t = (sunzi_traffic){.sends = 1,
                         .receives = 2,
                         .send_bytes = 3,
                         .receive_bytes = 4,
                         .copy_bytes = 5,
                         .overflows = 6};
    return sizeof *t;
}

size_t sunzi_test_halo_shape(sunzi_halo_shape *s)
{
    *s = (sunzi_halo_shape){.dimensions = 1,
                            .cells = {2, 3, 4},
                            .processes = {5, 6, 7},
                            .periodic = {8, 9, 10},
                            .lower = {11, 12, 13},
                            .upper = {14, 15, 16},
                            .reach = (sunzi_halo_reach)17};
    return sizeof *s;
}

size_t sunzi_test_transpose_shape(sunzi_transpose_shape *s)
{
    *s = (sunzi_transpose_shape){.n = {1, 2, 3},
                                 .processes = {4, 5},
                                 .from = 6,
                                 .to = 7,
                                 .from_storage = (sunzi_pencil_storage)8,
                                 .to_storage = (sunzi_pencil_storage)9};
    sunzi_test_field(&s->field);
    return sizeof *s;
}
