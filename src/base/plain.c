/* SPDX-License-Identifier: Apache-2.0
 * The one plain renderer of a result (declared in result.h): a tree a reader can follow
 * from root to verdict, without a drawing character, one line a finding. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/result.h"
#include "base/text.h"

#define INDENT_MAX   12
#define SENTENCE_MAX 160 /* bytes of what was observed */

/* The findings of one subject, in order: what a tree is drawn from. */
struct group {
	const struct gh_finding **at;
	size_t n, n_echo;
};

static bool is_root(const struct group *g, const struct gh_finding *f)
{
	if (f->parent[0] == '\0')
		return true;
	for (size_t i = 0; i < g->n; i++) {
		if (strcmp(g->at[i]->step, f->parent) == 0)
			return false;
	}
	return true;
}

static void detail(struct gh_buf *out, int depth, const char *name, const char *text)
{
	if (text[0] != '\0')
		gh_buf_fmt(out, "%*s%-9s %s\n", 10 + depth * 2, "", name, text);
}

static void put_finding(
    struct gh_buf *out, const struct gh_finding *f, int depth, enum gh_plain how)
{
	const char *name = f->title[0] != '\0' ? f->title : f->step;
	bool fine = f->verdict == GH_PASS || f->verdict == GH_SKIP;

	if ((fine || gh_finding_echo(f)) && how == GH_PLAIN_BRIEF)
		return;
	gh_buf_fmt(out, "%-7s %*s%s  [%s%s]", gh_verdict_word(f->verdict), depth * 2, "",
	    name, f->step, f->lab ? ", LAB" : "");
	if (fine && f->observed[0] != '\0')
		gh_buf_fmt(out, "  %s", f->observed);
	gh_buf_chr(out, '\n');
	if (fine && how != GH_PLAIN_FULL)
		return;
	detail(out, depth, "code", f->code);
	detail(out, depth, "expected", f->expected);
	if (!fine)
		detail(out, depth, "found", f->observed);
	detail(out, depth, "why", f->why);
	detail(out, depth, "do", f->remedy);
	detail(out, depth, "source", f->source);
}

static void put_children(struct gh_buf *out, const struct group *g,
    const struct gh_finding *parent, int depth, enum gh_plain how)
{
	if (depth > INDENT_MAX)
		return;
	for (size_t i = 0; i < g->n; i++) {
		const struct gh_finding *f = g->at[i];

		if (f == parent || strcmp(f->parent, parent->step) != 0)
			continue;
		put_finding(out, f, depth, how);
		put_children(out, g, f, depth + 1, how);
	}
}

/* The first finding that decided the verdict, or NULL. */
static const struct gh_finding *cause(const struct gh_findings *fs, enum gh_verdict v)
{
	const struct gh_finding *best = NULL;

	for (size_t i = 0; i < fs->n; i++) {
		const struct gh_finding *f = &fs->at[i];

		if (f->verdict == GH_PASS || f->verdict == GH_SKIP ||
		    f->severity == GH_SEV_INFO)
			continue;
		if (f->verdict == v && f->severity == GH_SEV_BLOCKER)
			return f;
		if (best == NULL)
			best = f;
	}
	return best;
}

/* True for a step by that word: "snp.nonce", "snp.hcl.tpm.nonce", "gpu.revocation.2". */
static bool is_about(const struct gh_finding *f, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = strchr(f->step, '.'); p != NULL; p = strchr(p + 1, '.'))
		if (strncmp(p + 1, word, n) == 0 && (p[1 + n] == '\0' || p[1 + n] == '.'))
			return true;
	return false;
}

/* A pass may rest on less than it could: what nobody asked about is said. */
static void put_unasked(struct gh_buf *out, const struct gh_findings *fs)
{
	static const char *const words[] = {"nonce", "revocation"};
	const char *before = "; not checked: ";

	for (size_t w = 0; w < GH_COUNT(words); w++)
		for (size_t i = 0; i < fs->n; i++) {
			const struct gh_finding *f = &fs->at[i];

			if ((f->verdict != GH_SKIP && f->verdict != GH_UNKNOWN) ||
			    !is_about(f, words[w]))
				continue;
			gh_buf_fmt(out, "%s%s", before, words[w]);
			before = ", ";
			break;
		}
}

