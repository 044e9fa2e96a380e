/* SPDX-License-Identifier: Apache-2.0
 * Reads the item "snp.status" (probe.sh, snp_status): of snphost
 *
 *   Reported TCB: TCB Version:        then Microcode, SNP, TEE, Boot Loader, FMC: N
 *   Platform TCB: TCB Version:        the same
 *   Identifier: 128 HEX
 *         "name": "Alias check",      of `snphost ok -o json`, or  [ PASS ] - Alias check
 *         "status": "pass"
 *
 * or of the kernel: "status" and 32 bytes in hex, "Identifier:" and 64. The 32 bytes are
 * SNP_PLATFORM_STATUS: 3 flags {bit 1 ALIAS_CHECK_COMPLETE}, 8 policy u32, 16 current TCB,
 * 24 reported TCB (spec/snp.md section 5.1). */
#include "checks/snp_status.h"

#include "base/text.h"

#define STATUS_LEN 32

struct reader {
	struct gh_snp_status *to;
	struct gh_snp_tcb *tcb; /* numbers belong to it; NULL: to none */
	bool alias;             /* the line before named the alias check */
	bool reported, current;
};

static bool value_of(struct gh_bytes line, const char *key, struct gh_bytes *value)
{
	if (!gh_text_starts(line, key))
		return false;
	*value =
	    gh_text_trim((struct gh_bytes){line.p + strlen(key), line.len - strlen(key)});
	return true;
}

static int hex_into(
    void *out, size_t len, struct gh_bytes v, const char *what, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	if (gh_unhex_buf(&b, (const char *)v.p, v.len, NULL) || b.len != len)
		return gh_fail(
		    err, GH_E_PARSE, "SNP status: %s is not %zu bytes in hex", what, len);
	memcpy(out, b.p, len);
	return 0;
}

/* One number of a TCB. */
static int take_part(struct reader *r, struct gh_bytes line, struct gh_err *err)
{
	const struct {
		const char *key;
		uint8_t *to;
	} part[] = {{"Microcode:", &r->tcb->microcode}, {"SNP:", &r->tcb->snp},
	    {"TEE:", &r->tcb->tee}, {"Boot Loader:", &r->tcb->boot_loader},
	    {"FMC:", &r->tcb->fmc}};
	struct gh_bytes v;
	uint64_t n;

	for (size_t i = 0; i < GH_COUNT(part); i++) {
		if (!value_of(line, part[i].key, &v) || gh_text_is(v, "None"))
			continue;
		if (gh_text_u64(v, 10, &n) || n > 255)
			return gh_fail(
			    err, GH_E_PARSE, "SNP status: %s is no number", part[i].key);
		*part[i].to = (uint8_t)n;
	}
	return 0;
}

static int take_raw(struct reader *r, struct gh_bytes hex, enum gh_snp_product product,
    struct gh_err *err)
{
	unsigned char raw[STATUS_LEN];
	struct gh_rd rd;

	if (hex_into(raw, sizeof(raw), hex, "SNP_PLATFORM_STATUS", err))
		return -1;
	r->to->raw = r->to->has_alias = true;
	r->to->alias_done = raw[3] >> 1 & 1;
	rd = gh_rd_of(raw, sizeof(raw));
	gh_rd_skip(&rd, 8);
	r->to->policy = gh_rd_u32le(&rd);
	r->to->current = gh_snp_tcb_of(raw + 16, product);
	r->to->reported = gh_snp_tcb_of(raw + 24, product);
	r->reported = r->current = true;
	return 0;
}

/* The verdict stands in the same line or, in JSON, in the next one. */
static void take_alias(struct reader *r, struct gh_bytes line)
{
	bool named = gh_text_find(line, "Alias check") != NULL;

	if ((r->alias && gh_text_find(line, "\"status\"")) ||
	    (named && gh_text_find(line, "]"))) {
		r->to->has_alias = true;
		r->to->alias_done =
		    gh_text_find(line, "\"pass\"") || gh_text_find(line, "PASS");
	}
	r->alias = named;
}

static int take_line(struct reader *r, struct gh_bytes line, enum gh_snp_product product,
    struct gh_err *err)
{
	struct gh_bytes v;

	if (value_of(line, "status ", &v))
		return take_raw(r, v, product, err);
	if (value_of(line, "Identifier:", &v)) {
		r->to->has_chip = true;
		return hex_into(r->to->chip_id, 64, v, "the identifier", err);
	}
	take_alias(r, line);
	if (value_of(line, "Reported TCB:", &v)) {
		r->tcb = &r->to->reported;
		r->reported = true;
	} else if (value_of(line, "Platform TCB:", &v)) {
		r->tcb = &r->to->current;
		r->current = true;
	} else if (r->tcb) {
		return take_part(r, line, err);
	}
	return 0;
}

int gh_snp_status_parse(struct gh_snp_status *out, struct gh_bytes text,
    enum gh_snp_product product, struct gh_err *err)
{
	struct reader r = {.to = out};
	struct gh_bytes line;

	*out = (struct gh_snp_status){0};
	while (gh_text_line(&text, &line))
		if (take_line(&r, gh_text_trim(line), product, err))
			return -1;
	out->has_tcb = r.reported && r.current;
	return 0;
}
