/* SPDX-License-Identifier: Apache-2.0
 * The faults recorded for one lab host. */
#pragma once

#include "base/err.h"
#include "lab/check_faults.h"

#define GH_FAULTS_MAX 64

struct gh_faults {
	struct {
		unsigned int index; /* into gh_lab_faults(), behind it a row's number */
		unsigned int gpu;   /* where it is of a GPU */
	} at[GH_FAULTS_MAX];
	size_t n;
	unsigned int fixture; /* set of enum gh_fixture_fault */
	unsigned int bmc;     /* set of enum gh_bmc_behaviour */
	unsigned int kds;     /* set of enum gh_kds_behaviour */
	bool hung, gone, bmc_swapped;
	struct gh_check_set checks;
};

/* What DIR/hosts/NAME/fault says; words that are not known are left out. */
void gh_faults_load(
    struct gh_faults *out, const char *dir, const struct gh_lab_spec *spec);
/* "gpu-old-vbios:5, host-slow"; "" = none. */
void gh_faults_text(const struct gh_faults *fs, char *out, size_t size);
/* True when that fault of the table is recorded for that GPU. */
bool gh_faults_has(const struct gh_faults *fs, const char *word, unsigned int gpu);
/* Puts the recorded faults of a host's GPUs into force. */
GH_MUST_USE int gh_faults_gpus(const struct gh_faults *fs, const char *dir,
    const struct gh_lab_spec *spec, struct gh_err *err);
