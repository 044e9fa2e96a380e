/* SPDX-License-Identifier: Apache-2.0
 * Gathering runs, blobs, RIMs and policy for a report. */
#include "report/gather.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "checks/checks.h"
#include "crypto/cert.h"

#define GH_FRESH_S 900

void gh_gathered_free(struct gh_gathered *g)
{
	gh_result_free(&g->result);
	for (size_t i = 0; i < g->n_pieces; i++)
		gh_buf_free(&g->piece[i].bytes);
	free(g->piece);
	*g = (struct gh_gathered){0};
}

const char *gh_gather_find(
    const struct gh_gathered *g, const char *role, const char *sha256)
{
	for (size_t i = 0; i < g->n_pieces; i++)
		if (strcmp(g->piece[i].role, role) == 0 &&
		    strcmp(g->piece[i].sha256, sha256) == 0)
			return g->piece[i].sha256;
	return NULL;
}

const char *gh_gather_chain(const struct gh_gathered *g, const char *leaf_spki)
{
	for (size_t i = 0; i < g->n_pieces; i++)
		if (leaf_spki[0] && strcmp(g->piece[i].leaf_spki, leaf_spki) == 0)
			return g->piece[i].sha256;
	return NULL;
}

/* The chain is found again by the key of its first certificate. */
static void note_leaf(struct gh_piece *p)
{
	gh_auto(struct gh_certs, gh_certs_free) certs = {0};
	if (gh_certs_from_pem(&certs, p->bytes.p, p->bytes.len, 16, NULL) == 0)
		gh_hex(p->leaf_spki, gh_cert_spki_sha256(certs.at[0]), 32);
}

/* Takes bytes over. The same bytes are there once. */
static int add_piece(struct gh_gathered *g, const char *role, const char *media,
    struct gh_buf *bytes, struct gh_err *err)
{
	char name[GH_SHA256_NAME_LEN];
	if (gh_buf_ok(bytes, err) || gh_sha256_name(bytes->p, bytes->len, name, err))
		return -1;
	for (size_t i = 0; i < g->n_pieces; i++)
		if (strcmp(g->piece[i].sha256, name + 7) == 0)
			return 0;
	void *at = realloc(g->piece, (g->n_pieces + 1) * sizeof(*g->piece));
	if (!at)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	g->piece = at;
	struct gh_piece *p = &g->piece[g->n_pieces++];
	*p = (struct gh_piece){.bytes = gh_take(*bytes)};
	snprintf(p->sha256, sizeof(p->sha256), "%s", name + 7);
	snprintf(p->role, sizeof(p->role), "%s", role);
	snprintf(p->media, sizeof(p->media), "%s", media);
	if (strcmp(role, "gpu-chain") == 0)
		note_leaf(p);
	return 0;
}

static int add_bytes(struct gh_gathered *g, const char *role, const char *media,
    struct gh_bytes bytes, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) copy = {0};
	gh_buf_add(&copy, bytes.p, bytes.len);
	return add_piece(g, role, media, &copy, err);
}

/* ---- runs ------------------------------------------------------------------------ */

static int add_run_blobs(
    struct gh_gathered *g, struct gh_store *store, const char *run, struct gh_err *err)
{
	struct gh_blob_info *info = NULL;
	size_t n = 0;
	if (gh_store_blobs(store, run, &info, &n, err))
		return -1;
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < n; i++) {
		gh_auto(struct gh_buf, gh_buf_free) bytes = {0};
		int found = gh_store_blob(store, info[i].sha256, &bytes, err);
		if (found == 0)
			gh_fail(err, GH_E_INTERNAL, "blob %s is not in the store",
			    info[i].sha256);
		rc = found == 1 ? add_piece(g, info[i].role, info[i].media, &bytes, err)
				: -1;
	}
	free(info);
	return rc;
}

static void merge(struct gh_result *to, const struct gh_result *from)
{
	if (to->at == 0 || from->at < to->at)
		to->at = from->at;
	gh_result_merge(to, from);
}

/* A verdict that is too old is not signed as if it were of now. */
static void judge_fresh(
    struct gh_gathered *g, const struct gh_run *run, const struct gh_report_inputs *in)
{
	int64_t fresh = in->fresh_s ? in->fresh_s : GH_FRESH_S;
	char step[32], age[24], limit[24];
	snprintf(step, sizeof(step), "report.fresh.%s", run->kind);
	struct gh_finding *f = gh_findings_add(&g->result.findings, in->host, step);
	gh_time_age(age, sizeof(age), g->now - run->finished);
	gh_time_age(limit, sizeof(limit), fresh);
	gh_say(&f->title, "%s is recent",
	    strcmp(run->kind, "attest") == 0 ? "GPU evidence" : "host validation");
	gh_say(&f->expected, "not older than %s", limit);
	gh_say(&f->observed, "%s old, run %s", age, run->id);
	f->lab = in->lab;
	if (g->now - run->finished <= fresh) {
		gh_judge(f, GH_PASS, "");
		return;
	}
	gh_say(&f->why, "the host may have changed since");
	gh_say(&f->remedy, "gatehouse %s %s, then make the report again", run->kind,
	    in->host);
	gh_judge(f, GH_STALE, "report.fresh.stale");
}

