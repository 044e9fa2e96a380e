/* SPDX-License-Identifier: Apache-2.0
 * The lab as an operation. */
#include "ops/lab.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "checks/checks.h"
#include "lab/lab.h"
#include "ops/enrol.h"

#define ENROL_TRIES 2 /* a busy machine may need the second */

const char *gh_op_lab_dir(void)
{
	const char *dir = getenv("GATEHOUSE_LAB");

	return dir != NULL && dir[0] == '/' ? dir : "/run/gatehouse-lab";
}

static void say(void *ctx, const char *text)
{
	const struct gh_progress *p = ctx;
	struct gh_event ev = {GH_EVENT_HOST_STARTED, "", text, GH_UNKNOWN, 0, 0};

	if (p != NULL)
		p->event(p->ctx, &ev);
}

/* ---- enrolling what is new -------------------------------------------------------------- */

/* True when the fleet file of the lab is there: it has been up before. */
static bool was_up(void)
{
	char path[PATH_MAX];

	return gh_path_join(path, sizeof path, gh_op_lab_dir(), "fleet.yaml", NULL) ==
		   0 &&
	       access(path, F_OK) == 0;
}

/* Under the lab's own keys there is nobody to compare a fingerprint with. What an earlier
 * lab left in the same state folder is given up, on record. */
static int enrol_once(struct gh_session *s, enum gh_verdict *v, struct gh_err *err)
{
	const struct gh_enrol_ask ask = {.accept = true, .reason = "lab up"};
	gh_auto(struct gh_result, gh_result_free) r = {0};

	if (gh_op_enrol(s, &ask, &r, err) < 0)
		return -1;
	*v = gh_result_verdict(&r);
	return 0;
}

static int enrol_all(const char *state, struct gh_progress *p, struct gh_err *err)
{
	gh_auto(struct gh_session *, gh_session_close) s = NULL;
	char fleet[PATH_MAX];
	struct gh_session_opts o = {.fleet = fleet, .state = state};
	enum gh_verdict v = GH_UNKNOWN;

	if (gh_path_join(fleet, sizeof fleet, gh_op_lab_dir(), "fleet.yaml", err) < 0 ||
	    gh_session_open(&s, &o, err) < 0)
		return -1;
	for (int i = 0; i < ENROL_TRIES && v != GH_PASS; i++)
		if (enrol_once(s, &v, err) < 0)
			return -1;
	say(p, v == GH_PASS ? "its hosts are enrolled"
			    : "not all of it could be enrolled: gatehouse enrol --all");
	return 0;
}

int gh_op_lab_up(bool with_faults, const char *state, const struct gh_progress *progress,
    struct gh_err *err)
{
	struct gh_progress mine = {0};
	bool fresh = !was_up();

	if (progress != NULL)
		mine = *progress;
	if (gh_lab_up(gh_op_lab_dir(), with_faults, &gh_env_real,
		progress == NULL ? NULL : say, &mine, err) < 0)
		return -1;
	return fresh ? enrol_all(state, progress != NULL ? &mine : NULL, err) : 0;
}

int gh_op_lab_down(struct gh_err *err)
{
	return gh_lab_down(gh_op_lab_dir(), err);
}

int gh_op_lab_break(const char *host, const char *fault, struct gh_err *err)
{
	return gh_lab_break(gh_op_lab_dir(), host, fault, err);
}

int gh_op_lab_heal(const char *host, struct gh_err *err)
{
	return gh_lab_heal(gh_op_lab_dir(), host, err);
}

static json_t *host_json(const struct gh_lab_host_state *h)
{
	return json_pack("{s:s, s:s, s:i, s:b, s:i, s:b, s:s}", "host", h->name,
	    "address", h->address, "port", (int)h->port, "answers", h->answers ? 1 : 0,
	    "bmc_port", (int)h->bmc_port, "bmc", h->bmc_pid ? 1 : 0, "fault", h->fault);
}

int gh_op_lab_status(struct gh_buf *text, json_t **json, bool *up, struct gh_err *err)
{
	struct gh_lab_status st = {0};
	json_t *hosts;
	size_t answers = 0;

	if (gh_lab_status(gh_op_lab_dir(), &st, err) < 0)
		return -1;
	hosts = json_array();
	for (size_t i = 0; i < st.n; i++) {
		const struct gh_lab_host_state *h = &st.host[i];

		answers += h->answers;
		gh_buf_fmt(text, "%-8s %s port %u  %-4s  BMC port %u  %-4s%s%s\n",
		    h->name, h->address, h->port, h->answers ? "up" : "down", h->bmc_port,
		    h->bmc_pid ? "up" : "down", h->fault[0] != '\0' ? "  fault: " : "",
		    h->fault);
		json_array_append_new(hosts, host_json(h));
	}
	*up = st.n > 0 && answers == st.n;
	gh_buf_fmt(text, "%zu of %zu hosts answer%s%s\n", answers, st.n,
	    *up ? ", fleet file " : "", *up ? st.fleet : "");
	*json = json_pack(
	    "{s:b, s:s, s:o}", "up", *up ? 1 : 0, "fleet", st.fleet, "hosts", hosts);
	return gh_buf_ok(text, err);
}

void gh_op_lab_faults(struct gh_buf *out)
{
	size_t n;
	const struct gh_lab_fault *f = gh_lab_faults(&n);

	for (size_t i = 0; i < n; i++)
		gh_buf_fmt(out, "%-18s %-9s %s\n", f[i].word,
		    f[i].gpu ? "HOST:GPU" : "HOST", f[i].what);
}

/* A word of break, or the id of a check that it spoils. */
static void list_breakable(
    struct gh_buf *out, const struct gh_catalogue *c, const char *word)
{
	size_t n;
	const struct gh_lab_fault *f = gh_lab_faults(&n);
	const struct gh_check *check = gh_catalogue_get(c, word);

	for (size_t i = 0; i < n; i++)
		if (strcmp(f[i].word, word) == 0)
			gh_buf_fmt(out, "%-26s %-9s %s\n", word,
			    f[i].gpu ? "HOST:GPU" : "HOST", f[i].what);
	if (check != NULL)
		gh_buf_fmt(out, "%-26s %-9s fails: %s\n", word, "HOST", check->title);
}

int gh_op_lab_breakable(const char *host, struct gh_buf *out, struct gh_err *err)
{
	gh_auto(struct gh_catalogue *, gh_catalogue_free) c = NULL;
	const char *word;

	if (gh_lab_breakable(host, 0) == NULL) {
		gh_fail(err, GH_E_USAGE, "the lab has no host %s", host);
		return gh_err_hint(err, "its hosts are gpu-a, gpu-b, gpu-c and gpu-d");
	}
	if (gh_catalogue_load(&c, err) < 0)
		return -1;
	for (size_t i = 0; (word = gh_lab_breakable(host, i)) != NULL; i++)
		list_breakable(out, c, word);
	return gh_buf_ok(out, err);
}
