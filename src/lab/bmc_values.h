/* SPDX-License-Identifier: Apache-2.0
 * What $WORD stands for in the tables of bmc_rows.h: the values of one machine. */
#pragma once

#include "base/buf.h"
#include "lab/lab_spec.h"

#define GH_BMC_VALUES_MAX 96

struct gh_bmc_values {
	const struct gh_lab_spec *spec;
	struct {
		const char *word;
		char text[112];
	} at[GH_BMC_VALUES_MAX];
	size_t n, n_fixed; /* behind n_fixed: of the row's number */
};

/* faults: set of enum gh_fixture_fault; off: the machine has no power. */
void gh_bmc_values_fill(struct gh_bmc_values *v, const struct gh_lab_spec *spec,
    unsigned int faults, bool off);
/* $n and what follows from it: $z, serials, DIMM slots. */
void gh_bmc_values_number(struct gh_bmc_values *v, unsigned int n);
/* Appends text with its words replaced; false when one is not known. */
bool gh_bmc_values_text(
    const struct gh_bmc_values *v, struct gh_buf *out, const char *text);
/* The same for a body: ' becomes ", <Chassis/1> a link. */
bool gh_bmc_values_body(
    const struct gh_bmc_values *v, struct gh_buf *out, const char *body);
