/* SPDX-License-Identifier: Apache-2.0
 * What the NVIDIA tests share: the vectors, a context, one finding per step. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* clang-format off: cmocka.h needs the four above */
#include <cmocka.h>
/* clang-format on */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "evidence/gpu.h"
#include "evidence/load.h"
#include "evidence/rim.h"

static inline const char *nvidia_path(char *out, size_t size, const char *name)
{
	const char *dir = getenv("GH_VECTORS");
	snprintf(
	    out, size, "%s/nvidia/%s", dir != NULL ? dir : "../shared/vectors", name);
	return out;
}

/* `make check-long`: what takes minutes is done whole. */
static inline bool long_run(void)
{
	return getenv("GH_LONG") != NULL;
}

/* Skips the test, saying why, where the vectors are not at hand. */
static inline void need_vectors(void)
{
	char path[2048];
	if (access(nvidia_path(path, sizeof(path), "MANIFEST.json"), R_OK) == 0)
		return;
	print_message("SKIP: no vectors at %s (set GH_VECTORS)\n", path);
	skip();
}

static inline void read_vector(struct gh_buf *out, const char *name)
{
	char path[2048];
	struct gh_err e = {0};
	if (gh_file_read(out, nvidia_path(path, sizeof(path), name), 1u << 20, &e) < 0)
		fail_msg("%s: %s", path, e.what);
}

static inline int64_t at_time(const char *text)
{
	int64_t at = 0;
	char head[32];
	snprintf(head, sizeof(head), "%s", text);
	head[strcspn(head, " (")] = '\0';
	if (gh_time_parse(head, &at, NULL) < 0)
		fail_msg("no time: %s", text);
	return at;
}

static inline void load_set(struct gh_evidence_set *out, const char *name)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_err e = {0};
	read_vector(&b, name);
	if (gh_evidence_load(out, b.p, b.len, GH_EV_UNKNOWN, &e) < 0)
		fail_msg("%s: %s", name, e.what);
}

/* Adds every piece of a file to what is already there. */
static inline void load_more(struct gh_evidence_set *out, const char *name)
{
	struct gh_evidence_set more = {0};
	load_set(&more, name);
	struct gh_evidence *grown =
	    realloc(out->at, (out->n + more.n) * sizeof(struct gh_evidence));
	assert_non_null(grown);
	memcpy(grown + out->n, more.at, more.n * sizeof(*grown));
	out->at = grown;
	out->n += more.n;
	free(more.at);
}

static inline void builtin_trust(struct gh_trust *t)
{
	struct gh_err e = {0};
	if (gh_trust_builtin(t, &e) < 0)
		fail_msg("%s", e.what);
}

static inline const struct gh_finding *step_of(
    const struct gh_result *r, const char *subject, const char *step)
{
	const struct gh_finding *f = gh_findings_get(&r->findings, subject, step);
	if (f == NULL)
		fail_msg("no finding %s of %s", step, subject == NULL ? "any" : subject);
	return f;
}

#define assert_step(r, subject, step, want)                                              \
	assert_string_equal(                                                             \
	    gh_verdict_word(step_of(r, subject, step)->verdict), gh_verdict_word(want))

/* Whatever happens, nothing below a step that does not hold may be PASS. */
static inline void assert_tree(const struct gh_result *r)
{
	for (size_t i = 0; i < r->findings.n; i++) {
		const struct gh_finding *f = &r->findings.at[i];
		if (f->parent[0] == '\0' || f->verdict != GH_PASS)
			continue;
		if (step_of(r, f->subject, f->parent)->verdict != GH_PASS)
			fail_msg(
			    "%s %s is PASS below %s", f->subject, f->step, f->parent);
	}
}

static inline int setup_rim(void **state)
{
	(void)state;
	return gh_rim_setup(NULL);
}
