/* SPDX-License-Identifier: Apache-2.0
 * The claims that NRAS makes of a device, each of which must be good. */
#include "evidence/nras_device.h"

#include <stdio.h>

#include "base/text.h"

enum want { SUCCESS, DISABLED, YES, YES_IF_THERE, CHAIN };
enum { G2 = 1, G3 = 2, S2 = 4, S3 = 8, G = G2 | G3, S = S2 | S3, V3 = G3 | S3 };

/* One line a claim: its name, the word of its code, what it must be, and for which of GPU
 * and switch, claims 2.0 and 3.0, it must be there. */
static const struct rule {
	const char *claim, *word;
	enum want want;
	unsigned int where;
} rules[] = {
#define GPU    "x-nvidia-gpu-"
#define SWITCH "x-nvidia-switch-"
#define REPORT "attestation-report-"
    {"measres", "measres", SUCCESS, G | S},
    {"secboot", "secboot", YES, G | S},
    {"dbgstat", "dbgstat", DISABLED, G | S},
    {GPU "arch-check", "arch", YES, G},
    {GPU REPORT "parsed", "parsed", YES, G},
    {GPU REPORT "nonce-match", "nonce", YES, G},
    {GPU REPORT "signature-verified", "signature", YES, G},
    {GPU REPORT "cert-chain-validated", "chain", YES, G2},
    {GPU REPORT "cert-chain", "chain", CHAIN, G3},
    {GPU REPORT "cert-chain-fwid-match", "fwid", YES, G3},
    {GPU "driver-rim-fetched", "driver-rim", YES, G},
    {GPU "driver-rim-schema-validated", "driver-rim", YES, G2},
    {GPU "driver-rim-schema-validated", "driver-rim", YES_IF_THERE, G3},
    {GPU "driver-rim-cert-validated", "driver-rim", YES, G2},
    {GPU "driver-rim-cert-chain", "driver-rim", CHAIN, G3},
    {GPU "driver-rim-signature-verified", "driver-rim", YES, G},
    {GPU "driver-rim-version-match", "driver-rim", YES, G3},
    {GPU "driver-rim-measurements-available", "driver-rim", YES, G},
    {GPU "vbios-rim-fetched", "vbios-rim", YES, G},
    {GPU "vbios-rim-schema-validated", "vbios-rim", YES, G2},
    {GPU "vbios-rim-schema-validated", "vbios-rim", YES_IF_THERE, G3},
    {GPU "vbios-rim-cert-validated", "vbios-rim", YES, G2},
    {GPU "vbios-rim-cert-chain", "vbios-rim", CHAIN, G3},
    {GPU "vbios-rim-signature-verified", "vbios-rim", YES, G},
    {GPU "vbios-rim-version-match", "vbios-rim", YES, G3},
    {GPU "vbios-rim-measurements-available", "vbios-rim", YES, G},
    {GPU "vbios-index-no-conflict", "conflict", YES, G},
    {SWITCH "arch-check", "arch", YES, S},
    {SWITCH REPORT "parsed", "parsed", YES, S},
    {SWITCH REPORT "nonce-match", "nonce", YES, S},
    {SWITCH REPORT "signature-verified", "signature", YES, S},
    {SWITCH REPORT "cert-chain-validated", "chain", YES, S2},
    {SWITCH REPORT "cert-chain", "chain", CHAIN, S3},
    {SWITCH REPORT "cert-chain-fwid-match", "fwid", YES, S3},
    {SWITCH "bios-rim-fetched", "bios-rim", YES, S},
    {SWITCH "bios-rim-cert-validated", "bios-rim", YES, S2},
    {SWITCH "bios-rim-cert-chain", "bios-rim", CHAIN, S3},
    {SWITCH "bios-rim-schema-validated", "bios-rim", YES_IF_THERE, S},
    {SWITCH "bios-rim-signature-verified", "bios-rim", YES, S},
    {SWITCH "bios-rim-version-match", "bios-rim", YES, S3},
    {SWITCH "bios-rim-measurements-available", "bios-rim", YES, S},
};

