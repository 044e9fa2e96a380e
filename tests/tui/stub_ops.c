/* SPDX-License-Identifier: Apache-2.0
 * src/ops played: the fleet of the fixture, a validation that takes a moment. The console
 * under test is the real one; what it asks for comes from here. */
#include <stdatomic.h>
#include <unistd.h>

#include "base/text.h"
#include "ops/catalogue.h"
#include "ops/enrol.h"
#include "ops/facts.h"
#include "ops/lab.h"
#include "ops/model.h"
#include "ops/policy.h"
#include "ops/report.h"
#include "ops/validate.h"
#include "tests/unit/ui/fixture_sheets.h"

struct gh_session {
	bool first_run;
};

static atomic_int runs;

static void tell(const struct gh_progress *p, enum gh_event_kind kind, const char *host,
    unsigned int done)
{
	struct gh_event ev = {.kind = kind,
	    .host = host,
	    .text = "stub",
	    .done = done,
	    .of = 4,
	    .verdict = GH_PASS};
	if (p)
		p->event(p->ctx, &ev);
}

int gh_session_open(
    struct gh_session **out, const struct gh_session_opts *opts, struct gh_err *err)
{
	(void)opts;
	(void)err;
	*out = calloc(1, sizeof(**out));
	if (!*out)
		abort();
	(*out)->first_run = getenv("STUB_FIRST_RUN") != NULL && atomic_load(&runs) == 0;
	return 0;
}

void gh_session_close(struct gh_session **s)
{
	free(*s);
	*s = NULL;
}

const char *gh_session_fleet_name(const struct gh_session *s)
{
	(void)s;
	return "prod-tdx";
}

const char *gh_session_fleet_path(const struct gh_session *s)
{
	(void)s;
	return "/etc/gatehouse/fleet.yaml";
}

bool gh_session_lab(const struct gh_session *s)
{
	(void)s;
	return getenv("STUB_LAB") != NULL;
}

bool gh_session_first_run(const struct gh_session *s)
{
	return s->first_run;
}

const struct gh_env *gh_session_env(const struct gh_session *s)
{
	(void)s;
	return &gh_env_real;
}

/* The fixture, moved so that it is fresh now; hostile text where a host could put some. */
int gh_model_load(struct gh_session *s, struct gh_model **out, struct gh_err *err)
{
	(void)s;
	(void)err;
	struct gh_model *m = fixture_model();
	int64_t shift = gh_now(&gh_env_real) - m->now;
	m->now += shift;
	m->oldest += shift - (getenv("STUB_OLD") && atomic_load(&runs) == 0 ? 5000 : 0);
	m->lab = gh_session_lab(s);
	for (size_t i = 0; i < m->n_needs; i++)
		m->need[i].since += shift;
	for (size_t i = 0; i < m->n_hosts; i++)
		m->host[i].checked_at += shift;
	if (getenv("STUB_HOSTILE"))
		snprintf(m->need[0].text, sizeof(m->need[0].text),
		    "\033[2J\033]52;c;eA==\a\r\n\b\t\xc2\x9b"
		    "31m\xe2\x80\xae\xe2\x80\x8b\xff");
	*out = m;
	return 0;
}

static void fixture_free(struct gh_model *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->n_hosts; i++) {
		gh_result_free(&m->host[i].checks);
		gh_result_free(&m->host[i].gpus);
	}
	free(m->host);
	free(m);
}

void gh_model_free(struct gh_model **m)
{
	fixture_free(*m);
	*m = NULL;
}

const struct gh_host_model *gh_model_host(const struct gh_model *m, const char *name)
{
	for (size_t i = 0; i < m->n_hosts; i++)
		if (strcmp(m->host[i].name, name) == 0)
			return &m->host[i];
	return NULL;
}

const char *gh_gate_word(enum gh_gate g)
{
	static const char *const words[] = {"SHUT", "HOLD", "OPEN"};
	return words[(unsigned int)g % 3];
}

int gh_history_load(struct gh_session *s, const char *host, size_t limit,
    struct gh_history_row **out, size_t *n, struct gh_err *err)
{
	(void)s;
	(void)err;
	*n = limit < 40 ? limit : 40;
	*out = calloc(*n, sizeof(**out));
	if (!*out)
		abort();
	for (size_t i = 0; i < *n; i++) {
		struct gh_history_row *r = &(*out)[i];
		snprintf(r->run_id, sizeof(r->run_id), "01JB%022zu", 9000 - i);
		snprintf(r->host, sizeof(r->host), "%s", host ? host : "gpu-c");
		snprintf(r->kind, sizeof(r->kind), "validate");
		snprintf(r->by, sizeof(r->by), "sre@jump1");
		r->started = FIXTURE_NOW - (int64_t)i * 3600;
		r->took_ms = 900 + (unsigned int)i;
		r->verdict = i % 5 == 0 ? GH_FAIL : GH_PASS;
		r->n_pass = 64 - (i % 5 == 0);
		r->n_fail = i % 5 == 0;
	}
	return 0;
}

int gh_history_result(
    struct gh_session *s, const char *run_id, struct gh_result *out, struct gh_err *err)
{
	(void)s;
	(void)run_id;
	(void)err;
	struct gh_host_model h = {.name = "gpu-c"};
	fixture_checks(&h, true);
	*out = h.checks;
	out->at = FIXTURE_NOW;
	return 0;
}

