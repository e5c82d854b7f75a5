/* SPDX-License-Identifier: BSD-3-Clause */
/* What `sunzi pb` tells; doc/sunzi-pb.1 documents every key of the report. */
#include <math.h>
#include <stdio.h>

#include "tools/command.h"
#include "tools/json.h"
#include "tools/pb.h"
#include "tools/team.h"

enum { SCHEMA = 1 };

static const double joules_per_calorie = 4.184;

/* The word of a choice. */
static const char *word(const sunzi_run_file *file, int key)
{
    return file->schema->keys[key].choices[file->value[key].integer];
}

/* ---- printed ---- */

static void print_head(const sunzi_run_file *file, const sunzi_pb_result *r)
{
    const sunzi_pb_solution *last = &r->solution[r->solutions - 1];
    printf("%s: %lld atoms, charge %.6g e\n",
           file->value[SUNZI_PB_MOLECULE].text, (long long)r->atoms, r->charge);
    printf("%s Poisson-Boltzmann equation, dielectric %g in %g, %s surface, "
           "%g K, ",
           word(file, SUNZI_PB_EQUATION), file->value[SUNZI_PB_SOLUTE].real,
           file->value[SUNZI_PB_SOLVENT].real, word(file, SUNZI_PB_SURFACE),
           file->value[SUNZI_PB_TEMPERATURE].real);
    if (isinf(r->debye))
        printf("no salt\n");
    else
        printf("Debye length %.4g A\n", r->debye);
    printf("finest grid %lld x %lld x %lld nodes, spacing %g A; %d process%s\n",
           (long long)last->nodes[0], (long long)last->nodes[1],
           (long long)last->nodes[2], last->spacing[0],
           sunzi_team_get()->processes,
           sunzi_team_get()->processes > 1 ? "es" : "");
}

static void print_solutions(const sunzi_pb_result *r)
{
    printf("\n%-6s %-10s %-18s %9s %7s %11s %10s %8s\n", r->policy, "medium",
           "nodes", "spacing", "passes", "iterations", "residual", "seconds");
    for (int i = 0; i < r->solutions; i++) {
        const sunzi_pb_solution *s = &r->solution[i];
        char nodes[64];
        snprintf(nodes, sizeof nodes, "%lld x %lld x %lld",
                 (long long)s->nodes[0], (long long)s->nodes[1],
                 (long long)s->nodes[2]);
        printf("%-6s %-10s %-18s %7.4g A %7d %11d %10.2g %8.2f\n", "",
               s->is_reference ? "reference" : "solvent", nodes, s->spacing[0],
               s->solved.passes, s->solved.iterations, s->solved.residual,
               s->making + s->solved.seconds);
    }
}

static void print_energy(const char *what, double energy, double kT)
{
    printf("%-26s %18.9g %18.9g %18.9g\n", what, energy * kT,
           energy * kT / joules_per_calorie, energy);
}

static void print_energies(const sunzi_pb_result *r)
{
    printf("\n%-6s %-19s %18s %18s %18s\n", r->policy, "energy", "kJ/mol",
           "kcal/mol", "k T");
    print_energy("in the solvent", r->in_solvent, r->kT);
    if (!r->has_reference)
        return;
    print_energy("in the reference", r->reference, r->kT);
    print_energy("of solvation", r->solvation, r->kT);
}

void sunzi_pb_print(const sunzi_run_file *file, int count,
                    const sunzi_pb_result *results)
{
    print_head(file, results);
    for (int k = 0; k < count; k++) {
        const sunzi_pb_result *r = &results[k];
        print_solutions(r);
        print_energies(r);
        if (k > 0 && r->has_reference)
            printf("difference from %-10s %18.3g %18.3g %18.3g\n",
                   results->policy, (r->solvation - results->solvation) * r->kT,
                   (r->solvation - results->solvation) * r->kT /
                       joules_per_calorie,
                   r->solvation - results->solvation);
    }
}

/* ---- the report ---- */

static void write_energy(sunzi_json *json, const char *key, double energy,
                         double kT)
{
    sunzi_json_open(json, key, '{');
    sunzi_json_number(json, "kj_per_mol", energy * kT);
    sunzi_json_number(json, "kcal_per_mol", energy * kT / joules_per_calorie);
    sunzi_json_number(json, "kt", energy);
    sunzi_json_close(json, '}');
}

