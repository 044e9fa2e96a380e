/* SPDX-License-Identifier: Apache-2.0
 * Reads the tables of a guest firmware image, and believes none of their numbers. */
#include "evidence/firmware.h"

#include "base/rd.h"

#define GUID_LEN   16
#define ENTRY_HEAD 18 /* u16 length and GUID */
#define FOOTER_GAP 32 /* behind the footer: the reset vector */

/* 96b582de-1fb2-45f7-baea-a366c55a082d: the footer, which is the table's own entry */
static const unsigned char footer_guid[GUID_LEN] = {0xde, 0x82, 0xb5, 0x96, 0xb2, 0x1f,
    0xf7, 0x45, 0xba, 0xea, 0xa3, 0x66, 0xc5, 0x5a, 0x08, 0x2d};
/* dc886566-984a-4798-a75e-5585a7bf67cc: u32 distance of the SEV list from the end */
static const unsigned char sev_guid[GUID_LEN] = {0x66, 0x65, 0x88, 0xdc, 0x4a, 0x98, 0x98,
    0x47, 0xa7, 0x5e, 0x55, 0x85, 0xa7, 0xbf, 0x67, 0xcc};
/* 7255371f-3a3b-4b04-927b-1da6efa8d454: u32 gpa, u32 size of the kernel hash table */
static const unsigned char hash_guid[GUID_LEN] = {0x1f, 0x37, 0x55, 0x72, 0x3b, 0x3a,
    0x04, 0x4b, 0x92, 0x7b, 0x1d, 0xa6, 0xef, 0xa8, 0xd4, 0x54};
/* 00f771de-1a7e-4fcb-890e-68c77e2fb44e: u32 address where application processors start */
static const unsigned char reset_guid[GUID_LEN] = {0xde, 0x71, 0xf7, 0x00, 0x7e, 0x1a,
    0xcb, 0x4f, 0x89, 0x0e, 0x68, 0xc7, 0x7e, 0x2f, 0xb4, 0x4e};
/* e47a6535-984a-4798-865e-4685a7bf8ec2: u32 distance of the TDVF descriptor */
static const unsigned char tdvf_guid[GUID_LEN] = {0x35, 0x65, 0x7a, 0xe4, 0x4a, 0x98,
    0x98, 0x47, 0x86, 0x5e, 0x46, 0x85, 0xa7, 0xbf, 0x8e, 0xc2};
/* e9eaf9f3-168e-44d5-a8eb-7f4d8738f6ae: stands right before the TDVF descriptor */
static const unsigned char tdvf_mark[GUID_LEN] = {0xf3, 0xf9, 0xea, 0xe9, 0x8e, 0x16,
    0xd5, 0x44, 0xa8, 0xeb, 0x7f, 0x4d, 0x87, 0x38, 0xf6, 0xae};

bool gh_firmware_looks(const void *p, size_t len)
{
	const unsigned char *b = p;

	return len >= FOOTER_GAP + ENTRY_HEAD &&
	       !memcmp(b + len - FOOTER_GAP - GUID_LEN, footer_guid, GUID_LEN);
}

static const struct gh_fw_item *find_item(
    const struct gh_firmware *fw, const unsigned char *guid)
{
	for (size_t i = 0; i < fw->n; i++) {
		if (!memcmp(fw->item[i].guid, guid, GUID_LEN))
			return &fw->item[i];
	}
	return NULL;
}

bool gh_firmware_has_sev(const struct gh_firmware *fw)
{
	return find_item(fw, sev_guid) != NULL;
}

bool gh_firmware_has_tdvf(const struct gh_firmware *fw)
{
	return find_item(fw, tdvf_guid) != NULL;
}

/* The entry that ends at *end, which moves to where it begins. */
static int take_entry(
    struct gh_firmware *fw, size_t start, size_t *end, struct gh_err *err)
{
	const unsigned char *p = fw->file.p;
	struct gh_fw_item *it = &fw->item[fw->n];
	struct gh_rd r;
	size_t len;

