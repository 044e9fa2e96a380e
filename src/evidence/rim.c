/* SPDX-License-Identifier: Apache-2.0
 * Judges one RIM step by step: form, root, chain, time, signature, content. */
#include "evidence/rim.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/text.h"
#include "crypto/chain.h"
#include "evidence/rim_payload.h"
#include "evidence/rim_xml.h"
#include "evidence/rim_xmldsig.h"

#define SERVICE_MAX (2 * GH_RIM_MAX_BYTES) /* base64 of the XML in JSON */

/* What one load works on. */
struct work {
	struct gh_rim *rim;
	const struct gh_context *ctx;
	struct gh_bytes xml;
	const char *service_id;     /* as the RIM service says; NULL for bare XML */
	const char *service_sha256; /* likewise */
	struct gh_rim_fault
	    unread; /* why the document could not be read; code NULL: it was */
	char source[GH_SHA256_NAME_LEN];
	struct gh_rim_xml tree;
	struct gh_certs certs;
	int64_t from, until; /* when every certificate of the chain is valid */
	bool broken;         /* a step failed: no later step may pass */
};

void gh_rim_free(struct gh_rim **r)
{
	if (*r != NULL) {
		gh_certs_free(&(*r)->chain);
		gh_findings_free(&(*r)->findings);
	}
	free(*r);
	*r = NULL;
}

void gh_rims_free(struct gh_rims *rs)
{
	for (size_t i = 0; i < rs->n; i++)
		gh_rim_free(&rs->at[i]);
	free(rs->at);
	*rs = (struct gh_rims){0};
}

int gh_rims_add(struct gh_rims *rs, struct gh_rim *r, struct gh_err *err)
{
	struct gh_rim **grown = realloc(rs->at, (rs->n + 1) * sizeof(struct gh_rim *));
	if (grown == NULL) {
		gh_rim_free(&r);
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	}
	rs->at = grown;
	rs->at[rs->n++] = r;
	return 0;
}

/* 2: the id itself. 1: the XML does not name the board, kind and version fit. */
static int id_match(const struct gh_rim *r, const char *id)
{
	if (strcasecmp(r->id, id) == 0)
		return 2;
	return strchr(r->id, '*') != NULL && gh_rim_id_fits(r, id) ? 1 : 0;
}

/* Trusted before not, whole id before a fitting one, the longest-lived issue first. */
static bool is_better(const struct gh_rim *a, const struct gh_rim *b, const char *id)
{
	if (b == NULL || a->trusted != b->trusted)
		return b == NULL || a->trusted;
	if (id_match(a, id) != id_match(b, id))
		return id_match(a, id) > id_match(b, id);
	return a->not_after > b->not_after;
}

const struct gh_rim *gh_rims_find(const struct gh_rims *rs, const char *id)
{
	const struct gh_rim *best = NULL;
	for (size_t i = 0; rs != NULL && i < rs->n; i++)
		if (id_match(rs->at[i], id) > 0 && is_better(rs->at[i], best, id))
			best = rs->at[i];
	return best;
}

static struct gh_finding *begin(
    struct work *w, const char *step, const char *parent, const char *title)
{
	struct gh_finding *f = gh_findings_add(&w->rim->findings, w->rim->id, step);
	gh_say(&f->parent, "%s", parent);
	gh_say(&f->title, "%s", title);
	gh_say(&f->source, "%s", w->source);
	f->assurance = GH_A3;
	f->lab = w->rim->lab;
	return f;
}

/* The only place that says PASS for a step of a RIM. `fact` is what was seen. */
static void settle(struct work *w, struct gh_finding *f, const char *fact)
{
	gh_say(&f->observed, "%s", fact);
	if (w->broken) {
		gh_judge(f, GH_SKIP, "parent.not.proven");
		gh_say(&f->why, "a step above it does not hold");
		return;
	}
	gh_judge(f, GH_PASS, "");
}

static void refuse(struct work *w, struct gh_finding *f, const struct gh_rim_fault *fault)
{
	w->broken = true;
	gh_judge(f, GH_FAIL, fault->code);
	gh_say(&f->observed, "%s", fault->err.what);
	gh_say(&f->why,
	    "a RIM that is not exactly NVIDIA's proves nothing about the device");
	gh_say(&f->remedy,
	    "Fetch the RIM again: https://rim.attestation.nvidia.com/v1/rim/%s",
	    w->rim->id);
}

