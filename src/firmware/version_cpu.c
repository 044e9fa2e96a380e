/* SPDX-License-Identifier: Apache-2.0
 * Version schemes of what runs below the kernel: microcode, AMD's secure processor, Intel's
 * TDX module. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "firmware/tdx_table.h"
#include "firmware/version_scheme.h"

/* A revision says which CPU it is for in its upper digits: AMD in the upper three bytes
 * (family, model, stepping), Intel, by custom, in the top one. Where the CPUID is known,
 * compare only revisions of one CPUID. */
static bool parse_microcode(struct gh_bytes s, struct gh_version *out)
{
	const struct gh_digits hex = {16, 1, 8};
	uint64_t v;

	(void)(gh_scan_text(&s, "0x") || gh_scan_text(&s, "0X"));
	if (!gh_scan_number(&s, hex, &v) || s.len != 0)
		return false;
	uint64_t top = v >> 24;
	/* families 17h, 19h and 1Ah, less 0Fh */
	bool amd = top == 0x08 || top == 0x0a || top == 0x0b;
	snprintf(
	    out->line, sizeof(out->line), "%06x", (unsigned)(amd ? v >> 8 : top << 16));
	out->key[0] = v;
	return true;
}

/* The number in two digits of a file name. Old names are hexadecimal (1.33.03 is 1.51.3),
 * newer ones decimal (1.55.29); SNP begins at 1.51. What could be either is refused. */
static bool file_minor(struct gh_bytes s, bool *hex, uint64_t *out)
{
	bool letters = false;
	uint64_t dec = 0;

	if (s.len < 1 || s.len > 2)
		return false;
	for (size_t i = 0; i < s.len; i++)
		letters |= !isdigit(s.p[i]);
	if (!letters && gh_text_u64(s, 10, &dec) != 0)
		return false;
	*hex = letters || (dec >= 30 && dec < 40);
	if (!*hex && dec < 51)
		return false;
	return gh_text_u64(s, *hex ? 16 : 10, out) == 0;
}

static bool parse_sev_file(struct gh_bytes s, struct gh_version *out)
{
	const unsigned char *last = NULL;
	struct gh_bytes minor;
	bool hex;

	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] == '_')
			last = s.p + i;
	if (!last)
		return false;
	s = (struct gh_bytes){last + 1, (size_t)(s.p + s.len - last - 1)};
	if (!gh_scan_number(&s, GH_DECIMAL, &out->key[0]) || !gh_scan_text(&s, "."))
		return false;
	minor = (struct gh_bytes){s.p, 0};
	while (minor.len < s.len && s.p[minor.len] != '.')
		minor.len++;
	s.p += minor.len;
	s.len -= minor.len;
	if (!file_minor(minor, &hex, &out->key[1]) || !gh_scan_text(&s, "."))
		return false;
	const struct gh_digits build = {hex ? 16 : 10, 1, 3};
	return gh_scan_number(&s, build, &out->key[2]) && s.len == 0;
}

/* 1.55.21, or "file:amd_sev_fam19h_model0xh_1.55.29". */
static bool parse_sev(struct gh_bytes s, struct gh_version *out)
{
	const struct gh_digits d = {10, 1, 3};

	if (gh_scan_text(&s, "file:"))
		return parse_sev_file(s, out);
	return gh_scan_dots(&s, d, 3, out->key) == 3 && s.len == 0;
}

/* 00.13.00.70 */
static bool parse_psp(struct gh_bytes s, struct gh_version *out)
{
	return gh_scan_dots(&s, GH_HEX12, 4, out->key) == 4 && s.len == 0;
}

/* 1.5.16. The first two numbers name the CPU families it is for. */
static bool parse_tdx(struct gh_bytes s, struct gh_version *out)
{
	const struct gh_digits d = {10, 1, 4};
	uint64_t g[3];

	if (gh_scan_dots(&s, d, 3, g) != 3 || s.len != 0)
		return false;
	snprintf(out->line, sizeof(out->line), "%u.%u", (unsigned)g[0], (unsigned)g[1]);
	out->key[0] = g[2];
	return true;
}

/* Older kernels log no number of the update, only "build_date 20240725 build_num 784": what
 * Intel published on that day. */
static bool parse_tdx_module(struct gh_bytes s, struct gh_version *out)
{
	const struct gh_digits eight = {10, 8, 8};
	struct gh_tdx_row row;
	char day[11];
	uint64_t d;

	if (!gh_scan_text(&s, "build_date "))
		return parse_tdx(s, out);
	if (!gh_scan_number(&s, eight, &d) ||
	    (s.len > 0 && !gh_text_starts(s, " build_num ")))
		return false;
	snprintf(day, sizeof(day), "%04u-%02u-%02u", (unsigned)(d / 10000 % 10000),
	    (unsigned)(d / 100 % 100), (unsigned)(d % 100));
	return gh_tdx_table_find(&row, "build_date", day) &&
	       parse_tdx(gh_text_of(row.version), out);
}

const struct gh_version_scheme gh_version_schemes_cpu[] = {
    {"microcode", NULL, parse_microcode, NULL},
    {"sev-fw", NULL, parse_sev, NULL},
    {"psp-bl", NULL, parse_psp, NULL},
    {"tdx-module", NULL, parse_tdx_module, NULL},
    {"seamldr", NULL, parse_tdx, NULL},
    {NULL, NULL, NULL, NULL},
};
