/* SPDX-License-Identifier: Apache-2.0
 * The second pass over a run: what no host can be judged on alone. */
#include "ops/fleet_pass.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "checks/fleet_checks.h"
#include "ops/bmc.h"
#include "proof/reading.h"

struct pass {
	struct gh_session *s;
	struct gh_visit *visit;
	size_t n;
	struct gh_fleet_peer *peer; /* every host of the fleet, in its order */
	json_t **stored;            /* claims of those that are not in this run; owned */
};

static void pass_free(struct pass *p)
{
	for (size_t i = 0; p->stored != NULL && i < p->s->fleet->n_hosts; i++)
		gh_json_free(&p->stored[i]);
	free(p->stored);
	free(p->peer);
}

/* ---- the other hosts ------------------------------------------------------------------ */

static const struct gh_visit *visit_of(const struct pass *p, const struct gh_host *h)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->visit[i].host == h && p->visit[i].probe != NULL)
			return &p->visit[i];
	return NULL;
}

static int load_claims(struct pass *p, size_t i, const char *host, struct gh_err *err)
{
	struct gh_run run;
	int rc = gh_store_last(p->s->store, host, "validate", &run, err);

	if (rc == 1)
		rc = gh_store_claims(p->s->store, run.id, host, &p->stored[i], err);
	return rc < 0 ? -1 : 0;
}

static int find_peers(struct pass *p, struct gh_err *err)
{
	const struct gh_fleet *f = p->s->fleet;

	p->peer = calloc(f->n_hosts + 1, sizeof *p->peer);
	p->stored = calloc(f->n_hosts + 1, sizeof *p->stored);
	if (p->peer == NULL || p->stored == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	for (size_t i = 0; i < f->n_hosts; i++) {
		const struct gh_host *h = &f->host[i];
		const struct gh_visit *v = visit_of(p, h);
		const struct gh_subject *own =
		    v != NULL ? gh_result_find(&v->result, h->name) : NULL;

		/* a host that did not answer now is known by what it said last */
		if ((own == NULL || json_object_size(own->claims) == 0) &&
		    load_claims(p, i, h->name, err) < 0)
			return -1;
		p->peer[i] = (struct gh_fleet_peer){h->name, gh_tee_word(h->tee),
		    p->stored[i] != NULL ? p->stored[i]
		    : own != NULL        ? own->claims
					 : NULL};
	}
	return 0;
}

/* ---- what was known before ------------------------------------------------------------- */

/* The subjects and findings that a report states. */
static int report_result(
    const struct gh_buf *payload, struct gh_result *out, struct gh_err *err)
{
	gh_auto(struct gh_statement, gh_statement_free) st = {0};
	gh_auto(json_t *, gh_json_free) j = NULL;

	if (gh_statement_parse(&st, payload->p, payload->len, err) < 0)
		return -1;
	if (st.subjects == NULL || st.findings == NULL)
		return gh_fail(err, GH_E_PARSE, "the report holds no findings");
	j = json_pack("{s:s, s:s, s:b, s:O, s:O}", "verdict", "UNKNOWN", "at",
	    "1970-01-01T00:00:00Z", "lab", st.lab ? 1 : 0, "subjects", st.subjects,
	    "findings", st.findings);
	return j == NULL ? gh_fail(err, GH_E_NOMEM, "out of memory")
			 : gh_result_from_json(out, j, err);
}

/* Words for what the host is compared with; 1 there is something, 0 nothing, -1 error. */
static int from_report(struct gh_session *s, const struct gh_visit *v,
    struct gh_result *out, char what[static 64], struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) payload = {0};
	struct gh_report_row row;
	char when[GH_TIME_LEN];
	int rc = gh_store_report(s->store, v->host->name, &row, err);

	if (rc == 1)
		rc = gh_store_report_blob(s->store, row.id, "payload", &payload, err);
	if (rc != 1)
		return rc;
	gh_time_text(when, row.issued);
	snprintf(what, 64, "report %lld of %s", (long long)row.sequence, when);
	return report_result(&payload, out, err) < 0 ? -1 : 1;
}

