/* SPDX-License-Identifier: Apache-2.0
 * One BMC being read: root, login, what the plan asks for, farewell. Never blocks: the loop
 * tells it what has ended and asks it what to start. */
#pragma once

#include "net/redfish_plan.h"
#include "net/redfish_pool.h"

#define GH_REDFISH_AT_ONCE_MAX 16u
/* GETs, one login, and the farewell to a session that the BMC no longer knew */
#define GH_REDFISH_SLOTS (GH_REDFISH_AT_ONCE_MAX + 2)

struct gh_redfish_slot {
	struct gh_redfish_call *call;
	enum { GH_RF_READING, GH_RF_LOGIN, GH_RF_LOGOUT } what;
	struct gh_redfish_item item;
	unsigned int session; /* which one it was sent with */
	bool conditional;     /* with If-None-Match */
};

struct gh_redfish_reader {
	struct gh_redfish_pool *pool;
	struct gh_redfish_host *host;
	struct gh_redfish_job *job; /* NULL once it has its result */
	void (*done)(struct gh_redfish_job *job, void *ctx);
	void *ctx;
	struct gh_redfish_plan plan;
	struct gh_redfish_slot slot[GH_REDFISH_SLOTS];
	unsigned int at_once;
	bool has_root, logging_in;
	unsigned int logins_left, session; /* number of the present session */
	unsigned int login_tries;          /* that the BMC was too busy for */
	int64_t login_due_ms;              /* not before that */
	unsigned int lost;   /* answers that did not come, one after another */
	unsigned int n_read; /* answers */
	size_t budget;       /* bytes of bodies still allowed */
	int64_t start_ms, end_ms, farewell_ms;
};

/* Prepares it; the job has its result at once when its target is wrong. at_most: GETs in
 * flight. */
void gh_redfish_reader_start(struct gh_redfish_reader *r, struct gh_redfish_job *job,
    struct gh_redfish_pool *pool, unsigned int at_most);
/* Starts what can be started, ends what is over. True when there is nothing left to do. */
bool gh_redfish_reader_step(struct gh_redfish_reader *r);
/* When it wants to be stepped at the latest, monotonic milliseconds. */
int64_t gh_redfish_reader_wake(const struct gh_redfish_reader *r);
/* A call of this reader has ended. */
void gh_redfish_reader_ended(
    struct gh_redfish_reader *r, struct gh_redfish_call *call, CURLcode code);
/* Ends the job with that error, unless it has its result already. */
void gh_redfish_reader_fail(struct gh_redfish_reader *r, const struct gh_err *why);
/* Logs out of the present session; it is gone at once, whatever the BMC says. */
void gh_redfish_reader_farewell(struct gh_redfish_reader *r);
void gh_redfish_reader_free(struct gh_redfish_reader *r);