	if (fw->n == GH_FW_ITEMS)
		return gh_fail(
		    err, GH_E_PARSE, "firmware table: more than %d entries", GH_FW_ITEMS);
	if (*end - start < ENTRY_HEAD)
		return gh_fail(err, GH_E_PARSE,
		    "firmware table: %zu bytes left over at offset 0x%zx", *end - start,
		    start);
	r = gh_rd_of(p + *end - ENTRY_HEAD, ENTRY_HEAD);
	len = gh_rd_u16le(&r);
	if (len < ENTRY_HEAD || len > *end - start)
		return gh_fail(err, GH_E_PARSE,
		    "firmware table: an entry of %zu bytes at offset 0x%zx, where 18 to "
		    "%zu fit",
		    len, *end - ENTRY_HEAD, *end - start);
	it->guid = p + *end - GUID_LEN;
	if (find_item(fw, it->guid) || !memcmp(it->guid, footer_guid, GUID_LEN))
		return gh_fail(err, GH_E_PARSE,
		    "firmware table: the GUID at offset 0x%zx stands there twice",
		    *end - GUID_LEN);
	it->data = (struct gh_bytes){p + *end - len, len - ENTRY_HEAD};
	fw->n++;
	*end -= len;
	return 0;
}

int gh_firmware_parse(
    struct gh_firmware *out, const void *p, size_t len, struct gh_err *err)
{
	struct gh_rd r;
	size_t total, start, end;

	*out = (struct gh_firmware){.file = {p, len}};
	if (len > GH_FW_MAX_BYTES)
		return gh_fail(err, GH_E_PARSE, "firmware: %zu bytes, at most %u", len,
		    GH_FW_MAX_BYTES);
	if (!gh_firmware_looks(p, len))
		return gh_fail(err, GH_E_PARSE,
		    "firmware: no table footer 48 bytes before the end: not OVMF or "
		    "TDVF, "
		    "or not the whole file");
	end = len - FOOTER_GAP - ENTRY_HEAD;
	r = gh_rd_of(out->file.p + end, ENTRY_HEAD);
	total = gh_rd_u16le(&r);
	if (total < ENTRY_HEAD || total > len - FOOTER_GAP)
		return gh_fail(err, GH_E_PARSE,
		    "firmware table: a length of %zu bytes at offset 0x%zx", total, end);
	start = len - FOOTER_GAP - total;
	while (end > start) {
		if (take_entry(out, start, &end, err) < 0)
			return -1;
	}
	return 0;
}

/* A reader over all bytes from where the item's u32 (a distance from the end) points to.
 * *at is that offset. */
static int follow(struct gh_rd *r, size_t *at, const struct gh_firmware *fw,
    const struct gh_fw_item *it, struct gh_err *err)
{
	struct gh_rd d = gh_rd_of(it->data.p, it->data.len);
	uint32_t back = gh_rd_u32le(&d);

	if (gh_rd_end(&d, "firmware table entry", err) < 0)
		return -1;
	if (back > fw->file.len)
		return gh_fail(err, GH_E_PARSE,
		    "firmware table: a list %u bytes before the end of %zu bytes", back,
		    fw->file.len);
	*at = fw->file.len - back;
	*r = gh_rd_of(fw->file.p + *at, back);
	r->base = *at;
	return 0;
}

/* Signature, u32 length, u32 version 1, u32 count; then count entries of `each` bytes. */
static int read_head(struct gh_rd *r, const char *sign, size_t each, size_t *n,
    struct gh_bytes *raw, struct gh_err *err)
{
	const unsigned char *p = gh_rd_bytes(r, 4);
	uint32_t len = gh_rd_u32le(r), version = gh_rd_u32le(r), count = gh_rd_u32le(r);

