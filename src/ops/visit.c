/* SPDX-License-Identifier: Apache-2.0
 * One host's answer, judged. A host that did not answer is a finding too. */
#include "ops/visit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "evidence/gpu.h"
#include "evidence/gpu_topology.h"
#include "ops/bmc.h"

#define AGENT_FORMAT "gatehouse-evidence/1"

void gh_visit_blobs_free(struct gh_visit_blobs *b)
{
	for (size_t i = 0; i < b->n_keep; i++)
		gh_buf_free(&b->keep[i]);
	*b = (struct gh_visit_blobs){0};
}

void gh_run_count(struct gh_run *run, const struct gh_findings *fs)
{
	unsigned int *const n[] = {[GH_PASS] = &run->n_pass,
	    [GH_WARN] = &run->n_warn,
	    [GH_FAIL] = &run->n_fail,
	    [GH_UNKNOWN] = &run->n_unknown,
	    [GH_STALE] = &run->n_unknown,
	    [GH_SKIP] = &run->n_skip};

	for (size_t i = 0; i < fs->n; i++) {
		(*n[fs->at[i].verdict])++;
		run->lab = run->lab || fs->at[i].lab;
	}
}

void gh_run_fill(struct gh_run *out, const struct gh_session *s, const struct gh_visit *v,
    const struct gh_result *r)
{
	*out = (struct gh_run){.started = v->started,
	    .finished = gh_now(s->env),
	    .took_ms = v->probe != NULL ? v->probe->took_ms : 0,
	    .verdict = gh_result_verdict(r),
	    .lab = gh_session_lab(s)};
	if (v->bmc != NULL && v->bmc_in && v->bmc->took_ms > out->took_ms)
		out->took_ms = v->bmc->took_ms;
	memcpy(out->id, v->run_id, sizeof out->id);
	snprintf(out->host, sizeof out->host, "%s", v->host->name);
	snprintf(out->kind, sizeof out->kind, "validate");
	snprintf(out->by, sizeof out->by, "%s", s->by);
	gh_run_count(out, &r->findings);
}

static void add_blob(
    struct gh_visit_blobs *b, struct gh_bytes bytes, const char *role, const char *media)
{
	if (b->n < GH_COUNT(b->at) && bytes.len > 0)
		b->at[b->n++] = (struct gh_blob){bytes, role, media};
}

/* "host.reach": the SSH side of the visit. True when there is an answer to judge. */
static bool judge_reach(struct gh_result *out, const struct gh_visit *v,
    const struct gh_ssh_job *job, const char *step, const char *title)
{
	static const char *const code[] = {[GH_E_TIMEOUT] = "timeout",
	    [GH_E_AUTH] = "auth",
	    [GH_E_REMOTE] = "remote",
	    [GH_E_IO] = "unreachable",
	    [GH_E_CANCELLED] = "cancelled",
	    [GH_E_CONFIG] = "not-enrolled"};
	struct gh_finding *f = gh_findings_add(&out->findings, v->host->name, step);
	char full[64];

	gh_say(&f->title, "%s", title);
	gh_say(&f->source, "ssh %s@%s port %u", v->host->user, v->host->address,
	    v->host->port);
	gh_say(&f->expected, "answers on the pinned host key before its deadline");
	if (job->rc == 0) {
		gh_say(&f->observed, "answered in %u ms%s", job->took_ms,
		    job->warm ? " over a warm session" : "");
		gh_judge(f, GH_PASS, "");
		return true;
	}
	snprintf(full, sizeof full, "%s.%s", step,
	    (size_t)job->err.code < GH_COUNT(code) && code[job->err.code] != NULL
		? code[job->err.code]
		: "error");
	gh_judge_err(f, full, &job->err);
	gh_say(&f->observed, "%s", job->err.what);
	if (f->remedy[0] == '\0')
		gh_say(&f->remedy, "try: ssh -v -p %u %s@%s", v->host->port,
		    v->host->user, v->host->address);
	return false;
}

