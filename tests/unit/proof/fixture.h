/* SPDX-License-Identifier: Apache-2.0
 * Reading the report vectors, and making a small report of our own. */
#pragma once

#include <stdio.h>

#include "base/file.h"
#include "base/text.h"
#include "proof/bundle.h"
#include "tests/unit/tap.h"

/* False when the folder of vectors is not there: the test then skips in words. */
static inline bool have_vectors(void)
{
	char path[512];
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	snprintf(path, sizeof(path), "%s/reports/MANIFEST.json", vectors_dir());
	if (gh_file_read(&b, path, 1 << 24, NULL) == 0)
		return true;
	print_message("no %s: set GH_VECTORS; skipped\n", path);
	return false;
}

static inline void read_vector(struct gh_buf *out, const char *name)
{
	char path[512];
	snprintf(path, sizeof(path), "%s/reports/%s", vectors_dir(), name);
	struct gh_err err = {0};
	if (gh_file_read(out, path, 1 << 24, &err))
		fail_msg("%s", err.what);
}

/* Everything a small good bundle needs; the digests are of its own bytes. */
struct small {
	struct gh_signer *key;
	struct gh_keys keys;
	struct gh_result result;
	struct gh_buf pem, blob, index, payload, envelope, sig;
	char blob_sha256[65], index_sha256[65];
	struct gh_bundle b;
};

#define SMALL_AT     INT64_C(1795478400) /* 2026-11-24T00:00:00Z */
#define SMALL_NONCE  "ec20240ca24e5a6df16a11143a7d3c2e5a300bc9aeeb01ab7be4548faf7f48ea"
#define SMALL_REPORT "01JD0000000000000000000001"

static inline void sha_hex(const struct gh_buf *b, char out[static 65])
{
	char name[GH_SHA256_NAME_LEN];
	assert_int_equal(gh_sha256_name(b->p, b->len, name, NULL), 0);
	snprintf(out, 65, "%s", name + 7);
}

/* Writes, signs and lists again from result, blob and the changes made to them. */
static inline void small_seal(struct small *s)
{
	const struct gh_statement_collateral policy = {"policy", s->blob_sha256, NULL};
	const struct gh_statement_in in = {
	    .report_id = SMALL_REPORT,
	    .sequence = 1,
	    .previous = GH_NO_PREVIOUS,
	    .issued = SMALL_AT,
	    .expires = SMALL_AT + 3600,
	    .audience = "client:acme",
	    .client_nonce = SMALL_NONCE,
	    .gatehouse_nonce = GH_NO_PREVIOUS,
	    .host = "gpu-a",
	    .salt = "00",
	    .version = "test",
	    .operator_name = "ann@desk",
	    .policy_id = "p",
	    .policy_sha256 = s->blob_sha256,
	    .index_sha256 = s->index_sha256,
	    .result = &s->result,
	    .collateral = &policy,
	    .n_collateral = 1,
	};
	gh_buf_clear(&s->payload);
	gh_buf_clear(&s->envelope);
	gh_buf_clear(&s->sig);
	assert_int_equal(gh_statement_write(&s->payload, &in, NULL), 0);
	struct gh_bytes p = gh_buf_view(&s->payload);
	assert_int_equal(gh_dsse_sign(&s->envelope, s->key, GH_DSSE_INTOTO, p, NULL), 0);
	assert_int_equal(gh_sign_der(s->key, GH_SHA256, p, &s->sig, NULL), 0);
}

static inline void small_files(struct small *s)
{
	char name[80];
	gh_bundle_free(&s->b);
	snprintf(name, sizeof(name), "evidence/%s", s->blob_sha256);
	const struct {
		const char *name;
		const struct gh_buf *b;
	} file[] = {{"report.dsse.json", &s->envelope}, {"report.json", &s->payload},
	    {"report.json.sig", &s->sig}, {"signer.pem", &s->pem},
	    {"evidence/index.json", &s->index}, {name, &s->blob}};
	for (size_t i = 0; i < GH_COUNT(file); i++)
		assert_int_equal(
		    gh_bundle_add(&s->b, file[i].name, gh_buf_view(file[i].b), NULL), 0);
}

static inline void small_make(struct small *s)
{
	*s = (struct small){0};
	assert_int_equal(gh_signer_new(&s->key, 256, NULL), 0);
	assert_int_equal(gh_signer_public_pem(s->key, &s->pem, NULL), 0);
	assert_int_equal(gh_keys_add_pem(&s->keys, s->pem.p, s->pem.len, NULL), 0);
	gh_buf_str(&s->blob, "[]");
	sha_hex(&s->blob, s->blob_sha256);
	gh_buf_fmt(&s->index,
	    "{\"%s\":{\"media\":\"a/b\",\"role\":\"policy\",\"size\":2}}",
	    s->blob_sha256);
	sha_hex(&s->index, s->index_sha256);
	s->result.at = SMALL_AT - 60;
	struct gh_subject *sub = gh_result_subject(&s->result, "gpu-a", "host");
	gh_claim(sub, "kernel", "6.8.0");
	gh_claim(sub, "serial", "S1234567");
	struct gh_finding *f =
	    gh_findings_add(&s->result.findings, "gpu-a", "host.kernel");
	gh_say(&f->observed, "6.8.0");
	gh_judge(f, GH_PASS, "");
	f = gh_findings_add(&s->result.findings, "gpu-a", "host.bmc");
	f->severity = GH_SEV_WARN;
	gh_judge(f, GH_WARN, "host.bmc.old");
	small_seal(s);
	small_files(s);
}

static inline void small_free(struct small *s)
{
	gh_bundle_free(&s->b);
	gh_signer_free(&s->key);
	gh_keys_free(&s->keys);
	gh_result_free(&s->result);
	struct gh_buf *const b[] = {
	    &s->pem, &s->blob, &s->index, &s->payload, &s->envelope, &s->sig};
	for (size_t i = 0; i < GH_COUNT(b); i++)
		gh_buf_free(b[i]);
}
