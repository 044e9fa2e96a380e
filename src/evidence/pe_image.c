/* SPDX-License-Identifier: Apache-2.0
 * Reads PE32 and PE32+ headers and hashes the image as Authenticode does. */
#include "evidence/pe_image.h"

#include <stdlib.h>

#include "base/rd.h"
#include "crypto/digest.h"

#define COFF_LEN     20
#define SECTION_LEN  40
#define MAGIC_PE32   0x10b
#define MAGIC_PE32P  0x20b
#define DIR_SECURITY 4 /* IMAGE_DIRECTORY_ENTRY_SECURITY */
#define DIRS_MAX     16

struct heads {
	size_t opt_at, opt_len; /* optional header */
	uint16_t sections;
};

static int read_coff(struct gh_pe *out, struct heads *h, struct gh_err *err)
{
	struct gh_rd r = gh_rd_of(out->file.p, out->file.len);
	uint16_t mz = gh_rd_u16le(&r);
	uint32_t at, sign;

	gh_rd_skip(&r, 0x3c - 2);
	at = gh_rd_u32le(&r);
	if (gh_rd_ok(&r, "PE image", err) < 0)
		return -1;
	if (mz != 0x5a4d)
		return gh_fail(err, GH_E_PARSE, "PE image: no \"MZ\" at its start");
	if (at < 0x40 || at > out->file.len)
		return gh_fail(
		    err, GH_E_PARSE, "PE image: header offset 0x%x at offset 0x3c", at);
	gh_rd_skip(&r, at - 0x40);
	sign = gh_rd_u32le(&r);
	out->machine = gh_rd_u16le(&r);
	h->sections = gh_rd_u16le(&r);
	gh_rd_skip(&r, 12); /* time, symbols */
	h->opt_len = gh_rd_u16le(&r);
	gh_rd_skip(&r, 2); /* characteristics */
	h->opt_at = gh_rd_at(&r);
	if (gh_rd_ok(&r, "PE image", err) < 0)
		return -1;
	if (sign != 0x4550)
		return gh_fail(err, GH_E_PARSE, "PE image: no \"PE\" at offset 0x%x", at);
	if (!h->sections || h->sections > GH_PE_SECTIONS)
		return gh_fail(err, GH_E_PARSE, "PE image: %u sections, 1 to %d are read",
		    h->sections, GH_PE_SECTIONS);
	return 0;
}

/* The certificate entry is an offset in the file and a length, not an address. */
static int read_certs(struct gh_pe *out, struct gh_rd *r, struct gh_err *err)
{
	uint32_t at, len;

	gh_rd_skip(r, (size_t)8 * DIR_SECURITY);
	out->cert_dir_at = gh_rd_at(r);
	at = gh_rd_u32le(r);
	len = gh_rd_u32le(r);
	if (gh_rd_ok(r, "PE image: data directories", err) < 0)
		return -1;
	if (!at && !len)
		return 0;
	if (!len || (uint64_t)at + len != out->file.len)
		return gh_fail(err, GH_E_PARSE,
		    "PE image: signatures at 0x%x, %u bytes, do not end with the file of "
		    "%zu bytes",
		    at, len, out->file.len);
	out->cert_len = len;
	return 0;
}

static int read_optional(struct gh_pe *out, const struct heads *h, struct gh_err *err)
{
	struct gh_rd all = gh_rd_of(out->file.p, out->file.len), r;
	uint16_t magic;
	uint32_t dirs;

	gh_rd_skip(&all, h->opt_at);
	r = gh_rd_sub(&all, h->opt_len);
	magic = gh_rd_u16le(&r);
	out->plus = magic == MAGIC_PE32P;
	gh_rd_skip(&r, 58);
	out->headers = gh_rd_u32le(&r); /* at 60 */
	out->checksum_at = gh_rd_at(&r);
	gh_rd_skip(&r, out->plus ? 44 : 28);
	dirs = gh_rd_u32le(&r); /* NumberOfRvaAndSizes, at 108 or 92 */
	if (gh_rd_ok(&r, "PE image: optional header", err) < 0)
		return -1;
	if (magic != MAGIC_PE32 && magic != MAGIC_PE32P)
		return gh_fail(err, GH_E_PARSE, "PE image: magic 0x%x at offset 0x%zx",
		    magic, h->opt_at);
	if (dirs > DIRS_MAX || (size_t)8 * dirs > gh_rd_left(&r))
		return gh_fail(err, GH_E_PARSE,
		    "PE image: %u data directories in an optional header of %zu bytes",
		    dirs, h->opt_len);
	return dirs > DIR_SECURITY ? read_certs(out, &r, err) : 0;
}

