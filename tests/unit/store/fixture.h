/* SPDX-License-Identifier: Apache-2.0
 * A store in a folder of its own, and runs to put into it. */
#pragma once

#include <stdio.h>
#include <unistd.h>

#include "store/store.h"
#include "tests/unit/tap.h"

struct place {
	char dir[64];
	char db[96];
};

static inline int place_make(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	snprintf(p->dir, sizeof(p->dir), "/tmp/gh-store-XXXXXX");
	if (!mkdtemp(p->dir))
		return -1;
	snprintf(p->db, sizeof(p->db), "%s/store.db", p->dir);
	*state = p;
	return 0;
}

static inline int place_drop(void **state)
{
	struct place *p = *state;
	const char *const tail[] = {"", "-wal", "-shm"};
	for (size_t i = 0; i < GH_COUNT(tail); i++) {
		char path[128];
		snprintf(path, sizeof(path), "%s%s", p->db, tail[i]);
		unlink(path);
	}
	rmdir(p->dir);
	free(p);
	return 0;
}

static inline void run_fill(
    struct gh_run *run, const char *id, const char *host, int64_t started)
{
	*run = (struct gh_run){.started = started,
	    .finished = started + 4,
	    .took_ms = 4100,
	    .verdict = GH_FAIL,
	    .lab = true,
	    .n_pass = 1,
	    .n_fail = 1};
	snprintf(run->id, sizeof(run->id), "%s", id);
	snprintf(run->host, sizeof(run->host), "%s", host);
	snprintf(run->kind, sizeof(run->kind), "validate");
	snprintf(run->by, sizeof(run->by), "ann@desk");
}

static inline void result_fill(struct gh_result *r, const char *host)
{
	r->at = 1795478400;
	struct gh_subject *s = gh_result_subject(r, host, "host");
	gh_claim(s, "kernel", "6.8.0-45");
	gh_claim(s, "bios", "2.7");
	struct gh_finding *f = gh_findings_add(&r->findings, host, "host.tdx.module");
	gh_say(&f->title, "TDX module");
	gh_say(&f->expected, ">= 1.5.16");
	gh_say(&f->observed, "1.5.16");
	f->assurance = GH_A2;
	gh_judge(f, GH_PASS, "");
	f = gh_findings_add(&r->findings, host, "host.bios");
	gh_say(&f->parent, "G02");
	gh_say(&f->why, "old");
	gh_say(&f->remedy, "update it");
	gh_say(&f->source, "dmidecode");
	f->severity = GH_SEV_WARN;
	f->lab = true;
	gh_judge(f, GH_FAIL, "host.bios.old");
}

#define ID1 "01JD0000000000000000000001"
#define ID2 "01JD0000000000000000000002"
#define ID3 "01JE0000000000000000000003"
