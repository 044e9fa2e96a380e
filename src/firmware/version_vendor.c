/* SPDX-License-Identifier: Apache-2.0
 * Version schemes of server vendors: Supermicro, Dell, HPE, Lenovo; CPLDs, Intel NICs,
 * dates. */
#include <ctype.h>
#include <stdio.h>

#include "base/text.h"
#include "firmware/version_scheme.h"

/* 2.7, 2.7a, or "BIOS Date: 08/04/2023 Ver 1.4". A letter is a later respin. */
static bool parse_smc_bios(struct gh_bytes s, struct gh_version *out)
{
	const struct gh_digits d = {10, 1, 4};

	if (gh_scan_text(&s, "BIOS Date: ") &&
	    (!gh_scan_date(&s, &out->date) || !gh_scan_text(&s, " Ver ")))
		return false;
	if (gh_scan_dots(&s, d, 2, out->key) != 2)
		return false;
	if (s.len == 1 && isalpha(s.p[0])) {
		out->key[2] = (uint64_t)(tolower(s.p[0]) - 'a' + 1);
		return true;
	}
	return s.len == 0;
}

/* [X]NN.NN.NN. The line is the X and the tens of the first field: 01.x is standard, 11.x
 * and X1.x are custom builds, counted on their own. */
static bool parse_smc_bmc(struct gh_bytes s, struct gh_version *out)
{
	bool custom = gh_scan_text(&s, "X");

	if (gh_scan_dots(&s, GH_DECIMAL, 3, out->key) != 3 || s.len != 0 ||
	    out->key[0] > 99)
		return false;
	snprintf(out->line, sizeof(out->line), "%s%u", custom ? "X" : "",
	    (unsigned)(out->key[0] / 10));
	return true;
}

/* Decimal groups: 23.11.21, 6.00.30.00, 0204.0201.0204. */
static bool parse_dotted(struct gh_bytes s, struct gh_version *out)
{
	return gh_scan_dots(&s, GH_DECIMAL, GH_VERSION_KEYS, out->key) >= 1 && s.len == 0;
}

static bool parse_dell(struct gh_bytes s, struct gh_version *out)
{
	return gh_scan_dots(&s, GH_DECIMAL, 4, out->key) >= 2 && s.len == 0;
}

/* 42S-2.83, 22J-1.51 */
static bool parse_lenovo(struct gh_bytes s, struct gh_version *out)
{
	return gh_scan_word(&s, out->line, 8) && gh_scan_text(&s, "-") &&
	       gh_scan_dots(&s, GH_DECIMAL, 3, out->key) >= 2 && s.len == 0;
}

/* "A42 v2.60 (08/11/2022)", "A42 v3.80_09-05-2025", "2.72 Sep 04 2022". The date does not
 * count. */
static bool parse_hpe(struct gh_bytes s, struct gh_version *out)
{
	uint64_t date;

	if (s.len > 0 && isalpha(s.p[0]) &&
	    (!gh_scan_word(&s, out->line, 8) || !gh_scan_text(&s, " v")))
		return false;
	if (gh_scan_dots(&s, GH_DECIMAL, 3, out->key) < 2)
		return false;
	if (s.len == 0)
		return true;
	if (gh_scan_text(&s, " ("))
		return gh_scan_date(&s, &date) && gh_text_is(s, ")");
	return (gh_scan_text(&s, "_") || gh_scan_text(&s, " ")) &&
	       gh_scan_date(&s, &date) && s.len == 0;
}

/* "0x00 0x0b 0x03 0x04", "F5.11.CB", "3F": bytes, the first weighs most. */
static bool parse_hexbytes(struct gh_bytes s, struct gh_version *out)
{
	unsigned int n = 0;

	if (gh_text_starts(s, "0x")) {
		while (n < GH_VERSION_KEYS && (n == 0 || gh_scan_text(&s, " ")) &&
		       gh_scan_text(&s, "0x") &&
		       gh_scan_number(&s, GH_HEX12, &out->key[n]))
			n++;
	} else {
		n = gh_scan_dots(&s, GH_HEX12, GH_VERSION_KEYS, out->key);
	}
	snprintf(out->line, sizeof(out->line), "%u bytes", n);
	return n > 0 && s.len == 0;
}

/* "3.50 0x800016DC": version of the NVM, its EETRACK id; ethtool adds the option ROM's. */
static bool parse_intel_nic(struct gh_bytes s, struct gh_version *out)
{
	const struct gh_digits hex = {16, 1, 8};
	uint64_t rom[3];

	if (gh_scan_dots(&s, GH_DECIMAL, 2, out->key) != 2 || !gh_scan_text(&s, " 0x") ||
	    !gh_scan_number(&s, hex, &out->key[2]))
		return false;
	return s.len == 0 || (gh_scan_text(&s, " ") &&
				 gh_scan_dots(&s, GH_DECIMAL, 3, rom) == 3 && s.len == 0);
}

static bool parse_date(struct gh_bytes s, struct gh_version *out)
{
	return gh_scan_date(&s, &out->key[0]) && s.len == 0;
}

const struct gh_version_scheme gh_version_schemes_vendor[] = {
    {"smc-bios", NULL, parse_smc_bios, NULL},
    {"smc-bmc", NULL, parse_smc_bmc, NULL},
    {"dell", "dell-bios", parse_dell, NULL},
    {"hpe", NULL, parse_hpe, NULL},
    {"lenovo", "lenovo-xcc", parse_lenovo, NULL},
    {"dotted", NULL, parse_dotted, NULL},
    {"hexbytes", NULL, parse_hexbytes, NULL},
    {"intel-nic", NULL, parse_intel_nic, NULL},
    {"date", NULL, parse_date, NULL},
    {NULL, NULL, NULL, NULL},
};
