/* SPDX-License-Identifier: Apache-2.0
 * Faults that make exactly one check of the catalogue fail: edits of what a lab host or its
 * BMC shows, as a table. `gatehouse lab break HOST CHECK-ID` takes any id that has a row. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "lab/lab_spec.h"

enum gh_check_tee { GH_CHECK_ANY, GH_CHECK_TDX, GH_CHECK_SNP };

enum gh_check_kind {
	/* where: a resource below /redfish/v1/, all that begin so when it ends in *. from: a
	 * member as a JSON pointer, whose last part may end in * for the rest of its name;
	 * "" is the whole resource, which need not be there. to: its new value as in
	 * bmc_rows.h ('Disabled'), NULL deletes. */
	GH_CHECK_BMC,
	/* where: a file or link in the fixture, with * as in a shell. to replaces the first
	 * `from` in the file's text or the link's target; from NULL: the whole of it, which
	 * need not be there; to NULL: the file is removed. */
	GH_CHECK_FILE,
	/* where: a file in the fixture. to: "MODE" or "MODE GID", "666" or "660 0". */
	GH_CHECK_MODE,
	/* where: a model specific register, "0x982". to: its value, in hex. */
	GH_CHECK_MSR,
	/* where: an EFI variable of certificates, as a file in the fixture. from: the name of
	 * one that goes, NULL: none does; to: the name of one more, NULL: none comes. */
	GH_CHECK_CERT,
};

struct gh_check_fault {
	const char *check; /* id in the catalogue; several rows are one fault */
	enum gh_check_tee tee;
	enum gh_check_kind kind;
	const char *where, *from, *to;
};

/* Each closed by an empty row. */
extern const struct gh_check_fault gh_check_faults_bmc[], gh_check_faults_host[];

/* All rows of both tables, by number; NULL behind the last. */
#define GH_CHECK_ROWS_MAX 512
const struct gh_check_fault *gh_check_fault_row(size_t i);
/* True when the row is for that machine. */
bool gh_check_fault_fits(const struct gh_check_fault *r, const struct gh_lab_spec *spec);

/* True when a running host sees the change only after it is started again: a file that
 * it has by inode comes or goes. */
bool gh_check_fault_restarts(const struct gh_check_fault *r);

/* Rows in force, by number. */
struct gh_check_set {
	unsigned short at[GH_CHECK_ROWS_MAX];
	size_t n;
};

/* Adds the rows of that check which fit the machine; false when there are none. */
bool gh_check_set_add(
    struct gh_check_set *set, const char *check, const struct gh_lab_spec *spec);