static int from_run(struct gh_session *s, const struct gh_visit *v, struct gh_result *out,
    char what[static 64], struct gh_err *err)
{
	gh_auto(struct gh_runs, gh_runs_free) runs = {0};
	char when[GH_TIME_LEN];

	if (gh_store_runs(s->store, v->host->name, "validate", 2, &runs, err) < 0)
		return -1;
	for (size_t i = 0; i < runs.n; i++) {
		if (strcmp(runs.at[i].id, v->run_id) == 0)
			continue;
		gh_time_text(when, runs.at[i].started);
		snprintf(what, 64, "the run of %s", when);
		return gh_store_result(s->store, runs.at[i].id, out, err) < 0 ? -1 : 1;
	}
	return 0;
}

/* The last report that a client has, else the run before this one. */
static int find_before(struct gh_session *s, const struct gh_visit *v,
    struct gh_result *out, char what[static 64], struct gh_err *err)
{
	int rc = from_report(s, v, out, what, err);

	return rc != 0 ? rc : from_run(s, v, out, what, err);
}

/* ---- one host --------------------------------------------------------------------------- */

/* Evidence of this run, else the newest that is kept; *out is NULL when there is none. */
static int find_gpus(struct gh_session *s, const struct gh_visit *v,
    struct gh_result *kept, const struct gh_result **out, struct gh_err *err)
{
	struct gh_run run;
	int rc;

	*out = &v->gpu_result;
	if (v->attested)
		return 0;
	rc = gh_store_last(s->store, v->host->name, "attest", &run, err);
	if (rc == 1)
		rc = gh_store_result(s->store, run.id, kept, err) < 0 ? -1 : 1;
	*out = rc == 1 ? kept : NULL;
	return rc < 0 ? -1 : 0;
}

static int64_t read_at(const struct gh_visit *v)
{
	return v->bmc != NULL && v->bmc_in ? v->bmc->tree.read_at : 0;
}

static int judge_host(struct pass *p, struct gh_visit *v, struct gh_err *err)
{
	gh_auto(struct gh_result, gh_result_free) before = {0};
	gh_auto(struct gh_result, gh_result_free) kept = {0};
	const struct gh_result *gpus;
	const struct gh_fleet *f = p->s->fleet;
	struct gh_err bad = {0};
	char what[64] = "";
	struct gh_run run;
	int got = find_before(p->s, v, &before, what, &bad);

	if (find_gpus(p->s, v, &kept, &gpus, err) < 0)
		return -1;
	const struct gh_fleet_view view = {.host = v->host,
	    .peer = p->peer,
	    .n_peers = f->n_hosts,
	    .before = got == 1 ? &before : NULL,
	    .before_what = what,
	    .before_err = got < 0 ? &bad : NULL,
	    .gpus = gpus,
	    .at = v->started,
	    .fresh_s = f->fresh_s,
	    .bmc_read_at = read_at(v)};
	if (gh_fleet_checks_run(&v->result, p->s->catalogue, &view, err) < 0)
		return -1;
	gh_run_fill(&run, p->s, v, &v->result);
	return gh_store_revise_run(
	    p->s->store, &run, &v->result, (struct gh_blobs){NULL, 0}, err);
}

int gh_fleet_pass(struct gh_session *s, struct gh_visit *visit, size_t n,
    struct gh_result *out, struct gh_err *err)
{
	gh_auto(struct pass, pass_free) p = {.s = s, .visit = visit, .n = n};

	if (find_peers(&p, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (visit[i].stored && judge_host(&p, &visit[i], err) < 0)
			return gh_err_prefix(err, "%s", visit[i].host->name);
	for (size_t i = 0; i < n; i++) {
		gh_result_merge(out, &visit[i].gpu_result);
		gh_result_free(&visit[i].gpu_result); /* the most of a run, never twice */
	}
	for (size_t i = 0; i < n; i++)
		gh_result_merge(out, &visit[i].result);
	return 0;
}
