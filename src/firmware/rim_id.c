/* SPDX-License-Identifier: Apache-2.0
 * Builds RIM ids from Redfish's own words. */
#include "firmware/rim_id.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "firmware/version.h"

/* G520 and 0200 of G520.0200.00.05. */
static bool split_inforom(const char *inforom, char project[8], char sku[8])
{
	struct gh_bytes s = gh_text_trim(gh_text_of(inforom));
	const unsigned char *dot;
	size_t n;

	if (!gh_version_valid("inforom", inforom))
		return false;
	dot = memchr(s.p, '.', s.len);
	n = (size_t)(dot - s.p);
	if (n >= 8)
		return false;
	snprintf(project, 8, "%.*s", (int)n, (const char *)s.p);
	snprintf(sku, 8, "%.4s", (const char *)dot + 1);
	return true;
}

static bool is_sku(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)s[i]))
			return false;
	return n > 0 && n < 8;
}

/* 885 of 2330-885-A1: the part is PCI id, chip SKU, revision. */
static bool split_part(const char *part, char chip[8])
{
	const char *a = strchr(part, '-'), *b = a ? strchr(a + 1, '-') : NULL;

	if (!b || !is_sku(a + 1, (size_t)(b - a - 1)))
		return false;
	snprintf(chip, 8, "%.*s", (int)(b - a - 1), a + 1);
	return true;
}

static bool build(
    char *out, const char *kind, const char *const board[3], const char *version)
{
	struct gh_bytes v = gh_text_trim(gh_text_of(version));
	char bare[16];
	size_t n = 0;

	if (!gh_version_valid("nv-vbios", version))
		return false;
	for (size_t i = 0; i < v.len && n + 1 < sizeof(bare); i++)
		if (v.p[i] != '.')
			bare[n++] = (char)v.p[i];
	bare[n] = '\0';
	snprintf(out, GH_RIM_ID_LEN, "%s_%s_%s_%s_%s", kind, board[0], board[1], board[2],
	    bare);
	for (char *c = out; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	return true;
}

bool gh_rim_id_gpu(char out[static GH_RIM_ID_LEN], const char *inforom, const char *part,
    const char *vbios)
{
	char project[8], sku[8], chip[8];
	const char *const board[3] = {project, sku, chip};

	out[0] = '\0';
	return split_inforom(inforom, project, sku) && split_part(part, chip) &&
	       build(out, "NV_GPU_VBIOS", board, vbios);
}

bool gh_rim_id_switch(char out[static GH_RIM_ID_LEN], const char *inforom,
    const char *chip_sku, const char *bios)
{
	char project[8], sku[8];
	const char *const board[3] = {project, sku, chip_sku};

	out[0] = '\0';
	return split_inforom(inforom, project, sku) &&
	       is_sku(chip_sku, strlen(chip_sku)) &&
	       build(out, "NV_SWITCH_BIOS", board, bios);
}
