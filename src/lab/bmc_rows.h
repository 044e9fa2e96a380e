/* SPDX-License-Identifier: Apache-2.0
 * What a lab BMC serves, as tables: layout and values of a SYS-821GE-TNHR, healthy for
 * confidential computing (spec/host-and-firmware.md sections 3, 5 and 10). */
#pragma once

#include "lab/lab_spec.h"

/* When a row is there; 0 = always. */
enum gh_bmc_when {
	GH_BMC_TDX = 1 << 0,
	GH_BMC_SNP = 1 << 1,
	GH_BMC_TEE = 1 << 2,    /* not when the TEE is off in the BIOS */
	GH_BMC_NO_ETAG = 1 << 3 /* HGX members have none */
};

/* One resource, or one of a run. In path, name and body $WORD is a value of the machine
 * (bmc_values.c), $n the number in the run and $z the one before it. In a body ' stands
 * for ", and <Chassis/1> for a link to that resource. */
struct gh_bmc_row {
	const char *path;      /* below /redfish/v1/; "" = the service root */
	const char *type;      /* "Chassis.v1_14_0"; "..Collection" gets its Members */
	const char *name;      /* "" = none */
	const char *body;      /* further members, without the outer braces */
	unsigned int from, to; /* the run; 0, 0 = one resource */
	unsigned int when;     /* set of enum gh_bmc_when */
};

/* One BIOS attribute; its name gets a suffix that another BIOS version changes. */
struct gh_bmc_bios {
	const char *name, *value; /* value as in a body */
	unsigned int when;
};

/* Each closed by an empty row. */
extern const struct gh_bmc_row gh_bmc_rows_system[], gh_bmc_rows_manager[],
    gh_bmc_rows_chassis[], gh_bmc_rows_firmware[];
extern const struct gh_bmc_bios gh_bmc_rows_bios[];
