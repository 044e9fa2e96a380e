/* SPDX-License-Identifier: Apache-2.0
 * What every operation stands on: the fleet, the store, the anchors, the catalogue, the
 * warm SSH sessions. One per process; the doors (CLI, console) open it and pass it on. */
#pragma once

#include "base/env.h"
#include "base/result.h"

struct gh_session;

struct gh_session_opts {
	const char
	    *fleet; /* fleet file; NULL = $GATEHOUSE_FLEET, the lab's when it is up,
			    * ~/.config/gatehouse/fleet.yaml, /etc/gatehouse/fleet.yaml */
	const char *state; /* state folder; NULL = $GATEHOUSE_STATE, else as XDG says */
	const struct gh_env *env; /* NULL = the real one */
};

GH_MUST_USE int gh_session_open(
    struct gh_session **out, const struct gh_session_opts *opts, struct gh_err *err);
void gh_session_close(struct gh_session **s);
const char *gh_session_fleet_name(const struct gh_session *s);
const char *gh_session_fleet_path(const struct gh_session *s);
bool gh_session_lab(const struct gh_session *s);
/* True when opts named no fleet and none was found: the console shows its first-run view. */
bool gh_session_first_run(const struct gh_session *s);
const struct gh_env *gh_session_env(const struct gh_session *s);

/* What an operation tells while it runs. */
enum gh_event_kind {
	GH_EVENT_HOST_STARTED,  /* host */
	GH_EVENT_HOST_PARTIAL,  /* host: judged on SSH, its BMC is still being read */
	GH_EVENT_HOST_CHECKED,  /* host, result: its checks are judged and stored */
	GH_EVENT_HOST_ATTESTED, /* host, result: its GPUs are judged and stored */
	GH_EVENT_HOST_FAILED, /* host, text: could not be reached or read (also stored) */
	GH_EVENT_FINISHED,    /* the operation has ended; text says how */
};

struct gh_event {
	enum gh_event_kind kind;
	const char *host; /* "" when of no host */
	const char *text; /* cleaned, one line */
	enum gh_verdict verdict;
	unsigned int done, of; /* hosts */
};

/* Called from the operation's own thread; must not block. */
struct gh_progress {
	void (*event)(void *ctx, const struct gh_event *ev);
	void *ctx;
};