/* The reading to judge on: of this run, also half of it, else the last one known. */
static int find_reading(struct gh_session *s, const struct gh_visit *v,
    struct gh_redfish_tree *old, struct gh_sources *src, struct gh_err *err)
{
	int rc;

	if (v->bmc != NULL && v->bmc_in) {
		src->bmc_err = v->bmc->rc != 0 ? &v->bmc->err : NULL;
		src->bmc = v->bmc->tree.n > 0 ? &v->bmc->tree : NULL;
	} else {
		src->bmc_pending = v->bmc != NULL;
		src->bmc_err = v->bmc_err.code != GH_E_NONE ? &v->bmc_err : NULL;
	}
	if (src->bmc != NULL || v->host->bmc[0] == '\0')
		return 0;
	rc = gh_bmc_last(s, v->host->name, old, err);
	if (rc == 1) {
		src->bmc = old;
		src->bmc_old = true;
	}
	return rc < 0 ? -1 : 0;
}

/* Half a reading is kept too, but never taken for a whole one later. */
static int keep_bmc(
    struct gh_visit_blobs *blobs, const struct gh_visit *v, struct gh_err *err)
{
	struct gh_buf *k;

	if (v->bmc == NULL || !v->bmc_in || v->bmc->tree.n == 0)
		return 0;
	k = &blobs->keep[blobs->n_keep++];
	if (gh_bmc_blob(k, &v->bmc->tree, err) < 0)
		return -1;
	add_blob(blobs, gh_buf_view(k), v->bmc->rc == 0 ? "bmc" : "bmc-part",
	    "application/json");
	return 0;
}

int gh_visit_judge_host(struct gh_session *s, const struct gh_visit *v,
    struct gh_result *out, struct gh_visit_blobs *blobs, struct gh_err *err)
{
	gh_auto(struct gh_probe, gh_probe_free) probe = {0};
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) old = {0};
	static const struct gh_kds_answer pending = {.state = GH_KDS_PENDING};
	struct gh_sources src = {.host = v->host,
	    .ssh_err = &v->probe->err,
	    .ssh_ms = v->probe->took_ms,
	    .ssh_at = v->answered,
	    .enrolled = v->enrolled,
	    .policy = v->policy,
	    .trust = &s->trust,
	    .rims = &s->rims,
	    .allow_lab = s->fleet->lab,
	    .vcek = v->vcek_in    ? &v->vcek
		    : v->vcek_due ? &pending
				  : NULL,
	    .at = v->started,
	    .fresh_s = s->fleet->fresh_s};

	if (v->host->n_gpus > 0 && gh_session_rims(s, err) < 0)
		return -1;
	gh_result_subject(out, v->host->name, "host");
	if (judge_reach(out, v, v->probe, "host.reach", "reached over SSH")) {
		add_blob(blobs, gh_buf_view(&v->probe->out), "probe", "text/plain");
		if (gh_probe_parse(
			&probe, gh_buf_view(&v->probe->out), v->probe_nonce, err) < 0)
			return -1;
		src.probe = &probe;
		src.nonce = v->probe_nonce;
		src.host_key = v->probe->target.host_key;
	}
	if (find_reading(s, v, &old, &src, err) < 0 || keep_bmc(blobs, v, err) < 0)
		return -1;
	return gh_checks_run(out, s->catalogue, &src, err);
}

/* ---- GPUs --------------------------------------------------------------------------- */

/* GPU evidence was due from this device and did not come: that is a FAIL, not UNKNOWN
 * (design.md, "The one idea"). */
static void absent(
    struct gh_result *out, const char *subject, const char *code, const char *why)
{
	struct gh_finding *f;

	gh_result_subject(out, subject, "gpu");
	f = gh_findings_add(&out->findings, subject, "gpu.evidence");
	gh_say(&f->title, "evidence of this GPU");
	gh_say(&f->expected, "a signed report and its certificate chain");
	gh_say(&f->observed, "%s", why);
	gh_say(&f->why, "a GPU that does not prove itself may be anything, or be gone");
	gh_say(&f->remedy, "look at the GPU with the vendor's tool, then run it again");
	gh_judge(f, GH_FAIL, code);
}

