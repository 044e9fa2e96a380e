/* SPDX-License-Identifier: Apache-2.0
 * Writing the statement: members in tables, values from findings and claims. */
#include "proof/statement.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "crypto/digest.h"

static const char *const outcome_word[GH_OUTCOMES] = {
    [GH_O_PASS] = "pass",
    [GH_O_FAIL] = "fail",
    [GH_O_WARN] = "warn",
    [GH_O_SKIP] = "skip",
    [GH_O_ERROR] = "error",
};

const char *gh_outcome_word(enum gh_outcome o)
{
	return (size_t)o < GH_OUTCOMES ? outcome_word[o] : "error";
}

int gh_outcome_parse(const char *word)
{
	for (int i = 0; i < GH_OUTCOMES; i++)
		if (strcmp(word, outcome_word[i]) == 0)
			return i;
	return -1;
}

/* What was not proven is an error of the check, not an outcome of the host. */
enum gh_outcome gh_outcome_of(enum gh_verdict v)
{
	switch (v) {
	case GH_PASS:
		return GH_O_PASS;
	case GH_FAIL:
		return GH_O_FAIL;
	case GH_WARN:
		return GH_O_WARN;
	case GH_SKIP:
		return GH_O_SKIP;
	case GH_UNKNOWN:
	case GH_STALE:
		break;
	}
	return GH_O_ERROR;
}

int gh_tally(struct gh_tally *out, const json_t *checks, struct gh_err *err)
{
	size_t i;
	json_t *row;
	bool fail = false, error = false;
	*out = (struct gh_tally){.verdict = "error"};
	json_array_foreach(checks, i, row)
	{
		const char *id = NULL, *outcome = NULL, *severity = NULL;
		if (gh_json_str(row, "checks[]", "id", &id, err) ||
		    gh_json_str(row, "checks[]", "outcome", &outcome, err) ||
		    gh_json_str(row, "checks[]", "severity", &severity, err))
			return -1;
		int o = gh_outcome_parse(outcome);
		bool block = strcmp(severity, "block") == 0;
		if (o < 0 || (!block && strcmp(severity, "warn") != 0 &&
				 strcmp(severity, "info") != 0))
			return gh_fail(err, GH_E_PARSE,
			    "checks[] %s: outcome \"%s\", severity \"%s\"", id, outcome,
			    severity);
		out->count[o]++;
		bool bad = block && (o == GH_O_FAIL || (o == GH_O_ERROR && !fail));
		if (bad && (o == GH_O_FAIL ? !fail : !error))
			gh_text_clean_into(out->first_bad, sizeof(out->first_bad), id);
		fail |= block && o == GH_O_FAIL;
		error |= block && o == GH_O_ERROR;
	}
	if (fail)
		out->verdict = "fail";
	else if (!error && out->count[GH_O_PASS] > 0)
		out->verdict = "pass";
	return 0;
}

/* ---- the parts ------------------------------------------------------------------ */

static void set_time(json_t *o, const char *key, int64_t at)
{
	char text[GH_TIME_LEN];
	gh_time_text(text, at);
	gh_json_set_str(o, key, text);
}

/* Drops empty text, so that a member that is there says something. */
static void set_some(json_t *o, const char *key, const char *text)
{
	if (text && text[0])
		gh_json_set_str(o, key, text);
}

static int digest_hex(const void *p, size_t len, char out[static 65], struct gh_err *err)
{
	uint8_t digest[32];
	if (gh_sha256(p, len, digest, err))
		return -1;
	gh_hex(out, digest, sizeof(digest));
	return 0;
}

/* SHA-256 of salt and serial, so that a report can be shown around (section 3.4). */
static int hash_serial(
    const char *salt, const char *serial, char out[static 65], struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	gh_buf_fmt(&b, "%s:%s", salt, serial);
	return gh_buf_ok(&b, err) || digest_hex(b.p, b.len, out, err) ? -1 : 0;
}

static const struct {
	const char *member, *claim;
} host_member[] = {
    {"model", "product"},
    {"board", "board"},
    {"boot_id", "boot_id"},
    {"kernel", "kernel"},
    {"microcode", "microcode"},
    {"bios", "bios"},
    {"bmc", "bmc"},
    {"tdx_module", "tdx_module"},
};

static json_t *host_json(const struct gh_statement_in *in, struct gh_err *err)
{
	json_t *o = json_object();
	const struct gh_subject *s = gh_result_find(in->result, in->host);
	gh_json_set_str(o, "name", in->host);
	for (size_t i = 0; s && i < GH_COUNT(host_member); i++)
		set_some(o, host_member[i].member, gh_claim_get(s, host_member[i].claim));
	const char *serial = s ? gh_claim_get(s, "serial") : "";
	char hex[65];
	if (!serial[0])
		return o;
	if (hash_serial(in->salt, serial, hex, err)) {
		json_decref(o);
		return NULL;
	}
	gh_json_set_str(o, "salt", in->salt);
	gh_json_set_str(o, "serial_sha256", hex);
	return o;
}