/* As much as one sentence bears, up to a blank; the finding itself has it whole. */
static void put_short(struct gh_buf *out, const char *text)
{
	size_t n = strlen(text);

	if (n <= SENTENCE_MAX) {
		gh_buf_str(out, text);
		return;
	}
	for (n = SENTENCE_MAX; n > 0 && text[n] != ' ';)
		n--;
	if (n == 0) /* one long word */
		n = gh_text_whole(text, SENTENCE_MAX);
	gh_buf_add(out, text, n);
	gh_buf_str(out, " ..");
}

static void put_verdict(struct gh_buf *out, const struct gh_result *r)
{
	enum gh_verdict v = gh_result_verdict(r);
	const struct gh_finding *f = cause(&r->findings, v);
	size_t n[6] = {0};

	for (size_t i = 0; i < r->findings.n; i++)
		n[r->findings.at[i].verdict]++;
	gh_buf_fmt(out, "VERDICT: %s ", gh_verdict_word(v));
	if (r->findings.n == 0)
		gh_buf_str(out, "nothing was checked");
	else if (f == NULL || v == GH_PASS)
		gh_buf_fmt(out, "all %zu steps pass", n[GH_PASS]);
	else {
		gh_buf_fmt(out, "%s: %s: ", f->subject,
		    f->title[0] != '\0' ? f->title : f->step);
		put_short(out, f->observed[0] != '\0' ? f->observed : f->why);
		gh_buf_fmt(out, " (%zu pass, %zu fail, %zu unknown, %zu warn, %zu stale)",
		    n[GH_PASS], n[GH_FAIL], n[GH_UNKNOWN], n[GH_WARN], n[GH_STALE]);
	}
	if (v == GH_PASS || v == GH_WARN)
		put_unasked(out, &r->findings);
	for (size_t i = 0; i < r->findings.n; i++) {
		if (r->findings.at[i].lab) {
			gh_buf_str(out, " LAB: rests on lab keys, proves nothing about "
					"real hardware");
			break;
		}
	}
	gh_buf_chr(out, '\n');
}

/* True when no earlier finding has this subject. */
static bool first_of_subject(const struct gh_findings *fs, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (strcmp(fs->at[k].subject, fs->at[i].subject) == 0)
			return false;
	}
	return true;
}

static void group_free(struct group *g)
{
	free(g->at);
}

static void put_subject(struct gh_buf *out, const struct gh_findings *fs,
    const char *subject, enum gh_plain how)
{
	gh_auto(struct group, group_free) g = {calloc(fs->n, sizeof *g.at), 0, 0};
	size_t n_pass = 0;

	if (g.at == NULL) {
		out->oom = true;
		return;
	}
	for (size_t i = 0; i < fs->n; i++) {
		if (strcmp(fs->at[i].subject, subject) != 0)
			continue;
		g.at[g.n++] = &fs->at[i];
		n_pass += fs->at[i].verdict == GH_PASS;
		g.n_echo += gh_finding_echo(&fs->at[i]);
	}
	gh_buf_fmt(
	    out, "%-7s %s", gh_verdict_word(gh_findings_verdict(fs, subject)), subject);
	if (how == GH_PLAIN_BRIEF)
		gh_buf_fmt(out, "  %zu of %zu steps pass", n_pass, g.n);
	gh_buf_chr(out, '\n');
	for (size_t i = 0; i < g.n; i++) {
		if (!is_root(&g, g.at[i]))
			continue;
		put_finding(out, g.at[i], 0, how);
		put_children(out, &g, g.at[i], 1, how);
	}
	if (how == GH_PLAIN_BRIEF && g.n_echo > 0)
		gh_buf_fmt(
		    out, "%-7s %zu checks that this leaves undone\n", "", g.n_echo);
}

void gh_result_plain(struct gh_buf *out, const struct gh_result *r, enum gh_plain how)
{
	for (size_t i = 0; i < r->findings.n; i++) {
		if (first_of_subject(&r->findings, i))
			put_subject(out, &r->findings, r->findings.at[i].subject, how);
	}
	put_verdict(out, r);
}