static void write_three(sunzi_json *json, const char *key, const double *x)
{
    sunzi_json_open(json, key, '[');
    for (int d = 0; d < 3; d++)
        sunzi_json_number(json, NULL, x[d]);
    sunzi_json_close(json, ']');
}

static void write_solution(sunzi_json *json, const sunzi_pb_solution *s)
{
    sunzi_json_open(json, NULL, '{');
    sunzi_json_string(json, "medium",
                      s->is_reference ? "reference" : "solvent");
    sunzi_json_open(json, "nodes", '[');
    for (int d = 0; d < 3; d++)
        sunzi_json_integer(json, NULL, s->nodes[d]);
    sunzi_json_close(json, ']');
    write_three(json, "spacing_angstrom", s->spacing);
    sunzi_json_integer(json, "passes", s->solved.passes);
    sunzi_json_integer(json, "iterations", s->solved.iterations);
    sunzi_json_integer(json, "halvings", s->solved.halvings);
    sunzi_json_number(json, "residual", s->solved.residual);
    sunzi_json_number(json, "energy_kt", s->solved.energy);
    sunzi_json_number(json, "charge_energy_kt", s->solved.charge_energy);
    sunzi_json_number(json, "largest_kt_e", s->solved.largest);
    sunzi_json_number(json, "making_seconds", s->making);
    sunzi_json_number(json, "seconds", s->solved.seconds);
    sunzi_json_close(json, '}');
}

static void write_run(sunzi_json *json, const sunzi_pb_result *r)
{
    sunzi_json_open(json, r->policy, '{');
    write_energy(json, "in_solvent", r->in_solvent, r->kT);
    if (r->has_reference) {
        write_energy(json, "in_reference", r->reference, r->kT);
        write_energy(json, "solvation", r->solvation, r->kT);
    }
    sunzi_json_number(json, "seconds", r->seconds);
    sunzi_json_open(json, "solutions", '[');
    for (int i = 0; i < r->solutions; i++)
        write_solution(json, &r->solution[i]);
    sunzi_json_close(json, ']');
    sunzi_json_close(json, '}');
}

static void write_all(sunzi_json *json, const sunzi_run_file *file, int count,
                      const sunzi_pb_result *results)
{
    sunzi_json_open(json, NULL, '{');
    sunzi_json_integer(json, "schema", SCHEMA);
    sunzi_json_string(json, "version", sunzi_version());
    sunzi_json_string(json, "molecule", file->value[SUNZI_PB_MOLECULE].text);
    sunzi_json_integer(json, "atoms", results->atoms);
    sunzi_json_number(json, "charge", results->charge);
    sunzi_json_string(json, "equation", word(file, SUNZI_PB_EQUATION));
    sunzi_json_string(json, "surface", word(file, SUNZI_PB_SURFACE));
    sunzi_json_number(json, "solute_dielectric",
                      file->value[SUNZI_PB_SOLUTE].real);
    sunzi_json_number(json, "solvent_dielectric",
                      file->value[SUNZI_PB_SOLVENT].real);
    sunzi_json_number(json, "temperature_k",
                      file->value[SUNZI_PB_TEMPERATURE].real);
    sunzi_json_number(json, "debye_length_angstrom", results->debye);
    sunzi_json_integer(json, "processes", sunzi_team_get()->processes);
    sunzi_json_open(json, "runs", '{');
    for (int k = 0; k < count; k++)
        write_run(json, &results[k]);
    sunzi_json_close(json, '}');
    sunzi_json_close(json, '}');
}

int sunzi_pb_write_report(const sunzi_run_file *file, int count,
                          const sunzi_pb_result *results)
{
    sunzi_json_file report;
    sunzi_status status =
        sunzi_json_file_open(file->value[SUNZI_PB_REPORT].text, &report);
    if (status == SUNZI_OK) {
        write_all(&report.json, file, count, results);
        status = sunzi_json_file_close(&report);
    }
    return sunzi_json_file_told(SUNZI_PB_COMMAND, status);
}