/* The digest behind "sha256:" when that file goes along, else NULL: a RIM inside a
 * service's answer has a digest of its own, for example. */
static const char *evidence_of(const struct gh_statement_in *in, const char *source)
{
	if (strncmp(source, "sha256:", 7) != 0)
		return NULL;
	const char *hex = source + 7;
	for (size_t i = 0; i < in->n_devices; i++) {
		const struct gh_statement_device *d = &in->device[i];
		if ((d->evidence && strcmp(d->evidence, hex) == 0) ||
		    (d->chain && strcmp(d->chain, hex) == 0))
			return hex;
	}
	for (size_t i = 0; i < in->n_collateral; i++)
		if (strcmp(in->collateral[i].sha256, hex) == 0)
			return hex;
	return NULL;
}

static json_t *check_json(const struct gh_statement_in *in, const struct gh_finding *f)
{
	static const char *const severity[] = {
	    [GH_SEV_INFO] = "info", [GH_SEV_WARN] = "warn", [GH_SEV_BLOCKER] = "block"};
	json_t *o = json_object();
	gh_json_set_str(o, "id", f->step);
	gh_json_set_str(o, "subject", f->subject);
	gh_json_set_str(o, "outcome", gh_outcome_word(gh_outcome_of(f->verdict)));
	gh_json_set_str(o, "severity", severity[f->severity]);
	set_some(o, "area", f->parent);
	set_some(o, "title", f->title);
	set_some(o, "expected", f->expected);
	set_some(o, "observed", f->observed);
	set_some(o, "reason", f->why);
	set_some(o, "evidence", evidence_of(in, f->source));
	set_some(o, "source", f->source);
	return o;
}

static json_t *checks_json(const struct gh_statement_in *in)
{
	const struct gh_findings *fs = &in->result->findings;
	json_t *a = json_array();
	for (size_t i = 0; i < fs->n; i++)
		json_array_append_new(a, check_json(in, &fs->at[i]));
	return a;
}

static const struct {
	const char *member, *claim;
} device_member[] = {
    {"arch", "arch"},
    {"pdi", "pdi"},
    {"ueid", "ueid"},
    {"nonce", "nonce"},
    {"driver", "driver"},
    {"vbios", "vbios"},
    {"mode", "mode"},
    {"fwid", "fwid"},
    {"rim_driver", "driver_rim_sha256"},
    {"rim_vbios", "vbios_rim_sha256"},
};

static json_t *device_json(
    const struct gh_statement_in *in, const struct gh_statement_device *d)
{
	json_t *o = json_object();
	const struct gh_subject *s = gh_result_find(in->result, d->subject);
	const char *colon = strrchr(d->subject, ':');
	enum gh_verdict v = gh_findings_verdict(&in->result->findings, d->subject);
	gh_json_set_str(o, "subject", d->subject);
	gh_json_set_str(o, "slot", colon ? colon + 1 : d->subject);
	gh_json_set_str(o, "kind", "gpu");
	gh_json_set_str(o, "verdict", gh_verdict_word(v));
	set_some(o, "evidence", d->evidence);
	set_some(o, "chain", d->chain);
	for (size_t i = 0; s && i < GH_COUNT(device_member); i++)
		set_some(
		    o, device_member[i].member, gh_claim_get(s, device_member[i].claim));
	return o;
}

static json_t *devices_json(const struct gh_statement_in *in)
{
	json_t *a = json_array();
	for (size_t i = 0; i < in->n_devices; i++)
		json_array_append_new(a, device_json(in, &in->device[i]));
	return a;
}

static json_t *collateral_json(const struct gh_statement_in *in)
{
	json_t *a = json_array();
	for (size_t i = 0; i < in->n_collateral; i++) {
		json_t *o = json_object();
		gh_json_set_str(o, "role", in->collateral[i].role);
		gh_json_set_str(o, "sha256", in->collateral[i].sha256);
		set_some(o, "source", in->collateral[i].source);
		json_array_append_new(a, o);
	}
	return a;
}

/* What this report does not prove: one sentence each, chosen by what it rests on. */
static json_t *limits_json(const struct gh_statement_in *in)
{
	const struct {
		bool applies;
		const char *text;
	} limit[] = {
	    {in->lab,
		"LAB: this rests on lab keys and proves nothing about real hardware"},
	    {true,
		"host facts are read over SSH from the host itself and are not hardware"
		" evidence"},
	    {true,
		"no confidential VM is attested in a stage 1 report: CPU evidence is not"
		" part of it"},
	    {in->n_devices > 0,
		"the nonces of the GPU evidence were chosen by the console, not by the"
		" client"},
	    {!in->client_nonce,
		"the client gave no nonce: freshness rests on the console's clock"},
	    {true,
		"physical attacks on DDR5 (TEE.fail class) are outside what this report"
		" can exclude"},
	};
	json_t *a = json_array();
	for (size_t i = 0; i < GH_COUNT(limit); i++)
		if (limit[i].applies)
			json_array_append_new(a, json_string(limit[i].text));
	return a;
}

