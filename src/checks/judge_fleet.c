/* SPDX-License-Identifier: Apache-2.0
 * Judges of the fleet as a whole (G17). */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "checks/fleet_checks.h"
#include "checks/judge.h"
#include "firmware/version.h"

#define LISTED 4 /* differences named in one finding */

/* A list in words, cut after a few: "a; b; c; 3 more". */
struct list {
	struct gh_buf b;
	size_t n;
};

static void list_free(struct list *l)
{
	gh_buf_free(&l->b);
}

static void list_add(struct list *l, const char *fmt, ...) GH_PRINTF(2, 3);
static void list_add(struct list *l, const char *fmt, ...)
{
	va_list ap;

	if (l->n++ >= LISTED)
		return;
	if (l->b.len)
		gh_buf_str(&l->b, "; ");
	va_start(ap, fmt);
	gh_buf_vfmt(&l->b, fmt, ap);
	va_end(ap);
}

static const char *list_text(struct list *l)
{
	if (l->n > LISTED)
		gh_buf_fmt(&l->b, "; %zu more", l->n - LISTED);
	return gh_buf_cstr(&l->b);
}

static const json_t *my_claims(const struct gh_judging *j)
{
	const struct gh_subject *s = gh_result_find(j->result, j->host->name);

	return s ? s->claims : NULL;
}

/* The host's own claims; UNKNOWN when nothing was read of it. */
static const json_t *judge_claims(struct gh_judging *j)
{
	const json_t *mine = my_claims(j);

	if (json_object_size(mine) > 0)
		return mine;
	gh_judge_unknown(j, "nothing_read", "nothing was read of this host in this run");
	return NULL;
}

/* ---- against the other hosts -------------------------------------------------------- */

static bool is_itself(const struct gh_judging *j, const struct gh_fleet_peer *p)
{
	return strcmp(p->name, j->host->name) == 0;
}

static bool same_kind(const struct gh_judging *j, const struct gh_fleet_peer *p)
{
	const char *product = gh_json_text(my_claims(j), "product");

	return p->claims && strcmp(p->tee, gh_tee_word(j->host->tee)) == 0 &&
	       strcmp(product, gh_json_text(p->claims, "product")) == 0;
}

/* How many hosts of its kind say otherwise, and what one of them says. */
static size_t others_say(const struct gh_judging *j, const char *fact, const char *mine,
    const char **other, size_t *n)
{
	size_t differ = 0;

	*n = 0;
	for (size_t i = 0; i < j->fleet->n_peers; i++) {
		const struct gh_fleet_peer *p = &j->fleet->peer[i];
		const char *theirs = gh_json_text(p->claims, fact);

		if (is_itself(j, p) || !same_kind(j, p) || !theirs[0])
			continue;
		++*n;
		if (strcmp(theirs, mine) == 0)
			continue;
		differ++;
		*other = theirs;
	}
	return differ;
}

static void drift(struct gh_judging *j)
{
	gh_auto(struct list, list_free) l = {0};
	const json_t *mine = judge_claims(j);
	size_t n_defs, compared = 0, n;
	const struct gh_fact_def *def = gh_fact_defs(&n_defs);

	if (!mine)
		return;
	gh_say(&j->f->source, "newest validation of each host of its kind");
	for (size_t i = 0; i < n_defs; i++) {
		const char *v = gh_json_text(mine, def[i].name), *other = "";
		size_t differ;

		if (!(def[i].use & GH_FACT_DRIFT) || !v[0] ||
		    gh_param_has(j, "explained", def[i].name))
			continue;
		differ = others_say(j, def[i].name, v, &other, &n);
		compared += n > 0;
		if (differ)
			list_add(&l, "%s %.60s here, %.60s on %zu of %zu", def[i].name, v,
			    other, differ, n);
	}
	if (l.n)
		gh_judge_fail(j, "differs", "%s", list_text(&l));
	else if (compared == 0)
		gh_judge_skip(j, "no other host of its kind has been validated");
	else
		gh_judge_pass(j, "%zu facts as on the other hosts", compared);
}

