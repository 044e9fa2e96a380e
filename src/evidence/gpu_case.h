/* SPDX-License-Identifier: Apache-2.0
 * One NVIDIA device being judged: what its steps share. */
#pragma once

#include "evidence/gpu.h"
#include "evidence/rim.h"
#include "evidence/spdm.h"

#define GH_GPU_CERTS 5 /* leaf, BROM, provisioner ICA, identity, root */

/* Status bytes of opaque data. */
#define GH_STATUS_ON  0xaa
#define GH_STATUS_OFF 0x55

enum gh_gpu_arch { GH_GPU_HOPPER, GH_GPU_BLACKWELL, GH_GPU_LS10 };

struct gh_gpu_case {
	struct gh_result *out;
	const char *subject;
	const struct gh_context *ctx;
	char source[80];       /* "sha256:..." of the report */
	struct gh_certs certs; /* as given; five when have_chain */
	bool have_chain;
	bool brom_ok;  /* good from a pinned root down to the BROM */
	bool chain_ok; /* every link good up to a pinned root */
	bool lab;      /* that root is a lab root */
	struct gh_spdm spdm;
	bool parsed;
	bool grounded; /* chain good and the report signed by its leaf */
	enum gh_gpu_arch arch;
	char driver[64], vbios[64]; /* as the report says; "" when absent */
};

/* A finding of the case, A3, with source and LAB mark. */
struct gh_finding *gh_gpu_begin(
    struct gh_gpu_case *c, const char *step, const char *parent, const char *title);
/* The only place that says PASS for a step of a device: PASS when what the step stands on
 * holds, SKIP (parent.not.proven) with the fact still shown when it does not. */
void gh_gpu_settle(struct gh_finding *f, bool holds, const char *fact);
/* FAIL with what was seen. */
void gh_gpu_refuse(struct gh_finding *f, const char *code, const char *fact);
struct gh_subject *gh_gpu_subject(struct gh_gpu_case *c);
/* The caller's policy on NVIDIA devices, or the strict one. Never NULL. */
const struct gh_nvidia_policy *gh_gpu_policy(const struct gh_context *ctx);
/* True when block index + 1 of the report is that value of the entry. */
bool gh_gpu_block_is(const struct gh_gpu_case *c, size_t index,
    const struct gh_rim_entry *e, size_t alternative);
bool gh_gpu_is_switch(const struct gh_gpu_case *c);
/* By the certificate names first, which NVIDIA signed; by the report otherwise. */
enum gh_gpu_arch gh_gpu_arch_of(const struct gh_gpu_case *c);
/* A device that we judge ourselves, not one that only NVIDIA's service speaks of: of those
 * it claims a "hwmodel". */
bool gh_gpu_is_device(const struct gh_subject *s);
