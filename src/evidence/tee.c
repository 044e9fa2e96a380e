/* SPDX-License-Identifier: Apache-2.0
 * The parent rule, the nonce and the LAB mark of CPU evidence. */
#include "evidence/tee.h"

#include <stdio.h>

#include "base/text.h"

int gh_tee_begin(struct gh_tee *t, struct gh_result *out, const char *subject,
    struct gh_bytes evidence, const struct gh_context *ctx, struct gh_err *err)
{
	*t = (struct gh_tee){.out = out, .subject = subject, .ctx = ctx};
	t->first = out->findings.n;
	out->at = ctx->at;
	return gh_sha256_name(evidence.p, evidence.len, t->source, err);
}

struct gh_finding *gh_tee_step(
    struct gh_tee *t, const char *step, const char *parent, const char *title)
{
	struct gh_finding *f = gh_findings_add(&t->out->findings, t->subject, step);

	gh_say(&f->parent, "%s", parent);
	gh_say(&f->title, "%s", title);
	gh_say(&f->source, "%s", t->source);
	return f;
}

/* The newest finding of that name: one subject may be judged twice in one result. */
static const struct gh_finding *find_step(const struct gh_tee *t, const char *step)
{
	const struct gh_findings *fs = &t->out->findings;

	for (size_t i = fs->n; i > t->first; i--) {
		const struct gh_finding *f = &fs->at[i - 1];

		if (!strcmp(f->step, step) && !strcmp(f->subject, t->subject))
			return f;
	}
	return NULL;
}

bool gh_tee_holds(const struct gh_tee *t, const char *step)
{
	const struct gh_finding *f = find_step(t, step);

	return f && (f->verdict == GH_PASS || f->verdict == GH_WARN);
}

static bool parent_holds(const struct gh_tee *t, const struct gh_finding *f)
{
	return !*f->parent || gh_tee_holds(t, f->parent);
}

static void skip_below(const struct gh_tee *t, struct gh_finding *f)
{
	const struct gh_finding *p = find_step(t, f->parent);

	gh_judge(f, GH_SKIP, "parent.not.proven");
	gh_say(&f->why, "%s is %s: what hangs below it proves nothing", f->parent,
	    p ? gh_verdict_word(p->verdict) : "missing");
}

void gh_tee_settle(struct gh_tee *t, struct gh_finding *f, const char *code)
{
	if (*code) {
		gh_judge(f, GH_FAIL, code);
		return;
	}
	if (!parent_holds(t, f)) {
		skip_below(t, f);
		return;
	}
	f->assurance = GH_A3;
	gh_judge(f, GH_PASS, "");
}

void gh_tee_warn(struct gh_tee *t, struct gh_finding *f, const char *code)
{
	f->severity = GH_SEV_WARN;
	if (!parent_holds(t, f)) {
		skip_below(t, f);
		return;
	}
	f->assurance = GH_A3;
	gh_judge(f, GH_WARN, code);
}

static const char *nonce_fault(struct gh_bytes nonce, const unsigned char *report_data)
{
	if (!nonce.len || nonce.len > 64)
		return "length";
	if (memcmp(report_data, nonce.p, nonce.len) != 0 ||
	    !gh_is_zero(report_data + nonce.len, 64 - nonce.len))
		return "mismatch";
	return "";
}

void gh_tee_nonce(struct gh_tee *t, const char *step, const char *parent,
    const unsigned char report_data[static 64])
{
	struct gh_bytes nonce = t->ctx->nonce;
	struct gh_finding *f = gh_tee_step(t, step, parent, "bound to our nonce");
	const char *fault;
	char code[48];

	gh_auto(struct gh_buf, gh_buf_free) hex = {0};
	gh_buf_hex(&hex, report_data, 64);
	gh_say(&f->observed, "report_data %s", gh_buf_cstr(&hex));
	gh_say(&f->why, "a report without our nonce may be an old one, replayed");
	if (!nonce.p) {
		f->severity = GH_SEV_INFO;
		snprintf(code, sizeof(code), "%s.not-asked", step);
		gh_judge(f, GH_SKIP, code);
		gh_say(&f->remedy, "give the nonce with --nonce HEX to prove freshness");
		return;
	}
	gh_buf_clear(&hex);
	gh_buf_hex(&hex, nonce.p, nonce.len > 64 ? 64 : nonce.len);
	gh_say(&f->expected, "report_data %s%s", gh_buf_cstr(&hex),
	    nonce.len < 64 ? ", then zeros" : "");
	fault = nonce_fault(nonce, report_data);
	snprintf(code, sizeof(code), "%s.%s", step, fault);
	gh_tee_settle(t, f, *fault ? code : "");
	if (*fault)
		gh_say(&f->remedy, "ask the guest for a new report over this nonce");
}

const struct gh_anchor *gh_tee_anchor(
    struct gh_tee *t, enum gh_root kind, const struct gh_cert *root, const char **why)
{
	const struct gh_anchor *a =
	    gh_trust_find(t->ctx->trust, kind, gh_cert_spki_sha256(root));

	if (!a) {
		*why = "unpinned";
		return NULL;
	}
	if (a->lab && !t->ctx->allow_lab) {
		*why = "lab";
		return NULL;
	}
	t->lab = a->lab;
	return a;
}

void gh_tee_end(struct gh_tee *t)
{
	if (!t->lab)
		return;
	for (size_t i = t->first; i < t->out->findings.n; i++)
		t->out->findings.at[i].lab = true;
}
