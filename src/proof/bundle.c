/* SPDX-License-Identifier: Apache-2.0
 * Verifying a bundle: envelope, signer, statement, evidence, rules, devices. */
#include "proof/bundle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "proof/pieces.h"

void gh_bundle_free(struct gh_bundle *b)
{
	free(b->file);
	*b = (struct gh_bundle){0};
}

int gh_bundle_add(
    struct gh_bundle *b, const char *name, struct gh_bytes bytes, struct gh_err *err)
{
	if (strlen(name) >= sizeof(b->file->name) || b->n >= GH_BUNDLE_FILES_MAX)
		return gh_fail(
		    err, GH_E_PARSE, "bundle: too many files, or a name too long");
	if (gh_bundle_get(b, name).p)
		return gh_fail(err, GH_E_PARSE, "bundle: %s is there twice", name);
	void *at = realloc(b->file, (b->n + 1) * sizeof(*b->file));
	if (!at)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	b->file = at;
	struct gh_bundle_file *f = &b->file[b->n++];
	snprintf(f->name, sizeof(f->name), "%s", name);
	f->bytes = bytes.p ? bytes : (struct gh_bytes){(const unsigned char *)"", 0};
	return 0;
}

struct gh_bytes gh_bundle_get(const struct gh_bundle *b, const char *name)
{
	for (size_t i = 0; i < b->n; i++)
		if (strcmp(b->file[i].name, name) == 0)
			return b->file[i].bytes;
	return (struct gh_bytes){0};
}

/* ---- the state of one verification ------------------------------------------------ */

struct verifying {
	struct gh_result *out;
	const struct gh_bundle *b;
	const struct gh_bundle_opts *o;
	struct gh_keys keys; /* trusted ones, then signer.pem */
	size_t n_trusted;
	struct gh_dsse dsse;
	const struct gh_named_key *by; /* who signed the envelope; NULL: nobody */
	struct gh_statement s;
};

static void verifying_free(struct verifying *v)
{
	gh_keys_free(&v->keys);
	gh_dsse_free(&v->dsse);
	gh_statement_free(&v->s);
}

static struct gh_finding *add(
    struct verifying *v, const char *step, const char *parent, const char *title)
{
	struct gh_finding *f =
	    gh_findings_add(&v->out->findings, GH_BUNDLE_SUBJECT, step);
	gh_say(&f->parent, "%s", parent);
	gh_say(&f->title, "%s", title);
	f->assurance = GH_A3;
	return f;
}

static void fail_err(struct gh_finding *f, const char *code, const struct gh_err *e)
{
	gh_judge(f, GH_FAIL, code);
	gh_say(&f->observed, "%s", e->what);
}

static void skip_below(struct gh_finding *f)
{
	gh_judge(f, GH_SKIP, "");
	gh_say(&f->why, "not looked at: the envelope is not good");
}

/* ---- envelope --------------------------------------------------------------------- */

/* The trusted keys first, so that a copy of one in signer.pem counts as trusted. */
static int gather_keys(struct verifying *v, struct gh_err *err)
{
	for (size_t i = 0; v->o->keys && i < v->o->keys->n; i++) {
		gh_auto(struct gh_buf, gh_buf_free) spki = {0};
		struct gh_named_key k = v->o->keys->at[i];
		void *at = realloc(v->keys.at, (v->keys.n + 1) * sizeof(*v->keys.at));
		if (!at)
			return gh_fail(err, GH_E_NOMEM, "out of memory");
		v->keys.at = at;
		if (gh_pubkey_spki(v->o->keys->at[i].key, &spki, err) ||
		    gh_pubkey_from_spki(&k.key, spki.p, spki.len, err))
			return -1;
		v->keys.at[v->keys.n++] = k;
	}
	v->n_trusted = v->keys.n;
	struct gh_bytes pem = gh_bundle_get(v->b, "signer.pem");
	/* A copy that is no key is no key: the envelope then fails in words. */
	if (pem.p && gh_keys_add_pem(&v->keys, pem.p, pem.len, NULL))
		return 0;
	return 0;
}