/* NVIDIA's numbers, and what to do about each. */
static const struct {
	int64_t code;
	const char *remedy;
} errors[] = {
    {4003, "ask again with a nonce of 64 hex digits"},
    {4007, "send the device's chain whole and in order: five certificates, leaf first"},
    {4010, "collect new evidence with the nonce of this request: the report answers "
	   "another one, which is what a replayed report looks like"},
    {4013, "collect the report again; if it stays, take the device out of service: its "
	   "report is not signed by its own key"},
    {4014, "send the device's own chain; if it is, the device is not genuine or its "
	   "certificate is revoked"},
    {4015,
	"wait for NVIDIA to publish the reference values anew, or move to a driver and "
	"VBIOS whose reference values are in time"},
    {5013, "wait for NVIDIA to mend the reference values, and judge locally meanwhile"},
};

enum gh_nras_version gh_nras_version_of(const char *word)
{
	if (strcmp(word, "2.0") == 0)
		return GH_NRAS_2;
	return strcmp(word, "3.0") == 0 ? GH_NRAS_3 : GH_NRAS_UNKNOWN;
}

bool gh_nras_is_switch(const json_t *claims)
{
	return json_object_get(claims, SWITCH "arch-check") != NULL ||
	       strcmp(gh_token_text(claims, "x-nvidia-device-type"), "nvswitch") == 0;
}

enum gh_nras_version gh_nras_version_guess(const json_t *claims)
{
	const char *named = gh_token_text(claims,
	    gh_nras_is_switch(claims) ? SWITCH "claims-version" : GPU "claims-version");

	if (*named)
		return gh_nras_version_of(named);
	if (json_object_get(claims, GPU REPORT "cert-chain") ||
	    json_object_get(claims, SWITCH REPORT "cert-chain"))
		return GH_NRAS_3;
	if (json_object_get(claims, GPU REPORT "cert-chain-validated") ||
	    json_object_get(claims, SWITCH REPORT "cert-chain-validated"))
		return GH_NRAS_2;
	return GH_NRAS_UNKNOWN;
}

const char *gh_nras_nonce_fault(const json_t *claims, struct gh_bytes nonce)
{
	const char *hex = gh_token_text(claims, "eat_nonce");
	unsigned char got[64];

	if (!*hex)
		return "missing";
	if (nonce.len == 0 || nonce.len > sizeof(got) ||
	    gh_unhex(got, nonce.len, hex, NULL) < 0)
		return "format";
	return memcmp(got, nonce.p, nonce.len) == 0 ? "" : "mismatch";
}

static bool is_text(const json_t *v, const char *want)
{
	return json_is_string(v) && strcmp(json_string_value(v), want) == 0;
}

/* valid, good, and whatever else it says of OCSP true. */
static bool is_chain(const json_t *v)
{
	const json_t *nonce = json_object_get(v, "x-nvidia-cert-ocsp-nonce-matches");
	const json_t *valid = json_object_get(v, "x-nvidia-cert-ocsp-response-valid");

	return is_text(json_object_get(v, "x-nvidia-cert-status"), "valid") &&
	       is_text(json_object_get(v, "x-nvidia-cert-ocsp-status"), "good") &&
	       (nonce == NULL || json_is_true(nonce)) &&
	       (valid == NULL || json_is_true(valid));
}

static bool rule_holds(const struct rule *r, const json_t *v)
{
	switch (r->want) {
	case SUCCESS:
		return is_text(v, "success");
	case DISABLED:
		return is_text(v, "disabled");
	case CHAIN:
		return is_chain(v);
	case YES_IF_THERE:
		return v == NULL || json_is_true(v);
	default:
		return json_is_true(v);
	}
}

static void add_fault(struct gh_buf *out, const char *claim, const json_t *v)
{
	gh_buf_fmt(out, "%s%s ", out->len ? ", " : "", claim);
	if (v == NULL)
		gh_buf_str(out, "is missing");
	else
		gh_json_dump(out, v);
}

/* The word of the first claim that is not good; all of them in *seen. */
static const char *first_fault(
    const json_t *claims, unsigned int where, struct gh_buf *seen, size_t *good)
{
	const char *word = "", *key;
	json_t *v;

	for (size_t i = 0; i < GH_COUNT(rules); i++) {
		const struct rule *r = &rules[i];

		if (!(r->where & where))
			continue;
		v = json_object_get(claims, r->claim);
		if (rule_holds(r, v)) {
			*good += 1;
			continue;
		}
		add_fault(seen, r->claim, v);
		if (!*word)
			word = r->word;
	}
	/* a check that we do not know of, and that failed, is a failed check */
	json_object_foreach((json_t *)(uintptr_t)claims, key, v)
	{
		if (*word || strncmp(key, "x-nvidia-", 9) != 0 || !json_is_false(v))
			continue;
		add_fault(seen, key, v);
		word = "flag";
	}
	return word;
}