	if (gh_rd_ok(r, sign, err) < 0)
		return -1;
	if (memcmp(p, sign, 4) != 0)
		return gh_fail(err, GH_E_PARSE, "%s list: no signature at offset 0x%zx",
		    sign, r->base);
	if (version != 1)
		return gh_fail(err, GH_E_PARSE,
		    "%s list: version %u at offset 0x%zx, known is 1", sign, version,
		    r->base + 8);
	if (!count || count > GH_FW_SECTIONS)
		return gh_fail(err, GH_E_PARSE,
		    "%s list: %u sections at offset 0x%zx, 1 to %d are possible", sign,
		    count, r->base + 12, GH_FW_SECTIONS);
	if (len != 16 + count * each)
		return gh_fail(err, GH_E_PARSE,
		    "%s list: length %u at offset 0x%zx, but %u sections take %zu", sign,
		    len, r->base + 4, count, 16 + count * each);
	*n = count;
	*raw = (struct gh_bytes){p, len};
	return 0;
}

static bool overlap(uint64_t a, uint64_t a_len, uint64_t b, uint64_t b_len)
{
	return a < b + b_len && b < a + a_len;
}

/* ---- SEV ---------------------------------------------------------------------------- */

const char *gh_sev_type_word(uint32_t type)
{
	switch (type) {
	case GH_SEV_SEC_MEM:
		return "SEC_MEM";
	case GH_SEV_SECRETS:
		return "SECRETS";
	case GH_SEV_CPUID:
		return "CPUID";
	case GH_SEV_SVSM_CAA:
		return "SVSM_CAA";
	case GH_SEV_KERNEL_HASHES:
		return "KERNEL_HASHES";
	default:
		return "";
	}
}

/* One page each: the launch code writes exactly one. */
static bool is_single(enum gh_sev_type t)
{
	return t == GH_SEV_SECRETS || t == GH_SEV_CPUID || t == GH_SEV_KERNEL_HASHES;
}

static int check_sev(const struct gh_sev_list *l, size_t i, size_t at, struct gh_err *err)
{
	const struct gh_sev_section *s = &l->at[i];

	if (!*gh_sev_type_word(s->type))
		return gh_fail(err, GH_E_PARSE,
		    "ASEV section %zu: unknown type 0x%x at offset 0x%zx", i,
		    (unsigned int)s->type, at + 8);
	if (s->gpa % GH_FW_PAGE || s->size % GH_FW_PAGE || !s->size)
		return gh_fail(err, GH_E_PARSE,
		    "ASEV section %zu at offset 0x%zx: gpa 0x%x, size 0x%x, not whole "
		    "pages",
		    i, at, s->gpa, s->size);
	if ((uint64_t)s->gpa + s->size > 1ull << 32)
		return gh_fail(err, GH_E_PARSE,
		    "ASEV section %zu at offset 0x%zx reaches past 4 GiB", i, at);
	if (is_single(s->type) && s->size != GH_FW_PAGE)
		return gh_fail(err, GH_E_PARSE,
		    "ASEV section %zu (%s) at offset 0x%zx: 0x%x bytes, must be one page",
		    i, gh_sev_type_word(s->type), at, s->size);
	for (size_t k = 0; k < i; k++) {
		if (overlap(s->gpa, s->size, l->at[k].gpa, l->at[k].size))
			return gh_fail(err, GH_E_PARSE,
			    "ASEV sections %zu and %zu overlap at gpa 0x%x", k, i,
			    s->gpa);
	}
	return 0;
}

/* u32 gpa, u32 size; gpa 0 with size 0 says that there is no such area. */
static int read_hash_area(
    struct gh_sev_list *out, const struct gh_firmware *fw, struct gh_err *err)
{
	const struct gh_fw_item *it = find_item(fw, hash_guid);
	struct gh_rd r;

	if (!it)
		return 0;
	r = gh_rd_of(it->data.p, it->data.len);
	out->hash_gpa = gh_rd_u32le(&r);
	out->hash_size = gh_rd_u32le(&r);
	out->has_hashes = out->hash_gpa && out->hash_size;
	return gh_rd_end(&r, "kernel hash area", err);
}

static int read_reset(
    struct gh_sev_list *out, const struct gh_firmware *fw, struct gh_err *err)
{
	const struct gh_fw_item *it = find_item(fw, reset_guid);
	struct gh_rd r;

