/* SPDX-License-Identifier: Apache-2.0
 * What src/ops answers to the table views, made by hand. */
#pragma once

#include "fixture.h"

#define FIXTURE_HOSTILE                                                                  \
	"\033[2J\033]52;c;eA==\a\r\n\b\t\xc2\x9b"                                        \
	"31m\xe2\x80\xae\xe2\x80\x8b"

/* gh_op_facts: six facts, two of them contradicted; `at` is when all was read. */
static json_t *fixture_facts(const char *host, int64_t at, const char *vendor)
{
	json_t *v = json_string_nocheck(vendor);
	json_t *j = json_pack("{s:s, s:I, s:I, s:["
			      "{s:s, s:n, s:b, s:n, s:s, s:s, s:s, s:s},"
			      "{s:s, s:o, s:n, s:n, s:s, s:s, s:s, s:s},"
			      "{s:s, s:s, s:s, s:b, s:s, s:s, s:s, s:s},"
			      "{s:s, s:i, s:n, s:n, s:s, s:s, s:s, s:s},"
			      "{s:s, s:s, s:s, s:b, s:s, s:s, s:s, s:s},"
			      "{s:s, s:s, s:s, s:b, s:s, s:s, s:s, s:s}]}",
	    "host", host, "ssh_read_at", (json_int_t)at, "bmc_read_at",
	    (json_int_t)at - 60, "facts",
	    /* one side */
	    "name", "bios.acs", "ssh", "bmc", 1, "agree", "unit", "", "type", "yes or no",
	    "help", "the BIOS has PCIe Access Control Services on", "assurance", "A0",
	    "name", "bios.vendor", "ssh", v, "bmc", "agree", "unit", "", "type", "text",
	    "help", "who made the BIOS", "assurance", "A0",
	    /* both, the same */
	    "name", "bios.version", "ssh", "2.7", "bmc", "2.7", "agree", 1, "unit", "",
	    "type", "version", "help", "the running BIOS", "assurance", "A1",
	    /* a number */
	    "name", "bmc.time_skew_s", "ssh", 3, "bmc", "agree", "unit", "s", "type",
	    "number", "help", "how far its clock is off", "assurance", "A0",
	    /* both, not the same; the second at the very end only */
	    "name", "id.serial", "ssh", "S948211X4A00102", "bmc", "S948211X4A07741",
	    "agree", 0, "unit", "", "type", "text", "help", "the system's serial number",
	    "assurance", "A0", "name", "id.uuid", "ssh",
	    "00000000-0000-0000-0000-7cc2554e0a02", "bmc",
	    "00000000-0000-0000-0000-7cc2554e7741", "agree", 0, "unit", "", "type",
	    "text", "help", "the system's UUID", "assurance", "A0");

	if (!j)
		abort();
	return j;
}
