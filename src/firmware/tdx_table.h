/* SPDX-License-Identifier: Apache-2.0
 * What Intel published about each TDX module: inventory/tdx-modules.json, compiled in
 * (spec/host-and-firmware.md section 5.6). */
#pragma once

#include <stdbool.h>

struct gh_tdx_row {
	char version[16]; /* "1.5.08" */
	char mrseam[97];  /* hex */
	unsigned int n_cpus;
	unsigned int cpu[8]; /* CPUID signatures, stepping ignored */
};

/* The row where key ("version", "build_date" as YYYY-MM-DD) has that value. False, with
 * *out zeroed, when there is none. */
bool gh_tdx_table_find(struct gh_tdx_row *out, const char *key, const char *value);