	if (!it)
		return 0;
	r = gh_rd_of(it->data.p, it->data.len);
	out->reset_eip = gh_rd_u32le(&r);
	out->has_reset = true;
	return gh_rd_end(&r, "SEV-ES reset block", err);
}

int gh_firmware_sev(
    struct gh_sev_list *out, const struct gh_firmware *fw, struct gh_err *err)
{
	const struct gh_fw_item *it = find_item(fw, sev_guid);
	uint64_t pages = 0;
	struct gh_rd r;
	size_t at, n;

	*out = (struct gh_sev_list){0};
	if (!it)
		return gh_fail(
		    err, GH_E_PARSE, "firmware: no SEV metadata: not built for SEV-SNP");
	if (follow(&r, &at, fw, it, err) < 0 ||
	    read_head(&r, "ASEV", 12, &n, &out->raw, err) < 0)
		return -1;
	for (; out->n < n; out->n++) {
		struct gh_sev_section *s = &out->at[out->n];

		at = gh_rd_at(&r);
		s->gpa = gh_rd_u32le(&r);
		s->size = gh_rd_u32le(&r);
		s->type = gh_rd_u32le(&r);
		pages += s->size / GH_FW_PAGE;
		if (gh_rd_ok(&r, "ASEV section", err) < 0 ||
		    check_sev(out, out->n, at, err) < 0)
			return -1;
		if (pages > GH_FW_PAGES_MAX)
			return gh_fail(err, GH_E_PARSE,
			    "ASEV sections: more than %u pages", GH_FW_PAGES_MAX);
	}
	return read_hash_area(out, fw, err) < 0 ? -1 : read_reset(out, fw, err);
}

/* ---- TDX ---------------------------------------------------------------------------- */

const char *gh_tdvf_type_word(uint32_t type)
{
	static const char *const word[] = {
	    "BFV", "CFV", "TD_HOB", "TEMP_MEM", "PERM_MEM"};

	return type < GH_COUNT(word) ? word[type] : "";
}

/* raw_at and raw_len come from the file: s->raw is set when they are inside it. */
static int place_raw(struct gh_tdvf_section *s, const struct gh_firmware *fw,
    const uint32_t raw[2], size_t at, struct gh_err *err)
{
	bool content = s->type == GH_TDVF_BFV || s->type == GH_TDVF_CFV;

	if ((uint64_t)raw[0] + raw[1] > fw->file.len)
		return gh_fail(err, GH_E_PARSE,
		    "TDVF section at offset 0x%zx: its data (0x%x, %u bytes) reaches "
		    "past "
		    "the file of %zu bytes: this is not the whole firmware",
		    at, raw[0], raw[1], fw->file.len);
	if (raw[1] > s->mem)
		return gh_fail(err, GH_E_PARSE,
		    "TDVF section at offset 0x%zx: %u bytes of data for 0x%llx of memory",
		    at, raw[1], (unsigned long long)s->mem);
	if (content != (raw[1] != 0))
		return gh_fail(err, GH_E_PARSE, "TDVF section at offset 0x%zx: %s %s", at,
		    gh_tdvf_type_word(s->type), content ? "without data" : "with data");
	s->raw = (struct gh_bytes){fw->file.p + raw[0], raw[1]};
	return 0;
}

