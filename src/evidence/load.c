/* SPDX-License-Identifier: Apache-2.0
 * Takes the wrappings off, one after the other: raw, PEM, DER, JSON, hex, base64. */
#include "evidence/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "evidence/collateral_json.h"
#include "evidence/evidence_json.h"
#include "evidence/load_pem.h"
#include "evidence/sniff.h"
#include "evidence/snp.h"
#include "evidence/snp_table.h"
#include "evidence/tee.h"

#define LEVELS_MAX     4    /* wrappings: base64 of JSON with a string of JSON ... */
#define TABLE_ENTRY    24   /* bytes */
#define SNP_REPORT_LEN 1184 /* spec/snp.md section 1 */

static const char *const type_word[] = {
    [GH_EV_UNKNOWN] = "unknown",
    [GH_EV_SNP] = "snp",
    [GH_EV_TDX] = "tdx",
    [GH_EV_GPU] = "gpu",
    [GH_EV_SWITCH] = "switch",
    [GH_EV_RIM] = "rim",
    [GH_EV_CERTS] = "certs",
    [GH_EV_CRL] = "crl",
    [GH_EV_SNP_CERTS] = "snp-certs",
    [GH_EV_HCL] = "hcl",
    [GH_EV_TCB_INFO] = "tcb-info",
    [GH_EV_QE_IDENTITY] = "qe-identity",
    [GH_EV_CCEL] = "ccel",
    [GH_EV_RUNTIME_LOG] = "runtime-log",
    [GH_EV_OCSP] = "ocsp",
    [GH_EV_EAT] = "eat",
    [GH_EV_JWKS] = "jwks",
    [GH_EV_FIRMWARE] = "firmware",
    [GH_EV_TDREPORT] = "tdreport",
    [GH_EV_EVAL] = "tcb-numbers",
};

const char *gh_evidence_type_word(enum gh_evidence_type t)
{
	return (size_t)t < GH_COUNT(type_word) ? type_word[t] : "unknown";
}

int gh_evidence_type_parse(const char *word, enum gh_evidence_type *out)
{
	for (size_t i = 1; i < GH_COUNT(type_word); i++)
		if (strcmp(word, type_word[i]) == 0) {
			*out = (enum gh_evidence_type)i;
			return 0;
		}
	return -1;
}

void gh_evidence_set_free(struct gh_evidence_set *s)
{
	for (size_t i = 0; i < s->n; i++) {
		gh_buf_free(&s->at[i].bytes);
		gh_buf_free(&s->at[i].chain);
	}
	free(s->at);
	*s = (struct gh_evidence_set){0};
}

static int grow(struct gh_evidence_set *set, size_t by, struct gh_err *err)
{
	struct gh_evidence *grown = realloc(set->at, (set->n + by) * sizeof(*grown));

	if (grown == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	set->at = grown;
	return 0;
}

struct gh_evidence *gh_evidence_add(struct gh_evidence_set *set,
    enum gh_evidence_type type, struct gh_bytes bytes, struct gh_err *err)
{
	size_t before = 0;
	struct gh_evidence *e;

	if (set->n >= GH_EVIDENCE_MAX) {
		gh_fail(
		    err, GH_E_PARSE, "more than %d pieces of evidence", GH_EVIDENCE_MAX);
		return NULL;
	}
	if (grow(set, 1, err) < 0)
		return NULL;
	for (size_t i = 0; i < set->n; i++)
		before += set->at[i].type == type;
	e = &set->at[set->n++];
	*e = (struct gh_evidence){.type = type};
	snprintf(
	    e->label, sizeof(e->label), "%s %zu", gh_evidence_type_word(type), before);
	gh_buf_add(&e->bytes, bytes.p, bytes.len);
	return gh_buf_ok(&e->bytes, err) < 0 ? NULL : e;
}

int gh_evidence_move(
    struct gh_evidence_set *to, struct gh_evidence_set *from, struct gh_err *err)
{
	if (from->n == 0)
		return 0;
	if (grow(to, from->n, err) < 0)
		return -1;
	memcpy(&to->at[to->n], from->at, from->n * sizeof(*from->at));
	to->n += from->n;
	from->n = 0;
	return 0;
}

static int add(struct gh_evidence_set *out, enum gh_evidence_type type, struct gh_bytes b,
    struct gh_err *err)
{
	return gh_evidence_add(out, type, b, err) == NULL ? -1 : 0;
}

/* What a guest gets from a host that keeps no certificates: nothing but the closing entry
 * and padding, in a file of its own. A report of zeros is not that. */
static bool is_empty_table(struct gh_bytes p)
{
	return p.len >= TABLE_ENTRY && p.len <= GH_SNP_TABLE_MAX_LEN &&
	       p.len != SNP_REPORT_LEN && gh_is_zero(p.p, p.len);
}

/* An extended report: the report, and its certificate table right behind it. */
static bool split_extended(
    struct gh_bytes p, struct gh_bytes *report, struct gh_bytes *table)
{
	if (p.len <= SNP_REPORT_LEN)
		return false;
	*report = (struct gh_bytes){p.p, SNP_REPORT_LEN};
	*table = (struct gh_bytes){p.p + SNP_REPORT_LEN, p.len - SNP_REPORT_LEN};
	return gh_snp_looks(report->p, report->len) &&
	       gh_evidence_sniff(*table) == GH_EV_SNP_CERTS;
}

static bool is_json(struct gh_bytes p)
{
	struct gh_bytes text = gh_text_trim(p);

	return text.len > 0 && (text.p[0] == '{' || text.p[0] == '[');
}

/* A saved HTTP answer: the body behind the first empty line. */
static bool split_http(struct gh_bytes p, struct gh_bytes *head, struct gh_bytes *body)
{
	struct gh_bytes rest = p, line;

	if (!gh_text_starts(p, "HTTP/"))
		return false;
	while (gh_text_line(&rest, &line))
		if (line.len == 0)
			break;
	while (rest.len > 0 && (*rest.p == '\r' || *rest.p == '\n')) {
		rest.p++;
		rest.len--;
	}
	*body = rest;
	*head = (struct gh_bytes){p.p, p.len - rest.len};
	return true;
}

static int open_text(
    struct gh_evidence_set *out, struct gh_bytes p, int level, struct gh_err *err)
{
	struct gh_bytes head, body;

	if (is_json(p))
		return gh_evidence_json(out, p, level, err);
	if (split_http(p, &head, &body)) {
		if (gh_evidence_percent(out, head, err) < 0)
			return -1;
		return gh_evidence_open(out, body, level + 1, err);
	}
	if (gh_text_find(p, "-----BEGIN%20") != NULL)
		return gh_evidence_percent(out, p, err);
	return gh_evidence_pem(out, p, err);
}

int gh_evidence_open(
    struct gh_evidence_set *out, struct gh_bytes p, int level, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) raw = {0};
	enum gh_evidence_type type = gh_evidence_sniff(p);
	size_t before = out->n;
	struct gh_bytes report, table;
	struct gh_err why = {0};
	bool all;

	if (level == 0 && is_empty_table(p))
		type = GH_EV_SNP_CERTS;
	if (type == GH_EV_EAT)
		return add(out, type, gh_text_trim(p), err);
	if (type != GH_EV_UNKNOWN)
		return add(out, type, p, err);
	if (level > LEVELS_MAX)
		return 0;
	if (split_extended(p, &report, &table))
		return add(out, GH_EV_SNP, report, err) < 0
			   ? -1
			   : add(out, GH_EV_SNP_CERTS, table, err);
	if (gh_evidence_der(out, p, &all, err) < 0)
		return -1;
	if (all || !gh_evidence_is_text(p))
		return 0;
	if (open_text(out, p, level, err) < 0)
		return -1;
	if (out->n > before || is_json(p))
		return 0;
	if (gh_evidence_decode(&raw, p, &why) < 0)
		return why.code == GH_E_NOMEM ? gh_fail(err, GH_E_NOMEM, "out of memory")
					      : 0;
	return gh_evidence_open(out, gh_buf_view(&raw), level + 1, err);
}

