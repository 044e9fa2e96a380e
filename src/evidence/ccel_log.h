/* SPDX-License-Identifier: Apache-2.0
 * What the judges of an event log have in common; only ccel_judge.c and ccel_verify.c
 * include this. */
#pragma once

#include "evidence/runtime_log.h"
#include "evidence/tee.h"

struct gh_evlog {
	struct gh_ccel ccel;
	struct gh_runtime_log json;
	struct gh_events events; /* borrowed from json, or its own */
	struct gh_err err;       /* why it does not parse */
	const char *fault;       /* NULL: it does */
	char source[GH_SHA256_NAME_LEN];
	bool is_ccel, given;
};
/* Parses: never fails, l->fault tells. raw stays borrowed. */
void gh_evlog_load(struct gh_evlog *l, struct gh_bytes raw, bool is_ccel);
void gh_evlog_free(struct gh_evlog *l);

/* "event 12 at offset 0x484 (EV_IPL, RTMR2): grub_cmd: insmod ext2", to be cleaned. */
void gh_evlog_say(struct gh_buf *out, const struct gh_ccel_event *ev);
/* Counts and first contradicted events of `from` are added to `to`; facts are not. */
void gh_evlog_add_facts(struct gh_ccel_facts *to, const struct gh_ccel_facts *from);
/* Settles f, the finding of that step: WARN <step>.unproven or <step>.error. */
void gh_evlog_judge_text(struct gh_tee *t, struct gh_finding *f,
    const struct gh_ccel_facts *facts, const char *step);

/* Claims; whether they may be made is for the caller. */
void gh_evlog_claim_secure_boot(struct gh_subject *s, enum gh_secure_boot state);
void gh_evlog_claim_apps(struct gh_subject *s, const struct gh_ccel_facts *facts);
void gh_evlog_claim_cmdline(struct gh_subject *s, const struct gh_ccel_facts *facts);
void gh_evlog_claim_runtime(struct gh_subject *s, const struct gh_events *es);