static void judge_parse(struct work *w)
{
	struct gh_rim_fault e = w->unread;
	bool bad = e.code != NULL || gh_rim_xml_shape(&w->tree, &e) < 0 ||
		   gh_rim_meta(w->rim, &w->tree, &e) < 0 ||
		   gh_rim_xml_certs(&w->tree, w->ctx->memo, &w->certs, &e) < 0;
	if (w->service_id != NULL && gh_rim_id_fits(w->rim, w->service_id))
		gh_text_clean_into(w->rim->id, sizeof(w->rim->id), w->service_id);
	struct gh_finding *f = begin(w, "rim.parse", "", "RIM");
	gh_say(&f->title, "RIM %s", w->rim->version);
	gh_say(&f->expected, "SWID with one Meta, Payload and Signature, no DTD");
	if (bad) {
		refuse(w, f, &e);
		return;
	}
	char fact[200];
	snprintf(fact, sizeof(fact), "%s %s, %zu certificates", w->rim->product,
	    w->rim->version, w->certs.n);
	settle(w, f, fact);
}

static void judge_root(struct work *w)
{
	struct gh_finding *f = begin(w, "rim.chain.root", "rim.parse", "RIM root");
	gh_say(&f->expected, "a pinned RIM root");
	if (w->certs.n < GH_RIM_CERTS_MIN) {
		settle(w, f, "no certificates");
		return;
	}
	const struct gh_cert *root = w->certs.at[w->certs.n - 1];
	const struct gh_anchor *a =
	    gh_trust_find(w->ctx->trust, GH_ROOT_NVIDIA_RIM, gh_cert_spki_sha256(root));
	struct gh_rim_fault e = {0};
	char spki[65];
	gh_hex(spki, gh_cert_spki_sha256(root), 32);
	gh_say(&f->title, "%s", gh_cert_cn(root));
	w->rim->lab = f->lab = a != NULL && a->lab;
	if (a == NULL) {
		gh_rim_refuse(&e, "rim.root.foreign", "key %.16s.. is not pinned", spki);
		refuse(w, f, &e);
	} else if (a->lab && !w->ctx->allow_lab) {
		gh_rim_refuse(
		    &e, "trust.lab-root", "LAB root %.16s..: not accepted here", spki);
		refuse(w, f, &e);
	} else {
		settle(w, f, a->lab ? "pinned LAB root" : "pinned root");
	}
}

static int check_keys(const struct gh_certs *cs, struct gh_rim_fault *why)
{
	for (size_t i = 0; i < cs->n; i++)
		if (gh_pubkey_ec_bits(gh_cert_key(cs->at[i])) != 384 ||
		    strcmp(gh_cert_sigalg(cs->at[i]), "ecdsa-with-SHA384") != 0)
			return gh_rim_refuse(why, "rim.chain.algorithm",
			    "'%s' is not EC P-384 with SHA-384", gh_cert_cn(cs->at[i]));
	return 0;
}

static int check_links(const struct gh_chain *chain, struct gh_rim_fault *why)
{
	struct gh_link links[GH_RIM_CERTS_MAX] = {0};
	struct gh_err e = {0};
	const char *code = "rim.chain.path";
	if (gh_chain_verify(chain, links, &e) == 0)
		return 0;
	for (size_t i = chain->certs->n; i-- > 0;)
		if (!links[i].ok)
			code = !links[i].issuer_name ? "rim.chain.issuer"
			       : !links[i].signature ? "rim.chain.signature"
			       : !links[i].in_time   ? "rim.chain.time"
						     : "rim.chain.role";
	return gh_rim_refuse(why, code, "%s", e.what);
}

/* The links are judged at an instant when all certificates are valid, so that an expired
 * signer is told apart from a broken chain: rim.time speaks about the time alone. */
