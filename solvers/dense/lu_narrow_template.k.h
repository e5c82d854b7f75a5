/* SPDX-License-Identifier: BSD-3-Clause */
/* The body of the kernels that take LU_NARROW columns of a panel, with groups
 * of LU_NARROW_ITEMS items, which the includer (lu.k.h) defines; undefined at
 * the end.
 *
 * Pivots follow each other, so that each would be a launch if groups shared
 * out the search. Instead every group finds all four, for which it reads the
 * four columns, and then updates its own rows of the panel. */
{
    K_BEGIN(lu_narrow_256)
    K_LOCAL float largest[LU_NARROW_ITEMS];
    K_LOCAL int place[LU_NARROW_ITEMS];
    K_LOCAL float u[LU_NARROW][LU_BASE]; /* rows of U in the panel */
    K_LOCAL int seat[LU_NARROW];         /* where the rows from r0 on are now */
    K_LOCAL int chosen[LU_NARROW];       /* the rows of the pivots */
    K_LOCAL int stop;
    const int items = LU_NARROW_ITEMS, item = K_ITEM(2);
    const int r0 = first + at, begin = at - panel;
    K_GLOBAL const float *x = from + at * ldw;
    if (item < LU_NARROW)
        seat[item] = r0 + item;
    if (item == 0) /* once: another group may write it meanwhile */
        stop = failed[0];
    K_BARRIER();
    int bad = stop;
    for (int c = 0; c < count && !bad; c++) {
        const lu_few q = {u[0][begin],     u[1][begin + 1], u[2][begin + 2],
                          u[0][begin + 1], u[0][begin + 2], u[0][begin + 3],
                          u[1][begin + 2], u[1][begin + 3], u[2][begin + 3]};
        float most = 0;
        int row = r0 + c;
        if (c == 0)
            LU_SEARCH(x[i])
        else if (c == 1)
            LU_SEARCH(lu_second(q, x[i], x[ldw + i]))
        else if (c == 2)
            LU_SEARCH(lu_third(q, x[i], x[ldw + i], x[2 * ldw + i]))
        else
            LU_SEARCH(
                lu_fourth(q, x[i], x[ldw + i], x[2 * ldw + i], x[3 * ldw + i]))
        if (item < LU_NARROW && r0 + item < n) {
            const float v = k_fabsf(lu_entry(q, c, x, ldw, r0 + item));
            const int before = v > most || (v == most && seat[item] < row);
            row = v > 0 && before ? seat[item] : row;
            most = v > most ? v : most;
        }
        largest[item] = most;
        place[item] = row;
        K_BARRIER();
        for (int step = items / 2; step > 0; step /= 2) {
            if (item < step) {
                const float other = largest[item + step];
                const int above = place[item + step];
                if (other > largest[item] ||
                    (other == largest[item] && above < place[item])) {
                    largest[item] = other;
                    place[item] = above;
                }
            }
            K_BARRIER();
        }
        const int p = place[0];
        const float size = largest[0];
        bad = !(size > 0) || !(size <= 3.40282347e38f) ? r0 + c + 1 : 0;
        if (item == 0) {
            int found = p;
            for (int t = 0; t < LU_NARROW; t++) {
                const int s = seat[t];
                found = s == p ? r0 + t : found;
                seat[t] = s == p ? r0 + c : s == r0 + c ? p : s;
            }
            chosen[c] = found;
            if (K_GROUP(2) == 0)
                pivots[r0 + c] = p;
            if (K_GROUP(2) == 0 && bad)
                failed[0] = bad;
        }
        K_BARRIER();
        if (item < width && !bad) {
            const int r = chosen[c];
            float v = from[(panel + item) * ldw + r];
            for (int h = 0; h < c; h++)
                v = k_fmaf(-(lu_entry(q, h, x, ldw, r) / u[h][begin + h]),
                           u[h][item], v);
            u[c][item] = v;
        }
        K_BARRIER();
    }
    const int i0 = first + K_GROUP(2) * LU_SHARE;
    for (int i = i0 + item; i < i0 + LU_SHARE && i < n && !bad; i += items) {
        /* a row of U from column i - r0 on, of L before */
        const int known = i < r0 ? 0 : i < r0 + count ? i - r0 : count;
        int source = known < count && i >= r0 ? chosen[known] : i;
        float l[LU_NARROW], v[LU_NARROW];
        for (int t = 0; t < LU_NARROW; t++)
            source = i >= r0 + count && seat[t] == i ? r0 + t : source;
        for (int h = 0; h < LU_NARROW; h++)
            v[h] = h < count ? x[h * ldw + source] : 0.0f;
        for (int h = 0; h < LU_NARROW; h++) {
            l[h] = h < known ? v[h] / u[h][begin + h] : 0.0f;
            for (int k = h + 1; k < LU_NARROW; k++)
                v[k] = h < known ? k_fmaf(-l[h], u[h][begin + k], v[k]) : v[k];
        }
        for (int h = 0; h < LU_NARROW; h++)
            if (h < count)
                to[(at + h) * ldw + i] = h < known ? l[h] : v[h];
        for (int k = 0; k < width; k++) {
            float w = from[(panel + k) * ldw + source];
            for (int h = 0; h < LU_NARROW; h++)
                w = h < known && k >= begin + count ? k_fmaf(-l[h], u[h][k], w)
                                                    : w;
            if (k < begin || k >= begin + count)
                to[(panel + k) * ldw + i] = w;
        }
    }
}
#undef LU_NARROW_ITEMS