/* 1 added, 0 there is no such run, -1 error. */
static int add_run(struct gh_gathered *g, struct gh_store *store, const char *kind,
    const struct gh_report_inputs *in, struct gh_err *err)
{
	struct gh_run run;
	gh_auto(struct gh_result, gh_result_free) r = {0};
	int rc = gh_store_last(store, in->host, kind, &run, err);
	if (rc != 1)
		return rc;
	if (gh_store_result(store, run.id, &r, err) ||
	    add_run_blobs(g, store, run.id, err))
		return -1;
	merge(&g->result, &r);
	judge_fresh(g, &run, in);
	if (!g->by[0])
		snprintf(g->by, sizeof(g->by), "%s", run.by);
	return 1;
}

static void judge_devices(struct gh_gathered *g, const struct gh_report_inputs *in)
{
	unsigned int n = 0;
	for (size_t i = 0; i < g->result.n_subjects; i++)
		n += strcmp(g->result.subject[i].kind, "gpu") == 0;
	if (in->n_gpus == 0 && n == 0)
		return;
	struct gh_finding *f =
	    gh_findings_add(&g->result.findings, in->host, "report.devices");
	gh_say(&f->title, "every GPU of the host is in the report");
	gh_say(&f->expected, "%u GPUs", in->n_gpus);
	gh_say(&f->observed, "%u GPUs with evidence", n);
	f->lab = in->lab;
	if (n == in->n_gpus) {
		gh_judge(f, GH_PASS, "");
		return;
	}
	gh_say(&f->why, "a GPU without evidence may be anything");
	gh_say(&f->remedy, "gatehouse attest %s, then make the report again", in->host);
	/* None at all was not looked at; some but not all were due. */
	gh_judge(f, n == 0 ? GH_UNKNOWN : GH_FAIL, "report.devices.missing");
}

/* ---- what the verdicts rest on ----------------------------------------------------- */

static bool is_used_rim(const struct gh_gathered *g, const char *sha256)
{
	for (size_t i = 0; i < g->result.n_subjects; i++) {
		const struct gh_subject *s = &g->result.subject[i];
		if (strcmp(gh_claim_get(s, "driver_rim_sha256"), sha256) == 0 ||
		    strcmp(gh_claim_get(s, "vbios_rim_sha256"), sha256) == 0)
			return true;
	}
	return false;
}

/* RIM files by the digest that the verdicts name; a RIM service's JSON answer has another
 * digest than the RIM in it and goes along whole. */
static int add_rims(
    struct gh_gathered *g, const struct gh_report_inputs *in, struct gh_err *err)
{
	for (size_t i = 0; i < in->n_rims; i++) {
		char name[GH_SHA256_NAME_LEN];
		bool json = gh_text_starts(gh_text_trim(in->rim[i]), "{");
		if (gh_sha256_name(in->rim[i].p, in->rim[i].len, name, err))
			return -1;
		if ((json || is_used_rim(g, name + 7)) &&
		    add_bytes(g, "rim", json ? "application/json" : "application/xml",
			in->rim[i], err))
			return -1;
	}
	return 0;
}

/* The catalogue as it was applied: what each verdict meant on that day. */
static int add_policy(struct gh_gathered *g, struct gh_err *err)
{
	struct gh_catalogue *c = NULL;
	if (gh_catalogue_load(&c, err))
		return -1;
	gh_auto(json_t *, gh_json_free) a = json_array();
	for (size_t i = 0; i < gh_catalogue_count(c); i++) {
		const struct gh_check *k = gh_catalogue_at(c, i);
		json_t *o = json_object();
		gh_json_set_str(o, "id", k->id);
		gh_json_set_str(o, "severity", gh_severity_word(k->severity));
		gh_json_set_str(o, "platform", k->platform);
		gh_json_set_str(o, "expect", k->expect);
		json_array_append_new(a, o);
	}
	gh_catalogue_free(&c);
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	gh_json_dump(&b, a);
	return add_piece(g, "policy", "application/json", &b, err);
}

int gh_gather(struct gh_gathered *out, struct gh_store *store, int64_t now,
    const struct gh_report_inputs *in, struct gh_err *err)
{
	gh_auto(struct gh_gathered, gh_gathered_free) g = {.now = now};
	int rc = add_run(&g, store, "validate", in, err);
	if (rc == 0) {
		gh_fail(err, GH_E_USAGE,
		    "%s was never validated: there is nothing to report", in->host);
		return gh_err_hint(err, "gatehouse validate %s", in->host);
	}
	if (rc < 0 || add_run(&g, store, "attest", in, err) < 0)
		return -1;
	judge_devices(&g, in);
	if (add_rims(&g, in, err) || add_policy(&g, err))
		return -1;
	if (in->lab_trust.len &&
	    add_bytes(&g, "lab-trust", "application/json", in->lab_trust, err))
		return -1;
	if (gh_result_ok(&g.result, err))
		return -1;
	*out = gh_take(g);
	return 0;
}

int gh_gather_index(struct gh_buf *out, const struct gh_gathered *g, struct gh_err *err)
{
	gh_auto(json_t *, gh_json_free) index = json_object();
	for (size_t i = 0; i < g->n_pieces; i++) {
		const struct gh_piece *p = &g->piece[i];
		json_t *row = json_object();
		gh_json_set_str(row, "role", p->role);
		gh_json_set_str(row, "media", p->media);
		json_object_set_new(row, "size", json_integer((json_int_t)p->bytes.len));
		json_object_set_new(index, p->sha256, row);
	}
	gh_json_dump(out, index);
	return gh_buf_ok(out, err);
}