static void judge_chain(struct work *w)
{
	struct gh_finding *f = begin(w, "rim.chain", "rim.chain.root", "RIM chain");
	struct gh_rim_fault e = {0};
	gh_say(&f->expected, "signer to root, EC P-384, every link good");
	if (w->certs.n < GH_RIM_CERTS_MIN) {
		settle(w, f, "no certificates");
		return;
	}
	w->from = INT64_MIN;
	w->until = INT64_MAX;
	for (size_t i = 0; i < w->certs.n; i++) {
		int64_t from = gh_cert_not_before(w->certs.at[i]);
		int64_t until = gh_cert_not_after(w->certs.at[i]);
		w->from = from > w->from ? from : w->from;
		w->until = until < w->until ? until : w->until;
	}
	w->rim->not_after = w->until;
	/* OpenSSL counts the last second as over */
	int64_t at = w->ctx->at < w->until ? w->ctx->at : w->until - 1;
	at = at < w->from ? w->from : at;
	struct gh_chain chain = {&w->certs, at, true, w->ctx->memo};
	if (check_keys(&w->certs, &e) < 0 || check_links(&chain, &e) < 0) {
		refuse(w, f, &e);
		return;
	}
	char fact[200];
	snprintf(fact, sizeof(fact), "signer '%s', %zu certs", gh_cert_cn(w->certs.at[0]),
	    w->certs.n);
	settle(w, f, fact);
}

static void judge_time(struct work *w)
{
	struct gh_finding *f = begin(w, "rim.time", "rim.chain", "validity");
	char from[GH_TIME_LEN] = "?", until[GH_TIME_LEN] = "?", at[GH_TIME_LEN],
	     fact[120];
	if (w->rim->not_after == 0) {
		settle(w, f, "no certificates");
		return;
	}
	gh_time_text(from, w->from);
	gh_time_text(until, w->until);
	gh_time_text(at, w->ctx->at);
	gh_say(&f->expected, "%s .. %s", from, until);
	snprintf(fact, sizeof(fact), "judged at %s, valid until %s", at, until);
	if (w->ctx->at >= w->from && w->ctx->at <= w->until) {
		settle(w, f, fact);
		return;
	}
	w->broken = true;
	bool old = w->ctx->at > w->until;
	gh_judge(f, old ? GH_STALE : GH_FAIL, old ? "rim.expired" : "rim.not-yet-valid");
	gh_say(&f->observed, "%s", fact);
	gh_say(&f->why,
	    "NVIDIA signs RIMs again under the same id, sometimes with new values");
	gh_say(&f->remedy,
	    "Fetch the RIM again: https://rim.attestation.nvidia.com/v1/rim/%s",
	    w->rim->id);
}

/* A document whose signature held once in this run under this key holds again; a bad one
 * is evaluated each time, because it must be told what is wrong with it. */
static int check_signature(struct work *w, struct gh_rim_fault *why)
{
	struct gh_memo *memo = w->ctx->memo;
	uint8_t both[GH_SHA256_NAME_LEN + 32], known[32];
	bool keyed;

	memcpy(
	    both, w->source, GH_SHA256_NAME_LEN); /* of the XML; its NUL parts the two */
	memcpy(both + GH_SHA256_NAME_LEN, gh_cert_spki_sha256(w->certs.at[0]), 32);
	keyed = memo != NULL && gh_sha256(both, sizeof both, known, NULL) == 0;
	if (keyed && gh_memo_recall(memo, known) == 1)
		return 0;
	if (gh_rim_xmldsig_verify(&w->tree, w->certs.at[0], why) < 0)
		return -1;
	if (keyed)
		gh_memo_keep(memo, known, true);
	return 0;
}

/* After an expired chain the signature and the content are still looked at: they decide
 * whether a comparison is worth showing. */
static void judge_signature(struct work *w)
{
	struct gh_finding *f = begin(w, "rim.signature", "rim.chain", "signature");
	struct gh_rim_fault e = {0};
	gh_say(&f->expected, "ECDSA P-384 over the whole document by the signer");
	if (w->certs.n == 0)
		settle(w, f, "no certificates");
	else if (check_signature(w, &e) < 0)
		refuse(w, f, &e);
	else
		settle(w, f, "good under the signer's key");
}

static int check_service(const struct work *w, struct gh_rim_fault *why)
{
	if (w->service_id != NULL && !gh_rim_id_fits(w->rim, w->service_id))
		return gh_rim_refuse(why, "rim.schema.id",
		    "the service calls it %.80s, Meta says %s", w->service_id,
		    w->rim->id);
	if (w->service_sha256 != NULL &&
	    strcasecmp(w->service_sha256, w->rim->sha256) != 0)
		return gh_rim_refuse(why, "rim.schema.sha256",
		    "sha256 of the XML is %.16s.., the service says %.16s..",
		    w->rim->sha256, w->service_sha256);
	return 0;
}