static int keep_b64(struct gh_visit_blobs *b, const char *text, const char *role,
    const char *media, struct gh_bytes *view, struct gh_err *err)
{
	struct gh_buf *k;

	if (b->n_keep == GH_COUNT(b->keep))
		return gh_fail(err, GH_E_REMOTE, "too many devices");
	k = &b->keep[b->n_keep++];
	if (gh_unb64(k, text, strlen(text), err) < 0)
		return -1;
	*view = gh_buf_view(k);
	add_blob(b, *view, role, media);
	return 0;
}

static int judge_device(const json_t *dev, const char *subject,
    const struct gh_context *ctx, struct gh_result *out, struct gh_visit_blobs *blobs,
    struct gh_err *err)
{
	const char *report = NULL, *chain = NULL, *fault = NULL, *vbios = NULL;
	struct gh_gpu_evidence ev = {0};
	struct gh_context mine = *ctx;
	struct gh_err bad = {0};

	if (gh_json_str_opt(dev, "device", "error", &fault, &bad) < 0 ||
	    gh_json_str_opt(dev, "device", "evidence", &report, &bad) < 0 ||
	    gh_json_str_opt(dev, "device", "vbios_version", &vbios, &bad) < 0 ||
	    gh_json_str_opt(dev, "device", "certificate", &chain, &bad) < 0) {
		absent(out, subject, "gpu.evidence.malformed", bad.what);
		return 0;
	}
	if (report == NULL || chain == NULL) {
		absent(out, subject, "gpu.evidence.absent",
		    fault != NULL ? fault : "the agent sent no report for it");
		return 0;
	}
	if (keep_b64(blobs, report, "gpu-report", "application/octet-stream", &ev.report,
		&bad) < 0 ||
	    keep_b64(blobs, chain, "gpu-chain", "application/x-pem-file", &ev.chain_pem,
		&bad) < 0) {
		absent(out, subject, "gpu.evidence.malformed", bad.what);
		return 0;
	}
	mine.expect_vbios = vbios;
	return gh_gpu_verify(out, subject, &ev, &mine, err);
}

/* The device of that index in the agent's list, or NULL. */
static const json_t *device_of(const json_t *devices, unsigned int index)
{
	for (size_t i = 0; i < json_array_size(devices); i++) {
		const json_t *d = json_array_get(devices, i);
		int64_t n = -1;

		if (gh_json_int(d, "device", "index", &n, NULL) == 0 &&
		    n == (int64_t)index)
			return d;
	}
	return NULL;
}

/* What the judge of the fabric calls "fabric" is this host's. */
static int name_fabric(struct gh_result *out, const char *host, struct gh_err *err)
{
	for (size_t i = 0; i < out->findings.n; i++)
		if (strcmp(out->findings.at[i].subject, "fabric") == 0)
			gh_say(&out->findings.at[i].subject, "%s:fabric", host);
	for (size_t i = 0; i < out->n_subjects; i++) {
		gh_auto(struct gh_buf, gh_buf_free) name = {0};

		if (strcmp(out->subject[i].name, "fabric") != 0)
			continue;
		gh_buf_fmt(&name, "%s:fabric", host);
		if (gh_buf_ok(&name, err) < 0)
			return -1;
		free(out->subject[i].name);
		out->subject[i].name = gh_buf_take_str(&name);
	}
	return 0;
}

static int judge_devices(struct gh_session *s, const struct gh_visit *v,
    const json_t *answer, const json_t *devices, struct gh_result *out,
    struct gh_visit_blobs *blobs, struct gh_err *err)
{
	unsigned char nonce[32];
	const char *driver = NULL;
	struct gh_context ctx = {.at = v->started,
	    .trust = &s->trust,
	    .allow_lab = s->fleet->lab,
	    .nonce = {nonce, sizeof nonce},
	    .rims = &s->rims,
	    .memo = v->memo};