/* The first element that two texts of sets ("a, b, c") share; plain texts are sets of one. */
static bool share(struct gh_bytes a, const char *b, struct gh_bytes *both)
{
	while (a.len) {
		const unsigned char *end = gh_text_find(a, ", ");
		struct gh_bytes one = {a.p, end ? (size_t)(end - a.p) : a.len};
		struct gh_bytes rest = gh_text_of(b);

		while (one.len && rest.len) {
			const unsigned char *e = gh_text_find(rest, ", ");
			size_t n = e ? (size_t)(e - rest.p) : rest.len;

			if (n == one.len && memcmp(one.p, rest.p, n) == 0) {
				*both = one;
				return true;
			}
			n += e ? 2 : 0;
			rest.p += n;
			rest.len -= n;
		}
		a.len -= one.len + (end ? 2 : 0);
		a.p += one.len + (end ? 2 : 0);
	}
	return false;
}

static void duplicate_identity(struct gh_judging *j)
{
	gh_auto(struct list, list_free) l = {0};
	const json_t *mine = judge_claims(j);
	size_t n_defs, compared = 0;
	const struct gh_fact_def *def = gh_fact_defs(&n_defs);

	if (!mine)
		return;
	gh_say(&j->f->source, "newest validation of every host of the fleet");
	for (size_t i = 0; i < n_defs; i++) {
		struct gh_bytes v = gh_text_of(gh_json_text(mine, def[i].name)), both;

		if (!(def[i].use & GH_FACT_UNIQUE) || !v.len)
			continue;
		compared++;
		for (size_t k = 0; k < j->fleet->n_peers; k++) {
			const struct gh_fleet_peer *p = &j->fleet->peer[k];

			if (!is_itself(j, p) &&
			    share(v, gh_json_text(p->claims, def[i].name), &both))
				list_add(&l, "%s %.*s is also %s's", def[i].name,
				    (int)(both.len < 64 ? both.len : 64),
				    (const char *)both.p, p->name);
		}
	}
	if (l.n)
		gh_judge_fail(j, "twice", "%s", list_text(&l));
	else if (compared == 0)
		gh_judge_unknown(j, "nothing_read", "no identity of this host was read");
	else
		gh_judge_pass(j, "%zu identities, none on another host", compared);
}

/* ---- against time ------------------------------------------------------------------- */

static void freshness(struct gh_judging *j)
{
	const json_t *mine = judge_claims(j);
	const char *boot = gh_json_text(mine, "boot_id");
	int64_t age = j->fleet->bmc_read_at ? j->at - j->fleet->bmc_read_at : 0;
	const char *before = "";
	char text[24];

	if (!mine)
		return;
	if (!boot[0]) {
		gh_judge_unknown(j, "no_boot_id", "the host's boot id was not read");
		return;
	}
	gh_time_age(text, sizeof(text), age);
	if (j->fleet->before) {
		const struct gh_subject *s =
		    gh_result_find(j->fleet->before, j->host->name);

		before = s ? gh_json_text(s->claims, "boot_id") : "";
	}
	if (j->fleet->fresh_s && age > j->fleet->fresh_s)
		gh_judge_fail(j, "old", "the BMC's word is %s old", text);
	else
		gh_judge_pass(j, "read now, boot %.36s%s", boot,
		    before[0] && strcmp(before, boot) != 0
			? ": rebooted since, what was found before holds no longer"
			: "");
}

/* ---- against what was known before --------------------------------------------------- */

static void weaker_checks(const struct gh_judging *j, struct list *l)
{
	for (size_t i = 0; i < j->fleet->before->findings.n; i++) {
		const struct gh_finding *was = &j->fleet->before->findings.at[i], *is;

		if (was->verdict != GH_PASS || strcmp(was->subject, j->host->name) != 0 ||
		    strncmp(was->step, "host.", 5) != 0)
			continue;
		is = gh_findings_get(&j->result->findings, j->host->name, was->step);
		if (is && (is->verdict == GH_FAIL || is->verdict == GH_WARN))
			list_add(l, "%s passed, is %s", was->step,
			    gh_verdict_word(is->verdict));
	}
}

static void lower_versions(const struct gh_judging *j, const json_t *mine, struct list *l)
{
	const struct gh_subject *s = gh_result_find(j->fleet->before, j->host->name);
	size_t n;
	const struct gh_fact_def *def = gh_fact_defs(&n);

	for (size_t i = 0; s && i < n; i++) {
		const char *was = gh_json_text(s->claims, def[i].name);
		const char *is = gh_json_text(mine, def[i].name);

		if (def[i].type == GH_FACT_VERSION && was[0] && is[0] &&
		    gh_version_compare(def[i].scheme, is, was) == GH_VERSION_LESS)
			list_add(
			    l, "%s went from %.40s down to %.40s", def[i].name, was, is);
	}
}