static int read_section(struct gh_pe *out, struct gh_rd *r, struct gh_err *err)
{
	struct gh_pe_section *s = &out->section[out->n];
	size_t at = gh_rd_at(r), end = out->file.len - out->cert_len;
	uint32_t len;

	gh_rd_copy(r, s->name, 8);
	s->vsize = gh_rd_u32le(r);
	gh_rd_skip(r, 4); /* address in memory */
	len = gh_rd_u32le(r);
	s->at = gh_rd_u32le(r);
	gh_rd_skip(r, 16); /* relocations, line numbers, characteristics */
	if (gh_rd_ok(r, "PE image: section table", err) < 0)
		return -1;
	if (!len)
		return 0;
	if (s->at < out->headers || (uint64_t)s->at + len > end)
		return gh_fail(err, GH_E_PARSE,
		    "PE image: section %zu (header at offset 0x%zx) lies at 0x%x, %u "
		    "bytes, outside 0x%x to 0x%zx",
		    out->n, at, s->at, len, out->headers, end);
	s->raw = (struct gh_bytes){out->file.p + s->at, len};
	for (size_t i = 0; i < out->n; i++) {
		const struct gh_pe_section *o = &out->section[i];

		if (o->raw.len && s->at < (uint64_t)o->at + o->raw.len &&
		    o->at < (uint64_t)s->at + len)
			return gh_fail(err, GH_E_PARSE,
			    "PE image: sections %zu and %zu overlap at 0x%x", i, out->n,
			    s->at);
	}
	return 0;
}

int gh_pe_parse(struct gh_pe *out, const void *p, size_t len, struct gh_err *err)
{
	struct gh_rd r = gh_rd_of(p, len);
	struct heads h = {0};
	size_t table;

	*out = (struct gh_pe){.file = {p, len}};
	if (read_coff(out, &h, err) < 0 || read_optional(out, &h, err) < 0)
		return -1;
	table = h.opt_at + h.opt_len + (size_t)h.sections * SECTION_LEN;
	if (out->headers < table || out->headers > len - out->cert_len)
		return gh_fail(err, GH_E_PARSE,
		    "PE image: SizeOfHeaders 0x%x; the headers end at 0x%zx and the file "
		    "at 0x%zx",
		    out->headers, table, len - out->cert_len);
	gh_rd_skip(&r, h.opt_at + h.opt_len);
	for (; out->n < h.sections; out->n++) {
		if (read_section(out, &r, err) < 0)
			return -1;
	}
	return 0;
}

const struct gh_pe_section *gh_pe_find(
    const struct gh_pe *pe, const char *name, size_t *n)
{
	const struct gh_pe_section *found = NULL;
	size_t count = 0;

	for (size_t i = 0; i < pe->n; i++) {
		if (strcmp(pe->section[i].name, name) != 0)
			continue;
		found = found ? found : &pe->section[i];
		count++;
	}
	if (n)
		*n = count;
	return found;
}

static int by_place(const void *a, const void *b)
{
	const struct gh_pe_section *const *x = a, *const *y = b;

	return (*x)->at < (*y)->at ? -1 : (*x)->at > (*y)->at;
}

static void add_span(
    struct gh_hash_run *h, const struct gh_pe *pe, size_t from, size_t to)
{
	gh_hash_run_add(h, pe->file.p + from, to - from);
}

int gh_pe_authenticode(
    const struct gh_pe *pe, enum gh_hash h, void *out, struct gh_err *err)
{
	gh_auto(struct gh_hash_run, gh_hash_run_free) run = {0};
	const struct gh_pe_section *order[GH_PE_SECTIONS];
	size_t from = pe->checksum_at + 4, sum = pe->headers,
	       end = pe->file.len - pe->cert_len;

	if (gh_hash_run_begin(&run, h, err) < 0)
		return -1;
	add_span(&run, pe, 0, pe->checksum_at);
	if (pe->cert_dir_at) {
		add_span(&run, pe, from, pe->cert_dir_at);
		from = pe->cert_dir_at + 8;
	}
	add_span(&run, pe, from, pe->headers);
	for (size_t i = 0; i < pe->n; i++)
		order[i] = &pe->section[i];
	qsort(order, pe->n, sizeof(order[0]), by_place);
	for (size_t i = 0; i < pe->n; i++) {
		gh_hash_run_add(&run, order[i]->raw.p, order[i]->raw.len);
		sum += order[i]->raw.len;
	}
	/* by the sum, not by the end of the last section: so the format defines it */
	if (end > sum)
		add_span(&run, pe, sum, end);
	return gh_hash_run_end(&run, out, err);
}
