/* SPDX-License-Identifier: Apache-2.0
 * The lab as an operation. */
#include "ops/lab.h"

#include <stdlib.h>

#include "lab/lab.h"

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

int gh_op_lab_up(bool with_faults, const struct gh_progress *progress, struct gh_err *err)
{
	struct gh_progress mine = {0};

	if (progress != NULL)
		mine = *progress;
	return gh_lab_up(gh_op_lab_dir(), with_faults, &gh_env_real,
	    progress == NULL ? NULL : say, &mine, err);
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
	return json_pack("{s:s, s:s, s:i, s:b, s:s}", "host", h->name, "address",
	    h->address, "port", (int)h->port, "answers", h->answers ? 1 : 0, "fault",
	    h->fault);
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
		gh_buf_fmt(text, "%-8s %s port %u  %s%s%s\n", h->name, h->address,
		    h->port, h->answers ? "up" : "down",
		    h->fault[0] != '\0' ? "  fault: " : "", h->fault);
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
