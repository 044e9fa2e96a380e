/* SPDX-License-Identifier: Apache-2.0
 * What the judges of firmware share: the BMC's firmware inventory, what is known about
 * firmware, and counting the versions of a component. */
#pragma once

#include "checks/judge.h"
#include "firmware/inventory.h"

struct gh_judged_firmware {
	struct gh_knowledge known;
	struct gh_fw_inventory inv;
	const char *product; /* as the BMC says, else the fleet file; "" = not known */
};

/* False, and the finding is UNKNOWN, when there is no BMC or it shows no inventory. */
bool gh_judge_firmware(struct gh_judging *j, struct gh_judged_firmware *out);
void gh_judged_firmware_free(struct gh_judged_firmware *fw);

/* How many running images of a component there are, by version. */
struct gh_fw_tally {
	unsigned int n;         /* with a version */
	unsigned int n_missing; /* without one, or not read */
	unsigned int n_kinds;   /* different versions */
	bool malformed;         /* one has not the form of its scheme */
	const char *version;    /* of the first; "" = none */
	const char *scheme;
	char text[240]; /* "1.3 x6, 1.0 x2" */
};

void gh_fw_tally(
    struct gh_fw_tally *out, const struct gh_fw_inventory *inv, const char *component);
/* The component is there, whole, and one version, n times (0 = however often). Says what
 * is wrong otherwise: FAIL mixed or count, UNKNOWN absent, unread or malformed. */
bool gh_judge_uniform(
    struct gh_judging *j, const struct gh_fw_tally *t, const char *what, unsigned int n);
