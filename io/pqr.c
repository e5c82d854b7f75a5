/* SPDX-License-Identifier: BSD-3-Clause */
/* Reader of PQR files: T. J. Dolinsky et al., Nucleic Acids Res. 32 (2004)
 * W665. */
#include "io/pqr.h"

#include <string.h>

#include "core/memory.h"
#include "core/text.h"
#include "io/number.h"

enum {
    NUMBERS = 5,      /* at the end of a line */
    WORDS_LEAST = 10, /* of a line without a chain */
    WORDS_MOST = 11
};

typedef struct reader {
    sunzi_text text;
    int64_t atoms, room;
    sunzi_pb_atom *atom;
} reader;

typedef struct word {
    const char *begin, *end;
} word;

static bool is_word(const word *w, const char *text)
{
    return (size_t)(w->end - w->begin) == strlen(text) &&
           memcmp(w->begin, text, strlen(text)) == 0;
}

static sunzi_status keep(reader *r, const sunzi_pb_atom *atom)
{
    void *block = NULL;
    if (r->atoms == r->room) {
        const int64_t room = 2 * r->room + 256;
        const sunzi_status status =
            sunzi_allocate((size_t)room * sizeof *atom, "atoms", &block);
        if (status < 0)
            return status;
        if (r->atoms)
            memcpy(block, r->atom, (size_t)r->atoms * sizeof *atom);
        sunzi_release(r->atom);
        r->atom = block;
        r->room = room;
    }
    r->atom[r->atoms++] = *atom;
    return SUNZI_OK;
}

static sunzi_status read_numbers(reader *r, const word *words)
{
    static const char *const names[NUMBERS] = {"x", "y", "z", "charge",
                                               "radius"};
    static const sunzi_number_style style = {.fortran = false};
    double value[NUMBERS];
    for (int i = 0; i < NUMBERS; i++) {
        const sunzi_number_result result =
            sunzi_number_real(words[i].begin, words[i].end, &style, &value[i]);
        if (result != SUNZI_NUMBER_OK)
            return sunzi_number_fail(&r->text, result, names[i], words[i].begin,
                                     words[i].end);
    }
    if (value[4] < 0)
        return sunzi_text_fail(&r->text,
                               "the radius is %g, allowed: 0 and larger, in "
                               "Angstrom; correct the line",
                               value[4]);
    const sunzi_pb_atom atom = {
        {value[0], value[1], value[2]}, value[3], value[4]};
    return keep(r, &atom);
}

static sunzi_status read_line(reader *r)
{
    word words[WORDS_MOST + 1];
    const char *at = r->text.line;
    int count = 0;
    while (count <= WORDS_MOST &&
           sunzi_text_word(&at, r->text.line_end, &words[count].begin,
                           &words[count].end))
        count++;
    if (count == 0 ||
        (!is_word(&words[0], "ATOM") && !is_word(&words[0], "HETATM")))
        return SUNZI_OK;
    if (count < WORDS_LEAST || count > WORDS_MOST)
        return sunzi_text_fail(
            &r->text,
            "%s%d words, allowed are 10 or 11: ATOM, number, name, residue, "
            "chain (may be missing), residue number, x, y, z, charge, radius; "
            "part them by blanks",
            count > WORDS_MOST ? "more than " : "",
            count > WORDS_MOST ? WORDS_MOST : count);
    return read_numbers(r, words + count - NUMBERS);
}

sunzi_status sunzi_pqr_read(const char *path, int64_t *atoms,
                            sunzi_pb_atom **atom)
{
    static const sunzi_text_kind kind = {
        "PQR file", "give a PQR file, as PDB2PQR writes it", 0};
    reader r = {.atoms = 0};
    sunzi_status status;
    SUNZI_TRY(sunzi_text_load(path, &kind, &r.text));
    while (sunzi_text_next_line(&r.text))
        SUNZI_TRY(read_line(&r));
    if (r.atoms == 0) {
        status = sunzi_fail(SUNZI_ERR_FORMAT,
                            "%s: there are no ATOM or HETATM lines in it; give "
                            "a PQR file with atoms",
                            sunzi_quoted_path(path).text);
        goto done;
    }
    *atoms = r.atoms;
    *atom = r.atom;
    r.atom = NULL;
done:
    sunzi_release(r.atom);
    sunzi_text_release(&r.text);
    return status;
}

void sunzi_pqr_free(sunzi_pb_atom *atom)
{
    sunzi_release(atom);
}