	if (gh_session_rims(s, err) < 0 ||
	    gh_unhex(nonce, sizeof nonce, v->gpu_nonce, err) < 0 ||
	    gh_json_str_opt(answer, "answer", "driver_version", &driver, err) < 0)
		return -1;
	ctx.expect_driver = driver;
	for (unsigned int i = 0; i < v->host->n_gpus && i < GH_GPUS_MAX; i++) {
		const json_t *dev = device_of(devices, i);
		char subject[96];

		snprintf(subject, sizeof subject, "%s:%u", v->host->name, i);
		if (dev == NULL)
			absent(out, subject, "gpu.evidence.absent",
			    "the agent does not list this GPU");
		else if (judge_device(dev, subject, &ctx, out, blobs, err) < 0)
			return -1;
	}
	gh_gpu_distinct(out);
	gh_gpu_topology(out, &ctx);
	return name_fabric(out, v->host->name, err);
}

/* "gpu.collect": did the agent give an answer of the form agreed on? */
static int judge_answer(struct gh_result *out, const struct gh_visit *v,
    const struct gh_ssh_job *job, json_t **answer, json_t **devices)
{
	struct gh_finding *f =
	    gh_findings_add(&out->findings, v->host->name, "gpu.collect");
	const char *format = "";
	struct gh_err bad = {0};

	gh_say(&f->title, "evidence collected by gatehouse-agent");
	gh_say(&f->source, "gatehouse-agent collect");
	gh_say(&f->expected, "%u GPUs, format %s", v->host->n_gpus, AGENT_FORMAT);
	if (job->exit_status == 127) {
		gh_judge(f, GH_FAIL, "gpu.collect.no-agent");
		gh_say(&f->observed, "gatehouse-agent is not installed there");
		gh_say(&f->remedy,
		    "install gatehouse-agent on the machine that owns the GPUs");
		return -1;
	}
	*answer = gh_json_parse(job->out.p, job->out.len, &bad);
	if (*answer == NULL ||
	    gh_json_str(*answer, "answer", "format", &format, &bad) < 0 ||
	    gh_json_arr(*answer, "answer", "devices", devices, &bad) < 0) {
		gh_judge_err(f, "gpu.collect.malformed", &bad);
		f->verdict = GH_FAIL;
		gh_say_bytes(&f->observed,
		    job->errout.len > 0 ? job->errout.p : job->out.p,
		    job->errout.len > 0  ? job->errout.len
		    : job->out.len < 200 ? job->out.len
					 : 200);
		return -1;
	}
	if (strcmp(format, AGENT_FORMAT) != 0) {
		gh_judge(f, GH_FAIL, "gpu.collect.format");
		gh_say(&f->observed, "format '%s'", format);
		gh_say(&f->remedy, "install the gatehouse-agent of this version there");
		return -1;
	}
	gh_say(&f->observed, "%zu devices", json_array_size(*devices));
	gh_judge(f, GH_PASS, "");
	return 0;
}

int gh_visit_judge_gpus(struct gh_session *s, const struct gh_visit *v,
    struct gh_result *out, struct gh_visit_blobs *blobs, struct gh_err *err)
{
	const struct gh_ssh_job *job = v->gpus;
	gh_auto(json_t *, gh_json_free) answer = NULL;
	json_t *devices = NULL;

	if (!judge_reach(out, v, job, "gpu.reach", "reached over SSH"))
		return 0;
	if (judge_answer(out, v, job, &answer, &devices) < 0) {
		for (unsigned int i = 0; i < v->host->n_gpus && i < GH_GPUS_MAX; i++) {
			char subject[96];

			snprintf(subject, sizeof subject, "%s:%u", v->host->name, i);
			absent(out, subject, "gpu.evidence.absent",
			    "the agent gave no evidence");
		}
		return 0;
	}
	return judge_devices(s, v, answer, devices, out, blobs, err);
}