static void judge_schema(struct work *w)
{
	struct gh_finding *f = begin(w, "rim.schema", "rim.signature", "content");
	struct gh_rim_fault e = {0};
	gh_say(&f->expected,
	    "measurements 0..63 of SHA-384, all understood; id and sha256 fit");
	if (w->tree.payload == NULL) {
		settle(w, f, "no payload");
		return;
	}
	if (gh_rim_payload(w->rim, &w->tree, &e) < 0 || check_service(w, &e) < 0) {
		memset(w->rim->entry, 0, sizeof(w->rim->entry));
		refuse(w, f, &e);
		return;
	}
	size_t active = 0;
	for (size_t i = 0; i < GH_RIM_INDEXES; i++)
		active += w->rim->entry[i].active;
	char fact[120];
	snprintf(fact, sizeof(fact), "%zu active measurements, sha256 %.16s..", active,
	    w->rim->sha256);
	settle(w, f, fact);
}

/* A text that does not even name a SoftwareIdentity is something else, not a bad RIM. */
static int read_tree(struct work *w, struct gh_err *err)
{
	if (w->unread.code != NULL ||
	    gh_rim_xml_parse(&w->tree, w->xml.p, w->xml.len, &w->unread) == 0)
		return 0;
	if (w->xml.len > 0 && gh_text_find(w->xml, "SoftwareIdentity") != NULL)
		return 0;
	return gh_fail(err, GH_E_PARSE, "RIM: %s", w->unread.err.what);
}

static int load_xml(struct work *w, struct gh_err *err)
{
	if (gh_sha256_name(w->xml.p, w->xml.len, w->source, err) < 0 ||
	    read_tree(w, err) < 0)
		return -1;
	memcpy(w->rim->sha256, w->source + strlen("sha256:"), sizeof(w->rim->sha256));
	judge_parse(w);
	judge_root(w);
	judge_chain(w);
	judge_time(w);
	judge_signature(w);
	judge_schema(w);
	w->rim->trusted =
	    gh_findings_verdict(&w->rim->findings, NULL) == GH_PASS && !w->broken;
	for (size_t i = 0; i < w->rim->findings.n; i++)
		w->rim->findings.at[i].lab = w->rim->lab;
	w->rim->chain = gh_take(w->certs);
	return 0;
}

/* {"id", "rim": base64 of the XML, "sha256", "rim_format": "TCG", ...} (section 3.2). */
static int load_service(struct work *w, const void *p, size_t len, struct gh_err *err)
{
	gh_auto(json_t *, gh_json_free) o = gh_json_parse(p, len, err);
	gh_auto(struct gh_buf, gh_buf_free) xml = {0};
	const char *text = NULL, *format = "TCG";
	if (o == NULL || gh_json_str(o, "RIM answer", "rim", &text, err) < 0 ||
	    gh_json_str(o, "RIM answer", "id", &w->service_id, err) < 0 ||
	    gh_json_str(o, "RIM answer", "sha256", &w->service_sha256, err) < 0 ||
	    gh_json_str_opt(o, "RIM answer", "rim_format", &format, err) < 0)
		return -1;
	if (strcmp(format, "TCG") != 0)
		gh_rim_refuse(&w->unread, "rim.parse.format",
		    "the service's format \"%.20s\" is not TCG", format);
	if (gh_unb64_loose(&xml, text, strlen(text), err) < 0)
		return gh_err_prefix(err, "RIM answer");
	w->xml = gh_buf_view(&xml);
	return load_xml(w, err);
}

static void work_end(struct work *w)
{
	gh_rim_free(&w->rim);
	gh_rim_xml_free(&w->tree);
	gh_certs_free(&w->certs);
}

int gh_rim_load(struct gh_rim **out, const void *p, size_t len,
    const struct gh_context *ctx, struct gh_err *err)
{
	gh_auto(struct work, work_end) w = {.ctx = ctx, .xml = {p, len}};
	struct gh_bytes text = gh_text_trim(w.xml);
	*out = NULL;
	if (len > SERVICE_MAX)
		return gh_fail(
		    err, GH_E_PARSE, "RIM: %zu bytes, at most %u", len, SERVICE_MAX);
	w.rim = calloc(1, sizeof(*w.rim));
	if (w.rim == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	int rc = text.len > 0 && text.p[0] == '{' ? load_service(&w, p, len, err)
						  : load_xml(&w, err);
	if (rc < 0)
		return -1;
	if (w.rim->findings.oom)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	*out = gh_take(w.rim);
	return 0;
}