static int check_tdvf(const struct gh_tdvf *t, size_t i, size_t at, struct gh_err *err)
{
	const struct gh_tdvf_section *s = &t->at[i];
	uint64_t end;

	if (!*gh_tdvf_type_word(s->type))
		return gh_fail(err, GH_E_PARSE,
		    "TDVF section %zu: unknown type %u at offset 0x%zx", i,
		    (unsigned int)s->type, at + 24);
	if (s->attr & ~(GH_TDVF_EXTEND | GH_TDVF_AUG) ||
	    s->attr == (GH_TDVF_EXTEND | GH_TDVF_AUG))
		return gh_fail(err, GH_E_PARSE,
		    "TDVF section %zu: attributes 0x%x at offset 0x%zx", i, s->attr,
		    at + 28);
	if (s->gpa % GH_FW_PAGE || s->mem % GH_FW_PAGE || !s->mem)
		return gh_fail(err, GH_E_PARSE,
		    "TDVF section %zu at offset 0x%zx: gpa 0x%llx, memory 0x%llx, not "
		    "whole pages",
		    i, at, (unsigned long long)s->gpa, (unsigned long long)s->mem);
	/* 52 bits: no guest has a higher physical address */
	if (gh_add(s->gpa, s->mem, &end) || end > 1ull << 52)
		return gh_fail(err, GH_E_PARSE,
		    "TDVF section %zu at offset 0x%zx: 0x%llx + 0x%llx overflows", i, at,
		    (unsigned long long)s->gpa, (unsigned long long)s->mem);
	for (size_t k = 0; k < i; k++) {
		if (overlap(s->gpa, s->mem, t->at[k].gpa, t->at[k].mem))
			return gh_fail(err, GH_E_PARSE,
			    "TDVF sections %zu and %zu overlap at gpa 0x%llx", k, i,
			    (unsigned long long)s->gpa);
	}
	return 0;
}

static int read_tdvf(struct gh_tdvf *out, const struct gh_firmware *fw, struct gh_rd *r,
    struct gh_err *err)
{
	struct gh_tdvf_section *s = &out->at[out->n];
	size_t at = gh_rd_at(r);
	uint32_t raw[2];

	raw[0] = gh_rd_u32le(r);
	raw[1] = gh_rd_u32le(r);
	s->gpa = gh_rd_u64le(r);
	s->mem = gh_rd_u64le(r);
	s->type = gh_rd_u32le(r);
	s->attr = gh_rd_u32le(r);
	if (gh_rd_ok(r, "TDVF section", err) < 0 || check_tdvf(out, out->n, at, err) < 0)
		return -1;
	return place_raw(s, fw, raw, at, err);
}

/* Over all sections: one code volume, at most one hand-off block, a sane sum. */
static int check_whole(const struct gh_tdvf *t, struct gh_err *err)
{
	size_t bfv = 0, hob = 0;
	uint64_t pages = 0;

	for (size_t i = 0; i < t->n; i++) {
		bfv += t->at[i].type == GH_TDVF_BFV;
		hob += t->at[i].type == GH_TDVF_TD_HOB;
		if (!(t->at[i].attr & GH_TDVF_AUG))
			pages += t->at[i].mem / GH_FW_PAGE;
	}
	if (!bfv)
		return gh_fail(
		    err, GH_E_PARSE, "TDVF: no BFV section: no code is measured");
	if (hob > 1)
		return gh_fail(err, GH_E_PARSE, "TDVF: %zu TD_HOB sections", hob);
	if (pages > GH_FW_PAGES_MAX)
		return gh_fail(err, GH_E_PARSE, "TDVF: %llu pages to add, at most %u",
		    (unsigned long long)pages, GH_FW_PAGES_MAX);
	return 0;
}

int gh_firmware_tdvf(
    struct gh_tdvf *out, const struct gh_firmware *fw, struct gh_err *err)
{
	const struct gh_fw_item *it = find_item(fw, tdvf_guid);
	struct gh_rd r;
	size_t at, n;

	*out = (struct gh_tdvf){0};
	if (!it)
		return gh_fail(
		    err, GH_E_PARSE, "firmware: no TDX metadata: not built for TDX");
	if (follow(&r, &at, fw, it, err) < 0 ||
	    read_head(&r, "TDVF", 32, &n, &out->raw, err) < 0)
		return -1;
	if (at < GUID_LEN || memcmp(fw->file.p + at - GUID_LEN, tdvf_mark, GUID_LEN) != 0)
		return gh_fail(
		    err, GH_E_PARSE, "TDVF: no descriptor GUID before offset 0x%zx", at);
	for (; out->n < n; out->n++) {
		if (read_tdvf(out, fw, &r, err) < 0)
			return -1;
	}
	return check_whole(out, err);
}
