/* SPDX-License-Identifier: Apache-2.0
 * A complete good set of one real GPU, for a test to spoil in one thing. */
#pragma once

#include "nvidia_vectors.h"

#define DIR    "vaultgenome-core/"
#define REPORT DIR "gpu0-attestation-report.bin"
#define CHAIN  DIR "gpu0-cert-chain.pem"
#define DRIVER DIR "rim-NV_GPU_DRIVER_GH100_595.71.05.json"
#define VBIOS  DIR "rim-NV_GPU_VBIOS_1010_0210_886_96009F0004.json"

/* The complete good set, for a test to spoil. */
struct kit {
	struct gh_buf report, chain;
	struct gh_trust trust;
	struct gh_rims rims;
	struct gh_context ctx;
	struct gh_result r;
	unsigned char nonce[32];
};

static inline void add_rim(struct kit *k, const char *name)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_rim *rim = NULL;
	read_vector(&b, name);
	assert_int_equal(gh_rim_load(&rim, b.p, b.len, &k->ctx, NULL), 0);
	assert_int_equal(gh_rims_add(&k->rims, rim, NULL), 0);
}

static inline void kit_open(struct kit *k)
{
	need_vectors();
	*k = (struct kit){0};
	read_vector(&k->report, REPORT);
	read_vector(&k->chain, CHAIN);
	builtin_trust(&k->trust);
	memcpy(k->nonce, k->report.p + 4, 32);
	k->ctx = (struct gh_context){.at = at_time("2026-11-23"),
	    .trust = &k->trust,
	    .nonce = {k->nonce, 32},
	    .rims = &k->rims};
	add_rim(k, DRIVER);
	add_rim(k, VBIOS);
}

static inline void kit_free(struct kit *k)
{
	gh_buf_free(&k->report);
	gh_buf_free(&k->chain);
	gh_rims_free(&k->rims);
	gh_result_free(&k->r);
}

static inline void kit_judge(struct kit *k, const char *subject)
{
	struct gh_gpu_evidence ev = {gh_buf_view(&k->report), gh_buf_view(&k->chain)};
	struct gh_err e = {0};
	if (gh_gpu_verify(&k->r, subject, &ev, &k->ctx, &e) < 0)
		fail_msg("%s", e.what);
	assert_tree(&k->r);
}

static inline void expect_code(
    struct kit *k, const char *step, enum gh_verdict v, const char *code)
{
	const struct gh_finding *f = step_of(&k->r, NULL, step);
	assert_string_equal(gh_verdict_word(f->verdict), gh_verdict_word(v));
	assert_string_equal(f->code, code);
}
