/* SPDX-License-Identifier: Apache-2.0
 * Work that may take time, off the UI thread: two lanes of one thread each (long ones,
 * quick ones), and one queue of messages back. */
#pragma once

#include "ops/lab.h"
#include "ops/model.h"
#include "ops/validate.h"
#include "sheet.h"

struct ui_jobs;

enum ui_job_kind {
	UI_J_VALIDATE = 0, /* a: host or "" = all; long lane */
	UI_J_LAB_UP,       /* long lane */
	UI_J_ENROL,        /* a: host, b: "accept" or "", text: the reason; long lane */
	UI_J_RELOAD,
	UI_J_HISTORY,   /* a: host or "" */
	UI_J_DIFF,      /* a, b: runs */
	UI_J_RUN,       /* a: run */
	UI_J_FACTS,     /* a: host; as the views from UI_FACTS on */
	UI_J_ENROLMENT, /* a: host */
	UI_J_POLICY,    /* a: host or "", b: name or "" */
	UI_J_CHECKS,
	UI_J_EXPORT, /* a: host or "", text: the view */
};

enum ui_msg_kind {
	UI_M_STARTED = 0,
	UI_M_EVENT,
	UI_M_MODEL,
	UI_M_HISTORY,
	UI_M_DIFF,
	UI_M_RUN,
	UI_M_SHEET,
	UI_M_EXPORTED,
	UI_M_ENDED,
};

/* One thing a worker says. The receiver owns what it points to. */
struct ui_msg {
	struct ui_msg *next;
	enum ui_msg_kind kind;
	enum ui_job_kind job_kind;
	unsigned int job;
	bool ok;        /* of UI_M_ENDED and UI_M_EXPORTED */
	char text[400]; /* cleaned */
	char host[64];
	enum gh_event_kind event;
	enum gh_verdict verdict;
	unsigned int done, of;
	struct gh_model *model;
	struct gh_history_row *history;
	struct gh_change *change;
	size_t n;
	struct gh_result *run;
	struct ui_sheet *sheet;
};
void ui_msg_free(struct ui_msg *m);
/* "validate" of a job of the long lane; NULL for one of the quick lane. */
const char *ui_job_word(enum ui_job_kind kind);

/* Borrows the session until ui_jobs_stop; lab up puts a new one in its place. */
GH_MUST_USE int ui_jobs_start(struct ui_jobs **out, struct gh_session *s,
    const struct gh_session_opts *opts, struct gh_err *err);
/* Cancels, waits at most two seconds. True: all threads have ended, *s is the session to
 * close. False: a worker is stuck and still uses everything; only leave the process. */
bool ui_jobs_stop(struct ui_jobs **j, struct gh_session **s);

/* The number of the job, 0 when it could not be queued. text (UI_J_EXPORT) is copied. */
unsigned int ui_jobs_add(struct ui_jobs *j, enum ui_job_kind kind, const char *a,
    const char *b, const char *text);
/* Asks the running long job to stop and drops those behind it. */
void ui_jobs_cancel(struct ui_jobs *j);
/* Long jobs that wait. */
unsigned int ui_jobs_waiting(struct ui_jobs *j);
int ui_jobs_fd(const struct ui_jobs *j); /* readable when there is a message */
/* All messages so far, oldest first, or NULL. */
struct ui_msg *ui_jobs_take(struct ui_jobs *j);
