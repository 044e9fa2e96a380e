/* SPDX-License-Identifier: Apache-2.0
 * Reads the certificate table: entries of 24 bytes {GUID 16, offset u32, length u32}, little
 * endian, closed by an entry of zeros; offsets count from the start of the table. The GUIDs
 * are bytes in the order in which they are written, not EFI's mixed order. */
#include "evidence/snp_table.h"

static const struct {
	unsigned char guid[16];
	enum gh_snp_item item;
} items[] = {
    {{0xc0, 0xb4, 0x06, 0xa4, 0xa8, 0x03, 0x49, 0x52, 0x97, 0x43, 0x3f, 0xb6, 0x01, 0x4c,
	 0xd0, 0xae},
	GH_SNP_ITEM_ARK},
    {{0x4a, 0xb7, 0xb3, 0x79, 0xbb, 0xac, 0x4f, 0xe4, 0xa0, 0x2f, 0x05, 0xae, 0xf3, 0x27,
	 0xc7, 0x82},
	GH_SNP_ITEM_ASK},
    {{0x63, 0xda, 0x75, 0x8d, 0xe6, 0x64, 0x45, 0x64, 0xad, 0xc5, 0xf4, 0xb9, 0x3b, 0xe8,
	 0xac, 0xcd},
	GH_SNP_ITEM_VCEK},
    {{0xa8, 0x07, 0x4b, 0xc2, 0xa2, 0x5a, 0x48, 0x3e, 0xaa, 0xe6, 0x39, 0xc0, 0x45, 0xa0,
	 0xb8, 0xa1},
	GH_SNP_ITEM_VLEK},
    {{0x92, 0xf8, 0x1b, 0xc3, 0x58, 0x11, 0x4d, 0x3d, 0x97, 0xff, 0xd1, 0x9f, 0x88, 0xdc,
	 0x67, 0xea},
	GH_SNP_ITEM_CRL},
    {{0xec, 0xae, 0x0c, 0x0f, 0x95, 0x02, 0x43, 0xb1, 0xaf, 0xa2, 0x0a, 0xe2, 0xe0, 0xd5,
	 0x65, 0xb6},
	GH_SNP_ITEM_PLATFORM},
};

struct entry {
	const unsigned char *guid;
	uint32_t offset, len;
};

static enum gh_snp_item item_of(const unsigned char *guid)
{
	for (size_t i = 0; i < GH_COUNT(items); i++)
		if (!memcmp(guid, items[i].guid, sizeof(items[i].guid)))
			return items[i].item;
	return GH_SNP_ITEM_OTHER;
}

static bool is_end(const struct entry *e)
{
	static const unsigned char zero[16];

	return !memcmp(e->guid, zero, sizeof(zero)) && !e->offset && !e->len;
}

/* The entries before the closing one. */
static int read_header(struct gh_rd *r, struct entry *out, size_t *n, struct gh_err *err)
{
	for (*n = 0; *n <= GH_SNP_TABLE_ENTRIES; (*n)++) {
		struct entry e = {.guid = gh_rd_bytes(r, 16)};

		e.offset = gh_rd_u32le(r);
		e.len = gh_rd_u32le(r);
		if (gh_rd_ok(r, "SNP certificate table", err))
			return -1;
		if (is_end(&e))
			return 0;
		if (*n == GH_SNP_TABLE_ENTRIES)
			break;
		for (size_t i = 0; i < *n; i++)
			if (!memcmp(out[i].guid, e.guid, 16))
				return gh_fail(err, GH_E_PARSE,
				    "SNP certificate table: entry %zu repeats entry %zu",
				    *n, i);
		out[*n] = e;
	}
	return gh_fail(err, GH_E_PARSE, "SNP certificate table: more than %u entries",
	    GH_SNP_TABLE_ENTRIES);
}

int gh_snp_table_parse(
    struct gh_snp_table *out, const void *p, size_t len, struct gh_err *err)
{
	struct gh_rd r = gh_rd_of(p, len);
	struct entry e[GH_SNP_TABLE_ENTRIES];
	size_t n = 0;

	memset(out, 0, sizeof(*out));
	if (len > GH_SNP_TABLE_MAX_LEN)
		return gh_fail(err, GH_E_PARSE,
		    "SNP certificate table: %zu bytes, at most %u", len,
		    GH_SNP_TABLE_MAX_LEN);
	if (read_header(&r, e, &n, err))
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct gh_rd body = gh_rd_of(p, len);

		gh_rd_skip(&body, e[i].offset);
		out->at[i].item = item_of(e[i].guid);
		out->at[i].body.len = e[i].len;
		out->at[i].body.p = gh_rd_bytes(&body, e[i].len);
		if (gh_rd_ok(&body, "SNP certificate table", err))
			return -1;
		if (e[i].offset < (n + 1) * GH_SNP_TABLE_ENTRY_LEN)
			return gh_fail(err, GH_E_PARSE,
			    "SNP certificate table: entry %zu lies in the header", i);
	}
	out->n = n;
	return 0;
}

struct gh_bytes gh_snp_table_get(const struct gh_snp_table *t, enum gh_snp_item item)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->at[i].item == item)
			return t->at[i].body;
	return (struct gh_bytes){NULL, 0};
}

bool gh_snp_table_looks(struct gh_bytes b)
{
	struct gh_snp_table t;

	if (gh_snp_table_parse(&t, b.p, b.len, NULL))
		return false;
	for (size_t i = 0; i < t.n; i++)
		if (t.at[i].item == GH_SNP_ITEM_OTHER)
			return false;
	return t.n > 0;
}