static void judge_envelope(struct verifying *v)
{
	struct gh_finding *f =
	    add(v, "bundle.envelope", "", "signature over the report (DSSE)");
	struct gh_bytes raw = gh_bundle_get(v->b, "report.dsse.json");
	struct gh_err e = {0};
	gh_say(&f->expected, "%s, signed", GH_DSSE_INTOTO);
	gh_say(&f->source, "report.dsse.json");
	if (!raw.p) {
		gh_say(&f->observed, "there is no report.dsse.json");
		gh_judge(f, GH_FAIL, "bundle.envelope.missing");
	} else if (gh_dsse_parse(&v->dsse, raw.p, raw.len, &e)) {
		fail_err(f, "bundle.envelope.parse", &e);
	} else if (strcmp(v->dsse.payload_type, GH_DSSE_INTOTO) != 0) {
		gh_say(&f->observed, "payloadType %s", v->dsse.payload_type);
		gh_judge(f, GH_FAIL, "bundle.envelope.type");
	} else if (gh_dsse_verify(&v->dsse, &v->keys, &v->by, &e)) {
		fail_err(f, "bundle.envelope.signature", &e);
	} else {
		gh_say(&f->observed, "good by %s", v->by->keyid);
		gh_judge(f, GH_PASS, "");
	}
}

static void judge_signer(struct verifying *v)
{
	struct gh_finding *f =
	    add(v, "bundle.signer", "bundle.envelope", "the key is one we were told of");
	if (!v->by) {
		skip_below(f);
		return;
	}
	gh_say(&f->observed, "%s", v->by->keyid);
	if ((size_t)(v->by - v->keys.at) < v->n_trusted) {
		gh_judge(f, GH_PASS, "");
	} else if (v->n_trusted == 0) {
		gh_say(&f->why,
		    "the signature is good, but nobody told me whose key this is");
		gh_say(&f->remedy, "get the operator's key by another way and give it "
				   "with --trust FILE");
		gh_judge(f, GH_UNKNOWN, "bundle.signer.unknown");
	} else {
		gh_say(&f->expected, "one of %zu trusted keys", v->n_trusted);
		gh_say(&f->why, "whoever signed this is not who we were told to believe");
		gh_judge(f, GH_FAIL, "bundle.signer.untrusted");
	}
}

static void judge_payload(struct verifying *v)
{
	struct gh_finding *f = add(v, "bundle.payload", "bundle.envelope",
	    "report.json is what was signed, byte for byte");
	struct gh_bytes file = gh_bundle_get(v->b, "report.json");
	gh_say(&f->source, "report.json");
	if (!v->by) {
		skip_below(f);
	} else if (!file.p) {
		gh_say(&f->observed, "there is no report.json");
		gh_judge(f, GH_FAIL, "bundle.payload.missing");
	} else if (file.len != v->dsse.payload.len ||
		   (file.len > 0 && memcmp(file.p, v->dsse.payload.p, file.len) != 0)) {
		gh_say(&f->observed, "%zu bytes that differ from the %zu signed",
		    file.len, v->dsse.payload.len);
		gh_judge(f, GH_FAIL, "bundle.payload.differs");
	} else {
		gh_say(&f->observed, "%zu bytes", file.len);
		gh_judge(f, GH_PASS, "");
	}
}

static void judge_detached(struct verifying *v)
{
	struct gh_finding *f = add(v, "bundle.detached", "bundle.envelope",
	    "detached signature over report.json");
	struct gh_bytes sig = gh_bundle_get(v->b, "report.json.sig");
	struct gh_err e = {0};
	gh_say(&f->source, "report.json.sig");
	if (!v->by) {
		skip_below(f);
	} else if (!sig.p) {
		gh_say(&f->observed, "there is no report.json.sig");
		gh_judge(f, GH_FAIL, "bundle.detached.missing");
	} else if (gh_ecdsa_verify_der(v->by->key, gh_sign_hash(v->by->key),
		       gh_buf_view(&v->dsse.payload), sig, &e)) {
		fail_err(f, "bundle.detached.signature", &e);
	} else {
		gh_judge(f, GH_PASS, "");
	}
}

static bool judge_statement(struct verifying *v)
{
	struct gh_finding *f =
	    add(v, "bundle.statement", "bundle.envelope", "a report of a form we know");
	struct gh_err e = {0};
	if (!v->by) {
		skip_below(f);
		return false;
	}
	if (gh_statement_parse(&v->s, v->dsse.payload.p, v->dsse.payload.len, &e)) {
		fail_err(f,
		    e.code == GH_E_POLICY ? "bundle.statement.unknown"
					  : "bundle.statement.parse",
		    &e);
		return false;
	}
	gh_say(&f->observed, "%s, report %s", v->s.predicate_type, v->s.report_id);
	f->lab = v->s.lab;
	gh_judge(f, GH_PASS, "");
	char name[GH_SHA256_NAME_LEN] = "";
	struct gh_subject *sub = gh_result_subject(v->out, GH_BUNDLE_SUBJECT, "report");
	if (gh_sha256_name(v->dsse.payload.p, v->dsse.payload.len, name, NULL) == 0)
		gh_claim(sub, "payload_sha256", "%s", name + 7);
	gh_claim(sub, "keyid", "%s", v->by->keyid);
	return true;
}

