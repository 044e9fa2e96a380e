/* SPDX-License-Identifier: Apache-2.0
 * What the judges of SNP reports and TDX quotes have in common: a tree of findings in
 * which nothing below a failed link passes, the nonce, the LAB mark. */
#pragma once

#include "crypto/digest.h"
#include "evidence/context.h"

struct gh_tee {
	struct gh_result *out;
	const char *subject;
	const struct gh_context *ctx;
	char source[GH_SHA256_NAME_LEN]; /* "sha256:..." of the evidence */
	size_t first;                    /* index of our first finding in out->findings */
	bool lab;                        /* the chain ends in a lab root */
};

/* Names the evidence and remembers where our findings begin. */
GH_MUST_USE int gh_tee_begin(struct gh_tee *t, struct gh_result *out, const char *subject,
    struct gh_bytes evidence, const struct gh_context *ctx, struct gh_err *err);
/* A new finding of this subject: UNKNOWN, blocker. Good until the next one is made. */
struct gh_finding *gh_tee_step(
    struct gh_tee *t, const char *step, const char *parent, const char *title);
/* True when that step of this subject was proven (PASS, or WARN). */
bool gh_tee_holds(const struct gh_tee *t, const char *step);
/* The one place that says PASS: code "" and a parent that holds. A code is FAIL; no code
 * below a parent that does not hold is SKIP, and why says so. */
void gh_tee_settle(struct gh_tee *t, struct gh_finding *f, const char *code);
/* WARN with a severity of WARN; SKIP below a parent that does not hold. */
void gh_tee_warn(struct gh_tee *t, struct gh_finding *f, const char *code);
/* ctx->nonce against a 64-byte report_data: equal, or equal and zeros to its end. */
void gh_tee_nonce(struct gh_tee *t, const char *step, const char *parent,
    const unsigned char report_data[static 64]);
/* Looks the root up among the anchors. NULL: *why is "unpinned" or "lab". Sets t->lab. */
const struct gh_anchor *gh_tee_anchor(
    struct gh_tee *t, enum gh_root kind, const struct gh_cert *root, const char **why);
/* Marks our findings LAB when the chain rests on a lab root. */
void gh_tee_end(struct gh_tee *t);
