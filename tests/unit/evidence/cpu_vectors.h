/* SPDX-License-Identifier: Apache-2.0
 * What the vector tests of SNP and TDX share: the folder of vectors, reading them, one
 * verdict per step. */
#pragma once

#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/result.h"
#include "base/text.h"
#include "evidence/context.h"
#include "tests/unit/tap.h"

/* Skips the test, saying why, where the vectors are not at hand. */
static inline void need_vectors(const char *sub)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", vectors_dir(), sub);
	if (!access(path, R_OK))
		return;
	print_message("SKIP: no vectors at %s (set GH_VECTORS)\n", path);
	skip();
}

static inline void read_vector(struct gh_buf *out, const char *sub, const char *name)
{
	char path[768];
	struct gh_err e = {0};

	snprintf(path, sizeof(path), "%s/%s/%s", vectors_dir(), sub, name);
	if (gh_file_read(out, path, 4u << 20, &e))
		fail_msg("%s: %s", path, e.what);
}

static inline json_t *read_json(const char *sub, const char *name)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_err e = {0};
	json_t *j;

	read_vector(&b, sub, name);
	j = gh_json_parse(b.p, b.len, &e);
	if (!j)
		fail_msg("%s: %s", name, e.what);
	return j;
}

/* Adds the DER certificate of that file. */
static inline void add_der(struct gh_certs *cs, const char *sub, const char *name)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_cert *c = NULL;
	struct gh_err e = {0};

	read_vector(&b, sub, name);
	if (gh_cert_from_der(&c, b.p, b.len, &e) || gh_certs_add(cs, c, &e))
		fail_msg("%s: %s", name, e.what);
}

static inline void add_anchor(
    struct gh_trust *t, enum gh_root root, const char *product, const uint8_t spki[32])
{
	struct gh_anchor *a = &t->at[t->n++];

	a->root = root;
	snprintf(a->name, sizeof(a->name), "test root %s", product);
	snprintf(a->product, sizeof(a->product), "%s", product);
	memcpy(a->spki, spki, 32);
}

static inline void add_pin(
    struct gh_trust *t, enum gh_root root, const char *product, const char *hex)
{
	uint8_t spki[32];

	assert_int_equal(gh_unhex(spki, 32, hex, NULL), 0);
	add_anchor(t, root, product, spki);
}

static inline enum gh_verdict verdict_of(const struct gh_result *r, const char *step)
{
	const struct gh_finding *f = gh_findings_get(&r->findings, NULL, step);

	return f ? f->verdict : GH_UNKNOWN;
}

static inline const char *code_of(const struct gh_result *r, const char *step)
{
	const struct gh_finding *f = gh_findings_get(&r->findings, NULL, step);

	return f ? f->code : "no such step";
}

/* Says every finding that is not PASS: for the message of a failed test. */
static inline void print_open(const struct gh_result *r)
{
	for (size_t i = 0; i < r->findings.n; i++) {
		const struct gh_finding *f = &r->findings.at[i];

		if (f->verdict != GH_PASS)
			print_message("    %s %s %s: %s\n", gh_verdict_word(f->verdict),
			    f->step, f->code, f->observed);
	}
}

/* No finding may pass whose parent did not hold. */
static inline void assert_tree(const struct gh_result *r)
{
	for (size_t i = 0; i < r->findings.n; i++) {
		const struct gh_finding *f = &r->findings.at[i];
		enum gh_verdict p;

		if (f->verdict != GH_PASS || !*f->parent)
			continue;
		p = verdict_of(r, f->parent);
		if (p != GH_PASS && p != GH_WARN)
			fail_msg("%s is PASS below %s", f->step, f->parent);
	}
}