/* ---- what the caller said it is --------------------------------------------------- */

/* Kinds that one word of --type covers: a device is a device, a log is a log. */
static const struct {
	enum gh_evidence_type hint, also;
} families[] = {
    {GH_EV_GPU, GH_EV_SWITCH},
    {GH_EV_SWITCH, GH_EV_GPU},
    {GH_EV_SNP, GH_EV_HCL},
    {GH_EV_TDX, GH_EV_HCL},
    {GH_EV_TDX, GH_EV_TDREPORT},
    {GH_EV_CCEL, GH_EV_RUNTIME_LOG},
    {GH_EV_CERTS, GH_EV_SNP_CERTS},
    {GH_EV_CERTS, GH_EV_CRL},
};

static bool fits_hint(enum gh_evidence_type t, enum gh_evidence_type hint)
{
	if (hint == GH_EV_UNKNOWN || t == hint)
		return true;
	for (size_t i = 0; i < GH_COUNT(families); i++)
		if (families[i].hint == hint && families[i].also == t)
			return true;
	return false;
}

static int check_hint(
    const struct gh_evidence_set *found, enum gh_evidence_type hint, struct gh_err *err)
{
	for (size_t i = 0; i < found->n; i++)
		if (fits_hint(found->at[i].type, hint))
			return 0;
	return gh_fail(err, GH_E_PARSE, "this is %s evidence, not %s",
	    gh_evidence_type_word(found->at[0].type), gh_evidence_type_word(hint));
}

/* Nothing was recognised, but the caller says what it is: let the judge say why not. */
static int load_as(struct gh_evidence_set *out, struct gh_bytes p,
    enum gh_evidence_type hint, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) raw = {0};

	if (hint == GH_EV_UNKNOWN)
		return gh_fail(err, GH_E_PARSE,
		    "nothing we know in %zu bytes: tried raw, PEM, DER, JSON, hex, "
		    "base64",
		    p.len);
	if (!is_json(p) && gh_evidence_decode(&raw, p, NULL) == 0)
		p = gh_buf_view(&raw);
	return add(out, hint, p, err);
}

int gh_evidence_load(struct gh_evidence_set *out, const void *p, size_t len,
    enum gh_evidence_type hint, struct gh_err *err)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) found = {0};
	struct gh_bytes in = {p, len};
	struct gh_err why = {0};

	if (len > GH_JSON_MAX_BYTES)
		return gh_fail(err, GH_E_PARSE, "evidence of %zu bytes, at most %u", len,
		    GH_JSON_MAX_BYTES);
	if (gh_evidence_open(&found, in, 0, &why) < 0) {
		if (err != NULL)
			*err = why;
		/* not even its form is right: who says what it is gets a verdict */
		if (hint == GH_EV_UNKNOWN || why.code != GH_E_PARSE || found.n > 0)
			return -1;
	}
	if (found.n == 0 && load_as(&found, in, hint, err) < 0)
		return -1;
	if (check_hint(&found, hint, err) < 0)
		return -1;
	*out = gh_take(found);
	return 0;
}
