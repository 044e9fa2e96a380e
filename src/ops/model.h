/* SPDX-License-Identifier: Apache-2.0
 * The fleet as it is known now, read from the store: what every view draws and every
 * read-only command prints. Plain data, owned by whoever loaded it. */
#pragma once

#include "ops/session.h"

#define GH_MODEL_GPUS  16
#define GH_MODEL_NEEDS 256

enum gh_gate { GH_GATE_SHUT = 0, GH_GATE_HOLD, GH_GATE_OPEN };

struct gh_gpu_model {
	unsigned int index;
	enum gh_verdict verdict;
	char subject[80];    /* "gpu-c:5" */
	int64_t attested_at; /* 0 = never */
};

struct gh_host_model {
	char name[64];
	char address[128];
	char tee[8];             /* "tdx" */
	char product[64];        /* as observed; "" when never read */
	enum gh_verdict verdict; /* of the host checks, STALE when too old */
	enum gh_verdict worst;   /* of the checks and of every GPU */
	/* OPEN: all pass (or warn); SHUT: a FAIL; HOLD: anything else */
	enum gh_gate gate;
	int64_t checked_at;           /* 0 = never */
	char run_id[GH_ULID_LEN];     /* of the checks; "" = never */
	char gpu_run_id[GH_ULID_LEN]; /* of the GPU evidence */
	unsigned int n_pass, n_warn, n_fail, n_unknown, n_skip; /* checks */
	size_t n_gpus; /* as the fleet file says */
	struct gh_gpu_model gpu[GH_MODEL_GPUS];
	struct gh_result checks; /* newest host result (subject = name) */
	struct gh_result gpus;   /* newest GPU result (subjects name:0 ...) */
	/* 24 h in 12 letters, oldest first: '.' ok, '!' '~' '?' 'X', ' ' none */
	char strip[13];
};

/* One row of "needs you": worst first. */
struct gh_need {
	enum gh_verdict verdict;
	char subject[80];
	char text[200]; /* cause in words */
	char step[64];
	int64_t since;   /* first run in a row with this verdict of this step */
	char blocks[64]; /* "launch on gpu-c" */
};

struct gh_model {
	char fleet[64];
	bool lab;
	int64_t now;    /* when it was read */
	int64_t oldest; /* oldest fact behind the sentence; 0 = nothing known */
	unsigned int fresh_s;
	enum gh_verdict verdict;
	char sentence[200];         /* line 2 of every screen, without its verdict word */
	struct gh_host_model *host; /* worst first */
	size_t n_hosts;
	struct gh_need need[GH_MODEL_NEEDS];
	size_t n_needs;
	unsigned int gpus_ok, gpus_warn, gpus_fail, gpus_stale, gpus_unknown;
	unsigned int hosts_ok, hosts_warn, hosts_fail, hosts_stale, hosts_unknown;
};

GH_MUST_USE int gh_model_load(
    struct gh_session *s, struct gh_model **out, struct gh_err *err);
void gh_model_free(struct gh_model **m);
/* NULL when there is none. */
const struct gh_host_model *gh_model_host(const struct gh_model *m, const char *name);
const char *gh_gate_word(enum gh_gate g); /* "OPEN" */

/* History, newest first; host NULL = all. */
struct gh_history_row {
	char run_id[GH_ULID_LEN];
	char host[64], kind[16], by[64];
	int64_t started;
	unsigned int took_ms;
	enum gh_verdict verdict;
	unsigned int n_pass, n_warn, n_fail, n_unknown;
	bool lab;
};
GH_MUST_USE int gh_history_load(struct gh_session *s, const char *host, size_t limit,
    struct gh_history_row **out, size_t *n, struct gh_err *err);
/* The stored result of one run (id or unique part of it). */
GH_MUST_USE int gh_history_result(
    struct gh_session *s, const char *run_id, struct gh_result *out, struct gh_err *err);

/* How two runs differ: findings whose verdict or observed changed. */
struct gh_change {
	char subject[80], step[64];
	char a[200], b[200]; /* "PASS 1.5.05", "FAIL 1.5.01"; "" = absent */
	enum gh_verdict va, vb;
};
GH_MUST_USE int gh_history_diff(struct gh_session *s, const char *run_a,
    const char *run_b, struct gh_change **out, size_t *n, struct gh_err *err);