int gh_history_diff(struct gh_session *s, const char *a, const char *b,
    struct gh_change **out, size_t *n, struct gh_err *err)
{
	(void)s;
	(void)a;
	(void)b;
	(void)err;
	*n = 1;
	*out = calloc(1, sizeof(**out));
	if (!*out)
		abort();
	**out = (struct gh_change){.subject = "gpu-c",
	    .step = "host.tdx.module_min",
	    .a = "PASS 1.5.05",
	    .b = "FAIL 1.5.01",
	    .va = GH_PASS,
	    .vb = GH_FAIL};
	return 0;
}

int gh_op_validate(struct gh_session *s, const struct gh_validate_ask *ask,
    struct gh_result *out, struct gh_err *err)
{
	static const char *const hosts[] = {"gpu-a", "gpu-b", "gpu-c", "gpu-d"};
	(void)s;
	(void)out;
	(void)err;
	for (unsigned int i = 0; i < 4 && !gh_cancelled(ask->cancel); i++) {
		tell(ask->progress, GH_EVENT_HOST_STARTED, hosts[i], i);
		usleep(getenv("STUB_SLOW") ? 400000 : 20000);
		tell(ask->progress, GH_EVENT_HOST_CHECKED, hosts[i], i);
		tell(ask->progress, GH_EVENT_HOST_ATTESTED, hosts[i], i + 1);
	}
	atomic_fetch_add(&runs, 1);
	tell(ask->progress, GH_EVENT_FINISHED, "", 4);
	return 0;
}

int gh_op_lab_up(bool with_faults, const char *state, const struct gh_progress *progress,
    struct gh_err *err)
{
	(void)state;
	(void)with_faults;
	(void)err;
	tell(progress, GH_EVENT_HOST_STARTED, "gpu-a", 1);
	usleep(100000);
	atomic_fetch_add(&runs, 1);
	return 0;
}

int gh_op_report_make(struct gh_session *s, const char *host, const char *audience,
    struct gh_report_info *out, struct gh_err *err)
{
	(void)s;
	(void)audience;
	(void)err;
	*out = (struct gh_report_info){
	    .id = "01JB0000000000000000000001", .verdict = "FAIL"};
	snprintf(out->host, sizeof(out->host), "%s", host);
	return 0;
}

int gh_op_report_export(struct gh_session *s, const char *id, const char *dir,
    struct gh_report_info *out, struct gh_err *err)
{
	(void)s;
	(void)id;
	(void)dir;
	(void)out;
	(void)err;
	return 0;
}

int gh_op_facts(struct gh_session *s, const char *host, json_t **out, struct gh_err *err)
{
	(void)s;
	(void)err;
	if (getenv("STUB_SLOW")) /* the store is busy: nobody waits for it */
		sleep(2);
	*out = fixture_facts(host, gh_now(&gh_env_real) - 41,
	    getenv("STUB_HOSTILE") ? FIXTURE_HOSTILE : "American Megatrends");
	return 0;
}

int gh_op_policy_of(struct gh_session *s, const char *host,
    char out[static GH_POLICY_NAME_MAX], struct gh_err *err)
{
	(void)s;
	if (strcmp(host, "gpu-d") == 0)
		return gh_fail(err, GH_E_USAGE, "the fleet file names no policy for it");
	snprintf(out, GH_POLICY_NAME_MAX, "prod");
	return 0;
}

int gh_op_policy_explain(const char *policy, json_t **out, struct gh_err *err)
{
	(void)policy;
	(void)err;
	*out = fixture_policy("Anybody chooses the kernel.");
	return 0;
}

int gh_op_policy_test(const char *policy, int64_t now, json_t **out, struct gh_err *err)
{
	(void)policy;
	(void)now;
	(void)err;
	*out = json_pack("{s:i, s:i}", "passed", 3, "failed", 0);
	return 0;
}

int gh_op_policy_judge(struct gh_session *s, const char *policy, const char *host,
    struct gh_result *out, struct gh_err *err)
{
	(void)s;
	(void)policy;
	(void)err;
	fixture_judged(out, host);
	return 0;
}

static atomic_int enrolments = 1;

int gh_op_enrol_show(struct gh_session *s, const char *host, struct gh_buf *text,
    json_t **json, bool *enrolled, struct gh_err *err)
{
	(void)s;
	(void)text;
	(void)err;
	*enrolled = true;
	*json = fixture_enrolment(host, atomic_load(&enrolments), FIXTURE_NOW - 41,
	    getenv("STUB_HOSTILE") ? FIXTURE_HOSTILE : "board replaced");
	return 0;
}

int gh_op_enrol(struct gh_session *s, const struct gh_enrol_ask *ask,
    struct gh_result *out, struct gh_err *err)
{
	(void)s;
	(void)err;
	struct gh_finding *f = gh_findings_add(&out->findings, ask->hosts[0], "enrol.pinned");
	tell(ask->progress, GH_EVENT_HOST_STARTED, ask->hosts[0], 0);
	usleep(300000);
	gh_say(&f->observed, "4 facts pinned: 1 replaced%s%s",
	    ask->reason ? ", because " : "", ask->reason ? ask->reason : "");
	gh_judge(f, GH_PASS, "");
	atomic_store(&enrolments, ask->accept ? 2 : 1);
	tell(ask->progress, GH_EVENT_FINISHED, "", 1);
	return 0;
}

void gh_facts_words(struct gh_buf *out, const json_t *value)
{
	if (json_is_string(value))
		gh_buf_str(out, json_string_value(value));
	else if (json_is_integer(value))
		gh_buf_fmt(out, "%lld", (long long)json_integer_value(value));
	else if (json_is_boolean(value))
		gh_buf_str(out, json_is_true(value) ? "yes" : "no");
}

int gh_op_catalogue(const char *id, json_t **out, struct gh_err *err)
{
	(void)id;
	(void)err;
	*out = json_array();
	return 0;
}
