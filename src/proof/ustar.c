/* SPDX-License-Identifier: Apache-2.0
 * Reading an uncompressed ustar archive: regular files only, no link is ever followed.
 *
 * Header block of 512 bytes (POSIX.1-2017, pax, "ustar Interchange Format"):
 *   0   100  name
 *   124  12  size, octal
 *   148   8  checksum, octal: sum of the block with these eight as blanks
 *   156   1  typeflag: '0' or NUL a file, '5' a folder
 *   257   6  "ustar" NUL
 *   345 155  prefix of the name */
#include <stdio.h>
#include <string.h>

#include "base/rd.h"
#include "proof/bundle.h"

#define GH_TAR_BLOCK 512

/* Octal digits, ended by NUL or blank. */
static int read_octal(const unsigned char *p, size_t len, uint64_t *out)
{
	size_t i = 0;
	*out = 0;
	for (; i < len && p[i] >= '0' && p[i] <= '7'; i++)
		*out = *out * 8 + (uint64_t)(p[i] - '0');
	return i > 0 && (i == len || p[i] == '\0' || p[i] == ' ') ? 0 : -1;
}

static bool checksum_holds(const unsigned char *block)
{
	uint64_t want = 0, sum = 0;
	if (read_octal(block + 148, 8, &want))
		return false;
	for (size_t i = 0; i < GH_TAR_BLOCK; i++)
		sum += i >= 148 && i < 156 ? ' ' : block[i];
	return sum == want;
}

/* Takes "./" and the one leading folder off, and refuses what is not of a bundle. */
static const char *inner_name(char *name)
{
	char *p = name;
	if (strncmp(p, "./", 2) == 0)
		p += 2;
	if (strncmp(p, "evidence/", 9) == 0 || !strchr(p, '/'))
		return p;
	return strchr(p, '/') + 1;
}

static int read_member(struct gh_bundle *b, struct gh_rd *r, struct gh_err *err)
{
	const size_t at = gh_rd_at(r);
	const unsigned char *block = gh_rd_bytes(r, GH_TAR_BLOCK);
	uint64_t size = 0;
	char name[260];
	if (!block || memcmp(block + 257, "ustar", 5) != 0 || !checksum_holds(block) ||
	    read_octal(block + 124, 12, &size) || size > GH_BUNDLE_FILE_MAX)
		return gh_fail(
		    err, GH_E_PARSE, "archive: no ustar header at offset %zu", at);
	snprintf(name, sizeof(name), "%.155s%s%.100s", (const char *)block + 345,
	    block[345] ? "/" : "", (const char *)block);
	const unsigned char *data = gh_rd_bytes(r, (size_t)size);
	gh_rd_skip(r, (GH_TAR_BLOCK - size % GH_TAR_BLOCK) % GH_TAR_BLOCK);
	if (gh_rd_ok(r, "archive", err))
		return -1;
	unsigned char type = block[156];
	if (type == '5')
		return 0;
	if (type != '0' && type != '\0')
		return gh_fail(err, GH_E_PARSE,
		    "archive: a member of type '%c' at offset %zu", type, at);
	return gh_bundle_add(
	    b, inner_name(name), (struct gh_bytes){data, (size_t)size}, err);
}

int gh_bundle_from_tar(struct gh_bundle *b, struct gh_bytes tar, struct gh_err *err)
{
	struct gh_rd r = gh_rd_of(tar.p, tar.len);
	/* A zero block ends the archive; what stands behind it is padding. */
	while (gh_rd_left(&r) >= GH_TAR_BLOCK && tar.p[gh_rd_at(&r)] != '\0')
		if (read_member(b, &r, err))
			return -1;
	return b->n > 0 ? 0 : gh_fail(err, GH_E_PARSE, "archive: no file in it");
}
