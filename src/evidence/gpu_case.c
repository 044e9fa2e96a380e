/* SPDX-License-Identifier: Apache-2.0
 * How the steps of a device speak: begin, settle, refuse. */
#include "evidence/gpu_case.h"

#include <string.h>

#define LS10_BLOCKS 31

struct gh_finding *gh_gpu_begin(
    struct gh_gpu_case *c, const char *step, const char *parent, const char *title)
{
	struct gh_finding *f = gh_findings_add(&c->out->findings, c->subject, step);
	gh_say(&f->parent, "%s", parent);
	gh_say(&f->title, "%s", title);
	gh_say(&f->source, "%s", c->source);
	f->assurance = GH_A3;
	f->lab = c->lab;
	return f;
}

void gh_gpu_settle(struct gh_finding *f, bool holds, const char *fact)
{
	gh_say(&f->observed, "%s", fact);
	if (holds) {
		gh_judge(f, GH_PASS, "");
		return;
	}
	gh_judge(f, GH_SKIP, "parent.not.proven");
	gh_say(&f->why, "what it stands on does not hold");
}

void gh_gpu_refuse(struct gh_finding *f, const char *code, const char *fact)
{
	gh_judge(f, GH_FAIL, code);
	gh_say(&f->observed, "%s", fact);
}

const struct gh_nvidia_policy *gh_gpu_policy(const struct gh_context *ctx)
{
	return ctx->policy == NULL ? &gh_policy_strict()->nvidia : &ctx->policy->nvidia;
}

bool gh_gpu_block_is(const struct gh_gpu_case *c, size_t index,
    const struct gh_rim_entry *e, size_t alternative)
{
	return index < c->spdm.n_blocks && alternative < e->n_alternatives &&
	       memcmp(c->spdm.block[index], e->hash[alternative], 48) == 0;
}

bool gh_gpu_is_switch(const struct gh_gpu_case *c)
{
	return c->arch == GH_GPU_LS10;
}

struct gh_subject *gh_gpu_subject(struct gh_gpu_case *c)
{
	return gh_result_subject(
	    c->out, c->subject, gh_gpu_is_switch(c) ? "switch" : "gpu");
}

enum gh_gpu_arch gh_gpu_arch_of(const struct gh_gpu_case *c)
{
	const char *cn = c->have_chain ? gh_cert_cn(c->certs.at[1]) : "";
	if (strstr(cn, "LS_10") != NULL)
		return GH_GPU_LS10;
	if (strstr(cn, "GH100") != NULL)
		return GH_GPU_HOPPER;
	if (strstr(cn, "GB1") != NULL || strstr(cn, "GB2") != NULL)
		return GH_GPU_BLACKWELL;
	if (c->parsed && c->driver[0] == '\0' && c->spdm.n_blocks == LS10_BLOCKS)
		return GH_GPU_LS10;
	const struct gh_opaque *info = gh_spdm_opaque(&c->spdm, GH_OPAQUE_GPU_INFO);
	return info != NULL && info->data.len > 0 && info->data.p[0] == 0xa0
		   ? GH_GPU_BLACKWELL
		   : GH_GPU_HOPPER;
}

bool gh_gpu_is_device(const struct gh_subject *s)
{
	return (strcmp(s->kind, "gpu") == 0 || strcmp(s->kind, "switch") == 0) &&
	       *gh_claim_get(s, "hwmodel") == '\0';
}
