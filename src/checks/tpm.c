/* SPDX-License-Identifier: Apache-2.0
 * Reads the item "tpm.quote" (probe.sh, tpm_quote), line by line:
 *
 *   public:                  of the script; then tpm2_readpublic's bytes in hex
 *   quoted: HEX              tpm2_quote
 *   signature:
 *     alg: rsassa
 *     sig: HEX
 *   ek:                      of the script; then the NV index's bytes in hex, or nothing */
#include "checks/tpm.h"

#include "base/text.h"

void gh_tpm_answer_free(struct gh_tpm_answer *a)
{
	gh_buf_free(&a->public);
	gh_buf_free(&a->quote);
	gh_buf_free(&a->sig);
	gh_buf_free(&a->ek);
}

static int add_hex(
    struct gh_buf *out, struct gh_bytes line, const char *what, struct gh_err *err)
{
	if (gh_unhex_buf(out, (const char *)line.p, line.len, NULL) == 0)
		return 0;
	return gh_fail(err, GH_E_PARSE, "tpm2-tools: %s is no hex: %.*s", what,
	    (int)(line.len < 80 ? line.len : 80), (const char *)line.p);
}

/* The rest of a line that begins with key. */
static bool value_of(struct gh_bytes line, const char *key, struct gh_bytes *value)
{
	if (!gh_text_starts(line, key))
		return false;
	*value = (struct gh_bytes){line.p + strlen(key), line.len - strlen(key)};
	return true;
}

/* A value that may stand there only once. */
static int add_once(
    struct gh_buf *out, struct gh_bytes value, const char *what, struct gh_err *err)
{
	if (out->len)
		return gh_fail(err, GH_E_PARSE, "tpm2-tools: %s came twice", what);
	return add_hex(out, value, what, err);
}

/* The NV index may be larger than the certificate in it: what follows that is padding. */
static void cut_padding(struct gh_buf *der)
{
	struct gh_rd r = gh_rd_of(der->p, der->len);
	uint8_t tag = gh_rd_u8(&r), form = gh_rd_u8(&r);
	size_t len = gh_rd_u16be(&r);

	if (!r.bad && tag == 0x30 && form == 0x82 && len + 4 <= der->len)
		der->len = len + 4;
}

struct reader {
	struct gh_tpm_answer *to;
	struct gh_buf *section; /* lines of hex belong to it; NULL: to nothing */
};

static int take_line(struct reader *r, struct gh_bytes line, struct gh_err *err)
{
	bool ek = r->section == &r->to->ek;
	struct gh_bytes v;

	if (gh_text_is(line, "public:") || gh_text_is(line, "ek:")) {
		r->section = line.p[0] == 'p' ? &r->to->public : &r->to->ek;
		return 0;
	}
	if (value_of(line, "quoted:", &v)) {
		r->section = NULL;
		return add_once(&r->to->quote, v, "quoted", err);
	}
	if (value_of(line, "sig:", &v))
		return add_once(&r->to->sig, v, "sig", err);
	if (!r->section)
		return 0; /* the names of algorithms, and what newer tools add */
	return add_hex(
	    r->section, line, ek ? "the EK certificate" : "the public area", err);
}

int gh_tpm_answer_parse(
    struct gh_tpm_answer *out, struct gh_bytes text, struct gh_err *err)
{
	struct reader r = {out, NULL};
	struct gh_bytes line;
	int rc = 0;

	*out = (struct gh_tpm_answer){0};
	while (rc == 0 && gh_text_line(&text, &line))
		rc = take_line(&r, gh_text_trim(line), err);
	cut_padding(&out->ek);
	if (rc == 0 && (!out->public.len || !out->quote.len || !out->sig.len))
		rc = gh_fail(err, GH_E_PARSE, "tpm2-tools: %s is missing",
		    !out->public.len  ? "the public area"
		    : !out->quote.len ? "quoted"
				      : "sig");
	if (rc)
		gh_tpm_answer_free(out);
	return rc;
}
