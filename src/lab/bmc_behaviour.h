/* SPDX-License-Identifier: Apache-2.0
 * How a lab BMC misbehaves: a set of words in a file, read by its process. */
#pragma once

#include "base/buf.h"

enum gh_bmc_behaviour {
	GH_BMC_SILENT = 1 << 0,
	GH_BMC_GONE = 1 << 1,
	GH_BMC_SLOW = 1 << 2,
	GH_BMC_BUSY = 1 << 3,
	GH_BMC_REDIRECT = 1 << 4,
	GH_BMC_FLOOD = 1 << 5,
	GH_BMC_DEEP = 1 << 6,
	GH_BMC_GARBAGE = 1 << 7,
	GH_BMC_OTHER_CERT = 1 << 8,
	GH_BMC_EXPIRED_CERT = 1 << 9,
	GH_BMC_NO_LOGIN = 1 << 10,
};

/* "silent slow"; words that are not known are left out. */
unsigned int gh_bmc_behaviour_parse(struct gh_bytes text);
/* The words of a set, "ok" for none; always the same text for the same set. */
void gh_bmc_behaviour_text(struct gh_buf *out, unsigned int set);
/* The set in a file; 0 when there is none. */
unsigned int gh_bmc_behaviour_load(const char *path);
