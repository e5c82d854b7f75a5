/* SPDX-License-Identifier: BSD-3-Clause */
/* Cases of test_ordered.c for one type: the includer defines REAL, CHAIN (its
 * fused multiply-add), ORDERED (the kernel) and NAME (decoration). */
static void NAME(check)(const sunzi_engine_ops *engine, int m, int n, int k,
                        bool by_columns, bool subtract)
{
    const int64_t ldb = n + 3, ldc = n + 2;
    const int64_t a_row = by_columns ? 1 : k + 1,
                  a_col = by_columns ? m + 1 : 1;
    const size_t a_size = (size_t)(m + 1) * (size_t)(k + 1);
    const size_t b_size = (size_t)(k + 1) * (size_t)ldb;
    const size_t c_size = (size_t)(m + 1) * (size_t)ldc;
    REAL *a = malloc(a_size * sizeof *a), *b = malloc(b_size * sizeof *b);
    REAL *c = malloc(c_size * sizeof *c),
         *expected = malloc(c_size * sizeof *c);
    assert_true(a && b && c && expected);
    for (size_t i = 0; i < a_size; i++)
        a[i] = (REAL)random_number();
    for (size_t i = 0; i < b_size; i++)
        b[i] = (REAL)random_number();
    for (size_t i = 0; i < c_size; i++)
        c[i] = expected[i] = (REAL)random_number();
    for (int i = 0; i < m; i++)
        for (int j = 0; j < n; j++)
            for (int h = 0; h < k; h++) {
                const REAL x = a[i * a_row + h * a_col];
                expected[i * ldc + j] = CHAIN(subtract ? -x : x, b[h * ldb + j],
                                              expected[i * ldc + j]);
            }
    engine->ORDERED(m, n, k, subtract, a, a_row, a_col, b, ldb, c, ldc);
    /* the entries outside of C as well */
    if (memcmp(c, expected, c_size * sizeof *c) != 0)
        fail_msg("%s: m %d, n %d, k %d, columns %d, subtract %d", engine->name,
                 m, n, k, by_columns, subtract);
    free(a);
    free(b);
    free(c);
    free(expected);
}

static void NAME(every_engine_stores_the_chain)(void **unused)
{
    /* around the register tiles (6 and 12 rows, 8 .. 32 columns) */
    static const int sizes[] = {0,  1,  5,  6,  7,  8,  11, 12,
                                13, 15, 16, 17, 31, 32, 33};
    /* and around the cache blocks (48, 96 rows; 256, 512 columns; 256 deep) */
    static const int large[][3] = {{49, 257, 257},
                                   {97, 513, 255},
                                   {95, 511, 513},
                                   {1, 600, 300},
                                   {200, 3, 256}};
    enum { SIZES = sizeof sizes / sizeof *sizes };
    (void)unused;
    for (int e = 0; sunzi_engine_at(e); e++) {
        const sunzi_engine_ops *engine = sunzi_engine_at(e);
        char why[160];
        if (!engine->available(why, sizeof why)) {
            print_message("skipped %s: %s\n", engine->name, why);
            continue;
        }
        for (int i = 0; i < SIZES; i++)
            for (int j = 0; j < SIZES; j++)
                NAME(check)
        (engine, sizes[i], sizes[j], sizes[(i + 3 * j) % SIZES], (i + j) & 1,
         j & 2);
        for (size_t i = 0; i < sizeof large / sizeof *large; i++)
            NAME(check)
        (engine, large[i][0], large[i][1], large[i][2], i & 1, i & 2);
    }
}

#undef REAL
#undef CHAIN
#undef ORDERED
#undef NAME