static void regression(struct gh_judging *j)
{
	gh_auto(struct list, list_free) l = {0};
	const json_t *mine = judge_claims(j);

	if (!mine)
		return;
	if (j->fleet->before_err && j->fleet->before_err->code != GH_E_NONE) {
		gh_judge_unknown(
		    j, "unread", "what was known before: %s", j->fleet->before_err->what);
		return;
	}
	if (!j->fleet->before) {
		gh_judge_skip(j, "nothing was known of this host before");
		return;
	}
	gh_say(&j->f->source, "%s", j->fleet->before_what);
	weaker_checks(j, &l);
	lower_versions(j, mine, &l);
	if (l.n)
		gh_judge_fail(j, "weaker", "%s", list_text(&l));
	else
		gh_judge_pass(j, "nothing weaker than in %s", j->fleet->before_what);
}

static void tool_integrity(struct gh_judging *j)
{
	const json_t *mine = judge_claims(j);
	const char *sha = gh_json_text(mine, "probe_sha256");

	if (!mine)
		return;
	if (!sha[0])
		gh_judge_unknown(j, "not_run", "the probe did not run");
	else
		gh_judge_pass(j, "probe sha256 %.16s.., %s, %s", sha,
		    gh_json_text(mine, "probe_user"),
		    gh_json_text(mine, "probe_root")[0] == 'y' ? "with root"
							       : "without root");
}

/* ---- against what hardware signed ----------------------------------------------------- */

/* What the host and its BMC say, and the GPUs' evidence confirms. */
static const struct {
	const char *fact, *claim, *check; /* check: lifted to A3 */
} signed_too[] = {
    {"gpu.vbios", "vbios", "host.gpu.vbios_equal"},
};

/* Of one pair: GPUs whose own evidence stands and says the same; -1 when one differs. */
static int confirmed(const struct gh_judging *j, size_t pair, struct list *l)
{
	const struct gh_result *g = j->fleet->gpus;
	const char *said = gh_json_text(my_claims(j), signed_too[pair].fact);
	int n = 0;

	for (size_t i = 0; said[0] && i < g->n_subjects; i++) {
		const char *claim = gh_claim_get(&g->subject[i], signed_too[pair].claim);
		struct gh_bytes both;

		if (strcmp(g->subject[i].kind, "gpu") != 0 || !claim[0] ||
		    gh_findings_verdict(&g->findings, g->subject[i].name) == GH_FAIL)
			continue;
		if (!share(gh_text_of(claim), said, &both)) {
			list_add(l, "%s signs %.40s, the BMC says %.40s",
			    g->subject[i].name, claim, said);
			return -1;
		}
		n++;
	}
	return n;
}

static void lift(struct gh_result *r, const char *host, const char *check)
{
	for (size_t i = 0; i < r->findings.n; i++) {
		struct gh_finding *f = &r->findings.at[i];

		if (strcmp(f->subject, host) == 0 && strcmp(f->step, check) == 0 &&
		    f->verdict == GH_PASS)
			f->assurance = GH_A3;
	}
}

static void cross_stage(struct gh_judging *j)
{
	gh_auto(struct list, list_free) bad = {0}, good = {0};
	const json_t *mine = judge_claims(j);

	if (!mine)
		return;
	if (!j->fleet->gpus) {
		gh_judge_skip(j, "stage 3 has not run yet: nothing is signed");
		return;
	}
	gh_say(&j->f->source, "signed GPU reports against the BMC's reading");
	for (size_t i = 0; i < GH_COUNT(signed_too); i++) {
		int n = confirmed(j, i, &bad);

		if (n > 0)
			list_add(&good, "%s by %d GPUs", signed_too[i].fact, n);
		if (n > 0 && (unsigned int)n == j->host->n_gpus)
			lift(j->result, j->host->name, signed_too[i].check);
	}
	if (bad.n) {
		gh_judge_fail(j, "contradicted", "%s", list_text(&bad));
	} else if (good.n == 0) {
		gh_judge_unknown(j, "nothing_signed",
		    "no GPU has signed anything that was read before");
	} else {
		gh_judge_pass(j, "confirmed: %s", list_text(&good));
		j->f->assurance = GH_A3;
	}
}

const struct gh_judge gh_judges_fleet[] = {
    {"fleet.drift", drift},
    {"fleet.duplicate_identity", duplicate_identity},
    {"fleet.freshness", freshness},
    {"fleet.regression", regression},
    {"fleet.tool_integrity", tool_integrity},
    {"fleet.cross_stage", cross_stage},
    {NULL, NULL},
};
