/* SPDX-License-Identifier: Apache-2.0
 * Version schemes of NVIDIA parts: VBIOS, baseboard controller, ERoT, driver, InfoROM,
 * ConnectX, FPGA and PCIe switch. */
#include <stdio.h>

#include "base/text.h"
#include "firmware/version_scheme.h"

/* 96.00.5E.00.01: chip line (GH100, LS10), release, board variant. */
static bool parse_vbios(struct gh_bytes s, struct gh_version *out)
{
	const struct gh_digits hex2 = {16, 2, 2};
	uint64_t g[5];

	if (gh_scan_dots(&s, hex2, 5, g) != 5 || s.len != 0)
		return false;
	snprintf(
	    out->line, sizeof(out->line), "%02x.%02x", (unsigned)g[0], (unsigned)g[1]);
	out->key[0] = g[2];
	out->key[1] = g[3];
	out->has_variant = true;
	out->variant = g[4];
	return true;
}

/* PRODUCT-YY.MM-H, or PRODUCT-YY.MM-N-rcN of the HGX H100 baseboard. One parser for both
 * schemes: across products they are incomparable, not malformed. */
static bool parse_hmc(struct gh_bytes s, struct gh_version *out)
{
	const struct gh_digits hex1 = {16, 1, 1}, serial = {10, 1, 4};
	char product[24];
	uint64_t date[2], n;
	struct gh_bytes tail;

	if (!gh_scan_word(&s, product, sizeof(product)) || !gh_scan_text(&s, "-") ||
	    gh_scan_dots(&s, GH_DEC2, 2, date) != 2 || !gh_scan_text(&s, "-"))
		return false;
	tail = s;
	if (gh_scan_number(&tail, hex1, &n) && tail.len == 0) {
		snprintf(out->line, sizeof(out->line), "%s", product);
		out->key[0] = date[0];
		out->key[1] = date[1];
		out->key[2] = n;
		return true;
	}
	if (!gh_scan_number(&s, serial, &n) || !gh_scan_text(&s, "-rc") ||
	    !gh_scan_number(&s, serial, &out->key[0]) || s.len != 0)
		return false;
	snprintf(out->line, sizeof(out->line), "%s-%02u.%02u-%u-rc", product,
	    (unsigned)date[0], (unsigned)date[1], (unsigned)n);
	return true;
}

/* 00.02.0134.0000_n00; the lines are 00.02 baseboard, 00.04 motherboard, 01.0x Blackwell. */
static bool parse_erot(struct gh_bytes s, struct gh_version *out)
{
	const struct gh_digits four = {10, 4, 4};
	uint64_t g[2];

	if (gh_scan_dots(&s, GH_DEC2, 2, g) != 2 || !gh_scan_text(&s, ".") ||
	    !gh_scan_number(&s, four, &out->key[0]))
		return false;
	if (gh_scan_text(&s, ".") && !gh_scan_number(&s, four, &out->key[1]))
		return false;
	out->has_variant = gh_scan_text(&s, "_n");
	if (out->has_variant && !gh_scan_number(&s, GH_DEC2, &out->variant))
		return false;
	snprintf(
	    out->line, sizeof(out->line), "%02u.%02u", (unsigned)g[0], (unsigned)g[1]);
	return s.len == 0;
}

/* 570.124.06, 535.86 */
static bool parse_driver(struct gh_bytes s, struct gh_version *out)
{
	const struct gh_digits d = {10, 1, 4};

	return gh_scan_dots(&s, d, 3, out->key) >= 2 && s.len == 0;
}

/* G520.0200.00.05: board project and SKU, then the release. */
static bool parse_inforom(struct gh_bytes s, struct gh_version *out)
{
	const struct gh_digits four = {10, 4, 4};
	char project[8];
	uint64_t sku;

	if (!gh_scan_word(&s, project, sizeof(project)) || !gh_scan_text(&s, ".") ||
	    !gh_scan_number(&s, four, &sku) || !gh_scan_text(&s, ".") ||
	    gh_scan_dots(&s, GH_DEC2, 2, out->key) != 2)
		return false;
	snprintf(out->line, sizeof(out->line), "%s.%04u", project, (unsigned)sku);
	return s.len == 0;
}

/* 28.37.1014, which Supermicro's BMC writes 28.37.10.14; ethtool adds " (PSID)". The first
 * group is the device family. */
static bool parse_cx(struct gh_bytes s, struct gh_version *out)
{
	const struct gh_digits four = {10, 4, 4};
	uint64_t g[2], low;
	char psid[24];

	if (gh_scan_dots(&s, GH_DEC2, 2, g) != 2 || !gh_scan_text(&s, "."))
		return false;
	if (!gh_scan_number(&s, four, &out->key[1])) {
		if (!gh_scan_number(&s, GH_DEC2, &out->key[1]) ||
		    !gh_scan_text(&s, ".") || !gh_scan_number(&s, GH_DEC2, &low))
			return false;
		out->key[1] = out->key[1] * 100 + low;
	}
	if (gh_scan_text(&s, " (")) {
		while (gh_scan_text(&s, "_") || gh_scan_word(&s, psid, sizeof(psid)))
			;
		if (!gh_scan_text(&s, ")"))
			return false;
	}
	snprintf(out->line, sizeof(out->line), "%02u", (unsigned)g[0]);
	out->key[0] = g[1];
	return s.len == 0;
}

/* 2.0E of the FPGA, 1.7.5F of the PCIe switch: hex groups. */
static bool parse_hexdot(struct gh_bytes s, struct gh_version *out)
{
	const struct gh_digits d = {16, 1, 4};

	return gh_scan_dots(&s, d, 4, out->key) >= 2 && s.len == 0;
}

const struct gh_version_scheme gh_version_schemes_nvidia[] = {
    {"nv-vbios", NULL, parse_vbios, NULL},
    {"hmc-rc", NULL, parse_hmc, NULL},
    {"nv-year-letter", NULL, parse_hmc, NULL},
    {"erot", NULL, parse_erot, NULL},
    {"nvidia-driver", NULL, parse_driver, NULL},
    {"inforom", NULL, parse_inforom, NULL},
    {"cx", "cx7", parse_cx, NULL},
    {"hexdot", NULL, parse_hexdot, NULL},
    {NULL, NULL, NULL, NULL},
};