/* ---- evidence --------------------------------------------------------------------- */

static bool judge_evidence(struct verifying *v)
{
	struct gh_finding *f = add(v, "bundle.evidence", "bundle.statement",
	    "every piece of evidence is there and unaltered");
	struct gh_bytes raw = gh_bundle_get(v->b, "evidence/index.json");
	struct gh_err e = {0};
	size_t n = 0;
	gh_say(&f->source, "evidence/index.json");
	gh_say(&f->expected, "index with SHA-256 %s", v->s.evidence_sha256);
	if (!raw.p) {
		gh_say(&f->observed, "there is no evidence/index.json");
		gh_judge(f, GH_FAIL, "bundle.evidence.missing");
	} else if (gh_pieces_digest(v->s.evidence_sha256, raw, &e)) {
		fail_err(f, "bundle.evidence.digest", &e);
	} else if (gh_pieces_check(v->b, &v->s, &n, &e)) {
		fail_err(f,
		    e.code == GH_E_PARSE ? "bundle.evidence.index"
					 : "bundle.evidence.blob",
		    &e);
	} else {
		gh_say(&f->observed, "%zu pieces", n);
		gh_judge(f, GH_PASS, "");
	}
	return f->verdict == GH_PASS;
}

/* ---- the whole -------------------------------------------------------------------- */

static int verify(struct verifying *v, struct gh_err *err)
{
	if (gather_keys(v, err))
		return -1;
	gh_result_subject(v->out, GH_BUNDLE_SUBJECT, "report");
	judge_envelope(v);
	judge_signer(v);
	judge_payload(v);
	judge_detached(v);
	if (!judge_statement(v))
		return gh_result_ok(v->out, err);
	bool have_evidence = judge_evidence(v);
	gh_rules_judge(v->out, GH_BUNDLE_SUBJECT, &v->s, &v->o->rules);
	if (have_evidence && gh_pieces_recheck(v->out, v->b, &v->s, v->o, err))
		return -1;
	return gh_result_ok(v->out, err);
}

int gh_bundle_verify(struct gh_result *out, const struct gh_bundle *b,
    const struct gh_bundle_opts *opts, struct gh_err *err)
{
	struct verifying v = {.out = out, .b = b, .o = opts};
	out->at = opts->rules.at;
	int rc = verify(&v, err);
	verifying_free(&v);
	return rc;
}

/* What a failed step means for a program; others mean 1. Whole steps, or codes. */
static const struct {
	const char *name;
	int exit;
} exits[] = {
    {"bundle.envelope", 2},
    {"bundle.payload", 2},
    {"bundle.detached", 2},
    {"bundle.signer", 2},
    {"bundle.statement", 2},
    {"bundle.stage", 2},
    {"bundle.evidence", 2},
    {"bundle.collateral", 2},
    {"bundle.counts", 2},
    {"bundle.story", 2},
    {"bundle.verdict.contradicts", 2},
    {"bundle.recheck", 2},
    {"bundle.time", 3},
    {"bundle.audience", 3},
    {"bundle.nonce", 3},
};

static int exit_of(const struct gh_finding *f)
{
	if (f->verdict == GH_STALE)
		return 3;
	if (f->verdict != GH_FAIL)
		return 1;
	for (size_t i = 0; i < GH_COUNT(exits); i++)
		if (strcmp(f->step, exits[i].name) == 0 ||
		    strcmp(f->code, exits[i].name) == 0)
			return exits[i].exit;
	return 1;
}

int gh_bundle_exit(const struct gh_result *r)
{
	int code = gh_verdict_exit(gh_result_verdict(r));
	if (code == 0)
		return 0;
	for (size_t i = 0; i < r->findings.n; i++) {
		const struct gh_finding *f = &r->findings.at[i];
		if (f->severity != GH_SEV_BLOCKER || f->verdict == GH_PASS ||
		    f->verdict == GH_WARN || f->verdict == GH_SKIP)
			continue;
		int e = exit_of(f);
		if (e == 2 || (e == 3 && code != 2))
			code = e;
	}
	return code;
}