/* Which measurements differ, where the token lists them. */
static void add_records(struct gh_buf *seen, const json_t *claims)
{
	const json_t *list =
	    json_object_get(claims, "x-nvidia-mismatch-measurement-records");
	size_t n = json_array_size(list);

	for (size_t i = 0; i < n && i < 64; i++) {
		const json_t *r = json_array_get(list, i);

		gh_buf_fmt(seen, "%s%" JSON_INTEGER_FORMAT " (%s)",
		    i ? ", " : "; measurements that differ: ",
		    json_integer_value(json_object_get(r, "index")),
		    gh_token_text(r, "measurementSource"));
	}
}

/* Unreadable, or an error instead of claims: the steps above say so. */
static bool is_mute(const struct gh_token *t)
{
	const json_t *e = json_object_get(t->claims, "x-nvidia-error-details");

	return t->claims == NULL || (e != NULL && !json_is_null(e));
}

static void judge_verdict(struct gh_token *t, enum gh_nras_version version)
{
	static const unsigned int gpu[] = {0, G2, G3}, sw[] = {0, S2, S3};
	struct gh_finding *f = gh_tee_step(&t->tee, "eat.device.verdict",
	    "eat.device.error", "NVIDIA's verdict on the device");
	gh_auto(struct gh_buf, gh_buf_free) seen = {0};
	char code[64] = "";
	const char *word;
	size_t good = 0;

	gh_say(&f->expected,
	    "measres success, secboot true, dbgstat disabled, every check "
	    "true");
	gh_say(&f->why, "the service answers 200 for devices that fail, too");
	if (is_mute(t)) {
		gh_tee_settle(&t->tee, f, "");
		return;
	}
	if (version == GH_NRAS_UNKNOWN) {
		word = "version";
		gh_say(&f->observed, "claims of a version that we do not know");
		gh_say(&f->remedy, "ask for claims 2.0 or 3.0");
	} else {
		word = first_fault(t->claims,
		    (gh_nras_is_switch(t->claims) ? sw : gpu)[version], &seen, &good);
		if (!*word && json_array_size(json_object_get(
				  t->claims, "x-nvidia-mismatch-measurement-records")))
			word = "measres";
		if (!*word)
			gh_buf_fmt(&seen, "%zu claims good", good);
		add_records(&seen, t->claims);
		gh_say(&f->observed, "%s", gh_buf_cstr(&seen));
		if (*word)
			gh_say(&f->remedy, "judge the device's report locally: it names "
					   "the measurement and the reference file");
	}
	snprintf(code, sizeof(code), "eat.device.verdict.%s", word);
	gh_tee_settle(&t->tee, f, *word ? code : "");
}

static void judge_error(struct gh_token *t)
{
	char parent[64], code[64] = "eat.device.error.format";
	const json_t *e = json_object_get(t->claims, "x-nvidia-error-details");
	struct gh_finding *f;
	int64_t number = 0;

	snprintf(parent, sizeof(parent), "%s.signature", t->family);
	f = gh_tee_step(&t->tee, "eat.device.error", parent, "NVIDIA could judge it");
	gh_say(&f->expected, "no error");
	if (e == NULL || json_is_null(e)) {
		gh_say(&f->observed, "no error");
		gh_tee_settle(&t->tee, f, "");
		return;
	}
	gh_say(&f->why, "NVIDIA's service refused the evidence before judging it");
	gh_say(&f->remedy,
	    "look the number up in NVIDIA's list and judge locally meanwhile");
	if (gh_json_int(e, "error", "code", &number, NULL) == 0)
		snprintf(code, sizeof(code), "eat.device.error.other");
	for (size_t i = 0; i < GH_COUNT(errors); i++)
		if (errors[i].code == number) {
			gh_say(&f->remedy, "%s", errors[i].remedy);
			snprintf(code, sizeof(code), "eat.device.error.%d", (int)number);
		}
	gh_say(&f->observed, "%lld %s: %s (%s, %s)", (long long)number,
	    gh_token_text(e, "message"), gh_token_text(e, "description"),
	    gh_token_text(e, "fieldName"), gh_token_text(e, "httpStatus"));
	gh_tee_settle(&t->tee, f, code);
}

