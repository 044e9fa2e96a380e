/* SPDX-License-Identifier: Apache-2.0
 * Tells the kinds of tokens apart, and holds NRAS' verdict against our own. */
#include "evidence/eat.h"

#include <string.h>

#include "base/text.h"
#include "evidence/ear.h"
#include "evidence/eat_token.h"
#include "evidence/nras.h"

static bool is_space(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* That literal next, after blanks; consumed. */
static bool next_is(struct gh_bytes *s, const char *lit)
{
	while (s->len > 0 && is_space(*s->p)) {
		s->p++;
		s->len--;
	}
	if (!gh_text_starts(*s, lit))
		return false;
	s->p += strlen(lit);
	s->len -= strlen(lit);
	return true;
}

/* Three or more parts of base64url, the first of them JSON: "eyJ" is {" in base64. */
static bool is_compact(struct gh_bytes s)
{
	size_t dots = 0;

	if (!gh_text_starts(s, "eyJ") || s.len > GH_JWS_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = s.p[i];
		bool digit = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			     (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '=';

		dots += c == '.';
		if (!digit && c != '.')
			return false;
	}
	return dots >= 2;
}

bool gh_eat_looks(struct gh_bytes raw)
{
	struct gh_bytes s = gh_text_trim(raw), at = s;

	if (s.len == 0)
		return false;
	if (s.p[0] == '[')
		return next_is(&at, "[") && next_is(&at, "[") && next_is(&at, "\"JWT\"");
	if (s.p[0] == '{')
		return gh_text_find(s, "\"detached_eat\"") != NULL;
	return is_compact(s);
}

bool gh_jwks_looks(const json_t *v)
{
	const json_t *first = json_array_get(json_object_get(v, "keys"), 0);

	if (json_is_string(json_object_get(first, "kty")))
		return true;
	return json_is_string(json_object_get(v, "kty")) &&
	       (json_object_get(v, "crv") != NULL || json_object_get(v, "n") != NULL);
}

/* ---- what a local tool says of itself ------------------------------------------------- */

/* "gpu 0: measres fail" for every entry that is no success. */
static void add_local(struct gh_buf *out, const json_t *claims)
{
	size_t n = json_array_size(claims);

	for (size_t i = 0; i < n && i < GH_NRAS_DEVICES_MAX; i++) {
		const json_t *c = json_array_get(claims, i);

		gh_buf_fmt(out, "; device %zu, ueid %.60s: measres %.40s", i,
		    gh_token_text(c, "ueid"), gh_token_text(c, "measres"));
	}
}

static int judge_local(struct gh_result *out, const char *subject, const json_t *v,
    const struct gh_context *ctx, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) seen = {0};
	struct gh_tee t;
	struct gh_finding *f;
	int64_t rc = -1;

	gh_json_dump(&seen, v);
	if (gh_buf_ok(&seen, err) < 0 ||
	    gh_tee_begin(&t, out, subject, gh_buf_view(&seen), ctx, err) < 0)
		return -1;
	f = gh_tee_step(&t, "eat.local", "", "what the tool that made it says");
	gh_buf_clear(&seen);
	(void)!gh_json_int(v, "output", "result_code", &rc, NULL);
	add_local(&seen, json_object_get(v, "claims"));
	gh_say(&f->observed, "result %lld, %s%s", (long long)rc,
	    gh_token_text(v, "result_message"), gh_buf_cstr(&seen));
	gh_say(&f->why,
	    "a program on the machine under test signs nothing: its word is a "
	    "hint, not a proof");
	gh_say(&f->remedy, "judge the device's report itself, or ask NRAS");
	if (rc == 0) {
		f->severity = GH_SEV_INFO;
		gh_judge(f, GH_SKIP, "eat.local.unsigned");
	} else {
		gh_tee_settle(&t, f, "eat.local.failed");
	}
	return 0;
}

static int verify_json(struct gh_result *out, const char *subject, struct gh_bytes raw,
    const struct gh_context *ctx, struct gh_err *err)
{
	gh_auto(json_t *, gh_json_free) v = gh_json_parse(raw.p, raw.len, NULL);
	const json_t *inner = json_object_get(v, "detached_eat");

	if (json_is_object(v) && judge_local(out, subject, v, ctx, err) < 0)
		return -1;
	return gh_nras_answer(out, subject, inner ? inner : v, ctx, err);
}

static bool is_ear(struct gh_bytes ascii)
{
	struct gh_token t = {.family = "ear"};
	bool is;

	gh_token_read(&t, ascii, GH_JWS_DEFAULT);
	is = json_object_get(t.claims, "eat_profile") != NULL;
	gh_token_free(&t);
	return is;
}

int gh_eat_verify(struct gh_result *out, const char *subject, struct gh_bytes raw,
    const struct gh_context *ctx, struct gh_err *err)
{
	struct gh_bytes s = gh_text_trim(raw);

	if (s.len > 0 && (s.p[0] == '[' || s.p[0] == '{'))
		return verify_json(out, subject, s, ctx, err);
	if (is_ear(s))
		return gh_ear_verify(out, subject, s, ctx, err);
	return gh_nras_token(out, subject, s, ctx, err);
}

/* ---- two verdicts on one device --------------------------------------------------------- */

enum word { SILENT, GOOD, BAD };

/* What our own judge found of the measurements: both files compared, or one differs. */
static enum word local_word(const struct gh_result *r, const char *subject)
{
	static const char *const step[] = {
	    "gpu.driver.measurements", "gpu.vbios.measurements"};
	enum word w = GOOD;
	size_t seen = 0;

	for (size_t i = 0; i < GH_COUNT(step); i++) {
		const struct gh_finding *f =
		    gh_findings_get(&r->findings, subject, step[i]);

		if (f == NULL) /* a switch has no driver */
			continue;
		seen++;
		if (f->verdict == GH_FAIL)
			return BAD;
		if (f->verdict != GH_PASS && f->verdict != GH_WARN)
			w = SILENT;
	}
	return seen ? w : SILENT;
}

static enum word nras_word(const struct gh_result *r, const char *subject)
{
	const struct gh_finding *f =
	    gh_findings_get(&r->findings, subject, "eat.device.verdict");

	if (f == NULL)
		return SILENT;
	if (f->verdict == GH_PASS)
		return GOOD;
	return strcmp(f->code, "eat.device.verdict.measres") == 0 ? BAD : SILENT;
}

/* Names what both state and state differently. */
static void find_differences(
    struct gh_buf *out, const struct gh_subject *local, const struct gh_subject *nras)
{
	static const char *const claim[] = {"ueid", "driver", "vbios"};

	for (size_t i = 0; i < GH_COUNT(claim); i++) {
		const char *a = gh_claim_get(local, claim[i]);
		const char *b = gh_claim_get(nras, claim[i]);

		if (*a && *b && strcmp(a, b) != 0)
			gh_buf_fmt(out, "%s%s: we read %s, NRAS %s", out->len ? "; " : "",
			    claim[i], a, b);
	}
}

static void judge_difference(
    struct gh_result *out, const char *local, const char *nras, struct gh_buf *seen)
{
	enum word ours = local_word(out, local), theirs = nras_word(out, nras);

	find_differences(seen, gh_result_find(out, local), gh_result_find(out, nras));
	if (ours != SILENT && theirs != SILENT && ours != theirs)
		gh_buf_fmt(seen, "%smeasurements: %s for us, %s for NRAS",
		    seen->len ? "; " : "", ours == GOOD ? "good" : "not good",
		    theirs == GOOD ? "good" : "not good");
}

void gh_eat_compare(
    struct gh_result *out, const char *local_subject, const char *nras_subject)
{
	struct gh_tee t = {.out = out, .subject = nras_subject};
	const char *ueid = gh_claim_get(gh_result_find(out, local_subject), "ueid");
	const char *theirs = gh_claim_get(gh_result_find(out, nras_subject), "ueid");
	gh_auto(struct gh_buf, gh_buf_free) seen = {0};
	struct gh_finding *f = gh_tee_step(
	    &t, "eat.compare", "eat.device.verdict", "NRAS agrees with our own verdict");

	gh_say(&f->expected, "ueid, driver, VBIOS and measurements as %s has them",
	    local_subject);
	gh_say(&f->why, "two judges of one report can only differ when one of them is "
			"wrong, or the reports are two");
	judge_difference(out, local_subject, nras_subject, &seen);
	if (seen.len > 0) {
		gh_say(&f->observed, "%s", gh_buf_cstr(&seen));
		gh_say(&f->remedy, "do not use the device until it is known which of the "
				   "two is wrong; send NRAS the same report again");
		gh_tee_settle(&t, f, "eat.disagrees");
		return;
	}
	if (!*ueid || !*theirs) {
		f->severity = GH_SEV_INFO;
		gh_say(
		    &f->observed, "%s has no ueid", *ueid ? nras_subject : local_subject);
		gh_judge(f, GH_SKIP, "eat.compare.one-sided");
		return;
	}
	gh_say(&f->observed, "no difference%s",
	    local_word(out, local_subject) == SILENT
		? "; measurements judged by NRAS alone"
		: "");
	gh_tee_settle(&t, f, "");
}

/* A device that we judged: our judge names the report it read. */
static bool is_local(const struct gh_subject *s)
{
	return *gh_claim_get(s, "report_sha256") != '\0';
}

static bool is_nras_device(const struct gh_result *r, const struct gh_subject *s)
{
	return !is_local(s) &&
	       gh_findings_get(&r->findings, s->name, "eat.device.verdict") != NULL;
}

/* The device of ours with that ueid; *any: whether we judged any at all. */
static const struct gh_subject *local_of(
    const struct gh_result *r, const char *ueid, bool *any)
{
	for (size_t i = 0; i < r->n_subjects; i++) {
		const struct gh_subject *s = &r->subject[i];

		if (!is_local(s))
			continue;
		*any = true;
		if (*ueid && strcmp(gh_claim_get(s, "ueid"), ueid) == 0)
			return s;
	}
	return NULL;
}

static void say_stranger(struct gh_result *out, const char *subject, const char *ueid)
{
	struct gh_tee t = {.out = out, .subject = subject};
	struct gh_finding *f = gh_tee_step(
	    &t, "eat.compare", "eat.device.verdict", "NRAS agrees with our own verdict");

	gh_say(&f->expected, "a device that was judged here, too");
	gh_say(&f->observed, "ueid %s is none of them", *ueid ? ueid : "not stated:");
	gh_say(&f->why, "the answer is about other evidence than what is at hand");
	gh_say(&f->remedy, "send NRAS the very reports that are judged here");
	gh_tee_settle(&t, f, *ueid ? "eat.disagrees" : "");
}

void gh_eat_compare_all(struct gh_result *out)
{
	for (size_t i = 0; i < out->n_subjects; i++) {
		const struct gh_subject *s = &out->subject[i], *local;
		const char *ueid = gh_claim_get(s, "ueid");
		bool any = false;

		if (!is_nras_device(out, s))
			continue;
		local = local_of(out, ueid, &any);
		if (local)
			gh_eat_compare(out, local->name, s->name);
		else if (any)
			say_stranger(out, s->name, ueid);
	}
}