static int counts_and_verdict(json_t *predicate, struct gh_err *err)
{
	struct gh_tally t;
	json_t *counts = json_object();
	json_object_set_new(predicate, "counts", counts);
	if (gh_tally(&t, json_object_get(predicate, "checks"), err))
		return -1;
	for (int i = 0; i < GH_OUTCOMES; i++)
		json_object_set_new(counts, outcome_word[i], json_integer(t.count[i]));
	gh_json_set_str(predicate, "verdict", t.verdict);
	gh_json_set_str(predicate, "verdict_rule", GH_VERDICT_RULE);
	return 0;
}

/* subjects and findings in the one shape of design.md; the serial number is hashed here
 * as it is in host{}. */
static int put_story(
    json_t *predicate, const struct gh_statement_in *in, struct gh_err *err)
{
	gh_auto(json_t *, gh_json_free) r = gh_result_json(in->result);
	json_t *subjects = json_object_get(r, "subjects"), *row;
	size_t i;
	char hex[65];
	json_array_foreach(subjects, i, row)
	{
		json_t *claims = json_object_get(row, "claims");
		const char *serial = json_string_value(json_object_get(claims, "serial"));
		if (!serial)
			continue;
		if (hash_serial(in->salt, serial, hex, err))
			return -1;
		json_t *own = json_copy(claims); /* the result keeps its own */
		json_object_set_new(row, "claims", own);
		json_object_del(own, "serial");
		gh_json_set_str(own, "serial_sha256", hex);
	}
	json_object_set(predicate, "subjects", subjects);
	json_object_set(predicate, "findings", json_object_get(r, "findings"));
	return 0;
}

static int put_people(
    json_t *predicate, const struct gh_statement_in *in, struct gh_err *err)
{
	char hex[65];
	if (digest_hex(in->operator_name, strlen(in->operator_name), hex, err))
		return -1;
	json_object_set_new(predicate, "operator",
	    json_pack("{s:s, s:s}", "id_sha256", hex, "role", "operator"));
	json_t *verifier =
	    json_pack("{s:s, s:{s:s}}", "name", "gatehouse", "clock", "source", "system");
	gh_json_set_str(verifier, "version", in->version);
	set_some(verifier, "build_sha256", in->build_sha256);
	json_object_set_new(predicate, "verifier", verifier);
	json_t *policy = json_object();
	gh_json_set_str(policy, "id", in->policy_id);
	set_some(policy, "sha256", in->policy_sha256);
	json_object_set_new(predicate, "policy", policy);
	return 0;
}

static void put_head(json_t *p, const struct gh_statement_in *in)
{
	json_object_set_new(p, "v", json_integer(1));
	json_object_set_new(p, "stage", json_integer(1));
	json_object_set_new(p, "sequence", json_integer(in->sequence));
	json_object_set_new(p, "lab", json_boolean(in->lab));
	gh_json_set_str(p, "report_id", in->report_id);
	gh_json_set_str(p, "previous", in->previous);
	gh_json_set_str(p, "audience", in->audience);
	gh_json_set_str(p, "gatehouse_nonce", in->gatehouse_nonce);
	json_object_set_new(p, "client_nonce",
	    in->client_nonce ? json_string(in->client_nonce) : json_null());
	set_time(p, "issued", in->issued);
	set_time(p, "expires", in->expires);
	set_time(p, "verified_at", in->result->at);
}

static json_t *named_digest(const char *name, const char *hex)
{
	return json_pack("{s:s, s:{s:s}}", "name", name, "digest", "sha256", hex);
}

/* subject[0] names the evidence, subject[1] the host by the digest of predicate.host. */
static int put_subjects(json_t *root, const json_t *host,
    const struct gh_statement_in *in, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	char hex[65], name[80];
	gh_json_dump(&b, host);
	if (gh_buf_ok(&b, err) || digest_hex(b.p, b.len, hex, err))
		return -1;
	snprintf(name, sizeof(name), "host:%s", in->host);
	json_t *a = json_array();
	json_array_append_new(a, named_digest("evidence", in->index_sha256));
	json_array_append_new(a, named_digest(name, hex));
	json_object_set_new(root, "subject", a);
	return 0;
}

int gh_statement_write(
    struct gh_buf *out, const struct gh_statement_in *in, struct gh_err *err)
{
	gh_auto(json_t *, gh_json_free) root = json_object();
	json_t *p = json_object(), *host = host_json(in, err);
	json_object_set_new(root, "predicate", p);
	if (!host)
		return -1;
	json_object_set_new(p, "host", host);
	put_head(p, in);
	json_object_set_new(p, "checks", checks_json(in));
	json_object_set_new(p, "devices", devices_json(in));
	json_object_set_new(p, "collateral", collateral_json(in));
	json_object_set_new(p, "limits", limits_json(in));
	gh_json_set_str(root, "_type", GH_STATEMENT_TYPE);
	gh_json_set_str(root, "predicateType", GH_PREDICATE_HOST);
	if (counts_and_verdict(p, err) || put_story(p, in, err) ||
	    put_people(p, in, err) || put_subjects(root, host, in, err))
		return -1;
	gh_json_dump(out, root);
	return gh_buf_ok(out, err);
}