static void judge_nonce(struct gh_token *t, const char *overall)
{
	struct gh_finding *f = gh_tee_step(
	    &t->tee, "eat.device.nonce", "eat.device.error", "bound to our nonce");
	const char *mine = gh_token_text(t->claims, "eat_nonce"), *word = "";
	struct gh_bytes nonce = t->tee.ctx->nonce;
	char code[64];

	gh_say(&f->observed, "eat_nonce %s", *mine ? mine : "is missing");
	gh_say(&f->why, "a token without our nonce may be an old one, replayed");
	if (!is_mute(t) && overall && strcmp(mine, overall) != 0)
		word = "differs";
	else if (!is_mute(t) && nonce.p)
		word = gh_nras_nonce_fault(t->claims, nonce);
	if (*word) {
		snprintf(code, sizeof(code), "eat.device.nonce.%s", word);
		gh_say(&f->expected, "the nonce that we asked with, as in the answer");
		gh_say(&f->remedy, "ask NRAS again with new evidence over this nonce");
		gh_tee_settle(&t->tee, f, code);
	} else if (nonce.p) {
		gh_tee_settle(&t->tee, f, "");
	} else {
		f->severity = GH_SEV_INFO;
		gh_judge(f, GH_SKIP, "eat.device.nonce.not-asked");
		gh_say(&f->remedy, "give the nonce with --nonce HEX to prove freshness");
	}
}

static void judge_warning(struct gh_token *t)
{
	const json_t *v = json_object_get(t->claims, "x-nvidia-attestation-warning");
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	struct gh_finding *f;

	if (v == NULL || json_is_null(v))
		return;
	f = gh_tee_step(&t->tee, "eat.device.warning", "eat.device.error",
	    "NVIDIA warns of the device");
	gh_json_dump(&text, v);
	gh_say(&f->observed, "%s", gh_buf_cstr(&text));
	gh_say(&f->why, "NVIDIA accepts this today and says that it may not tomorrow");
	gh_say(&f->remedy, "update driver and VBIOS to a version without the warning");
	gh_tee_warn(&t->tee, f, "eat.device.warning.given");
}

static void claim_device(struct gh_token *t)
{
	static const char *const claim[][2] = {
	    {"ueid", "ueid"},
	    {"hwmodel", "hwmodel"},
	    {"eat_nonce", "nonce"},
	    {GPU "driver-version", "driver"},
	    {GPU "vbios-version", "vbios"},
	    {SWITCH "bios-version", "vbios"},
	};
	struct gh_subject *s = gh_result_subject(
	    t->tee.out, t->tee.subject, gh_nras_is_switch(t->claims) ? "switch" : "gpu");

	for (size_t i = 0; i < GH_COUNT(claim); i++) {
		const char *text = gh_token_text(t->claims, claim[i][0]);

		if (*text)
			gh_claim(s, claim[i][1], "%s", text);
	}
}

void gh_nras_judge_device(
    struct gh_token *t, enum gh_nras_version version, const char *overall_nonce)
{
	claim_device(t);
	judge_error(t);
	judge_nonce(t, overall_nonce);
	judge_verdict(t, version);
	judge_warning(t);
}

/* Decimal leaf serial: a number of at most 160 bits. */
static bool is_ueid(const char *s)
{
	size_t n = strlen(s);

	return n > 0 && n <= 49 && strspn(s, "0123456789") == n && s[0] != '0';
}

void gh_nras_judge_ueid(struct gh_token *const all[], size_t n, size_t mine)
{
	struct gh_token *t = all[mine];
	struct gh_finding *f = gh_tee_step(
	    &t->tee, "eat.device.ueid", "eat.device.error", "one device of its own");
	const char *ueid = gh_token_text(t->claims, "ueid"), *word = "";

	gh_say(&f->expected,
	    "a decimal serial number that no other token of this answer has");
	gh_say(&f->why, "one device, sent twice, would count as two good ones");
	gh_say(&f->observed, "ueid %s", *ueid ? ueid : "is missing");
	if (*ueid && !is_ueid(ueid))
		word = "eat.device.ueid.format";
	for (size_t i = 0; !*word && *ueid && i < n; i++)
		if (i != mine &&
		    strcmp(ueid, gh_token_text(all[i]->claims, "ueid")) == 0) {
			word = "eat.device.ueid.twin";
			gh_say(
			    &f->observed, "ueid %s, as in %s", ueid, all[i]->tee.subject);
			gh_say(&f->remedy, "send the evidence of each device once");
		}
	if (!*ueid && !is_mute(t))
		word = "eat.device.ueid.missing";
	gh_tee_settle(&t->tee, f, word);
}
