/* SPDX-License-Identifier: BSD-3-Clause */
/* QR factors of a tall matrix in one precision, and the augmented system solved
 * with them. The includer defines
 *     QR_REAL        float or double
 *     QR_NAME(name)  decorated function name
 *     QR_LAPACK(f)   LAPACKE function of that precision
 *
 * M = Q R, M of shape [rows, cols], rows >= cols. The augmented system
 *     [ I   M ] [p]   [f]
 *     [ M^T 0 ] [q] = [g]
 * has the solution (A. Bjorck, BIT 7 (1967) 257, eq. 4.2): with h = R^-T g and
 * d = Q^T f = [d_1; d_2],  p = Q [h; d_2],  q = R^-1 (d_1 - h). */
#ifndef QR_REAL
#error "qr_template.h is included by gels.c with QR_REAL defined"
#endif

/* Factorize the column-major copy; *rcond: reciprocal 1-norm condition of R.
 * Nonzero: LAPACK could not allocate. */
static int QR_NAME(qr_factorize)(int rows, int cols, const double *m,
                                 QR_REAL *qr, QR_REAL *tau, double *rcond)
{
    const size_t entries = (size_t)rows * (size_t)cols;
    for (size_t i = 0; i < entries; i++)
        qr[i] = (QR_REAL)m[i];
    int info = QR_LAPACK(geqrf)(LAPACK_COL_MAJOR, rows, cols, qr, rows, tau);
    QR_REAL estimate = 0;
    if (info == 0)
        info = QR_LAPACK(trcon)(LAPACK_COL_MAJOR, '1', 'U', 'N', cols, qr, rows,
                                &estimate);
    *rcond = (double)estimate;
    return info;
}

/* p, q from f, g (p may be f, q may be g); work: rows + cols numbers. The
 * right-hand sides must be of moderate size: the caller scales them. */
static int QR_NAME(qr_solve)(int rows, int cols, const QR_REAL *qr,
                             const QR_REAL *tau, const double *f,
                             const double *g, double *p, double *q,
                             QR_REAL *work)
{
    QR_REAL *d = work, *h = work + rows;
    for (int i = 0; i < rows; i++)
        d[i] = (QR_REAL)f[i];
    for (int j = 0; j < cols; j++)
        h[j] = (QR_REAL)g[j];
    int info = QR_LAPACK(trtrs)(LAPACK_COL_MAJOR, 'U', 'T', 'N', cols, 1, qr,
                                rows, h, cols);
    if (info == 0)
        info = QR_LAPACK(ormqr)(LAPACK_COL_MAJOR, 'L', 'T', rows, 1, cols, qr,
                                rows, tau, d, rows);
    if (info != 0)
        return info;
    for (int j = 0; j < cols; j++) {
        const QR_REAL h_j = h[j];
        h[j] = d[j] - h_j;
        d[j] = h_j;
    }
    info = QR_LAPACK(ormqr)(LAPACK_COL_MAJOR, 'L', 'N', rows, 1, cols, qr, rows,
                            tau, d, rows);
    if (info == 0)
        info = QR_LAPACK(trtrs)(LAPACK_COL_MAJOR, 'U', 'N', 'N', cols, 1, qr,
                                rows, h, cols);
    for (int i = 0; i < rows; i++)
        p[i] = (double)d[i];
    for (int j = 0; j < cols; j++)
        q[j] = (double)h[j];
    return info;
}

#undef QR_REAL
#undef QR_NAME
#undef QR_LAPACK
