/* SPDX-License-Identifier: Apache-2.0
 * The lab fleet: four real sshd on loopback, each in namespaces of its own, with fixture
 * trees for the unmodified probe and GPUs whose evidence is signed under lab roots. */
#pragma once

#include "base/env.h"
#include "base/result.h"

struct gh_lab_host_state {
	char name[64];
	char address[64];
	unsigned int port;
	int pid;         /* of the launcher; 0 = down */
	bool answers;    /* the SSH port accepts */
	char fault[256]; /* "" = none */
	unsigned int bmc_port;
	int bmc_pid; /* 0 = down */
};

struct gh_lab_status {
	char dir[256];   /* where it lives */
	char fleet[256]; /* its fleet file */
	struct gh_lab_host_state host[4];
	size_t n;
};

/* Brings the lab up in dir (made when missing), idempotent; clears what a crash left.
 * Needs root (CAP_SYS_ADMIN). say(text) hears what is done, one line each; may be NULL.
 * with_faults: the demo's default fault is set. */
GH_MUST_USE int gh_lab_up(const char *dir, bool with_faults, const struct gh_env *env,
    void (*say)(void *ctx, const char *text), void *ctx, struct gh_err *err);
/* Ends every process of the lab and removes dir. Not up is not an error. */
GH_MUST_USE int gh_lab_down(const char *dir, struct gh_err *err);
GH_MUST_USE int gh_lab_status(
    const char *dir, struct gh_lab_status *out, struct gh_err *err);
/* FAULT: a word of gh_lab_faults(), or the id of a check that has a row in check_faults.h;
 * "gpu-c:5" names a GPU where the fault is of one. */
GH_MUST_USE int gh_lab_break(
    const char *dir, const char *host, const char *fault, struct gh_err *err);
GH_MUST_USE int gh_lab_heal(const char *dir, const char *host, struct gh_err *err);

struct gh_lab_fault {
	const char *word;
	const char *what; /* one sentence */
	bool gpu;         /* wants HOST:GPU */
};
const struct gh_lab_fault *gh_lab_faults(size_t *n);
/* What break takes for that host, one by one: words first, then ids of checks. NULL behind
 * the last, and for a host that the lab does not have. */
const char *gh_lab_breakable(const char *host, size_t i);
